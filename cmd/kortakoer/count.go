package main

import (
	"bytes"
	"errors"

	"github.com/spf13/cobra"

	"github.com/kortakoer/kortakoer/internal/report"
)

// countOptions are the flags of count.
type countOptions struct {
	outputFlags
	inputFlags
}

func newCount(s streams) *cobra.Command {
	o := &countOptions{outputFlags: outputFlags{streams: s, forms: []string{"csv"}}}
	cmd := &cobra.Command{
		Use:   "count EXTRACT...",
		Short: "Count the operations of row-level extracts",
		Long: `Count the operations of row-level extracts, one row per care contact as the
patient register is delivered: by home region, area, year, month and provider.
EXTRACT is CSV, also packed as .gz or .zst; - is standard input. The result is a
file that calc reads; calc also takes extracts directly.`,
		Example: `  kortakoer count utdrag.csv -o operationer.csv
  kortakoer count utdrag-2022.csv.gz utdrag-2023.csv.gz -o operationer.csv
  kortakoer count utdrag.csv --set counting.unit=code -o -`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return withHint("such as: kortakoer count utdrag.csv -o operationer.csv", "count needs a row-level extract")
			}
			return nil
		},
		ValidArgsFunction: completeTables,
		RunE: func(_ *cobra.Command, args []string) error {
			o.request.Counts, o.request.Stdin = args, s.in
			return o.run()
		},
	}
	o.inputFlags.add(cmd, false)
	o.outputFlags.add(cmd, "print no notes, only warnings and errors")
	return cmd
}

func (o *countOptions) run() error {
	if o.output == "" {
		return withHint("such as -o operationer.csv, or -o -", "count needs -o")
	}
	rs, err := o.rules.loadOne()
	if err != nil {
		return err
	}
	format := ""
	if o.output == "-" {
		format = "csv"
	}
	to, err := newTarget("-o", o.output, format, "", usualForms())
	if err != nil {
		return err
	}
	if to.format != "csv" {
		return withHint("end it in .csv", "count writes CSV, not .%s", to.format)
	}
	errOutput := to.mayWrite(o.force, o.inputs())
	o.request.Progress = progress(o.err, o.quiet)
	scope, errScope := scopeOf(rs)
	in, err := o.read(scope)
	if err := errors.Join(errScope, err, errOutput); err != nil {
		return err
	}
	var operations int64
	var content bytes.Buffer
	if operations, err = report.Counts(&content, in); err != nil {
		return err
	}
	tellFiles(o.streams, o.quiet, in)
	o.note("operations counted: %d", operations)
	for _, w := range in.Warnings {
		warn(o.streams, w)
	}
	if err := o.deliver(to, content.Bytes()); err != nil {
		return err
	}
	o.wrote(to)
	return nil
}
