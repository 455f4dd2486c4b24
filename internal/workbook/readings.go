package workbook

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/xuri/excelize/v2"

	"github.com/kortakoer/kortakoer/internal/language"
	"github.com/kortakoer/kortakoer/internal/readings"
	"github.com/kortakoer/kortakoer/rules"
)

// WriteReadings writes what every reading pays: the spread of each region with
// the amounts below it, and which keys matter.
func WriteReadings(out io.Writer, t *readings.Table, o Options) error {
	b := &readingsBook{book: &book{Options: o, file: excelize.NewFile(), plan: t.Plan, rules: t.Plan.Rules}, table: t}
	if err := b.makeStyles(); err != nil {
		return fmt.Errorf("workbook: %w", err)
	}
	return save(out, b.file, []namedSheet{{b.book, b.sheet("sheet.readings"), b.matrix}, {b.book, b.sheet("sheet.keys"), b.keys}})
}

// readingsBook writes the sheets on readings.
type readingsBook struct {
	*book
	table *readings.Table
}

// perBlock is how many readings stand beside each other: more would be too
// small to read on paper.
const perBlock = 7

// blockRow is the row of a region in a block of readings: above the regions
// stand a heading, the numbers and a row for each key, below them the sum and
// what is left.
func (b *readingsBook) blockRow(block, region int) int {
	n := len(rules.Regions())
	height := 1 + 1 + 1 + len(b.table.Keys) + n + 2 // an empty row first
	return b.lastSpread() + 1 + block*height + 3 + len(b.table.Keys) + region
}

// lastSpread is the row of the sum below the spreads.
func (b *readingsBook) lastSpread() int { return firstRow + len(rules.Regions()) }

// matrix is the spread of every region and then, in blocks, what each reading
// pays; the spread is computed from the blocks.
func (b *readingsBook) matrix(s *sheet) {
	st, t := b.styles, b.table
	s.widths(22, 24, 17, 17, 17, 17, 17, 17, 17)
	s.freeze(headerRow, 0, 1, 2)
	s.title(b.text("readings.title"), b.text("readings.note"))
	s.skip(1)
	s.header(2, b.text("code"), b.text("region"), b.text("readings.in_use"), b.text("readings.min"), b.text("readings.max"), b.text("readings.spread"), b.text("readings.min_by"), b.text("readings.max_by"))
	blocks := (len(t.All) + perBlock - 1) / perBlock
	var inUse int64
	for i, sp := range t.Spreads() {
		var spans []string
		for k := range blocks {
			row := b.blockRow(k, i)
			spans = append(spans, name(3, row)+":"+name(2+min(perBlock, len(t.All)-k*perBlock), row))
		}
		inUse += sp.InUse
		row, list := firstRow+i, strings.Join(spans, ",")
		s.put(st.code.cell(sp.Region.Code), st.text.cell(sp.Region.Name),
			st.kronor.formula(name(3, b.blockRow(0, i)), sp.InUse),
			st.kronor.formula("MIN("+list+")", sp.Min), st.kronor.formula("MAX("+list+")", sp.Max),
			st.kronor.formula(name(5, row)+"-"+name(4, row), sp.Width()), st.number.cell(sp.Least+1), st.number.cell(sp.Most+1))
	}
	cells := []any{st.sumText.cell(""), st.sumText.cell(b.text("total")), st.sumKronor.formula("SUM("+name(3, firstRow)+":"+name(3, b.lastSpread()-1)+")", inUse)}
	for len(cells) < 8 {
		cells = append(cells, st.sumText.cell(""))
	}
	s.put(cells...)
	for k := range blocks {
		b.block(s, k)
	}
}

// block is what some readings pay.
func (b *readingsBook) block(s *sheet, k int) {
	st, t := b.styles, b.table
	first := k * perBlock
	part := t.All[first:min(len(t.All), first+perBlock)]
	s.skip(1)
	s.newPage()
	s.put(st.section.cell(b.text("readings.blocks", first+1, first+len(part))))
	names := []string{b.text("code"), b.text("region")}
	for i := range part {
		names = append(names, b.text("readings.nr", first+i+1))
	}
	s.header(2, names...)
	for i, key := range t.Keys {
		cells := []any{st.text.cell(key.Name), st.text.cell("")}
		for _, r := range part {
			value := r.Values[i]
			switch value {
			case "":
				cells = append(cells, st.kronor.cell(b.text("readings.moot")))
			case key.Values[0]:
				cells = append(cells, st.kronor.cell(value))
			default:
				cells = append(cells, st.markRight.cell(value))
			}
		}
		s.put(cells...)
	}
	for i, region := range rules.Regions() {
		cells := []any{st.code.cell(region.Code), st.text.cell(region.Name)}
		for _, r := range part {
			cells = append(cells, st.kronor.cell(r.Totals[i]))
		}
		s.put(cells...)
	}
	sums, rest := []any{st.sumText.cell(""), st.sumText.cell(b.text("total"))}, []any{st.text.cell(""), st.text.cell(b.text("readings.rest"))}
	for i, r := range part {
		c := 3 + i
		sums = append(sums, st.sumKronor.formula("SUM("+name(c, b.blockRow(k, 0))+":"+name(c, s.row)+")", r.Total))
		rest = append(rest, st.kronor.cell(r.Unallocated))
	}
	s.put(sums...)
	s.put(rest...)
}

// keys says which keys matter, and who gains and loses by each change.
func (b *readingsBook) keys(s *sheet) {
	st, t := b.styles, b.table
	s.widths(34, 62, 20, 20, 20, 20, 20)
	s.freeze(2, 0, 1, 2)
	s.title(b.text("readings.keys"))
	s.paragraph(b.text("readings.keys_note"), 7, 180)
	s.skip(1)
	left, right := st.headerLeft, st.headerRight
	s.putHigh(30, left.cell(b.text("rules.condition")), left.cell(b.text("readings.values")), right.cell(b.text("readings.alone")), right.cell(b.text("readings.regions")), right.cell(b.text("readings.combined")), right.cell(b.text("readings.matters")))
	for _, k := range t.Keys {
		values := slices.Clone(k.Values)
		s.put(st.text.cell(b.text(language.Key("key."+k.Name))), st.text.cell(k.Name+": "+strings.Join(values, ", ")), st.kronor.cell(k.Alone), st.number.cell(k.Regions), st.kronor.cell(k.Combined), st.kronor.cell(b.Language.YesNo(k.Matters())))
	}
	s.skip(1)
	s.put(st.section.cell(b.text("readings.gainers")))
	s.putHigh(30, left.cell(b.text("readings.change")), right.cell(b.text("readings.gain")), right.cell(b.text("readings.more")), right.cell(b.text("readings.winner")), right.cell(b.text("readings.lose")), right.cell(b.text("readings.less")), right.cell(b.text("readings.loser")))
	for _, r := range t.Alone {
		e := t.Effect(r)
		s.put(st.text.cell(strings.Join(t.Changed(r), " ")), st.number.cell(e.Gain), st.kronor.cell(e.More), st.kronor.cell(b.regionAt(e.Winner)), st.number.cell(e.Lose), st.kronor.cell(e.Less), st.kronor.cell(b.regionAt(e.Loser)))
	}
	s.skip(1)
	for _, e := range t.Decided {
		s.paragraph(b.text("readings.decided", e.Key, e.Text, e.Source), 7, 150)
	}
	for _, key := range t.Untried {
		s.paragraph(b.text("readings.untried", key), 7, 150)
	}
	s.skip(1)
	b.sources(s)
}

// sources names the files, the rule set and the program.
func (b *readingsBook) sources(s *sheet) {
	st := b.styles
	s.put(st.section.cell(b.text("check.inputs")))
	for _, f := range b.plan.Input.Files {
		s.put(st.text.cell(b.text(language.Key("role."+f.Role))), st.text.cell(f.Name))
		s.put(st.text.cell(b.text("check.sha")), st.mono.cell(f.SHA256))
	}
	s.put(st.text.cell(b.text("check.ruleset")), st.text.cell(b.rules.ID))
	s.put(st.text.cell(b.text("check.sha")), st.mono.cell(b.rules.SHA256))
	s.put(st.text.cell(b.text("check.version")), st.text.cell("kortakoer "+b.Version))
	for _, o := range b.rules.Overrides() {
		s.put(st.text.cell("--set"), st.text.cell(o.Key+" = "+o.Value))
	}
}

func (b *readingsBook) regionAt(index int) string {
	if index < 0 {
		return b.text("readings.none")
	}
	return rules.Regions()[index].Name
}
