package allocation

import (
	"math/big"

	"github.com/kortakoer/kortakoer/rules"
)

// divideLeftover computes steps 5 to 8: one pot per area, each divided among
// the regions with most operations per inhabitant.
func (p *Plan) divideLeftover() {
	rs := p.Rules
	for a := range p.Areas {
		p.Areas[a].Pot.Places = make([]Place, len(p.Regions))
	}
	if !rs.Leftover.Enabled.V {
		p.Unallocated = p.Leftover
		return
	}
	for a, portion := range Apportion(p.Leftover, p.potWeights()) {
		p.Areas[a].Share = portion
		pot := &p.Areas[a].Pot
		pot.Amount = portion.Amount()
		p.rank(a)
		pot.Unallocated = p.share(pot)
		for i := range p.Regions {
			p.Regions[i].Leftover += pot.Places[i].Share
			p.Regions[i].Total += pot.Places[i].Share
		}
		p.Distributed += pot.Amount - pot.Unallocated
	}
	p.Unallocated = p.Leftover - p.Distributed
}

// potWeights is by what the leftover becomes pots: alike, or in proportion to
// rate × operations in the country.
func (p *Plan) potWeights() []*big.Int {
	weights := make([]*big.Int, len(p.Areas))
	for i, a := range p.Areas {
		weights[i] = big.NewInt(1)
		if p.Rules.Leftover.Pots.V == rules.ByValue {
			weights[i].Mul(big.NewInt(a.Area.Rate.V), big.NewInt(a.Count))
		}
	}
	return weights
}

// rank computes step 6. A region is in the running with at least one operation
// and a valid requisition; its rank is one more than the regions that are
// strictly ahead, so that all who tie with the last place qualify.
func (p *Plan) rank(area int) {
	places := p.Areas[area].Pot.Places
	running := func(i int) bool {
		return p.Regions[i].Areas[area].Count > 0 && p.Regions[i].Requisition.Valid()
	}
	for i := range p.Regions {
		if !running(i) {
			continue
		}
		places[i].Rank = 1
		for k := range p.Regions {
			if running(k) && p.ahead(area, k, i) {
				places[i].Rank++
			}
		}
		places[i].Qualifies = int64(places[i].Rank) <= p.Rules.Leftover.Regions.V
	}
}

// ahead reports whether region a has more operations per inhabitant than b. It
// compares count × population of the other: a quotient would be rounded.
func (p *Plan) ahead(area, a, b int) bool {
	cross := func(i, other int) *big.Int {
		return new(big.Int).Mul(big.NewInt(p.Regions[i].Areas[area].Count), big.NewInt(p.Regions[other].Population))
	}
	return cross(a, b).Cmp(cross(b, a)) > 0
}

// share computes step 7 and returns what nobody can take. Where the ceiling
// applies, a region whose exact share would pass its room is filled up and
// leaves, and the rest is divided again among the others by exact shares; only
// the last division is brought to whole kronor.
func (p *Plan) share(pot *Pot) (unallocated int64) {
	rest := pot.Amount
	var in []int
	for i, place := range pot.Places {
		if place.Qualifies {
			in = append(in, i)
		}
	}
	if p.Rules.Leftover.Ceiling.V == rules.Applies {
		for _, i := range in {
			pot.Places[i].Room = max(0, p.Regions[i].Ceiling-p.Regions[i].Performance-p.Regions[i].Leftover)
		}
		in, rest = p.fill(pot, in, rest)
	}
	weights := make([]int64, len(in))
	for k, i := range in {
		weights[k] = p.Regions[i].Need
	}
	for k, portion := range Apportion(rest, bigInts(weights)) {
		pot.Places[in[k]].Portion = portion
		pot.Places[in[k]].Share = portion.Amount()
		rest -= portion.Amount()
	}
	return rest
}

// fill gives their whole room to the regions that would pass it, round by
// round, and returns who is left and what is left for them.
func (p *Plan) fill(pot *Pot, in []int, rest int64) ([]int, int64) {
	for {
		var weight int64
		for _, i := range in {
			weight += p.Regions[i].Need
		}
		var stay []int
		left := rest
		for _, i := range in {
			place := &pot.Places[i]
			// rest × need / weight > room
			exact := new(big.Int).Mul(big.NewInt(rest), big.NewInt(p.Regions[i].Need))
			if exact.Cmp(new(big.Int).Mul(big.NewInt(place.Room), big.NewInt(weight))) <= 0 {
				stay = append(stay, i)
				continue
			}
			place.Filled, place.Share = true, place.Room
			left -= place.Room
		}
		if len(stay) == len(in) {
			return in, rest
		}
		in, rest = stay, left
	}
}

// Ties returns the areas whose pot is shared by more regions than the rule set
// names, because they tie for the last place.
func (p *Plan) Ties() []int {
	var areas []int
	for i, a := range p.Areas {
		if int64(len(a.Pot.Ranked())) > p.Rules.Leftover.Regions.V {
			areas = append(areas, i)
		}
	}
	return areas
}
