package main

import (
	"bytes"
	"errors"
	"fmt"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/kortakoer/kortakoer/allocation"
	"github.com/kortakoer/kortakoer/internal/register"
	"github.com/kortakoer/kortakoer/internal/report"
	"github.com/kortakoer/kortakoer/internal/whatif"
	"github.com/kortakoer/kortakoer/rules"
)

// whatifOptions are the flags of whatif.
type whatifOptions struct {
	outputFlags
	inputFlags
	regions    []string
	additional []string
	against    []string
	then       []string
}

func newWhatif(s streams) *cobra.Command {
	o := &whatifOptions{outputFlags: outputFlags{streams: s, forms: []string{"text", "csv", "json"}}}
	cmd := &cobra.Command{
		Use:   "whatif COUNTS...",
		Short: "Tell how far each region is from a change, and what changes the amounts",
		Long: `Tell for every region and area how many operations are left to the baseline, to
the ceiling and to a place in the pot, and what one operation more is worth.
With --add, --then, --against or a second --rules: what each region's amount
changes by, and how much of it is due to operations, baseline, rate, ceiling,
requisition, need and leftover, to the krona.`,
		Example: `  kortakoer whatif operationer.csv --region Gotland
  kortakoer whatif operationer.csv --add Gotland:framfall:+20
  kortakoer whatif operationer.csv --then leftover.ceiling=applies
  kortakoer whatif preliminär.csv --against slutlig.csv
  kortakoer whatif operationer.csv --rules s2025-00401 --rules s2025-01233 --requisitions rekvisitioner.csv`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return withHint("such as: kortakoer whatif operationer.csv", "whatif needs a file with counts of operations")
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
	o.outputFlags.add(cmd, "print no notes, only warnings and errors")
	f.StringArrayVar(&o.regions, "region", nil, "show only this `REGION` (repeatable); all are computed")
	f.StringArrayVar(&o.additional, "add", nil, "`REGION:AREA:+N` operations more, or -N fewer (repeatable)")
	f.StringArrayVar(&o.against, "against", nil, "compare with the counts in this `FILE` (repeatable)")
	f.StringArrayVar(&o.then, "then", nil, "compare with `KEY=VALUE` in the rule set (repeatable)")
	complete(cmd, map[string]cobra.CompletionFunc{
		"region": completeRegions, "against": completeTables, "then": completeSettings,
	})
	return cmd
}

// compares reports whether there are two sides.
func (o *whatifOptions) compares() bool {
	return len(o.additional)+len(o.against)+len(o.then) > 0 || len(o.rules.names) > 1
}

func (o *whatifOptions) run() error {
	to, err := o.target("")
	if err != nil {
		return err
	}
	if len(o.rules.names) > 2 {
		return withHint("give --rules once or twice", "two rule sets are compared, not %d", len(o.rules.names))
	}
	inputs := append(o.inputs(), o.against...)
	errOutput := to.mayWrite(o.force, inputs)
	o.request.Progress = progress(o.err, o.quiet)
	sets, err := o.sets()
	if err != nil {
		return err
	}
	scope, errScope := scopeOf(sets[0])
	shown, errRegion := shownRegions(scope, o.regions)
	additions, errAdd := o.additions(sets[len(sets)-1])
	if o.readsTwice(sets) && o.takesStdin() {
		return withHint("save it to a file first", "standard input can be read once, and both sides need it")
	}
	before, after, errPlans := o.plans(sets)
	if err := errors.Join(errScope, errRegion, errAdd, errOutput, errPlans); err != nil {
		return err
	}
	var content bytes.Buffer
	if o.compares() {
		err = o.compare(&content, to.format, before, after, additions, shown)
	} else {
		err = o.breakpoints(&content, to.format, before, shown)
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

// sets are the rule set before and, where two are compared, the one after.
func (o *whatifOptions) sets() ([]*rules.RuleSet, error) {
	sets, err := o.rules.load()
	if err != nil || len(o.then) == 0 {
		return sets, err
	}
	after, err := loadRules(o.rules.names[len(sets)-1])
	if err == nil {
		after, err = after.With(slices.Concat(o.rules.settings, o.then)...)
	}
	if err != nil {
		return nil, fmt.Errorf("--then: %w", err)
	}
	return []*rules.RuleSet{sets[0], after}, nil
}

// readsTwice reports whether the sides need a reading each: of other counts, or
// by rule sets in which the files could mean something else.
func (o *whatifOptions) readsTwice(sets []*rules.RuleSet) bool {
	return len(o.against) > 0 || len(sets) > 1 && !reflect.DeepEqual(sortedScope(sets[0]), sortedScope(sets[1]))
}

// sortedScope is the scope of a rule set with its decisions in one order: that
// of the rule set in use comes first, but no name belongs to two.
func sortedScope(rs *rules.RuleSet) register.Scope {
	scope, err := scopeOf(rs)
	if err != nil {
		return scope // which the reading refuses
	}
	slices.SortFunc(scope.Decisions, func(a, b register.Decision) int { return strings.Compare(a.ID, b.ID) })
	return scope
}

// takesStdin reports whether a file is standard input.
func (o *whatifOptions) takesStdin() bool {
	q := o.request
	return slices.Contains(slices.Concat(q.Counts, []string{q.Population, q.Requisitions, q.Paid}), register.Stdin)
}

// plans computes both sides, and tells what makes them doubtful.
func (o *whatifOptions) plans(sets []*rules.RuleSet) (before, after *allocation.Plan, err error) {
	var done allocation.Grant
	defer func() { tellDoubt(o.streams, &done) }()
	first, last := sets[0], sets[len(sets)-1]
	twice := o.readsTwice(sets)
	if twice {
		sets = sets[:1]
	}
	in, errRead := o.readFor(sets, o.request.Counts)
	if before, err = side(first, in, errRead); err != nil {
		return nil, nil, err
	}
	done.Plans = append(done.Plans, before)
	if first == last && !twice {
		return before, before, nil
	}
	if twice {
		counts := o.request.Counts
		if len(o.against) > 0 {
			counts = o.against
		}
		in, errRead = o.readFor([]*rules.RuleSet{last}, counts)
	}
	if after, err = side(last, in, errRead); err != nil {
		return nil, nil, err
	}
	done.Plans = append(done.Plans, after)
	return before, after, nil
}

// readFor reads the files for sides that understand them alike; requisitions
// only where one of them demands any.
func (o *whatifOptions) readFor(sets []*rules.RuleSet, counts []string) (*allocation.Input, error) {
	mine := o.inputFlags
	mine.request.Counts = counts
	if !slices.ContainsFunc(sets, (*rules.RuleSet).Demands) {
		mine.request.Requisitions = ""
	}
	scope, err := scopeOf(sets[0])
	if err != nil {
		return nil, err
	}
	return mine.read(scope)
}

// side computes the plan of one side as if it were alone.
func side(rs *rules.RuleSet, in *allocation.Input, errRead error) (*allocation.Plan, error) {
	if in != nil && !rs.Demands() { // the requisitions are for the other
		alone := *in
		alone.Requisitions = nil
		alone.Files = slices.DeleteFunc(slices.Clone(in.Files), func(f allocation.File) bool { return f.Role == allocation.RoleRequisitions })
		in = &alone
	}
	grant, err := allocate([]*rules.RuleSet{rs}, in, errRead)
	if err != nil {
		return nil, err
	}
	return grant.Plans[0], nil
}

func (o *whatifOptions) breakpoints(w *bytes.Buffer, format string, p *allocation.Plan, shown []int) error {
	list, err := whatif.Breakpoints(p, shown)
	switch {
	case err != nil:
		return err
	case format == "csv":
		return report.BreakpointsCSV(w, p, list)
	case format == "json":
		return report.BreakpointsJSON(w, p, list)
	}
	return report.Breakpoints(w, p, list, o.lang())
}

func (o *whatifOptions) compare(w *bytes.Buffer, format string, before, after *allocation.Plan, additions []whatif.Addition, shown []int) error {
	l := o.lang()
	options := report.ComparisonOptions{Language: l, Regions: shown, Before: report.SideLabel(before, names(o.request.Counts), nil, l)}
	files := o.request.Counts
	if len(o.against) > 0 {
		files = o.against
	}
	options.After = report.SideLabel(after, names(files), additions, l)
	var err error
	if len(additions) > 0 {
		if after, err = whatif.With(after, additions...); err != nil {
			return err
		}
	}
	c, err := whatif.Compare(before, after)
	switch {
	case err != nil:
		return err
	case format == "csv":
		return report.ComparisonCSV(w, c, options)
	case format == "json":
		return report.ComparisonJSON(w, c, options)
	}
	return report.Comparison(w, c, options)
}

// names are the files without their folders, so that the output does not
// depend on them.
func names(files []string) []string {
	short := make([]string, len(files))
	for i, f := range files {
		short[i] = filepath.Base(f)
	}
	return short
}

// shownRegions resolves --region to places in rules.Regions; without it to all.
func shownRegions(scope register.Scope, names []string) ([]int, error) {
	codes, err := regionCodes(scope, names)
	var list []int
	for i, r := range rules.Regions() {
		if len(codes) == 0 || slices.Contains(codes, r.Code) {
			list = append(list, i)
		}
	}
	return list, err
}

// additions reads --add.
func (o *whatifOptions) additions(rs *rules.RuleSet) ([]whatif.Addition, error) {
	scope, err := scopeOf(rs)
	if err != nil {
		return nil, err
	}
	var list []whatif.Addition
	var errs []error
	for _, text := range o.additional {
		parts := strings.Split(text, ":")
		if len(parts) != 3 {
			errs = append(errs, withHint("such as --add Gotland:framfall:+20", "--add %s is not REGION:AREA:+N", text))
			continue
		}
		code, errRegion := register.FindRegion(scope, parts[0])
		area, errArea := register.FindArea(scope, parts[1])
		sign := strings.Replace(parts[2], "−", "-", 1)
		n, errNumber := strconv.ParseInt(sign, 10, 32)
		if errNumber != nil || sign[0] != '+' && sign[0] != '-' {
			errNumber = fmt.Errorf("%q is not a number with its sign, such as +20 or -20", parts[2])
		}
		if err := errors.Join(errRegion, errArea, errNumber); err != nil {
			for _, e := range flatten(err) {
				errs = append(errs, fmt.Errorf("--add %s: %w", text, e))
			}
			continue
		}
		list = append(list, whatif.Addition{Region: rules.RegionIndex(code), Area: rs.AreaIndex(area), N: n})
	}
	return list, errors.Join(errs...)
}
