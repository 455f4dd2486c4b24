package whatif_test

import (
	"math/big"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/kortakoer/kortakoer/allocation"
	"github.com/kortakoer/kortakoer/internal/randomcase"
	"github.com/kortakoer/kortakoer/internal/whatif"
	"github.com/kortakoer/kortakoer/rules"
)

func draw(t *rapid.T) randomcase.Case {
	c := randomcase.Draw(t)
	if rapid.Bool().Draw(t, "shape") {
		c = c.Shape(t)
	}
	return c
}

func allocate(t *rapid.T, rs *rules.RuleSet, in *allocation.Input) *allocation.Plan {
	p, err := allocation.Allocate(rs, in)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// more is the plan of the case itself with other counts: not by way of whatif.
func more(t *rapid.T, c randomcase.Case, region, area int, n int64) *allocation.Plan {
	in := *c.Input
	in.Counts = append([]allocation.Count{}, in.Counts...)
	for i := range in.Counts {
		of := &in.Counts[i]
		if of.Region == rules.Regions()[region].Code && of.Area == c.Rules.Areas[area].ID && of.Year == c.Rules.Year() && of.N+n >= 0 {
			of.N += n
			return allocate(t, c.Rules, &in)
		}
	}
	t.Fatal("no such count")
	return nil
}

func totals(p *allocation.Plan) []int64 {
	var list []int64
	for _, r := range p.Regions {
		list = append(list, r.Equal, r.Performance, r.Leftover, r.Total)
	}
	return append(list, p.Unallocated)
}

// Added operations pay what the files with these operations pay.
func TestWithIsAllocate(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := draw(t)
		region, area := rapid.IntRange(0, 20).Draw(t, "region"), rapid.IntRange(0, 2).Draw(t, "area")
		n := rapid.SampledFrom([]int64{0, 1, 5, 4000}).Draw(t, "n")
		got, err := whatif.With(allocate(t, c.Rules, c.Input), whatif.Addition{Region: region, Area: area, N: n})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(totals(more(t, c, region, area, n)), totals(got)); diff != "" {
			t.Fatalf("(-allocated +with)\n%s", diff)
		}
	})
}

// What every breakpoint says holds with k operations more and not with k − 1,
// by allocating the files with these operations.
func TestBreakpointsHold(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := draw(t)
		p := allocate(t, c.Rules, c.Input)
		region := rapid.IntRange(0, 20).Draw(t, "region")
		list, err := whatif.Breakpoints(p, []int{region})
		if err != nil {
			t.Fatal(err)
		}
		if len(list) != len(p.Areas) {
			t.Fatalf("%d breakpoints for %d areas", len(list), len(p.Areas))
		}
		for _, b := range list {
			least := func(what string, k int64, holds func(*allocation.Plan) bool) {
				if k < 0 || !holds(more(t, c, b.Region, b.Area, k)) {
					t.Fatalf("%s: not with %d operations more", what, k)
				}
				if k > 0 && holds(more(t, c, b.Region, b.Area, k-1)) {
					t.Fatalf("%s: already with %d operations more", what, k-1)
				}
			}
			least("baseline", b.ToBaseline, func(p *allocation.Plan) bool {
				of := p.Regions[region].Areas[b.Area]
				return whole(of.Count).Cmp(of.Baseline) >= 0
			})
			valid := p.Regions[region].Requisition.Valid()
			if b.Ceiling.Possible != valid || b.Place.Possible != (valid && c.Rules.Leftover.Enabled.V) {
				t.Fatalf("requisition %v, leftover %v: ceiling %v, place %v", valid, c.Rules.Leftover.Enabled.V, b.Ceiling, b.Place)
			}
			if b.Ceiling.Possible {
				least("ceiling", b.Ceiling.Operations, func(p *allocation.Plan) bool { return p.Regions[region].Earned >= p.Regions[region].Ceiling })
				if got := more(t, c, region, b.Area, b.Ceiling.Operations).Regions[region].Total; got != b.Ceiling.Total {
					t.Fatalf("at the ceiling %d, not %d", got, b.Ceiling.Total)
				}
			}
			if b.Place.Possible {
				least("place", b.Place.Operations, func(p *allocation.Plan) bool { return p.Areas[b.Area].Pot.Places[region].Qualifies })
				if got := more(t, c, region, b.Area, b.Place.Operations).Regions[region].Total; got != b.Place.Total {
					t.Fatalf("with a place %d, not %d", got, b.Place.Total)
				}
			}
			if got := more(t, c, region, b.Area, 1).Regions[region].Total - p.Regions[region].Total; got != b.OneMore {
				t.Fatalf("one more pays %d, not %d", got, b.OneMore)
			}
		}
	})
}

// The parts of a change sum to it, and so do the columns, whatever two
// decisions and counts are compared; over the country they sum to what is left
// unallocated and the pools.
func TestDecompositionConservesMoney(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		ids := rapid.SampledFrom([][2]string{{"s2025-01233", "s2025-00401"}, {"s2025-00401", "s2025-01233"}, {"s2025-01233", "s2025-01233"}, {"exempel-2026", "exempel-2026"}}).Draw(t, "rules")
		var plans [2]*allocation.Plan
		for k, id := range ids {
			c := randomcase.Fill(t, randomcase.Reading(t, id))
			if rapid.Bool().Draw(t, "shape") {
				c = c.Shape(t)
			}
			plans[k] = allocate(t, c.Rules, c.Input)
		}
		compared, err := whatif.Compare(plans[0], plans[1])
		if err != nil {
			t.Fatal(err)
		}
		var country int64
		for i, change := range compared.Changes {
			if change.Before != plans[0].Regions[i].Total || change.After != plans[1].Regions[i].Total {
				t.Fatalf("region %d: from %d to %d, not as the plans", i, change.Before, change.After)
			}
			parts, columns := change.Before, change.Before
			for _, p := range change.Parts {
				parts += p.Own + p.Leftover
				if (p.Ingredient == whatif.Weight || p.Ingredient == whatif.Inhabitants || p.Ingredient == whatif.Leftover) && p.Own != 0 {
					t.Fatalf("region %d: %s changes what it has by itself by %d", i, p.Ingredient, p.Own)
				}
			}
			for _, c := range change.Columns() {
				columns += c.Kronor
			}
			if parts != change.After || columns != change.After {
				t.Fatalf("region %d: parts to %d, columns to %d, but %d", i, parts, columns, change.After)
			}
			country += change.After - change.Before
		}
		if want := plans[1].Rules.Pool.V - plans[1].Unallocated - plans[0].Rules.Pool.V + plans[0].Unallocated; country != want {
			t.Fatalf("the changes sum to %d, the pools and what nobody gets say %d", country, want)
		}
	})
}

// An ingredient that does not differ changes nothing.
func TestOnlyWhatDiffersChanges(t *testing.T) {
	settings := map[whatif.Ingredient][]string{
		whatif.Volume:   nil,
		whatif.Baseline: {"baseline.rounding=up"},
		whatif.Rate:     {"area.hoftledsprotes.rate=99000"},
		whatif.Ceiling:  {"ceilings.01=100000000", "ceilings.03=26673421"}, // the same sum
		whatif.Leftover: {"leftover.regions=3"},
	}
	rapid.Check(t, func(t *rapid.T) {
		changed := rapid.SampledFrom([]whatif.Ingredient{whatif.Volume, whatif.Baseline, whatif.Rate, whatif.Ceiling, whatif.Leftover}).Draw(t, "changed")
		c := randomcase.Fill(t, randomcase.RuleSet(t, rules.Default))
		before := allocate(t, c.Rules, c.Input)
		rs, err := c.Rules.With(settings[changed]...)
		if err != nil {
			t.Fatal(err)
		}
		after := allocate(t, rs, c.Input)
		if changed == whatif.Volume {
			after = more(t, c, 7, 1, 30)
		}
		compared, err := whatif.Compare(before, after)
		if err != nil {
			t.Fatal(err)
		}
		for i, change := range compared.Changes {
			for _, p := range change.Parts {
				// Without weights of its own a rule set's ceilings are the weights.
				same := p.Ingredient == changed || changed == whatif.Ceiling && p.Ingredient == whatif.Weight
				if !same && (p.Own != 0 || p.Leftover != 0) {
					t.Fatalf("region %d: %s does not differ, but changes %d + %d", i, p.Ingredient, p.Own, p.Leftover)
				}
			}
		}
	})
}

// Worked by hand. Without leftover only the own operations matter. Gotland has
// 10 hip replacements in each baseline year and 10 now, ceiling 3 370 945.
// Rate 108 000: 31 more come to 3 348 000, below the ceiling; 32 to 3 456 000,
// above it. 12 more at 108 000 are 1 296 000. Against a second decision with
// 90 000: volume +1 296 000, rate −12 × 18 000 = −216 000.
func TestByHand(t *testing.T) {
	rs, err := randomcase.RuleSet(t, rules.Default).With("leftover.enabled=false")
	if err != nil {
		t.Fatal(err)
	}
	gotland := rules.RegionIndex("09")
	in := &allocation.Input{Population: allocation.DefaultPopulation()}
	for _, r := range rules.Regions() {
		for _, a := range rs.Areas {
			for y := 2022; y <= 2025; y++ {
				in.Counts = append(in.Counts, allocation.Count{Region: r.Code, Area: a.ID, Year: y, N: 10})
			}
		}
	}
	p, err := allocation.Allocate(rs, in)
	if err != nil {
		t.Fatal(err)
	}
	list, err := whatif.Breakpoints(p, []int{gotland})
	if err != nil {
		t.Fatal(err)
	}
	b := list[0]
	got := []any{b.ToBaseline, b.Ceiling, b.Place, b.OneMore}
	want := []any{int64(0), whatif.Reach{Possible: true, Operations: 32, Total: 3_370_945}, whatif.Reach{}, int64(108_000)}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	cheaper, err := rs.With("leftover.enabled=false", "area.hoftledsprotes.rate=90000")
	if err != nil {
		t.Fatal(err)
	}
	second, err := allocation.Allocate(cheaper, in)
	if err != nil {
		t.Fatal(err)
	}
	after, err := whatif.With(second, whatif.Addition{Region: gotland, N: 12})
	if err != nil {
		t.Fatal(err)
	}
	compared, err := whatif.Compare(p, after)
	if err != nil {
		t.Fatal(err)
	}
	wantColumns := []whatif.Column{{whatif.Volume, 1_296_000}, {whatif.Baseline, 0}, {whatif.Rate, -216_000}, {whatif.Ceiling, 0}, {whatif.Requisition, 0}, {whatif.Weight, 0}, {whatif.Leftover, 0}}
	if diff := cmp.Diff(wantColumns, compared.Changes[gotland].Columns()); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestRefused(t *testing.T) {
	rs := randomcase.RuleSet(t, rules.Default)
	in := &allocation.Input{Population: allocation.DefaultPopulation(), MissingAsZero: true}
	p, err := allocation.Allocate(rs, in)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := whatif.With(p, whatif.Addition{Region: 7, Area: 1, N: -1}); err == nil || err.Error() != "Gotland, framfall: 0 operations -1 are -1; a count is from 0 to 100000000" {
		t.Errorf("fewer than there are: %v", err)
	}
	other, err := allocation.Allocate(randomcase.RuleSet(t, "exempel-2026"), in)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := whatif.Compare(p, other); err == nil || !strings.Contains(err.Error(), "no causes that can be told apart; compute each with calc") {
		t.Errorf("other areas: %v", err)
	}
}

func whole(n int64) *big.Rat { return new(big.Rat).SetInt64(n) }
