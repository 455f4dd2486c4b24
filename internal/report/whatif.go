package report

import (
	"encoding/csv"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/kortakoer/kortakoer/allocation"
	"github.com/kortakoer/kortakoer/internal/language"
	"github.com/kortakoer/kortakoer/internal/whatif"
	"github.com/kortakoer/kortakoer/rules"
)

// Breakpoints prints a table for each area: how many operations more bring a
// region to its baseline, to its ceiling and into the pot, and what it would
// get then.
func Breakpoints(w io.Writer, p *allocation.Plan, list []whatif.Breakpoint, l language.Language) error {
	out := &page{}
	out.heading(1, l.Text("whatif.title"))
	out.paragraph(p.Rules.Title + ". " + l.Text("decision", p.Rules.Decision.Reference, p.Rules.ID) + ".")
	for _, line := range InForce(p, l) {
		out.paragraph(line + ".")
	}
	out.paragraph(l.Text("whatif.note"))
	header := []string{l.Text("region"), l.Text("whatif.count"), l.Text("whatif.to_baseline"), l.Text("whatif.to_ceiling"), l.Text("whatif.to_place"), l.Text("whatif.place_total"), l.Text("whatif.gain"), l.Text("whatif.one_more")}
	for a, area := range p.Areas {
		out.heading(2, l.Area(area.Area))
		var lines [][]string
		for _, b := range list {
			if b.Area != a {
				continue
			}
			lines = append(lines, []string{
				regionLabel(b.Region), l.Whole(b.Count), l.Whole(b.ToBaseline), reached(l, b.Ceiling, b.Ceiling.Operations), reached(l, b.Place, b.Place.Operations),
				reached(l, b.Place, b.Place.Total), gained(l, b.Place.Total-b.Total, b.Place.Possible), l.Change(b.OneMore),
			})
		}
		out.table(header, lines, nil)
	}
	_, err := io.WriteString(w, out.String())
	return err
}

func regionLabel(i int) string {
	r := rules.Regions()[i]
	return r.Code + " " + r.Name
}

// reached is a number where the thing can be reached at all.
func reached(l language.Language, r whatif.Reach, n int64) string {
	if !r.Possible {
		return "–"
	}
	return l.Whole(n)
}

// gained is a change that may not be possible at all.
func gained(l language.Language, n int64, possible bool) string {
	if !possible {
		return "–"
	}
	return l.Change(n)
}

// BreakpointsCSV writes one line per region and area. A field is empty where
// there is nothing to reach.
func BreakpointsCSV(w io.Writer, p *allocation.Plan, list []whatif.Breakpoint) error {
	records := [][]string{{"code", "region", "area", "count", "baseline", "total", "to_baseline", "to_ceiling", "ceiling_total", "to_place", "place_total", "one_more"}}
	for _, b := range list {
		r := rules.Regions()[b.Region]
		record := []string{r.Code, r.Name, p.Areas[b.Area].Area.ID, digits(b.Count), allocation.Exact(b.Baseline), digits(b.Total), digits(b.ToBaseline)}
		for _, reach := range []whatif.Reach{b.Ceiling, b.Place} {
			if reach.Possible {
				record = append(record, digits(reach.Operations), digits(reach.Total))
			} else {
				record = append(record, "", "")
			}
		}
		records = append(records, append(record, digits(b.OneMore)))
	}
	return csv.NewWriter(w).WriteAll(records)
}

func digits(n int64) string { return strconv.FormatInt(n, 10) }

type (
	breakpoints struct {
		Ruleset     string       `json:"ruleset"`
		Overrides   []override   `json:"overrides"`
		Assumptions []assumption `json:"assumptions"`
		Inputs      []input      `json:"inputs"`
		Breakpoints []breakpoint `json:"breakpoints"`
	}
	breakpoint struct {
		Code       string `json:"code"`
		Region     string `json:"region"`
		Area       string `json:"area"`
		Count      int64  `json:"count"`
		Baseline   string `json:"baseline"`
		Total      int64  `json:"total"`
		ToBaseline int64  `json:"to_baseline"`
		Ceiling    *reach `json:"ceiling"`
		Place      *reach `json:"place"`
		OneMore    int64  `json:"one_more"`
	}
	reach struct {
		Operations int64 `json:"operations"`
		Total      int64 `json:"total"`
	}
	comparison struct {
		Before  side     `json:"before"`
		After   side     `json:"after"`
		Order   []string `json:"order"`
		Regions []change `json:"regions"`
	}
	side struct {
		Ruleset     string     `json:"ruleset"`
		Label       string     `json:"label"`
		Overrides   []override `json:"overrides"`
		Total       int64      `json:"total"`
		Unallocated int64      `json:"unallocated"`
	}
	change struct {
		Code          string           `json:"code"`
		Region        string           `json:"region"`
		Before        int64            `json:"before"`
		After         int64            `json:"after"`
		Change        int64            `json:"change"`
		Decomposition map[string]int64 `json:"decomposition"`
		Parts         []part           `json:"parts"`
	}
	part struct {
		Ingredient string `json:"ingredient"`
		Own        int64  `json:"own"`
		Leftover   int64  `json:"leftover"`
	}
)

// BreakpointsJSON writes the breakpoints; null is what cannot be reached.
func BreakpointsJSON(w io.Writer, p *allocation.Plan, list []whatif.Breakpoint) error {
	plan := planJSON(p, "")
	d := breakpoints{Ruleset: plan.Ruleset, Overrides: plan.Overrides, Assumptions: plan.Assumptions, Inputs: plan.Inputs, Breakpoints: []breakpoint{}}
	to := func(r whatif.Reach) *reach {
		if !r.Possible {
			return nil
		}
		return &reach{r.Operations, r.Total}
	}
	for _, b := range list {
		r := rules.Regions()[b.Region]
		d.Breakpoints = append(d.Breakpoints, breakpoint{r.Code, r.Name, p.Areas[b.Area].Area.ID, b.Count, allocation.Exact(b.Baseline), b.Total, b.ToBaseline, to(b.Ceiling), to(b.Place), b.OneMore})
	}
	return writeJSON(w, d)
}

// ComparisonOptions are what a comparison is printed with.
type ComparisonOptions struct {
	Language      language.Language
	Regions       []int  // indexes; those to show
	Before, After string // what the two sides are
}

// Comparison prints each region's change and its causes. A cause that changes
// nothing anywhere is left out.
func Comparison(w io.Writer, c *whatif.Comparison, o ComparisonOptions) error {
	l := o.Language
	out := &page{}
	out.heading(1, l.Text("whatif.changes"))
	out.paragraph(l.Text("whatif.before", o.Before))
	out.paragraph(l.Text("whatif.after", o.After))
	out.paragraph(l.Text("whatif.order"))
	for _, columns := range inWidth(comparedColumns(c, l)) {
		header, footer := []string{l.Text("region")}, []string{l.Text("country")}
		lines := make([][]string, len(o.Regions))
		for k, i := range o.Regions {
			lines[k] = []string{regionLabel(i)}
		}
		for _, column := range columns {
			header = append(header, column.title)
			for k, i := range o.Regions {
				lines[k] = append(lines[k], column.write(column.kronor[i]))
			}
			var sum int64
			for _, kronor := range column.kronor {
				sum += kronor
			}
			footer = append(footer, column.write(sum))
		}
		out.table(header, lines, footer)
	}
	left := c.After.Unallocated - c.Before.Unallocated
	out.paragraph(l.Text("whatif.unallocated", l.Whole(c.Before.Unallocated), l.Whole(c.After.Unallocated), l.Change(left)))
	_, err := io.WriteString(w, out.String())
	return err
}

// comparedColumn is a column of a comparison, with the kronor of every region.
type comparedColumn struct {
	title  string
	kronor []int64
	write  func(int64) string
}

// comparedColumns are what was paid before, every cause that changes anything,
// and the change.
func comparedColumns(c *whatif.Comparison, l language.Language) []comparedColumn {
	change := func(n int64) string { return l.Change(n) }
	before, sum := comparedColumn{title: l.Text("whatif.was"), write: l.Whole}, comparedColumn{title: l.Text("whatif.change"), write: change}
	var causes []comparedColumn
	for _, column := range c.Changes[0].Columns() {
		causes = append(causes, comparedColumn{title: l.Text(language.Key("whatif.cause." + string(column.Name))), write: change})
	}
	for _, of := range c.Changes {
		before.kronor, sum.kronor = append(before.kronor, of.Before), append(sum.kronor, of.After-of.Before)
		for k, column := range of.Columns() {
			causes[k].kronor = append(causes[k].kronor, column.Kronor)
		}
	}
	list := []comparedColumn{before}
	for _, cause := range causes {
		if slices.ContainsFunc(cause.kronor, func(n int64) bool { return n != 0 }) {
			list = append(list, cause)
		}
	}
	return append(list, sum)
}

// inWidth divides columns among tables that fit the page.
func inWidth(columns []comparedColumn) [][]comparedColumn {
	const most = 5
	return slices.Collect(slices.Chunk(columns, most))
}

// ComparisonCSV writes one line per region with every cause.
func ComparisonCSV(w io.Writer, c *whatif.Comparison, o ComparisonOptions) error {
	head := []string{"code", "region", "before"}
	for _, column := range c.Changes[0].Columns() {
		head = append(head, string(column.Name))
	}
	records := [][]string{append(head, "change", "after")}
	for i, change := range c.Changes {
		if !slices.Contains(o.Regions, i) {
			continue
		}
		r := rules.Regions()[i]
		record := []string{r.Code, r.Name, digits(change.Before)}
		for _, column := range change.Columns() {
			record = append(record, digits(column.Kronor))
		}
		records = append(records, append(record, digits(change.After-change.Before), digits(change.After)))
	}
	return csv.NewWriter(w).WriteAll(records)
}

// ComparisonJSON writes the causes and what they are summed up from: what
// replacing each ingredient, in order, changes.
func ComparisonJSON(w io.Writer, c *whatif.Comparison, o ComparisonOptions) error {
	of := func(p *allocation.Plan, label string) side {
		return side{Ruleset: p.Rules.ID, Label: label, Overrides: planJSON(p, "").Overrides, Total: p.Total, Unallocated: p.Unallocated}
	}
	d := comparison{Before: of(c.Before, o.Before), After: of(c.After, o.After), Regions: []change{}}
	for _, p := range c.Changes[0].Parts {
		d.Order = append(d.Order, string(p.Ingredient))
	}
	for i, ch := range c.Changes {
		if !slices.Contains(o.Regions, i) {
			continue
		}
		r := rules.Regions()[i]
		out := change{Code: r.Code, Region: r.Name, Before: ch.Before, After: ch.After, Change: ch.After - ch.Before, Decomposition: map[string]int64{}}
		for _, column := range ch.Columns() {
			out.Decomposition[string(column.Name)] = column.Kronor
		}
		for _, p := range ch.Parts {
			out.Parts = append(out.Parts, part{string(p.Ingredient), p.Own, p.Leftover})
		}
		d.Regions = append(d.Regions, out)
	}
	return writeJSON(w, d)
}

// SideLabel names one side of a comparison: the rule set with what is changed
// in it, the files, and the operations added.
func SideLabel(p *allocation.Plan, files []string, additions []whatif.Addition, l language.Language) string {
	parts := []string{p.Rules.ID}
	for _, o := range p.Rules.Overrides() {
		parts = append(parts, o.Key+"="+o.Value)
	}
	parts = append(parts, files...)
	for _, a := range additions {
		parts = append(parts, fmt.Sprintf("%s %s %+d", regionLabel(a.Region), l.Area(p.Rules.Areas[a.Area]), a.N))
	}
	return strings.Join(parts, ", ")
}
