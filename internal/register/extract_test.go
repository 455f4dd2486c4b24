package register

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/zstd"

	"github.com/kortakoer/kortakoer/allocation"
)

var extractScope = Scope{
	Regions: []Region{{Code: "01", Name: "Stockholm"}, {Code: "12", Name: "Skåne"}},
	Areas: []Area{
		{ID: "hip", Codes: []string{"NFB29", "NFB49"}},
		{ID: "prolapse", Codes: []string{"LEF*"}},
		{ID: "long", Codes: []string{"ABCDEFGHIJ", "XY*"}},
	},
	Private: []string{"2", "privat"},
}

var registerHeader = []string{"LOPNR", "INDATUM", "UTDATUM", "HEMLAN", "LAN", "SJUKHUS", "DRIFTFORM", "OP"}

// slowScan counts an extract one character and one row at a time.
func slowScan(c *counting, l *layout, body string) (t *totals, faultLines map[int]bool, firstLines map[int]int, ok bool) {
	t, faultLines, firstLines = newTotals(), map[int]bool{}, map[int]int{}
	if _, ok := slowCSV(body, ';'); !ok {
		return nil, nil, nil, false
	}
	rows, _ := splitCSV(body, ';', 0, len(body)+1)
	raw, _ := slowCSV(body, ';')
	for i, fields := range raw {
		line := rows[i].number
		row := make([][]byte, len(fields))
		filled := false
		for k, f := range fields {
			row[k] = []byte(f)
			filled = filled || f != ""
		}
		switch {
		case !filled:
			t.blank++
			continue
		case len(fields) != l.columns:
			t.rows[refused]++
			faultLines[line] = true
			continue
		}
		for _, column := range l.personal {
			if holdsPersonalNumber(cell{kind: text, text: fields[column]}) {
				t.personal[column]++
			}
		}
		o, hits, f := c.row(l, row, nil)
		t.add(o, hits, f)
		if o == counted {
			if m := monthOf(hits[0].year, hits[0].month); firstLines[m] == 0 {
				firstLines[m] = line
			}
		}
		if o == refused {
			faultLines[line] = true
		}
	}
	return t, faultLines, firstLines, true
}

// FuzzExtract compares the fast scanner with the slow one, in chunks so small
// that rows and quotes lie across their ends, in two layouts.
func FuzzExtract(f *testing.F) {
	for _, s := range []string{
		"1;20250602;20250603;01;01;Södersjukhuset;1;NFB29\n",
		"1;20250602;20250603;1;12;\"a;b\nc\";2;LEF00 NFB49 nfb29\r\n2;2025-06-02;;99;01;x;privat;XYZ ABCDEFGHIJ\n",
		"1;;;01;01;;;NFB29\n\n1;20250231;;01;01;;;NFB29\n;;;;;;;\n1;2\n1;20250601;;AB;01;;;LEF\n",
		"1;20251301;20250603;12;01;191212121212;1;-1 0000 LEF03\n\"1\";\"20250602\";\"\";\"12\";\"01\";\"a\"\"b\";\"2\";\"NFB29 LEF10\"",
		";1;20250603;12;01;191212121212;1;-1 0000 LEF03\n\"1\";\"\n",
		"1;20250602;;12;12;Anna 19121212-1212;02;Nfb29,lef00\tNFB49\xc2\xa0NFB29 NFB29\r\n\"2\";20250602;;12;SE01;\"191212121212\";1;\"LEF;LEF\"\n",
		"1;20250602;;12;12;x;P;LEF00\n1;20990602;;12;12;x;offentlig;LEF00\n1;20250502;;12;12;x;privata;LEF00\n1;20250502;;12;12;x; ;LEF00\n1;20250602;;12;12;x;00;LEF00\n",
		"1;19950602;;12;12;x;1;XY NFB2 NFB291\n1;20250602;;12;12;x;1;  LEF00  \n",
	} {
		f.Add(s)
	}
	c := newCounting(extractScope)
	perCode := newCounting(Scope{Regions: extractScope.Regions, Areas: extractScope.Areas[:2], Private: extractScope.Private, PerCode: true})
	usual := newCounting(Scope{Regions: extractScope.Regions, Areas: extractScope.Areas[:2], Private: extractScope.Private})
	l, missing, ok := extractLayout(registerHeader)
	if !ok || missing != "" {
		f.Fatal(missing)
	}
	numbered, missing, ok := extractLayout([]string{"OPD1", "OPD2", "INDATUM", "LKF", "LAN", "OP01", "OP2", "x"})
	if !ok || missing != "" || len(numbered.op) != 2 || len(numbered.opDate) != 2 {
		f.Fatal(missing, numbered)
	}
	f.Fuzz(func(t *testing.T, body string) {
		if strings.Contains(strings.ReplaceAll(body, "\r\r\n", "\r\n"), "\r\r") || strings.Contains(strings.ReplaceAll(body, "\r\n", ""), "\r") || strings.Contains(body, "\x00") {
			return // a lone CR is a line end only in files that have no other
		}
		if body != "" && body[len(body)-1] != '\n' {
			body += "\n" // what the scanner adds, and warns about
		}
		for _, c := range []*counting{c, perCode, usual} {
			for _, l := range []*layout{&l, &numbered} {
				want, lines, first, valid := slowScan(c, l, body)
				for _, size := range []int{1, 100} {
					s := c.scanCSV(strings.NewReader(body), l, ';', nil, nil, size)
					if s.readErr != nil {
						t.Fatal(s.readErr)
					}
					faults, more := s.told(1)
					if !valid {
						if len(faults) == 0 {
							t.Fatalf("%q: the slow reader refuses it", body)
						}
						continue
					}
					if diff := cmp.Diff(want, s.total, cmp.AllowUnexported(totals{}, hit{})); diff != "" {
						t.Fatalf("%q in chunks of %d (-slow +fast):\n%s", body, size, diff)
					}
					if diff := cmp.Diff(first, s.firstLines(1)); diff != "" {
						t.Fatalf("%q in chunks of %d, the first rows of months (-slow +fast):\n%s", body, size, diff)
					}
					if more > 0 {
						continue
					}
					got := map[int]bool{}
					for _, f := range faults {
						got[f.line] = true
						if longNumber.MatchString(f.message) {
							t.Fatalf("a long number is repeated: %s", f.message)
						}
					}
					if diff := cmp.Diff(lines, got); diff != "" {
						t.Fatalf("%q: lines with faults (-slow +fast):\n%s", body, diff)
					}
				}
			}
		}
	})
}

// The rows begin right behind the header, wherever it stands and whatever
// stands behind it.
func TestNoRowIsSkippedBehindTheHeader(t *testing.T) {
	header := strings.Join(registerHeader, ";") + "\n"
	row := "1;20250602;;01;01;Södersjukhuset;1;NFB29\n"
	rows := strings.Repeat(row, 3000) // more than is looked at
	for name, c := range map[string]struct {
		data string
		want int
	}{
		"header first":            {header + rows, 3000},
		"48 titles":               {strings.Repeat("Titel;;\n", 48) + header + rows, 3000},
		"49 titles":               {strings.Repeat("Titel;;\n", 49) + header + rows, 3000},
		"sep=":                    {"sep=;\n" + header + rows, 3000},
		"a mark":                  {"\ufeff" + header + rows, 3000},
		"titles with CR":          {"Titel\r\r\nmer\n" + header + rows, 3000},
		"a long value":            {header + "1;20250602;;01;01;\"" + strings.Repeat("x", 100_000) + "\";1;NFB29\n" + rows, 3001},
		"a bad quote in row 1":    {header + "1;20250602;;01;01;a \"x;1;NFB29\n" + rows, -1},
		"a line break in a code":  {header + "1;20250602;;01;01;x;1;\"NFB29\n\"\n" + rows, -1},
		"LKF without its zero":    {"OP;INDATUM;LKF;LAN\nNFB29;20250602;18001;01\n", -1},
		"LAN in words":            {"OP;INDATUM;HEMLAN;LAN\nNFB29;20250602;01;Skåne\n", -1},
		"HEMLAN empty beside LKF": {"OP;INDATUM;HEMLAN;LKF;LAN\nNFB29;20250602;;0180;01\n", 1},
	} {
		for _, encode := range []func(string) string{func(s string) string { return s }, func(s string) string { return strings.ReplaceAll(s, "ö", "\xf6") }} {
			if name == "a mark" {
				encode = func(s string) string { return s }
			}
			in, err := Read(extractScope, Request{Counts: []string{Stdin}, Stdin: strings.NewReader(encode(c.data))})
			if (err != nil) != (c.want < 0) {
				t.Errorf("%s: %v", name, err)
			}
			if err != nil {
				continue
			}
			var n int64
			for _, x := range in.Counts {
				n += x.N
			}
			if in.Files[0].Rows != c.want || n != int64(c.want) {
				t.Errorf("%s: %d rows, %d operations, want %d", name, in.Files[0].Rows, n, c.want)
			}
		}
	}
}

func TestPackedExtracts(t *testing.T) {
	plain := []byte(strings.Join(registerHeader, ";") + "\n1;20250602;20250603;01;01;Södersjukhuset;1;NFB29\n2;20250702;;12;01;x;2;LEF00 LEF03\n")
	var gz, zst bytes.Buffer
	w := gzip.NewWriter(&gz)
	if _, err := w.Write(plain); err != nil || w.Close() != nil {
		t.Fatal(err)
	}
	z, err := zstd.NewWriter(&zst)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := z.Write(plain); err != nil || z.Close() != nil {
		t.Fatal(err)
	}
	var want []allocation.Count
	for name, data := range map[string][]byte{"a.csv": plain, "a.csv.gz": gz.Bytes(), "a.csv.zst": zst.Bytes()} {
		file := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(file, data, 0o644); err != nil {
			t.Fatal(err)
		}
		in, err := Read(extractScope, Request{Counts: []string{file}})
		if err != nil {
			t.Fatal(name, err)
		}
		for i := range in.Counts {
			in.Counts[i].Origin = allocation.Origin{}
		}
		if want == nil {
			want = in.Counts
		}
		if diff := cmp.Diff(want, in.Counts); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
		if sum := sha256.Sum256(data); in.Files[0].SHA256 != hex.EncodeToString(sum[:]) {
			t.Errorf("%s: SHA-256 %s", name, in.Files[0].SHA256)
		}
		if _, err := Read(extractScope, Request{Counts: []string{cut(t, data, name)}}); err == nil && name != "a.csv" {
			t.Errorf("%s: cut off, and read without an error", name)
		}
	}
	// Two months of 2 regions × 3 areas, one of them in two providers' rows.
	if len(want) != 12 {
		t.Errorf("%d counts, want 12: %v", len(want), want)
	}
}

// cut is the file without its last bytes.
func cut(t *testing.T, data []byte, name string) string {
	file := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(file, data[:len(data)-6], 0o644); err != nil {
		t.Fatal(err)
	}
	return file
}

func TestLayouts(t *testing.T) {
	for header, want := range map[string]string{
		"OP;INDATUM;HEMLAN;LAN":        "",
		"OP1;OP2;OPD1;LKF;LAN":         "",
		"op;utdatum;hemlän;län":        "",
		"OP;HEMLAN;LAN":                "a date (OPDATUM, INDATUM or UTDATUM)",
		"OP;INDATUM;LAN":               "the home region (HEMLAN or LKF)",
		"OP;INDATUM;HEMLAN":            "the performing region (LAN)",
		"OP;INDATUM;HEMLAN;LAN;HEMLAN": "one column HEMLAN instead of two that are the same",
		"region;område;år;antal":       "no extract",
		"OP31;INDATUM;HEMLAN;LAN":      "no extract",
		"OPERATION;INDATUM;HEMLAN;LAN": "no extract",
	} {
		_, missing, ok := extractLayout(strings.Split(header, ";"))
		if !ok {
			missing = "no extract"
		}
		if missing != want {
			t.Errorf("%s: lacks %q, want %q", header, missing, want)
		}
	}
}

func BenchmarkScan(b *testing.B) {
	var body bytes.Buffer
	for i := range 200_000 {
		fmt.Fprintf(&body, "%07d;2025%02d%02d;;%02d;01;Universitetssjukhuset i Linköping;%d;NGB%02d NFB%02d\n", i, 1+i%12, 1+i%28, []int{1, 12, 99}[i%3], 1+i%3, i%100, i%50)
	}
	l, _, _ := extractLayout(registerHeader)
	c := newCounting(extractScope)
	b.SetBytes(int64(body.Len()))
	for b.Loop() {
		if s := c.scanCSV(bytes.NewReader(body.Bytes()), &l, ';', sha256.New(), nil, chunkSize); s.total.rows[counted] == 0 {
			b.Fatal("nothing counted")
		}
	}
}

// A sheet is counted as the same rows in CSV are; a date cell is a date, a
// code without its zero a code.
func TestExtractOnASheet(t *testing.T) {
	const head = `<row r="1"><c r="A1" t="inlineStr"><is><t>OP</t></is></c><c r="B1" t="inlineStr"><is><t>INDATUM</t></is></c><c r="C1" t="inlineStr"><is><t>HEMLAN</t></is></c><c r="D1" t="inlineStr"><is><t>LAN</t></is></c><c r="E1" t="inlineStr"><is><t>SJUKHUS</t></is></c></row>`
	rows := `<row r="3"><c r="A3" t="inlineStr"><is><t>NFB29 LEF00</t></is></c><c r="B3"><v>20250602</v></c><c r="C3"><v>1</v></c><c r="D3"><v>12</v></c></row>` +
		`<row r="4"><c r="A4" t="inlineStr"><is><t>NFB29</t></is></c><c r="B4" s="1"><v>45839</v></c><c r="C4" t="inlineStr"><is><t>12</t></is></c><c r="D4"><v>12</v></c><c r="E4" t="e"><v>#N/A</v></c></row>` +
		`<row r="5"><c r="A5" t="inlineStr"><is><t>NGB49</t></is></c></row>`
	sheet := func(more string) []byte {
		return zipped(t, parts(`<sheetData>`+head+rows+more+`</sheetData>`, nil))
	}
	read := func(data []byte) (*allocation.Input, error) {
		file := filepath.Join(t.TempDir(), "f.xlsx")
		if err := os.WriteFile(file, data, 0o644); err != nil {
			t.Fatal(err)
		}
		in, err := Read(extractScope, Request{Counts: []string{file}})
		if err != nil {
			err = fmt.Errorf("%s", strings.ReplaceAll(err.Error(), file, "f.xlsx"))
		}
		return in, err
	}
	in, err := read(sheet(""))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, c := range in.Counts {
		if c.N > 0 {
			got = append(got, fmt.Sprintf("%s %s %d-%d %s %d", c.Region, c.Area, c.Year, c.Month, c.Provider, c.N))
		}
	}
	if diff := cmp.Diff([]string{"01 hip 2025-6 other 1", "01 prolapse 2025-6 other 1", "12 hip 2025-7 home 1"}, got); diff != "" {
		t.Error(diff)
	}
	if f := in.Files[0]; f.Rows != 3 || f.Extract.NoCode != 1 || f.Form != "row-level extract, XLSX" || f.Sheet != "Blad1" {
		t.Errorf("%+v", f)
	}
	for more, want := range map[string]string{
		`<row r="6"><c r="A6" t="e"><v>#REF!</v></c></row>`:                                        `f.xlsx!Blad1:6:1 (A6): "OP": the cell holds the Excel error "#REF!"`,
		`<row r="6"><c r="A6" t="inlineStr"><is><t>NFB29</t></is></c><c r="C6"><v>1</v></c></row>`: `f.xlsx!Blad1:6:2 (B6): "INDATUM": a row with a counted code has no date`,
		`<row r="6"><c r="E6" t="inlineStr"><is><t>19121212-1212</t></is></c></row>`:               `f.xlsx!Blad1:1:5 (E1): the column "SJUKHUS" holds Swedish personal identity numbers in 1 row`,
	} {
		if _, err := read(sheet(more)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %s", err, want)
		}
	}
}

// Very many files that hold the same months give a few warnings, not one for
// each pair.
func TestOverlapsAreFolded(t *testing.T) {
	var x extracts
	for i := range 6 {
		totals := newTotals()
		for _, month := range []int{1, 2, 3, 12} {
			totals.counts[hit{region: 1, year: 2025, month: month}] = int64(10 + i)
		}
		totals.counts[hit{region: 0, year: 2025, month: 5 + i}] = 99 // in this one only
		x.counted = append(x.counted, countedExtract{name: fmt.Sprintf("%d.csv", i), totals: totals})
	}
	got := x.overlaps()
	if len(got) != maxPairs+1 || got[maxPairs] != "5 more pairs of extracts hold operations of the same months and regions" {
		t.Errorf("%d warnings: %q", len(got), got)
	}
	if want := "2025-01–2025-03, 2025-12 occur in both 0.csv and 2.csv for the same regions: 40 and 48 operations; check that no contact is in both"; got[1] != want {
		t.Errorf("%s, want %s", got[1], want)
	}
}
