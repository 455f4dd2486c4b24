package register

import (
	"bytes"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/kortakoer/kortakoer/allocation"
	"github.com/kortakoer/kortakoer/internal/spelling"
)

// layout says what the columns of a row-level extract hold: one row per care
// contact, as the patient register is delivered. Columns count from 0; -1 is
// a column that the extract does not have.
type layout struct {
	columns  int
	op       []int // codes: one column, or OP1…OP30
	opDate   []int // OPD1…OPD30 beside them; else empty
	dates    []int // OPDATUM, INDATUM, UTDATUM: the first that is filled counts
	home     int
	lkf      bool  // home holds LKF, whose first two digits are the county
	lkfToo   int   // LKF beside HEMLAN, for rows in which that is empty
	read     []int // every column that is read, where the layout is complete
	place    int   // the performing region
	private  int
	personal []int // columns in which no personal number belongs
	names    []string
}

var (
	opHeader     = regexp.MustCompile(`^op0?([1-9]|[12][0-9]|30)$`)
	opDateHeader = regexp.MustCompile(`^opd(?:at(?:um)?)?0?([1-9]|[12][0-9]|30)$`)
	// personHeader are columns that may hold a number for a person.
	personHeader = regexp.MustCompile(`^(person|patient|pnr)?(lopnr|lopnummer|lpnr)\d*$`)
)

// extractLayout recognises the header of an extract. missing names what a
// header that holds codes still needs; ok is false where the row is no such
// header at all.
func extractLayout(header []string) (l layout, missing string, ok bool) {
	h := newHeaderNames(header)
	l = layout{columns: len(header), names: header}
	l.op, l.opDate = h.codes()
	if len(l.op) == 0 {
		return l, "", false
	}
	for _, n := range []string{"opdatum", "indatum", "utdatum"} {
		if i := h.column(n); i >= 0 {
			l.dates = append(l.dates, i)
		}
	}
	l.home, l.lkfToo = h.column("hemlan"), h.column("lkf")
	if l.home < 0 {
		l.home, l.lkfToo, l.lkf = l.lkfToo, -1, l.lkfToo >= 0
	}
	l.place = h.column("lan")
	l.private = h.column("driftform", "agarform")
	for i := range header {
		if !h.used[i] && !personHeader.MatchString(h.folded[i]) {
			l.personal = append(l.personal, i)
		}
	}
	var lacks []string
	need := func(has bool, what string) {
		if !has {
			lacks = append(lacks, what)
		}
	}
	need(h.twice == "", "one column "+strings.ToUpper(h.twice)+" instead of two that are the same")
	need(!h.both, "a choice between OP and OP1, OP2, …")
	need(len(l.dates) > 0 || l.opDate != nil, "a date (OPDATUM, INDATUM or UTDATUM)")
	need(l.home >= 0, "the home region (HEMLAN or LKF)")
	need(l.place >= 0, "the performing region (LAN)")
	if len(lacks) == 0 {
		l.read = l.used()
	}
	return l, strings.Join(lacks, ", "), true
}

// readNames are the columns that are read, besides the numbered ones.
var readNames = map[string]bool{
	"op": true, "opdatum": true, "indatum": true, "utdatum": true, "hemlan": true, "lkf": true, "lan": true, "driftform": true, "agarform": true,
}

// headerNames are the names of a header, folded, and which of them are read.
type headerNames struct {
	folded []string
	at     map[string]int
	used   map[int]bool
	twice  string // what is read stands twice
	both   bool   // OP and OP1
}

func newHeaderNames(header []string) *headerNames {
	h := &headerNames{at: map[string]int{}, used: map[int]bool{}}
	for i, name := range header {
		folded := spelling.Fold(name)
		if _, twice := h.at[folded]; twice && readNames[folded] {
			h.twice = folded
		}
		h.at[folded] = i
		h.folded = append(h.folded, folded)
	}
	return h
}

// column is the column of the first of the names that the header has, or -1.
func (h *headerNames) column(names ...string) int {
	for _, n := range names {
		if i, has := h.at[n]; has {
			h.used[i] = true
			return i
		}
	}
	return -1
}

// codes are the columns of codes, OP or OP1…OP30, and those of the dates beside
// them, -1 where a code has none; there may be no dates at all.
func (h *headerNames) codes() (op, dates []int) {
	numbered, dated := map[int]int{}, map[int]int{}
	for i, name := range h.folded {
		if m := opHeader.FindStringSubmatch(name); m != nil {
			k, _ := strconv.Atoi(m[1])
			if _, again := numbered[k]; again {
				h.twice = "op" + m[1]
			}
			numbered[k] = i
		}
		if m := opDateHeader.FindStringSubmatch(name); m != nil {
			k, _ := strconv.Atoi(m[1])
			if _, again := dated[k]; again {
				h.twice = "opd" + m[1]
			}
			dated[k] = i
		}
	}
	if i := h.column("op"); i >= 0 {
		h.both = len(numbered) > 0
		numbered = map[int]int{1: i} // all codes in one column, dated by OPD1
	}
	some := false
	for _, k := range slices.Sorted(maps.Keys(numbered)) {
		date, has := dated[k]
		if !has {
			date = -1
		} else {
			h.used[date], some = true, true
		}
		h.used[numbered[k]] = true
		op, dates = append(op, numbered[k]), append(dates, date)
	}
	if !some {
		dates = nil
	}
	return op, dates
}

// counting is what to count: the codes of the areas and what is private.
type counting struct {
	areas   []Area
	perCode bool
	forms   [256]form       // by a DRIFTFORM of a single byte
	words   map[string]form // by a longer one, folded
	region  [100]uint8      // by two digits: the index of the region, or outside
	codes   codeTable
}

// form is who runs a clinic, as DRIFTFORM or ÄGARFORM says it.
type form uint8

const (
	formUnknown form = iota
	formPublic
	formPrivate
)

// publicForms are words for what is not private. The register has digits: those
// that the rule set does not name are public too.
var publicForms = []string{"offentlig", "offentligt", "region", "regionen", "regional", "landsting", "landstinget", "kommun", "kommunal", "stat", "statlig", "egen regi"}

// outside is the region index of everything that is none of the regions.
const outside = 255

func newCounting(scope Scope) *counting {
	c := &counting{areas: scope.Areas, perCode: scope.PerCode, words: map[string]form{}}
	for i := range c.region {
		c.region[i] = outside
	}
	for i, r := range scope.Regions {
		n, err := strconv.Atoi(r.Code)
		if err == nil && n < len(c.region) {
			c.region[n] = uint8(i)
		}
	}
	for _, b := range []byte("0123456789 \t\r\n\v\f") {
		c.forms[b] = formPublic
	}
	for _, w := range publicForms {
		c.words[spelling.Fold(w)] = formPublic
	}
	for _, p := range scope.Private {
		if len(p) == 1 {
			c.forms[strings.ToLower(p)[0]], c.forms[strings.ToUpper(p)[0]] = formPrivate, formPrivate
		}
		c.words[spelling.Fold(p)] = formPrivate
	}
	c.codes.build(scope.Areas)
	return c
}

// outcome is what one row came to.
type outcome uint8

const (
	counted     outcome = iota
	noCode              // no code of an area
	notResident         // home region 99, empty, or none of the 21
	refused             // a fault
)

// hit is one operation of a row.
type hit struct{ region, provider, year, month, area int }

// fieldFault is what is wrong with a row, and in which column (from 0).
type fieldFault struct {
	column  int
	message string
}

// row judges the fields of one row, slowly and literally. The fast scanner
// must agree with it on every row, and hands it every row that is unusual. Of
// a row that is counted the fault is a DRIFTFORM that is not known.
func (c *counting) row(l *layout, fields [][]byte, hits []hit) (outcome, []hit, fieldFault) {
	hits = hits[:0]
	for _, column := range l.read {
		if bytes.IndexByte(fields[column], '\n') >= 0 {
			return refused, hits, fieldFault{column, "a line break in the value: a quote further up is not closed, or not doubled"}
		}
	}
	for k, column := range l.op {
		for token := range bytes.FieldsFuncSeq(fields[column], betweenCodes) {
			area := c.codes.area(token)
			if area < 0 || !c.perCode && slices.ContainsFunc(hits, func(h hit) bool { return h.area == area }) {
				continue
			}
			hits = append(hits, hit{area: area, month: k}) // month holds the slot for now
		}
	}
	if len(hits) == 0 {
		return noCode, hits, fieldFault{}
	}
	homeColumn, lkf := l.home, l.lkf
	if l.lkfToo >= 0 && len(bytes.TrimSpace(fields[l.home])) == 0 {
		homeColumn, lkf = l.lkfToo, true
	}
	home, ok := c.county(fields[homeColumn], lkf)
	if !ok {
		return refused, hits, fieldFault{homeColumn, shape(fields[homeColumn]) + map[bool]string{false: " is not a county code of two digits", true: " is not an LKF code of four or six digits; a zero in front may be lost"}[lkf]}
	}
	if home == outside {
		return notResident, hits, fieldFault{}
	}
	by := 1 // another region
	switch place, ok := c.county(fields[l.place], false); {
	case !ok:
		return refused, hits, fieldFault{l.place, shape(fields[l.place]) + " is not a county code of two digits"}
	case place == home:
		by = 0
	}
	var unknown fieldFault
	if l.private >= 0 {
		switch c.form(fields[l.private]) {
		case formPrivate:
			by = 2
		case formUnknown:
			unknown = fieldFault{l.private, shape(fields[l.private])}
		}
	}
	for i, h := range hits {
		column := l.dateColumn(fields, h.month)
		if column < 0 {
			return refused, hits, fieldFault{l.anyDate(), "a row with a counted code has no date"}
		}
		y, m, ok := parseDay(fields[column])
		if !ok {
			return refused, hits, fieldFault{column, show(string(fields[column])) + " is not a date such as 20250602"}
		}
		hits[i] = hit{region: int(home), provider: by, year: y, month: m, area: h.area}
	}
	return counted, hits, unknown
}

// betweenCodes reports whether a character cannot be part of a code. Codes are
// delivered with spaces between them; line breaks, commas and no-break spaces
// occur and lose no code either.
func betweenCodes(r rune) bool {
	return (r < '0' || r > '9') && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z')
}

// county returns the index of the region of a two-digit code; of an LKF code
// the first two digits count. Empty is outside, and so is 99; what is no
// number is a fault.
func (c *counting) county(field []byte, lkf bool) (uint8, bool) {
	field = bytes.TrimSpace(field)
	if len(field) == 0 {
		return outside, true
	}
	for _, b := range field {
		if b < '0' || b > '9' {
			return outside, false
		}
	}
	switch {
	case lkf && (len(field) == 4 || len(field) == 6), !lkf && len(field) == 2:
		return c.region[int(field[0]-'0')*10+int(field[1]-'0')], true
	case len(field) == 1 && !lkf:
		return c.region[field[0]-'0'], true
	}
	return outside, false
}

// shape shows a short value and no more than the length of another: the rows
// of an extract are people's.
func shape(field []byte) string {
	if len(field) <= 4 {
		return show(string(field))
	}
	return fmt.Sprintf("a value of %d characters", utf8.RuneCount(field))
}

func (c *counting) form(field []byte) form {
	field = bytes.TrimSuffix(bytes.TrimSpace(field), []byte(".0"))
	if len(field) > 1 {
		field = bytes.TrimLeft(field, "0") // 02 is how some programs write 2
	}
	switch len(field) {
	case 0:
		return formPublic
	case 1:
		return c.forms[field[0]]
	}
	return c.words[spelling.Fold(string(field))]
}

// dateColumn is the column that dates an operation: the date beside its code,
// else the first of the others that is filled.
func (l *layout) dateColumn(fields [][]byte, slot int) int {
	if slot < len(l.opDate) && l.opDate[slot] >= 0 && len(bytes.TrimSpace(fields[l.opDate[slot]])) > 0 {
		return l.opDate[slot]
	}
	for _, column := range l.dates {
		if len(bytes.TrimSpace(fields[column])) > 0 {
			return column
		}
	}
	return -1
}

func (l *layout) anyDate() int {
	if len(l.dates) > 0 {
		return l.dates[0]
	}
	return max(0, slices.Max(l.opDate))
}

// parseDay reads 20250602 or 2025-06-02, a day that exists, and returns its
// year and month.
func parseDay(field []byte) (year, month int, ok bool) {
	s := string(bytes.TrimSpace(field))
	format := "20060102"
	if len(s) == 10 {
		format = time.DateOnly
	}
	t, err := time.Parse(format, s)
	return t.Year(), int(t.Month()), err == nil && t.Year() >= 1990 && t.Year() <= 2100
}

// codeTable finds the area of a KVÅ code. A code pattern such as LEF* fits
// every code that begins so; of a code without a star the whole must fit.
type codeTable struct {
	patterns []codePattern

	// The same for codes of up to seven bytes in upper case, without a branch:
	// patterns of three bytes and a star by their bytes, whole codes by a hash.
	usual bool // every pattern has one of the two forms
	open  codeHash
	whole codeHash
}

type codePattern struct {
	text string
	open bool
	area int
}

// codeEntry is a code as a little-endian word, and the bit of its area.
type codeEntry struct{ word, bit uint64 }

const codeBits = 10

func (t *codeTable) build(areas []Area) {
	var open, whole []codeEntry
	t.usual = len(areas) <= 64
	for a, area := range areas {
		for _, c := range area.Codes {
			p := codePattern{area: a}
			p.text, p.open = strings.CutSuffix(c, "*")
			t.patterns = append(t.patterns, p)
			var e codeEntry
			for i := range min(8, len(p.text)) {
				e.word |= uint64(p.text[i]) << (8 * i)
			}
			e.bit = 1 << a
			switch {
			case p.open && len(p.text) == 3:
				open = append(open, e)
			case !p.open && len(p.text) < 8:
				whole = append(whole, e)
			default:
				t.usual = false
			}
		}
	}
	t.usual = t.usual && t.open.fill(open) && t.whole.fill(whole)
}

// codeHash holds codes in places of their own.
type codeHash struct {
	entries [1 << codeBits]codeEntry
	factor  uint64
}

// fill looks for a factor that gives every code its own place. Very many codes
// may have none. No byte of a code is 0, so an empty place fits none.
func (h *codeHash) fill(codes []codeEntry) bool {
search:
	for try := range uint64(1000) {
		*h = codeHash{factor: 0x9E3779B97F4A7C15 + 2*try}
		for _, e := range codes {
			at := h.at(e.word)
			if at.word != 0 {
				continue search
			}
			*at = e
		}
		return true
	}
	return false
}

func (h *codeHash) at(word uint64) *codeEntry {
	return &h.entries[word*h.factor>>(64-codeBits)&(1<<codeBits-1)]
}

// bits returns the bit of the area of a code, or 0, without a branch.
func (t *codeTable) bits(code uint64) uint64 {
	prefix := code & (1<<24 - 1)
	o, w := t.open.at(prefix), t.whole.at(code)
	return o.bit&same(o.word, prefix) | w.bit&same(w.word, code)
}

// same is all ones for equal words and 0 for others.
func same(a, b uint64) uint64 {
	x := a ^ b
	return (x|-x)>>63 - 1
}

// bit returns the bit of the area of any code, or 0.
func (t *codeTable) bit(code []byte) uint64 {
	if a := t.area(code); a >= 0 {
		return 1 << a
	}
	return 0
}

// area returns the index of the area of a code, whatever its case, or -1.
func (t *codeTable) area(code []byte) int {
	upper := strings.ToUpper(string(code))
	for _, p := range t.patterns {
		if upper == p.text || p.open && strings.HasPrefix(upper, p.text) {
			return p.area
		}
	}
	return -1
}

// totals are the operations of an extract, and what its rows came to.
type totals struct {
	rows     [4]int64 // by outcome
	blank    int64
	counts   map[hit]int64    // operations
	byMonth  map[[2]int]int64 // counted rows, by year and month
	personal map[int]int64    // rows with a personal number, by column

	unknownForms int64  // rows counted whose DRIFTFORM is not known
	unknownForm  string // one of those, the first in order
}

func newTotals() *totals {
	return &totals{counts: map[hit]int64{}, byMonth: map[[2]int]int64{}, personal: map[int]int64{}}
}

func (t *totals) add(o outcome, hits []hit, f fieldFault) {
	t.rows[o]++
	if o != counted {
		return
	}
	for _, h := range hits {
		t.counts[h]++
	}
	t.byMonth[[2]int{hits[0].year, hits[0].month}]++
	if f.message != "" {
		t.addForms(1, f.message)
	}
}

func (t *totals) addForms(rows int64, such string) {
	if t.unknownForms == 0 || such < t.unknownForm {
		t.unknownForm = such
	}
	t.unknownForms += rows
}

func (t *totals) merge(o *totals) {
	for i, n := range o.rows {
		t.rows[i] += n
	}
	t.blank += o.blank
	for h, n := range o.counts {
		t.counts[h] += n
	}
	for m, n := range o.byMonth {
		t.byMonth[m] += n
	}
	if o.unknownForms > 0 {
		t.addForms(o.unknownForms, o.unknownForm)
	}
	for c, n := range o.personal {
		t.personal[c] += n
	}
}

// providersOfRow are the providers by the index that a hit holds.
var providersOfRow = []allocation.Provider{allocation.Home, allocation.Other, allocation.Private}
