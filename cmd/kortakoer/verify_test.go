package main

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"math/big"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

const caseOne = cases + "/case-01/counts.csv"

// casePopulation is what the worked cases are computed with.
var casePopulation = []string{"--population", cases + "/case-01/population.csv"}

// verified runs verify and returns its exit code and all that it printed.
func verified(t *testing.T, args ...string) (code int, printed string) {
	t.Helper()
	var out, stderr bytes.Buffer
	code = run(append([]string{"verify"}, args...), strings.NewReader(""), &out, &stderr)
	return code, out.String() + stderr.String()
}

func written(t *testing.T, name, content string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(file, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
	return file
}

// payouts computes the worked case with other flags, as CSV.
func payouts(t *testing.T, counts string, args ...string) string {
	t.Helper()
	return output(t, append([]string{"calc", counts, "-q", "--format", "csv", "-o", "-"}, args...)...)
}

// flooredTable pays what is earned rounded down, from the exact amounts that
// calc tells: without a leftover a region gets the least of that and its
// ceiling.
func flooredTable(t *testing.T) string {
	t.Helper()
	var plan struct {
		Regions []struct {
			Code    string
			Ceiling int64
			Areas   []struct{ Earned string }
		}
	}
	text := output(t, append([]string{"calc", caseOne, "-q", "--format", "json", "-o", "-", "--set", "leftover.enabled=false"}, casePopulation...)...)
	if err := json.Unmarshal([]byte(text), &plan); err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	b.WriteString("region;prestation\n")
	for _, r := range plan.Regions {
		sum := new(big.Rat)
		for _, a := range r.Areas {
			earned, ok := new(big.Rat).SetString(a.Earned)
			if !ok {
				t.Fatal(a.Earned)
			}
			sum.Add(sum, earned)
		}
		n := min(new(big.Int).Quo(sum.Num(), sum.Denom()).Int64(), r.Ceiling)
		b.WriteString(r.Code + ";" + strconv.FormatInt(n, 10) + "\n")
	}
	return b.String()
}

// TestVerifyNamesTheCause plants one difference at a time. The tables of the
// worked cases come from an independent calculation.
func TestVerifyNamesTheCause(t *testing.T) {
	if testing.Short() {
		t.Skip("it repeats one calculation many times")
	}
	expected := func(name string) string { return readFile(t, filepath.Join(cases, "case-01", name)) }
	lines := strings.SplitAfter(readFile(t, caseOne), "\n")
	missing := strings.Replace(readFile(t, caseOne), lines[2], "", 1)
	double := strings.Replace(readFile(t, caseOne), "\n06;hoftledsprotes;2025;10;47\n", "\n06;hoftledsprotes;2025;10;94\n", 1)
	requisitions := []string{"--requisitions", cases + "/requisitions.csv"}
	for _, test := range []struct {
		name, table string
		counts      string
		args        []string
		want        []string
	}{
		{"pots by value", expected("expected-by_value.csv"), caseOne, nil, []string{"ger tabellen exakt: leftover.pots=by_value\n"}},
		{"ceiling applies", expected("expected-applies.csv"), caseOne, nil, []string{"ger tabellen exakt: leftover.ceiling=applies\n"}},
		{"baseline to nearest", expected("expected-nearest.csv"), caseOne, nil, []string{"ger tabellen exakt: baseline.rounding=nearest\n"}},
		{"baseline up", payouts(t, caseOne, append([]string{"--set", "baseline.rounding=up"}, casePopulation...)...), caseOne, nil, []string{"ger tabellen exakt: baseline.rounding=up\n"}},
		{"baseline down", payouts(t, caseOne, append([]string{"--set", "baseline.rounding=down"}, casePopulation...)...), caseOne, nil, []string{"ger tabellen exakt: baseline.rounding=down\n"}},
		{"no leftover", expected("expected-off.csv"), caseOne, nil, []string{"ger tabellen exakt: leftover.enabled=false\n"}},
		{"a reading that was set is in use", expected("expected.csv"), caseOne, []string{"--set", "leftover.pots=by_value"}, []string{"ger tabellen exakt: leftover.pots=equal\n"}},
		{"the other decision", expected("expected-s2025-00401.csv"), caseOne, requisitions, []string{"ger tabellen exakt: regelverk s2025-00401\n"}},
		{"two baseline years", payouts(t, caseOne, append([]string{"--set", "baseline.years=[2022, 2024]"}, casePopulation...)...), caseOne, nil, []string{"ger tabellen exakt: jämförelseår 2022, 2024\n"}},
		{"one baseline year", payouts(t, caseOne, append([]string{"--set", "baseline.years=[2023]"}, casePopulation...)...), caseOne, nil, []string{"ger tabellen exakt: jämförelseår 2023\n"}},
		{"the embedded population", payouts(t, caseOne), caseOne, nil, []string{"ger tabellen exakt: folkmängd "}},
		{"whole thousands", thousands(t, expected("expected.csv")), caseOne, nil, []string{"ger tabellen exakt: tabellen är i hela tusental kronor\n"}},
		{"earned rounded down", flooredTable(t), caseOne, []string{"--set", "leftover.enabled=false"}, []string{"ger tabellen exakt: intjänat avrundat nedåt\n"}},
		{"a row left out", payouts(t, written(t, "missing.csv", missing), casePopulation...), caseOne, nil, []string{"ger tabellen exakt: utan counts.csv:3:5 (E3) (Halland, Höftledsprotes 2025-06: 71 operationer)\n"}},
		{"a row counted twice", payouts(t, written(t, "double.csv", double), casePopulation...), caseOne, nil, []string{"ger tabellen exakt: counts.csv:495:5 (E495) räknad två gånger (Jönköping, Höftledsprotes 2025-10: 47 operationer)\n"}},
		{"two at once", payouts(t, caseOne, append([]string{"--set", "baseline.rounding=up", "--set", "leftover.pots=by_value"}, casePopulation...)...), caseOne, nil,
			[]string{"baseline.rounding=up + leftover.pots=by_value\n"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			args := append([]string{test.counts, "--against", written(t, "table.csv", test.table)}, casePopulation...)
			code, printed := verified(t, append(args, test.args...)...)
			if code != exitDifferent {
				t.Errorf("exit %d", code)
			}
			for _, want := range test.want {
				if !strings.Contains(printed, want) {
					t.Errorf("no %q in\n%s", want, printed)
				}
			}
		})
	}
}

// thousands rounds the totals of a table to whole thousands, half up.
func thousands(t *testing.T, table string) string {
	t.Helper()
	records, err := csv.NewReader(strings.NewReader(table)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	b.WriteString("code,total\n")
	for _, r := range records[1:] {
		digits := "0000" + r[7]
		n, err := strconv.ParseInt(digits[:len(digits)-3], 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		if digits[len(digits)-3] >= '5' {
			n++
		}
		b.WriteString(r[0] + "," + strconv.FormatInt(n*1000, 10) + "\n")
	}
	return b.String()
}
