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
func Summary(w io.Writer, p *allocation.Plan, o SummaryOptions) error {
	l := o.Language
	t := table.NewWriter()
	t.SetStyle(table.StyleLight)
	t.Style().Format = table.FormatOptions{}
	t.Style().Options.SeparateColumns = false
	t.Style().Options.DrawBorder = false
	if o.Colour {
		t.Style().Color.Header = text.Colors{text.Bold}
		t.Style().Color.Footer = text.Colors{text.Bold}
	}
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
	header := row(l.Text("region"), l.Text("equal"), l.Text("performance"), l.Text("leftover"), l.Text("total"), l.Text("of_ceiling"))
	t.AppendHeader(header)
	var columns []table.ColumnConfig
	for i := range header[1:] {
		columns = append(columns, table.ColumnConfig{Number: i + 2, Align: text.AlignRight, AlignHeader: text.AlignRight, AlignFooter: text.AlignRight})
	}
	t.SetColumnConfigs(columns)
	var ceilings int64
	for _, r := range p.Regions {
		ceilings += r.Ceiling
		if len(o.Regions) == 0 || slices.Contains(o.Regions, r.Region.Code) {
			t.AppendRow(row(r.Region.Code+" "+r.Region.Name, l.Whole(r.Equal), l.Whole(r.Performance), l.Whole(r.Leftover), l.Whole(r.Total), l.Percent(r.Performance, r.Ceiling)))
		}
	}
	t.AppendFooter(row(l.Text("country"), l.Whole(p.Equal), l.Whole(p.Performance), l.Whole(p.Distributed), l.Whole(p.Total), l.Percent(p.Performance, ceilings)))
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n%s\n\n%s\n\n", p.Rules.Title, l.Text("decision", p.Rules.Decision.Reference, p.Rules.ID), t.Render())
	fmt.Fprintf(&b, "%s: %s %s. %s: %s %s.\n", l.Text("pool"), l.Whole(p.Rules.Pool.V), l.Text("kronor"), l.Text("unallocated"), l.Whole(p.Unallocated), l.Text("kronor"))
	for _, line := range InForce(p, l) {
		fmt.Fprintln(&b, line)
	}
	// Lines do not break in a terminal, and what is searched for has plain spaces.
	_, err := io.WriteString(w, lineEnd.ReplaceAllString(strings.ReplaceAll(b.String(), "\u00a0", " "), ""))
	return err
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
