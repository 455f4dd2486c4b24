package register

import (
	"bytes"
	"errors"
	"fmt"
	"math/big"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/google/go-cmp/cmp"
)

// slowCSV is RFC 4180 read one character at a time, as a table of states.
func slowCSV(content string, separator byte) (rows [][]string, ok bool) {
	const (
		fieldStart = iota
		plain
		quoted
		quoteInQuoted
	)
	var fields []string
	var field []byte
	state := fieldStart
	begun := false
	endField := func() {
		fields = append(fields, string(field))
		field = nil
		state = fieldStart
	}
	endRow := func() {
		endField()
		rows = append(rows, fields)
		fields, begun = nil, false
	}
	for i := 0; i < len(content); i++ {
		c := content[i]
		newline := c == '\n' || c == '\r'
		if state != quoted && c == '\r' && i+1 < len(content) && content[i+1] == '\n' {
			i++
		}
		switch {
		case state == quoted && c == '"':
			state = quoteInQuoted
		case state == quoted:
			field = append(field, c)
		case state == quoteInQuoted && c == '"':
			field = append(field, c)
			state = quoted
		case newline:
			endRow()
			continue
		case c == separator:
			endField()
		case state == quoteInQuoted:
			return rows, false
		case c == '"' && state == fieldStart:
			state = quoted
		case c == '"':
			return rows, false
		default:
			field = append(field, c)
			state = plain
		}
		begun = true
	}
	if state == quoted {
		return rows, false
	}
	if begun {
		endRow()
	}
	return rows, true
}

func FuzzSplitCSV(f *testing.F) {
	for _, s := range []string{
		"a;b\n1;2\n", "a;\"b\nc\";d\r\ne", "\"a\"\"b\";\"\"\n\n;;\n", "\"open", "a\"b", "\"a\"b", "a;b\rc;d\r\n", ";", "\n", "\"\r\n\"\n\"", "", "\r", "x;\"y\";",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, content string) {
		rows, err := splitCSV(content, ';', 0, len(content)+1)
		slow, ok := slowCSV(content, ';')
		if ok != (err == nil) {
			t.Fatalf("error %v, but the slow reader says %v", err, ok)
		}
		if err != nil {
			if f, is := errors.AsType[*csvFault](err); !is || f.line < 1 || f.column < 1 {
				t.Fatalf("a fault without place: %v", err)
			}
			return
		}
		if len(rows) != len(slow) {
			t.Fatalf("%d rows, the slow reader %d", len(rows), len(slow))
		}
		for i, r := range rows {
			var got, want []string
			for _, c := range r.cells {
				got = append(got, c.text)
			}
			for _, s := range slow[i] {
				want = append(want, trim(s))
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Fatalf("row %d: %s", i, diff)
			}
		}
	})
}

func FuzzWorkbook(f *testing.F) {
	f.Add(zipped(f, parts(`<sheetData>`+headerXML+rowXML(2, `<c r="D2"><v>12</v></c>`)+`</sheetData>`, nil)))
	f.Add(zipped(f, parts(`<sheetData/>`, nil)))
	f.Add([]byte("PK\x03\x04"))
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) > 1<<20 {
			return
		}
		w, err := openWorkbook(bytes.NewReader(data), int64(len(data)))
		if err != nil {
			return
		}
		for _, s := range w.sheets {
			table, err := w.readSheet("f", s)
			if err != nil {
				continue
			}
			last := 0
			for _, r := range table.rows {
				if r.number <= last {
					t.Fatalf("row %d after row %d", r.number, last)
				}
				last = r.number
			}
		}
	})
}

// slowWhole reads digits with separators between groups of three.
func slowWhole(s string) (int64, bool) {
	s = strings.NewReplacer("\u00a0", " ", "\u202f", " ", "\u2009", " ").Replace(s)
	groups := strings.Split(s, " ")
	digits := ""
	for i, g := range groups {
		if len(groups) > 1 && (i > 0 && len(g) != 3 || i == 0 && (len(g) < 1 || len(g) > 3)) {
			return 0, false
		}
		digits += g
	}
	var n int64
	for _, c := range digits {
		if c < '0' || c > '9' {
			return 0, false
		}
		n = n*10 + int64(c-'0')
		if n > 999_999_999 {
			return 0, false
		}
	}
	return n, digits != "" && len(digits) <= 18
}

func FuzzNumbers(f *testing.F) {
	for _, s := range []string{"1", "1 234", "12 34", "1\u00a0234\u202f567", "007", "-1", "1,5", "1.234", "1e3", "0x10", "1_0", "١٢", "", "1 2345", "123 456 789 012", "999999999", "1000000000", "0000000000"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if !utf8.ValidString(s) || strings.HasPrefix(s, "#") {
			return
		}
		n, why := whole(cell{kind: text, text: s}, 999_999_999)
		want, ok := slowWhole(s)
		if ok != (why == "") || ok && n != want {
			t.Fatalf("%q: %d %q, the slow reader %d %v", s, n, why, want, ok)
		}
		d, why := mean(cell{kind: text, text: s})
		if why == "" {
			exact, ok := new(big.Rat).SetString(strings.Replace(strings.NewReplacer(" ", "", "\u00a0", "", "\u202f", "", "\u2009", "").Replace(s), ",", ".", 1))
			if !ok || exact.Cmp(d.Rat()) != 0 {
				t.Fatalf("%q: mean %s, exactly %v", s, d, exact)
			}
		}
	})
}

func FuzzNames(f *testing.F) {
	for _, s := range []string{"Skåne", "SKANE", "region skåne", "Skånes län", "12 Skåne", "01", "1", "Riket", "", "å", "Stockholm (01)", "\u0300", "99", "0 "} {
		f.Add(s)
	}
	n := newNames(testScope)
	f.Fuzz(func(t *testing.T, s string) {
		code, ok := n.region(s)
		same := []string{norm.NFD.String(s), norm.NFC.String(s), " " + s + " "}
		if strings.IndexFunc(s, unicode.IsLetter) >= 0 { // 1-2 is no code
			same = append(same, strings.ReplaceAll(s, " ", "-"))
		}
		for _, other := range same {
			if !utf8.ValidString(s) {
				break
			}
			if again, also := n.region(other); again != code || also != ok {
				t.Fatalf("%q is %q %v, but %q is %q %v", s, code, ok, other, again, also)
			}
		}
		if strings.Contains(didYouMean(s, n.regional), "\n") {
			t.Fatal("a hint of two lines")
		}
	})
}

var longNumber = regexp.MustCompile(`\d{6}[- +]?\d{3}`)

// FuzzRead reads anything as a file of counts: it never panics, accounts for
// every row, and repeats no long number.
func FuzzRead(f *testing.F) {
	f.Add([]byte("region;område;år;antal\n12;Fram;2025;10\n\n"))
	f.Add([]byte("region,omrade,2024,2025,pnr\nSkåne,framfall,1,2,19121212-1212\nKälla,,,\n"))
	f.Add([]byte("\xff\xfer\x00e\x00g\x00"))
	f.Fuzz(func(t *testing.T, data []byte) {
		in, err := Read(testScope, Request{Counts: []string{Stdin}, Stdin: bytes.NewReader(data)})
		if longNumber.MatchString(fmt.Sprint(err)) {
			t.Fatalf("a long number is repeated: %v", err)
		}
		if err != nil || in == nil || in.Files[0].Extract != nil {
			return
		}
		file := in.Files[0]
		rows := map[int]bool{}
		for _, c := range in.Counts {
			rows[c.Origin.Row] = true
		}
		for _, b := range in.Baselines {
			rows[b.Origin.Row] = true
		}
		if file.Rows != len(rows)+file.Blank+file.Notes {
			t.Fatalf("%d rows read, %d used, %d blank, %d remarks", file.Rows, len(rows), file.Blank, file.Notes)
		}
	})
}

// Of all numbers of up to three digits only the codes of the regions, and 0
// for the country, mean something: 99 is an unknown home region, not Gotland.
func TestOnlyCodesAreCodes(t *testing.T) {
	var scope Scope
	codes := []string{"01", "03", "04", "05", "06", "07", "08", "09", "10", "12", "13", "14", "17", "18", "19", "20", "21", "22", "23", "24", "25"}
	for _, c := range codes {
		scope.Regions = append(scope.Regions, Region{Code: c, Name: "Region" + c, Official: "Region" + c})
	}
	n := newNames(scope)
	want := map[string]string{"0": "00", "00": "00"}
	for _, c := range codes {
		want[c] = c
		want[strings.TrimPrefix(c, "0")] = c
	}
	for i := range 1000 {
		for _, s := range []string{strconv.Itoa(i), fmt.Sprintf("%02d", i), fmt.Sprintf("%03d", i), strconv.Itoa(i) + ".0", fmt.Sprintf("%d-%d", i/10, i%10)} {
			code, ok := n.region(s)
			if w, known := want[s]; ok != known || ok && code != w {
				t.Errorf("%q means %q %v, want %q %v", s, code, ok, w, known)
			}
		}
	}
}

func TestPersonalNumbers(t *testing.T) {
	for s, want := range map[string]bool{
		"191212121212": true, "19121212-1212": true, "121212-1212": true, "1212121212": true, "121212+1212": true,
		"121272-1219": true, // a coordination number: day 12 + 60
		"121212-1213": false, "5566778899": false, "121312-1212": false, "20250601": false, "1234567890123": false,
		"8112 18 9876": true, "1981-12-18-9876": true, "Anna 19811218-9876": true, "811218\u20119876": true, "19811218\u20149876": true, "811218.9876": true,
		"811218987": false, "198112189876.0": true,
	} {
		if got := holdsPersonalNumber(cell{kind: text, text: s}); got != want {
			t.Errorf("%s: %v, want %v", s, got, want)
		}
	}
}

func TestPeriods(t *testing.T) {
	for s, want := range map[string][2]int{"2025-06": {2025, 6}, "202506": {2025, 6}, "2025M06": {2025, 6}, "2025/06": {2025, 6}, "2025-13": {}, "20250601": {}, "2025-06-01": {}, "2025": {}} {
		y, m, ok := period(cell{kind: text, text: s})
		if ok != (want != [2]int{}) || ok && (y != want[0] || m != want[1]) {
			t.Errorf("%s: %d %d %v", s, y, m, ok)
		}
	}
	if y, m, ok := period(cell{kind: date, text: "2025-06-01"}); !ok || y != 2025 || m != 6 {
		t.Error("a date cell is a month")
	}
}
