package followup

import (
	"math"
	"slices"
)

// open is no bound at all; no count comes near it.
const open = math.MaxInt64

// bounds are what a reader knows of each cell of a system.
type bounds struct {
	lo, hi []int64
	why    []int // the line that narrowed it last, −1 for none
}

func (b bounds) clone() bounds {
	return bounds{slices.Clone(b.lo), slices.Clone(b.hi), slices.Clone(b.why)}
}

// start is what the marks say: "<N" stands for 1 to N − 1, and ".." for any
// count. One that stands for no small count is taken to be known as that, 0 or
// at least N, because most are.
func (s *system) start() bounds {
	n := len(s.cells)
	b := bounds{make([]int64, n), make([]int64, n), make([]int, n)}
	for i := range s.cells {
		b.lo[i], b.hi[i] = s.marked(i)
		b.why[i] = -1
	}
	return b
}

// marked is what the place of a cell in the tables says of it.
func (s *system) marked(i int) (lo, hi int64) {
	c := s.cells[i]
	switch {
	case c.value == nil || c.follows || c.value.State == Hidden || c.value.State == Missing:
		return 0, open
	case c.value.State == Small:
		return 1, c.limit - 1
	}
	return c.value.N, c.value.N
}

// spread narrows the bounds by every line but one, until none says more.
func (s *system) spread(b *bounds, but int) {
	queue := make([]int, 0, 4*len(s.lines))
	for l := range s.lines {
		if l != but {
			queue = append(queue, l)
		}
	}
	s.follow(b, queue, but)
}

// follow narrows the bounds by some lines, and by what these touch.
func (s *system) follow(b *bounds, queue []int, but int) {
	queued := make([]bool, len(s.lines))
	for _, l := range queue {
		queued[l] = true
	}
	for len(queue) > 0 {
		at := queue[0]
		queue, queued[at] = queue[1:], false
		s.apply(b, at, func(c int) {
			b.why[c] = at
			for _, l := range s.of[c] {
				if !queued[l] && l != but {
					queue, queued[l] = append(queue, l), true
				}
			}
		})
	}
}

// apply narrows the cells of one line, and tells which: a sum lies between the
// sums of the bounds of its parts, and a part is the sum less the others.
func (s *system) apply(b *bounds, at int, narrowed func(c int)) {
	narrow := func(c int, lo, hi int64) {
		if s.narrow(b, c, lo, hi) {
			narrowed(c)
		}
	}
	l := s.lines[at]
	var least, most int64
	unbounded := 0
	for _, p := range l.parts {
		least += b.lo[p]
		if b.hi[p] == open {
			unbounded++
		} else {
			most += b.hi[p]
		}
	}
	if unbounded > 0 {
		narrow(l.sum, least, open)
	} else {
		narrow(l.sum, least, most)
	}
	for _, p := range l.parts {
		lo, hi := int64(0), int64(open)
		if b.hi[l.sum] != open {
			hi = b.hi[l.sum] - (least - b.lo[p])
		}
		switch {
		case unbounded == 0:
			lo = b.lo[l.sum] - (most - b.hi[p])
		case unbounded == 1 && b.hi[p] == open:
			lo = b.lo[l.sum] - most
		}
		narrow(p, lo, hi)
	}
}

// narrow keeps what both bounds allow, and reports whether that is less.
func (s *system) narrow(b *bounds, c int, lo, hi int64) bool {
	lo, hi = max(lo, b.lo[c]), min(hi, b.hi[c])
	if v := s.cells[c]; v.value != nil && v.value.State == Hidden && !v.secret() {
		if lo > 0 && lo < v.limit {
			lo = v.limit
		}
		if hi > 0 && hi < v.limit {
			hi = 0
		}
	}
	if lo == b.lo[c] && hi == b.hi[c] {
		return false
	}
	b.lo[c], b.hi[c] = lo, hi
	return true
}
