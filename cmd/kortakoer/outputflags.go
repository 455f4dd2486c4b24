package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/kortakoer/kortakoer/allocation"
	"github.com/kortakoer/kortakoer/internal/language"
	"github.com/kortakoer/kortakoer/rules"
)

// outputFlags say where a result goes, in what form and language, and what is
// told beside it. Every command that makes one has them.
type outputFlags struct {
	streams
	forms    []string // that the command writes, its usual one first; none if it only prints
	fallback string   // the file without -o, before the rule set's id; "" is standard output
	optional bool     // without -o and --format nothing is written, only a table printed

	output, format, language string
	force, quiet, strict     bool
}

// add defines the flags. usage is what --quiet means to the command.
func (o *outputFlags) add(cmd *cobra.Command, usage string) {
	f := cmd.Flags()
	f.BoolVarP(&o.quiet, "quiet", "q", false, usage)
	cmd.PreRunE = func(*cobra.Command, []string) error { return o.check(f) }
	if len(o.forms) > 0 {
		f.StringVarP(&o.output, "output", "o", "", "`FILE` to write "+o.usage())
		f.BoolVar(&o.force, "force", false, "replace an existing output file")
	}
	if len(o.forms) == 1 {
		return // in which there is no word
	}
	f.StringVar(&o.language, "lang", string(language.Swedish), "language of the output: sv or en")
	complete(cmd, map[string]cobra.CompletionFunc{"lang": completeWords(language.Languages...)})
	if len(o.forms) > 0 {
		usage = "form of the output: " + strings.Join(o.forms, ", ")
		if o.fallback == "" {
			usage += " (default " + o.forms[0] + ")"
		}
		f.StringVar(&o.format, "format", "", usage)
		complete(cmd, map[string]cobra.CompletionFunc{"format": completeWords(o.forms...)})
	}
}

// usage says what -o takes, and what happens without it.
func (o *outputFlags) usage() string {
	usage := "(" + endings(o.forms) + "), or -"
	switch {
	case len(o.forms) == 1:
	case o.fallback == "":
		usage = "(default standard output)"
	case o.optional:
		usage += " (default: only the table, on standard output)"
	default:
		usage += " (default " + o.fallback + "-<rule set>." + endingOf(o.forms[0]) + ")"
	}
	return usage
}

// addStrict defines --strict, which refuse obeys.
func (o *outputFlags) addStrict(cmd *cobra.Command) {
	cmd.Flags().BoolVar(&o.strict, "strict", false, "refuse to run on any warning or assumption")
}

// complete attaches completions to flags that are defined already.
func complete(cmd *cobra.Command, flags map[string]cobra.CompletionFunc) {
	for flag, f := range flags {
		if err := cmd.RegisterFlagCompletionFunc(flag, f); err != nil {
			panic(err) // the flag is defined by the caller
		}
	}
}

// check refuses flags that mean nothing, before the command looks at others.
func (o *outputFlags) check(f *pflag.FlagSet) error {
	if f.Changed("output") && o.output == "" {
		name := o.fallback
		if name == "" {
			name = "resultat"
		}
		return withHint("such as -o "+name+"."+endingOf(o.forms[0]), "-o is given without a file")
	}
	if f.Lookup("lang") != nil && !slices.Contains(language.Languages, o.language) {
		return withHint("it is sv or en", "--lang %s is unknown", o.language)
	}
	return nil
}

// target settles where the result goes; id is that of the rule sets. It is the
// zero target where nothing is to be written.
func (o *outputFlags) target(id string) (target, error) {
	path, format := o.output, o.format
	switch {
	case o.optional && path == "" && format == "":
		return target{}, nil
	case o.fallback == "" && (path == "" || path == "-"):
		path = "-"
		if format == "" {
			format = o.forms[0]
		}
	}
	return newTarget("-o", path, format, o.fallback+"-"+id, o.forms)
}

func (o *outputFlags) lang() language.Language { return language.Language(o.language) }

func (o *outputFlags) note(format string, args ...any) { note(o.streams, o.quiet, format, args...) }

// deliver puts a result that is rendered whole where it belongs.
func (o *outputFlags) deliver(to target, content []byte) error {
	switch {
	case to == (target{}):
		return nil
	case to.path != "-":
		return to.write(content, o.force)
	case to.format == "xlsx" && isTerminal(o.out):
		return withHint("name a file with -o", "a workbook is not for a terminal")
	}
	_, err := o.out.Write(content)
	return err
}

// wrote notes the file that was written.
func (o *outputFlags) wrote(to target) {
	if to.path != "" && to.path != "-" {
		o.note("wrote %s", to.path)
	}
}

// refuse is --strict: every warning and assumption is an error.
func (o *outputFlags) refuse(rs *rules.RuleSet, warnings []string, assumptions []rules.Assumption) error {
	if !o.strict {
		return nil
	}
	var errs []error
	refuse := func(format string, args ...any) {
		errs = append(errs, fmt.Errorf("%s (refused by --strict)", fmt.Sprintf(format, args...)))
	}
	for _, w := range warnings {
		refuse("%s", w)
	}
	for _, a := range assumptions {
		cure := "in a rule set of your own"
		if slices.Contains(rs.Keys(), a.Key) {
			cure = "with --set " + a.Key + "=… or " + cure
		}
		refuse("%s=%s is assumed: %s (decide it %s)", a.Key, a.Value, a.Reason, cure)
	}
	return errors.Join(errs...)
}

// refuseGrant is --strict for several decisions; what concerns them alike is
// told once.
func (o *outputFlags) refuseGrant(g *allocation.Grant) error {
	var errs []error
	told := map[string]bool{}
	add := func(err error) {
		if err == nil {
			return
		}
		for _, e := range flatten(err) {
			if !told[e.Error()] {
				told[e.Error()] = true
				errs = append(errs, e)
			}
		}
	}
	for _, p := range g.Plans {
		add(o.refuse(p.Rules, p.Warnings, nil))
	}
	for _, p := range g.Plans {
		add(o.refuse(p.Rules, nil, p.Assumptions()))
	}
	return errors.Join(errs...)
}

// tell says what was changed and assumed, and every warning and note.
func (o *outputFlags) tell(rs *rules.RuleSet, assumptions []rules.Assumption, warnings, notes []string) {
	for _, x := range rs.Overrides() {
		o.note("%s=%s by --set; the rule set says %q", x.Key, x.Value, x.Was)
	}
	for _, a := range assumptions {
		o.note("%s=%s is assumed: %s", a.Key, a.Value, a.Reason)
	}
	for _, w := range warnings {
		warn(o.streams, w)
	}
	for _, n := range notes {
		o.note("%s", n)
	}
}
