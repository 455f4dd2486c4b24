package main

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kortakoer/kortakoer/internal/language"
	"github.com/kortakoer/kortakoer/rules"
)

const byNeed = "../../testdata/ceilings/"

// The worked example, delivered in every form; see its README for the working.
func TestWorkedCeilings(t *testing.T) {
	r := csv.NewReader(strings.NewReader(readFile(t, byNeed+"vardbehov.csv")))
	r.Comma = ';'
	need, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	want := readFile(t, byNeed+"expected.csv")
	if got := output(t, "ceilings", byNeed+"vardbehov.csv", "--pool", "1000", "--format", "csv", "-o", "-"); got != want {
		t.Errorf("the file itself gives\n%s", got)
	}
	for _, record := range need[1:] {
		record[2] = strings.Replace(record[2], ",", ".", 1) // the forms quote nothing
	}
	for _, f := range forms {
		t.Run(f.name, func(t *testing.T) {
			got := output(t, "ceilings", f.write(t, need), "--pool", "1000", "--format", "csv", "-o", "-")
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

// bilaga2 is the table of the decision as a page with the regions' names, and
// as a file of need weights. Its text was scanned, so letters of names and
// spaces in amounts are wrong; the order is that of the codes.
func bilaga2(t *testing.T) (page string, need [][]string, kronor []int64) {
	t.Helper()
	lines := strings.Split(strings.TrimSpace(readFile(t, "../../testdata/decision/bilaga2.txt")), "\n")[2:]
	need = [][]string{{"region", "vårdbehov"}}
	for i, r := range rules.Regions() {
		amount := lines[i][strings.IndexAny(lines[i], "0123456789"):]
		n, err := strconv.ParseInt(strings.ReplaceAll(amount, " ", ""), 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		page += r.Name + " " + strings.ReplaceAll(language.Swedish.Whole(n), "\u00a0", " ") + "\n"
		kronor = append(kronor, n)
		need = append(need, []string{r.Code, strconv.FormatInt(n, 10)})
	}
	return page + lines[len(rules.Regions())] + "\n", need, kronor
}

// The shares of Bilaga 2 give Bilaga 2 back to the krona, and the ceilings of
// the other decision from its own pool.
func TestBilaga2RoundTrip(t *testing.T) {
	page, need, kronor := bilaga2(t)
	published := filepath.Join(t.TempDir(), "bilaga2.txt")
	if err := os.WriteFile(published, []byte(page), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, f := range forms {
		t.Run(f.name, func(t *testing.T) {
			file := f.write(t, need)
			for _, other := range []string{published, "s2025-01233"} {
				got := output(t, "ceilings", file, "--pool", "507 500 000", "--against", other)
				if !strings.Contains(got, "Jämfört med "+filepath.Base(other)+": ingen skillnad.") {
					t.Errorf("it differs from %s:\n%s", other, got)
				}
			}
			if got := output(t, "ceilings", file, "--rules", "s2025-00401", "--against", "s2025-00401"); !strings.Contains(got, "Tak efter vårdbehov: 397 000 000 kr") || !strings.Contains(got, "ingen skillnad") {
				t.Errorf("397 million by the shares of Bilaga 2 differ from the rule set:\n%s", got)
			}
		})
	}
	file := textFile(t, ";", need, nil)
	records, err := csv.NewReader(strings.NewReader(output(t, "ceilings", file, "--pool", "507500000", "--format", "csv", "-o", "-"))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for i, r := range records[1:] {
		if r[3] != strconv.FormatInt(kronor[i], 10) {
			t.Errorf("%s: %s, but Bilaga 2 has %d", r[1], r[3], kronor[i])
		}
	}
}

// What -o writes can be pasted into a rule set in place of its tables.
func TestCeilingsAreARuleSetsForm(t *testing.T) {
	_, need, kronor := bilaga2(t)
	for i := range need[1:] {
		need[i+1][1] += ",25" // so that the weights have decimals
	}
	file := textFile(t, ";", need, nil)
	tables := output(t, "ceilings", file, "--format", "toml", "-o", "-")
	builtin, err := rules.Builtin(rules.Default)
	if err != nil {
		t.Fatal(err)
	}
	before, _, found := strings.Cut(string(builtin.Text()), "[ceilings]")
	if !found {
		t.Fatal("the rule set has no [ceilings]")
	}
	rs, err := rules.Load("pasted.toml", []byte(before+tables))
	if err != nil {
		t.Fatal(err)
	}
	var sum int64
	for i, n := range kronor {
		if want := 4*n + 1; rs.Need.V[i] != 25*want {
			t.Errorf("weight %d is %d, not %d", i, rs.Need.V[i], 25*want)
		}
		sum += rs.Ceilings.V[i]
	}
	if sum != 507_500_000 || !rs.Need.Set || rs.Ceilings.Assumed == "" {
		t.Errorf("the ceilings sum to %d; need set %v; assumed %q", sum, rs.Need.Set, rs.Ceilings.Assumed)
	}
}

// A file's name can hold what TOML must escape.
func TestCeilingsOfAFileWithQuotes(t *testing.T) {
	file := filepath.Join(t.TempDir(), "behov \"2026\".csv")
	if err := os.WriteFile(file, []byte(readFile(t, byNeed+"vardbehov.csv")), 0o644); err != nil {
		t.Skip("this file system does not take the name")
	}
	tables := output(t, "ceilings", file, "--format", "toml", "-o", "-")
	builtin, err := rules.Builtin(rules.Default)
	if err != nil {
		t.Fatal(err)
	}
	before, _, _ := strings.Cut(string(builtin.Text()), "[ceilings]")
	rs, err := rules.Load("pasted.toml", []byte(before+tables))
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(rs.Ceilings.Assumed, `behov "2026".csv`) {
		t.Errorf("the source is %q", rs.Ceilings.Assumed)
	}
}
