package page

import (
	"fmt"
	"html/template"
	"math/big"
	"strings"

	"github.com/kortakoer/kortakoer/internal/followup"
	"github.com/kortakoer/kortakoer/internal/tables"
)

// Charts are drawn in whole units of a picture this wide, which a phone shows
// at about its own size.
const chartWidth = 400

// The colours stand out from white by 4.5 to 1 at least, and each line also
// has dashes and marks of its own.
const (
	dark  = "#1f3a5f"
	warm  = "#b45309"
	soft  = "#4b5563"
	faint = "#d5dae1"
	text  = "#1f2937"
)

// picture is an SVG being drawn. Its texts are escaped; its shapes are made of
// numbers only.
type picture struct {
	strings.Builder
}

func (p *picture) draw(format string, args ...any) { fmt.Fprintf(p, format, args...) }

func (p *picture) label(x, y int, anchor, color, words string) {
	p.draw(`<text x="%d" y="%d" text-anchor="%s" fill="%s" font-size="12">%s</text>`, x, y, anchor, color, template.HTMLEscapeString(words))
}

// figure puts a drawing of a height under its title, with what it shows in
// words for those who do not see it.
func (p *picture) figure(title, description string, height int) template.HTML {
	caption, words := template.HTMLEscapeString(title), template.HTMLEscapeString(description)
	return template.HTML(fmt.Sprintf(`<figure><figcaption>%s</figcaption><svg viewBox="0 0 %d %d" role="img" aria-label="%s. %s"><title>%s</title><desc>%s</desc>%s</svg></figure>`,
		caption, chartWidth, height, caption, words, caption, words, p.String()))
}

// step is the distance between lines of an axis that ends at most at top: 1, 2
// or 5 and zeros, for about four lines.
func step(top int64) int64 {
	for size := int64(1); ; size *= 10 {
		for _, n := range []int64{1, 2, 5} {
			if 4*n*size >= top {
				return n * size
			}
		}
	}
}

// up is x rounded up to a whole number.
func up(x *big.Rat) int64 {
	n := new(big.Int).Add(x.Num(), new(big.Int).Sub(x.Denom(), big.NewInt(1)))
	return n.Div(n, x.Denom()).Int64()
}

// scaled is x × to / from, rounded down.
func scaled(x *big.Rat, to, from int64) int {
	y := new(big.Rat).Mul(x, big.NewRat(to, from))
	return int(new(big.Int).Div(y.Num(), y.Denom()).Int64())
}

// points is one line of a chart by month; a nil is not shown.
type points struct {
	name, color, dash string
	values            []*big.Rat
	mark              func(p *picture, x, y int)
}

// lineChart draws the country's months.
func lineChart(b tables.Book, a followup.Area) template.HTML {
	whole := func(v followup.Value, mean bool) *big.Rat {
		switch {
		case v.State != followup.Shown:
			return nil
		case mean:
			return b.Mean(v)
		}
		return new(big.Rat).SetInt64(v.N)
	}
	series := []points{
		{b.Text("follow.now", b.Rules.Year()), dark, "", nil, func(p *picture, x, y int) { p.draw(`<circle cx="%d" cy="%d" r="4" fill="%s"/>`, x, y, dark) }},
		{b.Text("follow.before", b.Before), warm, "8 4", nil, func(p *picture, x, y int) { p.draw(`<path d="M%d %dl4 4l-4 4l-4 -4z" fill="%s"/>`, x, y-4, warm) }},
		{b.Text("follow.baseline", b.BaselineYears()), soft, "2 3", nil, func(p *picture, x, y int) {
			p.draw(`<rect x="%d" y="%d" width="6" height="6" fill="%s"/>`, x-3, y-3, soft)
		}},
	}
	top := big.NewRat(1, 1)
	for _, f := range a.Country.Months {
		for i, v := range []*big.Rat{whole(f.Now, false), whole(f.Before, false), whole(f.Baseline, true)} {
			series[i].values = append(series[i].values, v)
			if v != nil && v.Cmp(top) > 0 {
				top = v
			}
		}
	}
	const left, right, above, below, height = 52, 30, 12, 190, 300
	p := &picture{}
	each := step(up(top))
	last := (up(top) + each - 1) / each * each
	y := func(v *big.Rat) int { return below - scaled(v, below-above, last) }
	months := len(b.Report.Months)
	x := func(m int) int {
		if months == 1 {
			return (left + chartWidth - right) / 2
		}
		return left + 16 + m*(chartWidth-left-right-16)/(months-1)
	}
	for v := int64(0); v <= last; v += each {
		at := y(new(big.Rat).SetInt64(v))
		p.draw(`<path d="M%d %dH%d" stroke="%s"/>`, left, at, chartWidth, faint)
		p.label(left-6, at+4, "end", text, b.Whole(v))
	}
	for m, month := range b.Report.Months {
		short := []rune(b.Language.Month(month))
		mark := ""
		if b.IsPreliminary(m) {
			mark = "*"
		}
		p.label(x(m), below+18, "middle", text, string(short[:min(3, len(short))])+mark)
	}
	var described []string
	for i, s := range series {
		at := below + 42 + 19*i
		if s.line(p, x, y) {
			p.draw(`<path d="M%d %dh34" stroke="%s" stroke-width="2.5" stroke-dasharray="%s"/>`, left, at-4, s.color, s.dash)
			s.mark(p, left+17, at-4)
			p.label(left+42, at, "start", text, s.name)
			described = append(described, s.words(b))
		}
	}
	if b.IsPreliminary(months - 1) {
		p.label(left, below+42+19*3, "start", text, "* "+b.Text("follow.mark_full"))
	}
	return p.figure(b.Text("follow.chart_line", b.Area(a)), strings.Join(described, ". "), height)
}

// line draws what is known of a series, a segment between neighbours that are
// both shown, and reports whether there was any.
func (s points) line(p *picture, x func(int) int, y func(*big.Rat) int) bool {
	drawn := false
	for m, v := range s.values {
		if v == nil {
			continue
		}
		drawn = true
		if m > 0 && s.values[m-1] != nil {
			p.draw(`<path d="M%d %dL%d %d" stroke="%s" stroke-width="2.5" stroke-dasharray="%s"/>`, x(m-1), y(s.values[m-1]), x(m), y(v), s.color, s.dash)
		}
		s.mark(p, x(m), y(v))
	}
	return drawn
}

// words tells the series month by month.
func (s points) words(b tables.Book) string {
	var list []string
	for m, v := range s.values {
		if v != nil {
			list = append(list, b.Month(m)+" "+b.Decimal(v, 0))
		}
	}
	return s.name + ": " + strings.Join(list, ", ")
}

// bar is one region of a chart; without a value it shows the mark instead.
type bar struct {
	name  string
	value *big.Rat
	label string
	sum   bool // the country, set apart from the regions
}

// barChart draws a bar per region from the zero line, to the left below it.
func barChart(title string, bars []bar) template.HTML {
	const left, line = 128, 19
	most, least := new(big.Rat), new(big.Rat)
	for _, r := range bars {
		if r.value != nil && r.value.Cmp(most) > 0 {
			most = r.value
		}
		if r.value != nil && r.value.Cmp(least) < 0 {
			least = r.value
		}
	}
	// Room for the labels: outside the bar's end, right of it.
	const label = 58
	reach := new(big.Rat).Sub(most, least)
	if reach.Sign() == 0 {
		reach = big.NewRat(1, 1)
	}
	room := int64(chartWidth - left - label)
	zero := left
	if least.Sign() < 0 {
		room -= label
		zero += label
	}
	length := func(v *big.Rat) int { return scaled(new(big.Rat).Quo(new(big.Rat).Abs(v), reach), room, 1) }
	zero += length(least)
	p := &picture{}
	height := len(bars)*line + 8
	var described []string
	for i, r := range bars {
		y := i*line + 4
		p.label(left-8, y+13, "end", text, r.name)
		described = append(described, r.name+" "+r.label)
		switch {
		case r.value == nil:
			p.label(zero+5, y+13, "start", soft, r.label)
		case r.value.Sign() < 0:
			w := length(r.value)
			p.draw(`<rect x="%d" y="%d" width="%d" height="%d" fill="%s"/>`, zero-w, y+2, w, line-5, warm)
			p.label(zero-w-4, y+13, "end", text, r.label)
		default:
			w, color := length(r.value), dark
			if r.sum {
				color = soft
			}
			p.draw(`<rect x="%d" y="%d" width="%d" height="%d" fill="%s"/>`, zero, y+2, w, line-5, color)
			p.label(zero+w+4, y+13, "start", text, r.label)
		}
	}
	p.draw(`<path d="M%d 2V%d" stroke="%s"/>`, zero, height-2, soft)
	return p.figure(title, strings.Join(described, ", "), height)
}

// changeChart draws each region's change from the baseline to date.
func changeChart(b tables.Book, a followup.Area) template.HTML {
	t := b.ByRegion(a)
	return barChart(b.Text("follow.chart_bars", b.Area(a), b.BaselineYears()), columnBars(b, t, len(t.Columns)-1))
}

// fulfilmentChart draws how much of its ceiling each region has earned.
func fulfilmentChart(b tables.Book) template.HTML {
	t := b.Earnings()
	return barChart(b.Text("follow.chart_full"), columnBars(b, t, len(t.Columns)-1))
}

// columnBars takes the bars from a column of a table by region, the country
// last.
func columnBars(b tables.Book, t tables.Table, column int) (bars []bar) {
	for i, row := range append(t.Rows[:len(t.Rows):len(t.Rows)], t.Sum) {
		bars = append(bars, bar{row[0].In(b.Language), row[column].N, row[column].In(b.Language), i == len(t.Rows)})
	}
	return bars
}

// whoChart draws who did the country's operations.
func whoChart(b tables.Book, a followup.Area) template.HTML {
	var bars []bar
	f := a.Country.ToDate
	for _, p := range b.Who() {
		share := f.Share(p)
		label := ".."
		if share != nil {
			label = tables.Cell{N: share, Kind: tables.Share}.In(b.Language)
		}
		bars = append(bars, bar{b.WhoName(p), share, label, false})
	}
	return barChart(b.Text("follow.chart_who", b.Area(a)), bars)
}
