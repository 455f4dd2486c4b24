package followup

import "slices"

// mask hides small counts, and then further ones until no sum gives one away:
// over the regions, over the months, over the providers, over the years.
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
		r.system(all).protect()
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

// small masks the small counts of a series.
func (r *Report) small(x *Series) {
	for _, f := range x.figures() {
		for _, v := range r.columns(f) {
			v.maskBelow(r.limit(f, v))
		}
	}
	if !r.Complete() {
		x.Whole.maskBelow(r.MaskBelow * r.Years)
	}
}

// limit is what a value of a figure is small below. A mean is a count here: it
// is small where it is below the limit.
func (r *Report) limit(f *Figures, v *Value) int64 {
	if v == &f.Baseline {
		return r.MaskBelow * r.Years
	}
	return r.MaskBelow
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
	for _, p := range r.Who() {
		all = append(all, &f.By[p])
	}
	return all
}

// Who are the places in Figures.By that the counts tell apart.
func (r *Report) Who() []int {
	switch {
	case !r.HasProviders:
		return nil
	case r.HasUnknown:
		return []int{0, 1, 2, 3}
	}
	return []int{0, 1, 2}
}

// system has the sums of an area: all[0] is the country, the sum of the others.
func (r *Report) system(all []*Series) *system {
	s := newSystem()
	// columns of cells by series and figure, each with its sums over months and
	// over regions
	table := func(at func(x *Series, m int) int) {
		months := len(r.Months)
		cells := make([][]int, len(all))
		for i, x := range all {
			for m := range months + 1 {
				cells[i] = append(cells[i], at(x, m))
			}
			s.add(cells[i][months], cells[i][:months]...)
		}
		for m := range months + 1 {
			var regions []int
			for i := range all[1:] {
				regions = append(regions, cells[i+1][m])
			}
			s.add(cells[0][m], regions...)
		}
	}
	for c := range r.columns(&all[0].ToDate) {
		table(func(x *Series, m int) int {
			f := x.figures()[m]
			v := r.columns(f)[c]
			return s.cell(v, r.limit(f, v))
		})
	}
	for _, x := range all {
		for _, f := range x.figures() {
			if who := r.Who(); len(who) > 0 {
				var parts []int
				for _, p := range who {
					parts = append(parts, s.at[&f.By[p]])
				}
				s.add(s.at[&f.Now], parts...)
			}
		}
	}
	// The year before is one of the baseline years, so the others sum to what
	// it leaves of them, which is not negative; as the months to come do.
	if slices.Contains(r.Rules.Baseline.Years.V, r.Before) && all[0].ToDate.Before.State != Missing {
		table(func(x *Series, m int) int {
			f := x.figures()[m]
			rest := s.cell(nil, 0)
			s.add(s.at[&f.Baseline], s.at[&f.Before], rest)
			return rest
		})
	}
	r.cumulated(s, all)
	if !r.Complete() {
		var whole, rest []int
		for _, x := range all {
			whole = append(whole, s.cell(&x.Whole, r.MaskBelow*r.Years))
			rest = append(rest, s.cell(nil, 0))
			s.add(whole[len(whole)-1], s.at[&x.ToDate.Baseline], rest[len(rest)-1])
		}
		s.add(whole[0], whole[1:]...)
		s.add(rest[0], rest[1:]...)
	}
	return s
}

// cumulated adds the sums from the period's first month: they are hidden where
// a month is, but one that is small must not follow from the others either.
func (r *Report) cumulated(s *system, all []*Series) {
	last := len(r.Months) - 1
	for m := 1; m < last; m++ {
		for _, pick := range []func(f *Figures) *Value{func(f *Figures) *Value { return &f.Now }, func(f *Figures) *Value { return &f.Baseline }} {
			var sums []int
			for _, x := range all {
				f := &x.Cumulated[m]
				sum := s.cell(pick(f), r.limit(f, pick(f)))
				s.cells[sum].follows = true
				sums = append(sums, sum)
				var months []int
				for i := range x.Months {
					months = append(months, s.at[pick(&x.Months[i])])
				}
				s.add(sum, months[:m+1]...)
				s.add(s.at[pick(&x.ToDate)], append([]int{sum}, months[m+1:]...)...)
			}
			s.add(sums[0], sums[1:]...)
		}
	}
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

// maskKronor hides what a region has earned where a count behind it is masked.
// A region that fell has earned 0, so the country's kronor may be those of the
// masked region alone: they are hidden with the first.
func (r *Report) maskKronor() {
	for i := range r.Regions {
		for _, a := range r.Areas {
			if f := a.Regions[i].ToDate; f.Now.State != Shown || f.Baseline.State != Shown {
				r.Regions[i].State, r.Country.State = Hidden, Hidden
			}
		}
	}
}

// countMasked counts what is not shown, for the report to say.
func (r *Report) countMasked() {
	for a := range r.Areas {
		all := append([]Series{r.Areas[a].Country}, r.Areas[a].Regions...)
		for _, x := range all {
			var values []*Value
			if !r.Complete() {
				values = append(values, &x.Whole)
			}
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
