package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

// bench races programs over extracts.
type bench struct {
	out      io.Writer
	self     string // this program
	scratch  string
	peers    []peer
	runs     int
	patience time.Duration
	slow     int // rows
	wrong    int // programs that failed or counted differently
}

// race is one extract that the programs read.
type race struct {
	form  form
	rows  int
	path  string
	known counts
}

// result is what a program came to.
type result struct {
	name    string
	role    role
	times   []time.Duration
	peak    int64 // bytes
	verdict string
	ended   bool // it runs no more
}

func (r *result) median() time.Duration {
	slices.Sort(r.times)
	return r.times[len(r.times)/2]
}

func (b *bench) race(ctx context.Context, r race) error {
	output, _, err := b.execute(ctx, command{args: []string{b.self, "generate", r.form.name, strconv.Itoa(r.rows), r.path}})
	if err != nil {
		return err
	}
	if r.known, err = parseCounts(bytes.NewReader(output.text)); err != nil {
		return err
	}
	info, err := os.Stat(r.path)
	if err != nil {
		return err
	}
	if _, err := fmt.Fprintf(b.out, "\n%s: %d rows, %d MB\n", r.form.name, r.rows, info.Size()/1_000_000); err != nil {
		return err
	}
	var results []*result
	var commands []command
	for _, p := range b.peers {
		if p.slow && r.rows > b.slow {
			continue
		}
		if c := p.command(r); len(c.args) > 0 {
			results = append(results, &result{name: p.name, role: p.role})
			commands = append(commands, c)
		}
	}
	for round := range b.runs + 1 {
		for i, c := range commands {
			if results[i].ended {
				continue
			}
			output, took, err := b.execute(ctx, c)
			if ctx.Err() != nil {
				return ctx.Err()
			}
			x := results[i]
			if err != nil {
				x.verdict, x.ended, x.times = "FAILED: "+err.Error(), true, nil
				continue
			}
			x.peak = max(x.peak, output.peak)
			if round == 0 {
				if x.verdict, err = b.verdict(ctx, r, x.role, c, output.text); err != nil {
					return err
				}
				if x.ended = took > b.patience; !x.ended {
					continue
				}
			}
			x.times = append(x.times, took)
		}
	}
	return b.table(results)
}

// verdict compares what a program printed with what is known of the extract.
func (b *bench) verdict(ctx context.Context, r race, what role, c command, text []byte) (string, error) {
	if what == lineScan {
		if string(bytes.TrimSpace(text)) == strconv.Itoa(r.rows+1) { // with the header
			return "lines equal", nil
		}
		return fmt.Sprintf("DIFFER: %d lines, not %s", r.rows+1, bytes.TrimSpace(text)), nil
	}
	if c.writes != "" { // a CSV file, to be counted when the clock stands
		counted, _, err := b.execute(ctx, command{args: []string{b.self, "csv", c.writes, ";"}})
		if err != nil {
			return "", err
		}
		text = counted.text
	}
	got, err := parseCounts(bytes.NewReader(text))
	if err != nil {
		return "DIFFER: " + err.Error(), nil
	}
	return difference(r.known, got), nil
}

type output struct {
	text []byte
	peak int64 // bytes
}

// execute runs a program to its end, by way of measure. What it prints goes to
// a file, so that reading it costs nothing while the clock runs.
func (b *bench) execute(ctx context.Context, c command) (o output, took time.Duration, err error) {
	printed, err := os.Create(filepath.Join(b.scratch, "printed"))
	if err != nil {
		return o, 0, err
	}
	defer printed.Close() //nolint:errcheck // a temporary file
	measured := filepath.Join(b.scratch, "measured")
	var said bytes.Buffer
	cmd := exec.CommandContext(ctx, b.self, append([]string{"measure", measured}, c.args...)...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = b.scratch, printed, &said
	cmd.Env = append(os.Environ(), c.env...)
	if err := cmd.Run(); err != nil {
		lines := strings.Split(strings.TrimSpace(said.String()), "\n")
		return o, 0, fmt.Errorf("%s: %s", filepath.Base(c.args[0]), lines[0])
	}
	figures, err := os.ReadFile(measured)
	if err != nil {
		return o, 0, err
	}
	if _, err := fmt.Sscan(string(figures), &took, &o.peak); err != nil {
		return o, 0, err
	}
	o.text, err = os.ReadFile(printed.Name())
	return o, took, err
}

// measure runs a program and writes to a file how long it took and the most
// memory it had. It is a process of its own because on Linux a child is held
// to have had at least what its parent has, and this one has little.
func measure(ctx context.Context, args []string) error {
	if len(args) < 2 {
		return errors.New("measure takes FILE PROGRAM ARGUMENTS")
	}
	cmd := exec.CommandContext(ctx, args[1], args[2:]...)
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	began := time.Now()
	err := cmd.Run()
	took := time.Since(began)
	if err != nil {
		return err
	}
	return os.WriteFile(args[0], fmt.Appendln(nil, int64(took), peak(cmd.ProcessState)), 0o600)
}

// table prints what a race came to, and counts what went wrong.
func (b *bench) table(results []*result) error {
	base := map[role]time.Duration{}
	for _, x := range results {
		if len(x.times) > 0 {
			base[x.role] = x.median()
		}
	}
	to := func(x *result, base time.Duration) string {
		if base == 0 {
			return "-"
		}
		return fmt.Sprintf("%.2f", x.median().Seconds()/base.Seconds())
	}
	var text strings.Builder
	const format = "  %-26s %8s %5s %8s %10s %13s  %s\n"
	fmt.Fprintf(&text, format, "what", "wall s", "runs", "peak MB", "to DuckDB", "to line scan", "counts")
	for _, x := range results {
		if x.verdict != "equal" && x.verdict != "lines equal" {
			b.wrong++
		}
		if len(x.times) == 0 {
			fmt.Fprintf(&text, format, x.name, "-", "0", "-", "-", "-", x.verdict)
			continue
		}
		fmt.Fprintf(&text, format, x.name, fmt.Sprintf("%.3f", x.median().Seconds()), strconv.Itoa(len(x.times)),
			strconv.FormatInt(x.peak/1_000_000, 10), to(x, base[duckDB]), to(x, base[lineScan]), x.verdict)
	}
	_, err := io.WriteString(b.out, text.String())
	return err
}
