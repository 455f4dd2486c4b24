package allocation_test

import (
	"errors"
	"math/big"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/kortakoer/kortakoer/allocation"
	"github.com/kortakoer/kortakoer/internal/randomcase"
	"github.com/kortakoer/kortakoer/rules"
)

func ruleSet(t interface{ Fatal(...any) }, id string) *rules.RuleSet {
	return randomcase.RuleSet(t, id)
}

func mustAllocate(t *rapid.T, s randomcase.Case) *allocation.Plan {
	p, err := allocation.Allocate(s.Rules, s.Input)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestAgreesWithSlowCalculation(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := randomcase.Draw(t)
		want := oracle(s.Rules, s.Counts, s.Input.Population.Inhabitants, s.Valid)
		if diff := cmp.Diff(want, got(mustAllocate(t, s)), cmp.AllowUnexported(oracleRegion{})); diff != "" {
			t.Fatalf("plan differs from the slow calculation (-slow +plan):\n%s", diff)
		}
	})
}

func TestMoneyIsConserved(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := mustAllocate(t, randomcase.Draw(t))
		var paid int64
		for _, r := range p.Regions {
			paid += r.Total
			if r.Performance > r.Ceiling || r.Performance < 0 || r.Leftover < 0 {
				t.Fatalf("%s: performance %d, ceiling %d, leftover %d", r.Region.Name, r.Performance, r.Ceiling, r.Leftover)
			}
			if p.Rules.Leftover.Ceiling.V == rules.Applies && r.Performance+r.Leftover > r.Ceiling {
				t.Fatalf("%s gets %d + %d above its ceiling %d", r.Region.Name, r.Performance, r.Leftover, r.Ceiling)
			}
		}
		if paid+p.Unallocated != p.Rules.Pool.V {
			t.Fatalf("%d paid + %d unallocated ≠ pool %d", paid, p.Unallocated, p.Rules.Pool.V)
		}
	})
}

func TestInputOrderChangesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := randomcase.Draw(t)
		before := got(mustAllocate(t, s))
		shuffled := *s.Input
		shuffled.Counts = rapid.Permutation(s.Input.Counts).Draw(t, "order")
		shuffled.Requisitions = rapid.Permutation(s.Input.Requisitions).Draw(t, "requisitions")
		s.Input = &shuffled
		if diff := cmp.Diff(before, got(mustAllocate(t, s)), cmp.AllowUnexported(oracleRegion{})); diff != "" {
			t.Fatal(diff)
		}
	})
}

func TestOneMoreOperationNeverLowersPerformance(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := randomcase.Draw(t)
		before := mustAllocate(t, s)
		var now []int
		for i, c := range s.Input.Counts {
			if c.Year == s.Rules.Year() {
				now = append(now, i)
			}
		}
		i := rapid.SampledFrom(now).Draw(t, "which")
		s.Input.Counts[i].N++
		after := mustAllocate(t, s)
		k := rules.RegionIndex(s.Input.Counts[i].Region)
		if after.Regions[k].Performance < before.Regions[k].Performance {
			t.Fatalf("performance fell from %d to %d", before.Regions[k].Performance, after.Regions[k].Performance)
		}
	})
}

func TestApportion(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		amount := rapid.Int64Range(0, 1_000_000_000).Draw(t, "amount")
		values := rapid.SliceOfN(rapid.Int64Range(0, 200_000_000), 1, 21).Draw(t, "weights")
		weights, slow := make([]*big.Int, len(values)), make([]*big.Rat, len(values))
		for i, v := range values {
			weights[i], slow[i] = big.NewInt(v), rat(v)
		}
		want := handOut(amount, slow)
		for i, p := range allocation.Apportion(amount, weights) {
			if p.Amount() != want[i] {
				t.Fatalf("share %d is %d, slow %d", i, p.Amount(), want[i])
			}
		}
	})
}

// The equal fractional parts of 100 kronor over three go to the first.
func TestApportionTies(t *testing.T) {
	one := big.NewInt(1)
	portions := allocation.Apportion(100, []*big.Int{one, one, one})
	if a, b, c := portions[0].Amount(), portions[1].Amount(), portions[2].Amount(); a != 34 || b != 33 || c != 33 {
		t.Fatalf("got %d, %d, %d; want 34, 33, 33", a, b, c)
	}
}

func TestRoundHalfUp(t *testing.T) {
	for _, c := range []struct {
		x    *big.Rat
		want int64
	}{{big.NewRat(1, 2), 1}, {big.NewRat(1, 3), 0}, {big.NewRat(2, 3), 1}, {big.NewRat(5, 2), 3}, {big.NewRat(0, 1), 0}, {big.NewRat(999999999, 2), 500000000}} {
		if got := allocation.RoundHalfUp(c.x); got != c.want {
			t.Errorf("RoundHalfUp(%s) = %d, want %d", c.x, got, c.want)
		}
	}
}

// counts makes an input with the same number in every region, area and
// baseline year, and another in the period.
func counts(rs *rules.RuleSet, before, now int64) *allocation.Input {
	in := &allocation.Input{Population: allocation.DefaultPopulation()}
	for _, r := range rules.Regions() {
		for _, a := range rs.Areas {
			for _, y := range rs.Baseline.Years.V {
				in.Counts = append(in.Counts, allocation.Count{Region: r.Code, Area: a.ID, Year: y, N: before})
			}
			in.Counts = append(in.Counts, allocation.Count{Region: r.Code, Area: a.ID, Year: rs.Year(), N: now})
		}
	}
	return in
}

func TestNothingIsScaledDown(t *testing.T) {
	rs, err := ruleSet(t, "s2025-01233").With("ceilings.01=200000000")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := allocation.Allocate(rs, counts(rs, 0, 100_000)); !errors.Is(err, allocation.ErrExceedsPool) {
		t.Fatalf("got %v, want ErrExceedsPool", err)
	}
}

// The package does not trust its caller with money.
func TestImpossibleInputIsRefused(t *testing.T) {
	rs := ruleSet(t, "s2025-01233")
	for name, spoil := range map[string]func(*allocation.Input){
		"unknown region": func(in *allocation.Input) { in.Counts[0].Region = "99" },
		"unknown area":   func(in *allocation.Input) { in.Counts[0].Area = "tonsiller" },
		"negative":       func(in *allocation.Input) { in.Counts[0].N = -1 },
		"too many":       func(in *allocation.Input) { in.Counts[0].N = 1 << 62 },
		"too many in sum": func(in *allocation.Input) {
			in.Counts[0].N = 100_000_000
			in.Counts = append(in.Counts, in.Counts[0])
			in.Counts[0].Month, in.Counts[len(in.Counts)-1].Month = 6, 7
		},
		"no inhabitants":   func(in *allocation.Input) { in.Population.Inhabitants[3] = 0 },
		"the same twice":   func(in *allocation.Input) { in.Counts = append(in.Counts, in.Counts[0]) },
		"month and period": func(in *allocation.Input) { c := in.Counts[0]; c.Month = 6; in.Counts = append(in.Counts, c) },
		"total and split": func(in *allocation.Input) {
			c := in.Counts[0]
			c.Provider = allocation.Home
			in.Counts = append(in.Counts, c)
		},
		"a year missing": func(in *allocation.Input) { in.Counts = in.Counts[1:] },
	} {
		in := counts(rs, 1, 2)
		spoil(in)
		if _, err := allocation.Allocate(rs, in); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func BenchmarkAllocate(b *testing.B) {
	rs := ruleSet(b, "s2025-01233")
	in := counts(rs, 100, 140)
	for b.Loop() {
		if _, err := allocation.Allocate(rs, in); err != nil {
			b.Fatal(err)
		}
	}
}
