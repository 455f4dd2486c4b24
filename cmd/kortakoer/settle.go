package main

import (
	"bytes"
	"errors"

	"github.com/spf13/cobra"

	"github.com/kortakoer/kortakoer/allocation"
	"github.com/kortakoer/kortakoer/internal/report"
	"github.com/kortakoer/kortakoer/internal/workbook"
	"github.com/kortakoer/kortakoer/rules"
)

// settleOptions are the flags of settle.
type settleOptions struct {
	outputFlags
	inputFlags
}

func newSettle(s streams) *cobra.Command {
	o := &settleOptions{outputFlags{streams: s, forms: usualForms(), fallback: "aterkrav"}, inputFlags{}}
	cmd := &cobra.Command{
		Use:   "settle REPORTS --paid FILE",
		Short: "Set reports of use against payments and tell what is repaid",
		Long: `Set the regions' reports of use against what they were paid, and write the
basis that repayments are invoiced from. REPORTS has the columns region, använt
belopp, syfte uppnått (ja or nej) and datum, the day it came in. A region whose
report is late or missing repays all, as does one that did not meet the purpose;
else what it did not use. The last day is the rule set's report.deadline. Run it
when that day has passed: what is not in REPORTS is missing.

In both files a column beslut can name the decision of a row; rows of other
decisions than that of --rules are passed over.`,
		Example: `  kortakoer settle rapporter.xlsx --paid utbetalt.csv
  kortakoer settle rapporter.csv --paid utbetalt.csv --payees mottagare.csv -o aterkrav.xlsx
  kortakoer settle rapporter.csv --paid utbetalt.csv --set report.deadline=2026-02-28
  kortakoer settle rapporter.csv --paid utbetalt.csv --format csv -o -`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return withHint("such as: kortakoer settle rapporter.xlsx --paid utbetalt.csv", "settle needs one file with reports of use")
			}
			return nil
		},
		ValidArgsFunction: completeTables,
		RunE: func(_ *cobra.Command, args []string) error {
			o.request.Reports, o.request.Stdin = args[0], s.in
			return o.run()
		},
	}
	f := cmd.Flags()
	f.StringVar(&o.request.Paid, "paid", "", "`FILE` with region and belopp that was paid (needed)")
	f.StringVar(&o.request.Payees, "payees", "", "`FILE` with region, organisationsnummer and referens, for the invoices")
	complete(cmd, map[string]cobra.CompletionFunc{"paid": completeTables, "payees": completeTables})
	o.inputFlags.add(cmd, false)
	o.outputFlags.add(cmd, "print no table and no notes, only warnings and errors")
	o.addStrict(cmd)
	return cmd
}

func (o *settleOptions) run() error {
	if o.request.Paid == "" {
		return withHint("such as --paid utbetalt.csv, with the columns region and belopp", "settle needs the payments")
	}
	rs, err := o.rules.loadOne()
	if err != nil {
		return err
	}
	if !rs.ReportBy.Set {
		return noReportDay(rs)
	}
	to, err := o.target(rs.ID)
	if err != nil {
		return err
	}
	errOutput := to.mayWrite(o.force, o.inputs())
	scope, errScope := scopeOf(rs)
	in, errRead := o.read(scope)
	if in == nil {
		return errors.Join(errScope, errRead, errOutput)
	}
	s, err := allocation.Settle(rs, in) // what could be read is checked all the same
	if err := errors.Join(errScope, errRead, errOutput, err); err != nil {
		return err
	}
	if err := o.refuse(rs, s.Warnings, s.Assumptions()); err != nil {
		return err
	}
	tellFiles(o.streams, o.quiet, in)
	o.note("settled: %d payments and %d reports of %s", s.Payments, s.Reports, rs.ID)
	o.tell(rs, s.Assumptions(), s.Warnings, s.Notes)
	if s.Repay > 0 {
		o.note("a region that was also paid too much owes the larger of the two, not both: report final tells what it owes in all")
	}
	var content bytes.Buffer
	switch to.format {
	case "csv":
		err = report.SettlementCSV(&content, s)
	case "json":
		err = report.SettlementJSON(&content, s, o.lang(), versionText())
	default:
		err = workbook.WriteSettlement(&content, s, workbook.Options{Language: o.lang(), Version: versionText()})
	}
	if err != nil {
		return err
	}
	if err := o.deliver(to, content.Bytes()); err != nil || o.quiet || to.path == "-" {
		return err
	}
	if err := report.SettlementSummary(o.out, s, o.lang(), colour(o.out)); err != nil {
		return err
	}
	o.wrote(to)
	return nil
}

func noReportDay(rs *rules.RuleSet) error {
	return withHint("name it with --set report.deadline=2026-02-28, or in the rule set", "%s does not say by when use must be reported (report.deadline)", rs.ID)
}
