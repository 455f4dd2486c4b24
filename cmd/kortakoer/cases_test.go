package main

import (
	"bytes"
	"encoding/csv"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/charmap"
)

const cases = "../../testdata/cases"

// caseReadings are the cases and what each is run with; the expected files come
// from an independent calculation (see testdata/cases/README.md).
var caseReadings = []struct {
	name, folder, expected string
	args                   []string
}{
	{"case 1", "case-01", "expected.csv", nil},
	{"case 2", "case-02", "expected.csv", nil},
	{"case 3, with rows outside period and years", "case-03", "expected.csv", nil},
	{"pots by value", "case-01", "expected-by_value.csv", []string{"--set", "leftover.pots=by_value"}},
	{"ceiling applies", "case-01", "expected-applies.csv", []string{"--set", "leftover.ceiling=applies"}},
	{"baseline to nearest", "case-01", "expected-nearest.csv", []string{"--set", "baseline.rounding=nearest"}},
	{"no leftover", "case-01", "expected-off.csv", []string{"--set", "leftover.enabled=false"}},
	{"the other decision", "case-01", "expected-s2025-00401.csv", []string{"--rules", "s2025-00401", "--requisitions", "../../testdata/cases/requisitions.csv"}},
}

// forms are ways in which the same rows can be delivered.
var forms = []struct {
	name  string
	write func(t *testing.T, records [][]string) string
}{
	{"as it is", func(t *testing.T, r [][]string) string { return textFile(t, ";", r, nil) }},
	{"shuffled, comma", func(t *testing.T, r [][]string) string { return textFile(t, ",", shuffled(r), nil) }},
	{"tab, CRLF", func(t *testing.T, r [][]string) string {
		return textFile(t, "\t", shuffled(r), func(s string) []byte { return []byte(strings.ReplaceAll(s, "\n", "\r\n")) })
	}},
	{"pipe, UTF-8 with mark", func(t *testing.T, r [][]string) string {
		return textFile(t, "|", r, func(s string) []byte { return []byte("\ufeff" + s) })
	}},
	{"Windows-1252", func(t *testing.T, r [][]string) string {
		return textFile(t, ";", r, func(s string) []byte {
			b, err := charmap.Windows1252.NewEncoder().Bytes([]byte(s))
			if err != nil {
				t.Fatal(err)
			}
			return b
		})
	}},
	{"UTF-16", func(t *testing.T, r [][]string) string {
		return textFile(t, "\t", r, func(s string) []byte {
			var b []byte
			for _, u := range utf16.Encode([]rune("\ufeff" + s)) {
				b = append(b, byte(u), byte(u>>8))
			}
			return b
		})
	}},
	{"XLSX", func(t *testing.T, r [][]string) string { return workbookFile(t, r, 0) }},
	{"XLSX with titles above, shuffled", func(t *testing.T, r [][]string) string { return workbookFile(t, shuffled(r), 4) }},
}

func TestCases(t *testing.T) {
	for _, c := range caseReadings {
		want := readFile(t, filepath.Join(cases, c.folder, c.expected))
		in, err := os.Open(filepath.Join(cases, c.folder, "counts.csv"))
		if err != nil {
			t.Fatal(err)
		}
		r := csv.NewReader(in)
		r.Comma = ';'
		records, err := r.ReadAll()
		in.Close()
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range forms {
			t.Run(c.name+"/"+f.name, func(t *testing.T) {
				args := []string{"calc", f.write(t, records), "--population", filepath.Join(cases, c.folder, "population.csv"), "--format", "csv", "-o", "-"}
				if got := output(t, append(args, c.args...)...); got != want {
					t.Errorf("got\n%s\nwant\n%s", got, want)
				}
			})
		}
	}
}

// TestPublishedTable pays counts far above every ceiling: exactly Bilaga 2.
func TestPublishedTable(t *testing.T) {
	var counts strings.Builder
	counts.WriteString("region,område,år,antal\n")
	published := strings.Split(strings.TrimSpace(readFile(t, "../../testdata/decision/bilaga2.txt")), "\n")[2:]
	want := map[string]string{}
	total := ""
	for i, line := range published {
		at := strings.IndexAny(line, "0123456789")
		kronor := strings.ReplaceAll(line[at:], " ", "")
		if name := strings.TrimSpace(line[:at]); name == "Riket" {
			total = kronor
			continue
		}
		code := []string{"01", "03", "04", "05", "06", "07", "08", "09", "10", "12", "13", "14", "17", "18", "19", "20", "21", "22", "23", "24", "25"}[i]
		want[code] = kronor
		for _, area := range []string{"hoftledsprotes", "framfall", "gra-starr"} {
			for _, year := range []string{"2022", "2023", "2024"} {
				counts.WriteString(code + "," + area + "," + year + ",10\n")
			}
			counts.WriteString(code + "," + area + ",2025,1000000\n")
		}
	}
	file := filepath.Join(t.TempDir(), "counts.csv")
	if err := os.WriteFile(file, []byte(counts.String()), 0o644); err != nil {
		t.Fatal(err)
	}
	records, err := csv.NewReader(strings.NewReader(output(t, "calc", file, "--format", "csv", "-o", "-"))).ReadAll()
	if err != nil || len(records) != 22 {
		t.Fatalf("%d records, %v", len(records), err)
	}
	var sum int64
	for _, r := range records[1:] {
		if r[5] != want[r[0]] || r[7] != want[r[0]] || r[6] != "0" {
			t.Errorf("%s %s: performance %s, total %s; published %s", r[0], r[1], r[5], r[7], want[r[0]])
		}
		n, err := strconv.ParseInt(r[7], 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		sum += n
	}
	if strconv.FormatInt(sum, 10) != total || total != "507500000" {
		t.Errorf("sum %d, published %s", sum, total)
	}
}

// output runs a command that must succeed and returns its standard output.
func output(t *testing.T, args ...string) string {
	t.Helper()
	var out, stderr bytes.Buffer
	if code := run(args, strings.NewReader(""), &out, &stderr); code != exitDone {
		t.Fatalf("exit %d: %s", code, stderr.String())
	}
	return out.String()
}

func readFile(t *testing.T, name string) string {
	t.Helper()
	content, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

// shuffled puts the rows below the header in another order, always the same.
func shuffled(records [][]string) [][]string {
	out := append([][]string{}, records...)
	random := rand.New(rand.NewPCG(1, 2))
	random.Shuffle(len(out)-1, func(i, j int) { out[i+1], out[j+1] = out[j+1], out[i+1] })
	return out
}

func textFile(t *testing.T, separator string, records [][]string, encode func(string) []byte) string {
	t.Helper()
	var b strings.Builder
	for _, r := range records {
		b.WriteString(strings.Join(r, separator) + "\n")
	}
	content := []byte(b.String())
	if encode != nil {
		content = encode(b.String())
	}
	name := filepath.Join(t.TempDir(), "counts.csv")
	if err := os.WriteFile(name, content, 0o644); err != nil {
		t.Fatal(err)
	}
	return name
}

// workbookFile writes numbers as numbers and codes as text, as Excel has them.
func workbookFile(t *testing.T, records [][]string, titles int) string {
	t.Helper()
	f := excelize.NewFile()
	defer f.Close()
	sw, err := f.NewStreamWriter("Sheet1")
	if err != nil {
		t.Fatal(err)
	}
	for i := range titles {
		cell, _ := excelize.CoordinatesToCellName(1, i+1)
		if err := sw.SetRow(cell, []any{"Operationer, utdrag"}); err != nil {
			t.Fatal(err)
		}
	}
	for i, r := range records {
		cells := make([]any, len(r))
		for c, v := range r {
			cells[c] = v
			if n, err := strconv.Atoi(v); err == nil && c > 0 {
				cells[c] = n
			}
		}
		cell, _ := excelize.CoordinatesToCellName(1, titles+i+1)
		if err := sw.SetRow(cell, cells); err != nil {
			t.Fatal(err)
		}
	}
	if err := sw.Flush(); err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(t.TempDir(), "counts.xlsx")
	if err := f.SaveAs(name); err != nil {
		t.Fatal(err)
	}
	return name
}

func BenchmarkCalc(b *testing.B) {
	file := filepath.Join(b.TempDir(), "out.xlsx")
	for b.Loop() {
		if code := run([]string{"calc", "../../testdata/example/operationer.xlsx", "-o", file, "--force", "-q"}, nil, io.Discard, os.Stderr); code != exitDone {
			b.Fatal(code)
		}
	}
}

// BenchmarkReadings is every combination of readings of the example, the whole
// command.
func BenchmarkReadings(b *testing.B) {
	for b.Loop() {
		if code := run([]string{"readings", "../../testdata/example/operationer.csv", "--format", "csv", "-o", "-", "-q"}, nil, io.Discard, io.Discard); code != exitDone {
			b.Fatal(code)
		}
	}
}
