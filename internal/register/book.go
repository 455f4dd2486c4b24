package register

import (
	"bytes"
	"errors"
	"regexp"
	"strings"
	"unicode"

	"github.com/kortakoer/kortakoer/internal/cells"
)

// Book reads every cell of every sheet of a workbook, strictly: one that is
// damaged, or that different programs would read differently, is refused.
func Book(data []byte) (cells.Book, error) {
	var b cells.Book
	if kind := foreign(data); kind != "" {
		return b, errors.New(kind)
	}
	w, err := openWorkbook(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return b, err
	}
	if content, err := w.load("docProps/app.xml"); err == nil {
		if m := application.FindSubmatch(content); m != nil {
			b.Application = string(m[1])
		}
	}
	for _, ref := range w.sheets {
		formulas := map[cells.Place]string{}
		t, err := w.readCells("", ref, formulas)
		if err != nil {
			return b, err
		}
		s := cells.Sheet{Name: ref.name, Cells: map[cells.Place]cells.Cell{}}
		for _, row := range t.rows {
			for i, c := range row.cells {
				if c.kind != empty {
					s.Cells[cells.Place{Row: row.number, Column: i + 1}] = cells.Cell{Kind: cellKind(c.kind), Text: c.text}
				}
			}
		}
		for at, formula := range formulas {
			c := s.Cells[at] // none where its value is an empty text
			c.Formula = formula
			if c.Kind == "" {
				c.Kind = cells.Text
			}
			s.Cells[at] = c
		}
		b.Sheets = append(b.Sheets, s)
	}
	return b, nil
}

var application = regexp.MustCompile(`<Application>([^<]*)</Application>`)

func cellKind(k kind) cells.Kind {
	switch k {
	case number:
		return cells.Number
	case text:
		return cells.Text
	case uncached: // some programs write an empty text there
		return cells.Text
	}
	return cells.Other
}

// Show quotes a cell's value in a message. Amounts, references and checksums
// are shown; what could be a personal number is not, nor more than a few words
// of a text.
func Show(c cells.Cell) string {
	shown := "nothing"
	switch whole, _, _ := strings.Cut(c.Text, "."); {
	case c.Kind == cells.Number && len(whole) <= 9 && !strings.ContainsAny(c.Text, "eE") && !holdsPersonalNumber(cell{kind: number, text: whole}):
		shown = c.Text
	case c.Text != "" && !perhapsPersonal.MatchString(c.Text) && !holdsPersonalNumber(cell{kind: text, text: c.Text}):
		shown = quote(c.Text)
	case c.Text != "":
		shown = notRepeated
	}
	if c.Formula != "" {
		shown += " by " + showFormula(c.Formula)
	}
	return shown
}

// perhapsPersonal is anything that has the digits of a personal number in one
// or two runs, one of them perhaps lost; an amount of nine digits has not.
var perhapsPersonal = regexp.MustCompile(`(?:^|[^0-9A-Fa-f])\d{6,8}\D{0,3}\d{4}(?:[^0-9A-Fa-f]|$)|(?:^|\D)\d{6,8}[^\d]{1,3}\d{3}(?:\D|$)`)

var nineDigits = regexp.MustCompile(`\d{10}|\d{6}\D{1,3}\d{3}`)

func showFormula(formula string) string {
	if nineDigits.MatchString(formula) || holdsPersonalNumber(cell{kind: text, text: formula}) {
		return "(a formula with a long number, not repeated here)"
	}
	if runes := []rune(formula); len(runes) > 80 {
		formula = string(runes[:80]) + "…"
	}
	return "=" + strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return '·'
	}, formula)
}
