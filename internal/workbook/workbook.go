// Package workbook writes a plan as the Excel workbook that finance pays from
// and an auditor follows. It computes nothing: amounts come from the plan, and
// the formulas beside them carry the plan's values, so that a viewer that does
// not calculate shows the same as one that does.
//
// Write is the way in. The same plan gives the same bytes.
package workbook

import (
	"fmt"
	"io"
	"time"

	"github.com/xuri/excelize/v2"

	"github.com/kortakoer/kortakoer/allocation"
	"github.com/kortakoer/kortakoer/internal/language"
	"github.com/kortakoer/kortakoer/rules"
)

// Options are what a workbook is written with.
type Options struct {
	Language language.Language
	Version  string // of the program, told on the checks sheet
}

// Write writes the payout workbook of a plan.
func Write(out io.Writer, plan *allocation.Plan, o Options) error {
	b := &book{
		file: excelize.NewFile(), plan: plan, rules: plan.Rules, Options: o,
		areas: len(plan.Areas), years: len(plan.Rules.Baseline.Years.V),
	}
	defer func() { _ = b.file.Close() }() // nothing is open on disk
	if err := b.write(); err != nil {
		return fmt.Errorf("workbook: %w", err)
	}
	buffer, err := b.file.SetZipWriter(newCanonicalZip).WriteToBuffer()
	if err != nil {
		return fmt.Errorf("workbook: %w", err)
	}
	_, err = buffer.WriteTo(out)
	return err
}

// book is a workbook being written.
type book struct {
	Options
	file   *excelize.File
	plan   *allocation.Plan
	rules  *rules.RuleSet
	styles styles

	areas, years int            // how many
	ruleRows     map[string]int // row of each key on the rules sheet
}

func (b *book) write() error {
	sheets := []struct {
		key  language.Key
		fill func(*sheet)
	}{
		{"sheet.payments", b.payments},
		{"sheet.calculation", b.calculation},
		{"sheet.leftover", b.leftover},
		{"sheet.counts", b.counts},
		{"sheet.rules", b.ruleSet},
		{"sheet.checks", b.checks},
		{"sheet.charts", b.charts},
	}
	if err := b.properties(); err != nil {
		return err
	}
	if err := b.makeStyles(); err != nil {
		return err
	}
	for i, s := range sheets {
		name := b.Language.Text(s.key)
		if i == 0 {
			if err := b.file.SetSheetName("Sheet1", name); err != nil {
				return err
			}
		} else if _, err := b.file.NewSheet(name); err != nil {
			return err
		}
	}
	b.placeRules()
	for _, s := range sheets {
		sh, err := b.newSheet(b.Language.Text(s.key))
		if err != nil {
			return err
		}
		s.fill(sh)
		if err := sh.close(); err != nil {
			return err
		}
	}
	return nil
}

// properties dates the workbook by the decision, not by the clock, so that the
// same input gives the same bytes.
func (b *book) properties() error {
	day, _ := b.rules.DecisionTime()
	stamp := day.Format(time.RFC3339)
	return b.file.SetDocProps(&excelize.DocProperties{
		Title: b.rules.Title, Subject: b.rules.Decision.Reference, Identifier: b.rules.ID,
		Creator: "kortakoer", LastModifiedBy: "kortakoer",
		Created: stamp, Modified: stamp, Language: map[language.Language]string{language.Swedish: "sv-SE", language.English: "en-GB"}[b.Language],
	})
}

// heading returns the lines above every table: what it is, and by what rules.
func (b *book) heading() string {
	return b.Language.Text("decision", b.rules.Decision.Reference, b.rules.ID)
}

func (b *book) text(k language.Key, args ...any) string { return b.Language.Text(k, args...) }
