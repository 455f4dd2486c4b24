package workbook

import (
	"strings"
	"testing"
	"unicode/utf8"
)

// TestSheetName: any label becomes a name that Excel takes, and no two are the
// same to it.
func TestSheetName(t *testing.T) {
	taken := []string{"Riket"}
	for label, want := range map[string]string{
		"Grå starr": "Grå starr", "Höft/knä [primär]": "Höft-knä -primär-", "riket": "riket (2)",
		strings.Repeat("å", 40): strings.Repeat("å", 31),
	} {
		if got := sheetName(label, taken); got != want || utf8.RuneCountInString(got) > 31 {
			t.Errorf("%s: %q, want %q", label, got, want)
		}
	}
	long := strings.Repeat("x", 35)
	first := sheetName(long, taken)
	if second := sheetName(long, append(taken, first)); second != strings.Repeat("x", 27)+" (2)" {
		t.Errorf("the second of a name: %q", second)
	}
}
