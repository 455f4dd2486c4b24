package workbook

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"

	"github.com/kortakoer/kortakoer/internal/followup"
	"github.com/kortakoer/kortakoer/internal/language"
	"github.com/kortakoer/kortakoer/internal/tables"
)

// WriteFollowUp writes the follow-up: the country first, a sheet per area, and
// what it is made from. The same report gives the same bytes.
func WriteFollowUp(out io.Writer, r *followup.Report, o Options) error {
	f := &followBook{
		book:   &book{file: excelize.NewFile(), rules: r.Rules, Options: o},
		tables: tables.New(r, o.Language),
	}
	if err := f.makeStyles(); err != nil {
		return fmt.Errorf("workbook: %w", err)
	}
	if err := f.makeLooks(); err != nil {
		return fmt.Errorf("workbook: %w", err)
	}
	return save(out, f.file, f.sheets())
}

// followBook is a follow-up being written as a workbook.
type followBook struct {
	*book
	tables tables.Book
	looks  [tables.Kinds]struct{ value, sum style }
}

func (f *followBook) sheets() []namedSheet {
	sheets := []namedSheet{{f.book, f.text("follow.country"), f.country}}
	taken := []string{f.text("follow.country"), f.text("follow.sources")}
	for _, a := range f.tables.Areas {
		name := sheetName(f.tables.Area(a), taken)
		taken = append(taken, name)
		sheets = append(sheets, namedSheet{f.book, name, func(s *sheet) { f.area(s, a) }})
	}
	return append(sheets, namedSheet{f.book, f.text("follow.sources"), f.sources})
}

// sheetName makes a label a name that Excel takes and that is not taken: 31
// characters, none of its own signs.
func sheetName(label string, taken []string) string {
	clean := strings.Trim(strings.Map(func(r rune) rune {
		if strings.ContainsRune(`[]:*?/\'`, r) {
			return '-'
		}
		return r
	}, label), " ")
	fit := func(suffix string) string {
		runes := []rune(clean)
		return string(runes[:min(len(runes), 31-utf8.RuneCountInString(suffix))]) + suffix
	}
	name := fit("")
	same := func(t string) bool { return strings.EqualFold(t, name) }
	for n := 2; slices.ContainsFunc(taken, same); n++ {
		name = fit(fmt.Sprintf(" (%d)", n))
	}
	return name
}

// makeLooks registers a value and a sum for every kind of cell.
func (f *followBook) makeLooks() error {
	locale := "[$-41D]"
	if f.Language == language.English {
		locale = ""
	}
	formats := [tables.Kinds]string{
		tables.Text: "@", tables.Whole: "#,##0", tables.Decimal: "#,##0.0", tables.Signed: "+#,##0;−#,##0;0",
		tables.SignedDecimal: "+#,##0.0;−#,##0.0;0.0", tables.Share: "0.0%", tables.SignedShare: "+0.0%;−0.0%;0.0%",
	}
	for kind, format := range formats {
		format = locale + format
		st := excelize.Style{
			Font:         &excelize.Font{Family: font, Size: 10, Color: ink},
			Border:       []excelize.Border{{Type: "bottom", Color: rule, Style: 1}},
			Alignment:    &excelize.Alignment{Horizontal: "right", Vertical: "center"},
			CustomNumFmt: &format,
		}
		value, err := f.file.NewStyle(&st)
		if err != nil {
			return err
		}
		st.Font = &excelize.Font{Family: font, Size: 10, Color: ink, Bold: true}
		st.Border = []excelize.Border{{Type: "top", Color: dark, Style: 1}, {Type: "bottom", Color: dark, Style: 1}}
		st.Fill = excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{band}}
		sum, err := f.file.NewStyle(&st)
		if err != nil {
			return err
		}
		f.looks[kind].value, f.looks[kind].sum = style(value), style(sum)
	}
	return nil
}

// cell is a number, or the mark that stands in its place.
func (f *followBook) cell(c tables.Cell, sum bool) excelize.Cell {
	look, label := f.looks[c.Kind].value, f.styles.text
	if sum {
		look, label = f.looks[c.Kind].sum, f.styles.sumText
	}
	switch {
	case c.Kind == tables.Text:
		return label.cell(c.Text)
	case c.N == nil:
		return look.cell(c.Text)
	}
	return look.cell(number(c.N))
}

// placed is where a table stands: the rows of its header and of its last row,
// its sum not counted.
type placed struct {
	sheet         string
	header, last  int
	columns, rows int
}

// table writes a table under its title.
func (f *followBook) table(s *sheet, t tables.Table) placed {
	s.putHigh(20, f.styles.section.cell(t.Title))
	cells := make([]any, len(t.Columns))
	for i, c := range t.Columns {
		look := f.styles.headerRight
		if i < t.Labels {
			look = f.styles.headerLeft
		}
		cells[i] = look.cell(c)
	}
	s.putHigh(54, cells...)
	p := placed{sheet: s.name, header: s.row, columns: len(t.Columns), rows: len(t.Rows)}
	for i, row := range append(t.Rows[:len(t.Rows):len(t.Rows)], t.Sum) {
		if len(row) == 0 {
			continue
		}
		for c := range row {
			cells[c] = f.cell(row[c], i == len(t.Rows))
		}
		s.put(cells[:len(row)]...)
	}
	p.last = p.header + len(t.Rows)
	s.skip(1)
	return p
}

// column is a block of a table's rows, for a chart.
func (p placed) column(c int) string { return on(p.sheet, span(c, p.header+1, p.last)) }

func (p placed) name(c int) string { return on(p.sheet, fixed(c, p.header)) }

// The widths of every sheet but the last: a label, then months or numbers.
const (
	followLabel  = 20
	followMonth  = 16
	followNumber = 11
)

// begin sets a sheet up with its title and what must be known before a number.
func (f *followBook) begin(s *sheet, title string) {
	widths := []float64{followLabel, followMonth}
	for range 15 {
		widths = append(widths, followNumber)
	}
	s.widths(widths...)
	s.freeze(2, 1, 1, 2)
	s.putHigh(22, f.styles.title.cell(title))
	s.put(f.styles.subtitle.cell(f.tables.Period() + ". " + f.heading()))
	f.notes(s, f.tables.Remarks())
	if doubts := f.tables.Doubts(); len(doubts) > 0 {
		s.put(f.styles.section.cell(f.text("check.warnings")))
		f.notes(s, doubts)
	}
	s.skip(1)
}

// notes writes marked paragraphs over the width of a table.
func (f *followBook) notes(s *sheet, paragraphs []string) {
	for _, line := range paragraphs {
		const columns, width = 12, 150
		s.putHigh(float64(lines(line, width))*lineHeight, f.styles.mark.cell(line))
		s.merge(s.row, 1, columns)
	}
}

// country is the sheet that is read first.
func (f *followBook) country(s *sheet) {
	f.begin(s, f.tables.Title())
	f.table(s, f.tables.Overview())
	p := f.table(s, f.tables.Earnings())
	s.newPage()
	f.bars(s, p, 5, f.text("follow.chart_full"), "0%")
	for _, a := range f.tables.Areas {
		s.newPage()
		p := f.table(s, f.tables.ByMonth(a))
		f.lines(s, p, f.text("follow.chart_line", f.tables.Area(a)))
	}
}

// area is the sheet of one area.
func (f *followBook) area(s *sheet, a followup.Area) {
	f.begin(s, f.tables.Area(a))
	p := f.table(s, f.tables.ByMonth(a))
	f.lines(s, p, f.text("follow.chart_line", f.tables.Area(a)))
	s.newPage()
	regions := f.table(s, f.tables.ByRegion(a))
	s.newPage()
	f.bars(s, regions, 8, f.text("follow.chart_bars", f.tables.Area(a), f.tables.BaselineYears()), "0%")
	if f.tables.HasProviders {
		s.newPage()
		f.table(s, f.tables.ByProvider(a))
	}
	if !f.tables.Complete() {
		s.newPage()
		f.table(s, f.tables.ByForecast(a))
	}
	// Whole regions to a page, each page under its header: a sheet repeats only
	// one block of rows, and that is the title.
	all := f.tables.ByAll(a)
	pages := (len(all.Rows) + followPage - 1) / followPage
	perPage := (len(a.Regions) + pages - 1) / pages
	for rows := range slices.Chunk(all.Rows, perPage*len(f.tables.Report.Months)) {
		s.newPage()
		all.Rows = rows
		f.table(s, all)
	}
}

// followPage is how many rows of the widest table a printed page holds.
const followPage = 40

// The charts cover this many rows of the default height.
const (
	followRows   = 26
	followPixels = 380
)

// lines draws the months of a table by ByMonth: the year, the year before and
// the mean differ in dashes and marks as well as in colour.
func (f *followBook) lines(s *sheet, p placed, title string) {
	var series []excelize.ChartSeries
	for i, look := range []struct {
		color  string
		dash   excelize.LineDashType
		symbol string
	}{{dark, excelize.LineDashSolid, "circle"}, {"B45309", excelize.LineDashDash, "diamond"}, {faint, excelize.LineDashSysDot, "square"}} {
		fill := excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{look.color}}
		series = append(series, excelize.ChartSeries{
			Name: p.name(2 + i), Categories: p.column(1), Values: p.column(2 + i), Fill: fill,
			Line:   excelize.LineOptions{Width: 2.25, Dash: look.dash, Fill: fill},
			Marker: excelize.ChartMarker{Symbol: look.symbol, Size: 7, Fill: fill},
		})
	}
	f.draw(s, excelize.Line, title, "#,##0", series, "bottom", excelize.Alignment{})
}

// bars draws one column of a table with a row per region.
func (f *followBook) bars(s *sheet, p placed, column int, title, format string) {
	series := []excelize.ChartSeries{{
		Name: p.name(column), Categories: p.column(1), Values: p.column(column),
		Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{dark}},
	}}
	f.draw(s, excelize.Col, title, format, series, "none", excelize.Alignment{TextRotation: 45})
}

// draw places a native chart on the next rows.
func (f *followBook) draw(s *sheet, kind excelize.ChartType, title, format string, series []excelize.ChartSeries, legend string, labels excelize.Alignment) {
	text := excelize.Font{Family: font, Size: 9, Color: ink}
	gap := uint(60)
	s.skip(1) // its frame stays off the page before
	s.try(f.file.AddChart(s.name, name(1, s.row+1), &excelize.Chart{
		Type: kind, Series: series, GapWidth: &gap,
		Title:     excelize.ChartTitle{Paragraph: []excelize.RichTextRun{{Text: title, Font: &excelize.Font{Family: font, Size: 14, Bold: true, Color: dark}}}},
		Legend:    excelize.ChartLegend{Position: legend, Font: &text},
		XAxis:     excelize.ChartAxis{Font: text, Alignment: labels, TickLabelPosition: excelize.ChartTickLabelLow},
		YAxis:     excelize.ChartAxis{Font: text, MajorGridLines: true, NumFmt: excelize.ChartNumFmt{CustomNumFmt: format}},
		Dimension: excelize.ChartDimension{Width: chartWidth, Height: followPixels},
		Format:    excelize.GraphicOptions{AltText: f.text("chart.alt", title)},
	}))
	s.skip(followRows)
}

// sources says how the numbers were made, and from which files.
func (f *followBook) sources(s *sheet) {
	s.widths(60, 14, 70)
	s.freeze(2, 0, 1, 2)
	s.title(f.text("follow.sources"))
	for _, line := range append([]string{f.text("follow.source", f.rules.Decision.Reference)}, f.tables.Method()...) {
		s.paragraph(line, 3, 130)
	}
	s.skip(1)
	st := f.styles
	s.put(st.section.cell(f.text("follow.files")))
	s.putHigh(20, st.headerLeft.cell(f.text("follow.file")), st.headerRight.cell(f.text("follow.rows")), st.headerAside.cell(f.text("check.sha")))
	for _, file := range f.tables.Plan.Input.Files {
		label := file.Name
		if file.Sheet != "" {
			label += " (" + file.Sheet + ")"
		}
		s.put(st.text.cell(label), st.number.cell(file.Rows), st.mono.cell("  "+file.SHA256))
	}
	s.put(st.text.cell(f.rules.ID+" – "+f.rules.Title), st.text.cell(""), st.mono.cell("  "+f.rules.SHA256))
	s.put(st.text.cell("kortakoer "+f.Version), st.text.cell(""), st.mono.cell(""))
}
