package main

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/kortakoer/kortakoer/allocation"
	"github.com/kortakoer/kortakoer/internal/cells"
	"github.com/kortakoer/kortakoer/internal/language"
	"github.com/kortakoer/kortakoer/internal/receipt"
	"github.com/kortakoer/kortakoer/internal/register"
	"github.com/kortakoer/kortakoer/internal/workbook"
)

// smallBook is a workbook of few rows, with everything that a receipt holds,
// and the files that it is made from.
func smallBook(t *testing.T) (book string, inputs []string) {
	t.Helper()
	counts := written(t, "counts.csv", string(randomCounts(t, rand.New(rand.NewPCG(3, 4)), "s2025-01233", 500)))
	book = filepath.Join(t.TempDir(), "book.xlsx")
	lists := []string{
		"--population", cases + "/case-01/population.csv", "--set", "baseline.rounding=up",
		"--payees", written(t, "payees.csv", "region;organisationsnummer;referens\n01;232100-0016;R 7\n"),
		"--paid", written(t, "paid.csv", "region;belopp;datum;referens\nSkåne;1 000;2025-11-28;F-1\n"),
	}
	output(t, append([]string{"calc", counts, "-q", "-o", book}, lists...)...)
	return book, append([]string{counts}, lists...)
}

// part is a file of a workbook.
type part struct {
	name    string
	content []byte
}

func unzip(t *testing.T, name string) []part {
	t.Helper()
	z, err := zip.OpenReader(name)
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	var parts []part
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		parts = append(parts, part{f.Name, content})
	}
	return parts
}

func zipped(t *testing.T, name string, parts []part) string {
	t.Helper()
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, p := range parts {
		f, err := w.CreateHeader(&zip.FileHeader{Name: p.name})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.Write(p.content); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, out.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
	return name
}

var (
	wholeCell   = regexp.MustCompile(`<c r="([A-Z]+\d+)"[^>]*>(?:<f>[^<]*</f>)?(?:<v>[^<]*</v>|<is><t[^>]*>[^<]*</t></is>)?</c>`)
	cellContent = regexp.MustCompile(`>([^<]+)<`)
)

// changeDigit changes a random digit of a random cell of a sheet, in its value
// or its formula.
func changeDigit(random *rand.Rand, sheet []byte) (changed []byte, cell string) {
	all := wholeCell.FindAllSubmatchIndex(sheet, -1)
	for {
		m := all[random.IntN(len(all))]
		var digits []int
		for _, c := range cellContent.FindAllSubmatchIndex(sheet[m[0]:m[1]], -1) {
			for i := m[0] + c[2]; i < m[0]+c[3]; i++ {
				if sheet[i-1] != '#' && sheet[i-2] != '#' && sheet[i] >= '0' && sheet[i] <= '9' { // not of &#39;
					digits = append(digits, i)
				}
			}
		}
		if len(digits) == 0 {
			continue
		}
		changed = slices.Clone(sheet)
		at := digits[random.IntN(len(digits))]
		changed[at] = '0' + (changed[at]-'0'+byte(1+random.IntN(9)))%10
		return changed, string(sheet[m[2]:m[3]])
	}
}

// TestChangedDigitIsFound changes one digit of one cell at a time, on every
// sheet, the receipt's own included: the comparison names the cell, and for
// some of them the whole command is run.
func TestChangedDigitIsFound(t *testing.T) {
	if testing.Short() {
		t.Skip("it repeats one calculation many times")
	}
	book, _ := smallBook(t)
	if code, printed := verified(t, book); code != exitDone {
		t.Fatalf("exit %d as it was written:\n%s", code, printed)
	}
	want, err := register.Book([]byte(readFile(t, book)))
	if err != nil {
		t.Fatal(err)
	}
	parts := unzip(t, book)
	names := append(slices.Clone(payoutSheets[:len(payoutSheets)-1]), "Tidigare utbetalt", "Kvitto")
	random := rand.New(rand.NewPCG(20, 25))
	file := filepath.Join(t.TempDir(), "changed.xlsx")
	const trials, whole = 12, 1 // of every sheet
	for s, name := range names {
		i := slices.IndexFunc(parts, func(p part) bool { return p.name == fmt.Sprintf("xl/worksheets/sheet%d.xml", s+1) })
		for k := range trials {
			mine := slices.Clone(parts)
			content, cell := changeDigit(random, parts[i].content)
			mine[i] = part{parts[i].name, content}
			got, err := register.Book([]byte(readFile(t, zipped(t, file, mine))))
			if err != nil {
				t.Fatal(err)
			}
			differences := cells.Compare(want, got, func(string, cells.Place) bool { return false }).Differences
			if len(differences) != 1 || !strings.HasPrefix(cellText(differences[0]), name+"!"+cell+": ") {
				t.Errorf("%s!%s changed: %v", name, cell, differences)
			}
			if k >= whole {
				continue
			}
			code, printed := verified(t, file)
			named := strings.Contains(printed, name+"!"+cell+": ") ||
				name == "Kvitto" && (strings.Contains(printed, "the receipt was changed or damaged") || strings.Contains(printed, "carries no receipt"))
			if code == exitDone || !named {
				t.Errorf("%s!%s changed: exit %d\n%s", name, cell, code, printed)
			}
		}
	}
}

// What is added or taken away is named too, and a text with a personal number
// that somebody typed is not repeated.
func TestAddedAndRemovedCellsAreNamed(t *testing.T) {
	book, _ := smallBook(t)
	parts := unzip(t, book)
	edit := func(pattern, instead string) (int, string) {
		mine := slices.Clone(parts)
		i := slices.IndexFunc(mine, func(p part) bool { return p.name == "xl/worksheets/sheet1.xml" })
		content := regexp.MustCompile(pattern).ReplaceAll(mine[i].content, []byte(instead))
		if bytes.Equal(content, mine[i].content) {
			t.Fatalf("%s is not there", pattern)
		}
		mine[i].content = content
		return verified(t, zipped(t, filepath.Join(t.TempDir(), "edited.xlsx"), mine))
	}
	for _, test := range []struct{ name, old, new, want string }{
		{"a number typed", `(<c r="C6"[^>]*>)<v>0</v>`, `${1}<v>7</v>`, "Utbetalning!C6: is 7; the receipt gives 0"},
		{"a formula instead of a number", `(<c r="C6"[^>]*>)<v>0</v>`, `${1}<f>1-1</f><v>0</v>`, "Utbetalning!C6: is 0 by =1-1; the receipt gives 0"},
		{"a number instead of a formula", `(<c r="C27"[^>]*>)<f>[^<]*</f><v>0</v>`, `${1}<v>0</v>`, "Utbetalning!C27: is 0; the receipt gives 0 by =SUM(C6:C26)"},
		{"a cell emptied", `(<c r="C6"[^>]*>)<v>0</v></c>`, `${1}</c>`, "Utbetalning!C6: is empty; the receipt gives 0"},
		{"a row added", `</sheetData>`, `<row r="900"><c r="B900"><v>5</v></c></row></sheetData>`, "Utbetalning!B900: holds 5; the receipt gives nothing"},
		{"a personal number", `</sheetData>`, `<row r="900"><c r="B900" t="inlineStr"><is><t>Ombud 811218-9876</t></is></c></row></sheetData>`, "Utbetalning!B900: holds (a long number, not repeated here); the receipt gives nothing"},
		{"a personal number in a formula", `(<c r="C6"[^>]*>)<v>0</v>`, `${1}<f>8112189876*0</f><v>0</v>`, "by (a formula with a long number, not repeated here); the receipt gives 0"},
	} {
		t.Run(test.name, func(t *testing.T) {
			code, printed := edit(test.old, test.new)
			if code != exitDifferent || !strings.Contains(printed, test.want) || strings.Contains(printed, "811218") {
				t.Errorf("exit %d, want %q in\n%s", code, test.want, printed)
			}
		})
	}
	t.Run("a sheet renamed", func(t *testing.T) {
		mine := slices.Clone(parts)
		i := slices.IndexFunc(mine, func(p part) bool { return p.name == "xl/workbook.xml" })
		mine[i].content = bytes.Replace(mine[i].content, []byte(`name="Underlag"`), []byte(`name="Bilaga"`), 1)
		code, printed := verified(t, zipped(t, filepath.Join(t.TempDir(), "edited.xlsx"), mine))
		if code != exitDifferent || !strings.Contains(printed, "the sheet Underlag is missing\n") || !strings.Contains(printed, "the sheet \"Bilaga\" is not of the workbook\n") {
			t.Errorf("exit %d\n%s", code, printed)
		}
	})
}

// forged writes a workbook that is consistent in itself: the receipt is
// changed, its checksum made anew, and every cell computed from it.
func forged(t *testing.T, book string, change func(*receipt.Receipt)) string {
	t.Helper()
	content, err := os.ReadFile(book)
	if err != nil {
		t.Fatal(err)
	}
	b, err := register.Book(content)
	if err != nil {
		t.Fatal(err)
	}
	r, err := receipt.Decode(receiptCells(b))
	if err != nil {
		t.Fatal(err)
	}
	change(r)
	g, err := allocation.AllocateAll(r.Sets, r.Input)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := workbook.Write(&out, g, workbook.Options{Language: language.Language(r.Language), Version: r.Version}); err != nil {
		t.Fatal(err)
	}
	return written(t, "forged.xlsx", out.String())
}

func TestConsistentForgeryIsFoundWithTheInputs(t *testing.T) {
	book, inputs := smallBook(t)
	if code, printed := verified(t, append([]string{book}, inputs...)...); code != exitDone || strings.Contains(printed, "not checked") {
		t.Fatalf("exit %d as it was written:\n%s", code, printed)
	}
	with := func(t *testing.T, r *receipt.Receipt, value, instead string) {
		t.Helper()
		text := strings.Replace(string(r.Sets[0].Text()), value, instead, 1)
		rs, err := loadRules(written(t, "s.toml", text))
		if err != nil {
			t.Fatal(err)
		}
		if r.Sets[0], err = rs.With(r.Sets[0].Settings()...); err != nil {
			t.Fatal(err)
		}
	}
	for _, test := range []struct {
		name   string
		change func(*testing.T, *receipt.Receipt)
		want   string
	}{
		{"a count", func(_ *testing.T, r *receipt.Receipt) { r.Input.Counts[3].N += 1000 }, "counts: 01 hoftledsprotes 2025: the files have "},
		{"a place", func(_ *testing.T, r *receipt.Receipt) { r.Input.Counts[3].Origin.Row = 700 }, "operations in row 700"},
		{"the population", func(_ *testing.T, r *receipt.Receipt) {
			r.Input.Population.Inhabitants = slices.Clone(r.Input.Population.Inhabitants)
			r.Input.Population.Inhabitants[7]++
		}, "population: 09 Gotland: "},
		{"a payment", func(_ *testing.T, r *receipt.Receipt) { r.Input.Payments[0].Kronor = 1 }, "paid: 12: the files have 1000 kr 2025-11-28; ; the receipt has 1 kr 2025-11-28; "},
		{"a payee", func(_ *testing.T, r *receipt.Receipt) { r.Input.Payees[0].Reference = "R 8" }, `payees: 01 reference: the files have "R 7"; the receipt has "R 8"`},
		{"a hash", func(_ *testing.T, r *receipt.Receipt) { r.Input.Files[0].SHA256 = strings.Repeat("0", 64) }, "counts.csv: SHA-256 is "},
		{"a setting", func(t *testing.T, r *receipt.Receipt) {
			var err error
			if r.Sets[0], err = r.Sets[0].With("leftover.pots=by_value"); err != nil {
				t.Fatal(err)
			}
		}, "the receipt was computed with s2025-01233 --set leftover.pots=by_value, not with s2025-01233 --set baseline.rounding=up"},
		{"a rate", func(t *testing.T, r *receipt.Receipt) { with(t, r, "value  = 108_000", "value  = 108_001") }, "the rule set s2025-01233 of the receipt is not the built-in one"},
		{"a warning left out", func(_ *testing.T, r *receipt.Receipt) { r.Input.Warnings = append(r.Input.Warnings, "all is well") }, "the receipt has other warnings"},
		{"missing as zero", func(_ *testing.T, r *receipt.Receipt) { r.Input.MissingAsZero = true }, "the receipt says missing-as-zero=true; it is false here"},
	} {
		t.Run(test.name, func(t *testing.T) {
			file := forged(t, book, func(r *receipt.Receipt) { test.change(t, r) })
			code, printed := verified(t, append([]string{file}, inputs...)...)
			if code != exitDifferent || !strings.Contains(printed, test.want) || !strings.Contains(printed, "cells are as the receipt gives them") {
				t.Errorf("exit %d, want %q in\n%s", code, test.want, printed)
			}
		})
	}
}

// TestSavedByLibreOffice: a workbook that was only opened and saved is clean.
func TestSavedByLibreOffice(t *testing.T) {
	soffice := program(t, "KORTAKOER_REQUIRE_LIBREOFFICE", "soffice")
	folder := t.TempDir()
	book, inputs := smallBook(t)
	both := filepath.Join(t.TempDir(), "both.xlsx")
	output(t, "calc", "../../testdata/example/operationer.csv", "--rules", "s2025-00401", "--rules", "s2025-01233", "--requisitions", "../../testdata/example/rekvisitioner.csv", "--set", "leftover.ceiling=applies", "-q", "--lang", "en", "-o", both)
	args := []string{"-env:UserInstallation=file://" + filepath.Join(folder, "profile"), "--headless", "--convert-to", "xlsx", "--outdir", folder, book, both}
	if log, err := exec.Command(soffice, args...).CombinedOutput(); err != nil {
		t.Fatalf("soffice: %v\n%s", err, log)
	}
	saved := filepath.Join(folder, "book.xlsx")
	for _, args := range [][]string{{saved}, append([]string{saved}, inputs...), {filepath.Join(folder, "both.xlsx")}} {
		code, printed := verified(t, args...)
		if code != exitDone || !strings.Contains(printed, "saved by another program") {
			t.Errorf("exit %d\n%s", code, printed)
		}
	}
	// And a changed digit is still found.
	parts := unzip(t, saved)
	i := slices.IndexFunc(parts, func(p part) bool { return p.name == "xl/worksheets/sheet1.xml" })
	amount := regexp.MustCompile(`(<c r="F6"[^>]*><v>)(\d+)(</v>)`)
	n, err := strconv.ParseInt(string(amount.FindSubmatch(parts[i].content)[2]), 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	parts[i].content = amount.ReplaceAll(parts[i].content, fmt.Appendf(nil, "${1}%d${3}", n+1))
	if code, printed := verified(t, zipped(t, filepath.Join(folder, "changed.xlsx"), parts)); code != exitDifferent || !strings.Contains(printed, fmt.Sprintf("Utbetalning!F6: is %d; the receipt gives %d\n", n+1, n)) {
		t.Errorf("exit %d\n%s", code, printed)
	}
}

// The receipt gives the same bytes wherever the files lie, and calc's JSON the
// same amounts as before the workbook went through many hands.
func TestReceiptIsWithoutFolders(t *testing.T) {
	var books [][]byte
	for range 2 {
		folder := t.TempDir()
		counts := filepath.Join(folder, "counts.csv")
		if err := os.WriteFile(counts, []byte(readFile(t, caseOne)), 0o644); err != nil {
			t.Fatal(err)
		}
		book := filepath.Join(folder, "book.xlsx")
		output(t, "calc", counts, "-q", "-o", book)
		books = append(books, []byte(readFile(t, book)))
		b, err := register.Book(books[0])
		if err != nil {
			t.Fatal(err)
		}
		r, err := receipt.Decode(receiptCells(b))
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(fmt.Sprintf("%+v", *r.Input), folder) {
			t.Error("the receipt names the folder")
		}
	}
	if !bytes.Equal(books[0], books[1]) {
		t.Error("the folder changes the workbook")
	}
}
