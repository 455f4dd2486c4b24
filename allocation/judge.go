package allocation

import (
	"cmp"
	"errors"
	"fmt"
	"math/big"
	"slices"
	"strconv"
	"strings"

	"github.com/shopspring/decimal"

	"github.com/kortakoer/kortakoer/rules"
)

// judgement is the input seen with the eyes of one rule set: what counts,
// what is passed over and why, and the sums that the plan starts from.
type judgement struct {
	in       *Input
	rules    *rules.RuleSet
	counts   []Judged
	means    []JudgedBaseline
	sums     map[cell]int64           // operations in the measured months
	given    map[pair]decimal.Decimal // means that replace counts
	warnings []string
	faults   []error
}

// cell is what the rule set needs a value for.
type cell struct {
	region, area string
	year         int
}

// pair is what it needs a baseline for.
type pair struct{ region, area string }

// key is what a file may say once.
type key struct {
	cell
	month    int
	provider Provider
}

// Check returns every fault of the input under this rule set, joined; nil if
// Allocate can compute a plan from it.
func Check(rs *rules.RuleSet, in *Input) error {
	_, err := judge(rs, in)
	return err
}

func judge(rs *rules.RuleSet, in *Input) (*judgement, error) {
	j := &judgement{in: in, rules: rs, sums: map[cell]int64{}, given: map[pair]decimal.Decimal{}}
	j.valid(rs)
	j.once()
	j.use(rs)
	j.country()
	j.baselines(rs)
	j.complete(rs)
	j.requisitions(rs)
	if rs.FreeCeilings() && sum(rs.Ceilings.V) != rs.PerformanceBlock() {
		j.warn("the ceilings sum to %d kronor, not to the %d of the pool less the equal block, because of --set", sum(rs.Ceilings.V), rs.PerformanceBlock())
	}
	return j, errors.Join(j.faults...)
}

// MaxPayment is more kronor than any payment has, and keeps every sum of a
// file within 64 bits.
const MaxPayment = 1_000_000_000_000

// maxCount is more operations of one area, region and year than Sweden has
// inhabitants, and keeps every amount within 64 bits.
const maxCount = 100_000_000

// valid refuses what no reader should hand over: the package does not trust
// its caller with money.
func (j *judgement) valid(rs *rules.RuleSet) {
	known := func(region string) bool { return region == Country || rules.RegionIndex(region) >= 0 }
	paid := func(area string) bool { return rs.AreaIndex(area) >= 0 || slices.Contains(j.in.OtherAreas, area) }
	for _, c := range j.in.Counts {
		if !known(c.Region) || !paid(c.Area) || c.N < 0 || c.Month < 0 || c.Month > 12 {
			j.fault(c.Origin, "region %q, area %q, month %d, %d operations: not a count of this rule set", c.Region, c.Area, c.Month, c.N)
		}
	}
	for _, b := range j.in.Baselines {
		if !known(b.Region) || !paid(b.Area) || b.Mean.IsNegative() {
			j.fault(b.Origin, "region %q, area %q: not a baseline of this rule set", b.Region, b.Area)
		}
	}
	for _, p := range j.in.Payments {
		if rules.RegionIndex(p.Region) < 0 || p.Kronor < 0 || p.Kronor > MaxPayment {
			j.fault(p.Origin, "region %q, %d kronor: not a payment", p.Region, p.Kronor)
		}
	}
	if n := len(j.in.Population.Inhabitants); n != len(rules.Regions()) || slices.Min(j.in.Population.Inhabitants) <= 0 {
		j.fault(Origin{}, "the population must have inhabitants in each of %d regions", len(rules.Regions()))
	}
}

func (j *judgement) fault(at Origin, format string, args ...any) {
	j.faults = append(j.faults, &Fault{Origin: at, Message: fmt.Sprintf(format, args...)})
}

func (j *judgement) warn(format string, args ...any) {
	j.warnings = append(j.warnings, fmt.Sprintf(format, args...))
}

// once refuses a value that is given twice: the same key, a whole period
// beside its months, or a total beside the same operations split by provider.
func (j *judgement) once() {
	seen := map[key]Count{}
	months, wholes := map[cell]Origin{}, map[cell]Origin{}
	type when struct {
		cell
		month int
	}
	split, totals := map[when]Origin{}, map[when]Origin{}
	clash := func(c Count, other Origin, what string) {
		j.fault(c.Origin, "%s, %s %s: %s at %s; keep one of them", regionName(c.Region), c.Area, timeName(c.Year, c.Month), what, other)
	}
	for _, c := range j.in.Counts {
		at := cell{c.Region, c.Area, c.Year}
		k := key{at, c.Month, c.Provider}
		if other, ok := seen[k]; ok && (!c.Extract || !other.Extract) {
			clash(c, other.Origin, "the same key stands already")
			continue
		}
		seen[k] = c

		mine, others := months, wholes
		if c.Month == 0 {
			mine, others = wholes, months
		}
		if other, ok := others[at]; ok {
			clash(c, other, "months and a value for the whole period, the other")
			continue
		}
		mine[at] = c.Origin

		w := when{at, c.Month}
		mine2, others2 := split, totals
		if c.Provider == Unspecified {
			mine2, others2 = totals, split
		}
		if other, ok := others2[w]; ok {
			clash(c, other, "a total and a value by provider, the other")
			continue
		}
		mine2[w] = c.Origin
	}
}

func timeName(year, month int) string {
	if month == 0 {
		return fmt.Sprint(year)
	}
	return rules.Month{Year: year, Month: month}.String()
}

// use says of every count whether it counts, and sums what does.
func (j *judgement) use(rs *rules.RuleSet) {
	for _, c := range j.in.Counts {
		use := WholeCountry
		if c.Region != Country {
			use = j.useOf(c.Year, c.Month)
		}
		if use == Used && rs.AreaIndex(c.Area) < 0 {
			use = OtherArea
		}
		if use == Used {
			at := cell{c.Region, c.Area, c.Year}
			if j.sums[at] = min(j.sums[at]+c.N, maxCount+1); j.sums[at] > maxCount {
				j.fault(c.Origin, "%s, %s %d: more than %d operations; find the number that is too large", regionName(c.Region), c.Area, c.Year, maxCount)
			}
		}
		j.counts = append(j.counts, Judged{c, use})
	}
}

// country compares every row for the whole country with the sum of the regions
// at the same area, time and provider.
func (j *judgement) country() {
	type sumKey struct {
		area        string
		year, month int
		provider    Provider
	}
	sums := map[sumKey]int64{}
	for _, c := range j.counts {
		if c.Region == Country {
			continue
		}
		// A sum for the whole period is one of the measured months.
		months := []int{c.Month}
		if c.Month != 0 && c.Use == Used {
			months = append(months, 0)
		}
		providers := []Provider{c.Provider}
		if c.Provider != Unspecified {
			providers = append(providers, Unspecified)
		}
		for _, m := range months {
			for _, p := range providers {
				sums[sumKey{c.Area, c.Year, m, p}] += c.N
			}
		}
	}
	unchecked := 0
	for _, c := range j.counts {
		if c.Region != Country {
			continue
		}
		sum, ok := sums[sumKey{c.Area, c.Year, c.Month, c.Provider}]
		switch {
		case !ok:
			unchecked++
		case sum != c.N:
			j.fault(c.Origin, "Riket, %s %s: %d operations, but the regions sum to %d; find the row that differs", c.Area, timeName(c.Year, c.Month), c.N, sum)
		}
	}
	if unchecked > 0 {
		j.warn("%d rows for the whole country could not be checked: no region has a value for the same area and time", unchecked)
	}
}

// baselines takes the means that files give. Beside the counts of the same
// years a mean is only compared.
func (j *judgement) baselines(rs *rules.RuleSet) {
	seen := map[pair]Origin{}
	sums, slack := map[string]decimal.Decimal{}, map[string]decimal.Decimal{}
	for _, b := range j.in.Baselines {
		at := pair{b.Region, b.Area}
		use := Used
		if other, ok := seen[at]; ok {
			j.fault(b.Origin, "%s, %s: the baseline stands already at %s; keep one of them", regionName(b.Region), b.Area, other)
			continue
		}
		seen[at] = b.Origin
		mean, years := j.meanOfCounts(rs, at)
		switch {
		case b.Region == Country:
			use = WholeCountry
		case rs.AreaIndex(b.Area) < 0:
			use = OtherArea
		case years == 0:
			j.given[at] = b.Mean
		case years < len(rs.Baseline.Years.V):
			j.fault(b.Origin, "%s, %s: a baseline beside counts of only some of the years %v; give the baseline or all years", regionName(b.Region), b.Area, yearsText(rs.Baseline.Years.V))
		default:
			use = Compared
			if new(big.Rat).Abs(new(big.Rat).Sub(mean, b.Mean.Rat())).Cmp(halfUnit(b.Mean).Rat()) > 0 {
				j.fault(b.Origin, "%s, %s: the baseline %s is not the mean of the counts of %v, which is %s; give one of them", regionName(b.Region), b.Area, b.Mean, yearsText(rs.Baseline.Years.V), Exact(mean))
			}
		}
		if b.Region != Country {
			sums[b.Area] = sums[b.Area].Add(b.Mean)
			slack[b.Area] = slack[b.Area].Add(halfUnit(b.Mean))
		}
		j.means = append(j.means, JudgedBaseline{b, use})
	}
	for _, b := range j.in.Baselines {
		if b.Region != Country {
			continue
		}
		// Means that were rounded one by one need not sum to the rounded sum.
		most := slack[b.Area].Add(halfUnit(b.Mean))
		if s := sums[b.Area]; s.Sub(b.Mean).Abs().GreaterThan(most) {
			j.fault(b.Origin, "Riket, %s: a baseline of %s, but the regions sum to %s; find the row that differs", b.Area, b.Mean, s)
		}
	}
}

func yearsText(years []int) string {
	text := make([]string, len(years))
	for i, y := range years {
		text[i] = strconv.Itoa(y)
	}
	return strings.Join(text, ", ")
}

// halfUnit is how far a mean can be from the number that it was rounded to:
// half a unit of the last digit shown. A whole number may be exact. Programs
// that compute with 15 digits show a third with all of them.
func halfUnit(shown decimal.Decimal) decimal.Decimal {
	switch {
	case shown.Exponent() >= 0:
		return decimal.Zero
	case shown.NumDigits() >= 15:
		return decimal.New(1, shown.Exponent()+2)
	}
	return decimal.New(5, shown.Exponent()-1)
}

// meanOfCounts returns the mean of the baseline years, and of how many of them
// there is a count.
func (j *judgement) meanOfCounts(rs *rules.RuleSet, at pair) (mean *big.Rat, years int) {
	var total int64
	for _, y := range rs.Baseline.Years.V {
		if n, ok := j.sums[cell{at.region, at.area, y}]; ok {
			total += n
			years++
		}
	}
	return big.NewRat(total, int64(len(rs.Baseline.Years.V))), years
}

// complete finds what the rule set needs and no file says.
func (j *judgement) complete(rs *rules.RuleSet) {
	years := append(slices.Clone(rs.Baseline.Years.V), rs.Year())
	refused := map[cell]bool{}
	for _, c := range j.in.Refused {
		refused[cell{c.Region, c.Area, c.Year}] = true
	}
	var zeros []cell
	for _, a := range rs.Areas {
		for _, y := range years {
			var missing []cell
			for _, r := range rules.Regions() {
				c := cell{r.Code, a.ID, y}
				_, given := j.given[pair{r.Code, a.ID}]
				if _, ok := j.sums[c]; !ok && !refused[c] && (!given || y == rs.Year()) {
					missing = append(missing, c)
				}
			}
			zeros = append(zeros, missing...)
			if j.in.MissingAsZero {
				continue
			}
			const cure = "; add the rows, or count them as 0 with --missing-as-zero"
			if len(missing) == len(rules.Regions()) {
				j.fault(Origin{}, "no region has a value for %s, year %d%s", a.ID, y, cure)
				continue
			}
			for _, c := range missing {
				j.fault(Origin{}, "no value for %s, %s, year %d%s", regionName(c.region), c.area, c.year, cure)
			}
		}
	}
	if j.in.MissingAsZero && len(zeros) > 0 {
		for _, c := range zeros {
			j.counts = append(j.counts, Judged{Count{Region: c.region, Area: c.area, Year: c.year}, AssumedZero})
		}
		j.warn("%d values (region × area × year) are missing and count as 0, the first for %s, %s, year %d", len(zeros), regionName(zeros[0].region), zeros[0].area, zeros[0].year)
	}
	j.missingMonths(rs)
}

// missingMonths warns once about months without a row where other months of
// the same year have one.
func (j *judgement) missingMonths(rs *rules.RuleSet) {
	have := map[cell]map[int]bool{}
	for _, c := range j.counts {
		if c.Use == Used && c.Month != 0 {
			at := cell{c.Region, c.Area, c.Year}
			if have[at] == nil {
				have[at] = map[int]bool{}
			}
			have[at][c.Month] = true
		}
	}
	cells := make([]cell, 0, len(have))
	for at := range have {
		cells = append(cells, at)
	}
	slices.SortFunc(cells, func(a, b cell) int {
		return cmp.Or(cmp.Compare(a.region, b.region), cmp.Compare(a.area, b.area), cmp.Compare(a.year, b.year))
	})
	missing, example := 0, ""
	for _, at := range cells {
		for m := rs.Period.First.V.Month; m <= rs.Period.Last.V.Month; m++ {
			if !have[at][m] {
				if missing++; missing == 1 {
					example = fmt.Sprintf("%s, %s %s", regionName(at.region), at.area, timeName(at.year, m))
				}
			}
		}
	}
	if missing > 0 {
		j.warn("%d single months of the period have no row and count as 0, the first for %s", missing, example)
	}
}

// requisitions refuses to run without requisitions where the rule set demands
// them, and a region that stands twice.
func (j *judgement) requisitions(rs *rules.RuleSet) {
	read := slices.ContainsFunc(j.in.Files, func(f File) bool { return f.Role == RoleRequisitions }) || j.in.Requisitions != nil
	switch {
	case rs.Demands() && !read:
		j.fault(Origin{}, "%s pays only regions with a requisition by %s; give them with --requisitions FILE (columns region and datum)", rs.ID, rs.Deadline.V)
	case !rs.Demands() && read:
		j.warn("%s demands no requisitions: the file is not used", rs.ID)
	}
	seen := map[string]Origin{}
	for _, q := range j.in.Requisitions {
		if !concerns(q.Decision, rs) {
			continue
		}
		if other, ok := seen[q.Region]; ok {
			j.fault(q.Origin, "%s has a requisition already at %s; keep the one that is valid", regionName(q.Region), other)
		}
		seen[q.Region] = q.Origin
	}
}

// concerns reports whether a row of a list belongs to a rule set: it names
// that decision, or none.
func concerns(decision string, rs *rules.RuleSet) bool { return decision == "" || decision == rs.ID }

// tally accounts for every row of the counts: a row is used if any of its
// values is, else it is passed over for the reason of its first.
func (j *judgement) tally() Tally {
	type row struct {
		file, sheet string
		row         int
	}
	reasons := map[row]Use{}
	order := []row{}
	note := func(o Origin, use Use) {
		if o.Row == 0 {
			return
		}
		at := row{o.File, o.Sheet, o.Row}
		known, ok := reasons[at]
		if !ok {
			order = append(order, at)
		}
		if !ok || use == Used && known != Used {
			reasons[at] = use
		}
	}
	for _, c := range j.counts {
		if !c.Extract {
			note(c.Origin, c.Use)
		}
	}
	for _, m := range j.means {
		note(m.Origin, m.Use)
	}
	passed := map[Use]int{}
	var t Tally
	for _, f := range j.in.Files {
		if f.Role == RoleCounts {
			t.Read += f.Rows
			passed[BlankRow] += f.Blank
			passed[NoteRow] += f.Notes
			if f.Extract != nil {
				t.Used += j.extract(f.Extract, passed)
			}
		}
	}
	for _, at := range order {
		if reasons[at] == Used {
			t.Used++
		} else {
			passed[reasons[at]]++
		}
	}
	for _, reason := range []Use{OutsidePeriod, OtherYear, OtherArea, WholeCountry, Compared, NoCode, NotResident, BlankRow, NoteRow} {
		if passed[reason] > 0 {
			t.Passed = append(t.Passed, Passed{reason, passed[reason]})
		}
	}
	return t
}

// extract accounts for the rows of an extract and returns how many are used.
func (j *judgement) extract(e *Extract, passed map[Use]int) (used int) {
	passed[NoCode] += int(e.NoCode)
	passed[NotResident] += int(e.NotResident)
	for m, rows := range e.ByMonth {
		if use := j.useOf(m[0], m[1]); use == Used {
			used += int(rows)
		} else {
			passed[use] += int(rows)
		}
	}
	return used
}

// useOf is what the rule set does with operations of a time; month 0 is the
// whole period.
func (j *judgement) useOf(year, month int) Use {
	switch {
	case year != j.rules.Year() && !slices.Contains(j.rules.Baseline.Years.V, year):
		return OtherYear
	case month != 0 && (month < j.rules.Period.First.V.Month || month > j.rules.Period.Last.V.Month):
		return OutsidePeriod
	}
	return Used
}

// Exact writes a fraction as a decimal where it ends, else as numerator and
// denominator: 12.5, 370/3.
func Exact(x *big.Rat) string {
	if digits, exact := x.FloatPrec(); exact {
		return x.FloatString(digits)
	}
	return x.RatString()
}
