package main

import (
	"encoding/csv"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// TestLibreOfficeRecalculatesReadings spoils every value of the sheet's
// formulas: the spread that LibreOffice then computes must be that of the
// amounts in the CSV.
func TestLibreOfficeRecalculatesReadings(t *testing.T) {
	soffice := program(t, "KORTAKOER_REQUIRE_LIBREOFFICE", "soffice")
	folder := t.TempDir()
	args := []string{"readings", "../../testdata/example/operationer.csv", "-q", "-o"}
	book := filepath.Join(folder, "book.xlsx")
	output(t, append(args, book)...)
	parts := unzip(t, book)
	formula := regexp.MustCompile(`(<f>[^<]*</f>)<v>[^<]*</v>`)
	for i, p := range parts {
		if strings.HasPrefix(p.name, "xl/worksheets/") {
			parts[i].content = formula.ReplaceAll(p.content, []byte("${1}<v>-7</v>"))
		}
	}
	spoiled := zipped(t, filepath.Join(folder, "spoiled.xlsx"), parts)
	profile := filepath.Join(folder, "profile")
	if err := os.MkdirAll(filepath.Join(profile, "user"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(profile, "user", "registrymodifications.xcu"), []byte(alwaysRecalculate), 0o644); err != nil {
		t.Fatal(err)
	}
	if log, err := exec.Command(soffice, "-env:UserInstallation=file://"+profile, "--headless",
		"--convert-to", "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,false,false,false,false,-1", "--outdir", folder, spoiled).CombinedOutput(); err != nil {
		t.Fatalf("soffice: %v\n%s", err, log)
	}
	r := csv.NewReader(strings.NewReader(readFile(t, filepath.Join(folder, "spoiled-Läsningar.csv"))))
	r.FieldsPerRecord = -1
	sheet, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	records, err := csv.NewReader(strings.NewReader(output(t, append(args, "-", "--format", "csv")...))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	amounts := map[string][]int64{}
	for _, record := range records[1:] {
		n, err := strconv.ParseInt(record[7], 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		amounts[record[5]] = append(amounts[record[5]], n)
	}
	for i := range 21 {
		row := 6 + i
		list := amounts[at(sheet, row, 1)]
		if len(list) != 20 {
			t.Fatalf("row %d: %d readings", row, len(list))
		}
		least, most := slices.Min(list), slices.Max(list)
		for column, want := range map[int]int64{3: list[0], 4: least, 5: most, 6: most - least} {
			if got := at(sheet, row, column); got != strconv.FormatInt(want, 10) {
				t.Errorf("row %d column %d: LibreOffice has %s, the readings %d", row, column, got, want)
			}
		}
	}
}
