package workbook

import (
	"github.com/kortakoer/kortakoer/allocation"
)

// firstRow is where the regions begin on the sheets with one row per region:
// title, rule set, remark, an empty line and the header stand above.
const (
	headerRow = 5
	firstRow  = headerRow + 1
)

// lastRow is the row of the last region, and the next one holds the sums.
func (b *book) lastRow() int { return firstRow + len(b.plan.Regions) - 1 }

const (
	payCode = iota + 1
	payRegion
	payEqual
	payPerformance
	payLeftover
	payTotal
	payPaid
	payRemaining
	payReference
	payOrganisation // only where the agency's file gives the numbers
)

// payments is the list that finance pays from. The amounts are the engine's
// whole kronor as numbers, not formulas.
func (b *book) payments(s *sheet) {
	s.widths(10, 24, 17, 17, 19, 17, 17, 17, 22, 20)
	s.freeze(headerRow, payRegion, headerRow, headerRow)
	s.title(b.text("payments.title")+" – "+b.rules.Title, b.text("in_kronor")+". "+b.inForce())
	s.skip(1)
	header := []string{b.text("code"), b.text("region"), b.text("equal"), b.text("performance"), b.text("leftover"),
		b.text("total"), b.text("payments.paid"), b.text("payments.remain"), b.text("payments.ref")}
	payees := len(b.plan.Input.Payees) > 0
	if payees {
		header = append(header, b.text("payments.organisation"))
	}
	s.header(2, header...)
	st := b.styles
	for _, r := range b.plan.Regions {
		cells := []any{st.code.cell(r.Region.Code), st.text.cell(r.Region.Name), st.kronor.cell(r.Equal), st.kronor.cell(r.Performance),
			st.kronor.cell(r.Leftover), st.kronor.cell(r.Total), st.kronor.cell(r.Paid), st.kronor.cell(r.Remaining), st.kronor.cell(b.plan.Reference(r.Region.Code))}
		if payees {
			cells = append(cells, st.kronor.cell(b.plan.Input.Payee(r.Region.Code).OrganisationNumber))
		}
		s.put(cells...)
	}
	var paid, remaining int64
	for _, r := range b.plan.Regions {
		paid += r.Paid
		remaining += r.Remaining
	}
	cells := []any{st.sumText.cell(""), st.sumText.cell(b.text("total"))}
	for i, v := range []int64{b.plan.Equal, b.plan.Performance, b.plan.Distributed, b.plan.Total, paid, remaining} {
		cells = append(cells, st.sumKronor.formula("SUM("+name(payEqual+i, firstRow)+":"+name(payEqual+i, b.lastRow())+")", v))
	}
	cells = append(cells, st.sumText.cell(""))
	if payees {
		cells = append(cells, st.sumText.cell(""))
	}
	s.put(cells...)
	s.skip(1)
	for _, line := range b.paymentRemarks() {
		s.put(st.subtitle.cell(line))
	}
	s.skip(1)
	b.signatures(s, payPerformance, payPaid)
}

// inForce counts what is assumed and changed, for the heading.
func (b *book) inForce() string {
	text := b.text("see_rules", len(b.plan.Assumptions()), b.sheet("sheet.rules"))
	if n := len(b.rules.Overrides()); n > 0 {
		text += ". " + b.text("is_changed", n, b.sheet("sheet.rules"))
	}
	return text + "."
}

// paymentRemarks says why a region gets nothing or owes, and what is left.
func (b *book) paymentRemarks() []string {
	lines := []string{b.text("payments.left", b.Language.Whole(b.plan.Unallocated))}
	for _, r := range b.plan.Regions {
		switch r.Requisition.Status {
		case allocation.Late:
			lines = append(lines, b.text("payments.late", r.Region.Name, r.Requisition.Date, b.rules.Deadline.V))
		case allocation.Missing:
			lines = append(lines, b.text("payments.missing", r.Region.Name, b.rules.Deadline.V))
		}
		if r.Claim > 0 {
			lines = append(lines, b.text("payments.claim", r.Region.Name, b.Language.Whole(r.Claim)))
		}
	}
	for _, a := range b.plan.Ties() {
		area := b.plan.Areas[a]
		lines = append(lines, b.text("payments.tie", b.Language.Area(area.Area), len(area.Pot.Ranked())))
	}
	return lines
}

// signatures leaves room for the three who sign, two columns each: the first
// on the left, the others from the columns given.
func (b *book) signatures(s *sheet, second, third int) {
	st := b.styles
	row := func(first, two, three, beside any) []any {
		cells := make([]any, third+1)
		for i, at := range []int{1, second, third} {
			cells[at-1], cells[at] = []any{first, two, three}[i], beside
		}
		return cells
	}
	s.put(row(st.section.cell(b.text("payments.prepared")), st.section.cell(b.text("payments.reviewed")), st.section.cell(b.text("payments.approved")), nil)...)
	line := st.line.cell("")
	s.putHigh(36, row(line, line, line, line)...)
	sign := st.signature.cell(b.text("payments.sign"))
	s.put(row(sign, sign, sign, nil)...)
}
