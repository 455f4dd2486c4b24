// Package spelling compares words as people write them: without regard to
// case, spaces, hyphens and diacritics, and with a guess at what was meant.
package spelling

import (
	"fmt"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Fold reduces a name to its letters and digits, in lower case and without
// diacritics: "Västra Götaland" and "vastra-gotaland" become the same.
func Fold(s string) string {
	plain := true
	for i := range len(s) {
		if c := s[i]; c >= 0x80 || (c < 'a' || c > 'z') && (c < '0' || c > '9') {
			plain = false
			break
		}
	}
	if plain {
		return s
	}
	var b strings.Builder
	for _, r := range norm.NFKD.String(s) {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			b.WriteRune(unicode.ToLower(r))
		}
	}
	return b.String()
}

// DidYouMean returns `; did you mean "Skåne"?` for the candidate nearest to a
// misspelt word, or nothing if none is near.
func DidYouMean(word string, candidates []string) string {
	if len(word) > 64 {
		return "" // a sentence, not a misspelt name
	}
	folded := Fold(word)
	best, distance := "", len(folded)/3+1
	for _, c := range candidates {
		if d := editDistance(folded, Fold(c)); d < distance || d == distance && best == "" {
			best, distance = c, d
		}
	}
	if best == "" || folded == "" {
		return ""
	}
	return fmt.Sprintf("; did you mean %q?", best)
}

// editDistance is the number of insertions, deletions and replacements of
// bytes that turn a into b. Folded names are nearly always ASCII.
func editDistance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
