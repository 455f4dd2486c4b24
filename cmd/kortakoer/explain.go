package main

import (
	"bytes"
	"errors"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/kortakoer/kortakoer/allocation"
	"github.com/kortakoer/kortakoer/internal/explain"
	"github.com/kortakoer/kortakoer/internal/language"
	"github.com/kortakoer/kortakoer/internal/register"
	"github.com/kortakoer/kortakoer/internal/report"
	"github.com/kortakoer/kortakoer/rules"
)

// documentFlags say where a document for reading goes, and in what form.
type documentFlags struct {
	output   string
	format   string
	force    bool
	quiet    bool
	language string
}

// endingOf names the ending of the files of a form.
var endingOf = map[string]string{"text": "txt", "markdown": "md", "json": "json", "csv": "csv"}

// explainForms are what explain prints.
var explainForms = []string{"text", "markdown", "json"}

func (d *documentFlags) add(cmd *cobra.Command, names []string) {
	f := cmd.Flags()
	f.StringVarP(&d.output, "output", "o", "", "`FILE` to write (default standard output)")
	f.StringVar(&d.format, "format", "", "form of the output: "+strings.Join(names, ", ")+" (default text)")
	f.BoolVar(&d.force, "force", false, "replace an existing output file")
	f.StringVar(&d.language, "lang", string(language.Swedish), "language of the output: sv or en")
	f.BoolVarP(&d.quiet, "quiet", "q", false, "print no notes, only warnings and errors")
	registerCompletions(cmd, map[string]cobra.CompletionFunc{"format": completeWords(names...), "lang": completeWords(language.Languages...)})
}

// target settles where the document goes: without -o to standard output.
func (d *documentFlags) target(names []string) (target, error) {
	if !slices.Contains(language.Languages, d.language) {
		return target{}, withHint("it is sv or en", "--lang %s is unknown", d.language)
	}
	if d.format != "" && !slices.Contains(names, d.format) {
		return target{}, withHint("it is one of "+strings.Join(names, ", "), "--format %s is unknown", d.format)
	}
	if d.output == "" || d.output == "-" {
		if d.format == "" {
			return target{"-", "txt"}, nil
		}
		return target{"-", endingOf[d.format]}, nil
	}
	endings := make([]string, len(names))
	for i, n := range names {
		endings[i] = endingOf[n]
	}
	return newTarget(d.output, endingOf[d.format], "", endings...)
}

// deliver writes the document whole, to the file or to standard output.
func (d *documentFlags) deliver(s streams, to target, content *bytes.Buffer) error {
	if to.path == "-" {
		_, err := io.Copy(s.out, content)
		return err
	}
	if err := to.write(content.Bytes(), d.force); err != nil {
		return err
	}
	note(s, d.quiet, "wrote %s", to.path)
	return nil
}

// explainOptions are the flags of explain.
type explainOptions struct {
	streams
	inputFlags
	document documentFlags
	region   string
	rows     bool
}

func newExplain(s streams) *cobra.Command {
	o := &explainOptions{streams: s}
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
	o.add(cmd.Flags())
	o.document.add(cmd, explainForms)
	cmd.Flags().BoolVar(&o.rows, "rows", false, "go down to the rows of the files that every count came from")
	registerCompletions(cmd, o.completions())
	return cmd
}

func (o *explainOptions) run() error {
	to, err := o.document.target(explainForms)
	if err != nil {
		return err
	}
	region, errRegion := findRegion(o.region)
	errOutput := to.mayWrite(o.document.force, inputFiles(o.request, o.rules.names...))
	o.request.Progress = progress(o.err, o.document.quiet)
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
	l := language.Language(o.document.language)
	if to.format == "json" {
		err = report.ExplanationJSON(&content, list, l, versionText())
	} else {
		err = report.Explanation(&content, list, l, to.format == "md")
	}
	if err != nil {
		return err
	}
	return o.document.deliver(o.streams, to, &content)
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
