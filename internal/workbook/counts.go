package workbook

import (
	"fmt"

	"github.com/xuri/excelize/v2"

	"github.com/kortakoer/kortakoer/allocation"
	"github.com/kortakoer/kortakoer/internal/language"
	"github.com/kortakoer/kortakoer/rules"
)

const (
	countsYear  = 8
	countsValue = 11
	countsUse   = 12
)

// counts lists every value as it was read, and what became of it.
func (b *book) counts(s *sheet) {
	s.widths(30, 14, 8, 8, 9, 20, 20, 8, 8, 14, 11, 29)
	s.freeze(headerRow, 0, headerRow, headerRow)
	s.title(b.text("counts.title"))
	s.skip(headerRow - 1 - s.row)
	st := b.styles
	left, centre := st.headerLeft, st.headerCentre
	s.putHigh(30, left.cell(b.text("counts.file")), left.cell(b.text("counts.sheet")), centre.cell(b.text("counts.row")), centre.cell(b.text("counts.cell")),
		centre.cell(b.text("code")), left.cell(b.text("region")), left.cell(b.text("area")), centre.cell(b.text("counts.year")), centre.cell(b.text("counts.month")),
		left.cell(b.text("counts.provider")), st.headerRight.cell(b.text("counts.value")), st.headerAside.cell(b.text("counts.use")))
	names := b.fileNames()
	for _, c := range b.plan.Counts {
		b.countRow(s, names, c.Origin, c.Region, c.Area, c.Year, c.Month, b.text(language.Key("provider."+c.Provider)), st.number.cell(c.N), c.Use)
	}
	for _, m := range b.plan.Means {
		b.countRow(s, names, m.Origin, m.Region, m.Area, 0, 0, b.text("counts.mean"), st.fraction.cell(number(m.Mean.Rat())), m.Use)
	}
	s.try(b.file.AutoFilter(s.name, fmt.Sprintf("A%d:%s", headerRow, name(countsUse, max(s.row, firstRow))), nil))
}

// fileNames maps the names of the files as given to those that outputs show.
func (b *book) fileNames() func(string) string {
	byPath := map[string]string{}
	for _, f := range b.plan.Input.Files {
		byPath[f.Path] = f.Name
	}
	return func(path string) string { return byPath[path] }
}

func (b *book) countRow(s *sheet, file func(string) string, o allocation.Origin, region, area string, year, month int, provider string, value excelize.Cell, use allocation.Use) {
	st := b.styles
	label := area
	if i := b.rules.AreaIndex(area); i >= 0 {
		label = b.Language.Area(b.rules.Areas[i])
	}
	place := b.text("country")
	if i := rules.RegionIndex(region); i >= 0 {
		place = rules.Regions()[i].Name
	}
	cells := []any{st.text.cell(file(o.File)), st.text.cell(o.Sheet), st.code.cell(""), st.code.cell("")}
	if o.Row > 0 {
		cells[2] = st.code.cell(o.Row)
		cells[3] = st.code.cell(name(o.Column, o.Row))
	}
	when := func(n int) excelize.Cell {
		if n == 0 {
			return st.code.cell("")
		}
		return st.code.cell(n)
	}
	s.put(append(cells, st.code.cell(region), st.text.cell(place), st.text.cell(label), when(year), when(month), st.text.cell(provider), value, st.aside.cell(b.text(language.Key("use."+use))))...)
}
