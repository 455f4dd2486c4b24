package allocation

import (
	"errors"
	"fmt"
	"math/big"
	"slices"

	"github.com/shopspring/decimal"

	"github.com/kortakoer/kortakoer/rules"
)

// CeilingTable is an amount divided over the regions by need (vårdbehov), as
// the ceilings of Bilaga 2 are: "efter befolkningsmängd … och standardkostnad
// per invånare".
type CeilingTable struct {
	Pool    int64 // kronor; the ceilings sum to it
	Scale   int32 // decimals of the weights: Whole is Weight × 10^Scale
	Regions []RegionCeiling
}

// RegionCeiling is one region's weight and what it makes of the pool.
type RegionCeiling struct {
	Region  rules.Region
	Need    Need
	Weight  decimal.Decimal // inhabitants × standard cost, or as given; exact
	Whole   *big.Int        // Weight without decimals, in the same proportion to all others
	Portion Portion
	Ceiling int64 // kronor
}

// Ceilings divides a pool of kronor in proportion to need, in whole kronor by
// largest remainder. The order of the needs changes no krona. The error joins
// a *Fault for every region without a need, with two, or with one that is not
// above 0.
func Ceilings(pool int64, needs []Need) (*CeilingTable, error) {
	t := &CeilingTable{Pool: pool}
	byRegion, err := needByRegion(needs)
	if err != nil {
		return nil, err
	}
	if pool <= 0 {
		return nil, fmt.Errorf("a pool of %d kronor cannot be divided", pool)
	}
	for _, r := range rules.Regions() {
		c := RegionCeiling{Region: r, Need: byRegion[r.Code], Weight: needWeight(byRegion[r.Code])}
		t.Scale = max(t.Scale, -c.Weight.Exponent())
		t.Regions = append(t.Regions, c)
	}
	weights := make([]*big.Int, len(t.Regions))
	for i := range t.Regions {
		c := &t.Regions[i]
		// Shift moves the point, so nothing is rounded here.
		c.Whole = c.Weight.Shift(t.Scale).BigInt()
		weights[i] = c.Whole
	}
	for ten := big.NewInt(10); t.Scale > 0 && divides(ten, weights); t.Scale-- {
		for _, w := range weights {
			w.Quo(w, ten)
		}
	}
	left := pool
	for i, p := range Apportion(pool, weights) {
		t.Regions[i].Portion, t.Regions[i].Ceiling = p, p.Amount()
		left -= p.Amount()
	}
	if left != 0 {
		return nil, fmt.Errorf("allocation: the ceilings miss the pool by %d kronor; please report this", left)
	}
	return t, nil
}

func divides(divisor *big.Int, numbers []*big.Int) bool {
	return !slices.ContainsFunc(numbers, func(n *big.Int) bool { return new(big.Int).Rem(n, divisor).Sign() != 0 })
}

// needWeight is the need of a region: inhabitants × standard cost per
// inhabitant, unless the file gives the weight itself.
func needWeight(n Need) decimal.Decimal {
	if n.Weight.IsZero() {
		return n.Cost.Mul(decimal.NewFromInt(n.Inhabitants))
	}
	return n.Weight
}

func needByRegion(needs []Need) (map[string]Need, error) {
	var faults []error
	byRegion := map[string]Need{}
	for _, n := range needs {
		other, twice := byRegion[n.Region]
		switch {
		case rules.RegionIndex(n.Region) < 0:
			faults = append(faults, &Fault{n.Origin, fmt.Sprintf("%q is not the code of a region", n.Region)})
		case twice:
			faults = append(faults, &Fault{n.Origin, fmt.Sprintf("%s stands already at %s; keep one of them", regionName(n.Region), other.Origin)})
		case n.Inhabitants < 0 || n.Cost.IsNegative() || !needWeight(n).IsPositive():
			faults = append(faults, &Fault{n.Origin, regionName(n.Region) + ": the need is not above 0"})
		}
		byRegion[n.Region] = n
	}
	for _, r := range rules.Regions() {
		if _, ok := byRegion[r.Code]; !ok {
			faults = append(faults, &Fault{Message: "no need for " + regionName(r.Code)})
		}
	}
	return byRegion, errors.Join(faults...)
}

// Comparison is a table of ceilings beside another.
type Comparison struct {
	Regions   []Difference // in order of code
	Differing int          // how many regions differ
	Absolute  int64        // Σ |difference| in kronor
	Total     int64        // of the other table
}

// Difference is what one region's ceiling differs by.
type Difference struct {
	Published int64 // kronor in the other table
	Kronor    int64 // computed − published
}

// Compare sets the ceilings beside published amounts, in order of
// rules.Regions.
func (t *CeilingTable) Compare(published []int64) Comparison {
	var c Comparison
	for i, r := range t.Regions {
		d := Difference{Published: published[i], Kronor: r.Ceiling - published[i]}
		c.Regions = append(c.Regions, d)
		c.Total += d.Published
		if d.Kronor != 0 {
			c.Differing++
			c.Absolute += max(d.Kronor, -d.Kronor)
		}
	}
	return c
}

// ByRegion returns the amounts in order of rules.Regions; every region must
// have one.
func (p *Published) ByRegion() []int64 {
	amounts := make([]int64, len(rules.Regions()))
	for _, a := range p.Amounts {
		amounts[rules.RegionIndex(a.Region)] = a.Kronor
	}
	return amounts
}
