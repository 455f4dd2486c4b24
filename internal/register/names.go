package register

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"github.com/kortakoer/kortakoer/allocation"
	"github.com/kortakoer/kortakoer/internal/spelling"
)

// names finds what regions and areas a file means. Keys are folded.
type names struct {
	regions  map[string]string // to the code, or allocation.Country
	areas    map[string]string // to the id
	regional []string          // for "did you mean"
	areal    []string
	codes    []string // of the regions, in order
	labels   map[string]string

	decisions  map[string]string // to the id of the rule set
	decisional []string
	column     string // folded name of the column to take from a published table
}

// label is "12 Skåne" for messages.
func (n *names) label(code string) string { return n.labels[code] }

func newNames(scope Scope) *names {
	n := &names{regions: map[string]string{}, areas: map[string]string{}, labels: map[string]string{}}
	for _, r := range scope.Regions {
		n.addRegion(r)
	}
	n.labels[allocation.Country] = allocation.Country + " Riket"
	for _, word := range []string{"Riket", "Hela riket", "Sverige", "Hela landet", "Totalt", "Riket totalt", "Samtliga regioner", "Total", "Summa"} {
		n.regions[spelling.Fold(word)] = allocation.Country
		n.regions[spelling.Fold(allocation.Country+word)] = allocation.Country
	}
	for _, a := range scope.Areas {
		for _, name := range a.Names {
			n.areas[spelling.Fold(name)] = a.ID
		}
		n.areal = append(n.areal, a.ID)
	}
	n.decisions = map[string]string{}
	for _, d := range scope.Decisions {
		for _, name := range append([]string{d.ID}, d.Names...) {
			n.decisions[spelling.Fold(name)] = d.ID
		}
		n.decisional = append(n.decisional, d.ID)
	}
	return n
}

// addRegion adds every form of a region's name: the code, the short and the
// official name, the county forms ("Stockholms län"), alone and with the code
// before or behind.
func (n *names) addRegion(r Region) {
	short := strings.TrimPrefix(spelling.Fold(r.Official), "region") // sormland
	short = strings.TrimSuffix(strings.TrimSuffix(short, "lan"), "regionen")
	var forms []string
	for _, base := range []string{spelling.Fold(r.Name), short, strings.TrimSuffix(short, "s")} {
		for _, ending := range []string{"", "s", "lan", "slan", "regionen", "sregionen"} {
			forms = append(forms, base+ending, "region"+base+ending)
		}
		forms = append(forms, "landstinget"+base, base+"slanslandsting", base+"lanslandsting")
	}
	for _, other := range r.Also {
		forms = append(forms, spelling.Fold(other))
	}
	for _, f := range forms {
		for _, form := range []string{f, r.Code + f, f + r.Code, strings.TrimPrefix(r.Code, "0") + f} {
			if _, taken := n.regions[form]; !taken {
				n.regions[form] = r.Code
			}
		}
	}
	n.regional = append(n.regional, r.Name, r.Official)
	n.codes = append(n.codes, r.Code)
	n.labels[r.Code] = r.Code + " " + r.Name
}

// region returns the code that a cell means. A cell without letters is a code
// of one or two digits and nothing else: 99 and 1.0 are no regions.
func (n *names) region(s string) (string, bool) {
	if strings.IndexFunc(s, unicode.IsLetter) < 0 {
		code := strings.TrimSpace(s)
		if len(code) == 1 {
			code = "0" + code
		}
		if _, ok := n.labels[code]; !ok {
			return "", false
		}
		return code, true
	}
	code, ok := n.regions[spelling.Fold(s)]
	return code, ok
}

func (n *names) area(s string) (string, bool) {
	id, ok := n.areas[spelling.Fold(s)]
	return id, ok
}

var providers = map[string]allocation.Provider{
	"hemregion": allocation.Home, "hem": allocation.Home, "home": allocation.Home, "egenregion": allocation.Home, "egen": allocation.Home,
	"annanregion": allocation.Other, "annan": allocation.Other, "other": allocation.Other,
	"privat": allocation.Private, "private": allocation.Private, "privatvardgivare": allocation.Private,
}

func provider(s string) (allocation.Provider, bool) {
	p, ok := providers[spelling.Fold(s)]
	return p, ok
}

var monthNames = []string{"januari", "februari", "mars", "april", "maj", "juni", "juli", "augusti", "september", "oktober", "november", "december"}

// monthName returns 6 for juni and jun.
func monthName(s string) (int, bool) {
	folded := spelling.Fold(s)
	i := slices.IndexFunc(monthNames, func(m string) bool { return m == folded || len(folded) == 3 && m[:3] == folded })
	return i + 1, i >= 0
}

// FindRegion returns the code of the region that a name or code means.
func FindRegion(scope Scope, name string) (string, error) {
	n := newNames(scope)
	code, ok := n.region(name)
	if !ok || code == allocation.Country {
		return "", fmt.Errorf("%s is not a region%s", show(name), didYouMean(name, n.regional))
	}
	return code, nil
}

// FindArea returns the id of the area that a name means.
func FindArea(scope Scope, name string) (string, error) {
	n := newNames(scope)
	id, ok := n.area(name)
	if !ok {
		return "", fmt.Errorf("%s is not an area%s", show(name), didYouMean(name, n.areal))
	}
	return id, nil
}
