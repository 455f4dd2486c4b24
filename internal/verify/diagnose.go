package verify

import (
	"cmp"
	"fmt"
	"math/big"
	"slices"
	"strings"

	"github.com/kortakoer/kortakoer/allocation"
	"github.com/kortakoer/kortakoer/rules"
)

// Kind is a kind of change that can explain a difference.
type Kind string

// The kinds of changes.
const (
	Reading    Kind = "reading"    // another reading of a key
	Years      Kind = "years"      // other baseline years
	RuleSet    Kind = "ruleset"    // a built-in rule set
	Population Kind = "population" // the embedded population instead of the file's
	Rounding   Kind = "rounding"   // of what is earned
	Thousands  Kind = "thousands"  // the table is in whole thousands
	LeftOut    Kind = "left_out"   // a row that was left out
	Twice      Kind = "twice"      // a row that was counted twice
)

// Change is one thing done otherwise than in the plan.
type Change struct {
	Kind  Kind
	Key   string            // Reading: the key; Rounding: how
	Value string            // Reading: the reading; Years: the years; RuleSet: the id
	Count *allocation.Count // LeftOut, Twice
}

// Finding is what comes of one or two changes.
type Finding struct {
	Changes []Change
	Regions int   // how many amounts of the table still differ, the country's included
	Kronor  int64 // the sum of their differences without signs
}

// Exact reports whether the changes reproduce the table.
func (f Finding) Exact() bool { return f.Regions == 0 }

// Diagnosis is what was tried, best first.
type Diagnosis struct {
	Findings []Finding
	Tried    int      // calculations
	Pairs    bool     // no single change reproduces the table, so pairs were tried
	Rows     int      // rows left out and counted twice, one at a time
	Skipped  []string // what could not be tried, and why
}

// maxRows bounds how many rows are left out one at a time: each costs a
// calculation.
const maxRows = 4000

// maxYears bounds the baseline years of which every set is tried.
const maxYears = 6

// Diagnose computes the plan otherwise, one change at a time; where none
// reproduces the table, with each row left out or counted twice; where none of
// these does, with two changes; and last with rows beside the changes and rows
// that come nearest. Regions that the table lacks are not looked at.
func Diagnose(p *allocation.Plan, table *allocation.Published, m Measure) Diagnosis {
	d := &diagnosis{plan: p, table: table, measure: m, input: condensed(p), loaded: map[string]*rules.RuleSet{}}
	if d.finding(p, false, nil).Exact() {
		return Diagnosis{} // the table only lacks regions
	}
	changes := d.changes()
	for _, c := range changes {
		d.try(c)
	}
	explained := func() bool { return slices.ContainsFunc(d.Findings, Finding.Exact) }
	if !explained() {
		d.rows()
	}
	if !explained() {
		d.Pairs = true
		for i, a := range changes {
			for _, b := range changes[i+1:] {
				if a.slot() != b.slot() {
					d.try(a, b)
				}
			}
		}
	}
	if !explained() {
		d.rowsBeside()
	}
	d.Tried = len(d.Findings)
	d.idle()
	d.sort()
	return d.Diagnosis
}

func (d *diagnosis) sort() {
	slices.SortStableFunc(d.Findings, func(a, b Finding) int {
		return cmp.Or(cmp.Compare(a.Regions, b.Regions), cmp.Compare(a.Kronor, b.Kronor), cmp.Compare(len(a.Changes), len(b.Changes)))
	})
}

// idle drops changes after which the table is no nearer, and pairs that come
// as far as one of the two alone.
func (d *diagnosis) idle() {
	alone := map[Change]Finding{}
	asIs := d.finding(d.plan, false, nil)
	for _, f := range d.Findings {
		if len(f.Changes) == 1 {
			alone[f.Changes[0]] = f
		}
	}
	d.Findings = slices.DeleteFunc(d.Findings, func(f Finding) bool {
		return f.Regions > asIs.Regions || f.Regions == asIs.Regions && f.Kronor >= asIs.Kronor || len(f.Changes) > 1 && slices.ContainsFunc(f.Changes, func(c Change) bool {
			one, ok := alone[c]
			return ok && one.Regions == f.Regions && one.Kronor == f.Kronor
		})
	})
}

type diagnosis struct {
	Diagnosis
	plan    *allocation.Plan
	table   *allocation.Published
	measure Measure
	input   *allocation.Input // condensed
	loaded  map[string]*rules.RuleSet
}

// slot is what a change takes the place of: two of one slot do not go together.
func (c Change) slot() string {
	switch c.Kind {
	case Reading:
		return c.Key
	case RuleSet, Years: // the years of one set are not those of another
		return "rules"
	}
	return string(c.Kind)
}

// condensed is the plan's input with one count for each region, area and year,
// so that trying is quick: what the files say within the measured months.
// Years that the rule set does not use are kept, as other baseline years.
func condensed(p *allocation.Plan) *allocation.Input {
	in := *p.Input
	in.Counts, in.Refused, in.MissingAsZero = nil, nil, true
	// No rows to account for: only whether there is a file of requisitions.
	in.Files = slices.DeleteFunc(slices.Clone(in.Files), func(f allocation.File) bool { return f.Role != allocation.RoleRequisitions })
	at := map[[3]string]int{}
	for _, c := range p.Counts {
		if c.Use != allocation.Used && c.Use != allocation.OtherYear || !measured(p.Rules, c.Month) || p.Rules.AreaIndex(c.Area) < 0 {
			continue
		}
		k := [3]string{c.Region, c.Area, fmt.Sprint(c.Year)}
		i, ok := at[k]
		if !ok {
			i = len(in.Counts)
			at[k] = i
			in.Counts = append(in.Counts, allocation.Count{Region: c.Region, Area: c.Area, Year: c.Year})
		}
		in.Counts[i].N += c.N
	}
	return &in
}

func measured(rs *rules.RuleSet, month int) bool {
	return month == 0 || month >= rs.Period.First.V.Month && month <= rs.Period.Last.V.Month
}

// changes are all single changes but those of rows.
func (d *diagnosis) changes() []Change {
	var list []Change
	rs := d.plan.Rules
	for _, e := range rs.Entries() {
		for _, r := range rules.Readings(e.Key) {
			switch {
			case e.Key == "counting.unit":
				// The counts are made already.
			case r != e.Text:
				list = append(list, Change{Kind: Reading, Key: e.Key, Value: r})
			}
		}
	}
	for _, years := range d.otherYears() {
		list = append(list, Change{Kind: Years, Value: years})
	}
	for _, id := range rules.IDs() {
		if id != rs.ID {
			list = append(list, Change{Kind: RuleSet, Value: id})
		}
	}
	if !slices.Equal(d.plan.Input.Population.Inhabitants, allocation.DefaultPopulation().Inhabitants) {
		list = append(list, Change{Kind: Population, Value: rules.PopulationSource})
	}
	for _, r := range roundings() {
		list = append(list, Change{Kind: Rounding, Key: r.key})
	}
	return append(list, Change{Kind: Thousands})
}

// otherYears are the sets of years, as baseline.years shows them, that the
// counts have and the rule set does not use.
func (d *diagnosis) otherYears() []string {
	have := map[int]bool{}
	for _, c := range d.input.Counts {
		have[c.Year] = c.Year < d.plan.Rules.Year()
	}
	var years []int
	for y, before := range have {
		if before {
			years = append(years, y)
		}
	}
	slices.Sort(years)
	years = years[max(0, len(years)-maxYears):]
	var sets []string
	for mask := 1; mask < 1<<len(years); mask++ {
		var set []int
		for i, y := range years {
			if mask&(1<<i) != 0 {
				set = append(set, y)
			}
		}
		if !slices.Equal(set, d.plan.Rules.Baseline.Years.V) {
			sets = append(sets, strings.ReplaceAll(strings.Trim(fmt.Sprint(set), "[]"), " ", ", "))
		}
	}
	return sets
}

// rounding is a way to bring what a region earns to whole kronor.
type rounding struct {
	key   string
	round allocation.Rounder
}

// roundings are those that are not the rule's: the whole sum down, up or half
// to even, or every area by itself.
func roundings() []rounding {
	sum := func(areas []*big.Rat) *big.Rat {
		s := new(big.Rat)
		for _, a := range areas {
			s.Add(s, a)
		}
		return s
	}
	down := func(x *big.Rat) int64 { return new(big.Int).Quo(x.Num(), x.Denom()).Int64() }
	up := func(x *big.Rat) int64 {
		if n := down(x); !x.IsInt() {
			return n + 1
		}
		return down(x)
	}
	even := func(x *big.Rat) int64 {
		n := allocation.RoundHalfUp(x)
		if n%2 != 0 && new(big.Rat).Sub(new(big.Rat).SetInt64(n), x).Cmp(big.NewRat(1, 2)) == 0 {
			return n - 1
		}
		return n
	}
	whole := func(one func(*big.Rat) int64) allocation.Rounder {
		return func(areas []*big.Rat) int64 { return one(sum(areas)) }
	}
	each := func(one func(*big.Rat) int64) allocation.Rounder {
		return func(areas []*big.Rat) int64 {
			var total int64
			for _, a := range areas {
				total += one(a)
			}
			return total
		}
	}
	return []rounding{
		{"sum_down", whole(down)}, {"sum_up", whole(up)}, {"sum_half_even", whole(even)},
		{"areas_half_up", each(allocation.RoundHalfUp)}, {"areas_down", each(down)}, {"areas_up", each(up)},
	}
}

// try computes with the changes and keeps how far they come.
func (d *diagnosis) try(changes ...Change) {
	p, thousands, err := d.compute(changes)
	switch {
	case err == nil:
		d.Findings = append(d.Findings, d.finding(p, thousands, changes))
	case len(changes) == 1:
		d.skip(changes[0], err)
	}
}

func (d *diagnosis) compute(changes []Change) (p *allocation.Plan, thousands bool, err error) {
	rs, in, round := d.plan.Rules, d.input, allocation.Rounder(allocation.RoundSum)
	base, settings := rs.Settings(), []string(nil)
	for _, c := range changes {
		switch c.Kind {
		case Reading:
			settings = append(settings, c.Key+"="+c.Value)
		case Years:
			settings = append(settings, "baseline.years=["+c.Value+"]")
		case RuleSet:
			other, err := rules.Builtin(c.Value)
			if err != nil {
				return nil, false, err
			}
			// Its period may be another one: the files as they were read.
			rs, in, base = other, d.plan.Input, nil
		case Population:
			mine := *in
			mine.Population = allocation.DefaultPopulation()
			in = &mine
		case Rounding:
			list := roundings()
			round = list[slices.IndexFunc(list, func(r rounding) bool { return r.key == c.Key })].round
		case Thousands:
			thousands = true
		case LeftOut, Twice:
			in = d.withRow(in, c)
		}
	}
	if rs, err = d.with(rs, append(base, settings...)); err == nil {
		p, err = allocation.AllocateRounding(rs, in, round)
	}
	return p, thousands, err
}

// with is the rule set with settings; loading one costs more than computing by
// it.
func (d *diagnosis) with(rs *rules.RuleSet, settings []string) (*rules.RuleSet, error) {
	if slices.Equal(settings, rs.Settings()) {
		return rs, nil
	}
	key := rs.ID + "\n" + strings.Join(settings, "\n")
	if known, ok := d.loaded[key]; ok {
		return known, nil
	}
	loaded, err := rs.With(settings...)
	if err == nil {
		d.loaded[key] = loaded
	}
	return loaded, err
}

func (d *diagnosis) skip(c Change, err error) {
	first, _, more := strings.Cut(err.Error(), "\n")
	if more {
		first += " …"
	}
	if c.Kind == Reading {
		first = c.Key + "=" + c.Value + ": " + first
	}
	d.Skipped = append(d.Skipped, first)
}

// finding compares a plan with what the table has.
func (d *diagnosis) finding(p *allocation.Plan, thousands bool, changes []Change) Finding {
	f := Finding{Changes: changes}
	for _, l := range Compare(p, d.table, d.measure).Lines {
		if l.Missing {
			continue
		}
		if thousands {
			l.Computed = (l.Computed + 500) / 1000 * 1000
		}
		if n := abs(l.Difference()); n > 0 {
			f.Regions++
			if l.Code != allocation.Country || len(d.table.Amounts) == 0 {
				f.Kronor += n
			}
		}
	}
	return f
}

// withRow is the condensed input without a row, or with it once more.
func (d *diagnosis) withRow(in *allocation.Input, c Change) *allocation.Input {
	mine := *in
	mine.Counts = slices.Clone(in.Counts)
	n := c.Count.N
	if c.Kind == LeftOut {
		n = -n
	}
	for i := range mine.Counts {
		if k := &mine.Counts[i]; k.Region == c.Count.Region && k.Area == c.Count.Area && k.Year == c.Count.Year {
			k.N += n
		}
	}
	return &mine
}

// rows leaves out every row, one at a time, and counts it twice.
func (d *diagnosis) rows() {
	counts := d.candidates(d.plan, true)
	d.Rows = min(len(counts), maxRows)
	if len(counts) > maxRows {
		d.Skipped = append(d.Skipped, fmt.Sprintf("rows: the first %d of %d were left out one at a time", maxRows, len(counts)))
	}
	for _, c := range counts[:d.Rows] {
		d.try(Change{Kind: LeftOut, Count: c})
		d.try(Change{Kind: Twice, Count: c})
	}
}

// candidates are the rows that a plan uses: those of the regions that differ
// first, and of these the one that differs most. A row of another region can
// matter too, because the leftover is shared: with all they come behind.
func (d *diagnosis) candidates(p *allocation.Plan, all bool) []*allocation.Count {
	if d.measure == Ceiling || d.measure == Equal {
		return nil
	}
	far := map[string]int64{}
	for _, l := range Compare(p, d.table, d.measure).Lines {
		if !l.Missing && l.Differs() {
			far[l.Code] = abs(l.Difference())
		}
	}
	var counts []*allocation.Count
	for i := range d.plan.Counts {
		if c := &d.plan.Counts[i]; c.Use == allocation.Used && c.N > 0 && (all || far[c.Region] > 0) {
			counts = append(counts, &c.Count)
		}
	}
	slices.SortStableFunc(counts, func(a, b *allocation.Count) int { return cmp.Compare(far[b.Region], far[a.Region]) })
	return counts
}

// Beside how many of the changes that come nearest rows are tried, and how many
// rows: each costs a calculation.
const (
	nearestTried = 3
	rowsTried    = 200
)

// rowsBeside tries rows together with the changes, and with the rows, that
// alone come nearest.
func (d *diagnosis) rowsBeside() {
	d.sort()
	var near []Change
	for _, rows := range []bool{false, true} {
		found := 0
		for _, f := range d.Findings {
			if isRow := f.Changes[0].Kind == LeftOut || f.Changes[0].Kind == Twice; len(f.Changes) == 1 && isRow == rows && found < nearestTried {
				near = append(near, f.Changes[0])
				found++
			}
		}
	}
	for _, c := range near {
		if c.Kind == RuleSet {
			continue // its rows are those of other months
		}
		p, _, err := d.compute([]Change{c})
		if err != nil {
			continue // it was tried, so this cannot be
		}
		counts := d.candidates(p, false)
		for _, row := range counts[:min(len(counts), rowsTried)] {
			for _, kind := range []Kind{LeftOut, Twice} {
				if row != c.Count {
					d.try(c, Change{Kind: kind, Count: row})
				}
			}
		}
	}
}
