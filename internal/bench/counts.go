package main

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// key is what operations are counted by, in the words of kortakoer count.
type key struct{ region, area, year, month, provider string }

func (k key) String() string {
	return strings.Join([]string{k.region, k.area, k.year, k.month, k.provider}, ";")
}

type counts map[key]int64

// write writes one line per key, as every program of the race does.
func (c counts) write(w io.Writer) error {
	out := bufio.NewWriter(w)
	keys := slices.SortedFunc(maps.Keys(c), func(a, b key) int { return cmp.Compare(a.String(), b.String()) })
	for _, k := range keys {
		if _, err := fmt.Fprintf(out, "%s;%d\n", k, c[k]); err != nil {
			return err
		}
	}
	return out.Flush()
}

// parseCounts reads what a program of the race printed, in any order. Zero and
// absence are one here: only kortakoer tells them apart.
func parseCounts(r io.Reader) (counts, error) {
	c := counts{}
	lines := bufio.NewScanner(r)
	for lines.Scan() {
		f := strings.Split(lines.Text(), ";")
		if f[0] == "region" { // the header
			continue
		}
		if len(f) != 6 {
			return nil, fmt.Errorf("%q is no count", lines.Text())
		}
		n, err := strconv.ParseInt(f[5], 10, 64)
		if err != nil {
			return nil, fmt.Errorf("%q is no count", lines.Text())
		}
		if n != 0 {
			c[key{f[0], f[1], f[2], strings.TrimLeft(f[3], "0"), f[4]}] += n
		}
	}
	return c, lines.Err()
}

// difference says in a few words how counts differ from those that are known.
func difference(known, got counts) string {
	differ, first := 0, ""
	all := maps.Clone(known)
	maps.Copy(all, got)
	for k := range all {
		if known[k] == got[k] {
			continue
		}
		text := fmt.Sprintf("%s is %d, not %d", k, got[k], known[k])
		if differ++; first == "" || text < first {
			first = text
		}
	}
	if differ == 0 {
		return "equal"
	}
	return fmt.Sprintf("%d DIFFER: %s", differ, first)
}

// addRow counts a row of the generator's columns, slowly and plainly. It knows
// the default rule set's codes by itself.
func (c counts) addRow(row []string) {
	home := row[columnHome]
	if home == "" || home == "99" {
		return
	}
	provider := "annan region"
	if row[columnPrivate] == "2" {
		provider = "privat"
	} else if home == row[columnPlace] {
		provider = "hemregion"
	}
	seen := map[string]bool{}
	for _, code := range strings.Fields(row[columnCodes]) {
		area := ""
		switch code {
		case "NFB29", "NFB39", "NFB49", "NFB62", "NFB99":
			area = "hoftledsprotes"
		}
		switch {
		case strings.HasPrefix(code, "LEF"):
			area = "framfall"
		case strings.HasPrefix(code, "CJC"), strings.HasPrefix(code, "CJD"), strings.HasPrefix(code, "CJE"):
			area = "gra-starr"
		}
		if area != "" && !seen[area] {
			seen[area] = true
			day := row[columnDate]
			c[key{home, area, day[:4], strings.TrimLeft(day[4:6], "0"), provider}]++
		}
	}
}
