package register

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/klauspost/compress/flate"

	"github.com/kortakoer/kortakoer/allocation"
	"github.com/kortakoer/kortakoer/internal/cells"
)

// Limits on what a workbook may expand to: a small file can hold a bomb.
const (
	maxExpanded = 256 << 20 // bytes of all parts together
	maxParts    = 4096
	maxDepth    = 64    // of elements in a part; a sheet has six
	maxSheets   = 256   //
	maxText     = 32767 // characters of one cell, Excel's own limit
	maxNumber   = 400   // characters of a number; the smallest that Excel holds has 326
	maxRow      = 1 << 20
	maxColumn   = 1 << 14
	maxStrings  = 1 << 22
	maxCells    = 1 << 22 // of a table of counts, empty ones before the last included
)

// xlsxTable returns the sheet named in the request, else the only sheet whose
// header fits the role.
func (r *reader) xlsxTable(name string, data io.ReaderAt, size int64, role allocation.Role) (*table, string, error) {
	w, err := openWorkbook(data, size)
	if err != nil {
		return nil, "", err
	}
	var fits, extracts []*table
	var titles, fitting []string
	var nearest *table
	nearestHeader := header{row: -1}
	wanted := w.nearestSheet(r.request.sheetFor(role))
	for _, s := range w.sheets {
		titles = append(titles, show(s.name))
		t, err := r.sheet(w, name, s, role)
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
		if role == allocation.RoleCounts && h.missing != "" && t.extract != nil && (wanted == "" || wanted == s.name) {
			extracts = append(extracts, t)
			fitting = append(fitting, show(s.name))
		}
		if h.score > nearestHeader.score {
			nearest, nearestHeader = t, h
		}
	}
	if len(extracts) > 0 && len(extracts)+len(fits) == 1 || wanted != "" && len(extracts) == 1 {
		return extracts[0], "row-level extract, XLSX", nil
	}
	fits = append(fits, extracts...)
	switch {
	case wanted != "" && len(fits) == 0:
		return nil, "", fmt.Errorf("there is no sheet %q; the sheets are %s", wanted, strings.Join(titles, ", "))
	case len(fits) == 0 && nearest == nil:
		return nil, "", fmt.Errorf("no header was found on %s; expected the columns %s", strings.Join(titles, ", "), needs(role))
	case len(fits) == 0:
		return nil, "", nearestHeader.unfit(nearest, role)
	case role == allocation.RolePublished:
		// A workbook of ours has amounts on many sheets; the total comes first.
		slices.SortStableFunc(fits, func(a, b *table) int {
			return r.names.header(b, role).score - r.names.header(a, role).score
		})
	case len(fits) > 1:
		return nil, "", fmt.Errorf("several sheets fit: %s; choose one with --sheet", strings.Join(fitting, ", "))
	}
	if h := r.names.header(fits[0], role); h.missing != "" {
		return nil, "", h.unfit(fits[0], role)
	}
	return fits[0], "XLSX", nil
}

// sheetFor is the sheet that the user names for files of a role: --sheet is of
// the counts, or of the published amounts where there are none.
func (q Request) sheetFor(role allocation.Role) string {
	if role == allocation.RoleCounts || role == allocation.RolePublished && len(q.Counts) == 0 {
		return q.Sheet
	}
	return ""
}

// nearestSheet is the sheet with this name, if need be in another case.
func (w *workbook) nearestSheet(name string) string {
	if !slices.ContainsFunc(w.sheets, func(s sheetRef) bool { return s.name == name }) {
		for _, s := range w.sheets {
			if strings.EqualFold(s.name, name) {
				return s.name
			}
		}
	}
	return name
}

// workbook is an XLSX file whose parts are checked to the last byte.
type workbook struct {
	files    map[string]*zip.File
	parts    map[string][]byte // those in memory
	loaded   uint64            // bytes of them
	sheets   []sheetRef
	date1904 bool
	shared   []string
	dates    []bool // by cell style: whether a number is shown as a date

	sharedBytes [][]byte // the shared strings without spaces around them
}

type sheetRef struct{ name, state, part string }

// damaged says which part of a workbook cannot be trusted and why.
func damaged(part string, format string, args ...any) error {
	return fmt.Errorf("the workbook is damaged: %s: %s; open it in Excel and save it again, or ask for a new one", part, fmt.Sprintf(format, args...))
}

// openWorkbook reads every part but the sheets to its end, so that sizes and
// checksums are verified. A sheet is verified when it is read, and every sheet
// is.
func openWorkbook(data io.ReaderAt, size int64) (*workbook, error) {
	z, err := zip.NewReader(data, size)
	if err != nil {
		return nil, damaged("the zip directory", "%v", err)
	}
	z.RegisterDecompressor(zip.Deflate, flate.NewReader)
	if len(z.File) > maxParts {
		return nil, damaged("the zip directory", "%d parts", len(z.File))
	}
	w := &workbook{files: map[string]*zip.File{}, parts: map[string][]byte{}}
	for _, f := range z.File {
		part := strings.TrimPrefix(f.Name, "/")
		if f.Flags&1 != 0 {
			return nil, errors.New("the workbook has a password; save it without one")
		}
		if w.files[part] != nil {
			return nil, damaged(part, "the part stands twice")
		}
		w.files[part] = f
	}
	if err := w.foreignZip(); err != nil {
		return nil, err
	}
	if err := w.directory(); err != nil {
		return nil, err
	}
	var rest uint64
	for part, f := range w.files {
		if w.parts[part] != nil || slices.ContainsFunc(w.sheets, func(s sheetRef) bool { return s.part == part }) {
			continue
		}
		if rest += f.UncompressedSize64; f.UncompressedSize64 > maxExpanded || rest > maxExpanded {
			return nil, damaged(part, "the workbook expands to more than %d MB", maxExpanded>>20)
		}
		if err := readPart(f, io.Discard); err != nil {
			return nil, damaged(part, "%v", err)
		}
	}
	return w, nil
}

// load brings a part into memory.
func (w *workbook) load(part string) ([]byte, error) {
	if content, ok := w.parts[part]; ok {
		return content, nil
	}
	f := w.files[part]
	if f == nil {
		return nil, damaged(part, "the part is missing")
	}
	if w.loaded += f.UncompressedSize64; f.UncompressedSize64 > maxExpanded || w.loaded > maxExpanded {
		return nil, damaged(part, "the workbook expands to more than %d MB", maxExpanded>>20)
	}
	var content bytes.Buffer
	if err := readPart(f, &content); err != nil {
		return nil, damaged(part, "%v", err)
	}
	w.parts[part] = content.Bytes()
	return w.parts[part], nil
}

// readPart reads a part to its end, which verifies its checksum. One byte more
// than declared shows a forged size.
func readPart(f *zip.File, into io.Writer) error {
	rc, err := f.Open()
	if err != nil {
		return err
	}
	defer func() { _ = rc.Close() }() // read to the end below, which is what verifies
	n, err := io.Copy(into, io.LimitReader(rc, int64(f.UncompressedSize64)+1))
	if err == nil && uint64(n) != f.UncompressedSize64 {
		err = fmt.Errorf("%d bytes instead of %d", n, f.UncompressedSize64)
	}
	return err
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
	byID, err := w.related(book, relations)
	if err != nil {
		return err
	}
	for _, s := range content.Sheets {
		r, ok := byID[s.ID]
		if !ok || r.Mode == "External" {
			return damaged(book, "the sheet %s has no part", show(s.Name))
		}
		switch path.Base(r.Type) {
		case "worksheet":
		case "chartsheet", "dialogsheet", "xlMacrosheet", "xlIntlMacrosheet": // without rows of data
			continue
		default:
			return damaged(book, "the sheet %s is of the unknown kind %s", show(s.Name), show(path.Base(r.Type)))
		}
		ref := sheetRef{s.Name, s.State, r.target(book)}
		if slices.ContainsFunc(w.sheets, func(other sheetRef) bool { return other.part == ref.part || other.name == ref.name }) {
			return damaged(book, "the sheet %s stands twice", show(s.Name))
		}
		w.sheets = append(w.sheets, ref)
	}
	if len(w.sheets) == 0 || len(w.sheets) > maxSheets {
		return damaged(book, "it has %d sheets", len(w.sheets))
	}
	return nil
}

// related reads the shared strings and the styles, and returns the relations
// of the workbook part by their ids.
func (w *workbook) related(book string, relations []relation) (map[string]relation, error) {
	byID := map[string]relation{}
	for _, r := range relations {
		if _, twice := byID[r.ID]; twice {
			return nil, damaged(book, "the relation %s stands twice", show(r.ID))
		}
		byID[r.ID] = r
		if r.Mode == "External" {
			continue
		}
		var err error
		switch {
		case strings.HasSuffix(r.Type, "/sharedStrings") && w.shared != nil:
			err = damaged(book, "it has two tables of shared strings")
		case strings.HasSuffix(r.Type, "/sharedStrings"):
			err = w.sharedStrings(r.target(book))
		case strings.HasSuffix(r.Type, "/styles") && w.dates != nil:
			err = damaged(book, "it has two tables of styles")
		case strings.HasSuffix(r.Type, "/styles"):
			err = w.styles(r.target(book))
		}
		if err != nil {
			return nil, err
		}
	}
	return byID, nil
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
	if err := w.unmarshal(rels, &content); err != nil {
		return nil, err
	}
	return content.Relations, nil
}

// unmarshal decodes a small part as a whole, after every token was looked at.
func (w *workbook) unmarshal(part string, into any) error {
	x, _, err := w.open(part)
	if err != nil {
		return err
	}
	if err := x.skip(); err != nil {
		return damaged(part, "%v", err)
	}
	if err := x.end(); err != nil {
		return damaged(part, "%v", err)
	}
	content, err := w.load(part)
	if err != nil {
		return err
	}
	if err := xml.Unmarshal(content, into); err != nil {
		return damaged(part, "%v", err)
	}
	return nil
}

func (w *workbook) sharedStrings(part string) error {
	x, _, err := w.open(part)
	if err != nil {
		return err
	}
	w.shared = []string{}
	err = x.children(func(e xml.StartElement) error {
		if e.Name.Local != "si" {
			return x.skip()
		}
		s, err := x.stringItem()
		if len(w.shared) >= maxStrings {
			return fmt.Errorf("more than %d strings", maxStrings)
		}
		w.shared = append(w.shared, s)
		w.sharedBytes = append(w.sharedBytes, []byte(trim(s)))
		return err
	})
	if err == nil {
		err = x.end()
	}
	if err != nil {
		return damaged(part, "after string %d: %v", len(w.shared), err)
	}
	return nil
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
	w.dates = []bool{}
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
	return w.readCells(file, ref, nil)
}

// readCells is readSheet that also keeps the formulas, where it is given a
// place for them.
func (w *workbook) readCells(file string, ref sheetRef, formulas map[cells.Place]string) (*table, error) {
	x, root, err := w.open(ref.part)
	if err != nil {
		return nil, err
	}
	s := &sheetPass{workbook: w, xmlPart: x, table: &table{file: file, sheet: ref.name}, formulas: formulas}
	if ref.state == "hidden" || ref.state == "veryHidden" {
		s.table.hidden = ref.state
	}
	if root.Name.Local != "worksheet" {
		err = fmt.Errorf("it is no worksheet but %s", show(root.Name.Local))
	} else if err = s.children(s.element); err == nil {
		err = s.end()
	}
	if err == nil && !s.seen {
		err = errors.New("it has no rows at all")
	}
	if err != nil {
		last := 0
		if n := len(s.table.rows); n > 0 {
			last = s.table.rows[n-1].number
		}
		return nil, damaged(ref.part, "after row %d: %v", last, err)
	}
	return s.table, nil
}

// sheetPass is one pass over a sheet.
type sheetPass struct {
	*workbook
	*xmlPart
	table *table
	seen  bool // the rows
	row   int  // the last row begun
	cells int

	formulas map[cells.Place]string // nil: not kept
}

// element reads a child of the worksheet.
func (s *sheetPass) element(e xml.StartElement) error {
	switch e.Name.Local {
	case "sheetData":
		if s.seen {
			return errors.New("the rows stand twice")
		}
		s.seen = true
		return s.children(s.readRow)
	case "cols":
		return s.children(func(col xml.StartElement) error {
			first, err1 := strconv.Atoi(attr(col, "min"))
			last, err2 := strconv.Atoi(attr(col, "max"))
			if err1 == nil && err2 == nil && truth(col, "hidden") && len(s.table.hiddenCols) < maxColumn {
				s.table.hiddenCols = append(s.table.hiddenCols, span{first, last})
			}
			return s.skip()
		})
	case "mergeCells":
		return s.children(func(merge xml.StartElement) error {
			m, err := parseArea(attr(merge, "ref"))
			if err != nil {
				return err
			}
			s.table.merged = append(s.table.merged, m)
			return s.skip()
		})
	}
	return s.skip()
}

func (s *sheetPass) readRow(e xml.StartElement) error {
	if e.Name.Local != "row" {
		return fmt.Errorf("%s stands among the rows", show(e.Name.Local))
	}
	number := s.row + 1
	if r := attr(e, "r"); r != "" {
		n, err := strconv.Atoi(r)
		if err != nil || n <= s.row || n > maxRow {
			return fmt.Errorf("the next row is numbered %s", show(r))
		}
		number = n
	}
	s.row = number
	row := row{number: number, hidden: truth(e, "hidden")}
	last := 0 // the last column begun
	err := s.children(func(c xml.StartElement) error {
		switch c.Name.Local {
		case "c":
			return s.readCell(c, &row, &last)
		case "extLst":
			return s.skip()
		}
		return fmt.Errorf("%s stands among the cells of row %d", show(c.Name.Local), number)
	})
	if err == nil {
		s.table.rows = append(s.table.rows, row)
	}
	return err
}

func (s *sheetPass) readCell(e xml.StartElement, row *row, last *int) error {
	column := *last + 1
	if r := attr(e, "r"); r != "" {
		c, n, err := parseRef(r)
		if err != nil || n != row.number || c < column {
			return fmt.Errorf("a cell of row %d is named %s", row.number, show(r))
		}
		column = c
	}
	if column > maxColumn {
		return fmt.Errorf("row %d has more than %d cells", row.number, maxColumn)
	}
	*last = column
	raw, err := s.rawCell()
	if err != nil {
		return fmt.Errorf("cell %s%d: %w", allocation.ColumnName(column), row.number, err)
	}
	c, err := s.cell(e, raw)
	if err == nil && raw.contradicts(attr(e, "t")) {
		err = fmt.Errorf("its type is %s, but what it holds is not of that type", show(attr(e, "t")))
	}
	if err != nil {
		return fmt.Errorf("cell %s%d: %w", allocation.ColumnName(column), row.number, err)
	}
	if s.formulas != nil && raw.formula {
		s.formulas[cells.Place{Row: row.number, Column: column}] = raw.source
	}
	if c.kind == empty {
		return nil
	}
	if s.cells += column - len(row.cells); s.cells > maxCells {
		return fmt.Errorf("more than %d cells", maxCells)
	}
	for len(row.cells) < column-1 {
		row.cells = append(row.cells, cell{})
	}
	row.cells = append(row.cells, c)
	return nil
}

// rawCell is a cell as the sheet holds it.
type rawCell struct {
	formula, hasValue, hasInline bool
	value, inline, source        string // source is the formula
}

// contradicts reports whether a text stands in a cell of another type, or a
// value in one of texts: read by its type alone the cell would be empty.
func (r rawCell) contradicts(typ string) bool {
	if typ == "inlineStr" {
		return r.hasValue
	}
	return r.hasInline
}

// rawCell reads the children of a cell, each of which stands once.
func (s *sheetPass) rawCell() (rawCell, error) {
	var raw rawCell
	seen := map[string]bool{}
	err := s.children(func(e xml.StartElement) (err error) {
		name := e.Name.Local
		if seen[name] {
			return fmt.Errorf("two of %s", show(name))
		}
		seen[name] = true
		switch name {
		case "f":
			raw.formula = true
			if raw.source, err = s.text(); attr(e, "t") == "shared" && raw.source == "" {
				raw.source = "(shared) " + attr(e, "si")
			}
		case "v":
			raw.hasValue = true
			raw.value, err = s.text()
		case "is":
			raw.hasInline = true
			raw.inline, err = s.stringItem()
		case "extLst":
			err = s.skip()
		default:
			err = fmt.Errorf("%s stands in it", show(name))
		}
		return err
	})
	return raw, err
}

// cell interprets a cell by its type.
func (s *sheetPass) cell(e xml.StartElement, raw rawCell) (cell, error) {
	c := cell{formula: raw.formula}
	typ := attr(e, "t")
	if c.formula && (!raw.hasValue || raw.value == "" && typ != "str") {
		c.kind = uncached
		return c, nil
	}
	switch typ {
	case "s":
		if !raw.hasValue {
			return cell{}, nil
		}
		i, err := strconv.Atoi(raw.value)
		if err != nil || i < 0 || i >= len(s.shared) || strconv.Itoa(i) != raw.value {
			return c, fmt.Errorf("it points to the shared string %s of %d", show(raw.value), len(s.shared))
		}
		c.kind, c.text = text, s.shared[i]
	case "str":
		c.kind, c.text = text, unescape(raw.value)
	case "inlineStr":
		c.kind, c.text = text, raw.inline
	case "b":
		if raw.value != "0" && raw.value != "1" {
			return c, fmt.Errorf("it holds the truth value %s", show(raw.value))
		}
		c.kind, c.text = boolean, map[string]string{"0": "FALSE", "1": "TRUE"}[raw.value]
	case "e":
		c.kind, c.text = failure, raw.value
	case "d":
		c.kind, c.text = date, strings.TrimSuffix(raw.value, "T00:00:00")
	case "", "n":
		return s.number(c, e, raw.value)
	default:
		return c, fmt.Errorf("it has the unknown type %s", show(typ))
	}
	if len(c.text) > maxText && utf8.RuneCountInString(c.text) > maxText {
		return c, errors.New("it is longer than Excel allows")
	}
	if c.kind == text {
		if c.text = trim(c.text); c.text == "" {
			return cell{}, nil
		}
	}
	return c, nil
}

// number is a number, or a date where its style shows one.
func (s *sheetPass) number(c cell, e xml.StartElement, value string) (cell, error) {
	if value == "" {
		return cell{}, nil
	}
	if len(value) > maxNumber || !cellNumber.MatchString(value) {
		return c, fmt.Errorf("it holds the number %s", show(value))
	}
	c.kind, c.text = number, value
	isDate, ok := s.isDate([]byte(attr(e, "s")))
	if !ok {
		return c, fmt.Errorf("it has the style %s of %d", show(attr(e, "s")), len(s.dates))
	}
	if isDate {
		if day, ok := s.day(value); ok {
			c.kind, c.text = date, day
		}
	}
	return c, nil
}

// isDate reports whether a cell style shows a number as a date. It is not ok
// where there is no such style: the number may be a date.
func (w *workbook) isDate(style []byte) (is, ok bool) {
	if len(style) == 0 || len(style) == 1 && style[0] == '0' && len(w.dates) == 0 {
		return false, true
	}
	i := smallNumber(style)
	if i == 0 && string(style) != "0" || i >= len(w.dates) {
		return false, false
	}
	return w.dates[i], true
}

// day turns Excel's day number into a date; a time of day is dropped.
func (w *workbook) day(value string) (string, bool) {
	whole, _, _ := strings.Cut(value, ".")
	n, err := strconv.Atoi(whole)
	if err != nil || n < 0 || n > 2_958_465 { // 9999-12-31
		return "", false
	}
	epoch := time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)
	switch {
	case w.date1904:
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
