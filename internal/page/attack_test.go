package page

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/kortakoer/kortakoer/allocation"
	"github.com/kortakoer/kortakoer/internal/followup"
	"github.com/kortakoer/kortakoer/internal/language"
	"github.com/kortakoer/kortakoer/internal/register"
	"github.com/kortakoer/kortakoer/rules"
)

// A spot is a number of the page: an area's, of a region ("" for the country),
// a month (last for to date), a column.
type spot struct {
	area, region, month, column string
}

const (
	toDate = "Hittills"
	riket  = "Riket"
	whole  = "hela perioden"
)

// readPage takes the page apart: all that an attacker has. A spot that stands in
// several tables must say the same in each.
func readPage(t *testing.T, page string) map[spot]string {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader(strings.ReplaceAll(page[strings.Index(page, "<main"):strings.Index(page, "</main>")], "<br>", "<br/>") + "</main>"))
	found := map[spot]string{}
	var area, text, exact string
	var header, row []string
	put := func(at spot, s string) {
		if was, ok := found[at]; ok && was != s {
			t.Fatalf("%v is %s in one table and %s in another", at, was, s)
		}
		found[at] = s
	}
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return found
		}
		if err != nil {
			t.Fatal(err)
		}
		switch e := token.(type) {
		case xml.StartElement:
			text, exact = "", ""
			for _, a := range e.Attr {
				switch {
				case e.Name.Local == "section" && a.Name.Local == "id":
					area = a.Value
				case a.Name.Local == "data-v":
					exact = a.Value
				}
			}
			if e.Name.Local == "tr" {
				row = nil
			}
		case xml.CharData:
			text += string(e)
		case xml.EndElement:
			switch e.Name.Local {
			case "th", "td":
				if exact != "" {
					text = exact
				}
				row, exact = append(row, strings.TrimSpace(text)), ""
			case "thead":
				header = row
			case "tr":
				if header == nil || row[0] == header[0] {
					continue
				}
				if area == "earnings" {
					put(spot{area, row[0], "", "earned"}, row[1])
					put(spot{area, row[0], "", "within"}, row[3])
					put(spot{area, row[0], "", "share"}, row[4])
					continue
				}
				if !strings.HasPrefix(area, "area-") {
					continue
				}
				region, month, from := row[0], toDate, 1
				switch header[0] + header[1] {
				case "RegionMånad":
					month, from = strings.Fields(row[1])[0], 2
				default:
					if header[0] == "Månad" {
						region, month = riket, strings.Fields(row[0])[0]
					}
				}
				for i := from; i < len(row); i++ {
					column := header[i]
					if strings.HasPrefix(column, "Prognos") {
						column = "prognos " + column // derived: checked to be hidden
					}
					put(spot{area, region, month, column}, row[i])
				}
			case "table":
				header = nil
			}
		}
	}
}

// attack is a reader who knows what the marks mean and that tables add up.
type attack struct {
	lo, hi map[spot]float64
	hole   map[spot]float64 // ".." that is taken for 0 or at least this
	sums   []equation
	broken bool // no numbers fit: the reader took too much for known
}

type equation struct {
	sum   spot
	parts []spot
}

const years = 3

func newAttack(t *testing.T, page string, below int64, holes bool) (*attack, map[spot]string) {
	t.Helper()
	cells := readPage(t, page)
	a := &attack{lo: map[spot]float64{}, hi: map[spot]float64{}, hole: map[spot]float64{}}
	var areas, regions, months []string
	note := func(list *[]string, s string) {
		if !slices.Contains(*list, s) {
			*list = append(*list, s)
		}
	}
	mean := func(column string) bool { return strings.Contains(strings.ToLower(column), "genomsnitt") }
	for at, s := range cells {
		if at.area == "earnings" || strings.Contains(at.column, "Mot ") || strings.Contains(at.column, " mot ") || strings.HasPrefix(at.column, "prognos") || strings.HasSuffix(at.column, ", %") {
			continue
		}
		note(&areas, at.area)
		note(&regions, at.region)
		note(&months, at.month)
		times := 1.0
		if mean(at.column) {
			times = years
		}
		switch {
		case s == "–":
			continue
		case strings.HasPrefix(s, "<"):
			a.lo[at], a.hi[at] = 1, times*float64(below)-1
		case s == "..":
			a.lo[at], a.hi[at] = 0, math.Inf(1)
			if holes && !strings.HasPrefix(at.column, "Ackumulerat") {
				a.hole[at] = times * float64(below)
			}
		default:
			n, err := strconv.ParseFloat(strings.NewReplacer("\u00a0", "", "\u202f", "", " ", "", ",", ".").Replace(s), 64)
			if err != nil {
				t.Fatalf("%v: %q", at, s)
			}
			// A mean of three years, shown to a tenth, tells the exact sum.
			a.lo[at], a.hi[at] = math.Round(n*times), math.Round(n*times)
		}
	}
	slices.Sort(regions)
	order := []string{"juni", "juli", "augusti", "september", "oktober", toDate}
	slices.SortFunc(months, func(x, y string) int { return slices.Index(order, x) - slices.Index(order, y) })
	add := func(sum spot, parts []spot) {
		for _, s := range append([]spot{sum}, parts...) {
			if _, ok := a.lo[s]; !ok {
				return
			}
		}
		if len(parts) > 0 {
			a.sums = append(a.sums, equation{sum, parts})
		}
	}
	who := []string{"I hemregionen", "I annan region", "Hos privata vårdgivare", "Utförare okänd"}
	now, before, baseline := "Operationer 2025", "Operationer 2024", "Genomsnitt 2022–2024"
	for _, area := range areas {
		who := who
		if _, ok := a.lo[spot{area, riket, toDate, who[3]}]; !ok {
			who = who[:3]
		}
		all := append([]string{now, before, baseline, baseline + ", " + whole, "rest", "to come"}, who...)
		for _, region := range regions {
			for _, month := range months {
				// What the other baseline years sum to, and the months to come, is
				// at least 0.
				for _, r := range [][3]string{{baseline, before, "rest"}, {baseline + ", " + whole, baseline, "to come"}} {
					_, ok := a.lo[spot{area, region, month, r[0]}]
					if _, also := a.lo[spot{area, region, month, r[1]}]; ok && also {
						rest := spot{area, region, month, r[2]}
						a.lo[rest], a.hi[rest] = 0, math.Inf(1)
						add(spot{area, region, month, r[0]}, []spot{{area, region, month, r[1]}, rest})
					}
				}
				var parts []spot
				for _, w := range who {
					parts = append(parts, spot{area, region, month, w})
				}
				add(spot{area, region, month, now}, parts)
			}
		}
		for _, column := range all {
			for _, month := range months {
				var parts []spot
				for _, r := range regions {
					if r != riket {
						parts = append(parts, spot{area, r, month, column})
					}
				}
				add(spot{area, riket, month, column}, parts)
			}
			for _, r := range regions {
				var parts []spot
				for _, m := range months[:len(months)-1] {
					parts = append(parts, spot{area, r, m, column})
					for cumulated, of := range map[string]string{"Ackumulerat 2025": now, "Ackumulerat genomsnitt": baseline} {
						if of == column {
							add(spot{area, r, m, cumulated}, slices.Clone(parts))
						}
					}
				}
				add(spot{area, r, toDate, column}, parts)
			}
		}
	}
	return a, cells
}

// narrow goes round all sums until none of them says more.
func (a *attack) narrow() {
	set := func(s spot, lo, hi float64) bool {
		lo, hi = max(lo, a.lo[s]), min(hi, a.hi[s])
		if hole := a.hole[s]; lo > 0 && lo < hole {
			lo = hole
		}
		if hole := a.hole[s]; hi > 0 && hi < hole {
			hi = 0
		}
		a.broken = a.broken || lo > hi
		changed := lo > a.lo[s] || hi < a.hi[s]
		a.lo[s], a.hi[s] = lo, hi
		return changed
	}
	for again := true; again && !a.broken; {
		again = false
		for _, e := range a.sums {
			for i := range len(e.parts) + 1 {
				lo, hi := 0.0, 0.0
				for k, p := range e.parts {
					if k != i {
						lo, hi = lo+a.lo[p], hi+a.hi[p]
					}
				}
				if i == len(e.parts) {
					again = set(e.sum, lo, hi) || again
				} else {
					again = set(e.parts[i], a.lo[e.sum]-hi, a.hi[e.sum]-lo) || again
				}
			}
		}
	}
}

// eliminate solves the equations modulo a prime, which no count reaches, and
// takes over what has one solution. The number of a row is under spot{}.
func (a *attack) eliminate() (found bool) {
	const prime = 998_244_353
	type row = map[spot]int64
	one := spot{}
	inverse := func(x int64) int64 {
		result := int64(1)
		for n := prime - 2; n > 0; n >>= 1 {
			if n&1 == 1 {
				result = result * x % prime
			}
			x = x * x % prime
		}
		return result
	}
	less := func(r row, lead spot, by row) {
		if f := r[lead]; f != 0 {
			for s, x := range by {
				if r[s] = (r[s] + (prime-f)*x) % prime; r[s] == 0 {
					delete(r, s)
				}
			}
		}
	}
	reduced := map[spot]row{}
	for _, e := range a.sums {
		r := row{}
		put := func(s spot, sign int64) {
			if a.lo[s] < a.hi[s] {
				r[s] = (sign + prime) % prime
			} else if n := int64(a.lo[s]); n != 0 {
				r[one] = (r[one] + sign*n + prime) % prime
			}
		}
		put(e.sum, -1)
		for _, p := range e.parts {
			put(p, 1)
		}
		for _, s := range slices.Collect(maps.Keys(r)) {
			if by, ok := reduced[s]; ok {
				less(r, s, by)
			}
		}
		for lead := range r {
			if lead == one {
				continue
			}
			f := inverse(r[lead])
			for s := range r {
				r[s] = r[s] * f % prime
			}
			for _, other := range reduced {
				less(other, lead, r)
			}
			reduced[lead] = r
			break
		}
	}
	for s, r := range reduced {
		if _, known := r[one]; len(r) == 1 || len(r) == 2 && known {
			n := float64((prime - r[one]) % prime)
			a.lo[s], a.hi[s], found = n, n, true
		}
	}
	return found
}

func (a *attack) run() {
	for again := true; again && !a.broken; {
		a.narrow()
		again = !a.broken && a.eliminate()
	}
}

// pages are the same report unmasked, which is the truth, and masked.
func pages(t *testing.T, in *allocation.Input, below int64) (open, masked string) {
	t.Helper()
	same := func(*rules.RuleSet) *allocation.Input { return in }
	return render(t, same, followup.Options{}, language.Swedish), render(t, same, followup.Options{MaskBelow: below}, language.Swedish)
}

// besiege attacks a masked page twice: by what its marks must mean, and by
// what ".." mostly means. No small count may come out, nor anything that is
// derived from a mark. It returns how many counts are small.
func besiege(t *testing.T, name string, in *allocation.Input, below int64) (small int) {
	t.Helper()
	open, masked := pages(t, in, below)
	truth := readPage(t, open)
	value := func(at spot) float64 {
		n, err := strconv.ParseFloat(strings.NewReplacer("\u00a0", "", ",", ".").Replace(truth[at]), 64)
		if err != nil {
			return 0
		}
		return n
	}
	for _, holes := range []bool{false, true} {
		a, cells := newAttack(t, masked, below, holes)
		a.run()
		if a.broken && !holes {
			t.Fatalf("%s: the page contradicts itself", name)
		}
		for at, s := range cells {
			if _, ok := a.lo[at]; !ok {
				derived(t, name, cells, at)
				continue
			}
			n := value(at)
			if n <= 0 || n >= float64(below) {
				continue
			}
			if holes {
				// The reader who guesses wrong finds a contradiction or a wrong
				// number; one who is right must not find a number.
				if s == ".." && !strings.HasPrefix(at.column, "Ackumulerat") {
					a.broken = true
				}
				continue
			}
			small++
			if s != ".." && !strings.HasPrefix(s, "<") {
				t.Errorf("%s: %v shows %s", name, at, s)
			}
			if a.lo[at] == a.hi[at] {
				t.Errorf("%s: %v, %s in the page, is %v", name, at, s, a.lo[at])
			}
		}
		if holes && !a.broken {
			for at, s := range cells {
				if _, ok := a.lo[at]; ok && strings.HasPrefix(s, "<") && a.lo[at] == a.hi[at] {
					t.Errorf("%s: %v is %v, if .. is never a small count", name, at, a.lo[at])
				}
			}
		}
	}
	return small
}

// derived checks a change, share or sum of money: it is shown only where all
// that it is made from is.
func derived(t *testing.T, name string, cells map[spot]string, at spot) {
	t.Helper()
	shown := func(s string) bool { return s != "" && s[0] != '<' && s != ".." && s != "–" }
	if !shown(cells[at]) {
		return
	}
	need := func(columns ...string) {
		for _, c := range columns {
			if s := cells[spot{at.area, at.region, at.month, c}]; !shown(s) && s != "–" {
				t.Errorf("%s: %v is %s beside %s = %s", name, at, cells[at], c, s)
			}
		}
	}
	now, before, baseline := "Operationer 2025", "Operationer 2024", "Genomsnitt 2022–2024"
	switch {
	case at.area == "earnings" && at.region == riket:
		for other, s := range cells {
			if other.area == "earnings" && !shown(s) && other.column != "share" {
				t.Errorf("%s: the country's %s is shown beside %v = %s", name, at.column, other, s)
			}
		}
	case at.area == "earnings":
		for other, s := range cells {
			if other.region == at.region && other.month == toDate && (other.column == now || other.column == baseline) && !shown(s) {
				t.Errorf("%s: %v is shown beside %v = %s", name, at, other, s)
			}
		}
	case strings.HasPrefix(at.column, "Mot 2024"):
		need(now, before)
	case strings.HasPrefix(at.column, "Mot genomsnitt"):
		need(now, baseline)
	case strings.HasPrefix(at.column, "Ackumulerat mot 2024"):
		need("Ackumulerat 2025")
	case strings.HasPrefix(at.column, "Ackumulerat mot genomsnitt"):
		need("Ackumulerat 2025", "Ackumulerat genomsnitt")
	case strings.HasPrefix(at.column, "prognos"):
		need(now, before, baseline, baseline+", "+whole)
	case strings.HasSuffix(at.column, ", %"):
		need(now, strings.TrimSuffix(at.column, ", %"))
	default:
		t.Fatalf("%s: nothing is known of %v", name, at)
	}
}

// counted is an input of some regions' counts; whatever else is 0.
func counted(rs *rules.RuleSet, first, last int, n func(region, area string, year, month int) map[allocation.Provider]int64) *allocation.Input {
	in := &allocation.Input{Population: allocation.DefaultPopulation(), MissingAsZero: true}
	for _, r := range rules.Regions() {
		for _, a := range rs.Areas {
			for y := 2022; y <= 2025; y++ {
				for m := first; m <= last; m++ {
					by := n(r.Code, a.ID, y, m)
					for _, p := range followup.Providers {
						if c, ok := by[p]; ok {
							in.Counts = append(in.Counts, allocation.Count{Region: r.Code, Area: a.ID, Year: y, Month: m, Provider: p, N: c})
						}
					}
				}
			}
		}
	}
	return in
}

// TestNoMaskedCountFollows attacks the example, cases that gave their counts
// away once, and drawn ones, from the pages alone.
func TestNoMaskedCountFollows(t *testing.T) {
	rs, err := rules.Builtin(rules.Default)
	if err != nil {
		t.Fatal(err)
	}
	alone := func(n int64) map[allocation.Provider]int64 {
		return map[allocation.Provider]int64{allocation.Unspecified: n}
	}
	// Gotland has the same count in each of five months, and a large sum.
	even := func(each int64) *allocation.Input {
		return counted(rs, 6, 10, func(region, area string, year, _ int) map[allocation.Provider]int64 {
			large := slices.Contains([]string{"01", "12"}, region)
			switch {
			case area != "hoftledsprotes" || !large && region != "09":
				return nil
			case large:
				return alone(100)
			case year == 2025:
				return alone(each)
			}
			return alone(10)
		})
	}
	cases := map[string]*allocation.Input{
		"one a month": even(1), "four a month": even(4),
		// Gotland fell from a small mean to nothing, so the country earned what
		// Skåne did.
		"fell": counted(rs, 6, 10, func(region, area string, year, month int) map[allocation.Provider]int64 {
			switch {
			case area != "hoftledsprotes":
				return nil
			case region == "09" && year < 2025 && month < 10:
				return alone(1)
			case region == "09":
				return alone(0)
			case region == "12" && year < 2025:
				return alone(10)
			case region == "12":
				return alone(15)
			}
			return nil
		}),
		// Nothing before the year before: its 14 is the sum of the baseline years
		// as well, whose mean is below 5.
		"new": counted(rs, 6, 8, func(region, _ string, year, _ int) map[allocation.Provider]int64 {
			switch {
			case year < 2024:
				return alone(0)
			case region == "09":
				return alone(14)
			}
			return alone(40)
		}),
	}
	for name, file := range map[string]string{"example": "example.csv", "worked": "worked.csv"} {
		scope := register.Scope{}
		for _, r := range rules.Regions() {
			scope.Regions = append(scope.Regions, register.Region{Code: r.Code, Name: r.Name})
		}
		for _, a := range rs.Areas {
			scope.Areas = append(scope.Areas, register.Area{ID: a.ID, Names: a.AllNames()})
		}
		in, err := register.Read(scope, register.Request{Counts: []string{"../../testdata/followup/" + file}})
		if err != nil {
			t.Fatal(err)
		}
		in.MissingAsZero = true
		cases[name] = in
	}
	for name, in := range cases {
		for _, below := range []int64{3, 5} {
			if small := besiege(t, fmt.Sprintf("%s, %d", name, below), in, below); small == 0 && below == 5 {
				t.Errorf("%s: nothing is small", name)
			}
		}
	}
	for seed := range uint64(6) {
		random := rand.New(rand.NewPCG(seed, 0))
		top, below, last := random.Int64N(12)+1, random.Int64N(8)+3, 7+random.IntN(4)
		known, unknown := followup.Providers[:3], followup.Providers[3:]
		sayNot := random.IntN(4) // of 3: rows that do not say who
		in := counted(rs, 6, last, func(_, _ string, _, _ int) map[allocation.Provider]int64 {
			by := map[allocation.Provider]int64{}
			providers := known
			if random.IntN(3) < sayNot {
				providers = unknown
			}
			for _, p := range providers {
				if by[p] = random.Int64N(top * (1 + random.Int64N(4))); random.IntN(3) == 0 {
					by[p] = 0
				}
			}
			return by
		})
		besiege(t, fmt.Sprintf("seed %d, %d, %d months", seed, below, last-5), in, below)
	}
}

// TestAttack: the attack finds what small tables give away, and no more.
func TestAttack(t *testing.T) {
	for _, c := range []struct {
		sum   float64
		parts int
		want  float64 // 0: not found
	}{{5, 5, 1}, {20, 5, 4}, {9, 3, 0}} {
		a := &attack{lo: map[spot]float64{}, hi: map[spot]float64{}}
		e := equation{sum: spot{column: "sum"}}
		a.lo[e.sum], a.hi[e.sum] = c.sum, c.sum
		for i := range c.parts {
			p := spot{column: fmt.Sprint(i)}
			a.lo[p], a.hi[p] = 1, 4
			e.parts = append(e.parts, p)
		}
		a.sums = []equation{e}
		a.run()
		p := e.parts[0]
		if a.broken || (a.lo[p] == a.hi[p]) != (c.want > 0) || c.want > 0 && a.lo[p] != c.want {
			t.Errorf("%v of %d: %v to %v", c.sum, c.parts, a.lo[p], a.hi[p])
		}
	}
	// x + y = 7, y + z = 9, x + z = 8: no sum tells one, together they tell all.
	x, y, z := spot{column: "x"}, spot{column: "y"}, spot{column: "z"}
	a := &attack{lo: map[spot]float64{}, hi: map[spot]float64{}}
	for _, s := range []spot{x, y, z} {
		a.hi[s] = math.Inf(1)
	}
	for n, parts := range map[float64][]spot{7: {x, y}, 9: {y, z}, 8: {x, z}} {
		sum := spot{column: fmt.Sprint(n)}
		a.lo[sum], a.hi[sum] = n, n
		a.sums = append(a.sums, equation{sum, parts})
	}
	if a.run(); a.lo[x] != 3 || a.hi[x] != 3 || a.lo[y] != 4 || a.lo[z] != 5 {
		t.Errorf("x is %v to %v", a.lo[x], a.hi[x])
	}
}
