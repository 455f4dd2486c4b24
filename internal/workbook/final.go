package workbook

import (
	"fmt"
	"io"
	"math/big"
	"slices"

	"github.com/xuri/excelize/v2"

	"github.com/kortakoer/kortakoer/allocation"
	"github.com/kortakoer/kortakoer/internal/language"
)

// WriteFinal writes the workbook of the closing report: the account of every
// decision, and for each what every region and area did and got.
func WriteFinal(out io.Writer, final *allocation.Final, o Options) error {
	file := excelize.NewFile()
	f := &finalBook{final: final}
	for i, plan := range final.Grant.Plans {
		b := &book{file: file, plan: plan, rules: plan.Rules, Options: o}
		f.parts = append(f.parts, &accountBook{book: b, account: final.Accounts[i]})
		f.books = append(f.books, b)
	}
	if f.book = f.books[0]; len(f.books) > 1 {
		nameApart(f.books)
	}
	if err := f.makeStyles(); err != nil {
		return fmt.Errorf("workbook: %w", err)
	}
	sheets := []namedSheet{{f.book, o.Language.Text("sheet.final"), f.summary}}
	for _, p := range f.parts {
		sheets = append(sheets,
			namedSheet{p.book, p.sheet("sheet.regions"), p.regions},
			namedSheet{p.book, p.sheet("sheet.areas"), p.byArea})
	}
	return save(out, file, append(sheets, namedSheet{f.book, o.Language.Text("sheet.checks"), f.inputs}))
}

type finalBook struct {
	*book
	final *allocation.Final
	parts []*accountBook
	books []*book
}

// accountBook writes the sheets on one decision.
type accountBook struct {
	*book
	account allocation.Account
}

// The sheet with the regions has two tables: what they are to get, and below
// it what of that was paid and is owed back.
const (
	accountCode = iota + 1
	accountRegion
	accountEarned
	accountCeiling
	accountFulfilment
	accountEqual
	accountPerformance
	accountShare
	accountTotal
)

const (
	flowPaid = iota + 3
	flowToPay
	flowClaim
	flowUsed
	flowRepay
	flowOwed
	flowNet
	flowOutcome
)

// sumRow is the row of the country in the first table, flowFirst that of the
// first region in the second, and flowSum that of the country there.
func (b *accountBook) sumRow() int    { return headerRow + 1 + len(b.account.Regions) }
func (b *accountBook) flowFirst() int { return b.sumRow() + 5 }
func (b *accountBook) flowSum() int   { return b.flowFirst() + len(b.account.Regions) }

// areaSum is the row of the country on the sheet with the areas, which has two
// rows of headers.
func (b *accountBook) areaSum() int { return headerRow + 2 + len(b.account.Regions) }

// sum adds up a column of a table.
func (b *accountBook) sum(column, first, last int, value int64) excelize.Cell {
	return b.styles.sumKronor.formula(fmt.Sprintf("SUM(%s:%s)", name(column, first), name(column, last)), value)
}

// columns writes the names of the columns of amounts behind code and region.
func (b *accountBook) columns(s *sheet, keys ...language.Key) {
	names := []string{b.text("code"), b.text("region")}
	for _, k := range keys {
		names = append(names, b.text(k))
	}
	s.header(2, names...)
}

func (b *accountBook) regions(s *sheet) {
	st := b.styles
	s.widths(10, 22, 17, 17, 19, 17, 17, 18, 17, 26)
	s.freeze(headerRow, accountRegion, 1, 2)
	s.title(b.text("final.regions")+" – "+b.rules.Title, b.text("in_kronor")+".")
	s.skip(1)
	b.columns(s, "final.earned", "ceiling", "final.fulfilment", "equal", "performance", "leftover", "total")
	var earned, ceiling, equal, performance, share, used int64
	fulfilment := func(row int) string {
		return fmt.Sprintf("IF(%[1]s=0,0,%[2]s/%[1]s)", name(accountCeiling, row), name(accountPerformance, row))
	}
	for _, r := range b.account.Regions {
		row := s.row + 1
		s.put(st.code.cell(r.Region.Code), st.text.cell(r.Region.Name), st.kronor.cell(r.Earned), st.kronor.cell(r.Ceiling),
			st.percent.formula(fulfilment(row), ratio(r.Performance, r.Ceiling)),
			st.kronor.cell(r.Equal), st.kronor.cell(r.Performance), st.kronor.cell(r.Share),
			st.kronor.formula(fmt.Sprintf("SUM(%s:%s)", name(accountEqual, row), name(accountShare, row)), r.Total))
		earned, ceiling, equal, performance, share, used = earned+r.Earned, ceiling+r.Ceiling, equal+r.Equal, performance+r.Performance, share+r.Share, used+r.Used
	}
	first, last := headerRow+1, b.sumRow()-1
	s.put(st.sumText.cell(""), st.sumText.cell(b.text("country")), b.sum(accountEarned, first, last, earned), b.sum(accountCeiling, first, last, ceiling),
		st.sumPercent.formula(fulfilment(b.sumRow()), ratio(performance, ceiling)),
		b.sum(accountEqual, first, last, equal), b.sum(accountPerformance, first, last, performance), b.sum(accountShare, first, last, share), b.sum(accountTotal, first, last, b.account.Decided))
	b.flows(s, used)
}

// flows is the second table: a claim and a repayment overlap, so what is owed
// is the larger of the two.
func (b *accountBook) flows(s *sheet, used int64) {
	st := b.styles
	s.skip(1)
	s.newPage()
	s.put(st.section.cell(b.text("final.flows")))
	s.put(st.subtitle.cell(b.text("final.owed_note")))
	b.columns(s, "final.paid", "payments.remain", "payments.claims", "final.used", "final.repay", "final.owed", "final.net", "final.outcome")
	for i, r := range b.account.Regions {
		row, total := s.row+1, name(accountTotal, headerRow+1+i)
		at := func(column int) string { return name(column, row) }
		s.put(st.code.cell(r.Region.Code), st.text.cell(r.Region.Name), st.kronor.cell(r.Paid),
			st.kronor.formula(fmt.Sprintf("MAX(0,%s-%s)", total, at(flowPaid)), r.ToPay),
			st.kronor.formula(fmt.Sprintf("MAX(0,%s-%s)", at(flowPaid), total), r.Claim),
			st.kronor.cell(r.Used), st.kronor.cell(r.Repay),
			st.kronor.formula(fmt.Sprintf("MAX(%s,%s)", at(flowClaim), at(flowRepay)), r.Owed),
			st.kronor.formula(at(flowPaid)+"-"+at(flowOwed), r.Net),
			st.kronor.cell(b.text(language.Key("outcome."+r.Outcome))))
	}
	a, first, last := b.account, b.flowFirst(), b.flowSum()-1
	s.put(st.sumText.cell(""), st.sumText.cell(b.text("country")), b.sum(flowPaid, first, last, a.Paid), b.sum(flowToPay, first, last, a.ToPay), b.sum(flowClaim, first, last, a.Claimed),
		b.sum(flowUsed, first, last, used), b.sum(flowRepay, first, last, a.Repay), b.sum(flowOwed, first, last, a.Owed), b.sum(flowNet, first, last, a.Net), st.sumText.cell(""))
}

// byArea has, for each area, the operations of every region beside its
// baseline.
func (b *accountBook) byArea(s *sheet) {
	st := b.styles
	widths := []float64{9, 19}
	for range b.account.Areas {
		widths = append(widths, 12, 12, 12, 11)
	}
	s.widths(widths...)
	s.freeze(headerRow+1, accountRegion, headerRow, headerRow+1)
	s.title(b.text("final.areas")+" – "+b.rules.Title, b.text("final.areas_note", b.rules.Period.First.V.String(), b.rules.Period.Last.V.String()))
	s.skip(1)
	top := []any{st.headerLeft.cell(""), st.headerLeft.cell("")}
	head := []any{st.headerCentre.cell(b.text("code")), st.headerLeft.cell(b.text("region"))}
	for _, a := range b.account.Areas {
		top = append(top, st.headerCentre.cell(b.Language.Area(a.Area)), st.headerCentre.cell(""), st.headerCentre.cell(""), st.headerCentre.cell(""))
		for _, k := range []language.Key{"left.operations", "calc.baseline", "final.change", "final.percent"} {
			head = append(head, st.headerRight.cell(b.text(k)))
		}
	}
	s.put(top...)
	for i := range b.account.Areas {
		s.merge(s.row, accountRegion+1+4*i, accountRegion+4+4*i)
	}
	s.putHigh(30, head...)
	first := s.row + 1
	for i, r := range b.account.Regions {
		cells := []any{st.code.cell(r.Region.Code), st.text.cell(r.Region.Name)}
		for k, a := range b.account.Areas {
			c := a.Regions[i]
			n, mean := name(accountRegion+1+4*k, s.row+1), name(accountRegion+2+4*k, s.row+1)
			cells = append(cells, st.number.cell(c.Operations), st.fraction.cell(number(c.Baseline)),
				st.fraction.formula(n+"-"+mean, number(less(c.Operations, c.Baseline))), st.percent.formula(changeFormula(n, mean), changeShare(c.Operations, c.Baseline)))
		}
		s.put(cells...)
	}
	last := s.row
	cells := []any{st.sumText.cell(""), st.sumText.cell(b.text("country"))}
	for k, a := range b.account.Areas {
		column := accountRegion + 1 + 4*k
		n, mean := name(column, s.row+1), name(column+1, s.row+1)
		cells = append(cells,
			st.sumNumber.formula(fmt.Sprintf("SUM(%s:%s)", name(column, first), name(column, last)), a.Operations),
			st.sumFraction.formula(fmt.Sprintf("SUM(%s:%s)", name(column+1, first), name(column+1, last)), number(a.Baseline)),
			st.sumFraction.formula(n+"-"+mean, number(less(a.Operations, a.Baseline))), st.sumPercent.formula(changeFormula(n, mean), changeShare(a.Operations, a.Baseline)))
	}
	s.put(cells...)
}

func less(n int64, x *big.Rat) *big.Rat { return new(big.Rat).Sub(new(big.Rat).SetInt64(n), x) }

// changeFormula is the change in per cent, empty where there was nothing.
func changeFormula(now, before string) string {
	return fmt.Sprintf(`IF(%s=0,"",%s/%s-1)`, before, now, before)
}

func changeShare(now int64, before *big.Rat) any {
	if before.Sign() == 0 {
		return ""
	}
	return number(new(big.Rat).Quo(less(now, before), before))
}

// summary is the account of every decision, a column each, and their sum.
func (f *finalBook) summary(s *sheet) {
	st, n := f.styles, len(f.parts)
	widths, header := []float64{58}, []string{f.text("final.item")}
	for _, p := range f.parts {
		widths, header = append(widths, 20), append(header, p.rules.ID)
	}
	if n > 1 {
		header = append(header, f.text("total"))
	}
	s.widths(append(widths, 20, 20, 20)...)
	s.freeze(headerRow, 1, 1, 2)
	s.putHigh(22, st.title.cell(f.text("final.title")))
	s.put(st.subtitle.cell(decisionsOf(f.books)))
	s.put(st.subtitle.cell(f.text("in_kronor")))
	s.skip(1)
	s.header(1, header...)
	rows := map[language.Key]int{}
	line := func(k language.Key, value func(allocation.Account) int64, of func(*accountBook, int) string) {
		rows[k] = s.row + 1
		cells := []any{st.text.cell(f.text(k))}
		var sum int64
		for i, p := range f.parts {
			v := value(p.account)
			sum += v
			if of == nil {
				cells = append(cells, st.kronor.cell(v))
			} else {
				cells = append(cells, st.kronor.formula(of(p, 2+i), v))
			}
		}
		if n > 1 {
			cells = append(cells, st.sumKronor.formula(fmt.Sprintf("SUM(%s:%s)", name(2, s.row+1), name(1+n, s.row+1)), sum))
		}
		s.put(cells...)
	}
	onRegions := func(column int) func(*accountBook, int) string {
		return func(p *accountBook, _ int) string { return on(p.sheet("sheet.regions"), fixed(column, p.flowSum())) }
	}
	at := func(k language.Key, column int) string { return name(column, rows[k]) }
	line("pool", func(a allocation.Account) int64 { return a.Pool }, nil)
	line("final.decided", func(a allocation.Account) int64 { return a.Decided }, func(p *accountBook, _ int) string {
		return on(p.sheet("sheet.regions"), fixed(accountTotal, p.sumRow()))
	})
	line("unallocated", func(a allocation.Account) int64 { return a.Unallocated }, nil)
	line("final.paid", func(a allocation.Account) int64 { return a.Paid }, onRegions(flowPaid))
	line("final.to_pay", func(a allocation.Account) int64 { return a.ToPay }, onRegions(flowToPay))
	line("final.claimed", func(a allocation.Account) int64 { return a.Claimed }, onRegions(flowClaim))
	line("final.repay_sum", func(a allocation.Account) int64 { return a.Repay }, onRegions(flowRepay))
	line("final.owed_sum", func(a allocation.Account) int64 { return a.Owed }, onRegions(flowOwed))
	line("final.net_sum", func(a allocation.Account) int64 { return a.Net }, onRegions(flowNet))
	s.skip(1)
	s.put(st.section.cell(f.text("final.closed")))
	zero := func(k language.Key, of func(column int) string) {
		line(k, func(allocation.Account) int64 { return 0 }, func(_ *accountBook, column int) string { return of(column) })
	}
	zero("final.check_pool", func(c int) string {
		return at("pool", c) + "-" + at("final.decided", c) + "-" + at("unallocated", c)
	})
	zero("final.check_paid", func(c int) string {
		return at("final.decided", c) + "-" + at("final.paid", c) + "-" + at("final.to_pay", c) + "+" + at("final.claimed", c)
	})
	zero("final.check_net", func(c int) string {
		return at("final.paid", c) + "-" + at("final.net_sum", c) + "-" + at("final.owed_sum", c)
	})
	f.appropriations(s)
	if n > 1 {
		s.newPage()
	}
	f.fulfilment(s)
}

// appropriations sets payments and own costs against the limits.
func (f *finalBook) appropriations(s *sheet) {
	st := f.styles
	s.skip(1)
	s.put(st.section.cell(f.text("final.appropriation")))
	for _, p := range f.parts {
		s.paragraph(p.rules.ID+": "+p.appropriation(), 1+len(f.parts)+1, 58+20*(len(f.parts)+1))
	}
	for _, o := range f.final.Grant.Overlaps {
		s.paragraph(f.Language.Overlap(f.final.Grant, o), 1+len(f.parts)+1, 58+20*(len(f.parts)+1))
	}
}

// fulfilment is what the country did in each area, by decision.
func (f *finalBook) fulfilment(s *sheet) {
	st := f.styles
	for _, p := range f.parts {
		s.skip(1)
		s.put(st.section.cell(f.text("final.country", p.rules.ID, p.rules.Period.First.V.String(), p.rules.Period.Last.V.String())))
		header := []string{f.text("area")}
		s.header(1, append(header, f.text("left.operations"), f.text("calc.baseline"), f.text("final.percent"))...)
		for k, a := range p.account.Areas {
			column := accountRegion + 1 + 4*k
			on := func(c int) string { return on(p.sheet("sheet.areas"), fixed(c, p.areaSum())) }
			s.put(st.text.cell(f.Language.Area(a.Area)), st.number.formula(on(column), a.Operations),
				st.fraction.formula(on(column+1), number(a.Baseline)), st.percent.formula(on(column+3), changeShare(a.Operations, a.Baseline)))
		}
	}
}

// inputs names every file, the rule sets and the program.
func (f *finalBook) inputs(s *sheet) {
	s.widths(16, 62, 20, 20, 18)
	s.freeze(2, 0, 1, 2)
	s.putHigh(22, f.styles.title.cell(f.text("check.inputs")))
	s.put(f.styles.subtitle.cell(decisionsOf(f.books)))
	for i, p := range f.parts {
		var files []allocation.File
		var warnings []string
		if i == 0 {
			files = f.final.Grant.Input.Files
		}
		if i == len(f.parts)-1 {
			warnings = slices.Concat(f.final.Warnings, f.final.Notes)
		}
		p.checkInputs(s, files, p.plan.Input.Population.Source, warnings)
	}
}
