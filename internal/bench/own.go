package main

import (
	"archive/zip"
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/xuri/excelize/v2"
)

// runOwn is one of the programs of the race that are written here, in a
// process of its own: scan FILE, inflate FILE, csv FILE SEPARATOR, excelize
// FILE.
func runOwn(name string, args []string, out io.Writer) error {
	if len(args) == 0 || name == "csv" && len(args) != 2 {
		return fmt.Errorf("%s lacks an argument", name)
	}
	switch name {
	case "csv":
		c, err := countCSV(args[0], args[1])
		if err != nil {
			return err
		}
		return c.write(out)
	case "excelize":
		c, err := countExcelize(args[0])
		if err != nil {
			return err
		}
		return c.write(out)
	}
	count := scan
	if name == "inflate" {
		count = inflate
	}
	n, err := count(args[0])
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(out, n)
	return err
}

// scan finds the end of every line of a file in two goroutines and does nothing
// else: whatever reads lines takes longer.
func scan(path string) (lines int64, err error) {
	f, err := os.Open(path)
	if err != nil {
		return 0, err
	}
	defer f.Close() //nolint:errcheck // only read
	const chunk = 256 << 10
	var next, total atomic.Int64
	var group sync.WaitGroup
	errs := make([]error, 2)
	for worker := range errs {
		group.Go(func() {
			buffer := make([]byte, chunk)
			for {
				n, err := f.ReadAt(buffer, next.Add(chunk)-chunk)
				found := int64(0)
				for rest := buffer[:n]; ; found++ {
					at := bytes.IndexByte(rest, '\n')
					if at < 0 {
						break
					}
					rest = rest[at+1:]
				}
				total.Add(found)
				if err != nil {
					if !errors.Is(err, io.EOF) {
						errs[worker] = err
					}
					return
				}
			}
		})
	}
	group.Wait()
	return total.Load(), errors.Join(errs...)
}

// inflate unpacks the sheet of a workbook and counts its rows: whatever reads
// it with the standard library's inflate takes longer.
func inflate(path string) (rows int64, err error) {
	archive, err := zip.OpenReader(path)
	if err != nil {
		return 0, err
	}
	defer archive.Close() //nolint:errcheck // only read
	part, err := archive.Open("xl/worksheets/sheet1.xml")
	if err != nil {
		return 0, err
	}
	defer part.Close() //nolint:errcheck // only read
	end := []byte("</row>")
	buffer := make([]byte, 256<<10)
	for kept := 0; ; {
		n, err := part.Read(buffer[kept:])
		text := buffer[:kept+n]
		rows += int64(bytes.Count(text, end))
		kept = copy(buffer, text[max(0, len(text)-len(end)+1):]) // an end may be cut in two
		if errors.Is(err, io.EOF) {
			return rows, nil
		}
		if err != nil {
			return 0, err
		}
	}
}

// countCSV counts an extract with encoding/csv, as one would write it first.
func countCSV(path, separator string) (counts, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close() //nolint:errcheck // only read
	r := csv.NewReader(f)
	r.Comma, r.ReuseRecord = rune(separator[0]), true
	if _, err := r.Read(); err != nil {
		return nil, err
	}
	c := counts{}
	for {
		row, err := r.Read()
		if errors.Is(err, io.EOF) {
			return c, nil
		}
		if err != nil {
			return nil, err
		}
		c.addRow(row)
	}
}

func countExcelize(path string) (c counts, err error) {
	f, err := excelize.OpenFile(path)
	if err != nil {
		return nil, err
	}
	defer f.Close() //nolint:errcheck // only read
	rows, err := f.Rows(f.GetSheetName(0))
	if err != nil {
		return nil, err
	}
	c = counts{}
	for first := true; rows.Next(); first = false {
		row, err := rows.Columns(excelize.Options{RawCellValue: true})
		if err != nil {
			return nil, err
		}
		if first {
			continue
		}
		if len(row) != columns {
			return nil, fmt.Errorf("a row of %d cells: %s", len(row), strings.Join(row, ";"))
		}
		c.addRow(row)
	}
	return c, rows.Error()
}
