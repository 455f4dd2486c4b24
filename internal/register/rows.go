package register

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"github.com/kortakoer/kortakoer/allocation"
	"github.com/kortakoer/kortakoer/internal/spelling"
)

// rows reads the data rows of a table with a complete header into the input.
func (r *reader) rows(t *table, role allocation.Role, f *allocation.File) {
	h := r.names.header(t, role)
	head := t.rows[h.row]
	if h.twice != "" {
		r.fault(t.at(head.number, 0), "%s", h.twice)
		r.lost = true
		return
	}
	for _, c := range h.unused {
		f.Unused = append(f.Unused, strings.Trim(show(head.cell(c).text), `"`))
	}
	data := t.rows[h.row+1:]
	p := &parser{reader: r, table: t, role: role, name: f.Name, header: h}
	if role != allocation.RoleCounts {
		p.misspelt(head)
	}
	end := p.tableEnd(data)
	p.layout(data[:end])
	p.personal = p.personalColumns(data)
	for i, row := range data {
		f.Rows++
		switch {
		case len(row.filled()) == 0:
			f.Blank++
		case i >= end:
			f.Notes++
			p.warn(row.number, row.filled()[0], "a remark below the table, passed over")
		default:
			p.row(row, role)
		}
	}
	if f.Rows == f.Blank+f.Notes {
		r.fault(t.at(head.number, 0), "there is no row of data below the header")
	}
	switch role {
	case allocation.RolePopulation:
		p.population(f.Name)
	case allocation.RoleNeed:
		p.needs()
	case allocation.RolePublished:
		switch {
		case p.in.Published == nil && len(p.seen) == 0:
			r.fault(t.at(head.number, 0), "no row below the header has a region and an amount")
		case !p.request.Partial:
			p.everyRegion("amount")
		}
		if p.beside > 0 {
			p.warn(0, 0, "%s without a region and an amount, passed over", rowsText(p.beside))
		}
	}
	if n := len(data); n > 0 && full(data[n-1].number) {
		p.warn(0, 0, fullText, data[n-1].number)
	}
	if p.undecided > 0 {
		p.warn(0, 0, "%s without a decision in the column beslut: counted as of the rule set in use", rowsText(p.undecided))
	}
	if p.formulas > 0 {
		p.warn(0, 0, "%d formula cells were read by the value the file holds for them", p.formulas)
	}
}

// misspelt warns about a column that is not read but nearly has the name of
// one that would be: without it a list means something else.
func (p *parser) misspelt(head row) {
	var candidates []string
	for name, f := range headers {
		if p.header.columns[f] == 0 && slices.Contains(fieldsOf(p.role), f) {
			candidates = append(candidates, name)
		}
	}
	slices.Sort(candidates)
	for _, c := range p.header.unused {
		name := head.cell(c).text
		if meant := didYouMean(name, candidates); meant != "" && len(spelling.Fold(name)) > 3 {
			p.warn(head.number, c, "the column %s is not read%s", show(name), meant)
		}
	}
}

// warn tells something about a place of the table. Outputs repeat it, so it
// names the file as they do, without the folder.
func (p *parser) warn(row, column int, format string, args ...any) {
	at := p.table.at(row, column)
	at.File = p.name
	p.in.Warnings = append(p.in.Warnings, at.String()+": "+fmt.Sprintf(format, args...))
}

// layout warns about what a reader of the sheet does not see and refuses
// merged cells among the data, whose value stands in one cell only.
func (p *parser) layout(data []row) {
	t := p.table
	if t.hidden != "" {
		p.warn(0, 0, "the sheet is hidden and was read")
	}
	hidden := 0
	for _, row := range data {
		if row.hidden && len(row.filled()) > 0 {
			hidden++
		}
	}
	if hidden > 0 {
		p.warn(0, 0, "hidden rows were read (%d)", hidden)
	}
	used := p.header.used()
	for _, c := range used {
		if t.isHidden(c) {
			p.warn(0, 0, "the hidden column %s was read", allocation.ColumnName(c))
		}
	}
	if len(data) == 0 {
		return
	}
	top, bottom := t.rows[p.header.row].number, data[len(data)-1].number
	for _, m := range t.merged {
		among := slices.ContainsFunc(used, func(c int) bool { return c >= m.firstCol && c <= m.lastCol })
		if among && m.lastRow >= top && m.firstRow <= bottom {
			p.fault(t.at(m.firstRow, m.firstCol), "cells are merged up to %s%d; unmerge them and give every cell its value", allocation.ColumnName(m.lastCol), m.lastRow)
		}
	}
}

// used returns the columns that are read, in order.
func (h header) used() []int {
	columns := slices.Clone(h.regions)
	for f, c := range h.columns {
		if f != fieldRegion {
			columns = append(columns, c)
		}
	}
	for _, t := range h.times {
		columns = append(columns, t.column)
	}
	slices.Sort(columns)
	return columns
}

// personalColumns refuses columns with personal numbers: said by column and
// number of rows, never by value. It returns the columns.
func (p *parser) personalColumns(data []row) map[int]bool {
	numbers := map[int]bool{} // columns where a number of nine digits is one
	for _, f := range []field{fieldCount, fieldPopulation, fieldAmount, fieldBaseline, fieldUsed, fieldCost, fieldWeight} {
		numbers[p.header.columns[f]] = true
	}
	for _, t := range p.header.times {
		numbers[t.column] = true
	}
	counts := map[int]int{}
	for _, row := range data {
		for i, c := range row.cells {
			if numbers[i+1] {
				c.kind = text
			}
			if c.kind != empty && holdsPersonalNumber(c) {
				counts[i+1]++
			}
		}
	}
	found := map[int]bool{}
	for c := 1; len(found) < len(counts); c++ {
		if counts[c] > 0 {
			found[c] = true
			if p.request.AllowPersonal && !slices.Contains(p.header.used(), c) {
				continue
			}
			p.fault(p.table.at(p.table.rows[p.header.row].number, c), "the column holds Swedish personal identity numbers in %s; remove it, or pass over such columns with --allow-personal-columns", rowsText(counts[c]))
		}
	}
	return found
}

// parser reads one table's rows.
type parser struct {
	*reader
	table    *table
	role     allocation.Role
	name     string // of the file in outputs
	header   header
	personal map[int]bool
	formulas int

	inhabitants map[string]int64
	country     *allocation.Need // the row for the whole country
	beside      int              // rows around the amounts of a published table
	payments    map[allocation.Payment]int
	undecided   int // rows that name no decision where others can
	seen        map[string]allocation.Origin
}

// tableEnd returns how many rows belong to the table: below the last row with
// a region or a second value only remarks are left, in words and in a single
// cell each.
func (p *parser) tableEnd(data []row) int {
	end := len(data)
	for end > 0 {
		filled := data[end-1].filled()
		if len(filled) > 1 || len(filled) == 1 && !p.isRemark(data[end-1], filled[0]) {
			break
		}
		end--
	}
	return end
}

func (p *parser) isRemark(r row, column int) bool {
	c := r.cell(column)
	if slices.Contains(p.header.regions, column) {
		if _, ok := p.names.region(c.text); ok {
			return false
		}
	}
	return c.kind == text && strings.IndexFunc(c.text, unicode.IsLetter) >= 0
}

// value returns the cell of a column that is read.
func (p *parser) value(r row, column int) cell {
	c := r.cell(column)
	if c.formula {
		p.formulas++
	}
	return c
}

// wrong reports a cell. A column of personal numbers is reported once, as such.
func (p *parser) wrong(r row, column int, f field, format string, args ...any) {
	if !p.personal[column] {
		p.fault(p.table.at(r.number, column), "%s: %s", f, fmt.Sprintf(format, args...))
	}
}

func (p *parser) row(r row, role allocation.Role) {
	for i := len(p.table.rows[p.header.row].cells); i < len(r.cells); i++ {
		if r.cells[i].kind != empty {
			p.fault(p.table.at(r.number, i+1), "the row has more values than the header has columns; a separator may stand inside a value that is not quoted")
			break
		}
	}
	if role == allocation.RolePublished && p.besidePublished(r) {
		p.beside++
		return
	}
	region, ok := p.region(r)
	switch role {
	case allocation.RoleCounts:
		p.counts(r, region, ok)
	case allocation.RolePopulation:
		p.inhabitant(r, region, ok)
	case allocation.RoleRequisitions:
		p.requisition(r, region, ok)
	case allocation.RolePayments:
		p.payment(r, region, ok)
	case allocation.RolePayees:
		p.payee(r, region, ok)
	case allocation.RoleReports:
		p.report(r, region, ok)
	case allocation.RoleNeed:
		p.need(r, region, ok)
	case allocation.RolePublished:
		p.published(r, region, ok)
	case allocation.RoleAccepted:
		p.accepted(r, region, ok)
	}
}

// region reads the region of a row. A code and a name beside it must agree.
func (p *parser) region(r row) (code string, ok bool) {
	for _, column := range p.header.regions {
		c := p.value(r, column)
		if err := broken(c.text); err != nil {
			p.wrong(r, column, fieldRegion, "the name holds a letter that was converted with the wrong encoding; export the file again")
			return "", false
		}
		if c.kind == empty && p.role == allocation.RolePublished && slices.ContainsFunc(p.header.regions, func(other int) bool { return r.cell(other).kind != empty }) {
			continue // a workbook's row of sums has a name and no code
		}
		if c.kind == failure || c.kind == uncached || c.kind == empty {
			p.wrong(r, column, fieldRegion, "%s; expected a region's code or name", notNumber(c))
			return "", false
		}
		found, known := p.names.region(c.text)
		switch {
		case !known:
			p.wrong(r, column, fieldRegion, "%s is not a region%s", show(c.text), didYouMean(c.text, p.names.regional))
			return "", false
		case code != "" && found != code:
			p.wrong(r, column, fieldRegion, "this is %s, but the column beside it says %s; correct one of them", p.names.label(found), p.names.label(code))
			return "", false
		}
		code = found
	}
	return code, true
}

// counts reads a row of the long, wide or baseline shape.
func (p *parser) counts(r row, region string, ok bool) {
	h := p.header
	column := h.columns[fieldArea]
	c := p.value(r, column)
	area, known := p.names.area(c.text)
	switch {
	case c.kind == empty || c.kind == failure || c.kind == uncached:
		p.wrong(r, column, fieldArea, "%s; expected one of %s", notNumber(c), strings.Join(p.names.areal, ", "))
	case !known:
		p.wrong(r, column, fieldArea, "%s is not an area of the rule set, which has %s%s", show(c.text), strings.Join(p.names.areal, ", "), didYouMean(c.text, p.names.areal))
	}
	ok = ok && known
	by := allocation.Unspecified
	if column := h.columns[fieldProvider]; column != 0 {
		c := p.value(r, column)
		var fits bool
		if by, fits = provider(c.text); !fits && c.kind != empty {
			p.wrong(r, column, fieldProvider, "%s is not hemregion, annan region or privat", show(c.text))
			ok = false
		}
	}
	y, m, fits := p.when(r)
	ok = ok && fits
	times := h.times
	if column := h.columns[fieldCount]; column != 0 {
		times = []timeColumn{{column, y, m}}
	}
	for _, t := range times {
		if t.month == 0 {
			t.month = m
		}
		n, why := whole(p.value(r, t.column), maxOperations)
		if why != "" {
			p.wrong(r, t.column, fieldCount, "%s; expected a whole number of operations, such as 1234", why)
		}
		if !ok {
			continue
		}
		c := allocation.Count{Region: region, Area: area, Year: t.year, Month: t.month, Provider: by, N: n, Origin: p.table.at(r.number, t.column)}
		if why != "" {
			p.in.Refused = append(p.in.Refused, c)
		} else {
			p.in.Counts = append(p.in.Counts, c)
		}
	}
	if column := h.columns[fieldBaseline]; column != 0 {
		d, why := mean(p.value(r, column))
		if why != "" {
			p.wrong(r, column, fieldBaseline, "%s; expected a mean of operations, such as 123,33", why)
		} else if ok {
			p.in.Baselines = append(p.in.Baselines, allocation.Baseline{Region: region, Area: area, Mean: d, Origin: p.table.at(r.number, column)})
		}
	}
}

// when reads the year and month of a row; both are 0 where the columns say it.
func (p *parser) when(r row) (y, m int, ok bool) {
	yearColumn, monthColumn, has := p.header.when()
	if has && yearColumn == monthColumn {
		c := p.value(r, yearColumn)
		if y, m, ok = period(c); !ok {
			p.wrong(r, yearColumn, fieldPeriod, "%s is not a month such as 2025-06", show(c.text))
		}
		return y, m, ok
	}
	ok = true
	if has && p.header.columns[fieldCount] != 0 {
		c := p.value(r, yearColumn)
		if y, ok = year(c); !ok {
			p.wrong(r, yearColumn, fieldYear, "%s is not a year such as 2025", show(c.text))
		}
	}
	if column := p.header.columns[fieldMonth]; column != 0 {
		c := p.value(r, column)
		var fits bool
		if m, fits = month(c); !fits {
			p.wrong(r, column, fieldMonth, "%s is not a month, 1 to 12", show(c.text))
			ok = false
		}
	}
	return y, m, ok
}

func didYouMean(word string, candidates []string) string {
	if manyDigits(word) {
		return ""
	}
	return spelling.DidYouMean(word, candidates)
}
