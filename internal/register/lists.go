package register

import (
	"slices"
	"strings"

	"github.com/kortakoer/kortakoer/allocation"
)

// once remembers where a region stands in a list and refuses it a second time.
func (p *parser) once(r row, region string) bool {
	at := p.table.at(r.number, p.header.columns[fieldRegion])
	if other, ok := p.seen[region]; ok {
		p.fault(at, "%s: %s stands already at %s; keep one of them", fieldRegion, p.names.label(region), other)
		return false
	}
	if p.seen == nil {
		p.seen = map[string]allocation.Origin{}
	}
	p.seen[region] = at
	return true
}

// inhabitant reads a row of a population file.
func (p *parser) inhabitant(r row, region string, ok bool) {
	column := p.header.columns[fieldPopulation]
	n, why := whole(p.value(r, column), maxPopulation)
	if why == "" && n == 0 {
		why = "a region without inhabitants cannot be compared"
	}
	if why != "" {
		p.wrong(r, column, fieldPopulation, "%s; expected a number of inhabitants, such as 2473307", why)
	}
	if ok && p.once(r, region) {
		if p.inhabitants == nil {
			p.inhabitants = map[string]int64{}
		}
		p.inhabitants[region] = n
	}
}

// population replaces the embedded population once the whole file is read.
func (p *parser) population(source string) {
	pop := allocation.Population{Source: source}
	var sum int64
	var missing []string
	for _, code := range p.names.codes {
		n, ok := p.inhabitants[code]
		if !ok {
			missing = append(missing, p.names.label(code))
		}
		pop.Inhabitants = append(pop.Inhabitants, n)
		sum += n
	}
	if len(missing) > 0 || slices.Min(pop.Inhabitants) == 0 {
		p.in.Population = allocation.DefaultPopulation() // the faults are told
	} else {
		p.in.Population = pop
	}
	if len(missing) > 0 {
		p.fault(p.table.at(0, 0), "no number of inhabitants for %d regions: %s", len(missing), strings.Join(missing, ", "))
	}
	if country, ok := p.inhabitants[allocation.Country]; ok && country != sum {
		at := p.seen[allocation.Country]
		at.Column = p.header.columns[fieldPopulation]
		p.fault(at, "%s: Riket has %d, but the regions sum to %d; find the row that differs", fieldPopulation, country, sum)
	}
}

// requisition reads a row of a requisitions file.
func (p *parser) requisition(r row, region string, ok bool) {
	column := p.header.columns[fieldDate]
	c := p.value(r, column)
	date, fits := day(c)
	switch {
	case !fits && c.kind == empty:
		p.wrong(r, column, fieldDate, "the cell is empty; leave out a region that has sent no requisition")
	case !fits:
		p.wrong(r, column, fieldDate, "%s is not a date such as 2025-06-02", show(c.text))
	case ok && region == allocation.Country:
		p.wrong(r, p.header.columns[fieldRegion], fieldRegion, "Riket sends no requisition")
	case ok:
		p.in.Requisitions = append(p.in.Requisitions, allocation.Requisition{Region: region, Date: date, Origin: p.table.at(r.number, column)})
	}
}

// payment reads a row of a file of payments. A region may have had several,
// which are added; so may a row that was pasted twice, so it is told.
func (p *parser) payment(r row, region string, ok bool) {
	column := p.header.columns[fieldAmount]
	n, why := whole(p.value(r, column), maxPayment)
	switch {
	case why != "":
		p.wrong(r, column, fieldAmount, "%s; expected whole kronor, such as 1 500 000", why)
	case ok && region == allocation.Country:
		p.fault(p.table.at(r.number, column), "%s: Riket is not paid; leave the row out", fieldRegion)
	case ok:
		at := p.table.at(r.number, column)
		if other, again := p.seen[region]; again {
			p.warn(at.Row, at.Column, "%s has a payment already in row %d; they are added", p.names.label(region), other.Row)
		}
		if p.seen == nil {
			p.seen = map[string]allocation.Origin{}
		}
		p.seen[region] = at
		p.in.Payments = append(p.in.Payments, allocation.Payment{Region: region, Kronor: n, Origin: p.table.at(r.number, column)})
	}
}
