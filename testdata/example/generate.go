//go:build ignore

// Generate makes the example: synthetic but plausible counts for the 21
// regions, once as CSV and once as the workbook that an agency would send. The
// same program gives the same numbers; none of them is real.
//
//	go run testdata/example/generate.go
package main

import (
	"fmt"
	"log"
	"os"
	"strings"

	"github.com/xuri/excelize/v2"

	"github.com/kortakoer/kortakoer/rules"
)

const folder = "testdata/example/"

// noise is splitmix64: the same on every machine and release.
type noise uint64

func (n *noise) next() uint64 {
	*n += 0x9E3779B97F4A7C15
	z := uint64(*n)
	z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9
	z = (z ^ (z >> 27)) * 0x94D049BB133111EB
	return z ^ (z >> 31)
}

// between returns a number of thousandths in [low, high].
func (n *noise) between(low, high int) int { return low + int(n.next()>>33)%(high-low+1) }

var areas = []struct {
	id, label string
	monthly   int // in the country, an ordinary month
}{
	{"hoftledsprotes", "Höftledsprotes", 1650},
	{"framfall", "Framfall", 430},
	{"gra-starr", "Grå starr", 10_400},
}

var (
	years   = []int{2022, 2023, 2024, 2025}
	trend   = []int{940, 990, 1010, 1075}                            // thousandths
	months  = []int{6, 7, 8, 9, 10}                                  //
	season  = map[int]int{6: 960, 7: 450, 8: 800, 9: 1100, 10: 1150} // Swedish summers are quiet
	country = int64(10_587_710)
)

func main() {
	random := noise(20251031)
	counts := map[[4]int]int64{} // region, area, year, month
	for r, region := range rules.Regions() {
		for a, area := range areas {
			level := random.between(850, 1180)
			effort := random.between(940, 1130) // in the year of the grant
			for y := range years {
				for m, month := range months {
					n := 1000 * int64(area.monthly) * region.Population / country // thousandths of an operation
					for _, factor := range []int{level, trend[y], season[month], random.between(960, 1040)} {
						n = n * int64(factor) / 1000
					}
					if y == len(years)-1 {
						n = n * int64(effort) / 1000
					}
					n /= 1000
					counts[[4]int{r, a, y, m}] = n
				}
			}
		}
	}
	writeCSV(counts)
	writeWorkbook(counts)
	writeLists()
	writeOwnRules(&random)
	writeFollowUp(counts)
}

// writeFollowUp makes what a follow-up is made from while the period runs: the
// same counts up to September of the last year, by who did the operations. The
// last month is not wholly reported yet.
func writeFollowUp(counts map[[4]int]int64) {
	random := noise(20250930)
	var b strings.Builder
	b.WriteString("region;område;år;månad;utförare;antal\n")
	for r, region := range rules.Regions() {
		away := random.between(20, 90)
		if region.Population < 200_000 {
			away += 80 // small regions send more patients elsewhere
		}
		for a, area := range areas {
			private := random.between(30, 120) + []int{60, 10, 220}[a]
			for y, year := range years {
				for m, month := range months {
					n := counts[[4]int{r, a, y, m}]
					if year == years[len(years)-1] {
						switch month {
						case 9:
							n = n * int64(random.between(900, 960)) / 1000
						case 10:
							continue
						}
					}
					other := n * int64(away+random.between(-10, 10)) / 1000
					paid := n * int64(private+random.between(-20, 20)+10*y) / 1000
					for i, by := range []int64{n - other - paid, other, paid} {
						fmt.Fprintf(&b, "%s;%s;%d;%d;%s;%d\n", region.Code, area.id, year, month, []string{"hemregion", "annan region", "privat"}[i], by)
					}
				}
			}
		}
	}
	check(os.WriteFile("testdata/followup/example.csv", []byte(b.String()), 0o644))
}

// writeOwnRules makes counts for testdata/rules/exempel-2026.toml, in the wide
// shape.
func writeOwnRules(random *noise) {
	var b strings.Builder
	b.WriteString("Region,Åtgärd,2024,2025,2026\n")
	for _, region := range rules.Regions() {
		for _, area := range []struct {
			label      string
			perMillion int64
		}{{"Knäprotes", 900}, {"Ljumskbråck", 850}, {"Koloskopi", 7000}} {
			n := region.Population * area.perMillion / 1000
			fmt.Fprintf(&b, "%s,%s,%d,%d,%d\n", region.Official, area.label,
				n*int64(random.between(900, 1000))/1_000_000, n*int64(random.between(950, 1050))/1_000_000, n*int64(random.between(980, 1150))/1_000_000)
		}
	}
	check(os.WriteFile("testdata/rules/exempel-2026.csv", []byte(b.String()), 0o644))
}

func writeCSV(counts map[[4]int]int64) {
	var b strings.Builder
	b.WriteString("region;område;år;månad;antal\n")
	for r, region := range rules.Regions() {
		for a, area := range areas {
			for y, year := range years {
				for m, month := range months {
					fmt.Fprintf(&b, "%s;%s;%d;%d;%d\n", region.Code, area.id, year, month, counts[[4]int{r, a, y, m}])
				}
			}
		}
	}
	check(os.WriteFile(folder+"operationer.csv", []byte(b.String()), 0o644))
}

// writeWorkbook lays the same counts out as a delivery looks: titles above, a
// code and a name, a column per year, the country below every month.
func writeWorkbook(counts map[[4]int]int64) {
	f := excelize.NewFile()
	const sheet = "Operationer"
	check(f.SetSheetName("Sheet1", sheet))
	bold, err := f.NewStyle(&excelize.Style{Font: &excelize.Font{Bold: true}})
	check(err)
	row := 0
	put := func(style int, cells ...any) {
		row++
		check(f.SetSheetRow(sheet, fmt.Sprintf("A%d", row), &cells))
		if style != 0 {
			check(f.SetRowStyle(sheet, row, row, style))
		}
	}
	put(bold, "Antal operationer per hemregion, juni–oktober 2022–2025")
	put(0, "SYNTETISKA UPPGIFTER – exempel för kortakoer, inga verkliga tal")
	put(0)
	put(bold, "Länskod", "Region", "Diagnosområde", "Månad", 2022, 2023, 2024, 2025)
	for a, area := range areas {
		for m, month := range months {
			sums := make([]int64, len(years))
			for r, region := range rules.Regions() {
				cells := []any{region.Code, region.Official, area.label, month}
				for y := range years {
					n := counts[[4]int{r, a, y, m}]
					sums[y] += n
					cells = append(cells, n)
				}
				put(0, cells...)
			}
			put(bold, "00", "Riket", area.label, month, sums[0], sums[1], sums[2], sums[3])
		}
	}
	check(f.SetColWidth(sheet, "B", "C", 26))
	check(f.SetDocProps(&excelize.DocProperties{Created: "2025-11-14T00:00:00Z", Modified: "2025-11-14T00:00:00Z", Creator: "kortakoer example"}))
	check(f.SaveAs(folder + "operationer.xlsx"))
}

// writeLists makes the requisitions that s2025-00401 demands, one of them too
// late, and what two regions have been paid before.
func writeLists() {
	var b strings.Builder
	b.WriteString("region;datum;ombud\n")
	for i, region := range rules.Regions() {
		day := fmt.Sprintf("2025-05-%02d", 5+i)
		if region.Code == "23" {
			day = "2025-06-03"
		}
		fmt.Fprintf(&b, "%s;%s;Ombud %d\n", region.Name, day, i+1)
	}
	check(os.WriteFile(folder+"rekvisitioner.csv", []byte(b.String()), 0o644))
	check(os.WriteFile(folder+"utbetalt.csv", []byte("region;belopp\nSkåne;5 000 000\nGotland;1 000 000\n"), 0o644))
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
