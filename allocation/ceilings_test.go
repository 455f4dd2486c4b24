package allocation_test

import (
	"math/big"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"github.com/kortakoer/kortakoer/allocation"
	"github.com/kortakoer/kortakoer/rules"
)

// drawNeeds makes the need of every region, as inhabitants and cost or as
// weights. Few different ones make equal fractions common.
func drawNeeds(t *rapid.T) []allocation.Need {
	most := rapid.SampledFrom([]int64{2, 30, 2_500_000}).Draw(t, "most")
	weights := rapid.Bool().Draw(t, "weights")
	decimals := rapid.Int32Range(0, 6).Draw(t, "decimals")
	var needs []allocation.Need
	for _, r := range rules.Regions() {
		n := allocation.Need{Region: r.Code}
		value := decimal.New(rapid.Int64Range(1, most).Draw(t, "value"), -rapid.Int32Range(0, decimals).Draw(t, "places"))
		if n.Weight = value; !weights {
			n.Weight, n.Cost, n.Inhabitants = decimal.Decimal{}, value, rapid.Int64Range(1, most).Draw(t, "inhabitants")
		}
		needs = append(needs, n)
	}
	return needs
}

func exactNeed(n allocation.Need) *big.Rat {
	if n.Inhabitants > 0 {
		return new(big.Rat).Mul(new(big.Rat).SetInt64(n.Inhabitants), n.Cost.Rat())
	}
	return n.Weight.Rat()
}

// The ceilings sum to the pool, none is a whole krona from the exact share, and
// whoever got more than its floor had at least the fraction of whoever did not.
func TestCeilingsAreLargestRemainder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		needs := drawNeeds(t)
		pool := rapid.Int64Range(1, 1_000_000_000_000).Draw(t, "pool")
		table, err := allocation.Ceilings(pool, rapid.Permutation(needs).Draw(t, "order"))
		if err != nil {
			t.Fatal(err)
		}
		sum := new(big.Rat)
		for _, n := range needs {
			sum.Add(sum, exactNeed(n))
		}
		var total int64
		rest := make([]*big.Rat, len(needs)) // what each got above its exact share
		for i, n := range needs {
			exact := new(big.Rat).Mul(new(big.Rat).SetInt64(pool), exactNeed(n))
			exact.Quo(exact, sum)
			got := new(big.Rat).SetInt64(table.Regions[i].Ceiling)
			rest[i] = got.Sub(got, exact)
			if new(big.Rat).Abs(rest[i]).Cmp(big.NewRat(1, 1)) >= 0 {
				t.Fatalf("region %s: %d kronor of exactly %s", n.Region, table.Regions[i].Ceiling, exact.FloatString(3))
			}
			total += table.Regions[i].Ceiling
		}
		if total != pool {
			t.Fatalf("the ceilings sum to %d, not %d", total, pool)
		}
		for i := range rest {
			for k := range rest {
				// i was rounded up and k down: up − down is below 1 krona, or
				// they are equal and i has the lower code.
				if rest[i].Sign() <= 0 || rest[k].Sign() >= 0 {
					continue
				}
				gap := new(big.Rat).Sub(rest[i], rest[k])
				if c := gap.Cmp(big.NewRat(1, 1)); c > 0 || c == 0 && i > k {
					t.Fatalf("region %s was rounded up before %s", needs[i].Region, needs[k].Region)
				}
			}
		}
	})
}

// The weights without decimals are in the proportion of the needs.
func TestWholeWeightsKeepTheProportion(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		needs := drawNeeds(t)
		table, err := allocation.Ceilings(1000, needs)
		if err != nil {
			t.Fatal(err)
		}
		scale := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(table.Scale)), nil)
		for i, n := range needs {
			want := new(big.Rat).Mul(exactNeed(n), new(big.Rat).SetInt(scale))
			if !want.IsInt() || want.Num().Cmp(table.Regions[i].Whole) != 0 {
				t.Fatalf("region %s: %s × 10^%d is %s, not %s", n.Region, exactNeed(n), table.Scale, want, table.Regions[i].Whole)
			}
		}
	})
}

func TestCeilingsRefuse(t *testing.T) {
	var needs []allocation.Need
	for _, r := range rules.Regions()[1:] {
		needs = append(needs, allocation.Need{Region: r.Code, Weight: decimal.NewFromInt(1)})
	}
	needs[0].Weight = decimal.NewFromInt(-1)
	needs = append(needs, needs[1], allocation.Need{Region: "02", Weight: decimal.NewFromInt(1)})
	_, err := allocation.Ceilings(1000, needs)
	if err == nil {
		t.Fatal("nothing was refused")
	}
	want := []string{"03 Uppsala: the need is not above 0", "04 Södermanland stands already at ; keep one of them", `"02" is not the code of a region`, "no need for 01 Stockholm"}
	if diff := cmp.Diff(want, strings.Split(err.Error(), "\n")); diff != "" {
		t.Error(diff)
	}
	if _, err := allocation.Ceilings(0, whole(1)); err == nil {
		t.Error("a pool of nothing was divided")
	}
}

func whole(weight int64) []allocation.Need {
	var needs []allocation.Need
	for _, r := range rules.Regions() {
		needs = append(needs, allocation.Need{Region: r.Code, Weight: decimal.NewFromInt(weight)})
	}
	return needs
}
