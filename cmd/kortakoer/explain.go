package main

import (
	"bytes"
	"errors"

	"github.com/spf13/cobra"

	"github.com/kortakoer/kortakoer/allocation"
	"github.com/kortakoer/kortakoer/internal/explain"
	"github.com/kortakoer/kortakoer/internal/register"
	"github.com/kortakoer/kortakoer/internal/report"
	"github.com/kortakoer/kortakoer/rules"
)

// explainOptions are the flags of explain.
type explainOptions struct {
	outputFlags
	inputFlags
	region string
	rows   bool
}

func newExplain(s streams) *cobra.Command {
	o := &explainOptions{outputFlags: outputFlags{streams: s, forms: []string{"text", "markdown", "json"}}}
	cmd := &cobra.Command{
		Use:   "explain REGION COUNTS...",
		Short: "Explain one region's amount, step by step with its sources",
		Long: `Explain one region's amount as a derivation: every step with the numbers put in
and the paragraph that it rests on, so that each line can be computed from the
lines above it. REGION is a name or a code; COUNTS are the files that calc reads.`,
		Example: `  kortakoer explain Gotland operationer.csv
  kortakoer explain 09 operationer.csv --rows --format markdown -o gotland.md
  kortakoer explain Skåne operationer.csv --rules s2025-00401 --requisitions rekvisitioner.csv`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) < 2 {
				return withHint("such as: kortakoer explain Gotland operationer.csv", "explain needs a region and a file with counts of operations")
			}
			return nil
		},
		ValidArgsFunction: completeRegionThenTables,
		RunE: func(_ *cobra.Command, args []string) error {
			o.region, o.request.Counts, o.request.Stdin = args[0], args[1:], s.in
			return o.run()
		},
	}
	o.addGrant(cmd, true)
	o.outputFlags.add(cmd, "print no notes, only warnings and errors")
	cmd.Flags().BoolVar(&o.rows, "rows", false, "go down to the rows of the files that every count came from")
	return cmd
}

func (o *explainOptions) run() error {
	to, err := o.target("")
	if err != nil {
		return err
	}
	region, errRegion := findRegion(o.region)
	errOutput := to.mayWrite(o.force, o.inputs())
	o.request.Progress = progress(o.err, o.quiet)
	grant, err := o.grant()
	if err := errors.Join(errRegion, errOutput, err); err != nil {
		return err
	}
	var list []*explain.Derivation
	for _, p := range grant.Plans {
		d, err := explain.Explain(p, region, explain.Options{Rows: o.rows})
		if err != nil {
			return err
		}
		list = append(list, d)
	}
	tellDoubt(o.streams, grant)
	var content bytes.Buffer
	if to.format == "json" {
		err = report.ExplanationJSON(&content, list, o.lang(), versionText())
	} else {
		err = report.Explanation(&content, list, o.lang(), to.format == "markdown")
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

// findRegion returns the place in rules.Regions of the region with this name
// or code.
func findRegion(name string) (int, error) {
	var scope register.Scope
	for _, r := range rules.Regions() {
		scope.Regions = append(scope.Regions, register.Region{Code: r.Code, Name: r.Name, Official: r.Official, Also: r.Also})
	}
	code, err := register.FindRegion(scope, name)
	return rules.RegionIndex(code), err
}

// tellDoubt prints the warnings of the plans, each once.
func tellDoubt(s streams, g *allocation.Grant) {
	told := map[string]bool{}
	for _, p := range g.Plans {
		for _, w := range p.Warnings {
			if !told[w] {
				warn(s, w)
				told[w] = true
			}
		}
	}
}
