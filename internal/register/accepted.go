package register

import (
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/kortakoer/kortakoer/allocation"
)

var signedNumber = regexp.MustCompile(`^[-\x{2212}+]?[^-+\x{2212}]`)

// accepted reads a row of the differences that were looked into. Without its
// reason a difference is not accepted.
func (p *parser) accepted(r row, region string, ok bool) {
	first := ok && p.once(r, region)
	column := p.header.columns[fieldDifference]
	n, why := signed(p.value(r, column))
	switch {
	case why != "":
		p.wrong(r, column, fieldDifference, "%s; expected whole kronor, such as -1 500", why)
	case n == 0:
		p.wrong(r, column, fieldDifference, "0 kronor is no difference; leave the row out")
		why = "0"
	}
	at := p.table.at(r.number, column)
	column = p.header.columns[fieldReason]
	reason := p.value(r, column)
	switch {
	case reason.kind == empty:
		p.wrong(r, column, fieldReason, "the cell is empty; say why the difference is accepted")
	case utf8.RuneCountInString(reason.text) > maxReason:
		p.wrong(r, column, fieldReason, "the text is longer than %d characters", maxReason)
	case first && why == "" && !p.personal[column]:
		p.in.Accepted = append(p.in.Accepted, allocation.Accepted{Region: region, Difference: n, Reason: reason.text, Origin: at})
	}
}

const maxReason = 500 // characters

// signed reads whole kronor that may be negative.
func signed(c cell) (int64, string) {
	sign := int64(1)
	if signedNumber.MatchString(c.text) {
		if rest := strings.TrimLeft(c.text, "-\u2212"); rest != c.text {
			sign, c.text = -1, trim(rest)
		} else {
			c.text = strings.TrimPrefix(c.text, "+")
		}
	}
	n, why := whole(c, maxPayment)
	if why == "" {
		return sign * n, ""
	}
	return 0, why
}
