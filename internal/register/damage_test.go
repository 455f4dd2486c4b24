package register

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"os"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"github.com/kortakoer/kortakoer/allocation"
)

var damageScope = Scope{
	Regions: testScope.Regions,
	Areas:   []Area{{ID: "framfall", Names: []string{"framfall", "Fram"}, Codes: []string{"LEF*"}}, {ID: "hip", Names: []string{"hip"}, Codes: []string{"NFB29"}}},
	Private: []string{"2"},
}

// goodBooks are workbooks of counts and extracts, written by hand and by both
// writers of excelize, with texts that are shared and texts in their cells,
// and with dates.
func goodBooks(t *testing.T) []book {
	t.Helper()
	counts := [][]any{{"region", "område", "år", "månad", "antal"}}
	dated := [][]any{{"hemregion", "område", "period", "antal"}}
	extract := [][]any{{"LOPNR", "OP", "INDATUM", "HEMLAN", "LAN", "DRIFTFORM"}}
	for i := range 12 {
		region, area := []string{"Skåne", "Stockholm"}[i%2], []string{"Fram", "hip"}[i/2%2]
		counts = append(counts, []any{region, area, 2024 + i/6, 6 + i%3, 100 + 7*i})
		day := time.Date(2025, time.Month(1+i), 1+i, 0, 0, 0, 0, time.UTC)
		dated = append(dated, []any{region, area, day, 200 + 3*i})
		extract = append(extract, []any{i, []string{"NFB29", "LEF03 NFB29", "AAA00", "-1 LEF00"}[i%4], day, []string{"01", "12", "99"}[i%3], []string{"01", "12"}[i%2], 1 + i%2})
	}
	inline := `<sheetData>`
	for i := range 12 {
		if i == 0 {
			inline += headerXML
		}
		inline += rowXML(i+2, fmt.Sprintf(`<c r="D%d"><v>%d</v></c>`, i+2, 50+i))
	}
	wide := parts(inline+`</sheetData><mergeCells count="1"><mergeCell ref="H1:I2"/></mergeCells>`, nil)
	return []book{
		{"counts, by hand, stored", parts(inline+`</sheetData>`, nil), zip.Store},
		{"counts, by hand, deflated", wide, zip.Deflate},
		{"counts, shared strings", writtenBy(t, counts, false), zip.Deflate},
		{"counts, strings in cells", writtenBy(t, counts, true), zip.Store},
		{"counts, dates", writtenBy(t, dated, false), zip.Deflate},
		{"extract, shared strings", writtenBy(t, extract, false), zip.Store},
		{"extract, strings in cells", writtenBy(t, extract, true), zip.Deflate},
	}
}

// writtenBy writes rows with one of excelize's two writers and takes the parts out.
func writtenBy(t *testing.T, rows [][]any, stream bool) map[string]string {
	t.Helper()
	f := excelize.NewFile()
	defer f.Close()
	var err error
	var sw *excelize.StreamWriter
	if stream {
		if sw, err = f.NewStreamWriter("Sheet1"); err != nil {
			t.Fatal(err)
		}
	}
	for i, r := range rows {
		at := fmt.Sprintf("A%d", i+1)
		if stream {
			err = sw.SetRow(at, r)
		} else {
			err = f.SetSheetRow("Sheet1", at, &r)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if stream {
		if err := sw.Flush(); err != nil {
			t.Fatal(err)
		}
	}
	buffer, err := f.WriteToBuffer()
	if err != nil {
		t.Fatal(err)
	}
	z, err := zip.NewReader(bytes.NewReader(buffer.Bytes()), int64(buffer.Len()))
	if err != nil {
		t.Fatal(err)
	}
	parts := map[string]string{}
	for _, f := range z.File {
		rc, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(rc)
		if err != nil {
			t.Fatal(err)
		}
		parts[f.Name] = string(content)
		_ = rc.Close() // read to its end
	}
	return parts
}

// sheetsOf reads every sheet cell by cell, as Read does before it looks at
// what the cells mean.
func sheetsOf(data []byte) (grid, error) {
	w, err := openWorkbook(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return nil, err
	}
	var g grid
	for _, ref := range w.sheets {
		r := &reader{names: newNames(damageScope), in: &allocation.Input{}}
		t, err := r.sheet(w, "f", ref, allocation.RolePopulation)
		if err != nil {
			return nil, err
		}
		rows := map[int]map[int]obviousCell{}
		for _, row := range t.rows {
			for i, c := range row.cells {
				if c.kind != empty && trim(c.text) != "" {
					if rows[row.number] == nil {
						rows[row.number] = map[int]obviousCell{}
					}
					rows[row.number][i+1] = obviousCell{shown: trim(c.text)}
				}
			}
		}
		g = append(g, rows)
	}
	return g, nil
}

// usualLibrary reads every sheet with excelize, raw, row by row.
func usualLibrary(data []byte) (g grid, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	const limit = 16 << 20
	f, err := excelize.OpenReader(bytes.NewReader(data), excelize.Options{RawCellValue: true, UnzipSizeLimit: limit, UnzipXMLSizeLimit: limit})
	if err != nil {
		return nil, err
	}
	defer f.Close()
	for _, sheet := range f.GetSheetList() {
		rows, err := f.Rows(sheet)
		if err != nil {
			return nil, err
		}
		found := map[int]map[int]obviousCell{}
		for n := 1; n < 5000 && rows.Next(); n++ { // a row number far out gives as many empty rows
			columns, err := rows.Columns()
			if err != nil {
				return nil, err
			}
			for i, s := range columns {
				if trim(s) != "" {
					if found[n] == nil {
						found[n] = map[int]obviousCell{}
					}
					found[n][i+1] = obviousCell{raw: trim(s)}
				}
			}
		}
		if err := rows.Error(); err != nil {
			return nil, err
		}
		g = append(g, found)
	}
	return g, nil
}

// only keeps the raw or the shown texts of a grid, which is how the two
// readers see it.
func (g grid) only(raw bool) grid {
	var kept grid
	for _, rows := range g {
		sheet := map[int]map[int]obviousCell{}
		for n, row := range rows {
			sheet[n] = map[int]obviousCell{}
			for c, x := range row {
				if raw {
					sheet[n][c] = obviousCell{raw: x.raw}
				} else {
					sheet[n][c] = obviousCell{shown: x.shown}
				}
			}
		}
		kept = append(kept, sheet)
	}
	return kept
}

// rows is how many rows hold something.
func (g grid) rows() (n int) {
	for _, sheet := range g {
		n += len(sheet)
	}
	return n
}

// verdict says what a reader made of a damaged file.
type verdict int

const (
	identical verdict = iota
	truthful          // another workbook, read as it stands
	refusedIt
	short // rows are missing, without an error
	wrong
	verdicts
)

// judged compares an answer with the good one and with what the file says,
// which is nil where it can only be refused.
func judged(got grid, err error, good, says grid) verdict {
	switch {
	case err != nil:
		return refusedIt
	case says != nil && reflect.DeepEqual(got, says):
		if reflect.DeepEqual(got, good) {
			return identical
		}
		return truthful
	case says == nil && reflect.DeepEqual(got, good):
		return identical
	case says != nil && got.rows() < says.rows(), says == nil && got.rows() < good.rows():
		return short
	}
	return wrong
}

// goodAnswer is a workbook with what it says.
type goodAnswer struct {
	book
	says   grid
	counts []allocation.Count
}

// TestDamage damages good workbooks in every way and holds the reader to its
// promise: it refuses them, or reads what they say. KORTAKOER_DAMAGE=12000
// makes the table of docs/damage.md.
func TestDamage(t *testing.T) {
	n := 1000
	if s := os.Getenv("KORTAKOER_DAMAGE"); s != "" {
		var err error
		if n, err = strconv.Atoi(s); err != nil {
			t.Fatal(err)
		}
	}
	var books []goodAnswer
	for _, b := range goodBooks(t) {
		data := pack(t, b.parts, b.method)
		says, err := obvious(b.parts)
		if err != nil {
			t.Fatal(b.name, err)
		}
		ours, err := sheetsOf(data)
		if err != nil || judged(ours, nil, says.only(false), says.only(false)) != identical {
			t.Fatalf("%s, before any damage: %v\n%v\n%v", b.name, err, ours, says)
		}
		library, err := usualLibrary(data)
		if err != nil || judged(library, nil, says.only(true), says.only(true)) != identical {
			t.Fatalf("%s, before any damage, excelize: %v\n%v\n%v", b.name, err, library, says)
		}
		in, err := Read(damageScope, Request{Counts: []string{Stdin}, Stdin: bytes.NewReader(data)})
		if err != nil || len(in.Counts) < 12 {
			t.Fatal(b.name, err)
		}
		books = append(books, goodAnswer{b, says, in.Counts})
	}
	kinds := damageKinds()
	type line [2][verdicts]int
	table := make([]line, len(kinds))
	for i := range n {
		r := rand.New(rand.NewPCG(1, uint64(i)))
		k := i % len(kinds)
		kind := kinds[k]
		b, data, says := damage(t, r, kind, books, i/len(kinds))
		at := fmt.Sprintf("case %d, %s, %s", i, b.name, kind.name)
		table[k][0][ourVerdict(t, at, data, says, b, kind.bytes != nil)]++
		library, err := usualLibrary(data)
		table[k][1][judged(library, err, b.says.only(true), says.only(true))]++
	}
	t.Logf("%d damaged workbooks\n%s", n, tableText(len(kinds), func(k int) string { return kinds[k].name }, func(k int) [2][verdicts]int { return table[k] }))
	var refusals int
	for _, l := range table {
		refusals += l[0][refusedIt]
	}
	if refusals < n/2 {
		t.Errorf("only %d of %d were refused: the damage does nothing", refusals, n)
	}
}

// damage makes one damaged workbook of the next good one that this kind of
// damage changes at all, and what it says: nil where it can only be refused.
func damage(t *testing.T, r *rand.Rand, kind damageKind, books []goodAnswer, next int) (goodAnswer, []byte, grid) {
	for try := range 100 {
		b := books[(next+try)%len(books)]
		data := pack(t, b.parts, b.method)
		if kind.bytes != nil {
			if damaged := kind.bytes(r, slices.Clone(data)); !bytes.Equal(damaged, data) {
				return b, damaged, nil
			}
			continue
		}
		parts := maps.Clone(b.parts)
		kind.part(r, parts)
		if maps.Equal(parts, b.parts) {
			continue
		}
		says, err := obvious(parts)
		if err != nil {
			says = nil
		}
		return b, pack(t, parts, b.method), says
	}
	t.Fatalf("%s changes no workbook", kind.name)
	return goodAnswer{}, nil, nil
}

// ourVerdict reads a damaged workbook to its counts. What must not be is an
// error of the test.
func ourVerdict(t *testing.T, at string, data []byte, says grid, b goodAnswer, zipDamage bool) verdict {
	got, err := sheetsOf(data)
	v := judged(got, err, b.says.only(false), says.only(false))
	switch {
	case v == short || v == wrong:
		t.Errorf("%s: read as\n%v\ninstead of\n%v", at, got, says)
	case v == identical && says == nil && !zipDamage:
		t.Errorf("%s: read in spite of the damage", at)
	}
	in, err := Read(damageScope, Request{Counts: []string{Stdin}, Stdin: bytes.NewReader(data)})
	switch {
	case err != nil:
		return refusedIt
	case v == refusedIt:
		t.Errorf("%s: the sheets are refused, but counts come out", at)
	case v == identical && !reflect.DeepEqual(in.Counts, b.counts):
		t.Errorf("%s: the same cells give other counts", at)
	}
	return v
}

func tableText(n int, name func(int) string, line func(int) [2][verdicts]int) string {
	var b strings.Builder
	b.WriteString("| damage | files | identical | as the file says | refused | short or wrong | excelize: identical | as the file says | refused | **short, no error** | **wrong, no error** |\n")
	b.WriteString("| --- | --: | --: | --: | --: | --: | --: | --: | --: | --: | --: |\n")
	var sum [2][verdicts]int
	write := func(name string, l [2][verdicts]int) {
		files := 0
		for _, n := range l[0] {
			files += n
		}
		fmt.Fprintf(&b, "| %s | %d | %d | %d | %d | %d | %d | %d | %d | %d | %d |\n", name, files, l[0][identical], l[0][truthful], l[0][refusedIt], l[0][short]+l[0][wrong],
			l[1][identical], l[1][truthful], l[1][refusedIt], l[1][short], l[1][wrong])
	}
	for k := range n {
		l := line(k)
		for i := range l {
			for v, n := range l[i] {
				sum[i][v] += n
			}
		}
		write(name(k), l)
	}
	write("all", sum)
	return b.String()
}
