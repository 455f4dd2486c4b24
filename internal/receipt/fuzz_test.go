package receipt

import (
	"encoding/json"
	"testing"

	"github.com/kortakoer/kortakoer/allocation"
	"github.com/kortakoer/kortakoer/rules"
)

// FuzzDecode forges the content of receipts, with the right checksum: what is
// taken can be computed or is refused, and nothing panics.
func FuzzDecode(f *testing.F) {
	rs, err := rules.Builtin(rules.Default)
	if err != nil {
		f.Fatal(err)
	}
	in := &allocation.Input{Population: allocation.DefaultPopulation(), MissingAsZero: true}
	in.Counts = append(in.Counts, allocation.Count{Region: "01", Area: "framfall", Year: 2025, Month: 7, N: 5, Origin: allocation.Origin{File: "a.csv", Row: 2, Column: 5}})
	content, err := json.Marshal(newDocument(Receipt{Version: "v1", Language: "sv", Sets: []*rules.RuleSet{rs}, Input: in}))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(content)
	f.Add([]byte(`{"rules":[{"id":"a","text":"","settings":null}]}`))
	f.Fuzz(func(t *testing.T, content []byte) {
		text, err := pack(content)
		if err != nil {
			t.Fatal(err)
		}
		r, err := Decode(text.Cells)
		if (r == nil) == (err == nil) {
			t.Fatalf("%v, %v", r, err)
		}
		if err != nil {
			return
		}
		if g, err := allocation.AllocateAll(r.Sets, r.Input); err == nil && g.Plans[0].Total+g.Plans[0].Unallocated != g.Plans[0].Rules.Pool.V {
			t.Fatal("a forged receipt gives money that is not there")
		}
		if _, err := Encode(*r); err != nil {
			t.Fatal(err)
		}
	})
}
