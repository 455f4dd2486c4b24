package register

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"

	"github.com/kortakoer/kortakoer/allocation"
	"github.com/kortakoer/kortakoer/internal/spelling"
)

// Encodings are the names that Request.Encoding takes.
var Encodings = []string{"utf-8", "utf-16", "windows-1252"}

// windows1252 are the names by which people know the encoding, folded.
var windows1252 = []string{"windows1252", "cp1252", "latin1", "iso88591"}

func knownEncoding(name string) bool {
	folded := spelling.Fold(name)
	return folded == "" || folded == "utf8" || folded == "utf16" || slices.Contains(windows1252, folded)
}

var separators = []separator{{';', "semicolon"}, {',', "comma"}, {'\t', "tab"}, {'|', "pipe"}}

type separator struct {
	char byte
	name string
}

// csvTable reads a CSV file whose separator and encoding it finds by itself.
func (r *reader) csvTable(name string, data []byte, role allocation.Role) (*table, string, error) {
	content, encoding, err := decode(data, r.request.Encoding)
	if err != nil {
		return nil, "", err
	}
	if err := broken(content); err != nil {
		return nil, "", err
	}
	first, rest, _ := strings.Cut(content, "\n")
	lines := 0
	if s, ok := strings.CutPrefix(strings.TrimRight(first, "\r"), "sep="); ok && len(s) == 1 {
		content, lines = rest, 1
	}
	best, score := separators[0], -1
	for _, s := range separators {
		rows, _ := splitCSV(content, s.char, lines, headerRows)
		if h := r.names.header(&table{rows: rows}, role); h.score > score {
			best, score = s, h.score
		}
	}
	rows, err := splitCSV(content, best.char, lines, len(content))
	t := &table{file: name, rows: rows}
	if f, ok := errors.AsType[*csvFault](err); ok && role != allocation.RolePublished {
		return nil, "", &allocation.Fault{Origin: t.at(f.line, f.column), Message: f.message}
	}
	if h := r.names.header(t, role); h.missing != "" {
		if page, ok := r.page(name, content); ok && role == allocation.RolePublished {
			return page, "a page of text, " + encoding, nil
		}
		return nil, "", h.unfit(t, role)
	}
	return t, fmt.Sprintf("CSV, %s, %s", best.name, encoding), nil
}

// decode returns the text of a file: by its byte order mark, else as UTF-8 if
// it is valid, else as Windows-1252. A name in forced overrides the guess.
func decode(data []byte, forced string) (content, encoding string, err error) {
	bom := func(mark string) bool { return bytes.HasPrefix(data, []byte(mark)) }
	switch forced = spelling.Fold(forced); {
	case forced == "utf8", forced == "" && bom("\xef\xbb\xbf"):
		encoding = "UTF-8"
		data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	case forced == "utf16", forced == "" && (bom("\xff\xfe") || bom("\xfe\xff")):
		encoding = "UTF-16"
		if data, err = fromUTF16(data); err != nil {
			return "", "", err
		}
	case slices.Contains(windows1252, forced), forced == "" && !utf8.Valid(data):
		encoding = "Windows-1252"
		undefined := func(b byte) bool { return b == 0x81 || b == 0x8d || b == 0x8f || b == 0x90 || b == 0x9d }
		if i := slices.IndexFunc(data, undefined); i >= 0 {
			return "", "", fmt.Errorf("line %d holds a byte that neither UTF-8 nor Windows-1252 has; save the file as UTF-8", bytes.Count(data[:i], []byte("\n"))+1)
		}
		if data, err = charmap.Windows1252.NewDecoder().Bytes(data); err != nil {
			return "", "", err
		}
	default:
		encoding = "UTF-8"
	}
	if i := bytes.IndexByte(data, 0); i >= 0 {
		return "", "", fmt.Errorf("line %d holds a NUL byte: this is not a text file, or it is UTF-16 without a mark; save it as UTF-8", bytes.Count(data[:i], []byte("\n"))+1)
	}
	if !utf8.Valid(data) {
		return "", "", errors.New("the file is not valid UTF-8; save it as UTF-8 or name its --encoding")
	}
	return string(data), encoding, nil
}

func fromUTF16(data []byte) ([]byte, error) {
	order := binary.ByteOrder(binary.LittleEndian)
	if bytes.HasPrefix(data, []byte("\xfe\xff")) {
		order = binary.BigEndian
	}
	if len(data)%2 != 0 {
		return nil, errors.New("the file ends within a UTF-16 character: it is cut off; export it again")
	}
	units := make([]uint16, 0, len(data)/2)
	for i := 0; i+1 < len(data); i += 2 {
		units = append(units, order.Uint16(data[i:]))
	}
	if len(units) > 0 && units[0] == 0xfeff {
		units = units[1:]
	}
	return []byte(string(utf16.Decode(units))), nil
}

// csvFault is a place where the text is not CSV; nothing after it is certain.
type csvFault struct {
	line, column int
	message      string
}

func (f *csvFault) Error() string { return f.message }

// splitCSV cuts a text into rows and fields as RFC 4180 has it, strictly: a
// quote stands around a whole field or nowhere. Line ends are CRLF, LF or CR.
// A row is numbered by the line that it begins on, after the given lines. It
// stops after so many rows.
func splitCSV(content string, separator byte, lines, most int) ([]row, error) {
	var rows []row
	line := lines + 1
	for i := 0; i < len(content) && len(rows) < most; {
		r := row{number: line}
		for {
			field, next, newlines, err := csvField(content, i, separator)
			if err != "" {
				return rows, &csvFault{line, len(r.cells) + 1, err}
			}
			line += newlines
			r.cells = append(r.cells, textCell(field))
			if i = next; i >= len(content) || content[i] != separator {
				break
			}
			i++
		}
		if i < len(content) { // at a line end
			if content[i] == '\r' && i+1 < len(content) && content[i+1] == '\n' {
				i++
			}
			i++
			line++
		}
		r.end = i
		rows = append(rows, r)
	}
	return rows, nil
}

// csvField returns the field that begins at i and the place of the separator
// or line end behind it.
func csvField(content string, i int, separator byte) (field string, next, newlines int, fault string) {
	if i < len(content) && content[i] == '"' {
		var b strings.Builder
		for i++; ; i++ {
			end := strings.IndexByte(content[i:], '"')
			if end < 0 {
				return "", 0, 0, `a quote is opened and never closed; the file is cut off, or a " in a value is not doubled`
			}
			b.WriteString(content[i : i+end])
			i += end + 1
			if i >= len(content) || content[i] != '"' {
				break
			}
			b.WriteByte('"')
		}
		if i < len(content) && content[i] != separator && content[i] != '\n' && content[i] != '\r' {
			return "", 0, 0, `text follows a closing quote; a " in a value must be doubled and the whole value quoted`
		}
		field = b.String()
		return field, i, strings.Count(strings.ReplaceAll(field, "\r\n", "\n"), "\n"), ""
	}
	start := i
	for i < len(content) && content[i] != separator && content[i] != '\n' && content[i] != '\r' {
		if content[i] == '"' {
			return "", 0, 0, `a quote stands inside an unquoted value; double it and quote the whole value`
		}
		i++
	}
	return content[start:i], i, 0, ""
}

// textCell trims what exports put around a value.
func textCell(s string) cell {
	if s = trim(s); s == "" {
		return cell{}
	}
	return cell{kind: text, text: s}
}

func trim(s string) string { return strings.Trim(s, trimmed) }

const trimmed = " \t\r\n\u00a0\u202f\ufeff"
