package register

import (
	"encoding/xml"
	"errors"
	"io"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// An obvious reading of a workbook: every part becomes a tree, and the cells
// are picked out of it one rule after the other. It shares no code with the
// reader but the format of dates, and refuses everything that can be read in
// two ways.

type element struct {
	XMLName  xml.Name
	Attrs    []xml.Attr `xml:",any,attr"`
	Text     string     `xml:",chardata"`
	Children []element  `xml:",any"`
}

func (e *element) attr(name string) (string, bool) {
	for _, a := range e.Attrs {
		if a.Name.Local == name && a.Name.Space == "" {
			return a.Value, true
		}
	}
	return "", false
}

func (e *element) all(name string) (found []*element) {
	for i := range e.Children {
		if e.Children[i].XMLName.Local == name {
			found = append(found, &e.Children[i])
		}
	}
	return found
}

// unspaced is an attribute that begins where the one before it ends, which
// encoding/xml lets pass.
var unspaced = regexp.MustCompile(`<[A-Za-z][^<>]*="[^"<>]*"[^\s/>?]`)

// surrogate is a reference to no character, which it reads as a lost one.
var surrogate = regexp.MustCompile(`(?i)&#xd[89a-f][0-9a-f]{2};`)

// tree reads XML that is well-formed in every respect and has no document type.
func tree(content string) (*element, error) {
	content = strings.TrimPrefix(content, "\ufeff")
	d := xml.NewDecoder(strings.NewReader(content))
	depth, roots := 0, 0
	for {
		t, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		switch t := t.(type) {
		case xml.StartElement:
			if depth == 0 {
				roots++
			}
			depth++
			for i, a := range t.Attr {
				if slices.ContainsFunc(t.Attr[:i], func(b xml.Attr) bool { return a.Name == b.Name }) {
					return nil, errors.New("an attribute stands twice")
				}
			}
		case xml.EndElement:
			depth--
		case xml.CharData:
			if depth == 0 && strings.TrimSpace(string(t)) != "" {
				return nil, errors.New("text outside")
			}
		case xml.Directive:
			return nil, errors.New("a document type")
		}
	}
	if roots != 1 || unspaced.MatchString(content) || surrogate.MatchString(content) {
		return nil, errors.New("not well-formed")
	}
	var root element
	return &root, xml.Unmarshal([]byte(content), &root)
}

// obviousCell is what a cell says: the text that the file holds for it, and
// what it shows where that is a date.
type obviousCell struct{ raw, shown string }

// grid is what the sheets of a workbook say, by sheet, row and column; cells
// without a text are not in it.
type grid []map[int]map[int]obviousCell

var errAmbiguous = errors.New("this cannot be read in one way only")

// obvious reads the parts of a workbook.
func obvious(parts map[string]string) (grid, error) {
	root, err := obviousRelations(parts, "_rels/.rels", "")
	if err != nil {
		return nil, err
	}
	bookPart := "xl/workbook.xml"
	for _, r := range root {
		if strings.HasSuffix(r.typ, "/officeDocument") {
			bookPart = r.target
		}
	}
	book, err := obviousPart(parts, bookPart)
	if err != nil {
		return nil, err
	}
	dir, base := path.Split(bookPart)
	relations, err := obviousRelations(parts, dir+"_rels/"+base+".rels", dir)
	if err != nil {
		return nil, err
	}
	x := &obviousBook{}
	for _, p := range book.all("workbookPr") {
		v, _ := p.attr("date1904")
		x.days.date1904 = v == "1" || v == "true"
	}
	for _, r := range relations {
		switch {
		case strings.HasSuffix(r.typ, "/sharedStrings"):
			err = x.strings(parts, r.target)
		case strings.HasSuffix(r.typ, "/styles"):
			err = x.styles(parts, r.target)
		}
		if err != nil {
			return nil, err
		}
	}
	var g grid
	for _, sheets := range book.all("sheets") {
		for _, s := range sheets.all("sheet") {
			id := ""
			for _, a := range s.Attrs {
				if a.Name.Local == "id" && a.Name.Space == "http://schemas.openxmlformats.org/officeDocument/2006/relationships" {
					id = a.Value
				}
			}
			r, ok := relations[id]
			if !ok {
				return nil, errAmbiguous
			}
			if strings.HasSuffix(r.typ, "/chartsheet") {
				continue
			}
			if !strings.HasSuffix(r.typ, "/worksheet") {
				return nil, errAmbiguous
			}
			rows, err := x.sheet(parts, r.target)
			if err != nil {
				return nil, err
			}
			g = append(g, rows)
		}
	}
	return g, nil
}

func obviousPart(parts map[string]string, name string) (*element, error) {
	content, ok := parts[name]
	if !ok {
		return nil, errors.New("a part is missing")
	}
	return tree(content)
}

type obviousRelation struct{ typ, target string }

func obviousRelations(parts map[string]string, name, dir string) (map[string]obviousRelation, error) {
	root, err := obviousPart(parts, name)
	if err != nil {
		return nil, err
	}
	found := map[string]obviousRelation{}
	for _, r := range root.all("Relationship") {
		id, _ := r.attr("Id")
		typ, _ := r.attr("Type")
		target, _ := r.attr("Target")
		mode, _ := r.attr("TargetMode")
		if rest, absolute := strings.CutPrefix(target, "/"); absolute {
			target = rest
		} else {
			target = path.Join(dir, target)
		}
		if _, twice := found[id]; twice {
			return nil, errAmbiguous
		}
		if mode == "External" {
			typ = mode
		}
		found[id] = obviousRelation{typ, target}
	}
	return found, nil
}

type obviousBook struct {
	texts []string
	dates []bool
	days  workbook
}

func (x *obviousBook) strings(parts map[string]string, part string) error {
	root, err := obviousPart(parts, part)
	if err != nil {
		return err
	}
	if x.texts != nil {
		return errAmbiguous
	}
	x.texts = []string{}
	for _, si := range root.all("si") {
		x.texts = append(x.texts, obviousText(si))
	}
	return nil
}

func obviousText(e *element) string {
	s := ""
	for i, c := range e.Children {
		switch c.XMLName.Local {
		case "t":
			s += c.Text
		case "r":
			for _, t := range e.Children[i].all("t") {
				s += t.Text
			}
		}
	}
	return s
}

func (x *obviousBook) styles(parts map[string]string, part string) error {
	root, err := obviousPart(parts, part)
	if err != nil {
		return err
	}
	if x.dates != nil {
		return errAmbiguous
	}
	x.dates = []bool{}
	codes := map[string]string{}
	for _, formats := range root.all("numFmts") {
		for _, f := range formats.all("numFmt") {
			id, _ := f.attr("numFmtId")
			codes[id], _ = f.attr("formatCode")
		}
	}
	for _, cells := range root.all("cellXfs") {
		for _, xf := range cells.all("xf") {
			id, _ := xf.attr("numFmtId")
			code, custom := codes[id]
			builtin := slices.Contains([]string{"14", "15", "16", "17", "22"}, id)
			x.dates = append(x.dates, custom && isDateFormat(code) || !custom && builtin)
		}
	}
	return nil
}

// nothingBut reports whether an element holds only these, and no text.
func nothingBut(e *element, names ...string) bool {
	for _, c := range e.Children {
		if !slices.Contains(names, c.XMLName.Local) {
			return false
		}
	}
	return strings.TrimSpace(e.Text) == ""
}

var (
	obviousRef    = regexp.MustCompile(`^([A-Z]{1,3})([1-9][0-9]{0,6})$`)
	obviousNumber = regexp.MustCompile(`^-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]{1,3})?$`)
	obviousIndex  = regexp.MustCompile(`^(0|[1-9][0-9]*)$`)
)

func (x *obviousBook) sheet(parts map[string]string, part string) (map[int]map[int]obviousCell, error) {
	root, err := obviousPart(parts, part)
	if err != nil {
		return nil, err
	}
	data := root.all("sheetData")
	if root.XMLName.Local != "worksheet" || len(data) != 1 || !nothingBut(data[0], "row") {
		return nil, errAmbiguous
	}
	rows := map[int]map[int]obviousCell{}
	last := 0
	for _, r := range data[0].all("row") {
		number := last + 1
		if s, has := r.attr("r"); has && s != "" {
			if number, err = strconv.Atoi(s); err != nil || number <= last || number > 1_048_576 {
				return nil, errAmbiguous
			}
		}
		last = number
		if !nothingBut(r, "c", "extLst") {
			return nil, errAmbiguous
		}
		if rows[number], err = x.cells(r, number); err != nil {
			return nil, err
		}
		if len(rows[number]) == 0 {
			delete(rows, number)
		}
	}
	return rows, nil
}

// cells are the cells of a row that hold something, by column.
func (x *obviousBook) cells(r *element, number int) (map[int]obviousCell, error) {
	cells := map[int]obviousCell{}
	last := 0
	for _, c := range r.all("c") {
		column := last + 1
		if s, has := c.attr("r"); has && s != "" {
			m := obviousRef.FindStringSubmatch(s)
			if m == nil || m[2] != strconv.Itoa(number) {
				return nil, errAmbiguous
			}
			column = 0
			for _, letter := range m[1] {
				column = column*26 + int(letter-'A') + 1
			}
		}
		if column <= last || column > 16_384 {
			return nil, errAmbiguous
		}
		last = column
		raw, shown, err := x.value(c)
		if err != nil {
			return nil, err
		}
		if trim(shown) != "" {
			cells[column] = obviousCell{trim(raw), trim(shown)}
		}
	}
	return cells, nil
}

func (x *obviousBook) value(c *element) (raw, shown string, err error) {
	values, inline := c.all("v"), c.all("is")
	if !nothingBut(c, "v", "is", "f", "extLst") || len(values) > 1 || len(inline) > 1 || len(c.all("f")) > 1 {
		return "", "", errAmbiguous
	}
	v := ""
	if len(values) == 1 {
		if v = values[0].Text; len(values[0].Children) > 0 {
			return "", "", errAmbiguous
		}
	}
	typ, _ := c.attr("t")
	if len(inline) == 1 && typ != "inlineStr" || len(values) == 1 && typ == "inlineStr" {
		return "", "", errAmbiguous
	}
	switch typ {
	case "s":
		if len(values) == 0 {
			return "", "", nil
		}
		i, err := strconv.Atoi(v)
		if err != nil || !obviousIndex.MatchString(v) || i >= len(x.texts) {
			return "", "", errAmbiguous
		}
		return x.texts[i], x.texts[i], nil
	case "inlineStr":
		if len(inline) == 1 {
			v = obviousText(inline[0])
		}
		return v, v, nil
	case "str", "e":
		return v, v, nil
	case "d":
		return v, strings.TrimSuffix(v, "T00:00:00"), nil
	case "b":
		if v != "0" && v != "1" {
			return "", "", errAmbiguous
		}
		return v, map[string]string{"0": "FALSE", "1": "TRUE"}[v], nil
	case "", "n":
		if v != "" && !obviousNumber.MatchString(v) {
			return "", "", errAmbiguous
		}
		style, _ := c.attr("s")
		if style == "" || v == "" {
			return v, v, nil
		}
		i, err := strconv.Atoi(style)
		if err != nil || !obviousIndex.MatchString(style) || i >= len(x.dates) {
			return "", "", errAmbiguous
		}
		if x.dates[i] {
			if day, ok := x.days.day(v); ok {
				return v, day, nil
			}
		}
		return v, v, nil
	}
	return "", "", errAmbiguous
}
