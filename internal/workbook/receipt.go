package workbook

import (
	"fmt"

	"github.com/xuri/excelize/v2"

	"github.com/kortakoer/kortakoer/allocation"
	"github.com/kortakoer/kortakoer/internal/language"
	"github.com/kortakoer/kortakoer/internal/receipt"
	"github.com/kortakoer/kortakoer/rules"
)

// receipt is the last sheet: in words what the workbook was computed from, and
// below it the same for the program, which computes the workbook again from
// that alone.
func (g *grantBook) receipt(s *sheet) {
	st, in := g.styles, g.grant.Input
	if in == nil {
		in = g.plan.Input
	}
	var sets []*rules.RuleSet
	for _, p := range g.grant.Plans {
		sets = append(sets, p.Rules)
	}
	text, err := receipt.Encode(receipt.Receipt{Version: g.Version, Language: string(g.Language), Sets: sets, Input: in})
	s.try(err)
	if err != nil {
		return
	}
	s.widths(24, 110)
	s.freeze(2, 0, 1, 2)
	s.putHigh(22, st.title.cell(g.text("receipt.title")))
	s.put(st.subtitle.cell(decisionsOf(g.books)))
	s.paragraph(g.text("receipt.note"), 2, 125)
	s.skip(1)
	line := func(label, value string) { s.put(st.text.cell(label), st.text.cell(value)) }
	sum := func(sha256 string) {
		s.put(st.text.cell(g.text("check.sha")), st.mono.cell(sha256))
	}
	line(g.text("check.version"), "kortakoer "+g.Version)
	for _, p := range g.grant.Plans {
		line(g.text("check.ruleset"), p.Rules.ID+" – "+p.Rules.Title)
		sum(p.Rules.SHA256)
		for _, o := range p.Rules.Overrides() {
			line("--set", o.Key+" = "+o.Value)
		}
		for _, e := range p.Rules.Entries() {
			if rules.Readings(e.Key) != nil {
				line(e.Key, e.Text)
			}
		}
	}
	for _, f := range in.Files {
		name := f.Name
		if f.Sheet != "" {
			name += " (" + f.Sheet + ")"
		}
		line(g.text(language.Key("role."+f.Role)), name)
		sum(f.SHA256)
	}
	line(g.text("role.population"), in.Population.Source)
	line(g.text("receipt.counts"), g.Language.Whole(int64(len(in.Counts)+len(in.Baselines))))
	line(g.text("receipt.itself"), "")
	sum(text.SHA256)
	last := s.row
	s.skip(1)
	s.put(st.section.cell(g.text("receipt.machine")))
	for _, c := range text.Cells {
		s.put(st.machine.cell(c))
	}
	// On paper the part for the program is of no use.
	s.try(g.file.SetDefinedName(&excelize.DefinedName{
		Name: "_xlnm.Print_Area", Scope: s.name, RefersTo: fmt.Sprintf("%s!$A$1:$%s$%d", quoted(s.name), allocation.ColumnName(2), last),
	}))
}
