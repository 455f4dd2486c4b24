package allocation

import (
	"errors"
	"fmt"
	"math/big"
	"slices"

	"github.com/kortakoer/kortakoer/rules"
)

// Final is the closing account of a grant (slutredovisning): what the decisions
// were to pay, what was paid, what is owed back and what nobody got.
type Final struct {
	Grant       *Grant
	Settlements []*Settlement // in the order of the plans
	Accounts    []Account     // of each plan
	Sum         Account       // of all
	Warnings    []string      // of the plans and the settlements, each once
	Notes       []string
}

// Account is the money of one decision, in kronor. It is closed:
//
//	Pool = Decided + Unallocated
//	Decided = Paid + ToPay − Claimed
//	Paid = Net + Owed
type Account struct {
	Pool        int64
	Decided     int64 // what the regions are to get
	Unallocated int64
	Paid        int64 // paid so far
	ToPay       int64 // decided and not paid yet
	Claimed     int64 // paid beyond what was decided
	Repay       int64 // to be repaid by the reports of use
	Owed        int64 // what the regions owe back by both, no krona twice
	Net         int64 // Paid − Owed

	Regions []AccountRegion
	Areas   []AccountArea
}

// AccountRegion is one region's part of an account.
type AccountRegion struct {
	Region                    rules.Region
	Earned, Ceiling           int64
	Equal, Performance, Share int64 // Share is of the leftover
	Total, Paid, ToPay, Claim int64
	Used, Repay, Owed, Net    int64
	Outcome                   Outcome
}

// AccountArea is what the regions did in one area. Increase is the sum of
// their increases, without the falls of others.
type AccountArea struct {
	Area               rules.Area
	Operations         int64
	Baseline, Increase *big.Rat
	Earned             *big.Rat // kronor before ceilings
	Regions            []AccountCell
}

// AccountCell is one region's operations in one area.
type AccountCell struct {
	Operations                 int64
	Baseline, Increase, Earned *big.Rat
}

// Finish computes the closing account. The error joins every *Fault of the
// input.
func Finish(sets []*rules.RuleSet, in *Input) (*Final, error) {
	var errs []error
	if len(sets) > 1 {
		for _, r := range in.Reports {
			if r.Decision == "" {
				errs = append(errs, &Fault{Origin: r.Origin, Message: "on which decision's money is this report? With several rule sets the reports need a column beslut"})
			}
		}
	}
	settlements := make([]*Settlement, len(sets))
	for i, rs := range sets {
		var err error
		if settlements[i], err = Settle(rs, in); err != nil {
			errs = append(errs, flattened(err)...)
		}
	}
	if len(errs) > 0 {
		return nil, errors.Join(append(errs, CheckAll(sets, in))...)
	}
	g, err := AllocateAll(sets, in)
	if err != nil {
		return nil, err
	}
	f := &Final{Grant: g}
	for i, p := range g.Plans {
		a, err := account(p, settlements[i])
		if err != nil {
			return nil, err
		}
		f.Settlements, f.Accounts = append(f.Settlements, settlements[i]), append(f.Accounts, a)
		f.Sum.add(a)
	}
	f.remark()
	return f, f.Sum.closed("all decisions")
}

// remark names the regions that are both to be paid and owe: whoever pays or
// invoices must know of the other.
func (f *Final) remark() {
	for i, p := range f.Grant.Plans {
		for _, w := range slices.Concat(p.Warnings, f.Settlements[i].Warnings) {
			if !slices.Contains(f.Warnings, w) {
				f.Warnings = append(f.Warnings, w)
			}
		}
	}
	for i, a := range f.Accounts {
		for _, r := range a.Regions {
			if r.ToPay > 0 && r.Owed > 0 {
				f.Notes = append(f.Notes, fmt.Sprintf("%s: %s is still to be paid %d kronor, and owes %d", f.Grant.Plans[i].Rules.ID, regionName(r.Region.Code), r.ToPay, r.Owed))
			}
		}
	}
}

// account sets a plan against its settlement. A region that both was paid
// beyond its total and has money left keeps the least that both leave it.
func account(p *Plan, s *Settlement) (Account, error) {
	a := Account{Pool: p.Rules.Pool.V, Unallocated: p.Unallocated}
	for i, r := range p.Regions {
		back := s.Regions[i]
		out := AccountRegion{
			Region: r.Region, Earned: r.Earned, Ceiling: r.Ceiling, Equal: r.Equal, Performance: r.Performance, Share: r.Leftover,
			Total: r.Total, Paid: r.Paid, ToPay: r.Remaining, Claim: r.Claim, Used: back.Used(), Repay: back.Repay, Outcome: back.Outcome,
		}
		out.Owed = max(out.Claim, out.Repay)
		out.Net = out.Paid - out.Owed
		a.Decided += out.Total
		a.Paid += out.Paid
		a.ToPay += out.ToPay
		a.Claimed += out.Claim
		a.Repay += out.Repay
		a.Owed += out.Owed
		a.Net += out.Net
		a.Regions = append(a.Regions, out)
	}
	for k, area := range p.Rules.Areas {
		of := AccountArea{Area: area, Baseline: new(big.Rat), Increase: new(big.Rat), Earned: new(big.Rat)}
		for _, r := range p.Regions {
			c := r.Areas[k]
			of.Operations += c.Count
			of.Baseline.Add(of.Baseline, c.Baseline)
			of.Increase.Add(of.Increase, c.Increase)
			of.Earned.Add(of.Earned, c.Earned)
			of.Regions = append(of.Regions, AccountCell{c.Count, c.Baseline, c.Increase, c.Earned})
		}
		a.Areas = append(a.Areas, of)
	}
	if a.Paid != s.Paid {
		return a, fmt.Errorf("allocation: %s has paid %d kronor by the plan and %d by the settlement; please report this", p.Rules.ID, a.Paid, s.Paid)
	}
	return a, a.closed(p.Rules.ID)
}

// add sums what accounts have in common; the regions and areas stay apart.
func (a *Account) add(b Account) {
	a.Pool += b.Pool
	a.Decided += b.Decided
	a.Unallocated += b.Unallocated
	a.Paid += b.Paid
	a.ToPay += b.ToPay
	a.Claimed += b.Claimed
	a.Repay += b.Repay
	a.Owed += b.Owed
	a.Net += b.Net
}

// closed checks on every run that each krona of the pool is somewhere once.
func (a *Account) closed(of string) error {
	if a.Pool != a.Decided+a.Unallocated || a.Decided != a.Paid+a.ToPay-a.Claimed || a.Paid != a.Net+a.Owed || a.Owed < a.Claimed || a.Owed < a.Repay {
		return fmt.Errorf("allocation: the account of %s is not closed: %+v; please report this", of, *a)
	}
	return nil
}
