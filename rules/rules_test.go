package rules_test

import (
	"bufio"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/kortakoer/kortakoer/rules"
)

// publishedCeilings reads the table of Bilaga 2 from a copy of the decision's
// text, not from the rule set. OCR has lost the diacritics, so regions are
// told by their order, which is that of the codes.
func publishedCeilings(t *testing.T) (ceilings []int64, total int64) {
	t.Helper()
	f, err := os.Open("../testdata/decision/bilaga2.txt")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	line := regexp.MustCompile(`^(\D+?) ([\d ]+)$`)
	for s := bufio.NewScanner(f); s.Scan(); {
		m := line.FindStringSubmatch(s.Text())
		if m == nil {
			continue
		}
		n, err := strconv.ParseInt(strings.ReplaceAll(m[2], " ", ""), 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		if m[1] == "Riket" {
			return ceilings, n
		}
		ceilings = append(ceilings, n)
	}
	t.Fatal("the table has no line for Riket")
	return nil, 0
}

func TestCeilingsAreThePublishedOnes(t *testing.T) {
	published, total := publishedCeilings(t)
	rs, err := rules.Builtin("s2025-01233")
	if err != nil {
		t.Fatal(err)
	}
	if len(published) != 21 || rs.Pool.V != total {
		t.Fatalf("%d ceilings, pool %d, published %d", len(published), rs.Pool.V, total)
	}
	for i, want := range published {
		if rs.Ceilings.V[i] != want {
			t.Errorf("%s: %d, published %d", rules.Regions()[i].Name, rs.Ceilings.V[i], want)
		}
	}
}

// The performance block of S2025/00401 is divided by the shares of Bilaga 2.
// Every ceiling is within a krona of its exact share and together they are
// 397 000 000: of all such tables, largest remainder takes the one in which
// nobody rounded up has a smaller remainder than anybody rounded down.
func TestCeilingsOf00401FollowNeed(t *testing.T) {
	published, total := publishedCeilings(t)
	rs, err := rules.Builtin("s2025-00401")
	if err != nil {
		t.Fatal(err)
	}
	const block = 397_000_000
	var sum, smallestUp, largestDown int64
	smallestUp = total
	for i, w := range published {
		if rs.Need.V[i] != w {
			t.Errorf("%s: need %d, Bilaga 2 %d", rules.Regions()[i].Name, rs.Need.V[i], w)
		}
		floor, remainder := block*w/total, block*w%total // below 2⁶³
		switch rs.Ceilings.V[i] {
		case floor:
			largestDown = max(largestDown, remainder)
		case floor + 1:
			smallestUp = min(smallestUp, remainder)
		default:
			t.Errorf("%s: %d is not %d or one more", rules.Regions()[i].Name, rs.Ceilings.V[i], floor)
		}
		sum += rs.Ceilings.V[i]
	}
	if sum != block || smallestUp < largestDown {
		t.Errorf("sum %d; remainder %d rounded up, %d down", sum, smallestUp, largestDown)
	}
}

func TestRegions(t *testing.T) {
	var population int64
	for _, r := range rules.Regions() {
		population += r.Population
	}
	if len(rules.Regions()) != 21 || population != 10_587_710 {
		t.Fatalf("%d regions with %d inhabitants; SCB has 21 with 10 587 710", len(rules.Regions()), population)
	}
}

// Every value has a source or says why it is assumed, and every key can be
// set to the value that it has.
func TestEveryValueHasItsSource(t *testing.T) {
	for _, id := range rules.IDs() {
		rs, err := rules.Builtin(id)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range rs.Entries() {
			if e.Source == "" && e.Assumed == "" {
				t.Errorf("%s: %s has no source", id, e.Key)
			}
			value := e.Text
			if strings.HasSuffix(e.Key, ".codes") {
				value = `["` + strings.Join(strings.Split(value, ", "), `","`) + `"]`
			} else if strings.HasSuffix(e.Key, ".years") {
				value = "[" + value + "]"
			}
			same, err := rs.With(e.Key + "=" + value)
			if err != nil {
				t.Errorf("%s: %v", id, err)
			} else if o := same.Overrides(); len(o) != 1 || o[0].Value != e.Text || o[0].Was != e.Text {
				t.Errorf("%s: --set %s=%s recorded as %+v", id, e.Key, value, o)
			}
		}
	}
}

func TestOpenKeysOfTheSpecification(t *testing.T) {
	for key, defaultReading := range map[string]string{
		"leftover.enabled": "true", "leftover.pots": "equal", "leftover.ceiling": "exempt", "baseline.rounding": "exact", "counting.unit": "contact",
	} {
		if r := rules.Readings(key); len(r) < 2 || r[0] != defaultReading {
			t.Errorf("%s: readings %v, want %s first", key, r, defaultReading)
		}
		rs, err := rules.Builtin(rules.Default)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range rs.Entries() {
			if e.Key == key && (e.Text != defaultReading || e.Assumed == "") {
				t.Errorf("%s is %q, assumed %q", key, e.Text, e.Assumed)
			}
		}
	}
}

func ExampleBuiltin() {
	rs, err := rules.Builtin("s2025-01233")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(rs.Decision.Reference, rs.Pool.V)
	for _, a := range rs.Areas {
		fmt.Println(a.Label, a.Rate.V, a.Rate.Source)
	}
	// Output:
	// S2025/01233 (delvis), II:6 507500000
	// Höftledsprotes 108000 S2025/01233, Bilaga 1 s. 1: "108 000 kr för varje operation av höftledsprotes"
	// Framfall 39000 S2025/01233, Bilaga 1 s. 1: "39 000 kr för varje operation av framfall"
	// Grå starr 19000 S2025/01233, Bilaga 1 s. 1: "19 000 kr för varje operation av grå starr"
}

func FuzzLoad(f *testing.F) {
	for _, id := range rules.IDs() {
		rs, err := rules.Builtin(id)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(rs.Text())
	}
	f.Add([]byte("id = 1\n[[area]]\n[area.rate]\nvalue = {a = [1, {b = 2}]}\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		rs, err := rules.Load("fuzz.toml", text)
		if err != nil {
			return
		}
		var sum int64
		for _, c := range rs.Ceilings.V {
			sum += c
		}
		if sum != rs.PerformanceBlock() || !slices.IsSorted(rs.Baseline.Years.V) || rs.Baseline.Years.V[0] >= rs.Year() {
			t.Fatalf("ceilings of %d, block %d, years %v before %d", sum, rs.PerformanceBlock(), rs.Baseline.Years.V, rs.Year())
		}
		for _, e := range rs.Entries() {
			if e.Source == "" && e.Assumed == "" {
				t.Fatalf("%s has no source", e.Key)
			}
		}
	})
}
