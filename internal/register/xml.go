package register

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
)

// xmlPart reads a part element by element and refuses what a workbook never
// has: document types, elements nested without end, text between elements,
// anything behind the last one. Whoever is handed an element consumes it.
type xmlPart struct {
	decoder *xml.Decoder
	depth   int
}

// open returns a part and the element that holds everything in it.
func (w *workbook) open(part string) (*xmlPart, xml.StartElement, error) {
	content, err := w.load(part)
	if err != nil {
		return nil, xml.StartElement{}, err
	}
	x := &xmlPart{decoder: xml.NewDecoder(bytes.NewReader(content))}
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
	case xml.EndElement:
		x.depth--
	case xml.CharData:
		if x.depth == 0 && len(bytes.TrimSpace(t)) > 0 {
			return nil, errors.New("text stands outside its elements")
		}
	}
	return t, nil
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
