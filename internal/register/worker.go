package register

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math/bits"
	"slices"
	"time"
)

// The years of the dense table; operations of other years go to a map.
const (
	firstYear = 2000
	yearsKept = 32
	months    = yearsKept * 12
)

// daysIn is the number of days of each month of the dense table.
var daysIn = func() (days [months]uint8) {
	for i := range days {
		first := time.Date(firstYear+i/12, time.Month(i%12+1), 1, 0, 0, 0, 0, time.UTC)
		days[i] = uint8(first.AddDate(0, 1, -1).Day())
	}
	return days
}()

// worker counts chunks. Usual rows are judged in place and counted in a dense
// table; every other row goes to counting.row.
type worker struct {
	*scan
	index  index
	totals *totals

	dense   []uint32 // operations by region, provider, month and area
	byMonth [months]uint32
	areas   int
	usual   bool // the layout is one whose rows can be judged in place
	pending int64

	fields [][]byte
	kinds  []kind // of the cells of a sheet
	hits   []hit
	at     *chunk
}

func newWorker(s *scan) *worker {
	w := &worker{scan: s, totals: newTotals(), areas: len(s.counting.areas)}
	w.usual = len(s.layout.opDate) == 0 && !s.counting.perCode && !s.layout.lkf && w.areas <= 64
	w.dense = make([]uint32, 21*3*months*w.areas)
	return w
}

// spill moves the dense table into the totals.
func (w *worker) spill() {
	for i, n := range w.dense {
		if n == 0 {
			continue
		}
		area, rest := i%w.areas, i/w.areas
		month, rest := rest%months, rest/months
		w.totals.counts[hit{region: rest / 3, provider: rest % 3, year: firstYear + month/12, month: month%12 + 1, area: area}] += int64(n)
	}
	for m, n := range w.byMonth {
		if n > 0 {
			w.totals.byMonth[[2]int{firstYear + m/12, m%12 + 1}] += int64(n)
		}
	}
	clear(w.dense)
	clear(w.byMonth[:])
	w.pending = 0
}

// chunk counts one chunk.
func (w *worker) chunk(k *chunk) {
	data := k.data
	w.at = k
	if at := bytes.IndexByte(data, 0); at >= 0 {
		w.fault(w.place(at, -1), "a NUL byte: this is not a text file, or it is damaged; export it again")
		return
	}
	w.index.build(data, w.separator, k.quoted)
	if at := w.index.badQuote; at >= 0 {
		w.fault(w.place(at, -1), `a quote stands neither around a whole value nor doubled; double it and quote the whole value`)
		return
	}
	lines := w.index.newlines
	if w.index.quoted {
		lines = bytes.Count(data, []byte{'\n'})
	}
	w.mu.Lock()
	w.lines[k.number] = lines
	w.mu.Unlock()
	if w.pending += int64(lines); w.pending > 1<<31 {
		w.spill() // before a count can pass 32 bits
	}
	if w.usual && w.even(data) && lines == w.index.newlines { // no line break inside quotes
		w.usualRows(data)
	} else {
		w.anyRows(data)
	}
}

// place is where a byte of the chunk stands.
func (w *worker) place(at, column int) place {
	return place{chunk: w.at.number, line: bytes.Count(w.at.data[:at], []byte{'\n'}), column: column}
}

// even reports whether every row has as many fields as the header.
func (w *worker) even(data []byte) bool {
	n, ends := w.layout.columns, w.index.ends
	if len(ends) != n*w.index.newlines {
		return false
	}
	for i := n - 1; i < len(ends); i += n {
		if data[ends[i]] != '\n' {
			return false
		}
	}
	return true
}

// anyRows judges rows one by one, whatever they look like.
func (w *worker) anyRows(data []byte) {
	begin := 0
	w.fields = w.fields[:0]
	start := 0
	for _, e := range w.index.ends {
		end := int(e)
		w.fields = append(w.fields, w.field(data, start, end, data[end] == '\n'))
		start = end + 1
		if data[end] != '\n' {
			continue
		}
		w.rowOfFields(begin)
		begin, w.fields = start, w.fields[:0]
	}
}

// rowOfFields judges the row in fields, which begins at a byte of the chunk.
func (w *worker) rowOfFields(begin int) {
	switch {
	case !slices.ContainsFunc(w.fields, func(f []byte) bool { return len(f) > 0 }):
		w.totals.blank++
		return
	case len(w.fields) != w.layout.columns:
		w.totals.rows[refused]++
		w.fault(w.place(begin, -1), fmt.Sprintf("the row has %d values, the header %d columns; a separator may stand inside a value that is not quoted, or the row is cut off", len(w.fields), w.layout.columns))
		return
	}
	w.lookForPersons()
	w.judge(begin)
}

func (w *worker) lookForPersons() {
	for _, c := range w.layout.personal {
		value := cell{kind: text, text: string(w.fields[c])}
		if w.kinds != nil {
			value.kind = w.kinds[c]
		}
		if holdsPersonalNumber(value) {
			w.totals.personal[c]++
		}
	}
}

// sheetRow judges the row in fields, which has this number on its sheet.
func (w *worker) sheetRow(number int) {
	w.lookForPersons()
	o, hits, f := w.counting.row(w.layout, w.fields, w.hits)
	w.hits = hits
	w.add(o, hits, f, func() place { return place{line: number, column: f.column} })
}

func (w *worker) judge(begin int) {
	o, hits, f := w.counting.row(w.layout, w.fields, w.hits)
	w.hits = hits
	w.add(o, hits, f, func() place { return w.place(begin, f.column) })
}

// add counts a row that was judged; at is asked where it stands if that
// matters.
func (w *worker) add(o outcome, hits []hit, f fieldFault, at func() place) {
	switch {
	case o == refused:
		w.fault(at(), f.message)
	case o == counted && w.totals.byMonth[[2]int{hits[0].year, hits[0].month}] == 0:
		w.met(hits[0].year, hits[0].month, at())
	}
	w.totals.add(o, hits, f)
}

// field returns the value between two places: without quotes around it, and
// without the CR of a line end.
func (w *worker) field(data []byte, start, end int, last bool) []byte {
	if last && end > start && data[end-1] == '\r' {
		end--
	}
	f := data[start:end]
	if len(f) >= 2 && f[0] == '"' && f[len(f)-1] == '"' {
		f = f[1 : len(f)-1]
		if bytes.IndexByte(f, '"') >= 0 {
			f = bytes.ReplaceAll(f, []byte(`""`), []byte{'"'})
		}
	}
	return f
}

// usualRows judges rows in place. A row in which something is not as usual, be
// it a county code of one digit or a date with hyphens, is judged like any.
func (w *worker) usualRows(data []byte) {
	l, c := w.layout, w.counting
	n := l.columns
	ends := w.index.ends
	padded := data[:len(data)+blockSize]
	usualCodes := c.codes.usual
	var noCodes, counts int64
	begin := 0
	for row := 0; row+n <= len(ends); row += n {
		e := ends[row : row+n : row+n]
		rowBegin := begin
		begin = int(e[n-1]) + 1

		suspicious := false
		for _, column := range l.personal {
			start := rowBegin
			if column > 0 {
				start = int(e[column-1]) + 1
			}
			if end := int(e[column]); end-start >= 10 && manyOf(padded, start, end) {
				suspicious = true
			}
		}
		if suspicious {
			w.takeFields(data, e, rowBegin)
			w.rowOfFields(rowBegin)
			continue
		}
		var areas uint64
		for _, column := range l.op {
			start, end := w.span(data, e, rowBegin, column)
			for start < end {
				word := binary.LittleEndian.Uint64(padded[start:])
				length := bits.TrailingZeros64(spaces(word)) >> 3
				length = min(length, end-start)
				token := word & wordMask[length&15]
				if !usualCodes || length == 8 || !codeLike(token|('0'*ones)&^wordMask[length&15]) {
					for code := range bytes.FieldsFuncSeq(data[start:end], betweenCodes) {
						areas |= c.codes.bit(code)
					}
					break
				}
				areas |= c.codes.bits(token)
				start += length + 1
			}
		}
		if areas == 0 {
			if begin-rowBegin <= 3*n+1 { // perhaps nothing but separators and quotes
				w.takeFields(data, e, rowBegin)
				w.rowOfFields(rowBegin)
				continue
			}
			noCodes++
			continue
		}
		index, ok := w.cell(padded, data, e, rowBegin)
		if !ok {
			w.takeFields(data, e, rowBegin)
			w.judge(rowBegin)
			continue
		}
		if index < 0 {
			w.totals.rows[notResident]++
			continue
		}
		counts++
		if w.byMonth[index%months] == 0 {
			w.met(firstYear+index%months/12, index%12+1, w.place(rowBegin, 0))
		}
		w.byMonth[index%months]++
		for ; areas != 0; areas &= areas - 1 {
			w.dense[index*w.areas+bits.TrailingZeros64(areas)]++
		}
	}
	w.totals.rows[noCode] += noCodes
	w.totals.rows[counted] += counts
}

// wordMask keeps so many bytes of a word.
var wordMask = [16]uint64{0, 1<<8 - 1, 1<<16 - 1, 1<<24 - 1, 1<<32 - 1, 1<<40 - 1, 1<<48 - 1, 1<<56 - 1, ^uint64(0)}

// codeLike reports whether all bytes of a word are digits or capital letters.
func codeLike(word uint64) bool {
	const digit, beyondDigit = (0x80 - '0') * ones, (0x80 - '9' - 1) * ones
	const letter, beyondLetter = (0x80 - 'A') * ones, (0x80 - 'Z' - 1) * ones
	w := word & low7
	fits := (w+digit)&^(w+beyondDigit) | (w+letter)&^(w+beyondLetter)
	return fits&^word&high1 == high1
}

// manyOf reports whether a value has as many digits as a personal number.
func manyOf(padded []byte, start, end int) bool {
	n := 0
	for ; start+8 <= end; start += 8 {
		n += bits.OnesCount64(digits(binary.LittleEndian.Uint64(padded[start:])))
	}
	n += bits.OnesCount64(digits(binary.LittleEndian.Uint64(padded[start:])) & wordMask[end-start])
	return n >= 10
}

// digits has the high bit of each byte set that is a digit.
func digits(word uint64) uint64 {
	w := word & low7
	return (w + (0x80-'0')*ones) &^ (w + (0x80-'9'-1)*ones) &^ word & high1
}

// spaces has the high bit of each byte set that is a space.
func spaces(word uint64) uint64 {
	const space = ' ' * ones
	return high1 &^ (((word & low7) ^ space) + low7 | word)
}

// span returns where a column's value stands, without quotes or the CR of a
// line end.
func (w *worker) span(data []byte, e []uint32, rowBegin, column int) (start, end int) {
	start, end = rowBegin, int(e[column])
	if column > 0 {
		start = int(e[column-1]) + 1
	}
	if column == len(e)-1 && end > start && data[end-1] == '\r' {
		end--
	}
	if w.index.quoted && end-start >= 2 && data[start] == '"' {
		start, end = start+1, end-1
	}
	return start, end
}

// cell returns the place in the dense table of a counted row, before the area:
// -1 for a row of nobody who lives in a region. It is not ok where a value is
// not as usual.
func (w *worker) cell(padded, data []byte, e []uint32, rowBegin int) (int, bool) {
	l, c := w.layout, w.counting
	start, end := w.span(data, e, rowBegin, l.home)
	home, ok := twoDigits(padded, start, end)
	if !ok {
		return 0, false
	}
	region := c.region[home]
	if region == outside {
		return -1, true
	}
	provider := 1
	start, end = w.span(data, e, rowBegin, l.place)
	place, ok := twoDigits(padded, start, end)
	if !ok {
		return 0, false
	}
	if place == home {
		provider = 0
	}
	if l.private >= 0 {
		start, end = w.span(data, e, rowBegin, l.private)
		if end-start > 1 {
			return 0, false
		}
		if end > start {
			switch c.forms[padded[start]] {
			case formPrivate:
				provider = 2
			case formUnknown:
				return 0, false
			}
		}
	}
	for _, column := range l.dates {
		start, end = w.span(data, e, rowBegin, column)
		if end == start {
			continue
		}
		month, ok := usualDay(padded, start, end)
		return (int(region)*3+provider)*months + month, ok
	}
	return 0, false
}

func twoDigits(padded []byte, start, end int) (int, bool) {
	a, b := padded[start]-'0', padded[start+1]-'0'
	return int(a)*10 + int(b), end-start == 2 && a <= 9 && b <= 9
}

// usualDay reads a day written 20250602 in the years of the dense table and
// returns its month.
func usualDay(padded []byte, start, end int) (month int, ok bool) {
	if end-start != 8 {
		return 0, false
	}
	// Eight digits at once: no byte above 9 after '0' is taken off, then pairs.
	v := binary.LittleEndian.Uint64(padded[start:]) - '0'*ones
	if (v|(v+0x7676767676767676))&high1 != 0 {
		return 0, false
	}
	v = (v*10 + v>>8) & 0x00ff00ff00ff00ff
	year := int(v&0xff)*100 + int(v>>16&0xff) - firstYear
	m, d := int(v>>32&0xff)-1, int(v>>48)
	if uint(year) >= yearsKept || uint(m) >= 12 {
		return 0, false
	}
	month = year*12 + m
	return month, d >= 1 && d <= int(daysIn[month])
}

func (w *worker) takeFields(data []byte, e []uint32, rowBegin int) {
	w.fields = w.fields[:0]
	start := rowBegin
	for i, end := range e {
		w.fields = append(w.fields, w.field(data, start, int(end), i == len(e)-1))
		start = int(end) + 1
	}
}
