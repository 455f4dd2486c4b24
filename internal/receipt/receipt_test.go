package receipt_test

import (
	"errors"
	"fmt"
	"math/big"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"

	"github.com/kortakoer/kortakoer/allocation"
	"github.com/kortakoer/kortakoer/internal/receipt"
	"github.com/kortakoer/kortakoer/rules"
)

func whole(t testing.TB, counts int) receipt.Receipt {
	t.Helper()
	rs, err := rules.Builtin(rules.Default)
	if err != nil {
		t.Fatal(err)
	}
	if rs, err = rs.With("baseline.years=[2023, 2024]", "leftover.pots=by_value"); err != nil {
		t.Fatal(err)
	}
	at := func(row int) allocation.Origin {
		return allocation.Origin{File: "folder/a.xlsx", Sheet: "Blad, 1", Row: row, Column: 5}
	}
	in := &allocation.Input{
		Files: []allocation.File{{
			Path: "folder/a.xlsx", Name: "a.xlsx", Sheet: "Blad, 1", SHA256: "ab", Role: allocation.RoleCounts, Form: "XLSX", Unused: []string{"x"}, Rows: 9, Blank: 1, Notes: 2,
			Extract: &allocation.Extract{NoCode: 1, NotResident: 2, ByMonth: map[[2]int]int64{{2025, 6}: 5, {2024, 6}: 7}},
		}},
		Baselines:    []allocation.Baseline{{Region: "01", Area: "framfall", Mean: decimal.RequireFromString("12.50"), Origin: at(3)}},
		Population:   allocation.DefaultPopulation(),
		Requisitions: []allocation.Requisition{{Region: "01", Decision: "s2025-00401", Date: "2025-05-05", Origin: at(4)}},
		Payments:     []allocation.Payment{{Region: "12", Decision: "s2025-01233", Kronor: 7, Date: "2025-11-28", Reference: "F 1", Origin: at(5)}},
		Payees:       []allocation.Payee{{Region: "12", OrganisationNumber: "232100-0255", Reference: "R", Origin: at(6)}},
		OtherAreas:   []string{"kna"}, MissingAsZero: true, Warnings: []string{"a, b"},
	}
	for i := range counts {
		in.Counts = append(in.Counts, allocation.Count{Region: "12", Area: "gra-starr", Year: 2022 + i%4, Month: i % 12, Provider: allocation.Private, N: int64(i * 7919), Extract: i%2 == 0, Origin: at(i)})
	}
	return receipt.Receipt{Version: "v1", Language: "sv", Sets: []*rules.RuleSet{rs}, Input: in}
}

// What is read back is what was written, with files named without folders. A
// mean keeps its decimals, which say how far it was rounded.
func TestRoundTrip(t *testing.T) {
	r := whole(t, 50)
	text, err := receipt.Encode(r)
	if err != nil {
		t.Fatal(err)
	}
	back, err := receipt.Decode(text.Cells)
	if err != nil {
		t.Fatal(err)
	}
	want := *r.Input
	want.Files = []allocation.File{want.Files[0]}
	want.Files[0].Path = "a.xlsx"
	short := func(o *allocation.Origin) { o.File = "a.xlsx" }
	for i := range want.Counts {
		short(&want.Counts[i].Origin)
	}
	short(&want.Baselines[0].Origin)
	short(&want.Requisitions[0].Origin)
	short(&want.Payments[0].Origin)
	short(&want.Payees[0].Origin)
	exact := cmp.Comparer(func(a, b decimal.Decimal) bool {
		return a.Exponent() == b.Exponent() && a.Coefficient().Cmp(b.Coefficient()) == 0
	})
	if diff := cmp.Diff(&want, back.Input, exact, cmp.Comparer(func(a, b *big.Int) bool { return a.Cmp(b) == 0 })); diff != "" {
		t.Error(diff)
	}
	if back.Version != "v1" || back.Language != "sv" || back.Sets[0].SHA256 != r.Sets[0].SHA256 || !reflect.DeepEqual(back.Sets[0].Overrides(), r.Sets[0].Overrides()) {
		t.Errorf("%+v", back)
	}
}

// A field that is added to the input must be thought of here: a plan made from
// a receipt that lacks it would be another one.
func TestEveryFieldOfTheInputIsKept(t *testing.T) {
	elsewhere := map[string]bool{"Reports": true, "Needs": true, "Published": true, "Accepted": true, "Refused": true} // of other commands, or of faults
	kept := reflect.ValueOf(*whole(t, 1).Input)
	for i := range kept.NumField() {
		if name := kept.Type().Field(i).Name; kept.Field(i).IsZero() != elsewhere[name] {
			t.Errorf("is Input.%s in the receipt or not?", name)
		}
	}
}

func TestDamage(t *testing.T) {
	text, err := receipt.Encode(whole(t, 20_000))
	if err != nil {
		t.Fatal(err)
	}
	if len(text.Cells) < 3 {
		t.Fatal("the receipt should need several cells")
	}
	for i, c := range text.Cells {
		if len(c) > 30_000 {
			t.Errorf("cell %d has %d characters", i, len(c))
		}
	}
	edited := func(i int, f func(string) string) []string {
		cells := append([]string{}, text.Cells...)
		cells[i] = f(cells[i])
		return cells
	}
	for name, cells := range map[string][]string{
		"nothing":       nil,
		"a cell gone":   text.Cells[:2],
		"no mark":       edited(0, func(s string) string { return s[1:] }),
		"another sum":   edited(0, func(s string) string { return strings.Replace(s, "sha256=", "sha256=0", 1) }),
		"a letter":      edited(1, func(s string) string { return s[:500] + string(s[500]^1) + s[501:] }),
		"not base64":    edited(1, func(s string) string { return "*" + s[1:] }),
		"cut":           edited(2, func(s string) string { return s[:len(s)-4] }),
		"swapped cells": append([]string{text.Cells[0], text.Cells[2], text.Cells[1]}, text.Cells[3:]...),
	} {
		if _, err := receipt.Decode(cells); !errors.Is(err, receipt.ErrDamaged) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func BenchmarkEncode(b *testing.B) {
	for _, counts := range []int{1260, 20_000} {
		b.Run(fmt.Sprint(counts), func(b *testing.B) {
			r := whole(b, counts)
			for b.Loop() {
				if _, err := receipt.Encode(r); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
