package workbook

import (
	"archive/zip"
	"bytes"
	"errors"
	"io"
	"io/fs"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/xuri/excelize/v2"
)

// canonicalZip writes the parts of a workbook in one order, so that the same
// plan gives the same bytes: the library walks maps, and the order of parts
// and of the default content types varies from run to run.
type canonicalZip struct {
	out   io.Writer
	parts map[string]*bytes.Buffer
}

func newCanonicalZip(out io.Writer) excelize.ZipWriter {
	return &canonicalZip{out: out, parts: map[string]*bytes.Buffer{}}
}

// Create keeps a part until Close.
func (c *canonicalZip) Create(name string) (io.Writer, error) {
	c.parts[name] = new(bytes.Buffer)
	return c.parts[name], nil
}

// AddFS is part of the interface and not used by the library's writer.
func (c *canonicalZip) AddFS(fs.FS) error { return errors.ErrUnsupported }

// Close writes the parts: the content types first, as other programs do, then
// by name.
func (c *canonicalZip) Close() error {
	z := zip.NewWriter(c.out)
	const types = "[Content_Types].xml"
	names := slices.Sorted(maps.Keys(c.parts))
	slices.SortStableFunc(names, func(a, b string) int {
		if a == types {
			return -1
		}
		if b == types {
			return 1
		}
		return 0
	})
	for _, name := range names {
		content := c.parts[name].Bytes()
		if name == types {
			content = sortDefaults(content)
		}
		w, err := z.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate})
		if err != nil {
			return err
		}
		if _, err := w.Write(content); err != nil {
			return err
		}
	}
	return z.Close()
}

var defaults = regexp.MustCompile(`<Default [^>]*?(?:/>|></Default>)`)

// sortDefaults puts the default content types in order, before all others.
func sortDefaults(content []byte) []byte {
	first := defaults.FindIndex(content)
	if first == nil {
		return content
	}
	elements := defaults.FindAllString(string(content), -1)
	slices.Sort(elements)
	rest := defaults.ReplaceAllString(string(content[first[0]:]), "")
	return []byte(string(content[:first[0]]) + strings.Join(elements, "") + rest)
}
