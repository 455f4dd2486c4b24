package rules

import (
	"slices"
	"strings"

	"github.com/kortakoer/kortakoer/internal/spelling"
)

// check finds what single values cannot show: an impossible period, ceilings
// that do not sum, areas that overlap. A value that could not be read is told
// already and not looked at.
func (l *loader) check() {
	rs := l.rs
	l.checkTimes()
	if rs.Pool.Set && rs.Pool.V == 0 {
		l.faultOf("pool", "pool: there is nothing to distribute")
	}
	if rs.Pool.Set && rs.Equal.V > rs.Pool.V {
		l.faultOf("equal", "equal: the block of %d kronor is more than the pool of %d", rs.Equal.V, rs.Pool.V)
	}
	if limit := rs.Appropriation.Limit; limit.Set && rs.Pool.Set && rs.Pool.V > limit.V && !rs.overrode("pool", "appropriation.limit") {
		l.faultOf("pool", "pool: %d kronor is more than the appropriation limit of %d", rs.Pool.V, limit.V)
	}
	if len(rs.Areas) > maxAreas {
		l.fault(nil, "area: %d areas are more than %d", len(rs.Areas), maxAreas)
	}
	for i, a := range rs.Areas {
		l.checkArea(a, rs.Areas[:i])
	}
	if sum := total(rs.Ceilings.V); rs.Ceilings.Set && rs.Pool.Set && sum != rs.PerformanceBlock() && !rs.FreeCeilings() {
		l.faultOf("ceilings", "ceilings: the 21 sum to %d kronor, not to the %d of the pool less the equal block", sum, rs.PerformanceBlock())
	}
	if rs.Ceilings.Set && total(rs.Need.V) == 0 {
		l.faultOf("need", "need: the weights sum to 0, so nothing can be divided by them")
	}
}

// checkTimes compares the period, the baseline years and the days with each
// other.
func (l *loader) checkTimes() {
	rs := l.rs
	first, last := rs.Period.First.V, rs.Period.Last.V
	switch {
	case !rs.Period.First.Set || !rs.Period.Last.Set:
	case first.Year != last.Year:
		l.faultOf("period.last", "period.last: %s is not in the same year as %s: the period is compared with the same months of other years", last, first)
	case last.Month < first.Month:
		l.faultOf("period.last", "period.last: %s is before period.first %s", last, first)
	}
	if by := rs.ReportBy; by.Set && rs.Period.Last.Set && by.V <= last.String()+"-31" {
		l.faultOf("report.deadline", "report.deadline: %s is before the end of the period", by.V)
	}
	if years := rs.Baseline.Years.V; len(years) > 0 && rs.Period.First.Set && years[len(years)-1] >= first.Year {
		l.faultOf("baseline.years", "baseline.years: %d is not before the period, which is in %d", years[len(years)-1], first.Year)
	}
}

// faultOf places a fault at a key: in the file, or at --set where that is what
// the value comes from.
func (l *loader) faultOf(key, format string, args ...any) {
	if l.rs.overrode(key) {
		l.fault(nil, "--set "+format, args...)
		return
	}
	l.fault(l.places[key], format, args...)
}

// FreeCeilings reports whether --set changed the pool, the equal block or a
// ceiling, so that the ceilings need no longer sum to the performance block.
func (rs *RuleSet) FreeCeilings() bool { return rs.overrode("pool", "equal", "ceilings.") }

func (rs *RuleSet) overrode(keys ...string) bool {
	return slices.ContainsFunc(rs.overrides, func(o Override) bool {
		return slices.ContainsFunc(keys, func(k string) bool {
			return o.Key == k || strings.HasSuffix(k, ".") && strings.HasPrefix(o.Key, k)
		})
	})
}

// checkArea reports codes and names that this area shares with an earlier one:
// an operation would be paid twice, or a row of a file could mean both.
func (l *loader) checkArea(a Area, earlier []Area) {
	key := "area." + a.ID + ".codes"
	for i, c := range a.Codes.V {
		for _, d := range a.Codes.V[:i] {
			if overlap(c, d) {
				l.faultOf(key, "%s: %s and %s overlap", key, d, c)
			}
		}
		for _, b := range earlier {
			for _, d := range b.Codes.V {
				if overlap(c, d) {
					l.faultOf(key, "%s: %s overlaps with %s of %s: an operation would count in both areas", key, c, d, b.ID)
				}
			}
		}
	}
	if a.Rate.Set && a.Rate.V == 0 {
		l.faultOf("area."+a.ID+".rate", "area.%s.rate: 0 kronor per operation pays nothing", a.ID)
	}
	for _, b := range earlier {
		for _, name := range a.AllNames() {
			if slices.ContainsFunc(b.AllNames(), func(other string) bool { return spelling.Fold(name) == spelling.Fold(other) }) {
				l.fault(&node{line: a.line, column: a.column}, "area.%s: the name %q is also one of %s", a.ID, name, b.ID)
			}
		}
	}
}

// AllNames returns everything that a file may call the area.
func (a Area) AllNames() []string {
	return append([]string{a.ID, a.Label, a.LabelEn}, a.Names...)
}

// overlap reports whether some KVÅ code fits both patterns.
func overlap(a, b string) bool {
	prefixA, openA := strings.CutSuffix(a, "*")
	prefixB, openB := strings.CutSuffix(b, "*")
	return prefixA == prefixB || openA && strings.HasPrefix(prefixB, prefixA) || openB && strings.HasPrefix(prefixA, prefixB)
}

func total(values []int64) int64 {
	var sum int64
	for _, v := range values {
		sum += v
	}
	return sum
}
