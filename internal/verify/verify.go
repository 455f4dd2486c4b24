// Package verify compares a plan with a table that somebody published, with
// zero tolerance, and finds out which other reading, rounding, years,
// population or row would have given the table: by computing each.
//
// It reads no file and prints nothing.
package verify

import (
	"slices"

	"github.com/kortakoer/kortakoer/allocation"
	"github.com/kortakoer/kortakoer/internal/spelling"
	"github.com/kortakoer/kortakoer/rules"
)

// Measure is the amount of a plan that a column holds.
type Measure string

// The measures; Total is what a column holds that says nothing else.
const (
	Total       Measure = "total"
	Equal       Measure = "equal"
	Earned      Measure = "earned"
	Ceiling     Measure = "ceiling"
	Performance Measure = "performance"
	Leftover    Measure = "leftover"
	Remaining   Measure = "remaining"
)

var measures = map[string]Measure{
	"equal": Equal, "likafordelning": Equal, "equalshare": Equal,
	"earned": Earned, "intjanat": Earned, "intjanathelakr": Earned,
	"tak": Ceiling, "takkr": Ceiling, "maxtak": Ceiling, "maxtakkr": Ceiling, "ceiling": Ceiling,
	"prestation": Performance, "performance": Performance,
	"kvarstaendemedel": Leftover, "leftover": Leftover,
	"attbetalaut": Remaining, "topayout": Remaining, "remaining": Remaining,
}

// MeasureOf says what the column of a published table is compared with.
func MeasureOf(column string) Measure {
	if m, ok := measures[spelling.Fold(column)]; ok {
		return m
	}
	return Total
}

// Amounts returns what the plan has of a measure, in order of the regions, and
// of the country.
func (m Measure) Amounts(p *allocation.Plan) (regions []int64, country int64) {
	for _, r := range p.Regions {
		n := r.Total
		switch m {
		case Equal:
			n = r.Equal
		case Earned:
			n = r.Earned
		case Ceiling:
			n = r.Ceiling
		case Performance:
			n = r.Performance
		case Leftover:
			n = r.Leftover
		case Remaining:
			n = r.Remaining
		case Total:
		}
		regions = append(regions, n)
		country += n
	}
	return regions, country
}

// Comparison is a published table beside a plan.
type Comparison struct {
	Measure Measure
	Lines   []Line // the regions in order, then the country where the table has it
}

// Line is one amount of the table and of the plan.
type Line struct {
	Code, Name string
	Missing    bool // the table does not have the region
	Published  int64
	Computed   int64
	Origin     allocation.Origin // of the published amount

	Accepted *allocation.Accepted // the difference was looked into
	Follows  bool                 // the country differs by what is accepted of the regions
}

// Difference is the table less what is computed, in kronor.
func (l Line) Difference() int64 { return l.Published - l.Computed }

// Differs reports whether the line is a difference, accepted or not. A region
// that the table lacks is one.
func (l Line) Differs() bool { return l.Missing || l.Difference() != 0 }

// Open reports whether it is a difference that nobody has accepted.
func (l Line) Open() bool { return l.Differs() && l.Accepted == nil && !l.Follows }

// Compare puts the table beside the plan.
func Compare(p *allocation.Plan, table *allocation.Published, m Measure) Comparison {
	c := Comparison{Measure: m}
	amounts, country := m.Amounts(p)
	for i, r := range rules.Regions() {
		line := Line{Code: r.Code, Name: r.Name, Missing: true, Computed: amounts[i]}
		for _, a := range table.Amounts {
			if a.Region == r.Code {
				line.Missing, line.Published, line.Origin = false, a.Kronor, a.Origin
			}
		}
		c.Lines = append(c.Lines, line)
	}
	if t := table.Country; t != nil {
		c.Lines = append(c.Lines, Line{Code: allocation.Country, Published: t.Kronor, Computed: country, Origin: t.Origin})
	}
	return c
}

// Differences returns the lines that differ.
func (c Comparison) Differences() []Line {
	return slices.DeleteFunc(slices.Clone(c.Lines), func(l Line) bool { return !l.Differs() })
}

// Open returns how many differences nobody has accepted.
func (c Comparison) Open() int {
	n := 0
	for _, l := range c.Lines {
		if l.Open() {
			n++
		}
	}
	return n
}

// Kronor is the sum of the regions' differences without their signs.
func (c Comparison) Kronor() int64 {
	var sum int64
	for _, l := range c.Lines {
		if l.Code != allocation.Country {
			sum += abs(l.Difference())
		}
	}
	return sum
}

func abs(n int64) int64 { return max(n, -n) }

// Accept marks the differences that are exactly as recorded, and returns the
// records that fit none: of a difference that is gone or has changed. Where
// all regions that differ are accepted, the country's difference follows.
func (c *Comparison) Accept(list []allocation.Accepted) (stale []allocation.Accepted) {
	for _, a := range list {
		i := slices.IndexFunc(c.Lines, func(l Line) bool { return l.Code == a.Region && l.Differs() && l.Difference() == a.Difference })
		if i < 0 {
			stale = append(stale, a)
			continue
		}
		c.Lines[i].Accepted = &a
	}
	var accepted int64
	for i := range c.Lines {
		switch l := &c.Lines[i]; {
		case l.Code != allocation.Country && l.Accepted != nil:
			accepted += l.Difference()
		case l.Code == allocation.Country && l.Differs() && l.Accepted == nil:
			l.Follows = l.Difference() == accepted
		}
	}
	return stale
}
