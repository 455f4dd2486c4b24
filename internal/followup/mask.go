package followup

import "slices"

// A line is a published sum and its published parts. Where exactly one of them
// is masked, the others give it away.
type line struct {
	sum   *Value
	parts []*Value
}

// mask hides small counts, and then further ones until no line lacks exactly
// one of its numbers: over the regions, over the months, over the providers.
func (r *Report) mask() {
	if r.MaskBelow <= 1 {
		return
	}
	for a := range r.Areas {
		area := &r.Areas[a]
		all := []*Series{&area.Country}
		for i := range area.Regions {
			all = append(all, &area.Regions[i])
		}
		for _, x := range all {
			r.small(x)
		}
		protect(r.lines(all))
	}
	for a := range r.Areas {
		area := &r.Areas[a]
		area.Country.accumulate()
		for i := range area.Regions {
			area.Regions[i].accumulate()
		}
	}
	r.maskKronor()
	r.countMasked()
}

// small masks the small counts of a series. A mean is a count here: it is
// small where it is below the limit.
func (r *Report) small(x *Series) {
	for _, f := range x.figures() {
		for _, v := range r.columns(f) {
			limit := r.MaskBelow
			if v == &f.Baseline {
				limit *= r.Years
			}
			v.maskBelow(limit)
		}
	}
	x.Whole.maskBelow(r.MaskBelow * r.Years)
}

func (v *Value) maskBelow(limit int64) {
	if v.State == Shown && v.N > 0 && v.N < limit {
		v.State = Small
	}
}

// figures are the months and, last, their sum.
func (x *Series) figures() []*Figures {
	var all []*Figures
	for m := range x.Months {
		all = append(all, &x.Months[m])
	}
	return append(all, &x.ToDate)
}

// columns are the values of a figure that are published beside each other.
func (r *Report) columns(f *Figures) []*Value {
	all := []*Value{&f.Now, &f.Before, &f.Baseline}
	if !r.HasProviders {
		return all
	}
	for p := range f.By {
		all = append(all, &f.By[p])
	}
	return all
}

// lines are the sums of an area: all[0] is the country, the sum of the others.
func (r *Report) lines(all []*Series) []line {
	var lines []line
	whole := line{sum: &all[0].Whole}
	for _, x := range all[1:] {
		whole.parts = append(whole.parts, &x.Whole)
	}
	lines = append(lines, whole)
	columns := len(r.columns(&all[0].ToDate))
	for _, x := range all {
		figures := x.figures()
		for c := range columns {
			l := line{sum: r.columns(figures[len(r.Months)])[c]}
			for _, f := range figures[:len(r.Months)] {
				l.parts = append(l.parts, r.columns(f)[c])
			}
			lines = append(lines, l)
		}
		if !r.HasProviders {
			continue
		}
		for _, f := range figures {
			l := line{sum: &f.Now}
			for p := range f.By {
				l.parts = append(l.parts, &f.By[p])
			}
			lines = append(lines, l)
		}
	}
	for m := range len(r.Months) + 1 {
		for c := range columns {
			l := line{sum: r.columns(all[0].figures()[m])[c]}
			for _, x := range all[1:] {
				l.parts = append(l.parts, r.columns(x.figures()[m])[c])
			}
			lines = append(lines, l)
		}
	}
	return lines
}

// protect hides a second value in every line that lacks exactly one, and then
// one beside every value that the lines together still determine, until there
// is none. Values are only ever hidden, so it ends.
func protect(lines []line) {
	for again := true; again; {
		again = false
		for _, l := range lines {
			if l.masked() == 1 {
				l.second().State = Hidden
				again = true
			}
		}
		if again {
			continue
		}
		for _, v := range solved(lines) {
			again = cover(lines, v) || again
		}
	}
}

// cover hides one more value in a line of v, and reports whether it could.
func cover(lines []line, v *Value) bool {
	for _, l := range lines {
		if !l.usable() || !slices.Contains(l.cells(), v) {
			continue
		}
		if second := l.second(); second.State == Shown {
			second.State = Hidden
			return true
		}
	}
	return false
}

// cells are the parts and their sum.
func (l line) cells() []*Value { return append(l.parts[:len(l.parts):len(l.parts)], l.sum) }

// usable reports whether the line adds up: nothing in it is missing.
func (l line) usable() bool {
	return !slices.ContainsFunc(l.cells(), func(v *Value) bool { return v.State == Missing })
}

// masked is how many values of the line are not shown; 0 where it does not add
// up.
func (l line) masked() (n int) {
	if !l.usable() {
		return 0
	}
	for _, v := range l.cells() {
		if v.State != Shown {
			n++
		}
	}
	return n
}

// second is the value that is hidden beside the masked one: the smallest part
// with operations, else a part without, else the sum.
func (l line) second() *Value {
	var best *Value
	for _, v := range l.parts {
		if v.State == Shown && (best == nil || best.N == 0 && v.N > 0 || v.N > 0 && v.N < best.N) {
			best = v
		}
	}
	if best == nil {
		return l.sum
	}
	return best
}

// accumulate sums the states of the months: a sum up to a month after a masked
// one would give that away. The last sum is the one to date.
func (x *Series) accumulate() {
	var now, before, baseline State
	hide := func(s *State, v Value) State {
		if v.State == Small {
			v.State = Hidden
		}
		*s = max(*s, v.State)
		return *s
	}
	for m, f := range x.Months {
		c := &x.Cumulated[m]
		c.Now.State, c.Before.State, c.Baseline.State = hide(&now, f.Now), hide(&before, f.Before), hide(&baseline, f.Baseline)
	}
	last := &x.Cumulated[len(x.Cumulated)-1]
	last.Now, last.Before, last.Baseline = x.ToDate.Now, x.ToDate.Before, x.ToDate.Baseline
}

// maskKronor hides what a region has earned where a count behind it is masked,
// and a second region where there is only one.
func (r *Report) maskKronor() {
	var sum Value
	parts := make([]Value, len(r.Regions))
	l := line{sum: &sum}
	for i := range r.Regions {
		parts[i].N = r.Regions[i].Earned
		for _, a := range r.Areas {
			if f := a.Regions[i].ToDate; f.Now.State != Shown || f.Baseline.State != Shown {
				parts[i].State = Hidden
			}
		}
		l.parts = append(l.parts, &parts[i])
	}
	protect([]line{l})
	for i := range r.Regions {
		r.Regions[i].State = parts[i].State
	}
	r.Country.State = sum.State
}

// countMasked counts what is not shown, for the report to say.
func (r *Report) countMasked() {
	for a := range r.Areas {
		all := append([]Series{r.Areas[a].Country}, r.Areas[a].Regions...)
		for _, x := range all {
			values := []*Value{&x.Whole}
			for _, f := range x.figures() {
				values = append(values, r.columns(f)...)
			}
			for _, v := range values {
				switch v.State {
				case Small:
					r.Masked++
				case Hidden:
					r.Hidden++
				case Shown, Missing:
				}
			}
		}
	}
}
