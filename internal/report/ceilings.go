package report

import (
	"encoding/csv"
	"fmt"
	"io"
	"math/big"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/jedib0t/go-pretty/v6/table"

	"github.com/kortakoer/kortakoer/allocation"
	"github.com/kortakoer/kortakoer/internal/language"
	"github.com/kortakoer/kortakoer/rules"
)

// Ceilings is a table of ceilings and what it was made from.
type Ceilings struct {
	*allocation.CeilingTable
	Rules    *rules.RuleSet
	Input    *allocation.Input
	Version  string
	Language language.Language

	Against    string // what the ceilings are compared with; empty: nothing
	Comparison allocation.Comparison
}

// CSV writes one line per region in order of code: the exact weight, and whole
// kronor.
func (c *Ceilings) CSV(w io.Writer) error {
	records := [][]string{{"code", "region", "weight", "ceiling"}}
	if c.Against != "" {
		records[0] = append(records[0], "published", "difference")
	}
	for i, r := range c.Regions {
		record := []string{r.Region.Code, r.Region.Name, r.Weight.String(), strconv.FormatInt(r.Ceiling, 10)}
		if c.Against != "" {
			d := c.Comparison.Regions[i]
			record = append(record, strconv.FormatInt(d.Published, 10), strconv.FormatInt(d.Kronor, 10))
		}
		records = append(records, record)
	}
	return csv.NewWriter(w).WriteAll(records)
}

// The JSON form of ceilings. Weights are exact decimals as strings.
type (
	ceilings struct {
		Ruleset     string          `json:"ruleset"`
		RulesSHA256 string          `json:"rules_sha256"`
		Version     string          `json:"version"`
		Overrides   []override      `json:"overrides"`
		Inputs      []input         `json:"inputs"`
		Warnings    []string        `json:"warnings"`
		Pool        int64           `json:"pool"`
		Regions     []ceilingRegion `json:"regions"`
		Against     *against        `json:"against,omitempty"`
	}
	ceilingRegion struct {
		Code        string `json:"code"`
		Name        string `json:"name"`
		Inhabitants int64  `json:"inhabitants,omitempty"`
		Cost        string `json:"standard_cost,omitempty"`
		Weight      string `json:"weight"`
		Ceiling     int64  `json:"ceiling"`
		Published   *int64 `json:"published,omitempty"`
		Difference  *int64 `json:"difference,omitempty"`
	}
	against struct {
		Name      string `json:"name"`
		Total     int64  `json:"total"`
		Differing int    `json:"differing_regions"`
		Absolute  int64  `json:"absolute_difference"`
	}
)

// JSON writes the ceilings with what they were computed from.
func (c *Ceilings) JSON(w io.Writer) error {
	d := ceilings{
		Ruleset: c.Rules.ID, RulesSHA256: c.Rules.SHA256, Version: c.Version, Overrides: overridesOf(c.Rules), Inputs: inputsOf(c.Input),
		Warnings: append([]string{}, c.Input.Warnings...), Pool: c.Pool,
	}
	for i, r := range c.Regions {
		out := ceilingRegion{Code: r.Region.Code, Name: r.Region.Name, Inhabitants: r.Need.Inhabitants, Weight: r.Weight.String(), Ceiling: r.Ceiling}
		if r.Need.Inhabitants > 0 {
			out.Cost = r.Need.Cost.String()
		}
		if c.Against != "" {
			diff := c.Comparison.Regions[i]
			out.Published, out.Difference = &diff.Published, &diff.Kronor
		}
		d.Regions = append(d.Regions, out)
	}
	if c.Against != "" {
		d.Against = &against{c.Against, c.Comparison.Total, c.Comparison.Differing, c.Comparison.Absolute}
	}
	return writeJSON(w, d)
}

// Table prints the ceilings, and where they are compared, where and by how
// much they differ.
func (c *Ceilings) Table(w io.Writer, colour bool) error {
	l := c.Language
	header := table.Row{l.Text("region"), l.Text("ceilings.share"), l.Text("ceiling")}
	sum := table.Row{l.Text("country"), percent(l, big.NewRat(1, 1)), l.Whole(c.Pool)}
	if c.Against != "" {
		header = append(header, l.Text("ceilings.published"), l.Text("check.difference"))
		sum = append(sum, l.Whole(c.Comparison.Total), l.Whole(c.Pool-c.Comparison.Total))
	}
	t := newTable(SummaryOptions{Colour: colour}, header)
	whole := c.wholeSum()
	for i, r := range c.Regions {
		row := table.Row{r.Region.Code + " " + r.Region.Name, percent(l, new(big.Rat).SetFrac(r.Whole, whole)), l.Whole(r.Ceiling)}
		if c.Against != "" {
			d := c.Comparison.Regions[i]
			row = append(row, l.Whole(d.Published), l.Whole(d.Kronor))
		}
		t.AppendRow(row)
	}
	t.AppendFooter(sum)
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n\n%s\n", l.Text("ceilings.title", l.Whole(c.Pool)), t.Render())
	switch {
	case c.Against == "":
	case c.Comparison.Differing == 0:
		fmt.Fprintf(&b, "\n%s\n", l.Text("ceilings.same", c.Against))
	default:
		fmt.Fprintf(&b, "\n%s\n", l.Text("ceilings.differ", c.Against, c.Comparison.Differing, l.Whole(c.Comparison.Absolute)))
	}
	return writePlain(w, b.String())
}

// percent shows a share of need with three decimals: the smallest region has
// less than one percent.
func percent(l language.Language, share *big.Rat) string {
	s := new(big.Rat).Mul(share, big.NewRat(100, 1)).FloatString(3) + " %"
	if l == language.Swedish {
		s = strings.Replace(s, ".", ",", 1)
	}
	return s
}

func (c *Ceilings) wholeSum() *big.Int {
	sum := new(big.Int)
	for _, r := range c.Regions {
		sum.Add(sum, r.Whole)
	}
	return sum
}

// TOML writes the tables [ceilings] and [need] as a rule set takes them. The
// weights stand in [need] without decimals, in the same proportion; where they
// are larger than a rule set takes, the ceilings must serve and it returns
// false.
func (c *Ceilings) TOML(w io.Writer) (hasNeed bool, err error) {
	l := c.Language
	file := c.Input.Files[0]
	by := l.Text("ceilings.weight")
	if c.Regions[0].Need.Inhabitants > 0 {
		by = l.Text("ceilings.product")
	}
	var b strings.Builder
	fmt.Fprintf(&b, "# %s\n\n", l.Text("ceilings.heading"))
	ceilings, weights := make([]*big.Int, len(c.Regions)), make([]*big.Int, len(c.Regions))
	hasNeed = true
	for i, r := range c.Regions {
		ceilings[i], weights[i] = big.NewInt(r.Ceiling), r.Whole
		hasNeed = hasNeed && r.Whole.Cmp(big.NewInt(rules.MaxWeight)) <= 0
	}
	c.tomlTable(&b, "ceilings", "kronor", l.Text("ceilings.assumed", grouped(fmt.Sprint(c.Pool), " "), by, file.Name, file.SHA256), ceilings)
	if hasNeed {
		if c.Scale > 0 {
			by = l.Text("ceilings.scaled", by, "1"+strings.Repeat("0", int(c.Scale)))
		}
		b.WriteString("\n")
		c.tomlTable(&b, "need", "weight", l.Text("ceilings.need", by, file.Name, file.SHA256), weights)
	}
	_, err = io.WriteString(w, b.String())
	return hasNeed, err
}

// tomlTable writes a table with one number per region, in columns. No decision
// states a computed number, so it is assumed until one does.
func (c *Ceilings) tomlTable(b *strings.Builder, key, column, reason string, numbers []*big.Int) {
	fmt.Fprintf(b, "[%s]\nassumed = %s\nvalue   = [\n", key, tomlText(reason))
	names, width := 0, 0
	digits := make([]string, len(numbers))
	for i, n := range numbers {
		digits[i] = grouped(n.String(), "_")
		width = max(width, len(digits[i]))
		names = max(names, utf8.RuneCountInString(c.Regions[i].Region.Name))
	}
	for i, r := range c.Regions {
		pad := strings.Repeat(" ", names-utf8.RuneCountInString(r.Region.Name))
		fmt.Fprintf(b, "  { code = %q, name = %q,%s %s = %*s },\n", r.Region.Code, r.Region.Name, pad, column, width, digits[i])
	}
	b.WriteString("]\n")
}

// tomlText writes a basic string. A file's name can hold anything.
func tomlText(s string) string {
	var b strings.Builder
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteString(`\` + string(r))
		case r < 0x20 || r == 0x7f:
			fmt.Fprintf(&b, `\u%04X`, r)
		default:
			b.WriteRune(r)
		}
	}
	return `"` + b.String() + `"`
}

// grouped puts a separator between thousands.
func grouped(digits, separator string) string {
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + separator + digits[i:]
	}
	return digits
}
