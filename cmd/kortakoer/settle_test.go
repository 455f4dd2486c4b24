package main

import (
	"encoding/csv"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kortakoer/kortakoer/rules"
)

const settled = "../../testdata/settle/"

// The worked example, delivered in every form; see its README for the working.
func TestWorkedSettlement(t *testing.T) {
	r := csv.NewReader(strings.NewReader(readFile(t, settled+"rapporter.csv")))
	r.Comma = ';'
	reports, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	want := readFile(t, settled+"expected.csv")
	for _, f := range forms {
		t.Run(f.name, func(t *testing.T) {
			got := output(t, "settle", f.write(t, reports), "--paid", settled+"utbetalt.csv", "--format", "csv", "-o", "-")
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

// randomSettlement writes reports and payments as their lines, region by
// region; every third region has none of one of them.
func randomSettlement(random *rand.Rand) (reports, paid []string) {
	reports, paid = []string{"region;använt belopp;syfte uppnått;datum"}, []string{"region;belopp"}
	for _, r := range rules.Regions() {
		if random.IntN(6) > 0 {
			reports = append(reports, fmt.Sprintf("%s;%d;%s;%s", r.Code, random.Int64N(4), []string{"ja", "ja", "nej"}[random.IntN(3)],
				[]string{"2026-01-31", "2026-02-27", "2026-02-28", "2026-03-01"}[random.IntN(4)]))
		}
		if random.IntN(6) > 0 {
			paid = append(paid, fmt.Sprintf("%s;%d", r.Code, random.Int64N(4)))
		}
	}
	return reports, paid
}

func linesFile(t *testing.T, lines []string) string {
	file := filepath.Join(t.TempDir(), "list.csv")
	if err := os.WriteFile(file, []byte(strings.Join(lines, "\n")+"\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	return file
}

// edited changes what the first region with a payment and a report was paid
// and used by hand, in the workbook's cells and in the lines.
func edited(reports, paid []string) (edits map[string]int64) {
	edits = map[string]int64{}
	for i, line := range reports[1:] {
		f := strings.Split(line, ";")
		for k, p := range paid[1:] {
			if !strings.HasPrefix(p, f[0]+";") {
				continue
			}
			row := 6 + rules.RegionIndex(f[0])
			edits[fmt.Sprintf("Återkrav!E%d", row)] = 9
			edits[fmt.Sprintf("Återkrav!F%d", row)] = 4
			edits[fmt.Sprintf("Återkrav!H%d", row)] = 46081 // 2026-02-28
			paid[k+1] = f[0] + ";9"
			reports[i+1] = f[0] + ";4;" + f[2] + ";2026-02-28"
			return edits
		}
	}
	return nil
}

// LibreOffice computes from the spoiled workbook what the CSV says, also after
// cells were changed by hand.
func TestLibreOfficeRecalculatesSettlements(t *testing.T) {
	folder := t.TempDir()
	random := rand.New(rand.NewPCG(2026, 2))
	want, before := map[string]string{}, map[string][]cached{}
	names := []string{"Återkrav", "Kontroll"}
	for i := range 10 {
		reports, paid := randomSettlement(random)
		args := func(more ...string) []string {
			return append([]string{"settle", linesFile(t, reports), "--paid", linesFile(t, paid), "-q"}, more...)
		}
		book := filepath.Join(t.TempDir(), "book.xlsx")
		output(t, args("--payees", settled+"mottagare.csv", "-o", book)...)
		name, edits := fmt.Sprintf("settlement-%d", i), map[string]int64(nil)
		if i%2 == 1 {
			name = fmt.Sprintf("edited-%d", i)
			if edits = edited(reports, paid); edits == nil {
				t.Fatal("nothing to edit")
			}
		}
		values := spoil(t, book, filepath.Join(folder, name+".xlsx"), names, edits)
		if edits == nil {
			before[name] = values
		}
		want[name] = output(t, args("--format", "csv", "-o", "-")...)
	}
	for name, sheets := range recalculated(t, folder, names) {
		t.Run(name, func(t *testing.T) {
			records, err := csv.NewReader(strings.NewReader(want[name])).ReadAll()
			if err != nil || len(records) != 22 {
				t.Fatalf("%d records, %v", len(records), err)
			}
			var sum int64
			for i, r := range records[1:] {
				if got := at(sheets["Kontroll"], 6+i, 3); got != r[6] {
					t.Errorf("%s: the formulas have %q, the settlement %s", r[1], got, r[6])
				}
				n, err := strconv.ParseInt(r[6], 10, 64)
				if err != nil {
					t.Fatal(err)
				}
				sum += n
			}
			if got := at(sheets["Återkrav"], 27, 10); got != strconv.FormatInt(sum, 10) {
				t.Errorf("the sum is %q, not %d", got, sum)
			}
			checkCached(t, sheets, before[name])
		})
	}
}

// A workbook shows 0101121234 without its first digit, so in a column that is
// read as text such a number is taken for a personal one; an amount is not.
func TestNineDigitsAreAnAmount(t *testing.T) {
	reports := workbookFile(t, [][]string{{"region", "använt belopp", "syfte uppnått", "datum"}, {"12", "101121234", "ja", "2026-01-15"}}, 0)
	got := output(t, "settle", reports, "--paid", linesFile(t, []string{"region;belopp", "12;101121234"}), "--format", "csv", "-o", "-")
	if !strings.Contains(got, "\n12,Skåne,101121234,101121234,2026-01-15,reported,0\n") {
		t.Errorf("got\n%s", got)
	}
}
