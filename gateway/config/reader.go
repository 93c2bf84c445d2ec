package config

import (
	"bytes"
	"errors"
	"fmt"
	"reflect"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

// reader takes a document apart and goes on after a mistake. The decoder of
// the YAML library stops at the first one.
type reader struct {
	file   string
	found  Mistakes
	places map[string]place // of everything that was read, by path
	unread map[string]bool  // paths whose value was a mistake: one line about them is enough
}

// place is where a value comes from.
type place struct {
	line, column int
	variable     string // of the environment; then there is no line
}

func newReader(file string) *reader {
	return &reader{file: file, places: map[string]place{"": {line: 1, column: 1}}, unread: map[string]bool{}}
}

func (r *reader) at(p place, where, format string, args ...any) {
	m := Mistake{Line: p.line, Column: p.column, Where: where, What: fmt.Sprintf(format, args...)}
	if p.variable != "" {
		m.Where = p.variable
	} else {
		m.File = r.file
	}
	r.found = append(r.found, m)
}

// document reads a whole file into a struct that is pointed to; false when its syntax is so wrong that nothing else can be said.
func (r *reader) document(data []byte, into any) bool {
	data = bytes.TrimPrefix(data, []byte("\xEF\xBB\xBF"))
	file, err := parser.ParseBytes(data, 0, parser.AllowDuplicateMapKey())
	if err != nil {
		var syntax *yaml.SyntaxError
		if errors.As(err, &syntax) && syntax.Token != nil {
			r.at(positionOf(syntax.Token), "", "%s", syntax.Message)
		} else {
			r.at(r.places[""], "", "this is not YAML")
		}
		return false
	}
	if len(file.Docs) > 1 {
		for _, doc := range file.Docs[1:] {
			r.at(start(doc.Body), "", "a second document; one is read")
		}
	}
	if len(file.Docs) == 0 || file.Docs[0].Body == nil || file.Docs[0].Body.Type() == ast.NullType {
		return true // an empty file: what is missing is said later
	}
	r.value(file.Docs[0].Body, "", reflect.ValueOf(into).Elem())
	return !r.unread[""]
}

// value reads one node into a field.
func (r *reader) value(n ast.Node, path string, into reflect.Value) {
	r.places[path] = start(n)
	if n.Type() == ast.NullType && path != "" {
		return // as if the key were not there
	}
	var wanted string
	switch list, mapping := listOf(n), mappingOf(n); {
	case into.Kind() == reflect.Slice && list != nil:
		r.list(list, path, into)
	case into.Kind() == reflect.Struct && mapping != nil:
		r.mapping(mapping, path, into)
	case into.Kind() == reflect.Slice:
		wanted = "a list is expected"
	case into.Kind() == reflect.Struct:
		wanted = "keys with values are expected"
	default:
		wanted = scalar(n, into)
	}
	if wanted != "" {
		r.unread[path] = true
		r.at(start(n), path, "%s", wanted)
	}
}

func listOf(n ast.Node) *ast.SequenceNode {
	list, _ := n.(*ast.SequenceNode)
	return list
}

func mappingOf(n ast.Node) *ast.MappingNode {
	mapping, _ := n.(*ast.MappingNode)
	return mapping
}

// scalar reads a single value, or returns what would have been right.
func scalar(n ast.Node, into reflect.Value) (wanted string) {
	text, isText := textOf(n)
	switch {
	case into.Type() == reflect.TypeFor[Duration]():
		d, ok := parseDuration(text)
		if !ok {
			return "a duration such as 60s is expected"
		}
		into.SetInt(int64(d))
	case into.Kind() == reflect.Int:
		_, isNumber := n.(*ast.IntegerNode)
		i, err := strconv.Atoi(n.GetToken().Value)
		if !isNumber || err != nil {
			return "a whole number is expected"
		}
		into.SetInt(int64(i))
	case into.Kind() == reflect.Bool:
		b, ok := n.(*ast.BoolNode)
		if !ok {
			return "true or false is expected"
		}
		into.SetBool(b.Value)
	case isText:
		into.SetString(text)
	default:
		if _, plain := n.(ast.ScalarNode); plain {
			return "a text, in quotes, is expected" // without them 01 would lose its zero
		}
		return "a text is expected"
	}
	return ""
}

// textOf returns the text of a node that is one.
func textOf(n ast.Node) (string, bool) {
	switch n := n.(type) {
	case *ast.StringNode:
		return n.Value, true
	case *ast.LiteralNode:
		return n.Value.Value, true
	}
	return "", false
}

func (r *reader) list(n *ast.SequenceNode, path string, into reflect.Value) {
	into.Set(reflect.MakeSlice(into.Type(), len(n.Values), len(n.Values)))
	for i, item := range n.Values {
		at := fmt.Sprintf("%s[%d]", path, i)
		element := into.Index(i)
		if d, ok := element.Addr().Interface().(interface{ setDefaults() }); ok {
			d.setDefaults()
		}
		if item.Type() == ast.NullType {
			r.unread[at] = true
			r.at(start(item), at, "empty")
			continue
		}
		r.value(item, at, element)
	}
}

func (r *reader) mapping(n *ast.MappingNode, path string, into reflect.Value) {
	seen := map[string]int{}
	for _, pair := range n.Values {
		key, at := pair.Key.GetToken().Value, positionOf(pair.Key.GetToken())
		where := strings.TrimPrefix(path+"."+key, ".")
		field, known := fieldOf(into, key)
		switch line, twice := seen[key]; {
		case !known:
			r.at(at, where, "unknown key; known: %s", strings.Join(keysOf(into.Type()), ", "))
		case twice:
			r.at(at, where, "given twice, first in line %d", line)
		default:
			seen[key] = at.line
			r.value(pair.Value, where, field)
		}
	}
}

// fieldOf returns the field that a key names.
func fieldOf(v reflect.Value, key string) (reflect.Value, bool) {
	for i := range v.NumField() {
		if keyOf(v.Type().Field(i)) == key {
			return v.Field(i), true
		}
	}
	return reflect.Value{}, false
}

func keysOf(t reflect.Type) []string {
	var keys []string
	for i := range t.NumField() {
		keys = append(keys, keyOf(t.Field(i)))
	}
	return keys
}

func keyOf(f reflect.StructField) string {
	key, _, _ := strings.Cut(f.Tag.Get("yaml"), ",")
	return key
}

// start returns where a node begins: a mapping begins with its first key.
func start(n ast.Node) place {
	switch n := n.(type) {
	case nil:
		return place{line: 1, column: 1}
	case *ast.MappingNode:
		if !n.IsFlowStyle && len(n.Values) > 0 {
			return positionOf(n.Values[0].Key.GetToken())
		}
	}
	return positionOf(n.GetToken())
}

func positionOf(t *token.Token) place {
	if t == nil || t.Position == nil {
		return place{line: 1, column: 1}
	}
	return place{line: t.Position.Line, column: t.Position.Column}
}
