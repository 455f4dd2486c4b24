// Package language holds the words that finance reads, in Swedish and English,
// and how numbers are written in each: one table for the workbook and the
// report on the terminal.
package language

import (
	"fmt"
	"math/big"
	"strings"

	"github.com/kortakoer/kortakoer/rules"
)

// Language is a language of the outputs.
type Language string

// The languages of the outputs. Swedish is the one that is signed.
const (
	Swedish Language = "sv"
	English Language = "en"
)

// Languages are the values that --lang takes.
var Languages = []string{string(Swedish), string(English)}

// Text returns the words for a key, with args set in as fmt has it. A key that
// the table does not have is a mistake in the program.
func (l Language) Text(k Key, args ...any) string {
	words, ok := texts[k]
	if !ok {
		panic(fmt.Sprintf("language: no text for %q", k))
	}
	s := words.sv
	if l == English {
		s = words.en
	}
	if len(args) == 0 {
		return s
	}
	return fmt.Sprintf(s, args...)
}

// Area returns the label of an area.
func (l Language) Area(a rules.Area) string {
	if l == English {
		return a.LabelEn
	}
	return a.Label
}

// YesNo returns the word for a truth value.
func (l Language) YesNo(is bool) string {
	if is {
		return l.Text("yes")
	}
	return l.Text("no")
}

// Whole writes a whole number with thousands separators: no-break spaces in
// Swedish, commas in English.
func (l Language) Whole(n int64) string {
	digits := fmt.Sprint(n)
	sign := ""
	if n < 0 {
		sign, digits = "−", digits[1:]
	}
	separator := "\u00a0"
	if l == English {
		separator = ","
	}
	var groups []string
	for len(digits) > 3 {
		groups = append([]string{digits[len(digits)-3:]}, groups...)
		digits = digits[:len(digits)-3]
	}
	return sign + strings.Join(append([]string{digits}, groups...), separator)
}

// Percent writes part/whole as a percentage with one decimal, rounded half up;
// nothing where there is no whole.
func (l Language) Percent(part, whole int64) string {
	if whole == 0 {
		return ""
	}
	s := big.NewRat(part*100, whole).FloatString(1)
	if l == English {
		return s + " %"
	}
	return strings.Replace(s, ".", ",", 1) + "\u00a0%"
}
