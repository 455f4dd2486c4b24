package main

import (
	"bytes"
	"errors"
	"slices"

	"github.com/spf13/cobra"

	"github.com/kortakoer/kortakoer/allocation"
	"github.com/kortakoer/kortakoer/internal/report"
	"github.com/kortakoer/kortakoer/internal/workbook"
)

func newReport(s streams) *cobra.Command {
	cmd := &cobra.Command{
		Use:     "report",
		Short:   "Write the closing report of the grant",
		Example: "  kortakoer report final operationer.csv --paid utbetalt.csv --reports rapporter.csv",
		Args:    knownCommand,

		SuggestionsMinimumDistance: 2,
		RunE:                       func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newReportFinal(s))
	return cmd
}

// finalOptions are the flags of report final.
type finalOptions struct {
	outputFlags
	inputFlags
}

func newReportFinal(s streams) *cobra.Command {
	o := &finalOptions{outputFlags{streams: s, forms: []string{"xlsx", "json"}, fallback: "slutredovisning"}, inputFlags{}}
	cmd := &cobra.Command{
		Use:   "final COUNTS... --paid FILE --reports FILE",
		Short: "Close the account: fulfilment, paid, repaid and unallocated by decision",
		Long: `Write the closing report's numbers in one workbook: for every decision what each
region and area did and earned, what was paid, what is repaid by the reports of
use, and what nobody got. Every krona of the pool stands somewhere once. A region
that both was paid too much and has money left owes the larger of the two.`,
		Example: `  kortakoer report final operationer.csv --paid utbetalt.csv --reports rapporter.csv
  kortakoer report final operationer.csv --rules s2025-00401 --rules s2025-01233 \
      --requisitions rekvisitioner.csv --paid utbetalt.csv --reports rapporter.csv`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return withHint("such as: kortakoer report final operationer.csv --paid utbetalt.csv --reports rapporter.csv", "report final needs a file with counts of operations")
			}
			return nil
		},
		ValidArgsFunction: completeTables,
		RunE: func(_ *cobra.Command, args []string) error {
			o.request.Counts, o.request.Stdin = args, s.in
			return o.run()
		},
	}
	o.addGrant(cmd, true)
	f := cmd.Flags()
	usage := "`FILE` with region and belopp that was paid; with several rule sets also beslut (needed)"
	f.Lookup("paid").Usage = usage
	f.StringVar(&o.request.Reports, "reports", "", "`FILE` with region, använt belopp, syfte uppnått and datum; with several rule sets also beslut (needed)")
	complete(cmd, map[string]cobra.CompletionFunc{"reports": completeTables})
	o.outputFlags.add(cmd, "print no table and no notes, only warnings and errors")
	o.addStrict(cmd)
	return cmd
}

func (o *finalOptions) run() error {
	var missing []error
	if o.request.Paid == "" {
		missing = append(missing, withHint("such as --paid utbetalt.csv, with the columns region and belopp", "report final needs the payments"))
	}
	if o.request.Reports == "" {
		missing = append(missing, withHint("such as --reports rapporter.csv, with the columns region, använt belopp, syfte uppnått and datum", "report final needs the reports of use"))
	}
	if len(missing) > 0 {
		return errors.Join(missing...)
	}
	sets, err := o.rules.load()
	if err != nil {
		return err
	}
	for _, rs := range sets {
		if !rs.ReportBy.Set {
			return noReportDay(rs)
		}
	}
	to, err := o.target(joinedIDs(sets))
	if err != nil {
		return err
	}
	errOutput := to.mayWrite(o.force, o.inputs())
	scope, errScope := scopeOf(sets...)
	o.request.Progress = progress(o.err, o.quiet)
	in, errRead := o.read(scope)
	if in == nil {
		return errors.Join(errScope, errRead, errOutput)
	}
	final, err := allocation.Finish(sets, in) // what could be read is checked all the same
	if err := errors.Join(errScope, errRead, errOutput, err); err != nil {
		return err
	}
	if err := o.refuseFinal(final); err != nil {
		return err
	}
	tellGrant(o.streams, o.quiet, final.Grant)
	for _, s := range final.Settlements {
		for _, w := range s.Warnings {
			if !slices.Contains(final.Grant.Plans[0].Warnings, w) { // those of the files are told
				warn(o.streams, w)
			}
		}
		for _, n := range s.Notes {
			o.note("%s: %s", s.Rules.ID, n)
		}
	}
	for _, n := range final.Notes {
		o.note("%s", n)
	}
	var content bytes.Buffer
	if to.format == "json" {
		err = report.FinalJSON(&content, final, versionText())
	} else {
		err = workbook.WriteFinal(&content, final, workbook.Options{Language: o.lang(), Version: versionText()})
	}
	if err != nil {
		return err
	}
	if err := o.deliver(to, content.Bytes()); err != nil || o.quiet || to.path == "-" {
		return err
	}
	if err := report.FinalSummary(o.out, final, report.SummaryOptions{Language: o.lang(), Colour: colour(o.out)}); err != nil {
		return err
	}
	o.wrote(to)
	return nil
}

// refuseFinal is --strict: what makes the plans doubtful, and the settlements.
func (o *finalOptions) refuseFinal(f *allocation.Final) error {
	more := slices.DeleteFunc(slices.Clone(f.Warnings), func(w string) bool {
		return slices.ContainsFunc(f.Grant.Plans, func(p *allocation.Plan) bool { return slices.Contains(p.Warnings, w) })
	})
	return errors.Join(o.refuseGrant(f.Grant), o.refuse(nil, more, nil))
}
