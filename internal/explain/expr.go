package explain

import (
	"fmt"
	"math/big"
	"strconv"
	"strings"
)

// Op is what an expression does with its arguments. As text it is the grammar
// of the JSON form.
type Op string

// The operations. A comparison is 1 where it holds and 0 where it does not.
const (
	Plus    Op = "+"
	Minus   Op = "-"
	Times   Op = "*"
	Over    Op = "/"
	More    Op = ">"
	AtLeast Op = ">="
	Min     Op = "min"
	Max     Op = "max"
	Round   Op = "roundhalfup" // to the nearest whole number, halves upwards
	Floor   Op = "floor"
	Ceil    Op = "ceil"
)

// Expr is an expression over earlier steps and whole numbers: an operation with
// arguments, or a leaf, which is a step by its id or, without one, a number.
type Expr struct {
	Op     Op
	Args   []Expr
	Ref    string
	Number int64
}

func ref(s *Step) Expr             { return Expr{Ref: s.ID} }
func number(n int64) Expr          { return Expr{Number: n} }
func apply(op Op, a ...Expr) Expr  { return Expr{Op: op, Args: a} }
func times(a, b Expr) Expr         { return apply(Times, a, b) }
func minus(a Expr, b ...Expr) Expr { return apply(Minus, append([]Expr{a}, b...)...) }

// total is the sum of any number of terms.
func total(terms []Expr) Expr {
	switch len(terms) {
	case 0:
		return number(0)
	case 1:
		return terms[0]
	}
	return apply(Plus, terms...)
}

// String is the expression in the grammar of the JSON form: operators stand
// between blanks, so that an id may hold a hyphen.
func (e Expr) String() string {
	return e.Format(func(leaf Expr) string {
		if leaf.Ref != "" {
			return leaf.Ref
		}
		return strconv.FormatInt(leaf.Number, 10)
	}, func(op Op) string { return string(op) })
}

// Format writes the expression with the leaves and operations as given, in
// as few parentheses as the order of operations needs.
func (e Expr) Format(leaf func(Expr) string, word func(Op) string) string {
	if e.Op == "" {
		return leaf(e)
	}
	parts := make([]string, len(e.Args))
	for i, a := range e.Args {
		parts[i] = a.Format(leaf, word)
		// Minus and division take what follows them as a whole.
		tight := i > 0 && (e.Op == Minus || e.Op == Over)
		if mine, its := e.level(), a.level(); mine > 0 && its > 0 && (its < mine || its == mine && (tight || mine == 1)) {
			parts[i] = "(" + parts[i] + ")"
		}
	}
	if e.level() == 0 {
		return word(e.Op) + "(" + strings.Join(parts, ", ") + ")"
	}
	return strings.Join(parts, " "+word(e.Op)+" ")
}

// level is how tight an operator between its arguments binds; 0 is a leaf or a
// function.
func (e Expr) level() int {
	switch e.Op {
	case More, AtLeast:
		return 1
	case Plus, Minus:
		return 2
	case Times, Over:
		return 3
	}
	return 0
}

// value computes the expression exactly.
func (e Expr) value(steps map[string]*Step) (*big.Rat, error) {
	switch {
	case e.Ref != "":
		s, ok := steps[e.Ref]
		if !ok {
			return nil, fmt.Errorf("%s stands nowhere above", e.Ref)
		}
		return s.Value, nil
	case e.Op == "":
		return new(big.Rat).SetInt64(e.Number), nil
	}
	args := make([]*big.Rat, len(e.Args))
	for i, a := range e.Args {
		v, err := a.value(steps)
		if err != nil {
			return nil, err
		}
		args[i] = v
	}
	x := new(big.Rat).Set(args[0])
	switch e.Op {
	case Round:
		return whole(x.Add(x, big.NewRat(1, 2))), nil
	case Floor:
		return whole(x), nil
	case Ceil:
		return x.Neg(whole(x.Neg(x))), nil
	}
	for _, y := range args[1:] {
		c := x.Cmp(y)
		switch {
		case e.Op == Plus:
			x.Add(x, y)
		case e.Op == Minus:
			x.Sub(x, y)
		case e.Op == Times:
			x.Mul(x, y)
		case e.Op == Over && y.Sign() == 0:
			return nil, fmt.Errorf("%s divides by nothing", e)
		case e.Op == Over:
			x.Quo(x, y)
		case e.Op == More:
			x = truth(c > 0)
		case e.Op == AtLeast:
			x = truth(c >= 0)
		case e.Op == Min && c > 0, e.Op == Max && c < 0:
			x.Set(y)
		}
	}
	return x, nil
}

// whole is the largest whole number that is not above x.
func whole(x *big.Rat) *big.Rat {
	return new(big.Rat).SetInt(new(big.Int).Div(x.Num(), x.Denom())) // Euclidean: downwards, as the denominator is positive
}

func truth(holds bool) *big.Rat {
	if holds {
		return big.NewRat(1, 1)
	}
	return new(big.Rat)
}
