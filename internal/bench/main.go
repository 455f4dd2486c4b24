// Bench races kortakoer count against the other programs that are installed,
// on extracts that it makes itself and whose counts it knows. make bench runs
// it; its first argument may also be the work of one child process.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"time"
)

func main() {
	if err := run(os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintf(os.Stderr, "bench: %v\n", err)
		os.Exit(1)
	}
}

func run(args []string, out io.Writer) error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if len(args) > 0 {
		switch args[0] {
		case "generate": // FORM ROWS FILE: in a child, so that the memory it takes ends with it
			return generateFile(args[1:], out)
		case "measure":
			return measure(ctx, args[1:])
		case "scan", "inflate", "csv", "excelize":
			return runOwn(args[0], args[1:], out)
		}
	}
	b := &bench{out: out}
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	rows := flags.String("rows", "1000000,10000000", "rows of the plain CSV files")
	variants := flags.Int("variants", 1_000_000, "rows of the quoted and the Windows-1252 file, 0 for none")
	sheets := flags.Int("sheets", 500_000, "rows of the XLSX files, 0 for none")
	only := flags.String("only", "", "race only the programs whose name this pattern fits")
	keep := flags.String("keep", "", "`folder` to keep the files in; otherwise they are removed")
	kortakoer := flags.String("kortakoer", "bin/kortakoer", "the program to race")
	python := flags.String("python", "python3", "the Python whose modules race")
	flags.IntVar(&b.runs, "runs", 5, "timed runs of each program, after one that is not")
	flags.DurationVar(&b.patience, "patience", 5*time.Second, "a program whose first run takes longer runs only once")
	flags.IntVar(&b.slow, "slow", 1_000_000, "rows above which programs known to be slow are left out")
	if err := flags.Parse(args); err != nil {
		return err
	}
	var races []race
	for _, text := range strings.Split(*rows, ",") {
		n, err := strconv.Atoi(strings.TrimSpace(text))
		if err != nil || n < 1 {
			return fmt.Errorf("-rows %s: %q is no number of rows", *rows, text)
		}
		races = append(races, race{form: forms()["csv"], rows: n})
	}
	for _, v := range []struct {
		form string
		rows int
	}{{"quoted", *variants}, {"cp1252", *variants}, {"inline", *sheets}, {"shared", *sheets}} {
		if v.rows > 0 {
			races = append(races, race{form: forms()[v.form], rows: v.rows})
		}
	}
	if b.runs < 1 {
		return errors.New("-runs must be at least 1")
	}
	if err := b.prepare(*kortakoer, *python, *only); err != nil {
		return err
	}
	var err error
	folder := b.scratch
	if *keep != "" {
		if folder, err = filepath.Abs(*keep); err != nil {
			return err
		}
		if err := os.MkdirAll(folder, 0o755); err != nil {
			return err
		}
	}
	defer os.RemoveAll(b.scratch) //nolint:errcheck // a temporary folder
	if _, err := fmt.Fprintf(out, "%s/%s, %d processors. Whole processes, warm files, medians of up to %d interleaved runs.\n", runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), b.runs); err != nil {
		return err
	}
	for _, r := range races {
		r.path = filepath.Join(folder, fmt.Sprintf("%s-%d%s", r.form.name, r.rows, r.form.ending()))
		if err := b.race(ctx, r); err != nil {
			return err
		}
		if *keep == "" {
			if err := os.Remove(r.path); err != nil {
				return err
			}
		}
	}
	if b.wrong > 0 {
		return fmt.Errorf("%d programs failed or counted differently", b.wrong)
	}
	return nil
}

// prepare finds out what can race, and lays the scripts of the peers into a
// folder of their own.
func (b *bench) prepare(kortakoer, python, only string) error {
	pattern, err := regexp.Compile(only)
	if err != nil {
		return fmt.Errorf("-only: %w", err)
	}
	if kortakoer, err = filepath.Abs(kortakoer); err != nil {
		return err
	}
	if _, err := os.Stat(kortakoer); err != nil {
		return fmt.Errorf("no program to race: %w; make build makes it", err)
	}
	if b.self, err = os.Executable(); err != nil {
		return err
	}
	if b.scratch, err = os.MkdirTemp("", "kortakoer-bench-"); err != nil {
		return err
	}
	if err := os.CopyFS(b.scratch, scripts); err != nil {
		return err
	}
	for _, p := range installed(b.self, kortakoer, python, b.scratch) {
		if pattern.MatchString(p.name) {
			b.peers = append(b.peers, p)
		}
	}
	return nil
}
