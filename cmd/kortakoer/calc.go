package main

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/kortakoer/kortakoer/allocation"
	"github.com/kortakoer/kortakoer/internal/register"
	"github.com/kortakoer/kortakoer/internal/report"
	"github.com/kortakoer/kortakoer/internal/workbook"
	"github.com/kortakoer/kortakoer/rules"
)

// calcOptions are the flags of calc.
type calcOptions struct {
	outputFlags
	inputFlags
	ledger  string
	regions []string
}

func newCalc(s streams) *cobra.Command {
	o := &calcOptions{outputFlags: outputFlags{streams: s, forms: usualForms(), fallback: "utbetalning"}}
	cmd := &cobra.Command{
		Use:   "calc FILE...",
		Short: "Compute the payout of every region from counts of operations",
		Long: `Compute the payout of every region from counts of operations and write the
workbook that finance pays from. FILE is CSV or XLSX; several files are read as
one; - is standard input. The columns are found by their headers: region,
område, år, månad and antal; or one column per year; or baslinje. A row-level
extract of the patient register, also packed as .gz or .zst, is counted first.
Several --rules are computed side by side on the same counts.`,
		Example: `  kortakoer calc operationer.xlsx
  kortakoer calc operationer.csv -o utbetalning.xlsx --force
  kortakoer calc operationer.csv --format csv -o -
  kortakoer calc operationer.csv --set leftover.enabled=false
  kortakoer calc operationer.csv --rules s2025-00401 --requisitions rekvisitioner.csv
  kortakoer calc operationer.csv --rules s2025-00401 --rules s2025-01233 --requisitions rekvisitioner.csv
  kortakoer calc operationer.csv --paid utbetalt.csv --payees mottagare.csv --ledger bokforing.csv`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return withHint("such as: kortakoer calc operationer.xlsx", "calc needs a file with counts of operations")
			}
			return nil
		},
		ValidArgsFunction: completeTables,
		RunE: func(_ *cobra.Command, args []string) error {
			o.request.Counts, o.request.Stdin = args, s.in
			return o.run()
		},
	}
	f := cmd.Flags()
	o.addGrant(cmd, true)
	f.StringVar(&o.request.Payees, "payees", "", "`FILE` with region and organisationsnummer; optional: referens")
	f.StringVar(&o.ledger, "ledger", "", "also write the payments and claims for the ledger to this `FILE` (.csv)")
	f.StringArrayVar(&o.regions, "region", nil, "show only this `REGION` in the table (repeatable); all are computed")
	complete(cmd, map[string]cobra.CompletionFunc{"payees": completeTables, "region": completeRegions})
	o.outputFlags.add(cmd, "print no table and no notes, only warnings and errors")
	o.addStrict(cmd)
	return cmd
}

func (o *calcOptions) run() error {
	sets, err := o.rules.load()
	if err != nil {
		return err
	}
	to, err := o.target(joinedIDs(sets))
	if err != nil {
		return err
	}
	ledger, err := o.ledgerTarget(to)
	if err != nil {
		return err
	}
	scope, errScope := scopeOf(sets...)
	regions, errRegion := regionCodes(scope, o.regions)
	inputs := o.inputs()
	errOutput := errors.Join(to.mayWrite(o.force, inputs), ledger.mayWrite(o.force, inputs))
	o.request.Progress = progress(o.err, o.quiet)
	grant, errPlan := o.compute(scope, sets)
	if err := errors.Join(errScope, errPlan, errRegion, errOutput); err != nil {
		return err
	}
	if err := o.refuseGrant(grant); err != nil {
		return err
	}
	tellGrant(o.streams, o.quiet, grant)
	if err := o.writeBoth(to, ledger, grant); err != nil {
		return err
	}
	if o.quiet || to.path == "-" {
		return nil
	}
	if err := report.Summary(o.out, grant, report.SummaryOptions{Language: o.lang(), Colour: colour(o.out), Regions: regions}); err != nil {
		return err
	}
	o.wrote(to)
	return nil
}

// joinedIDs names the rule sets of a run.
func joinedIDs(sets []*rules.RuleSet) string {
	ids := make([]string, len(sets))
	for i, rs := range sets {
		ids[i] = rs.ID
	}
	return strings.Join(ids, "-")
}

// scopeOf is what the names in the files can mean under these rule sets. They
// are computed on one set of counts, so they must count alike.
func scopeOf(sets ...*rules.RuleSet) (register.Scope, error) {
	var s register.Scope
	var errs []error
	for _, r := range rules.Regions() {
		s.Regions = append(s.Regions, register.Region{Code: r.Code, Name: r.Name, Official: r.Official, Also: r.Also})
	}
	s.PerCode = sets[0].Unit.V == rules.Code
	s.Private = sets[0].Private.V
	for k, rs := range sets {
		for _, a := range rs.Areas {
			i := slices.IndexFunc(s.Areas, func(other register.Area) bool { return other.ID == a.ID })
			switch {
			case i < 0:
				s.Areas = append(s.Areas, register.Area{ID: a.ID, Names: a.AllNames(), Codes: a.Codes.V})
			case !slices.Equal(s.Areas[i].Codes, a.Codes.V):
				errs = append(errs, fmt.Errorf("%s counts other codes as %s than the rule set before it; run them one by one", rs.ID, a.ID))
			}
		}
		if slices.ContainsFunc(sets[:k], func(other *rules.RuleSet) bool { return other.ID == rs.ID }) {
			errs = append(errs, fmt.Errorf("the rule set %s is given twice", rs.ID))
		}
		if rs.Unit.V != sets[0].Unit.V || !slices.Equal(rs.Private.V, s.Private) {
			errs = append(errs, fmt.Errorf("%s counts operations in another way than %s; run them one by one", rs.ID, sets[0].ID))
		}
	}
	s.Decisions = decisions(sets...)
	return s, errors.Join(errs...)
}

// decisions are what payments and reports can be of: the rule set in use and
// the built-in ones, so that a list for the whole year can be given as it is.
func decisions(used ...*rules.RuleSet) []register.Decision {
	used = slices.Clip(used) // the caller's slice is not written to
	for _, id := range rules.IDs() {
		if rs, err := rules.Builtin(id); err == nil && !slices.ContainsFunc(used, func(u *rules.RuleSet) bool { return u.ID == id }) {
			used = append(used, rs)
		}
	}
	var list []register.Decision
	for _, rs := range used {
		number, _, _ := strings.Cut(rs.Decision.Reference, " ")
		part, _, _ := strings.Cut(rs.Decision.Reference, ",")
		list = append(list, register.Decision{ID: rs.ID, Names: []string{number, part, rs.Decision.Reference}})
	}
	return list
}

// regionCodes resolves --region to codes.
func regionCodes(scope register.Scope, names []string) ([]string, error) {
	var codes []string
	for _, name := range names {
		code, err := register.FindRegion(scope, name)
		if err != nil {
			return nil, fmt.Errorf("--region: %w", err)
		}
		codes = append(codes, code)
	}
	return codes, nil
}

// write renders the plan whole before anything is written.
func (o *calcOptions) write(to target, g *allocation.Grant) error {
	var content bytes.Buffer
	var err error
	switch to.format {
	case "csv":
		err = report.CSV(&content, g)
	case "json":
		err = report.JSON(&content, g, versionText())
	default:
		err = workbook.Write(&content, g, workbook.Options{Language: o.lang(), Version: versionText()})
	}
	if err != nil {
		return err
	}
	return o.deliver(to, content.Bytes())
}

// ledgerTarget is where --ledger goes; a file of its own.
func (o *calcOptions) ledgerTarget(to target) (target, error) {
	if o.ledger == "" {
		return target{}, nil
	}
	ledger, err := newTarget("--ledger", o.ledger, "", "", usualForms())
	switch {
	case err != nil:
		return ledger, err
	case ledger.format != "csv":
		return ledger, withHint("end it in .csv", "the ledger is written as CSV, not .%s", ledger.format)
	case to.path != "-" && ledger.same(to):
		return ledger, withHint("choose another file with --ledger", "the ledger and the output are both %s", to.path)
	}
	return ledger, nil
}

// writeBoth writes the result and, where it is asked for, the ledger: the one
// is put in place only when the other lies ready.
func (o *calcOptions) writeBoth(to, ledger target, g *allocation.Grant) error {
	if ledger == (target{}) {
		return o.write(to, g)
	}
	var content bytes.Buffer
	if err := report.Ledger(&content, g); err != nil {
		return err
	}
	ready, err := ledger.stage(content.Bytes(), o.force)
	if err != nil {
		return err
	}
	defer ready.discard()
	if err := o.write(to, g); err != nil {
		return err
	}
	if err := ready.commit(); err != nil {
		return err
	}
	if slices.ContainsFunc(g.Regions, func(r allocation.GrantRegion) bool { return r.Claim > 0 }) {
		o.note("a claim in the ledger and what settle demands back overlap: report final tells what a region owes in all")
	}
	o.wrote(ledger)
	return nil
}
