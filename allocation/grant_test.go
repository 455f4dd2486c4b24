package allocation_test

import (
	"math/big"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/kortakoer/kortakoer/allocation"
	"github.com/kortakoer/kortakoer/rules"
)

// monthly makes counts of every month from January to December of the years
// 2022–2025, the same for all regions and areas of the rule set.
func monthly(rs *rules.RuleSet, n func(region, area, year, month int) int64) *allocation.Input {
	in := &allocation.Input{Population: allocation.DefaultPopulation(), Requisitions: []allocation.Requisition{}}
	for i, r := range rules.Regions() {
		in.Requisitions = append(in.Requisitions, allocation.Requisition{Region: r.Code, Date: "2025-05-01"})
		for a, area := range rs.Areas {
			for y := 2022; y <= 2025; y++ {
				for m := 1; m <= 12; m++ {
					in.Counts = append(in.Counts, allocation.Count{Region: r.Code, Area: area.ID, Year: y, Month: m, N: n(i, a, y, m)})
				}
			}
		}
	}
	return in
}

// Worked by hand. One region, Gotland, does 10 hip replacements in every month
// of the baseline years; in 2025 it does 12 in each month from February to
// May, 9 in June and 13 from July on. Nobody else does any.
//
//	S2025/00401, February–October: 4×12 + 9 + 4×13 = 109 against 9×10 = 90: 19.
//	S2025/01233, June–October:     9 + 4×13 = 61 against 5×10 = 50: 11.
//	Both measure June–October: 61 operations, 11 above both baselines; each
//	decision pays 11 × 108 000 = 1 188 000 for them, below both ceilings
//	(2 636 976 and 3 370 945): 1 188 000 kronor are paid twice.
func TestOverlapByHand(t *testing.T) {
	first, second := ruleSet(t, "s2025-00401"), ruleSet(t, "s2025-01233")
	gotland := rules.RegionIndex("09")
	in := monthly(first, func(region, area, year, month int) int64 {
		switch {
		case region != gotland || first.Areas[area].ID != "hoftledsprotes":
			return 0
		case year < 2025:
			return 10
		case month < 6:
			return 12
		case month == 6:
			return 9
		}
		return 13
	})
	g, err := allocation.AllocateAll([]*rules.RuleSet{first, second}, in)
	if err != nil {
		t.Fatal(err)
	}
	if got := g.Plans[0].Regions[gotland].Performance; got != 19*108_000 {
		t.Errorf("S2025/00401 pays %d, want %d", got, 19*108_000)
	}
	if got := g.Plans[1].Regions[gotland].Performance; got != 11*108_000 {
		t.Errorf("S2025/01233 pays %d, want %d", got, 11*108_000)
	}
	if len(g.Overlaps) != 1 || len(g.Overlaps[0].Months) != 5 || g.Overlaps[0].Unknown != "" {
		t.Fatalf("overlaps %+v, want one of five months", g.Overlaps)
	}
	for i, r := range g.Overlaps[0].Regions {
		want := allocation.OverlapRegion{Increase: new(big.Rat)}
		if i == gotland {
			want = allocation.OverlapRegion{Operations: 61, Increase: big.NewRat(11, 1), First: 1_188_000, Second: 1_188_000}
		}
		if r.Operations != want.Operations || r.Increase.Cmp(want.Increase) != 0 || r.First != want.First || r.Second != want.Second {
			t.Errorf("region %d: %+v, want %+v", i, r, want)
		}
	}
	if sum := g.Regions[gotland]; sum.Total != sum.Totals[0]+sum.Totals[1] || sum.Remaining != sum.Total {
		t.Errorf("Gotland's sum does not add up: %+v", sum)
	}
}

// Each decision pays what it pays alone, whatever else is computed beside it,
// and nothing is paid twice that is not paid.
func TestEachDecisionAsAlone(t *testing.T) {
	first, second := ruleSet(t, "s2025-00401"), ruleSet(t, "s2025-01233")
	rapid.Check(t, func(t *rapid.T) {
		most := rapid.SampledFrom([]int64{1, 20, 3000}).Draw(t, "most")
		in := monthly(first, func(int, int, int, int) int64 { return rapid.Int64Range(0, most).Draw(t, "n") })
		g, err := allocation.AllocateAll([]*rules.RuleSet{first, second}, in)
		if err != nil {
			t.Fatal(err)
		}
		for k, rs := range []*rules.RuleSet{first, second} {
			alone, err := allocation.Allocate(rs, in)
			if err != nil {
				t.Fatal(err)
			}
			for i := range alone.Regions {
				if alone.Regions[i].Total != g.Plans[k].Regions[i].Total {
					t.Errorf("%s pays region %d %d alone, %d beside the other", rs.ID, i, alone.Regions[i].Total, g.Plans[k].Regions[i].Total)
				}
			}
		}
		o := g.Overlaps[0]
		for i, r := range o.Regions {
			if r.First < 0 || r.First > g.Plans[0].Regions[i].Performance || r.Second > g.Plans[1].Regions[i].Performance || r.Increase.Cmp(new(big.Rat).SetInt64(r.Operations)) > 0 {
				t.Errorf("region %d: an overlap of %+v beside payments of %d and %d", i, r, g.Plans[0].Regions[i].Performance, g.Plans[1].Regions[i].Performance)
			}
		}
	})
}

func TestSeveralDecisionsRefuse(t *testing.T) {
	sets := []*rules.RuleSet{ruleSet(t, "s2025-00401"), ruleSet(t, "s2025-01233")}
	zero := func(int, int, int, int) int64 { return 0 }
	for name, test := range map[string]struct {
		spoil func(*allocation.Input)
		want  string
	}{
		"a payment of no decision": {func(in *allocation.Input) {
			in.Payments = []allocation.Payment{{Region: "01", Kronor: 1, Origin: allocation.Origin{File: "p.csv", Row: 2}}}
		}, "p.csv:2: by which decision was this paid? With several rule sets the payments need a column beslut"},
		"a whole period": {func(in *allocation.Input) {
			in.Counts = slices.DeleteFunc(in.Counts, func(c allocation.Count) bool { return c.Month != 6 })
			for i := range in.Counts {
				in.Counts[i].Month = 0
			}
		}, "a value without a month is one of the whole period, but the decisions measure different periods; give values by month, or run each rule set alone"},
	} {
		t.Run(name, func(t *testing.T) {
			in := monthly(sets[0], zero)
			test.spoil(in)
			_, err := allocation.AllocateAll(sets, in)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("error\n%v\nwant\n%s", err, test.want)
			}
		})
	}
}

// A payment counts against the decision that it was made by.
func TestPaymentsOfTheirDecision(t *testing.T) {
	sets := []*rules.RuleSet{ruleSet(t, "s2025-00401"), ruleSet(t, "s2025-01233")}
	in := monthly(sets[0], func(int, int, int, int) int64 { return 0 })
	in.Payments = []allocation.Payment{{Region: "01", Decision: "s2025-00401", Kronor: 5}, {Region: "01", Decision: "s2025-01233", Kronor: 7}, {Region: "01", Decision: "s2025-01233", Kronor: 1}}
	g, err := allocation.AllocateAll(sets, in)
	if err != nil {
		t.Fatal(err)
	}
	got := []int64{g.Plans[0].Regions[0].Paid, g.Plans[1].Regions[0].Paid, g.Regions[0].Paid, g.Plans[1].Regions[0].Claim, g.Regions[0].Claim}
	// By S2025/00401 Stockholm has its share of the equal block, by the other nothing.
	if diff := cmp.Diff([]int64{5, 8, 13, 8, 8}, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}
