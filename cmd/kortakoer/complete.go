package main

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/kortakoer/kortakoer/rules"
)

// completeRules offers the built-in rule sets, and files.
func completeRules(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	var list []string
	for _, id := range rules.IDs() {
		if rs, err := rules.Builtin(id); err == nil {
			list = append(list, cobra.CompletionWithDesc(id, rs.Title))
		}
	}
	return list, cobra.ShellCompDirectiveDefault
}

// completeRegions offers the names of the regions.
func completeRegions(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	var list []string
	for _, r := range rules.Regions() {
		list = append(list, cobra.CompletionWithDesc(r.Name, r.Code))
	}
	return list, cobra.ShellCompDirectiveNoFileComp
}

// completeTables offers files that can be read.
func completeTables(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	return []string{"csv", "xlsx", "txt", "tsv"}, cobra.ShellCompDirectiveFilterFileExt
}

// completeSettings offers the keys of the rule set in use, and behind a key of
// named readings those readings.
func completeSettings(cmd *cobra.Command, _ []string, typed string) ([]string, cobra.ShellCompDirective) {
	names, err := cmd.Flags().GetStringArray("rules")
	if err != nil || len(names) == 0 {
		return nil, cobra.ShellCompDirectiveError
	}
	rs, err := loadRules(names[0])
	if err != nil {
		return nil, cobra.ShellCompDirectiveError
	}
	var list []string
	for _, key := range rs.Keys() {
		readings := rules.Readings(key)
		if !strings.HasPrefix(typed, key+"=") || readings == nil {
			list = append(list, key+"=")
			continue
		}
		list = nil
		for _, r := range readings {
			list = append(list, key+"="+r)
		}
		break
	}
	return slices.Clip(list), cobra.ShellCompDirectiveNoSpace | cobra.ShellCompDirectiveNoFileComp
}

func completeWords(words ...string) cobra.CompletionFunc {
	return cobra.FixedCompletions(words, cobra.ShellCompDirectiveNoFileComp)
}

// completeRegionThenTables offers a region first, then files.
func completeRegionThenTables(cmd *cobra.Command, args []string, typed string) ([]string, cobra.ShellCompDirective) {
	if len(args) == 0 {
		return completeRegions(cmd, args, typed)
	}
	return completeTables(cmd, args, typed)
}
