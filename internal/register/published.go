package register

import (
	"regexp"
	"slices"
	"strings"

	"github.com/kortakoer/kortakoer/allocation"
	"github.com/kortakoer/kortakoer/internal/spelling"
)

// amountHeaders are the folded names of columns with amounts in a published
// table, the one that says most first.
var amountHeaders = []string{
	"total", "summa", "summakr", "totalt", "totaltkr", "belopp", "beloppkr", "utbetalning", "utbetalas", "attbetalaut", "kronor", "kr", "amount",
	"maxtakkr", "maxtak", "tak", "takkr", "ceiling", "prestation", "performance", "kvarstaendemedel", "leftover", "equal", "likafordelning",
}

// publishedColumn takes the column of a published table that is asked for, or
// the one that says most.
func (h *header) publishedColumn(column int, name, wanted string) {
	rank := slices.Index(amountHeaders, name)
	if wanted != "" && name == wanted {
		rank = -2 // before all others
	} else if rank < 0 || wanted != "" {
		h.unused = append(h.unused, column)
		return
	}
	worth := len(amountHeaders) - rank
	if have := h.columns[fieldAmount]; have != 0 {
		if worth <= h.worth {
			h.unused = append(h.unused, column)
			return
		}
		h.unused = append(h.unused, have)
		h.score -= h.worth
	}
	h.columns[fieldAmount], h.worth = column, worth
	h.score += worth
}

// besidePublished passes over what stands around the amounts of a published
// table: a row without an amount that names no region.
func (p *parser) besidePublished(r row) bool {
	if p.value(r, p.header.columns[fieldAmount]).kind != empty {
		return false
	}
	for _, column := range p.header.regions {
		if _, ok := p.names.region(r.cell(column).text); ok {
			return false
		}
	}
	return true
}

// published reads a row of a published table.
func (p *parser) published(r row, region string, ok bool) {
	column := p.header.columns[fieldAmount]
	n, why := whole(p.value(r, column), maxPayment)
	if why != "" {
		p.wrong(r, column, fieldAmount, "%s; expected whole kronor, such as 107 595 016", why)
	}
	if !ok || !p.once(r, region) || why != "" {
		return
	}
	t := p.in.Published
	if t == nil {
		t = &allocation.Published{Column: p.table.rows[p.header.row].cell(column).text}
		p.in.Published = t
	}
	a := allocation.Amount{Region: region, Kronor: n, Origin: p.table.at(r.number, column)}
	if region == allocation.Country {
		t.Country = &a
	} else {
		t.Amounts = append(t.Amounts, a)
	}
}

// A page that was copied from a decision has a region and an amount on each
// line, with nothing but spaces between.
var pageLine = regexp.MustCompile(`^(.*\D)[ \t\x{00a0}\x{202f}]+(\d{1,3}(?:[ \x{00a0}\x{202f}]?\d{3})+|\d+)(?:[ \x{00a0}]*kr)?\.?$`)

// pageHeading is the line above them, "Region Maxtak (kr)".
var pageHeading = regexp.MustCompile(`(?i)^region(?:er)?[ \t\x{00a0}]+(.+)$`)

// scannedSpaces stand between groups of three digits, and are lost here and there
// where a page was scanned.
var scannedSpaces = regexp.MustCompile(`[ \t\x{00a0}\x{202f}]`)

// page reads such a page as a table of two columns. Lines without a region are
// the text around it; one whose name is nearly that of a region is kept, to be
// refused as misspelt.
func (r *reader) page(name, content string) (*table, bool) {
	column := "belopp"
	if r.request.Column != "" {
		column = r.request.Column // a page says it anywhere or nowhere
	}
	t := &table{file: name, rows: []row{{number: 0, cells: []cell{{kind: text, text: "region"}, {kind: text, text: column}}}}}
	found := 0
	for i, line := range strings.Split(content, "\n") {
		if heading := pageHeading.FindStringSubmatch(trim(line)); heading != nil && found == 0 && r.request.Column == "" && slices.Contains(amountHeaders, spelling.Fold(heading[1])) {
			t.rows[0].cells[1].text = heading[1]
		}
		m := pageLine.FindStringSubmatch(trim(line))
		if m == nil {
			continue
		}
		_, known := r.names.region(trim(m[1]))
		if !known && (len(spelling.Fold(m[2])) < 4 || didYouMean(m[1], r.names.regional) == "") {
			continue
		}
		if known {
			found++
		}
		t.rows = append(t.rows, row{number: i + 1, cells: []cell{textCell(m[1]), textCell(scannedSpaces.ReplaceAllString(m[2], ""))}})
	}
	return t, found > 1
}
