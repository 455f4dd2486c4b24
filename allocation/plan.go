package allocation

import (
	"fmt"
	"math/big"
	"slices"

	"github.com/kortakoer/kortakoer/rules"
)

// Plan is the whole calculation with every intermediate value. Amounts are
// whole kronor; an exact amount or mean is a fraction.
type Plan struct {
	Rules  *rules.RuleSet
	Input  *Input
	Counts []Judged // every count as read, and what became of it
	Means  []JudgedBaseline
	Tally  Tally

	Areas   []AreaPlan   // in order of the rule set
	Regions []RegionPlan // in order of code

	Equal       int64 // kronor of the equal block that regions get
	Performance int64 // kronor that operations earn
	Leftover    int64 // pool − Equal − Performance
	Distributed int64 // the part of Leftover that regions get
	Unallocated int64
	Total       int64 // what all regions get

	Warnings []string // what makes the result doubtful
	Notes    []string // what the rules made of single regions: no money, a claim, a tie
}

// Assumptions returns the assumptions that the plan rests on: those about
// codes only where operations were counted from an extract.
func (p *Plan) Assumptions() []rules.Assumption {
	extracts := slices.ContainsFunc(p.Input.Files, func(f File) bool { return f.Extract != nil })
	return p.Rules.Assumptions(rules.Uses{Extracts: extracts, Reports: len(p.Input.Reports) > 0})
}

// AreaPlan is what concerns the whole country in one area.
type AreaPlan struct {
	Area  rules.Area
	Count int64   // operations of the 21 regions in the period
	Share Portion // of the leftover
	Pot   Pot
}

// RegionPlan is the calculation for one region.
type RegionPlan struct {
	Region     rules.Region
	Population int64
	Ceiling    int64
	Need       int64 // weight
	Areas      []RegionArea

	EarnedExact *big.Rat // Σ rate × increase
	Earned      int64    // EarnedExact rounded half up

	Requisition Standing
	Equal       int64
	Performance int64 // min(Earned, Ceiling); 0 without a valid requisition
	Leftover    int64
	Total       int64

	Paid      int64 // paid before
	Remaining int64 // to pay out now; never negative
	Claim     int64 // paid before beyond Total: owed by the region
}

// RegionArea is one region's operations in one area.
type RegionArea struct {
	ByYear   []int64  // operations in each baseline year; nil if a mean was given
	Given    bool     // the mean comes from the file
	Mean     *big.Rat // of the baseline years
	Baseline *big.Rat // Mean as baseline.rounding has it
	Count    int64    // operations in the period
	Increase *big.Rat // max(0, Count − Baseline)
	Earned   *big.Rat // kronor: rate × Increase
}

// Standing is how a region stands with the requisition.
type Standing struct {
	Status Status
	Date   string // of the requisition, if there is one
}

// Status is whether a region may be paid.
type Status string

// The statuses of a requisition.
const (
	NotDemanded Status = "not_demanded"
	InTime      Status = "in_time"
	Late        Status = "late"
	Missing     Status = "missing"
)

// Valid reports whether the region may be paid.
func (s Standing) Valid() bool { return s.Status == NotDemanded || s.Status == InTime }

// Pot is the part of the leftover that belongs to one area.
type Pot struct {
	Amount      int64
	Places      []Place // all regions, in order of code
	Unallocated int64   // what nobody can take
}

// Place is one region's standing in a pot.
type Place struct {
	Rank      int  // 1 is most operations per inhabitant; 0 is out of the running
	Qualifies bool // among the regions that share the pot
	Room      int64
	Filled    bool // took its whole Room and left the division
	Portion   Portion
	Share     int64 // kronor
}

// Ranked returns the indexes of the regions that share the pot, best first.
func (p Pot) Ranked() []int {
	var order []int
	for i, place := range p.Places {
		if place.Qualifies {
			order = append(order, i)
		}
	}
	slices.SortStableFunc(order, func(a, b int) int { return p.Places[a].Rank - p.Places[b].Rank })
	return order
}

// Use is what became of a count.
type Use string

// The uses of a count.
const (
	Used          Use = "used"
	OutsidePeriod Use = "outside_period" // a month that the rule set does not measure
	OtherYear     Use = "other_year"     // a year that the rule set does not use
	OtherArea     Use = "other_area"     // an area that only another decision of the run pays for
	WholeCountry  Use = "whole_country"  // compared with the sum of the regions
	Compared      Use = "compared"       // a mean beside the counts it is the mean of
	AssumedZero   Use = "assumed_zero"   // no row: taken as 0 by MissingAsZero
	NoCode        Use = "no_code"        // a care contact without a code of any area
	NotResident   Use = "not_resident"   // a patient who lives in none of the 21 regions
	BlankRow      Use = "blank"          // a row without any value
	NoteRow       Use = "note"           // a remark below the table
)

// Judged is a count and what became of it.
type Judged struct {
	Count
	Use Use
}

// JudgedBaseline is a mean from a file and what became of it.
type JudgedBaseline struct {
	Baseline
	Use Use
}

// Tally accounts for every row read: Read = Used + the rows passed over.
type Tally struct {
	Read, Used int
	Passed     []Passed
}

// balanced checks that no row is unaccounted for.
func (t Tally) balanced() error {
	rest := t.Read - t.Used
	for _, p := range t.Passed {
		rest -= p.Rows
	}
	if rest != 0 && t.Read > 0 {
		return fmt.Errorf("allocation: %d of %d rows are unaccounted for; please report this", rest, t.Read)
	}
	return nil
}

// Passed is a number of rows passed over for one reason.
type Passed struct {
	Reason Use
	Rows   int
}
