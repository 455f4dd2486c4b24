package explain_test

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/kortakoer/kortakoer/allocation"
	"github.com/kortakoer/kortakoer/internal/explain"
	"github.com/kortakoer/kortakoer/internal/randomcase"
)

// A plan in which one amount of the region, or one that it rests on, is a
// krona off is not explained.
func TestWhatDoesNotFollowIsRefused(t *testing.T) {
	spoils := map[string]func(p *allocation.Plan, region int){
		"earned":      func(p *allocation.Plan, i int) { p.Regions[i].Earned++ },
		"performance": func(p *allocation.Plan, i int) { p.Regions[i].Performance++ },
		"total":       func(p *allocation.Plan, i int) { p.Regions[i].Total++ },
		"remaining":   func(p *allocation.Plan, i int) { p.Regions[i].Remaining++ },
		"another's":   func(p *allocation.Plan, i int) { p.Regions[(i+1)%21].Performance++ },
		"count":       func(p *allocation.Plan, i int) { p.Regions[i].Areas[0].Count++ },
		"leftover":    func(p *allocation.Plan, _ int) { p.Leftover-- },
		"unallocated": func(p *allocation.Plan, _ int) { p.Unallocated++ },
		"pot":         func(p *allocation.Plan, i int) { p.Areas[0].Pot.Places[i].Share++ },
	}
	rapid.Check(t, func(t *rapid.T) {
		rs, err := randomcase.RuleSet(t, rapid.SampledFrom([]string{"s2025-01233", "s2025-00401"}).Draw(t, "rules")).With("leftover.enabled=true")
		if err != nil {
			t.Fatal(err)
		}
		c := randomcase.Fill(t, rs)
		p, err := allocation.Allocate(c.Rules, c.Input)
		if err != nil {
			t.Fatal(err)
		}
		region := rapid.IntRange(0, 20).Draw(t, "region")
		if _, err := explain.Explain(p, region, explain.Options{}); err != nil {
			t.Fatal(err)
		}
		what := rapid.SampledFrom([]string{"earned", "performance", "total", "remaining", "another's", "count", "leftover", "unallocated", "pot"}).Draw(t, "spoilt")
		spoils[what](p, region)
		d, err := explain.Explain(p, region, explain.Options{Rows: true})
		if err == nil || !strings.Contains(err.Error(), "please report this") {
			t.Fatalf("%s is a krona off, but explained as %v: %v", what, d.Total.Value, err)
		}
	})
}

// The text of an expression has the parentheses that its meaning needs, and no
// others.
func TestParentheses(t *testing.T) {
	id := func(s string) explain.Expr { return explain.Expr{Ref: s} }
	of := func(op explain.Op, args ...explain.Expr) explain.Expr { return explain.Expr{Op: op, Args: args} }
	a, b, c := id("a"), id("b"), explain.Expr{Number: 3}
	for want, e := range map[string]explain.Expr{
		"a + b - 3":         of(explain.Minus, of(explain.Plus, a, b), c),
		"a - (b + 3)":       of(explain.Minus, a, of(explain.Plus, b, c)),
		"a - (b - 3)":       of(explain.Minus, a, of(explain.Minus, b, c)),
		"(a + b) / 3":       of(explain.Over, of(explain.Plus, a, b), c),
		"a / (b * 3)":       of(explain.Over, a, of(explain.Times, b, c)),
		"a * b / 3":         of(explain.Over, of(explain.Times, a, b), c),
		"a + (b > 3)":       of(explain.Plus, a, of(explain.More, b, c)),
		"(a > b) > 3":       of(explain.More, of(explain.More, a, b), c),
		"a * b >= 3":        of(explain.AtLeast, of(explain.Times, a, b), c),
		"max(3, a - b)":     of(explain.Max, c, of(explain.Minus, a, b)),
		"floor(a / b) + 3":  of(explain.Plus, of(explain.Floor, of(explain.Over, a, b)), c),
		"a - min(b, 3) - b": of(explain.Minus, a, of(explain.Min, b, c), b),
	} {
		if got := e.String(); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}
