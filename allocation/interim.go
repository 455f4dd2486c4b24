package allocation

import (
	"slices"

	"github.com/kortakoer/kortakoer/rules"
)

// Interim computes the plan of a period that has come to its month last:
// operations so far against the same months of the baseline years. It is for
// following up, not for paying: requisitions are not asked for, and there is
// no leftover before the period ends. Counts, Means and Tally see the whole
// period and the year before, because a follow-up uses those months too.
func Interim(rs *rules.RuleSet, in *Input, last int) (*Plan, error) {
	cut := *rs
	cut.Period.Last.V.Month = last
	cut.Deadline = rules.Value[string]{}
	cut.Leftover.Enabled.V = false
	asked := *in
	asked.Requisitions = nil
	p, err := Allocate(&cut, &asked)
	if err != nil {
		return nil, err
	}
	wide := *rs
	if before := rs.Year() - 1; !slices.Contains(rs.Baseline.Years.V, before) {
		wide.Baseline.Years.V = append(slices.Clone(rs.Baseline.Years.V), before)
	}
	// What the wider view lacks is no fault: the plan above was complete.
	seen, _ := judge(&wide, in)
	p.Counts, p.Means, p.Tally = seen.counts, seen.means, seen.tally()
	p.Rules, p.Input = rs, in
	return p, p.Tally.balanced()
}
