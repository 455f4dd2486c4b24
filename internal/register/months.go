package register

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/kortakoer/kortakoer/allocation"
)

// What the months of extracts say about them: a gap may be a delivery that is
// missing or a mistyped year, the same month in two of them the same contacts
// twice. There is no clock here to say which years are to come.

// monthOf numbers the months through the years.
func monthOf(year, month int) int { return year*12 + month - 1 }

func monthText(month int) string { return fmt.Sprintf("%d-%02d", month/12, month%12+1) }

// monthRun is a run of months without a break.
type monthRun struct{ first, last int }

func (m monthRun) String() string {
	if m.first == m.last {
		return monthText(m.first)
	}
	return monthText(m.first) + "–" + monthText(m.last)
}

// monthRuns folds months in order into runs.
func monthRuns(months []int) (runs []monthRun) {
	for _, m := range months {
		if n := len(runs); n > 0 && runs[n-1].last == m-1 {
			runs[n-1].last = m
		} else {
			runs = append(runs, monthRun{m, m})
		}
	}
	return runs
}

// longGap is a number of months for which deliveries do not pause: where
// nothing was done for longer, the rows on both sides are named.
const longGap = 12

// gaps warns about months within the span of the extracts in which none of
// them has an operation.
func (x *extracts) gaps(spans map[int]bool) (warnings []string) {
	met := map[int]allocation.Origin{} // the first row of each month
	for _, e := range x.counted {
		for month, line := range e.lines {
			if _, has := met[month]; !has {
				met[month] = allocation.Origin{File: e.name, Sheet: e.sheet, Row: line}
			}
		}
		for h := range e.totals.counts { // also of codes beside the first of a row
			if _, has := met[monthOf(h.year, h.month)]; !has {
				met[monthOf(h.year, h.month)] = allocation.Origin{File: e.name, Sheet: e.sheet}
			}
		}
	}
	var empty []int
	for month := range spans {
		if _, has := met[month]; !has {
			empty = append(empty, month)
		}
	}
	slices.Sort(empty)
	for _, gap := range monthRuns(empty) {
		w := fmt.Sprintf("the extracts have no operation at all in %s, between months that have: a delivery may be missing", gap)
		if gap.last-gap.first >= longGap {
			w += fmt.Sprintf(", or a year be mistyped; the first row before is %s, the first behind %s", met[gap.first-1], met[gap.last+1])
		}
		warnings = append(warnings, w)
	}
	return warnings
}

// maxPairs is how many pairs of files are named that hold the same months.
const maxPairs = 10

// overlaps warns about files that both hold operations of the same month for
// the same region, where a contact may stand in both. Files of one region each
// have none in common.
func (x *extracts) overlaps() (warnings []string) {
	type cell struct{ region, month int }
	held := make([]map[cell]int64, len(x.counted))
	more := 0
	for i, e := range x.counted {
		held[i] = map[cell]int64{}
		for h, n := range e.totals.counts {
			held[i][cell{h.region, monthOf(h.year, h.month)}] += n
		}
		for k, other := range x.counted[:i] {
			months := map[int]bool{}
			var before, here int64
			for c, n := range held[i] {
				if m, both := held[k][c]; both {
					months[c.month] = true
					before, here = before+m, here+n
				}
			}
			if len(months) == 0 {
				continue
			}
			if len(warnings) == maxPairs {
				more++
				continue
			}
			var runs []string
			for _, r := range monthRuns(slices.Sorted(maps.Keys(months))) {
				runs = append(runs, r.String())
			}
			verb := "occur"
			if len(months) == 1 {
				verb = "occurs"
			}
			warnings = append(warnings, fmt.Sprintf("%s %s in both %s and %s for the same regions: %d and %d operations; check that no contact is in both", strings.Join(runs, ", "), verb, other.name, e.name, before, here))
		}
	}
	if more > 0 {
		warnings = append(warnings, fmt.Sprintf("%d more pairs of extracts hold operations of the same months and regions", more))
	}
	return warnings
}
