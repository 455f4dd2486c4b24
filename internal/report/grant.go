package report

import (
	"encoding/csv"
	"io"
	"strconv"

	"github.com/kortakoer/kortakoer/allocation"
	"github.com/kortakoer/kortakoer/rules"
)

// grantCSV has a column for each decision and their sum.
func grantCSV(w io.Writer, g *allocation.Grant) error {
	head := []string{"code", "region"}
	for _, p := range g.Plans {
		head = append(head, p.Rules.ID)
	}
	records := [][]string{append(head, "total")}
	for _, r := range g.Regions {
		record := []string{r.Region.Code, r.Region.Name}
		for _, kronor := range append(append([]int64{}, r.Totals...), r.Total) {
			record = append(record, strconv.FormatInt(kronor, 10))
		}
		records = append(records, record)
	}
	return csv.NewWriter(w).WriteAll(records)
}

type (
	grantDocument struct {
		Decisions []document    `json:"decisions"`
		Regions   []grantRegion `json:"regions"`
		Overlaps  []overlap     `json:"overlaps"`
		Total     int64         `json:"total"`
	}
	grantRegion struct {
		Code      string           `json:"code"`
		Name      string           `json:"name"`
		Totals    map[string]int64 `json:"totals"`
		Total     int64            `json:"total"`
		Paid      int64            `json:"paid"`
		Remaining int64            `json:"remaining"`
		Claim     int64            `json:"claim"`
	}
	overlap struct {
		Decisions []string        `json:"decisions"`
		Months    []string        `json:"months"`
		Areas     []string        `json:"areas"`
		Unknown   string          `json:"unknown,omitempty"`
		Regions   []overlapRegion `json:"regions"`
		Twice     int64           `json:"twice"`
	}
	overlapRegion struct {
		Code       string           `json:"code"`
		Operations int64            `json:"operations"`
		Increase   string           `json:"increase"`
		Pays       map[string]int64 `json:"pays"`
		Twice      int64            `json:"twice"`
	}
)

func grantJSON(g *allocation.Grant, version string) grantDocument {
	d := grantDocument{Overlaps: []overlap{}}
	for _, p := range g.Plans {
		d.Decisions = append(d.Decisions, planJSON(p, version))
	}
	for _, r := range g.Regions {
		out := grantRegion{Code: r.Region.Code, Name: r.Region.Name, Totals: map[string]int64{}, Total: r.Total, Paid: r.Paid, Remaining: r.Remaining, Claim: r.Claim}
		for i, kronor := range r.Totals {
			out.Totals[g.Plans[i].Rules.ID] = kronor
		}
		d.Regions = append(d.Regions, out)
		d.Total += r.Total
	}
	for _, o := range g.Overlaps {
		first, second := g.Plans[o.First].Rules.ID, g.Plans[o.Second].Rules.ID
		out := overlap{Decisions: []string{first, second}, Months: []string{}, Areas: append([]string{}, o.Areas...), Unknown: o.Unknown, Regions: []overlapRegion{}, Twice: o.Twice()}
		for _, m := range o.Months {
			out.Months = append(out.Months, m.String())
		}
		for i, r := range o.Regions {
			out.Regions = append(out.Regions, overlapRegion{
				Code: rules.Regions()[i].Code, Operations: r.Operations, Increase: allocation.Exact(r.Increase),
				Pays: map[string]int64{first: r.First, second: r.Second}, Twice: r.Twice(),
			})
		}
		d.Overlaps = append(d.Overlaps, out)
	}
	return d
}

// Ledger writes what is to be booked now, for the agency's ledger: a line for
// every payment and every claim, in whole kronor, both positive.
func Ledger(w io.Writer, g *allocation.Grant) error {
	out := csv.NewWriter(w)
	out.Comma = ';'
	records := [][]string{{"regelverk", "länskod", "region", "organisationsnummer", "referens", "typ", "belopp"}}
	for _, p := range g.Plans {
		for _, r := range p.Regions {
			entry := func(kind string, kronor int64) {
				if kronor > 0 {
					records = append(records, []string{p.Rules.ID, r.Region.Code, r.Region.Name, p.Input.Payee(r.Region.Code).OrganisationNumber, p.Reference(r.Region.Code), kind, strconv.FormatInt(kronor, 10)})
				}
			}
			entry("utbetalning", r.Remaining)
			entry("fordran", r.Claim)
		}
	}
	return out.WriteAll(records)
}
