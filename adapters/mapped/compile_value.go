package mapped

import (
	"reflect"
	"slices"
	"strings"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/token"

	"github.com/lienthong/lienthong/adapters/field"
	"github.com/lienthong/lienthong/adapters/strict"
	"github.com/lienthong/lienthong/schema"
)

// value is where the value of a field comes from and how it is read.
type value struct {
	from     path // of the source's field; of an expression the first one that it reads
	program  *expression
	constant *string
	read     read
	table    map[string]string // of what the source writes, in lower case
	rest     *string           // of what is not in the table
	unmapped string            // code of the problem with that
	required bool
	several  bool // the field is a list
}

// value compiles one value; nil when that cannot be done. as is the way of
// reading when the file names none, "" for the usual one of the field.
func (c *compiler) value(e entry, kind schema.Kind, t target, as string, s *shape) *value {
	v := &value{several: t.typ.Kind() == reflect.Slice, unmapped: "value.unmapped"}
	if as == "" {
		as = usualWay(kind, t)
	}
	if item(t.typ) == reflect.TypeFor[schema.Status]() {
		v.unmapped = "status.unmapped"
	}
	if _, ok := e.value.(*ast.MappingNode); !ok {
		if v.program = c.expression(e, s); v.program == nil {
			return nil
		}
		v.origin()
		v.read = c.way(e, as, t)
		return v
	}
	keys := c.known(e, "from", "expr", "value", "as", "map", "required")
	if !c.origin(e, v, keys, s) {
		return nil
	}
	if one := keys["as"]; one.given() {
		text, ok := c.text(one)
		if !ok {
			return nil
		}
		as, e = text, one
	}
	v.read = c.way(e, as, t)
	v.required = c.flag(keys["required"])
	c.table(keys["map"], v, t)
	c.constant(keys["value"], v)
	return v
}

// origin reads the one of from, expr and value that is given.
func (c *compiler) origin(e entry, v *value, keys map[string]entry, s *shape) bool {
	given := 0
	for _, key := range []string{"from", "expr", "value"} {
		if keys[key].given() {
			given++
		}
	}
	if given != 1 {
		c.wrong(e, "one of from, expr and value is expected")
		return false
	}
	switch {
	case keys["from"].given():
		v.from = c.path(keys["from"])
		s.add(v.from)
		return len(v.from) > 0
	case keys["expr"].given():
		v.program = c.expression(keys["expr"], s)
		v.origin()
		return v.program != nil
	}
	text, ok := c.scalar(keys["value"])
	v.constant = &text
	return ok
}

// origin lets the problems of an expression point at the first field that it reads.
func (v *value) origin() {
	if v.program != nil && len(v.program.paths) > 0 {
		v.from = v.program.paths[0]
	}
}

// way returns the reader that "as" names: "time", or with its format "time(yyyyMMddHHmmss)".
func (c *compiler) way(e entry, as string, t target) read {
	name, argument, open := strings.Cut(as, "(")
	argument, closed := strings.CutSuffix(argument, ")")
	w, ok := wayNamed(strings.TrimSpace(name))
	typ := item(t.typ)
	switch {
	case !ok || open != closed:
		c.wrong(e, "%q is no way of reading; known: %s", as, strings.Join(wayNames(), ", "))
	case w.name == "choice" && choices[typ] == nil, w.name != "choice" && !slices.Contains(w.gives, typ):
		c.wrong(e, "%s does not fill %s; what does: %s", w.name, describe(typ), strings.Join(waysFor(typ), ", "))
	case open && !slices.Contains(w.takes, argument) && len(w.takes) == 0:
		c.wrong(e, "%s takes nothing in brackets", w.name)
	case open && !slices.Contains(w.takes, argument):
		c.wrong(e, "%q is no format of a %s; known: %s", argument, w.name, strings.Join(w.takes, ", "))
	case w.name == "choice":
		return choice(choices[typ])
	default:
		if !open && len(w.takes) > 0 {
			argument = "any"
		}
		return w.make(argument, c)
	}
	return nil
}

func wayNames() []string {
	names := make([]string, len(ways))
	for i, w := range ways {
		names[i] = w.name
	}
	return names
}

// waysFor returns the ways of reading that fill a field of a type.
func waysFor(typ reflect.Type) []string {
	var names []string
	for _, w := range ways {
		if slices.Contains(w.gives, typ) || w.name == "choice" && choices[typ] != nil {
			names = append(names, w.name)
		}
	}
	return names
}

// describe names a type for people.
func describe(typ reflect.Type) string {
	switch {
	case typ == stringType:
		return "a text"
	case typ.Kind() == reflect.Int || typ.Kind() == reflect.Int64:
		return "a whole number"
	case typ.Kind() == reflect.Float64:
		return "a number"
	case typ.Kind() == reflect.Bool:
		return "true or false"
	case choices[typ] != nil:
		return "a choice of " + strings.Join(choices[typ], ", ")
	}
	return "a " + strings.ToLower(typ.Name())
}

// table compiles "map". What it gives for a field of few values has to be one of them.
func (c *compiler) table(e entry, v *value, t target) {
	if !e.given() {
		return
	}
	v.table = map[string]string{}
	for _, one := range c.pairs(e) {
		if !one.given() {
			continue
		}
		to, ok := c.scalar(one)
		if !ok {
			continue
		}
		if few := choices[item(t.typ)]; few != nil && !slices.Contains(few, to) {
			c.wrong(one, "%q is not known; known: %s", to, strings.Join(few, ", "))
		}
		if one.key == "*" {
			v.rest = &to
			continue
		}
		key := tableKey(one.key)
		if _, twice := v.table[key]; twice {
			c.at(one.at, one.where, "given twice but for upper and lower case")
		}
		v.table[key] = to
	}
}

// tableKey is what a table is looked up by.
func tableKey(text string) string {
	clean, _ := schema.CleanText(text)
	return strings.ToLower(clean)
}

// constant tries a constant once: what cannot be read never will be.
func (c *compiler) constant(e entry, v *value) {
	if v.constant == nil || v.read == nil {
		return
	}
	r := field.At("")
	v.read(cell{r: r, raw: strict.Text(*v.constant), must: true, province: ""})
	for _, p := range r.Problems() {
		if p.Level != schema.Repaired {
			c.wrong(e, "the value cannot be read: %s", p.Code)
			return
		}
	}
}

// expression compiles an expression and makes the fields known that it reads.
func (c *compiler) expression(e entry, s *shape) *expression {
	text, ok := c.text(e)
	if !ok {
		return nil
	}
	program, wrong := compileExpression(text)
	for _, w := range wrong {
		c.at(inside(e.value, w.Line, w.Column), e.where, "%s", w.Message)
	}
	if program == nil {
		return nil
	}
	for _, p := range program.paths {
		at := s.add(p)
		at.used = true
		for _, name := range program.inner { // of a list that it loops over
			at.add(path{name}).used = true
		}
	}
	return program
}

// inside returns the place in the file of a place in the text of a node.
func inside(n ast.Node, line, column int) place {
	p := start(n)
	if literal, ok := n.(*ast.LiteralNode); ok {
		p = placeOf(literal.Value.GetToken())
		return place{start(n).line + line, p.column + column}
	}
	if line > 1 {
		return p
	}
	if s, ok := n.(*ast.StringNode); ok && (s.Token.Type == token.SingleQuoteType || s.Token.Type == token.DoubleQuoteType) {
		column++
	}
	return place{p.line, p.column + column}
}
