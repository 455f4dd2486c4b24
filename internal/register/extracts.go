package register

import (
	"bytes"
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/kortakoer/kortakoer/allocation"
)

// extracts are the row-level extracts of a run, counted.
type extracts struct {
	counted []countedExtract
}

type countedExtract struct {
	path, name, sheet string
	totals            *totals
	lines             map[int]int // of the first row counted of each month
}

// extract reads a file as a row-level extract if its header is one.
func (r *reader) extract(s *source, f *allocation.File) (is bool, err error) {
	h, ok := r.extractHeader(s)
	if !ok {
		return false, nil
	}
	if h.missing != "" {
		return true, &allocation.Fault{
			Origin:  allocation.Origin{File: f.Path, Row: h.line},
			Message: fmt.Sprintf("this is a row-level extract, but its header lacks %s", h.missing),
		}
	}
	switch {
	case h.encoding == "UTF-16":
		s.utf8()
	case h.onlyCR:
		s.carriageReturns()
	}
	if err := s.skipHeader(&h); err != nil {
		return true, err
	}
	var progress func(int64)
	if r.request.Progress != nil {
		progress = r.request.Progress(f.Name, s.size)
	}
	c := newCounting(r.scope)
	sum := s.hash
	if !s.plain {
		sum = nil
	}
	scan := c.scanCSV(s, &h.layout, h.separator.char, sum, progress, chunkSize)
	if scan.readErr != nil {
		return true, fmt.Errorf("cannot be read to its end: %w; if it is cut off or damaged, ask for it again", scan.readErr)
	}
	if f.SHA256, err = s.sum(); err != nil {
		return true, err
	}
	f.Form = fmt.Sprintf("row-level extract, CSV, %s, %s", h.separator.name, h.encoding)
	r.scanned(scan, &h, f, &table{file: f.Path})
	return true, nil
}

// extractHead is the header of an extract and what it tells of the file.
type extractHead struct {
	layout    layout
	missing   string
	separator separator
	encoding  string
	onlyCR    bool
	line      int  // on which the header stands
	index     int  // the header among the rows
	sepLine   bool // a line sep=; stands before them
	lines     int  // line ends before the first row of data
}

// extractHeader looks for the header of an extract at the beginning of a
// stream, without reading on.
func (r *reader) extractHeader(s *source) (h extractHead, ok bool) {
	head, _ := s.Peek(headSize)
	if foreign(head) != "" || bytes.HasPrefix(head, []byte("PK")) {
		return h, false
	}
	if at := bytes.LastIndexByte(head, '\n'); at >= 0 && len(head) == headSize {
		head = head[:at+1] // no character is cut in two
	}
	if len(head)%2 == 1 && (bytes.HasPrefix(head, []byte("\xff\xfe")) || bytes.HasPrefix(head, []byte("\xfe\xff"))) {
		head = head[:len(head)-1]
	}
	content, encoding, err := decode(head, r.request.Encoding)
	if err != nil {
		return h, false
	}
	h.encoding = encoding
	h.onlyCR = strings.Contains(content, "\r") && !strings.Contains(content, "\n")
	first, rest, _ := strings.Cut(content, "\n")
	lines := 0
	if s, sep := strings.CutPrefix(strings.TrimRight(first, "\r"), "sep="); sep && len(s) == 1 {
		content, lines = rest, 1
	}
	for _, s := range separators {
		rows, _ := splitCSV(content, s.char, lines, headerRows)
		for i, row := range rows {
			names := make([]string, len(row.cells))
			for k, c := range row.cells {
				names[k] = c.text
			}
			l, missing, is := extractLayout(names)
			if !is || ok && missing != "" {
				continue
			}
			h.layout, h.missing, h.separator, h.line, h.index, h.sepLine = l, missing, s, row.number, i, lines > 0
			if ok = true; missing == "" {
				return h, true
			}
		}
	}
	return h, ok
}

// skipHeader passes over everything down to the end of the header, and finds
// out how many lines that are.
func (s *source) skipHeader(h *extractHead) error {
	head, _ := s.Peek(headSize)
	before := 0
	if h.sepLine {
		before = bytes.IndexByte(head, '\n') + 1
	}
	rows, _ := splitCSV(string(head[before:]), h.separator.char, 0, h.index+1)
	if len(rows) <= h.index || before+rows[h.index].end == headSize {
		return fmt.Errorf("the header ends further down than %d bytes; remove what stands above it", headSize)
	}
	end := before + rows[h.index].end
	h.lines = bytes.Count(head[:end], []byte{'\n'})
	if s.plain {
		s.hash.Write(head[:end])
	}
	_, err := s.Discard(end)
	return err
}

// scanned takes what a scan found into the input.
func (r *reader) scanned(s *scan, h *extractHead, f *allocation.File, at *table) {
	t := s.total
	first := h.lines + 1
	if at.sheet != "" {
		first = 0 // rows of a sheet have their own numbers
	}
	faults, more := s.told(first)
	for _, fault := range faults {
		at := at.at(fault.line, fault.column+1)
		if fault.column < 0 {
			r.fault(at, "%s", fault.message)
		} else {
			r.fault(at, "%s: %s", show(h.layout.names[fault.column]), fault.message)
		}
	}
	if more > 0 {
		r.fault(allocation.Origin{File: f.Path}, "%d more rows have faults", more)
	}
	for _, c := range slices.Sorted(maps.Keys(t.personal)) {
		if !r.request.AllowPersonal {
			r.fault(at.at(h.line, c+1), "the column %s holds Swedish personal identity numbers in %s; remove it, or pass over such columns with --allow-personal-columns", show(h.layout.names[c]), rowsText(int(t.personal[c])))
		}
	}
	if s.unended {
		r.in.Warnings = append(r.in.Warnings, f.Name+": the last line has no line end: the file may have been cut off there")
	}
	f.Blank = int(t.blank)
	f.Rows = f.Blank
	for _, n := range t.rows {
		f.Rows += int(n)
	}
	last := f.Rows + h.line
	if at.counted != nil {
		last = at.counted.last
	}
	if t.unknownForms > 0 {
		r.in.Warnings = append(r.in.Warnings, fmt.Sprintf("%s: %s is not known in %s, such as %s: they count as not private; provider.private of the rule set names what is",
			f.Name, show(h.layout.names[h.layout.private]), rowsText(int(t.unknownForms)), t.unknownForm))
	}
	if full(last) {
		r.in.Warnings = append(r.in.Warnings, f.Name+": "+fmt.Sprintf(fullText, last))
	}
	if f.Rows == f.Blank && len(faults) == 0 {
		r.fault(at.at(h.line, 0), "there is no row of data below the header")
	}
	f.Extract = &allocation.Extract{NoCode: t.rows[noCode], NotResident: t.rows[notResident], ByMonth: t.byMonth}
	for _, other := range r.in.Files {
		if other.SHA256 == f.SHA256 {
			r.fault(allocation.Origin{File: f.Path}, "this is the same extract as %s: its operations would count twice; give it once", other.Path)
		}
	}
	r.in.Files = append(r.in.Files, *f)
	r.extracts.counted = append(r.extracts.counted, countedExtract{f.Path, f.Name, at.sheet, t, s.firstLines(first)})
}

// finish turns what all extracts counted into counts. Within the span of
// months that one of them holds, a region, area and month without an operation
// is a zero, so that absence and zero stay two things.
func (x *extracts) finish(r *reader) {
	if len(x.counted) == 0 {
		return
	}
	type cell struct{ region, area, month int }
	have := map[cell]bool{}
	spans := map[int]bool{} // the months that an extract covers
	var counts []allocation.Count
	for _, e := range x.counted {
		first, last := 0, -1
		for h, n := range e.totals.counts {
			month := monthOf(h.year, h.month)
			if first > last {
				first, last = month, month
			}
			first, last = min(first, month), max(last, month)
			have[cell{h.region, h.area, month}] = true
			counts = append(counts, r.count(e.path, h.region, h.area, month, providersOfRow[h.provider], n))
		}
		for month := first; month <= last; month++ {
			spans[month] = true
		}
	}
	for _, month := range slices.Sorted(maps.Keys(spans)) {
		for region := range r.scope.Regions {
			for area := range r.scope.Areas {
				if !have[cell{region, area, month}] {
					counts = append(counts, r.count(x.counted[0].path, region, area, month, allocation.Home, 0))
				}
			}
		}
	}
	r.in.Warnings = append(r.in.Warnings, x.gaps(spans)...)
	r.in.Warnings = append(r.in.Warnings, x.overlaps()...)
	area := map[string]int{}
	for i, a := range r.scope.Areas {
		area[a.ID] = i
	}
	slices.SortFunc(counts, func(a, b allocation.Count) int {
		return cmp.Or(cmp.Compare(a.Region, b.Region), cmp.Compare(area[a.Area], area[b.Area]), cmp.Compare(a.Year, b.Year), cmp.Compare(a.Month, b.Month),
			cmp.Compare(slices.Index(providersOfRow, a.Provider), slices.Index(providersOfRow, b.Provider)), cmp.Compare(a.Origin.File, b.Origin.File))
	})
	r.in.Counts = append(r.in.Counts, counts...)
}

func (r *reader) count(path string, region, area, month int, by allocation.Provider, n int64) allocation.Count {
	return allocation.Count{
		Region: r.scope.Regions[region].Code, Area: r.scope.Areas[area].ID, Year: month / 12, Month: month%12 + 1,
		Provider: by, N: n, Extract: true, Origin: allocation.Origin{File: path},
	}
}
