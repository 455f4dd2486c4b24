package workbook

import (
	"fmt"

	"github.com/xuri/excelize/v2"

	"github.com/kortakoer/kortakoer/internal/language"
)

// The charts stand above the table that the second of them shows.
const (
	chartRows   = 30 // rows that one chart covers
	chartPixels = 480
	chartWidth  = 1180
	chartFirst  = 4
	chartTable  = chartFirst + 2*chartRows + 3
)

// charts draws what each region gets by part, and how much of its ceiling it
// has reached.
func (b *book) charts(s *sheet) {
	s.widths(10, 24, 16, 16, 16, 16, 16, 16, 16)
	s.freeze(2, 0, 1, 2)
	s.title(b.text("chart.title"))
	st := b.styles
	for _, row := range []int{chartFirst + chartRows, chartTable} {
		s.try(s.stream.InsertPageBreak(name(1, row)))
	}
	s.skip(chartTable - 1 - s.row)
	s.header(2, b.text("code"), b.text("region"), b.text("of_ceiling"))
	for i, r := range b.plan.Regions {
		s.put(st.code.cell(r.Region.Code), st.text.cell(r.Region.Name),
			st.percent.formula(b.onCalc(b.calcShare(), b.calcRow(i, b.areas)), ratio(r.Performance, r.Ceiling)))
	}
	payments := b.sheet("sheet.payments")
	block := func(column int) string { return on(payments, span(column, firstRow, b.lastRow())) }
	var parts []excelize.ChartSeries
	for _, p := range []struct {
		column int
		color  string
	}{{payEqual, "9CA3AF"}, {payPerformance, dark}, {payLeftover, "D97706"}} {
		if p.column == payEqual && !b.rules.Equal.Set {
			continue
		}
		parts = append(parts, excelize.ChartSeries{
			Name: on(payments, fixed(p.column, headerRow)), Categories: block(payRegion), Values: block(p.column),
			Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{p.color}},
		})
	}
	b.chart(s, chartFirst, excelize.ColStacked, "chart.payout", "#,##0,,", parts, "bottom")
	table := func(column int) string {
		return on(s.name, span(column, chartTable+1, chartTable+len(b.plan.Regions)))
	}
	b.chart(s, chartFirst+chartRows+1, excelize.Col, "chart.ceiling", "0%", []excelize.ChartSeries{{
		Name: on(s.name, fixed(3, chartTable)), Categories: table(2), Values: table(3),
		Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{dark}},
	}}, "none")
}

// chart places one native chart at a row.
func (b *book) chart(s *sheet, row int, kind excelize.ChartType, title language.Key, format string, series []excelize.ChartSeries, legend string) {
	text := excelize.Font{Family: font, Size: 9, Color: ink}
	gap, lock := uint(60), false
	var overlap *int
	if kind == excelize.ColStacked {
		full := 100
		overlap = &full
	}
	s.try(b.file.AddChart(s.name, fmt.Sprintf("A%d", row), &excelize.Chart{
		Type: kind, Series: series, GapWidth: &gap, Overlap: overlap,
		Title:     excelize.ChartTitle{Paragraph: []excelize.RichTextRun{{Text: b.text(title), Font: &excelize.Font{Family: font, Size: 14, Bold: true, Color: dark}}}},
		Legend:    excelize.ChartLegend{Position: legend, Font: &text},
		XAxis:     excelize.ChartAxis{Font: text, Alignment: excelize.Alignment{TextRotation: 45}},
		YAxis:     excelize.ChartAxis{Font: text, MajorGridLines: true, NumFmt: excelize.ChartNumFmt{CustomNumFmt: format}},
		Dimension: excelize.ChartDimension{Width: chartWidth, Height: chartPixels},
		Format:    excelize.GraphicOptions{AltText: b.text("chart.alt", b.text(title)), LockAspectRatio: lock},
	}))
}
