// Package randomcase draws random cases for the property tests of several
// packages: any rule set in any reading, and counts for it.
package randomcase

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"github.com/kortakoer/kortakoer/allocation"
	"github.com/kortakoer/kortakoer/rules"
)

// Case is a rule set in some reading and its input.
type Case struct {
	Rules  *rules.RuleSet
	Input  *allocation.Input
	Counts map[[2]int][]int64 // by region and area: the baseline years, then the period
	Valid  []bool             // who has a requisition in time, or needs none
}

// root is the folder of the module, seen from a package some folders down.
func root() string {
	dir := "."
	for range 5 {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		dir = filepath.Join(dir, "..")
	}
	return "."
}

// RuleSet returns a built-in rule set, or the example of one's own.
func RuleSet(t interface{ Fatal(...any) }, id string) *rules.RuleSet {
	if id == "exempel-2026" {
		text, err := os.ReadFile(filepath.Join(root(), "testdata/rules/exempel-2026.toml"))
		if err != nil {
			t.Fatal(err)
		}
		rs, err := rules.Load(id, text)
		if err != nil {
			t.Fatal(err)
		}
		return rs
	}
	rs, err := rules.Builtin(id)
	if err != nil {
		t.Fatal(err)
	}
	return rs
}

// Draw makes a case in any reading of any rule set. Small numbers make ties
// and empty pots common, large ones reach the ceilings.
func Draw(t *rapid.T) Case {
	id := rapid.SampledFrom([]string{"s2025-01233", "s2025-00401", "exempel-2026"}).Draw(t, "rules")
	return Fill(t, Reading(t, id))
}

// Reading draws a reading of a rule set.
func Reading(t *rapid.T, id string) *rules.RuleSet {
	var settings []string
	for _, key := range []string{"baseline.rounding", "leftover.enabled", "leftover.pots", "leftover.ceiling"} {
		settings = append(settings, key+"="+rapid.SampledFrom(rules.Readings(key)).Draw(t, key))
	}
	if rapid.Bool().Draw(t, "odd rate") {
		base := RuleSet(t, id)
		settings = append(settings, fmt.Sprintf("area.%s.rate=%d", base.Areas[0].ID, rapid.IntRange(1, 200_001).Draw(t, "rate")))
	}
	rs, err := RuleSet(t, id).With(settings...)
	if err != nil {
		t.Fatal(err)
	}
	return rs
}

// Fill draws the counts and requisitions that a rule set needs.
func Fill(t *rapid.T, rs *rules.RuleSet) Case {
	s := Case{Rules: rs, Counts: map[[2]int][]int64{}}
	most := rapid.SampledFrom([]int64{0, 2, 30, 2000, 100_000}).Draw(t, "most")
	in := &allocation.Input{Population: allocation.DefaultPopulation(), Requisitions: []allocation.Requisition{}}
	if rapid.Bool().Draw(t, "same population") {
		for i := range in.Population.Inhabitants {
			in.Population.Inhabitants[i] = 100_000
		}
	}
	years := append(append([]int{}, rs.Baseline.Years.V...), rs.Year())
	for i, r := range rules.Regions() {
		for a, area := range rs.Areas {
			c := rapid.SliceOfN(rapid.Int64Range(0, most), len(years), len(years)).Draw(t, "counts")
			s.Counts[[2]int{i, a}] = c
			for y, n := range c {
				in.Counts = append(in.Counts, allocation.Count{Region: r.Code, Area: area.ID, Year: years[y], N: n})
			}
		}
		date := ""
		if rs.Demands() {
			date = rapid.SampledFrom([]string{"2025-05-01", "2025-06-02", "2025-06-03", ""}).Draw(t, "requisition")
		}
		s.Valid = append(s.Valid, !rs.Demands() || date == "2025-05-01" || date == "2025-06-02")
		if date != "" {
			in.Requisitions = append(in.Requisitions, allocation.Requisition{Region: r.Code, Date: date})
		}
	}
	s.Input = in
	return s
}

// Shape changes how the input says the same, or nearly: one baseline given as
// a mean, one count split by months, one region paid before.
func (s Case) Shape(t *rapid.T) Case {
	in := *s.Input
	in.Counts = nil
	region := rapid.SampledFrom(rules.Regions()).Draw(t, "shaped")
	area := rapid.SampledFrom(s.Rules.Areas).Draw(t, "area").ID
	for _, c := range s.Input.Counts {
		c.Origin = allocation.Origin{File: "operationer.csv", Row: len(in.Counts) + 2, Column: 5}
		switch {
		case c.Area == area && c.Region == region.Code && c.Year != s.Rules.Year():
		case c.Area == area && c.Year == s.Rules.Year():
			first := s.Rules.Period.First.V.Month
			half := c
			c.Month, half.Month = first, first+1
			half.N = c.N / 2
			c.N -= half.N
			in.Counts = append(in.Counts, c, half)
		default:
			in.Counts = append(in.Counts, c)
		}
	}
	mean := decimal.New(rapid.Int64Range(0, 3000).Draw(t, "mean"), -2)
	in.Baselines = []allocation.Baseline{{Region: region.Code, Area: area, Mean: mean, Origin: allocation.Origin{File: "baslinje.csv", Row: 2, Column: 3}}}
	in.Payments = []allocation.Payment{
		{Region: region.Code, Kronor: rapid.Int64Range(0, 300_000_000).Draw(t, "paid"), Date: "2025-11-28", Origin: allocation.Origin{File: "utbetalt.csv", Row: 2, Column: 2}},
		{Region: region.Code, Kronor: 7, Date: "2025-12-12", Origin: allocation.Origin{File: "utbetalt.csv", Row: 3, Column: 2}},
	}
	s.Input = &in
	return s
}
