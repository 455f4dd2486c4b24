package report

import (
	"bufio"
	"cmp"
	"fmt"
	"io"

	"github.com/kortakoer/kortakoer/allocation"
)

// providerWords are the words of the column utförare, as calc reads them.
var providerWords = map[allocation.Provider]string{
	allocation.Home: "hemregion", allocation.Other: "annan region", allocation.Private: "privat",
}

// Counts writes what extracts were counted to in the long shape, one line per
// region, area, year, month and provider, in that order, and returns the sum.
// Counts of the same key from several extracts are added. It is an error if
// the input holds anything but extracts.
func Counts(w io.Writer, in *allocation.Input) (operations int64, err error) {
	for _, f := range in.Files {
		if f.Extract == nil {
			return 0, fmt.Errorf("%s: this is no row-level extract but a table of counts already; calc reads it as it is", f.Path)
		}
	}
	out := bufio.NewWriter(w)
	if _, err := out.WriteString("region;område;år;månad;utförare;antal\n"); err != nil {
		return 0, err
	}
	same := func(a, b allocation.Count) bool {
		return cmp.Or(cmp.Compare(a.Region, b.Region), cmp.Compare(a.Area, b.Area), cmp.Compare(a.Year, b.Year), cmp.Compare(a.Month, b.Month), cmp.Compare(a.Provider, b.Provider)) == 0
	}
	for i := 0; i < len(in.Counts); {
		c := in.Counts[i]
		end := i + 1
		for ; end < len(in.Counts) && same(c, in.Counts[end]); end++ {
			c.N += in.Counts[end].N
		}
		i = end
		operations += c.N
		if _, err := fmt.Fprintf(out, "%s;%s;%d;%d;%s;%d\n", c.Region, c.Area, c.Year, c.Month, providerWords[c.Provider], c.N); err != nil {
			return 0, err
		}
	}
	return operations, out.Flush()
}
