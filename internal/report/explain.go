package report

import (
	"fmt"
	"io"
	"math/big"
	"slices"
	"strings"

	"github.com/kortakoer/kortakoer/allocation"
	"github.com/kortakoer/kortakoer/internal/explain"
	"github.com/kortakoer/kortakoer/internal/language"
	"github.com/kortakoer/kortakoer/rules"
)

// Explanation prints the derivations of one region's amount, one by each
// decision of a run, as text or Markdown.
func Explanation(w io.Writer, list []*explain.Derivation, l language.Language, markdown bool) error {
	p := &page{markdown: markdown}
	d := list[0]
	sum := new(big.Rat)
	var terms []string
	for _, d := range list {
		sum.Add(sum, d.Total.Value)
		terms = append(terms, l.Fraction(d.Total.Value))
	}
	p.heading(1, l.Text("explain.title", d.Region.Code+" "+d.Region.Name, l.Fraction(sum)))
	for _, d := range list {
		e := &explainer{page: p, Language: l, d: d, steps: map[string]*explain.Step{}, level: 2}
		if len(list) > 1 {
			p.heading(2, d.Plan.Rules.ID)
			e.level = 3
		}
		e.print()
	}
	if len(list) > 1 {
		p.heading(2, l.Text("explain.decisions"))
		p.paragraph(l.Text("grant.alone") + ".")
		p.item(l.Text("total") + " = " + strings.Join(terms, " + ") + " = " + l.Fraction(sum) + " " + l.Text("kronor"))
	}
	p.heading(2, l.Text("explain.legend"))
	p.paragraph(l.Text("explain.legend_text"))
	_, err := io.WriteString(w, p.String())
	return err
}

// explainer prints one derivation.
type explainer struct {
	*page
	language.Language
	d     *explain.Derivation
	steps map[string]*explain.Step
	level int
}

func (e *explainer) print() {
	for _, s := range e.d.Steps {
		e.steps[s.ID] = s
	}
	rs := e.d.Plan.Rules
	e.paragraph(rs.Title + ". " + e.Text("decision", rs.Decision.Reference, rs.ID) + ".")
	for _, line := range InForce(e.d.Plan, e.Language) {
		e.paragraph(line + ".")
	}
	for _, w := range e.d.Plan.Warnings {
		e.paragraph(e.Text("explain.warning", w))
	}
	e.paragraph(e.composition())
	for _, s := range e.d.Sections {
		title := e.Text(language.Key("explain.section." + s.Kind))
		if s.Area != "" {
			title = e.Text(language.Key("explain.section."+s.Kind), e.areaName(s.Area))
		}
		e.heading(e.level, title)
		for _, item := range s.Items {
			if item.Table != nil {
				e.printTable(item.Table)
			} else {
				e.item(e.line(item.Step), e.notes(item.Step)...)
			}
		}
	}
}

// composition is the amount in its parts, before the reader meets how they
// came about.
func (e *explainer) composition() string {
	i := rules.RegionIndex(e.d.Region.Code)
	r := e.d.Plan.Regions[i]
	parts := []string{strings.ToLower(e.Text("performance")) + " " + e.Whole(r.Performance)}
	if e.d.Plan.Rules.Equal.Set {
		parts = append(parts, strings.ToLower(e.Text("equal"))+" "+e.Whole(r.Equal))
	}
	parts = append(parts, strings.ToLower(e.Text("leftover"))+" "+e.Whole(r.Leftover))
	return e.Text("explain.parts", e.Whole(r.Total), strings.Join(parts, " + "))
}

func (e *explainer) areaName(id string) string {
	return e.Area(e.d.Plan.Rules.Areas[e.d.Plan.Rules.AreaIndex(id)])
}

// line is "label = numbers put in = result".
func (e *explainer) line(s *explain.Step) string {
	parts := []string{e.label(s)}
	result := e.value(s)
	if s.Expr != nil && (s.Expr.Op != "" || s.Expr.Ref == "") {
		put := s.Expr.Format(func(leaf explain.Expr) string {
			if leaf.Ref != "" {
				return e.Fraction(e.steps[leaf.Ref].Value)
			}
			return e.Whole(leaf.Number)
		}, func(op explain.Op) string { return e.Text(language.Key("explain.op." + string(op))) })
		if put != e.Fraction(s.Value) {
			parts = append(parts, put)
		}
	}
	return strings.Join(parts, " = ") + " =\u00a0" + result
}

// label says what a step is.
func (e *explainer) label(s *explain.Step) string {
	key := language.Key("explain.step." + s.Kind)
	switch s.Kind {
	case "count", "count_rows":
		return e.Text(key, e.period(s.Year))
	case "mean":
		years := e.d.Plan.Rules.Baseline.Years.V
		text := make([]string, len(years))
		for i, y := range years {
			text[i] = fmt.Sprint(y)
		}
		return e.Text(key, strings.Join(text, ", "))
	case "against_last":
		return e.Text(key, e.regionName(s.Against))
	case "row":
		return e.Text(key, e.period(s.Year))
	}
	return strings.ReplaceAll(e.Text(key), "\n", " ")
}

// period is the measured months of a year.
func (e *explainer) period(year int) string {
	first, last := e.d.Plan.Rules.Period.First.V, e.d.Plan.Rules.Period.Last.V
	if first == last {
		return language.Period([]rules.Month{{Year: year, Month: first.Month}})
	}
	return language.Period([]rules.Month{{Year: year, Month: first.Month}, {Year: year, Month: last.Month}})
}

// value is the result, with its unit.
func (e *explainer) value(s *explain.Step) string {
	switch {
	case s.Unit == explain.YesNo && s.Value.Sign() > 0:
		return e.Text("explain.yes")
	case s.Unit == explain.YesNo:
		return e.Text("explain.no")
	case s.Unit == explain.Kronor:
		return e.Fraction(s.Value) + "\u00a0" + e.Text("kronor")
	}
	return e.Fraction(s.Value)
}

// notes are what a step rests on: the paragraph, the reason where there is
// none, and the place in a file.
func (e *explainer) notes(s *explain.Step) []string {
	var notes []string
	if s.Row != nil {
		notes = append(notes, e.Text("explain.from", e.place(s.Row)))
	}
	if s.Note != "" {
		notes = append(notes, e.remark(s))
	}
	return append(notes, e.basis(s.Basis)...)
}

func (e *explainer) remark(s *explain.Step) string {
	key := language.Key("explain.note." + s.Note)
	deadline := e.d.Plan.Rules.Deadline.V
	switch s.Note {
	case "requisition.in_time", "requisition.late":
		return e.Text(key, s.Date, deadline)
	case "requisition.missing":
		return e.Text(key, deadline)
	}
	return e.Text(key)
}

// basis cites the values of the rule set, alike sources once.
func (e *explainer) basis(entries []rules.Entry) []string {
	var cited []string
	values := map[string][]string{}
	for _, entry := range entries {
		text := e.Text("explain.source", entry.Source)
		value := entry.Key + "=" + entry.Text
		switch {
		case entry.Overridden:
			was := entry.Was
			if was == "" {
				was = e.Text("rules.unset")
			}
			text = e.Text("rules.overridden", was)
		case entry.Assumed != "":
			text = e.Text("rules.assumed", entry.Assumed)
		}
		if _, told := values[text]; !told {
			cited = append(cited, text)
			values[text] = nil
		}
		if (entry.Overridden || entry.Kind == rules.Text) && !slices.Contains(values[text], value) {
			values[text] = append(values[text], value)
		}
	}
	for i, text := range cited {
		if v := values[text]; len(v) > 0 {
			cited[i] += " (" + strings.Join(v, "; ") + ")"
		}
	}
	return cited
}

// place is where in the files a value stands.
func (e *explainer) place(r *explain.Row) string {
	if r.Assumed {
		return e.Text("use.assumed_zero")
	}
	at := r.Origin
	at.File = e.d.Plan.Input.DisplayName(at.File)
	return at.String()
}

func (e *explainer) regionName(code string) string {
	if code == allocation.Country {
		return e.Text("country")
	}
	return code + " " + rules.Regions()[rules.RegionIndex(code)].Name
}

func (e *explainer) printTable(t *explain.Table) {
	if note := e.Text(language.Key("explain.table." + t.Kind)); note != "" {
		e.paragraph(note)
	}
	if t.Kind == "ranking" {
		e.paragraph(e.Text("left.source", e.d.Plan.Input.Population.Source) + ".")
	}
	header := []string{""}
	for _, c := range t.Columns {
		if c.Area != "" {
			header = append(header, e.areaName(c.Area))
		} else {
			header = append(header, e.Text(language.Key("explain.step."+c.Kind)))
		}
	}
	var lines [][]string
	var basis []rules.Entry
	for _, line := range t.Lines {
		cells := []string{e.head(line)}
		for _, c := range line.Cells {
			cells = append(cells, e.cell(c))
			if c != nil {
				basis = append(basis, c.Basis...)
			}
		}
		lines = append(lines, cells)
	}
	var footer []string
	if t.Footer != nil {
		footer = []string{e.Text("country")}
		if t.Kind != "earned" && t.Kind != "left" {
			footer[0] = e.Text("explain.together")
		}
		for _, c := range t.Footer {
			footer = append(footer, e.cell(c))
		}
	}
	e.table(header, lines, footer)
	for _, text := range e.basis(basis) {
		e.paragraph(text)
	}
}

// head is what a line of a table is about.
func (e *explainer) head(line explain.Line) string {
	switch {
	case line.Row != nil:
		parts := []string{e.place(line.Row)}
		if line.Row.Month > 0 {
			parts = append(parts, rules.Month{Year: line.Cells[0].Year, Month: line.Row.Month}.String())
		}
		if line.Row.Provider != "" {
			parts = append(parts, e.Text(language.Key("provider."+line.Row.Provider)))
		}
		if line.Row.Date != "" {
			parts = append(parts, line.Row.Date)
		}
		return strings.Join(parts, ", ")
	case line.Region == "":
		return e.areaName(line.Area)
	case line.Own:
		return e.own(e.regionName(line.Region))
	}
	return e.regionName(line.Region)
}

func (e *explainer) cell(s *explain.Step) string {
	switch {
	case s == nil:
		return ""
	case s.Unit == explain.YesNo && s.Value.Sign() > 0:
		return strings.ToLower(e.Text("yes"))
	case s.Unit == explain.YesNo:
		return strings.ToLower(e.Text("no"))
	}
	return e.Fraction(s.Value)
}

// The JSON form of an explanation. A step's expression names steps above it by
// their ids; see the texts for the grammar.
type (
	explanation struct {
		Region    explainedRegion     `json:"region"`
		Grammar   string              `json:"grammar"`
		Decisions []explainedDecision `json:"decisions"`
		Total     explainedStep       `json:"total"`
	}
	explainedRegion struct {
		Code string `json:"code"`
		Name string `json:"name"`
	}
	explainedDecision struct {
		Ruleset     string          `json:"ruleset"`
		RulesSHA256 string          `json:"rules_sha256"`
		Version     string          `json:"version"`
		Population  string          `json:"population"`
		Overrides   []override      `json:"overrides"`
		Assumptions []assumption    `json:"assumptions"`
		Inputs      []input         `json:"inputs"`
		Warnings    []string        `json:"warnings"`
		Steps       []explainedStep `json:"steps"`
	}
	explainedStep struct {
		ID         string           `json:"id"`
		Section    string           `json:"section,omitempty"`
		Label      string           `json:"label"`
		Region     string           `json:"region,omitempty"`
		Area       string           `json:"area,omitempty"`
		Year       int              `json:"year,omitempty"`
		Expression string           `json:"expression,omitempty"`
		Value      string           `json:"value"`
		Unit       string           `json:"unit"`
		Basis      []explainedBasis `json:"basis,omitempty"`
		Note       string           `json:"note,omitempty"`
		Row        *explainedRow    `json:"row,omitempty"`
	}
	explainedBasis struct {
		Key     string  `json:"key"`
		Value   string  `json:"value"`
		Source  string  `json:"source,omitempty"`
		Assumed string  `json:"assumed,omitempty"`
		Was     *string `json:"was,omitempty"`
	}
	explainedRow struct {
		File     string `json:"file,omitempty"`
		Sheet    string `json:"sheet,omitempty"`
		Row      int    `json:"row,omitempty"`
		Cell     string `json:"cell,omitempty"`
		Month    int    `json:"month,omitempty"`
		Provider string `json:"provider,omitempty"`
		Date     string `json:"date,omitempty"`
		Missing  bool   `json:"missing,omitempty"`
	}
)

const explainGrammar = "expression = id | whole number | ( expression ) | a + b | a - b | a * b | a / b | a > b | a >= b | min(a, b) | max(a, b) | roundhalfup(a) | floor(a) | ceil(a); " +
	"operators stand between blanks; * and / before + and -, these before > and >=, which are 1 where they hold and else 0; exact fractions throughout"

// ExplanationJSON writes the derivations so that a program can compute every
// step again from the steps above it.
func ExplanationJSON(w io.Writer, list []*explain.Derivation, l language.Language, version string) error {
	doc := explanation{Region: explainedRegion{list[0].Region.Code, list[0].Region.Name}, Grammar: explainGrammar}
	sum := new(big.Rat)
	var terms []string
	for _, d := range list {
		plan := planJSON(d.Plan, version)
		out := explainedDecision{
			Ruleset: plan.Ruleset, RulesSHA256: plan.RulesSHA256, Version: plan.Version, Population: plan.Population,
			Overrides: plan.Overrides, Assumptions: plan.Assumptions, Inputs: plan.Inputs, Warnings: plan.Warnings,
		}
		e := &explainer{Language: l, d: d}
		for _, s := range d.Steps {
			out.Steps = append(out.Steps, e.stepJSON(s))
		}
		doc.Decisions = append(doc.Decisions, out)
		sum.Add(sum, d.Total.Value)
		terms = append(terms, d.Plan.Rules.ID+":"+d.Total.ID)
	}
	doc.Total = explainedStep{ID: "total", Label: l.Text("total"), Expression: strings.Join(terms, " + "), Value: allocation.Exact(sum), Unit: string(explain.Kronor)}
	return writeJSON(w, doc)
}

func (e *explainer) stepJSON(s *explain.Step) explainedStep {
	out := explainedStep{ID: s.ID, Section: s.Section, Label: e.label(s), Region: s.Region, Area: s.Area, Year: s.Year, Value: s.Value.RatString(), Unit: string(s.Unit)}
	if s.Expr != nil {
		out.Expression = s.Expr.String()
	}
	if s.Note != "" {
		out.Note = e.remark(s)
	}
	for _, entry := range s.Basis {
		b := explainedBasis{Key: entry.Key, Value: entry.Text, Source: entry.Source, Assumed: entry.Assumed}
		if entry.Overridden {
			b.Was = &entry.Was
		}
		out.Basis = append(out.Basis, b)
	}
	if r := s.Row; r != nil {
		row := &explainedRow{File: e.d.Plan.Input.DisplayName(r.File), Sheet: r.Sheet, Row: r.Row, Month: r.Month, Provider: string(r.Provider), Date: r.Date, Missing: r.Assumed}
		if r.Column > 0 {
			row.Cell = fmt.Sprintf("%s%d", allocation.ColumnName(r.Column), r.Row)
		}
		out.Row = row
	}
	return out
}
