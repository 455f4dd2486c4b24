// Package followup computes the regular report on a grant: operations month by
// month and to date, per area, region and country, beside the year before and
// the baseline, who did them, what they earn against the ceiling, and where
// the period is heading.
//
// Make is the way in. It is pure: no files, no clock, no floating point. What
// a region has earned comes from the allocation package, never from here.
package followup

import (
	"errors"
	"fmt"
	"math/big"
	"slices"
	"strings"

	"github.com/kortakoer/kortakoer/allocation"
	"github.com/kortakoer/kortakoer/rules"
)

// Options are what a report is made with.
type Options struct {
	// Preliminary is how many of the last delivered months the register still
	// fills in.
	Preliminary int
	// MaskBelow hides counts from 1 to MaskBelow − 1; 0 and 1 hide none. It is
	// not 2, for then every mark is a 1.
	MaskBelow int64
}

// Report is the follow-up as it may be published: what is masked says so in
// its State, and no output may show its number.
type Report struct {
	Options
	Rules  *rules.RuleSet
	Plan   *allocation.Plan // of the months so far
	Months []int            // delivered, from the period's first on
	Last   int              // the period's last month

	Years   int64 // baseline years
	Before  int   // the year before
	Areas   []Area
	Regions []Fulfilment // in order of code
	Country Fulfilment

	HasProviders bool // the counts say who did the operations
	HasUnknown   bool // but not of all
	HasBefore    bool // there are counts of the year before

	Masked, Hidden int // values masked as small, and hidden to protect those
	Partial        []Partial
	Warnings       []string // what else is in doubt
}

// Partial is a month of the year that most regions have no row for: it counts
// as delivered, and what is missing as 0.
type Partial struct {
	Month       rules.Month
	Missing, Of int // region × area
}

func (p Partial) String() string {
	return fmt.Sprintf("%s has no row for %d of %d regions × areas; it is not delivered, but counts here, with 0 for what is missing", p.Month, p.Missing, p.Of)
}

// Doubts are all warnings, the months that are not delivered first.
func (r *Report) Doubts() (all []string) {
	for _, p := range r.Partial {
		all = append(all, p.String())
	}
	return append(all, r.Warnings...)
}

// Area is one diagnosområde.
type Area struct {
	Area    rules.Area
	Country Series
	Regions []Series // in order of code
}

// Series is what happened in one region, or the country, in one area.
type Series struct {
	Region    rules.Region // Code is allocation.Country for the country
	Months    []Figures    // one per delivered month
	Cumulated []Figures    // from the first month to each; without By
	ToDate    Figures
	Whole     Value // baseline of the whole period, summed over its years
	Forecast  Forecast

	soFar, whole []int64 // of each baseline year
}

// Figures are the operations of one month, or to date.
type Figures struct {
	Now, Before Value
	Baseline    Value                 // summed over the baseline years: Mean divides
	By          [len(Providers)]Value // Now by who did them, in order of Providers
}

// Providers are the columns of Figures.By.
var Providers = [...]allocation.Provider{allocation.Home, allocation.Other, allocation.Private, allocation.Unspecified}

// Value is a number of operations and whether it may be shown.
type Value struct {
	N     int64
	State State
}

// State says whether a number may be shown.
type State int

// The states of a value.
const (
	Shown   State = iota
	Missing       // the input has none
	Small         // masked: 1 to MaskBelow − 1
	Hidden        // because a small one could be computed from it; small itself at times
)

// Fulfilment is what a region has earned so far against its ceiling.
type Fulfilment struct {
	Region      rules.Region
	Earned      int64 // kronor, however high
	Performance int64 // kronor: Earned, at most Ceiling
	Ceiling     int64 // kronor
	State       State
}

// Complete reports whether every month of the period is delivered.
func (r *Report) Complete() bool { return r.Months[len(r.Months)-1] == r.Last }

// IsPreliminary reports whether the register still fills in the month at this
// place in Months.
func (r *Report) IsPreliminary(month int) bool { return month >= len(r.Months)-r.Preliminary }

// Mean is the mean of the baseline years that a summed value stands for.
func (r *Report) Mean(v Value) *big.Rat { return big.NewRat(v.N, r.Years) }

// Assumptions are those that the follow-up rests on: it divides no leftover.
func (r *Report) Assumptions() []rules.Assumption {
	return slices.DeleteFunc(r.Plan.Assumptions(), func(a rules.Assumption) bool {
		return strings.HasPrefix(a.Key, "leftover.") || strings.HasPrefix(a.Key, "need.") || a.Key == "need"
	})
}

// Make computes the report. The error joins every *allocation.Fault.
func Make(rs *rules.RuleSet, in *allocation.Input, o Options) (*Report, error) {
	if o.MaskBelow == 2 {
		return nil, errors.New(`a mask below 2 hides nothing: "<2" can only be 1; mask below 3 or more`)
	}
	last, err := delivered(rs, in)
	if err != nil {
		// What can be said of the input without months is said with it.
		return nil, errors.Join(err, allocation.Check(rs, withoutRequisitions(rs, in)))
	}
	partial := partly(rs, in, last)
	plan, err := allocation.Interim(rs, in, last)
	if !in.MissingAsZero {
		for _, p := range partial {
			err = errors.Join(err, &allocation.Fault{Message: fmt.Sprintf("%s has no row for %d of %d regions × areas: it is not delivered; leave its rows out, deliver the month whole, or count what is missing as 0 with --missing-as-zero", p.Month, p.Missing, p.Of)})
		}
	}
	if err != nil {
		return nil, err
	}
	r := &Report{
		Options: o, Rules: rs, Plan: plan, Last: rs.Period.Last.V.Month,
		Years: int64(len(rs.Baseline.Years.V)), Before: rs.Year() - 1, Partial: partial, Warnings: plan.Warnings,
	}
	for m := rs.Period.First.V.Month; m <= last; m++ {
		r.Months = append(r.Months, m)
	}
	s, err := r.sums(in)
	if err != nil {
		return nil, err
	}
	for _, a := range rs.Areas {
		r.Areas = append(r.Areas, r.area(a, s))
	}
	r.doubts(s)
	r.fulfilment()
	r.mask()
	r.forecast()
	return r, nil
}

// withoutRequisitions gives the check the requisitions that it would ask for.
func withoutRequisitions(rs *rules.RuleSet, in *allocation.Input) *allocation.Input {
	copied := *in
	copied.Requisitions = nil
	if rs.Demands() {
		copied.Requisitions = []allocation.Requisition{}
	}
	return &copied
}

// delivered finds the last month of the period that the input has a row for.
// Counts without a month, and means in place of counts, are faults, told once
// for each file.
func delivered(rs *rules.RuleSet, in *allocation.Input) (int, error) {
	var faults []error
	told := map[string]bool{}
	refuse := func(at allocation.Origin, what string) {
		if place := at.File + "!" + at.Sheet; !told[place] {
			told[place] = true
			faults = append(faults, &allocation.Fault{Origin: at, Message: what})
		}
	}
	years := append(slices.Clone(rs.Baseline.Years.V), rs.Year()-1, rs.Year())
	last := 0
	for _, c := range in.Counts {
		switch {
		case !slices.Contains(years, c.Year):
		case c.Month == 0:
			refuse(c.Origin, fmt.Sprintf("a value for the whole of %d; a follow-up by month needs counts by month: add a column månad", c.Year))
		case c.Year == rs.Year() && c.Region != allocation.Country && c.Month >= rs.Period.First.V.Month && c.Month <= rs.Period.Last.V.Month:
			last = max(last, c.Month)
		}
	}
	for _, b := range in.Baselines {
		refuse(b.Origin, fmt.Sprintf("a mean for the whole period; a follow-up by month needs counts by month of %s", yearList(rs.Baseline.Years.V)))
	}
	if last == 0 && len(faults) == 0 {
		faults = append(faults, &allocation.Fault{Message: fmt.Sprintf("no region has a value for a month from %s to %s; add the months delivered so far", rs.Period.First.V, rs.Period.Last.V)})
	}
	return last, errors.Join(faults...)
}

// partly finds the months up to the last delivered that more than half of the
// regions × areas have no row for.
func partly(rs *rules.RuleSet, in *allocation.Input, last int) (found []Partial) {
	type cell struct {
		region, area string
		month        int
	}
	have := map[cell]bool{}
	for _, c := range in.Counts {
		if c.Year == rs.Year() {
			have[cell{c.Region, c.Area, c.Month}] = true
		}
	}
	for m := rs.Period.First.V.Month; m <= last; m++ {
		p := Partial{Month: rules.Month{Year: rs.Year(), Month: m}}
		for _, a := range rs.Areas {
			for _, region := range rules.Regions() {
				p.Of++
				if !have[cell{region.Code, a.ID, m}] {
					p.Missing++
				}
			}
		}
		if 2*p.Missing > p.Of {
			found = append(found, p)
		}
	}
	return found
}

func yearList(years []int) string {
	text := make([]string, len(years))
	for i, y := range years {
		text[i] = fmt.Sprint(y)
	}
	return strings.Join(text, ", ")
}

// fulfilment takes what each region has earned from the plan.
func (r *Report) fulfilment() {
	r.Country.Region = rules.Region{Code: allocation.Country}
	for _, p := range r.Plan.Regions {
		r.Regions = append(r.Regions, Fulfilment{Region: p.Region, Earned: p.Earned, Performance: p.Performance, Ceiling: p.Ceiling})
		r.Country.Earned += p.Earned
		r.Country.Performance += p.Performance
		r.Country.Ceiling += p.Ceiling
	}
}
