package workbook

import (
	"fmt"
	"math/big"

	"github.com/xuri/excelize/v2"

	"github.com/kortakoer/kortakoer/allocation"
	"github.com/kortakoer/kortakoer/rules"
)

// Rows at the top of the leftover sheet.
const (
	leftPool = headerRow + iota
	leftEqual
	leftPerformance
	leftIs
	_
	leftPots // the heading of the pots; their header is the next row
)

const leftValue = 4 // the column of the amounts at the top

// The columns of the pots.
const (
	potArea = iota + 2
	potWeight
	potFloor
	potRest
	potOrder
	potAmount
	potGiven
	potLeft
)

// The columns of a pot's block. Only where the ceiling applies there are the
// three for the room below it.
const (
	shareCode = iota + 1
	shareRegion
	shareCount
	sharePopulation
	sharePer1000
	shareRunning
	shareRank
	shareWeight
)

func (b *book) applies() bool { return b.rules.Leftover.Ceiling.V == rules.Applies }

func (b *book) shareRoom() int   { return shareWeight + 1 }
func (b *book) shareFilled() int { return shareWeight + 2 }

// shareDivide is the column of the weights by which the rest is divided.
func (b *book) shareDivide() int {
	if b.applies() {
		return shareWeight + 3
	}
	return shareWeight
}

// From the floor on stand the four columns of a division; see portionCells.
func (b *book) shareFloor() int  { return b.shareDivide() + 1 }
func (b *book) shareAmount() int { return b.shareFloor() + 3 }

func (b *book) potRow(area int) int { return leftPots + 2 + area }
func (b *book) potSum() int         { return b.potRow(b.areas) }

// blockRow is the heading of a pot's block: the pot, what is divided and the
// header follow, then the regions and their sum.
func (b *book) blockRow(area int) int { return b.potSum() + 2 + area*(len(b.plan.Regions)+6) }
func (b *book) shareRow(area, region int) int {
	return b.blockRow(area) + 4 + region
}

func (b *book) shareSpan(column, area int) string {
	return span(column, b.shareRow(area, 0), b.shareRow(area, len(b.plan.Regions)-1))
}

// shareSum is the row below the last region of a block.
func (b *book) shareSum(area int) int { return b.shareRow(area, len(b.plan.Regions)) }

// shares are the cells with what a region gets of the pots before the given
// one, seen from the sheet itself or from another.
func (b *book) shares(region, before int, sheet string) []string {
	var cells []string
	for a := range before {
		c := name(b.shareAmount(), b.shareRow(a, region))
		if sheet != "" {
			c = on(sheet, c)
		}
		cells = append(cells, c)
	}
	return cells
}

// leftover derives what is left, the pots, and one block per pot with rank,
// weight and share, all of it live.
func (b *book) leftover(s *sheet) {
	s.widths(9, 22, 13, 16, 13, 11, 15, 16, 15, 15, 16, 15, 14, 12, 15)
	s.freeze(2, 2, 1, 2)
	s.title(b.text("left.title"), b.text("left.source", b.plan.Input.Population.Source))
	s.skip(1)
	st := b.styles
	label := func(text string) []any { return []any{st.text.cell(text), st.text.cell(""), st.text.cell("")} }
	s.put(append(label(b.text("pool")), st.kronor.formula(b.onRules("pool"), b.rules.Pool.V))...)
	s.put(append(label(b.text("left.minus", b.text("equal"))), st.kronor.formula(b.onCalc(b.calcEqual(), b.calcCountry(b.areas)), b.plan.Equal))...)
	s.put(append(label(b.text("left.minus", b.text("performance"))), st.kronor.formula(b.onCalc(b.calcPerformance(), b.calcCountry(b.areas)), b.plan.Performance))...)
	s.put(st.sumText.cell(b.text("left.is")), st.sumText.cell(""), st.sumText.cell(""),
		st.sumKronor.formula(fmt.Sprintf("%s-%s-%s", name(leftValue, leftPool), name(leftValue, leftEqual), name(leftValue, leftPerformance)), b.plan.Leftover))
	if !b.rules.Leftover.Enabled.V {
		s.skip(1)
		s.put(st.mark.cell(b.text("left.off")))
		s.merge(s.row, 1, 8)
		return
	}
	s.skip(1)
	s.put(st.section.cell(b.text("left.pots")))
	b.pots(s)
	for a := range b.plan.Areas {
		s.skip(1)
		if a > 0 {
			s.newPage()
		}
		b.block(s, a)
	}
	s.skip(1)
	s.paragraph(b.text("left.note"), 11, 140)
}

// portionFormulas divide an amount by largest remainder: the whole kronor, the
// remainder, the order of the remainders and the share. A product of amount
// and weight can pass 2⁵³, beyond which a spreadsheet drops kronor; so tens of
// thousands and the rest are divided apart.
func portionFormulas(amount, weight, weights, floors, rests, rest, order, floor string) (floorF, restF, orderF, shareF string) {
	sum := "SUM(" + weights + ")"
	high := fmt.Sprintf("INT(%s/10000)*%s", amount, weight)
	low := fmt.Sprintf("10000*MOD(%s,%s)+MOD(%s,10000)*%s", high, sum, amount, weight)
	floorF = fmt.Sprintf("IF(%[1]s=0,0,10000*INT(%[2]s/%[3]s)+INT((%[4]s)/%[3]s))", weight, high, sum, low)
	restF = fmt.Sprintf("IF(%s=0,0,MOD(%s,%s))", weight, low, sum)
	orderF = fmt.Sprintf(`IF(%[1]s=0,"",1+SUMPRODUCT((%[2]s>0)*((%[3]s>%[4]s)+(%[3]s=%[4]s)*(ROW(%[3]s)<ROW(%[4]s)))))`, weight, weights, rests, rest)
	shareF = fmt.Sprintf(`IF(%s=0,0,%s+IF(%s<=%s-SUM(%s),1,0))`, weight, floor, order, amount, floors)
	return floorF, restF, orderF, shareF
}

// portionCells are the four cells of a division in one row, in the columns
// from floor on.
func (b *book) portionCells(amount string, row, weight, floor, first, last int, p allocation.Portion) [4]excelize.Cell {
	st := b.styles
	f, r, o, sh := portionFormulas(amount, name(weight, row), span(weight, first, last), span(floor, first, last), span(floor+1, first, last),
		name(floor+1, row), name(floor+2, row), name(floor, row))
	var order any = ""
	var rest int64
	if p.Order > 0 {
		order, rest = p.Order, p.Remainder.Int64()
	}
	return [4]excelize.Cell{st.dash.formula(f, p.Floor), st.dash.formula(r, rest), st.number.formula(o, order), st.dash.formula(sh, p.Amount())}
}

func (b *book) pots(s *sheet) {
	st := b.styles
	s.header(2, "", b.text("area"), b.text("left.weight"), b.text("left.floor"), b.text("left.rest"), b.text("left.order"), b.text("left.pot"), b.text("left.given"), b.text("unallocated"))
	first, last := b.potRow(0), b.potRow(b.areas-1)
	weights := big.NewInt(0)
	for a, area := range b.plan.Areas {
		weight, formula := big.NewInt(1), "1"
		if b.rules.Leftover.Pots.V == rules.ByValue {
			weight.Mul(big.NewInt(area.Area.Rate.V), big.NewInt(area.Count))
			formula = b.onRules("area."+area.Area.ID+".rate") + "*" + b.onCalc(b.calcCount(), b.calcCountry(a))
		}
		weights.Add(weights, weight)
		cells := []any{st.text.cell(""), st.text.cell(b.Language.Area(area.Area)), st.number.formula(formula, weight.Int64())}
		for _, c := range b.portionCells(fixed(leftValue, leftIs), b.potRow(a), potWeight, potFloor, first, last, area.Share) {
			cells = append(cells, c)
		}
		given := area.Pot.Amount - area.Pot.Unallocated
		cells = append(cells, st.kronor.formula(name(b.shareAmount(), b.shareSum(a)), given),
			st.kronor.formula(name(potAmount, b.potRow(a))+"-"+name(potGiven, b.potRow(a)), area.Pot.Unallocated))
		s.put(cells...)
	}
	total := func(column int) string {
		return "SUM(" + name(column, first) + ":" + name(column, last) + ")"
	}
	var pots int64
	for _, a := range b.plan.Areas {
		pots += a.Pot.Amount
	}
	blank := st.sumText.cell("")
	s.put(blank, st.sumText.cell(b.text("total")), st.sumNumber.formula(total(potWeight), weights.Int64()), blank, blank, blank,
		st.sumKronor.formula(total(potAmount), pots), st.sumKronor.formula(total(potGiven), b.plan.Distributed), st.sumKronor.formula(total(potLeft), pots-b.plan.Distributed))
}

// block is one pot: who is in the running, who qualifies, and the shares.
func (b *book) block(s *sheet, a int) {
	st, pot := b.styles, b.plan.Areas[a].Pot
	label := func(text string) []any { return []any{st.text.cell(text), st.text.cell(""), st.text.cell("")} }
	potCell, restCell := fixed(leftValue, b.blockRow(a)+1), fixed(leftValue, b.blockRow(a)+2)
	var filled, divided int64
	for _, p := range pot.Places {
		if p.Filled {
			filled += p.Share
		}
		divided += p.Share
	}
	s.put(st.section.cell(b.text("left.pot_of", b.Language.Area(b.rules.Areas[a]))))
	s.put(append(label(b.text("left.pot")), st.kronor.formula(name(potAmount, b.potRow(a)), pot.Amount))...)
	rest := potCell
	if b.applies() {
		rest = fmt.Sprintf("%s-SUMPRODUCT(%s*%s)", potCell, b.shareSpan(b.shareRoom(), a), b.shareSpan(b.shareFilled(), a))
	}
	s.put(append(label(b.text("left.to_divide")), st.kronor.formula(rest, pot.Amount-filled))...)
	names := []string{b.text("code"), b.text("region"), b.text("left.operations"), b.text("left.population"), b.text("left.per_1000"),
		b.text("left.running"), b.text("left.rank"), b.text("rules.need")}
	if b.applies() {
		names = append(names, b.text("left.room"), b.text("left.filled"), b.text("left.divide"))
	}
	s.header(2, append(names, b.text("left.floor"), b.text("left.rest"), b.text("left.order"), b.text("left.share"))...)
	for i := range b.plan.Regions {
		s.put(b.shareCells(a, i, potCell, restCell)...)
	}
	b.blockSum(s, a, divided)
}

// shareCells is the row of one region in one pot.
func (b *book) shareCells(a, i int, potCell, restCell string) []any {
	st, row := b.styles, b.shareRow(a, i)
	r, place := b.plan.Regions[i], b.plan.Areas[a].Pot.Places[i]
	count, population, running, rank, weight := name(shareCount, row), name(sharePopulation, row), name(shareRunning, row), name(shareRank, row), name(shareWeight, row)

	inhabitants := st.input.cell(r.Population)
	if a > 0 {
		inhabitants = st.number.formula(name(sharePopulation, b.shareRow(0, i)), r.Population)
	}
	var inRunning, need int64
	var ranked any = ""
	if place.Rank > 0 {
		inRunning, ranked = 1, place.Rank
	}
	if place.Qualifies {
		need = r.Need
	}
	cells := []any{
		st.code.cell(r.Region.Code), st.text.cell(r.Region.Name),
		st.number.formula(b.onCalc(b.calcCount(), b.calcRow(i, a)), r.Areas[a].Count),
		inhabitants,
		st.ratio.formula(fmt.Sprintf("1000*%s/%s", count, population), number(big.NewRat(1000*r.Areas[a].Count, r.Population))),
		st.number.formula(fmt.Sprintf(`IF(AND(%s>0,%s<>"%s"),1,0)`, count, b.onCalc(b.calcRequisition(), b.calcRow(i, b.areas)), b.text("no")), inRunning),
		st.number.formula(fmt.Sprintf(`IF(%s=0,"",1+SUMPRODUCT(%s*(%s*%s>%s*%s)))`, running, b.shareSpan(shareRunning, a),
			b.shareSpan(shareCount, a), population, count, b.shareSpan(sharePopulation, a)), ranked),
		st.dash.formula(fmt.Sprintf(`IF(%[1]s="",0,IF(%[1]s<=%[2]s,%[3]s,0))`, rank, b.onRules("leftover.regions"), b.onNeed(r.Region.Code)), need),
	}
	if b.applies() {
		cells = append(cells, b.roomCells(a, i, row, weight, potCell)...)
	}
	portion := b.portionCells(restCell, row, b.shareDivide(), b.shareFloor(), b.shareRow(a, 0), b.shareRow(a, len(b.plan.Regions)-1), place.Portion)
	if b.applies() {
		portion[3] = st.dash.formula(fmt.Sprintf("IF(%s=1,%s,%s)", name(b.shareFilled(), row), name(b.shareRoom(), row), portion[3].Formula), place.Share)
	}
	for _, c := range portion {
		cells = append(cells, c)
	}
	return cells
}

// roomCells are the room below the ceiling, whether the region fills it, and
// the weight that is left. A region is filled if its room is less than its
// share once all with less room per weight are filled.
func (b *book) roomCells(a, i, row int, weight, potCell string) []any {
	st, r, place := b.styles, b.plan.Regions[i], b.plan.Areas[a].Pot.Places[i]
	calc := b.calcRow(i, b.areas)
	earlier := ""
	if cells := b.shares(i, a, ""); len(cells) > 0 {
		earlier = "-(" + joined(cells) + ")"
	}
	room, filled := name(b.shareRoom(), row), name(b.shareFilled(), row)
	rooms, weights := b.shareSpan(b.shareRoom(), a), b.shareSpan(shareWeight, a)
	less := fmt.Sprintf("(%s*%s<%s*%s)", rooms, weight, room, weights)
	var isFilled, divide int64
	if place.Filled {
		isFilled = 1
	} else if place.Qualifies {
		divide = r.Need
	}
	return []any{
		st.dash.formula(fmt.Sprintf("IF(%s>0,MAX(0,%s-%s%s),0)", weight, b.onCalc(b.calcCeiling(), calc), b.onCalc(b.calcPerformance(), calc), earlier), place.Room),
		st.dash.formula(fmt.Sprintf("IF(%[1]s=0,0,IF(%[2]s*(SUM(%[3]s)-SUMPRODUCT(%[3]s*%[5]s))<%[1]s*(%[6]s-SUMPRODUCT(%[4]s*%[5]s)),1,0))", weight, room, weights, rooms, less, potCell), isFilled),
		st.dash.formula(fmt.Sprintf("IF(%s=1,0,%s)", filled, weight), divide),
	}
}

func (b *book) blockSum(s *sheet, a int, divided int64) {
	st := b.styles
	blank := st.sumText.cell("")
	sum := func(column int, v int64) any {
		return st.sumKronor.formula("SUM("+b.shareSpan(column, a)+")", v)
	}
	var population, running, need, divide, floors int64
	for i, p := range b.plan.Areas[a].Pot.Places {
		r := b.plan.Regions[i]
		population += r.Population
		if p.Rank > 0 {
			running++
		}
		if p.Qualifies {
			need += r.Need
			if !p.Filled {
				divide += r.Need
			}
		}
		floors += p.Portion.Floor
	}
	cells := []any{blank, st.sumText.cell(b.text("total")), sum(shareCount, b.plan.Areas[a].Count), sum(sharePopulation, population), blank, sum(shareRunning, running), blank, sum(shareWeight, need)}
	if b.applies() {
		cells = append(cells, blank, blank, sum(b.shareDivide(), divide))
	}
	s.put(append(cells, sum(b.shareFloor(), floors), blank, blank, sum(b.shareAmount(), divided))...)
}
