package report

import (
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"

	"github.com/kortakoer/kortakoer/allocation"
	"github.com/kortakoer/kortakoer/internal/language"
)

// SummaryOptions are what a summary is printed with.
type SummaryOptions struct {
	Language language.Language
	Colour   bool
	Regions  []string // codes; empty shows all
}

// Summary prints the payout of every region as a table, and under it the
// assumptions in force.
func Summary(w io.Writer, g *allocation.Grant, o SummaryOptions) error {
	var b strings.Builder
	if len(g.Plans) == 1 {
		planSummary(&b, g.Plans[0], o)
	} else {
		grantSummary(&b, g, o)
	}
	return writePlain(w, b.String())
}

// writePlain prints a text with plain spaces: lines do not break in a
// terminal, and what is searched for has no others.
func writePlain(w io.Writer, s string) error {
	_, err := io.WriteString(w, lineEnd.ReplaceAllString(strings.ReplaceAll(s, "\u00a0", " "), ""))
	return err
}

// newTable is a table of amounts behind one column of names.
func newTable(o SummaryOptions, header table.Row) table.Writer {
	t := table.NewWriter()
	t.SetStyle(table.StyleLight)
	t.Style().Format = table.FormatOptions{}
	t.Style().Options.SeparateColumns = false
	t.Style().Options.DrawBorder = false
	if o.Colour {
		t.Style().Color.Header = text.Colors{text.Bold}
		t.Style().Color.Footer = text.Colors{text.Bold}
	}
	t.AppendHeader(header)
	amounts(t, 2, len(header))
	return t
}

// amounts says which columns are set to the right; the first is 1.
func amounts(t table.Writer, first, last int) {
	var columns []table.ColumnConfig
	for n := first; n <= last; n++ {
		columns = append(columns, table.ColumnConfig{Number: n, Align: text.AlignRight, AlignHeader: text.AlignRight, AlignFooter: text.AlignRight})
	}
	t.SetColumnConfigs(columns)
}

func (o SummaryOptions) shows(code string) bool {
	return len(o.Regions) == 0 || slices.Contains(o.Regions, code)
}

func planSummary(b *strings.Builder, p *allocation.Plan, o SummaryOptions) {
	l := o.Language
	equal := p.Rules.Equal.Set
	row := func(first string, amounts ...string) table.Row {
		r := table.Row{first}
		for i, a := range amounts {
			if i > 0 || equal {
				r = append(r, a)
			}
		}
		return r
	}
	t := newTable(o, row(l.Text("region"), l.Text("equal"), l.Text("performance"), l.Text("leftover"), l.Text("total"), l.Text("of_ceiling")))
	var ceilings int64
	for _, r := range p.Regions {
		ceilings += r.Ceiling
		if o.shows(r.Region.Code) {
			t.AppendRow(row(r.Region.Code+" "+r.Region.Name, l.Whole(r.Equal), l.Whole(r.Performance), l.Whole(r.Leftover), l.Whole(r.Total), l.Percent(r.Performance, r.Ceiling)))
		}
	}
	t.AppendFooter(row(l.Text("country"), l.Whole(p.Equal), l.Whole(p.Performance), l.Whole(p.Distributed), l.Whole(p.Total), l.Percent(p.Performance, ceilings)))
	fmt.Fprintf(b, "%s\n%s\n\n%s\n\n", p.Rules.Title, l.Text("decision", p.Rules.Decision.Reference, p.Rules.ID), t.Render())
	fmt.Fprintf(b, "%s: %s %s. %s: %s %s.\n", l.Text("pool"), l.Whole(p.Rules.Pool.V), l.Text("kronor"), l.Text("unallocated"), l.Whole(p.Unallocated), l.Text("kronor"))
	for _, line := range InForce(p, l) {
		fmt.Fprintln(b, line)
	}
}

// grantSummary has a column for each decision.
func grantSummary(b *strings.Builder, g *allocation.Grant, o SummaryOptions) {
	l := o.Language
	header := table.Row{l.Text("region")}
	for _, p := range g.Plans {
		header = append(header, p.Rules.ID)
		fmt.Fprintf(b, "%s: %s\n", p.Rules.Title, l.Text("decision", p.Rules.Decision.Reference, p.Rules.ID))
	}
	t := newTable(o, append(header, l.Text("total")))
	sums := make([]int64, len(g.Plans)+1)
	for _, r := range g.Regions {
		row := table.Row{r.Region.Code + " " + r.Region.Name}
		for i, kronor := range append(slices.Clone(r.Totals), r.Total) {
			row = append(row, l.Whole(kronor))
			sums[i] += kronor
		}
		if o.shows(r.Region.Code) {
			t.AppendRow(row)
		}
	}
	footer := table.Row{l.Text("country")}
	for _, kronor := range sums {
		footer = append(footer, l.Whole(kronor))
	}
	t.AppendFooter(footer)
	fmt.Fprintf(b, "\n%s\n\n", t.Render())
	for _, overlap := range g.Overlaps {
		fmt.Fprintln(b, l.Overlap(g, overlap))
	}
	for _, p := range g.Plans {
		fmt.Fprintf(b, "%s: %s %s %s. %s: %s %s.\n", p.Rules.ID, l.Text("pool"), l.Whole(p.Rules.Pool.V), l.Text("kronor"), l.Text("unallocated"), l.Whole(p.Unallocated), l.Text("kronor"))
		for _, line := range InForce(p, l) {
			fmt.Fprintf(b, "%s: %s\n", p.Rules.ID, line)
		}
	}
}

var lineEnd = regexp.MustCompile(`(?m) +$`)

// InForce says what is assumed and what was changed for the run, a line each.
func InForce(p *allocation.Plan, l language.Language) []string {
	var lines, keys []string
	for _, a := range p.Assumptions() {
		keys = append(keys, a.Key+"="+a.Value)
	}
	if len(keys) > 0 {
		lines = append(lines, l.Text("assumed", len(keys), strings.Join(keys, ", ")))
	}
	keys = nil
	for _, o := range p.Rules.Overrides() {
		keys = append(keys, o.Key+"="+o.Value)
	}
	if len(keys) > 0 {
		lines = append(lines, l.Text("changed", len(keys), strings.Join(keys, ", ")))
	}
	return lines
}
