package rules

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/pelletier/go-toml/v2/unstable"

	"github.com/kortakoer/kortakoer/internal/spelling"
)

// loader fills a rule set from a tree and gathers every fault on the way.
type loader struct {
	name   string
	rs     *RuleSet
	faults []*Fault

	places map[string]*node // where each key stands, for check
}

func (l *loader) fault(at *node, format string, args ...any) {
	f := &Fault{File: l.name, Message: fmt.Sprintf(format, args...)}
	if at != nil {
		f.Line, f.Column = at.line, at.column
	}
	l.faults = append(l.faults, f)
}

// field is one key of a rule set with a value and a source. The list of them
// in fields is the only one: loading, --set, Entries and completion use it.
type field struct {
	key      string
	optional bool
	table    bool                    // one number per region; set row by row
	row      bool                    // a row of such a table; in a file it stands in the table
	assign   func(*node) []complaint // takes the bare value
	sourced  func(source, assumed string)
	text     func() string        // the value now, empty if unset
	entry    func() (Entry, bool) // for Entries; false if unset
	readings []string             // where the value is a choice
}

// complaint is what is wrong with a value, before it is known whether the
// value stands in a file or behind --set.
type complaint struct {
	at   *node
	text string
}

func newField[T any](key string, kind Kind, v *Value[T], c codec[T], optional bool) field {
	f := field{
		key:      key,
		optional: optional,
		readings: c.readings,
		sourced:  func(source, assumed string) { v.Source, v.Assumed = source, assumed },
		text: func() string {
			if !v.Set {
				return ""
			}
			return c.format(v.V)
		},
	}
	f.assign = func(n *node) []complaint {
		parsed, ok := c.parse(n)
		if !ok {
			return []complaint{{n, c.refusal(n)}}
		}
		v.V, v.Set = parsed, true
		return nil
	}
	f.entry = func() (Entry, bool) {
		number, _ := any(v.V).(int64)
		return Entry{Key: key, Kind: kind, Text: f.text(), Number: number, Source: v.Source, Assumed: v.Assumed}, v.Set
	}
	return f
}

// newAmounts are the fields of a table with one number for each region: the
// table itself, which only a file holds, and a key for each of its rows.
func newAmounts(key, column string, kind Kind, v *Value[[]int64], c codec[int64], optional bool) []field {
	fields := []field{{
		key:      key,
		optional: optional,
		table:    true,
		sourced:  func(source, assumed string) { v.Source, v.Assumed = source, assumed },
		assign: func(n *node) []complaint {
			values, complaints := amounts(n, column, c)
			if len(complaints) == 0 {
				v.V, v.Set = values, true
			}
			return complaints
		},
	}}
	for i, r := range Regions() {
		text := func() string { return c.format(v.V[i]) }
		fields = append(fields, field{
			key:  key + "." + r.Code,
			row:  true,
			text: text,
			assign: func(n *node) []complaint {
				amount, ok := c.parse(n)
				if !ok {
					return []complaint{{n, c.refusal(n)}}
				}
				v.V = slices.Clone(v.V) // need may share the ceilings' slice
				v.V[i], v.Set = amount, true
				return nil
			},
			entry: func() (Entry, bool) {
				return Entry{Key: key + "." + r.Code, Kind: kind, Region: r.Name, Text: text(), Number: v.V[i], Source: v.Source, Assumed: v.Assumed}, v.Set
			},
		})
	}
	return fields
}

// amounts reads { code = "01", name = "Stockholm", kronor = … } for each of
// the 21 regions. The name must fit the code, so that a shifted row is found.
func amounts(list *node, column string, c codec[int64]) ([]int64, []complaint) {
	var complaints []complaint
	say := func(at *node, format string, args ...any) {
		complaints = append(complaints, complaint{at, fmt.Sprintf(format, args...)})
	}
	values := make([]int64, len(Regions()))
	lines := map[string]int{}
	for _, row := range list.items {
		code, name, value := row.fields["code"], row.fields["name"], row.fields[column]
		if code == nil || name == nil || value == nil || len(row.keys) != 3 {
			say(row, "a region is written { code = \"01\", name = \"Stockholm\", %s = … }", column)
			continue
		}
		i := RegionIndex(code.text)
		switch {
		case i < 0:
			say(code, "%q is not the code of one of the 21 regions", code.text)
			continue
		case lines[code.text] > 0:
			say(code, "region %s stands twice, first in line %d", code.text, lines[code.text])
		case Regions()[i].Name != name.text:
			say(name, "region %s is %s, not %q", code.text, Regions()[i].Name, name.text)
		}
		lines[code.text] = code.line
		var ok bool
		if values[i], ok = c.parse(value); !ok {
			say(value, "%s", c.refusal(value))
		}
	}
	var missing []string
	for _, r := range Regions() {
		if lines[r.Code] == 0 {
			missing = append(missing, r.Code+" "+r.Name)
		}
	}
	if len(missing) > 0 {
		say(list, "%d of the 21 regions are missing: %s", len(missing), strings.Join(missing, ", "))
	}
	return values, complaints
}

// fields lists every key that has a value and a source, in the order of the
// decision. The areas must be known.
func (rs *RuleSet) fields() []field {
	fields := []field{
		newField("pool", Kronor, &rs.Pool, kronorCodec, false),
		newField("equal", Kronor, &rs.Equal, kronorCodec, true),
		newField("appropriation.limit", Kronor, &rs.Appropriation.Limit, kronorCodec, true),
		newField("appropriation.own_costs", Kronor, &rs.Appropriation.OwnCosts, kronorCodec, true),
		newField("requisition.deadline", Text, &rs.Deadline, dateCodec, true),
		newField("report.terms", Text, &rs.ReportTerms, referenceCodec, true),
		newField("report.deadline", Text, &rs.ReportBy, dateCodec, true),
		newField("period.first", Text, &rs.Period.First, monthCodec, false),
		newField("period.last", Text, &rs.Period.Last, monthCodec, false),
		newField("baseline.years", Text, &rs.Baseline.Years, yearsCodec, false),
		newField("baseline.rounding", Text, &rs.Baseline.Rounding, oneOf(Exact, Nearest, Up, Down), false),
		newField("counting.unit", Text, &rs.Unit, oneOf(Contact, Code), false),
	}
	fields = append(fields, newField("provider.private", Text, &rs.Private, wordsCodec, true))
	for i := range rs.Areas {
		a := &rs.Areas[i]
		fields = append(fields,
			newField("area."+a.ID+".rate", Kronor, &a.Rate, rateCodec, false),
			newField("area."+a.ID+".codes", Text, &a.Codes, codesCodec, false))
	}
	fields = append(fields,
		newField("leftover.enabled", Text, &rs.Leftover.Enabled, boolCodec, false),
		newField("leftover.regions", Number, &rs.Leftover.Regions, placesCodec, false),
		newField("leftover.pots", Text, &rs.Leftover.Pots, oneOf(Equal, ByValue), false),
		newField("leftover.ceiling", Text, &rs.Leftover.Ceiling, oneOf(Exempt, Applies), false))
	return slices.Concat(fields,
		newAmounts("ceilings", "kronor", Kronor, &rs.Ceilings, kronorCodec, false),
		newAmounts("need", "weight", Number, &rs.Need, weightCodec, true))
}

var idPattern = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)

// file reads the whole tree: the heading, the areas, then every field.
func (l *loader) file(root *node) {
	known := map[string]bool{}
	text := func(n *node, path, key string, required bool) string {
		known[path+key] = true
		c := n.fields[key]
		switch {
		case c == nil && required:
			l.fault(n, "%s%s is missing", path, key)
		case c == nil:
		case c.kind != unstable.String || strings.TrimSpace(c.text) == "":
			l.fault(c, "%s%s is not a text", path, key)
		default:
			return c.text
		}
		return ""
	}
	rs := l.rs
	if rs.ID = text(root, "", "id", true); rs.ID != "" && !idPattern.MatchString(rs.ID) {
		l.fault(root.fields["id"], "id %q is not lower-case letters, digits and hyphens, such as s2025-01233", rs.ID)
	}
	rs.Title = text(root, "", "title", true)
	if d := root.fields["decision"]; d == nil || !d.isTable() {
		l.fault(root, "[decision] with reference and date is missing")
	} else {
		rs.Decision.Reference = text(d, "decision.", "reference", true)
		rs.Decision.Date = text(d, "decision.", "date", true)
		if _, ok := rs.DecisionTime(); !ok && rs.Decision.Date != "" {
			l.fault(d.fields["date"], "decision.date %q is not a date such as \"2025-06-19\" or a month such as \"2025-06\"", rs.Decision.Date)
		}
	}
	areas := root.fields["area"]
	if areas == nil || areas.kind != unstable.ArrayTable {
		l.fault(root, "no [[area]]: a rule set pays for at least one area")
		areas = &node{}
	}
	list := newTable(unstable.Table, areas.line, areas.column)
	for i, n := range areas.items {
		path := fmt.Sprintf("area[%d].", i+1)
		id := text(n, path, "id", true)
		switch {
		case id == "":
			continue
		case !idPattern.MatchString(id):
			l.fault(n.fields["id"], "area id %q is not lower-case letters, digits and hyphens, such as gra-starr", id)
			continue
		case list.fields[id] != nil:
			l.fault(n.fields["id"], "area %q stands twice, first in line %d", id, list.fields[id].line)
			continue
		}
		list.put(id, n)
		path = "area." + id + "."
		a := Area{ID: id, Label: text(n, path, "label", true), LabelEn: text(n, path, "label_en", false), line: n.line, column: n.column}
		if a.LabelEn == "" {
			a.LabelEn = a.Label
		}
		if names := n.fields["names"]; names != nil {
			var ok bool
			if a.Names, ok = names.strings(); !ok {
				l.fault(names, "%snames is not a list of texts", path)
			}
		}
		known[path+"id"], known[path+"names"] = true, true
		rs.Areas = append(rs.Areas, a)
	}
	// From here on an area is found by its id, as in --set area.framfall.rate=…
	root.fields["area"] = list

	l.places = map[string]*node{}
	for _, f := range rs.fields() {
		if f.row {
			continue
		}
		for _, key := range []string{"", ".value", ".source", ".assumed"} {
			known[f.key+key] = true
		}
		l.field(root, f)
	}
	l.unknown(root, "", known)
	l.defaults()
}

// defaults fills in optional values that the rule set leaves out.
func (l *loader) defaults() {
	if !l.rs.Private.Set {
		l.rs.Private.V = []string{"2", "privat"} // as the register codes it
	}
	if !l.rs.Need.Set {
		// The ceilings are computed from vårdbehov (Bilaga 1 s. 2), so they serve.
		l.rs.Need = l.rs.Ceilings
		l.rs.Need.Set = false
	}
}

// field reads { value = …, source = …, assumed = … }.
func (l *loader) field(root *node, f field) {
	n := root
	for part := range strings.SplitSeq(f.key, ".") {
		if n = n.fields[part]; n == nil {
			break
		}
	}
	if n == nil {
		if !f.optional {
			l.fault(root, "%s is missing", f.key)
		}
		return
	}
	l.places[f.key] = n
	if !n.isTable() || n.fields["value"] == nil {
		l.fault(n, "%s has no value: write { value = …, source = … }", f.key)
		return
	}
	var texts [2]string
	for i, key := range []string{"source", "assumed"} {
		switch c := n.fields[key]; {
		case c == nil:
		case c.kind != unstable.String || strings.TrimSpace(c.text) == "":
			l.fault(c, "%s.%s is not a text", f.key, key)
		default:
			texts[i] = c.text
		}
	}
	if n.fields["source"] == nil && n.fields["assumed"] == nil {
		l.fault(n, "%s has no source: name the decision, annex and page, or say with assumed why the value is assumed", f.key)
	}
	f.sourced(texts[0], texts[1])
	for _, c := range f.assign(n.fields["value"]) {
		l.fault(c.at, "%s: %s", f.key, c.text)
	}
}

// unknown reports every key that nothing reads: a misspelt key would otherwise
// be a condition silently dropped.
func (l *loader) unknown(n *node, path string, known map[string]bool) {
	for _, key := range n.keys {
		c, full := n.fields[key], path+key
		switch {
		case known[full+".value"]:
			if c.isTable() {
				l.unknown(c, full+".", known)
			}
		case known[full]:
		case c.isTable() && l.holds(full, known):
			l.unknown(c, full+".", known)
		default:
			l.fault(c, "unknown key %s%s", full, spelling.DidYouMean(full, slices.Sorted(maps.Keys(known))))
		}
	}
}

func (l *loader) holds(path string, known map[string]bool) bool {
	for k := range known {
		if strings.HasPrefix(k, path+".") {
			return true
		}
	}
	return false
}

// override applies --set KEY=VALUE in order.
func (l *loader) override(settings []string) {
	fields := l.rs.fields()
	byKey := map[string]Override{}
	for _, s := range settings {
		key, value, ok := strings.Cut(s, "=")
		if key = strings.TrimSpace(key); !ok || key == "" {
			l.fault(nil, "--set %s: write it as KEY=VALUE, such as leftover.enabled=false", s)
			continue
		}
		o, known, complaints := l.rs.override(fields, key, settingNode(value))
		if !known {
			l.fault(nil, "--set %s: the rule set %s has no such key%s", key, l.rs.ID, spelling.DidYouMean(key, l.rs.Keys()))
			continue
		}
		for _, c := range complaints {
			l.fault(nil, "--set %s: %s", key, c.text)
		}
		if earlier, again := byKey[key]; again {
			o.Was = earlier.Was
		}
		byKey[key] = o
	}
	for _, key := range l.rs.Keys() {
		if o, ok := byKey[key]; ok {
			l.rs.overrides = append(l.rs.overrides, o)
		}
	}
}

// override replaces one value. A region's ceiling that is changed leaves the
// need weights as they were: from then on they are values of their own.
func (rs *RuleSet) override(fields []field, key string, n *node) (o Override, known bool, complaints []complaint) {
	i := slices.IndexFunc(fields, func(f field) bool { return f.key == key && !f.table })
	if i < 0 {
		return o, false, nil
	}
	if strings.HasPrefix(key, "ceilings.") {
		rs.Need.Set = true
	}
	o = Override{Key: key, Was: fields[i].text()}
	complaints = fields[i].assign(n)
	o.Value = fields[i].text()
	return o, true, complaints
}

// settingNode reads the VALUE of --set as TOML; what is not TOML is text.
func settingNode(value string) *node {
	value = strings.TrimSpace(value)
	if !strings.ContainsAny(value, "\r\n") {
		if tree, err := parseTree("--set", []byte("value = "+value)); err == nil && len(tree.keys) == 1 {
			return tree.fields["value"]
		}
	}
	return &node{kind: unstable.String, text: value}
}

// DecisionTime is the day of the decision, the first of the month where only
// the month is known.
func (rs *RuleSet) DecisionTime() (time.Time, bool) {
	for _, layout := range []string{time.DateOnly, "2006-01"} {
		if t, err := time.Parse(layout, rs.Decision.Date); err == nil {
			return t, true
		}
	}
	return time.Time{}, false
}
