package register

import "github.com/kortakoer/kortakoer/allocation"

// isExtract looks for the header of a row-level extract on a sheet.
func (t *table) isExtract() bool {
	for i, r := range t.rows[:min(headerRows, len(t.rows))] {
		names := make([]string, len(r.cells))
		for k, c := range r.cells {
			names[k] = c.text
		}
		if l, missing, is := extractLayout(names); is {
			t.extract = &extractHead{layout: l, missing: missing, line: i}
			return true
		}
	}
	return false
}

// extractSheet counts the rows of a sheet that is an extract. A formula that
// the file holds no value for, or an Excel error, is a fault in a column that
// is read and nothing in another.
func (r *reader) extractSheet(t *table, f *allocation.File) {
	h := t.extract
	p := &parser{reader: r, table: t, name: f.Name, header: header{row: h.line, columns: map[field]int{}}}
	for _, c := range h.layout.used() {
		p.header.times = append(p.header.times, timeColumn{column: c + 1})
	}
	data := t.rows[h.line+1:]
	p.layout(data)
	s := &scan{counting: newCounting(r.scope), layout: &h.layout, total: newTotals()}
	w := &worker{scan: s, totals: s.total}
	fields := make([][]byte, h.layout.columns)
	for _, row := range data {
		w.fields = fields
		for k := range fields {
			fields[k] = nil
			if c := row.cell(k + 1); c.kind != failure && c.kind != uncached {
				fields[k] = []byte(c.text)
			}
		}
		if len(row.filled()) == 0 {
			s.total.blank++
			continue
		}
		if k := unreadable(row, h.layout.used()); k >= 0 {
			s.total.rows[refused]++
			s.fault(place{line: row.number, column: k}, notNumber(row.cell(k+1)))
			continue
		}
		w.sheetRow(row.number)
	}
	head := *h
	head.line, head.lines = t.rows[h.line].number, 0
	f.Sheet = t.sheet
	s.lines = []int{0}
	r.scanned(s, &head, f, t)
}

// unreadable is the first of the columns whose cell holds no value, or -1.
func unreadable(r row, columns []int) int {
	for _, k := range columns {
		if c := r.cell(k + 1); c.kind == failure || c.kind == uncached {
			return k
		}
	}
	return -1
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
