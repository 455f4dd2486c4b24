package main

import (
	"errors"

	"github.com/spf13/pflag"

	"github.com/kortakoer/kortakoer/allocation"
	"github.com/kortakoer/kortakoer/internal/register"
)

// inputFlags are what a command needs to compute a plan: the files and how
// they are read, and the rule set.
type inputFlags struct {
	request       register.Request
	rules         ruleFlags
	missingAsZero bool
}

// add defines the flags.
func (i *inputFlags) add(f *pflag.FlagSet) {
	i.rules.add(f)
	f.StringVar(&i.request.Population, "population", "", "`FILE` with region and invånare, instead of SCB 2024-12-31")
	f.StringVar(&i.request.Requisitions, "requisitions", "", "`FILE` with region and datum")
	f.StringVar(&i.request.Paid, "paid", "", "`FILE` with region and belopp paid before; optional: datum, referens, beslut")
	f.StringVar(&i.request.Sheet, "sheet", "", "`NAME` of the sheet with the counts, where several fit")
	extractFlags(f, &i.request)
	f.BoolVar(&i.missingAsZero, "missing-as-zero", false, "count a region × area × year without a value as 0")
}

// grant reads every file and computes the plans. What could be read is checked
// even where something could not, so that all faults come together.
func (i *inputFlags) grant() (*allocation.Grant, error) {
	sets, err := i.rules.load()
	if err != nil {
		return nil, err
	}
	scope, errScope := scopeOf(sets...)
	in, err := register.Read(scope, i.request)
	if in == nil {
		return nil, errors.Join(errScope, err)
	}
	in.MissingAsZero = i.missingAsZero
	if err != nil || errScope != nil {
		return nil, errors.Join(errScope, err, allocation.CheckAll(sets, in))
	}
	return allocation.AllocateAll(sets, in)
}
