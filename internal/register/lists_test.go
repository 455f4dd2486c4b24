package register

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kortakoer/kortakoer/allocation"
	"github.com/kortakoer/kortakoer/rules"
)

// wholeScope has all 21 regions and the two decisions.
func wholeScope() Scope {
	s := Scope{Decisions: []Decision{{ID: "s2025-00401", Names: []string{"S2025/00401"}}, {ID: "s2025-01233", Names: []string{"S2025/01233"}}}}
	for _, r := range rules.Regions() {
		s.Regions = append(s.Regions, Region{Code: r.Code, Name: r.Name, Official: r.Official, Also: r.Also})
	}
	return s
}

// readList reads one list and returns what it holds, or its faults, without
// the folder.
func readList(t *testing.T, content string, request func(file string) Request) (*allocation.Input, string) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "f.csv")
	if err := os.WriteFile(file, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
	in, err := Read(wholeScope(), request(file))
	if err == nil {
		return in, ""
	}
	return in, strings.ReplaceAll(err.Error(), filepath.Dir(file)+string(filepath.Separator), "")
}

// Every list: a good one says what it holds, a bad one where and what is wrong.
func TestLists(t *testing.T) {
	paid := func(f string) Request { return Request{Paid: f} }
	payees := func(f string) Request { return Request{Payees: f} }
	requisitions := func(f string) Request { return Request{Requisitions: f} }
	reports := func(f string) Request { return Request{Reports: f} }
	need := func(f string) Request { return Request{Need: f} }
	published := func(f string) Request { return Request{Published: f} }
	for _, test := range []struct {
		name, content string
		request       func(string) Request
		want          string // what is read, or the faults
	}{
		{"payments of two decisions", "region;belopp;datum;referens;beslut\nSkåne;1 500 000;2025-07-01;F-1;S2025/00401\n12;2;;;s2025-01233\n", paid,
			"12 1500000 2025-07-01 F-1 s2025-00401|12 2   s2025-01233"},
		{"payments with faults", "region;belopp;datum;beslut\nSkåne;-5;2025-13-01;S2025/00402\nRiket;5;;\n", paid,
			`f.csv:2:2 (B2): belopp: "-5" is negative; expected whole kronor, such as 1 500 000` +
				`|f.csv:2:3 (C2): datum: "2025-13-01" is not a date such as 2025-06-02 (of the years 2000 to 2099)` +
				`|f.csv:2:4 (D2): beslut: this is no decision that is known here; expected one of s2025-00401, s2025-01233` +
				`|f.csv:3:2 (B3): region: Riket is not paid; leave the row out`},
		{"a payment that stands twice", "region;belopp;datum;referens\n12;7;2025-11-01;F-0\n12;5;2025-11-01;F-1\n12;5;2025-11-01;F-1\n12;5;1925-11-01;=1+1\n", paid,
			`f.csv:4:2 (B4): belopp: 12 Skåne stands already with the same date, amount and reference in row 3; keep one of them` +
				`|f.csv:5:3 (C5): datum: "1925-11-01" is not a date such as 2025-06-02 (of the years 2000 to 2099)` +
				`|f.csv:5:4 (D5): referens: the text has a line break, or begins as a formula of a spreadsheet; write it plainly`},
		{"payees with one number", "region;orgnr\n01;232100-0016\n12;232100-0016\n", payees,
			`f.csv:3:2 (B3): organisationsnummer: the number is that of 01 Stockholm in row 2 already; each region has its own`},
		{"requisitions with faults", "code;region;datum\n12;Halland;2025-05-01\n00;Riket;2025-05-01\n13;Halland;\n", requisitions,
			`f.csv:2:2 (B2): region: this is 13 Halland, but the column beside it says 12 Skåne; correct one of them` +
				`|f.csv:3:2 (B3): region: Riket sends no requisition; leave the row out` +
				`|f.csv:4:3 (C4): datum: the cell is empty; leave out a region that has sent no requisition`},
		{"payees", "region;orgnr;referens\n01;232100-0016;R1\n12;2321000255;\n", payees, "01 232100-0016 R1|12 232100-0255 "},
		{"payees with faults", "region;orgnr\n01;232100-0017\n12;\n13;23210\n14;811218-9876\n01;232100-0016\n", payees,
			`f.csv:1:2 (B1): the column holds Swedish personal identity numbers in 1 row; remove it, or pass over such columns with --allow-personal-columns` +
				`|f.csv:6:1 (A6): region: 01 Stockholm stands already at f.csv:2:1 (A2); keep one of them`},
		{"payees with wrong numbers", "region;orgnr\n01;232100-0017\n12;\n13;23210\n14;811218-9870\n", payees,
			`f.csv:2:2 (B2): organisationsnummer: the check digit is wrong; expected an organisation number with its check digit, such as 232100-0016` +
				`|f.csv:3:2 (B3): organisationsnummer: the cell is empty; expected an organisation number with its check digit, such as 232100-0016` +
				`|f.csv:4:2 (B4): organisationsnummer: this is not ten digits; expected an organisation number with its check digit, such as 232100-0016` +
				`|f.csv:5:2 (B5): organisationsnummer: this is the form of a personal number; expected an organisation number with its check digit, such as 232100-0016`},
		{"reports", "region;använt belopp;syfte uppnått;datum\n01;5;ja;2026-01-15\n12;0;Nej;20260116\n", reports, "01 5 true 2026-01-15 |12 0 false 2026-01-16 "},
		{"reports with faults", "region;använt belopp;syfte uppnått;datum\n01;5,5;kanske;\n01;5;ja;2026-01-15\n01;6;ja;2026-01-15\n", reports,
			`f.csv:2:2 (B2): använt belopp: "5,5" is not a whole number; expected whole kronor, such as 1 500 000` +
				`|f.csv:2:3 (C2): syfte uppnått: "kanske" is not ja or nej` +
				`|f.csv:2:4 (D2): datum: "" is not a date such as 2025-06-02 (of the years 2000 to 2099)` +
				`|f.csv:4:1 (A4): region: 01 Stockholm stands already at f.csv:3:1 (A3); keep one of them`},
		{"weights", "region;vårdbehov\n" + eachRegion("CODE;70 273 000 123,25\n") + "Riket;1475733002588,25\n", need, "weight 70273000123.25×21"},
		{"inhabitants and cost", "region;invånare;standardkostnad\n" + eachRegion("CODE;2 473 307;28 412,50\n"), need, "2473307 × 28412.5×21"},
		{"a country that is no sum, and a thousands point", "region;invånare;standardkostnad\n" + strings.Replace(eachRegion("CODE;2 000;28 412\n"), "01;2 000;28 412", "01;2 000;28.412", 1) + "Riket;41999;28 412\n", need,
			`f.csv:2:3 (C2): standardkostnad: "28.412" can be thousands or decimals; write it without the separator, or with other than three decimals; expected kronor per inhabitant, such as 28412,50` +
				`|f.csv:23:1 (A23): invånare: Riket has 41999, but the regions sum to 40000; find the row that differs`},
		{"weights with faults", strings.Replace("region;vårdbehov\n"+eachRegion("CODE;1\n"), "01;1\n03;1\n04;1\n", "01;0\n03;x\n04;1000000000001\n", 1), need,
			`f.csv:2:2 (B2): vårdbehov: it is not above 0; expected a weight, such as 107595016 or 0,21` +
				`|f.csv:3:2 (B3): vårdbehov: "x" is not a number; expected a weight, such as 107595016 or 0,21` +
				`|f.csv:4:2 (B4): vårdbehov: the number is larger than 1000000000000; expected a weight, such as 107595016 or 0,21`},
		{"the total before the ceiling", "code,region,ceiling,total\n" + eachRegion("CODE,NAME,7,5\n"), published, "total 5×21"},
		{"a page of a decision", "Bilaga 2\nRegion Maxtak (kr)\n" + eachRegion("NAME 15 317 617\n") + "Riket 507 500 000\nSida 3(3)\n", published, "Maxtak (kr) 15317617×21 country 507500000"},
		{"a page with a misspelt region", strings.Replace(eachRegion("NAME 15 317 617\n"), "Skåne", "Skånne", 1), published,
			`f.csv: no amount for 12 Skåne|f.csv:10:1 (A10): region: "Skånne" is not a region; did you mean "Skåne"?`},
	} {
		t.Run(test.name, func(t *testing.T) {
			in, faults := readList(t, test.content, test.request)
			got := strings.Join(strings.Split(faults, "\n"), "|")
			if faults == "" {
				got = described(in)
			} else {
				got = sortedFaults(got)
				test.want = sortedFaults(test.want)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

// eachRegion is a line for each region, with its CODE and NAME.
func eachRegion(format string) string {
	var b strings.Builder
	for _, r := range wholeScope().Regions {
		b.WriteString(strings.NewReplacer("CODE", r.Code, "NAME", r.Name).Replace(format))
	}
	return b.String()
}

func described(in *allocation.Input) string {
	var lines []string
	for _, p := range in.Payments {
		lines = append(lines, fmt.Sprint(p.Region, " ", p.Kronor, " ", p.Date, " ", p.Reference, " ", p.Decision))
	}
	for _, p := range in.Payees {
		lines = append(lines, fmt.Sprint(p.Region, " ", p.OrganisationNumber, " ", p.Reference))
	}
	for _, r := range in.Reports {
		lines = append(lines, fmt.Sprint(r.Region, " ", r.Used, " ", r.PurposeMet, " ", r.Date, " ", r.Decision))
	}
	if n := in.Needs; len(n) > 0 && n[0].Inhabitants > 0 {
		lines = append(lines, fmt.Sprintf("%d × %s×%d", n[0].Inhabitants, n[0].Cost, len(n)))
	} else if len(n) > 0 {
		lines = append(lines, fmt.Sprintf("weight %s×%d", n[0].Weight, len(n)))
	}
	if p := in.Published; p != nil {
		line := fmt.Sprintf("%s %d×%d", p.Column, p.Amounts[0].Kronor, len(p.Amounts))
		if p.Country != nil {
			line += fmt.Sprintf(" country %d", p.Country.Kronor)
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "|")
}

func sortedFaults(joined string) string {
	faults := strings.Split(joined, "|")
	slices.Sort(faults)
	return strings.Join(faults, "\n")
}
