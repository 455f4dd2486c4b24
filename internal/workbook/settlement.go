package workbook

import (
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/xuri/excelize/v2"

	"github.com/kortakoer/kortakoer/allocation"
	"github.com/kortakoer/kortakoer/internal/language"
)

// WriteSettlement writes the workbook that repayments are invoiced from.
func WriteSettlement(out io.Writer, s *allocation.Settlement, o Options) error {
	b := &settlementBook{&book{file: excelize.NewFile(), rules: s.Rules, Options: o}, s}
	return save(out, b.file, []namedSheet{{b.book, b.sheet("sheet.settlement"), b.claims}, {b.book, b.sheet("sheet.checks"), b.claimChecks}})
}

type settlementBook struct {
	*book
	settled *allocation.Settlement
}

// The columns of the invoice basis, and where its last day for reports stands.
const (
	claimCode = iota + 1
	claimRegion
	claimOrganisation
	claimReference
	claimPaid
	claimUsed
	claimPurpose
	claimDate
	claimOutcome
	claimRepay
	claimGround

	deadlineRow    = 3
	deadlineColumn = claimOrganisation
	groundWidth    = 36
)

// lastClaim is the row of the last region, and the next one holds the sums.
func (b *settlementBook) lastClaim() int { return firstRow + len(b.settled.Regions) - 1 }

// claims is the list that finance invoices from, one row per region. What is
// repaid is a formula over the report, so that it can be followed cell by cell.
func (b *settlementBook) claims(s *sheet) {
	s.widths(9, 18, 15, 16, 15, 15, 13, 12, 19, 16, groundWidth)
	s.freeze(headerRow, claimRegion, headerRow, headerRow)
	s.title(b.text("settle.title") + " – " + b.rules.Title)
	st := b.styles
	s.put(st.subtitle.cell(b.text("settle.deadline", "")), nil, st.dateAlone.cell(serial(b.rules.ReportBy.V)), st.subtitle.cell(b.dayOrigin()))
	s.skip(1)
	left, right, centre := st.headerLeft, st.headerRight, st.headerCentre
	s.putHigh(30, centre.cell(b.text("code")), left.cell(b.text("region")), left.cell(b.text("settle.organisation")), left.cell(b.text("settle.reference")),
		right.cell(b.text("settle.paid")), right.cell(b.text("settle.used")), centre.cell(b.text("settle.purpose")), centre.cell(b.text("settle.date")),
		left.cell(b.text("settle.outcome")), right.cell(b.text("settle.repay")), st.headerAside.cell(b.text("settle.ground")))
	for _, r := range b.settled.Regions {
		b.claim(s, r)
	}
	sum := func(column int, value int64) excelize.Cell {
		return st.sumKronor.formula(fmt.Sprintf("SUM(%s:%s)", name(column, firstRow), name(column, b.lastClaim())), value)
	}
	blank := st.sumText.cell("")
	s.put(blank, st.sumText.cell(b.text("total")), blank, blank, sum(claimPaid, b.settled.Paid), sum(claimUsed, b.settled.Used), blank, blank, blank,
		sum(claimRepay, b.settled.Repay), blank)
	s.skip(1)
	for _, line := range b.claimRemarks() {
		s.put(st.subtitle.cell(line))
	}
	s.skip(1)
	s.put(st.section.cell(b.text("settle.terms")))
	for i, o := range terms() {
		s.put(st.subtitle.cell(fmt.Sprintf("%d. %s", i+1, b.text(language.Key("terms."+o)))))
	}
	s.skip(1)
	b.signatures(s, claimReference, claimDate)
}

// terms are the conditions of repayment, each by the first outcome that it is
// for; term is the number of an outcome's.
func terms() []allocation.Outcome {
	return []allocation.Outcome{allocation.ReportedLate, allocation.PurposeNotMet, allocation.UnusedPart}
}

func term(o allocation.Outcome) int {
	if o == allocation.NotReported {
		o = allocation.ReportedLate
	}
	return slices.Index(terms(), o) + 1
}

// claim is the row of one region.
func (b *settlementBook) claim(s *sheet, r allocation.RegionSettlement) {
	st, row := b.styles, s.row+1
	cell := func(column int) string { return name(column, row) }
	used, purpose, date := st.dash.cell(""), st.code.cell(""), st.date.cell("")
	if r.Report != nil {
		used, date = st.kronor.cell(r.Report.Used), st.date.cell(serial(r.Report.Date))
		purpose = st.code.cell(b.text("no"))
		if r.Report.PurposeMet {
			purpose = st.code.cell(b.text("yes"))
		}
	}
	repay := fmt.Sprintf(`IF(%[1]s=0,0,IF(OR(%[3]s="",%[3]s>%[5]s,%[4]s="%[6]s"),%[1]s,MAX(0,%[1]s-%[2]s)))`,
		cell(claimPaid), cell(claimUsed), cell(claimDate), cell(claimPurpose), fixed(deadlineColumn, deadlineRow), b.text("no"))
	ground := ""
	if r.Repay > 0 {
		ground = b.text("settle.ground_is", b.text(language.Key("repay."+r.Outcome)), term(r.Outcome))
	}
	s.put(
		st.code.cell(r.Region.Code), st.text.cell(r.Region.Name), st.text.cell(r.Payee.OrganisationNumber), st.text.cell(r.Payee.Reference),
		st.dash.cell(r.Paid), used, purpose, date, st.text.cell(b.text(language.Key("outcome."+r.Outcome))), st.dash.formula(repay, r.Repay), st.aside.cell(ground))
}

// dayOrigin says where the last day comes from, if not from a decision.
func (b *settlementBook) dayOrigin() string {
	for _, a := range b.settled.Assumptions() {
		if a.Key == "report.deadline" {
			return b.text("settle.assumed", a.Reason)
		}
	}
	for _, o := range b.rules.Overrides() {
		if o.Key == "report.deadline" {
			return b.text("settle.set")
		}
	}
	return b.rules.ReportBy.Source
}

// claimRemarks says what is repaid in all, and what is odd but changes nothing.
func (b *settlementBook) claimRemarks() []string {
	claims := 0
	var odd []string
	for _, r := range b.settled.Regions {
		if r.Repay > 0 {
			claims++
		}
		switch {
		case r.Outcome == allocation.NotPaid && r.Report != nil:
			odd = append(odd, b.text("settle.unpaid", r.Region.Name, b.Language.Whole(r.Used())))
		case r.Outcome == allocation.UsedInFull && r.Overused() > 0:
			odd = append(odd, b.text("settle.overused", r.Region.Name, b.Language.Whole(r.Overused())))
		}
	}
	lines := []string{b.text("settle.claims", claims, b.Language.Whole(b.settled.Repay), b.Language.Whole(b.settled.Paid))}
	if b.settled.Borrowed() {
		odd = append(odd, b.text("settle.borrowed"))
	}
	return append(lines, odd...)
}

// claimChecks compares the formulas with the engine, and accounts for rows and
// files.
func (b *settlementBook) claimChecks(s *sheet) {
	s.widths(16, 62, 20, 20, 18)
	s.freeze(headerRow, 0, 1, 2)
	s.title(b.text("settle.check"), b.text("settle.note"))
	s.skip(1)
	s.header(2, b.text("code"), b.text("region"), b.text("check.formulas"), b.text("check.engine"), b.text("check.difference"))
	st := b.styles
	for i, r := range b.settled.Regions {
		at := firstRow + i
		s.put(st.code.cell(r.Region.Code), st.text.cell(r.Region.Name), st.kronor.formula(on(b.sheet("sheet.settlement"), fixed(claimRepay, at)), r.Repay),
			st.kronor.cell(r.Repay), st.kronor.formula(name(checkFormulas, at)+"-"+name(checkEngine, at), int64(0)))
	}
	cells := []any{st.sumText.cell(""), st.sumText.cell(b.text("total"))}
	for i, v := range []int64{b.settled.Repay, b.settled.Repay, 0} {
		c := checkFormulas + i
		cells = append(cells, st.sumKronor.formula("SUM("+name(c, firstRow)+":"+name(c, b.lastClaim())+")", v))
	}
	s.put(cells...)
	s.skip(1)
	s.newPage()
	s.put(st.section.cell(b.text("check.sums")))
	s.header(2, "", b.text("check.item"), b.text("check.formulas"), b.text("check.against"), b.text("check.difference"))
	s.compare(b.text("settle.check_sum"), fmt.Sprintf("%d+%s", b.settled.Kept, name(checkFormulas, b.lastClaim()+1)), b.settled.Kept+b.settled.Repay,
		on(b.sheet("sheet.settlement"), fixed(claimPaid, b.lastClaim()+1)), b.settled.Paid)
	b.claimRows(s)
	b.checkInputs(s, b.settled.Input.Files, "", b.settled.Warnings)
}

// claimRows accounts for the rows, and says where the last day comes from.
func (b *settlementBook) claimRows(s *sheet) {
	st, d := b.styles, b.settled
	s.skip(1)
	s.put(st.section.cell(b.text("settle.rows")))
	for _, line := range []struct {
		what language.Key
		rows int
	}{
		{"settle.rows_paid", d.Payments}, {"settle.rows_reports", d.Reports}, {"settle.rows_other", d.OtherPayments + d.OtherReports},
	} {
		s.put(st.text.cell(""), st.text.cell(b.text(line.what)), st.number.cell(line.rows))
	}
	s.skip(1)
	s.put(st.section.cell(b.text("settle.check_day")))
	s.put(st.text.cell(b.rules.ReportBy.V), st.text.cell(b.dayOrigin()), st.text.cell(""))
}

// serial is a day as spreadsheets count them: 1 is 1900-01-01, and the day
// that 1900 did not have is counted.
func serial(date string) any {
	day, err := time.Parse(time.DateOnly, date)
	if err != nil {
		return date // the reader and the rule set let only days through
	}
	return int64(day.Sub(time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)) / (24 * time.Hour))
}
