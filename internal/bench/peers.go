package main

import (
	"embed"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// scripts are the questions in the peers' own languages.
//
//go:embed peers
var scripts embed.FS

// role is what a program is to the others.
type role int

const (
	contestant role = iota
	duckDB          // which the others are measured by
	lineScan        // the least that reading takes; it counts lines
)

// peer is a program that can race.
type peer struct {
	name    string
	role    role
	slow    bool // left out on large files
	command func(race) command
}

// command is how a program is started; without args it cannot read the file.
type command struct {
	args   []string
	env    []string
	writes string // the CSV file that it turns the extract into
}

// installed returns the programs that are here to race. scratch is the folder
// that the scripts lie in.
func installed(self, kortakoer, python, scratch string) []peer {
	script := func(name string) string { return filepath.Join(scratch, "peers", name) }
	onCSV := func(args func(path, separator string) []string) func(race) command {
		return func(r race) command {
			if r.form.sheet {
				return command{}
			}
			return command{args: args(r.path, string(r.form.separator))}
		}
	}
	onSheet := func(args ...string) func(race) command {
		return func(r race) command {
			if !r.form.sheet {
				return command{}
			}
			return command{args: append(args[:len(args):len(args)], r.path)}
		}
	}
	peers := []peer{
		{name: "newline scan", role: lineScan, command: onCSV(func(path, _ string) []string { return []string{self, "scan", path} })},
		{name: "inflate and scan", role: lineScan, command: onSheet(self, "inflate")},
		{name: "kortakoer count", command: func(r race) command {
			return command{args: []string{kortakoer, "count", r.path, "--quiet", "-o", "-"}}
		}},
	}
	add := func(p peer) { peers = append(peers, p) }

	if name, start := duckDBHere(python, script("duckdb.cjs")); start != nil {
		add(peer{name: name, role: duckDB, command: func(r race) command {
			if r.form.sheet { // reading it takes an extension that is fetched
				return command{}
			}
			return command{args: start(question(r))}
		}})
	}
	add(peer{name: "Go encoding/csv", command: onCSV(func(path, separator string) []string { return []string{self, "csv", path, separator} })})
	for _, awk := range []string{"mawk", "gawk"} {
		if !has(awk) {
			continue
		}
		add(peer{name: awk, command: func(r race) command {
			if r.form.sheet || r.form.quoted { // it splits at every separator
				return command{}
			}
			return command{args: []string{awk, "-F" + string(r.form.separator), "-f", script("count.awk"), r.path}, env: []string{"LC_ALL=C"}}
		}})
	}
	if answers("Rscript", "-e", "library(data.table)") {
		add(peer{name: "R data.table", command: onCSV(func(path, separator string) []string { return []string{"Rscript", script("count.R"), path, separator} })})
	}
	if answers(python, "-c", "import pandas") {
		add(peer{name: "pandas", command: onCSV(func(path, separator string) []string {
			return []string{python, script("count_pandas.py"), path, separator}
		})})
	}
	if has(python) {
		add(peer{name: "Python csv", slow: true, command: onCSV(func(path, separator string) []string { return []string{python, script("count.py"), path, separator} })})
	}
	if has("mlr") {
		add(peer{name: "Miller", slow: true, command: onCSV(func(path, separator string) []string {
			return []string{"mlr", "-S", "--icsv", "--ifs", separator, "put", "-q", "-f", script("count.mlr"), path}
		})})
	}

	add(peer{name: "excelize Rows", slow: true, command: onSheet(self, "excelize")})
	if answers(python, "-c", "import openpyxl") {
		add(peer{name: "openpyxl read-only", slow: true, command: onSheet(python, script("count.py"))})
	}
	if has("soffice") {
		add(peer{name: "LibreOffice, to CSV only", slow: true, command: func(r race) command {
			if !r.form.sheet {
				return command{}
			}
			name := strings.TrimSuffix(filepath.Base(r.path), ".xlsx") + ".csv"
			return command{
				args:   []string{"soffice", "-env:UserInstallation=file://" + scratch + "/profile", "--headless", "--convert-to", "csv:Text - txt - csv (StarCalc):59,34,76", "--outdir", scratch, r.path},
				writes: filepath.Join(scratch, name),
			}
		}})
	}
	return peers
}

// duckDBHere finds DuckDB as a program, as a Python module, or as a Node module
// in the folder that DUCKDB_NODE names, and how it is asked.
func duckDBHere(python, nodeScript string) (name string, start func(sql string) []string) {
	const ask = "import duckdb, sys\nfor row in duckdb.sql(sys.argv[1]).fetchall(): print(row[0])"
	node := os.Getenv("DUCKDB_NODE")
	switch {
	case has("duckdb"):
		return "DuckDB", func(sql string) []string { return []string{"duckdb", "-noheader", "-list", "-c", sql} }
	case answers(python, "-c", "import duckdb"):
		return "DuckDB (Python)", func(sql string) []string { return []string{python, "-c", ask, sql} }
	case node != "" && answers("node", nodeScript, node, "SELECT 1"):
		return "DuckDB (Node)", func(sql string) []string { return []string{"node", nodeScript, node, sql} }
	}
	return "", nil
}

// question is count.sql for one file. Latin-1 differs from Windows-1252 in no
// letter that the generator writes, and is the one that DuckDB knows.
func question(r race) string {
	encoding := "utf-8"
	if r.form.latin {
		encoding = "latin-1"
	}
	sql, err := scripts.ReadFile("peers/count.sql")
	if err != nil {
		panic(err) // it is embedded
	}
	return strings.NewReplacer("{file}", strings.ReplaceAll(r.path, "'", "''"), "{separator}", string(r.form.separator), "{encoding}", encoding).Replace(string(sql))
}

func has(program string) bool {
	_, err := exec.LookPath(program)
	return err == nil
}

func answers(program string, args ...string) bool {
	return exec.Command(program, args...).Run() == nil
}
