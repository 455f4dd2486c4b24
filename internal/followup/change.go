package followup

import "math/big"

// Change is how a count stands to what it is compared with.
type Change struct {
	N     *big.Rat // operations more; nil where it may not be shown
	Share *big.Rat // of what it is compared with; nil where that is 0 as well
	State State
}

// SinceBefore compares with the year before.
func (r *Report) SinceBefore(f Figures) Change {
	return change(f.Now, f.Before, new(big.Rat).SetInt64(f.Before.N))
}

// SinceBaseline compares with the mean of the baseline years.
func (r *Report) SinceBaseline(f Figures) Change {
	return change(f.Now, f.Baseline, r.Mean(f.Baseline))
}

// change is hidden where either side is: the other would give it away.
func change(now, then Value, base *big.Rat) Change {
	switch {
	case now.State == Missing || then.State == Missing:
		return Change{State: Missing}
	case now.State != Shown || then.State != Shown:
		return Change{State: Hidden}
	}
	c := Change{N: new(big.Rat).Sub(new(big.Rat).SetInt64(now.N), base)}
	if base.Sign() > 0 {
		c.Share = new(big.Rat).Quo(c.N, base)
	}
	return c
}

// masked reports whether the input has the value but the report may not show it.
func (v Value) masked() bool { return v.State == Small || v.State == Hidden }

// Share is the part of the operations to date that one kind of provider did;
// nil where it may not be shown or there are none.
func (f Figures) Share(provider int) *big.Rat {
	if f.Now.State != Shown || f.By[provider].State != Shown || f.Now.N == 0 {
		return nil
	}
	return big.NewRat(f.By[provider].N, f.Now.N)
}

// Share is the part of the ceiling that is reached; nil where it may not be
// shown or there is no ceiling.
func (f Fulfilment) Share() *big.Rat {
	if f.State != Shown || f.Ceiling == 0 {
		return nil
	}
	return big.NewRat(f.Performance, f.Ceiling)
}

// Forecast is what the operations come to at the period's end if the months
// to come stand to those so far as in the baseline years. It says nothing more.
type Forecast struct {
	Point     *big.Rat // by the baseline years together; nil without a forecast
	Low, High *big.Rat // by the single years
	State     State    // Missing without a forecast, Hidden where masked
}

// forecast runs after masking: a forecast from a masked number is masked.
// The country's is made from its own sums, not from those of the regions.
func (r *Report) forecast() {
	for a := range r.Areas {
		r.project(&r.Areas[a].Country)
		for i := range r.Areas[a].Regions {
			r.project(&r.Areas[a].Regions[i])
		}
	}
}

func (r *Report) project(x *Series) {
	f := Forecast{}
	var soFar int64
	small := false // a year of few operations would show in the range
	shape := true  // a year without operations so far has none to go by
	for y, n := range x.soFar {
		shape = shape && n > 0
		soFar += n
		small = small || n > 0 && n < r.MaskBelow || x.whole[y] > 0 && x.whole[y] < r.MaskBelow
	}
	switch {
	case r.Complete():
		f.State = Missing
	case x.ToDate.Now.State != Shown || x.ToDate.Before.masked() || x.ToDate.Baseline.State != Shown || x.Whole.State != Shown:
		f.State = Hidden // also where it lacks a year: that would tell of a masked one
	case !shape:
		f.State = Missing
	case small:
		f.State = Hidden
	default:
		f.Point = scale(x.ToDate.Now.N, x.Whole.N, soFar)
		for y, n := range x.soFar {
			one := scale(x.ToDate.Now.N, x.whole[y], n)
			if f.Low == nil || one.Cmp(f.Low) < 0 {
				f.Low = one
			}
			if f.High == nil || one.Cmp(f.High) > 0 {
				f.High = one
			}
		}
	}
	x.Forecast = f
}

// scale is n × whole / part, exact.
func scale(n, whole, part int64) *big.Rat {
	return new(big.Rat).Mul(new(big.Rat).SetInt64(n), big.NewRat(whole, part))
}
