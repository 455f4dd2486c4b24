package register

import (
	"archive/zip"
	"bytes"
	"errors"
	"io"
	"unicode/utf8"
)

// The fast pass over a sheet reads what spreadsheets write: rows of cells in
// the plainest XML, one goroutine unpacking while another reads. Whatever is
// not as plain as that, be it allowed or damaged, it leaves to the slow pass,
// which says what is wrong. What both read must be the same.

// errIrregular means that the slow pass must read the sheet.
var errIrregular = errors.New("not the plainest XML")

// window is a part being unpacked: data is what is there and not yet read.
type window struct {
	blocks chan block
	free   chan []byte
	data   []byte
	buf    []byte
	whole  int // so much of data is whole rows
	end    bool
	err    error
}

type block struct {
	data []byte
	err  error
}

const rowEnd = "</row>"

const (
	blockBytes = 128 << 10
	maxWindow  = 8 << 20 // a row, or what stands before the rows, is shorter
)

// unpack reads a part in a goroutine of its own, to the end, where its size
// and checksum are verified. stop must be called.
func unpack(f *zip.File) (w *window, stop func(), err error) {
	rc, err := f.Open()
	if err != nil {
		return nil, nil, err
	}
	const ahead = 4
	w = &window{blocks: make(chan block, ahead), free: make(chan []byte, ahead+1)}
	for range cap(w.free) {
		w.free <- make([]byte, blockBytes)
	}
	done := make(chan struct{})
	go func() {
		defer close(w.blocks)
		for {
			var b []byte
			select {
			case b = <-w.free:
			case <-done:
				return
			}
			n, err := readFull(rc, b[:blockBytes])
			select {
			case w.blocks <- block{b[:n], err}:
			case <-done:
				return
			}
			if err != nil {
				return
			}
		}
	}()
	return w, func() {
		close(done)
		for range w.blocks { // until the goroutine has ended
		}
		_ = rc.Close() // read to its end, or given up
	}, nil
}

// more adds the next block to data. It is false at the end of the part.
func (w *window) more() (bool, error) {
	if w.end {
		return false, w.err
	}
	b, ok := <-w.blocks
	if !ok {
		w.end = true
		return false, w.err
	}
	if len(w.data)+len(b.data) > maxWindow {
		return false, errIrregular
	}
	if free := cap(w.buf) - len(w.data); free < len(b.data) || cap(w.buf) == 0 {
		w.buf = make([]byte, max(4*blockBytes, 2*(len(w.data)+len(b.data))))
	}
	// What is left moves to the front; it is shorter than a row.
	n := copy(w.buf[:cap(w.buf)], w.data)
	n += copy(w.buf[n:cap(w.buf)], b.data)
	w.data = w.buf[:n]
	w.whole = bytes.LastIndex(w.data, []byte(rowEnd)) + len(rowEnd)
	if w.whole < len(rowEnd) {
		w.whole = 0
	}
	w.free <- b.data[:cap(b.data)]
	if b.err != nil {
		w.end = true
		if !errors.Is(b.err, io.EOF) {
			w.err = b.err
			return false, w.err
		}
	}
	return true, nil
}

// pass moves on by n bytes.
func (w *window) pass(n int) {
	w.data = w.data[n:]
	w.whole -= n
}

// upTo returns the data up to the end of a mark and passes over it.
func (w *window) upTo(mark string) ([]byte, error) {
	from := 0
	for {
		if at := bytes.Index(w.data[from:], []byte(mark)); at >= 0 {
			at += from + len(mark)
			d := w.data[:at]
			w.pass(at)
			return d, nil
		}
		from = max(0, len(w.data)-len(mark))
		ok, err := w.more()
		if err != nil {
			return nil, err
		}
		if !ok {
			return nil, errIrregular
		}
	}
}

// sheetCell is a cell as the fast pass hands it out. text is good until the
// next row.
type sheetCell struct {
	kind    kind
	formula bool
	text    []byte
}

// sheetSink takes the rows of a sheet in order; cells[0] is column 1. restart
// forgets them all.
type sheetSink interface {
	row(number int, hidden bool, cells []sheetCell) error
	restart()
}

// fastPass is one fast pass over a sheet.
type fastPass struct {
	*workbook
	part   string
	window *window
	sink   sheetSink
	cells  []sheetCell
	last   int // the last row
}

// fastSheet hands the rows of a sheet to the sink and returns what stands
// around them, or errIrregular.
func (w *workbook) fastSheet(part string, sink sheetSink) (frame []byte, err error) {
	f := w.files[part]
	if f == nil {
		return nil, errIrregular // the slow pass says so
	}
	in, stop, err := unpack(f)
	if err != nil {
		return nil, errIrregular
	}
	defer stop()
	p := &fastPass{workbook: w, part: part, window: in, sink: sink}
	head, err := in.upTo("<sheetData>")
	if err != nil {
		return nil, err
	}
	if bytes.Contains(head, []byte("<!")) {
		return nil, errIrregular
	}
	frame = append([]byte(nil), head...)
	if err := p.rows(); err != nil {
		return nil, err
	}
	frame = append(frame, "</sheetData>"...)
	for {
		if bytes.Contains(in.data, []byte("<!")) || bytes.Contains(in.data, []byte("sheetData")) {
			return nil, errIrregular
		}
		frame = append(frame, in.data...)
		in.data = in.data[:0]
		ok, err := in.more()
		if err != nil {
			return nil, err
		}
		if !ok {
			return frame, nil
		}
		if len(frame) > maxWindow {
			return nil, errIrregular
		}
	}
}

// rows reads rows up to the end of the sheet's data.
func (p *fastPass) rows() error {
	w := p.window
	for {
		for len(w.data) < len("</sheetData>") {
			if ok, err := w.more(); err != nil || !ok {
				return irregular(err)
			}
		}
		switch {
		case w.data[0] == '\n' || w.data[0] == '\r' || w.data[0] == ' ' || w.data[0] == '\t':
			w.pass(1)
		case bytes.HasPrefix(w.data, []byte("</sheetData>")):
			w.pass(len("</sheetData>"))
			return nil
		default:
			tag, err := w.upTo(">")
			if err != nil {
				return err
			}
			if err := p.row(tag); err != nil {
				return err
			}
		}
	}
}

func irregular(err error) error {
	if err != nil {
		return err
	}
	return errIrregular
}

// attributes calls visit with every attribute of a tag behind its name, as in
// ` r="2" spans="1:9"`. It is false for anything but name="value" in order,
// each name once.
func attributes(tag []byte, visit func(name, value []byte) bool) bool {
	whole := tag
	for len(tag) > 0 {
		if tag[0] != ' ' {
			return false
		}
		tag = tag[1:]
		if len(tag) == 0 {
			return true
		}
		eq := bytes.IndexByte(tag, '=')
		if eq <= 0 || eq+1 >= len(tag) || tag[eq+1] != '"' {
			return false
		}
		name := tag[:eq]
		at := len(whole) - len(tag) - 1 // of the space before it
		if !attributeName(name) || bytes.Contains(whole[:at], whole[at:at+eq+3]) {
			return false
		}
		rest := tag[eq+2:]
		quote := bytes.IndexByte(rest, '"')
		if quote < 0 {
			return false
		}
		for _, b := range rest[:quote] {
			if b < ' ' || b == '<' || b == '&' || b >= 0x80 {
				return false
			}
		}
		if !visit(name, rest[:quote]) {
			return false
		}
		tag = rest[quote+1:]
	}
	return true
}

// attributeName reports whether a name is letters and digits, with at most one
// prefix, and each part begins with a letter.
func attributeName(name []byte) bool {
	begun, prefixed := false, false
	for _, b := range name {
		switch {
		case b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z':
			begun = true
		case b >= '0' && b <= '9' && begun:
		case b == ':' && begun && !prefixed:
			begun, prefixed = false, true
		default:
			return false
		}
	}
	return begun
}

// row reads a row whose first tag was just read.
func (p *fastPass) row(tag []byte) error {
	if !bytes.HasPrefix(tag, []byte("<row ")) {
		return errIrregular
	}
	tag = tag[len("<row") : len(tag)-1]
	closed := len(tag) > 0 && tag[len(tag)-1] == '/'
	if closed {
		tag = tag[:len(tag)-1]
	}
	number, hidden, seen := 0, false, 0
	ok := attributes(tag, func(name, value []byte) bool {
		switch string(name) {
		case "r":
			seen++
			number = smallNumber(value)
		case "hidden":
			hidden = string(value) == "1" || string(value) == "true"
		}
		return true
	})
	if !ok || seen != 1 || number <= p.last || number > maxRow {
		return errIrregular
	}
	p.last = number
	p.cells = p.cells[:0]
	if !closed {
		w := p.window
		for w.whole <= 0 {
			if ok, err := w.more(); err != nil || !ok {
				return irregular(err)
			}
		}
		n, err := p.rowCells(w.data[:w.whole], number)
		if err != nil {
			return err
		}
		defer w.pass(n) // the cells lie there until they are handed over
	}
	return p.sink.row(number, hidden, p.cells)
}

// smallNumber reads up to seven digits without a leading zero; else it is 0.
func smallNumber(digits []byte) int {
	if len(digits) == 0 || len(digits) > 7 || digits[0] == '0' {
		return 0
	}
	n := 0
	for _, b := range digits {
		if b < '0' || b > '9' {
			return 0
		}
		n = n*10 + int(b-'0')
	}
	return n
}

// rowCells reads the cells of a row and its end, and returns how long it is.
func (p *fastPass) rowCells(data []byte, number int) (int, error) {
	last := 0
	for content := data; ; {
		if !bytes.HasPrefix(content, []byte("<c ")) {
			if bytes.HasPrefix(content, []byte(rowEnd)) {
				return len(data) - len(content) + len(rowEnd), nil
			}
			return 0, errIrregular
		}
		end := bytes.IndexByte(content, '>')
		if end < 0 {
			return 0, errIrregular
		}
		tag := content[2:end]
		content = content[end+1:]
		closed := tag[len(tag)-1] == '/'
		if closed {
			tag = tag[:len(tag)-1]
		}
		var typ, style []byte
		column, seen := 0, 0
		if ref, rest, usual := usualRef(tag); usual { // r="A1", r="A1" t="s"
			column, seen, typ = columnOf(ref, number), 1, rest
		} else if !attributes(tag, func(name, value []byte) bool {
			switch string(name) {
			case "r":
				seen++
				column = columnOf(value, number)
			case "t":
				typ = value
			case "s":
				style = value
			}
			return true
		}) {
			return 0, errIrregular
		}
		if seen != 1 || column <= last {
			return 0, errIrregular
		}
		last = column
		if closed {
			continue
		}
		c, rest, err := p.cellContent(content, typ, style)
		if err != nil {
			return 0, err
		}
		content = rest
		if c.kind == empty {
			continue
		}
		for len(p.cells) < column-1 {
			p.cells = append(p.cells, sheetCell{})
		}
		p.cells = append(p.cells, c)
	}
}

// usualRef takes apart a cell's attributes where they are a reference and at
// most a type of one letter.
func usualRef(tag []byte) (ref, typ []byte, usual bool) {
	if !bytes.HasPrefix(tag, []byte(` r="`)) {
		return nil, nil, false
	}
	tag = tag[4:]
	for i := 2; i < len(tag) && i <= 10; i++ {
		if tag[i] != '"' {
			continue
		}
		ref, tag = tag[:i], tag[i+1:]
		switch {
		case len(tag) == 0:
			return ref, nil, true
		case len(tag) == 6 && string(tag[:4]) == ` t="` && tag[5] == '"':
			return ref, tag[4:5], true
		}
		return nil, nil, false
	}
	return nil, nil, false
}

// columnOf is the column of a reference in a row, or 0.
func columnOf(ref []byte, row int) int {
	column, i := 0, 0
	for ; i < len(ref) && i < 4 && ref[i] >= 'A' && ref[i] <= 'Z'; i++ {
		column = column*26 + int(ref[i]-'A') + 1
	}
	if i == 0 || column > maxColumn || smallNumber(ref[i:]) != row {
		return 0
	}
	return column
}

// cellContent reads what stands between the tags of a cell, and its end.
func (p *fastPass) cellContent(s []byte, typ, style []byte) (c sheetCell, rest []byte, err error) {
	if bytes.HasPrefix(s, []byte("<f")) {
		c.formula = true
		end := bytes.IndexByte(s, '>')
		if end < 0 || s[2] != '>' && s[2] != ' ' && s[2] != '/' {
			return c, nil, errIrregular
		}
		self := s[end-1] == '/'
		tag := s[2:end]
		if self {
			tag = tag[:len(tag)-1]
		}
		if !attributes(tag, func(_, _ []byte) bool { return true }) {
			return c, nil, errIrregular
		}
		s = s[end+1:]
		if !self {
			formula, after, ok := value(s, "</f>")
			if _, fine := p.plain(formula); !ok || !fine {
				return c, nil, errIrregular
			}
			s = after
		}
	}
	var raw []byte
	has, inline := false, false
	switch {
	case bytes.HasPrefix(s, []byte("<v>")):
		raw, s, has = value(s[3:], "</v>")
		if !has {
			return c, nil, errIrregular
		}
	case bytes.HasPrefix(s, []byte("<is><t>")):
		raw, s, inline = value(s[7:], "</t></is>")
		if !inline {
			return c, nil, errIrregular
		}
	case bytes.HasPrefix(s, []byte(`<is><t xml:space="preserve">`)):
		raw, s, inline = value(s[len(`<is><t xml:space="preserve">`):], "</t></is>")
		if !inline {
			return c, nil, errIrregular
		}
	}
	if !bytes.HasPrefix(s, []byte("</c>")) || inline != (string(typ) == "inlineStr") {
		return c, nil, errIrregular
	}
	c, err = p.interpret(c, typ, style, raw, has)
	return c, s[len("</c>"):], err
}

// value is the text up to a closing tag.
func value(s []byte, end string) (text, rest []byte, ok bool) {
	at := bytes.IndexByte(s, '<')
	if at < 0 || !bytes.HasPrefix(s[at:], []byte(end)) {
		return nil, nil, false
	}
	return s[:at], s[at+len(end):], true
}

// plain returns the text that stands for itself; it is not fine where an
// entity, a character that XML has not, or an escape of Excel's stands in it.
func (p *fastPass) plain(s []byte) (text []byte, fine bool) {
	ascii := true
	for _, b := range s {
		if b < ' ' && b != '\t' && b != '\n' || b == '&' || b == '>' {
			return nil, false
		}
		ascii = ascii && b < 0x80
	}
	if !ascii && (!utf8.Valid(s) || bytes.Contains(s, []byte("\xef\xbf"))) || bytes.Contains(s, []byte("_x")) || len(s) > maxText {
		return nil, false
	}
	return s, true
}

// interpret does for the fast pass what sheetPass.cell does for the slow one.
func (p *fastPass) interpret(c sheetCell, typ, style, raw []byte, has bool) (sheetCell, error) {
	if c.formula && (!has || len(raw) == 0) {
		return c, errIrregular
	}
	switch string(typ) {
	case "", "n":
		if len(raw) == 0 {
			return sheetCell{}, nil
		}
		if !usualNumber(raw) {
			return c, errIrregular
		}
		c.kind, c.text = number, raw
		isDate, ok := p.isDate(style)
		if !ok {
			return c, errIrregular
		}
		if isDate {
			if day, ok := p.day(string(raw)); ok {
				c.kind, c.text = date, []byte(day)
			}
		}
		return c, nil
	case "s":
		i := smallNumber(raw)
		if i == 0 && string(raw) != "0" || i >= len(p.shared) {
			return c, errIrregular
		}
		c.text = p.sharedBytes[i]
	case "inlineStr", "str":
		text, fine := p.plain(raw)
		if !fine {
			return c, errIrregular
		}
		c.text = bytes.Trim(text, trimmed)
	default:
		return c, errIrregular
	}
	if c.kind = text; len(c.text) == 0 {
		return sheetCell{}, nil
	}
	return c, nil
}

// usualNumber reports whether a number is digits with at most one point.
func usualNumber(s []byte) bool {
	point := false
	for i, b := range s {
		if b == '.' && !point && i > 0 && i < len(s)-1 {
			point = true
		} else if b < '0' || b > '9' {
			return false
		}
	}
	return len(s) <= maxNumber
}
