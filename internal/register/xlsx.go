package register

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"path"
	"strconv"
	"strings"
	"time"

	"github.com/kortakoer/kortakoer/allocation"
)

// Limits on what a workbook may expand to: a small file can hold a bomb.
const (
	maxPart    = 1 << 30 // bytes of one part
	maxParts   = 4096
	maxText    = 32767 // characters of one cell, Excel's own limit
	maxRow     = 1 << 20
	maxColumn  = 1 << 14
	maxStrings = 1 << 24
	maxCells   = 1 << 25
)

// xlsxTable returns the sheet named in the request, else the only sheet whose
// header fits the role.
func (r *reader) xlsxTable(name string, data []byte, role allocation.Role) (*table, string, error) {
	w, err := openWorkbook(data)
	if err != nil {
		return nil, "", err
	}
	wanted := r.request.Sheet
	if role != allocation.RoleCounts {
		wanted = "" // --sheet names a sheet with counts
	}
	var fits []*table
	var titles, fitting []string
	var nearest *table
	nearestHeader := header{row: -1}
	for _, s := range w.sheets {
		titles = append(titles, show(s.name))
		t, err := w.readSheet(name, s)
		if err != nil {
			return nil, "", err
		}
		h := r.names.header(t, role)
		if wanted == "" && h.missing == "" {
			fits = append(fits, t)
			fitting = append(fitting, show(s.name))
		}
		if wanted == s.name {
			fits = append(fits, t)
		}
		if h.score > nearestHeader.score {
			nearest, nearestHeader = t, h
		}
	}
	switch {
	case wanted != "" && len(fits) == 0:
		return nil, "", fmt.Errorf("there is no sheet %q; the sheets are %s", wanted, strings.Join(titles, ", "))
	case len(fits) == 0 && nearest == nil:
		return nil, "", fmt.Errorf("no header was found on %s; expected the columns %s", strings.Join(titles, ", "), needs(role))
	case len(fits) == 0:
		return nil, "", nearestHeader.unfit(nearest, role)
	case len(fits) > 1:
		return nil, "", fmt.Errorf("several sheets fit: %s; choose one with --sheet", strings.Join(fitting, ", "))
	}
	if h := r.names.header(fits[0], role); h.missing != "" {
		return nil, "", h.unfit(fits[0], role)
	}
	return fits[0], "XLSX", nil
}

// workbook is an XLSX file whose parts have been checked to the last byte.
type workbook struct {
	parts    map[string][]byte
	sheets   []sheetRef
	date1904 bool
	shared   []string
	dates    []bool // by cell style: whether a number is shown as a date
}

type sheetRef struct{ name, state, part string }

// damaged says which part of a workbook cannot be trusted and why.
func damaged(part string, format string, args ...any) error {
	return fmt.Errorf("the workbook is damaged: %s: %s; open it in Excel and save it again, or ask for a new one", part, fmt.Sprintf(format, args...))
}

// openWorkbook reads every part to its end, so that sizes and checksums are
// verified, and then what the sheets need.
func openWorkbook(data []byte) (*workbook, error) {
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return nil, damaged("the zip directory", "%v", err)
	}
	if len(z.File) > maxParts {
		return nil, damaged("the zip directory", "%d parts", len(z.File))
	}
	w := &workbook{parts: map[string][]byte{}}
	var expanded uint64
	for _, f := range z.File {
		part := strings.TrimPrefix(f.Name, "/")
		if f.Flags&1 != 0 {
			return nil, errors.New("the workbook has a password; save it without one")
		}
		if _, twice := w.parts[part]; twice {
			return nil, damaged(part, "the part stands twice")
		}
		if expanded += f.UncompressedSize64; f.UncompressedSize64 > maxPart || expanded > maxPart {
			return nil, damaged(part, "it expands to more than %d MB", maxPart>>20)
		}
		if w.parts[part], err = readPart(f); err != nil {
			return nil, damaged(part, "%v", err)
		}
	}
	if w.parts["xl/workbook.xml"] == nil && w.parts["content.xml"] != nil {
		return nil, errors.New("this is an OpenDocument file (.ods); save it as .xlsx")
	}
	if err := w.directory(); err != nil {
		return nil, err
	}
	return w, nil
}

func readPart(f *zip.File) ([]byte, error) {
	rc, err := f.Open()
	if err != nil {
		return nil, err
	}
	defer func() { _ = rc.Close() }() // read to the end below, which is what verifies
	// One byte more than declared shows a forged size; reading to the end
	// verifies the checksum.
	content, err := io.ReadAll(io.LimitReader(rc, int64(f.UncompressedSize64)+1))
	if err == nil && uint64(len(content)) != f.UncompressedSize64 {
		err = fmt.Errorf("%d bytes instead of %d", len(content), f.UncompressedSize64)
	}
	return content, err
}

// directory reads the workbook part, its relationships, the shared strings and
// the styles.
func (w *workbook) directory() error {
	root, err := w.relations("")
	if err != nil {
		return err
	}
	book := "xl/workbook.xml"
	for _, r := range root {
		if strings.HasSuffix(r.Type, "/officeDocument") {
			book = r.target("")
		}
	}
	var content struct {
		Properties struct {
			Date1904 string `xml:"date1904,attr"`
		} `xml:"workbookPr"`
		Sheets []struct {
			Name  string `xml:"name,attr"`
			State string `xml:"state,attr"`
			ID    string `xml:"http://schemas.openxmlformats.org/officeDocument/2006/relationships id,attr"`
		} `xml:"sheets>sheet"`
	}
	if err := w.unmarshal(book, &content); err != nil {
		return err
	}
	w.date1904 = content.Properties.Date1904 == "1" || content.Properties.Date1904 == "true"
	relations, err := w.relations(book)
	if err != nil {
		return err
	}
	byID := map[string]relation{}
	for _, r := range relations {
		byID[r.ID] = r
		switch {
		case strings.HasSuffix(r.Type, "/sharedStrings"):
			err = w.sharedStrings(r.target(book))
		case strings.HasSuffix(r.Type, "/styles"):
			err = w.styles(r.target(book))
		}
		if err != nil {
			return err
		}
	}
	for _, s := range content.Sheets {
		r, ok := byID[s.ID]
		if !ok {
			return damaged(book, "the sheet %q has no part", s.Name)
		}
		if strings.HasSuffix(r.Type, "/worksheet") { // not a chart sheet
			w.sheets = append(w.sheets, sheetRef{s.Name, s.State, r.target(book)})
		}
	}
	if len(w.sheets) == 0 {
		return damaged(book, "it has no sheet")
	}
	return nil
}

type relation struct {
	ID     string `xml:"Id,attr"`
	Type   string `xml:"Type,attr"`
	Target string `xml:"Target,attr"`
	Mode   string `xml:"TargetMode,attr"`
}

// target is the part that a relation of the part from points to.
func (r relation) target(from string) string {
	if t, absolute := strings.CutPrefix(r.Target, "/"); absolute {
		return t
	}
	return path.Join(path.Dir(from), r.Target)
}

func (w *workbook) relations(part string) ([]relation, error) {
	dir, base := path.Split(part)
	rels := path.Join(dir, "_rels", base+".rels")
	var content struct {
		Relations []relation `xml:"Relationship"`
	}
	if w.parts[rels] == nil {
		return nil, damaged(rels, "the part is missing")
	}
	if err := w.unmarshal(rels, &content); err != nil {
		return nil, err
	}
	return content.Relations, nil
}

// unmarshal decodes a small part as a whole.
func (w *workbook) unmarshal(part string, into any) error {
	if err := w.tokens(part, func(*xml.Decoder, xml.Token) error { return nil }); err != nil {
		return err
	}
	if err := xml.Unmarshal(w.parts[part], into); err != nil {
		return damaged(part, "%v", err)
	}
	return nil
}

// tokens hands every token of a part to visit, to the very end. Document types
// are refused: they are how entities and bombs come in.
func (w *workbook) tokens(part string, visit func(*xml.Decoder, xml.Token) error) error {
	content, ok := w.parts[part]
	if !ok {
		return damaged(part, "the part is missing")
	}
	d := xml.NewDecoder(bytes.NewReader(content))
	elements := 0
	for {
		t, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return damaged(part, "%v", err)
		}
		switch t.(type) {
		case xml.Directive:
			return damaged(part, "it declares a document type, which a workbook never does")
		case xml.StartElement:
			elements++
		}
		if err := visit(d, t); err != nil {
			return err
		}
	}
	if elements == 0 {
		return damaged(part, "it is empty")
	}
	return nil
}

// stringItem is a text: plain, or rich text in runs; phonetic hints are not
// part of it.
type stringItem struct {
	Text *string `xml:"t"`
	Runs []struct {
		Text string `xml:"t"`
	} `xml:"r"`
}

func (s stringItem) String() string {
	var b strings.Builder
	if s.Text != nil {
		b.WriteString(*s.Text)
	}
	for _, r := range s.Runs {
		b.WriteString(r.Text)
	}
	return unescape(b.String())
}

// unescape decodes _x000D_, as Excel writes characters that XML has not.
func unescape(s string) string {
	if !strings.Contains(s, "_x") {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if i+7 <= len(s) && s[i] == '_' && s[i+1] == 'x' && s[i+6] == '_' {
			if v, err := strconv.ParseUint(s[i+2:i+6], 16, 16); err == nil {
				b.WriteRune(rune(v))
				i += 6
				continue
			}
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

func (w *workbook) sharedStrings(part string) error {
	return w.tokens(part, func(d *xml.Decoder, t xml.Token) error {
		start, ok := t.(xml.StartElement)
		if !ok || start.Name.Local != "si" {
			return nil
		}
		var s stringItem
		if err := d.DecodeElement(&s, &start); err != nil {
			return damaged(part, "%v", err)
		}
		if len(w.shared) >= maxStrings {
			return damaged(part, "more than %d strings", maxStrings)
		}
		w.shared = append(w.shared, s.String())
		return nil
	})
}

// styles reads which cell styles show a number as a date.
func (w *workbook) styles(part string) error {
	var content struct {
		Formats []struct {
			ID   int    `xml:"numFmtId,attr"`
			Code string `xml:"formatCode,attr"`
		} `xml:"numFmts>numFmt"`
		Cells []struct {
			Format int `xml:"numFmtId,attr"`
		} `xml:"cellXfs>xf"`
	}
	if err := w.unmarshal(part, &content); err != nil {
		return err
	}
	custom := map[int]string{}
	for _, f := range content.Formats {
		custom[f.ID] = f.Code
	}
	for _, c := range content.Cells {
		code, isCustom := custom[c.Format]
		builtin := c.Format >= 14 && c.Format <= 17 || c.Format == 22
		w.dates = append(w.dates, isCustom && isDateFormat(code) || !isCustom && builtin)
	}
	return nil
}

// isDateFormat reports whether a number format shows a year or a day: it has a
// y or d outside quotes, brackets and escapes.
func isDateFormat(code string) bool {
	for i := 0; i < len(code); i++ {
		switch code[i] {
		case '"':
			for i++; i < len(code) && code[i] != '"'; i++ {
			}
		case '[':
			for i++; i < len(code) && code[i] != ']'; i++ {
			}
		case '\\', '_', '*':
			i++
		case 'y', 'Y', 'd', 'D':
			return true
		}
	}
	return false
}

// readSheet reads one sheet. Rows and cells must stand in order and within
// Excel's limits; anything else means that the file was damaged on the way.
func (w *workbook) readSheet(file string, ref sheetRef) (*table, error) {
	s := &sheetPass{workbook: w, table: &table{file: file, sheet: ref.name, hiddenCols: map[int]bool{}}, part: ref.part}
	if ref.state == "hidden" || ref.state == "veryHidden" {
		s.table.hidden = ref.state
	}
	if err := w.tokens(ref.part, s.token); err != nil {
		return nil, err
	}
	return s.table, nil
}

// sheetPass is one pass over the tokens of a sheet.
type sheetPass struct {
	*workbook
	table *table
	part  string
	row   int // the last row begun
	cells int
}

func (s *sheetPass) damaged(format string, args ...any) error {
	return damaged(s.part, "after row %d: %s", s.lastGood(), fmt.Sprintf(format, args...))
}

func (s *sheetPass) lastGood() int {
	if n := len(s.table.rows); n > 0 {
		return s.table.rows[n-1].number
	}
	return 0
}

func (s *sheetPass) token(d *xml.Decoder, t xml.Token) error {
	start, ok := t.(xml.StartElement)
	if !ok {
		return nil
	}
	switch start.Name.Local {
	case "row":
		return s.readRow(d, start)
	case "c":
		return s.damaged("a cell stands outside the rows")
	case "col":
		if first, last, ok := span(start); ok && truth(start, "hidden") {
			for c := first; c <= last; c++ {
				s.table.hiddenCols[c] = true
			}
		}
	case "mergeCell":
		m, err := parseArea(attr(start, "ref"))
		if err != nil {
			return s.damaged("%v", err)
		}
		s.table.merged = append(s.table.merged, m)
	}
	return nil
}

func span(e xml.StartElement) (first, last int, ok bool) {
	first, err1 := strconv.Atoi(attr(e, "min"))
	last, err2 := strconv.Atoi(attr(e, "max"))
	return first, min(last, maxColumn), err1 == nil && err2 == nil && first >= 1
}

func truth(e xml.StartElement, name string) bool {
	v := attr(e, name)
	return v == "1" || v == "true"
}

func attr(e xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if a.Name.Local == name && a.Name.Space == "" {
			return a.Value
		}
	}
	return ""
}

// xmlCell is a cell as the sheet holds it.
type xmlCell struct {
	Formula *struct{}   `xml:"f"`
	Value   *string     `xml:"v"`
	Inline  *stringItem `xml:"is"`
}

func (s *sheetPass) readRow(d *xml.Decoder, start xml.StartElement) error {
	number := s.row + 1
	if r := attr(start, "r"); r != "" {
		n, err := strconv.Atoi(r)
		if err != nil || n <= s.row || n > maxRow {
			return s.damaged("the next row is numbered %s", show(r))
		}
		number = n
	}
	s.row = number
	row := row{number: number, hidden: truth(start, "hidden")}
	last := 0 // the last column begun
	for {
		t, err := d.Token()
		if err != nil {
			return s.damaged("%v", err)
		}
		switch e := t.(type) {
		case xml.EndElement:
			s.table.rows = append(s.table.rows, row)
			return nil
		case xml.StartElement:
			if e.Name.Local != "c" {
				if err := d.Skip(); err != nil {
					return s.damaged("%v", err)
				}
				continue
			}
			if err := s.readCell(d, e, &row, &last); err != nil {
				return err
			}
		}
	}
}

func (s *sheetPass) readCell(d *xml.Decoder, start xml.StartElement, row *row, last *int) error {
	column := *last + 1
	if r := attr(start, "r"); r != "" {
		c, n, err := parseRef(r)
		if err != nil || n != row.number || c < column {
			return s.damaged("a cell of row %d is named %s", row.number, show(r))
		}
		column = c
	}
	*last = column
	if s.cells++; s.cells > maxCells || column > maxColumn {
		return s.damaged("more cells than a delivery can have")
	}
	var raw xmlCell
	if err := d.DecodeElement(&raw, &start); err != nil {
		return s.damaged("%v", err)
	}
	c, err := s.cell(start, raw)
	if err != nil {
		return err
	}
	if c.kind == empty {
		return nil
	}
	for len(row.cells) < column-1 {
		row.cells = append(row.cells, cell{})
	}
	row.cells = append(row.cells, c)
	return nil
}

// cell interprets a cell by its type.
func (s *sheetPass) cell(start xml.StartElement, raw xmlCell) (cell, error) {
	c := cell{formula: raw.Formula != nil}
	value := ""
	if raw.Value != nil {
		value = *raw.Value
	}
	where := attr(start, "r") // checked by readCell
	typ := attr(start, "t")
	if c.formula && (raw.Value == nil || value == "" && typ != "str") {
		c.kind = uncached
		return c, nil
	}
	switch typ {
	case "s":
		i, err := strconv.Atoi(value)
		if err != nil || i < 0 || i >= len(s.shared) || strconv.Itoa(i) != value {
			if raw.Value == nil {
				return cell{}, nil
			}
			return c, s.damaged("cell %s points to the shared string %s of %d", where, show(value), len(s.shared))
		}
		c.kind, c.text = text, s.shared[i]
	case "str":
		c.kind, c.text = text, unescape(value)
	case "inlineStr":
		if raw.Inline != nil {
			c.kind, c.text = text, raw.Inline.String()
		}
	case "b":
		if value != "0" && value != "1" {
			return c, s.damaged("cell %s holds the truth value %s", where, show(value))
		}
		c.kind, c.text = boolean, map[string]string{"0": "FALSE", "1": "TRUE"}[value]
	case "e":
		c.kind, c.text = failure, value
	case "d":
		c.kind, c.text = date, strings.TrimSuffix(value, "T00:00:00")
	case "", "n":
		return s.number(c, start, value)
	default:
		return c, s.damaged("cell %s has the unknown type %s", where, show(typ))
	}
	if c.kind == text {
		if len(c.text) > maxText*4 {
			return c, s.damaged("cell %s is longer than Excel allows", where)
		}
		if c.text = trim(c.text); c.text == "" {
			return cell{formula: c.formula}, nil
		}
	}
	return c, nil
}

// number is a number, or a date where its style shows one.
func (s *sheetPass) number(c cell, start xml.StartElement, value string) (cell, error) {
	if value == "" {
		return cell{}, nil
	}
	if !cellNumber.MatchString(value) {
		return c, s.damaged("cell %s holds the number %s", attr(start, "r"), show(value))
	}
	c.kind, c.text = number, value
	if style, err := strconv.Atoi(attr(start, "s")); err == nil && style >= 0 && style < len(s.dates) && s.dates[style] {
		if day, ok := s.day(value); ok {
			c.kind, c.text = date, day
		}
	}
	return c, nil
}

// day turns Excel's day number into a date; a time of day is dropped.
func (s *sheetPass) day(value string) (string, bool) {
	whole, _, _ := strings.Cut(value, ".")
	n, err := strconv.Atoi(whole)
	if err != nil || n < 0 || n > 2_958_465 { // 9999-12-31
		return "", false
	}
	epoch := time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)
	switch {
	case s.date1904:
		epoch = time.Date(1904, 1, 1, 0, 0, 0, 0, time.UTC)
	case n < 60: // before the leap day that 1900 did not have
		epoch = epoch.AddDate(0, 0, 1)
	}
	return epoch.AddDate(0, 0, n).Format(time.DateOnly), true
}

// parseRef reads a cell reference such as AB12.
func parseRef(ref string) (column, row int, err error) {
	letters := strings.IndexFunc(ref, func(r rune) bool { return r < 'A' || r > 'Z' })
	if letters < 1 || letters > 3 {
		return 0, 0, fmt.Errorf("%s is not a cell", show(ref))
	}
	for _, c := range ref[:letters] {
		column = column*26 + int(c-'A') + 1
	}
	row, err = strconv.Atoi(ref[letters:])
	if err != nil || row < 1 || row > maxRow || column > maxColumn || ref[letters] == '0' || ref[letters] == '+' {
		return 0, 0, fmt.Errorf("%s is not a cell", show(ref))
	}
	return column, row, nil
}

// parseArea reads a block such as A1:C3.
func parseArea(ref string) (area, error) {
	from, to, ok := strings.Cut(ref, ":")
	if !ok {
		to = from
	}
	var a area
	var err1, err2 error
	a.firstCol, a.firstRow, err1 = parseRef(from)
	a.lastCol, a.lastRow, err2 = parseRef(to)
	return a, errors.Join(err1, err2)
}
