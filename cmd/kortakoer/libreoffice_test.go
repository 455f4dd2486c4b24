package main

import (
	"archive/zip"
	"bytes"
	"encoding/csv"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/kortakoer/kortakoer/rules"
)

// LibreOffice is the second opinion on every formula: it recalculates the
// workbook after all cached values were spoiled, so what it shows is its own.

// payoutSheets are the sheets of calc's workbook in the order of the parts.
var payoutSheets = []string{"Utbetalning", "Beräkning", "Kvarstående medel", "Underlag", "Regler", "Kontroll", "Diagram", "Kvitto"}

// alwaysRecalculate is LibreOffice's own setting for it: by default it trusts
// the values that a workbook comes with.
const alwaysRecalculate = `<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load"><prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item>
</oor:items>
`

// recalculated converts workbooks in one run and returns their sheets, by the
// workbook's name and the sheet's.
func recalculated(t *testing.T, folder string, sheetNames []string) map[string]map[string][][]string {
	t.Helper()
	soffice := program(t, "KORTAKOER_REQUIRE_LIBREOFFICE", "soffice")
	files, err := filepath.Glob(filepath.Join(folder, "*.xlsx"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no workbooks in %s: %v", folder, err)
	}
	out, profile := filepath.Join(folder, "out"), filepath.Join(folder, "profile")
	if err := os.MkdirAll(filepath.Join(profile, "user"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(profile, "user", "registrymodifications.xcu"), []byte(alwaysRecalculate), 0o644); err != nil {
		t.Fatal(err)
	}
	args := []string{
		"-env:UserInstallation=file://" + profile, "--headless",
		"--convert-to", "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,false,false,false,false,-1", "--outdir", out,
	}
	if log, err := exec.Command(soffice, append(args, files...)...).CombinedOutput(); err != nil {
		t.Fatalf("soffice: %v\n%s", err, log)
	}
	all := map[string]map[string][][]string{}
	for _, f := range files {
		book := strings.TrimSuffix(filepath.Base(f), ".xlsx")
		all[book] = map[string][][]string{}
		for _, s := range sheetNames {
			r := csv.NewReader(strings.NewReader(readFile(t, filepath.Join(out, book+"-"+s+".csv"))))
			r.FieldsPerRecord = -1
			if all[book][s], err = r.ReadAll(); err != nil {
				t.Fatal(err)
			}
		}
	}
	return all
}

var formulaCell = regexp.MustCompile(`(<c r="([A-Z]+)(\d+)"[^>]*><f>[^<]*</f>)(?:<v>([^<]*)</v>)?`)

// cached is a formula's place and the value that the workbook came with.
type cached struct {
	sheet       string
	row, column int
	value       string
}

// spoil copies a workbook with every cached value replaced by nonsense, and
// with the edits made to plain cells. It returns what was there.
func spoil(t *testing.T, from, to string, sheetNames []string, edits map[string]int64) []cached {
	t.Helper()
	z, err := zip.OpenReader(from)
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	var values []cached
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		if n := 0; strings.HasPrefix(f.Name, "xl/worksheets/sheet") {
			if _, err := fmt.Sscanf(f.Name, "xl/worksheets/sheet%d.xml", &n); err != nil {
				t.Fatal(err)
			}
			sheet := sheetNames[n-1]
			for cell, value := range edits {
				if s, ref, _ := strings.Cut(cell, "!"); s == sheet {
					plain := regexp.MustCompile(`(<c r="` + ref + `"[^>]*>)<v>[^<]*</v>`)
					if !plain.Match(content) {
						t.Fatalf("%s is not a plain cell", cell)
					}
					content = plain.ReplaceAll(content, fmt.Appendf(nil, "${1}<v>%d</v>", value))
				}
			}
			for _, m := range formulaCell.FindAllSubmatch(content, -1) {
				row, _ := strconv.Atoi(string(m[3]))
				column := 0
				for _, c := range m[2] {
					column = column*26 + int(c-'A') + 1
				}
				values = append(values, cached{sheet, row, column, string(m[4])})
			}
			content = formulaCell.ReplaceAll(content, []byte("${1}<v>-7</v>"))
		}
		part, err := w.Create(f.Name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := part.Write(content); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(to, out.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
	return values
}

// at returns what LibreOffice shows in a cell.
func at(sheet [][]string, row, column int) string {
	if row > len(sheet) || column > len(sheet[row-1]) {
		return ""
	}
	return sheet[row-1][column-1]
}

// shown reads a number as LibreOffice exports it.
func shown(s string) (float64, bool) {
	percent := strings.HasSuffix(s, "%")
	f, err := strconv.ParseFloat(strings.Replace(strings.TrimSuffix(s, "%"), ",", ".", 1), 64)
	if percent {
		f /= 100
	}
	return f, err == nil
}

// checkCached compares what LibreOffice computes with what the workbook came
// with.
func checkCached(t *testing.T, sheets map[string][][]string, before []cached) {
	t.Helper()
	for _, c := range before {
		got := at(sheets[c.sheet], c.row, c.column)
		want, isNumber := shown(c.value)
		n, ok := shown(got)
		if isNumber && (!ok || math.Abs(n-want) > 1e-9*max(1, math.Abs(want))) || !isNumber && got != c.value {
			t.Errorf("%s row %d column %d: LibreOffice has %q, the workbook %q", c.sheet, c.row, c.column, got, c.value)
		}
	}
}

// checkTotals compares what the formulas pay with the CSV of a calculation.
func checkTotals(t *testing.T, sheets map[string][][]string, payouts string, engineAgrees bool) {
	t.Helper()
	records, err := csv.NewReader(strings.NewReader(payouts)).ReadAll()
	if err != nil || len(records) != 22 {
		t.Fatalf("%d records, %v", len(records), err)
	}
	checks := sheets["Kontroll"]
	for i, r := range records[1:] {
		row := 6 + i
		if code, total := at(checks, row, 1), at(checks, row, 3); code != r[0] || total != r[7] {
			t.Errorf("%s: the formulas pay %q, the calculation %s", r[1], total, r[7])
		}
		if engineAgrees && at(checks, row, 5) != "0" {
			t.Errorf("%s: difference %q", r[1], at(checks, row, 5))
		}
	}
}

// variants are workbooks in every reading and rule set: the worked cases, and
// random counts small enough to tie and large enough to reach the ceilings.
func variants(t *testing.T) map[string][]string {
	list := map[string][]string{}
	for i, c := range caseReadings {
		list[fmt.Sprintf("case-%d", i)] = append([]string{filepath.Join(cases, c.folder, "counts.csv"), "--population", filepath.Join(cases, c.folder, "population.csv")}, c.args...)
	}
	example := "../../testdata/example/operationer.csv"
	list["a ceiling changed"] = []string{example, "--set", "ceilings.01=50000000", "--set", "leftover.ceiling=applies"}
	list["a need changed"] = []string{example, "--set", "need.12=1", "--set", "leftover.regions=3"}
	list["a label that is a pattern"] = []string{"../../testdata/rules/exempel-2026.csv", "--rules", patternRules(t)}
	random := rand.New(rand.NewPCG(2025, 10))
	for i := range 16 {
		ruleset := []string{"s2025-01233", "s2025-00401", "../../testdata/rules/exempel-2026.toml"}[i%3]
		file := filepath.Join(t.TempDir(), "counts.csv")
		if err := os.WriteFile(file, randomCounts(t, random, ruleset, []int64{3, 40, 2000, 60_000}[i%4]), 0o644); err != nil {
			t.Fatal(err)
		}
		args := []string{file, "--rules", ruleset, "--requisitions", "../../testdata/example/rekvisitioner.csv"}
		for k, key := range []string{"leftover.ceiling", "leftover.pots", "baseline.rounding"} {
			r := rules.Readings(key)
			args = append(args, "--set", key+"="+r[(i>>k)%len(r)])
		}
		if i%2 == 0 {
			args = append(args, "--population", evenPopulation(t))
		}
		list[fmt.Sprintf("random-%d", i)] = args
	}
	return list
}

// patternRules is the example of 2026 with a label that spreadsheets would take
// for a pattern that fits the other areas too.
func patternRules(t *testing.T) string {
	text := strings.Replace(readFile(t, "../../testdata/rules/exempel-2026.toml"), `label    = "Koloskopi"`, "label    = \"K*\"\nnames    = [\"Koloskopi\"]", 1)
	file := filepath.Join(t.TempDir(), "rules.toml")
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return file
}

// evenPopulation makes ties likely.
func evenPopulation(t *testing.T) string {
	var b strings.Builder
	b.WriteString("region;invånare\n")
	for _, r := range rules.Regions() {
		fmt.Fprintf(&b, "%s;100000\n", r.Code)
	}
	file := filepath.Join(t.TempDir(), "population.csv")
	if err := os.WriteFile(file, []byte(b.String()), 0o644); err != nil {
		t.Fatal(err)
	}
	return file
}

func randomCounts(t *testing.T, random *rand.Rand, ruleset string, most int64) []byte {
	rs, err := loadRules(ruleset)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	b.WriteString("region;område;år;antal\n")
	for _, r := range rules.Regions() {
		for _, a := range rs.Areas {
			for _, y := range append(append([]int{}, rs.Baseline.Years.V...), rs.Year()) {
				fmt.Fprintf(&b, "%s;%s;%d;%d\n", r.Code, a.ID, y, random.Int64N(most))
			}
		}
	}
	return b.Bytes()
}

func TestLibreOfficeRecalculates(t *testing.T) {
	folder := t.TempDir()
	list := variants(t)
	before := map[string][]cached{}
	payouts := map[string]string{}
	for name, args := range list {
		book := filepath.Join(t.TempDir(), "book.xlsx")
		output(t, append(append([]string{"calc"}, args...), "-q", "-o", book)...)
		payouts[name] = output(t, append(append([]string{"calc"}, args...), "-q", "--format", "csv", "-o", "-")...)
		before[name] = spoil(t, book, filepath.Join(folder, name+".xlsx"), payoutSheets, nil)
	}
	for name, sheets := range recalculated(t, folder, payoutSheets) {
		t.Run(name, func(t *testing.T) {
			checkTotals(t, sheets, payouts[name], true)
			checkCached(t, sheets, before[name])
		})
	}
}

// TestEditedCountFlowsThrough changes counts by hand in the calculation: the
// formulas must pay what a fresh run on the changed counts pays.
func TestEditedCountFlowsThrough(t *testing.T) {
	folder := t.TempDir()
	payouts := map[string]string{}
	random := rand.New(rand.NewPCG(7, 7))
	for i, setting := range []string{"leftover.ceiling=exempt", "leftover.ceiling=applies", "leftover.pots=by_value", "baseline.rounding=nearest"} {
		counts := randomCounts(t, random, "s2025-01233", []int64{40, 2000, 2000, 300}[i])
		file := filepath.Join(t.TempDir(), "counts.csv")
		if err := os.WriteFile(file, counts, 0o644); err != nil {
			t.Fatal(err)
		}
		book := filepath.Join(t.TempDir(), "book.xlsx")
		output(t, "calc", file, "--set", setting, "-q", "-o", book)
		lines := strings.Split(strings.TrimSpace(string(counts)), "\n")
		edits := map[string]int64{}
		for range 5 {
			region, area, year := random.IntN(21), random.IntN(3), random.IntN(4)
			n := random.Int64N(3000)
			edits[fmt.Sprintf("Beräkning!%c%d", "DEFI"[year], 6+region*4+area)] = n
			line := 1 + region*12 + area*4 + year
			lines[line] = lines[line][:strings.LastIndex(lines[line], ";")+1] + strconv.FormatInt(n, 10)
		}
		name := fmt.Sprintf("edited-%d", i)
		spoil(t, book, filepath.Join(folder, name+".xlsx"), payoutSheets, edits)
		if err := os.WriteFile(file, []byte(strings.Join(lines, "\n")+"\n"), 0o644); err != nil {
			t.Fatal(err)
		}
		payouts[name] = output(t, "calc", file, "--set", setting, "-q", "--format", "csv", "-o", "-")
	}
	for name, sheets := range recalculated(t, folder, payoutSheets) {
		t.Run(name, func(t *testing.T) { checkTotals(t, sheets, payouts[name], false) })
	}
}
