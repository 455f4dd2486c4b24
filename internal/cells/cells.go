// Package cells has workbooks as bare cells, and finds every cell in which two
// of them differ: its value, its formula, or that it is there at all. How a
// cell looks is not compared.
package cells

import (
	"cmp"
	"math/big"
	"slices"
	"strings"
)

// Kind is what a cell holds.
type Kind string

// The kinds of cells.
const (
	Number Kind = "number" // Text is as the file has it
	Text   Kind = "text"
	Other  Kind = "other" // a truth value, a date, an error
)

// Cell is one cell.
type Cell struct {
	Kind    Kind
	Text    string
	Formula string // without the equals sign; empty where there is none
}

// Place is a cell's row and column, from 1.
type Place struct{ Row, Column int }

// Sheet is a sheet with the cells that are not empty.
type Sheet struct {
	Name  string
	Cells map[Place]Cell
}

// Book is a workbook.
type Book struct {
	Sheets      []Sheet
	Application string // that saved it, as it says itself
}

// Sheet returns the sheet with this name, or nil.
func (b Book) Sheet(name string) *Sheet {
	if i := slices.IndexFunc(b.Sheets, func(s Sheet) bool { return s.Name == name }); i >= 0 {
		return &b.Sheets[i]
	}
	return nil
}

// Difference is one cell, or a whole sheet where Place is zero.
type Difference struct {
	Sheet    string
	Place    Place
	Has, Had Cell // what stands there, and what should; zero where nothing does
}

// Comparison is what Compare finds.
type Comparison struct {
	Differences []Difference // by sheet, row and column
	Last        int          // values of formulas that differ in the last digits only, where another program computed them
	Cells       int          // compared
}

// Compare finds what in a workbook is not as it should be. Where another
// program saved it, a number may be written with the 15 digits that
// spreadsheets compute with, and the value of a formula be computed anew. Cells
// for which skip is true are not looked at.
func Compare(want, got Book, skip func(sheet string, at Place) bool) Comparison {
	c := comparison{resaved: got.Application != want.Application}
	for _, s := range want.Sheets {
		other := got.Sheet(s.Name)
		if other == nil {
			c.Differences = append(c.Differences, Difference{Sheet: s.Name, Had: Cell{Kind: Text, Text: s.Name}})
			continue
		}
		for _, at := range places(s, *other) {
			if !skip(s.Name, at) {
				c.cell(s.Name, at, s.Cells[at], other.Cells[at])
			}
		}
	}
	for _, s := range got.Sheets {
		if want.Sheet(s.Name) == nil {
			c.Differences = append(c.Differences, Difference{Sheet: s.Name, Has: Cell{Kind: Text, Text: s.Name}})
		}
	}
	return c.Comparison
}

// places are the cells of either sheet, in order.
func places(a, b Sheet) []Place {
	list := make([]Place, 0, len(a.Cells))
	for at := range a.Cells {
		list = append(list, at)
	}
	for at := range b.Cells {
		if _, both := a.Cells[at]; !both {
			list = append(list, at)
		}
	}
	slices.SortFunc(list, func(a, b Place) int { return cmp.Or(cmp.Compare(a.Row, b.Row), cmp.Compare(a.Column, b.Column)) })
	return list
}

type comparison struct {
	Comparison
	resaved bool
}

func (c *comparison) cell(sheet string, at Place, want, got Cell) {
	c.Cells++
	same := normal(want.Formula) == normal(got.Formula) && want.Kind == got.Kind
	if same && want.Text != got.Text {
		same = want.Kind == Number && c.number(want, got)
	}
	if !same {
		c.Differences = append(c.Differences, Difference{Sheet: sheet, Place: at, Has: got, Had: want})
	}
}

// The most that two numbers differ by, as a part of the larger, where another
// program wrote the one, or computed it.
var (
	writing   = big.NewRat(5, 1_000_000_000_000_000)
	computing = big.NewRat(1, 100_000_000_000)
)

func (c *comparison) number(want, got Cell) bool {
	a, okA := new(big.Rat).SetString(want.Text)
	b, okB := new(big.Rat).SetString(got.Text)
	if !okA || !okB {
		return false
	}
	distance := new(big.Rat).Sub(a, b)
	distance.Abs(distance)
	within := func(part *big.Rat) bool {
		return distance.Cmp(new(big.Rat).Mul(part, a.Abs(a))) <= 0
	}
	switch {
	case distance.Sign() == 0:
		return true
	case !c.resaved:
		return false
	case within(writing):
		return true
	case want.Formula != "" && !a.IsInt() && within(computing):
		c.Last++
		return true
	}
	return false
}

// normal is a formula as all programs write it: without spaces and the quotes
// of sheet names, which some leave out, and in capitals. Texts in it stay.
func normal(formula string) string {
	var b strings.Builder
	for i, part := range strings.Split(strings.TrimPrefix(formula, "="), `"`) {
		if i%2 == 1 {
			b.WriteString(`"` + part + `"`)
			continue
		}
		b.WriteString(strings.ToUpper(strings.NewReplacer(" ", "", "'", "", "_xlfn.", "").Replace(part)))
	}
	return b.String()
}
