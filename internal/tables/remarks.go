package tables

import (
	"fmt"
	"strings"
)

// Title is the heading of the whole report.
func (b Book) Title() string { return b.Text("follow.title") + ": " + b.Rules.Title }

// Period says how far the period has come.
func (b Book) Period() string {
	year := b.Rules.Year()
	whole := b.Language.Months(b.Report.Months[0], b.Last, year)
	if b.Complete() {
		return b.upper(b.Text("follow.complete", whole))
	}
	return b.upper(b.Text("follow.period", b.Language.Months(b.Report.Months[0], b.Report.Months[len(b.Report.Months)-1], year), whole))
}

// upper begins a sentence.
func (b Book) upper(s string) string {
	runes := []rune(s)
	return strings.ToUpper(string(runes[:1])) + string(runes[1:])
}

// Remarks are what a reader must know before any number: which months are
// preliminary, and what is masked.
func (b Book) Remarks() []string {
	var open []string
	for i, m := range b.Report.Months {
		if b.IsPreliminary(i) {
			open = append(open, b.Language.Month(m))
		}
	}
	lines := []string{b.Text("follow.settled")}
	if len(open) > 0 {
		lines[0] = b.Text("follow.preliminary", strings.Join(open, ", "))
	}
	if b.Complete() {
		lines = append(lines, b.Text("follow.no_forecast"))
	}
	if !b.HasProviders {
		lines = append(lines, b.Text("follow.no_provider"))
	}
	if b.MaskBelow <= 1 {
		return append(lines, b.Text("follow.unmasked"))
	}
	mark := fmt.Sprintf("<%d", b.MaskBelow)
	return append(lines, b.Text("follow.masked", b.MaskBelow-1, mark, b.Masked, b.Hidden)+" "+b.Text("follow.masked_mean", mark, b.MaskBelow-1))
}

// Method says in words how every number was made.
func (b Book) Method() []string {
	lines := []string{
		b.Text("follow.m_home"),
		b.Text("follow.m_compare", b.Before, b.BaselineYears()),
	}
	if b.HasProviders {
		lines = append(lines, b.Text("follow.m_provider"))
	}
	lines = append(lines, b.Text("follow.m_earned", b.Rules.Baseline.Rounding.V))
	if !b.Complete() {
		lines = append(lines, b.Text("follow.m_forecast", b.End(), b.BaselineYears()))
	}
	lines = append(lines, b.Text("follow.m_missing"))
	for _, a := range b.Assumptions() {
		lines = append(lines, b.Text("follow.assumed", a.Key, a.Value, a.Reason))
	}
	for _, o := range b.Rules.Overrides() {
		lines = append(lines, b.Text("follow.overridden", o.Key, o.Value))
	}
	return lines
}

// Doubts are the warnings, which a reader must know of first: the months that
// are not delivered in the report's language, others as they were raised.
func (b Book) Doubts() (lines []string) {
	for _, p := range b.Partial {
		lines = append(lines, b.Text("follow.partial", b.upper(b.Language.Months(p.Month.Month, p.Month.Month, p.Month.Year)), p.Missing, p.Of))
	}
	return append(lines, b.Warnings...)
}
