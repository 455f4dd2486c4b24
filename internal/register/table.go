package register

import (
	"slices"

	"github.com/kortakoer/kortakoer/allocation"
)

// table is one sheet or CSV file as it stands, with nothing interpreted yet.
type table struct {
	file, sheet string
	rows        []row
	merged      []area // merged cells
	hidden      string // "" or what Excel calls the state of the sheet
	hiddenCols  []span

	extract *extractHead  // of a sheet that is a row-level extract; its line is an index in rows
	counted *sheetExtract // its rows, which are not kept
}

// row is one row; cells[0] is column 1.
type row struct {
	number int // 1 is the first row of the sheet or line of the file
	hidden bool
	cells  []cell
	end    int // of a CSV row: the byte behind it
}

// cell is one value as the file holds it.
type cell struct {
	kind    kind
	text    string // a date is 2025-06-02, a boolean TRUE or FALSE
	formula bool
}

type kind uint8

const (
	empty    kind = iota
	text          // a text, or any field of a CSV file
	number        // a number cell of a workbook
	date          // a number cell with a date format
	boolean       // TRUE or FALSE
	failure       // an Excel error such as #REF!
	uncached      // a formula that the file holds no value for
)

// span is a run of columns.
type span struct{ first, last int }

func (t *table) isHidden(column int) bool {
	return slices.ContainsFunc(t.hiddenCols, func(s span) bool { return column >= s.first && column <= s.last })
}

// area is a block of cells, rows and columns counted from 1.
type area struct{ firstRow, firstCol, lastRow, lastCol int }

func (t *table) at(row, column int) allocation.Origin {
	return allocation.Origin{File: t.file, Sheet: t.sheet, Row: row, Column: column}
}

// cell returns the cell of a column, empty where the row is shorter.
func (r row) cell(column int) cell {
	if column < 1 || column > len(r.cells) {
		return cell{}
	}
	return r.cells[column-1]
}

// filled returns the columns that hold something.
func (r row) filled() []int {
	var columns []int
	for i, c := range r.cells {
		if c.kind != empty {
			columns = append(columns, i+1)
		}
	}
	return columns
}
