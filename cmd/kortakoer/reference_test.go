package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/cobra"
	"github.com/spf13/cobra/doc"
)

// TestReference compares the command reference and the man pages with the
// commands themselves; with UPDATE_DOCS set it writes them.
func TestReference(t *testing.T) {
	pages := map[string]string{"commands.md": reference(t)}
	header := &doc.GenManHeader{Title: "KORTAKOER", Section: "1", Source: "kortakoer", Manual: "kortakoer", Date: &time.Time{}}
	for _, c := range commands(newRoot(streams{err: io.Discard, out: io.Discard})) {
		c.DisableAutoGenTag = true
		var page bytes.Buffer
		if err := doc.GenMan(c, header, &page); err != nil {
			t.Fatal(err)
		}
		lines := strings.SplitAfter(page.String(), "\n")
		for i, line := range lines {
			if strings.HasPrefix(line, ".TH ") { // without a day, which would be that of the run
				lines[i] = ".TH \"" + strings.ToUpper(strings.ReplaceAll(c.CommandPath(), " ", "-")) + "\" \"1\" \"\" \"kortakoer\" \"kortakoer\"\n"
			}
		}
		pages["man/"+strings.ReplaceAll(c.CommandPath(), " ", "-")+".1"] = strings.Join(lines, "")
	}
	for name, want := range pages {
		file := filepath.Join("../../docs", name)
		if os.Getenv("UPDATE_DOCS") != "" {
			if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(file, []byte(want), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		if diff := cmp.Diff(want, readFile(t, file)); diff != "" {
			t.Errorf("docs/%s is not what the commands say; UPDATE_DOCS=1 go test ./cmd/kortakoer -run TestReference writes it\n%s", name, diff)
		}
	}
	kept, err := filepath.Glob("../../docs/man/*.1")
	if err != nil || len(kept) != len(pages)-1 {
		t.Errorf("%d man pages for %d commands, %v: remove those of commands that are gone", len(kept), len(pages)-1, err)
	}
}

// commands are all commands that a user sees, each before those below it.
func commands(c *cobra.Command) []*cobra.Command {
	list := []*cobra.Command{c}
	for _, sub := range c.Commands() {
		if sub.IsAvailableCommand() {
			list = append(list, commands(sub)...)
		}
	}
	return list
}

// reference is what --help prints, of every command.
func reference(t *testing.T) string {
	var b strings.Builder
	b.WriteString("# Commands\n\nWhat `kortakoer COMMAND --help` prints, of every command.\n")
	for _, c := range commands(newRoot(streams{err: io.Discard, out: io.Discard})) {
		args := slices.Concat(strings.Fields(c.CommandPath())[1:], []string{"--help"})
		fmt.Fprintf(&b, "\n## %s\n\n```\n%s```\n", c.CommandPath(), output(t, args...))
	}
	return b.String()
}
