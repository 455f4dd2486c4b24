// Package allocation computes who gets how much: Allocate turns a rule set and
// what was read into a Plan that keeps every intermediate value, so that each
// output only prints.
//
// It is exact: integers and fractions only, one rounding (RoundHalfUp) and one
// way to divide whole kronor (Apportion). It reads no file and no clock. Units
// are kronor, operations and inhabitants.
package allocation

import (
	"errors"
	"fmt"
	"math/big"
	"slices"
	"strings"

	"github.com/kortakoer/kortakoer/rules"
)

// ErrExceedsPool means that the regions earn more than there is: a rule set
// whose ceilings sum to more than the pool. Nothing is scaled down silently.
var ErrExceedsPool = errors.New("the regions earn more than the pool")

// Allocate computes the plan. The order of the input changes no krona. The
// error joins every *Fault of the input, or wraps ErrExceedsPool.
func Allocate(rs *rules.RuleSet, in *Input) (*Plan, error) {
	return AllocateRounding(rs, in, RoundSum)
}

// Rounder turns what a region's areas earn, as exact fractions, into whole
// kronor.
type Rounder func(areas []*big.Rat) int64

// RoundSum is the rounding of the rules: the sum of the areas, half up.
func RoundSum(areas []*big.Rat) int64 {
	sum := new(big.Rat)
	for _, a := range areas {
		sum.Add(sum, a)
	}
	return RoundHalfUp(sum)
}

// AllocateRounding is Allocate with another rounding of what is earned: not to
// pay by, but to find out how somebody else arrived at an amount.
func AllocateRounding(rs *rules.RuleSet, in *Input, round Rounder) (*Plan, error) {
	j, err := judge(rs, in)
	if err != nil {
		return nil, err
	}
	p := &Plan{
		Rules: rs, Input: in,
		Counts: j.counts, Means: j.means, Tally: j.tally(),
		Warnings: slices.Concat(in.Warnings, j.warnings),
	}
	if err := p.Tally.balanced(); err != nil {
		return nil, err
	}
	for _, a := range rs.Areas {
		p.Areas = append(p.Areas, AreaPlan{Area: a})
	}
	for i := range rules.Regions() {
		p.Regions = append(p.Regions, p.region(i, j, round))
	}
	p.equalBlock()
	for i, r := range p.Regions {
		p.Equal += r.Equal
		p.Performance += r.Performance
		for a, area := range r.Areas {
			p.Areas[a].Count += area.Count
		}
		p.Regions[i].Total = r.Equal + r.Performance
	}
	p.Leftover = rs.Pool.V - p.Equal - p.Performance
	if p.Leftover < 0 {
		return nil, fmt.Errorf("%w: equal block %d + performance %d > %d kronor; lower the ceilings, which sum to %d", ErrExceedsPool, p.Equal, p.Performance, rs.Pool.V, sum(rs.Ceilings.V))
	}
	p.divideLeftover()
	p.settle()
	p.remark()
	return p, p.conserved()
}

// region computes steps 1 and 2: what the region's operations earn, and what
// of it the ceiling lets through (Bilaga 1).
func (p *Plan) region(i int, j *judgement, round Rounder) RegionPlan {
	rs := p.Rules
	r := RegionPlan{
		Region:      rules.Regions()[i],
		Population:  p.Input.Population.Inhabitants[i],
		Ceiling:     rs.Ceilings.V[i],
		Need:        rs.Need.V[i],
		EarnedExact: new(big.Rat),
	}
	r.Requisition = standing(rs, p.Input.Requisitions, r.Region.Code)
	var earned []*big.Rat
	for _, a := range rs.Areas {
		area := j.regionArea(rs, r.Region.Code, a)
		r.Areas = append(r.Areas, area)
		r.EarnedExact.Add(r.EarnedExact, area.Earned)
		earned = append(earned, area.Earned)
	}
	r.Earned = round(earned)
	if r.Requisition.Valid() {
		r.Performance = min(r.Earned, r.Ceiling)
	}
	return r
}

// regionArea computes the increase over the baseline and its worth. A fall in
// one area never offsets a rise in another.
func (j *judgement) regionArea(rs *rules.RuleSet, region string, a rules.Area) RegionArea {
	area := RegionArea{Count: j.sums[cell{region, a.ID, rs.Year()}]}
	if mean, ok := j.given[pair{region, a.ID}]; ok {
		area.Mean, area.Given = mean.Rat(), true
	} else {
		var total int64
		for _, y := range rs.Baseline.Years.V {
			n := j.sums[cell{region, a.ID, y}]
			area.ByYear = append(area.ByYear, n)
			total += n
		}
		area.Mean = big.NewRat(total, int64(len(area.ByYear)))
	}
	area.Baseline = RoundBaseline(area.Mean, rs.Baseline.Rounding.V)
	area.Increase = new(big.Rat).Sub(new(big.Rat).SetInt64(area.Count), area.Baseline)
	if area.Increase.Sign() < 0 {
		area.Increase.SetInt64(0)
	}
	area.Earned = new(big.Rat).Mul(new(big.Rat).SetInt64(a.Rate.V), area.Increase)
	return area
}

// standing says whether the region may be paid: where the rule set demands a
// requisition, it must have come in by the deadline.
func standing(rs *rules.RuleSet, requisitions []Requisition, code string) Standing {
	if !rs.Demands() {
		return Standing{Status: NotDemanded}
	}
	for _, q := range requisitions {
		if q.Region != code || !concerns(q.Decision, rs) {
			continue
		}
		if q.Date > rs.Deadline.V {
			return Standing{Status: Late, Date: q.Date}
		}
		return Standing{Status: InTime, Date: q.Date}
	}
	return Standing{Status: Missing}
}

// equalBlock computes step 3: equal shares over all 21 regions. The share of a
// region without a valid requisition stays in the leftover.
func (p *Plan) equalBlock() {
	weights := make([]*big.Int, len(p.Regions))
	for i := range weights {
		weights[i] = big.NewInt(1)
	}
	for i, portion := range Apportion(p.Rules.Equal.V, weights) {
		if p.Regions[i].Requisition.Valid() {
			p.Regions[i].Equal = portion.Amount()
		}
	}
}

// settle compares the totals with what has been paid before.
func (p *Plan) settle() {
	for i := range p.Regions {
		r := &p.Regions[i]
		for _, paid := range p.Input.Payments {
			if paid.Region == r.Region.Code && concerns(paid.Decision, p.Rules) {
				r.Paid += paid.Kronor
			}
		}
		r.Remaining = max(0, r.Total-r.Paid)
		r.Claim = max(0, r.Paid-r.Total)
		p.Total += r.Total
	}
}

// remark says what the rules made of single regions, and warns where payments
// pass the appropriation.
func (p *Plan) remark() {
	note := func(format string, args ...any) { p.Notes = append(p.Notes, fmt.Sprintf(format, args...)) }
	for _, r := range p.Regions {
		switch name := regionName(r.Region.Code); r.Requisition.Status {
		case Late:
			note("%s gets nothing: its requisition came in %s, after %s", name, r.Requisition.Date, p.Rules.Deadline.V)
		case Missing:
			note("%s gets nothing: no requisition had come in by %s", name, p.Rules.Deadline.V)
		case NotDemanded, InTime:
		}
		if r.Claim > 0 {
			note("%s has been paid %d kronor more than its total: a claim", regionName(r.Region.Code), r.Claim)
		}
	}
	p.doubt()
	others := 0
	for _, paid := range p.Input.Payments {
		if !concerns(paid.Decision, p.Rules) {
			others++
		}
	}
	if others > 0 {
		note("%d payments by other decisions are not counted here", others)
	}
	for _, a := range p.Ties() {
		note("%s: %d regions share the pot, because several tie for place %d", p.Areas[a].Area.ID, len(p.Areas[a].Pot.Ranked()), p.Rules.Leftover.Regions.V)
	}
	if a := p.Rules.Appropriation; a.Limit.Set && p.Total+a.OwnCosts.V > a.Limit.V {
		p.Warnings = append(p.Warnings, fmt.Sprintf("payments of %d and own costs of %d kronor pass the appropriation limit of %d", p.Total, a.OwnCosts.V, a.Limit.V))
	}
}

// doubt warns about dates before the decision and payments to nobody.
func (p *Plan) doubt() {
	warn := func(format string, args ...any) { p.Warnings = append(p.Warnings, fmt.Sprintf(format, args...)) }
	for _, paid := range p.Input.Payments {
		if concerns(paid.Decision, p.Rules) && paid.Date != "" && paid.Date < p.Rules.Decision.Date {
			warn("%s was paid on %s, before the decision of %s: check the year", regionName(paid.Region), paid.Date, p.Rules.Decision.Date)
		}
	}
	for _, q := range p.Input.Requisitions {
		if p.Rules.Demands() && concerns(q.Decision, p.Rules) && q.Date < p.Rules.Decision.Date {
			warn("the requisition of %s is of %s, before the decision of %s: check the year", regionName(q.Region), q.Date, p.Rules.Decision.Date)
		}
	}
	if len(p.Input.Payees) == 0 {
		return
	}
	var missing []string
	for _, r := range p.Regions {
		if r.Remaining+r.Claim > 0 && p.Input.Payee(r.Region.Code).OrganisationNumber == "" {
			missing = append(missing, regionName(r.Region.Code))
		}
	}
	if len(missing) > 0 {
		warn("no organisation number for %d regions that are paid or owe: %s", len(missing), strings.Join(missing, ", "))
	}
}

// conserved checks step 9 on every run: what the regions get and what nobody
// gets is the pool, to the krona.
func (p *Plan) conserved() error {
	var total int64
	for _, r := range p.Regions {
		total += r.Equal + r.Performance + r.Leftover
		if min(r.Equal, r.Performance, r.Leftover, r.Remaining, r.Claim) < 0 || r.Performance > r.Ceiling || r.Total != r.Equal+r.Performance+r.Leftover {
			return fmt.Errorf("allocation: region %s does not add up; please report this", r.Region.Code)
		}
	}
	if total != p.Total || total+p.Unallocated != p.Rules.Pool.V {
		return fmt.Errorf("allocation: %d paid + %d unallocated is not the pool of %d kronor; please report this", total, p.Unallocated, p.Rules.Pool.V)
	}
	return nil
}

func sum(values []int64) int64 {
	var s int64
	for _, v := range values {
		s += v
	}
	return s
}
