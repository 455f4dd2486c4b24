package workbook

import (
	"archive/zip"
	"bytes"
	"cmp"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
)

var defaults = regexp.MustCompile(`<Default [^>]*?(?:/>|></Default>)`)

// canonical writes a workbook with its parts in one order, so that the same
// plan gives the same bytes: the library walks maps, and the order of parts
// and of the default content types varies from run to run.
func canonical(out io.Writer, workbook []byte) error {
	in, err := zip.NewReader(bytes.NewReader(workbook), int64(len(workbook)))
	if err != nil {
		return fmt.Errorf("workbook: %w", err)
	}
	files := slices.SortedFunc(slices.Values(in.File), func(a, b *zip.File) int { return cmp.Compare(partOrder(a.Name), partOrder(b.Name)) })
	z := zip.NewWriter(out)
	for _, f := range files {
		content, err := readAll(f)
		if err != nil {
			return fmt.Errorf("workbook: %s: %w", f.Name, err)
		}
		if f.Name == "[Content_Types].xml" {
			content = sortDefaults(content)
		}
		w, err := z.CreateHeader(&zip.FileHeader{Name: f.Name, Method: zip.Deflate})
		if err != nil {
			return err
		}
		if _, err := w.Write(content); err != nil {
			return err
		}
	}
	return z.Close()
}

// partOrder puts the content types first, as other programs do.
func partOrder(part string) string {
	if part == "[Content_Types].xml" {
		return ""
	}
	return part
}

func readAll(f *zip.File) ([]byte, error) {
	r, err := f.Open()
	if err != nil {
		return nil, err
	}
	defer r.Close()
	return io.ReadAll(r)
}

// sortDefaults puts the default content types in order, in their own places.
func sortDefaults(content []byte) []byte {
	elements := defaults.FindAllString(string(content), -1)
	slices.Sort(elements)
	first := defaults.FindIndex(content)
	if first == nil {
		return content
	}
	rest := defaults.ReplaceAllString(string(content[first[0]:]), "")
	return []byte(string(content[:first[0]]) + strings.Join(elements, "") + rest)
}
