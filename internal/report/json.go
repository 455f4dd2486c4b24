package report

import (
	"encoding/json"
	"io"

	"github.com/kortakoer/kortakoer/allocation"
	"github.com/kortakoer/kortakoer/rules"
)

func writeJSON(w io.Writer, document any) error {
	out := json.NewEncoder(w)
	out.SetIndent("", "  ")
	out.SetEscapeHTML(false)
	return out.Encode(document)
}

func overridesOf(rs *rules.RuleSet) []override {
	list := []override{}
	for _, o := range rs.Overrides() {
		list = append(list, override(o))
	}
	return list
}

func inputsOf(in *allocation.Input) []input {
	list := []input{}
	for _, f := range in.Files {
		list = append(list, input{f.Name, f.Sheet, string(f.Role), f.SHA256, f.Rows})
	}
	return list
}
