// Package readings computes every defensible reading of what a decision leaves
// open: each open key alone, and all of them combined. It says what each region
// would get by each, how far apart they are, and which keys matter.
//
// A key is open where the rule set assumes its value; what a decision states is
// no choice. It reads no file and prints nothing.
package readings

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/kortakoer/kortakoer/allocation"
	"github.com/kortakoer/kortakoer/rules"
)

// Table is what all readings pay.
type Table struct {
	Plan    *allocation.Plan // by the rule set in use
	Keys    []Key            // the open keys, in the order of the decision
	Decided []rules.Entry    // keys with readings that the decision states
	Untried []string         // keys that are open but could not be tried
	All     []Reading        // every combination once; the first is the one in use
	Alone   []Reading        // those that change one key of the one in use
}

// Key is an open key and what hangs on it.
type Key struct {
	Name   string
	Values []string // its readings, the one in use first

	// Alone is what changing this key alone moves at most, and Combined what it
	// moves at most whatever the other keys are: kronor that change hands.
	Alone, Combined int64
	Regions         int // how many regions get another amount by changing it alone
}

// Matters reports whether the key moves a krona in any combination.
func (k Key) Matters() bool { return k.Combined > 0 }

// Reading is one combination of values of the open keys.
type Reading struct {
	Values      []string // in order of Table.Keys; empty where the key is moot
	Totals      []int64  // kronor, in order of the regions
	Total       int64
	Unallocated int64
}

// Unit is the key that needs the files to be read again.
const Unit = "counting.unit"

// Compute computes all readings. The rule set must compute with in; other is
// the same files read by the other counting unit, nil where the counts are made
// already and cannot be made otherwise.
func Compute(rs *rules.RuleSet, in, other *allocation.Input) (*Table, error) {
	t := &Table{}
	for _, e := range rs.Entries() {
		values := rules.Readings(e.Key)
		switch {
		case values == nil:
		case e.Assumed == "":
			t.Decided = append(t.Decided, e)
		case e.Key == Unit && other == nil:
			t.Untried = append(t.Untried, e.Key)
		default:
			rest := slices.DeleteFunc(slices.Clone(values), func(v string) bool { return v == e.Text })
			t.Keys = append(t.Keys, Key{Name: e.Key, Values: append([]string{e.Text}, rest...)})
		}
	}
	c := computation{Table: t, rules: rs, in: in, other: other}
	if err := c.combine(nil); err != nil {
		return nil, err
	}
	c.effects()
	return t, nil
}

type computation struct {
	*Table
	rules     *rules.RuleSet
	in, other *allocation.Input
}

// combine computes every combination that begins with these values. The first
// value of each key is the one in use, so the first combination is.
func (c *computation) combine(values []string) error {
	if len(values) == len(c.Keys) {
		return c.compute(values)
	}
	choices := c.Keys[len(values)].Values
	if c.moot(values) {
		choices = []string{""}
	}
	for _, v := range choices {
		if err := c.combine(append(slices.Clip(values), v)); err != nil {
			return err
		}
	}
	return nil
}

// moot reports whether the next key says nothing beside these values: how a
// leftover is divided that is not.
func (c *computation) moot(values []string) bool {
	key := c.Keys[len(values)].Name
	if !strings.HasPrefix(key, "leftover.") || key == "leftover.enabled" {
		return false
	}
	enabled := c.rules.Leftover.Enabled.V
	for i, v := range values {
		if c.Keys[i].Name == "leftover.enabled" {
			enabled = v == "true"
		}
	}
	return !enabled
}

func (c *computation) compute(values []string) error {
	settings, in := c.rules.Settings(), c.in
	for i, v := range values {
		if v != "" {
			settings = append(settings, c.Keys[i].Name+"="+v)
		}
		if c.Keys[i].Name == Unit && v != c.Keys[i].Values[0] {
			in = c.other
		}
	}
	rs := c.rules
	if len(c.All) > 0 { // the first is as it is, without settings of its own
		var err error
		if rs, err = c.rules.With(settings...); err != nil {
			return err
		}
	}
	p, err := allocation.Allocate(rs, in)
	if err != nil {
		return fmt.Errorf("%s: %w", c.name(values), err)
	}
	if len(c.All) == 0 {
		c.Plan = p
	}
	r := Reading{Values: values, Total: p.Total, Unallocated: p.Unallocated}
	var sum int64
	for _, region := range p.Regions {
		r.Totals = append(r.Totals, region.Total)
		sum += region.Total
	}
	if sum != p.Total || sum+p.Unallocated != rs.Pool.V {
		return errors.New("readings: " + c.name(values) + " does not add up to the pool; please report this")
	}
	c.All = append(c.All, r)
	if len(c.Changed(r)) == 1 {
		c.Alone = append(c.Alone, r)
	}
	return nil
}

func (t *Table) name(values []string) string {
	var list []string
	for i, v := range values {
		if v != "" {
			list = append(list, t.Keys[i].Name+"="+v)
		}
	}
	return strings.Join(list, " ")
}

// Name is a reading as settings, such as "leftover.pots=equal …".
func (t *Table) Name(r Reading) string { return t.name(r.Values) }

// Changed are the settings in which a reading differs from the one in use;
// none for that one. A key that has become moot is not one.
func (t *Table) Changed(r Reading) []string {
	var list []string
	for i, v := range r.Values {
		if v != "" && v != t.Keys[i].Values[0] {
			list = append(list, t.Keys[i].Name+"="+v)
		}
	}
	return list
}

// effects finds what hangs on each key: the most that regions gain together,
// or lose, between two readings that differ in this key alone.
func (c *computation) effects() {
	for i := range c.Keys {
		key := &c.Keys[i]
		for n, a := range c.All {
			for _, b := range c.All[n+1:] {
				if a.Values[i] == b.Values[i] || !c.apart(i, a, b) {
					continue
				}
				moved, regions := Moved(a, b)
				key.Combined = max(key.Combined, moved)
				if n == 0 && len(c.Changed(b)) == 1 {
					key.Alone, key.Regions = max(key.Alone, moved), max(key.Regions, regions)
				}
			}
		}
	}
}

// apart reports whether two readings differ in key i alone. A key that is moot
// in one of them, because of this one, does not count.
func (c *computation) apart(i int, a, b Reading) bool {
	for k := range c.Keys {
		if k != i && a.Values[k] != b.Values[k] && (c.Keys[i].Name != "leftover.enabled" || a.Values[k] != "" && b.Values[k] != "") {
			return false
		}
	}
	return true
}

// Moved is how many kronor change hands between two readings, and how many
// regions get another amount: what is gained or what is lost, whichever is
// more; they differ where one leaves more unallocated.
func Moved(a, b Reading) (kronor int64, regions int) {
	var gained, lost int64
	for i := range a.Totals {
		switch d := b.Totals[i] - a.Totals[i]; {
		case d > 0:
			gained += d
			regions++
		case d < 0:
			lost -= d
			regions++
		}
	}
	return max(gained, lost), regions
}

// Effect is who gains and who loses by a reading, beside the one in use.
type Effect struct {
	Gain, Lose int   // regions
	More, Less int64 // what they gain and lose together, both positive
	Winner     int   // index of the region that gains most; -1 where none does
	Loser      int
}

// Effect compares a reading with the one in use.
func (t *Table) Effect(r Reading) Effect {
	e := Effect{Winner: -1, Loser: -1}
	difference := func(i int) int64 { return r.Totals[i] - t.All[0].Totals[i] }
	for i := range r.Totals {
		switch d := difference(i); {
		case d > 0:
			e.Gain++
			e.More += d
			if e.Winner < 0 || d > difference(e.Winner) {
				e.Winner = i
			}
		case d < 0:
			e.Lose++
			e.Less -= d
			if e.Loser < 0 || d < difference(e.Loser) {
				e.Loser = i
			}
		}
	}
	return e
}

// Spread is what a region gets at least and at most.
type Spread struct {
	Region   rules.Region
	InUse    int64
	Min, Max int64
	Least    int // index in All of the first reading that pays the least
	Most     int
}

// Width is the difference between the most and the least.
func (s Spread) Width() int64 { return s.Max - s.Min }

// Spreads returns the spread of every region.
func (t *Table) Spreads() []Spread {
	var list []Spread
	for i, r := range rules.Regions() {
		s := Spread{Region: r, InUse: t.All[0].Totals[i], Min: t.All[0].Totals[i], Max: t.All[0].Totals[i]}
		for k, reading := range t.All {
			if n := reading.Totals[i]; n < s.Min {
				s.Min, s.Least = n, k
			} else if n > s.Max {
				s.Max, s.Most = n, k
			}
		}
		list = append(list, s)
	}
	return list
}
