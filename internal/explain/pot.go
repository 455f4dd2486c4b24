package explain

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/kortakoer/kortakoer/rules"
)

// pot derives who shares the pot of one area and what each of them gets, and
// returns what nobody can take.
func (b *builder) pot(a int, amount *Step) *Step {
	pot := b.plan.Areas[a].Pot
	id := "pot." + b.rules.Areas[a].ID + "."
	members := b.ranking(id, a)
	shares := make([]*Step, len(b.plan.Regions))
	rest, rooms := amount, make([]*Step, len(b.plan.Regions))
	if b.rules.Leftover.Ceiling.V == rules.Applies && len(members) > 0 {
		b.rooms(id, members, rooms)
		first := b.line(computed(id+"amount", "to_divide", ref(amount), Kronor), "leftover.ceiling")
		members, rest = b.fill(id, members, first, rooms, shares)
	}
	if len(members) > 0 {
		d := division{id: id + "division", kind: "division", amount: rest, columns: []Column{{Kind: "weight"}}, keys: []string{"leftover.ceiling"}}
		for _, i := range members {
			r := b.plan.Regions[i]
			w := b.need(id+"division", i)
			d.weights = append(d.weights, w)
			d.heads = append(d.heads, Line{Region: r.Region.Code, Own: i == b.own, Cells: []*Step{w}})
		}
		for k, s := range b.apportion(d) {
			shares[members[k]] = s
		}
	}
	for i, s := range shares {
		if s != nil {
			b.agreeWhole(s, pot.Places[i].Share)
		}
	}
	own := number(0)
	if shares[b.own] != nil {
		own = ref(shares[b.own])
	}
	mine := b.line(computed(id+"own", "pot_share", own, Kronor))
	b.agreeWhole(mine, pot.Places[b.own].Share)
	var given []Expr
	for _, s := range shares {
		if s != nil {
			given = append(given, ref(s))
		}
	}
	shares[b.own] = mine
	b.shares = append(b.shares, shares)
	left := b.line(computed(id+"unallocated", "pot_unallocated", minus(ref(amount), given...), Kronor))
	b.agreeWhole(left, pot.Unallocated)
	return left
}

// need is a region's weight in a division: its ceiling, where the rule set has
// no weights of its own.
func (b *builder) need(id string, region int) *Step {
	r := b.plan.Regions[region]
	key := "need." + r.Region.Code
	if !b.rules.Need.Set {
		key = "ceilings." + r.Region.Code
	}
	return b.add(given(id+"."+r.Region.Code+".weight", "weight", r.Need, Number).of(r.Region.Code, ""), key)
}

// ranking lists the regions in the running by operations per inhabitant, each
// compared with the one before it: n/p > m/q where n × q > m × p, so that no
// quotient is rounded. It returns those that share the pot, in order of code.
func (b *builder) ranking(id string, a int) (members []int) {
	pot := b.plan.Areas[a].Pot
	area := b.rules.Areas[a].ID
	var order []int
	for i, place := range pot.Places {
		if place.Rank > 0 {
			order = append(order, i)
		}
		if place.Qualifies {
			members = append(members, i)
		}
	}
	slices.SortStableFunc(order, func(x, y int) int { return cmp.Compare(pot.Places[x].Rank, pot.Places[y].Rank) })
	places := b.line(given(id+"places", "places", b.rules.Leftover.Regions.V, Number), "leftover.regions")
	t := &Table{Kind: "ranking"}
	for _, kind := range []string{"rank_count", "rank_population", "rank_before", "rank_own", "rank", "qualifies"} {
		t.Columns = append(t.Columns, Column{Kind: kind})
	}
	var count, population, rank *Step
	for k, i := range order {
		r := b.plan.Regions[i]
		at := id + r.Region.Code + "."
		cell := func(s Step) *Step { return b.add(s.of(r.Region.Code, area)) }
		n, p := given(at+"count", "rank_count", r.Areas[a].Count, Number), given(at+"population", "rank_population", r.Population, Number)
		if i == b.own {
			now := ref(b.steps[fmt.Sprintf("area.%s.%d", area, b.rules.Year())])
			n.Expr = &now
		}
		mine, inhabitants := cell(n), cell(p)
		var before, own *Step
		place := number(1)
		if k > 0 {
			before = cell(computed(at+"before", "rank_before", times(ref(count), ref(inhabitants)), Number))
			own = cell(computed(at+"own", "rank_own", times(ref(mine), ref(population)), Number))
			if own.Value.Cmp(before.Value) > 0 {
				b.fail(own, "the ranking is not in order")
			}
			ahead := apply(More, ref(before), ref(own))
			// The place in the list where the one before is ahead, else the same rank.
			place = apply(Plus, times(ahead, number(int64(k+1))), times(minus(number(1), ahead), ref(rank)))
		}
		rank = cell(computed(at+"rank", "rank", place, Number))
		b.agreeWhole(rank, int64(pot.Places[i].Rank))
		qualifies := cell(computed(at+"qualifies", "qualifies", apply(AtLeast, ref(places), ref(rank)), YesNo))
		if (qualifies.Value.Sign() > 0) != pot.Places[i].Qualifies {
			b.fail(qualifies, "differs from the plan")
		}
		count, population = mine, inhabitants
		t.Lines = append(t.Lines, Line{Region: r.Region.Code, Own: i == b.own, Cells: []*Step{mine, inhabitants, before, own, rank, qualifies}})
	}
	if len(order) > 0 {
		b.table(t)
	}
	b.standing(id, area, order, members)
	return members
}

// standing says why the region shares the pot, or why it does not.
func (b *builder) standing(id, area string, order, members []int) {
	code := b.region().Region.Code
	now := ref(b.steps[fmt.Sprintf("area.%s.%d", area, b.rules.Year())])
	if !slices.Contains(order, b.own) {
		running := apply(More, now, number(0))
		if b.requisition != nil {
			running = times(ref(b.requisition), running)
		}
		b.line(computed(id+"running", "running", running, YesNo))
		return
	}
	if slices.Contains(members, b.own) {
		b.line(computed(id+"member", "member", ref(b.steps[id+code+".qualifies"]), YesNo))
		return
	}
	// The last that shares the pot, by the order of the ranking.
	last := order[0]
	for _, i := range order {
		if slices.Contains(members, i) {
			last = i
		}
	}
	other := b.plan.Regions[last].Region.Code
	s := computed(id+"member", "against_last", apply(AtLeast,
		times(now, ref(b.steps[id+other+".population"])),
		times(ref(b.steps[id+other+".count"]), ref(b.steps[id+code+".population"]))), YesNo)
	s.Against = other
	step := b.line(s)
	if step.Value.Sign() != 0 {
		b.fail(step, "differs from the plan")
	}
}

// rooms is what each region can take before it reaches its ceiling.
func (b *builder) rooms(id string, members []int, rooms []*Step) {
	t := &Table{Kind: "rooms", Columns: []Column{{Kind: "ceiling"}, {Kind: "performance"}, {Kind: "earlier"}, {Kind: "room"}}}
	for _, i := range members {
		code := b.plan.Regions[i].Region.Code
		at := id + code + "."
		cell := func(s Step) *Step { return b.add(s.of(code, "")) }
		var before []Expr
		for _, shares := range b.shares {
			if shares[i] != nil {
				before = append(before, ref(shares[i]))
			}
		}
		ceiling := cell(computed(at+"ceiling", "ceiling", ref(b.ceilings[i]), Kronor))
		paid := cell(computed(at+"performance", "performance", ref(b.paid[i]), Kronor))
		earlier := cell(computed(at+"earlier", "earlier", total(before), Kronor))
		rooms[i] = cell(computed(at+"room", "room", apply(Max, number(0), minus(ref(ceiling), ref(paid), ref(earlier))), Kronor))
		t.Lines = append(t.Lines, Line{Region: code, Own: i == b.own, Cells: []*Step{ceiling, paid, earlier, rooms[i]}})
	}
	b.table(t)
}

// fill gives their whole room to the regions that would pass it, round by
// round, and returns who is left and what is left for them.
func (b *builder) fill(id string, in []int, rest *Step, rooms, shares []*Step) ([]int, *Step) {
	for round := 1; len(in) > 0; round++ {
		at := fmt.Sprintf("%sround%d", id, round)
		t := &Table{Kind: "round", Columns: []Column{{Kind: "weight"}, {Kind: "room"}, {Kind: "share_weighed"}, {Kind: "room_weighed"}, {Kind: "filled"}}}
		var weights []*Step
		for _, i := range in {
			weights = append(weights, b.need(at, i))
		}
		sum := b.add(computed(at+".weights", "weights", total(refs(weights)), Number))
		t.Footer = []*Step{sum, nil, nil, nil, nil}
		var stay []int
		var taken []Expr
		for k, i := range in {
			code := b.plan.Regions[i].Region.Code
			cell := func(s Step) *Step { return b.add(s.of(code, "")) }
			room := cell(computed(at+"."+code+".room", "room", ref(rooms[i]), Kronor))
			mine := cell(computed(at+"."+code+".share", "share_weighed", times(ref(rest), ref(weights[k])), Number))
			most := cell(computed(at+"."+code+".most", "room_weighed", times(ref(room), ref(sum)), Number))
			filled := cell(computed(at+"."+code+".filled", "filled", apply(More, ref(mine), ref(most)), YesNo))
			if filled.Value.Sign() > 0 {
				shares[i], taken = room, append(taken, ref(room))
			} else {
				stay = append(stay, i)
			}
			if filled.Value.Sign() > 0 && !b.plan.Areas[b.areaOf()].Pot.Places[i].Filled {
				b.fail(filled, "differs from the plan")
			}
			t.Lines = append(t.Lines, Line{Region: code, Own: i == b.own, Cells: []*Step{weights[k], room, mine, most, filled}})
		}
		b.table(t)
		if len(taken) == 0 {
			return in, rest
		}
		rest = b.line(computed(at+".rest", "rest", minus(ref(rest), taken...), Kronor))
		in = stay
	}
	return in, rest
}

// areaOf is the area of the section under way.
func (b *builder) areaOf() int {
	return b.rules.AreaIndex(b.d.Sections[len(b.d.Sections)-1].Area)
}
