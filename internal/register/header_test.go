package register

import (
	"slices"
	"strings"
	"testing"

	"github.com/kortakoer/kortakoer/allocation"
)

// headerWords are headers as people write them, and which column each is.
var headerWords = []struct{ text, is string }{
	{"", ""}, {"Region", "region"}, {"HEMLÄN", "region"}, {" läns-kod ", "region"}, {"Diagnosområde", "area"}, {"åtgärd", "area"},
	{"År", "year"}, {"year", "year"}, {"Månad", "month"}, {"Period", "period"}, {"Antal operationer", "count"}, {"n", "count"},
	{"2024", "time"}, {"Antal 2025", "time"}, {"2025-06", "time"}, {"202507", "time"}, {"Genomsnitt 2022–2024", "baseline"}, {"baslinje", "baseline"},
	{"Utförare", "provider"}, {"Kommentar", ""}, {"1998x", ""}, {"Operationer per region", ""}, {"12", ""}, {"Skåne", ""},
}

// slowHeader reads a row of headers word by word: whether it names all that
// counts need, how many words it knows, and whether two say the same.
func slowHeader(words []string) (complete bool, known int, twice bool) {
	n := map[string]int{}
	for _, w := range words {
		for _, h := range headerWords {
			if h.text == w && h.is != "" {
				n[h.is]++
				known++
			}
		}
	}
	for _, one := range []string{"area", "year", "month", "period", "count", "provider", "baseline"} {
		if n[one] > 1 {
			twice = true
			known -= n[one] - 1 // the second is not read
		}
	}
	dated := n["year"]+n["period"] > 0
	counted := n["count"] > 0 && (dated || n["time"] > 0) || n["count"] == 0 && n["time"] > 0 || n["count"] == 0 && n["baseline"] > 0
	pairs := [][2]bool{
		{n["period"] > 0, n["year"] > 0}, {n["period"] > 0, n["month"] > 0}, {n["time"] > 0, n["count"] > 0}, {n["time"] > 0, dated},
		{n["baseline"] > 0, n["count"] > 0}, {n["baseline"] > 0 && n["time"] == 0, dated || n["month"] > 0},
	}
	contradicts := slices.ContainsFunc(pairs, func(p [2]bool) bool { return p[0] && p[1] })
	return n["region"] > 0 && n["area"] > 0 && counted, known, twice || contradicts
}

// FuzzHeader puts rows of headers and other words above each other: the header
// found is the first of those that know most, the complete ones before all
// others, and a contradiction in it is told.
func FuzzHeader(f *testing.F) {
	for _, rows := range []string{
		"\x01\x04\x06\x0a", "\x15\x16\xff\x01\x04\x06\x0a\xff\x17\x16", "\x01\x04\x0c\x0d\xff\x01\x04\x06\x0a\x08", "\x13\xff\xff\x01\x04\x10",
		"\x01\x04\x06\x07\x0a", "\x01\x04\x09\x06\x0b", "\x02\x05\x0e\x0f\x12", "",
	} {
		f.Add([]byte(rows))
	}
	n := newNames(testScope)
	f.Fuzz(func(t *testing.T, choices []byte) {
		if len(choices) > 500 {
			return
		}
		table := &table{file: "f"}
		want, best, wantComplete, wantTwice := -1, 0, false, false
		lines := strings.Split(string(choices), "\xff")
		for i, line := range lines[:min(len(lines), headerRows)] {
			var words []string
			r := row{number: i + 1}
			for k := range len(line) {
				word := headerWords[int(line[k])%len(headerWords)].text
				words = append(words, word)
				r.cells = append(r.cells, textCell(word))
			}
			table.rows = append(table.rows, r)
			complete, known, twice := slowHeader(words)
			score := known
			if complete {
				score += complete100
			}
			if score > best {
				want, best, wantComplete, wantTwice = i, score, complete, twice
			}
		}
		h := n.header(table, allocation.RoleCounts)
		if h.row != want || want >= 0 && ((h.missing == "") != wantComplete || (h.twice != "") != wantTwice) {
			t.Fatalf("%q: row %d, lacks %q, twice %q; the slow reader has row %d, complete %v, twice %v", lines, h.row, h.missing, h.twice, want, wantComplete, wantTwice)
		}
	})
}

const complete100 = 100 // more than a row has words
