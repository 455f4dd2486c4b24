package cells_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kortakoer/kortakoer/internal/cells"
)

func book(application string, c cells.Cell) cells.Book {
	s := cells.Sheet{Name: "A", Cells: map[cells.Place]cells.Cell{}}
	if c != (cells.Cell{}) {
		s.Cells[cells.Place{Row: 2, Column: 3}] = c
	}
	return cells.Book{Application: application, Sheets: []cells.Sheet{s}}
}

// What programs write in different ways is the same; what is changed is not.
func TestCompare(t *testing.T) {
	number := func(text, formula string) cells.Cell {
		return cells.Cell{Kind: cells.Number, Text: text, Formula: formula}
	}
	for _, test := range []struct {
		name      string
		want, got cells.Cell
		resaved   bool
		same      bool
		last      int
	}{
		{"as it was", number("12.5", ""), number("12.5", ""), false, true, 0},
		{"spelt otherwise", number("1200", ""), number("1.2E3", ""), false, true, 0},
		{"another digit", number("1200", ""), number("1201", ""), true, false, 0},
		{"the last digit of many", number("33.333333333333336", ""), number("33.333333333333337", ""), false, false, 0},
		{"15 digits by another program", number("33.333333333333336", ""), number("33.3333333333333", ""), true, true, 0},
		{"15 digits, but nobody saved it", number("33.333333333333336", ""), number("33.3333333333333", ""), false, false, 0},
		{"computed anew by another program", number("33.333333333333336", "A1/3"), number("33.33333333334", "A1/3"), true, true, 1},
		{"a whole number is not computed anew", number("33", "A1"), number("33.0000000001", "A1"), true, false, 0},
		{"an input is not computed anew", number("33.333333333333336", ""), number("33.33333333334", ""), true, false, 0},
		{"a formula in another spelling", number("1", "SUM('Blad 1'!$A$1, B2)"), number("1", "sum('Blad 1'!$A$1,B2)"), false, true, 0},
		{"a text within a formula", cells.Cell{Kind: cells.Text, Text: "x", Formula: `IF(A1="Nej",1,0)`}, cells.Cell{Kind: cells.Text, Text: "x", Formula: `IF(A1="nej",1,0)`}, true, false, 0},
		{"another formula", number("1", "A1"), number("1", "A2"), false, false, 0},
		{"a formula gone", number("1", "A1"), number("1", ""), false, false, 0},
		{"a text instead of a number", number("1", ""), cells.Cell{Kind: cells.Text, Text: "1"}, false, false, 0},
		{"a cell gone", number("1", ""), cells.Cell{}, false, false, 0},
		{"a cell added", cells.Cell{}, number("1", ""), false, false, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			application := "we"
			if test.resaved {
				application = "they"
			}
			got := cells.Compare(book("we", test.want), book(application, test.got), func(string, cells.Place) bool { return false })
			want := cells.Comparison{Cells: 1, Last: test.last}
			if !test.same {
				want.Differences = []cells.Difference{{Sheet: "A", Place: cells.Place{Row: 2, Column: 3}, Has: test.got, Had: test.want}}
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
			skipped := cells.Compare(book("we", test.want), book(application, test.got), func(string, cells.Place) bool { return true })
			if len(skipped.Differences) > 0 {
				t.Error("a cell was looked at that should not be")
			}
		})
	}
}
