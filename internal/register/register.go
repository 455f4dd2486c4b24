// Package register reads what agencies deliver, CSV and XLSX, into the input of
// an allocation: every count with the file, sheet and row it came from.
//
// Read is the way in. It is strict: nothing is guessed, no row is lost without
// a word, and all faults of all files come back together. It does not know
// what a rule set does with a value; the allocation judges that.
package register

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"github.com/kortakoer/kortakoer/allocation"
	"github.com/kortakoer/kortakoer/internal/spelling"
)

// Scope is what the names in the files can mean.
type Scope struct {
	Regions []Region
	Areas   []Area
	PerCode bool     // in an extract every code counts, not every contact
	Private []string // values of DRIFTFORM that mean a private provider

	Decisions []Decision // that payments and reports can be of
}

// Decision is a rule set and what files call it.
type Decision struct {
	ID    string
	Names []string // "S2025/01233"
}

// Region is a region and the names that it is known by.
type Region struct {
	Code, Name, Official string
	Also                 []string
}

// Area is an area and the names that files use for it.
type Area struct {
	ID    string
	Names []string
	Codes []string // KVÅ codes, in order; LEF* is every code that begins so
}

// Request names the files to read.
type Request struct {
	Counts       []string // "-" is Stdin
	Population   string   // empty: the embedded population
	Requisitions string
	Paid         string
	Payees       string // organisation numbers and references
	Reports      string // of use
	Need         string // inhabitants and standard cost, or need weights
	Published    string // amounts to compare with
	Column       string // of the amounts in Published; empty: found by itself
	Partial      bool   // Published may lack regions
	Accepted     string // differences from Published that are known

	Sheet    string // of XLSX files with counts; empty: the only one that fits
	Encoding string // of CSV files; empty: found by itself

	// AllowPersonal passes over columns with personal numbers that are not
	// read; they are refused otherwise. What they hold goes nowhere.
	AllowPersonal bool
	Stdin         io.Reader

	// Progress is told of every extract: its name and size in bytes, 0 where
	// that is not known. What it returns is told how many bytes were read
	// since. It may be nil.
	Progress func(name string, size int64) func(read int64)
}

// Stdin is the name that stands for standard input.
const Stdin = "-"

// Read reads every file of the request. The error joins one *allocation.Fault
// per fault. With an error, the input still holds everything that could be
// read, for further checks; it is nil where a whole file could not.
func Read(scope Scope, q Request) (*allocation.Input, error) {
	r := &reader{names: newNames(scope), scope: scope, request: q, in: &allocation.Input{Population: allocation.DefaultPopulation()}}
	r.names.column = spelling.Fold(q.Column)
	if !knownEncoding(q.Encoding) {
		return nil, &allocation.Fault{Message: fmt.Sprintf("--encoding %s is unknown; it is one of %s", q.Encoding, strings.Join(Encodings, ", "))}
	}
	for _, name := range q.Counts {
		r.file(name, allocation.RoleCounts)
	}
	for _, list := range q.lists() {
		r.file(list.name, list.role)
	}
	r.extracts.finish(r)
	in, err := r.in, errors.Join(r.faults...)
	if r.lost {
		in = nil
	}
	return in, err
}

type list struct {
	name string
	role allocation.Role
}

// lists are the files with one row per region that are given.
func (q Request) lists() []list {
	return slices.DeleteFunc([]list{
		{q.Population, allocation.RolePopulation}, {q.Requisitions, allocation.RoleRequisitions}, {q.Paid, allocation.RolePayments},
		{q.Payees, allocation.RolePayees}, {q.Reports, allocation.RoleReports}, {q.Need, allocation.RoleNeed}, {q.Published, allocation.RolePublished}, {q.Accepted, allocation.RoleAccepted},
	}, func(l list) bool { return l.name == "" })
}

// Files are the names of all files of the request, standard input left out.
func (q Request) Files() []string {
	files := slices.Clone(q.Counts)
	for _, l := range q.lists() {
		files = append(files, l.name)
	}
	return slices.DeleteFunc(files, func(f string) bool { return f == Stdin })
}

// reader gathers the input and the faults of all files.
type reader struct {
	names   *names
	request Request
	in      *allocation.Input
	faults  []error
	lost    bool // a whole file could not be read

	scope    Scope
	extracts extracts
}

func (r *reader) fault(at allocation.Origin, format string, args ...any) {
	r.faults = append(r.faults, &allocation.Fault{Origin: at, Message: fmt.Sprintf(format, args...)})
}

// file reads one file in the role that it was given.
func (r *reader) file(name string, role allocation.Role) {
	if err := r.read(name, role); err != nil {
		r.lost = true
		if f, ok := errors.AsType[*allocation.Fault](err); ok {
			r.faults = append(r.faults, f)
		} else {
			r.fault(allocation.Origin{File: name}, "%v", err)
		}
	}
}

// read reads a row-level extract as a stream and everything else as a whole.
// The error is one for which no table could be read.
func (r *reader) read(name string, role allocation.Role) error {
	s, err := r.open(name)
	if err != nil {
		return err
	}
	defer s.close()
	f := allocation.File{Path: name, Name: r.displayName(name), Role: role}
	if role == allocation.RoleCounts {
		if is, err := r.extract(s, &f); is || err != nil {
			return err
		}
	}
	t, form, err := r.table(s, name, role)
	if err != nil {
		return err
	}
	f.Sheet, f.Form = t.sheet, form
	if f.SHA256, err = s.sum(); err != nil {
		return err
	}
	if t.extract != nil {
		if t.extract.missing != "" {
			return &allocation.Fault{Origin: t.at(t.rows[t.extract.line].number, 0), Message: "this is a row-level extract, but its header lacks " + t.extract.missing}
		}
		r.extractSheet(t, &f)
		return nil
	}
	r.rows(t, role, &f)
	r.in.Files = append(r.in.Files, f)
	return nil
}

// table returns the sheet or CSV file that has the header which the role needs.
func (r *reader) table(s *source, name string, role allocation.Role) (*table, string, error) {
	if head, _ := s.Peek(2); bytes.Equal(head, []byte("PK")) {
		data, size, err := s.readerAt()
		if err != nil {
			return nil, "", err
		}
		return r.xlsxTable(name, data, size, role)
	}
	data, err := s.all()
	if err != nil {
		return nil, "", err
	}
	if kind := foreign(data); kind != "" {
		return nil, "", errors.New(kind)
	}
	return r.csvTable(name, data, role)
}

// displayName is how outputs name a file: without its folder, so that the same
// files give the same bytes wherever they lie.
// Of two files with the same name the second is told apart by its number.
func (r *reader) displayName(name string) string {
	base := filepath.Base(name)
	if name == Stdin {
		base = "stdin"
	}
	same := 1
	for _, f := range r.in.Files {
		if f.Name == base || strings.HasPrefix(f.Name, base+" (") {
			same++
		}
	}
	if same > 1 {
		return fmt.Sprintf("%s (%d)", base, same)
	}
	return base
}
