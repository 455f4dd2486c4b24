package register

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
)

// foreign says what a file is that is neither CSV nor XLSX, and what to do
// with it; it is empty for a file that may be either.
func foreign(data []byte) string {
	has := func(prefix string) bool { return bytes.HasPrefix(data, []byte(prefix)) }
	switch {
	case len(bytes.TrimSpace(data)) == 0:
		return "the file is empty; export it again"
	case has("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1") && bytes.Contains(data, wide("EncryptedPackage")):
		return "this workbook has a password; open it in Excel and save it without one"
	case has("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
		return "this is an old .xls file, or a workbook with a password; open it in Excel and save it as .xlsx without a password"
	case has("%PDF-"):
		return "this is a PDF; ask for the table as .xlsx or .csv"
	case has("PAR1"):
		return "this is a Parquet file; export it as .csv"
	case isMarkup(data):
		return "this is a web page or XML, not a table; open it in Excel and save it as .xlsx"
	}
	return ""
}

// wide is a text as UTF-16 has it, which is how old Office files name their
// parts.
func wide(s string) []byte {
	var b []byte
	for i := range len(s) {
		b = append(b, s[i], 0)
	}
	return b
}

func isMarkup(data []byte) bool {
	start := bytes.ToLower(bytes.TrimSpace(bytes.TrimPrefix(data[:min(len(data), 512)], []byte("\ufeff"))))
	for _, tag := range []string{"<!doctype", "<html", "<?xml", "<table", "<head", "<body"} {
		if bytes.HasPrefix(start, []byte(tag)) {
			return true
		}
	}
	return false
}

// foreignZip says what a zip file is that holds no workbook.
func (w *workbook) foreignZip() error {
	switch {
	case w.files["xl/workbook.xml"] != nil || w.files["_rels/.rels"] != nil && w.files["content.xml"] == nil && w.files["word/document.xml"] == nil:
		return nil
	case w.files["content.xml"] != nil:
		return errors.New("this is an OpenDocument file (.ods); save it as .xlsx")
	case w.files["word/document.xml"] != nil:
		return errors.New("this is a Word document; ask for the table as .xlsx or .csv")
	}
	return errors.New("this is a zip file without a workbook in it; unpack it and name the files")
}

// broken says where a text shows that it was converted with the wrong
// encoding somewhere on its way, so that letters are lost.
func broken(content string) error {
	at, what := -1, ""
	if i := strings.IndexRune(content, '\ufffd'); i >= 0 {
		at, what = i, "the mark of a letter that was lost (U+FFFD)"
	}
	for _, twice := range []string{"Ã¥", "Ã¤", "Ã¶", "Ã…", "Ã„", "Ã–", "Ã©"} {
		if i := strings.Index(content, twice); i >= 0 && (at < 0 || i < at) {
			at, what = i, twice+", a letter that was converted twice"
		}
	}
	if at < 0 {
		return nil
	}
	return fmt.Errorf("line %d holds %s; export the file again, as UTF-8", strings.Count(content[:at], "\n")+1, what)
}

// full are the numbers of rows at which Excel stops: a table that has just so
// many is probably cut off.
func full(rows int) bool { return rows == 1<<20 || rows == 1<<16 }

const fullText = "the last row is number %d, the most that Excel holds: rows are probably missing below it"
