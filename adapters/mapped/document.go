package mapped

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// maxFile bounds a mapping file, in bytes; the longest that makes sense has a tenth of it.
const maxFile = 256 << 10

// entry is one key of a YAML mapping with its value.
type entry struct {
	key   string
	where string // path of the value: "records[0].kind"
	at    place  // of the key
	value ast.Node
	empty bool // the key is there without a value, which has been said
}

// given reports whether the entry stands in the file.
func (e entry) given() bool { return e.value != nil }

// document returns the root of a YAML file, nil when nothing more can be said of it.
func (c *compiler) document(data []byte) ast.Node {
	if len(data) > maxFile {
		c.at(place{1, 1}, "", "the file is longer than %d KiB", maxFile>>10)
		return nil
	}
	data = bytes.TrimPrefix(data, []byte("\xEF\xBB\xBF"))
	file, err := parser.ParseBytes(data, 0, parser.AllowDuplicateMapKey())
	var syntax *yaml.SyntaxError
	switch {
	case errors.As(err, &syntax) && syntax.Token != nil:
		c.at(placeOf(syntax.Token), "", "%s%s", syntax.Message, hint(syntax.Message))
		return nil
	case err != nil:
		c.at(place{1, 1}, "", "this is not YAML")
		return nil
	case len(file.Docs) > 1:
		c.at(start(file.Docs[1].Body), "", "a second document; one is read")
	case len(file.Docs) == 0 || file.Docs[0].Body == nil:
		c.at(place{1, 1}, "", "the file is empty")
		return nil
	}
	return file.Docs[0].Body
}

// hint says what most often stands behind a mistake of syntax: YAML takes the
// colon of "a ? b : c" for its own.
func hint(message string) string {
	if strings.Contains(message, "mapping value") {
		return "; an expression with a colon stands in quotes, or on its own line after >-"
	}
	return ""
}

func (c *compiler) at(p place, where, format string, args ...any) {
	c.found = append(c.found, Mistake{Line: p.line, Column: p.column, Where: where, What: fmt.Sprintf(format, args...)})
}

// wrong adds a mistake with the value of an entry.
func (c *compiler) wrong(e entry, format string, args ...any) {
	p := e.at
	if e.value != nil {
		p = start(e.value)
	}
	c.at(p, e.where, format, args...)
}

// pairs returns the keys of a YAML mapping in their order; those that stand twice are mistakes.
// A key without a value is a mistake and comes back as an empty entry.
func (c *compiler) pairs(e entry) []entry {
	m, ok := e.value.(*ast.MappingNode)
	if !ok {
		c.wrong(e, "keys with values are expected")
		return nil
	}
	var all []entry
	for _, pair := range m.Values {
		key := keyText(pair.Key)
		one := entry{key: key, where: strings.TrimPrefix(e.where+"."+key, "."), at: placeOf(pair.Key.GetToken()), value: pair.Value}
		if i := slices.IndexFunc(all, func(o entry) bool { return o.key == key }); i >= 0 {
			c.at(one.at, one.where, "given twice, first in line %d", all[i].at.line)
			continue
		}
		if pair.Value == nil || pair.Value.Type() == ast.NullType {
			c.at(one.at, one.where, "empty")
			one.value, one.empty = nil, true
		}
		all = append(all, one)
	}
	return all
}

func keyText(key ast.MapKeyNode) string {
	if s, ok := key.(*ast.StringNode); ok {
		return s.Value
	}
	return key.GetToken().Value
}

// known returns the keys of a mapping that is made of these keys; those missing have no value.
func (c *compiler) known(e entry, keys ...string) map[string]entry {
	found := map[string]entry{}
	for _, key := range keys {
		found[key] = entry{key: key, where: strings.TrimPrefix(e.where+"."+key, "."), at: e.at}
	}
	for _, one := range c.pairs(e) {
		if !slices.Contains(keys, one.key) {
			c.at(one.at, one.where, "unknown key; known: %s", strings.Join(keys, ", "))
			continue
		}
		found[one.key] = one
	}
	return found
}

// list returns the items of a list; a single scalar counts as a list of one.
func (c *compiler) list(e entry) []entry {
	if !e.given() {
		return nil
	}
	seq, ok := e.value.(*ast.SequenceNode)
	if !ok {
		if _, scalar := e.value.(ast.ScalarNode); scalar {
			return []entry{e}
		}
		c.wrong(e, "a list is expected")
		return nil
	}
	var items []entry
	for i, value := range seq.Values {
		item := entry{where: fmt.Sprintf("%s[%d]", e.where, i), at: start(value), value: value}
		if value == nil || value.Type() == ast.NullType {
			c.wrong(item, "empty")
			continue
		}
		items = append(items, item)
	}
	return items
}

// text returns the text of a scalar that is one; ok is false, and said, for anything else.
func (c *compiler) text(e entry) (string, bool) {
	switch n := e.value.(type) {
	case *ast.StringNode:
		return n.Value, true
	case *ast.LiteralNode:
		return n.Value.Value, true
	case ast.ScalarNode:
		c.wrong(e, "a text, in quotes, is expected")
	default:
		c.wrong(e, "a text is expected")
	}
	return "", false
}

// scalar returns any scalar as it is written: in tables 1 and "1" mean the same.
func (c *compiler) scalar(e entry) (string, bool) {
	switch n := e.value.(type) {
	case *ast.StringNode, *ast.LiteralNode:
		return c.text(e)
	case ast.ScalarNode:
		return n.GetToken().Value, true
	}
	c.wrong(e, "a single value is expected")
	return "", false
}

func (c *compiler) flag(e entry) bool {
	if !e.given() {
		return false
	}
	n, ok := e.value.(*ast.BoolNode)
	if !ok {
		c.wrong(e, "true or false is expected")
		return false
	}
	return n.Value
}

// missing says that a key is not there, unless it is, without a value.
func (c *compiler) missing(e entry, why string, args ...any) {
	if !e.empty {
		c.at(e.at, e.where, "missing"+why, args...)
	}
}

// required returns the text of a key that must be there.
func (c *compiler) required(e entry) string {
	if !e.given() {
		c.missing(e, "")
		return ""
	}
	text, ok := c.text(e)
	if ok && strings.TrimSpace(text) == "" {
		c.wrong(e, "empty")
	}
	return text
}

// oneOf returns the text of a key that has few values.
func (c *compiler) oneOf(e entry, values ...string) string {
	text := c.required(e)
	if text != "" && !slices.Contains(values, text) {
		c.wrong(e, "%q is not known; known: %s", text, strings.Join(values, ", "))
		return ""
	}
	return text
}
