package main

import (
	"bytes"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/kortakoer/kortakoer/internal/followup"
	"github.com/kortakoer/kortakoer/internal/page"
	"github.com/kortakoer/kortakoer/internal/workbook"
)

// followOptions are the flags of followup.
type followOptions struct {
	outputFlags
	inputFlags
	report followup.Options
}

func newFollowUp(s streams) *cobra.Command {
	o := &followOptions{outputFlags: outputFlags{streams: s, forms: []string{"xlsx", "html"}, fallback: "uppfoljning"}}
	cmd := &cobra.Command{
		Use:   "followup COUNTS...",
		Short: "Report the operations by month for the government offices",
		Long: `Report the operations month by month and to date, per area, per region and for
the country, beside the year before and the baseline: who did them, what they
earn against the ceiling, and a forecast for the period's end. COUNTS are the
files that calc reads, with months; the period may still be in progress. The
result is a workbook, or one HTML file that needs no network.`,
		Example: `  kortakoer followup operationer.csv
  kortakoer followup operationer.csv -o uppfoljning.html
  kortakoer followup operationer.csv -o uppfoljning.html --mask-below 5
  kortakoer followup utdrag.csv.gz --missing-as-zero --preliminary 2`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return withHint("such as: kortakoer followup operationer.csv", "followup needs a file with counts of operations by month")
			}
			return nil
		},
		ValidArgsFunction: completeTables,
		RunE: func(_ *cobra.Command, args []string) error {
			o.request.Counts, o.request.Stdin = args, s.in
			return o.run()
		},
	}
	f := cmd.Flags()
	f.Int64Var(&o.report.MaskBelow, "mask-below", 0, "mask counts from 1 to `N` − 1, and what would give them away")
	f.IntVar(&o.report.Preliminary, "preliminary", 3, "mark the last `N` delivered months as preliminary")
	o.addCounts(cmd, false)
	o.outputFlags.add(cmd, "print no notes, only warnings and errors")
	o.addStrict(cmd)
	return cmd
}

func (o *followOptions) run() error {
	if err := o.check(); err != nil {
		return err
	}
	rs, err := o.rules.loadOne()
	if err != nil {
		return err
	}
	to, err := o.target(rs.ID)
	if err != nil {
		return err
	}
	errOutput := to.mayWrite(o.force, o.inputs())
	o.request.Progress = progress(o.err, o.quiet)
	scope, errScope := scopeOf(rs)
	in, errRead := o.read(scope)
	if in == nil {
		return errors.Join(errScope, errRead, errOutput)
	}
	r, errMake := followup.Make(rs, in, o.report)
	if err := errors.Join(errScope, errRead, errMake, errOutput); err != nil {
		return err
	}
	if err := o.refuse(r.Rules, r.Doubts(), r.Assumptions()); err != nil {
		return err
	}
	o.tell(r)
	return o.write(to, r)
}

// check refuses flags that mean nothing.
func (o *followOptions) check() error {
	switch {
	case o.report.MaskBelow < 0 || o.report.MaskBelow > 1000:
		return withHint("such as --mask-below 5", "--mask-below %d is not a number from 0 to 1000", o.report.MaskBelow)
	case o.report.MaskBelow == 2:
		return withHint("--mask-below 3 or more", `--mask-below 2 hides nothing: a reader knows that "<2" is 1`)
	case o.report.Preliminary < 0 || o.report.Preliminary > 12:
		return withHint("each delivery fills in the last three months", "--preliminary %d is not a number of months from 0 to 12", o.report.Preliminary)
	}
	return nil
}

// tell says on standard error what was read, assumed and masked.
func (o *followOptions) tell(r *followup.Report) {
	tellFiles(o.streams, o.quiet, r.Plan.Input)
	passed := ""
	for _, x := range r.Plan.Tally.Passed {
		passed += fmt.Sprintf(" + %d %s", x.Rows, strings.ReplaceAll(string(x.Reason), "_", " "))
	}
	o.note("rows read %d = %d used%s", r.Plan.Tally.Read, r.Plan.Tally.Used, passed)
	o.note("delivered: %d of %d months of %d; the last %d are preliminary", len(r.Months), r.Last-r.Months[0]+1, r.Rules.Year(), min(o.report.Preliminary, len(r.Months)))
	for _, x := range r.Rules.Overrides() {
		o.note("%s=%s by --set; the rule set says %q", x.Key, x.Value, x.Was)
	}
	for _, a := range r.Assumptions() {
		o.note("assumed %s=%s: %s", a.Key, a.Value, a.Reason)
	}
	if r.MaskBelow > 1 {
		o.note("counts from 1 to %d are masked: %d values, and %d more that would give them away", r.MaskBelow-1, r.Masked, r.Hidden)
	}
	for _, w := range r.Doubts() {
		warn(o.streams, w)
	}
}

// write renders the report whole before anything is written.
func (o *followOptions) write(to target, r *followup.Report) error {
	var content bytes.Buffer
	var err error
	if to.format == "html" {
		err = page.Write(&content, r, page.Options{Language: o.lang(), Version: versionText()})
	} else {
		err = workbook.WriteFollowUp(&content, r, workbook.Options{Language: o.lang(), Version: versionText()})
	}
	if err != nil {
		return err
	}
	if err := o.deliver(to, content.Bytes()); err != nil {
		return err
	}
	o.wrote(to)
	return nil
}
