package rules

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/pelletier/go-toml/v2/unstable"
)

// Value is one value of a rule set together with where it comes from.
type Value[T any] struct {
	V       T
	Source  string // decision, annex and page
	Assumed string // why, where the decision does not state the value
	Set     bool   // false for an optional value that the rule set leaves out
}

// Month is one calendar month.
type Month struct{ Year, Month int }

// String returns the month as 2025-06.
func (m Month) String() string { return fmt.Sprintf("%04d-%02d", m.Year, m.Month) }

// Rounding says how the mean of the baseline years becomes a baseline.
type Rounding string

// The readings of baseline.rounding. The decision says nothing, so the mean is
// used as it is unless the rule set says otherwise.
const (
	Exact   Rounding = "exact"   // the mean as an exact fraction
	Nearest Rounding = "nearest" // whole operations, half up
	Up      Rounding = "up"      // the next whole operation
	Down    Rounding = "down"    // whole operations, the rest dropped
)

// Unit says what one operation is in a row-level extract.
type Unit string

// The readings of counting.unit.
const (
	Contact Unit = "contact" // a care contact counts once per area
	Code    Unit = "code"    // every code of the area counts
)

// PotSplit says how the leftover becomes one pot per area.
type PotSplit string

// The readings of leftover.pots.
const (
	Equal   PotSplit = "equal"    // pots of the same size
	ByValue PotSplit = "by_value" // in proportion to rate × national count
)

// CeilingReach says whether the ceiling also limits what a region can get of
// the leftover.
type CeilingReach string

// The readings of leftover.ceiling.
const (
	Exempt  CeilingReach = "exempt"  // the ceiling limits the performance only
	Applies CeilingReach = "applies" // performance and leftover together stay below it
)

// codec turns a TOML value into a T and a T into the text that Entries and
// the recorded overrides show. expected ends the sentence "… is not".
type codec[T any] struct {
	parse    func(*node) (T, bool)
	format   func(T) string
	expected string
	readings []string // where there is only a choice, the default first
}

// refusal says that n is not what the codec takes.
func (c codec[T]) refusal(n *node) string {
	if n.text == "" {
		return "this is not " + c.expected
	}
	return fmt.Sprintf("%q is not %s", n.text, c.expected)
}

var (
	kronorCodec = codec[int64]{
		parse: func(n *node) (int64, bool) {
			v, ok := n.integer()
			return v, ok && v >= 0 && v <= maxKronor
		},
		format:   func(v int64) string { return strconv.FormatInt(v, 10) },
		expected: "a whole number of kronor, such as 108_000",
	}
	rateCodec = codec[int64]{
		parse: func(n *node) (int64, bool) {
			v, ok := n.integer()
			return v, ok && v >= 0 && v <= maxRate
		},
		format:   kronorCodec.format,
		expected: "a whole number of kronor per operation, such as 108_000",
	}
	weightCodec = codec[int64]{parse: kronorCodec.parse, format: kronorCodec.format, expected: "a whole number, such as 107_595_016"}
	placesCodec = codec[int64]{
		parse: func(n *node) (int64, bool) {
			v, ok := n.integer()
			return v, ok && v >= 1 && v <= int64(len(Regions()))
		},
		format:   kronorCodec.format,
		expected: "a number of regions from 1 to 21",
	}
	boolCodec = codec[bool]{
		parse:    func(n *node) (bool, bool) { return n.text == "true", n.kind == unstable.Bool },
		format:   strconv.FormatBool,
		expected: "true or false",
		readings: []string{"true", "false"},
	}
	monthCodec = codec[Month]{
		parse: func(n *node) (Month, bool) {
			t, err := time.Parse("2006-01", n.text)
			return Month{t.Year(), int(t.Month())}, err == nil && t.Year() >= minYear && t.Year() <= maxYear
		},
		format:   Month.String,
		expected: `a month such as "2025-06"`,
	}
	dateCodec = codec[string]{
		parse: func(n *node) (string, bool) {
			_, err := time.Parse(time.DateOnly, n.text)
			return n.text, err == nil
		},
		format:   func(s string) string { return s },
		expected: `a date such as "2025-06-02"`,
	}
	referenceCodec = codec[string]{
		parse: func(n *node) (string, bool) {
			text := strings.TrimSpace(n.text)
			return text, n.kind == unstable.String && text != "" && len(text) <= 200 && !strings.ContainsAny(text, "\r\n")
		},
		format:   func(s string) string { return s },
		expected: `the reference of a decision, such as "S2025/00401"`,
	}
	yearsCodec = codec[[]int]{
		parse: func(n *node) ([]int, bool) {
			if !n.isArray() || len(n.items) == 0 {
				return nil, false
			}
			var years []int
			for _, item := range n.items {
				y, ok := item.integer()
				if !ok || y < minYear || y > maxYear {
					return nil, false
				}
				years = append(years, int(y))
			}
			slices.Sort(years)
			return years, len(slices.Compact(slices.Clone(years))) == len(years)
		},
		format: func(years []int) string {
			text := make([]string, len(years))
			for i, y := range years {
				text[i] = strconv.Itoa(y)
			}
			return strings.Join(text, ", ")
		},
		expected: "a list of different years, such as [2022, 2023, 2024]",
	}
	wordsCodec = codec[[]string]{
		parse: func(n *node) ([]string, bool) {
			words, ok := n.strings()
			return words, ok && len(words) > 0
		},
		format:   func(words []string) string { return strings.Join(words, ", ") },
		expected: `a list of texts such as ["2", "privat"]`,
	}
	codePattern = regexp.MustCompile(`^[A-Z]{1,3}[A-Z0-9]*\*?$`)
	codesCodec  = codec[[]string]{
		parse: func(n *node) ([]string, bool) {
			codes, ok := n.strings()
			if !ok || len(codes) == 0 {
				return nil, false
			}
			for _, c := range codes {
				if !codePattern.MatchString(c) {
					return nil, false
				}
			}
			return codes, true
		},
		format:   func(codes []string) string { return strings.Join(codes, ", ") },
		expected: `a list of KVÅ codes such as ["NFB29", "LEF*"]`,
	}
)

// oneOf is the codec of a key with a fixed set of readings.
func oneOf[T ~string](readings ...T) codec[T] {
	names := make([]string, len(readings))
	for i, r := range readings {
		names[i] = string(r)
	}
	return codec[T]{
		parse: func(n *node) (T, bool) {
			return T(n.text), n.kind == unstable.String && slices.Contains(readings, T(n.text))
		},
		readings: names,
		format:   func(v T) string { return string(v) },
		expected: "one of " + strings.Join(names, ", "),
	}
}

// MaxWeight is the largest need weight that a rule set takes.
const MaxWeight = maxKronor

const (
	// These are far above any grant, and low enough that no amount in kronor
	// passes 64 bits: a rate times the operations of a country, in every area.
	maxKronor = 1_000_000_000_000
	maxRate   = 10_000_000
	maxAreas  = 50
	minYear   = 1990
	maxYear   = 2100
)
