package register

import (
	"bytes"
	"errors"

	"github.com/kortakoer/kortakoer/allocation"
)

// sheet reads one sheet: the plain part of it by the fast pass, else all of it
// by the slow one.
func (r *reader) sheet(w *workbook, name string, ref sheetRef, role allocation.Role) (*table, error) {
	sink := &rowSink{reader: r, role: role, table: &table{file: name, sheet: ref.name}}
	frame, err := w.fastSheet(ref.part, sink)
	switch {
	case err == nil:
		// What stands around the rows is small, and read strictly.
		w.parts[ref.part] = frame
		around, err := w.readSheet(name, ref)
		delete(w.parts, ref.part)
		if err == nil {
			sink.table.hidden, sink.table.merged, sink.table.hiddenCols = around.hidden, around.merged, around.hiddenCols
			return sink.table, nil
		}
		// The slow pass knows the row that it comes after.
	case !errors.Is(err, errIrregular):
		return nil, damaged(ref.part, "after row %d: %v", sink.last, err)
	}
	sink.restart()
	slow, err := w.readSheet(name, ref)
	if err != nil {
		return nil, err
	}
	rows := slow.rows
	slow.rows, sink.table = nil, slow
	var cells []sheetCell
	for _, row := range rows {
		cells = cells[:0]
		for _, c := range row.cells {
			cells = append(cells, sheetCell{c.kind, c.formula, []byte(c.text)})
		}
		if err := sink.row(row.number, row.hidden, cells); err != nil {
			return nil, damaged(ref.part, "after row %d: %v", sink.last, err)
		}
	}
	return sink.table, nil
}

// rowSink keeps the rows of a table and counts those of an extract as they
// come.
type rowSink struct {
	*reader
	role  allocation.Role
	table *table
	cells int
	last  int
}

func (s *rowSink) restart() {
	s.table.rows, s.table.extract, s.table.counted = nil, nil, nil
	s.cells, s.last = 0, 0
}

func (s *rowSink) row(number int, hidden bool, cells []sheetCell) error {
	s.last = number
	if x := s.table.counted; x != nil {
		x.row(number, hidden, cells)
		return nil
	}
	if s.cells += len(cells); s.cells > maxCells {
		return errors.New("more cells than a table of counts has")
	}
	r := row{number: number, hidden: hidden, cells: make([]cell, len(cells))}
	for i, c := range cells {
		r.cells[i] = cell{c.kind, string(c.text), c.formula}
	}
	s.table.rows = append(s.table.rows, r)
	if s.role != allocation.RoleCounts || len(s.table.rows) > headerRows {
		return nil
	}
	names := make([]string, len(r.cells))
	for k, c := range r.cells {
		names[k] = c.text
	}
	if l, missing, is := extractLayout(names); is {
		s.table.extract = &extractHead{layout: l, missing: missing, line: len(s.table.rows) - 1}
		if missing == "" {
			s.table.counted = newSheetExtract(s.scope, &s.table.extract.layout)
		}
	}
	return nil
}

// sheetExtract counts the rows of a sheet that is an extract. A formula that
// the file holds no value for, or an Excel error, is a fault in a column that
// is read and nothing in another.
type sheetExtract struct {
	scan     *scan
	worker   *worker
	used     []int
	fields   [][]byte
	hidden   int
	formulas int
	last     int
}

func newSheetExtract(scope Scope, l *layout) *sheetExtract {
	s := &scan{counting: newCounting(scope), layout: l, total: newTotals(), first: map[int]place{}, lines: []int{0}}
	return &sheetExtract{scan: s, worker: &worker{scan: s, totals: s.total, kinds: make([]kind, l.columns)}, used: l.read, fields: make([][]byte, l.columns)}
}

func (x *sheetExtract) row(line int, hidden bool, cells []sheetCell) {
	x.last = line
	filled := false
	for k := range x.fields {
		x.fields[k], x.worker.kinds[k] = nil, empty
		if k < len(cells) && cells[k].kind != failure && cells[k].kind != uncached {
			x.fields[k], x.worker.kinds[k] = cells[k].text, cells[k].kind
			if cells[k].kind == number && bytes.ContainsAny(cells[k].text, ".eE") {
				if d, ok := plainDecimal(number, string(cells[k].text)); ok && d.IsInteger() {
					x.fields[k] = []byte(d.String()) // 1.0 and 2.0250602E7 are whole
				}
			}
		}
	}
	for _, c := range cells {
		filled = filled || c.kind != empty
	}
	if !filled {
		x.scan.total.blank++
		return
	}
	if hidden {
		x.hidden++
	}
	for k := x.scan.layout.columns; k < len(cells); k++ {
		if cells[k].kind != empty {
			x.scan.total.rows[refused]++
			x.scan.fault(place{line: line, column: -1}, "the row has more values than the header has columns")
			return
		}
	}
	for _, k := range x.used {
		if k >= len(cells) {
			continue
		}
		if cells[k].formula {
			x.formulas++
		}
		if cells[k].kind == failure || cells[k].kind == uncached {
			x.scan.total.rows[refused]++
			x.scan.fault(place{line: line, column: k}, notNumber(cell{kind: cells[k].kind, text: string(cells[k].text)}))
			return
		}
	}
	x.worker.fields = x.fields
	x.worker.sheetRow(line)
}

// extractSheet takes a counted sheet into the input.
func (r *reader) extractSheet(t *table, f *allocation.File) {
	h, x := t.extract, t.counted
	p := &parser{reader: r, table: t, name: f.Name, header: header{row: h.line, columns: map[field]int{}}, formulas: x.formulas}
	for _, c := range x.used {
		p.header.times = append(p.header.times, timeColumn{column: c + 1})
	}
	p.layout([]row{{number: x.last}})
	if x.hidden > 0 {
		p.warn(0, 0, "hidden rows were read (%d)", x.hidden)
	}
	if x.formulas > 0 {
		p.warn(0, 0, "%d formula cells were read by the value the file holds for them", x.formulas)
	}
	head := *h
	head.line = t.rows[h.line].number
	f.Sheet = t.sheet
	r.scanned(x.scan, &head, f, t)
}

// used are the columns that are read, from 0.
func (l *layout) used() []int {
	columns := append([]int{l.home, l.place}, l.op...)
	columns = append(columns, l.dates...)
	for _, c := range append([]int{l.private}, l.opDate...) {
		if c >= 0 {
			columns = append(columns, c)
		}
	}
	return columns
}
