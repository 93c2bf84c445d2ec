// Package markup reads an XML document as JSON, so that an adapter reads XML by
// the same wire types and with the same strictness as JSON.
//
//	message, err := markup.ToJSON(raw.Body)
//	dec.Decode(strict.Message(message), &wire)
//
// An element is an object of its children, or a string where it has none; a
// name that stands several times in one parent is a list at its first place; an
// attribute is a member "@name", text beside children the member "#text".
// Prefixes of namespaces are dropped. A document type (and with it every entity
// of its own), processing instructions other than the XML declaration, nesting
// deeper than [MaxDepth] and an encoding other than UTF-8 are refused.
package markup

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"mime"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/lienthong/lienthong/internal/fault"
)

// MaxDepth bounds the nesting of elements.
const MaxDepth = 32

// Is reports whether a content type says XML.
func Is(contentType string) bool {
	media, _, err := mime.ParseMediaType(contentType)
	return err == nil && (media == "application/xml" || media == "text/xml" || strings.HasSuffix(media, "+xml"))
}

type element struct {
	name       string
	text       strings.Builder
	attributes []xml.Attr
	children   []*element
}

// ToJSON returns the document as {"root": …}. What it refuses is a fault of
// code Malformed.
func ToJSON(body []byte) ([]byte, error) {
	root, err := parse(body)
	if err != nil {
		return nil, err
	}
	out := append([]byte{'{'}, quote(root.name)...)
	out = append(out, ':')
	return append(root.append(out), '}'), nil
}

func parse(body []byte) (*element, error) {
	dec := xml.NewDecoder(bytes.NewReader(bytes.TrimPrefix(body, []byte("\uFEFF"))))
	dec.CharsetReader = func(string, io.Reader) (io.Reader, error) { return nil, errCharset }
	top := new(element)
	open := []*element{top}
	for {
		token, err := dec.RawToken()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, refusal(err)
		}
		if open, err = step(open, token); err != nil {
			return nil, err
		}
	}
	if len(open) != 1 || len(top.children) != 1 || strings.TrimSpace(top.text.String()) != "" {
		return nil, malformed("xml.syntax", "Không phải một tài liệu XML trọn vẹn.", "Not one whole XML document.")
	}
	return top.children[0], nil
}

// step takes one token into the elements that are open.
func step(open []*element, token xml.Token) ([]*element, error) {
	at := open[len(open)-1]
	switch t := token.(type) {
	case xml.StartElement:
		if len(open) > MaxDepth {
			return nil, malformed("xml.depth", "Tài liệu lồng quá sâu.", "The document is nested too deep.")
		}
		e := &element{name: t.Name.Local, attributes: t.Copy().Attr}
		at.children = append(at.children, e)
		return append(open, e), nil
	case xml.EndElement:
		if len(open) == 1 || at.name != t.Name.Local {
			return nil, malformed("xml.syntax", "Thẻ đóng không khớp thẻ mở.", "A closing tag does not match.")
		}
		return open[:len(open)-1], nil
	case xml.CharData:
		at.text.Write(t)
	case xml.Directive:
		return nil, malformed("xml.doctype", "Tài liệu có khai báo DOCTYPE; không được nhận.", "A document type is not taken: it can define entities.")
	case xml.ProcInst:
		if t.Target != "xml" {
			return nil, malformed("xml.instruction", "Tài liệu có chỉ thị xử lý.", "A processing instruction is not taken.")
		}
	}
	return open, nil
}

// append writes the value of e.
func (e *element) append(out []byte) []byte {
	text := strings.TrimSpace(e.text.String())
	var members []string // names in order of first standing
	groups := map[string][]*element{}
	for _, c := range e.children {
		if groups[c.name] == nil {
			members = append(members, c.name)
		}
		groups[c.name] = append(groups[c.name], c)
	}
	plain := e.plainAttributes()
	if len(members) == 0 && len(plain) == 0 {
		return append(out, quote(text)...)
	}
	out = append(out, '{')
	start := len(out)
	member := func(name string) {
		if len(out) > start {
			out = append(out, ',')
		}
		out = append(append(out, quote(name)...), ':')
	}
	for _, a := range plain {
		member("@" + a.Name.Local)
		out = append(out, quote(a.Value)...)
	}
	for _, name := range members {
		member(name)
		if group := groups[name]; len(group) == 1 {
			out = group[0].append(out)
		} else {
			out = appendList(out, group)
		}
	}
	if text != "" {
		member("#text")
		out = append(out, quote(text)...)
	}
	return append(out, '}')
}

func appendList(out []byte, group []*element) []byte {
	out = append(out, '[')
	for i, e := range group {
		if i > 0 {
			out = append(out, ',')
		}
		out = e.append(out)
	}
	return append(out, ']')
}

// plainAttributes are those that declare no namespace.
func (e *element) plainAttributes() []xml.Attr {
	var out []xml.Attr
	for _, a := range e.attributes {
		if a.Name.Local != "xmlns" && a.Name.Space != "xmlns" {
			out = append(out, a)
		}
	}
	return out
}

func quote(s string) []byte {
	q, err := jsontext.AppendQuote(nil, s)
	if err != nil { // the XML decoder lets no invalid UTF-8 through; replaced by U+FFFD all the same
		q, _ = jsontext.AppendQuote(nil, strings.ToValidUTF8(s, "\uFFFD"))
	}
	return q
}

var errCharset = errors.New("another encoding than UTF-8")

func refusal(err error) error {
	if errors.Is(err, errCharset) {
		return malformed("xml.encoding", "Tài liệu XML không phải UTF-8.", "The XML document is not in UTF-8.")
	}
	return malformed("xml.syntax", "Không đọc được XML.", "The XML is not well-formed.")
}

func malformed(code, vi, en string) error {
	return &fault.Error{Code: fault.Malformed, Op: "markup.ToJSON", Problems: []fault.Problem{{Code: code, Detail: vi, DetailEN: en, Expected: "XML 1.0, UTF-8"}}}
}
