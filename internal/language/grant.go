package language

import (
	"fmt"
	"strings"

	"github.com/kortakoer/kortakoer/allocation"
	"github.com/kortakoer/kortakoer/rules"
)

// Overlap says in a sentence what two decisions pay for the same operations.
func (l Language) Overlap(g *allocation.Grant, o allocation.Overlap) string {
	first, second := g.Plans[o.First].Rules, g.Plans[o.Second].Rules
	switch {
	case len(o.Months) == 0 || len(o.Areas) == 0:
		return l.Text("overlap.none", first.ID, second.ID)
	case o.Unknown != "":
		return l.Text("overlap.unknown", first.ID, second.ID, Period(o.Months))
	}
	var areas []string
	for _, id := range o.Areas {
		areas = append(areas, l.Area(first.Areas[first.AreaIndex(id)]))
	}
	var a, b int64
	for _, r := range o.Regions {
		a += r.First
		b += r.Second
	}
	return l.Text("overlap.is", first.ID, second.ID, Period(o.Months), strings.Join(areas, ", "), l.Whole(a), first.ID, l.Whole(b), second.ID, l.Whole(o.Twice()))
}

// Period writes months that follow each other as 2025-06–2025-10.
func Period(months []rules.Month) string {
	if len(months) == 1 {
		return months[0].String()
	}
	return fmt.Sprintf("%s–%s", months[0], months[len(months)-1])
}
