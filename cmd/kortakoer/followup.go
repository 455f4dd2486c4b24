package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/kortakoer/kortakoer/internal/followup"
	"github.com/kortakoer/kortakoer/internal/language"
	"github.com/kortakoer/kortakoer/internal/page"
	"github.com/kortakoer/kortakoer/internal/register"
	"github.com/kortakoer/kortakoer/internal/workbook"
)

// followFormats are the forms of a follow-up, the default one first.
var followFormats = []string{"xlsx", "html"}

// followOptions are the flags of followup.
type followOptions struct {
	streams
	request register.Request
	report  followup.Options

	rules         ruleFlags
	missingAsZero bool
	strict        bool
	quiet         bool

	output   string
	format   string
	force    bool
	language string
}

func newFollowUp(s streams) *cobra.Command {
	o := &followOptions{streams: s}
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
	cmd.PreRunE = func(*cobra.Command, []string) error {
		if f.Changed("output") && o.output == "" {
			return withHint("such as -o uppfoljning.html", "-o is given without a file")
		}
		return nil
	}
	o.rules.add(f)
	f.StringVar(&o.request.Sheet, "sheet", "", "`NAME` of the sheet with the counts, where several fit")
	extractFlags(f, &o.request)
	f.Int64Var(&o.report.MaskBelow, "mask-below", 0, "mask counts from 1 to `N` − 1, and what would give them away")
	f.IntVar(&o.report.Preliminary, "preliminary", 3, "mark the last `N` delivered months as preliminary")
	f.BoolVar(&o.missingAsZero, "missing-as-zero", false, "count a region × area × year without a value as 0")
	f.BoolVar(&o.strict, "strict", false, "refuse to run on any warning or assumption")
	f.StringVarP(&o.output, "output", "o", "", "`FILE` to write (.xlsx or .html), or - (default uppfoljning-<rule set>.xlsx)")
	f.StringVar(&o.format, "format", "", "form of the output: "+strings.Join(followFormats, ", "))
	f.BoolVar(&o.force, "force", false, "replace an existing output file")
	f.StringVar(&o.language, "lang", string(language.Swedish), "language of the report: sv or en")
	f.BoolVarP(&o.quiet, "quiet", "q", false, "print no notes, only warnings and errors")
	for flag, complete := range map[string]cobra.CompletionFunc{
		"rules": completeRules, "set": completeSettings, "encoding": completeWords(register.Encodings...),
		"format": completeWords(followFormats...), "lang": completeWords(language.Languages...),
	} {
		if err := cmd.RegisterFlagCompletionFunc(flag, complete); err != nil {
			panic(err) // the flag is defined above
		}
	}
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
	to, err := newTarget(o.output, o.format, "uppfoljning-"+rs.ID, followFormats...)
	if err != nil {
		return err
	}
	errOutput := to.mayWrite(o.force, inputFiles(o.request, o.rules.names...))
	o.request.Progress = progress(o.err, o.quiet)
	scope, errScope := scopeOf(rs)
	in, errRead := register.Read(scope, o.request)
	if in == nil {
		return errors.Join(errScope, errRead, errOutput)
	}
	in.MissingAsZero = o.missingAsZero
	r, errMake := followup.Make(rs, in, o.report)
	if err := errors.Join(errRead, errMake, errOutput); err != nil {
		return err
	}
	if o.strict {
		if err := refuseReport(r); err != nil {
			return err
		}
	}
	o.tell(r)
	return o.write(to, r)
}

// check refuses flags that mean nothing.
func (o *followOptions) check() error {
	switch {
	case !slices.Contains(language.Languages, o.language):
		return withHint("it is sv or en", "--lang %s is unknown", o.language)
	case o.report.MaskBelow < 0 || o.report.MaskBelow > 1000:
		return withHint("such as --mask-below 5", "--mask-below %d is not a number from 0 to 1000", o.report.MaskBelow)
	case o.report.MaskBelow == 2:
		return withHint("--mask-below 3 or more", `--mask-below 2 hides nothing: a reader knows that "<2" is 1`)
	case o.report.Preliminary < 0 || o.report.Preliminary > 12:
		return withHint("each delivery fills in the last three months", "--preliminary %d is not a number of months from 0 to 12", o.report.Preliminary)
	}
	return nil
}

// refuseReport is --strict: every warning and assumption is an error.
func refuseReport(r *followup.Report) error {
	var errs []error
	for _, w := range r.Doubts() {
		errs = append(errs, fmt.Errorf("%s (refused by --strict)", w))
	}
	for _, a := range r.Assumptions() {
		errs = append(errs, fmt.Errorf("%s=%s is assumed: %s (refused by --strict)", a.Key, a.Value, a.Reason))
	}
	return errors.Join(errs...)
}

func (o *followOptions) note(format string, args ...any) { note(o.streams, o.quiet, format, args...) }

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
		err = page.Write(&content, r, page.Options{Language: language.Language(o.language), Version: versionText()})
	} else {
		err = workbook.WriteFollowUp(&content, r, workbook.Options{Language: language.Language(o.language), Version: versionText()})
	}
	if err != nil {
		return err
	}
	if to.path == "-" {
		if to.format == "xlsx" && isTerminal(o.out) {
			return withHint("name a file with -o", "a workbook is not for a terminal")
		}
		_, err = io.Copy(o.out, &content)
		return err
	}
	if err := to.write(content.Bytes(), o.force); err != nil {
		return err
	}
	o.note("wrote %s", to.path)
	return nil
}
