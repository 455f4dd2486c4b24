// Package page writes a follow-up as one HTML file that needs nothing else: its
// styles, its script and its charts are inside, and its own policy forbids the
// network. It computes nothing.
//
// Write is the way in. The same report gives the same bytes.
package page

import (
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"io"

	"github.com/kortakoer/kortakoer/internal/followup"
	"github.com/kortakoer/kortakoer/internal/language"
	"github.com/kortakoer/kortakoer/internal/tables"
)

// Options are what a page is written with.
type Options struct {
	Language language.Language
	Version  string // of the program
}

//go:embed followup.html followup.css followup.js
var files embed.FS

// Write writes the page of a report.
func Write(out io.Writer, r *followup.Report, o Options) error {
	b := tables.New(r, o.Language)
	funcs := template.FuncMap{
		"text":   func(k string, args ...any) string { return o.Language.Text(language.Key(k), args...) },
		"cell":   func(c tables.Cell) string { return c.In(o.Language) },
		"order":  order,
		"whole":  func(t tables.Table) bool { return len(t.Rows) <= len(b.Regions) }, // fits a printed page
		"number": func(i int, t tables.Table) bool { return i >= t.Labels },
	}
	t, err := template.New("followup.html").Funcs(funcs).ParseFS(files, "followup.html")
	if err != nil {
		return fmt.Errorf("page: %w", err)
	}
	v, err := newView(b, o)
	if err != nil {
		return fmt.Errorf("page: %w", err)
	}
	if err := t.Execute(out, v); err != nil {
		return fmt.Errorf("page: %w", err)
	}
	return nil
}

// view is what the template shows.
type view struct {
	tables.Book
	Options
	Style  template.CSS
	Script template.JS
	Policy string
	Cards  []card
	Areas  []area
	Full   template.HTML // the chart of the fulfilment
}

// card is one number that is read first.
type card struct {
	Title, Value string
	Lines        []string
}

// area is the section of one area.
type area struct {
	ID, Label        string
	Lines, Bars, Who template.HTML
	Tables           []tables.Table
}

func newView(b tables.Book, o Options) (*view, error) {
	style, err := files.ReadFile("followup.css")
	if err != nil {
		return nil, err
	}
	script, err := files.ReadFile("followup.js")
	if err != nil {
		return nil, err
	}
	v := &view{
		Book: b, Options: o, Style: template.CSS(style), Script: template.JS(script),
		Policy: fmt.Sprintf("default-src 'none'; style-src %s; script-src %s; base-uri 'none'; form-action 'none'", hash(style), hash(script)),
		Cards:  cards(b),
	}
	v.Full = fulfilmentChart(b)
	for _, a := range b.Areas {
		x := area{ID: a.Area.ID, Label: b.Area(a), Lines: lineChart(b, a), Bars: changeChart(b, a)}
		x.Tables = []tables.Table{b.ByMonth(a), b.ByRegion(a)}
		if b.HasProviders {
			x.Who = whoChart(b, a)
			x.Tables = append(x.Tables, b.ByProvider(a))
		}
		if !b.Complete() {
			x.Tables = append(x.Tables, b.ByForecast(a))
		}
		x.Tables = append(x.Tables, b.ByAll(a))
		v.Areas = append(v.Areas, x)
	}
	return v, nil
}

// hash names the one style sheet or script that the policy lets through.
func hash(content []byte) string {
	sum := sha256.Sum256(content)
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}

// cards are the country's numbers per area, and what is earned.
func cards(b tables.Book) []card {
	l := b.Language
	var list []card
	for _, a := range b.Areas {
		x := a.Country
		c := card{Title: b.Area(a), Value: b.Value(x.ToDate.Now).In(l)}
		add := func(change followup.Change, to string) {
			if change.Share != nil {
				c.Lines = append(c.Lines, tables.Cell{N: change.Share, Kind: tables.SignedShare}.In(l)+" "+l.Text("follow.against", to))
			}
		}
		if b.HasBefore {
			add(b.SinceBefore(x.ToDate), fmt.Sprint(b.Before))
		}
		add(b.SinceBaseline(x.ToDate), l.Text("follow.mean")+" "+b.BaselineYears())
		if f := x.Forecast; f.Point != nil {
			c.Lines = append(c.Lines, l.Text("follow.range", b.End(), l.Decimal(f.Point, 0), l.Decimal(f.Low, 0), l.Decimal(f.High, 0)))
		}
		list = append(list, c)
	}
	if b.Country.State == followup.Shown {
		c := card{Title: l.Text("follow.earned_card"), Value: l.Text("follow.kronor", l.Whole(b.Country.Performance))}
		if s := b.Country.Share(); s != nil {
			c.Lines = []string{l.Text("follow.of_ceiling", l.Share(s))}
		}
		list = append(list, c)
	}
	return list
}

// order is what a column is sorted by: the number as a decimal, or nothing
// where there is none to show.
func order(c tables.Cell) string {
	if c.N == nil {
		return ""
	}
	return c.N.FloatString(6)
}
