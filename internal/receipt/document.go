package receipt

import (
	"errors"
	"fmt"
	"math/big"
	"slices"
	"strconv"
	"strings"

	"github.com/shopspring/decimal"

	"github.com/kortakoer/kortakoer/allocation"
	"github.com/kortakoer/kortakoer/rules"
)

// The JSON form. Everything is a list in the order of the input, so that the
// same input gives the same text. Counts are many: each is one short line.
type (
	document struct {
		Version       string        `json:"version"`
		Language      string        `json:"language"`
		Rules         []ruleSet     `json:"rules"`
		MissingAsZero bool          `json:"missing_as_zero"`
		Files         []file        `json:"files"`
		Places        []place       `json:"places"`
		Counts        []string      `json:"counts"` // region,area,year,month,provider,n,extract,place,row,column
		Baselines     []baseline    `json:"baselines"`
		Population    population    `json:"population"`
		Requisitions  []requisition `json:"requisitions"`
		Payments      []payment     `json:"payments"`
		Payees        []payee       `json:"payees"`
		OtherAreas    []string      `json:"other_areas"`
		Warnings      []string      `json:"warnings"`
	}
	ruleSet struct {
		ID       string   `json:"id"`
		Text     string   `json:"text"`
		Settings []string `json:"settings"`
	}
	file struct {
		Name    string   `json:"name"`
		Sheet   string   `json:"sheet"`
		SHA256  string   `json:"sha256"`
		Role    string   `json:"role"`
		Form    string   `json:"form"`
		Unused  []string `json:"unused"`
		Rows    int      `json:"rows"`
		Blank   int      `json:"blank"`
		Notes   int      `json:"notes"`
		Extract *extract `json:"extract"`
	}
	extract struct {
		NoCode      int64      `json:"no_code"`
		NotResident int64      `json:"not_resident"`
		ByMonth     [][3]int64 `json:"by_month"` // year, month, rows
	}
	// place is a file and sheet that origins lie in.
	place struct {
		File  string `json:"file"`
		Sheet string `json:"sheet"`
	}
	// origin is a place by its number from 1, a row and a column.
	origin   [3]int
	baseline struct {
		Region      string `json:"region"`
		Area        string `json:"area"`
		Coefficient string `json:"coefficient"`
		Exponent    int32  `json:"exponent"`
		At          origin `json:"at"`
	}
	population struct {
		Source      string  `json:"source"`
		Inhabitants []int64 `json:"inhabitants"`
	}
	requisition struct {
		Region   string `json:"region"`
		Decision string `json:"decision"`
		Date     string `json:"date"`
		At       origin `json:"at"`
	}
	payment struct {
		Region    string `json:"region"`
		Decision  string `json:"decision"`
		Kronor    int64  `json:"kronor"`
		Date      string `json:"date"`
		Reference string `json:"reference"`
		At        origin `json:"at"`
	}
	payee struct {
		Region    string `json:"region"`
		Number    string `json:"number"`
		Reference string `json:"reference"`
		At        origin `json:"at"`
	}
)

// writer numbers the places as they come.
type writer struct {
	in     *allocation.Input
	places []place
	known  map[place]int
}

func (w *writer) at(o allocation.Origin) origin {
	if o.File == "" {
		return origin{0, o.Row, o.Column}
	}
	p := place{o.File, o.Sheet}
	n, ok := w.known[p]
	if !ok {
		w.places = append(w.places, place{w.in.DisplayName(o.File), o.Sheet})
		n = len(w.places)
		w.known[p] = n
	}
	return origin{n, o.Row, o.Column}
}

func newDocument(r Receipt) document {
	in := r.Input
	d := document{
		Version: r.Version, Language: r.Language, MissingAsZero: in.MissingAsZero, OtherAreas: in.OtherAreas, Warnings: in.Warnings,
		Population: population(in.Population),
	}
	for _, rs := range r.Sets {
		d.Rules = append(d.Rules, ruleSet{rs.ID, string(rs.Text()), rs.Settings()})
	}
	for _, f := range in.Files {
		d.Files = append(d.Files, newFile(f))
	}
	w := &writer{in: in, known: map[place]int{}}
	var line []byte
	for _, c := range in.Counts {
		at := w.at(c.Origin)
		line = append(append(append(line[:0], c.Region...), ','), c.Area...)
		extract := 0
		if c.Extract {
			extract = 1
		}
		line = strconv.AppendInt(append(line, ','), int64(c.Year), 10)
		line = strconv.AppendInt(append(line, ','), int64(c.Month), 10)
		line = append(append(line, ','), c.Provider...)
		line = strconv.AppendInt(append(line, ','), c.N, 10)
		for _, n := range []int{extract, at[0], at[1], at[2]} {
			line = strconv.AppendInt(append(line, ','), int64(n), 10)
		}
		d.Counts = append(d.Counts, string(line))
	}
	for _, b := range in.Baselines {
		d.Baselines = append(d.Baselines, baseline{b.Region, b.Area, b.Mean.Coefficient().String(), b.Mean.Exponent(), w.at(b.Origin)})
	}
	for _, q := range in.Requisitions {
		d.Requisitions = append(d.Requisitions, requisition{q.Region, q.Decision, q.Date, w.at(q.Origin)})
	}
	for _, p := range in.Payments {
		d.Payments = append(d.Payments, payment{p.Region, p.Decision, p.Kronor, p.Date, p.Reference, w.at(p.Origin)})
	}
	for _, p := range in.Payees {
		d.Payees = append(d.Payees, payee{p.Region, p.OrganisationNumber, p.Reference, w.at(p.Origin)})
	}
	d.Places = w.places
	return d
}

func newFile(f allocation.File) file {
	out := file{Name: f.Name, Sheet: f.Sheet, SHA256: f.SHA256, Role: string(f.Role), Form: f.Form, Unused: f.Unused, Rows: f.Rows, Blank: f.Blank, Notes: f.Notes}
	if e := f.Extract; e != nil {
		out.Extract = &extract{NoCode: e.NoCode, NotResident: e.NotResident}
		for m, n := range e.ByMonth {
			out.Extract.ByMonth = append(out.Extract.ByMonth, [3]int64{int64(m[0]), int64(m[1]), n})
		}
		slices.SortFunc(out.Extract.ByMonth, func(a, b [3]int64) int { return slices.Compare(a[:], b[:]) })
	}
	return out
}

// roles are those that calc reads files in.
var roles = []allocation.Role{allocation.RoleCounts, allocation.RolePopulation, allocation.RoleRequisitions, allocation.RolePayments, allocation.RolePayees}

var providers = []allocation.Provider{allocation.Unspecified, allocation.Home, allocation.Other, allocation.Private}

// The most that a receipt can say, as the reader of files has it: operations or
// inhabitants, and kronor. It keeps every sum within 64 bits.
const (
	maxNumber = 100_000_000
	maxKronor = 1_000_000_000_000
)

// receipt checks what the allocation and the workbook do not check themselves.
func (d document) receipt() (*Receipt, error) {
	r := &Receipt{Version: d.Version, Language: d.Language, Input: &allocation.Input{
		MissingAsZero: d.MissingAsZero, OtherAreas: d.OtherAreas, Warnings: d.Warnings, Population: allocation.Population(d.Population),
	}}
	if len(d.Rules) == 0 {
		return nil, fmt.Errorf("%w: it has no rule set", ErrDamaged)
	}
	for _, s := range d.Rules {
		rs, err := rules.Load(s.ID+".toml", []byte(s.Text))
		if err == nil {
			rs, err = rs.With(s.Settings...)
		}
		if err != nil {
			return nil, fmt.Errorf("the rule set of the receipt: %w", err)
		}
		r.Sets = append(r.Sets, rs)
	}
	reader := &reader{document: d}
	in := r.Input
	for _, n := range d.Population.Inhabitants {
		if n < 1 || n > maxNumber {
			reader.wrong("a number of inhabitants")
		}
	}
	for _, f := range d.Files {
		in.Files = append(in.Files, reader.file(f))
	}
	for _, line := range d.Counts {
		in.Counts = append(in.Counts, reader.count(line))
	}
	for _, b := range d.Baselines {
		n, ok := new(big.Int).SetString(b.Coefficient, 10)
		if !ok || len(b.Coefficient) > 40 || b.Exponent < -40 || b.Exponent > 40 {
			reader.wrong("a baseline")
			continue
		}
		in.Baselines = append(in.Baselines, allocation.Baseline{Region: b.Region, Area: b.Area, Mean: decimal.NewFromBigInt(n, b.Exponent), Origin: reader.at(b.At)})
	}
	for _, q := range d.Requisitions {
		in.Requisitions = append(in.Requisitions, allocation.Requisition{Region: q.Region, Decision: q.Decision, Date: q.Date, Origin: reader.at(q.At)})
	}
	for _, p := range d.Payments {
		if p.Kronor < 0 || p.Kronor > maxKronor {
			reader.wrong("a payment")
		}
		in.Payments = append(in.Payments, allocation.Payment{Region: p.Region, Decision: p.Decision, Kronor: p.Kronor, Date: p.Date, Reference: p.Reference, Origin: reader.at(p.At)})
	}
	for _, p := range d.Payees {
		in.Payees = append(in.Payees, allocation.Payee{Region: p.Region, OrganisationNumber: p.Number, Reference: p.Reference, Origin: reader.at(p.At)})
	}
	if reader.err != nil {
		return nil, reader.err
	}
	return r, nil
}

// reader keeps the first thing that is wrong.
type reader struct {
	document
	err error
}

func (r *reader) wrong(what string) {
	if r.err == nil {
		r.err = fmt.Errorf("%w: %s in it cannot be", ErrDamaged, what)
	}
}

func (r *reader) at(o origin) allocation.Origin {
	if o[0] < 0 || o[0] > len(r.Places) || o[1] < 0 || o[2] < 0 {
		r.wrong("a place")
		return allocation.Origin{}
	}
	at := allocation.Origin{Row: o[1], Column: o[2]}
	if o[0] > 0 {
		at.File, at.Sheet = r.Places[o[0]-1].File, r.Places[o[0]-1].Sheet
	}
	return at
}

func (r *reader) file(f file) allocation.File {
	out := allocation.File{
		Path: f.Name, Name: f.Name, Sheet: f.Sheet, SHA256: f.SHA256, Role: allocation.Role(f.Role), Form: f.Form, Unused: f.Unused, Rows: f.Rows, Blank: f.Blank, Notes: f.Notes,
	}
	if !slices.Contains(roles, out.Role) {
		r.wrong("a file")
	}
	if e := f.Extract; e != nil {
		out.Extract = &allocation.Extract{NoCode: e.NoCode, NotResident: e.NotResident, ByMonth: map[[2]int]int64{}}
		for _, m := range e.ByMonth {
			out.Extract.ByMonth[[2]int{int(m[0]), int(m[1])}] = m[2]
		}
	}
	return out
}

func (r *reader) count(line string) allocation.Count {
	fields := strings.Split(line, ",")
	if len(fields) != 10 {
		r.wrong("a count")
		return allocation.Count{}
	}
	var numbers [10]int64
	var errs []error
	for _, i := range []int{2, 3, 5, 6, 7, 8, 9} {
		n, err := strconv.ParseInt(fields[i], 10, 64)
		numbers[i], errs = n, append(errs, err)
	}
	c := allocation.Count{
		Region: fields[0], Area: fields[1], Year: int(numbers[2]), Month: int(numbers[3]), Provider: allocation.Provider(fields[4]), N: numbers[5], Extract: numbers[6] == 1,
		Origin: r.at(origin{int(numbers[7]), int(numbers[8]), int(numbers[9])}),
	}
	if errors.Join(errs...) != nil || c.N < 0 || c.N > maxNumber || !slices.Contains(providers, c.Provider) {
		r.wrong("a count")
	}
	return c
}
