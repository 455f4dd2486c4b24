package workbook

import (
	"strings"

	"github.com/kortakoer/kortakoer/internal/language"
	"github.com/kortakoer/kortakoer/rules"
)

const ruleValue = 3 // the column of the values

// placeRules fixes the row of every key, so that formulas of other sheets can
// refer to it.
func (b *book) placeRules() {
	b.ruleRows = map[string]int{}
	for i, e := range b.rules.Entries() {
		b.ruleRows[e.Key] = firstRow + i
	}
}

// onRules is the cell with the value of a key.
func (b *book) onRules(key string) string {
	return on(b.sheet("sheet.rules"), fixed(ruleValue, b.ruleRows[key]))
}

// onNeed is the cell with a region's need weight: its ceiling, where the rule
// set has no weights of its own.
func (b *book) onNeed(code string) string {
	if !b.rules.Need.Set {
		return b.onRules("ceilings." + code)
	}
	return b.onRules("need." + code)
}

// ruleSet lists every value with its source; what is assumed or changed for
// the run is marked.
func (b *book) ruleSet(s *sheet) {
	s.widths(44, 28, 24, 60, 60)
	s.freeze(headerRow, 2, headerRow, headerRow)
	s.title(b.text("rules.title"), b.rules.Title)
	s.skip(1)
	st := b.styles
	left := st.headerAside
	s.putHigh(30, left.cell(b.text("rules.condition")), left.cell(b.text("rules.key")), st.headerRight.cell(b.text("rules.value")), left.cell(b.text("rules.source")), left.cell(b.text("rules.remark")))
	for _, e := range b.rules.Entries() {
		value := st.textTop.cell(e.Text)
		if e.Kind != rules.Text {
			value = st.valueTop.cell(e.Number)
		}
		remark := ""
		switch {
		case e.Overridden:
			was := e.Was
			if was == "" {
				was = b.text("rules.unset")
			}
			remark = b.text("rules.overridden", was)
		case e.Assumed != "":
			remark = b.text("rules.assumed", e.Assumed)
		}
		marked := st.wrapped
		if remark != "" {
			marked = st.mark
		}
		lines := max(lines(b.label(e), 44), lines(e.Text, 24), lines(e.Source, 60), lines(remark, 60))
		s.putHigh(float64(lines)*lineHeight, st.wrapped.cell(b.label(e)), st.wrapped.cell(e.Key), value, st.wrapped.cell(e.Source), marked.cell(remark))
	}
	s.put(st.wrapped.cell(b.text("rules.population")), st.wrapped.cell(""), st.wrapped.cell(""), st.wrapped.cell(b.plan.Input.Population.Source), st.wrapped.cell(""))
}

// label is the condition in words.
func (b *book) label(e rules.Entry) string {
	parts := strings.Split(e.Key, ".")
	switch {
	case parts[0] == "area" && len(parts) == 3:
		return b.text(language.Key("key.area."+parts[2]), b.Language.Area(b.rules.Areas[b.rules.AreaIndex(parts[1])]))
	case e.Region != "":
		return b.text(language.Key("key."+parts[0]), e.Region)
	}
	return b.text(language.Key("key." + e.Key))
}
