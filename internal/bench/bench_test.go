package main

import (
	"archive/zip"
	"bytes"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kortakoer/kortakoer/internal/register"
	"github.com/kortakoer/kortakoer/internal/report"
	"github.com/kortakoer/kortakoer/rules"
)

const testRows = 20_000

// extractFile writes an extract to a file and returns what the generator
// counted.
func extractFile(t *testing.T, f form) (path string, known counts) {
	t.Helper()
	var content bytes.Buffer
	known, err := generate(&content, f, testRows)
	if err != nil {
		t.Fatal(err)
	}
	path = filepath.Join(t.TempDir(), "extract"+f.ending())
	if err := os.WriteFile(path, content.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return path, known
}

// What the generator counts while it decides is what a slow reader finds in the
// file, and what the register reads.
func TestGeneratorCounts(t *testing.T) {
	rs, err := rules.Builtin("s2025-01233")
	if err != nil {
		t.Fatal(err)
	}
	scope := register.Scope{Private: rs.Private.V}
	for _, r := range rules.Regions() {
		scope.Regions = append(scope.Regions, register.Region{Code: r.Code, Name: r.Name})
	}
	for _, a := range rs.Areas {
		scope.Areas = append(scope.Areas, register.Area{ID: a.ID, Names: a.AllNames(), Codes: a.Codes.V})
	}
	for _, name := range slices.Sorted(maps.Keys(forms())) {
		t.Run(name, func(t *testing.T) {
			f := forms()[name]
			path, known := extractFile(t, f)
			var operations int64
			areas := map[string]bool{}
			for k, n := range known {
				operations += n
				areas[k.area] = true
			}
			if operations < testRows/3 || len(areas) != len(rs.Areas) {
				t.Fatalf("%d operations in %d areas make no race", operations, len(areas))
			}

			slow := countExcelize
			if !f.sheet {
				slow = func(path string) (counts, error) { return countCSV(path, string(f.separator)) }
			}
			got, err := slow(path)
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(known, got); d != "" {
				t.Errorf("the slow count of the file differs (-generator +file):\n%s", d)
			}

			in, err := register.Read(scope, register.Request{Counts: []string{path}})
			if err != nil {
				t.Fatal(err)
			}
			if in.Files[0].Rows != testRows {
				t.Errorf("the register read %d rows of %d", in.Files[0].Rows, testRows)
			}
			var written bytes.Buffer
			if _, err := report.Counts(&written, in); err != nil {
				t.Fatal(err)
			}
			if got, err = parseCounts(&written); err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(known, got); d != "" {
				t.Errorf("the register counts differently (-generator +register):\n%s", d)
			}
		})
	}
}

// Every form has what it is there for.
func TestForms(t *testing.T) {
	for name, want := range map[string]string{
		"csv":    ";Länssjukhuset i Örebro;",
		"quoted": `,"Lasarettet, Örebro ""södra""",`,
		"cp1252": ";L\xe4nssjukhuset i \xd6rebro;",
	} {
		path, _ := extractFile(t, forms()[name])
		content, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Contains(content, []byte(want)) {
			t.Errorf("%s: no row holds %q", name, want)
		}
	}
	for name, want := range map[string]string{"inline": `t="inlineStr"><is><t>Länssjukhuset i Örebro<`, "shared": `t="s"><v>9</v>`} {
		path, _ := extractFile(t, forms()[name])
		archive, err := zip.OpenReader(path)
		if err != nil {
			t.Fatal(err)
		}
		defer archive.Close()
		content, err := fs.ReadFile(archive, "xl/worksheets/sheet1.xml")
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Contains(content, []byte(want)) {
			t.Errorf("%s: no cell holds %q", name, want)
		}
	}
}

// A race must see a count that is off, lost or invented.
func TestDifference(t *testing.T) {
	a, b := key{"01", "framfall", "2025", "6", "privat"}, key{"03", "framfall", "2025", "6", "privat"}
	for _, c := range []struct {
		got  string
		want string
	}{
		{"region;område;år;månad;utförare;antal\n03;framfall;2025;6;privat;0\n01;framfall;2025;06;privat;5\n", "equal"},
		{"01;framfall;2025;6;privat;4\n", "1 DIFFER: 01;framfall;2025;6;privat is 4, not 5"},
		{"", "1 DIFFER: 01;framfall;2025;6;privat is 0, not 5"},
		{"01;framfall;2025;6;privat;5\n03;framfall;2025;6;privat;2\n", "1 DIFFER: 03;framfall;2025;6;privat is 2, not 0"},
	} {
		got, err := parseCounts(bytes.NewReader([]byte(c.got)))
		if err != nil {
			t.Fatal(err)
		}
		if text := difference(counts{a: 5, b: 0}, got); text != c.want {
			t.Errorf("%q: %s, want %s", c.got, text, c.want)
		}
	}
}
