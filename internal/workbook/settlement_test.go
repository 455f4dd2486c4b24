package workbook_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"github.com/kortakoer/kortakoer/allocation"
	"github.com/kortakoer/kortakoer/internal/language"
	"github.com/kortakoer/kortakoer/internal/workbook"
	"github.com/kortakoer/kortakoer/rules"
)

// settlement has every outcome that the invoice basis can tell.
func settlement(t *testing.T, id string, settings ...string) *allocation.Settlement {
	t.Helper()
	rs, err := rules.Builtin(id)
	if err != nil {
		t.Fatal(err)
	}
	if rs, err = rs.With(settings...); err != nil {
		t.Fatal(err)
	}
	in := &allocation.Input{
		Warnings: []string{"a warning of the reader"},
		Files:    []allocation.File{{Name: "rapporter.csv", SHA256: "abc", Role: allocation.RoleReports, Rows: 6}},
		Payees:   []allocation.Payee{{Region: "04", OrganisationNumber: "232100-0032", Reference: "=1+1"}},
		Reports: []allocation.UseReport{
			{Region: "01", Used: 100, PurposeMet: true, Date: "2026-02-28"},
			{Region: "03", Used: 60, PurposeMet: true, Date: "2026-01-01"},
			{Region: "04", Used: 100, PurposeMet: true, Date: "2026-03-01"},
			{Region: "06", Used: 100, PurposeMet: false, Date: "2026-01-01"},
			{Region: "07", Used: 120, PurposeMet: true, Date: "2026-01-01"},
			{Region: "08", Used: 5, PurposeMet: true, Date: "2026-01-01"},
		},
	}
	for _, region := range []string{"01", "03", "04", "05", "06", "07"} {
		in.Payments = append(in.Payments, allocation.Payment{Region: region, Kronor: 100})
	}
	s, err := allocation.Settle(rs, in)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func writeSettlement(t *testing.T, s *allocation.Settlement, l language.Language) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := workbook.WriteSettlement(&b, s, workbook.Options{Language: l, Version: "test"}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestInvoiceBasis(t *testing.T) {
	f := open(t, writeSettlement(t, settlement(t, "s2025-01233"), language.Swedish))
	if diff := cmp.Diff([]string{"Återkrav", "Kontroll"}, f.GetSheetList()); diff != "" {
		t.Error(diff)
	}
	rows, err := f.GetRows("Återkrav", excelize.Options{RawCellValue: true})
	if err != nil {
		t.Fatal(err)
	}
	// 2026-02-28 is day 46081 of a spreadsheet: 46023 is 2026-01-01, and 31 + 27
	// days come after it.
	want := [][]string{
		{"Länskod", "Region", "Organisations-nummer", "Er referens", "Utbetalt", "Använt", "Syfte uppnått", "Inkom", "Bedömning", "Att återbetala", "Grund"},
		{"01", "Stockholm", "", "", "100", "100", "Ja", "46081", "Använt", "0"},
		{"03", "Uppsala", "", "", "100", "60", "Ja", "46023", "Delvis använt", "40", "Det som inte har använts, villkor 3"},
		{"04", "Södermanland", "232100-0032", "=1+1", "100", "100", "Ja", "46082", "För sent inkommen", "100", "Hela beloppet, villkor 1"},
		{"05", "Östergötland", "", "", "100", "", "", "", "Återrapport saknas", "100", "Hela beloppet, villkor 1"},
		{"06", "Jönköping", "", "", "100", "100", "Nej", "46023", "Syftet ej uppnått", "100", "Hela beloppet, villkor 2"},
		{"07", "Kronoberg", "", "", "100", "120", "Ja", "46023", "Använt", "0"},
		{"08", "Kalmar", "", "", "0", "5", "Ja", "46023", "Ej utbetalt", "0"},
	}
	for i := range rows[4:12] {
		rows[4+i] = trimmed(rows[4+i])
	}
	if diff := cmp.Diff(want, rows[4:12]); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"", "Summa", "", "", "600", "485", "", "", "", "340"}, trimmed(rows[26])); diff != "" {
		t.Error(diff)
	}
	var text []string
	for _, r := range append(rows[:4], rows[27:]...) {
		text = append(text, r...)
	}
	all := strings.Join(text, "\n")
	for _, want := range []string{
		"46081", "antagande: Beslutet anger ingen dag", "4 regioner återbetalar 340 kr av 600 kr.", "Kronoberg har använt 20 kr mer än som betalats ut",
		"Kalmar har återrapporterat 5 kr, men ingen utbetalning finns", "att de gäller även här är ett antagande", "1. ”Ett villkor är", "2. ”Bidrag som … inte har använts för",
		"3. ”Bidrag som helt eller delvis", "Upprättad av", "Granskad av", "Beslutsattest",
	} {
		if !strings.Contains(all, want) {
			t.Errorf("the invoice basis does not say %q:\n%s", want, all)
		}
	}
	// A reference is a text whatever it begins with.
	if formula, err := f.GetCellFormula("Återkrav", "D8"); err != nil || formula != "" {
		t.Errorf("the reference became the formula %q, %v", formula, err)
	}
}

func trimmed(row []string) []string {
	for len(row) > 0 && row[len(row)-1] == "" {
		row = row[:len(row)-1]
	}
	return row
}

// A missing text would panic, so both languages and origins of the last day are
// written; and the same settlement gives the same bytes.
func TestInvoiceBasisInBothLanguages(t *testing.T) {
	for _, id := range rules.IDs() {
		for _, settings := range [][]string{nil, {"report.deadline=2026-01-31"}} {
			s := settlement(t, id, settings...)
			for _, l := range []language.Language{language.Swedish, language.English} {
				first := writeSettlement(t, s, l)
				if !bytes.Equal(first, writeSettlement(t, s, l)) {
					t.Errorf("%s: the same settlement gave other bytes", id)
				}
				origin, err := open(t, first).GetCellValue(map[language.Language]string{language.Swedish: "Återkrav", language.English: "Repayments"}[l], "D3")
				if err != nil {
					t.Fatal(err)
				}
				if set := strings.Contains(origin, "--set"); set != (settings != nil) {
					t.Errorf("%s %v: the last day comes from %q", id, settings, origin)
				}
			}
		}
	}
}
