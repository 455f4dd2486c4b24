package main

import (
	"regexp"
	"strings"
	"testing"
)

// TestTour runs the commands of docs/tour.md that an excerpt of their output
// follows: the excerpt must stand in it, line by line.
func TestTour(t *testing.T) {
	shown := regexp.MustCompile("\n    kortakoer ((?:explain|whatif) .*)\n\n```\n((?s:.*?))```\n").FindAllStringSubmatch(readFile(t, "../../docs/tour.md"), -1)
	if len(shown) != 3 {
		t.Fatalf("%d examples with output, want 3", len(shown))
	}
	for _, example := range shown {
		args := strings.Fields(strings.ReplaceAll(example[1], "testdata/", "../../testdata/"))
		if got := output(t, args...); !strings.Contains(got, "\n"+example[2]) {
			t.Errorf("kortakoer %s does not print\n%s\nbut\n%s", example[1], example[2], got)
		}
	}
}
