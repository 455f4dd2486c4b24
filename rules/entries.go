package rules

import "strings"

// Kind says how the value of an Entry is meant.
type Kind int

// The kinds of values.
const (
	Text   Kind = iota // words, months, years, codes
	Kronor             // Entry.Number, in whole kronor
	Number             // Entry.Number, without unit
)

// Entry is one value of a rule set as a table shows it.
type Entry struct {
	Key        string // as --set takes it, such as area.framfall.rate
	Kind       Kind
	Text       string // the value, as digits where it is a number
	Number     int64  // the value, for Kronor and Number
	Region     string // whose ceiling or need weight it is, else empty
	Source     string
	Assumed    string // the reason, where the decision does not state the value
	Overridden bool
	Was        string // the rule set's own value, where overridden
}

// Entries returns every value of the rule set with its source, in the order of
// the decision.
func (rs *RuleSet) Entries() []Entry {
	var entries []Entry
	for _, f := range rs.fields() {
		if f.table {
			continue
		}
		if e, set := f.entry(); set {
			entries = append(entries, e)
		}
	}
	for i, e := range entries {
		for _, o := range rs.overrides {
			if o.Key == e.Key {
				entries[i].Overridden, entries[i].Was = true, o.Was
			}
		}
	}
	return entries
}

// Keys returns every key that --set takes, in the order of the decision.
func (rs *RuleSet) Keys() []string {
	var keys []string
	for _, f := range rs.fields() {
		if !f.table {
			keys = append(keys, f.key)
		}
	}
	return keys
}

// Readings returns the values that an open key can take, the default first;
// nil for a key that is not a choice among named readings.
func Readings(key string) []string {
	for _, f := range new(RuleSet).fields() {
		if f.key == key {
			return f.readings
		}
	}
	return nil
}

// Assumption is a value in force that no decision states.
type Assumption struct {
	Key, Value, Reason string
}

// Uses says what a calculation is made from beside counts: some values matter
// only then.
type Uses struct {
	Extracts bool // row-level extracts: the codes of the areas
	Reports  bool // reports of use: the day they are due
}

// Assumptions returns the assumptions in force: not those that --set replaced,
// nor those about a leftover that is not distributed, nor those about what the
// calculation does not use.
func (rs *RuleSet) Assumptions(uses Uses) []Assumption {
	var list []Assumption
	for _, e := range rs.Entries() {
		table, _, _ := strings.Cut(e.Key, ".")
		moot := table == "leftover" && e.Key != "leftover.enabled" && !rs.Leftover.Enabled.V ||
			strings.HasSuffix(e.Key, ".codes") && !uses.Extracts || table == "report" && !uses.Reports
		if e.Assumed == "" || e.Overridden || moot {
			continue
		}
		if e.Region != "" { // 21 values, one assumption
			e.Key, e.Text = table, "21 regions"
			if len(list) > 0 && list[len(list)-1].Key == table {
				continue
			}
		}
		list = append(list, Assumption{Key: e.Key, Value: e.Text, Reason: e.Assumed})
	}
	return list
}
