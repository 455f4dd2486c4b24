package register

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/shopspring/decimal"

	"github.com/kortakoer/kortakoer/allocation"
)

// show quotes a value in a message. A value with as many digits as a personal
// number could leave behind is never repeated, nor more than a few words of any.
func show(s string) string {
	if manyDigits(s) {
		return notRepeated
	}
	return quote(s)
}

const notRepeated = "(a long number, not repeated here)"

// quote shows a few words of a text.
func quote(s string) string {
	if runes := []rune(s); len(runes) > 40 {
		s = string(runes[:40]) + "…"
	}
	return `"` + strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) || r == ' ' {
			return r
		}
		return '·'
	}, s) + `"`
}

// manyDigits reports whether a text could hold a personal number, whole or
// with a digit lost.
func manyDigits(s string) bool {
	n := 0
	for _, r := range s {
		if unicode.IsDigit(r) {
			n++
		}
	}
	return n >= 9
}

var spaced = regexp.MustCompile(`^\d{1,3}([ \x{00a0}\x{202f}\x{2009}]\d{3})+([.,]\d+)?$`)

// digitsOnly takes the thousands separators out of a number. Spaces that do
// not stand between groups of three stay, so that the number is refused.
func digitsOnly(s string) string {
	if spaced.MatchString(s) {
		return strings.NewReplacer(" ", "", "\u00a0", "", "\u202f", "", "\u2009", "").Replace(s)
	}
	return s
}

var (
	wholeNumber   = regexp.MustCompile(`^\d{1,18}$`)
	decimalNumber = regexp.MustCompile(`^\d{1,15}([.,]\d{1,15})?$`)
	cellNumber    = regexp.MustCompile(`^-?\d+(\.\d+)?([eE][+-]?\d{1,3})?$`)
)

// Limits on what a cell can say, each above everything that occurs: operations
// and inhabitants of a country, kronor of a budget.
const (
	maxOperations = 100_000_000
	maxPopulation = 100_000_000
	maxPayment    = allocation.MaxPayment
	excelDigits   = 15 // the significant digits that spreadsheets compute with
)

// whole reads a number of operations, inhabitants or kronor. why says what is
// wrong where it is none.
func whole(c cell, most int64) (n int64, why string) {
	if why := notNumber(c); why != "" {
		return 0, why
	}
	s := digitsOnly(c.text)
	if strings.HasPrefix(s, "-") || strings.HasPrefix(s, "\u2212") {
		return 0, show(c.text) + " is negative"
	}
	if c.kind == number { // 12.0 and 1E3 are how some programs write 12 and 1000
		if d, ok := plainDecimal(c.kind, s); ok && d.IsInteger() {
			s = d.String()
		}
	}
	if !wholeNumber.MatchString(s) {
		return 0, show(c.text) + " is not a whole number"
	}
	if n, _ = strconv.ParseInt(s, 10, 64); n > most { // 18 digits fit
		return 0, fmt.Sprintf("the number is larger than %d", most)
	}
	return n, ""
}

// mean reads a baseline: operations, with decimals.
func mean(c cell) (d decimal.Decimal, why string) { return decimals(c, maxOperations) }

// decimals reads a number with decimals. What a workbook holds is taken at the
// 15 digits that spreadsheets compute with; a text with more was not computed
// by one.
func decimals(c cell, most int64) (d decimal.Decimal, why string) {
	if why := notNumber(c); why != "" {
		return d, why
	}
	d, ok := plainDecimal(c.kind, digitsOnly(c.text))
	switch {
	case !ok:
		return d, show(c.text) + " is not a number"
	case d.IsNegative():
		return d, show(c.text) + " is negative"
	case d.GreaterThan(decimal.New(most, 0)):
		return d, fmt.Sprintf("the number is larger than %d", most)
	case c.kind == number:
		return d.Round(int32(excelDigits - (d.NumDigits() + int(d.Exponent())))), ""
	case d.NumDigits() > excelDigits:
		return d, fmt.Sprintf("%s has more than %d digits", show(c.text), excelDigits)
	}
	return d, ""
}

// plainDecimal reads digits with a decimal comma or point; only a number cell
// of a workbook may have an exponent. The grammar is checked first: the
// library takes more than a number in a file should be.
func plainDecimal(k kind, s string) (decimal.Decimal, bool) {
	s = strings.Replace(s, ",", ".", 1)
	if k == number && cellNumber.MatchString(s) || decimalNumber.MatchString(s) {
		d, err := decimal.NewFromString(s)
		return d, err == nil && d.Exponent() >= -40 && d.Exponent() <= 40
	}
	return decimal.Decimal{}, false
}

// notNumber says why a cell cannot hold a number at all.
func notNumber(c cell) string {
	switch c.kind {
	case empty:
		return "the cell is empty"
	case failure:
		return "the cell holds the Excel error " + show(c.text)
	case text:
		if strings.HasPrefix(c.text, "#") { // as a CSV export writes it, in any language
			return "the cell holds the Excel error " + show(c.text)
		}
	case uncached:
		return "the cell holds a formula without a value; open the file in Excel and save it"
	case boolean, date:
		return "the cell holds " + c.text
	}
	return ""
}

func year(c cell) (int, bool) {
	if c.kind != text && c.kind != number || len(c.text) != 4 {
		return 0, false
	}
	y, err := strconv.Atoi(c.text)
	return y, err == nil && y >= 1990 && y <= 2100
}

func month(c cell) (int, bool) {
	if m, ok := monthName(c.text); ok {
		return m, true
	}
	m, err := strconv.Atoi(c.text)
	return m, err == nil && len(c.text) <= 2 && m >= 1 && m <= 12
}

var periodPattern = regexp.MustCompile(`^(\d{4})[-/.Mm]?(\d{2})(-\d{2})?$`)

// period reads 2025-06, 202506, 2025M06 or the date of a cell.
func period(c cell) (y, m int, ok bool) {
	g := periodPattern.FindStringSubmatch(c.text)
	if g == nil || g[3] != "" && c.kind != date {
		return 0, 0, false
	}
	y, ok = year(cell{kind: text, text: g[1]})
	m, okMonth := month(cell{kind: text, text: g[2]})
	return y, m, ok && okMonth
}

// day reads a date as 2025-06-02, of this century.
func day(c cell) (string, bool) {
	for _, layout := range []string{time.DateOnly, "20060102"} {
		if t, err := time.Parse(layout, c.text); err == nil && t.Year() >= 2000 && t.Year() <= 2099 {
			return t.Format(time.DateOnly), true
		}
	}
	return "", false
}

// separators are what people write between the parts of a personal number.
var personalSeparators = regexp.MustCompile(`[\s\-+\x{00ad}\x{2010}-\x{2015}\x{2212}./_]`)

// personalNumber is 10 or 12 digits in a row, as left when separators are gone.
var personalNumber = regexp.MustCompile(`(?:^|\D)((?:18|19|20)?\d{10})(?:\D|$)`)

// holdsPersonalNumber reports whether a text holds a Swedish personal identity
// or coordination number, with its check digit, however it is separated. In a
// number cell the zero of a birth year can be lost.
func holdsPersonalNumber(c cell) bool {
	digits := 0
	for i := range len(c.text) {
		if c.text[i] >= '0' && c.text[i] <= '9' {
			digits++
		}
	}
	if digits < 8 { // nearly every cell
		return false
	}
	s := personalSeparators.ReplaceAllString(strings.TrimSuffix(c.text, ".0"), "")
	if c.kind == number {
		s, _, _ = strings.Cut(c.text, ".")
		if len(s) < 10 && len(s) > 7 {
			s = strings.Repeat("0", 10-len(s)) + s
		}
	}
	for _, m := range personalNumber.FindAllStringSubmatch(s, -1) {
		if digits := m[1]; isPersonalNumber(digits[len(digits)-10:]) {
			return true
		}
	}
	return false
}

// isPersonalNumber checks ten digits: a date, in which the day of a
// coordination number has 60 added, and the check digit.
func isPersonalNumber(digits string) bool {
	m, _ := strconv.Atoi(digits[2:4])
	d, _ := strconv.Atoi(digits[4:6])
	if d > 60 {
		d -= 60
	}
	if m < 1 || m > 12 || d < 1 || d > 31 {
		return false
	}
	return luhn(digits)
}

// luhn checks the last of ten digits, which personal and organisation numbers
// compute alike.
func luhn(digits string) bool {
	sum := 0
	for i, c := range digits {
		n := int(c - '0')
		if i%2 == 0 {
			n *= 2
		}
		sum += n/10 + n%10
	}
	return sum%10 == 0
}

// rowsText is "3 rows" for messages.
func rowsText(n int) string {
	if n == 1 {
		return "1 row"
	}
	return fmt.Sprintf("%d rows", n)
}
