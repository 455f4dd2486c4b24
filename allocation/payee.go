package allocation

import (
	"cmp"
	"fmt"
	"slices"
)

// Payee returns whom a payment to a region is booked on, empty where the
// agency's file does not say.
func (in *Input) Payee(region string) Payee {
	for _, p := range in.Payees {
		if p.Region == region {
			return p
		}
	}
	return Payee{Region: region}
}

// Reference is what a payment to a region is booked by: what the agency's file
// says, else the decision and the region.
func (p *Plan) Reference(region string) string {
	if r := p.Input.Payee(region).Reference; r != "" {
		return r
	}
	return fmt.Sprintf("%s-%s", p.Rules.ID, region)
}

// PaidBefore returns the payments of the input that this decision made, in the
// order of their dates then of the regions.
func (p *Plan) PaidBefore() []Payment {
	var list []Payment
	for _, paid := range p.Input.Payments {
		if concerns(paid.Decision, p.Rules) {
			list = append(list, paid)
		}
	}
	slices.SortStableFunc(list, func(a, b Payment) int { return cmp.Or(cmp.Compare(a.Date, b.Date), cmp.Compare(a.Region, b.Region)) })
	return list
}
