package allocation

import (
	"math/big"
	"slices"

	"github.com/kortakoer/kortakoer/rules"
)

// RoundHalfUp rounds an amount to whole kronor, halves upwards. It is the only
// rounding between a count and a krona. x must not be negative, and is below
// 2⁶³ because judge and the rule sets bound counts and rates.
func RoundHalfUp(x *big.Rat) int64 {
	// ⌊x + ½⌋ = ⌊(2a + b) / 2b⌋ for x = a/b.
	two := big.NewInt(2)
	a := new(big.Int).Mul(x.Num(), two)
	a.Add(a, x.Denom())
	return a.Quo(a, new(big.Int).Mul(x.Denom(), two)).Int64()
}

// RoundBaseline applies the reading of baseline.rounding to a mean of
// operations, which must not be negative.
func RoundBaseline(mean *big.Rat, r rules.Rounding) *big.Rat {
	switch r {
	case rules.Nearest:
		return new(big.Rat).SetInt64(RoundHalfUp(mean))
	case rules.Up:
		if down := roundDown(mean); down.Cmp(mean) < 0 {
			return down.Add(down, big.NewRat(1, 1))
		}
	case rules.Down:
		return roundDown(mean)
	}
	return new(big.Rat).Set(mean)
}

func roundDown(x *big.Rat) *big.Rat {
	return new(big.Rat).SetInt(new(big.Int).Quo(x.Num(), x.Denom()))
}

// Portion is one share of an amount divided by largest remainder.
type Portion struct {
	Floor     int64    // whole kronor of the exact share
	Remainder *big.Int // amount × weight mod the sum of weights: what the floor leaves
	Order     int      // 1 is the largest remainder; 0 without a weight
	Extra     bool     // got one of the missing kronor
}

// Amount is the share in whole kronor.
func (p Portion) Amount() int64 {
	if p.Extra {
		return p.Floor + 1
	}
	return p.Floor
}

// Apportion divides an amount of whole kronor in proportion to the weights by
// largest remainder: everyone gets the whole kronor of the exact share, and
// the missing kronor go one each to the largest fractional parts; between
// equal ones the earlier weight comes first. The portions sum to the amount.
// Weights that sum to 0 get nothing.
func Apportion(amount int64, weights []*big.Int) []Portion {
	portions := make([]Portion, len(weights))
	sum := new(big.Int)
	for i, w := range weights {
		portions[i].Remainder = new(big.Int)
		sum.Add(sum, w)
	}
	if sum.Sign() == 0 {
		return portions
	}
	missing := amount
	for i, w := range weights {
		exact := new(big.Int).Mul(big.NewInt(amount), w)
		floor, _ := exact.DivMod(exact, sum, portions[i].Remainder)
		portions[i].Floor = floor.Int64()
		missing -= portions[i].Floor
	}
	var order []int
	for i, w := range weights {
		if w.Sign() > 0 {
			order = append(order, i)
		}
	}
	slices.SortStableFunc(order, func(a, b int) int {
		return portions[b].Remainder.Cmp(portions[a].Remainder)
	})
	for k, i := range order {
		portions[i].Order = k + 1
		portions[i].Extra = int64(k) < missing
	}
	return portions
}

func bigInts(values []int64) []*big.Int {
	big64 := make([]*big.Int, len(values))
	for i, v := range values {
		big64[i] = big.NewInt(v)
	}
	return big64
}
