package workbook

import (
	"fmt"

	"github.com/kortakoer/kortakoer/allocation"
	"github.com/kortakoer/kortakoer/internal/language"
)

const (
	checkFormulas = iota + 3
	checkEngine
	checkDifference
)

// checks compares what the formulas say with what the engine computed, and
// accounts for money, rows and files.
func (b *book) checks(s *sheet) {
	s.widths(16, 62, 20, 20, 18)
	s.freeze(headerRow, 0, 1, 2)
	s.title(b.text("check.title"), b.text("check.note"))
	s.skip(1)
	s.header(2, b.text("code"), b.text("region"), b.text("check.formulas"), b.text("check.engine"), b.text("check.difference"))
	st := b.styles
	for i, r := range b.plan.Regions {
		row := b.calcRow(i, b.areas)
		cells := []string{b.onCalc(b.calcEqual(), row), b.onCalc(b.calcPerformance(), row)}
		if b.rules.Leftover.Enabled.V {
			cells = append(cells, b.shares(i, b.areas, b.sheet("sheet.leftover"))...)
		}
		at := firstRow + i
		s.put(st.code.cell(r.Region.Code), st.text.cell(r.Region.Name), st.kronor.formula(joined(cells), r.Total), st.kronor.cell(r.Total),
			st.kronor.formula(name(checkFormulas, at)+"-"+name(checkEngine, at), int64(0)))
	}
	cells := []any{st.sumText.cell(""), st.sumText.cell(b.text("total"))}
	for i, v := range []int64{b.plan.Total, b.plan.Total, 0} {
		c := checkFormulas + i
		cells = append(cells, st.sumKronor.formula("SUM("+name(c, firstRow)+":"+name(c, b.lastRow())+")", v))
	}
	s.put(cells...)
	b.checkSums(s)
	b.checkRows(s)
	b.checkInputs(s, b.plan.Input.Files, b.plan.Input.Population.Source, b.plan.Warnings)
}

// compare writes a row that compares two amounts; the difference is 0 unless
// something was changed.
func (s *sheet) compare(item string, left string, leftValue int64, right string, rightValue int64) {
	st := s.styles
	row := s.row + 1
	s.put(st.text.cell(""), st.text.cell(item), st.kronor.formula(left, leftValue), st.kronor.formula(right, rightValue),
		st.kronor.formula(name(checkFormulas, row)+"-"+name(checkEngine, row), leftValue-rightValue))
}

func (b *book) checkSums(s *sheet) {
	st := b.styles
	sum := b.lastRow() + 1
	s.skip(1)
	s.newPage()
	s.put(st.section.cell(b.text("check.sums")))
	s.header(2, "", b.text("check.item"), b.text("check.formulas"), b.text("check.against"), b.text("check.difference"))
	left := on(b.sheet("sheet.leftover"), fixed(leftValue, leftIs))
	unallocated := left
	if b.rules.Leftover.Enabled.V {
		unallocated += "-" + on(b.sheet("sheet.leftover"), fixed(potGiven, b.potSum()))
	}
	s.compare(b.text("check.paid_out"), name(checkFormulas, sum)+"+"+unallocated, b.plan.Total+b.plan.Unallocated, b.onRules("pool"), b.rules.Pool.V)
	s.compare(b.text("check.list"), on(b.sheet("sheet.payments"), fixed(payTotal, sum)), b.plan.Total, name(checkEngine, sum), b.plan.Total)
	if a := b.rules.Appropriation; a.Limit.Set {
		row := s.row + 1
		s.put(st.text.cell(""), st.text.cell(b.text("check.limit")),
			st.kronor.formula(name(checkFormulas, sum)+"+"+b.ownCosts(), b.plan.Total+a.OwnCosts.V),
			st.kronor.formula(b.onRules("appropriation.limit"), a.Limit.V),
			st.kronor.formula(name(checkEngine, row)+"-"+name(checkFormulas, row), a.Limit.V-b.plan.Total-a.OwnCosts.V))
	}
	years := append(append([]int{}, b.rules.Baseline.Years.V...), b.rules.Year())
	for i, y := range years {
		column := calcYears + i
		if i == b.years {
			column = b.calcCount()
		}
		n := b.operations(y)
		last := firstRow + max(0, len(b.plan.Counts)+len(b.plan.Means)-1)
		block := func(c int) string { return on(b.sheet("sheet.counts"), span(c, firstRow, last)) }
		s.compare(b.text("check.operations", y),
			fmt.Sprintf("SUM(%s)", on(b.sheet("sheet.calculation"), b.calcSpan(column))), n,
			fmt.Sprintf(`SUMIFS(%s,%s,%d,%s,"%s")`, block(countsValue), block(countsYear), y, block(countsUse), b.text("use.used")), n)
	}
}

func (b *book) ownCosts() string {
	if !b.rules.Appropriation.OwnCosts.Set {
		return "0"
	}
	return b.onRules("appropriation.own_costs")
}

// operations is the number of operations of a year that the plan uses.
func (b *book) operations(year int) int64 {
	var n int64
	for _, c := range b.plan.Counts {
		if c.Use == allocation.Used && c.Year == year {
			n += c.N
		}
	}
	return n
}

// checkRows accounts for every row read.
func (b *book) checkRows(s *sheet) {
	st, t := b.styles, b.plan.Tally
	s.skip(1)
	s.put(st.section.cell(b.text("check.rows")))
	first := s.row + 1
	s.put(st.text.cell(""), st.text.cell(b.text("check.read")), st.number.cell(t.Read))
	s.put(st.text.cell(""), st.text.cell(b.text("check.used")), st.number.cell(t.Used))
	for _, p := range t.Passed {
		s.put(st.text.cell(""), st.text.cell(b.text(language.Key("use."+p.Reason))), st.number.cell(p.Rows))
	}
	s.put(st.sumText.cell(""), st.sumText.cell(b.text("check.accounted")),
		st.sumNumber.formula(fmt.Sprintf("%s-SUM(%s:%s)", name(checkFormulas, first), name(checkFormulas, first+1), name(checkFormulas, s.row)), int64(0)))
}

// checkInputs names every file, the rule set and the program.
func (b *book) checkInputs(s *sheet, files []allocation.File, population string, warnings []string) {
	st := b.styles
	s.skip(1)
	s.put(st.section.cell(b.text("check.inputs")))
	entry := func(role, what string, rows any, sum string) {
		s.put(st.text.cell(role), st.text.cell(what), rows)
		if sum != "" {
			s.put(st.text.cell(""), st.mono.cell(b.text("check.sha")+" "+sum), st.mono.cell(""))
		}
	}
	for _, f := range files {
		what := f.Name
		if f.Sheet != "" {
			what += " (" + f.Sheet + ")"
		}
		entry(b.text(language.Key("role."+f.Role)), what, st.number.cell(f.Rows), f.SHA256)
	}
	blank := st.text.cell("")
	if population != "" {
		entry(b.text("role.population"), population, blank, "")
	}
	entry(b.text("check.ruleset"), b.rules.ID+" – "+b.rules.Title, blank, b.rules.SHA256)
	entry(b.text("check.version"), "kortakoer "+b.Version, blank, "")
	for _, o := range b.rules.Overrides() {
		entry("--set", o.Key+" = "+o.Value, blank, "")
	}
	if len(warnings) == 0 {
		return
	}
	s.skip(1)
	s.put(st.section.cell(b.text("check.warnings")))
	for _, w := range warnings {
		s.paragraph(w, checkDifference, 130)
	}
}
