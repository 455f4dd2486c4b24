// Package rules holds the conditions of a grant as data: rule sets in TOML
// that an analyst can read beside the decision, with a source for every value
// and a reason for every value that the decision does not state.
//
// Builtin returns one of the embedded rule sets, Load reads a user's own, and
// With replaces single values for one run. All amounts are whole kronor.
package rules

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
)

// RuleSet is one government decision as conditions to compute by.
type RuleSet struct {
	ID       string // file id, such as s2025-01233
	Title    string
	Decision Decision

	Pool          Value[int64] // kronor to distribute, the equal block included
	Equal         Value[int64] // kronor shared equally by all regions; optional
	Appropriation Appropriation
	Period        Period
	Baseline      Baseline
	Unit          Value[Unit]
	Private       Value[[]string] // values of DRIFTFORM in an extract that mean a private provider; optional
	Areas         []Area
	Deadline      Value[string] // last day of a requisition (2025-06-02); optional: none is demanded
	ReportTerms   Value[string] // the decision whose conditions of repayment hold; optional
	ReportBy      Value[string] // last day of a region's report of use; optional: nothing is settled without it
	Leftover      Leftover
	Ceilings      Value[[]int64] // kronor per region, in order of Regions
	Need          Value[[]int64] // need weight per region, in order of Regions

	// SHA256 is the checksum of the file's bytes, in hexadecimal.
	SHA256 string

	name      string // for faults
	text      []byte
	overrides []Override
	settings  []string
}

// Decision names the government decision.
type Decision struct {
	Reference string // "S2025/01233 (delvis), II:6"
	Date      string // 2025-06-19, or 2025-02 where the day is not known
}

// Appropriation is what the agency may use in all; optional.
type Appropriation struct {
	Limit    Value[int64] // kronor, payments and own costs together
	OwnCosts Value[int64] // kronor, the most of it for the agency's own costs
}

// Period is the measurement period, within one year.
type Period struct{ First, Last Value[Month] }

// Baseline says what the operations of the period are compared with: the mean
// of the same months in these years.
type Baseline struct {
	Years    Value[[]int]
	Rounding Value[Rounding]
}

// Area is one diagnosområde.
type Area struct {
	ID, Label, LabelEn string
	Names              []string        // other names that files use
	Rate               Value[int64]    // kronor per operation above the baseline
	Codes              Value[[]string] // KVÅ codes; LEF* is every code that begins with LEF
	line, column       int
}

// Leftover says what happens with what the regions did not qualify for.
type Leftover struct {
	Enabled Value[bool]
	Regions Value[int64] // how many regions share a pot
	Pots    Value[PotSplit]
	Ceiling Value[CeilingReach]
}

// Override is one value replaced with --set for one run.
type Override struct {
	Key   string
	Value string // as the rule set would show it
	Was   string // what the rule set itself says; empty if it says nothing
}

// Demands reports whether a region needs a requisition in time to be paid.
func (rs *RuleSet) Demands() bool { return rs.Deadline.Set }

// PerformanceBlock is the part of the pool, in kronor, that operations earn:
// what the ceilings sum to.
func (rs *RuleSet) PerformanceBlock() int64 { return rs.Pool.V - rs.Equal.V }

// Year is the year of the measurement period.
func (rs *RuleSet) Year() int { return rs.Period.First.V.Year }

// AreaIndex returns the place in Areas of the area with this id, or -1.
func (rs *RuleSet) AreaIndex(id string) int {
	return slices.IndexFunc(rs.Areas, func(a Area) bool { return a.ID == id })
}

// Text returns the file as it was loaded, byte for byte, without overrides.
func (rs *RuleSet) Text() []byte { return slices.Clone(rs.text) }

// Settings returns what With was given, so that it can be given again, alone or
// with more behind it.
func (rs *RuleSet) Settings() []string { return slices.Clone(rs.settings) }

// Overrides returns what With replaced, in the order of the keys.
func (rs *RuleSet) Overrides() []Override { return rs.overrides }

//go:embed *.toml
var files embed.FS

// Default is the id of the rule set used when none is named.
const Default = "s2025-01233"

// IDs returns the ids of the embedded rule sets, the default one first.
func IDs() []string {
	names, err := fs.Glob(files, "*.toml")
	if err != nil {
		panic(err) // the pattern is a constant
	}
	ids := []string{Default}
	for _, n := range names {
		if id := strings.TrimSuffix(n, path.Ext(n)); id != Default {
			ids = append(ids, id)
		}
	}
	return ids
}

// ErrUnknown means that no embedded rule set has the id asked for.
var ErrUnknown = errors.New("no such rule set")

// Builtin returns the embedded rule set with this id, or ErrUnknown.
func Builtin(id string) (*RuleSet, error) {
	text, err := files.ReadFile(id + ".toml")
	if err != nil {
		return nil, fmt.Errorf("%w: %q", ErrUnknown, id)
	}
	return Load(id+".toml", text)
}

// Load reads a rule set strictly. All its faults come back together, joined,
// each a *Fault placed in the file called name.
func Load(name string, text []byte) (*RuleSet, error) {
	return load(name, text, nil)
}

// With returns the rule set with some values replaced, each "KEY=VALUE" with
// the VALUE as TOML; text needs no quotes. The rule set itself is unchanged.
// A later setting of the same key replaces an earlier one.
func (rs *RuleSet) With(settings ...string) (*RuleSet, error) {
	if len(settings) == 0 {
		return rs, nil
	}
	return load(rs.name, rs.text, settings)
}

func load(name string, text []byte, settings []string) (*RuleSet, error) {
	if bytes.HasPrefix(text, []byte("\xff\xfe")) || bytes.HasPrefix(text, []byte("\xfe\xff")) {
		return nil, &Fault{File: name, Line: 1, Column: 1, Message: "the file is UTF-16; save it as UTF-8"}
	}
	tree, err := parseTree(name, bytes.TrimPrefix(text, []byte("\ufeff")))
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(text)
	rs := &RuleSet{SHA256: hex.EncodeToString(sum[:]), name: name, text: slices.Clone(text), settings: slices.Clone(settings)}
	l := &loader{name: name, rs: rs}
	l.file(tree)
	if len(l.faults) == 0 {
		l.override(settings)
	}
	l.check()
	if len(l.faults) == 0 {
		return rs, nil
	}
	slices.SortStableFunc(l.faults, func(a, b *Fault) int { return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column)) })
	errs := make([]error, len(l.faults))
	for i, f := range l.faults {
		errs[i] = f
	}
	return nil, errors.Join(errs...)
}

// Fault is one thing wrong with a rule set, and where. Line and Column are 0
// for a fault of an override, which stands in no file.
type Fault struct {
	File         string
	Line, Column int
	Message      string
}

func (f *Fault) Error() string {
	if f.Line == 0 {
		return f.Message
	}
	return fmt.Sprintf("%s:%d:%d: %s", f.File, f.Line, f.Column, f.Message)
}
