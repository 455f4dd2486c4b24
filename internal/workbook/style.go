package workbook

import (
	"github.com/xuri/excelize/v2"

	"github.com/kortakoer/kortakoer/internal/language"
)

// style is the id of a cell style.
type style int

// cell is a value in a style.
func (s style) cell(value any) excelize.Cell { return excelize.Cell{StyleID: int(s), Value: value} }

// formula is a formula and the value that it has by the plan.
func (s style) formula(formula string, value any) excelize.Cell {
	return excelize.Cell{StyleID: int(s), Formula: formula, Value: value}
}

// styles are the looks of the workbook. A sum is a value set apart as a total.
type styles struct {
	title, subtitle, note, section                     style
	headerLeft, headerRight, headerCentre, headerAside style
	text, wrapped, code, mono, aside                   style // aside: right of a number
	kronor, number, fraction, ratio, percent, dash     style
	valueTop, textTop                                  style // beside wrapped texts
	input, inputFraction                               style
	sumText, sumCode                                   style
	sumKronor, sumNumber, sumFraction, sumPercent      style
	mark                                               style // assumed or changed
	line, signature                                    style
	date, dateAlone                                    style // dateAlone: outside a table
	markRight                                          style // changed, in a column of amounts
	machine                                            style // does not run over into other cells
}

const (
	font    = "Calibri"
	ink     = "1F2937"
	faint   = "6B7280"
	rule    = "C9CED6"
	dark    = "1F3A5F"
	band    = "E8EDF4"
	yellow  = "FFF8DC"
	caution = "FDECC8"
)

// makeStyles registers the looks. The locale in the number formats makes
// programs that honour it write thousands the Swedish way wherever they run.
func (b *book) makeStyles() error {
	locale := "[$-41D]"
	if b.Language == language.English {
		locale = ""
	}
	whole, fraction, ratio, percent := locale+"#,##0", locale+"#,##0.00", locale+"0.000", locale+"0.0%"
	var err error
	add := func(s excelize.Style) style {
		if s.Font.Family = font; s.Font.Size == 0 {
			s.Font.Size = 10
		}
		if s.Font.Color == "" {
			s.Font.Color = ink
		}
		id, e := b.file.NewStyle(&s)
		if err == nil {
			err = e
		}
		return style(id)
	}
	plain := func() *excelize.Font { return &excelize.Font{} }
	bold := func() *excelize.Font { return &excelize.Font{Bold: true} }
	fill := func(color string) excelize.Fill {
		return excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{color}}
	}
	hair := []excelize.Border{{Type: "bottom", Color: rule, Style: 1}}
	above := []excelize.Border{{Type: "top", Color: dark, Style: 1}, {Type: "bottom", Color: dark, Style: 1}}
	left := &excelize.Alignment{Vertical: "center"}
	right := &excelize.Alignment{Horizontal: "right", Vertical: "center"}
	centre := &excelize.Alignment{Horizontal: "center", Vertical: "center"}
	wrap := &excelize.Alignment{Vertical: "top", WrapText: true}

	indented := &excelize.Alignment{Horizontal: "left", Vertical: "top", WrapText: true, Indent: 1}
	value := func(format string) style {
		return add(excelize.Style{Font: plain(), Border: hair, Alignment: right, CustomNumFmt: &format})
	}
	input := func(format string) style {
		return add(excelize.Style{Font: plain(), Border: hair, Alignment: right, CustomNumFmt: &format, Fill: fill(yellow)})
	}
	sum := func(format string) style {
		return add(excelize.Style{Font: bold(), Border: above, Alignment: right, CustomNumFmt: &format, Fill: fill(band)})
	}
	header := func(horizontal string, indent int) style {
		return add(excelize.Style{
			Font: &excelize.Font{Bold: true, Color: "FFFFFF"}, Fill: fill(dark),
			Alignment: &excelize.Alignment{Horizontal: horizontal, Vertical: "center", WrapText: true, Indent: indent},
		})
	}
	day := "yyyy\\-mm\\-dd"
	dash := whole + ";-" + whole + `;"–"`
	b.styles = styles{
		title:      add(excelize.Style{Font: &excelize.Font{Bold: true, Size: 16, Color: dark}, Alignment: left}),
		subtitle:   add(excelize.Style{Font: &excelize.Font{Color: faint}, Alignment: left}),
		note:       add(excelize.Style{Font: &excelize.Font{Color: faint}, Alignment: wrap}),
		section:    add(excelize.Style{Font: &excelize.Font{Bold: true, Size: 12, Color: dark}, Alignment: left}),
		headerLeft: header("left", 0), headerRight: header("right", 0), headerCentre: header("center", 0),
		text:    add(excelize.Style{Font: plain(), Border: hair, Alignment: left}),
		wrapped: add(excelize.Style{Font: plain(), Border: hair, Alignment: indented}),
		code:    add(excelize.Style{Font: plain(), Border: hair, Alignment: centre}),
		mono:    add(excelize.Style{Font: &excelize.Font{Size: 9}, Border: hair, Alignment: left}),

		kronor: value(whole), number: value(whole), fraction: value(fraction), ratio: value(ratio), percent: value(percent),
		valueTop: add(excelize.Style{Font: plain(), Border: hair, Alignment: &excelize.Alignment{Horizontal: "right", Vertical: "top"}, CustomNumFmt: &whole}),
		textTop:  add(excelize.Style{Font: plain(), Border: hair, Alignment: &excelize.Alignment{Horizontal: "right", Vertical: "top", WrapText: true}}),
		dash:     value(dash),
		input:    input(whole), inputFraction: input(fraction),

		sumText:     add(excelize.Style{Font: bold(), Border: above, Alignment: left, Fill: fill(band)}),
		aside:       add(excelize.Style{Font: plain(), Border: hair, Alignment: &excelize.Alignment{Horizontal: "left", Vertical: "center", Indent: 1}}),
		headerAside: header("left", 1),
		sumCode:     add(excelize.Style{Font: bold(), Border: above, Alignment: centre, Fill: fill(band)}),
		sumKronor:   sum(whole), sumNumber: sum(whole), sumFraction: sum(fraction), sumPercent: sum(percent),
		mark:      add(excelize.Style{Font: plain(), Border: hair, Alignment: indented, Fill: fill(caution)}),
		markRight: add(excelize.Style{Font: plain(), Border: hair, Alignment: right, Fill: fill(caution)}),
		machine:   add(excelize.Style{Font: &excelize.Font{Size: 8, Color: faint}, Alignment: &excelize.Alignment{Horizontal: "fill", Vertical: "center"}}),
		line:      add(excelize.Style{Font: plain(), Border: []excelize.Border{{Type: "bottom", Color: ink, Style: 1}}}),
		date:      add(excelize.Style{Font: plain(), Border: hair, Alignment: centre, CustomNumFmt: &day}),
		dateAlone: add(excelize.Style{Font: bold(), Alignment: &excelize.Alignment{Horizontal: "left", Vertical: "center"}, CustomNumFmt: &day}),
		signature: add(excelize.Style{Font: &excelize.Font{Size: 8, Color: faint}, Alignment: left}),
	}
	return err
}
