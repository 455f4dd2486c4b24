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
}

var usualFormats = []string{"xlsx", "csv", "json"}

// newTarget settles the form by the ending of the file or by --format. Without
// a file the result goes to fallback, with the ending of the form. The forms
// are those of the command, its usual one first; without any, formats.
func newTarget(path, format, fallback string, formats ...string) (target, error) {
	if len(formats) == 0 {
		formats = usualFormats
	}
	known := func(f string) bool { return slices.Contains(formats, f) }
	if format != "" && !known(format) {
		return target{}, withHint("it is one of "+strings.Join(formats, ", "), "--format %s is unknown", format)
	}
	if path == "-" {
		if format == "" {
			return target{}, withHint("such as -o - --format "+formats[1], "standard output has no ending that tells the form; name it with --format")
		}
		return target{path, format}, nil
	}
	if path == "" {
		if format == "" {
			format = formats[0]
		}
		return target{fallback + "." + format, format}, nil
	}
	ending := strings.ToLower(strings.TrimPrefix(filepath.Ext(path), "."))
	switch {
	case !known(ending) && format == "":
		return target{}, withHint("end it in "+endings(formats)+", or name the form with --format", "the ending of %s tells no form", path)
	case known(ending) && format != "" && ending != format:
		return target{}, withHint("leave out --format, or change the ending", "%s ends in .%s, but --format says %s", path, ending, format)
	case format == "":
		format = ending
	}
	return target{path, format}, nil
}

// endings lists forms as endings: .xlsx, .csv or .json.
func endings(formats []string) string {
	last := len(formats) - 1
	if last == 0 {
		return "." + formats[0]
	}
	return "." + strings.Join(formats[:last], ", .") + " or ." + formats[last]
}

// mayWrite refuses to overwrite a file without --force, and an input always.
func (t target) mayWrite(force bool, inputs []string) error {
	if t.path == "-" || t == (target{}) {
		return nil
	}
	info, err := os.Stat(t.path)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("output %s: %w", t.path, err)
	}
	for _, in := range inputs {
		if other, err := os.Stat(in); err == nil && os.SameFile(info, other) {
			return withHint("choose another file with -o", "output %s is also an input: it is never overwritten", t.path)
		}
	}
	switch {
	case info.IsDir():
		return withHint("name a file with -o", "output %s is a folder", t.path)
	case !force:
		return withHint("replace it with --force, or choose another file with -o", "output %s exists", t.path)
	}
	return nil
}

// write puts content in place whole or not at all: beside the target first,
// synced and read back, then renamed. Whatever goes wrong, a file that was
// there before is untouched. Without force a file that came in the meantime
// is not replaced either.
func (t target) write(content []byte, force bool) (err error) {
	path := t.path
	if resolved, err := filepath.EvalSymlinks(path); err == nil {
		path = resolved // replace what a link points to, not the link
	}
	dir, base := filepath.Split(path)
	temporary := filepath.Join(dir, fmt.Sprintf(".%s.%d.tmp", base, os.Getpid()))
	defer func() {
		if pathErr, ok := errors.AsType[*os.PathError](err); ok {
			err = pathErr.Err // the name of the temporary file helps nobody
		}
		if err != nil {
			err = fmt.Errorf("output %s was not written: %w", t.path, err)
		}
	}()
	f, err := os.OpenFile(temporary, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(temporary) }() // gone already where it was renamed
	if err := fill(f, path, content); err != nil {
		return err
	}
	if !force {
		// A link, unlike a rename, never replaces. Not every file system has it.
		if err := os.Link(temporary, path); err == nil || errors.Is(err, os.ErrExist) {
			return err
		}
	}
	return os.Rename(temporary, path)
}

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
		return errors.New("the disk gave back other bytes than were written")
	}
	return nil
}
