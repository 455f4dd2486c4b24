package report_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/big"
	"regexp"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/kortakoer/kortakoer/allocation"
	"github.com/kortakoer/kortakoer/internal/explain"
	"github.com/kortakoer/kortakoer/internal/language"
	"github.com/kortakoer/kortakoer/internal/randomcase"
	"github.com/kortakoer/kortakoer/internal/report"
)

// reader evaluates the expressions of an explanation by itself: a parser by
// the grammar that stands in the JSON form, over fractions. It shares nothing
// with the program.
type reader struct {
	tokens []string
	value  func(token string) (*big.Rat, bool) // of an id or a number
}

func (r *reader) peek() string {
	if len(r.tokens) == 0 {
		return ""
	}
	return r.tokens[0]
}

func (r *reader) next() string {
	t := r.peek()
	if t != "" {
		r.tokens = r.tokens[1:]
	}
	return t
}

func (r *reader) expect(token string) {
	if t := r.next(); t != token {
		panic(fmt.Sprintf("%q where %q should be", t, token))
	}
}

func (r *reader) comparison() *big.Rat {
	x := r.sum()
	switch op := r.peek(); op {
	case ">", ">=":
		r.next()
		c := x.Cmp(r.sum())
		if c > 0 || c == 0 && op == ">=" {
			return big.NewRat(1, 1)
		}
		return new(big.Rat)
	}
	return x
}

func (r *reader) sum() *big.Rat {
	x := r.product()
	for {
		switch r.peek() {
		case "+":
			r.next()
			x = new(big.Rat).Add(x, r.product())
		case "-":
			r.next()
			x = new(big.Rat).Sub(x, r.product())
		default:
			return x
		}
	}
}

func (r *reader) product() *big.Rat {
	x := r.atom()
	for {
		switch r.peek() {
		case "*":
			r.next()
			x = new(big.Rat).Mul(x, r.atom())
		case "/":
			r.next()
			x = new(big.Rat).Quo(x, r.atom())
		default:
			return x
		}
	}
}

func (r *reader) atom() *big.Rat {
	t := r.next()
	if t == "(" {
		x := r.comparison()
		r.expect(")")
		return x
	}
	if r.peek() == "(" {
		r.next()
		args := []*big.Rat{r.comparison()}
		for r.peek() == "," {
			r.next()
			args = append(args, r.comparison())
		}
		r.expect(")")
		return function(t, args)
	}
	x, ok := r.value(t)
	if !ok {
		panic(fmt.Sprintf("%q stands nowhere above", t))
	}
	return x
}

func function(name string, args []*big.Rat) *big.Rat {
	floor := func(x *big.Rat) *big.Rat {
		q, rest := new(big.Int).QuoRem(x.Num(), x.Denom(), new(big.Int))
		if rest.Sign() < 0 {
			q.Sub(q, big.NewInt(1))
		}
		return new(big.Rat).SetInt(q)
	}
	x := args[0]
	switch name {
	case "roundhalfup":
		return floor(new(big.Rat).Add(x, big.NewRat(1, 2)))
	case "floor":
		return floor(x)
	case "ceil":
		return new(big.Rat).Neg(floor(new(big.Rat).Neg(x)))
	}
	for _, y := range args[1:] {
		if name == "min" && y.Cmp(x) < 0 || name == "max" && y.Cmp(x) > 0 {
			x = y
		}
	}
	if name != "min" && name != "max" {
		panic("no function " + name)
	}
	return x
}

var jsonTokens = regexp.MustCompile(`[a-z][a-zA-Z0-9._:-]*|[0-9]+|>=|[-+*/>(),]`)

func drawn(t *rapid.T) randomcase.Case {
	c := randomcase.Draw(t)
	if rapid.Bool().Draw(t, "shape") {
		c = c.Shape(t)
	}
	return c
}

func explained(t *rapid.T) (*allocation.Plan, int, *explain.Derivation) {
	c := drawn(t)
	p, err := allocation.Allocate(c.Rules, c.Input)
	if err != nil {
		t.Fatal(err)
	}
	i := rapid.IntRange(0, len(p.Regions)-1).Draw(t, "region")
	d, err := explain.Explain(p, i, explain.Options{Rows: rapid.Bool().Draw(t, "rows")})
	if err != nil {
		t.Fatal(err)
	}
	return p, i, d
}

// Every step of the JSON form recomputes from the steps above it, and the last
// ones are the amounts of the plan.
func TestExplanationRecomputesFromJSON(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p, region, d := explained(t)
		var out bytes.Buffer
		if err := report.ExplanationJSON(&out, []*explain.Derivation{d}, language.Swedish, "test"); err != nil {
			t.Fatal(err)
		}
		var doc struct {
			Decisions []struct {
				Ruleset string
				Steps   []struct{ ID, Expression, Value, Unit, Section string }
			}
			Total struct{ Expression, Value string }
		}
		if err := json.Unmarshal(out.Bytes(), &doc); err != nil {
			t.Fatal(err)
		}
		above := map[string]*big.Rat{}
		value := func(token string) (*big.Rat, bool) {
			if token[0] >= '0' && token[0] <= '9' {
				return new(big.Rat).SetString(token)
			}
			v, ok := above[token]
			return v, ok
		}
		for _, decision := range doc.Decisions {
			computed := 0
			for _, s := range decision.Steps {
				v, ok := new(big.Rat).SetString(s.Value)
				if !ok || above[s.ID] != nil {
					t.Fatalf("%s: the value %q, or twice the same id", s.ID, s.Value)
				}
				if s.Expression != "" {
					computed++
					r := &reader{tokens: jsonTokens.FindAllString(s.Expression, -1), value: value}
					if got := r.comparison(); got.Cmp(v) != 0 || len(r.tokens) > 0 {
						t.Fatalf("%s = %s comes to %s, not %s", s.ID, s.Expression, got.RatString(), s.Value)
					}
				}
				above[s.ID] = v
			}
			if computed < 80 {
				t.Fatalf("only %d steps are computed", computed)
			}
			above[decision.Ruleset+":total"] = above["total"]
		}
		r := &reader{tokens: jsonTokens.FindAllString(doc.Total.Expression, -1), value: value}
		want := p.Regions[region]
		if r.comparison().RatString() != doc.Total.Value || doc.Total.Value != fmt.Sprint(want.Total) {
			t.Fatalf("total %s, the plan says %d", doc.Total.Value, want.Total)
		}
		for id, kronor := range map[string]int64{"earned": want.Earned, "performance": want.Performance, "remaining": want.Remaining, "claim": want.Claim, "leftover": p.Leftover, "unallocated": p.Unallocated} {
			if above[id] == nil || above[id].Cmp(new(big.Rat).SetInt64(kronor)) != 0 {
				t.Fatalf("%s is %v, the plan says %d", id, above[id], kronor)
			}
		}
	})
}

var (
	// A numbered line of the text, and how a line goes on.
	numbered = regexp.MustCompile(`^ *\d+\. `)
	onwards  = regexp.MustCompile(`^ {9}\S`)
	remark   = regexp.MustCompile(`^ {7}· `)

	textTokens = map[language.Language]*regexp.Regexp{
		language.Swedish: regexp.MustCompile(`\d+/\d+|\d{1,3}( \d{3})*( \d+/\d+)?|[a-zåäö]+|[-+−×÷>≥(),]`),
		language.English: regexp.MustCompile(`\d+/\d+|\d{1,3}(,\d{3})*( \d+/\d+)?|[a-z]+|[-+−×÷>≥(),]`),
	}
	inGrammar = map[string]string{
		"−": "-", "×": "*", "÷": "/", "≥": ">=", "avrunda": "roundhalfup", "nedåt": "floor", "uppåt": "ceil",
		"round": "roundhalfup", "down": "floor", "up": "ceil",
	}
)

// mixed reads 1 836 1/3, 1,836 1/3 or 1/3.
func mixed(token string) (*big.Rat, bool) {
	negative := strings.HasPrefix(token, "−")
	token = strings.TrimPrefix(token, "−")
	x := new(big.Rat)
	if i := strings.LastIndex(token, " "); strings.Contains(token, "/") {
		if _, ok := x.SetString(token[i+1:]); !ok {
			return nil, false
		}
		token = token[:max(i, 0)]
	}
	if digits := strings.NewReplacer(" ", "", ",", "").Replace(token); digits != "" {
		whole, ok := new(big.Rat).SetString(digits)
		if !ok {
			return nil, false
		}
		x.Add(x, whole)
	}
	if negative {
		x.Neg(x)
	}
	return x, true
}

// lines are the numbered lines of a text, each in one piece.
func lines(text string) []string {
	var list []string
	open := false
	for _, l := range strings.Split(text, "\n") {
		switch {
		case remark.MatchString(l):
			open = false
		case numbered.MatchString(l):
			list, open = append(list, numbered.ReplaceAllString(l, "")), true
		case open && onwards.MatchString(l):
			list[len(list)-1] += " " + strings.TrimSpace(l)
		default:
			open = false
		}
	}
	return list
}

// Every line of the text recomputes from the numbers put in, and the numbers
// stand above it.
func TestExplanationRecomputesFromText(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		_, _, d := explained(t)
		l := rapid.SampledFrom([]language.Language{language.Swedish, language.English}).Draw(t, "language")
		var out bytes.Buffer
		if err := report.Explanation(&out, []*explain.Derivation{d}, l, false); err != nil {
			t.Fatal(err)
		}
		computed := 0
		for _, line := range lines(out.String()) {
			parts := strings.Split(line, " = ")
			if len(parts) < 2 {
				t.Fatalf("%q has no result", line)
			}
			result := strings.TrimSuffix(parts[len(parts)-1], " kr")
			result, _, _ = strings.Cut(result, " (")
			want, ok := mixed(result)
			if !ok {
				t.Fatalf("%q: the result is no number", line)
			}
			if len(parts) == 2 {
				continue
			}
			tokens := textTokens[l].FindAllString(parts[1], -1)
			// A minus at the start, or behind an operation, is a sign.
			for i := 0; i+1 < len(tokens); i++ {
				if tokens[i] == "−" && (i == 0 || slices.Contains([]string{"+", "−", "×", "÷", "(", ",", ">", "≥"}, tokens[i-1])) {
					tokens[i+1] = "−" + tokens[i+1]
					tokens = append(tokens[:i], tokens[i+1:]...)
				}
			}
			for i, token := range tokens {
				if word, ok := inGrammar[token]; ok {
					tokens[i] = word
				}
			}
			r := &reader{tokens: tokens, value: mixed}
			if got := r.comparison(); got.Cmp(want) != 0 || len(r.tokens) > 0 {
				t.Fatalf("%q comes to %s", line, got.RatString())
			}
			before, _, _ := strings.Cut(strings.Join(strings.Fields(out.String()), " "), parts[1]+" =")
			for _, n := range regexp.MustCompile(`\d{1,3}(?:[ ,]\d{3})+`).FindAllString(parts[1], -1) {
				if !strings.Contains(before, n) {
					t.Fatalf("%q: %s stands nowhere above", line, n)
				}
			}
			computed++
		}
		if computed < 15 {
			t.Fatalf("only %d lines are computed", computed)
		}
		for _, line := range strings.Split(out.String(), "\n") {
			if n := len([]rune(line)); n > 100 && !strings.Contains(line, "  ") && !strings.HasPrefix(line, "──") {
				t.Errorf("%d columns: %s", n, line)
			}
		}
	})
}
