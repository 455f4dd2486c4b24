package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// outputs are packages whose texts are what they print; only their errors are
// messages. developers' packages are no part of the program.
var (
	outputs    = []string{"internal/report", "internal/workbook", "internal/page", "internal/tables", "internal/language"}
	developers = []string{"internal/bench", "internal/randomcase", "testdata"}
)

// messages are the messages of a module, each with the place of one that is
// so.
func messages(root string) (map[string]string, error) {
	found := map[string]string{}
	err := filepath.WalkDir(root, func(dir string, d fs.DirEntry, err error) error {
		if err != nil || !d.IsDir() {
			return err
		}
		name, _ := filepath.Rel(root, dir)
		if name = filepath.ToSlash(name); slices.Contains(developers, name) || name != "." && strings.HasPrefix(d.Name(), ".") && d.Name() != ".." {
			return filepath.SkipDir
		}
		files, err := filepath.Glob(filepath.Join(dir, "*.go"))
		if err != nil {
			return err
		}
		f := newFinder(name, slices.Contains(outputs, name))
		for _, file := range files {
			if strings.HasSuffix(file, "_test.go") {
				continue
			}
			if err := f.file(file, nil); err != nil {
				return err
			}
		}
		f.collect()
		maps.Copy(found, f.found)
		return nil
	})
	return found, err
}

// finder looks for the messages of one package.
type finder struct {
	dir        string
	onlyErrors bool
	set        *token.FileSet
	files      []*ast.File
	asides     map[string][]int // of functions, the arguments that are no message
	found      map[string]string
}

func newFinder(dir string, onlyErrors bool) *finder {
	return &finder{dir: dir, onlyErrors: onlyErrors, set: token.NewFileSet(), asides: map[string][]int{}, found: map[string]string{}}
}

// file parses a file; with source, that instead of what is on disk.
func (f *finder) file(name string, source []byte) error {
	var from any
	if source != nil {
		from = source
	}
	file, err := parser.ParseFile(f.set, name, from, parser.SkipObjectResolution)
	if err != nil {
		return err
	}
	f.files = append(f.files, file)
	for _, d := range file.Decls {
		if d, ok := d.(*ast.FuncDecl); ok {
			i := 0
			for _, p := range d.Type.Params.List {
				for _, n := range p.Names {
					if aside(n.Name) {
						f.asides[d.Name.Name] = append(f.asides[d.Name.Name], i)
					}
					i++
				}
			}
		}
	}
	return nil
}

func (f *finder) collect() {
	for _, file := range f.files {
		ast.Inspect(file, f.visit)
	}
}

// visit takes every text and passes over the places where no message stands.
func (f *finder) visit(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.ImportSpec:
		return false
	case *ast.Field: // with a tag for a decoder
		return n.Tag == nil
	case *ast.ValueSpec: // named kinds, reasons and columns; cures
		return n.Type == nil && !aside(n.Names[0].Name)
	case *ast.AssignStmt:
		return !aside(nameOf(n.Lhs[0]))
	case *ast.KeyValueExpr: // what help prints
		return !slices.Contains([]string{"Use", "Short", "Long", "Example"}, nameOf(n.Key))
	case *ast.CompositeLit: // a list of words
		list, ok := n.Type.(*ast.ArrayType)
		return !ok || nameOf(list.Elt) != "string"
	case *ast.CallExpr:
		return f.call(n)
	case *ast.BasicLit, *ast.BinaryExpr:
		expr := n.(ast.Expr)
		text, ok := literal(expr)
		if !ok {
			return true
		}
		if text = wildcards(text); !f.onlyErrors && isMessage(text) {
			at := f.set.Position(expr.Pos())
			f.found[text] = fmt.Sprintf("%s:%d", f.dir+"/"+filepath.Base(at.Filename), at.Line)
		}
		_, sum := n.(*ast.BinaryExpr)
		return !sum
	}
	return true
}

// call goes into the arguments that can be a message, and no others.
func (f *finder) call(c *ast.CallExpr) bool {
	name := nameOf(c.Fun)
	if f.onlyErrors {
		if name == "Errorf" || name == "New" {
			f.onlyErrors = false
			ast.Inspect(c, f.visit)
			f.onlyErrors = true
			return false
		}
		return true
	}
	flag := regexp.MustCompile(`^(String|Bool|Int|Int64)(Array)?VarP?$`)
	switch {
	case name == "" && len(c.Args) == 1, name == "len": // bytes to compare with
		_, conversion := c.Fun.(*ast.ArrayType)
		return !conversion && name != "len"
	case name == "note", name == "panic", name == "MustCompile", flag.MatchString(name):
		return false
	case name == "append" && strings.EqualFold(nameOf(c.Args[0]), "notes"):
		return false
	case strings.HasPrefix(name, "Fprint") && len(c.Args) > 0 && nameOf(c.Args[0]) == "out": // a result
		return false
	}
	for i, arg := range c.Args {
		if !slices.Contains(f.asides[name], i) {
			ast.Inspect(arg, f.visit)
		}
	}
	ast.Inspect(c.Fun, f.visit)
	return false
}

// aside reports whether a name is that of a text beside messages: what to do,
// or what help says of a flag.
func aside(name string) bool {
	return slices.Contains([]string{"hint", "cure", "usage", "usual"}, name)
}

// nameOf is the last name of an expression such as a.b.
func nameOf(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.Ident:
		return e.Name
	case *ast.SelectorExpr:
		return e.Sel.Name
	}
	return ""
}

// literal is a text in quotes, or a sum in which one is, with … for the rest.
func literal(e ast.Expr) (string, bool) {
	switch e := e.(type) {
	case *ast.BasicLit:
		if e.Kind != token.STRING {
			return "", false
		}
		s, err := strconv.Unquote(e.Value)
		return s, err == nil
	case *ast.BinaryExpr:
		x, okX := literal(e.X)
		y, okY := literal(e.Y)
		if e.Op != token.ADD || !okX && !okY {
			return "", false
		}
		if !okX {
			x = "…"
		}
		if !okY {
			y = "…"
		}
		return x + y, true
	}
	return "", false
}

var (
	verb  = regexp.MustCompile(`%[-+#0]*[0-9]*(?:\.[0-9]+)?[a-zA-Z]`)
	rests = regexp.MustCompile(`…[\s…]*…`)
	word  = regexp.MustCompile(`\p{L}{2,}`)
)

// wildcards puts … for every part that varies; at the ends it is left out.
func wildcards(text string) string {
	text = rests.ReplaceAllString(verb.ReplaceAllString(text, "…"), "…")
	return strings.Trim(text, " \n…:;,.(")
}

// isMessage tells messages from names, patterns and what only wraps another
// message: a message has two words. Templates have many, and are none.
func isMessage(text string) bool {
	return strings.Contains(text, " ") && len(word.FindAllString(text, 2)) == 2 && !strings.Contains(text, "{{")
}
