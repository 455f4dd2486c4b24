package main

import (
	"errors"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/kortakoer/kortakoer/allocation"
	"github.com/kortakoer/kortakoer/internal/register"
	"github.com/kortakoer/kortakoer/rules"
)

// inputFlags say what a calculation is made from: files, rule sets and how
// they are read. Every command that computes a plan has them.
type inputFlags struct {
	request       register.Request
	rules         ruleFlags
	missingAsZero bool
}

func (i *inputFlags) add(f *pflag.FlagSet) {
	i.rules.addSeveral(f)
	f.StringVar(&i.request.Population, "population", "", "`FILE` with region and invånare, instead of SCB 2024-12-31")
	f.StringVar(&i.request.Requisitions, "requisitions", "", "`FILE` with region and datum")
	f.StringVar(&i.request.Paid, "paid", "", "`FILE` with region and belopp paid before; optional: datum, referens, beslut")
	f.StringVar(&i.request.Sheet, "sheet", "", "`NAME` of the sheet with the counts, where several fit")
	extractFlags(f, &i.request)
	f.BoolVar(&i.missingAsZero, "missing-as-zero", false, "count a region × area × year without a value as 0")
}

// completions are how the shell completes the flags.
func (i *inputFlags) completions() map[string]cobra.CompletionFunc {
	return map[string]cobra.CompletionFunc{
		"rules": completeRules, "set": completeSettings, "population": completeTables, "requisitions": completeTables, "paid": completeTables,
		"encoding": completeWords(register.Encodings...),
	}
}

// registerCompletions attaches completions to flags that are defined already.
func registerCompletions(cmd *cobra.Command, completions ...map[string]cobra.CompletionFunc) {
	for _, some := range completions {
		for flag, complete := range some {
			if err := cmd.RegisterFlagCompletionFunc(flag, complete); err != nil {
				panic(err) // the flag is defined above
			}
		}
	}
}

// grant loads the rule sets, reads every file and computes the plans.
func (i *inputFlags) grant() (*allocation.Grant, error) {
	sets, err := i.rules.load()
	if err != nil {
		return nil, err
	}
	scope, errScope := scopeOf(sets...)
	grant, err := i.compute(scope, sets)
	return grant, errors.Join(errScope, err)
}

// compute reads every file and computes the plans. What could be read is
// checked against the rule sets even where something could not, so that all
// faults come together.
func (i *inputFlags) compute(scope register.Scope, sets []*rules.RuleSet) (*allocation.Grant, error) {
	in, err := register.Read(scope, i.request)
	if in == nil {
		return nil, err
	}
	in.MissingAsZero = i.missingAsZero
	if err != nil {
		return nil, errors.Join(err, allocation.CheckAll(sets, in))
	}
	return allocation.AllocateAll(sets, in)
}
