// Package tables lays a follow-up out in words: the tables and remarks that
// the workbook and the page both show. It computes nothing, and a value that
// is masked leaves it as its mark, never as its number.
//
// New is the way in.
package tables

import (
	"fmt"
	"math/big"
	"strconv"
	"strings"

	"github.com/kortakoer/kortakoer/internal/followup"
	"github.com/kortakoer/kortakoer/internal/language"
	"github.com/kortakoer/kortakoer/rules"
)

// Kind is how a number is written.
type Kind int

// The kinds of cells.
const (
	Text          Kind = iota
	Whole              // operations or kronor
	Decimal            // a mean, one decimal
	Signed             // a change, whole
	SignedDecimal      // a change from a mean, one decimal
	Share              // a percentage of a whole
	SignedShare        // a change in per cent
	Kinds              // how many there are
)

// Cell is a text, or a number that may be shown; N is nil where Text stands in
// its place.
type Cell struct {
	Text string
	N    *big.Rat
	Kind Kind
}

// In writes the cell in a language.
func (c Cell) In(l language.Language) string {
	if c.N == nil {
		return c.Text
	}
	switch c.Kind {
	case Whole:
		return l.Decimal(c.N, 0)
	case Decimal:
		return l.Decimal(c.N, 1)
	case Signed:
		return l.Signed(c.N, 0)
	case SignedDecimal:
		return l.Signed(c.N, 1)
	case Share:
		return l.Share(c.N)
	case SignedShare:
		return l.Signed(new(big.Rat).Mul(c.N, big.NewRat(100, 1)), 1) + "\u00a0%"
	}
	return c.Text
}

// Table is a title, the names of the columns, the rows, and a last row that is
// the sum or the country. The first Labels columns are texts.
type Table struct {
	Title   string
	Labels  int
	Columns []string
	Rows    [][]Cell
	Sum     []Cell
}

// Book is a follow-up and the language it is told in.
type Book struct {
	*followup.Report
	language.Language
}

// New returns the report in a language.
func New(r *followup.Report, l language.Language) Book { return Book{r, l} }

// Area is the label of an area.
func (b Book) Area(a followup.Area) string { return b.Language.Area(a.Area) }

// Place is the label of a region, or of the country.
func (b Book) Place(r rules.Region) string {
	if r.Name == "" {
		return b.Text("country")
	}
	return r.Code + " " + r.Name
}

// Month is the name of the delivered month at a place, marked if preliminary.
func (b Book) Month(i int) string {
	name := b.Language.Month(b.Report.Months[i])
	if b.IsPreliminary(i) {
		name += " (" + b.Text("follow.mark") + ")"
	}
	return name
}

// BaselineYears names the baseline years: 2022–2024, or one by one where they
// do not follow on each other.
func (b Book) BaselineYears() string {
	years := b.Rules.Baseline.Years.V
	first, last := years[0], years[len(years)-1]
	if len(years) > 1 && last-first == len(years)-1 {
		return fmt.Sprintf("%d–%d", first, last)
	}
	text := make([]string, len(years))
	for i, y := range years {
		text[i] = strconv.Itoa(y)
	}
	return strings.Join(text, ", ")
}

// End names the period's last month.
func (b Book) End() string { return b.Language.Months(b.Last, b.Last, b.Rules.Year()) }

func (b Book) mark(s followup.State) string {
	switch s {
	case followup.Small:
		return fmt.Sprintf("<%d", b.MaskBelow)
	case followup.Hidden:
		return ".."
	case followup.Shown, followup.Missing:
	}
	return "–"
}

// Value is the cell of a count.
func (b Book) Value(v followup.Value) Cell {
	return b.number(new(big.Rat).SetInt64(v.N), v.State, Whole)
}

// number is a number where it may be shown, else its mark.
func (b Book) number(n *big.Rat, s followup.State, k Kind) Cell {
	if s != followup.Shown || n == nil {
		return Cell{Text: b.mark(s), Kind: k}
	}
	return Cell{N: n, Kind: k}
}

func (b Book) mean(v followup.Value) Cell { return b.number(b.Mean(v), v.State, Decimal) }

// since are the two cells of a change. A share that cannot be computed, from
// nothing, is missing.
func (b Book) since(c followup.Change, k Kind) []Cell {
	return []Cell{b.number(c.N, c.State, k), b.number(c.Share, c.State, SignedShare)}
}

func text(s string) Cell { return Cell{Text: s} }

// compared are the cells that every table of operations begins with; names
// are their columns.
func (b Book) compared(f followup.Figures) []Cell {
	row := []Cell{b.Value(f.Now), b.Value(f.Before), b.mean(f.Baseline)}
	row = append(row, b.since(b.SinceBefore(f), Signed)...)
	return append(row, b.since(b.SinceBaseline(f), SignedDecimal)...)
}

func (b Book) comparedNames() []string {
	return []string{
		b.Text("follow.now", b.Rules.Year()), b.Text("follow.before", b.Before), b.Text("follow.baseline", b.BaselineYears()),
		b.Text("follow.since", b.Before), b.Text("follow.since_share", b.Before), b.Text("follow.above"), b.Text("follow.above_share"),
	}
}

// WhoName names a place in Figures.By.
func (b Book) WhoName(p int) string {
	return b.Text(language.Key("follow." + followup.Providers[p]))
}

func (b Book) who(f followup.Figures) (row []Cell) {
	for _, p := range b.Who() {
		row = append(row, b.Value(f.By[p]))
	}
	return row
}

func (b Book) whoNames() (names []string) {
	for _, p := range b.Who() {
		names = append(names, b.WhoName(p))
	}
	return names
}

// cumulated are the sums from the period's first month.
func (b Book) cumulated(f followup.Figures) []Cell {
	return []Cell{b.Value(f.Now), b.mean(f.Baseline), b.since(b.SinceBefore(f), Signed)[1], b.since(b.SinceBaseline(f), SignedDecimal)[1]}
}

func (b Book) cumulatedNames() []string {
	return []string{b.Text("follow.cum", b.Rules.Year()), b.Text("follow.cum_mean"), b.Text("follow.cum_share", b.Before), b.Text("follow.cum_above")}
}

// Overview has one row per area for the country to date.
func (b Book) Overview() Table {
	t := Table{Title: b.Text("follow.areas"), Labels: 1, Columns: append(append([]string{b.Text("area")}, b.comparedNames()...), b.whoNames()...)}
	for _, a := range b.Areas {
		t.Rows = append(t.Rows, append(append([]Cell{text(b.Area(a))}, b.compared(a.Country.ToDate)...), b.who(a.Country.ToDate)...))
	}
	return t
}

// ByMonth has the country's months, and last their sum.
func (b Book) ByMonth(a followup.Area) Table {
	t := Table{Title: b.Text("follow.by_month", b.Area(a)), Labels: 1}
	t.Columns = append(append(append([]string{b.Text("follow.month")}, b.comparedNames()...), b.whoNames()...), b.cumulatedNames()...)
	row := func(label string, f, cumulated followup.Figures) []Cell {
		return append(append(append([]Cell{text(label)}, b.compared(f)...), b.who(f)...), b.cumulated(cumulated)...)
	}
	for m, f := range a.Country.Months {
		t.Rows = append(t.Rows, row(b.Month(m), f, a.Country.Cumulated[m]))
	}
	t.Sum = row(b.Text("follow.sum"), a.Country.ToDate, a.Country.ToDate)
	return t
}

// perRegion is a table with a row per region and the country last.
func (b Book) perRegion(title language.Key, a followup.Area, columns []string, row func(followup.Series) []Cell, args ...any) Table {
	t := Table{Title: b.Text(title, append([]any{b.Area(a)}, args...)...), Labels: 1, Columns: append([]string{b.Text("region")}, columns...)}
	for _, x := range a.Regions {
		t.Rows = append(t.Rows, append([]Cell{text(b.Place(x.Region))}, row(x)...))
	}
	t.Sum = append([]Cell{text(b.Text("country"))}, row(a.Country)...)
	return t
}

// ByRegion compares each region's operations to date.
func (b Book) ByRegion(a followup.Area) Table {
	return b.perRegion("follow.by_region", a, b.comparedNames(), func(x followup.Series) []Cell { return b.compared(x.ToDate) })
}

// ByProvider says who did the operations to date.
func (b Book) ByProvider(a followup.Area) Table {
	columns := append([]string{b.Text("follow.now", b.Rules.Year())}, b.whoNames()...)
	for _, p := range b.Who() {
		columns = append(columns, b.Text("follow.share_of", b.WhoName(p)))
	}
	return b.perRegion("follow.by_provider", a, columns, func(x followup.Series) []Cell {
		row := append([]Cell{b.Value(x.ToDate.Now)}, b.who(x.ToDate)...)
		for _, p := range b.Who() {
			state := followup.Shown
			if x.ToDate.Now.State != followup.Shown || x.ToDate.By[p].State != followup.Shown {
				state = followup.Hidden
			}
			row = append(row, b.number(x.ToDate.Share(p), state, Share))
		}
		return row
	})
}

// ByForecast says where each region is heading.
func (b Book) ByForecast(a followup.Area) Table {
	columns := []string{
		b.Text("follow.now", b.Rules.Year()), b.Text("follow.forecast", b.End()), b.Text("follow.low"), b.Text("follow.high"),
		b.Text("follow.whole", b.BaselineYears()), b.Text("follow.cast_above"),
	}
	return b.perRegion("follow.by_forecast", a, columns, func(x followup.Series) []Cell {
		f := x.Forecast
		var above *big.Rat
		if f.Point != nil && x.Whole.N > 0 {
			above = new(big.Rat).Quo(f.Point, b.Mean(x.Whole))
			above.Sub(above, big.NewRat(1, 1))
		}
		return []Cell{
			b.Value(x.ToDate.Now), b.number(f.Point, f.State, Whole), b.number(f.Low, f.State, Whole), b.number(f.High, f.State, Whole),
			b.mean(x.Whole), b.number(above, f.State, SignedShare),
		}
	}, b.End())
}

// ByAll has a row per region and month.
func (b Book) ByAll(a followup.Area) Table {
	t := Table{Title: b.Text("follow.by_all", b.Area(a)), Labels: 2}
	t.Columns = append(append(append([]string{b.Text("region"), b.Text("follow.month")}, b.comparedNames()...), b.whoNames()...), b.cumulatedNames()...)
	for _, x := range a.Regions {
		for m, f := range x.Months {
			row := append([]Cell{text(b.Place(x.Region)), text(b.Month(m))}, b.compared(f)...)
			t.Rows = append(t.Rows, append(append(row, b.who(f)...), b.cumulated(x.Cumulated[m])...))
		}
	}
	return t
}

// Earnings sets what each region has earned against its ceiling.
func (b Book) Earnings() Table {
	t := Table{
		Title: b.Text("follow.earnings"), Labels: 1,
		Columns: []string{b.Text("region"), b.Text("follow.earned"), b.Text("follow.ceiling"), b.Text("follow.within"), b.Text("follow.fulfilment")},
	}
	row := func(f followup.Fulfilment) []Cell {
		kronor := func(n int64, s followup.State) Cell { return b.number(new(big.Rat).SetInt64(n), s, Whole) }
		return []Cell{
			text(b.Place(f.Region)), kronor(f.Earned, f.State), kronor(f.Ceiling, followup.Shown), kronor(f.Performance, f.State), b.number(f.Share(), f.State, Share),
		}
	}
	for _, f := range b.Regions {
		t.Rows = append(t.Rows, row(f))
	}
	t.Sum = row(b.Country)
	return t
}
