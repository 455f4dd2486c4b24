package workbook_test

import (
	"bytes"
	"io"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"
	"github.com/xuri/excelize/v2"

	"github.com/kortakoer/kortakoer/allocation"
	"github.com/kortakoer/kortakoer/internal/language"
	"github.com/kortakoer/kortakoer/internal/workbook"
	"github.com/kortakoer/kortakoer/rules"
)

// plan makes a plan in which everything occurs that a workbook can tell: late
// and missing requisitions, a claim, values of every use, ties, a warning.
func plan(t testing.TB, id string, settings ...string) *allocation.Plan {
	t.Helper()
	rs, err := rules.Builtin(id)
	if err != nil {
		t.Fatal(err)
	}
	if rs, err = rs.With(settings...); err != nil {
		t.Fatal(err)
	}
	in := &allocation.Input{
		Population:    allocation.DefaultPopulation(),
		MissingAsZero: true,
		Warnings:      []string{"a warning of the reader"},
		Files:         []allocation.File{{Path: "x/a.csv", Name: "a.csv", SHA256: "abc", Role: allocation.RoleCounts}},
		Payments:      []allocation.Payment{{Region: "09", Kronor: 900_000_000}},
	}
	for i := range in.Population.Inhabitants {
		in.Population.Inhabitants[i] = 1000
	}
	row := 1
	add := func(c allocation.Count) {
		row++
		c.Origin = allocation.Origin{File: "x/a.csv", Row: row, Column: 5}
		in.Counts = append(in.Counts, c)
	}
	for i, r := range rules.Regions() {
		for _, a := range rs.Areas[:2] {
			for _, y := range []int{2022, 2023, 2024, 2025} {
				add(allocation.Count{Region: r.Code, Area: a.ID, Year: y, Month: 7, Provider: allocation.Private, N: int64(y - 2000 + i/7)})
			}
		}
		if i > 1 {
			in.Requisitions = append(in.Requisitions, allocation.Requisition{Region: r.Code, Date: []string{"2025-05-01", "2025-07-01"}[i%2]})
		}
	}
	add(allocation.Count{Region: "01", Area: rs.Areas[0].ID, Year: 2021, Month: 7, N: 1})
	add(allocation.Count{Region: "01", Area: rs.Areas[0].ID, Year: 2025, Month: 12, N: 1})
	in.Baselines = append(in.Baselines,
		allocation.Baseline{Region: "01", Area: rs.Areas[2].ID, Mean: decimal.RequireFromString("12.5"), Origin: allocation.Origin{File: "x/a.csv", Row: row + 1, Column: 5}},
		allocation.Baseline{Region: "01", Area: rs.Areas[0].ID, Mean: decimal.RequireFromString("23"), Origin: allocation.Origin{File: "x/a.csv", Row: row + 2, Column: 5}})
	in.Files[0].Rows = row + 4
	in.Files[0].Blank, in.Files[0].Notes = 2, 1
	p, err := allocation.Allocate(rs, in)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func write(t testing.TB, p *allocation.Plan, l language.Language) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := workbook.Write(&b, &allocation.Grant{Plans: []*allocation.Plan{p}}, workbook.Options{Language: l, Version: "test"}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func open(t testing.TB, content []byte) *excelize.File {
	t.Helper()
	f, err := excelize.OpenReader(bytes.NewReader(content))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

// A missing text would panic, so every reading is written in both languages.
func TestEveryReadingInBothLanguages(t *testing.T) {
	for _, id := range rules.IDs() {
		for _, setting := range []string{"leftover.enabled=false", "leftover.ceiling=applies", "leftover.pots=by_value", "baseline.rounding=up", "baseline.rounding=down", "baseline.rounding=nearest"} {
			p := plan(t, id, setting)
			for l, sheets := range map[language.Language][]string{
				language.Swedish: {"Utbetalning", "Beräkning", "Kvarstående medel", "Underlag", "Regler", "Kontroll", "Diagram", "Tidigare utbetalt", "Kvitto"},
				language.English: {"Payments", "Calculation", "Leftover", "Counts", "Rules", "Checks", "Charts", "Paid before", "Receipt"},
			} {
				if diff := cmp.Diff(sheets, open(t, write(t, p, l)).GetSheetList()); diff != "" {
					t.Error(diff)
				}
			}
		}
	}
}

func TestPaymentList(t *testing.T) {
	p := plan(t, "s2025-00401")
	rows, err := open(t, write(t, p, language.Swedish)).GetRows("Utbetalning", excelize.Options{RawCellValue: true})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"Länskod", "Region", "Lika fördelning", "Prestation", "Kvarstående medel", "Summa", "Tidigare utbetalt", "Att betala ut", "Betalningsreferens"}
	if diff := cmp.Diff(want, rows[4]); diff != "" {
		t.Error(diff)
	}
	var sums [6]int64
	for i, r := range p.Regions {
		amounts := []int64{r.Equal, r.Performance, r.Leftover, r.Total, r.Paid, r.Remaining}
		want := []string{r.Region.Code, r.Region.Name}
		for k, a := range amounts {
			sums[k] += a
			want = append(want, strconv.FormatInt(a, 10))
		}
		if diff := cmp.Diff(append(want, "s2025-00401-"+r.Region.Code), rows[5+i]); diff != "" {
			t.Error(diff)
		}
		if r.Remaining < 0 {
			t.Errorf("%s: a negative payment", r.Region.Name)
		}
	}
	total := []string{"", "Summa"}
	for _, s := range sums {
		total = append(total, strconv.FormatInt(s, 10))
	}
	if diff := cmp.Diff(total, rows[26][:8]); diff != "" {
		t.Error(diff)
	}
	// Of the regions with a valid requisition four have 27 operations in 2025
	// and three 26, so seven share a pot meant for five.
	var text string
	for _, r := range rows[27:] {
		for _, c := range r {
			text += c + "\n"
		}
	}
	for _, want := range []string{
		"Stockholm: ingen rekvisition har kommit in senast 2025-06-02; ingen utbetalning",
		"Östergötland: rekvisitionen kom in 2025-07-01, efter sista dagen 2025-06-02; ingen utbetalning",
		"fordran på regionen, inte en negativ utbetalning", "Höftledsprotes: 7 regioner delar potten", "Upprättad av", "Granskad av", "Beslutsattest",
	} {
		if !bytes.Contains([]byte(text), []byte(want)) {
			t.Errorf("the payment list does not say %q:\n%s", want, text)
		}
	}
}

// The payment list holds numbers: what is paid does not depend on a program
// that calculates. Only its sums are formulas.
func TestAmountsAreNumbers(t *testing.T) {
	f := open(t, write(t, plan(t, "s2025-01233"), language.Swedish))
	for row := 6; row <= 27; row++ {
		for _, column := range []string{"C", "D", "E", "F", "G", "H"} {
			cell := column + strconv.Itoa(row)
			formula, err := f.GetCellFormula("Utbetalning", cell)
			if err != nil {
				t.Fatal(err)
			}
			if (formula != "") != (row == 27) {
				t.Errorf("%s: formula %q", cell, formula)
			}
			if kind, err := f.GetCellType("Utbetalning", cell); err != nil || kind == excelize.CellTypeInlineString || kind == excelize.CellTypeSharedString {
				t.Errorf("%s is a text, %v", cell, err)
			}
		}
	}
}

func TestSameBytes(t *testing.T) {
	p := plan(t, "s2025-00401", "leftover.ceiling=applies")
	first := write(t, p, language.Swedish)
	for range 20 {
		if !bytes.Equal(first, write(t, p, language.Swedish)) {
			t.Fatal("the same plan gave other bytes")
		}
	}
}

func BenchmarkWrite(b *testing.B) {
	p := plan(b, "s2025-01233")
	for b.Loop() {
		if err := workbook.Write(io.Discard, &allocation.Grant{Plans: []*allocation.Plan{p}}, workbook.Options{Language: language.Swedish}); err != nil {
			b.Fatal(err)
		}
	}
}
