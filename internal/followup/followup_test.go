package followup

import (
	"fmt"
	"math/big"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/kortakoer/kortakoer/allocation"
	"github.com/kortakoer/kortakoer/internal/register"
	"github.com/kortakoer/kortakoer/rules"
)

func builtin(t testing.TB, id string) *rules.RuleSet {
	t.Helper()
	rs, err := rules.Builtin(id)
	if err != nil {
		t.Fatal(err)
	}
	return rs
}

// worked reads testdata/followup/worked.csv.
func worked(t *testing.T, rs *rules.RuleSet) *allocation.Input {
	t.Helper()
	scope := register.Scope{}
	for _, r := range rules.Regions() {
		scope.Regions = append(scope.Regions, register.Region{Code: r.Code, Name: r.Name})
	}
	for _, a := range rs.Areas {
		scope.Areas = append(scope.Areas, register.Area{ID: a.ID, Names: a.AllNames()})
	}
	in, err := register.Read(scope, register.Request{Counts: []string{"../../testdata/followup/worked.csv"}})
	if err != nil {
		t.Fatal(err)
	}
	in.MissingAsZero = true
	return in
}

// show writes what is known of a value.
func (v Value) show() string {
	return map[State]string{Shown: fmt.Sprint(v.N), Missing: "-", Small: "<", Hidden: ".."}[v.State]
}

func (c Change) show() string {
	if c.N == nil {
		return "none"
	}
	if c.Share == nil {
		return allocation.Exact(c.N)
	}
	return allocation.Exact(c.N) + " " + c.Share.RatString()
}

func (f Forecast) show() string {
	if f.Point == nil {
		return "none"
	}
	return fmt.Sprint(f.Point.RatString(), " ", f.Low.RatString(), "–", f.High.RatString())
}

// TestWorked compares with testdata/followup/README.md, line by line.
func TestWorked(t *testing.T) {
	rs := builtin(t, rules.Default)
	r, err := Make(rs, worked(t, rs), Options{Preliminary: 2})
	if err != nil {
		t.Fatal(err)
	}
	if fmt.Sprint(r.Months) != "[6 7 8]" || r.Complete() || !r.HasProviders || r.Before != 2024 {
		t.Fatalf("months %v, complete %v, providers %v, before %d", r.Months, r.Complete(), r.HasProviders, r.Before)
	}
	if r.IsPreliminary(0) || !r.IsPreliminary(1) || !r.IsPreliminary(2) {
		t.Error("with 2 preliminary months, July and August are, June is not")
	}
	area := r.Areas[0]
	for _, c := range []struct {
		name                                              string
		x                                                 Series
		now, before, base, june, sinceBefore, since, cast string
		cumulated                                         string
		by                                                [4]int64
	}{
		{"Skåne", area.Regions[rules.RegionIndex("12")], "35", "30", "25", "11/3 11/37", "5 1/6", "10 2/5", "77 70–175/2", "16 24 35", [4]int64{22, 3, 10}},
		{"Gotland", area.Regions[rules.RegionIndex("09")], "9", "5", "4", "4/3 4/5", "4 4/5", "5 5/4", "33/2 27/2–18", "3 5 9", [4]int64{6, 3, 0}},
		{"country", area.Country, "44", "35", "29", "5 5/14", "9 9/35", "15 15/29", "8228/87 2464/29–748/7", "19 29 44", [4]int64{28, 6, 10}},
		{"Uppsala", area.Regions[rules.RegionIndex("03")], "0", "0", "0", "0", "0", "0", "none", "0 0 0", [4]int64{}},
	} {
		var cumulated []string
		for _, f := range c.x.Cumulated {
			cumulated = append(cumulated, f.Now.show())
		}
		f := c.x.ToDate
		got := []string{
			f.Now.show(), f.Before.show(), r.Mean(f.Baseline).RatString(), r.SinceBaseline(c.x.Months[0]).show(), r.SinceBefore(f).show(), r.SinceBaseline(f).show(),
			c.x.Forecast.show(), strings.Join(cumulated, " "),
		}
		want := []string{c.now, c.before, c.base, c.june, c.sinceBefore, c.since, c.cast, c.cumulated}
		for i := range want {
			if got[i] != want[i] {
				t.Errorf("%s: got %s, want %s", c.name, got[i], want[i])
			}
		}
		for p, n := range c.by {
			if f.By[p].N != n {
				t.Errorf("%s: %s %d, want %d", c.name, Providers[p], f.By[p].N, n)
			}
		}
	}
	for code, want := range map[string][2]int64{"12": {1_080_000, 67_436_856}, "09": {540_000, 3_370_945}, "03": {0, 19_078_405}} {
		if f := r.Regions[rules.RegionIndex(code)]; f.Earned != want[0] || f.Performance != want[0] || f.Ceiling != want[1] {
			t.Errorf("%s: earned %d of %d, want %v", code, f.Earned, f.Ceiling, want)
		}
	}
	if r.Country.Earned != 1_620_000 || r.Country.Ceiling != 507_500_000 {
		t.Errorf("country: %d of %d", r.Country.Earned, r.Country.Ceiling)
	}
}

// TestWorkedMasked is the last paragraph of the worked example.
func TestWorkedMasked(t *testing.T) {
	rs := builtin(t, rules.Default)
	r, err := Make(rs, worked(t, rs), Options{MaskBelow: 5})
	if err != nil {
		t.Fatal(err)
	}
	gotland, skane := r.Areas[0].Regions[rules.RegionIndex("09")], r.Areas[0].Regions[rules.RegionIndex("12")]
	for m, f := range gotland.Months {
		if !f.Now.masked() {
			t.Errorf("Gotland's %d is shown", f.Now.N)
		}
		if !skane.Months[m].Now.masked() && !r.Areas[0].Country.Months[m].Now.masked() {
			t.Errorf("month %d: the country less Skåne is Gotland's %d", m, f.Now.N)
		}
	}
	by := gotland.ToDate.By
	if !by[1].masked() || !by[0].masked() && !gotland.ToDate.Now.masked() {
		t.Errorf("Gotland's providers: %s + %s of %s", by[0].show(), by[1].show(), gotland.ToDate.Now.show())
	}
	if c := r.SinceBaseline(gotland.Months[0]); c.N != nil || c.State != Hidden {
		t.Errorf("a change from a masked count is shown: %s", c.show())
	}
	if r.Masked == 0 || r.Hidden == 0 {
		t.Errorf("masked %d, hidden %d", r.Masked, r.Hidden)
	}
	if r.Country.State != Hidden {
		t.Error("the country's kronor are those of Skåne and Gotland, whose counts are masked")
	}
}

// drawn is an input of whole months with providers, some zero, for all years.
func drawn(t *rapid.T, rs *rules.RuleSet, last int) *allocation.Input {
	in := &allocation.Input{Population: allocation.DefaultPopulation()}
	n := rapid.Int64Range(0, 30)
	for _, region := range rules.Regions() {
		for _, a := range rs.Areas {
			for y := 2022; y <= 2025; y++ {
				for m := 6; m <= 10; m++ {
					if y == 2025 && m > last {
						continue
					}
					for _, p := range []allocation.Provider{allocation.Home, allocation.Other, allocation.Private} {
						in.Counts = append(in.Counts, allocation.Count{Region: region.Code, Area: a.ID, Year: y, Month: m, Provider: p, N: n.Draw(t, "n")})
					}
				}
			}
		}
	}
	return in
}

// TestObviousSums compares with sums taken the slow way, and what is earned
// with its definition.
func TestObviousSums(t *testing.T) {
	rs := builtin(t, rules.Default)
	rapid.Check(t, func(t *rapid.T) {
		last := rapid.IntRange(6, 10).Draw(t, "last")
		in := drawn(t, rs, last)
		r, err := Make(rs, in, Options{})
		if err != nil {
			t.Fatal(err)
		}
		sum := func(region, area string, year, first, last int) (n int64) {
			for _, c := range in.Counts {
				if (region == "" || c.Region == region) && c.Area == area && c.Year == year && c.Month >= first && c.Month <= last {
					n += c.N
				}
			}
			return n
		}
		at := rapid.IntRange(0, 20).Draw(t, "region")
		code := rules.Regions()[at].Code
		earned := new(big.Rat)
		for i, a := range rs.Areas {
			for _, one := range []struct {
				code string
				x    Series
			}{{code, r.Areas[i].Regions[at]}, {"", r.Areas[i].Country}} {
				var base int64
				for y := 2022; y <= 2024; y++ {
					base += sum(one.code, a.ID, y, 6, last)
				}
				f := one.x.ToDate
				if want := sum(one.code, a.ID, 2025, 6, last); f.Now.N != want || f.By[0].N+f.By[1].N+f.By[2].N != want {
					t.Fatalf("%s %s: %d, want %d", one.code, a.ID, f.Now.N, want)
				}
				if f.Before.N != sum(one.code, a.ID, 2024, 6, last) || f.Baseline.N != base {
					t.Fatalf("%s %s: before %d, baseline %d", one.code, a.ID, f.Before.N, f.Baseline.N)
				}
				if m := one.x.Months[len(r.Months)-1]; m.Now.N != sum(one.code, a.ID, 2025, last, last) {
					t.Fatalf("%s %s: last month %d", one.code, a.ID, m.Now.N)
				}
				if p := one.x.Forecast.Point; p != nil {
					// The point is a mean of the years weighted by their months so far.
					if p.Cmp(one.x.Forecast.Low) < 0 || p.Cmp(one.x.Forecast.High) > 0 || p.Cmp(new(big.Rat).SetInt64(f.Now.N)) < 0 {
						t.Fatalf("forecast %s", one.x.Forecast.show())
					}
				} else if last < 10 && min(sum(one.code, a.ID, 2022, 6, last), sum(one.code, a.ID, 2023, 6, last), sum(one.code, a.ID, 2024, 6, last)) > 0 {
					t.Fatal("no forecast")
				}
				if one.code != "" {
					more := big.NewRat(3*f.Now.N-base, 3)
					if more.Sign() > 0 {
						earned.Add(earned, more.Mul(more, big.NewRat(a.Rate.V, 1)))
					}
				}
			}
		}
		if got := r.Regions[at].Earned; got != allocation.RoundHalfUp(earned) {
			t.Fatalf("%s: earned %d, want %s", code, got, earned.RatString())
		}
	})
}

// checkTrue: every bound holds for the true number; one that does not would
// protect nothing.
func (s *system) checkTrue(t *rapid.T, b bounds) {
	for i, c := range s.cells {
		if c.value != nil && (c.value.N < b.lo[i] || c.value.N > b.hi[i]) {
			t.Fatalf("%d is said to be from %d to %d", c.value.N, b.lo[i], b.hi[i])
		}
	}
	for _, l := range s.lines {
		sum, known := int64(0), true
		for _, p := range l.parts {
			if known = known && s.cells[p].value != nil; known {
				sum += s.cells[p].value.N
			}
		}
		if known && sum != s.cells[l.sum].value.N {
			t.Fatalf("a line does not add up: %d, %d", sum, s.cells[l.sum].value.N)
		}
	}
}

// TestNothingGivenAway: no small count is shown, no large one is called small,
// and no published sum lacks exactly one of its parts.
func TestNothingGivenAway(t *testing.T) {
	rs := builtin(t, rules.Default)
	rapid.Check(t, func(t *rapid.T) {
		in := drawn(t, rs, rapid.IntRange(6, 8).Draw(t, "last"))
		below := rapid.Int64Range(3, 12).Draw(t, "below")
		r, err := Make(rs, in, Options{MaskBelow: below})
		if err != nil {
			t.Fatal(err)
		}
		hidden := func(vs ...Value) (n int) {
			for _, v := range vs {
				if v.State != Shown {
					n++
				}
			}
			return n
		}
		for _, a := range r.Areas {
			all := []*Series{&a.Country}
			for i := range a.Regions {
				all = append(all, &a.Regions[i])
			}
			s := r.system(all)
			b := s.start()
			s.spread(&b, -1)
			s.solve(&b)
			for _, c := range s.told(b) {
				// A ".." over a large number or a zero may follow: it was hidden
				// beside a small count and is none itself.
				if s.cells[c].secret() {
					t.Fatalf("a small count, %d, follows from the sums", s.cells[c].value.N)
				}
			}
			s.checkTrue(t, b)
			for m := range len(r.Months) + 1 {
				at := func(x Series) Figures { return *x.figures()[m] }
				now := []Value{at(a.Country).Now}
				for _, x := range append([]Series{a.Country}, a.Regions...) {
					f := at(x)
					for _, v := range append([]Value{f.Now, f.Before}, f.By[:]...) {
						if small := v.N > 0 && v.N < below; small && v.State == Shown || !small && v.State == Small {
							t.Fatalf("%d is %s with a limit of %d", v.N, v.show(), below)
						}
					}
					if hidden(f.Now, f.By[0], f.By[1], f.By[2], f.By[3]) == 1 {
						t.Fatalf("%s: %v gives one away", x.Region.Code, f.By)
					}
				}
				for _, x := range a.Regions {
					now = append(now, at(x).Now)
				}
				if hidden(now...) == 1 {
					t.Fatalf("%v gives one away", now)
				}
			}
			for _, x := range a.Regions {
				for y, n := range x.soFar {
					if x.Forecast.Point != nil && (n > 0 && n < below || x.whole[y] > 0 && x.whole[y] < below) {
						t.Fatalf("%s: a forecast with a year of %d operations", x.Region.Code, n)
					}
				}
				before := x.Cumulated[0].Now.State
				for m, f := range x.Cumulated[:len(x.Cumulated)-1] {
					if x.Months[m].Now.State != Shown || before != Shown {
						if f.Now.State == Shown {
							t.Fatalf("%s: the sum to month %d is shown beside a masked month", x.Region.Code, m)
						}
					}
					before = f.Now.State
				}
			}
		}
		for _, f := range r.Regions {
			if f.State != Shown && r.Country.State == Shown {
				t.Fatal("the country's kronor are shown beside a region's that are not")
			}
		}
	})
}

// TestWholePeriod: what a complete period has earned is what calc pays before
// the leftover, and there is nothing to forecast.
func TestWholePeriod(t *testing.T) {
	rs := builtin(t, rules.Default)
	rapid.Check(t, func(t *rapid.T) {
		in := drawn(t, rs, 10)
		r, err := Make(rs, in, Options{})
		if err != nil {
			t.Fatal(err)
		}
		plan, err := allocation.Allocate(rs, in)
		if err != nil {
			t.Fatal(err)
		}
		for i, p := range plan.Regions {
			if f := r.Regions[i]; f.Performance != p.Performance || f.Earned != p.Earned {
				t.Fatalf("%s: %d, calc %d", p.Region.Code, f.Performance, p.Performance)
			}
		}
		if !r.Complete() || r.Areas[0].Country.Forecast.Point != nil {
			t.Fatal("a forecast of a complete period")
		}
	})
}

// TestRefused places what a follow-up by month cannot use.
func TestRefused(t *testing.T) {
	rs := builtin(t, rules.Default)
	in := &allocation.Input{Population: allocation.DefaultPopulation(), Counts: []allocation.Count{
		{Region: "01", Area: "framfall", Year: 2025, N: 4, Origin: allocation.Origin{File: "a.csv", Row: 2, Column: 3}},
		{Region: "03", Area: "framfall", Year: 2025, N: 4, Origin: allocation.Origin{File: "a.csv", Row: 3, Column: 3}},
	}}
	if _, err := Make(rs, in, Options{MaskBelow: 2}); err == nil || !strings.Contains(err.Error(), `"<2" can only be 1`) {
		t.Errorf("got %v", err)
	}
	_, err := Make(rs, in, Options{})
	if err == nil || strings.Count(err.Error(), "needs counts by month") != 1 || !strings.Contains(err.Error(), "a.csv:2:3 (C2): a value for the whole of 2025") {
		t.Errorf("got %v", err)
	}
	in.Counts = []allocation.Count{{Region: "01", Area: "framfall", Year: 2025, Month: 11, N: 4}}
	if _, err := Make(rs, in, Options{}); err == nil || !strings.Contains(err.Error(), "no region has a value for a month from 2025-06 to 2025-10") {
		t.Errorf("got %v", err)
	}
}

// TestPartly: a month is delivered when at least half of its rows are there;
// one that is not is refused, or told first.
func TestPartly(t *testing.T) {
	rs := builtin(t, rules.Default)
	input := func(rows int) *allocation.Input {
		in := &allocation.Input{Population: allocation.DefaultPopulation()}
		n := 0
		for _, region := range rules.Regions() {
			for _, a := range rs.Areas {
				for y := 2022; y <= 2025; y++ {
					for m := 6; m <= 8; m++ {
						if y == 2025 && m == 7 {
							if n++; n > rows {
								continue
							}
						}
						in.Counts = append(in.Counts, allocation.Count{Region: region.Code, Area: a.ID, Year: y, Month: m, N: 10})
					}
				}
			}
		}
		return in
	}
	if r, err := Make(rs, input(32), Options{}); err != nil || len(r.Partial) != 0 {
		t.Errorf("32 of 63 rows: %v", err)
	}
	if _, err := Make(rs, input(31), Options{}); err == nil || !strings.Contains(err.Error(), "2025-07 has no row for 32 of 63 regions × areas") {
		t.Errorf("31 of 63 rows: %v", err)
	}
	in := input(31)
	in.MissingAsZero = true
	r, err := Make(rs, in, Options{})
	if err != nil || len(r.Partial) != 1 || !strings.HasPrefix(r.Doubts()[0], "2025-07 has no row for 32 of 63") {
		t.Errorf("31 of 63 rows, missing as 0: %v", err)
	}
}

// TestNoYearBefore: a region without rows in the year before has no value
// there, and neither has the country; the others keep theirs.
func TestNoYearBefore(t *testing.T) {
	rs, err := builtin(t, rules.Default).With("baseline.years=[2022, 2023]")
	if err != nil {
		t.Fatal(err)
	}
	in := &allocation.Input{Population: allocation.DefaultPopulation()}
	for _, region := range rules.Regions() {
		for _, a := range rs.Areas {
			for y := 2022; y <= 2025; y++ {
				if y == 2024 && region.Code == "09" {
					continue
				}
				in.Counts = append(in.Counts, allocation.Count{Region: region.Code, Area: a.ID, Year: y, Month: 6, N: 10})
			}
		}
	}
	r, err := Make(rs, in, Options{MaskBelow: 5})
	if err != nil {
		t.Fatal(err)
	}
	a := r.Areas[0]
	if v := a.Regions[rules.RegionIndex("09")].ToDate.Before; v.State != Missing {
		t.Errorf("Gotland: %s", v.show())
	}
	if v := a.Regions[rules.RegionIndex("12")].ToDate.Before; v.show() != "10" {
		t.Errorf("Skåne: %s", v.show())
	}
	if c := r.SinceBefore(a.Country.ToDate); a.Country.ToDate.Before.State != Missing || c.State != Missing || c.N != nil {
		t.Errorf("the country's sum lacks a region: %s, change %s", a.Country.ToDate.Before.show(), c.show())
	}
	if n := len(r.Warnings); n == 0 || !strings.Contains(r.Warnings[n-1], "months of the year before have no row, the first for 09, hoftledsprotes 2024-06") {
		t.Errorf("warnings %q", r.Warnings)
	}
	if r.HasProviders {
		t.Error("no row says who did the operations")
	}
}

// TestSolved has two by two regions and months, and a bridge between two pairs
// that only the equations together give away.
func TestSolved(t *testing.T) {
	// Rows a–d of four months; x is masked. Every line lacks two or more, but
	// rows c and d and months 3 and 4 hold one ring, a and b and 1 and 2
	// another, and b3 between them follows from the sums.
	masked := []string{
		"xx..",
		"xxx.",
		"..xx",
		"..xx",
	}
	s := newSystem()
	values := make([][]*Value, 4)
	column := make([][]int, 4)
	sum := func(parts []int) {
		total := &Value{}
		for _, p := range parts {
			total.N += s.cells[p].value.N
		}
		s.add(s.cell(total, 5), parts...)
	}
	for r, row := range masked {
		var parts []int
		for m, mark := range row {
			v := &Value{N: int64(10 + 4*r + m)}
			if mark == 'x' {
				v.State = Hidden
			}
			values[r] = append(values[r], v)
			c := s.cell(v, 5)
			parts, column[m] = append(parts, c), append(column[m], c)
		}
		sum(parts)
	}
	for _, parts := range column {
		sum(parts)
	}
	b := s.start()
	s.spread(&b, -1)
	if told := s.told(b); len(told) > 0 {
		t.Fatalf("the bounds alone tell %v", told)
	}
	if found := s.solved(b); len(found) != 1 || s.cells[found[0]].value != values[1][2] {
		t.Fatalf("found %v", found)
	}
	s.solve(&b)
	if told := s.told(b); len(told) != 1 {
		t.Fatalf("told %v", told)
	}
	s.hide()
	b = s.start()
	s.spread(&b, -1)
	if s.solve(&b); len(s.told(b)) != 0 {
		t.Errorf("still determined: %d values", len(s.told(b)))
	}
}

// TestMarksAlone: four "<5" in a "<5" can only be 1 each, and two "<5" in 8
// only 4; the first needs a "..", the second its sum hidden.
func TestMarksAlone(t *testing.T) {
	build := func(sum int64, parts ...int64) (*system, []*Value) {
		s := newSystem()
		values := []*Value{{N: sum}}
		for _, n := range parts {
			values = append(values, &Value{N: n})
		}
		var cells []int
		for _, v := range values {
			v.maskBelow(5)
			cells = append(cells, s.cell(v, 5))
		}
		s.add(cells[0], cells[1:]...)
		return s, values
	}
	for _, c := range []struct {
		sum   int64
		parts []int64
		told  int
		want  string
	}{
		{4, []int64{1, 1, 1, 1}, 5, ".. < < < <"},
		{8, []int64{4, 4}, 2, ".. < <"},
		{20, []int64{4, 4, 4, 4, 4}, 5, ".. < < < < <"},
		{9, []int64{3, 2, 4}, 0, "9 < < <"},
		{6, []int64{1, 5}, 1, ".. < 5"}, // "..", 5 or more beside 1 or more in 6, is 5
		{0, []int64{0, 0}, 0, "0 0 0"},
	} {
		s, values := build(c.sum, c.parts...)
		b := s.start()
		s.spread(&b, -1)
		if told := s.told(b); len(told) != c.told {
			t.Errorf("%d = %v: %d told, want %d", c.sum, c.parts, len(told), c.told)
		}
		s.protect()
		var got []string
		for _, v := range values {
			got = append(got, v.show())
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%d = %v: %s, want %s", c.sum, c.parts, strings.Join(got, " "), c.want)
		}
	}
}
