// Package explain turns a plan into the derivation of one region's amount:
// steps that each compute from steps above them, with the values of the rule
// set that they rest on. Explain is the function to call.
//
// It computes every step again, exactly, and compares what it comes to with the
// plan: a derivation that does not lead to the amount is an error. It reads no
// file, no clock and holds no words; a Kind names a text of the report.
package explain

import (
	"math/big"

	"github.com/kortakoer/kortakoer/allocation"
	"github.com/kortakoer/kortakoer/rules"
)

// Derivation is how one decision comes to one region's amount.
type Derivation struct {
	Plan     *allocation.Plan
	Region   rules.Region
	Steps    []*Step // all of them, each below what it is computed from
	Sections []Section
	Total    *Step
}

// Section is a part of the derivation under its own heading.
type Section struct {
	Kind  string // names the heading
	Area  string // id, where the section is about one
	Items []Item
}

// Item is a line or a table.
type Item struct {
	Step  *Step
	Table *Table
}

// Step is one value: given, where it has no expression, else computed.
type Step struct {
	ID      string
	Kind    string   // names the label
	Section string   // kind of the section, and its area behind a dot
	Area    string   // id; of a cell or a section of an area
	Region  string   // code; of a cell about one region
	Year    int      // of a count
	Against string   // code of the region that a comparison is with
	Unit    Unit     // how the value is meant
	Expr    *Expr    // nil where the value is given
	Value   *big.Rat // exact
	Basis   []rules.Entry
	Note    string // names a remark on what no rule set says
	Date    string // of a requisition
	Row     *Row   // where a file says the value
}

// Unit is how a value is meant.
type Unit string

// The units.
const (
	Number Unit = "number"
	Kronor Unit = "kronor"
	YesNo  Unit = "yes_no" // 1 or 0
)

// Row is a value of a file.
type Row struct {
	allocation.Origin
	Month    int // 0 is the whole period
	Provider allocation.Provider
	Date     string // of a payment
	Assumed  bool   // there is no row: taken as 0
}

// Table is many steps of the same kinds, one line for each region or area.
type Table struct {
	Kind    string // names the title
	Columns []Column
	Lines   []Line
	Footer  []*Step // sums; nil where a column has none
}

// Column is a column of a table.
type Column struct {
	Kind string
	Area string // id, where the column is about one
}

// Line is one line of a table. Cells are nil where there is nothing to say.
type Line struct {
	Region string // code
	Area   string // id
	Row    *Row
	Own    bool // it is the region that is explained
	Cells  []*Step
}

// Options are what a derivation goes down to.
type Options struct {
	Rows bool // the rows of the files that the counts came from
}

// Explain derives what the region with this index in rules.Regions gets.
func Explain(p *allocation.Plan, region int, o Options) (*Derivation, error) {
	b := &builder{plan: p, rules: p.Rules, own: region, options: o, steps: map[string]*Step{}, entries: map[string]rules.Entry{}}
	b.d = &Derivation{Plan: p, Region: p.Regions[region].Region}
	for _, e := range p.Rules.Entries() {
		b.entries[e.Key] = e
	}
	for a := range p.Areas {
		b.area(a)
	}
	b.performance()
	if p.Rules.Equal.Set {
		b.equalShare()
	}
	b.leftover()
	if p.Rules.Leftover.Enabled.V {
		b.pots()
	}
	b.total()
	return b.d, b.err
}

// builder gathers the steps of a derivation.
type builder struct {
	plan    *allocation.Plan
	rules   *rules.RuleSet
	own     int
	options Options
	entries map[string]rules.Entry
	d       *Derivation
	steps   map[string]*Step
	err     error // the first

	kronor      []*Step // of the own region, by area
	earned      *Step
	requisition *Step // nil where none is demanded
	performed   *Step
	equal       *Step // nil without an equal block
	floorEqual  *Step
	spareEqual  *Step
	paid        []*Step // performance by region
	ceilings    []*Step
	left        *Step
	shares      [][]*Step // of the pots, by area and region; nil where there is none
}
