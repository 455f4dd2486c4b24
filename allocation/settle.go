package allocation

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/kortakoer/kortakoer/rules"
)

// Settlement is what the regions reported of their use of the grant set
// against what they were paid, and what they are invoiced back.
type Settlement struct {
	Rules   *rules.RuleSet
	Input   *Input
	Regions []RegionSettlement // all 21, in order of code

	Paid, Used, Kept, Repay int64 // kronor; Paid = Kept + Repay

	Payments, Reports           int // rows of this rule set
	OtherPayments, OtherReports int // rows of other decisions, passed over

	Warnings []string
	Notes    []string
}

// RegionSettlement is the settlement of one region.
type RegionSettlement struct {
	Region  rules.Region
	Payee   Payee // empty where no file says
	Paid    int64
	Report  *UseReport // nil where there is none
	Outcome Outcome
	Repay   int64
	Kept    int64
}

// Outcome is what the report of a region comes to.
type Outcome string

// The outcomes, in the order in which they are tried. The conditions are those
// of Socialstyrelsen's page on S2025/00401: "Bidrag som helt eller delvis inte
// har använts eller inte har använts för det avsedda ändamålet … ska
// återbetalas"; "Ett villkor är att återrapporteringen sker inom den angivna
// tidsramen."
const (
	NotPaid       Outcome = "not_paid"        // nothing to settle
	NotReported   Outcome = "missing"         // all is repaid
	ReportedLate  Outcome = "late"            // all is repaid
	PurposeNotMet Outcome = "purpose_not_met" // all is repaid
	UnusedPart    Outcome = "unused"          // what was not used is repaid
	UsedInFull    Outcome = "reported"        // nothing is repaid
)

// termsOf is the decision whose conditions of repayment the outcomes apply.
const termsOf = "S2025/00401"

// Borrowed reports whether the conditions are assumed to hold: no decision
// that the rule set names says so.
func (s *Settlement) Borrowed() bool {
	return !s.Rules.ReportTerms.Set || slices.ContainsFunc(s.Assumptions(), func(a rules.Assumption) bool { return a.Key == "report.terms" })
}

// Used is what the region says it used, in kronor.
func (r RegionSettlement) Used() int64 {
	if r.Report == nil {
		return 0
	}
	return r.Report.Used
}

// Overused is what the region used beyond what it was paid.
func (r RegionSettlement) Overused() int64 { return max(0, r.Used()-r.Paid) }

// ErrNoReportDay means that the rule set names no last day for reports.
var ErrNoReportDay = errors.New("the rule set has no report.deadline")

// Settle computes what every region repays. Payments and reports of other
// decisions are passed over and counted; those that name none belong to the
// rule set. The order of the input changes no krona. The error joins every
// *Fault of the input, or is ErrNoReportDay.
func Settle(rs *rules.RuleSet, in *Input) (*Settlement, error) {
	if !rs.ReportBy.Set {
		return nil, ErrNoReportDay
	}
	s := &Settlement{Rules: rs, Input: in, Warnings: slices.Clone(in.Warnings)}
	for _, r := range rules.Regions() {
		s.Regions = append(s.Regions, RegionSettlement{Region: r})
	}
	if err := s.take(); err != nil {
		return nil, err
	}
	for i := range s.Regions {
		r := &s.Regions[i]
		r.Outcome = outcome(r.Paid, r.Report, rs.ReportBy.V)
		switch r.Outcome {
		case NotReported, ReportedLate, PurposeNotMet:
			r.Repay = r.Paid
		case UnusedPart:
			r.Repay = r.Paid - r.Report.Used
		case NotPaid, UsedInFull:
		}
		r.Kept = r.Paid - r.Repay
		s.Paid += r.Paid
		s.Used += r.Used()
		s.Kept += r.Kept
		s.Repay += r.Repay
	}
	s.remark()
	return s, s.conserved()
}

// outcome tries the conditions in order. Days are compared as text, which in
// the form 2026-02-28 is their order.
func outcome(paid int64, report *UseReport, deadline string) Outcome {
	switch {
	case paid == 0:
		return NotPaid
	case report == nil:
		return NotReported
	case report.Date > deadline:
		return ReportedLate
	case !report.PurposeMet:
		return PurposeNotMet
	case report.Used < paid:
		return UnusedPart
	}
	return UsedInFull
}

// take sums the payments and finds the report of each region.
func (s *Settlement) take() error {
	var faults []error
	fault := func(at Origin, format string, args ...any) {
		faults = append(faults, &Fault{at, fmt.Sprintf(format, args...)})
	}
	for _, p := range s.Input.Payments {
		i := rules.RegionIndex(p.Region)
		switch {
		case i < 0 || p.Kronor < 0:
			fault(p.Origin, "region %q, %d kronor: not a payment", p.Region, p.Kronor)
		case !concerns(p.Decision, s.Rules):
			s.OtherPayments++
		default:
			s.Payments++
			s.Regions[i].Paid += p.Kronor
		}
	}
	for k, u := range s.Input.Reports {
		i := rules.RegionIndex(u.Region)
		switch {
		case i < 0 || u.Used < 0 || u.Date == "":
			fault(u.Origin, "region %q, %d kronor, date %q: not a report of use", u.Region, u.Used, u.Date)
		case !concerns(u.Decision, s.Rules):
			s.OtherReports++
		case s.Regions[i].Report != nil: // one names the decision, the other none
			fault(u.Origin, "%s has a report of %s already at %s; keep one of them, or name the decision of each", regionName(u.Region), s.Rules.ID, s.Regions[i].Report.Origin)
		default:
			s.Reports++
			s.Regions[i].Report = &s.Input.Reports[k]
		}
	}
	for i, r := range s.Regions {
		s.Regions[i].Payee = s.Input.Payee(r.Region.Code)
	}
	return errors.Join(faults...)
}

// remark says what is odd about single regions but changes no krona.
func (s *Settlement) remark() {
	note := func(format string, args ...any) { s.Notes = append(s.Notes, fmt.Sprintf(format, args...)) }
	if !s.Rules.ReportTerms.Set {
		note("the conditions of repayment are those of Socialstyrelsen's page on %s; that they hold for %s too is assumed", termsOf, s.Rules.ID)
	}
	if n := s.OtherPayments; n > 0 {
		note("payments of other decisions than %s, passed over: %d", s.Rules.ID, n)
	}
	if n := s.OtherReports; n > 0 {
		note("reports of other decisions than %s, passed over: %d", s.Rules.ID, n)
	}
	for _, p := range s.Input.Payments {
		i := rules.RegionIndex(p.Region)
		if report := s.Regions[i].Report; report != nil && concerns(p.Decision, s.Rules) && p.Date > report.Date {
			s.Warnings = append(s.Warnings, fmt.Sprintf("%s reported its use on %s, before it was paid on %s: check the year", regionName(p.Region), report.Date, p.Date))
		}
	}
	for _, r := range s.Regions {
		name := regionName(r.Region.Code)
		switch {
		case r.Outcome == NotPaid && r.Report != nil:
			note("%s has reported %d kronor, but there is no payment to settle", name, r.Used())
		case r.Overused() > 0 && r.Outcome == UsedInFull:
			note("%s has used %d kronor more than it was paid; that is not reimbursed", name, r.Overused())
		}
		if r.Repay > 0 && len(s.Input.Payees) > 0 && r.Payee.OrganisationNumber == "" {
			s.Warnings = append(s.Warnings, name+" is to repay, but the file of payees has no organisation number for it")
		}
	}
}

// conserved checks on every run that what was paid is kept or repaid, to the
// krona, by each region and in all.
func (s *Settlement) conserved() error {
	var paid int64
	for _, p := range s.Input.Payments {
		if concerns(p.Decision, s.Rules) {
			paid += p.Kronor
		}
	}
	for _, r := range s.Regions {
		if r.Repay < 0 || r.Repay > r.Paid || r.Kept+r.Repay != r.Paid {
			return fmt.Errorf("allocation: region %s repays %d of %d kronor; please report this", r.Region.Code, r.Repay, r.Paid)
		}
	}
	if s.Paid != paid || s.Kept+s.Repay != paid {
		return fmt.Errorf("allocation: %d kept + %d repaid is not the %d kronor paid; please report this", s.Kept, s.Repay, paid)
	}
	return nil
}

// Assumptions returns the assumptions that a settlement rests on: those about
// reports, not those about operations.
func (s *Settlement) Assumptions() []rules.Assumption {
	var list []rules.Assumption
	for _, a := range s.Rules.Assumptions(rules.Uses{Reports: true}) {
		if strings.HasPrefix(a.Key, "report.") {
			list = append(list, a)
		}
	}
	return list
}
