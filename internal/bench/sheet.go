package main

import (
	"archive/zip"
	"bufio"
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
	"strconv"
)

// sheetWriter writes a workbook of one sheet, row by row, as raw XML: with
// strings in the cells, as programs write them, or shared, as Excel does.
type sheetWriter struct {
	zip    *zip.Writer
	part   *bufio.Writer
	number int
	line   []byte

	shared  bool
	index   map[string]int
	strings []string // by index
	used    int
}

const (
	mainSpace     = `xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"`
	relationships = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
	packageSpace  = "http://schemas.openxmlformats.org/package/2006/"
	mainType      = "application/vnd.openxmlformats-officedocument.spreadsheetml."
)

func newSheetWriter(out io.Writer, shared bool) (*sheetWriter, error) {
	w := &sheetWriter{zip: zip.NewWriter(out), shared: shared, index: map[string]int{}}
	var types, relation string
	if shared {
		types = `<Override PartName="/xl/sharedStrings.xml" ContentType="` + mainType + `sharedStrings+xml"/>`
		relation = `<Relationship Id="rId2" Type="` + relationships + `/sharedStrings" Target="sharedStrings.xml"/>`
	}
	for _, part := range []struct{ name, text string }{
		{"[Content_Types].xml", `<Types xmlns="` + packageSpace + `content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="` + mainType + `sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="` + mainType + `worksheet+xml"/>` + types + `</Types>`},
		{"_rels/.rels", `<Relationships xmlns="` + packageSpace + `relationships"><Relationship Id="rId1" Type="` + relationships + `/officeDocument" Target="xl/workbook.xml"/></Relationships>`},
		{"xl/workbook.xml", `<workbook ` + mainSpace + ` xmlns:r="` + relationships + `"><sheets><sheet name="Utdrag" sheetId="1" r:id="rId1"/></sheets></workbook>`},
		{"xl/_rels/workbook.xml.rels", `<Relationships xmlns="` + packageSpace + `relationships"><Relationship Id="rId1" Type="` + relationships + `/worksheet" Target="worksheets/sheet1.xml"/>` + relation + `</Relationships>`},
		{"xl/worksheets/sheet1.xml", `<worksheet ` + mainSpace + `><sheetData>`},
	} {
		if err := w.begin(part.name, part.text); err != nil {
			return nil, err
		}
	}
	return w, nil
}

// begin ends the part before and begins one with a text.
func (w *sheetWriter) begin(name, text string) error {
	if w.part != nil {
		if err := w.part.Flush(); err != nil {
			return err
		}
	}
	part, err := w.zip.Create(name)
	if err != nil {
		return err
	}
	w.part = bufio.NewWriterSize(part, 1<<16)
	_, err = w.part.WriteString(xml.Header + text)
	return err
}

func (w *sheetWriter) row(cells []string) error {
	w.number++
	b := w.line[:0]
	b = append(b, `<row r="`...)
	b = strconv.AppendInt(b, int64(w.number), 10)
	b = append(b, `">`...)
	for column, text := range cells {
		if text == "" {
			continue
		}
		b = append(b, `<c r="`...)
		b = append(b, byte('A'+column))
		b = strconv.AppendInt(b, int64(w.number), 10)
		switch {
		case isNumber(column) && w.number > 1:
			b = append(append(append(b, `"><v>`...), text...), `</v></c>`...)
		case w.shared:
			b = append(b, `" t="s"><v>`...)
			b = strconv.AppendInt(b, int64(w.share(text)), 10)
			b = append(b, `</v></c>`...)
		default:
			b = append(append(append(b, `" t="inlineStr"><is><t>`...), escape(text)...), `</t></is></c>`...)
		}
	}
	b = append(b, `</row>`...)
	w.line = b
	_, err := w.part.Write(w.line)
	return err
}

func (w *sheetWriter) share(text string) int {
	w.used++
	i, ok := w.index[text]
	if !ok {
		i = len(w.strings)
		w.index[text] = i
		w.strings = append(w.strings, text)
	}
	return i
}

func (w *sheetWriter) finish() error {
	if _, err := w.part.WriteString(`</sheetData></worksheet>`); err != nil {
		return err
	}
	if w.shared {
		if err := w.begin("xl/sharedStrings.xml", fmt.Sprintf(`<sst %s count="%d" uniqueCount="%d">`, mainSpace, w.used, len(w.strings))); err != nil {
			return err
		}
		for _, text := range w.strings {
			if _, err := fmt.Fprintf(w.part, "<si><t>%s</t></si>", escape(text)); err != nil {
				return err
			}
		}
		if _, err := w.part.WriteString(`</sst>`); err != nil {
			return err
		}
	}
	if err := w.part.Flush(); err != nil {
		return err
	}
	return w.zip.Close()
}

func escape(text string) []byte {
	var b bytes.Buffer
	_ = xml.EscapeText(&b, []byte(text)) // a buffer takes everything
	return b.Bytes()
}
