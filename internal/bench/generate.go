package main

import (
	"bufio"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"

	"golang.org/x/text/encoding/charmap"

	"github.com/kortakoer/kortakoer/rules"
)

// form is how an extract is written.
type form struct {
	name      string
	separator rune
	crlf      bool
	quoted    bool // some names hold the separator and quotes
	latin     bool // Windows-1252
	sheet     bool // XLSX
	shared    bool // with shared strings
}

func forms() map[string]form {
	return map[string]form{
		"csv":    {name: "csv", separator: ';'},
		"quoted": {name: "quoted", separator: ',', crlf: true, quoted: true},
		"cp1252": {name: "cp1252", separator: ';', crlf: true, latin: true},
		"inline": {name: "inline", sheet: true},
		"shared": {name: "shared", sheet: true, shared: true},
	}
}

func (f form) ending() string {
	if f.sheet {
		return ".xlsx"
	}
	return ".csv"
}

// The columns that the counts come from.
const (
	columnDate, columnHome, columnPlace, columnPrivate, columnCodes = 2, 4, 5, 7, 8

	columns = 9
)

func header() [columns]string {
	return [columns]string{"LOPNR", "AR", "INDATUM", "UTDATUM", "HEMLAN", "LAN", "SJUKHUS", "DRIFTFORM", "OP"}
}

// isNumber says which columns of a sheet hold numbers.
func isNumber(column int) bool { return column < columnHome || column == columnPrivate }

// noise is splitmix64: the same on every machine and release.
type noise uint64

func (n *noise) below(limit int) int {
	*n += 0x9E3779B97F4A7C15
	z := uint64(*n)
	z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9
	z = (z ^ (z >> 27)) * 0x94D049BB133111EB
	return int((z ^ (z >> 31)) >> 33 % uint64(limit))
}

// generator makes care contacts and counts them as it decides on them, before
// any of it is text. No value comes from a person.
type generator struct {
	noise
	form    form
	regions []rules.Region
	areas   []areaCodes
	other   []string
	codes   []string
	counts  counts
}

type areaCodes struct {
	id      string
	percent int // of the contacts
	codes   []string
}

func newGenerator(f form) *generator {
	return &generator{
		noise: 20250619, form: f, regions: rules.Regions(), counts: counts{},
		areas: []areaCodes{
			{"hoftledsprotes", 12, []string{"NFB29", "NFB39", "NFB49", "NFB62", "NFB99"}},
			{"gra-starr", 22, []string{"CJE20", "CJE15", "CJE99", "CJD00", "CJC10"}},
			{"framfall", 6, []string{"LEF00", "LEF03", "LEF10", "LEF53"}},
		},
		// Neighbours of codes that count, and what deliveries hold besides.
		other: strings.Fields("NFB09 NFB19 NFA12 NFC49 NGB49 NHJ62 CJF00 CKD05 CDB10 LEE20 LCD10 LDA00 JKA21 JAB30 UJD02 FNG05 TNF10 AV034 DV041 ZXA05 QXE00 KCD05 -1 0000"),
	}
}

func (g *generator) row() (row [columns]string) {
	year, month, day := 2022+g.below(4), 1+g.below(12), 1+g.below(28)
	home := g.below(len(g.regions))
	place := home
	if g.below(10) == 0 {
		place = g.below(len(g.regions))
	}
	resident := true
	row[columnHome], row[columnPlace] = g.regions[home].Code, g.regions[place].Code
	if abroad := g.below(400); abroad < 2 {
		resident, row[columnHome] = false, []string{"99", ""}[abroad]
	}
	provider, form := "hemregion", 1+2*g.below(2)
	if place != home {
		provider = "annan region"
	}
	if g.below(6) == 0 {
		provider, form = "privat", 2
	}
	g.codes = g.codes[:0]
	add := func(code string) { // anywhere among the others
		at := g.below(len(g.codes) + 1)
		g.codes = append(g.codes, code)
		g.codes[at], g.codes[len(g.codes)-1] = code, g.codes[at]
	}
	lot := g.below(100)
	for _, a := range g.areas {
		// One contact in a hundred has an area beside what its lot says.
		if has := lot >= 0 && lot < a.percent; has || g.below(100) == 0 {
			for range 1 + g.below(20)/19 { // twice is still one operation
				add(a.codes[g.below(len(a.codes))])
			}
			if resident {
				g.counts[key{row[columnHome], a.id, strconv.Itoa(year), strconv.Itoa(month), provider}]++
			}
		}
		lot -= a.percent
	}
	for more := g.below(8) / 5; len(g.codes) == 0 || more > 0; more-- {
		add(g.other[g.below(len(g.other))])
	}
	name := g.regions[place].Name
	hospital := []string{"Länssjukhuset i " + name, name + " universitetssjukhus", "Lasarettet, " + name + ` "södra"`}
	if g.form.quoted && g.below(20) == 0 {
		row[6] = hospital[2]
	} else {
		row[6] = hospital[g.below(2)]
	}
	date := year*10000 + month*100 + day
	row[0], row[1] = strconv.Itoa(1_000_000+g.below(9_000_000)), strconv.Itoa(year)
	row[columnDate], row[3] = strconv.Itoa(date), strconv.Itoa(date-day+min(28, day+g.below(6)))
	row[columnPrivate], row[columnCodes] = strconv.Itoa(form), strings.Join(g.codes, " ")
	return row
}

// rowWriter writes the rows of an extract, and finish what stands behind them.
type rowWriter interface {
	row(cells []string) error
	finish() error
}

type csvWriter struct{ *csv.Writer }

func (w csvWriter) row(cells []string) error { return w.Write(cells) }

func (w csvWriter) finish() error {
	w.Flush()
	return w.Error()
}

// generate writes an extract and returns its counts.
func generate(out io.Writer, f form, rows int) (counts, error) {
	g := newGenerator(f)
	var w rowWriter
	if f.sheet {
		s, err := newSheetWriter(out, f.shared)
		if err != nil {
			return nil, err
		}
		w = s
	} else {
		if f.latin {
			out = charmap.Windows1252.NewEncoder().Writer(out)
		}
		c := csv.NewWriter(out)
		c.Comma, c.UseCRLF = f.separator, f.crlf
		w = csvWriter{c}
	}
	head := header()
	if err := w.row(head[:]); err != nil {
		return nil, err
	}
	for range rows {
		row := g.row()
		if err := w.row(row[:]); err != nil {
			return nil, err
		}
	}
	return g.counts, w.finish()
}

// generateFile writes the extract that args name, FORM ROWS FILE, and prints
// its counts.
func generateFile(args []string, out io.Writer) error {
	if len(args) != 3 {
		return errors.New("generate takes FORM ROWS FILE")
	}
	f, ok := forms()[args[0]]
	if !ok {
		return fmt.Errorf("there is no form %s", args[0])
	}
	rows, err := strconv.Atoi(args[1])
	if err != nil {
		return err
	}
	file, err := os.Create(args[2])
	if err != nil {
		return err
	}
	defer file.Close() //nolint:errcheck // closed below where it matters
	buffer := bufio.NewWriterSize(file, 1<<20)
	known, err := generate(buffer, f, rows)
	if err := errors.Join(err, buffer.Flush(), file.Close()); err != nil {
		return err
	}
	return known.write(out)
}
