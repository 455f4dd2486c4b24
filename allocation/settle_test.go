package allocation_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/kortakoer/kortakoer/allocation"
	"github.com/kortakoer/kortakoer/rules"
)

// drawReports makes payments and reports of two decisions. Small amounts make
// equal ones common, and the days lie around the last one, 2026-02-28.
func drawReports(t *rapid.T) *allocation.Input {
	in := &allocation.Input{}
	amount := rapid.Int64Range(0, rapid.SampledFrom([]int64{3, 1_000_000_000_000}).Draw(t, "most"))
	for _, r := range rules.Regions() {
		for _, decision := range []string{"s2025-01233", "s2025-00401"} {
			for range rapid.IntRange(0, 2).Draw(t, "payments") {
				in.Payments = append(in.Payments, allocation.Payment{Region: r.Code, Decision: decision, Kronor: amount.Draw(t, "paid")})
			}
			if rapid.IntRange(0, 3).Draw(t, "reports") > 0 {
				in.Reports = append(in.Reports, allocation.UseReport{
					Region: r.Code, Decision: decision, Used: amount.Draw(t, "used"), PurposeMet: rapid.IntRange(0, 3).Draw(t, "met") > 0,
					Date: rapid.SampledFrom([]string{"2025-12-31", "2026-02-27", "2026-02-28", "2026-03-01", "2027-01-01"}).Draw(t, "date"),
				})
			}
		}
	}
	// A file that names no decision is of the one in use.
	if rapid.Bool().Draw(t, "unnamed") {
		for i := range in.Payments {
			if in.Payments[i].Decision == "s2025-01233" {
				in.Payments[i].Decision = ""
			}
		}
	}
	return in
}

// Conservation: what was paid is kept or repaid, region by region. The order of
// the rows changes nothing, and the other decision's rows count there instead.
func TestSettlementConserves(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in := drawReports(t)
		rs := ruleSet(t, "s2025-01233")
		s, err := allocation.Settle(rs, in)
		if err != nil {
			t.Fatal(err)
		}
		var paid, repay int64
		for i, r := range s.Regions {
			var own int64
			for _, p := range in.Payments {
				if p.Region == r.Region.Code && p.Decision != "s2025-00401" {
					own += p.Kronor
				}
			}
			if r.Paid != own || r.Kept+r.Repay != own || r.Repay < 0 || r.Kept < 0 {
				t.Fatalf("region %d: paid %d, kept %d, repaid %d", i, own, r.Kept, r.Repay)
			}
			// What a region may keep, said the other way round than in the code.
			may := int64(0)
			if r.Report != nil && r.Report.Date <= "2026-02-28" && r.Report.PurposeMet {
				may = min(own, r.Report.Used)
			}
			if r.Kept != may {
				t.Fatalf("region %d keeps %d of %d, may keep %d: %+v", i, r.Kept, own, may, r.Report)
			}
			paid += own
			repay += r.Repay
		}
		if s.Paid != paid || s.Repay != repay || s.Kept != paid-repay {
			t.Fatalf("sums: paid %d, kept %d, repaid %d", s.Paid, s.Kept, s.Repay)
		}
		if s.Payments+s.OtherPayments != len(in.Payments) || s.Reports+s.OtherReports != len(in.Reports) {
			t.Fatal("a row is unaccounted for")
		}
		other := *in
		other.Payments = rapid.Permutation(in.Payments).Draw(t, "payments")
		other.Reports = rapid.Permutation(in.Reports).Draw(t, "reports")
		again, err := allocation.Settle(rs, &other)
		if err != nil {
			t.Fatal(err)
		}
		for i, r := range again.Regions {
			if r.Repay != s.Regions[i].Repay || r.Outcome != s.Regions[i].Outcome {
				t.Fatalf("another order repays %d instead of %d", r.Repay, s.Regions[i].Repay)
			}
		}
	})
}

// More use never repays more, and a report never repays more than none.
func TestMoreUseNeverRepaysMore(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in := drawReports(t)
		rs := ruleSet(t, "s2025-01233")
		before, err := allocation.Settle(rs, in)
		if err != nil {
			t.Fatal(err)
		}
		in.Reports = slices.Clone(in.Reports)
		for i := range in.Reports {
			in.Reports[i].Used += rapid.Int64Range(0, 5).Draw(t, "more")
		}
		more, err := allocation.Settle(rs, in)
		if err != nil {
			t.Fatal(err)
		}
		in.Reports = nil
		none, err := allocation.Settle(rs, in)
		if err != nil {
			t.Fatal(err)
		}
		for i := range before.Regions {
			if more.Regions[i].Repay > before.Regions[i].Repay || before.Regions[i].Repay > none.Regions[i].Repay {
				t.Fatalf("region %d repays %d, with more use %d, without a report %d", i, before.Regions[i].Repay, more.Regions[i].Repay, none.Regions[i].Repay)
			}
		}
	})
}

func TestSettlementRefuses(t *testing.T) {
	at := func(row int) allocation.Origin { return allocation.Origin{File: "r.csv", Row: row, Column: 1} }
	report := allocation.UseReport{Region: "01", Used: 1, PurposeMet: true, Date: "2026-01-01", Origin: at(2)}
	named, undated := report, report
	named.Decision, named.Origin = "s2025-01233", at(3)
	undated.Region, undated.Date, undated.Origin = "03", "", at(4)
	in := &allocation.Input{
		Reports:  []allocation.UseReport{report, named, undated},
		Payments: []allocation.Payment{{Region: "00", Kronor: 1, Origin: at(5)}, {Region: "03", Kronor: -1, Origin: at(6)}},
	}
	_, err := allocation.Settle(ruleSet(t, "s2025-01233"), in)
	if err == nil {
		t.Fatal("nothing was refused")
	}
	want := []string{
		`r.csv:5:1 (A5): region "00", 1 kronor: not a payment`, `r.csv:6:1 (A6): region "03", -1 kronor: not a payment`,
		"r.csv:3:1 (A3): 01 Stockholm has a report of s2025-01233 already at r.csv:2:1 (A2); keep one of them, or name the decision of each",
		`r.csv:4:1 (A4): region "03", 1 kronor, date "": not a report of use`,
	}
	if diff := cmp.Diff(want, strings.Split(err.Error(), "\n")); diff != "" {
		t.Error(diff)
	}
	if _, err := allocation.Settle(ruleSet(t, "exempel-2026"), &allocation.Input{}); !errors.Is(err, allocation.ErrNoReportDay) {
		t.Errorf("without a last day: %v", err)
	}
}
