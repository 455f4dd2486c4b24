package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/kortakoer/kortakoer/internal/language"
	"github.com/kortakoer/kortakoer/internal/register"
	"github.com/kortakoer/kortakoer/rules"
)

// result is what the commands share that read lists with one row per region
// and write one result.
type result struct {
	streams
	request register.Request
	rules   ruleFlags

	strict, quiet, force     bool
	output, format, language string
	formats                  []string // that the command writes, its usual one first
	several                  bool     // it takes several rule sets
}

// add defines the flags. usual is where the result goes without -o.
func (r *result) add(cmd *cobra.Command, usual string) {
	f := cmd.Flags()
	if r.several {
		r.rules.addSeveral(f)
	} else {
		r.rules.add(f)
	}
	extractFlags(f, &r.request)
	f.BoolVar(&r.strict, "strict", false, "refuse to run on any warning or assumption")
	f.StringVarP(&r.output, "output", "o", "", "`FILE` to write ("+endings(r.formats)+"), or - (default "+usual+")")
	f.StringVar(&r.format, "format", "", "form of the output: "+strings.Join(r.formats, ", "))
	f.BoolVar(&r.force, "force", false, "replace an existing output file")
	f.StringVar(&r.language, "lang", string(language.Swedish), "language of the outputs: sv or en")
	f.BoolVarP(&r.quiet, "quiet", "q", false, "print no table and no notes, only warnings and errors")
	complete(cmd, map[string]cobra.CompletionFunc{
		"rules": completeRules, "set": completeSettings, "encoding": completeWords(register.Encodings...),
		"format": completeWords(r.formats...), "lang": completeWords(language.Languages...),
	})
	cmd.PreRunE = func(*cobra.Command, []string) error { return r.check(f) }
}

func complete(cmd *cobra.Command, flags map[string]cobra.CompletionFunc) {
	for flag, f := range flags {
		if err := cmd.RegisterFlagCompletionFunc(flag, f); err != nil {
			panic(err) // the flag is defined by the caller
		}
	}
}

func (r *result) check(f *pflag.FlagSet) error {
	if f.Changed("output") && r.output == "" {
		return withHint("such as -o resultat."+r.formats[0], "-o is given without a file")
	}
	if !slices.Contains(language.Languages, r.language) {
		return withHint("it is sv or en", "--lang %s is unknown", r.language)
	}
	return nil
}

func (r *result) lang() language.Language { return language.Language(r.language) }

func (r *result) note(format string, args ...any) { note(r.streams, r.quiet, format, args...) }

// refuse is --strict: every warning and assumption is an error.
func (r *result) refuse(warnings []string, assumptions []rules.Assumption) error {
	if !r.strict {
		return nil
	}
	var errs []error
	for _, w := range warnings {
		errs = append(errs, fmt.Errorf("%s (refused by --strict)", w))
	}
	for _, a := range assumptions {
		errs = append(errs, fmt.Errorf("%s=%s is assumed: %s (refused by --strict; decide it with --set %s=… or in a rule set of your own)", a.Key, a.Value, a.Reason, a.Key))
	}
	return errors.Join(errs...)
}

// tell says what was changed and assumed, and every warning and note.
func (r *result) tell(rs *rules.RuleSet, assumptions []rules.Assumption, warnings, notes []string) {
	for _, o := range rs.Overrides() {
		r.note("%s=%s by --set; the rule set says %q", o.Key, o.Value, o.Was)
	}
	for _, a := range assumptions {
		r.note("%s=%s is assumed: %s", a.Key, a.Value, a.Reason)
	}
	for _, w := range warnings {
		warn(r.streams, w)
	}
	for _, n := range notes {
		r.note("%s", n)
	}
}

// deliver puts a result that is rendered whole where it belongs.
func (r *result) deliver(to target, content []byte) error {
	if to.path != "-" {
		return to.write(content, r.force)
	}
	if to.format == "xlsx" && isTerminal(r.out) {
		return withHint("name a file with -o", "a workbook is not for a terminal")
	}
	_, err := r.out.Write(content)
	return err
}
