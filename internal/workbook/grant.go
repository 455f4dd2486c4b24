package workbook

import (
	"fmt"
	"strings"

	"github.com/kortakoer/kortakoer/allocation"
)

// grantBook writes the sheets on several decisions together.
type grantBook struct {
	*book
	grant *allocation.Grant
	books []*book
}

// payments is the list of what all decisions pay, a column for each. Its sums
// are compared with those of the decisions' own lists.
func (g *grantBook) payments(s *sheet) {
	st, n := g.styles, len(g.books)
	total := payRegion + n + 1
	widths := []float64{10, 24}
	header := []string{g.text("code"), g.text("region")}
	for _, b := range g.books {
		widths, header = append(widths, 19), append(header, b.rules.ID)
	}
	header = append(header, g.text("total"), g.text("payments.paid"), g.text("payments.remain"), g.text("payments.claims"))
	payees := len(g.plan.Input.Payees) > 0
	if payees {
		header = append(header, g.text("payments.organisation"))
	}
	s.widths(append(widths, 19, 19, 19, 19, 20)...)
	s.freeze(headerRow, payRegion, headerRow, headerRow)
	s.putHigh(22, st.title.cell(g.text("payments.title")))
	s.put(st.subtitle.cell(decisionsOf(g.books)))
	s.put(st.subtitle.cell(g.text("in_kronor") + ". " + g.text("grant.alone")))
	s.skip(1)
	s.header(2, header...)
	for _, r := range g.grant.Regions {
		cells := []any{st.code.cell(r.Region.Code), st.text.cell(r.Region.Name)}
		for _, kronor := range append(append([]int64{}, r.Totals...), r.Total, r.Paid, r.Remaining, r.Claim) {
			cells = append(cells, st.kronor.cell(kronor))
		}
		if payees {
			cells = append(cells, st.kronor.cell(g.plan.Input.Payee(r.Region.Code).OrganisationNumber))
		}
		s.put(cells...)
	}
	sums := make([]int64, n+4)
	for _, r := range g.grant.Regions {
		for i, kronor := range append(append([]int64{}, r.Totals...), r.Total, r.Paid, r.Remaining, r.Claim) {
			sums[i] += kronor
		}
	}
	cells := []any{st.sumText.cell(""), st.sumText.cell(g.text("total"))}
	for i, kronor := range sums {
		c := payRegion + 1 + i
		cells = append(cells, st.sumKronor.formula("SUM("+name(c, firstRow)+":"+name(c, g.lastRow())+")", kronor))
	}
	if payees {
		cells = append(cells, st.sumText.cell(""))
	}
	s.put(cells...)
	own := []any{st.text.cell(""), st.text.cell(g.text("grant.own_lists"))}
	difference := []any{st.text.cell(""), st.text.cell(g.text("check.difference"))}
	var parts []string
	for i, b := range g.books {
		at := on(b.sheet("sheet.payments"), fixed(payTotal, g.lastRow()+1))
		parts = append(parts, at)
		own = append(own, st.kronor.formula(at, sums[i]))
	}
	own = append(own, st.kronor.formula(strings.Join(parts, "+"), sums[n]))
	for c := payRegion + 1; c <= total; c++ {
		difference = append(difference, st.kronor.formula(name(c, g.lastRow()+1)+"-"+name(c, g.lastRow()+2), int64(0)))
	}
	s.put(own...)
	s.put(difference...)
	s.skip(1)
	for _, b := range g.books {
		s.put(st.subtitle.cell(b.rules.ID + ": " + b.rules.Title + ". " + b.appropriation()))
	}
	for _, o := range g.grant.Overlaps {
		s.paragraph(g.Language.Overlap(g.grant, o), total, 110)
	}
	s.skip(1)
	g.signatures(s, payPerformance, payPaid)
}

// decisionsOf names the decisions of books.
func decisionsOf(books []*book) string {
	var list []string
	for _, b := range books {
		list = append(list, b.heading())
	}
	return strings.Join(list, "; ")
}

// appropriation is what a decision pays and costs against its limit.
func (b *book) appropriation() string {
	a := b.rules.Appropriation
	if !a.Limit.Set {
		return b.text("grant.no_limit")
	}
	return b.text("grant.limit", b.Language.Whole(b.plan.Total), b.Language.Whole(a.OwnCosts.V), b.Language.Whole(a.Limit.V), b.Language.Whole(a.Limit.V-b.plan.Total-a.OwnCosts.V))
}

// overlaps shows per region what two decisions pay for the same operations.
func (g *grantBook) overlaps(s *sheet) {
	st := g.styles
	s.widths(10, 24, 16, 16, 22, 22, 24)
	s.freeze(2, 0, 1, 2)
	s.putHigh(22, st.title.cell(g.text("overlap.title")))
	s.put(st.subtitle.cell(decisionsOf(g.books)))
	for k, o := range g.grant.Overlaps {
		first, second := g.grant.Plans[o.First].Rules.ID, g.grant.Plans[o.Second].Rules.ID
		if k > 0 {
			s.newPage()
		}
		s.skip(1)
		s.put(st.section.cell(first + " – " + second))
		s.paragraph(g.Language.Overlap(g.grant, o), 7, 125)
		if o.Unknown != "" || len(o.Months) == 0 || len(o.Areas) == 0 {
			continue
		}
		s.paragraph(g.text("overlap.note"), 7, 125)
		s.header(2, g.text("code"), g.text("region"), g.text("left.operations"), g.text("calc.increase"),
			g.text("overlap.pays", first), g.text("overlap.pays", second), g.text("overlap.twice"))
		top := s.row + 1
		var operations, a, b, twice int64
		for i, r := range o.Regions {
			row := s.row + 1
			s.put(st.code.cell(g.grant.Regions[i].Region.Code), st.text.cell(g.grant.Regions[i].Region.Name), st.number.cell(r.Operations),
				st.fraction.cell(number(r.Increase)), st.kronor.cell(r.First), st.kronor.cell(r.Second),
				st.kronor.formula(fmt.Sprintf("MIN(%s,%s)", name(5, row), name(6, row)), r.Twice()))
			operations, a, b, twice = operations+r.Operations, a+r.First, b+r.Second, twice+r.Twice()
		}
		sum := func(c int) string { return "SUM(" + name(c, top) + ":" + name(c, s.row) + ")" }
		increase := o.Increase()
		s.put(st.sumText.cell(""), st.sumText.cell(g.text("total")), st.sumNumber.formula(sum(3), operations), st.sumFraction.formula(sum(4), number(increase)),
			st.sumKronor.formula(sum(5), a), st.sumKronor.formula(sum(6), b), st.sumKronor.formula(sum(7), twice))
	}
}
