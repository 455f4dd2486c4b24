package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/kortakoer/kortakoer/allocation"
)

// Exit codes. exitDifferent is for verify alone.
const (
	exitDone      = 0
	exitDifferent = 1
	exitRefused   = 2 // it could not run: usage, input, rules or files
)

// streams are where a command reads and writes; results go to out, all else to
// err.
type streams struct {
	in       io.Reader
	out, err io.Writer
}

// run executes one command line and returns the exit code. A panic is a fault
// of the program; its value could hold one of the input, so only a run-time
// error of Go, which holds none, is printed.
func run(args []string, in io.Reader, out, stderr io.Writer) (code int) {
	defer func() {
		if p := recover(); p != nil {
			what, ok := p.(runtime.Error)
			if !ok {
				what = nil
			}
			fmt.Fprintf(stderr, "kortakoer: a fault of the program; please report these lines: %v\n%s", what, debug.Stack())
			code = exitRefused
		}
	}()
	root := newRoot(streams{in, out, stderr})
	root.SetArgs(args)
	root.SetIn(in)
	root.SetOut(out)
	root.SetErr(stderr)
	if err := root.Execute(); err != nil {
		if d, ok := errors.AsType[*difference](err); ok {
			fmt.Fprintf(stderr, "kortakoer: %v\n", d)
			return exitDifferent
		}
		printError(stderr, err)
		return exitRefused
	}
	return exitDone
}

// difference means that verify did what it should and found one.
type difference struct{ what string }

func (d *difference) Error() string { return d.what }

// hinted is an error with what to do about it, told on a line of its own.
type hinted struct {
	error
	hint string
}

func (h *hinted) Unwrap() error { return h.error }

func withHint(hint, format string, args ...any) error {
	return &hinted{fmt.Errorf(format, args...), hint}
}

// printError prints every fault of a joined error on its own line.
func printError(w io.Writer, err error) {
	faults := flatten(err)
	allocation.SortFaults(faults)
	for _, f := range faults {
		fmt.Fprintf(w, "kortakoer: %v\n", f)
	}
	if len(faults) > 1 {
		fmt.Fprintf(w, "kortakoer: %d faults; nothing was written\n", len(faults))
	}
	if h, ok := errors.AsType[*hinted](err); ok {
		fmt.Fprintf(w, "hint: %s\n", h.hint)
	}
}

func flatten(err error) []error {
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok {
		return []error{err}
	}
	var all []error
	for _, e := range joined.Unwrap() {
		all = append(all, flatten(e)...)
	}
	return all
}

// helpTemplate starts with examples: what most who ask for help look for.
const helpTemplate = `{{with or .Long .Short}}{{. | trimTrailingWhitespaces}}

{{end}}{{if .HasExample}}Examples:
{{.Example | trimTrailingWhitespaces}}

{{end}}{{if or .Runnable .HasSubCommands}}Usage:
  {{if .HasAvailableSubCommands}}{{.CommandPath}} COMMAND{{else}}{{.UseLine}}{{end}}
{{end}}{{if .HasAvailableSubCommands}}
Commands:{{range .Commands}}{{if .IsAvailableCommand}}
  {{rpad .Name .NamePadding}} {{.Short}}{{end}}{{end}}
{{end}}{{if .HasAvailableLocalFlags}}
Flags:
{{.LocalFlags.FlagUsages | trimTrailingWhitespaces}}
{{end}}{{if .HasAvailableSubCommands}}
More about a command: {{.CommandPath}} COMMAND --help
{{end}}`

func newRoot(s streams) *cobra.Command {
	root := &cobra.Command{
		Use:   "kortakoer",
		Short: "Compute what regions are paid for shortening health-care queues",
		Long: `Compute what Swedish regions are paid for shortening health-care queues, from
counts of operations to the workbook that the payment is made from.`,
		Example: `  kortakoer calc operationer.xlsx
  kortakoer calc operationer.csv --rules s2025-00401 --requisitions rekvisitioner.csv
  kortakoer rules show s2025-01233`,
		Args:              knownCommand,
		SilenceUsage:      true,
		SilenceErrors:     true,
		CompletionOptions: cobra.CompletionOptions{HiddenDefaultCmd: true},
		RunE: func(cmd *cobra.Command, _ []string) error {
			return cmd.Help()
		},
	}
	root.SuggestionsMinimumDistance = 2
	root.SetHelpTemplate(helpTemplate)
	root.SetUsageTemplate(helpTemplate)
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return withHint(cmd.CommandPath()+" --help lists the flags", "%w", plainly(err))
	})
	root.AddCommand(newCalc(s), newCount(s), newExplain(s), newWhatif(s), newReadings(s), newVerify(s), newFollowUp(s), newCeilings(s), newSettle(s), newReport(s), newRules(s), newVersion(s))
	return root
}

// plainly says of a flag's number what is wrong with it; the library's own
// words name its functions.
func plainly(err error) error {
	invalid, ok := errors.AsType[*pflag.InvalidValueError](err)
	if !ok {
		return err
	}
	number, ok := errors.AsType[*strconv.NumError](err)
	if !ok || !strings.HasPrefix(invalid.GetFlag().Value.Type(), "int") {
		return err
	}
	what := "is not a whole number"
	if errors.Is(number, strconv.ErrRange) {
		what = "is far too large a number"
		if strings.HasPrefix(invalid.GetValue(), "-") {
			what = "is far too small a number"
		}
	}
	return fmt.Errorf("--%s %s %s", invalid.GetFlag().Name, invalid.GetValue(), what)
}

// knownCommand refuses what is no command, with the nearest that is.
func knownCommand(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	hint := cmd.CommandPath() + " --help lists the commands"
	if near := cmd.SuggestionsFor(args[0]); len(near) > 0 {
		hint = "did you mean " + cmd.CommandPath() + " " + strings.Join(near, " or ") + "?"
	}
	return withHint(hint, "%s has no command %q", cmd.CommandPath(), args[0])
}

// colour reports whether w is a terminal that may be coloured.
func colour(w io.Writer) bool {
	if _, set := os.LookupEnv("NO_COLOR"); set || strings.EqualFold(os.Getenv("TERM"), "dumb") {
		return false
	}
	return isTerminal(w)
}

func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0 && f.Name() != os.DevNull
}
