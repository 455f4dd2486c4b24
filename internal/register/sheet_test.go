package register

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"
	"pgregory.net/rapid"

	"github.com/kortakoer/kortakoer/allocation"
)

// collect keeps every row as the slow pass would.
type collect struct{ rows []row }

func (c *collect) restart() { c.rows = nil }

func (c *collect) row(number int, hidden bool, cells []sheetCell) error {
	r := row{number: number, hidden: hidden}
	for _, x := range cells {
		r.cells = append(r.cells, cell{x.kind, string(x.text), x.formula})
	}
	c.rows = append(c.rows, r)
	return nil
}

// FuzzSheet compares the fast pass with the slow one: what it does not leave
// to it, it must read the same, and nothing that the slow one refuses.
func FuzzSheet(f *testing.F) {
	for _, s := range []string{
		`<sheetData>` + headerXML + rowXML(2, `<c r="D2"><v>12</v></c>`) + `</sheetData>`,
		`<cols><col min="1" max="2" hidden="1"/></cols><sheetData><row r="1" hidden="1" spans="1:3"><c r="B1" s="1"><v>45000</v></c><c r="C1" t="str"><f>A1&amp;"x"</f><v>x</v></c></row><row r="3"/></sheetData><mergeCells><mergeCell ref="A1:B2"/></mergeCells>`,
		`<sheetData><row r="1"><c r="A1" t="inlineStr"><is><t xml:space="preserve"> å </t></is></c><c r="B1"/><c r="C1" t="b"><v>1</v></c></row></sheetData>`,
		`<sheetData><row r="2"><c r="A2"><v>1.5</v></c></row><row r="1"></row></sheetData>`,
		`<sheetData><row r="1"><c r="A1"><v>1</v></c></row></sheetData><sheetData/>`,
		`<sheetData><row r="1"><c r="A1" t="s"><v>0</v></c><c r="A1"><v>1</v></c></row></sheetData>`,
		`<sheetData/>`, `<sheetData><row r="1"><c r="A1"><v>1</v></c></row>`, `<!-- <sheetData> --><sheetData></sheetData>`,
		`<sheetData><row r="1" r="1"><c r="A1" t="n"><v>007</v></c></row></sheetData>`,
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, sheet string) {
		data := zipped(t, parts(sheet, nil))
		open := func() *workbook {
			w, err := openWorkbook(bytes.NewReader(data), int64(len(data)))
			if err != nil {
				t.Fatal(err)
			}
			return w
		}
		var fast collect
		w := open()
		ref := w.sheets[0]
		frame, err := w.fastSheet(ref.part, &fast)
		if errors.Is(err, errIrregular) {
			return
		}
		if err != nil {
			t.Fatalf("%q: %v", sheet, err)
		}
		slow, err := open().readSheet("f", ref)
		w.parts[ref.part] = frame
		around, frameErr := w.readSheet("f", ref)
		if frameErr != nil {
			return // the slow pass is asked
		}
		if err != nil {
			t.Fatalf("%q is read fast, but slow: %v", sheet, err)
		}
		options := cmp.AllowUnexported(row{}, cell{}, table{}, area{}, span{})
		for i := range slow.rows { // a row that ends in empty cells has no more
			if len(slow.rows[i].cells) == 0 {
				slow.rows[i].cells = nil
			}
		}
		if diff := cmp.Diff(slow.rows, fast.rows, options); diff != "" {
			t.Fatalf("%q (-slow +fast):\n%s", sheet, diff)
		}
		slow.rows, around.rows = nil, nil
		if diff := cmp.Diff(slow, around, options); diff != "" {
			t.Fatalf("%q, around the rows (-slow +fast):\n%s", sheet, diff)
		}
	})
}

// On good files what is read is what excelize reads, cell by cell, whichever
// of its two writers wrote them.
func TestAgreesWithExcelize(t *testing.T) {
	text := rapid.StringOf(rapid.RuneFrom([]rune("aåÖ é<&>\"'0_x1;,\t-ñ語")))
	value := rapid.OneOf(
		rapid.Map(text, func(s string) any { return s }),
		rapid.Map(rapid.Int64Range(-1_000_000_000, 1_000_000_000), func(n int64) any { return n }),
		rapid.Map(rapid.Float64Range(-1e6, 1e6), func(x float64) any { return x }),
		rapid.Map(rapid.Bool(), func(b bool) any { return b }),
		rapid.Just(any(nil)),
	)
	rapid.Check(t, func(t *rapid.T) {
		rows := rapid.SliceOfN(rapid.SliceOfN(value, 1, 6), 1, 12).Draw(t, "rows")
		f := excelize.NewFile()
		defer f.Close()
		if rapid.Bool().Draw(t, "stream") {
			sw, err := f.NewStreamWriter("Sheet1")
			if err != nil {
				t.Fatal(err)
			}
			for i, r := range rows {
				if err := sw.SetRow(fmt.Sprintf("A%d", i+1), r); err != nil {
					t.Fatal(err)
				}
			}
			if err := sw.Flush(); err != nil {
				t.Fatal(err)
			}
		} else {
			for i, r := range rows {
				if err := f.SetSheetRow("Sheet1", fmt.Sprintf("A%d", i+1), &r); err != nil {
					t.Fatal(err)
				}
			}
		}
		buffer, err := f.WriteToBuffer()
		if err != nil {
			t.Fatal(err)
		}
		data := buffer.Bytes()
		read, err := excelize.OpenReader(bytes.NewReader(data), excelize.Options{RawCellValue: true})
		if err != nil {
			t.Fatal(err)
		}
		defer read.Close()
		want, err := read.GetRows("Sheet1", excelize.Options{RawCellValue: true})
		if err != nil {
			t.Fatal(err)
		}
		w, err := openWorkbook(bytes.NewReader(data), int64(len(data)))
		if err != nil {
			t.Fatal(err)
		}
		r := &reader{names: newNames(testScope), in: &allocation.Input{}}
		sheet, err := r.sheet(w, "f", w.sheets[0], allocation.RolePopulation)
		if err != nil {
			t.Fatal(err)
		}
		for i, wantRow := range want {
			for k, x := range wantRow {
				var got cell
				for _, r := range sheet.rows {
					if r.number == i+1 {
						got = r.cell(k + 1)
					}
				}
				s := got.text
				if got.kind == boolean {
					s = map[string]string{"TRUE": "1", "FALSE": "0"}[s]
				}
				if s != trim(x) && strings.TrimSpace(x) != "" {
					t.Fatalf("row %d column %d: %q, excelize %q", i+1, k+1, s, x)
				}
			}
		}
	})
}

func BenchmarkSheet(b *testing.B) {
	f := excelize.NewFile()
	defer f.Close()
	sw, err := f.NewStreamWriter("Sheet1")
	if err != nil {
		b.Fatal(err)
	}
	header := []any{"LOPNR", "INDATUM", "HEMLAN", "LAN", "OP"}
	for i := range 20_000 {
		values := []any{i, 20250601 + i%28, "12", "12", "NFB29 NGB49"}
		if i == 0 {
			values = header
		}
		if err := sw.SetRow(fmt.Sprintf("A%d", i+1), values); err != nil {
			b.Fatal(err)
		}
	}
	if err := sw.Flush(); err != nil {
		b.Fatal(err)
	}
	buffer, err := f.WriteToBuffer()
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(buffer.Len()))
	start := time.Now()
	for b.Loop() {
		in, err := Read(extractScope, Request{Counts: []string{Stdin}, Stdin: bytes.NewReader(buffer.Bytes())})
		if err != nil || in.Files[0].Rows != 19_999 {
			b.Fatal(err)
		}
	}
	b.ReportMetric(time.Since(start).Seconds()/float64(b.N)/20_000*1e9, "ns/row")
}
