package register

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// pad gives a chunk the room that an index needs behind it, filled with what
// it must not see.
func pad(s string) []byte {
	return append([]byte(s), bytes.Repeat([]byte(";\n\""), blockSize)...)[:len(s)]
}

// slowEnds finds the ends of fields one byte at a time.
func slowEnds(s string, separator byte) (ends []uint32, newlines int, open bool) {
	for i := range len(s) {
		switch {
		case s[i] == '"':
			open = !open
		case open:
		case s[i] == '\n':
			newlines++
			ends = append(ends, uint32(i))
		case s[i] == separator:
			ends = append(ends, uint32(i))
		}
	}
	return ends, newlines, open
}

// FuzzIndex compares the index with reading one byte at a time, and its
// judgement of quotes with the slow CSV reader's.
func FuzzIndex(f *testing.F) {
	for _, s := range []string{"", "\n", "a;b;c\n", "\"a;b\";c\n", "\"a\nb\"\n", "a\"b;c\n", "\"a\"b\n", "\"a\"\"b\";\"\"\n", "\xbb\xbb;\x8a\n", "\"a\"\r\n"} {
		f.Add(s)
		f.Add(string(bytes.Repeat([]byte("x"), 61)) + s + s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if s != "" && s[len(s)-1] != '\n' {
			s += "\n" // as every chunk ends
		}
		ends, newlines, open := slowEnds(s, ';')
		if open {
			return // a chunk ends outside quotes
		}
		var x index
		x.build(pad(s), ';', strings.Contains(s, `"`))
		if diff := cmp.Diff(ends, append([]uint32(nil), x.ends...)); diff != "" || x.newlines != newlines {
			t.Fatalf("%q: %d line ends, want %d\n%s", s, x.newlines, newlines, diff)
		}
		if bytes.IndexByte([]byte(s), '\r') >= 0 {
			return // where a CR ends a line the slow reader has another opinion
		}
		if _, ok := slowCSV(s, ';'); ok != (x.badQuote < 0) {
			t.Fatalf("%q: bad quote at %d, the slow reader says %v", s, x.badQuote, ok)
		}
	})
}
