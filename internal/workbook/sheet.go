package workbook

import (
	"fmt"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"

	"github.com/kortakoer/kortakoer/allocation"
)

// sheet writes one sheet from top to bottom. The first error stays; close
// returns it.
type sheet struct {
	*book
	name   string
	stream *excelize.StreamWriter
	row    int // the last row written
	err    error
}

// newSheet begins a sheet set up for A4 landscape with page numbers.
func (b *book) newSheet(name string) (*sheet, error) {
	s := &sheet{book: b, name: name}
	fit, once, many, a4, landscape := true, 1, 0, 9, "landscape"
	s.try(b.file.SetSheetProps(name, &excelize.SheetPropsOptions{FitToPage: &fit}))
	s.try(b.file.SetPageLayout(name, &excelize.PageLayoutOptions{Size: &a4, Orientation: &landscape, FitToWidth: &once, FitToHeight: &many}))
	side, top := 0.5, 0.6
	s.try(b.file.SetPageMargins(name, &excelize.PageLayoutMarginsOptions{Left: &side, Right: &side, Top: &top, Bottom: &top}))
	footer := "&L&8" + escapeFooter(b.rules.Decision.Reference+" · "+name) + "&R&8" + b.text("page")
	s.try(b.file.SetHeaderFooter(name, &excelize.HeaderFooterOptions{OddFooter: footer}))
	grid := false
	s.try(b.file.SetSheetView(name, 0, &excelize.ViewOptions{ShowGridLines: &grid}))
	if s.err != nil {
		return nil, s.err
	}
	s.stream, s.err = b.file.NewStreamWriter(name)
	return s, s.err
}

func escapeFooter(s string) string {
	out := ""
	for _, r := range s {
		if r == '&' {
			out += "&"
		}
		out += string(r)
	}
	return out
}

func (s *sheet) try(err error) {
	if s.err == nil {
		s.err = err
	}
}

func (s *sheet) close() error {
	if s.err == nil {
		s.err = s.stream.Flush()
	}
	return s.err
}

// widths sets the column widths in characters, from column A on.
func (s *sheet) widths(widths ...float64) {
	for i, w := range widths {
		s.try(s.stream.SetColWidth(i+1, i+1, w))
	}
}

// freeze keeps the rows down to header and the first columns on screen, and
// repeats the rows from top to bottom on every printed page.
func (s *sheet) freeze(header, columns, top, bottom int) {
	pane := "bottomRight"
	if columns == 0 {
		pane = "bottomLeft"
	}
	s.try(s.stream.SetPanes(&excelize.Panes{
		Freeze: true, XSplit: columns, YSplit: header, TopLeftCell: name(columns+1, header+1), ActivePane: pane,
	}))
	s.try(s.file.SetDefinedName(&excelize.DefinedName{
		Name: "_xlnm.Print_Titles", Scope: s.name, RefersTo: fmt.Sprintf("%s!$%d:$%d", quoted(s.name), top, bottom),
	}))
}

// put writes the next row; skip leaves rows empty.
func (s *sheet) put(cells ...any) {
	s.putHigh(0, cells...)
}

// putHigh writes a row of a given height in points.
func (s *sheet) putHigh(height float64, cells ...any) {
	s.row++
	var options []excelize.RowOpts
	if height > 0 {
		options = append(options, excelize.RowOpts{Height: height})
	}
	if s.err == nil {
		s.err = s.stream.SetRow(name(1, s.row), cells, options...)
	}
}

func (s *sheet) skip(rows int) { s.row += rows }

// title writes the lines at the top: what the sheet is, by what rules, and
// remarks.
func (s *sheet) title(title string, remarks ...string) {
	s.putHigh(22, s.styles.title.cell(title))
	s.put(s.styles.subtitle.cell(s.heading()))
	for _, r := range remarks {
		s.put(s.styles.subtitle.cell(r))
	}
}

// header writes the names of columns: the first ones over texts, the others
// over numbers.
func (s *sheet) header(texts int, names ...string) {
	cells := make([]any, len(names))
	for i, n := range names {
		st := s.styles.headerRight
		if i < texts {
			st = s.styles.headerLeft
		}
		if i == 0 && texts > 1 {
			st = s.styles.headerCentre // the county code
		}
		cells[i] = st.cell(n)
	}
	s.putHigh(30, cells...)
}

// newPage begins the next row on a new printed page.
func (s *sheet) newPage() { s.try(s.stream.InsertPageBreak(name(1, s.row+1))) }

// merge joins cells of one row into one.
func (s *sheet) merge(row, first, last int) {
	s.try(s.stream.MergeCell(name(first, row), name(last, row)))
}

// lineHeight is the height of a line of text in points.
const lineHeight = 13.5

// lines is how many lines a text takes at most in a column of a width in
// characters of the default font, which is larger than the text's.
func lines(text string, width int) int {
	return max(1, (utf8.RuneCountInString(text)+width-1)/width)
}

// paragraph writes a text across columns that are so many characters wide
// together.
func (s *sheet) paragraph(text string, columns, width int) {
	s.putHigh(float64(lines(text, width))*lineHeight, s.styles.note.cell(text))
	s.merge(s.row, 1, columns)
}

// name is the reference of a cell: name(2, 5) is B5.
func name(column, row int) string { return fmt.Sprintf("%s%d", allocation.ColumnName(column), row) }

// fixed is the reference with dollar signs: $B$5.
func fixed(column, row int) string {
	return fmt.Sprintf("$%s$%d", allocation.ColumnName(column), row)
}

// span is a fixed block of one column: $B$5:$B$25.
func span(column, first, last int) string { return fixed(column, first) + ":" + fixed(column, last) }

// on is a reference on another sheet.
func on(sheet, reference string) string { return quoted(sheet) + "!" + reference }

func quoted(sheet string) string { return "'" + sheet + "'" }
