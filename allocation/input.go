package allocation

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/shopspring/decimal"

	"github.com/kortakoer/kortakoer/rules"
)

// Country is the region code of a row for the whole country (Riket). Such rows
// are compared with the sum of the regions and never added.
const Country = "00"

// Origin is the place in a file that a value was read from.
type Origin struct {
	File   string // as the user named it
	Sheet  string // empty for CSV
	Row    int    // 1 is the first row or line; 0 is the file as a whole
	Column int    // 1 is the first column; 0 is the row as a whole
}

// String returns file[!sheet]:row:column (cell), as faults show it.
func (o Origin) String() string {
	s := o.File
	if o.Sheet != "" {
		s += "!" + o.Sheet
	}
	switch {
	case o.Row == 0:
		return s
	case o.Column == 0:
		return fmt.Sprintf("%s:%d", s, o.Row)
	}
	return fmt.Sprintf("%s:%d:%d (%s%d)", s, o.Row, o.Column, ColumnName(o.Column), o.Row)
}

// ColumnName returns the letters of a column as spreadsheets show them: 1 is
// A, 28 is AB.
func ColumnName(column int) string {
	var name string
	for ; column > 0; column = (column - 1) / 26 {
		name = string(rune('A'+(column-1)%26)) + name
	}
	return name
}

// Fault is one thing wrong with the input: where, what, and what to do.
type Fault struct {
	Origin  Origin
	Message string
}

func (f *Fault) Error() string {
	if f.Origin.File == "" {
		return f.Message
	}
	return f.Origin.String() + ": " + f.Message
}

// SortFaults puts faults in the order in which a reader mends them: by file as
// first met, row and column, and what stands in no file last.
func SortFaults(faults []error) {
	files := map[string]int{}
	place := func(err error) (file, row, column int) {
		f, ok := errors.AsType[*Fault](err)
		if !ok || f.Origin.File == "" {
			return math.MaxInt, 0, 0
		}
		return files[f.Origin.File+"!"+f.Origin.Sheet], f.Origin.Row, f.Origin.Column
	}
	for _, err := range faults {
		if f, ok := errors.AsType[*Fault](err); ok {
			name := f.Origin.File + "!" + f.Origin.Sheet
			if _, met := files[name]; !met {
				files[name] = len(files)
			}
		}
	}
	slices.SortStableFunc(faults, func(a, b error) int {
		fileA, rowA, columnA := place(a)
		fileB, rowB, columnB := place(b)
		return cmp.Or(cmp.Compare(fileA, fileB), cmp.Compare(rowA, rowB), cmp.Compare(columnA, columnB))
	})
}

// Provider says where an operation was done, seen from the home region.
type Provider string

// The providers that the decision asks to be told apart.
const (
	Unspecified Provider = ""
	Home        Provider = "home"    // in the home region
	Other       Provider = "other"   // in another region
	Private     Provider = "private" // by a private provider
)

// Count is a number of operations of one area for one home region.
type Count struct {
	Region   string // code, or Country
	Area     string // area id
	Year     int
	Month    int // 1–12; 0 is the whole measurement period
	Provider Provider
	N        int64 // operations
	Extract  bool  // counted from a row-level extract: adds to others of the same key
	Origin   Origin
}

// Baseline is a mean of the baseline years that a file gives instead of the
// counts of those years.
type Baseline struct {
	Region string // code, or Country
	Area   string
	Mean   decimal.Decimal // operations
	Origin Origin
}

// Requisition is a region's request for the grant.
type Requisition struct {
	Region   string
	Decision string // as in Payment
	Date     string // 2025-05-30
	Origin   Origin
}

// Payment is what a region has been paid already.
type Payment struct {
	Region    string
	Decision  string // id of the rule set it was paid by; empty where the file does not say
	Kronor    int64
	Date      string // 2025-12-19; empty where the file does not say
	Reference string // of the agency's ledger
	Origin    Origin
}

// Payee is who a payment to a region is booked on, from a file of the agency.
type Payee struct {
	Region             string
	OrganisationNumber string // 232100-0016
	Reference          string // what the region wants stated
	Origin             Origin
}

// UseReport is a region's report of how it used what it was paid
// (återrapportering).
type UseReport struct {
	Region     string
	Decision   string // as in Payment
	Used       int64  // kronor
	PurposeMet bool
	Date       string // the day it came in
	Origin     Origin
}

// Need is what a region's need weight (vårdbehov) is computed from: inhabitants
// and standard cost per inhabitant, or the weight itself.
type Need struct {
	Region      string
	Inhabitants int64
	Cost        decimal.Decimal // kronor per inhabitant
	Weight      decimal.Decimal // where the file gives it instead
	Origin      Origin
}

// Published is a table of amounts per region as somebody published it.
type Published struct {
	Column  string // the header of the amounts; empty where a page has none
	Amounts []Amount
	Country *Amount // the row for the whole country, if there is one
}

// Amount is one region's amount in a published table.
type Amount struct {
	Region string
	Kronor int64
	Origin Origin
}

// Accepted is a difference from a published table that was looked into and is
// no fault.
type Accepted struct {
	Region     string // code, or Country
	Difference int64  // kronor: the table less what is computed
	Reason     string
	Origin     Origin
}

// Population is the number of inhabitants by which operations are compared.
type Population struct {
	Source      string  // who says so, and for which day
	Inhabitants []int64 // in order of rules.Regions
}

// DefaultPopulation is the embedded population: SCB, 2024-12-31.
func DefaultPopulation() Population {
	p := Population{Source: rules.PopulationSource}
	for _, r := range rules.Regions() {
		p.Inhabitants = append(p.Inhabitants, r.Population)
	}
	return p
}

// File is one input as it was read.
type File struct {
	Path   string // as the user named it, as in Origin
	Name   string // without the folder, so that outputs do not depend on it
	Sheet  string
	SHA256 string
	Role   Role
	Form   string   // how it was read: "CSV, semicolon, UTF-8"
	Unused []string // headers of columns that nothing reads
	Rows   int      // data rows: below the header, blank ones included
	Blank  int      // rows without any value
	Notes  int      // rows of remarks below the table

	Extract *Extract // what the rows came to, if they are one care contact each
}

// Extract accounts for the rows of a row-level extract.
type Extract struct {
	NoCode      int64            // rows without a code of any area
	NotResident int64            // rows of patients who live in none of the 21 regions
	ByMonth     map[[2]int]int64 // rows counted, by year and month
}

// Role says what a file was given as.
type Role string

// The roles of input files.
const (
	RoleCounts       Role = "counts"
	RolePopulation   Role = "population"
	RoleRequisitions Role = "requisitions"
	RolePayments     Role = "paid"
	RolePayees       Role = "payees"
	RoleReports      Role = "reports"
	RoleNeed         Role = "need"
	RolePublished    Role = "published"
	RoleAccepted     Role = "accepted"
)

// Input is everything that a calculation is made from, beside the rules.
type Input struct {
	Files        []File
	Counts       []Count
	Baselines    []Baseline
	Population   Population
	Requisitions []Requisition
	Payments     []Payment
	Payees       []Payee
	Reports      []UseReport
	Needs        []Need
	Published    *Published
	Accepted     []Accepted
	OtherAreas   []string // ids of areas that only other decisions of the same run pay for
	Refused      []Count  // places of values that the reader refused: not missing as well

	// MissingAsZero takes a region × area × year without a value as 0
	// operations, which is a fault otherwise.
	MissingAsZero bool
	// Warnings are what the reader wants told, in order.
	Warnings []string
}

// DisplayName is how outputs name a file that the user named by its path.
func (in *Input) DisplayName(path string) string {
	for _, f := range in.Files {
		if f.Path == path {
			return f.Name
		}
	}
	return path
}

// regionName returns "12 Skåne" for messages.
func regionName(code string) string {
	if i := rules.RegionIndex(code); i >= 0 {
		return code + " " + rules.Regions()[i].Name
	}
	return strings.TrimSpace(code + " Riket")
}
