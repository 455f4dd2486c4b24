package explain

import (
	"fmt"
	"slices"

	"github.com/kortakoer/kortakoer/allocation"
	"github.com/kortakoer/kortakoer/rules"
)

// leftover derives what is left of the pool, and which regions left it: what
// of its ceiling a region did not earn, and its equal share where it was not
// paid.
func (b *builder) leftover() {
	b.section("leftover", "")
	earned := b.earnedTable()
	sums := b.leftTable(earned)
	pool := b.line(given("pool", "pool", b.rules.Pool.V, Kronor), "pool")
	parts := []Expr{ref(sums.performance)}
	if b.equal != nil {
		parts = append([]Expr{ref(sums.equal)}, parts...)
	}
	b.left = b.line(computed("leftover", "leftover", minus(ref(pool), parts...), Kronor), "leftover.enabled")
	b.agreeWhole(b.left, b.plan.Leftover)
	free := []Expr{ref(sums.ceilings)}
	if b.equal != nil {
		free = append([]Expr{ref(b.steps["equal.block"])}, free...)
	}
	again := b.line(computed("leftover.check", "leftover_check", apply(Plus, minus(ref(pool), free...), ref(sums.left)), Kronor).noted("leftover_check"))
	b.agreeWhole(again, b.plan.Leftover)
	if !b.rules.Leftover.Enabled.V {
		b.agreeWhole(b.line(computed("unallocated", "unallocated", ref(b.left), Kronor)), b.plan.Unallocated)
	}
}

// earnedTable is what each region's operations come to in each area. How the
// kronor of another region arise is that region's own explanation.
func (b *builder) earnedTable() []*Step {
	t := &Table{Kind: "earned"}
	for _, a := range b.rules.Areas {
		t.Columns = append(t.Columns, Column{"area_kronor", a.ID})
	}
	t.Columns = append(t.Columns, Column{Kind: "earned"})
	var earned []*Step
	for i, r := range b.plan.Regions {
		id := "region." + r.Region.Code + "."
		line := Line{Region: r.Region.Code, Own: i == b.own}
		var terms []Expr
		for a, area := range r.Areas {
			of := b.rules.Areas[a].ID
			s := Step{ID: id + of, Kind: "area_kronor", Value: area.Earned, Unit: Kronor}
			if i == b.own {
				s = computed(id+of, "area_kronor", ref(b.kronor[a]), Kronor)
			}
			cell := b.add(s.of(r.Region.Code, of))
			line.Cells, terms = append(line.Cells, cell), append(terms, ref(cell))
		}
		sum := b.add(computed(id+"earned", "earned", apply(Round, total(terms)), Kronor).of(r.Region.Code, ""))
		b.agreeWhole(sum, r.Earned)
		earned = append(earned, sum)
		line.Cells = append(line.Cells, sum)
		t.Lines = append(t.Lines, line)
	}
	for c, column := range t.Columns {
		id := "country.earned"
		if column.Area != "" {
			id = "country." + column.Area
		}
		t.Footer = append(t.Footer, b.sum(id, column, t, c))
	}
	b.table(t)
	return earned
}

// sum is the sum of a column.
func (b *builder) sum(id string, column Column, t *Table, c int) *Step {
	var cells []*Step
	for _, line := range t.Lines {
		cells = append(cells, line.Cells[c])
	}
	return b.add(computed(id, column.Kind, total(refs(cells)), Kronor).of(allocation.Country, column.Area))
}

// mine is the step above where the line is about the own region, so that its
// values are not given twice.
func (b *builder) mine(region int, s *Step) *Expr {
	if region != b.own {
		return nil
	}
	e := ref(s)
	return &e
}

// leftSums are the sums of the table of what the regions left.
type leftSums struct{ equal, ceilings, performance, left *Step }

// leftTable is the waterfall: region by region from the ceiling and the equal
// share to what of them was not paid.
func (b *builder) leftTable(earned []*Step) leftSums {
	t := &Table{Kind: "left"}
	var kinds []string
	for i, r := range b.plan.Regions {
		id := "region." + r.Region.Code + "."
		line := Line{Region: r.Region.Code, Own: i == b.own}
		kinds = nil
		cell := func(s Step) *Step {
			step := b.add(s.of(r.Region.Code, ""))
			kinds, line.Cells = append(kinds, step.Kind), append(line.Cells, step)
			return step
		}
		var valid *Step
		if b.requisition != nil {
			s := given(id+"requisition", "requisition", 0, YesNo)
			s.Value = truth(r.Requisition.Valid())
			s.Expr = b.mine(i, b.requisition)
			valid = cell(s)
		}
		tak := given(id+"ceiling", "ceiling", r.Ceiling, Kronor)
		tak.Expr = b.mine(i, b.steps["ceiling"])
		ceiling := cell(tak)
		b.ceilings = append(b.ceilings, ceiling)
		most := apply(Min, ref(earned[i]), ref(ceiling))
		if valid != nil {
			most = times(ref(valid), most)
		}
		paid := cell(computed(id+"performance", "performance", most, Kronor))
		b.agreeWhole(paid, r.Performance)
		b.paid = append(b.paid, paid)
		left := minus(ref(ceiling), ref(paid))
		if b.equal != nil {
			share := cell(computed(id+"equal", "equal", b.equalOf(i, valid), Kronor))
			b.agreeWhole(share, r.Equal)
			left = apply(Plus, left, minus(b.nominal(i), ref(share)))
		}
		cell(computed(id+"left", "left", left, Kronor))
		t.Lines = append(t.Lines, line)
	}
	var sums leftSums
	for c, kind := range kinds {
		t.Columns = append(t.Columns, Column{Kind: kind})
		if kind == "requisition" {
			t.Footer = append(t.Footer, nil)
			continue
		}
		s := b.sum("country."+kind, t.Columns[c], t, c)
		t.Footer = append(t.Footer, s)
		switch kind {
		case "equal":
			sums.equal = s
		case "ceiling":
			sums.ceilings = s
		case "performance":
			sums.performance = s
		case "left":
			sums.left = s
		}
	}
	b.table(t)
	return sums
}

// pots divides the leftover by area, and each pot by need.
func (b *builder) pots() {
	b.section("pots", "")
	var heads []Line
	var weights []*Step
	byValue := b.rules.Leftover.Pots.V == rules.ByValue
	columns := []Column{}
	if byValue {
		columns = append(columns, Column{Kind: "country_count"}, Column{Kind: "rate"})
	}
	for a, area := range b.plan.Areas {
		id := "pot." + area.Area.ID + "."
		head := Line{Area: area.Area.ID}
		weight := number(1)
		if byValue {
			n := b.add(given(id+"count", "country_count", area.Count, Number).of("", area.Area.ID))
			rate := b.add(computed(id+"rate", "rate", ref(b.steps["area."+area.Area.ID+".rate"]), Kronor).of("", area.Area.ID))
			head.Cells = []*Step{n, rate}
			weight = times(ref(rate), ref(n))
		}
		w := b.add(computed(id+"weight", "weight", weight, Number).of("", area.Area.ID))
		weights = append(weights, w)
		head.Cells = append(head.Cells, w)
		heads = append(heads, head)
		if a == 0 {
			columns = append(columns, Column{Kind: "weight"})
		}
	}
	pots := b.apportion(division{id: "pots", kind: "pots", amount: b.left, heads: heads, columns: columns, weights: weights, keys: []string{"leftover.pots"}})
	var rest []Expr
	if b.steps["pots.weights"].Value.Sign() == 0 { // nobody operated: no pot has a weight
		rest = append(rest, minus(ref(b.left), refs(pots)...))
	}
	for a, area := range b.plan.Areas {
		b.agreeWhole(pots[a], area.Pot.Amount)
		b.section("pot", area.Area.ID)
		rest = append(rest, ref(b.pot(a, pots[a])))
	}
	b.section("unallocated", "")
	b.agreeWhole(b.line(computed("unallocated", "unallocated", total(rest), Kronor)), b.plan.Unallocated)
}

// division is an amount of whole kronor and those it is divided among.
type division struct {
	id, kind string
	amount   *Step
	heads    []Line // with the cells that come before the division
	columns  []Column
	weights  []*Step
	keys     []string
}

// apportion derives a division by largest remainder, as allocation.Apportion
// makes it, and returns the shares.
func (b *builder) apportion(d division) (shares []*Step) {
	id := func(k int) string { return fmt.Sprintf("%s.%s%s.", d.id, d.heads[k].Area, d.heads[k].Region) }
	cell := func(k int, s Step) *Step { return b.add(s.of(d.heads[k].Region, d.heads[k].Area)) }
	amount := b.line(computed(d.id+".amount", "to_divide", ref(d.amount), Kronor), d.keys...)
	sum := b.add(computed(d.id+".weights", "weights", total(refs(d.weights)), Number))
	t := &Table{Kind: d.kind, Columns: slices.Concat(d.columns, []Column{{Kind: "floor"}, {Kind: "remainder"}})}
	var floors, remainders []*Step
	for k, w := range d.weights {
		floor, remainder := number(0), number(0)
		if sum.Value.Sign() > 0 {
			floor = apply(Floor, apply(Over, times(ref(amount), ref(w)), ref(sum)))
		}
		f := cell(k, computed(id(k)+"floor", "floor", floor, Kronor))
		if sum.Value.Sign() > 0 {
			remainder = minus(times(ref(amount), ref(w)), times(ref(f), ref(sum)))
		}
		r := cell(k, computed(id(k)+"remainder", "remainder", remainder, Number))
		floors, remainders = append(floors, f), append(remainders, r)
		line := d.heads[k]
		line.Cells = append(slices.Clone(line.Cells), f, r)
		t.Lines = append(t.Lines, line)
	}
	whole := b.add(computed(d.id+".floors", "floor", total(refs(floors)), Kronor))
	t.Footer = append(make([]*Step, len(d.columns)-1), sum, whole, nil)
	b.table(t)
	missing := b.line(computed(d.id+".missing", "missing", minus(ref(amount), ref(whole)), Kronor).noted("remainder"))
	return b.extras(d, floors, remainders, missing)
}

// extras gives the missing kronor to the largest remainders; between equal
// ones to whom stands first. Nobody without a weight gets one.
func (b *builder) extras(d division, floors, remainders []*Step, missing *Step) (shares []*Step) {
	t := &Table{Kind: "extras", Columns: []Column{{Kind: "order"}, {Kind: "extra"}, {Kind: "share"}}}
	for k, w := range d.weights {
		head := d.heads[k]
		id := fmt.Sprintf("%s.%s%s.", d.id, head.Area, head.Region)
		cell := func(s Step) *Step { return b.add(s.of(head.Region, head.Area)) }
		var order, extra *Step
		share := ref(floors[k])
		if w.Value.Sign() > 0 {
			place := []Expr{number(1)}
			for other, x := range d.weights {
				switch {
				case other == k || x.Value.Sign() == 0:
				case other < k:
					place = append(place, apply(AtLeast, ref(remainders[other]), ref(remainders[k])))
				default:
					place = append(place, apply(More, ref(remainders[other]), ref(remainders[k])))
				}
			}
			order = cell(computed(id+"order", "order", total(place), Number))
			extra = cell(computed(id+"extra", "extra", apply(AtLeast, ref(missing), ref(order)), YesNo))
			share = apply(Plus, share, ref(extra))
		}
		s := cell(computed(id+"share", "share", share, Kronor))
		shares = append(shares, s)
		t.Lines = append(t.Lines, Line{Region: head.Region, Area: head.Area, Own: head.Own, Cells: []*Step{order, extra, s}})
	}
	t.Footer = []*Step{nil, nil, b.add(computed(d.id+".shares", "share", total(refs(shares)), Kronor))}
	b.table(t)
	return shares
}
