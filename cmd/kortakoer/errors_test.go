package main

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// notMessages are the few texts that the rules below take for messages and
// that are none, or are never printed.
var notMessages = map[string]string{
	"no such rule set":            "told as: there is no rule set and no file",
	"not the plainest XML":        "the slow pass reads the sheet instead",
	"SCB, folkmängd 2024-12-31":   "the name of a source",
	"row-level extract, XLSX":     "the form of a file, in a note",
	"row-level extract, CSV":      "the form of a file, in a note",
	"a page of text":              "the form of a file, in a note",
	"the zip directory":           "the name of a part of a workbook",
	"sha256=… cells=":             "the first cell of a receipt",
	"organisation number":         "the name of a value of a receipt",
	"all decisions":               "the name of an account",
	"the counts are not by month": "a cell of the workbook, in its own words",
}

// TestErrors holds docs/errors.md against the source: every message that the
// program can make has a row, and every row is a message. A message is told
// from other texts by where it stands, not by how it is made, so that a new
// way of making one is found too.
func TestErrors(t *testing.T) {
	made, err := messages("../..")
	if err != nil {
		t.Fatal(err)
	}
	for text, why := range notMessages {
		if made[text] == "" {
			t.Errorf("%q (%s) is not in the source any more: take it out of notMessages", text, why)
		}
		delete(made, text)
	}
	told := map[string]bool{}
	for number, line := range strings.Split(readFile(t, "../../docs/errors.md"), "\n") {
		if !strings.HasPrefix(line, "|") || strings.HasPrefix(line, "| Message") || strings.HasPrefix(line, "| ---") {
			continue
		}
		cells := strings.Split(strings.Trim(line, "|"), " | ")
		if len(cells) != 3 || slices.ContainsFunc(cells, func(c string) bool { return strings.TrimSpace(c) == "" }) {
			t.Errorf("docs/errors.md:%d has not three cells, message, cause and cure: %s", number+1, line)
			continue
		}
		for _, span := range regexp.MustCompile("`([^`]+)`").FindAllStringSubmatch(cells[0], -1) {
			text := wildcards(span[1])
			told[text] = true
			if made[text] == "" {
				t.Errorf("docs/errors.md:%d: no message of the source is `%s`", number+1, span[1])
			}
		}
	}
	for _, text := range slices.SortedFunc(maps.Keys(made), func(a, b string) int { return strings.Compare(made[a], made[b]) }) {
		if !told[text] {
			t.Errorf("%s: docs/errors.md has no row for `%s`", made[text], text)
		}
	}
}

// TestErrorsFinds shows that a message is found in every way of making one,
// and that what is no message is left out.
func TestErrorsFinds(t *testing.T) {
	const source = `package p
const told = "one constant %d"
func f() (why string) {
	fault(at, "by a call %s: %w", x, err)
	why = show(x) + " by adding " + y
	list = append(list, Fault{Message: "in a struct"})
	withHint("what to do", "with a hint")
	fmt.Errorf("%s: %w", x, err)
	note("only a note")
	r.Notes = append(r.Notes, "only a note")
	f.StringVar(&x, "flag", "", "what a flag is for")
	fmt.Fprintf(s.out, "a result %d", n)
	return "by a return"
}
func withHint(hint, format string) {}`
	f := newFinder("p", false)
	if err := f.file("p.go", []byte(source)); err != nil {
		t.Fatal(err)
	}
	f.collect()
	want := []string{"by a call", "by a return", "by adding", "in a struct", "one constant", "with a hint"}
	if got := slices.Sorted(maps.Keys(f.found)); !slices.Equal(got, want) {
		t.Errorf("found %q, want %q", got, want)
	}
}
