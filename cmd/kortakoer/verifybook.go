package main

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"maps"
	"os"
	"reflect"
	"slices"
	"strings"

	"github.com/kortakoer/kortakoer/allocation"
	"github.com/kortakoer/kortakoer/internal/cells"
	"github.com/kortakoer/kortakoer/internal/language"
	"github.com/kortakoer/kortakoer/internal/receipt"
	"github.com/kortakoer/kortakoer/internal/register"
	"github.com/kortakoer/kortakoer/internal/workbook"
	"github.com/kortakoer/kortakoer/rules"
)

// bookCheck is the check of one workbook against its receipt.
type bookCheck struct {
	*verifyOptions
	name  string
	found int // differences
}

// book computes a workbook again from its receipt, and compares every cell;
// then the receipt with the files that are given.
func (o *verifyOptions) book(name string) error {
	c := &bookCheck{verifyOptions: o, name: name}
	content, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	if !bytes.HasPrefix(content, []byte("PK")) {
		return withHint("to compare counts with a table, add --against TABLE", "%s is not a workbook: verify checks one that calc wrote, or counts against a table", name)
	}
	got, err := register.Book(content)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	text := receiptCells(got)
	if text == nil {
		return withHint("compare it with kortakoer verify COUNTS... --against "+name, "%s carries no receipt: calc did not write it, or the sheet was removed", name)
	}
	r, err := receipt.Decode(text)
	if err != nil {
		// Whoever changed the receipt changed the workbook.
		return &difference{fmt.Sprintf("%s: %v; nothing in the workbook can be checked by it", name, err)}
	}
	if r.Version != versionText() {
		note(o.streams, o.quiet, "%s was written by kortakoer %s; this is %s", name, r.Version, versionText())
	}
	if err := c.cells(got, r); err != nil {
		return err
	}
	if err := c.sources(r); err != nil {
		return err
	}
	if c.found > 0 {
		return &difference{fmt.Sprintf("%s: %s", name, numbered(c.found, "difference"))}
	}
	return nil
}

func numbered(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// say prints a difference.
func (c *bookCheck) say(format string, args ...any) error {
	c.found++
	_, err := fmt.Fprintf(c.out, format+"\n", args...)
	return err
}

// receiptCells finds the receipt wherever in the workbook it stands.
func receiptCells(b cells.Book) []string {
	for _, s := range b.Sheets {
		// In order of rows and columns: of two that begin so, always the first.
		places := slices.SortedFunc(maps.Keys(s.Cells), func(a, b cells.Place) int { return cmp.Or(cmp.Compare(a.Row, b.Row), cmp.Compare(a.Column, b.Column)) })
		for _, at := range places {
			c := s.Cells[at]
			n := receipt.Cells(c.Text)
			if n == 0 {
				continue
			}
			text := []string{c.Text}
			for range n {
				at.Row++
				text = append(text, s.Cells[at].Text)
			}
			return text
		}
	}
	return nil
}

// cells writes the workbook anew from the receipt, as calc does, and names
// every cell in which the two differ.
func (c *bookCheck) cells(got cells.Book, r *receipt.Receipt) error {
	if !slices.Contains(language.Languages, r.Language) {
		return &difference{c.name + ": " + receipt.ErrDamaged.Error() + ": its language is unknown"}
	}
	g, err := allocation.AllocateAll(r.Sets, r.Input)
	var content bytes.Buffer
	if err == nil {
		err = workbook.Write(&content, g, workbook.Options{Language: language.Language(r.Language), Version: r.Version})
	}
	if err != nil {
		return &difference{fmt.Sprintf("%s: what the receipt holds cannot be computed: %v", c.name, err)}
	}
	want, err := register.Book(content.Bytes())
	if err != nil {
		return err
	}
	// The receipt itself is checked by its checksum: packed by another version
	// of the compressor it can be spelt otherwise.
	own := map[string]cells.Place{}
	for _, s := range want.Sheets {
		for at, cell := range s.Cells {
			if receipt.Cells(cell.Text) > 0 {
				own[s.Name] = at
			}
		}
	}
	length := len(receiptCells(got))
	result := cells.Compare(want, got, func(sheet string, at cells.Place) bool {
		first, is := own[sheet]
		return is && at.Column == first.Column && at.Row >= first.Row && at.Row < first.Row+length
	})
	for _, d := range result.Differences {
		if err := c.say("%s", cellText(d)); err != nil {
			return err
		}
	}
	if result.Last > 0 {
		note(c.streams, c.quiet, "%s in which another program computed other last digits; they are taken as the same", numbered(result.Last, "formula"))
	}
	if got.Application != want.Application {
		note(c.streams, c.quiet, "the workbook was saved by another program")
	}
	if len(result.Differences) > 0 {
		return nil
	}
	_, err = fmt.Fprintf(c.out, "%s: %d cells are as the receipt gives them\n", c.name, result.Cells)
	return err
}

// cellText names a cell that differs. A value that could be a personal number
// is not repeated.
func cellText(d cells.Difference) string {
	if d.Place == (cells.Place{}) {
		if d.Has.Text == "" {
			return fmt.Sprintf("the sheet %s is missing", d.Sheet)
		}
		return fmt.Sprintf("the sheet %s is not of the workbook", register.Show(d.Has))
	}
	at := fmt.Sprintf("%s!%s%d", d.Sheet, allocation.ColumnName(d.Place.Column), d.Place.Row)
	switch {
	case d.Had == cells.Cell{}:
		return fmt.Sprintf("%s: holds %s; the receipt gives nothing", at, register.Show(d.Has))
	case d.Has == cells.Cell{}:
		return fmt.Sprintf("%s: is empty; the receipt gives %s", at, register.Show(d.Had))
	}
	return fmt.Sprintf("%s: is %s; the receipt gives %s", at, register.Show(d.Has), register.Show(d.Had))
}

// sources compares what the receipt holds with what it says it comes from: the
// built-in rule sets and population always, the files where they are given.
func (c *bookCheck) sources(r *receipt.Receipt) error {
	given := len(c.request.Counts) > 0
	sets, err := c.ruleSets(r, given)
	if err != nil {
		return err
	}
	for _, rs := range r.Sets {
		for _, o := range rs.Overrides() {
			note(c.streams, c.quiet, "%s: %s=%s by --set, by the receipt", rs.ID, o.Key, o.Value)
		}
	}
	if !given {
		if len(r.Input.Files) > 0 {
			note(c.streams, c.quiet, "the receipt is not compared with the files it names: none was given")
		}
		return c.population(r, r.Input, given)
	}
	scope, err := scopeOf(sets...)
	if err != nil {
		return err
	}
	c.request.Progress = progress(c.err, c.quiet)
	in, err := register.Read(scope, c.request)
	if err != nil {
		return err
	}
	tellFiles(c.streams, c.quiet, in)
	if in.MissingAsZero = c.missingAsZero; in.MissingAsZero != r.Input.MissingAsZero {
		if err := c.say("the receipt says missing-as-zero=%t; it is %t here", r.Input.MissingAsZero, in.MissingAsZero); err != nil {
			return err
		}
	}
	return errors.Join(c.files(r, in), c.contents(r, in), c.population(r, in, given))
}

// differs says that something of the receipt is not what this program has: a
// difference, unless another version may have had it so and there are no files
// to tell.
func (c *bookCheck) differs(r *receipt.Receipt, given bool, format string, args ...any) error {
	if !given && r.Version != versionText() {
		warn(c.streams, fmt.Sprintf(format, args...)+"; another version of the program wrote the workbook")
		return nil
	}
	return c.say(format, args...)
}

// ruleSets compares the rule sets of the receipt with those of --rules, or the
// built-in ones, and returns those that the files are read by.
func (c *bookCheck) ruleSets(r *receipt.Receipt, given bool) ([]*rules.RuleSet, error) {
	var own []*rules.RuleSet
	if c.rulesGiven {
		var err error
		if own, err = c.rules.load(); err != nil {
			return nil, err
		}
	}
	var sets []*rules.RuleSet
	for _, rs := range r.Sets {
		i := slices.IndexFunc(own, func(o *rules.RuleSet) bool { return o.ID == rs.ID })
		builtin, err := rules.Builtin(rs.ID)
		if err == nil && len(c.rules.settings) > 0 {
			if builtin, err = builtin.With(c.rules.settings...); err != nil {
				return nil, err
			}
		}
		other, whose := builtin, "built-in one"
		switch {
		case i >= 0:
			other, whose = own[i], "one given with --rules"
		case c.rulesGiven:
			if err := c.say("the receipt has the rule set %s, which --rules does not give", rs.ID); err != nil {
				return nil, err
			}
		case err != nil:
			warn(c.streams, fmt.Sprintf("the rule set %s is not built in and was not given with --rules: it is not checked", rs.ID))
			other = rs
		}
		sets = append(sets, other)
		if other == nil {
			sets[len(sets)-1] = rs
			continue
		}
		if other.SHA256 != rs.SHA256 {
			if err := c.differs(r, given, "the rule set %s of the receipt is not the %s", rs.ID, whose); err != nil {
				return nil, err
			}
		}
		if given && !slices.Equal(other.Overrides(), rs.Overrides()) && other != rs {
			if err := c.say("the receipt was computed with %s, not with %s", settingsText(rs), settingsText(other)); err != nil {
				return nil, err
			}
		}
	}
	for _, o := range own {
		if !slices.ContainsFunc(r.Sets, func(rs *rules.RuleSet) bool { return rs.ID == o.ID }) {
			if err := c.say("--rules gives the rule set %s, which the receipt does not have", o.ID); err != nil {
				return nil, err
			}
		}
	}
	return sets, nil
}

func settingsText(rs *rules.RuleSet) string {
	var list []string
	for _, o := range rs.Overrides() {
		list = append(list, "--set "+o.Key+"="+o.Value)
	}
	if len(list) == 0 {
		return rs.ID + " as it is"
	}
	return rs.ID + " " + strings.Join(list, " ")
}

// files compares the hashes of the files by their roles.
func (c *bookCheck) files(r *receipt.Receipt, in *allocation.Input) error {
	left := slices.Clone(in.Files)
	var errs []error
	whole := true
	for _, f := range r.Input.Files {
		i := slices.IndexFunc(left, func(g allocation.File) bool { return g.Role == f.Role && g.SHA256 == f.SHA256 })
		if i < 0 {
			i = slices.IndexFunc(left, func(g allocation.File) bool { return g.Role == f.Role && g.Name == f.Name })
			if i < 0 {
				warn(c.streams, fmt.Sprintf("%s (%s) was not given: it is not checked", f.Name, f.Role))
				whole = false
				continue
			}
			errs = append(errs, c.say("%s: SHA-256 is %s; the receipt says %s", left[i].Name, left[i].SHA256, f.SHA256))
		} else if g := left[i]; g.Sheet != f.Sheet || g.Rows != f.Rows || g.Blank != f.Blank || g.Notes != f.Notes || !reflect.DeepEqual(g.Extract, f.Extract) {
			errs = append(errs, c.say("%s: the receipt accounts for other rows than the file has", f.Name))
		}
		left = slices.Delete(left, i, i+1)
	}
	for _, f := range left {
		errs = append(errs, c.say("%s (%s) is not one of the files that the receipt names", f.Name, f.Role))
	}
	sorted := func(warnings []string) []string { return slices.Sorted(slices.Values(warnings)) }
	if whole && len(left) == 0 && !slices.Equal(sorted(r.Input.Warnings), sorted(in.Warnings)) {
		errs = append(errs, c.say("the receipt has other warnings of the files than reading them gives"))
	}
	return errors.Join(errs...)
}

// mostTold is how many values of one kind are named.
const mostTold = 20

// contents compares what was read now with what the receipt says was read, in
// the roles of which a file is given.
func (c *bookCheck) contents(r *receipt.Receipt, in *allocation.Input) error {
	was, is := r.Input, in
	type list struct {
		role    allocation.Role
		was, is map[string]string
	}
	var errs []error
	for _, l := range []list{
		{allocation.RoleCounts, values(was), values(is)},
		{allocation.RoleRequisitions, requisitions(was), requisitions(is)},
		{allocation.RolePayments, payments(was), payments(is)},
		{allocation.RolePayees, payees(was), payees(is)},
	} {
		if l.role != allocation.RoleCounts && !slices.ContainsFunc(in.Files, func(f allocation.File) bool { return f.Role == l.role }) {
			if len(l.was) > 0 && !slices.ContainsFunc(was.Files, func(f allocation.File) bool { return f.Role == l.role }) {
				errs = append(errs, c.say("the receipt has %s (%s) of no file", numbered(len(l.was), "value"), l.role))
			}
			continue
		}
		keys := map[string]bool{}
		for k := range l.was {
			keys[k] = l.was[k] != l.is[k]
		}
		for k := range l.is {
			keys[k] = l.was[k] != l.is[k]
		}
		var differ []string
		for k, is := range keys {
			if is {
				differ = append(differ, k)
			}
		}
		slices.Sort(differ)
		for i, k := range differ {
			if i == mostTold {
				errs = append(errs, c.say("%s: and %d more", l.role, len(differ)-i))
				break
			}
			errs = append(errs, c.say("%s: %s: the files have %s; the receipt has %s", l.role, k, orNothing(l.is[k]), orNothing(l.was[k])))
		}
	}
	return errors.Join(errs...)
}

func orNothing(s string) string {
	if s == "" {
		return "nothing"
	}
	return s
}

// values are the counts and means by what they are of; each is what the
// operations of its rows come to, with the number of rows.
func values(in *allocation.Input) map[string]string {
	type sum struct {
		n         int64
		rows, row int
	}
	sums := map[string]sum{}
	for _, c := range in.Counts {
		when := fmt.Sprint(c.Year)
		if c.Month != 0 {
			when = rules.Month{Year: c.Year, Month: c.Month}.String()
		}
		k := strings.TrimSpace(fmt.Sprintf("%s %s %s %s", c.Region, c.Area, when, c.Provider))
		s := sums[k]
		sums[k] = sum{s.n + c.N, s.rows + 1, c.Origin.Row}
	}
	list := map[string]string{}
	for k, s := range sums {
		switch list[k] = numbered(int(s.n), "operation"); {
		case s.rows > 1:
			list[k] += fmt.Sprintf(" in %d rows", s.rows)
		case s.row > 0: // none in an extract
			list[k] += fmt.Sprintf(" in row %d", s.row)
		}
	}
	for _, b := range in.Baselines {
		list[fmt.Sprintf("%s %s baseline", b.Region, b.Area)] = b.Mean.String()
	}
	return list
}

func requisitions(in *allocation.Input) map[string]string {
	list := map[string]string{}
	for _, q := range in.Requisitions {
		list[strings.TrimSpace(q.Region+" "+q.Decision)] += q.Date + " "
	}
	return list
}

func payments(in *allocation.Input) map[string]string {
	list := map[string]string{}
	for _, p := range in.Payments {
		list[strings.TrimSpace(p.Region+" "+p.Decision)] += strings.TrimSpace(fmt.Sprintf("%d kr %s", p.Kronor, p.Date)) + "; "
	}
	return list
}

// payees are told without what they hold: a reference can be anything.
func payees(in *allocation.Input) map[string]string {
	list := map[string]string{}
	for _, p := range in.Payees {
		list[p.Region+" organisation number"] = p.OrganisationNumber
		if p.Reference != "" {
			list[p.Region+" reference"] = register.Show(cells.Cell{Kind: cells.Text, Text: p.Reference})
		}
	}
	return list
}

// population compares the inhabitants with those of the file, or with the
// embedded ones where there is no file.
func (c *bookCheck) population(r *receipt.Receipt, in *allocation.Input, given bool) error {
	has := func(in *allocation.Input) bool {
		return slices.ContainsFunc(in.Files, func(f allocation.File) bool { return f.Role == allocation.RolePopulation })
	}
	other, whose := allocation.DefaultPopulation().Inhabitants, "built in"
	switch {
	case given && has(in):
		other, whose = in.Population.Inhabitants, "in the file"
	case has(r.Input):
		return nil // not given, which is told
	}
	var errs []error
	for i, n := range r.Input.Population.Inhabitants {
		if n != other[i] {
			region := rules.Regions()[i]
			errs = append(errs, c.differs(r, given, "population: %s %s: %d inhabitants %s; the receipt has %d", region.Code, region.Name, other[i], whose, n))
		}
	}
	return errors.Join(errs...)
}
