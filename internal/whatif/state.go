// Package whatif computes what would change: Breakpoints tells how far every
// region and area is from what matters, With adds operations to a plan, and
// Compare divides the change between two plans into its causes.
//
// Every figure is the difference of allocations that were computed, in whole
// kronor. It reads no file and no clock.
package whatif

import (
	"fmt"
	"slices"

	"github.com/shopspring/decimal"

	"github.com/kortakoer/kortakoer/allocation"
	"github.com/kortakoer/kortakoer/rules"
)

// maxCount is the most operations of a region, area and year that an
// allocation takes.
const maxCount = 100_000_000

// state is what a plan was computed from, each ingredient by itself so that it
// can be replaced: sums instead of rows, and years by their place, so that
// the ingredients of two decisions fit together.
type state struct {
	rules      rules.RuleSet
	now        [][]int64            // operations of the period, by region and area
	before     [][][]int64          // of each baseline year
	given      [][]*decimal.Decimal // the mean instead, where a file gives it
	population allocation.Population
	valid      []bool // who has a requisition in time; used where one is demanded
}

// stateOf takes a plan apart.
func stateOf(p *allocation.Plan) *state {
	s := &state{rules: *p.Rules, population: p.Input.Population}
	s.rules.Areas = slices.Clone(p.Rules.Areas)
	for _, r := range p.Regions {
		var now []int64
		var before [][]int64
		for _, a := range r.Areas {
			now, before = append(now, a.Count), append(before, a.ByYear)
		}
		s.now, s.before = append(s.now, now), append(s.before, before)
		s.given = append(s.given, make([]*decimal.Decimal, len(r.Areas)))
		s.valid = append(s.valid, r.Requisition.Valid())
	}
	for _, m := range p.Means {
		if i, a := rules.RegionIndex(m.Region), p.Rules.AreaIndex(m.Area); m.Use == allocation.Used && i >= 0 && a >= 0 {
			s.given[i][a] = &m.Mean
		}
	}
	return s
}

// allocate puts the ingredients together. The years get numbers of their own:
// the baseline years of one decision may be the measured year of another.
func (s *state) allocate() (*allocation.Plan, error) {
	rs := s.rules
	rs.Areas = slices.Clone(s.rules.Areas)
	years := make([]int, len(rs.Baseline.Years.V))
	for k := range years {
		years[k] = k + 1
	}
	year := len(years) + 1
	rs.Baseline.Years.V = years
	rs.Period.First.V, rs.Period.Last.V = rules.Month{Year: year, Month: 1}, rules.Month{Year: year, Month: 12}
	in := &allocation.Input{Population: s.population, Requisitions: []allocation.Requisition{}}
	rs.Deadline.V = "2"
	for i, r := range rules.Regions() {
		for a, area := range rs.Areas {
			in.Counts = append(in.Counts, allocation.Count{Region: r.Code, Area: area.ID, Year: year, N: s.now[i][a]})
			if mean := s.given[i][a]; mean != nil {
				in.Baselines = append(in.Baselines, allocation.Baseline{Region: r.Code, Area: area.ID, Mean: *mean})
				continue
			}
			for k, n := range s.before[i][a] {
				in.Counts = append(in.Counts, allocation.Count{Region: r.Code, Area: area.ID, Year: years[k], N: n})
			}
		}
		if rs.Demands() && s.valid[i] {
			in.Requisitions = append(in.Requisitions, allocation.Requisition{Region: r.Code, Date: "1"})
		}
	}
	return allocation.Allocate(&rs, in)
}

// Addition is a number of operations more, or fewer, of one region in one
// area in the measurement period.
type Addition struct {
	Region, Area int // in rules.Regions, and in the areas of the rule set
	N            int64
}

// With computes the plan as it would be with other numbers of operations.
func With(p *allocation.Plan, additions ...Addition) (*allocation.Plan, error) {
	s := stateOf(p)
	for _, a := range additions {
		n := s.now[a.Region][a.Area] + a.N
		if n < 0 || n > maxCount {
			return nil, fmt.Errorf("%s, %s: %d operations %+d are %d; a count is from 0 to %d", rules.Regions()[a.Region].Name, p.Rules.Areas[a.Area].ID, s.now[a.Region][a.Area], a.N, n, maxCount)
		}
		s.now[a.Region][a.Area] = n
	}
	return s.allocate()
}
