package workbook

import (
	"fmt"

	"github.com/kortakoer/kortakoer/allocation"
)

const (
	historyCode   = 2
	historyAmount = 6
)

func (b *book) history() []allocation.Payment { return b.plan.PaidBefore() }

// paidBefore lists every payment that was made before, and what they come to
// for each region beside what the payment list says.
func (b *book) paidBefore(s *sheet) {
	st, list := b.styles, b.history()
	s.widths(14, 10, 24, 24, 34, 18)
	s.freeze(headerRow, 0, headerRow, headerRow)
	s.title(b.text("history.title"), b.text("in_kronor")+".")
	s.skip(1)
	s.header(5, b.text("history.date"), b.text("code"), b.text("region"), b.text("history.reference"), b.text("history.row"), b.text("history.amount"))
	for _, p := range list {
		at := p.Origin
		at.File = b.plan.Input.DisplayName(at.File)
		s.put(st.text.cell(p.Date), st.code.cell(p.Region), st.text.cell(b.regionName(p.Region)), st.text.cell(p.Reference), st.text.cell(at.String()), st.kronor.cell(p.Kronor))
	}
	last := s.row
	s.skip(1)
	s.header(5, "", b.text("code"), b.text("region"), "", "", b.text("payments.paid"))
	for i, r := range b.plan.Regions {
		if r.Paid == 0 {
			continue
		}
		row := s.row + 1
		s.put(st.text.cell(""), st.code.cell(r.Region.Code), st.text.cell(r.Region.Name), st.text.cell(""), st.text.cell(on(b.sheet("sheet.payments"), name(payPaid, firstRow+i))),
			st.kronor.formula(fmt.Sprintf("SUMPRODUCT((%s=%s)*%s)", span(historyCode, firstRow, last), name(historyCode, row), span(historyAmount, firstRow, last)), r.Paid))
	}
}

func (b *book) regionName(code string) string {
	for _, r := range b.plan.Regions {
		if r.Region.Code == code {
			return r.Region.Name
		}
	}
	return ""
}
