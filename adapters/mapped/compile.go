package mapped

import (
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"github.com/goccy/go-yaml/ast"

	"github.com/lienthong/lienthong/adapters"
	"github.com/lienthong/lienthong/schema"
)

// record is how one kind of record is made of an element.
type record struct {
	kind    schema.Kind
	order   adapters.Order
	when    *expression
	id      *value // nil: the body has one
	at      *value // nil: the body tells, or nobody
	version *value // nil: there is none
	fields  *block
}

// block is the fields of one struct and the elements that they come of.
type block struct {
	assignments []assignment
	shape       *shape
}

// assignment fills one field: with values, or with one struct for each element of a list.
type assignment struct {
	target
	values []*value
	each   path
	fields *block // of each element
}

// names stand in metrics, queues and file names.
var namePattern = regexp.MustCompile(`^[a-z0-9]+(?:[_-][a-z0-9]+)*$`)

const maxName = 60

func (c *compiler) mapping(root entry) {
	keys := c.known(root, "name", "version", "summary", "example", "input", "records")
	if len(keys) == 0 {
		return
	}
	c.Name = c.required(keys["name"])
	if c.Name != "" && (!namePattern.MatchString(c.Name) || len(c.Name) > maxName) {
		c.wrong(keys["name"], "a name is of lower-case letters and digits, with single - or _ between them, at most %d", maxName)
	}
	c.Version = c.versionNumber(keys["version"])
	c.Summary = c.required(keys["summary"])
	if e := keys["example"]; e.given() {
		c.Example, _ = c.text(e)
	}
	c.input(keys["input"])
	if !keys["records"].given() {
		c.missing(keys["records"], "")
		return
	}
	orders := map[schema.Kind]adapters.Order{}
	for _, e := range c.list(keys["records"]) {
		c.record(e, orders)
	}
	if len(c.records) == 0 && len(c.found) == 0 {
		c.wrong(keys["records"], "at least one record is expected")
	}
}

func (c *compiler) versionNumber(e entry) int {
	if !e.given() {
		c.missing(e, "")
		return 0
	}
	n, ok := e.value.(*ast.IntegerNode)
	if ok {
		switch v := n.Value.(type) {
		case uint64:
			if v >= 1 && v < 1<<31 {
				return int(v)
			}
		}
	}
	c.wrong(e, "a whole number from 1 is expected; raise it when the same bytes give other records")
	return 0
}

func (c *compiler) input(e entry) {
	if !e.given() {
		c.missing(e, "")
		return
	}
	keys := c.known(e, "format", "select", "envelope", "ignore", "time_zone")
	if len(keys) == 0 {
		return
	}
	c.Format = Format(c.oneOf(keys["format"], string(JSON), string(XML), string(CSV)))
	if one := keys["select"]; one.given() {
		c.sel = c.path(one)
		if c.Format == CSV && len(c.sel) > 0 {
			c.wrong(one, "a table has rows alone; leave select out")
		}
	}
	c.envelope = map[string]bool{}
	for _, one := range c.list(keys["envelope"]) {
		c.envelope[c.path(one).pointer()] = true
	}
	for _, one := range c.list(keys["ignore"]) {
		c.shape.add(c.path(one)).whole = true
	}
	if one := keys["time_zone"]; one.given() {
		c.zone = zones[c.oneOf(one, slices.Sorted(maps.Keys(zones))...)]
	}
}

// path reads the path of a field of the source.
func (c *compiler) path(e entry) path {
	text, ok := c.text(e)
	if !ok {
		return nil
	}
	p, ok := parsePath(text)
	if !ok || len(p) == 0 {
		c.wrong(e, "the path of a field is expected, such as a.b or /a/b")
	}
	return p
}

func (c *compiler) record(e entry, orders map[schema.Kind]adapters.Order) {
	keys := c.known(e, "kind", "order", "when", "id", "event_time", "version", "fields")
	if _, ok := e.value.(*ast.MappingNode); !ok {
		return
	}
	kind := schema.Kind(c.oneOf(keys["kind"], texts(schema.Kinds()...)...))
	order := adapters.Order(c.oneOf(keys["order"], texts(adapters.ByVersion, adapters.ByVersionThenArrival, adapters.ByEventTime, adapters.ByArrival)...))
	if kind == "" {
		return
	}
	if other, twice := orders[kind]; twice && other != order && order != "" {
		c.wrong(keys["order"], "the records of one kind have one order; %s stands above", other)
	}
	orders[kind] = order
	r := &record{kind: kind, order: order}
	if one := keys["when"]; one.given() {
		r.when = c.expression(one, c.shape)
	}
	r.id = c.extra(keys["id"], kind, "code", stringType)
	r.at = c.extra(keys["event_time"], kind, "time", timeTypes[0])
	r.version = c.extra(keys["version"], kind, "number", intTypes[0])
	c.complete(r, keys)
	if !keys["fields"].given() {
		c.missing(keys["fields"], "")
		return
	}
	r.fields = c.block(keys["fields"], kind, reflect.TypeOf(kind.New()).Elem(), c.shape)
	c.records = append(c.records, r)
}

// complete checks what a record needs beside its fields.
func (c *compiler) complete(r *record, keys map[string]entry) {
	if e := keys["id"]; !e.given() && !hasOwnID(r.kind) {
		c.missing(e, ": a %s has no id of its own", r.kind)
	}
	if e := keys["event_time"]; !e.given() && r.order == adapters.ByEventTime && !hasOwnTime(r.kind) {
		c.missing(e, ": the order is event_time")
	}
	if e := keys["version"]; !e.given() && (r.order == adapters.ByVersion || r.order == adapters.ByVersionThenArrival) {
		c.missing(e, ": the order is %s", r.order)
	}
}

func hasOwnID(k schema.Kind) bool {
	return k == schema.KindDossier || k == schema.KindDossierStep || k == schema.KindDossierNote
}

func hasOwnTime(k schema.Kind) bool { return hasOwnID(k) }

// extra compiles a value beside the fields.
func (c *compiler) extra(e entry, kind schema.Kind, as string, typ reflect.Type) *value {
	if !e.given() {
		return nil
	}
	return c.value(e, kind, target{typ: typ}, as, c.shape)
}

// block compiles the fields of one struct.
func (c *compiler) block(e entry, kind schema.Kind, typ reflect.Type, s *shape) *block {
	b := &block{shape: s}
	for _, one := range c.pairs(e) {
		if !one.given() {
			continue
		}
		t, fields, ok := findTarget(typ, one.key)
		if !ok {
			c.at(one.at, one.where, "%s", unknownField(kind, t, fields))
			continue
		}
		if t.typ == reflect.TypeFor[[]schema.DossierStep]() {
			c.at(one.at, one.where, "steps are records of their own, of kind %s", schema.KindDossierStep)
			continue
		}
		if a, ok := c.assignment(one, kind, t, s); ok {
			b.assignments = append(b.assignments, a)
		}
	}
	return b
}

func unknownField(kind schema.Kind, t target, fields []string) string {
	if len(fields) == 0 {
		return "there is nothing below this field of a " + string(kind)
	}
	return "unknown field of a " + string(kind) + "; known here: " + strings.Join(fields, ", ")
}

func (c *compiler) assignment(e entry, kind schema.Kind, t target, s *shape) (assignment, bool) {
	a := assignment{target: t}
	listed := item(t.typ).Kind() == reflect.Struct && !isLeaf(item(t.typ))
	switch {
	case t.typ.Kind() == reflect.Slice && listed:
		return c.each(e, kind, t, s)
	case listed && plain(t.typ) != placeTypes[0], t.typ.Kind() == reflect.Pointer:
		c.at(e.at, e.where, "this field has fields below it; name them: %s.%s", t.name, strings.Join(namesOf(plain(t.typ)), ", "+t.name+"."))
		return a, false
	case t.typ.Kind() == reflect.Slice:
		for _, one := range c.values(e) {
			a.values = append(a.values, c.value(one, kind, t, "", s))
		}
		return a, len(a.values) > 0
	}
	v := c.value(e, kind, t, "", s)
	a.values = []*value{v}
	return a, v != nil
}

// values returns the items of a list of values, or the single one.
func (c *compiler) values(e entry) []entry {
	if _, ok := e.value.(*ast.SequenceNode); ok {
		return c.list(e)
	}
	return []entry{e}
}

func isLeaf(t reflect.Type) bool { return slices.Contains(leaves, t) }

func (c *compiler) each(e entry, kind schema.Kind, t target, s *shape) (assignment, bool) {
	a := assignment{target: t}
	if _, ok := e.value.(*ast.MappingNode); !ok {
		c.wrong(e, "a list of things is expected: {each: PATH, fields: …}")
		return a, false
	}
	keys := c.known(e, "each", "fields")
	if !keys["each"].given() || !keys["fields"].given() {
		c.wrong(e, "each and fields are expected")
		return a, false
	}
	if a.each = c.path(keys["each"]); len(a.each) == 0 {
		return a, false
	}
	a.fields = c.block(keys["fields"], kind, t.typ.Elem(), s.add(a.each))
	return a, true
}
