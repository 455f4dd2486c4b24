package allocation

import (
	"errors"
	"fmt"
	"math/big"
	"slices"

	"github.com/kortakoer/kortakoer/rules"
)

// Grant is what several decisions pay together on one set of counts.
type Grant struct {
	Input    *Input  // of all decisions; a plan has its part of it
	Plans    []*Plan // in the order of the rule sets
	Regions  []GrantRegion
	Overlaps []Overlap
}

// GrantRegion is what one region gets by all decisions. A claim by one of them
// is not set off against what another leaves to pay.
type GrantRegion struct {
	Region    rules.Region
	Totals    []int64 // kronor, in the order of the plans
	Total     int64
	Paid      int64
	Remaining int64
	Claim     int64
}

// Overlap is what two decisions pay for the same operations: those of the
// months that both measure, in the areas that both pay for.
type Overlap struct {
	First, Second int // plans
	Months        []rules.Month
	Areas         []string // ids
	Unknown       string   // why it cannot be told; empty if it can
	Regions       []OverlapRegion
}

// OverlapRegion is one region's part of an overlap.
type OverlapRegion struct {
	Operations    int64    // in the months and areas of both
	Increase      *big.Rat // of them above the baselines of both
	First, Second int64    // kronor that each decision pays for the increase, its ceiling regarded
}

// Twice is the most kronor that are paid twice for the same operations.
func (o OverlapRegion) Twice() int64 { return min(o.First, o.Second) }

// Increase is the sum over the regions.
func (o Overlap) Increase() *big.Rat {
	sum := new(big.Rat)
	for _, r := range o.Regions {
		sum.Add(sum, r.Increase)
	}
	return sum
}

// Twice is the sum over the regions, in kronor.
func (o Overlap) Twice() int64 {
	var sum int64
	for _, r := range o.Regions {
		sum += r.Twice()
	}
	return sum
}

// AllocateAll computes the plans of several decisions on the same input. Each
// is computed as if it were alone: no decision says that another is set off.
// The error joins every *Fault of the input, each of them once.
func AllocateAll(sets []*rules.RuleSet, in *Input) (*Grant, error) {
	if err := CheckAll(sets, in); err != nil {
		return nil, err
	}
	g := &Grant{Input: in}
	for _, rs := range sets {
		p, err := Allocate(rs, beside(sets, rs, in))
		if err != nil {
			return nil, fmt.Errorf("%s: %w", rs.ID, err)
		}
		g.Plans = append(g.Plans, p)
	}
	for i, r := range rules.Regions() {
		sum := GrantRegion{Region: r}
		for _, p := range g.Plans {
			of := p.Regions[i]
			sum.Totals = append(sum.Totals, of.Total)
			sum.Total += of.Total
			sum.Paid += of.Paid
			sum.Remaining += of.Remaining
			sum.Claim += of.Claim
		}
		g.Regions = append(g.Regions, sum)
	}
	for second := range g.Plans {
		for first := range second {
			g.Overlaps = append(g.Overlaps, g.overlap(first, second))
		}
	}
	return g, nil
}

// CheckAll returns every fault of the input under these rule sets, joined.
func CheckAll(sets []*rules.RuleSet, in *Input) error {
	var errs []error
	told := map[string]bool{}
	add := func(err error) {
		for _, e := range flattened(err) {
			if !told[e.Error()] {
				told[e.Error()] = true
				errs = append(errs, e)
			}
		}
	}
	for _, rs := range sets {
		add(Check(rs, beside(sets, rs, in)))
	}
	if len(sets) > 1 {
		for _, p := range in.Payments {
			if p.Decision == "" {
				add(&Fault{Origin: p.Origin, Message: "by which decision was this paid? With several rule sets the payments need a column beslut"})
			}
		}
		add(wholePeriods(sets, in))
	}
	return errors.Join(errs...)
}

func flattened(err error) []error {
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		return joined.Unwrap()
	}
	if err == nil {
		return nil
	}
	return []error{err}
}

// wholePeriods refuses values for a whole period where the decisions measure
// different ones: they would mean something else to each.
func wholePeriods(sets []*rules.RuleSet, in *Input) error {
	if !slices.ContainsFunc(sets, func(rs *rules.RuleSet) bool { return !samePeriod(rs, sets[0]) }) {
		return nil
	}
	var faults []error
	for _, c := range in.Counts {
		if c.Month == 0 {
			faults = append(faults, &Fault{Origin: c.Origin, Message: "a value without a month is one of the whole period, but the decisions measure different periods; give values by month, or run each rule set alone"})
			break
		}
	}
	if len(in.Baselines) > 0 {
		faults = append(faults, &Fault{Origin: in.Baselines[0].Origin, Message: "a baseline is one of the whole period, but the decisions measure different periods; give the years by month, or run each rule set alone"})
	}
	return errors.Join(faults...)
}

func samePeriod(a, b *rules.RuleSet) bool {
	return a.Period.First.V == b.Period.First.V && a.Period.Last.V == b.Period.Last.V && slices.Equal(a.Baseline.Years.V, b.Baseline.Years.V)
}

// beside is the input as one of several rule sets sees it: what only the
// others pay for is known and passed over, and what they have paid left out.
func beside(sets []*rules.RuleSet, rs *rules.RuleSet, in *Input) *Input {
	mine := *in
	for _, other := range sets {
		for _, a := range other.Areas {
			if rs.AreaIndex(a.ID) < 0 && !slices.Contains(mine.OtherAreas, a.ID) {
				mine.OtherAreas = append(slices.Clip(mine.OtherAreas), a.ID)
			}
		}
		if other != rs {
			mine.Payments = slices.DeleteFunc(slices.Clone(mine.Payments), func(p Payment) bool { return p.Decision == other.ID })
		}
		if other.Demands() && !rs.Demands() { // the requisitions are for the other
			mine.Requisitions = nil
			mine.Files = slices.DeleteFunc(slices.Clone(mine.Files), func(f File) bool { return f.Role == RoleRequisitions })
		}
	}
	return &mine
}

// overlap computes what two plans pay for the same operations.
func (g *Grant) overlap(first, second int) Overlap {
	a, b := g.Plans[first], g.Plans[second]
	o := Overlap{First: first, Second: second, Regions: make([]OverlapRegion, len(a.Regions))}
	for i := range o.Regions {
		o.Regions[i].Increase = new(big.Rat)
	}
	for _, area := range a.Rules.Areas {
		if b.Rules.AreaIndex(area.ID) >= 0 {
			o.Areas = append(o.Areas, area.ID)
		}
	}
	if a.Rules.Year() == b.Rules.Year() {
		from := max(a.Rules.Period.First.V.Month, b.Rules.Period.First.V.Month)
		for m := from; m <= min(a.Rules.Period.Last.V.Month, b.Rules.Period.Last.V.Month); m++ {
			o.Months = append(o.Months, rules.Month{Year: a.Rules.Year(), Month: m})
		}
	}
	if len(o.Months) == 0 || len(o.Areas) == 0 {
		return o
	}
	if !samePeriod(a.Rules, b.Rules) && slices.ContainsFunc(a.Input.Counts, func(c Count) bool { return c.Month == 0 }) {
		o.Unknown = "the counts are not by month"
		return o
	}
	var in [2]increases
	for k, p := range []*Plan{a, b} {
		in[k] = p.increases(o.Months)
	}
	for i := range o.Regions {
		r := &o.Regions[i]
		var kronor [2]big.Rat
		for _, area := range o.Areas {
			x, y := a.Rules.AreaIndex(area), b.Rules.AreaIndex(area)
			r.Operations += in[0].operations[i][x]
			both := in[0].above[i][x]
			if other := in[1].above[i][y]; other.Cmp(both) < 0 {
				both = other
			}
			r.Increase.Add(r.Increase, both)
			for k, rate := range []int64{a.Rules.Areas[x].Rate.V, b.Rules.Areas[y].Rate.V} {
				kronor[k].Add(&kronor[k], new(big.Rat).Mul(new(big.Rat).SetInt64(rate), both))
			}
		}
		r.First = min(RoundHalfUp(&kronor[0]), a.Regions[i].Performance)
		r.Second = min(RoundHalfUp(&kronor[1]), b.Regions[i].Performance)
	}
	return o
}

// increases are the operations of some months of the period and how many of
// them are above the baseline of the same months, by region and area. Of an
// area no more are than of the whole period.
type increases struct {
	operations [][]int64
	above      [][]*big.Rat
}

func (p *Plan) increases(months []rules.Month) increases {
	within := func(month int) bool {
		return month == 0 || slices.ContainsFunc(months, func(m rules.Month) bool { return m.Month == month })
	}
	years := int64(len(p.Rules.Baseline.Years.V))
	sums, before := map[pair]int64{}, map[pair]int64{}
	for _, c := range p.Counts {
		switch {
		case c.Use != Used || !within(c.Month):
		case c.Year == p.Rules.Year():
			sums[pair{c.Region, c.Area}] += c.N
		default:
			before[pair{c.Region, c.Area}] += c.N
		}
	}
	var out increases
	for _, r := range p.Regions {
		var operations []int64
		var above []*big.Rat
		for a, area := range p.Rules.Areas {
			at := pair{r.Region.Code, area.ID}
			mean := big.NewRat(before[at], years)
			if r.Areas[a].Given { // for the whole period, which is then that of both
				mean = r.Areas[a].Mean
			}
			n := new(big.Rat).Sub(new(big.Rat).SetInt64(sums[at]), RoundBaseline(mean, p.Rules.Baseline.Rounding.V))
			if n.Sign() < 0 {
				n.SetInt64(0)
			}
			if most := r.Areas[a].Increase; n.Cmp(most) > 0 {
				n = most
			}
			operations, above = append(operations, sums[at]), append(above, n)
		}
		out.operations, out.above = append(out.operations, operations), append(out.above, above)
	}
	return out
}
