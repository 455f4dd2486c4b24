// Package workbook writes a plan as the Excel workbook that finance pays from
// and an auditor follows. It computes nothing: amounts come from the plan, and
// the formulas beside them carry the plan's values, so that a viewer that does
// not calculate shows the same as one that does.
//
// Write is the way in, and WriteSettlement for what is repaid. The same plan
// gives the same bytes.
package workbook

import (
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/xuri/excelize/v2"

	"github.com/kortakoer/kortakoer/allocation"
	"github.com/kortakoer/kortakoer/internal/language"
	"github.com/kortakoer/kortakoer/rules"
)

// Options are what a workbook is written with.
type Options struct {
	Language language.Language
	Version  string // of the program, told on the checks sheet
}

// Write writes the payout workbook of a grant. Of several decisions it begins
// with a list of what they pay together; the sheets of each have its id behind
// their names.
func Write(out io.Writer, grant *allocation.Grant, o Options) error {
	file := excelize.NewFile()
	books := make([]*book, len(grant.Plans))
	for i, plan := range grant.Plans {
		books[i] = &book{file: file, plan: plan, rules: plan.Rules, Options: o, areas: len(plan.Areas), years: len(plan.Rules.Baseline.Years.V)}
	}
	first := books[0]
	if err := first.makeStyles(); err != nil {
		return fmt.Errorf("workbook: %w", err)
	}
	var all []namedSheet
	whole := &grantBook{book: first, grant: grant, books: books}
	if len(books) > 1 {
		nameApart(books)
		all = append(all, namedSheet{first, o.Language.Text("sheet.payments"), whole.payments})
		if len(grant.Overlaps) > 0 {
			all = append(all, namedSheet{first, o.Language.Text("sheet.overlap"), whole.overlaps})
		}
	}
	for _, b := range books {
		b.placeRules()
		all = append(all, b.sheets()...)
	}
	return save(out, file, append(all, namedSheet{first, o.Language.Text("sheet.receipt"), whole.receipt}))
}

// save fills the sheets in order and writes the workbook. The first sheet's
// book has made the styles, and names the workbook.
func save(out io.Writer, file *excelize.File, sheets []namedSheet) error {
	defer func() { _ = file.Close() }() // nothing is open on disk
	if err := fill(file, sheets); err != nil {
		return fmt.Errorf("workbook: %w", err)
	}
	buffer, err := file.SetZipWriter(newCanonicalZip).WriteToBuffer()
	if err != nil {
		return fmt.Errorf("workbook: %w", err)
	}
	_, err = buffer.WriteTo(out)
	return err
}

func fill(file *excelize.File, sheets []namedSheet) error {
	first := sheets[0].book
	if err := first.properties(); err != nil {
		return err
	}
	for i, s := range sheets {
		s.book.styles = first.styles
		if i == 0 {
			if err := file.SetSheetName("Sheet1", s.name); err != nil {
				return err
			}
		} else if _, err := file.NewSheet(s.name); err != nil {
			return err
		}
	}
	for _, s := range sheets {
		sh, err := s.book.newSheet(s.name)
		if err != nil {
			return err
		}
		s.fill(sh)
		if err := sh.close(); err != nil {
			return err
		}
	}
	return nil
}

// namedSheet is a sheet to be written.
type namedSheet struct {
	book *book
	name string
	fill func(*sheet)
}

// sheets are the sheets of one plan, in order.
func (b *book) sheets() []namedSheet {
	var list []namedSheet
	for _, s := range []struct {
		key  language.Key
		fill func(*sheet)
	}{
		{"sheet.payments", b.payments}, {"sheet.calculation", b.calculation}, {"sheet.leftover", b.leftover}, {"sheet.counts", b.counts},
		{"sheet.rules", b.ruleSet}, {"sheet.checks", b.checks}, {"sheet.charts", b.charts},
	} {
		list = append(list, namedSheet{b, b.sheet(s.key), s.fill})
	}
	if len(b.history()) > 0 {
		list = append(list, namedSheet{b, b.sheet("sheet.history"), b.paidBefore})
	}
	return list
}

// maxSheetName is how long Excel lets the name of a sheet be, and longestName
// the longest of ours.
const (
	maxSheetName = 31
	longestName  = len("Kvarstående medel") - 1 // one letter of two bytes
)

// nameApart puts the id of its decision behind the names of a book's sheets,
// or a number where the ids are too long to be told apart.
func nameApart(books []*book) {
	for i, b := range books {
		b.apart = " " + b.rules.ID
		if len(b.apart) > maxSheetName-longestName || slices.ContainsFunc(books[:i], func(o *book) bool { return o.apart == b.apart }) {
			b.apart = fmt.Sprintf(" (%d)", i+1)
		}
	}
}

// book is the part of a workbook that shows one plan.
type book struct {
	Options
	file   *excelize.File
	plan   *allocation.Plan
	rules  *rules.RuleSet
	styles styles
	apart  string // what stands behind the names of its sheets

	areas, years int            // how many
	ruleRows     map[string]int // row of each key on the rules sheet
}

// sheet is the name of one of the book's sheets.
func (b *book) sheet(k language.Key) string { return b.text(k) + b.apart }

// properties dates the workbook by the decision, not by the clock, so that the
// same input gives the same bytes.
func (b *book) properties() error {
	day, _ := b.rules.DecisionTime()
	stamp := day.Format(time.RFC3339)
	return b.file.SetDocProps(&excelize.DocProperties{
		Title: b.rules.Title, Subject: b.rules.Decision.Reference, Identifier: b.rules.ID,
		Creator: "kortakoer", LastModifiedBy: "kortakoer",
		Created: stamp, Modified: stamp, Language: map[language.Language]string{language.Swedish: "sv-SE", language.English: "en-GB"}[b.Language],
	})
}

// heading returns the lines above every table: what it is, and by what rules.
func (b *book) heading() string {
	return b.Language.Text("decision", b.rules.Decision.Reference, b.rules.ID)
}

func (b *book) text(k language.Key, args ...any) string { return b.Language.Text(k, args...) }
