package main

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
)

// Every formula of the workbooks on several decisions, recalculated from
// spoiled values, gives what the workbook came with, and each decision's sheets
// pay what the CSV says.
func TestLibreOfficeRecalculatesGrants(t *testing.T) {
	const example, final = "../../testdata/example/", "../../testdata/final/"
	paid, reports := filepath.Join(t.TempDir(), "paid.csv"), filepath.Join(t.TempDir(), "reports.csv")
	for file, content := range map[string]string{
		paid:    "region;belopp;beslut\nSkåne;2500000;S2025/00401\nSkåne;40000000;S2025/01233\nGotland;7;S2025/01233\n",
		reports: "region;använt belopp;syfte uppnått;datum;beslut\nSkåne;2000000;ja;2026-02-01;S2025/00401\nGotland;7;ja;2026-02-01;S2025/01233\n",
	} {
		if err := os.WriteFile(file, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	both := []string{example + "operationer.csv", "--rules", "s2025-00401", "--rules", "s2025-01233", "--requisitions", example + "rekvisitioner.csv", "--paid", paid, "-q"}
	for name, args := range map[string][]string{
		"calc":         append([]string{"calc"}, both...),
		"final":        append(append([]string{"report", "final"}, both...), "--reports", reports),
		"final-worked": {"report", "final", final + "operationer.csv", "--paid", final + "utbetalt.csv", "--reports", final + "rapporter.csv", "--set", "leftover.enabled=false", "--missing-as-zero", "-q"},
	} {
		t.Run(name, func(t *testing.T) {
			folder, book := t.TempDir(), filepath.Join(t.TempDir(), "book.xlsx")
			output(t, append(args, "-o", book)...)
			f, err := excelize.OpenFile(book)
			if err != nil {
				t.Fatal(err)
			}
			names := f.GetSheetList()
			if err := f.Close(); err != nil {
				t.Fatal(err)
			}
			before := spoil(t, book, filepath.Join(folder, "book.xlsx"), names, nil)
			if len(before) < 20 {
				t.Fatalf("only %d formulas", len(before))
			}
			sheets := recalculated(t, folder, names)["book"]
			checkCached(t, sheets, before)
			if name != "calc" {
				return
			}
			records, err := csv.NewReader(strings.NewReader(output(t, append(args, "--format", "csv", "-o", "-")...))).ReadAll()
			if err != nil || len(records) != 22 {
				t.Fatalf("%d records, %v", len(records), err)
			}
			for i, r := range records[1:] {
				for k, sheet := range []string{"Kontroll s2025-00401", "Kontroll s2025-01233"} {
					if got := at(sheets[sheet], 6+i, 3); got != r[2+k] {
						t.Errorf("%s of %s: the formulas pay %q, the calculation %s", sheet, r[1], got, r[2+k])
					}
				}
			}
		})
	}
}
