package allocation_test

import (
	"math/big"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/kortakoer/kortakoer/allocation"
	"github.com/kortakoer/kortakoer/rules"
)

// A year of random counts, payments and reports: the pool is what the regions
// keep, what they owe, what is still to pay, less what was paid too much, and
// what nobody got; every part is found again from the rows.
func TestYearIsConserved(t *testing.T) {
	sets := []*rules.RuleSet{ruleSet(t, "s2025-00401"), ruleSet(t, "s2025-01233")}
	rapid.Check(t, func(t *rapid.T) {
		most := rapid.SampledFrom([]int64{0, 3, 200}).Draw(t, "most")
		in := monthly(sets[0], func(int, int, int, int) int64 { return rapid.Int64Range(0, most).Draw(t, "n") })
		for _, rs := range sets {
			for _, r := range rules.Regions() {
				for range rapid.IntRange(0, 2).Draw(t, "payments") {
					in.Payments = append(in.Payments, allocation.Payment{Region: r.Code, Decision: rs.ID, Kronor: rapid.Int64Range(0, 60_000_000).Draw(t, "paid")})
				}
				if rapid.Bool().Draw(t, "reports") {
					in.Reports = append(in.Reports, allocation.UseReport{
						Region: r.Code, Decision: rs.ID, Used: rapid.Int64Range(0, 80_000_000).Draw(t, "used"),
						PurposeMet: rapid.Bool().Draw(t, "met"), Date: rapid.SampledFrom([]string{"2026-02-27", "2026-02-28", "2026-03-01"}).Draw(t, "date"),
					})
				}
			}
		}
		f, err := allocation.Finish(sets, in)
		if err != nil {
			t.Fatal(err)
		}
		for k, rs := range sets {
			a := f.Accounts[k]
			var net, owed, toPay, claims, paid int64
			for i, r := range rules.Regions() {
				var of, used int64
				kept := false
				for _, p := range in.Payments {
					if p.Region == r.Code && p.Decision == rs.ID {
						of += p.Kronor
					}
				}
				for _, u := range in.Reports {
					if u.Region == r.Code && u.Decision == rs.ID && u.PurposeMet && u.Date <= "2026-02-28" {
						used, kept = u.Used, true
					}
				}
				total := f.Grant.Plans[k].Regions[i].Total
				keeps := int64(0)
				if kept {
					keeps = min(of, used, total)
				}
				if of == 0 {
					keeps = 0
				}
				if got := a.Regions[i].Net; got != keeps {
					t.Fatalf("%s %s keeps %d of %d paid, used %d (%v), total %d: want %d", rs.ID, r.Name, got, of, used, kept, total, keeps)
				}
				net, paid, owed = net+keeps, paid+of, owed+of-keeps
				toPay += max(0, total-of)
				claims += max(0, of-total)
			}
			if diff := cmp.Diff([]int64{net, paid, owed, toPay, claims}, []int64{a.Net, a.Paid, a.Owed, a.ToPay, a.Claimed}); diff != "" {
				t.Errorf("%s (-want +got)\n%s", rs.ID, diff)
			}
			if rs.Pool.V != net+owed+toPay-claims+a.Unallocated {
				t.Errorf("%s: the pool of %d is not %d + %d + %d - %d + %d", rs.ID, rs.Pool.V, net, owed, toPay, claims, a.Unallocated)
			}
		}
	})
}

// The operations of the account are those of the counts.
func TestAccountCountsOperations(t *testing.T) {
	rs := ruleSet(t, "s2025-01233")
	// Region i does i+1 operations of each area in every month of 2025, and i
	// in the years before: 5 more in the period, in each of three areas.
	in := monthly(rs, func(region, _, year, _ int) int64 {
		if year == 2025 {
			return int64(region + 1)
		}
		return int64(region)
	})
	f, err := allocation.Finish([]*rules.RuleSet{rs}, in)
	if err != nil {
		t.Fatal(err)
	}
	a := f.Accounts[0]
	for _, area := range a.Areas {
		// 1 + 2 + … + 21 = 231 operations a month, 210 in the years before.
		if area.Operations != 231*5 || area.Baseline.Cmp(big.NewRat(210*5, 1)) != 0 || area.Increase.Cmp(big.NewRat(105, 1)) != 0 {
			t.Errorf("%s: %d operations, baseline %s, increase %s", area.Area.ID, area.Operations, area.Baseline, area.Increase)
		}
		for i, c := range area.Regions {
			if c.Operations != int64(i+1)*5 || c.Increase.Cmp(big.NewRat(5, 1)) != 0 {
				t.Errorf("%s, region %d: %d operations, increase %s", area.Area.ID, i, c.Operations, c.Increase)
			}
		}
		if area.Earned.Cmp(big.NewRat(105*area.Area.Rate.V, 1)) != 0 {
			t.Errorf("%s earns %s", area.Area.ID, area.Earned)
		}
	}
}
