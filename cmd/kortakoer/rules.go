package main

import (
	"errors"
	"fmt"
	"os"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/kortakoer/kortakoer/rules"
)

func newRules(s streams) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "rules",
		Short: "List, show and check rule sets",
		Example: `  kortakoer rules list
  kortakoer rules show s2025-01233 > egna.toml
  kortakoer rules check egna.toml`,
		Args: knownCommand,

		SuggestionsMinimumDistance: 2,
		RunE:                       func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newRulesList(s), newRulesShow(s), newRulesCheck(s))
	return cmd
}

func newRulesList(s streams) *cobra.Command {
	return &cobra.Command{
		Use:     "list",
		Short:   "List the built-in rule sets, the default one first",
		Example: "  kortakoer rules list",
		Args:    cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			for _, id := range rules.IDs() {
				rs, err := rules.Builtin(id)
				if err != nil {
					return err
				}
				if _, err := fmt.Fprintf(s.out, "%s  %s, %s\n", rs.ID, rs.Decision.Reference, rs.Title); err != nil {
					return err
				}
			}
			return nil
		},
	}
}

func newRulesShow(s streams) *cobra.Command {
	return &cobra.Command{
		Use:               "show ID",
		Short:             "Print a rule set as the file that --rules takes",
		Example:           "  kortakoer rules show s2025-01233 > egna.toml",
		Args:              oneArg("kortakoer rules list names the built-in rule sets"),
		ValidArgsFunction: completeRules,
		RunE: func(_ *cobra.Command, args []string) error {
			rs, err := loadRules(args[0])
			if err != nil {
				return err
			}
			_, err = s.out.Write(rs.Text())
			return err
		},
	}
}

func newRulesCheck(s streams) *cobra.Command {
	return &cobra.Command{
		Use:     "check FILE",
		Short:   "Check a rule set of your own and tell every fault",
		Example: "  kortakoer rules check egna.toml",
		Args:    oneArg("such as: kortakoer rules check egna.toml"),
		RunE: func(_ *cobra.Command, args []string) error {
			rs, err := loadRules(args[0])
			if err != nil {
				return err
			}
			_, err = fmt.Fprintf(s.out, "%s: rule set %s is complete: %d values, %d assumptions\n", args[0], rs.ID, len(rs.Entries()), len(rs.Assumptions(rules.Uses{Extracts: true, Reports: true})))
			return err
		},
	}
}

func oneArg(hint string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) != 1 {
			return withHint(hint, "%s takes one name, not %d", cmd.CommandPath(), len(args))
		}
		return nil
	}
}

// ruleFlags name the rule sets of a command and what to replace in them.
type ruleFlags struct {
	names    []string
	settings []string
}

// add defines the flags for a command that takes one rule set or several.
func (r *ruleFlags) add(f *pflag.FlagSet, several bool) {
	usage := "rule set: the `ID` of a built-in one, or a file"
	if several {
		usage += " (repeatable)"
	}
	f.StringArrayVar(&r.names, "rules", []string{rules.Default}, usage)
	f.StringArrayVar(&r.settings, "set", nil, "replace one value of the rule set, as `KEY=VALUE` (repeatable)")
}

// load returns the rule sets, each with the settings.
func (r *ruleFlags) load() ([]*rules.RuleSet, error) {
	var sets []*rules.RuleSet
	var errs []error
	for _, name := range r.names {
		rs, err := loadRules(name)
		if err == nil {
			rs, err = rs.With(r.settings...)
		}
		sets, errs = append(sets, rs), append(errs, err)
	}
	return sets, errors.Join(errs...)
}

// loadOne returns the only rule set.
func (r *ruleFlags) loadOne() (*rules.RuleSet, error) {
	if len(r.names) != 1 {
		return nil, withHint("give --rules once", "this command takes one rule set, not %d", len(r.names))
	}
	sets, err := r.load()
	if err != nil {
		return nil, err
	}
	return sets[0], nil
}

// loadRules returns a built-in rule set by its id, or the one in a file.
func loadRules(name string) (*rules.RuleSet, error) {
	rs, err := rules.Builtin(name)
	if !errors.Is(err, rules.ErrUnknown) {
		return rs, err
	}
	text, err := os.ReadFile(name)
	if err != nil {
		if errors.Is(err, os.ErrNotExist) {
			return nil, withHint("kortakoer rules list names the built-in ones", "there is no rule set and no file %q", name)
		}
		return nil, fmt.Errorf("rule set %s: %w", name, err)
	}
	return rules.Load(name, text)
}
