package language

import (
	"math/big"
	"testing"
)

func TestNumbers(t *testing.T) {
	for _, c := range []struct {
		got, want string
	}{
		{Swedish.Decimal(big.NewRat(12345, 10), 1), "1\u00a0234,5"},
		{English.Decimal(big.NewRat(12345, 10), 1), "1,234.5"},
		{Swedish.Decimal(big.NewRat(33, 2), 0), "17"},
		{Swedish.Decimal(big.NewRat(-33, 2), 0), "−17"},
		{Swedish.Decimal(big.NewRat(-1, 100), 1), "0,0"},
		{Swedish.Signed(big.NewRat(1, 100), 1), "0,0"},
		{Swedish.Signed(big.NewRat(37, 3), 1), "+12,3"},
		{Swedish.Signed(big.NewRat(-5, 1), 0), "−5"},
		{Swedish.Signed(new(big.Rat), 0), "0"},
		{Swedish.Share(big.NewRat(1, 6)), "16,7\u00a0%"},
		{Swedish.Months(6, 8, 2025), "juni–augusti 2025"},
		{English.Months(6, 6, 2025), "June 2025"},
	} {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
}
