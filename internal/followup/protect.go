package followup

import (
	"cmp"
	"slices"
)

// A cell is a number that a reader sees or sees masked, or one that is in no
// table but that the numbers there say is not negative.
type cell struct {
	value *Value // nil where it is in no table
	limit int64  // a count from 1 to limit − 1 is small
	// follows: shown where all that it is the sum of is, else "..", so that it
	// says nothing itself, but may be a small count
	follows bool
}

// secret reports whether nobody may tell the number, under "<N" or "..".
func (c cell) secret() bool { return c.value != nil && c.value.N > 0 && c.value.N < c.limit }

func (c cell) shown() bool { return c.value != nil && !c.follows && c.value.State == Shown }

// A line is a sum and its parts, all of them cells of a system.
type line struct {
	sum   int
	parts []int
}

// system is every sum that the tables of an area hold or imply.
type system struct {
	cells []cell
	lines []line
	of    [][]int // the lines of each cell
	at    map[*Value]int
}

func newSystem() *system { return &system{at: map[*Value]int{}} }

// cell registers a number of the tables once; a nil is a new number each time.
func (s *system) cell(v *Value, limit int64) int {
	if i, ok := s.at[v]; ok && v != nil {
		return i
	}
	i := len(s.cells)
	s.cells = append(s.cells, cell{value: v, limit: limit})
	s.of = append(s.of, nil)
	if v != nil {
		s.at[v] = i
	}
	return i
}

// add adds a line. One with a part that the input does not have is no sum.
func (s *system) add(sum int, parts ...int) {
	l := line{sum, parts}
	for _, c := range l.cells() {
		if v := s.cells[c].value; v != nil && v.State == Missing {
			return
		}
	}
	for _, c := range l.cells() {
		s.of[c] = append(s.of[c], len(s.lines))
	}
	s.lines = append(s.lines, l)
}

// cells are the parts and their sum.
func (l line) cells() []int { return append(l.parts[:len(l.parts):len(l.parts)], l.sum) }

// masked reports whether a table has a mark in the cell's place, one that must
// not be seen through.
func (c cell) masked() bool {
	if c.follows {
		return c.secret()
	}
	return c.value != nil && c.value.masked()
}

// protect hides values until a reader who knows what the marks stand for, and
// follows the bounds and the equations through every sum, can tell no masked
// number. What turns out not to be needed for that is shown again, once.
func (s *system) protect() {
	s.hide()
	s.relax()
	s.hide()
}

// relax shows again what the bounds do without, the country's numbers and the
// sums first: a value hidden early may be of no use beside one hidden later.
func (s *system) relax() {
	var hidden []int
	for i, c := range s.cells {
		if c.value != nil && c.value.State == Hidden {
			hidden = append(hidden, i)
		}
	}
	slices.SortStableFunc(hidden, func(a, b int) int { return cmp.Compare(s.weight(b), s.weight(a)) })
	b := s.start()
	s.spread(&b, -1)
	for _, i := range hidden {
		c := s.cells[i]
		c.value.State = Shown
		if c.secret() {
			c.value.State = Small
		}
		// Showing only narrows, so what was found so far stays true.
		more := b.clone()
		lo, hi := s.marked(i)
		s.narrow(&more, i, lo, hi)
		s.follow(&more, slices.Clone(s.of[i]), -1)
		if len(s.told(more)) > 0 {
			c.value.State = Hidden
		} else {
			b = more
		}
	}
}

// weight is how much a reader misses a cell: in how many lines it is the sum.
func (s *system) weight(c int) (n int) {
	for _, l := range s.of[c] {
		if s.lines[l].sum == c {
			n++
		}
	}
	return n
}

// hide only ever hides, so it ends.
func (s *system) hide() {
	for {
		b := s.start()
		s.spread(&b, -1)
		told := s.told(b)
		if len(told) == 0 {
			s.solve(&b)
			told = s.told(b)
		}
		if len(told) == 0 {
			return
		}
		if !slices.ContainsFunc(told, func(x int) bool { return s.shield(x, b) }) && !s.retreat(told, b) {
			return
		}
	}
}

// told are the masked numbers that the bounds leave one possibility for.
func (s *system) told(b bounds) (told []int) {
	for i, c := range s.cells {
		if c.masked() && b.lo[i] == b.hi[i] {
			told = append(told, i)
		}
	}
	return told
}

// shield hides a second value in a line that tells x, one that leaves x untold
// by that line, and reports whether there is one. Where "<N" alone says too
// much, as where four of them sum to "<5", one of those becomes "..".
func (s *system) shield(x int, b bounds) bool {
	lines := s.of[x]
	if b.why[x] >= 0 {
		lines = append([]int{b.why[x]}, lines...)
	}
	for _, l := range lines {
		without := s.start()
		s.spread(&without, l)
		if lo, hi := s.says(l, x, without); lo < hi {
			continue
		}
		shown, small := s.choices(s.lines[l].cells())
		for _, c := range append(shown, small...) {
			v := s.cells[c].value
			was, lo, hi := v.State, without.lo[c], without.hi[c]
			v.State = Hidden
			without.lo[c], without.hi[c] = s.marked(c)
			if lo, hi := s.says(l, x, without); lo < hi {
				return true
			}
			v.State, without.lo[c], without.hi[c] = was, lo, hi
		}
	}
	return false
}

// says are the bounds of x by one line and its own mark.
func (s *system) says(l, x int, b bounds) (lo, hi int64) {
	cells := s.lines[l].cells()
	saved := make([][2]int64, len(cells))
	for i, c := range cells {
		saved[i] = [2]int64{b.lo[c], b.hi[c]}
	}
	b.lo[x], b.hi[x] = s.marked(x)
	s.apply(&b, l, func(int) {})
	lo, hi = b.lo[x], b.hi[x]
	for i, c := range cells {
		b.lo[c], b.hi[c] = saved[i][0], saved[i][1]
	}
	return lo, hi
}

// retreat hides what is nearest to a number that no single line tells, and
// reports whether anything was left to hide.
func (s *system) retreat(told []int, b bounds) bool {
	for _, x := range told {
		for _, ring := range s.rings(x, b) {
			shown, small := s.choices(ring)
			for _, c := range append(shown, small...) {
				s.cells[c].value.State = Hidden
				return true
			}
		}
	}
	return false
}

// choices are the cells that can be hidden further, the best first: numbers,
// then "<N".
func (s *system) choices(cells []int) (shown, small []int) {
	for _, c := range cells {
		switch {
		case s.cells[c].shown():
			shown = append(shown, c)
		case s.cells[c].value != nil && s.cells[c].value.State == Small:
			small = append(small, c)
		}
	}
	s.byUse(shown)
	slices.SortStableFunc(small, func(a, b int) int { return cmp.Compare(s.cells[b].value.N, s.cells[a].value.N) })
	return shown, small
}

// rings are the cells around a secret: those of the line that told it, those
// of its other lines, then of the lines of these, and so on outwards.
func (s *system) rings(x int, b bounds) [][]int {
	seen, used := make([]bool, len(s.cells)), make([]bool, len(s.lines))
	var rings [][]int
	take := func(lines []int) {
		var ring []int
		for _, l := range lines {
			if used[l] {
				continue
			}
			used[l] = true
			for _, c := range s.lines[l].cells() {
				if !seen[c] {
					seen[c] = true
					ring = append(ring, c)
				}
			}
		}
		if len(ring) > 0 {
			rings = append(rings, ring)
		}
	}
	if b.why[x] >= 0 {
		take([]int{b.why[x]})
	}
	take(s.of[x])
	for r := 0; r < len(rings); r++ {
		var lines []int
		for _, c := range rings[r] {
			lines = append(lines, s.of[c]...)
		}
		take(lines)
	}
	return rings
}

// byUse orders what may be hidden: first what leaves the fewest other lines
// with one masked number only, what has operations before what has none, parts
// before sums, and the largest first, which a reader learns least of.
func (s *system) byUse(cells []int) {
	alone := func(c int) (n int) {
		for _, l := range s.of[c] {
			if !slices.ContainsFunc(s.lines[l].cells(), func(d int) bool { return d != c && !s.cells[d].shown() }) {
				n++
			}
		}
		return n
	}
	key := map[int][3]int64{}
	for _, c := range cells {
		n := s.cells[c].value.N
		key[c] = [3]int64{int64(alone(c)) + max(1-n, 0)*int64(len(s.lines)), int64(s.weight(c)), -n}
	}
	slices.SortStableFunc(cells, func(a, b int) int {
		x, y := key[a], key[b]
		return cmp.Or(cmp.Compare(x[0], y[0]), cmp.Compare(x[1], y[1]), cmp.Compare(x[2], y[2]), cmp.Compare(a, b))
	})
}
