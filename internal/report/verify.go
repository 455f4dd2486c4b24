package report

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"

	"github.com/kortakoer/kortakoer/allocation"
	"github.com/kortakoer/kortakoer/internal/language"
	"github.com/kortakoer/kortakoer/internal/verify"
	"github.com/kortakoer/kortakoer/rules"
)

// Verdict is what is told of a published table.
type Verdict struct {
	Plan       *allocation.Plan
	Table      string // the name of its file
	Column     string
	Comparison verify.Comparison
	Diagnosis  *verify.Diagnosis // nil where nothing needs one
}

// nearest is how many findings are told that do not reproduce the table, and
// mostExact how many that do.
const (
	nearest   = 5
	mostExact = 10
)

// Verification prints every difference, those that are accepted with their
// reasons, and what would explain the others.
func Verification(w io.Writer, v Verdict, o SummaryOptions) error {
	var b strings.Builder
	l, c := o.Language, v.Comparison
	fmt.Fprintf(&b, "%s\n%s\n\n", l.Text("verify.against", v.Table, v.Column, l.Text(language.Key("measure."+c.Measure))), l.Text("decision", v.Plan.Rules.Decision.Reference, v.Plan.Rules.ID))
	differences := c.Differences()
	if len(differences) == 0 {
		fmt.Fprintln(&b, l.Text("verify.same", len(c.Lines)))
	} else {
		t := newTable(o, table.Row{l.Text("region"), l.Text("verify.published"), l.Text("verify.computed"), l.Text("check.difference")})
		for _, line := range differences {
			published := l.Whole(line.Published)
			if line.Missing {
				published = l.Text("verify.missing")
			}
			t.AppendRow(table.Row{lineName(line, l), published, l.Whole(line.Computed), l.Change(line.Difference())})
		}
		fmt.Fprintf(&b, "%s\n\n%s\n", t.Render(), l.Text("verify.differ", len(differences), len(c.Lines), l.Whole(c.Kronor())))
	}
	accepted(&b, v, l)
	if v.Diagnosis != nil && v.Diagnosis.Tried > 0 {
		diagnosis(&b, v, l)
	}
	return writePlain(w, b.String())
}

func lineName(line verify.Line, l language.Language) string {
	if line.Code == allocation.Country {
		return l.Text("country")
	}
	return line.Code + " " + line.Name
}

func accepted(b *strings.Builder, v Verdict, l language.Language) {
	lines := slices.DeleteFunc(v.Comparison.Differences(), verify.Line.Open)
	if len(lines) > 0 {
		fmt.Fprintln(b, l.Text("verify.accepted"))
	}
	for _, line := range lines {
		if line.Follows {
			fmt.Fprintln(b, "  "+l.Text("verify.follows", lineName(line, l), l.Change(line.Difference())))
			continue
		}
		at := line.Accepted.Origin
		at.File = v.Plan.Input.DisplayName(at.File)
		fmt.Fprintln(b, "  "+l.Text("verify.accept", lineName(line, l), l.Change(line.Difference()), line.Accepted.Reason, at))
	}
	if n := v.Comparison.Open(); n > 0 && len(v.Plan.Input.Accepted) > 0 {
		fmt.Fprintln(b, l.Text("verify.open", n))
	}
}

// diagnosis names what reproduces the table, and how far the rest comes.
func diagnosis(b *strings.Builder, v Verdict, l language.Language) {
	d := v.Diagnosis
	fmt.Fprintf(b, "\n%s\n", l.Text("verify.diagnosis"))
	exact := 0
	for _, f := range d.Findings {
		if !f.Exact() {
			break
		}
		if exact++; exact <= mostExact {
			fmt.Fprintln(b, "  "+l.Text("verify.exact", changes(v.Plan, f, l)))
		}
	}
	switch {
	case exact > mostExact:
		fmt.Fprintln(b, "  "+l.Text("verify.more", exact-mostExact))
	case len(d.Findings) == 0:
		fmt.Fprintln(b, "  "+l.Text("verify.no_nearer"))
	case exact == 0:
		fmt.Fprintln(b, "  "+l.Text("verify.none"))
	default:
		fmt.Fprintln(b, "  "+l.Text("verify.others"))
	}
	for _, f := range d.Findings[exact:min(len(d.Findings), exact+nearest)] {
		fmt.Fprintln(b, "    "+l.Text("verify.near", changes(v.Plan, f, l), f.Regions, l.Whole(f.Kronor)))
	}
	fmt.Fprintln(b, l.Text("verify.tried", d.Tried, d.Rows))
	for _, s := range d.Skipped {
		fmt.Fprintln(b, l.Text("verify.skipped", s))
	}
}

// changes says in words what was done otherwise.
func changes(p *allocation.Plan, f verify.Finding, l language.Language) string {
	var list []string
	for _, c := range f.Changes {
		key := language.Key("verify." + c.Kind)
		switch c.Kind {
		case verify.Reading:
			list = append(list, l.Text(key, c.Key, c.Value))
		case verify.Rounding:
			list = append(list, l.Text(language.Key("round."+c.Key)))
		case verify.Thousands:
			list = append(list, l.Text(key))
		case verify.LeftOut, verify.Twice:
			list = append(list, l.Text(key, row(p, c.Count, l)...))
		default:
			list = append(list, l.Text(key, c.Value))
		}
	}
	return strings.Join(list, " + ")
}

// row says where a count stands and what it is.
func row(p *allocation.Plan, c *allocation.Count, l language.Language) []any {
	at := c.Origin
	at.File = p.Input.DisplayName(at.File)
	when := fmt.Sprint(c.Year)
	if c.Month != 0 {
		when = rules.Month{Year: c.Year, Month: c.Month}.String()
	}
	region, area := c.Region, c.Area
	if i := rules.RegionIndex(region); i >= 0 {
		region = rules.Regions()[i].Name
	}
	if i := p.Rules.AreaIndex(area); i >= 0 {
		area = l.Area(p.Rules.Areas[i])
	}
	return []any{at, region, area, when, c.N}
}
