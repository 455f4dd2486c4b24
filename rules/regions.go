package rules

import (
	_ "embed"
	"encoding/csv"
	"fmt"
	"strconv"
	"strings"
	"sync"
)

// Region is one of Sweden's 21 regions: the home region of a patient, and who
// is paid.
type Region struct {
	Code       string   // the county code (länskod), two digits: "01"
	Name       string   // the short name, as in Bilaga 2: "Stockholm"
	Official   string   // the name the region uses: "Region Stockholm"
	Also       []string // other names in use, "VGR", and a letter that the scan of Bilaga 2 misread
	Population int64    // inhabitants, SCB 2024-12-31 (see PopulationSource)
}

// PopulationSource names the population that Region.Population holds. The
// decision computes the ceilings from 1 November 2024; SCB publishes the
// nearest official figure for the turn of the year.
const PopulationSource = "SCB, folkmängd 2024-12-31"

//go:embed regions.csv
var regionsCSV string

// Regions returns the 21 regions in order of code. The slice is shared: it
// must not be changed.
var Regions = sync.OnceValue(func() []Region {
	records, err := csv.NewReader(strings.NewReader(regionsCSV)).ReadAll()
	if err != nil {
		panic(fmt.Sprintf("rules: embedded regions.csv: %v", err))
	}
	regions := make([]Region, 0, len(records)-1)
	for _, r := range records[1:] {
		n, err := strconv.ParseInt(r[3], 10, 64)
		if err != nil {
			panic(fmt.Sprintf("rules: embedded regions.csv: %v", err))
		}
		regions = append(regions, Region{Code: r[0], Name: r[1], Official: r[2], Population: n, Also: strings.Fields(r[4])})
	}
	return regions
})

// RegionIndex returns the place in Regions of the region with this two-digit
// code, or -1.
func RegionIndex(code string) int {
	for i, r := range Regions() {
		if r.Code == code {
			return i
		}
	}
	return -1
}
