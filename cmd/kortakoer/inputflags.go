package main

import (
	"errors"
	"strings"

	"github.com/spf13/cobra"

	"github.com/kortakoer/kortakoer/allocation"
	"github.com/kortakoer/kortakoer/internal/register"
	"github.com/kortakoer/kortakoer/rules"
)

// inputFlags say what a result is made from: files, rule sets and how they are
// read. Every command that reads files has them.
type inputFlags struct {
	request       register.Request
	rules         ruleFlags
	missingAsZero bool
}

// add defines the flags of every command that reads files.
func (i *inputFlags) add(cmd *cobra.Command, several bool) {
	f := cmd.Flags()
	i.rules.add(f, several)
	f.StringVar(&i.request.Encoding, "encoding", "", "encoding of CSV files: "+strings.Join(register.Encodings, ", ")+" (default: found by itself)")
	f.BoolVar(&i.request.AllowPersonal, "allow-personal-columns", false, "pass over columns that hold personal identity numbers")
	complete(cmd, map[string]cobra.CompletionFunc{
		"rules": completeRules, "set": completeSettings, "encoding": completeWords(register.Encodings...),
	})
}

// addCounts defines those of a command that reads counts.
func (i *inputFlags) addCounts(cmd *cobra.Command, several bool) {
	i.add(cmd, several)
	f := cmd.Flags()
	f.StringVar(&i.request.Sheet, "sheet", "", "`NAME` of the sheet with the counts, where several fit")
	f.BoolVar(&i.missingAsZero, "missing-as-zero", false, "count a region × area × year without a value as 0")
}

// addGrant defines those of a command that computes what the regions are paid.
func (i *inputFlags) addGrant(cmd *cobra.Command, several bool) {
	i.addCounts(cmd, several)
	f := cmd.Flags()
	f.StringVar(&i.request.Population, "population", "", "`FILE` with region and invånare, instead of SCB 2024-12-31")
	f.StringVar(&i.request.Requisitions, "requisitions", "", "`FILE` with region and datum")
	f.StringVar(&i.request.Paid, "paid", "", "`FILE` with region and belopp paid before; optional: datum, referens, beslut")
	complete(cmd, map[string]cobra.CompletionFunc{"population": completeTables, "requisitions": completeTables, "paid": completeTables})
}

// inputs are all files that are read, so that none is written over.
func (i *inputFlags) inputs() []string { return append(i.request.Files(), i.rules.names...) }

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

// read reads every file. The input is nil where nothing can be made of it.
func (i *inputFlags) read(scope register.Scope) (*allocation.Input, error) {
	in, err := register.Read(scope, i.request)
	if in != nil {
		in.MissingAsZero = i.missingAsZero
	}
	return in, err
}

// compute reads every file and computes the plans.
func (i *inputFlags) compute(scope register.Scope, sets []*rules.RuleSet) (*allocation.Grant, error) {
	in, err := i.read(scope)
	return allocate(sets, in, err)
}

// allocate computes the plans from what was read. That is checked against the
// rule sets even where something could not be read, so that all faults come
// together.
func allocate(sets []*rules.RuleSet, in *allocation.Input, errRead error) (*allocation.Grant, error) {
	switch {
	case in == nil:
		return nil, errRead
	case errRead != nil:
		return nil, errors.Join(errRead, allocation.CheckAll(sets, in))
	}
	return allocation.AllocateAll(sets, in)
}
