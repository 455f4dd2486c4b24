package followup

// prime bounds the arithmetic of solve. The lines have only 1 and −1 in them,
// so a prime of this size tells what exact fractions would.
const prime = 1<<31 - 1

// solve finds what the lines determine together, though each of them lacks two
// numbers or more, and what follows from that, until nothing does.
func (s *system) solve(b *bounds) {
	for {
		found := s.solved(*b)
		if len(found) == 0 {
			return
		}
		for _, c := range found {
			// The equations hold for the true numbers, so it is the true one.
			n := s.cells[c].value.N
			b.lo[c], b.hi[c], b.why[c] = n, n, -1
		}
		s.spread(b, -1)
	}
}

// solved returns the cells that the equations determine and the bounds do not.
// Numbers in no table are left out: each stands for whatever its line lacks.
func (s *system) solved(b bounds) (found []int) {
	column := map[int]int{}
	var unknown []int
	var rows [][]uint64
	var open []line
	for _, l := range s.lines {
		lacks, inTables := false, true
		for _, c := range l.cells() {
			inTables = inTables && s.cells[c].value != nil
			lacks = lacks || b.lo[c] < b.hi[c]
		}
		if !lacks || !inTables {
			continue
		}
		open = append(open, l)
		for _, c := range l.cells() {
			if _, ok := column[c]; !ok && b.lo[c] < b.hi[c] {
				column[c] = len(unknown)
				unknown = append(unknown, c)
			}
		}
	}
	for _, l := range open {
		row := make([]uint64, len(unknown))
		for _, c := range l.cells() {
			if b.lo[c] == b.hi[c] {
				continue
			}
			row[column[c]] = 1
			if c == l.sum {
				row[column[c]] = prime - 1
			}
		}
		rows = append(rows, row)
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
			found = append(found, unknown[at])
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
