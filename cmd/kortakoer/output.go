package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// target is where a result goes: a file, or standard output.
type target struct {
	path   string // "-" is standard output
	format string // xlsx, csv or json, or what else the command writes
	flag   string // that names it: -o or --ledger
}

// usualForms are those of a command that writes a workbook.
func usualForms() []string { return []string{"xlsx", "csv", "json"} }

// endingOf is the ending of the files of a form, without its dot.
func endingOf(form string) string {
	switch form {
	case "text":
		return "txt"
	case "markdown":
		return "md"
	}
	return form
}

// newTarget settles the form by the ending of the file or by --format. Without
// a file the result goes to fallback, with the ending of the form. The forms
// are those of the command, its usual one first.
func newTarget(flag, path, format, fallback string, forms []string) (target, error) {
	if format != "" && !slices.Contains(forms, format) {
		return target{}, withHint("it is one of "+strings.Join(forms, ", "), "--format %s is unknown", format)
	}
	if path == "-" {
		if format == "" {
			return target{}, withHint("such as -o - --format "+forms[1], "standard output has no ending that tells the form; name it with --format")
		}
		return target{path, format, flag}, nil
	}
	if path == "" {
		if format == "" {
			format = forms[0]
		}
		return target{fallback + "." + endingOf(format), format, flag}, nil
	}
	ending := strings.ToLower(strings.TrimPrefix(filepath.Ext(path), "."))
	i := slices.IndexFunc(forms, func(form string) bool { return endingOf(form) == ending })
	switch {
	case i < 0 && format == "":
		return target{}, withHint("end it in "+endings(forms)+", or name the form with --format", "the ending of %s tells no form", path)
	case i >= 0 && format != "" && forms[i] != format:
		return target{}, withHint("leave out --format, or change the ending", "%s ends in .%s, but --format says %s", path, ending, format)
	case format == "":
		format = forms[i]
	}
	return target{path, format, flag}, nil
}

// endings lists forms as endings: .xlsx, .csv or .json.
func endings(forms []string) string {
	var list []string
	for _, form := range forms {
		list = append(list, "."+endingOf(form))
	}
	last := len(list) - 1
	if last == 0 {
		return list[0]
	}
	return strings.Join(list[:last], ", ") + " or " + list[last]
}

// mayWrite refuses to overwrite a file without --force, and an input always.
func (t target) mayWrite(force bool, inputs []string) error {
	if t.path == "-" || t == (target{}) {
		return nil
	}
	info, err := os.Stat(t.path)
	if errors.Is(err, os.ErrNotExist) {
		if _, err := os.Stat(filepath.Dir(t.path)); err != nil {
			return withHint("make the folder first", "output %s: there is no folder %s", t.path, filepath.Dir(t.path))
		}
		return nil
	}
	if err != nil {
		return fmt.Errorf("output %s: %w", t.path, err)
	}
	for _, in := range inputs {
		if other, err := os.Stat(in); err == nil && os.SameFile(info, other) {
			return withHint("choose another file with "+t.flag, "output %s is also an input: it is never overwritten", t.path)
		}
	}
	switch {
	case info.IsDir():
		return withHint("name a file with "+t.flag, "output %s is a folder", t.path)
	case !force:
		return withHint("replace it with --force, or choose another file with "+t.flag, "output %s exists", t.path)
	}
	return nil
}

// same reports whether both go to one file, whatever they call it.
func (t target) same(other target) bool {
	place := func(t target) string {
		if resolved, err := filepath.EvalSymlinks(t.path); err == nil {
			t.path = resolved
		} else if dir, err := filepath.EvalSymlinks(filepath.Dir(t.path)); err == nil {
			t.path = filepath.Join(dir, filepath.Base(t.path))
		}
		if whole, err := filepath.Abs(t.path); err == nil {
			return whole
		}
		return t.path
	}
	a, errA := os.Stat(t.path)
	b, errB := os.Stat(other.path)
	return errA == nil && errB == nil && os.SameFile(a, b) || place(t) == place(other)
}

// write puts content in place whole or not at all.
func (t target) write(content []byte, force bool) error {
	s, err := t.stage(content, force)
	if err != nil {
		return err
	}
	defer s.discard()
	return s.commit()
}

// staged is a result that lies whole beside its target.
type staged struct {
	target
	path, temporary string
	force           bool
}

// stage writes content beside the target, synced and read back. Whatever goes
// wrong, a file that was there before is untouched.
func (t target) stage(content []byte, force bool) (staged, error) {
	s := staged{target: t, path: t.path, force: force}
	if resolved, err := filepath.EvalSymlinks(s.path); err == nil {
		s.path = resolved // replace what a link points to, not the link
	}
	dir, base := filepath.Split(s.path)
	s.temporary = filepath.Join(dir, fmt.Sprintf(".%s.%d.tmp", base, os.Getpid()))
	f, err := os.OpenFile(s.temporary, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return s, t.unwritten(err)
	}
	if err := fill(f, s.path, content); err != nil {
		s.discard()
		return s, t.unwritten(err)
	}
	return s, nil
}

// unwritten says which output failed; the name of the temporary file helps
// nobody.
func (t target) unwritten(err error) error {
	if pathErr, ok := errors.AsType[*os.PathError](err); ok {
		err = pathErr.Err
	}
	if linkErr, ok := errors.AsType[*os.LinkError](err); ok {
		err = linkErr.Err
	}
	return fmt.Errorf("output %s was not written: %w", t.path, err)
}

// commit renames it into place. Without force a file that came in the meantime
// is not replaced either.
func (s staged) commit() error {
	if !s.force {
		// A link, unlike a rename, never replaces. Not every file system has it.
		err := os.Link(s.temporary, s.path)
		if err == nil {
			return nil
		}
		if errors.Is(err, os.ErrExist) {
			return s.unwritten(err)
		}
	}
	if err := os.Rename(s.temporary, s.path); err != nil {
		return s.unwritten(err)
	}
	return nil
}

// discard removes what was not renamed.
func (s staged) discard() { _ = os.Remove(s.temporary) }

// fill writes the temporary file and reads it back. It takes over the
// permissions of the file that it will replace.
func fill(f *os.File, path string, content []byte) error {
	_, err := f.Write(content)
	if info, statErr := os.Stat(path); err == nil && statErr == nil {
		err = f.Chmod(info.Mode().Perm())
	}
	if err == nil {
		err = f.Sync()
	}
	if closeErr := f.Close(); err == nil {
		err = closeErr
	}
	if err != nil {
		return err
	}
	back, err := os.ReadFile(f.Name())
	if err != nil {
		return err
	}
	if !bytes.Equal(back, content) {
		return errors.New("the disk gave back other bytes than were written; write to another disk")
	}
	return nil
}
