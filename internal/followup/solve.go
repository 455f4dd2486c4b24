package followup

// prime bounds the arithmetic of solve. The lines have only 1 and −1 in them,
// so a prime of this size tells what exact fractions would.
const prime = 1<<31 - 1

// solved returns the masked values that the lines together determine, though
// each of them lacks two or more: what a reader who solves the equations finds.
func solved(lines []line) (found []*Value) {
	var cells []*Value
	index := map[*Value]int{}
	var known []line
	for _, l := range lines {
		if !l.usable() {
			continue
		}
		known = append(known, l)
		for _, v := range l.cells() {
			if _, ok := index[v]; !ok && v.State != Shown {
				index[v] = len(cells)
				cells = append(cells, v)
			}
		}
	}
	var rows [][]uint64
	for _, l := range known {
		row := make([]uint64, len(cells))
		unknown := false
		for _, v := range l.cells() {
			if v.State == Shown {
				continue
			}
			unknown = true
			row[index[v]] = 1
			if v == l.sum {
				row[index[v]] = prime - 1
			}
		}
		if unknown {
			rows = append(rows, row)
		}
	}
	// A value is determined where its row, reduced, has no other value in it.
	for _, row := range reduce(rows) {
		at, n := 0, 0
		for c, x := range row {
			if x != 0 {
				at, n = c, n+1
			}
		}
		if n == 1 {
			found = append(found, cells[at])
		}
	}
	return found
}

// reduce brings rows to the form in which each leads with a 1 that no other
// row has.
func reduce(rows [][]uint64) [][]uint64 {
	done := 0
	for c := 0; done < len(rows) && c < len(rows[0]); c++ {
		lead := done
		for lead < len(rows) && rows[lead][c] == 0 {
			lead++
		}
		if lead == len(rows) {
			continue
		}
		rows[done], rows[lead] = rows[lead], rows[done]
		inverse := power(rows[done][c], prime-2)
		for k := range rows[done] {
			rows[done][k] = rows[done][k] * inverse % prime
		}
		for i, row := range rows {
			if i == done || row[c] == 0 {
				continue
			}
			factor := prime - row[c]
			for k := c; k < len(row); k++ {
				if x := rows[done][k]; x != 0 {
					row[k] = (row[k] + factor*x) % prime
				}
			}
		}
		done++
	}
	return rows[:done]
}

func power(x uint64, n int) uint64 {
	result := uint64(1)
	for ; n > 0; n >>= 1 {
		if n&1 == 1 {
			result = result * x % prime
		}
		x = x * x % prime
	}
	return result
}
