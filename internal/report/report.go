// Package report prints a plan: as CSV and JSON for programs, and as a table
// for a terminal. It computes nothing.
package report

import (
	"encoding/csv"
	"encoding/json"
	"io"
	"strconv"

	"github.com/kortakoer/kortakoer/allocation"
)

// CSV writes one line per region in order of code, in whole kronor: of one
// decision with the parts of the amount, of several with the amount by each.
func CSV(w io.Writer, g *allocation.Grant) error {
	if len(g.Plans) > 1 {
		return grantCSV(w, g)
	}
	p := g.Plans[0]
	out := csv.NewWriter(w)
	records := [][]string{{"code", "region", "equal", "earned", "ceiling", "performance", "leftover", "total"}}
	for _, r := range p.Regions {
		record := []string{r.Region.Code, r.Region.Name}
		for _, kronor := range []int64{r.Equal, r.Earned, r.Ceiling, r.Performance, r.Leftover, r.Total} {
			record = append(record, strconv.FormatInt(kronor, 10))
		}
		records = append(records, record)
	}
	return out.WriteAll(records)
}

// The JSON form. Amounts are whole kronor; an exact amount or mean is a string
// with a decimal or a fraction, because JSON numbers are floats to most readers.
type (
	document struct {
		Ruleset     string       `json:"ruleset"`
		RulesSHA256 string       `json:"rules_sha256"`
		Version     string       `json:"version"`
		Population  string       `json:"population"`
		Overrides   []override   `json:"overrides"`
		Assumptions []assumption `json:"assumptions"`
		Inputs      []input      `json:"inputs"`
		Rows        rows         `json:"rows"`
		Warnings    []string     `json:"warnings"`
		Notes       []string     `json:"notes"`
		Regions     []region     `json:"regions"`
		Leftover    leftover     `json:"leftover"`
		Unallocated int64        `json:"unallocated"`
		Total       int64        `json:"total"`
	}
	override struct {
		Key   string `json:"key"`
		Value string `json:"value"`
		Was   string `json:"was"`
	}
	assumption struct {
		Key    string `json:"key"`
		Value  string `json:"value"`
		Reason string `json:"reason"`
	}
	input struct {
		Name   string `json:"name"`
		Sheet  string `json:"sheet,omitempty"`
		Role   string `json:"role"`
		SHA256 string `json:"sha256"`
		Rows   int    `json:"rows"`
	}
	rows struct {
		Read   int            `json:"read"`
		Used   int            `json:"used"`
		Passed map[string]int `json:"passed_over"`
	}
	region struct {
		Code        string       `json:"code"`
		Name        string       `json:"name"`
		Requisition *requisition `json:"requisition,omitempty"`
		Areas       []area       `json:"areas"`
		Equal       int64        `json:"equal"`
		Earned      int64        `json:"earned"`
		Ceiling     int64        `json:"ceiling"`
		Performance int64        `json:"performance"`
		Leftover    int64        `json:"leftover"`
		Total       int64        `json:"total"`
		Paid        int64        `json:"paid"`
		Remaining   int64        `json:"remaining"`
		Claim       int64        `json:"claim"`
	}
	requisition struct {
		Status string `json:"status"`
		Date   string `json:"date,omitempty"`
	}
	area struct {
		Area     string `json:"area"`
		Count    int64  `json:"count"`
		Baseline string `json:"baseline"`
		Increase string `json:"increase"`
		Earned   string `json:"earned"`
		Leftover int64  `json:"leftover"`
	}
	leftover struct {
		Amount int64 `json:"amount"`
		Pots   []pot `json:"pots"`
	}
	pot struct {
		Area        string  `json:"area"`
		Amount      int64   `json:"amount"`
		Unallocated int64   `json:"unallocated"`
		Regions     []place `json:"regions"`
	}
	place struct {
		Rank       int    `json:"rank"`
		Code       string `json:"code"`
		Name       string `json:"name"`
		Count      int64  `json:"count"`
		Population int64  `json:"population"`
		Weight     int64  `json:"weight"`
		Share      int64  `json:"share"`
	}
)

// JSON writes the plan with every intermediate value that a reader needs to
// recompute it; of several decisions, every plan and their sums.
func JSON(w io.Writer, g *allocation.Grant, version string) error {
	var d any = planJSON(g.Plans[0], version)
	if len(g.Plans) > 1 {
		d = grantJSON(g, version)
	}
	return indented(w, d)
}

func planJSON(p *allocation.Plan, version string) document {
	d := document{
		Ruleset: p.Rules.ID, RulesSHA256: p.Rules.SHA256, Version: version, Population: p.Input.Population.Source,
		Overrides: []override{}, Assumptions: []assumption{}, Inputs: []input{}, Warnings: append([]string{}, p.Warnings...), Notes: append([]string{}, p.Notes...),
		Rows:        rows{Read: p.Tally.Read, Used: p.Tally.Used, Passed: map[string]int{}},
		Leftover:    leftover{Amount: p.Leftover, Pots: []pot{}},
		Unallocated: p.Unallocated, Total: p.Total,
	}
	for _, o := range p.Rules.Overrides() {
		d.Overrides = append(d.Overrides, override(o))
	}
	for _, a := range p.Assumptions() {
		d.Assumptions = append(d.Assumptions, assumption(a))
	}
	for _, f := range p.Input.Files {
		d.Inputs = append(d.Inputs, input{f.Name, f.Sheet, string(f.Role), f.SHA256, f.Rows})
	}
	for _, passed := range p.Tally.Passed {
		d.Rows.Passed[string(passed.Reason)] = passed.Rows
	}
	for i := range p.Regions {
		d.Regions = append(d.Regions, regionJSON(p, i))
	}
	if p.Rules.Leftover.Enabled.V {
		for _, a := range p.Areas {
			d.Leftover.Pots = append(d.Leftover.Pots, potJSON(p, a))
		}
	}
	return d
}

func regionJSON(p *allocation.Plan, i int) region {
	r := p.Regions[i]
	out := region{
		Code: r.Region.Code, Name: r.Region.Name, Equal: r.Equal, Earned: r.Earned, Ceiling: r.Ceiling, Performance: r.Performance,
		Leftover: r.Leftover, Total: r.Total, Paid: r.Paid, Remaining: r.Remaining, Claim: r.Claim,
	}
	if r.Requisition.Status != allocation.NotDemanded {
		out.Requisition = &requisition{string(r.Requisition.Status), r.Requisition.Date}
	}
	for a, c := range r.Areas {
		out.Areas = append(out.Areas, area{
			Area: p.Areas[a].Area.ID, Count: c.Count, Baseline: allocation.Exact(c.Baseline),
			Increase: allocation.Exact(c.Increase), Earned: allocation.Exact(c.Earned), Leftover: p.Areas[a].Pot.Places[i].Share,
		})
	}
	return out
}

func potJSON(p *allocation.Plan, a allocation.AreaPlan) pot {
	out := pot{Area: a.Area.ID, Amount: a.Pot.Amount, Unallocated: a.Pot.Unallocated, Regions: []place{}}
	for _, i := range a.Pot.Ranked() {
		r := p.Regions[i]
		out.Regions = append(out.Regions, place{
			Rank: a.Pot.Places[i].Rank, Code: r.Region.Code, Name: r.Region.Name, Count: r.Areas[p.Rules.AreaIndex(a.Area.ID)].Count,
			Population: r.Population, Weight: r.Need, Share: a.Pot.Places[i].Share,
		})
	}
	return out
}

func indented(w io.Writer, document any) error {
	out := json.NewEncoder(w)
	out.SetIndent("", "  ")
	out.SetEscapeHTML(false)
	return out.Encode(document)
}
