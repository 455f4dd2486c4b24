package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// target is where a result goes: a file, or standard output.
type target struct {
	path   string // "-" is standard output
	format string // xlsx, csv or json
}

var formats = []string{"xlsx", "csv", "json"}

// newTarget settles the form by the ending of the file or by --format. Without
// a file the workbook goes to fallback, with the ending of the form.
func newTarget(path, format, fallback string) (target, error) {
	known := func(f string) bool {
		for _, k := range formats {
			if f == k {
				return true
			}
		}
		return false
	}
	if format != "" && !known(format) {
		return target{}, withHint("it is one of "+strings.Join(formats, ", "), "--format %s is unknown", format)
	}
	if path == "-" {
		if format == "" {
			return target{}, withHint("such as -o - --format csv", "standard output has no ending that tells the form; name it with --format")
		}
		return target{path, format}, nil
	}
	if path == "" {
		if format == "" {
			format = "xlsx"
		}
		return target{fallback + "." + format, format}, nil
	}
	ending := strings.ToLower(strings.TrimPrefix(filepath.Ext(path), "."))
	switch {
	case !known(ending) && format == "":
		return target{}, withHint("end it in .xlsx, .csv or .json, or name the form with --format", "the ending of %s tells no form", path)
	case known(ending) && format != "" && ending != format:
		return target{}, withHint("leave out --format, or change the ending", "%s ends in .%s, but --format says %s", path, ending, format)
	case format == "":
		format = ending
	}
	return target{path, format}, nil
}

// mayWrite refuses to overwrite a file without --force, and an input always.
func (t target) mayWrite(force bool, inputs []string) error {
	if t.path == "-" {
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
// there before is untouched.
func (t target) write(content []byte) (err error) {
	dir, base := filepath.Split(t.path)
	temporary := filepath.Join(dir, fmt.Sprintf(".%s.%d.tmp", base, os.Getpid()))
	f, err := os.OpenFile(temporary, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return fmt.Errorf("output %s: %w", t.path, err)
	}
	defer func() {
		if err != nil {
			_ = f.Close() // twice where closing failed
			_ = os.Remove(temporary)
			err = fmt.Errorf("output %s was not written: %w", t.path, err)
		}
	}()
	if _, err := f.Write(content); err != nil {
		return err
	}
	if err := f.Sync(); err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	back, err := os.ReadFile(temporary)
	if err != nil {
		return err
	}
	if !bytes.Equal(back, content) {
		return errors.New("the disk gave back other bytes than were written")
	}
	return os.Rename(temporary, t.path)
}
