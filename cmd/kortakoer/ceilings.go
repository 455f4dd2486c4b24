package main

import (
	"bytes"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/kortakoer/kortakoer/allocation"
	"github.com/kortakoer/kortakoer/internal/report"
	"github.com/kortakoer/kortakoer/rules"
)

// ceilingsOptions are the flags of ceilings.
type ceilingsOptions struct {
	outputFlags
	inputFlags
	pool    string
	against string
}

func newCeilings(s streams) *cobra.Command {
	o := &ceilingsOptions{outputFlags: outputFlags{streams: s, forms: []string{"toml", "csv", "json"}, fallback: "tak", optional: true}}
	cmd := &cobra.Command{
		Use:   "ceilings NEED",
		Short: "Compute the ceilings of the regions by need",
		Long: `Compute the ceilings of the regions by need (vårdbehov): a pool divided in
proportion to inhabitants × standard cost per inhabitant, in whole kronor by
largest remainder. NEED has the columns region, invånare and standardkostnad
(kronor per inhabitant), or region and vårdbehov where the weights are known.

With -o the ceilings are written as a rule set takes them (.toml), or as a list.
--against tells where and by how much they differ from a published table.`,
		Example: `  kortakoer ceilings vardbehov.xlsx
  kortakoer ceilings vardbehov.csv --pool 507500000 -o tak.toml
  kortakoer ceilings vardbehov.csv --against s2025-01233
  kortakoer ceilings vardbehov.csv --against bilaga2.txt --format csv -o -`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return withHint("such as: kortakoer ceilings vardbehov.xlsx", "ceilings needs one file with the need of the regions")
			}
			return nil
		},
		ValidArgsFunction: completeTables,
		RunE: func(_ *cobra.Command, args []string) error {
			o.request.Need, o.request.Stdin = args[0], s.in
			return o.run()
		},
	}
	f := cmd.Flags()
	f.StringVar(&o.pool, "pool", "", "`KRONOR` to divide, instead of what the rule set pays for operations")
	f.StringVar(&o.against, "against", "", "`TABLE` to compare with: a file, or the ID of a rule set")
	f.StringVar(&o.request.Column, "column", "", "`NAME` of the column with the amounts of the table, where several fit")
	complete(cmd, map[string]cobra.CompletionFunc{"against": completeRules, "pool": completeWords()})
	o.inputFlags.add(cmd, false)
	o.outputFlags.add(cmd, "print no table and no notes, only warnings and errors")
	o.addStrict(cmd)
	return cmd
}

func (o *ceilingsOptions) run() error {
	rs, err := o.rules.loadOne()
	if err != nil {
		return err
	}
	pool, assumptions, err := o.kronor(rs)
	if err != nil {
		return err
	}
	other, err := o.otherRules()
	if err != nil {
		return err
	}
	to, err := o.target(rs.ID)
	if err != nil {
		return err
	}
	errOutput := to.mayWrite(o.force, append(o.inputs(), o.against))
	scope, errScope := scopeOf(rs)
	in, err := o.read(scope)
	if err := errors.Join(errScope, err, errOutput); err != nil {
		return err
	}
	t, err := allocation.Ceilings(pool, in.Needs)
	if err != nil {
		return err
	}
	c := &report.Ceilings{CeilingTable: t, Rules: rs, Input: in, Version: versionText(), Language: o.lang()}
	var notes []string
	switch {
	case other != nil:
		c.Against, c.Comparison = other.ID, t.Compare(other.Ceilings.V)
		if why := other.Ceilings.Assumed; why != "" {
			notes = append(notes, fmt.Sprintf("the ceilings of %s are assumed: %s", other.ID, why))
		}
	case in.Published != nil:
		c.Against, c.Comparison = filepath.Base(o.against), t.Compare(in.Published.ByRegion())
		if country := in.Published.Country; country != nil && country.Kronor != c.Comparison.Total {
			in.Warnings = append(in.Warnings, fmt.Sprintf("%s: Riket has %d, but the regions sum to %d", country.Origin, country.Kronor, c.Comparison.Total))
		}
	}
	if err := o.refuse(rs, in.Warnings, assumptions); err != nil {
		return err
	}
	tellFiles(o.streams, o.quiet, in)
	o.tell(rs, assumptions, in.Warnings, notes)
	return o.print(to, c)
}

// print writes the ceilings where they are asked for, and the table.
func (o *ceilingsOptions) print(to target, c *report.Ceilings) error {
	var content bytes.Buffer
	var err error
	hasNeed := true
	switch to.format {
	case "toml":
		hasNeed, err = c.TOML(&content)
	case "csv":
		err = c.CSV(&content)
	case "json":
		err = c.JSON(&content)
	}
	if err != nil {
		return err
	}
	if block := c.Rules.PerformanceBlock(); to.format == "toml" && c.Pool != block {
		o.note("the ceilings sum to %d kronor: they fit a rule set whose pool less the equal block is that, not %s with %d", c.Pool, c.Rules.ID, block)
	}
	if !hasNeed {
		o.note("the weights are larger than a rule set takes, so [need] is left out and the ceilings serve as weights")
	}
	if err := o.deliver(to, content.Bytes()); err != nil || o.quiet || to.path == "-" {
		return err
	}
	if err := c.Table(o.out, colour(o.out)); err != nil {
		return err
	}
	o.wrote(to)
	return nil
}

// kronor is the amount to divide: that of --pool, or what the rule set pays
// for operations, with what is assumed of it.
func (o *ceilingsOptions) kronor(rs *rules.RuleSet) (int64, []rules.Assumption, error) {
	if o.pool != "" {
		digits := strings.NewReplacer(" ", "", "\u00a0", "", "\u202f", "", "_", "").Replace(o.pool)
		n, err := strconv.ParseInt(digits, 10, 64) // the largest there is for a larger one
		switch {
		case strings.HasPrefix(digits, "+") || n <= 0 || err != nil && !errors.Is(err, strconv.ErrRange):
			return 0, nil, withHint("such as --pool 507500000", "--pool %s is not a whole number of kronor", o.pool)
		case n > rules.MaxWeight:
			return 0, nil, withHint("such as --pool 507500000", "--pool %s is more than %d kronor, the most that is divided", o.pool, int64(rules.MaxWeight))
		}
		return n, nil, nil
	}
	assumptions := slices.DeleteFunc(rs.Assumptions(rules.Uses{}), func(a rules.Assumption) bool { return a.Key != "pool" && a.Key != "equal" })
	if rs.PerformanceBlock() == 0 {
		return 0, nil, withHint("name the amount with --pool", "%s pays nothing for operations: its equal block is the whole pool", rs.ID)
	}
	return rs.PerformanceBlock(), assumptions, nil
}

// otherRules is the rule set that --against names; a table otherwise.
func (o *ceilingsOptions) otherRules() (*rules.RuleSet, error) {
	if o.against == "" {
		return nil, nil
	}
	rs, err := rules.Builtin(o.against)
	if err == nil || !errors.Is(err, rules.ErrUnknown) {
		return rs, err
	}
	if strings.EqualFold(filepath.Ext(o.against), ".toml") {
		return loadRules(o.against)
	}
	o.request.Published = o.against
	return nil, nil
}
