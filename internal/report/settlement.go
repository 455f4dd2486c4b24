package report

import (
	"encoding/csv"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"

	"github.com/kortakoer/kortakoer/allocation"
	"github.com/kortakoer/kortakoer/internal/language"
)

// SettlementCSV writes one line per region in order of code, in whole kronor.
// A region without a report has no date.
func SettlementCSV(w io.Writer, s *allocation.Settlement) error {
	records := [][]string{{"code", "region", "paid", "used", "reported", "status", "repay"}}
	for _, r := range s.Regions {
		date := ""
		if r.Report != nil {
			date = r.Report.Date
		}
		records = append(records, []string{
			r.Region.Code, r.Region.Name, strconv.FormatInt(r.Paid, 10), strconv.FormatInt(r.Used(), 10), date, string(r.Outcome), strconv.FormatInt(r.Repay, 10),
		})
	}
	return csv.NewWriter(w).WriteAll(records)
}

// The JSON form of a settlement.
type (
	settlement struct {
		Ruleset     string          `json:"ruleset"`
		RulesSHA256 string          `json:"rules_sha256"`
		Version     string          `json:"version"`
		Deadline    string          `json:"deadline"`
		Overrides   []override      `json:"overrides"`
		Assumptions []assumption    `json:"assumptions"`
		Inputs      []input         `json:"inputs"`
		Payments    int             `json:"payments"`
		Reports     int             `json:"reports"`
		Passed      passed          `json:"passed_over"`
		Warnings    []string        `json:"warnings"`
		Notes       []string        `json:"notes"`
		Regions     []settledRegion `json:"regions"`
		Paid        int64           `json:"paid"`
		Used        int64           `json:"used"`
		Kept        int64           `json:"kept"`
		Repay       int64           `json:"repay"`
	}
	passed struct {
		Payments int `json:"payments"`
		Reports  int `json:"reports"`
	}
	settledRegion struct {
		Code               string     `json:"code"`
		Name               string     `json:"name"`
		OrganisationNumber string     `json:"organisation_number,omitempty"`
		Reference          string     `json:"reference,omitempty"`
		Paid               int64      `json:"paid"`
		Report             *useReport `json:"report"`
		Status             string     `json:"status"`
		Kept               int64      `json:"kept"`
		Repay              int64      `json:"repay"`
		Reason             string     `json:"reason,omitempty"`
		Paragraph          string     `json:"paragraph,omitempty"`
		Source             string     `json:"source,omitempty"`
	}
	useReport struct {
		Used       int64  `json:"used"`
		PurposeMet bool   `json:"purpose_met"`
		Date       string `json:"date"`
	}
)

// SettlementJSON writes the settlement with what every claim rests on.
func SettlementJSON(w io.Writer, s *allocation.Settlement, l language.Language, version string) error {
	d := settlement{
		Ruleset: s.Rules.ID, RulesSHA256: s.Rules.SHA256, Version: version, Deadline: s.Rules.ReportBy.V,
		Overrides: overridesOf(s.Rules), Assumptions: []assumption{}, Inputs: inputsOf(s.Input),
		Payments: s.Payments, Reports: s.Reports, Passed: passed{s.OtherPayments, s.OtherReports},
		Warnings: append([]string{}, s.Warnings...), Notes: append([]string{}, s.Notes...),
		Paid: s.Paid, Used: s.Used, Kept: s.Kept, Repay: s.Repay,
	}
	for _, a := range s.Assumptions() {
		d.Assumptions = append(d.Assumptions, assumption(a))
	}
	for _, r := range s.Regions {
		out := settledRegion{
			Code: r.Region.Code, Name: r.Region.Name, OrganisationNumber: r.Payee.OrganisationNumber, Reference: r.Payee.Reference,
			Paid: r.Paid, Status: string(r.Outcome), Kept: r.Kept, Repay: r.Repay,
		}
		if r.Report != nil {
			out.Report = &useReport{r.Report.Used, r.Report.PurposeMet, r.Report.Date}
		}
		if r.Repay > 0 {
			out.Reason = l.Text(language.Key("reason." + r.Outcome))
			out.Paragraph, out.Source = l.Text(language.Key("terms."+r.Outcome)), l.Text("settle.source")
		}
		d.Regions = append(d.Regions, out)
	}
	return writeJSON(w, d)
}

// SettlementSummary prints the settlement of every region as a table, and
// under it the day that it hangs on.
func SettlementSummary(w io.Writer, s *allocation.Settlement, l language.Language, colour bool) error {
	header := table.Row{l.Text("region"), l.Text("settle.outcome"), l.Text("settle.date"), l.Text("settle.paid"), l.Text("settle.used"), l.Text("settle.repay")}
	t := newTable(SummaryOptions{Colour: colour}, header)
	amounts(t, 4, len(header))
	claims := 0
	for _, r := range s.Regions {
		date := ""
		if r.Report != nil {
			date = r.Report.Date
		}
		if r.Repay > 0 {
			claims++
		}
		t.AppendRow(table.Row{r.Region.Code + " " + r.Region.Name, l.Text(language.Key("outcome." + r.Outcome)), date, l.Whole(r.Paid), l.Whole(r.Used()), l.Whole(r.Repay)})
	}
	t.AppendFooter(table.Row{l.Text("country"), "", "", l.Whole(s.Paid), l.Whole(s.Used), l.Whole(s.Repay)})
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n%s\n\n%s\n\n", s.Rules.Title, l.Text("decision", s.Rules.Decision.Reference, s.Rules.ID), t.Render())
	fmt.Fprintf(&b, "%s\n%s\n", l.Text("settle.claims", claims, l.Whole(s.Repay), l.Whole(s.Paid)), deadline(s, l))
	if s.Borrowed() {
		fmt.Fprintln(&b, l.Text("settle.borrowed"))
	}
	return writePlain(w, b.String())
}

// deadline says by when reports were due, and where that is not stated by any
// decision.
func deadline(s *allocation.Settlement, l language.Language) string {
	line := l.Text("settle.deadline", s.Rules.ReportBy.V)
	for _, a := range s.Assumptions() {
		if a.Key == "report.deadline" {
			return line + " " + l.Text("settle.assumed", a.Reason)
		}
	}
	for _, o := range s.Rules.Overrides() {
		if o.Key == "report.deadline" {
			return line + " " + l.Text("settle.set")
		}
	}
	return line
}
