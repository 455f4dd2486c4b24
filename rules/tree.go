package rules

import (
	"errors"
	"strconv"
	"strings"

	"github.com/pelletier/go-toml/v2"
	"github.com/pelletier/go-toml/v2/unstable"
)

// node is one value of a TOML file and where it stands. The library's own
// decoder stops at the first fault and forgets positions; a rule set is
// checked whole, so it is read into this tree first.
type node struct {
	line, column int
	kind         unstable.Kind
	text         string // a scalar: as written, strings unquoted
	keys         []string
	fields       map[string]*node // a table
	items        []*node          // an array, or an array of tables
}

func (n *node) isTable() bool { return n.fields != nil }
func (n *node) isArray() bool { return n.kind == unstable.Array || n.kind == unstable.ArrayTable }

// integer returns the whole number that the file holds. Text such as "12" is
// not one: a rule set says what it means.
func (n *node) integer() (int64, bool) {
	if n.kind != unstable.Integer {
		return 0, false
	}
	v, err := strconv.ParseInt(strings.ReplaceAll(n.text, "_", ""), 10, 64)
	return v, err == nil
}

// strings returns the texts of an array of strings.
func (n *node) strings() ([]string, bool) {
	if !n.isArray() {
		return nil, false
	}
	texts := make([]string, len(n.items))
	for i, item := range n.items {
		if item.kind != unstable.String {
			return nil, false
		}
		texts[i] = item.text
	}
	return texts, true
}

func newTable(kind unstable.Kind, line, column int) *node {
	return &node{kind: kind, line: line, column: column, fields: map[string]*node{}}
}

// child returns the field key of a table, made as a table if it is new.
func (n *node) child(key string, kind unstable.Kind, line, column int) *node {
	if c, ok := n.fields[key]; ok {
		return c
	}
	c := newTable(kind, line, column)
	n.put(key, c)
	return c
}

func (n *node) put(key string, c *node) {
	n.keys = append(n.keys, key)
	n.fields[key] = c
}

// parseTree reads a TOML document. An error is a single *Fault: a file that is
// not TOML is not looked at further.
func parseTree(name string, text []byte) (*node, error) {
	// The decoder finds what the parser alone lets through: a key twice, a
	// table that is also a value, text that is not UTF-8.
	var whole map[string]any
	if err := toml.Unmarshal(text, &whole); err != nil {
		f := &Fault{File: name, Line: 1, Column: 1, Message: "not TOML: " + strings.TrimPrefix(err.Error(), "toml: ")}
		if e, ok := errors.AsType[*toml.DecodeError](err); ok {
			f.Line, f.Column = e.Position()
		}
		return nil, f
	}
	b := builder{}
	b.parser.Reset(text)
	root := newTable(unstable.Table, 1, 1)
	at := root
	for b.parser.NextExpression() {
		e := b.parser.Expression()
		switch e.Kind {
		case unstable.Table, unstable.ArrayTable:
			at = b.open(root, e)
		case unstable.KeyValue:
			b.assign(at, e)
		}
	}
	return root, b.parser.Error()
}

type builder struct{ parser unstable.Parser }

func (b *builder) position(n *unstable.Node) (line, column int) {
	p := b.parser.Shape(n.Raw).Start
	return p.Line, p.Column
}

// open returns the table that a header such as [a.b] or [[area]] begins. A
// step through an array of tables means its last one, as TOML has it.
func (b *builder) open(root *node, e *unstable.Node) *node {
	at := root
	for it := e.Key(); it.Next(); {
		k := it.Node()
		line, column := b.position(k)
		if it.IsLast() && e.Kind == unstable.ArrayTable {
			list, ok := at.fields[string(k.Data)]
			if !ok {
				list = &node{kind: unstable.ArrayTable, line: line, column: column}
				at.put(string(k.Data), list)
			}
			item := newTable(unstable.Table, line, column)
			list.items = append(list.items, item)
			return item
		}
		at = at.child(string(k.Data), unstable.Table, line, column)
		if at.kind == unstable.ArrayTable {
			at = at.items[len(at.items)-1]
		}
	}
	return at
}

// assign puts the value of "a.b = …" below the table at.
func (b *builder) assign(at *node, e *unstable.Node) {
	for it := e.Key(); it.Next(); {
		k := it.Node()
		line, column := b.position(k)
		if it.IsLast() {
			at.put(string(k.Data), b.value(e.Value(), line, column))
			return
		}
		at = at.child(string(k.Data), unstable.Table, line, column)
	}
}

// value converts a value. It is placed at its key: the place that a reader
// looks for, and the only one the parser keeps for arrays and inline tables.
func (b *builder) value(v *unstable.Node, line, column int) *node {
	n := &node{kind: v.Kind, line: line, column: column, text: string(v.Data)}
	switch v.Kind {
	case unstable.InlineTable:
		n.fields = map[string]*node{}
		for it := v.Children(); it.Next(); {
			b.assign(n, it.Node())
		}
	case unstable.Array:
		for it := v.Children(); it.Next(); {
			item := it.Node()
			if item.Raw.Length > 0 {
				line, column = b.position(item)
			}
			child := b.value(item, line, column)
			if len(child.keys) > 0 {
				// An inline table in an array has no key: its first field is nearest.
				first := child.fields[child.keys[0]]
				child.line, child.column = first.line, first.column
			}
			n.items = append(n.items, child)
		}
	}
	return n
}
