package followup

import (
	"errors"
	"fmt"
	"slices"

	"github.com/kortakoer/kortakoer/allocation"
	"github.com/kortakoer/kortakoer/rules"
)

// maxCount is more operations than Sweden has inhabitants; it keeps every sum
// within 64 bits. The allocation checks the years that it uses itself.
const maxCount = 100_000_000

// place is what a file gives operations for.
type place struct {
	region, area string
	year, month  int
}

// sums are the operations of the regions by place, and by who did them.
type sums struct {
	all map[place]int64
	by  map[place]map[allocation.Provider]int64
}

func (r *Report) sums(in *allocation.Input) (sums, error) {
	s := sums{map[place]int64{}, map[place]map[allocation.Provider]int64{}}
	var faults []error
	for _, c := range in.Counts {
		if c.Region == allocation.Country {
			continue
		}
		at := place{c.Region, c.Area, c.Year, c.Month}
		if s.all[at] = min(s.all[at]+c.N, maxCount+1); s.all[at] > maxCount {
			faults = append(faults, &allocation.Fault{Origin: c.Origin, Message: fmt.Sprintf("more than %d operations in a month; find the number that is too large", maxCount)})
		}
		if c.Year != r.Rules.Year() || !slices.Contains(r.Months, c.Month) {
			continue
		}
		if s.by[at] == nil {
			s.by[at] = map[allocation.Provider]int64{}
		}
		s.by[at][c.Provider] += c.N
		r.HasProviders = r.HasProviders || c.Provider != allocation.Unspecified
		r.HasUnknown = r.HasUnknown || c.Provider == allocation.Unspecified && c.N > 0
	}
	return s, errors.Join(faults...)
}

// area builds the series of every region, and of the country as their sum.
func (r *Report) area(a rules.Area, s sums) Area {
	out := Area{Area: a, Country: r.series(rules.Region{Code: allocation.Country})}
	for _, region := range rules.Regions() {
		x := r.series(region)
		r.fill(&x, a.ID, s)
		for m := range r.Months {
			out.Country.Months[m].add(x.Months[m])
		}
		for y := range out.Country.soFar {
			out.Country.soFar[y] += x.soFar[y]
			out.Country.whole[y] += x.whole[y]
		}
		out.Regions = append(out.Regions, x)
	}
	for i := range out.Regions {
		out.Regions[i].total()
	}
	out.Country.total()
	return out
}

func (r *Report) series(region rules.Region) Series {
	return Series{
		Region: region, Months: make([]Figures, len(r.Months)),
		soFar: make([]int64, r.Years), whole: make([]int64, r.Years),
	}
}

// fill sums one region. A region without any row in the year before has no
// value there; single months without a row count as 0, as in the allocation.
func (r *Report) fill(x *Series, area string, s sums) {
	region := x.Region.Code
	before := r.Plan.Input.MissingAsZero
	for _, m := range r.Months {
		_, ok := s.all[place{region, area, r.Before, m}]
		before = before || ok
	}
	for i, m := range r.Months {
		f := &x.Months[i]
		now := place{region, area, r.Rules.Year(), m}
		f.Now.N = s.all[now]
		for p, provider := range Providers {
			f.By[p].N = s.by[now][provider]
		}
		f.Before.N = s.all[place{region, area, r.Before, m}]
		if !before {
			f.Before.State = Missing
		}
		for y, year := range r.Rules.Baseline.Years.V {
			n := s.all[place{region, area, year, m}]
			f.Baseline.N += n
			x.soFar[y] += n
		}
	}
	r.HasBefore = r.HasBefore || before
	for y, year := range r.Rules.Baseline.Years.V {
		for m := r.Months[0]; m <= r.Last; m++ {
			x.whole[y] += s.all[place{region, area, year, m}]
		}
	}
}

// add adds what is known; a sum with a missing part is missing.
func (f *Figures) add(g Figures) {
	f.Now.add(g.Now)
	f.Before.add(g.Before)
	f.Baseline.add(g.Baseline)
	for p := range f.By {
		f.By[p].add(g.By[p])
	}
}

func (v *Value) add(w Value) {
	v.N += w.N
	v.State = max(v.State, w.State)
}

// total sums the months. It runs before anything is masked.
func (x *Series) total() {
	for _, f := range x.Months {
		x.ToDate.add(f)
		x.Cumulated = append(x.Cumulated, Figures{Now: x.ToDate.Now, Before: x.ToDate.Before, Baseline: x.ToDate.Baseline})
	}
	for _, n := range x.whole {
		x.Whole.N += n
	}
}

// doubts warns of what the allocation does not see: a last month without
// operations, and months that the forecast and the year before lack.
func (r *Report) doubts(s sums) {
	warn := func(format string, args ...any) { r.Warnings = append(r.Warnings, fmt.Sprintf(format, args...)) }
	var last int64
	for _, a := range r.Areas {
		last += a.Country.Months[len(r.Months)-1].Now.N
	}
	if last == 0 {
		warn("%s has rows but no operation in any region; if it is not delivered yet, leave its rows out", rules.Month{Year: r.Rules.Year(), Month: r.Months[len(r.Months)-1]})
	}
	lacking := func(years []int, first, to int) (n int, example place) {
		for _, a := range r.Rules.Areas {
			for _, region := range rules.Regions() {
				for _, y := range years {
					for m := first; m <= to; m++ {
						at := place{region.Code, a.ID, y, m}
						if _, ok := s.all[at]; !ok {
							if n++; n == 1 {
								example = at
							}
						}
					}
				}
			}
		}
		return n, example
	}
	if n, at := lacking(r.Rules.Baseline.Years.V, r.Months[len(r.Months)-1]+1, r.Last); n > 0 && !r.Complete() {
		warn("%d months of the baseline years after the last delivered one have no row and count as 0 in the forecast, the first for %s, %s %s", n, at.region, at.area, rules.Month{Year: at.year, Month: at.month})
	}
	if slices.Contains(r.Rules.Baseline.Years.V, r.Before) {
		return // told by the allocation
	}
	if n, at := lacking([]int{r.Before}, r.Months[0], r.Months[len(r.Months)-1]); n > 0 {
		warn("%d months of the year before have no row, the first for %s, %s %s", n, at.region, at.area, rules.Month{Year: at.year, Month: at.month})
	}
}
