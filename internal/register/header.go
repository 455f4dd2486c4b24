package register

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/kortakoer/kortakoer/allocation"
	"github.com/kortakoer/kortakoer/internal/spelling"
)

// field is what a column holds. Its text names it in messages.
type field string

const (
	fieldRegion     field = "region"
	fieldArea       field = "område"
	fieldYear       field = "år"
	fieldMonth      field = "månad"
	fieldPeriod     field = "period"
	fieldCount      field = "antal"
	fieldProvider   field = "utförare"
	fieldBaseline   field = "baslinje"
	fieldPopulation field = "invånare"
	fieldDate       field = "datum"
	fieldAmount     field = "belopp"
	fieldAgent      field = "ombud"
	fieldDecision   field = "beslut"
	fieldReference  field = "referens"
	fieldOrgNumber  field = "organisationsnummer"
	fieldUsed       field = "använt belopp"
	fieldPurpose    field = "syfte uppnått"
	fieldCost       field = "standardkostnad"
	fieldWeight     field = "vårdbehov"
	fieldDifference field = "avvikelse"
	fieldReason     field = "orsak"
)

// headers lists the folded names of each field.
var headers = map[string]field{
	"region": fieldRegion, "hemregion": fieldRegion, "hemlan": fieldRegion, "lan": fieldRegion, "lanskod": fieldRegion,
	"code": fieldRegion, "kod": fieldRegion, "regionkod": fieldRegion, "regionnamn": fieldRegion, "lansnamn": fieldRegion,
	"omrade": fieldArea, "diagnosomrade": fieldArea, "area": fieldArea, "atgard": fieldArea,
	"ar": fieldYear, "year": fieldYear,
	"manad": fieldMonth, "month": fieldMonth,
	"period": fieldPeriod,
	"antal":  fieldCount, "operationer": fieldCount, "antaloperationer": fieldCount, "count": fieldCount, "n": fieldCount,
	"utforare": fieldProvider, "provider": fieldProvider, "driftform": fieldProvider,
	"baslinje": fieldBaseline, "genomsnitt": fieldBaseline, "medelvarde": fieldBaseline, "medel": fieldBaseline, "baseline": fieldBaseline,
	"invanare": fieldPopulation, "folkmangd": fieldPopulation, "befolkning": fieldPopulation, "population": fieldPopulation,
	"datum": fieldDate, "rekvisitionsdatum": fieldDate, "inkom": fieldDate, "date": fieldDate,
	"belopp": fieldAmount, "utbetalt": fieldAmount, "tidigareutbetalt": fieldAmount, "kronor": fieldAmount, "amount": fieldAmount,
	"ombud":  fieldAgent,
	"beslut": fieldDecision, "regelverk": fieldDecision, "decision": fieldDecision, "ruleset": fieldDecision,
	"referens": fieldReference, "betalningsreferens": fieldReference, "erreferens": fieldReference, "reference": fieldReference,
	"organisationsnummer": fieldOrgNumber, "orgnr": fieldOrgNumber, "orgnummer": fieldOrgNumber, "organisationnumber": fieldOrgNumber,
	"anvant": fieldUsed, "anvantbelopp": fieldUsed, "forbrukat": fieldUsed, "used": fieldUsed,
	"syfteuppnatt": fieldPurpose, "syftetuppnatt": fieldPurpose, "syfte": fieldPurpose, "andamal": fieldPurpose, "purposemet": fieldPurpose,
	"standardkostnad": fieldCost, "standardkostnadperinvanare": fieldCost, "standardkostnadkrinv": fieldCost, "standardcost": fieldCost,
	"vardbehov": fieldWeight, "vikt": fieldWeight, "andel": fieldWeight, "weight": fieldWeight, "need": fieldWeight,
	"avvikelse": fieldDifference, "skillnad": fieldDifference, "difference": fieldDifference,
	"orsak": fieldReason, "skal": fieldReason, "anledning": fieldReason, "reason": fieldReason,
}

var (
	yearHeader = regexp.MustCompile(`^(?:antaloperationer|operationer|antal|ar)?((?:19|20)\d{2})(?:antal|operationer)?$`)
	meanHeader = regexp.MustCompile(`^(?:baslinje|genomsnitt|medelvarde|medel|baseline)(?:(?:19|20)\d{2}){2}$`)
)

// header is the row that names the columns.
type header struct {
	row     int // index in table.rows; -1 if there is none
	columns map[field]int
	regions []int        // columns with a region: a code beside a name is common
	times   []timeColumn // columns with the counts of one year or month
	unused  []int
	score   int    // how much was recognised; complete headers are above all others
	missing string // what a complete header still needs
	twice   string // two columns that say the same
	worth   int    // of the column of a published table that was taken
}

// timeColumn is a column of the wide shape.
type timeColumn struct{ column, year, month int }

const (
	headerRows = 50  // how far down a header is looked for
	complete   = 100 // what completeness adds to the score
)

// header finds the row that names the columns which the role needs; rows above
// it are titles.
func (n *names) header(t *table, role allocation.Role) header {
	best := header{row: -1}
	for i, r := range t.rows[:min(headerRows, len(t.rows))] {
		h := readHeader(r, role, n.column)
		if h.row = i; h.score > best.score {
			best = h
		}
	}
	if best.row < 0 {
		best.missing = needs(role)
	}
	return best
}

// wanted is the folded name of the column to take from a published table, or
// empty.
func readHeader(r row, role allocation.Role, wanted string) header {
	h := header{columns: map[field]int{}}
	for i, c := range r.cells {
		column := i + 1
		name := spelling.Fold(c.text)
		f, known := headers[name]
		known = known || meanHeader.MatchString(name)
		if f == "" && known {
			f = fieldBaseline
		}
		switch y, m, isTime := timeHeader(c, name); {
		case c.kind == empty:
		case role == allocation.RolePublished && f != fieldRegion:
			h.publishedColumn(column, name, wanted)
		case isTime && role == allocation.RoleCounts:
			h.times = append(h.times, timeColumn{column, y, m})
			h.score++
		case !known || !slices.Contains(fieldsOf(role), f):
			h.unused = append(h.unused, column)
		case f == fieldRegion:
			h.regions = append(h.regions, column)
			h.columns[f] = column
			h.score++
		case h.columns[f] != 0:
			h.twice = fmt.Sprintf("two columns hold %s, %s and %s; keep one of them", f, allocation.ColumnName(h.columns[f]), allocation.ColumnName(column))
		default:
			h.columns[f] = column
			h.score++
		}
	}
	if h.missing = h.lacks(role); h.missing == "" {
		h.score += complete
	}
	if h.twice == "" && role == allocation.RoleCounts {
		h.twice = h.contradiction()
	}
	if h.columns[fieldWeight] != 0 && (h.columns[fieldPopulation] != 0 || h.columns[fieldCost] != 0) {
		h.twice = "the header has both vårdbehov and what it is computed from; keep one of them"
	}
	return h
}

// contradiction says which columns tell the same thing twice: one of them
// would have to be ignored.
func (h header) contradiction() string {
	has := func(f field) bool { return h.columns[f] != 0 }
	both := func(a, b string) string { return fmt.Sprintf("the header has both %s and %s; keep one of them", a, b) }
	switch {
	case has(fieldPeriod) && has(fieldYear):
		return both("period", "år")
	case has(fieldPeriod) && has(fieldMonth):
		return both("period", "månad")
	case len(h.times) > 0 && has(fieldCount):
		return both("antal", "columns per year")
	case len(h.times) > 0 && (has(fieldYear) || has(fieldPeriod)):
		return both("år", "columns per year")
	case has(fieldBaseline) && has(fieldCount):
		return both("antal by year", "baslinje")
	case has(fieldBaseline) && len(h.times) == 0 && (has(fieldYear) || has(fieldMonth) || has(fieldPeriod)):
		return both("a year or month", "baslinje")
	}
	return ""
}

func timeHeader(c cell, name string) (y, m int, ok bool) {
	if y, m, ok := period(c); ok {
		return y, m, true
	}
	g := yearHeader.FindStringSubmatch(name)
	if g == nil {
		return 0, 0, false
	}
	y, ok = year(cell{kind: text, text: g[1]})
	return y, 0, ok
}

func fieldsOf(role allocation.Role) []field {
	switch role {
	case allocation.RolePopulation:
		return []field{fieldRegion, fieldPopulation}
	case allocation.RoleRequisitions:
		return []field{fieldRegion, fieldDate, fieldAgent, fieldDecision}
	case allocation.RolePayments:
		return []field{fieldRegion, fieldAmount, fieldDate, fieldReference, fieldDecision}
	case allocation.RolePayees:
		return []field{fieldRegion, fieldOrgNumber, fieldReference}
	case allocation.RoleReports:
		return []field{fieldRegion, fieldUsed, fieldPurpose, fieldDate, fieldDecision}
	case allocation.RoleNeed:
		return []field{fieldRegion, fieldPopulation, fieldCost, fieldWeight}
	case allocation.RolePublished:
		return []field{fieldRegion, fieldAmount}
	case allocation.RoleAccepted:
		return []field{fieldRegion, fieldDifference, fieldReason}
	}
	return []field{fieldRegion, fieldArea, fieldYear, fieldMonth, fieldPeriod, fieldCount, fieldProvider, fieldBaseline}
}

// needs says which columns a file of this role must have.
func needs(role allocation.Role) string {
	switch role {
	case allocation.RolePopulation:
		return "region and invånare"
	case allocation.RoleRequisitions:
		return "region and datum"
	case allocation.RolePayments:
		return "region and belopp"
	case allocation.RolePayees:
		return "region and organisationsnummer"
	case allocation.RoleReports:
		return "region, använt belopp, syfte uppnått (ja or nej) and datum"
	case allocation.RoleNeed:
		return "region, and either invånare and standardkostnad (kr per inhabitant) or vårdbehov"
	case allocation.RolePublished:
		return "region and an amount, such as total, summa, belopp or maxtak"
	case allocation.RoleAccepted:
		return "region, avvikelse (kronor, the table less what is computed) and orsak"
	}
	return "region, område, and either år (or period) and antal, or one column per year, or baslinje"
}

// lacks names the columns that the role still needs.
func (h header) lacks(role allocation.Role) string {
	var missing []string
	need := func(f field) {
		if h.columns[f] == 0 {
			missing = append(missing, string(f))
		}
	}
	need(fieldRegion)
	switch role {
	case allocation.RolePopulation:
		need(fieldPopulation)
	case allocation.RoleRequisitions:
		need(fieldDate)
	case allocation.RolePayments:
		need(fieldAmount)
	case allocation.RolePayees:
		need(fieldOrgNumber)
	case allocation.RoleReports:
		need(fieldUsed)
		need(fieldPurpose)
		need(fieldDate)
	case allocation.RoleNeed:
		if h.columns[fieldWeight] == 0 {
			need(fieldPopulation)
			need(fieldCost)
		}
	case allocation.RolePublished:
		need(fieldAmount)
	case allocation.RoleAccepted:
		need(fieldDifference)
		need(fieldReason)
	default:
		need(fieldArea)
		_, _, hasYear := h.when()
		switch {
		case h.columns[fieldCount] != 0 && !hasYear && len(h.times) == 0:
			missing = append(missing, "år (or period)")
		case h.columns[fieldCount] == 0 && len(h.times) == 0:
			need(fieldBaseline)
			if h.columns[fieldBaseline] == 0 {
				missing[len(missing)-1] = "antal, a column per year, or baslinje"
			}
		}
	}
	return strings.Join(missing, ", ")
}

// when returns the columns of the year and month, or of the period.
func (h header) when() (yearColumn, monthColumn int, ok bool) {
	if p := h.columns[fieldPeriod]; p != 0 {
		return p, p, true
	}
	y := h.columns[fieldYear]
	return y, h.columns[fieldMonth], y != 0
}

// unfit says why a table without a complete header cannot be read.
func (h header) unfit(t *table, role allocation.Role) error {
	if h.row < 0 || h.score < 2 {
		return fmt.Errorf("no header was found; expected the columns %s", needs(role))
	}
	return &allocation.Fault{Origin: t.at(t.rows[h.row].number, 0), Message: fmt.Sprintf("the header lacks %s; expected the columns %s", h.missing, needs(role))}
}
