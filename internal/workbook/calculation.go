package workbook

import (
	"fmt"
	"math/big"
	"strings"

	"github.com/kortakoer/kortakoer/allocation"
	"github.com/kortakoer/kortakoer/rules"
)

// The columns of the calculation; the years stand between area and mean.
const (
	calcCode = iota + 1
	calcRegion
	calcArea
	calcYears
)

func (b *book) calcMean() int        { return calcYears + b.years }
func (b *book) calcBaseline() int    { return b.calcMean() + 1 }
func (b *book) calcCount() int       { return b.calcMean() + 2 }
func (b *book) calcIncrease() int    { return b.calcMean() + 3 }
func (b *book) calcRate() int        { return b.calcMean() + 4 }
func (b *book) calcKronor() int      { return b.calcMean() + 5 }
func (b *book) calcEarned() int      { return b.calcMean() + 6 }
func (b *book) calcRequisition() int { return b.calcMean() + 7 }
func (b *book) calcCeiling() int     { return b.calcMean() + 8 }
func (b *book) calcPerformance() int { return b.calcMean() + 9 }
func (b *book) calcEqual() int       { return b.calcMean() + 10 }
func (b *book) calcShare() int       { return b.calcMean() + 11 }

// calcRow is the row of one region's area; area b.areas is the region's sum.
func (b *book) calcRow(region, area int) int { return firstRow + region*(b.areas+1) + area }

// calcCountry is the row of an area's sum for the country; area b.areas is the
// sum of all.
func (b *book) calcCountry(area int) int { return b.calcRow(len(b.plan.Regions), area) }

// calcSpan is the block of a column over all regions.
func (b *book) calcSpan(column int) string {
	return span(column, firstRow, b.calcCountry(0)-1)
}

// onCalc is a cell of the calculation seen from another sheet.
func (b *book) onCalc(column, row int) string {
	return on(b.sheet("sheet.calculation"), fixed(column, row))
}

// calculation has one row per region and area: counts as input, and from there
// live formulas to the performance of the region.
func (b *book) calculation(s *sheet) {
	widths := []float64{9, 19, 20}
	for range b.years {
		widths = append(widths, 9)
	}
	s.widths(append(widths, 11, 11, 9, 10, 11, 14, 12, 14, 14, 14, 13, 11)...)
	s.freeze(headerRow, calcArea, headerRow, headerRow)
	s.title(b.text("calc.title"), b.text("calc.note"))
	s.skip(1)
	names := []string{b.text("code"), b.text("region"), b.text("area")}
	for _, y := range b.rules.Baseline.Years.V {
		names = append(names, fmt.Sprint(y))
	}
	s.header(calcArea, append(names, b.text("calc.mean"), b.text("calc.baseline"), fmt.Sprint(b.rules.Year()), b.text("calc.increase"), b.text("calc.rate"),
		b.text("calc.kronor"), b.text("calc.earned"), b.text("calc.requisition"), b.text("ceiling"), b.text("performance"), b.text("equal"), b.text("of_ceiling"))...)
	perPage := max(1, 44/(b.areas+1)) // regions, so that none is torn apart
	for i, r := range b.plan.Regions {
		if i > 0 && i%perPage == 0 {
			s.newPage()
		}
		for a := range r.Areas {
			s.put(b.calcAreaRow(i, a)...)
		}
		s.put(b.calcSumRow(i)...)
	}
	b.calcCountryRows(s)
}

func (b *book) calcAreaRow(i, a int) []any {
	st, row := b.styles, b.calcRow(i, a)
	r, area := b.plan.Regions[i], b.plan.Regions[i].Areas[a]
	cells := []any{st.code.cell(r.Region.Code), st.text.cell(r.Region.Name), st.text.cell(b.Language.Area(b.rules.Areas[a]))}
	for y := range b.years {
		if area.Given {
			cells = append(cells, st.text.cell(""))
		} else {
			cells = append(cells, st.input.cell(area.ByYear[y]))
		}
	}
	mean := st.fraction.formula(fmt.Sprintf("SUM(%s:%s)/%d", name(calcYears, row), name(calcYears+b.years-1, row), b.years), number(area.Mean))
	if area.Given {
		mean = st.inputFraction.cell(number(area.Mean))
	}
	cells = append(cells, mean,
		st.fraction.formula(b.roundingFormula(name(b.calcMean(), row)), number(area.Baseline)),
		st.input.cell(area.Count),
		st.fraction.formula(fmt.Sprintf("MAX(0,%s-%s)", name(b.calcCount(), row), name(b.calcBaseline(), row)), number(area.Increase)),
		st.kronor.formula(b.onRules("area."+b.rules.Areas[a].ID+".rate"), b.rules.Areas[a].Rate.V),
		st.fraction.formula(name(b.calcIncrease(), row)+"*"+name(b.calcRate(), row), number(area.Earned)))
	for range b.calcShare() - b.calcKronor() {
		cells = append(cells, st.text.cell(""))
	}
	return cells
}

// roundingFormula is the reading of baseline.rounding applied to a mean.
func (b *book) roundingFormula(mean string) string {
	switch b.rules.Baseline.Rounding.V {
	case rules.Nearest:
		return "ROUND(" + mean + ",0)"
	case rules.Up:
		return "ROUNDUP(" + mean + ",0)"
	case rules.Down:
		return "ROUNDDOWN(" + mean + ",0)"
	}
	return mean
}

// calcSumRow sums a region's areas. The inner ROUND takes away what binary
// fractions add to a third; the outer one is the rounding of the rules.
func (b *book) calcSumRow(i int) []any {
	st, row, r := b.styles, b.calcRow(i, b.areas), b.plan.Regions[i]
	cells := []any{st.sumCode.cell(r.Region.Code), st.sumText.cell(b.text("calc.sum", r.Region.Name))}
	for len(cells) < b.calcKronor()-1 {
		cells = append(cells, st.sumText.cell(""))
	}
	code := r.Region.Code
	yes, no := b.text("yes"), b.text("no")
	status := yes
	switch {
	case r.Requisition.Status == allocation.NotDemanded:
		status = b.text("not_needed")
	case !r.Requisition.Valid():
		status = no
	}
	requisition := name(b.calcRequisition(), row)
	cells = append(cells,
		st.sumFraction.formula(fmt.Sprintf("SUM(%s:%s)", name(b.calcKronor(), row-b.areas), name(b.calcKronor(), row-1)), number(r.EarnedExact)),
		st.sumKronor.formula(fmt.Sprintf("ROUND(ROUND(%s,6),0)", name(b.calcKronor(), row)), r.Earned),
		st.sumCode.cell(status),
		st.sumKronor.formula(b.onRules("ceilings."+code), r.Ceiling),
		st.sumKronor.formula(fmt.Sprintf(`IF(%s="%s",0,MIN(%s,%s))`, requisition, no, name(b.calcEarned(), row), name(b.calcCeiling(), row)), r.Performance),
		b.equalCell(i, requisition, no),
		st.sumPercent.formula(fmt.Sprintf("IF(%[2]s=0,0,%[1]s/%[2]s)", name(b.calcPerformance(), row), name(b.calcCeiling(), row)), ratio(r.Performance, r.Ceiling)))
	return cells
}

// equalCell is the region's share of the equal block: the whole kronor, and
// one more for the first regions as long as kronor are missing.
func (b *book) equalCell(i int, requisition, no string) any {
	st, r := b.styles, b.plan.Regions[i]
	if !b.rules.Equal.Set {
		return st.sumKronor.cell(int64(0))
	}
	block, n := b.onRules("equal"), len(b.plan.Regions)
	return st.sumKronor.formula(fmt.Sprintf(`IF(%s="%s",0,INT(%s/%d)+IF(%d<=MOD(%s,%d),1,0))`, requisition, no, block, n, i+1, block, n), r.Equal)
}

// calcCountryRows sums the areas over the country, and then everything.
func (b *book) calcCountryRows(s *sheet) {
	st := b.styles
	sumIf := func(column int, a int) string {
		// Not SUMIF, in which a label could be a pattern.
		return fmt.Sprintf("SUMPRODUCT(--(%s=%s),%s)", b.calcSpan(calcArea), name(calcArea, b.calcCountry(a)), b.calcSpan(column))
	}
	for a, area := range b.plan.Areas {
		cells := []any{st.sumText.cell(""), st.sumText.cell(b.text("country")), st.sumText.cell(b.Language.Area(area.Area))}
		for y := range b.years {
			var total int64
			for _, r := range b.plan.Regions {
				if n := r.Areas[a].ByYear; n != nil {
					total += n[y]
				}
			}
			cells = append(cells, st.sumNumber.formula(sumIf(calcYears+y, a), total))
		}
		increase, kronor, mean, baseline := new(big.Rat), new(big.Rat), new(big.Rat), new(big.Rat)
		for _, r := range b.plan.Regions {
			mean.Add(mean, r.Areas[a].Mean)
			baseline.Add(baseline, r.Areas[a].Baseline)
			increase.Add(increase, r.Areas[a].Increase)
			kronor.Add(kronor, r.Areas[a].Earned)
		}
		cells = append(cells,
			st.sumFraction.formula(sumIf(b.calcMean(), a), number(mean)),
			st.sumFraction.formula(sumIf(b.calcBaseline(), a), number(baseline)),
			st.sumNumber.formula(sumIf(b.calcCount(), a), area.Count),
			st.sumFraction.formula(sumIf(b.calcIncrease(), a), number(increase)),
			st.sumText.cell(""),
			st.sumFraction.formula(sumIf(b.calcKronor(), a), number(kronor)))
		for range b.calcShare() - b.calcKronor() {
			cells = append(cells, st.sumText.cell(""))
		}
		s.put(cells...)
	}
	cells := []any{st.sumText.cell(""), st.sumText.cell(b.text("calc.sum", b.text("country")))}
	for len(cells) < b.calcEarned()-1 {
		cells = append(cells, st.sumText.cell(""))
	}
	var earned, ceilings int64
	for _, r := range b.plan.Regions {
		earned += r.Earned
		ceilings += r.Ceiling
	}
	total := func(column int) string { return "SUM(" + b.calcSpan(column) + ")" }
	s.put(append(cells,
		st.sumKronor.formula(total(b.calcEarned()), earned), st.sumText.cell(""),
		st.sumKronor.formula(total(b.calcCeiling()), ceilings),
		st.sumKronor.formula(total(b.calcPerformance()), b.plan.Performance),
		st.sumKronor.formula(total(b.calcEqual()), b.plan.Equal),
		st.sumPercent.formula(fmt.Sprintf("%s/%s", name(b.calcPerformance(), b.calcCountry(b.areas)), name(b.calcCeiling(), b.calcCountry(b.areas))), ratio(b.plan.Performance, ceilings)))...)
}

// number is what a cell shows of an exact fraction; a workbook holds floats.
func number(x *big.Rat) any {
	if x.IsInt() {
		return x.Num().Int64()
	}
	f, _ := x.Float64()
	return f
}

func ratio(part, whole int64) any {
	if whole == 0 {
		return int64(0)
	}
	return number(big.NewRat(part, whole))
}

// joined is a sum of references.
func joined(references []string) string { return strings.Join(references, "+") }
