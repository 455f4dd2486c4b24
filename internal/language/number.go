package language

import (
	"math/big"
	"strings"
)

// Whole writes a whole number with thousands separators: no-break spaces in
// Swedish, commas in English.
func (l Language) Whole(n int64) string { return l.grouped(big.NewInt(n)) }

// Fraction writes a number exactly: as a whole number, or as one with a
// fraction behind it, such as 1 836 1/3.
func (l Language) Fraction(x *big.Rat) string {
	if x.IsInt() {
		return l.grouped(x.Num())
	}
	sign := ""
	if x.Sign() < 0 {
		sign, x = "−", new(big.Rat).Neg(x)
	}
	whole, rest := new(big.Int).QuoRem(x.Num(), x.Denom(), new(big.Int))
	text := rest.String() + "/" + x.Denom().String()
	if whole.Sign() > 0 {
		text = l.grouped(whole) + "\u00a0" + text
	}
	return sign + text
}

func (l Language) grouped(n *big.Int) string {
	digits, negative := strings.CutPrefix(n.String(), "-")
	separator := "\u00a0"
	if l == English {
		separator = ","
	}
	var groups []string
	for len(digits) > 3 {
		groups = append([]string{digits[len(digits)-3:]}, groups...)
		digits = digits[:len(digits)-3]
	}
	s := strings.Join(append([]string{digits}, groups...), separator)
	if negative {
		return "−" + s
	}
	return s
}
