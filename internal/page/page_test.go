package page

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"math"
	"math/big"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/kortakoer/kortakoer/allocation"
	"github.com/kortakoer/kortakoer/internal/followup"
	"github.com/kortakoer/kortakoer/internal/language"
	"github.com/kortakoer/kortakoer/rules"
)

// input has counts of every region, area, year and month up to a last one; n
// says how many.
func input(rs *rules.RuleSet, last int, n func(region, month int, p allocation.Provider) int64) *allocation.Input {
	in := &allocation.Input{Population: allocation.DefaultPopulation()}
	for i, r := range rules.Regions() {
		for _, a := range rs.Areas {
			for y := 2022; y <= 2025; y++ {
				for m := 6; m <= 10 && (y < 2025 || m <= last); m++ {
					for _, p := range followup.Providers[:3] {
						in.Counts = append(in.Counts, allocation.Count{Region: r.Code, Area: a.ID, Year: y, Month: m, Provider: p, N: n(i, m, p)})
					}
				}
			}
		}
	}
	return in
}

func render(t *testing.T, in func(*rules.RuleSet) *allocation.Input, o followup.Options, l language.Language) string {
	t.Helper()
	rs, err := rules.Builtin(rules.Default)
	if err != nil {
		t.Fatal(err)
	}
	r, err := followup.Make(rs, in(rs), o)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := Write(&out, r, Options{Language: l, Version: "test"}); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func plain(rs *rules.RuleSet) *allocation.Input {
	return input(rs, 8, func(region, month int, _ allocation.Provider) int64 { return int64(20 + 3*region + month) })
}

// TestNothingFromElsewhere: whatever could fetch, points into the page or is
// not there, and the policy forbids the rest.
func TestNothingFromElsewhere(t *testing.T) {
	page := render(t, plain, followup.Options{Preliminary: 3}, language.Swedish)
	for _, m := range regexp.MustCompile(`(?i)\b(src|href|action|data|poster|srcset|xlink:href)\s*=\s*"([^"]*)"`).FindAllStringSubmatch(page, -1) {
		if !strings.HasPrefix(m[2], "#") {
			t.Errorf("%s points outside", m[0])
		}
	}
	for _, s := range []string{"url(", "@import", "fetch(", "XMLHttpRequest", "import(", "http://", "https://", " style=", " onclick"} {
		if strings.Contains(page, s) {
			t.Errorf("the page has %q", s)
		}
	}
	if !strings.Contains(page, "default-src &#39;none&#39;") {
		t.Error("no policy")
	}
	if strings.Contains(page, "%!") {
		t.Error("a text lacks what it is about")
	}
}

// TestAccessible checks what a reader without eyes or mouse needs, on a page
// that is well-formed where its tables and charts are.
func TestAccessible(t *testing.T) {
	for _, l := range []language.Language{language.Swedish, language.English} {
		page := render(t, plain, followup.Options{Preliminary: 3}, l)
		if !strings.Contains(page, fmt.Sprintf(`<html lang="%s">`, l)) || strings.Count(page, "<h1>") != 1 {
			t.Errorf("%s: language or first heading", l)
		}
		body := page[strings.Index(page, "<main"):strings.Index(page, "</main>")]
		d := xml.NewDecoder(strings.NewReader(strings.ReplaceAll(body, "<br>", "<br/>") + "</main>"))
		count := map[string]int{}
		heading := 1
		for {
			token, err := d.Token()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			e, ok := token.(xml.StartElement)
			if !ok {
				continue
			}
			count[e.Name.Local]++
			attribute := map[string]string{}
			for _, a := range e.Attr {
				attribute[a.Name.Local] = a.Value
			}
			switch name := e.Name.Local; name {
			case "th":
				if attribute["scope"] == "" {
					t.Error("a header cell without a scope")
				}
			case "svg":
				if attribute["role"] != "img" || len(attribute["aria-label"]) < 30 {
					t.Errorf("a chart without words: %v", attribute)
				}
			case "h2", "h3":
				if level := int(name[1] - '0'); level > heading+1 {
					t.Errorf("a heading %s under level %d", name, heading)
				} else {
					heading = level
				}
			}
		}
		if count["table"] == 0 || count["caption"] != count["table"] || count["thead"] != count["table"] || count["svg"] != 10 || count["desc"] != count["svg"] {
			t.Errorf("%s: %v", l, count)
		}
	}
}

var colour = regexp.MustCompile(`#[0-9a-f]{6}`)

// luminance is the relative luminance of WCAG 2, for a test only.
func luminance(t *testing.T, color string) float64 {
	t.Helper()
	n, err := strconv.ParseUint(color[1:], 16, 32)
	if err != nil {
		t.Fatal(err)
	}
	sum := 0.0
	for i, weight := range []float64{0.2126, 0.7152, 0.0722} {
		c := float64(n>>(16-8*i)&255) / 255
		if c <= 0.04045 {
			c /= 12.92
		} else {
			c = math.Pow((c+0.055)/1.055, 2.4)
		}
		sum += weight * c
	}
	return sum
}

func contrast(t *testing.T, a, b string) float64 {
	x, y := luminance(t, a), luminance(t, b)
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

// TestContrast: every colour of texts stands out from every ground it is on.
func TestContrast(t *testing.T) {
	css, err := files.ReadFile("followup.css")
	if err != nil {
		t.Fatal(err)
	}
	named := map[string]string{}
	for _, m := range regexp.MustCompile(`--(\w+): (#[0-9a-f]{6})`).FindAllStringSubmatch(string(css), -1) {
		named[m[1]] = m[2]
	}
	if len(named) < 6 {
		t.Fatalf("colours: %v", named)
	}
	for _, pair := range [][2]string{
		{named["ink"], "#ffffff"}, {named["soft"], "#ffffff"}, {named["dark"], "#ffffff"}, {named["ink"], named["warm"]}, {named["ink"], named["band"]}, {"#1d4ed8", "#ffffff"},
		{dark, "#ffffff"}, {warm, "#ffffff"}, {soft, "#ffffff"}, {text, "#ffffff"},
	} {
		if c := contrast(t, pair[0], pair[1]); c < 4.5 {
			t.Errorf("%s on %s: %.2f", pair[0], pair[1], c)
		}
	}
	if c := contrast(t, faint, "#ffffff"); c > 4.5 {
		t.Errorf("the measure is wrong: %s on white has %.2f", faint, c)
	}
	known := []string{dark, warm, soft, faint, text}
	for _, c := range colour.FindAllString(render(t, plain, followup.Options{}, language.Swedish)[len(css):], -1) {
		if !strings.Contains(strings.Join(known, " ")+string(css), c) {
			t.Errorf("%s is not among the colours checked", c)
		}
	}
}

// TestMaskedNowhere: a small count that is nowhere else in the data stands
// nowhere in the page, not even as what a column is sorted by or in a chart.
func TestMaskedNowhere(t *testing.T) {
	const secret = 7
	in := func(rs *rules.RuleSet) *allocation.Input {
		return input(rs, 8, func(region, month int, p allocation.Provider) int64 {
			if region == 7 && month == 7 && p == allocation.Other {
				return secret
			}
			return 1000
		})
	}
	shown := func(page string) bool {
		return regexp.MustCompile(`>7<|data-v="7\.0+"`).MatchString(page)
	}
	if page := render(t, in, followup.Options{}, language.Swedish); !shown(page) {
		t.Fatal("the count is not found where it is not masked")
	}
	page := render(t, in, followup.Options{MaskBelow: 10}, language.Swedish)
	if !strings.Contains(page, "&lt;10") || !strings.Contains(page, "..") {
		t.Error("no mark for a masked value")
	}
	if shown(page) {
		t.Error("the masked count is in the page")
	}
	if !strings.Contains(page, "Antal från 1 till 9 är maskerade") {
		t.Error("the page does not say that it is masked")
	}
}

// TestStep: an axis has at most five lines above zero and reaches the top.
func TestStep(t *testing.T) {
	for top, want := range map[int64]int64{1: 1, 4: 1, 5: 2, 9: 5, 20: 5, 21: 10, 1900: 500, 12_000: 5000} {
		if got := step(top); got != want {
			t.Errorf("step(%d) = %d, want %d", top, got, want)
		}
	}
	if up(big.NewRat(7, 3)) != 3 || up(big.NewRat(6, 3)) != 2 || scaled(big.NewRat(1, 3), 100, 1) != 33 {
		t.Error("rounding of a chart")
	}
}
