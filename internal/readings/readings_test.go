package readings_test

import (
	"errors"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kortakoer/kortakoer/allocation"
	"github.com/kortakoer/kortakoer/internal/readings"
	"github.com/kortakoer/kortakoer/rules"
)

func input(seed uint64, most int64) *allocation.Input {
	random := rand.New(rand.NewPCG(seed, 1))
	in := &allocation.Input{Population: allocation.DefaultPopulation(), Files: []allocation.File{{Role: allocation.RoleRequisitions}}}
	for _, r := range rules.Regions() {
		for _, area := range []string{"hoftledsprotes", "framfall", "gra-starr"} {
			for year := 2022; year <= 2025; year++ {
				in.Counts = append(in.Counts, allocation.Count{Region: r.Code, Area: area, Year: year, N: random.Int64N(most)})
			}
		}
		in.Requisitions = append(in.Requisitions, allocation.Requisition{Region: r.Code, Date: "2025-05-01"})
	}
	return in
}

func ruleSet(t testing.TB, id string, settings ...string) *rules.RuleSet {
	t.Helper()
	rs, err := rules.Builtin(id)
	if err != nil {
		t.Fatal(err)
	}
	if rs, err = rs.With(settings...); err != nil {
		t.Fatal(err)
	}
	return rs
}

// Every reading conserves the pool and is what a run with its settings pays;
// the spread, the keys that matter and what stands alone are counted here in
// another way.
func TestReadingsAreRuns(t *testing.T) {
	for seed, most := range []int64{3, 40, 2000, 60_000} {
		for _, id := range rules.IDs() {
			rs, in := ruleSet(t, id), input(uint64(seed), most)
			table, err := readings.Compute(rs, in, nil)
			if err != nil {
				t.Fatal(err)
			}
			least, highest := slices.Clone(table.All[0].Totals), slices.Clone(table.All[0].Totals)
			seen := map[string]bool{}
			for _, r := range table.All {
				name := table.Name(r)
				if seen[name] {
					t.Errorf("%s stands twice", name)
				}
				seen[name] = true
				own, err := rs.With(strings.Fields(name)...)
				if err != nil {
					t.Fatal(err)
				}
				p, err := allocation.Allocate(own, in)
				if err != nil {
					t.Fatal(err)
				}
				sum := r.Unallocated
				for i, n := range r.Totals {
					sum += n
					least[i], highest[i] = min(least[i], n), max(highest[i], n)
					if n != p.Regions[i].Total {
						t.Errorf("%s: %s gets %d, by the run %d", name, p.Regions[i].Region.Name, n, p.Regions[i].Total)
					}
				}
				if sum != rs.Pool.V {
					t.Errorf("%s: %d of the pool of %d", name, sum, rs.Pool.V)
				}
			}
			for i, s := range table.Spreads() {
				if s.Min != least[i] || s.Max != highest[i] || table.All[s.Least].Totals[i] != s.Min || table.All[s.Most].Totals[i] != s.Max {
					t.Errorf("%+v", s)
				}
			}
			for _, k := range table.Keys {
				moves := false
				for _, v := range k.Values[1:] {
					i := slices.IndexFunc(table.Alone, func(r readings.Reading) bool { return slices.Equal(table.Changed(r), []string{k.Name + "=" + v}) })
					if i < 0 {
						t.Fatalf("%s=%s is not computed alone", k.Name, v)
					}
					moves = moves || !slices.Equal(table.Alone[i].Totals, table.All[0].Totals)
				}
				if moves != (k.Alone > 0) || moves && !k.Matters() || k.Combined < k.Alone {
					t.Errorf("%+v", k)
				}
			}
		}
	}
}

// What a decision states is not open, what is moot is not combined, and a key
// set for the run is still open.
func TestWhatIsOpen(t *testing.T) {
	type open struct {
		Keys, Decided, Untried []string
		All, Alone             int
	}
	for _, test := range []struct {
		id       string
		settings []string
		want     open
	}{
		{"s2025-01233", nil, open{
			[]string{"baseline.rounding=exact", "leftover.enabled=true", "leftover.pots=equal", "leftover.ceiling=exempt"}, nil, []string{"counting.unit"}, 4 * (2*2 + 1), 3 + 1 + 1 + 1,
		}},
		{"s2025-01233", []string{"leftover.enabled=false", "baseline.rounding=up"}, open{
			[]string{"baseline.rounding=up", "leftover.enabled=false", "leftover.pots=equal", "leftover.ceiling=exempt"}, nil, []string{"counting.unit"}, 4 * (2*2 + 1), 3 + 1,
		}},
		{"s2025-00401", nil, open{
			[]string{"baseline.rounding=exact", "leftover.pots=equal", "leftover.ceiling=exempt"}, []string{"leftover.enabled"}, []string{"counting.unit"}, 4 * 2 * 2, 3 + 1 + 1,
		}},
	} {
		table, err := readings.Compute(ruleSet(t, test.id, test.settings...), input(1, 100), nil)
		if err != nil {
			t.Fatal(err)
		}
		got := open{Untried: table.Untried, All: len(table.All), Alone: len(table.Alone)}
		for _, k := range table.Keys {
			got.Keys = append(got.Keys, k.Name+"="+k.Values[0])
		}
		for _, e := range table.Decided {
			got.Decided = append(got.Decided, e.Key)
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s %v (-want +got)\n%s", test.id, test.settings, diff)
		}
	}
}

// With the files read by the other unit the counts of that are used.
func TestCountingUnit(t *testing.T) {
	contact, code := input(1, 100), input(2, 100)
	rs := ruleSet(t, rules.Default)
	table, err := readings.Compute(rs, contact, code)
	if err != nil {
		t.Fatal(err)
	}
	other, err := readings.Compute(rs, code, nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(table.All) != 40 || len(table.Untried) != 0 {
		t.Fatalf("%d readings, %v untried", len(table.All), table.Untried)
	}
	for _, r := range table.All {
		plain := slices.DeleteFunc(strings.Fields(table.Name(r)), func(s string) bool { return strings.HasPrefix(s, readings.Unit) })
		i := slices.IndexFunc(other.All, func(o readings.Reading) bool { return other.Name(o) == strings.Join(plain, " ") })
		if same := slices.Equal(r.Totals, other.All[i].Totals); same != strings.Contains(table.Name(r), "counting.unit=code") {
			t.Errorf("%s: %v", table.Name(r), same)
		}
	}
}

// A reading that cannot be computed is named.
func TestFaultNamesTheReading(t *testing.T) {
	in := input(1, 100)
	in.Counts = in.Counts[1:]
	if _, err := readings.Compute(ruleSet(t, rules.Default), in, nil); err == nil || !strings.Contains(err.Error(), "baseline.rounding=exact") {
		t.Errorf("%v", err)
	}
	if _, ok := errors.AsType[*allocation.Fault](errors.Join(allocation.Check(ruleSet(t, rules.Default), in))); !ok {
		t.Error("no fault")
	}
}
