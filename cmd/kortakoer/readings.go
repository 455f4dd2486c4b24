package main

import (
	"bytes"

	"github.com/spf13/cobra"

	"github.com/kortakoer/kortakoer/allocation"
	"github.com/kortakoer/kortakoer/internal/readings"
	"github.com/kortakoer/kortakoer/internal/register"
	"github.com/kortakoer/kortakoer/internal/report"
	"github.com/kortakoer/kortakoer/internal/workbook"
	"github.com/kortakoer/kortakoer/rules"
)

// readingsOptions are the flags of readings.
type readingsOptions struct {
	outputFlags
	inputFlags
}

func newReadings(s streams) *cobra.Command {
	o := &readingsOptions{outputFlags: outputFlags{streams: s, forms: usualForms(), fallback: "lasningar", optional: true}}
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
	o.addGrant(cmd, false)
	o.outputFlags.add(cmd, "print no notes, only the table, warnings and errors; with -o no table")
	return cmd
}

func (o *readingsOptions) run() error {
	rs, err := o.rules.loadOne()
	if err != nil {
		return err
	}
	to, err := o.target(rs.ID)
	if err != nil {
		return err
	}
	if err := to.mayWrite(o.force, o.inputs()); err != nil {
		return err
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
	o.tell(p.Rules, nil, p.Warnings, nil)
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
	return o.read(scope)
}

func (o *readingsOptions) write(to target, t *readings.Table) error {
	var content bytes.Buffer
	var err error
	switch to.format {
	case "xlsx":
		err = workbook.WriteReadings(&content, t, workbook.Options{Language: o.lang(), Version: versionText()})
	case "csv":
		err = report.ReadingsCSV(&content, t)
	case "json":
		err = report.ReadingsJSON(&content, t, versionText())
	}
	if err != nil {
		return err
	}
	written := to != (target{})
	if err := o.deliver(to, content.Bytes()); err != nil || to.path == "-" || written && o.quiet {
		return err
	}
	if err := report.ReadingsSummary(o.out, t, report.SummaryOptions{Language: o.lang(), Colour: colour(o.out)}); err != nil {
		return err
	}
	o.wrote(to)
	return nil
}
