package register

import (
	"bytes"
	"compress/gzip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/klauspost/compress/zstd"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/unicode/norm"

	"github.com/kortakoer/kortakoer/allocation"
)

const delivery = "region;område;år;antal\nSkåne;framfall;2025;10\n"

// deliveries makes each file of the table in docs/deliveries.md.
func deliveries(t *testing.T) map[string][]byte {
	with := func(old, replacement string) []byte {
		return []byte(strings.ReplaceAll(delivery, old, replacement))
	}
	cp1252, err := charmap.Windows1252.NewEncoder().Bytes([]byte(delivery))
	if err != nil {
		t.Fatal(err)
	}
	wideText := []byte("\xff\xfe")
	for _, u := range utf16.Encode([]rune(strings.ReplaceAll(delivery, ";", "\t"))) {
		wideText = append(wideText, byte(u), byte(u>>8))
	}
	var gz, zst bytes.Buffer
	g := gzip.NewWriter(&gz)
	z, err := zstd.NewWriter(&zst)
	if err != nil {
		t.Fatal(err)
	}
	for _, write := range []func() (int, error){func() (int, error) { return g.Write([]byte(delivery)) }, func() (int, error) { return z.Write([]byte(delivery)) }} {
		if _, err := write(); err != nil {
			t.Fatal(err)
		}
	}
	if g.Close() != nil || z.Close() != nil {
		t.Fatal("packing failed")
	}
	book := parts(`<sheetData>`+headerXML+rowXML(2, `<c r="D2"><v>12</v></c>`)+`</sheetData>`, nil)
	workbook := zipped(t, book)
	book["xl/workbook.xml"] = strings.Replace(book["xl/workbook.xml"], `<sheet name="Blad1" sheetId="1" r:id="rId1"/>`, `<sheet name="A" sheetId="1" r:id="rId1"/><sheet name="B" sheetId="2" r:id="rId4"/>`, 1)
	book["xl/_rels/workbook.xml.rels"] = strings.Replace(book["xl/_rels/workbook.xml.rels"], "</Relationships>", `<Relationship Id="rId4" Type="x/worksheet" Target="worksheets/sheet2.xml"/></Relationships>`, 1)
	book["xl/worksheets/sheet2.xml"] = book["xl/worksheets/sheet1.xml"]
	ole := "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + strings.Repeat("\x00", 600)
	return map[string][]byte{
		"table.csv, semicolons, UTF-8":    []byte(delivery),
		"the same with commas":            with(";", ","),
		"the same with tabs, CRLF":        []byte(strings.NewReplacer(";", "\t", "\n", "\r\n").Replace(delivery)),
		"the same with pipes":             with(";", "|"),
		"with a byte order mark":          []byte("\ufeff" + delivery),
		"Windows-1252":                    cp1252,
		"UTF-16, as Excel's Unicode text": wideText,
		"line ends that are CR alone":     with("\n", "\r"),
		"a first line sep=;":              []byte("sep=;\n" + delivery),
		"titles above the header":         []byte("Operationer;;;\n;;;\n" + delivery),
		"region names in NFD":             []byte(norm.NFD.String(delivery)),
		"packed as .gz":                   gz.Bytes(),
		"packed as .zst":                  zst.Bytes(),
		"an .xlsx file":                   workbook,
		"remarks below the table":         []byte(delivery + "Källa: registret;;;\n"),
		"an empty file":                   []byte(" \n"),
		"an old .xls file":                []byte(ole + string(wide("Workbook"))),
		"a workbook with a password":      []byte(ole + string(wide("EncryptedPackage"))),
		"an .ods file":                    zipped(t, map[string]string{"mimetype": "x", "content.xml": "<x/>"}),
		"a Word document":                 zipped(t, map[string]string{"_rels/.rels": "<x/>", "word/document.xml": "<x/>"}),
		"a zip file of CSV files":         zipped(t, map[string]string{"a.csv": delivery}),
		"a web page called .xlsx":         []byte("\n<!DOCTYPE html><html></html>"),
		"a PDF called .xlsx":              []byte("%PDF-1.7\n"),
		"a Parquet file":                  []byte("PAR1\x15\x04"),
		"letters converted twice":         with("å", "Ã¥"),
		"letters lost":                    with("Skåne", "Sk\ufffdne"),
		"NUL bytes":                       with("10", "1\x000"),
		"a separator of its own":          with(";", "^"),
		"two columns of the same name":    []byte("region;område;år;antal;antal\nSkåne;framfall;2025;10;10\n"),
		"a quote that is never closed":    with("Skåne", `"Skåne`),
		"two sheets that both fit":        zipped(t, book),
		"a .gz file cut off":              gz.Bytes()[:gz.Len()-4],
		"a folder":                        nil,
	}
}

func TestDeliveries(t *testing.T) {
	content, err := os.ReadFile("../../docs/deliveries.md")
	if err != nil {
		t.Fatal(err)
	}
	files := deliveries(t)
	for line := range strings.Lines(string(content)) {
		cells := strings.Split(strings.Trim(line, "|\n "), " | ")
		if len(cells) != 3 || strings.HasPrefix(cells[0], "what arrives") || strings.HasPrefix(cells[0], "---") {
			continue
		}
		name, happens, want := strings.TrimSpace(cells[0]), strings.TrimSpace(cells[1]), strings.TrimSpace(cells[2])
		t.Run(name, func(t *testing.T) {
			data, ok := files[name]
			if !ok {
				t.Fatal("no such file is made")
			}
			delete(files, name)
			file := filepath.Join(t.TempDir(), "f")
			if name == "a folder" {
				err = os.Mkdir(file, 0o755)
			} else {
				err = os.WriteFile(file, data, 0o644)
			}
			if err != nil {
				t.Fatal(err)
			}
			in, err := Read(testScope, Request{Counts: []string{file}})
			var said string
			switch {
			case err != nil:
				said = strings.ReplaceAll(err.Error(), file, "f")
			case happens == "warns":
				_, what, _ := strings.Cut(strings.Join(in.Warnings, "\n"), "): ") // behind the place
				said = "f: " + what
			default:
				said = in.Files[0].Form
			}
			if (err != nil) != (happens == "refused") || said != want {
				t.Errorf("%s: %q, want %q", happens, said, want)
			}
			if err == nil && (len(in.Counts) != 1 || in.Counts[0].Region != "12" || in.Counts[0].N < 10 || in.Counts[0].Provider != allocation.Unspecified) {
				t.Errorf("read as %+v", in.Counts)
			}
		})
	}
	for name := range files {
		t.Errorf("%s is not in docs/deliveries.md", name)
	}
}
