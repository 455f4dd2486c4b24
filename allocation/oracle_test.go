package allocation_test

import (
	"math/big"
	"sort"

	"github.com/kortakoer/kortakoer/allocation"
	"github.com/kortakoer/kortakoer/rules"
)

// The oracle is the calculation once more, slow and as literal as the text of
// the decision: fractions throughout, kronor handed out one at a time, regions
// filled one at a time. It shares no arithmetic with the package.

type oracleRegion struct {
	equal, earned, performance, leftover int64
}

func rat(n int64) *big.Rat { return new(big.Rat).SetInt64(n) }

func add(a, b *big.Rat) *big.Rat { return new(big.Rat).Add(a, b) }
func sub(a, b *big.Rat) *big.Rat { return new(big.Rat).Sub(a, b) }
func mul(a, b *big.Rat) *big.Rat { return new(big.Rat).Mul(a, b) }
func div(a, b *big.Rat) *big.Rat { return new(big.Rat).Quo(a, b) }

// wholePart counts up in powers of two, then down to ones: no division.
func wholePart(x *big.Rat) int64 {
	var n int64
	for step := int64(1) << 50; step > 0; step /= 2 {
		if rat(n+step).Cmp(x) <= 0 {
			n += step
		}
	}
	return n
}

// handOut divides an amount by weights: whole kronor, then one krona at a time
// to whoever has the largest part still owed.
func handOut(amount int64, weights []*big.Rat) []int64 {
	total := rat(0)
	for _, w := range weights {
		total = add(total, w)
	}
	shares := make([]int64, len(weights))
	if total.Sign() == 0 {
		return shares
	}
	owed := make([]*big.Rat, len(weights))
	left := amount
	for i, w := range weights {
		exact := div(mul(rat(amount), w), total)
		shares[i] = wholePart(exact)
		owed[i] = sub(exact, rat(shares[i]))
		left -= shares[i]
	}
	for ; left > 0; left-- {
		best := 0
		for i := range owed {
			if owed[i].Cmp(owed[best]) > 0 {
				best = i
			}
		}
		shares[best]++
		owed[best] = rat(-1)
	}
	return shares
}

func oracleBaseline(mean *big.Rat, r rules.Rounding) *big.Rat {
	down := rat(wholePart(mean))
	switch {
	case r == rules.Exact, down.Cmp(mean) == 0:
		return mean
	case r == rules.Up, r == rules.Nearest && sub(mean, down).Cmp(big.NewRat(1, 2)) >= 0:
		return add(down, rat(1))
	}
	return down
}

// oracle computes what every region gets. counts are by region, area and year,
// the baseline years first; valid says who has a requisition in time.
func oracle(rs *rules.RuleSet, counts map[[2]int][]int64, population []int64, valid []bool) []oracleRegion {
	n := len(population)
	out := make([]oracleRegion, n)
	ones := make([]*big.Rat, n)
	for i := range ones {
		ones[i] = rat(1)
	}
	equal := handOut(rs.Equal.V, ones)
	leftover := rs.Pool.V
	last := len(rs.Baseline.Years.V)
	for i := range out {
		earned := rat(0)
		for a, area := range rs.Areas {
			c := counts[[2]int{i, a}]
			sum := rat(0)
			for _, x := range c[:last] {
				sum = add(sum, rat(x))
			}
			increase := sub(rat(c[last]), oracleBaseline(div(sum, rat(int64(last))), rs.Baseline.Rounding.V))
			if increase.Sign() > 0 {
				earned = add(earned, mul(rat(area.Rate.V), increase))
			}
		}
		out[i].earned = wholePart(add(earned, big.NewRat(1, 2)))
		if valid[i] {
			out[i].equal = equal[i]
			out[i].performance = out[i].earned
			if out[i].performance > rs.Ceilings.V[i] {
				out[i].performance = rs.Ceilings.V[i]
			}
		}
		leftover -= out[i].equal + out[i].performance
	}
	if !rs.Leftover.Enabled.V {
		return out
	}
	potWeights := make([]*big.Rat, len(rs.Areas))
	for a, area := range rs.Areas {
		potWeights[a] = rat(1)
		if rs.Leftover.Pots.V == rules.ByValue {
			national := rat(0)
			for i := range out {
				national = add(national, rat(counts[[2]int{i, a}][last]))
			}
			potWeights[a] = mul(rat(area.Rate.V), national)
		}
	}
	for a, pot := range handOut(leftover, potWeights) {
		for i, share := range oraclePot(rs, pot, oracleQualify(rs, counts, population, valid, a, last), out) {
			out[i].leftover += share
		}
	}
	return out
}

// oracleQualify sorts by operations per inhabitant and takes the first places
// and everyone who equals the last of them.
func oracleQualify(rs *rules.RuleSet, counts map[[2]int][]int64, population []int64, valid []bool, a, last int) []int {
	var order []int
	per := map[int]*big.Rat{}
	for i := range population {
		if c := counts[[2]int{i, a}][last]; c > 0 && valid[i] {
			per[i] = big.NewRat(c, population[i])
			order = append(order, i)
		}
	}
	sort.SliceStable(order, func(x, y int) bool { return per[order[x]].Cmp(per[order[y]]) > 0 })
	places := int(rs.Leftover.Regions.V)
	if len(order) <= places {
		sort.Ints(order)
		return order
	}
	for places < len(order) && per[order[places]].Cmp(per[order[places-1]]) == 0 {
		places++
	}
	order = order[:places]
	sort.Ints(order)
	return order
}

// oraclePot divides a pot by need. Where the ceiling applies it fills one
// region at a time, the one that passes its room by most per need.
func oraclePot(rs *rules.RuleSet, pot int64, in []int, so []oracleRegion) map[int]int64 {
	shares := map[int]int64{}
	for rs.Leftover.Ceiling.V == rules.Applies {
		total := rat(0)
		for _, i := range in {
			total = add(total, rat(rs.Need.V[i]))
		}
		fullest, at := (*big.Rat)(nil), -1
		for k, i := range in {
			room := rs.Ceilings.V[i] - so[i].performance - so[i].leftover
			exact := div(mul(rat(pot), rat(rs.Need.V[i])), total)
			if exact.Cmp(rat(room)) > 0 {
				level := div(rat(room), rat(rs.Need.V[i]))
				if fullest == nil || level.Cmp(fullest) < 0 {
					fullest, at = level, k
				}
			}
		}
		if at < 0 {
			break
		}
		i := in[at]
		shares[i] = rs.Ceilings.V[i] - so[i].performance - so[i].leftover
		pot -= shares[i]
		in = append(append([]int{}, in[:at]...), in[at+1:]...)
	}
	weights := make([]*big.Rat, len(in))
	for k, i := range in {
		weights[k] = rat(rs.Need.V[i])
	}
	for k, share := range handOut(pot, weights) {
		shares[in[k]] = share
	}
	return shares
}

// got brings a plan to the oracle's form.
func got(p *allocation.Plan) []oracleRegion {
	out := make([]oracleRegion, len(p.Regions))
	for i, r := range p.Regions {
		out[i] = oracleRegion{r.Equal, r.Earned, r.Performance, r.Leftover}
	}
	return out
}
