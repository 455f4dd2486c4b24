package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// consoleBlock is a fenced block of commands and what they print.
var consoleBlock = regexp.MustCompile("(?ms)^```console\n(.*?)^```$")

// TestDocs runs every example of the README and of docs: a console block has
// commands behind "$ ", each with what it prints on standard output below it.
// A line that is only "…" stands for any number of lines.
func TestDocs(t *testing.T) {
	files, err := filepath.Glob("../../docs/*.md")
	if err != nil {
		t.Fatal(err)
	}
	testdata, err := filepath.Abs("../../testdata")
	if err != nil {
		t.Fatal(err)
	}
	dir, blocks := t.TempDir(), 0
	for _, file := range append(files, "../../README.md") {
		var script, wants strings.Builder
		for _, block := range consoleBlock.FindAllStringSubmatch(readFile(t, file), -1) {
			for _, command := range strings.Split("\n"+block[1], "\n$ ")[1:] {
				line, want, _ := strings.Cut(command, "\n")
				name := fmt.Sprintf("want%d", blocks)
				blocks++
				fmt.Fprintf(&script, "exec sh -c '%s'\nprints %s\n", strings.ReplaceAll(line, "'", "''"), name)
				fmt.Fprintf(&wants, "-- %s --\n%s\n", name, strings.TrimRight(want, "\n"))
			}
		}
		if script.Len() > 0 {
			name := strings.TrimSuffix(filepath.Base(file), ".md") + ".txtar"
			if err := os.WriteFile(filepath.Join(dir, name), []byte(script.String()+wants.String()), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	if blocks == 0 {
		t.Fatal("no example was found")
	}
	testscript.Run(t, testscript.Params{
		Dir:   dir,
		Setup: func(e *testscript.Env) error { return os.Symlink(testdata, filepath.Join(e.WorkDir, "testdata")) },
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"prints": func(ts *testscript.TestScript, _ bool, args []string) {
				got, want := strings.TrimRight(ts.ReadFile("stdout"), "\n"), strings.TrimRight(ts.ReadFile(args[0]), "\n")
				if !alike(strings.Split(got, "\n"), strings.Split(want, "\n")) {
					ts.Fatalf("it prints\n%s\nbut the document says\n%s", got, want)
				}
			},
		},
	})
}

// alike compares lines; "…" among the wanted ones stands for any number.
func alike(got, want []string) bool {
	if len(want) == 0 {
		return len(got) == 0
	}
	if want[0] == "…" {
		for skip := range len(got) + 1 {
			if alike(got[skip:], want[1:]) {
				return true
			}
		}
		return false
	}
	return len(got) > 0 && got[0] == want[0] && alike(got[1:], want[1:])
}
