package report

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/jedib0t/go-pretty/v6/table"
)

// width is how wide a page of text is.
const width = 100

// page is a document of headings, numbered lines and tables, as text of a
// terminal's width or as Markdown.
type page struct {
	strings.Builder
	markdown bool
	lines    int  // numbered so far
	counting bool // the last thing was a numbered line
	prose    bool // it was a paragraph
}

func (p *page) heading(level int, text string) {
	p.gap()
	text = plain(text)
	if p.markdown {
		fmt.Fprintf(p, "%s %s\n", strings.Repeat("#", level), text)
		return
	}
	rule := "═"
	if level > 1 {
		rule = "─"
	}
	fmt.Fprintf(p, "%s\n%s\n", text, strings.Repeat(rule, utf8.RuneCountInString(text)))
}

func (p *page) paragraph(text string) {
	if !p.markdown || p.counting {
		p.gapAfterItems()
	}
	if p.markdown {
		fmt.Fprintf(p, "\n%s\n", escape(text))
		return
	}
	p.wrapped(text, "", "")
	p.prose = true
}

// item is a numbered line with remarks below it.
func (p *page) item(text string, notes ...string) {
	p.lines++
	if p.prose {
		p.gap()
	}
	if p.markdown {
		if !p.counting {
			p.WriteString("\n")
		}
		fmt.Fprintf(p, "%d. %s\n", p.lines, escape(text))
		for _, n := range notes {
			fmt.Fprintf(p, "   <br>*%s*\n", escape(n))
		}
		p.counting = true
		return
	}
	p.wrapped(text, fmt.Sprintf("%3d. ", p.lines), "         ")
	for _, n := range notes {
		p.wrapped(n, "       · ", "         ")
	}
	p.counting = true
}

// table prints a table behind one column of names. A header may have lines.
func (p *page) table(header []string, lines [][]string, footer []string) {
	p.gap()
	row := func(cells []string) table.Row {
		r := table.Row{}
		for _, c := range cells {
			if p.markdown && !strings.HasPrefix(c, "**") { // of own, no text of a file
				c = strings.ReplaceAll(escape(c), "\n", " ")
			}
			r = append(r, plain(c))
		}
		return r
	}
	t := newTable(SummaryOptions{}, row(header))
	for _, l := range lines {
		t.AppendRow(row(l))
	}
	if footer != nil {
		t.AppendFooter(row(footer))
	}
	if p.markdown {
		fmt.Fprintf(p, "%s\n", t.RenderMarkdown())
	} else {
		fmt.Fprintf(p, "%s\n\n", lineEnd.ReplaceAllString(t.Render(), ""))
	}
}

// own marks the region that a page is about.
func (p *page) own(name string) string {
	if p.markdown {
		return "**" + name + "**"
	}
	return "→ " + name
}

func (p *page) gap() {
	if p.Len() > 0 && !strings.HasSuffix(p.String(), "\n\n") {
		p.WriteString("\n")
	}
	p.counting, p.prose = false, false
}

func (p *page) gapAfterItems() {
	if p.counting {
		p.gap()
	}
}

// wrapped breaks a text between words; amounts, which hold no-break spaces,
// stay whole.
func (p *page) wrapped(text, first, next string) {
	line := first
	words := strings.Split(text, " ")
	used := utf8.RuneCountInString(line)
	for i, w := range words {
		n := utf8.RuneCountInString(w)
		switch {
		case i == 0:
		case used+1+n > width:
			p.WriteString(line + "\n")
			line, used = next, utf8.RuneCountInString(next)
		default:
			line, used = line+" ", used+1
		}
		line, used = line+plain(w), used+n
	}
	p.WriteString(line + "\n")
}

// plain has spaces instead of no-break spaces: what is searched for in a
// terminal has plain ones.
func plain(s string) string { return strings.ReplaceAll(s, "\u00a0", " ") }

// escape keeps text from being read as Markdown.
func escape(s string) string {
	return strings.NewReplacer("\u00a0", " ", "*", `\*`, "_", `\_`, "|", `\|`, "<", `\<`, "`", "\\`").Replace(s)
}
