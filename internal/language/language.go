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

// Change writes a whole number with its sign.
func (l Language) Change(n int64) string {
	if n > 0 {
		return "+" + l.Whole(n)
	}
	return l.Whole(n)
}

// YesNo returns the word for a truth value.
func (l Language) YesNo(is bool) string {
	if is {
		return l.Text("yes")
	}
	return l.Text("no")
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

// Month is the name of a month.
func (l Language) Month(month int) string { return l.Text(Key(fmt.Sprintf("month.%d", month))) }

// Months names a run of months of a year: "juni–augusti 2025".
func (l Language) Months(first, last, year int) string {
	if first == last {
		return fmt.Sprintf("%s %d", l.Month(first), year)
	}
	return fmt.Sprintf("%s–%s %d", l.Month(first), l.Month(last), year)
}

// Decimal writes a fraction with some decimals, halves away from zero.
func (l Language) Decimal(x *big.Rat, decimals int) string {
	text := new(big.Rat).Abs(x).FloatString(decimals)
	whole, part, _ := strings.Cut(text, ".")
	n, _ := new(big.Int).SetString(whole, 10) // digits, as FloatString writes them
	out := l.Whole(n.Int64())
	if part != "" {
		out += map[Language]string{Swedish: ",", English: "."}[l] + part
	}
	if x.Sign() < 0 && strings.Trim(text, "0.") != "" {
		out = "−" + out
	}
	return out
}

// Signed is Decimal with a plus before what is more than 0.
func (l Language) Signed(x *big.Rat, decimals int) string {
	text := l.Decimal(x, decimals)
	if x.Sign() > 0 && strings.Trim(text, "0,.") != "" {
		return "+" + text
	}
	return text
}

// Share writes a fraction of 1 as a percentage with one decimal.
func (l Language) Share(x *big.Rat) string {
	return l.Decimal(new(big.Rat).Mul(x, big.NewRat(100, 1)), 1) + "\u00a0%"
}
