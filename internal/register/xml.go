package register

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// xmlPart reads a part element by element and refuses what a workbook never
// has: document types, elements nested without end, text between elements,
// anything behind the last one, and attributes that run together or stand
// twice, which encoding/xml lets pass. Whoever is handed an element consumes it.
type xmlPart struct {
	content []byte
	decoder *xml.Decoder
	depth   int
}

// open returns a part and the element that holds everything in it.
func (w *workbook) open(part string) (*xmlPart, xml.StartElement, error) {
	content, err := w.load(part)
	if err != nil {
		return nil, xml.StartElement{}, err
	}
	content = bytes.TrimPrefix(content, []byte("\ufeff"))
	x := &xmlPart{content: content, decoder: xml.NewDecoder(bytes.NewReader(content))}
	for {
		t, err := x.token()
		if err != nil {
			return nil, xml.StartElement{}, damaged(part, "%v", err)
		}
		if root, ok := t.(xml.StartElement); ok {
			return x, root, nil
		}
	}
}

func (x *xmlPart) token() (xml.Token, error) {
	begin := x.decoder.InputOffset()
	t, err := x.decoder.Token()
	if errors.Is(err, io.EOF) {
		return nil, errors.New("it ends too early")
	}
	if err != nil {
		return nil, err
	}
	switch t := t.(type) {
	case xml.Directive:
		return nil, errors.New("it declares a document type, which a workbook never does")
	case xml.StartElement:
		if x.depth++; x.depth > maxDepth {
			return nil, errors.New("its elements are nested too deep")
		}
		if err := attributesApart(t, x.content[begin:x.decoder.InputOffset()]); err != nil {
			return nil, err
		}
	case xml.EndElement:
		x.depth--
	case xml.CharData:
		if x.depth == 0 && len(bytes.TrimSpace(t)) > 0 {
			return nil, errors.New("text stands outside its elements")
		}
		// A reference such as &#xD800; names no character; encoding/xml reads
		// it as the mark of a lost one.
		if lost := []byte("\ufffd"); bytes.Count(t, lost) > bytes.Count(x.content[begin:x.decoder.InputOffset()], lost) {
			return nil, errors.New("illegal character code by its number")
		}
	}
	return t, nil
}

// attributesApart makes sure that every attribute of a tag stands once, with
// space before it: what a lost byte joins to another is no longer read.
func attributesApart(e xml.StartElement, tag []byte) error {
	for i, a := range e.Attr {
		if slices.ContainsFunc(e.Attr[:i], func(b xml.Attr) bool { return b.Name == a.Name }) {
			return fmt.Errorf("the attribute %s of %s stands twice", show(a.Name.Local), show(e.Name.Local))
		}
	}
	for i := 0; i < len(tag); i++ {
		quote := tag[i]
		if quote != '"' && quote != '\'' {
			continue
		}
		i += 1 + bytes.IndexByte(tag[i+1:], quote) // the decoder has seen that it closes
		if i+1 < len(tag) && !bytes.ContainsRune([]byte(" \t\r\n/>"), rune(tag[i+1])) {
			return fmt.Errorf("the attributes of %s run together", show(e.Name.Local))
		}
	}
	return nil
}

// children hands the child elements of the current one to visit.
func (x *xmlPart) children(visit func(xml.StartElement) error) error {
	for {
		t, err := x.token()
		if err != nil {
			return err
		}
		switch t := t.(type) {
		case xml.StartElement:
			if err := visit(t); err != nil {
				return err
			}
		case xml.EndElement:
			return nil
		case xml.CharData:
			if len(bytes.TrimSpace(t)) > 0 {
				return errors.New("text stands between its elements")
			}
		}
	}
}

// skip passes over the rest of the current element.
func (x *xmlPart) skip() error {
	for depth := x.depth; x.depth >= depth; {
		if _, err := x.token(); err != nil {
			return err
		}
	}
	return nil
}

// text is the text of the current element, which holds nothing else.
func (x *xmlPart) text() (string, error) {
	var b strings.Builder
	for {
		t, err := x.token()
		if err != nil {
			return "", err
		}
		switch t := t.(type) {
		case xml.CharData:
			b.Write(t)
		case xml.StartElement:
			return "", fmt.Errorf("%s stands in a value", show(t.Name.Local))
		case xml.EndElement:
			return b.String(), nil
		}
	}
}

// stringItem is a text: plain, or rich text in runs; phonetic hints are not
// part of it.
func (x *xmlPart) stringItem() (string, error) {
	var b strings.Builder
	piece := func() error {
		s, err := x.text()
		b.WriteString(s)
		return err
	}
	err := x.children(func(e xml.StartElement) error {
		switch e.Name.Local {
		case "t":
			return piece()
		case "r":
			return x.children(func(e xml.StartElement) error {
				if e.Name.Local == "t" {
					return piece()
				}
				return x.skip()
			})
		}
		return x.skip()
	})
	return unescape(b.String()), err
}

// end makes sure that nothing follows the last element.
func (x *xmlPart) end() error {
	for {
		t, err := x.decoder.Token()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		switch t := t.(type) {
		case xml.Comment, xml.ProcInst:
		case xml.CharData:
			if len(bytes.TrimSpace(t)) > 0 {
				return errors.New("text follows its last element")
			}
		default:
			return errors.New("something follows its last element")
		}
	}
}

func attr(e xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if a.Name.Local == name && a.Name.Space == "" {
			return a.Value
		}
	}
	return ""
}

func truth(e xml.StartElement, name string) bool {
	v := attr(e, name)
	return v == "1" || v == "true"
}
