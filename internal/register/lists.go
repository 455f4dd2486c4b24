package register

import (
	"regexp"
	"slices"
	"strings"

	"github.com/shopspring/decimal"

	"github.com/kortakoer/kortakoer/allocation"
	"github.com/kortakoer/kortakoer/internal/spelling"
)

// once remembers where a region stands in a list and refuses it a second time.
func (p *parser) once(r row, region string) bool { return p.onceFor(r, region, "") }

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
	decision, known := p.decision(r)
	switch {
	case !fits && c.kind == empty:
		p.wrong(r, column, fieldDate, "the cell is empty; leave out a region that has sent no requisition")
	case !fits:
		p.wrong(r, column, fieldDate, "%s is not a date such as 2025-06-02 (of the years 2000 to 2099)", show(c.text))
	case ok && region == allocation.Country:
		p.wrong(r, p.header.columns[fieldRegion], fieldRegion, "Riket sends no requisition; leave the row out")
	case ok && known:
		p.in.Requisitions = append(p.in.Requisitions, allocation.Requisition{Region: region, Decision: decision, Date: date, Origin: p.table.at(r.number, column)})
	}
}

// payment reads a row of a file of payments. A region may have had several,
// which are added; two that no date tells apart may be one row pasted twice, so
// that is told.
func (p *parser) payment(r row, region string, ok bool) {
	column := p.header.columns[fieldAmount]
	n, why := whole(p.value(r, column), maxPayment)
	date, fits := p.date(r, true)
	decision, known := p.decision(r)
	reference := p.words(r, fieldReference)
	at := p.table.at(r.number, column)
	switch {
	case why != "":
		p.wrong(r, column, fieldAmount, "%s; expected whole kronor, such as 1 500 000", why)
	case ok && region == allocation.Country:
		p.fault(at, "%s: Riket is not paid; leave the row out", fieldRegion)
	case ok && fits && known:
		payment := allocation.Payment{Region: region, Decision: decision, Kronor: n, Date: date, Reference: reference, Origin: at}
		if p.payments == nil {
			p.payments = map[allocation.Payment]int{}
		}
		exact, day := payment, allocation.Payment{Region: region, Decision: decision, Date: date, Kronor: -1} // no payment is negative
		exact.Origin = allocation.Origin{}
		if first, twice := p.payments[exact]; twice && reference != "" {
			p.fault(at, "%s: %s stands already with the same date, amount and reference in row %d; keep one of them", fieldAmount, p.names.label(region), first)
			return
		}
		if first, again := p.payments[day]; again {
			p.warn(at.Row, at.Column, "%s has a payment already%s in row %d; they are added", p.names.label(region), onDate(date), first)
		} else {
			p.payments[day] = at.Row
		}
		p.payments[exact] = at.Row
		p.in.Payments = append(p.in.Payments, payment)
	}
}

func onDate(date string) string {
	if date == "" {
		return ""
	}
	return " on " + date
}

// date reads the date of a row. Where it is optional it may be empty.
func (p *parser) date(r row, optional bool) (string, bool) {
	column := p.header.columns[fieldDate]
	c := p.value(r, column)
	if c.kind == empty && optional {
		return "", true
	}
	date, fits := day(c)
	if !fits {
		p.wrong(r, column, fieldDate, "%s is not a date such as 2025-06-02 (of the years 2000 to 2099)", show(c.text))
	}
	return date, fits
}

// decision reads which decision a row belongs to; empty where it does not say.
func (p *parser) decision(r row) (string, bool) {
	column := p.header.columns[fieldDecision]
	c := p.value(r, column)
	if c.kind == empty {
		if column != 0 {
			p.undecided++
		}
		return "", true
	}
	id, known := p.names.decisions[spelling.Fold(c.text)]
	if !known {
		p.wrong(r, column, fieldDecision, "this is no decision that is known here; expected one of %s", strings.Join(p.names.decisional, ", "))
	}
	return id, known
}

// words reads a text that is passed on as it is.
func (p *parser) words(r row, f field) string {
	c := p.value(r, p.header.columns[f])
	if c.kind == empty || p.personal[p.header.columns[f]] {
		return ""
	}
	switch {
	case strings.ContainsAny(c.text, "\r\n\t") || strings.ContainsAny(c.text[:1], "=+-@"):
		p.wrong(r, p.header.columns[f], f, "the text has a line break, or begins as a formula of a spreadsheet; write it plainly")
		return ""
	case len([]rune(c.text)) > maxReference:
		p.wrong(r, p.header.columns[f], f, "the text is longer than %d characters", maxReference)
		return ""
	}
	return c.text
}

const maxReference = 60 // characters

// payee reads a row of the agency's file of whom to pay.
func (p *parser) payee(r row, region string, ok bool) {
	column := p.header.columns[fieldOrgNumber]
	c := p.value(r, column)
	number, why := organisationNumber(c.text)
	if why != "" {
		p.wrong(r, column, fieldOrgNumber, "%s; expected an organisation number with its check digit, such as 232100-0016", why)
	}
	reference := p.words(r, fieldReference)
	if ok && region == allocation.Country {
		p.wrong(r, p.header.columns[fieldRegion], fieldRegion, "Riket is not paid; leave the row out")
		return
	}
	if why == "" {
		for _, other := range p.in.Payees {
			if other.OrganisationNumber == number && other.Region != region {
				p.fault(p.table.at(r.number, column), "%s: the number is that of %s in row %d already; each region has its own", fieldOrgNumber, p.names.label(other.Region), other.Origin.Row)
				return
			}
		}
	}
	if ok && p.once(r, region) && why == "" {
		p.in.Payees = append(p.in.Payees, allocation.Payee{Region: region, OrganisationNumber: number, Reference: reference, Origin: p.table.at(r.number, column)})
	}
}

// organisationNumber reads ten digits with a check digit, of which the third
// is at least 2: unlike in a personal number, where it begins the month.
func organisationNumber(s string) (number, why string) {
	digits := strings.ReplaceAll(trim(s), "-", "")
	digits = strings.TrimPrefix(digits, "16") // as the tax agency writes it in twelve digits
	switch {
	case s == "":
		return "", "the cell is empty"
	case !tenDigits.MatchString(digits):
		return "", "this is not ten digits"
	case digits[2] < '2':
		return "", "this is the form of a personal number"
	case !luhn(digits):
		return "", "the check digit is wrong"
	}
	return digits[:6] + "-" + digits[6:], ""
}

var tenDigits = regexp.MustCompile(`^\d{10}$`)

// report reads a row of the reports of use.
func (p *parser) report(r row, region string, ok bool) {
	column := p.header.columns[fieldUsed]
	used, why := whole(p.value(r, column), maxPayment)
	if why != "" {
		p.wrong(r, column, fieldUsed, "%s; expected whole kronor, such as 1 500 000", why)
	}
	column = p.header.columns[fieldPurpose]
	c := p.value(r, column)
	met, answered := answers[spelling.Fold(c.text)]
	if !answered {
		p.wrong(r, column, fieldPurpose, "%s is not ja or nej", show(c.text))
	}
	date, fits := p.date(r, false)
	decision, known := p.decision(r)
	at := p.table.at(r.number, p.header.columns[fieldRegion])
	switch {
	case ok && region == allocation.Country:
		p.fault(at, "%s: Riket reports no use; leave the row out", fieldRegion)
	case ok && why == "" && answered && fits && known && p.onceFor(r, region, decision):
		p.in.Reports = append(p.in.Reports, allocation.UseReport{Region: region, Decision: decision, Used: used, PurposeMet: met, Date: date, Origin: at})
	}
}

var answers = map[string]bool{"ja": true, "j": true, "yes": true, "y": true, "true": true, "1": true, "nej": false, "n": false, "no": false, "false": false, "0": false}

// need reads a row that a region's need weight is computed from.
func (p *parser) need(r row, region string, ok bool) {
	n := allocation.Need{Region: region, Origin: p.table.at(r.number, p.header.columns[fieldRegion])}
	var why string
	positive := func(f field, example string) decimal.Decimal {
		column := p.header.columns[f]
		c := p.value(r, column)
		most := int64(maxPayment)
		if region == allocation.Country {
			most *= int64(len(p.names.codes))
		}
		d, wrong := decimals(c, most)
		if c.kind == text && thousandsOrDecimals.MatchString(c.text) {
			wrong = show(c.text) + " can be thousands or decimals; write it without the separator, or with other than three decimals"
		}
		if wrong == "" && !d.IsPositive() {
			wrong = "it is not above 0"
		}
		if wrong != "" {
			p.wrong(r, column, f, "%s; expected %s", wrong, example)
			why = wrong
		}
		return d
	}
	if p.header.columns[fieldWeight] != 0 {
		n.Weight = positive(fieldWeight, "a weight, such as 107595016 or 0,21")
	} else {
		n.Cost = positive(fieldCost, "kronor per inhabitant, such as 28412,50")
		column := p.header.columns[fieldPopulation]
		var wrong string
		if n.Inhabitants, wrong = whole(p.value(r, column), maxPopulation); wrong == "" && n.Inhabitants == 0 {
			wrong = "it is not above 0"
		}
		if wrong != "" {
			p.wrong(r, column, fieldPopulation, "%s; expected a number of inhabitants, such as 2473307", wrong)
			why = wrong
		}
	}
	switch {
	case !ok || !p.once(r, region) || why != "":
	case region == allocation.Country:
		p.country = &n
	default:
		p.in.Needs = append(p.in.Needs, n)
	}
}

// thousandsOrDecimals is a number that a Swede and a machine read apart.
var thousandsOrDecimals = regexp.MustCompile(`^[1-9]\d{0,2}[.,]\d{3}$`)

// needs compares the row for the whole country with the sum of the regions.
func (p *parser) needs() {
	p.everyRegion("vårdbehov")
	if p.country == nil {
		return
	}
	sum := allocation.Need{}
	for _, n := range p.in.Needs {
		sum.Inhabitants += n.Inhabitants
		sum.Weight = sum.Weight.Add(n.Weight)
	}
	at := p.country.Origin
	switch {
	case sum.Inhabitants != p.country.Inhabitants:
		p.fault(at, "%s: Riket has %d, but the regions sum to %d; find the row that differs", fieldPopulation, p.country.Inhabitants, sum.Inhabitants)
	case !sum.Weight.Equal(p.country.Weight):
		p.fault(at, "%s: Riket has %s, but the regions sum to %s; find the row that differs", fieldWeight, p.country.Weight, sum.Weight)
	}
}

// everyRegion refuses a list in which a region is missing.
func (p *parser) everyRegion(what string) {
	var missing []string
	for _, code := range p.names.codes {
		if _, ok := p.seen[code]; !ok {
			missing = append(missing, p.names.label(code))
		}
	}
	if len(missing) > 0 {
		p.fault(p.table.at(0, 0), "no %s for %s", what, strings.Join(missing, ", "))
	}
}

// onceFor is once for a list in which a region stands once for each decision.
func (p *parser) onceFor(r row, region, decision string) bool {
	at := p.table.at(r.number, p.header.columns[fieldRegion])
	key := strings.TrimSpace(region + " " + decision)
	if other, ok := p.seen[key]; ok {
		p.fault(at, "%s: %s stands already at %s; keep one of them", fieldRegion, p.names.label(region), other)
		return false
	}
	if p.seen == nil {
		p.seen = map[string]allocation.Origin{}
	}
	p.seen[key] = at
	return true
}
