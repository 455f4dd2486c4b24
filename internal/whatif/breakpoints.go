package whatif

import (
	"cmp"
	"math/big"
	"slices"

	"github.com/kortakoer/kortakoer/allocation"
)

// Breakpoint is how far one region is from what matters in one area.
type Breakpoint struct {
	Region, Area int
	Count        int64
	Baseline     *big.Rat
	Total        int64 // what the region gets now

	ToBaseline int64 // the fewest operations more that reach the baseline
	Ceiling    Reach // the fewest that bring what is earned to the ceiling
	Place      Reach // the fewest that give a share of the area's pot
	OneMore    int64 // kronor that one operation more changes the region's total by
}

// Reach is the fewest operations more that bring something about.
type Reach struct {
	Possible   bool
	Operations int64 // 0 where it is so already
	Total      int64 // kronor the region would get in all
}

// Breakpoints computes them for the regions with these indexes in every area.
// The number of operations is solved for; what it pays is allocated.
func Breakpoints(p *allocation.Plan, regions []int) ([]Breakpoint, error) {
	s := stateOf(p)
	var list []Breakpoint
	for _, i := range regions {
		for a := range p.Areas {
			b, err := s.breakpoint(p, i, a)
			if err != nil {
				return nil, err
			}
			list = append(list, b)
		}
	}
	return list, nil
}

func (s *state) breakpoint(p *allocation.Plan, i, a int) (Breakpoint, error) {
	r := p.Regions[i]
	area := r.Areas[a]
	b := Breakpoint{Region: i, Area: a, Count: area.Count, Baseline: area.Baseline, Total: r.Total}
	short := new(big.Rat).Sub(area.Baseline, whole(area.Count))
	b.ToBaseline = max(0, up(short))

	more, err := s.total(i, a, 1)
	if err != nil {
		return b, err
	}
	b.OneMore = more.Total - r.Total
	if n, ok := toCeiling(p, i, a); ok {
		if b.Ceiling, err = s.reach(i, a, n); err != nil {
			return b, err
		}
	}
	if n, ok := toPlace(p, i, a); ok {
		if b.Place, err = s.reach(i, a, n); err != nil {
			return b, err
		}
	}
	return b, nil
}

// total is the region's part of the plan with n operations more in an area.
func (s *state) total(i, a int, n int64) (allocation.RegionPlan, error) {
	s.now[i][a] += n
	defer func() { s.now[i][a] -= n }()
	plan, err := s.allocate()
	if err != nil {
		return allocation.RegionPlan{}, err
	}
	return plan.Regions[i], nil
}

func (s *state) reach(i, a int, n int64) (Reach, error) {
	if s.now[i][a]+n > maxCount {
		return Reach{}, nil
	}
	r, err := s.total(i, a, n)
	return Reach{Possible: true, Operations: n, Total: r.Total}, err
}

// toCeiling solves earned ≥ ceiling for the operations of one area. Earned is
// rounded half up, so that half a krona less is enough.
func toCeiling(p *allocation.Plan, i, a int) (n int64, ok bool) {
	r := p.Regions[i]
	area := r.Areas[a]
	rate := p.Rules.Areas[a].Rate.V
	switch {
	case !r.Requisition.Valid():
		return 0, false
	case r.Earned >= r.Ceiling:
		return 0, true
	case rate == 0:
		return 0, false
	}
	// The increase that the area must come to, beside what the others earn.
	need := new(big.Rat).Sub(whole(r.Ceiling), big.NewRat(1, 2))
	need.Sub(need, new(big.Rat).Sub(r.EarnedExact, area.Earned))
	need.Quo(need, whole(rate))
	need.Add(need, area.Baseline)
	return max(0, up(need.Sub(need, whole(area.Count)))), true
}

// toPlace solves for as many operations per inhabitant as the last place that
// shares the pot, for it is shared by all who tie with it.
func toPlace(p *allocation.Plan, i, a int) (n int64, ok bool) {
	r := p.Regions[i]
	if !p.Rules.Leftover.Enabled.V || !r.Requisition.Valid() {
		return 0, false
	}
	if p.Areas[a].Pot.Places[i].Qualifies {
		return 0, true
	}
	var others []*big.Rat
	for k, other := range p.Regions {
		if k != i && p.Areas[a].Pot.Places[k].Rank > 0 {
			others = append(others, big.NewRat(other.Areas[a].Count, other.Population))
		}
	}
	slices.SortFunc(others, func(x, y *big.Rat) int { return cmp.Compare(0, x.Cmp(y)) })
	places := int(p.Rules.Leftover.Regions.V)
	if len(others) < places {
		return max(0, 1-r.Areas[a].Count), true
	}
	need := new(big.Rat).Mul(others[places-1], whole(r.Population))
	return max(0, up(need.Sub(need, whole(r.Areas[a].Count)))), true
}

func whole(n int64) *big.Rat { return new(big.Rat).SetInt64(n) }

// up is the smallest whole number that is not below x. An amount of kronor
// divided by a rate of one krona stays within 64 bits.
func up(x *big.Rat) int64 {
	down := new(big.Int).Div(new(big.Int).Neg(x.Num()), x.Denom())
	return -down.Int64()
}
