package main

import (
	"bytes"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/kortakoer/kortakoer/allocation"
	"github.com/kortakoer/kortakoer/internal/language"
	"github.com/kortakoer/kortakoer/internal/readings"
	"github.com/kortakoer/kortakoer/internal/register"
	"github.com/kortakoer/kortakoer/internal/report"
	"github.com/kortakoer/kortakoer/internal/workbook"
	"github.com/kortakoer/kortakoer/rules"
)

// readingsOptions are the flags of readings.
type readingsOptions struct {
	streams
	inputFlags
	output, format string
	force, quiet   bool
	language       string
}

func newReadings(s streams) *cobra.Command {
	o := &readingsOptions{streams: s}
	cmd := &cobra.Command{
		Use:   "readings COUNTS...",
		Short: "Show what each reading of the open keys would pay",
		Long: `Compute every defensible reading of what the decision leaves open, each key
alone and all combined: what each region gets at least and at most, which keys
matter, and who gains and loses. A key is open where the rule set assumes its
value. With -o the amounts by every reading are written as a workbook, CSV or
JSON. counting.unit is tried where all counts come from row-level extracts.`,
		Example: `  kortakoer readings operationer.xlsx
  kortakoer readings operationer.xlsx -o lasningar.xlsx
  kortakoer readings utdrag.csv.gz -o lasningar.csv`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return withHint("such as: kortakoer readings operationer.xlsx", "readings needs a file with counts of operations")
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
			return withHint("such as -o lasningar.xlsx", "-o is given without a file")
		}
		return nil
	}
	o.add(f)
	f.StringVarP(&o.output, "output", "o", "", "`FILE` to write ("+endings(usualFormats)+"), or - (default: only the table)")
	f.StringVar(&o.format, "format", "", "form of the output: "+strings.Join(usualFormats, ", "))
	f.BoolVar(&o.force, "force", false, "replace an existing output file")
	f.StringVar(&o.language, "lang", string(language.Swedish), "language of the workbook and the table: sv or en")
	f.BoolVarP(&o.quiet, "quiet", "q", false, "print no notes, only the table, warnings and errors; with -o no table")
	for flag, complete := range map[string]cobra.CompletionFunc{
		"rules": completeRules, "set": completeSettings, "population": completeTables, "requisitions": completeTables, "paid": completeTables,
		"encoding": completeWords(register.Encodings...), "format": completeWords(usualFormats...), "lang": completeWords(language.Languages...),
	} {
		if err := cmd.RegisterFlagCompletionFunc(flag, complete); err != nil {
			panic(err) // the flag is defined above
		}
	}
	return cmd
}

func (o *readingsOptions) run() error {
	if !slices.Contains(language.Languages, o.language) {
		return withHint("it is sv or en", "--lang %s is unknown", o.language)
	}
	rs, err := o.rules.loadOne()
	if err != nil {
		return err
	}
	var to target
	if o.output != "" || o.format != "" {
		if to, err = newTarget(o.output, o.format, "lasningar-"+rs.ID, usualFormats...); err != nil {
			return err
		}
		if err := to.mayWrite(o.force, inputFiles(o.request, o.rules.names...)); err != nil {
			return err
		}
	}
	o.request.Progress = progress(o.err, o.quiet)
	g, err := o.grant()
	if err != nil {
		return err
	}
	p := g.Plans[0]
	other, err := o.byOtherUnit(p)
	if err != nil {
		return err
	}
	t, err := readings.Compute(p.Rules, p.Input, other)
	if err != nil {
		return err
	}
	tellFiles(o.streams, o.quiet, p.Input)
	for _, r := range p.Rules.Overrides() {
		note(o.streams, o.quiet, "%s=%s by --set; the rule set says %q", r.Key, r.Value, r.Was)
	}
	for _, w := range p.Warnings {
		warn(o.streams, w)
	}
	return o.write(to, t)
}

// byOtherUnit reads the files again, counting by the other unit. It is nil
// where some counts were made by others, or the files cannot be read twice.
func (o *readingsOptions) byOtherUnit(p *allocation.Plan) (*allocation.Input, error) {
	for _, f := range p.Input.Files {
		if f.Role == allocation.RoleCounts && (f.Extract == nil || f.Path == register.Stdin) {
			return nil, nil
		}
	}
	values := rules.Readings(readings.Unit)
	unit := values[0]
	if string(p.Rules.Unit.V) == unit {
		unit = values[1]
	}
	rs, err := p.Rules.With(append(p.Rules.Settings(), readings.Unit+"="+unit)...)
	if err != nil {
		return nil, err
	}
	scope, err := scopeOf(rs)
	if err != nil {
		return nil, err
	}
	in, err := register.Read(scope, o.request)
	if err != nil {
		return nil, err
	}
	in.MissingAsZero = o.missingAsZero
	return in, nil
}

func (o *readingsOptions) write(to target, t *readings.Table) error {
	l := language.Language(o.language)
	if to != (target{}) {
		var content bytes.Buffer
		var err error
		switch to.format {
		case "csv":
			err = report.ReadingsCSV(&content, t)
		case "json":
			err = report.ReadingsJSON(&content, t, versionText())
		default:
			err = workbook.WriteReadings(&content, t, workbook.Options{Language: l, Version: versionText()})
		}
		if err != nil {
			return err
		}
		if to.path == "-" {
			if to.format == "xlsx" && isTerminal(o.out) {
				return withHint("name a file with -o", "a workbook is not for a terminal")
			}
			_, err := io.Copy(o.out, &content)
			return err
		}
		if err := to.write(content.Bytes(), o.force); err != nil {
			return err
		}
		if o.quiet {
			return nil
		}
	}
	if err := report.ReadingsSummary(o.out, t, report.SummaryOptions{Language: l, Colour: colour(o.out)}); err != nil {
		return err
	}
	if to != (target{}) {
		note(o.streams, o.quiet, "wrote %s", to.path)
	}
	return nil
}
