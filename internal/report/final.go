package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"

	"github.com/kortakoer/kortakoer/allocation"
	"github.com/kortakoer/kortakoer/internal/language"
)

// accountLines are the lines of an account, in the order of its equations.
func accountLines(a allocation.Account) []struct {
	Key    language.Key
	JSON   string
	Kronor int64
} {
	return []struct {
		Key    language.Key
		JSON   string
		Kronor int64
	}{
		{"pool", "pool", a.Pool},
		{"final.decided", "decided", a.Decided},
		{"unallocated", "unallocated", a.Unallocated},
		{"final.paid", "paid", a.Paid},
		{"final.to_pay", "to_pay", a.ToPay},
		{"final.claimed", "claimed", a.Claimed},
		{"final.repay_sum", "repay", a.Repay},
		{"final.owed_sum", "owed", a.Owed},
		{"final.net_sum", "net", a.Net},
	}
}

// FinalSummary prints the account of every decision and their sum.
func FinalSummary(w io.Writer, f *allocation.Final, o SummaryOptions) error {
	l := o.Language
	var b strings.Builder
	header := table.Row{l.Text("final.item")}
	for _, p := range f.Grant.Plans {
		header = append(header, p.Rules.ID)
	}
	several := len(f.Accounts) > 1
	if several {
		header = append(header, l.Text("total"))
	}
	t := newTable(o, header)
	for i, sum := range accountLines(f.Sum) {
		row := table.Row{l.Text(sum.Key)}
		for _, a := range f.Accounts {
			row = append(row, l.Whole(accountLines(a)[i].Kronor))
		}
		if several {
			row = append(row, l.Whole(sum.Kronor))
		}
		t.AppendRow(row)
	}
	fmt.Fprintf(&b, "%s\n\n%s\n", l.Text("final.title"), t.Render())
	return writePlain(w, b.String())
}

type (
	finalDocument struct {
		Version   string           `json:"version"`
		Decisions []finalDecision  `json:"decisions"`
		Total     map[string]int64 `json:"total"`
		Overlaps  []overlap        `json:"overlaps"`
		Warnings  []string         `json:"warnings"`
		Notes     []string         `json:"notes"`
	}
	finalDecision struct {
		Plan    document         `json:"plan"`
		Account map[string]int64 `json:"account"`
		Regions []finalRegion    `json:"regions"`
		Areas   []finalArea      `json:"areas"`
	}
	finalRegion struct {
		Code    string `json:"code"`
		Name    string `json:"name"`
		Total   int64  `json:"total"`
		Paid    int64  `json:"paid"`
		ToPay   int64  `json:"to_pay"`
		Claim   int64  `json:"claim"`
		Used    int64  `json:"used"`
		Outcome string `json:"outcome"`
		Repay   int64  `json:"repay"`
		Owed    int64  `json:"owed"`
		Net     int64  `json:"net"`
	}
	finalArea struct {
		Area     string `json:"area"`
		Count    int64  `json:"count"`
		Baseline string `json:"baseline"`
		Increase string `json:"increase"`
		Earned   string `json:"earned"`
	}
)

// FinalJSON writes the account with the plans that it rests on.
func FinalJSON(w io.Writer, f *allocation.Final, version string) error {
	d := finalDocument{Version: version, Total: accountJSON(f.Sum), Overlaps: grantJSON(f.Grant, version).Overlaps, Warnings: append([]string{}, f.Warnings...), Notes: append([]string{}, f.Notes...)}
	for i, p := range f.Grant.Plans {
		out := finalDecision{Plan: planJSON(p, version), Account: accountJSON(f.Accounts[i])}
		for _, r := range f.Accounts[i].Regions {
			out.Regions = append(out.Regions, finalRegion{
				Code: r.Region.Code, Name: r.Region.Name, Total: r.Total, Paid: r.Paid, ToPay: r.ToPay, Claim: r.Claim,
				Used: r.Used, Outcome: string(r.Outcome), Repay: r.Repay, Owed: r.Owed, Net: r.Net,
			})
		}
		for _, a := range f.Accounts[i].Areas {
			out.Areas = append(out.Areas, finalArea{a.Area.ID, a.Operations, allocation.Exact(a.Baseline), allocation.Exact(a.Increase), allocation.Exact(a.Earned)})
		}
		d.Decisions = append(d.Decisions, out)
	}
	return writeJSON(w, d)
}

func accountJSON(a allocation.Account) map[string]int64 {
	out := map[string]int64{}
	for _, line := range accountLines(a) {
		out[line.JSON] = line.Kronor
	}
	return out
}
