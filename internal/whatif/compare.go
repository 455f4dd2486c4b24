package whatif

import (
	"fmt"
	"slices"

	"github.com/kortakoer/kortakoer/allocation"
	"github.com/kortakoer/kortakoer/rules"
)

// Ingredient is something that an amount is made from.
type Ingredient string

// The ingredients, in the order in which Compare replaces them. The order is
// fixed because it matters: what two ingredients do together is counted with
// the later one.
const (
	Volume      Ingredient = "volume"      // operations of the period
	Baseline    Ingredient = "baseline"    // the years compared with, and how their mean is rounded
	Rate        Ingredient = "rate"        // kronor per operation
	Ceiling     Ingredient = "ceiling"     // the ceilings, with the pool and the equal block that they are parts of
	Requisition Ingredient = "requisition" // who may be paid
	Weight      Ingredient = "weight"      // need, by which a pot is divided
	Inhabitants Ingredient = "inhabitants" // by which regions are ranked
	Leftover    Ingredient = "leftover"    // whether and how the leftover is divided
)

// replacement takes one ingredient from another state.
type replacement struct {
	ingredient Ingredient
	from       func(s, other *state)
}

// replacements are all of them, in order.
var replacements = []replacement{
	{Volume, func(s, other *state) { s.now = other.now }},
	{Baseline, func(s, other *state) {
		s.before, s.given, s.rules.Baseline = other.before, other.given, other.rules.Baseline
	}},
	{Rate, func(s, other *state) {
		for a := range s.rules.Areas {
			s.rules.Areas[a].Rate = other.rules.Areas[a].Rate
		}
	}},
	{Ceiling, func(s, other *state) {
		s.rules.Ceilings, s.rules.Pool, s.rules.Equal = other.rules.Ceilings, other.rules.Pool, other.rules.Equal
	}},
	{Requisition, func(s, other *state) { s.valid, s.rules.Deadline = other.valid, other.rules.Deadline }},
	{Weight, func(s, other *state) { s.rules.Need = other.rules.Need }},
	{Inhabitants, func(s, other *state) { s.population = other.population }},
	{Leftover, func(s, other *state) { s.rules.Leftover = other.rules.Leftover }},
}

// Comparison is what two plans pay and why it differs.
type Comparison struct {
	Before, After *allocation.Plan
	Changes       []Change // in order of rules.Regions
}

// Change is one region's change in its parts, in whole kronor. The parts sum
// to After − Before.
type Change struct {
	Before, After int64
	Parts         []Part // in the order of replacement
}

// Part is what replacing one ingredient changes: of what the region has by
// itself, performance and equal share, and of its share of the leftover.
type Part struct {
	Ingredient Ingredient
	Own        int64
	Leftover   int64
}

// Column is a part of a change as tables show it.
type Column struct {
	Name   Ingredient
	Kronor int64
}

// Columns sums the parts up by cause: of each ingredient what it does to the
// region itself, the weight's effect on the pots, and as leftover all other
// effects on what the region gets of the leftover.
func (c Change) Columns() []Column {
	var list []Column
	rest := Column{Name: Leftover}
	for _, p := range c.Parts {
		switch p.Ingredient {
		case Weight:
			list = append(list, Column{Weight, p.Leftover})
		case Inhabitants, Leftover:
			rest.Kronor += p.Leftover
		default:
			list = append(list, Column{p.Ingredient, p.Own})
			rest.Kronor += p.Leftover
		}
	}
	return append(list, rest)
}

// Compare replaces one ingredient of the first plan at a time by that of the
// second, in the order above, and tells what each replacement changes. Both
// must pay for the same areas.
func Compare(before, after *allocation.Plan) (*Comparison, error) {
	s, other := stateOf(before), stateOf(after)
	if !slices.EqualFunc(s.rules.Areas, other.rules.Areas, func(a, b rules.Area) bool { return a.ID == b.ID }) {
		return nil, fmt.Errorf("%s and %s pay for different areas; a change between them has no causes that can be told apart; compute each with calc", before.Rules.ID, after.Rules.ID)
	}
	c := &Comparison{Before: before, After: after}
	for i := range before.Regions {
		c.Changes = append(c.Changes, Change{Before: before.Regions[i].Total, After: after.Regions[i].Total})
	}
	last := before
	for _, step := range replacements {
		step.from(s, other)
		next, err := s.allocate()
		if err != nil {
			return nil, fmt.Errorf("with the %s of the second: %w", step.ingredient, err)
		}
		for i := range c.Changes {
			was, is := last.Regions[i], next.Regions[i]
			c.Changes[i].Parts = append(c.Changes[i].Parts, Part{step.ingredient, is.Equal + is.Performance - was.Equal - was.Performance, is.Leftover - was.Leftover})
		}
		last = next
	}
	for i, r := range last.Regions {
		if r.Total != after.Regions[i].Total {
			return nil, fmt.Errorf("whatif: the parts of %s come to %d, not to %d; please report this", r.Region.Name, r.Total, after.Regions[i].Total)
		}
	}
	return c, nil
}
