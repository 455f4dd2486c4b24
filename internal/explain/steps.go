package explain

import (
	"fmt"
	"math/big"

	"github.com/kortakoer/kortakoer/allocation"
	"github.com/kortakoer/kortakoer/rules"
)

// section begins a part of the derivation.
func (b *builder) section(kind, area string) {
	b.d.Sections = append(b.d.Sections, Section{Kind: kind, Area: area})
}

// add takes a step in and, where it has an expression, computes it.
func (b *builder) add(s Step, keys ...string) *Step {
	at := b.d.Sections[len(b.d.Sections)-1]
	s.Section = at.Kind
	if at.Area != "" {
		s.Section += "." + at.Area
		if s.Area == "" {
			s.Area = at.Area
		}
	}
	if s.Unit == "" {
		s.Unit = Number
	}
	if s.Expr != nil {
		v, err := s.Expr.value(b.steps)
		if err != nil {
			b.fail(&s, err.Error())
			v = new(big.Rat)
		}
		s.Value = v
	}
	for _, key := range keys {
		if e, ok := b.entries[key]; ok {
			s.Basis = append(s.Basis, e)
		}
	}
	if b.steps[s.ID] != nil {
		b.fail(&s, "stands twice")
	}
	step := &s
	b.steps[s.ID] = step
	b.d.Steps = append(b.d.Steps, step)
	return step
}

// line adds a step that stands on a line of its own.
func (b *builder) line(s Step, keys ...string) *Step {
	step := b.add(s, keys...)
	at := &b.d.Sections[len(b.d.Sections)-1]
	at.Items = append(at.Items, Item{Step: step})
	return step
}

// given is a step that is not computed here.
func given(id, kind string, value int64, unit Unit) Step {
	return Step{ID: id, Kind: kind, Value: new(big.Rat).SetInt64(value), Unit: unit}
}

func computed(id, kind string, e Expr, unit Unit) Step {
	return Step{ID: id, Kind: kind, Expr: &e, Unit: unit}
}

// of says whom a cell is about.
func (s Step) of(region, area string) Step {
	s.Region, s.Area = region, area
	return s
}

func (s Step) noted(note string) Step {
	s.Note = note
	return s
}

func (b *builder) table(t *Table) {
	at := &b.d.Sections[len(b.d.Sections)-1]
	at.Items = append(at.Items, Item{Table: t})
}

// agree compares a step with what the plan says.
func (b *builder) agree(s *Step, want *big.Rat) {
	if s.Value.Cmp(want) != 0 {
		b.fail(s, fmt.Sprintf("comes to %s, but the plan says %s", s.Value.RatString(), want.RatString()))
	}
}

func (b *builder) agreeWhole(s *Step, want int64) { b.agree(s, new(big.Rat).SetInt64(want)) }

func (b *builder) fail(s *Step, what string) {
	if b.err == nil {
		b.err = fmt.Errorf("explain: %s, %s: %s; please report this", b.d.Region.Name, s.ID, what)
	}
}

func (b *builder) region() allocation.RegionPlan { return b.plan.Regions[b.own] }

// refs are the steps as terms.
func refs(steps []*Step) []Expr {
	var terms []Expr
	for _, s := range steps {
		terms = append(terms, ref(s))
	}
	return terms
}

// area derives what the operations of one area come to in kronor (Bilaga 1).
func (b *builder) area(a int) {
	area := b.rules.Areas[a]
	of := b.region().Areas[a]
	id := "area." + area.ID + "."
	b.section("area", area.ID)
	mean := b.mean(id, a, of)
	rounding := ref(mean)
	switch b.rules.Baseline.Rounding.V {
	case rules.Nearest:
		rounding = apply(Round, rounding)
	case rules.Up:
		rounding = apply(Ceil, rounding)
	case rules.Down:
		rounding = apply(Floor, rounding)
	case rules.Exact:
	}
	baseline := b.line(computed(id+"baseline", "baseline", rounding, Number), "baseline.rounding")
	b.agree(baseline, of.Baseline)
	now := b.count(id, area.ID, b.rules.Year(), of.Count, "period.first", "period.last")
	increase := b.line(computed(id+"increase", "increase", apply(Max, number(0), minus(ref(now), ref(baseline))), Number).noted("increase"))
	b.agree(increase, of.Increase)
	rate := b.line(given(id+"rate", "rate", area.Rate.V, Kronor), "area."+area.ID+".rate")
	kronor := b.line(computed(id+"kronor", "kronor", times(ref(rate), ref(increase)), Kronor))
	b.agree(kronor, of.Earned)
	b.kronor = append(b.kronor, kronor)
}

// mean is the mean of the baseline years, or the one that a file gives.
func (b *builder) mean(id string, a int, of allocation.RegionArea) *Step {
	area := b.rules.Areas[a].ID
	if of.Given {
		s := Step{ID: id + "mean", Kind: "mean_given", Value: of.Mean, Unit: Number}
		for _, m := range b.plan.Means {
			if m.Use == allocation.Used && m.Region == b.region().Region.Code && m.Area == area {
				s.Row = &Row{Origin: m.Origin}
			}
		}
		return b.line(s, "baseline.years")
	}
	var years []Expr
	for k, y := range b.rules.Baseline.Years.V {
		years = append(years, ref(b.count(id, area, y, of.ByYear[k])))
	}
	mean := b.line(computed(id+"mean", "mean", apply(Over, total(years), number(int64(len(years)))), Number), "baseline.years")
	b.agree(mean, of.Mean)
	return mean
}

// count is the operations of one area and year, on demand as the sum of the
// rows that they came from.
func (b *builder) count(id, area string, year int, n int64, keys ...string) *Step {
	s := given(fmt.Sprintf("%s%d", id, year), "count", n, Number)
	s.Year = year
	if b.options.Rows {
		if rows := b.rows(s.ID, area, year); len(rows) > 0 {
			e := total(refs(rows))
			s.Expr, s.Kind = &e, "count_rows"
		} else {
			s.Note = "no_row"
		}
	}
	step := b.line(s, keys...)
	b.agreeWhole(step, n)
	return step
}

// rows are the rows of the files that a count came from.
func (b *builder) rows(id, area string, year int) []*Step {
	t := &Table{Kind: "rows", Columns: []Column{{Kind: "row_count"}}}
	var steps []*Step
	for _, c := range b.plan.Counts {
		if c.Use != allocation.Used && c.Use != allocation.AssumedZero || c.Region != b.region().Region.Code || c.Area != area || c.Year != year {
			continue
		}
		s := given(fmt.Sprintf("%s.row%d", id, len(steps)+1), "row", c.N, Number)
		s.Year = year
		s.Row = &Row{Origin: c.Origin, Month: c.Month, Provider: c.Provider, Assumed: c.Use == allocation.AssumedZero}
		step := b.add(s)
		steps = append(steps, step)
		t.Lines = append(t.Lines, Line{Row: step.Row, Cells: []*Step{step}})
	}
	if len(steps) > 0 {
		b.table(t)
	}
	return steps
}

// performance derives what the operations earn below the ceiling (Bilaga 2).
func (b *builder) performance() {
	r := b.region()
	b.section("performance", "")
	exact := b.line(computed("earned_exact", "earned_exact", total(refs(b.kronor)), Kronor))
	b.agree(exact, r.EarnedExact)
	b.earned = b.line(computed("earned", "earned", apply(Round, ref(exact)), Kronor).noted("round"))
	b.agreeWhole(b.earned, r.Earned)
	ceiling := b.line(given("ceiling", "ceiling", r.Ceiling, Kronor), "ceilings."+r.Region.Code)
	most := apply(Min, ref(b.earned), ref(ceiling))
	if b.rules.Demands() {
		s := given("requisition", "requisition", 0, YesNo)
		s.Value, s.Date, s.Note = truth(r.Requisition.Valid()), r.Requisition.Date, "requisition."+string(r.Requisition.Status)
		b.requisition = b.line(s, "requisition.deadline")
		most = times(ref(b.requisition), most)
	}
	b.performed = b.line(computed("performance", "performance", most, Kronor))
	b.agreeWhole(b.performed, r.Performance)
}

// equalShare derives the region's part of the equal block.
func (b *builder) equalShare() {
	b.section("equal", "")
	n := int64(len(b.plan.Regions))
	block := b.line(given("equal.block", "equal_block", b.rules.Equal.V, Kronor), "equal")
	b.floorEqual = b.line(computed("equal.floor", "equal_floor", apply(Floor, apply(Over, ref(block), number(n))), Kronor))
	b.spareEqual = b.line(computed("equal.missing", "missing", minus(ref(block), times(number(n), ref(b.floorEqual))), Kronor).noted("equal_missing"))
	b.equal = b.line(computed("equal", "equal", b.equalOf(b.own, b.requisition), Kronor))
	b.agreeWhole(b.equal, b.region().Equal)
}

// nominal is a region's part of the equal block with a requisition or
// without: the missing kronor go to the first in order of code.
func (b *builder) nominal(region int) Expr {
	return apply(Plus, ref(b.floorEqual), apply(AtLeast, ref(b.spareEqual), number(int64(region+1))))
}

func (b *builder) equalOf(region int, requisition *Step) Expr {
	if requisition == nil {
		return b.nominal(region)
	}
	return times(ref(requisition), b.nominal(region))
}

// total adds the parts up and compares them with what was paid before.
func (b *builder) total() {
	r := b.region()
	b.section("total", "")
	parts := []*Step{b.performed}
	if b.equal != nil {
		parts = append([]*Step{b.equal}, parts...)
	}
	for _, shares := range b.shares {
		if s := shares[b.own]; s != nil {
			parts = append(parts, s)
		}
	}
	sum := b.line(computed("total", "total", total(refs(parts)), Kronor))
	b.agreeWhole(sum, r.Total)
	b.d.Total = sum
	paid := b.paidBefore()
	remaining := b.line(computed("remaining", "remaining", apply(Max, number(0), minus(ref(sum), ref(paid))), Kronor))
	b.agreeWhole(remaining, r.Remaining)
	claim := b.line(computed("claim", "claim", apply(Max, number(0), minus(ref(paid), ref(sum))), Kronor))
	b.agreeWhole(claim, r.Claim)
}

// paidBefore is what the region has been paid, a row for each payment.
func (b *builder) paidBefore() *Step {
	t := &Table{Kind: "payments", Columns: []Column{{Kind: "payment"}}}
	var steps []*Step
	for _, p := range b.plan.PaidBefore() {
		if p.Region != b.region().Region.Code {
			continue
		}
		s := given(fmt.Sprintf("paid.row%d", len(steps)+1), "payment", p.Kronor, Kronor)
		s.Row = &Row{Origin: p.Origin, Date: p.Date}
		step := b.add(s)
		steps = append(steps, step)
		t.Lines = append(t.Lines, Line{Row: step.Row, Cells: []*Step{step}})
	}
	paid := given("paid", "paid", 0, Kronor)
	if len(steps) > 0 {
		b.table(t)
		paid = computed("paid", "paid", total(refs(steps)), Kronor)
	}
	step := b.line(paid)
	b.agreeWhole(step, b.region().Paid)
	return step
}
