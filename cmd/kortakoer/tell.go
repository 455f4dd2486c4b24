package main

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/schollz/progressbar/v3"

	"github.com/kortakoer/kortakoer/allocation"
)

func note(s streams, quiet bool, format string, args ...any) {
	if !quiet {
		fmt.Fprintf(s.err, "note: "+format+"\n", args...)
	}
}

func warn(s streams, warning string) { fmt.Fprintf(s.err, "warning: %s\n", warning) }

// tellFiles says how each file was read and, of an extract, what its rows came
// to.
func tellFiles(s streams, quiet bool, in *allocation.Input) {
	for _, f := range in.Files {
		form := f.Form
		if f.Sheet != "" {
			form += ", sheet " + f.Sheet
		}
		note(s, quiet, "%s: %s; %d rows", f.Path, form, f.Rows)
		if len(f.Unused) > 0 {
			note(s, quiet, "%s: columns not used: %s", f.Path, strings.Join(f.Unused, ", "))
		}
		if e := f.Extract; e != nil {
			var counted int64
			for _, n := range e.ByMonth {
				counted += n
			}
			note(s, quiet, "%s: rows read %d = %d counted + %d without a code of an area + %d not resident in a region + %d blank", f.Path, f.Rows, counted, e.NoCode, e.NotResident, f.Blank)
		}
	}
}

// progress draws a bar for every extract, on a terminal only.
func progress(w io.Writer, quiet bool) func(string, int64) func(int64) {
	if quiet || !isTerminal(w) {
		return nil
	}
	return func(name string, size int64) func(int64) {
		if size == 0 {
			size = -1 // a spinner
		}
		bar := progressbar.NewOptions64(size, progressbar.OptionSetWriter(w), progressbar.OptionSetDescription(name),
			progressbar.OptionShowBytes(true), progressbar.OptionThrottle(100*time.Millisecond), progressbar.OptionClearOnFinish())
		return func(read int64) { _ = bar.Add64(read) } // a bar that fails is no reason to stop
	}
}

// tellGrant says on standard error what was read and what is assumed.
func tellGrant(s streams, quiet bool, g *allocation.Grant) {
	in := g.Input
	tellFiles(s, quiet, in)
	told := map[string]bool{} // what concerns several decisions alike
	for _, p := range g.Plans {
		of := ""
		if len(g.Plans) > 1 {
			of = p.Rules.ID + ": "
		}
		passed := ""
		for _, x := range p.Tally.Passed {
			passed += fmt.Sprintf(" + %d %s", x.Rows, strings.ReplaceAll(string(x.Reason), "_", " "))
		}
		note(s, quiet, "%srows read %d = %d used%s", of, p.Tally.Read, p.Tally.Used, passed)
		if !told["population"] {
			note(s, quiet, "population: %s", in.Population.Source)
			told["population"] = true
		}
		for _, r := range p.Rules.Overrides() {
			note(s, quiet, "%s%s=%s by --set; the rule set says %q", of, r.Key, r.Value, r.Was)
		}
		if list := p.Assumptions(); len(list) > 0 {
			note(s, quiet, "%s%d assumptions in force:", of, len(list))
			for _, a := range list {
				note(s, quiet, "  %s=%s: %s", a.Key, a.Value, a.Reason)
			}
		}
		for _, w := range p.Warnings {
			if !told[w] {
				warn(s, w)
				told[w] = true
			}
		}
		for _, n := range p.Notes {
			note(s, quiet, "%s%s", of, n)
		}
	}
}
