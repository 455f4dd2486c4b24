package report

import (
	"encoding/csv"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"

	"github.com/kortakoer/kortakoer/internal/language"
	"github.com/kortakoer/kortakoer/internal/readings"
	"github.com/kortakoer/kortakoer/rules"
)

// ReadingsSummary prints what each region gets at least and at most, which keys
// matter, and who gains and loses by each change.
func ReadingsSummary(w io.Writer, t *readings.Table, o SummaryOptions) error {
	var b strings.Builder
	l := o.Language
	fmt.Fprintf(&b, "%s\n%s\n%s\n\n", t.Plan.Rules.Title, l.Text("decision", t.Plan.Rules.Decision.Reference, t.Plan.Rules.ID), l.Text("readings.count", len(t.All), len(t.Keys)))
	regions := newTable(o, table.Row{l.Text("region"), l.Text("readings.in_use"), l.Text("readings.min"), l.Text("readings.max"), l.Text("readings.spread"), l.Text("readings.min_by"), l.Text("readings.max_by")})
	named := map[int]bool{0: true}
	for _, s := range t.Spreads() {
		regions.AppendRow(table.Row{s.Region.Code + " " + s.Region.Name, l.Whole(s.InUse), l.Whole(s.Min), l.Whole(s.Max), l.Whole(s.Width()), s.Least + 1, s.Most + 1})
		named[s.Least], named[s.Most] = true, true
	}
	fmt.Fprintf(&b, "%s\n\n", regions.Render())
	for i, r := range t.All {
		if named[i] {
			fmt.Fprintln(&b, l.Text("readings.number", i+1, t.Name(r)))
		}
	}
	keys := newTable(o, table.Row{l.Text("rules.key"), l.Text("readings.alone"), l.Text("readings.regions"), l.Text("readings.combined"), l.Text("readings.matters")})
	for _, k := range t.Keys {
		keys.AppendRow(table.Row{k.Name, l.Whole(k.Alone), k.Regions, l.Whole(k.Combined), l.YesNo(k.Matters())})
	}
	fmt.Fprintf(&b, "\n%s\n%s\n\n%s\n", l.Text("readings.keys"), l.Text("readings.keys_note"), keys.Render())
	changes := newTable(o, table.Row{l.Text("readings.change"), l.Text("readings.gain"), l.Text("readings.more"), l.Text("readings.winner"), l.Text("readings.lose"), l.Text("readings.less"), l.Text("readings.loser")})
	for _, r := range t.Alone {
		e := t.Effect(r)
		changes.AppendRow(table.Row{strings.Join(t.Changed(r), " "), e.Gain, l.Whole(e.More), regionOf(e.Winner, l), e.Lose, l.Whole(e.Less), regionOf(e.Loser, l)})
	}
	fmt.Fprintf(&b, "\n%s\n\n%s\n", l.Text("readings.gainers"), changes.Render())
	for _, e := range t.Decided {
		fmt.Fprintln(&b, l.Text("readings.decided", e.Key, e.Text, e.Source))
	}
	for _, key := range t.Untried {
		fmt.Fprintln(&b, l.Text("readings.untried", key))
	}
	return writePlain(w, b.String())
}

func regionOf(index int, l language.Language) string {
	if index < 0 {
		return l.Text("readings.none")
	}
	return rules.Regions()[index].Name
}

// ReadingsCSV writes a line for each reading and region, in whole kronor, with
// the value of every open key, empty where it is moot. The reading in use is
// number 1; difference is from it.
func ReadingsCSV(w io.Writer, t *readings.Table) error {
	header := []string{"reading"}
	for _, k := range t.Keys {
		header = append(header, k.Name)
	}
	records := [][]string{append(header, "code", "region", "total", "difference")}
	for n, r := range t.All {
		for i, region := range rules.Regions() {
			record := append([]string{strconv.Itoa(n + 1)}, r.Values...)
			records = append(records, append(record, region.Code, region.Name, strconv.FormatInt(r.Totals[i], 10), strconv.FormatInt(r.Totals[i]-t.All[0].Totals[i], 10)))
		}
	}
	return csv.NewWriter(w).WriteAll(records)
}

// The JSON form.
type (
	readingsDocument struct {
		Ruleset     string           `json:"ruleset"`
		RulesSHA256 string           `json:"rules_sha256"`
		Version     string           `json:"version"`
		Keys        []readingsKey    `json:"keys"`
		Decided     []assumption     `json:"decided"`
		Untried     []string         `json:"untried"`
		Inputs      []input          `json:"inputs"`
		Readings    []reading        `json:"readings"`
		Regions     []readingsSpread `json:"regions"`
	}
	readingsKey struct {
		Key      string   `json:"key"`
		Readings []string `json:"readings"`
		Alone    int64    `json:"moves_alone"`
		Regions  int      `json:"regions"`
		Combined int64    `json:"moves_at_most"`
		Matters  bool     `json:"matters"`
	}
	reading struct {
		Number      int               `json:"number"`
		Settings    map[string]string `json:"settings"`
		Changed     []string          `json:"changed"`
		Totals      map[string]int64  `json:"totals"`
		Total       int64             `json:"total"`
		Unallocated int64             `json:"unallocated"`
	}
	readingsSpread struct {
		Code  string `json:"code"`
		Name  string `json:"name"`
		InUse int64  `json:"in_use"`
		Min   int64  `json:"min"`
		Max   int64  `json:"max"`
		MinBy int    `json:"min_by"`
		MaxBy int    `json:"max_by"`
	}
)

// ReadingsJSON writes everything that the table holds.
func ReadingsJSON(w io.Writer, t *readings.Table, version string) error {
	d := readingsDocument{
		Ruleset: t.Plan.Rules.ID, RulesSHA256: t.Plan.Rules.SHA256, Version: version, Keys: []readingsKey{}, Decided: []assumption{},
		Untried: append([]string{}, t.Untried...), Inputs: []input{},
	}
	for _, k := range t.Keys {
		d.Keys = append(d.Keys, readingsKey{k.Name, k.Values, k.Alone, k.Regions, k.Combined, k.Matters()})
	}
	for _, e := range t.Decided {
		d.Decided = append(d.Decided, assumption{e.Key, e.Text, e.Source})
	}
	for _, f := range t.Plan.Input.Files {
		d.Inputs = append(d.Inputs, input{f.Name, f.Sheet, string(f.Role), f.SHA256, f.Rows})
	}
	for n, r := range t.All {
		out := reading{Number: n + 1, Settings: map[string]string{}, Changed: slices.Concat([]string{}, t.Changed(r)), Totals: map[string]int64{}, Total: r.Total, Unallocated: r.Unallocated}
		for i, v := range r.Values {
			if v != "" {
				out.Settings[t.Keys[i].Name] = v
			}
		}
		for i, region := range rules.Regions() {
			out.Totals[region.Code] = r.Totals[i]
		}
		d.Readings = append(d.Readings, out)
	}
	for _, s := range t.Spreads() {
		d.Regions = append(d.Regions, readingsSpread{s.Region.Code, s.Region.Name, s.InUse, s.Min, s.Max, s.Least + 1, s.Most + 1})
	}
	return writeJSON(w, d)
}
