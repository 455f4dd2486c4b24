package register

import (
	"archive/zip"
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kortakoer/kortakoer/allocation"
)

// parts are the parts of a workbook with one sheet; each may be replaced.
func parts(sheetData string, replace map[string]string) map[string]string {
	const main = `xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"`
	all := map[string]string{
		"[Content_Types].xml": `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>`,
		"_rels/.rels":         `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
		"xl/workbook.xml":     `<workbook ` + main + ` xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="Blad1" sheetId="1" r:id="rId1"/></sheets></workbook>`,
		"xl/_rels/workbook.xml.rels": `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/>` +
			`<Relationship Id="rId2" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings" Target="/xl/sharedStrings.xml"/><Relationship Id="rId3" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles" Target="styles.xml"/></Relationships>`,
		"xl/sharedStrings.xml":     `<sst ` + main + `><si><t>region</t></si><si><r><t>om</t></r><r><t>råde</t></r><rPh><t>phonetic</t></rPh></si><si><t>år</t></si><si><t>antal</t></si><si><t xml:space="preserve"> Skåne </t></si></sst>`,
		"xl/styles.xml":            `<styleSheet ` + main + `><numFmts><numFmt numFmtId="164" formatCode="yyyy\-mm\-dd"/><numFmt numFmtId="165" formatCode="#,##0&quot; dygn&quot;"/></numFmts><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="164"/><xf numFmtId="165"/></cellXfs></styleSheet>`,
		"xl/worksheets/sheet1.xml": `<worksheet ` + main + `>` + sheetData + `</worksheet>`,
	}
	for name, content := range replace {
		all[name] = content
	}
	return all
}

func zipped(t testing.TB, parts map[string]string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for name, content := range parts {
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(content)); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

const headerXML = `<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c><c r="C1" t="s"><v>2</v></c><c r="D1" t="s"><v>3</v></c></row>`

// rowXML is a row of data with a count cell of one's own.
func rowXML(n int, count string) string {
	return fmt.Sprintf(`<row r="%[1]d"><c r="A%[1]d" t="s"><v>4</v></c><c r="B%[1]d" t="inlineStr"><is><t>Fram</t></is></c><c r="C%[1]d"><v>2025</v></c>%[2]s</row>`, n, count)
}

var testScope = Scope{
	Regions: []Region{{Code: "01", Name: "Stockholm", Official: "Region Stockholm"}, {Code: "12", Name: "Skåne", Official: "Region Skåne"}},
	Areas:   []Area{{ID: "framfall", Names: []string{"framfall", "Fram"}}},
}

// readBytes reads one file of counts.
func readBytes(t testing.TB, name string, data []byte, q Request) (*allocation.Input, error) {
	t.Helper()
	file := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(file, data, 0o644); err != nil {
		t.Fatal(err)
	}
	q.Counts = []string{file}
	in, err := Read(testScope, q)
	if err != nil {
		err = fmt.Errorf("%s", strings.ReplaceAll(err.Error(), file, name))
	}
	if in != nil {
		for i, w := range in.Warnings {
			in.Warnings[i] = strings.ReplaceAll(w, file, name)
		}
	}
	return in, err
}

func TestSheetIsReadAsItStands(t *testing.T) {
	data := `<sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>Titel</t></is></c></row>` + strings.NewReplacer(`r="1"`, `r="3"`, "A1", "A3", "B1", "B3", "C1", "C3", "D1", "D3").Replace(headerXML) +
		rowXML(4, `<c r="D4"><v>12</v></c>`) + rowXML(5, `<c r="D5" s="3"><f>6+6</f><v>13</v></c>`) + rowXML(7, `<c r="D7" t="str"><f>"14"</f><v>14</v></c>`) +
		`<row r="8"><c r="A8"/></row><row r="9"><c r="A9" t="inlineStr"><is><t>Källa: registret</t></is></c></row></sheetData>`
	in, err := readBytes(t, "f.xlsx", zipped(t, parts(data, nil)), Request{})
	if err != nil {
		t.Fatal(err) // the three rows are one key, which the allocation refuses, not the reader
	}
	var got []string
	for _, c := range in.Counts {
		got = append(got, fmt.Sprintf("%s %s %d %d %s%d", c.Region, c.Area, c.Year, c.N, allocation.ColumnName(c.Origin.Column), c.Origin.Row))
	}
	want := []string{"12 framfall 2025 12 D4", "12 framfall 2025 13 D5", "12 framfall 2025 14 D7"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"f.xlsx!Blad1:9:1 (A9): a remark below the table, passed over", "f.xlsx!Blad1: 2 formula cells were read by the value the file holds for them"}, in.Warnings); diff != "" {
		t.Error(diff)
	}
	if f := in.Files[0]; f.Rows != 5 || f.Blank != 1 || f.Notes != 1 {
		t.Errorf("rows %d, blank %d, notes %d; want 5, 1, 1", f.Rows, f.Blank, f.Notes)
	}
}

func TestWhatAReaderOfTheSheetDoesNotSee(t *testing.T) {
	hidden := strings.Replace(rowXML(2, `<c r="D2"><v>12</v></c>`), `<row r="2"`, `<row r="2" hidden="1"`, 1)
	book := parts(`<cols><col min="4" max="4" hidden="1"/></cols><sheetData>`+headerXML+hidden+`</sheetData>`, nil)
	book["xl/workbook.xml"] = strings.Replace(book["xl/workbook.xml"], `<sheet name`, `<sheet state="veryHidden" name`, 1)
	in, err := readBytes(t, "f.xlsx", zipped(t, book), Request{})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"f.xlsx!Blad1: the sheet is hidden and was read", "f.xlsx!Blad1: hidden rows were read (1)", "f.xlsx!Blad1: the hidden column D was read"}
	if diff := cmp.Diff(want, in.Warnings); diff != "" {
		t.Error(diff)
	}
}

// Every kind of damage is named with its part; nothing is read short.
func TestDamagedWorkbooks(t *testing.T) {
	good := `<sheetData>` + headerXML + rowXML(2, `<c r="D2"><v>12</v></c>`) + `</sheetData>`
	row := func(count string) string {
		return `<sheetData>` + headerXML + rowXML(2, count) + `</sheetData>`
	}
	for _, c := range []struct {
		name, sheet string
		replace     map[string]string
		want        string
	}{
		{"error cell", row(`<c r="D2" t="e"><v>#REF!</v></c>`), nil, `f.xlsx!Blad1:2:4 (D2): antal: the cell holds the Excel error "#REF!"`},
		{"formula without value", row(`<c r="D2"><f>1+1</f></c>`), nil, "antal: the cell holds a formula without a value; open the file in Excel and save it"},
		{"formula with an empty value", row(`<c r="D2"><f>1+1</f><v></v></c>`), nil, "a formula without a value"},
		{"truth value", row(`<c r="D2" t="b"><v>1</v></c>`), nil, "antal: the cell holds TRUE"},
		{"date as count", row(`<c r="D2" s="1"><v>45000</v></c>`), nil, "antal: the cell holds 2023-03-15"},
		{"fraction", row(`<c r="D2"><v>12.5</v></c>`), nil, `antal: "12.5" is not a whole number`},
		{"text", row(`<c r="D2" t="inlineStr"><is><t>tolv</t></is></c>`), nil, `antal: "tolv" is not a whole number`},
		{"empty", row(``), nil, "f.xlsx!Blad1:2:4 (D2): antal: the cell is empty"},
		{"merged", good + `<mergeCells><mergeCell ref="A2:A3"/></mergeCells>`, nil, "f.xlsx!Blad1:2:1 (A2): cells are merged up to A3"},
		{"truncated", `<sheetData>` + headerXML + `<row r="2"><c r="A2"`, nil, "xl/worksheets/sheet1.xml: after row 1: XML syntax error"},
		{"wrong tag", `<sheetData>` + headerXML + `<row r="2"></rov></sheetData>`, nil, "after row 1: XML syntax error"},
		{"bad entity", row(`<c r="D2"><v>&twelve;</v></c>`), nil, "invalid character entity"},
		{"half a character", row(`<c r="D2" t="inlineStr"><is><t>&#xD800;12</t></is></c>`), nil, "illegal character code"},
		{"control character", row("<c r=\"D2\"><v>1\x022</v></c>"), nil, "illegal character code"},
		{"document type", good, map[string]string{"xl/workbook.xml": `<!DOCTYPE x [<!ENTITY a "b">]><workbook/>`}, "it declares a document type"},
		{"row twice", `<sheetData>` + headerXML + rowXML(2, ``) + rowXML(2, ``) + `</sheetData>`, nil, `after row 2: the next row is numbered "2"`},
		{"row far out", `<sheetData>` + headerXML + `<row r="2000000000"/></sheetData>`, nil, `after row 1: the next row is numbered (a long number, not repeated here)`},
		{"cell twice", row(`<c r="D2"><v>1</v></c><c r="D2"><v>2</v></c>`), nil, `a cell of row 2 is named "D2"`},
		{"empty cell twice", row(`<c r="D2"/><c r="D2"><v>2</v></c>`), nil, `a cell of row 2 is named "D2"`},
		{"cell of another row", row(`<c r="D3"><v>1</v></c>`), nil, `a cell of row 2 is named "D3"`},
		{"column far out", row(`<c r="XFE2"><v>1</v></c>`), nil, `a cell of row 2 is named "XFE2"`},
		{"string index too high", row(`<c r="D2" t="s"><v>5</v></c>`), nil, `points to the shared string "5" of 5`},
		{"string index no number", row(`<c r="D2" t="s"><v>x7</v></c>`), nil, `points to the shared string "x7"`},
		{"two values", row(`<c r="D2"><v>1</v><v>2</v></c>`), nil, `cell D2: two of "v"`},
		{"element in a value", row(`<c r="D2"><v>1<x>7</x>0</v></c>`), nil, `"x" stands in a value`},
		{"element among cells", row(`<x><c r="D2"><v>1</v></c></x>`), nil, `"x" stands among the cells of row 2`},
		{"text among cells", row(`12<c r="D2"><v>1</v></c>`), nil, "text stands between its elements"},
		{"rows twice", good + good, nil, "after row 2: the rows stand twice"},
		{"cut between rows", `<sheetData>` + headerXML + rowXML(2, ``), nil, "after row 2: XML syntax error"},
		{"behind the end", good, map[string]string{"xl/worksheets/sheet1.xml": "<worksheet><sheetData>" + headerXML + "</sheetData></worksheet><worksheet/>"}, "after row 1: something follows its last element"},
		{"document type inside", `<sheetData>` + headerXML + `<row r="2"><!DOCTYPE x></row></sheetData>`, nil, "it declares a document type"},
		{"nested without end", strings.Repeat("<a>", 100), nil, "nested too deep"},
		{"bomb of columns", `<sheetData>` + headerXML + strings.Repeat(`<row><c r="XFD1"/></row>`, 1), nil, "a cell of row 2 is named"},
		{"long number", row(`<c r="D2"><v>` + strings.Repeat("1", 500) + `</v></c>`), nil, "holds the number (a long number, not repeated here)"},
		{"unknown type", row(`<c r="D2" t="z"><v>1</v></c>`), nil, `has the unknown type "z"`},
		{"attribute twice", row(`<c r="D2" t="n" t="s"><v>1</v></c>`), nil, `after row 1: the attribute "t" of "c" stands twice`},
		{"attribute of a row twice", `<sheetData>` + headerXML + `<row r="2" spans="1:4" spans="1:4"/></sheetData>`, nil, `the attribute "spans" of "row" stands twice`},
		{"attribute name that is none", `<sheetData>` + headerXML + `<row r="2" 3pans="1:4"/></sheetData>`, nil, "after row 1: XML syntax error"},
		{"attributes run together", row(`<c r="D2"xt="s"><v>3</v></c>`), nil, `the attributes of "c" run together`},
		{"text cell with a value", row(`<c r="D2" t="inlineStr"><v>12</v></c>`), nil, `cell D2: its type is "inlineStr", but what it holds is not of that type`},
		{"text in a cell of another type", row(`<c r="D2"><is><t>12</t></is></c>`), nil, `cell D2: its type is "", but what it holds is not of that type`},
		{"style that is none", row(`<c r="D2" s="4"><v>45658</v></c>`), nil, `cell D2: it has the style "4" of 4`},
		{"relation twice", good, map[string]string{"xl/_rels/workbook.xml.rels": `<Relationships><Relationship Id="rId1" Type="x/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId1" Type="x/styles" Target="styles.xml"/></Relationships>`}, `the relation "rId1" stands twice`},
		{"styles twice", good, map[string]string{"xl/_rels/workbook.xml.rels": `<Relationships><Relationship Id="rId1" Type="x/styles" Target="styles.xml"/><Relationship Id="rId2" Type="x/styles" Target="styles.xml"/></Relationships>`}, "two tables of styles"},
		{"sheet of an unknown kind", good, map[string]string{"xl/_rels/workbook.xml.rels": `<Relationships><Relationship Id="rId1" Type="x/worksheeu" Target="worksheets/sheet1.xml"/></Relationships>`}, `the sheet "Blad1" is of the unknown kind "worksheeu"`},
		{"number that is none", row(`<c r="D2"><v>0x10</v></c>`), nil, "holds the number"},
		{"part missing", good, map[string]string{"xl/_rels/workbook.xml.rels": `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="x/worksheet" Target="worksheets/sheet9.xml"/></Relationships>`}, "xl/worksheets/sheet9.xml: the part is missing"},
		{"sheet without part", good, map[string]string{"xl/_rels/workbook.xml.rels": `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"/>`}, `the sheet "Blad1" has no part`},
	} {
		t.Run(c.name, func(t *testing.T) {
			in, err := readBytes(t, "f.xlsx", zipped(t, parts(c.sheet, c.replace)), Request{})
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want %q; input %+v", err, c.want, in)
			}
		})
	}
}

// Some programs begin every part with a byte order mark.
func TestPartsWithAByteOrderMark(t *testing.T) {
	all := parts(`<sheetData>`+headerXML+rowXML(2, `<c r="D2"><v>12</v></c>`)+`</sheetData>`, nil)
	for name := range all {
		all[name] = "\ufeff" + all[name]
	}
	if in, err := readBytes(t, "f.xlsx", zipped(t, all), Request{}); err != nil || len(in.Counts) != 1 || in.Counts[0].N != 12 {
		t.Error(err)
	}
}

func TestSheetIsChosen(t *testing.T) {
	book := parts(`<sheetData>`+headerXML+rowXML(2, `<c r="D2"><v>12</v></c>`)+`</sheetData>`, nil)
	book["xl/workbook.xml"] = strings.Replace(book["xl/workbook.xml"], "</sheets>", `<sheet name="Blad2" sheetId="2" r:id="rId4"/></sheets>`, 1)
	book["xl/_rels/workbook.xml.rels"] = strings.Replace(book["xl/_rels/workbook.xml.rels"], "</Relationships>", `<Relationship Id="rId4" Type="x/worksheet" Target="worksheets/sheet2.xml"/></Relationships>`, 1)
	book["xl/worksheets/sheet2.xml"] = strings.Replace(book["xl/worksheets/sheet1.xml"], "<v>12</v>", "<v>99</v>", 1)
	data := zipped(t, book)
	if _, err := readBytes(t, "f.xlsx", data, Request{}); err == nil || err.Error() != `f.xlsx: several sheets fit: "Blad1", "Blad2"; choose one with --sheet` {
		t.Error(err)
	}
	if _, err := readBytes(t, "f.xlsx", data, Request{Sheet: "Blad3"}); err == nil || err.Error() != `f.xlsx: there is no sheet "Blad3"; the sheets are "Blad1", "Blad2"` {
		t.Error(err)
	}
	in, err := readBytes(t, "f.xlsx", data, Request{Sheet: "Blad2"})
	if err != nil || len(in.Counts) != 1 || in.Counts[0].N != 99 {
		t.Error(err, in)
	}
}

// A single byte changed anywhere is refused or changes nothing that is read.
func TestNoByteIsReadWrong(t *testing.T) {
	good := zipped(t, parts(`<sheetData>`+headerXML+rowXML(2, `<c r="D2"><v>12</v></c>`)+rowXML(3, `<c r="D3"><v>13</v></c>`)+`</sheetData>`, nil))
	want, err := readCounts(good)
	if err != nil {
		t.Fatal(err)
	}
	refused := 0
	for i := range good {
		for _, change := range []byte{0x01, 0x80, 0xff} {
			bad := bytes.Clone(good)
			bad[i] ^= change
			got, err := readCounts(bad)
			if err != nil {
				refused++
				continue
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Fatalf("byte %d changed by %#x is read as something else:\n%s", i, change, diff)
			}
		}
	}
	if refused < len(good) {
		t.Errorf("only %d of %d damaged files were refused", refused, 3*len(good))
	}
}

// readCounts reads a workbook in memory.
func readCounts(data []byte) ([]allocation.Count, error) {
	in, err := Read(testScope, Request{Counts: []string{Stdin}, Stdin: bytes.NewReader(data)})
	if err != nil {
		return nil, err
	}
	return in.Counts, nil
}
