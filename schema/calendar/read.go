package calendar

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"

	"github.com/lienthong/lienthong/internal/fault"
)

// maxFile is the longest file that is read: some thousand closures.
const maxFile = 1 << 20

// place is a position in a file, both from 1.
type place struct{ line, column int }

// reader takes a file apart and goes on after a mistake, so that one run names them all.
type reader struct {
	file     string
	problems []fault.Problem
}

// read parses a file; the error is a *[fault.Error] with one [fault.Problem] for each mistake.
func read(file string, data []byte) (*document, error) {
	r := &reader{file: file}
	doc := &document{file: file}
	if len(data) > maxFile {
		return nil, fault.New(fault.TooLarge, "calendar.read", file+": longer than 1 MiB")
	}
	tree, err := parser.ParseBytes(bytes.TrimPrefix(data, []byte("\xEF\xBB\xBF")), 0, parser.AllowDuplicateMapKey())
	if err != nil {
		at, what := place{1, 1}, "this is not YAML"
		var syntax *yaml.SyntaxError
		if errors.As(err, &syntax) && syntax.Token != nil && syntax.Token.Position != nil {
			at, what = place{syntax.Token.Position.Line, syntax.Token.Position.Column}, syntax.Message
		}
		r.wrong(at, "", "calendar.syntax", what)
		return nil, r.err(fault.Malformed)
	}
	for i, part := range tree.Docs {
		switch {
		case part.Body == nil || part.Body.Type() == ast.NullType:
		case i > 0:
			r.wrong(placeOf(part.Body), "", "calendar.second_document", "a second document; one is read")
		default:
			r.document(part.Body, doc)
		}
	}
	return doc, r.err(fault.Invalid)
}

// wrong notes a mistake. What stands in the file is public law and office hours, so values may be named.
func (r *reader) wrong(at place, pointer, code, what string) {
	r.problems = append(r.problems, problemAt(r.file, at, pointer, code, what))
}

func problemAt(file string, at place, pointer, code, what string) fault.Problem {
	line := fmt.Sprintf("%s:%d:%d: %s", file, at.line, at.column, what)
	return fault.Problem{Pointer: pointer, Code: code, Detail: line, DetailEN: line}
}

func (r *reader) err(code fault.Code) error { return mistakes(code, r.problems) }

// mistakes makes one error of problems, nil of none; its message has a line for each of the first ten.
func mistakes(code fault.Code, problems []fault.Problem) error {
	if len(problems) == 0 {
		return nil
	}
	var lines []string
	for _, p := range problems[:min(len(problems), 10)] {
		lines = append(lines, p.DetailEN)
	}
	if more := len(problems) - len(lines); more > 0 {
		lines = append(lines, fmt.Sprintf("and %d more", more))
	}
	return &fault.Error{Code: code, Op: "calendar.read", Msg: strings.Join(lines, "\n"), Problems: problems}
}

// keys is what a mapping may hold: each key with what reads its value.
type keys map[string]func(n ast.Node, pointer string)

// mapping reads a mapping strictly: unknown and repeated keys are mistakes, and so are missing required ones.
func (r *reader) mapping(n ast.Node, pointer string, known keys, required ...string) {
	m, ok := n.(*ast.MappingNode)
	if !ok {
		r.wrong(placeOf(n), pointer, "calendar.shape", "keys with values are expected")
		return
	}
	seen := map[string]bool{}
	for _, pair := range m.Values {
		key := pair.Key.GetToken().Value
		at := place{pair.Key.GetToken().Position.Line, pair.Key.GetToken().Position.Column}
		take, ok := known[key]
		switch {
		case !ok:
			names := make([]string, 0, len(known))
			for name := range known {
				names = append(names, name)
			}
			slices.Sort(names)
			r.wrong(at, pointer, "calendar.key.unknown", fmt.Sprintf("unknown key %q; known: %s", key, strings.Join(names, ", ")))
		case seen[key]:
			r.wrong(at, pointer+"/"+key, "calendar.key.twice", fmt.Sprintf("key %q given twice", key))
		default:
			seen[key] = true
			take(pair.Value, pointer+"/"+key)
		}
	}
	for _, name := range required {
		if !seen[name] {
			r.wrong(placeOf(n), pointer+"/"+name, "calendar.key.missing", fmt.Sprintf("key %q is missing", name))
		}
	}
}

// list reads a sequence, item by item.
func (r *reader) list(n ast.Node, pointer string, item func(n ast.Node, pointer string)) {
	s, ok := n.(*ast.SequenceNode)
	if !ok {
		r.wrong(placeOf(n), pointer, "calendar.shape", "a list is expected")
		return
	}
	for i, v := range s.Values {
		item(v, fmt.Sprintf("%s/%d", pointer, i))
	}
}

// placeOf returns where a node begins: a block mapping begins with its first key.
func placeOf(n ast.Node) place {
	if m, ok := n.(*ast.MappingNode); ok && !m.IsFlowStyle && len(m.Values) > 0 {
		n = m.Values[0].Key
	}
	if n == nil || n.GetToken() == nil || n.GetToken().Position == nil {
		return place{1, 1}
	}
	return place{n.GetToken().Position.Line, n.GetToken().Position.Column}
}
