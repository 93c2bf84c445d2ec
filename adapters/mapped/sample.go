package mapped

import (
	"fmt"
	"slices"
	"strings"

	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/token"

	"github.com/lienthong/lienthong/adapters/markup"
	"github.com/lienthong/lienthong/adapters/sheet"
	"github.com/lienthong/lienthong/adapters/strict"
	"github.com/lienthong/lienthong/internal/fault"
	"github.com/lienthong/lienthong/schema"
)

// SampleField is one field that a sample of a source has.
type SampleField struct {
	Path   string // as a mapping writes it; [] stands for the elements of a list
	Looks  string // what its values look like, never a value
	Filled int    // in how many elements it holds something
}

// Sample is what can be said of a source by one of its messages.
type Sample struct {
	Format   Format
	Select   string // path of the element that repeats, "" for none
	Around   []string
	Elements int
	Fields   []SampleField
}

// ReadSample looks at one message. Of a JSON or XML message the first list of
// objects, from the top and not below another, is taken for what repeats.
func ReadSample(format Format, body []byte) (Sample, error) {
	s := Sample{Format: format}
	if format == CSV {
		table, err := sheet.Read(body)
		if err != nil {
			return s, err
		}
		for _, row := range table.Rows {
			n, err := grow(row.Object)
			if err != nil {
				return s, err
			}
			s.element(&n)
		}
		return s, nil
	}
	if format == XML {
		message, err := markup.ToJSON(body)
		if err != nil {
			return s, err
		}
		body = message
	}
	var sound strict.Skip
	m := strict.Message(body)
	if _, err := strict.New(strict.Options{}).Decode(m, &sound); err != nil {
		return s, err
	}
	n, err := grow(m.Data)
	if err != nil || n.kind != '{' && n.kind != '[' {
		return s, fault.New(fault.Invalid, "mapped.ReadSample", "the sample is no object and no list of objects")
	}
	s.message(&n)
	return s, nil
}

func (s *Sample) message(n *node) {
	list, at := repeated(n, nil)
	s.Select = written(at)
	for up := n; len(at) > 0 && up != list; at = at[1:] {
		for _, name := range up.names {
			if name != at[0] {
				s.Around = append(s.Around, written(append(slices.Clone(parents(n, up)), name)))
			}
		}
		up = up.member(at[0])
	}
	for i := range list.elements() {
		s.element(&list.elements()[i])
	}
}

// parents returns the way from a node to one of its descendants along first members.
func parents(from, to *node) path {
	if from == to {
		return nil
	}
	for i := range from.items {
		if from.kind != '{' {
			return nil
		}
		if &from.items[i] == to {
			return path{from.names[i]}
		}
		if rest := parents(&from.items[i], to); rest != nil {
			return append(path{from.names[i]}, rest...)
		}
	}
	return nil
}

// repeated finds the first list of objects, breadth before depth; the message itself when there is none.
func repeated(n *node, at path) (*node, path) {
	type step struct {
		n  *node
		at path
	}
	for queue := []step{{n, at}}; len(queue) > 0; queue = queue[1:] {
		here := queue[0]
		if here.n.kind == '[' && len(here.n.items) > 0 && here.n.items[0].kind == '{' {
			return here.n, here.at
		}
		if here.n.kind != '{' {
			continue
		}
		for i, name := range here.n.names {
			queue = append(queue, step{&here.n.items[i], append(slices.Clone(here.at), name)})
		}
	}
	return n, nil
}

// written returns a path as people write it.
func written(p path) string {
	for _, name := range p {
		if strings.ContainsAny(name, "./~") || name == "" {
			return p.pointer()
		}
	}
	return strings.Join(p, ".")
}

func (s *Sample) element(n *node) {
	s.Elements++
	seen := map[string]bool{}
	s.fields(n, nil, seen)
	s.Fields = slices.DeleteFunc(s.Fields, func(f SampleField) bool { // an empty list tells nothing that a full one does not
		return slices.ContainsFunc(s.Fields, func(o SampleField) bool { return strings.HasPrefix(o.Path, f.Path+"[].") })
	})
}

func (s *Sample) fields(n *node, at path, seen map[string]bool) {
	for i, name := range n.names {
		here := append(slices.Clone(at), name)
		item := &n.items[i]
		switch {
		case item.kind == '{':
			s.fields(item, here, seen)
		case item.kind == '[' && len(item.items) > 0 && item.items[0].kind == '{':
			here[len(here)-1] += "[]"
			for j := range item.items {
				s.fields(&item.items[j], here, seen)
			}
		default:
			s.note(written(here), item, seen)
		}
	}
}

func (s *Sample) note(name string, n *node, seen map[string]bool) {
	i := slices.IndexFunc(s.Fields, func(f SampleField) bool { return f.Path == name })
	if i < 0 {
		s.Fields = append(s.Fields, SampleField{Path: name})
		i = len(s.Fields) - 1
	}
	f := &s.Fields[i]
	if f.Looks == "" {
		f.Looks = looks(n)
	}
	filled := n.kind == 's' && n.text != "" || n.kind == '[' && len(n.items) > 0
	if filled && !seen[name] {
		f.Filled++
		seen[name] = true
	}
}

// looks says what a value is like without telling it.
func looks(n *node) string {
	text := strings.TrimSpace(n.text)
	switch {
	case n.kind == '[' && len(n.items) > 0:
		return "list of texts"
	case n.kind != 's' || text == "":
		return ""
	case text == "true" || text == "false":
		return "true or false"
	case strings.Trim(text, "0123456789") == "":
		if len(text) == 1 {
			return "1 digit"
		}
		return fmt.Sprintf("%d digits", len(text))
	}
	for _, form := range []schema.TimeFormat{schema.TimeSlashed, schema.TimeISO} {
		if _, err := schema.ParseTime(text, form, nil); err == nil && strings.Contains(text, ":") {
			return "time(" + string(form) + ")"
		}
	}
	if _, err := schema.ParseDate(text, schema.DateSlashed); err == nil {
		return "date(" + string(schema.DateSlashed) + ")"
	}
	if _, err := schema.ParseDate(text, schema.DateISO); err == nil {
		return "date(" + string(schema.DateISO) + ")"
	}
	return "text"
}

// quoted returns a text as YAML takes it for one.
func quoted(text string) string {
	tokens := lexer.Tokenize(text)
	plain := len(tokens) == 1 && tokens[0].Type == token.StringType && strings.TrimSpace(text) == text
	if plain && !strings.ContainsAny(text, ",[]{}#&*!|>'\"%@`:?-") {
		return text
	}
	return "'" + strings.ReplaceAll(text, "'", "''") + "'"
}
