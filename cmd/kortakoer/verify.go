package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/kortakoer/kortakoer/allocation"
	"github.com/kortakoer/kortakoer/internal/report"
	"github.com/kortakoer/kortakoer/internal/verify"
)

// verifyOptions are the flags of verify.
type verifyOptions struct {
	outputFlags
	inputFlags
	tables  []string // of --against: one
	against string
	column  string

	rulesGiven bool
}

func newVerify(s streams) *cobra.Command {
	o := &verifyOptions{outputFlags: outputFlags{streams: s}}
	cmd := &cobra.Command{
		Use:   "verify COUNTS... --against TABLE | verify WORKBOOK [COUNTS...]",
		Short: "Check a published table, or a workbook by its receipt",
		Long: `Compare a published table with what the counts give, to the krona. TABLE is CSV
or XLSX with regions and amounts, a workbook of calc, or a page of text copied
from a decision. Where it differs, every other reading, rounding, set of
baseline years, population and rule set is computed, and every row left out and
counted twice, to say what would give the table. A column of ceilings (maxtak)
is compared with the ceilings of the rule set, and so on; any other with the
total.

Without --against, check a workbook of calc: it is computed again from the
receipt that it carries, and every cell is named whose value or formula was
changed since. How cells look is not compared. With the files that it was
computed from, and the same --rules and --set, those are compared with the
receipt: one that was changed together with the cells is found so.

Exit code 0: no difference but accepted ones; 1: a difference; 2: it
could not run.`,
		Example: `  kortakoer verify operationer.xlsx --against beslut.csv
  kortakoer verify operationer.xlsx --against bilaga2.txt --column maxtak
  kortakoer verify operationer.xlsx --against beslut.csv --accept godtagna.csv
  kortakoer verify utbetalning-s2025-01233.xlsx
  kortakoer verify utbetalning-s2025-00401.xlsx operationer.xlsx --requisitions rekvisitioner.csv`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return withHint("such as: kortakoer verify operationer.xlsx --against beslut.csv", "verify needs a file: counts with --against, or a workbook of calc")
			}
			return nil
		},
		ValidArgsFunction: completeTables,
		RunE: func(cmd *cobra.Command, args []string) error {
			o.request.Counts, o.request.Stdin = args, s.in
			o.rulesGiven = cmd.Flags().Changed("rules")
			return o.run()
		},
	}
	f := cmd.Flags()
	f.StringArrayVar(&o.tables, "against", nil, "`TABLE` to compare with")
	f.StringVar(&o.column, "column", "", "`NAME` of its column with the amounts (default: the total, else what there is)")
	f.StringVar(&o.request.Accepted, "accept", "", "`FILE` with differences that are known: region, avvikelse and orsak")
	o.addGrant(cmd, true)
	f.StringVar(&o.request.Payees, "payees", "", "`FILE` with region and organisationsnummer that a workbook was made with")
	complete(cmd, map[string]cobra.CompletionFunc{"against": completeTables, "accept": completeTables, "payees": completeTables})
	o.outputFlags.add(cmd, "print no notes, only the result, warnings and errors")
	return cmd
}

func (o *verifyOptions) run() error {
	switch len(o.tables) {
	case 0:
	case 1:
		o.against = o.tables[0]
	default:
		return withHint("run verify once for each", "--against names one table, not %d", len(o.tables))
	}
	if o.against == "" {
		if o.column != "" || o.request.Accepted != "" {
			return withHint("name the table with --against", "--column and --accept belong to a table")
		}
		name := o.request.Counts[0]
		o.request.Counts = o.request.Counts[1:]
		return o.book(name)
	}
	if _, err := o.rules.loadOne(); err != nil {
		return err
	}
	o.request.Published, o.request.Column, o.request.Partial = o.against, o.column, true
	o.request.Progress = progress(o.err, o.quiet)
	g, err := o.grant()
	if err != nil {
		return err
	}
	return o.table(g.Plans[0])
}

// table compares the plan with the published table.
func (o *verifyOptions) table(p *allocation.Plan) error {
	published := p.Input.Published
	measure := verify.MeasureOf(published.Column)
	c := verify.Compare(p, published, measure)
	stale := c.Accept(p.Input.Accepted)

	tellFiles(o.streams, o.quiet, p.Input)
	note(o.streams, o.quiet, "the column %q of %s is compared with: %s", published.Column, o.against, measure)
	for _, a := range p.Assumptions() {
		note(o.streams, o.quiet, "%s=%s is assumed", a.Key, a.Value)
	}
	for _, w := range p.Warnings {
		warn(o.streams, w)
	}
	for _, a := range stale {
		warn(o.streams, fmt.Sprintf("%s: the accepted difference of %d kronor does not occur; take the row out", a.Origin, a.Difference))
	}
	v := report.Verdict{Plan: p, Table: p.Input.DisplayName(o.against), Column: published.Column, Comparison: c}
	if c.Open() > 0 {
		d := verify.Diagnose(p, published, measure)
		v.Diagnosis = &d
	}
	if err := report.Verification(o.out, v, report.SummaryOptions{Language: o.lang(), Colour: colour(o.out)}); err != nil {
		return err
	}
	if n := c.Open(); n > 0 {
		return &difference{differ(n, o.against)}
	}
	return nil
}

func differ(n int, table string) string {
	if n == 1 {
		return fmt.Sprintf("1 amount of %s differs", table)
	}
	return fmt.Sprintf("%d amounts of %s differ", n, table)
}
