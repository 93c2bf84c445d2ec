package mapped

import (
	"reflect"
	"slices"
	"strings"

	"github.com/lienthong/lienthong/schema"
)

// target is one field of a canonical body, found by the names of its JSON.
type target struct {
	name  string       // "subject.full_name"
	steps []int        // field numbers, pointers are followed
	typ   reflect.Type // of the field
}

// leaves are the structs of package schema that hold one value.
var leaves = []reflect.Type{
	reflect.TypeFor[schema.Date](), reflect.TypeFor[schema.Time](), reflect.TypeFor[schema.Identifier](),
}

// findTarget follows a dotted name from a struct; near is how far it got and
// fields what there is at that place.
func findTarget(from reflect.Type, name string) (t target, fields []string, ok bool) {
	t = target{name: name, typ: from}
	for _, part := range strings.Split(name, ".") {
		at := plain(t.typ)
		if at.Kind() != reflect.Struct || slices.Contains(leaves, at) {
			return t, nil, false
		}
		i, known := fieldNamed(at, part)
		if !known {
			return t, namesOf(at), false
		}
		t.steps, t.typ = append(t.steps, i), at.Field(i).Type
	}
	return t, nil, true
}

// plain returns what a pointer points to.
func plain(t reflect.Type) reflect.Type {
	if t.Kind() == reflect.Pointer {
		return t.Elem()
	}
	return t
}

func fieldNamed(t reflect.Type, name string) (int, bool) {
	for i := range t.NumField() {
		if jsonName(t.Field(i)) == name {
			return i, true
		}
	}
	return 0, false
}

func namesOf(t reflect.Type) []string {
	var names []string
	for i := range t.NumField() {
		if name := jsonName(t.Field(i)); name != "" {
			names = append(names, name)
		}
	}
	return names
}

func jsonName(f reflect.StructField) string {
	name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
	return name
}

// in returns the field in a body, making the structs on its way.
func (t target) in(body reflect.Value) reflect.Value {
	for _, i := range t.steps {
		if body.Kind() == reflect.Pointer {
			if body.IsNil() {
				body.Set(reflect.New(body.Type().Elem()))
			}
			body = body.Elem()
		}
		body = body.Field(i)
	}
	return body
}

// assign puts what a reader gave into a field; nothing where it gave nothing,
// so that a mother of whom nothing is known does not come to be.
func assign(body reflect.Value, t target, v any) {
	if v == nil || reflect.ValueOf(v).IsZero() {
		return
	}
	put(t.in(body), v)
}

func put(field reflect.Value, v any) {
	if field.Kind() == reflect.Slice {
		item := reflect.New(field.Type().Elem()).Elem()
		put(item, v)
		for i := range field.Len() {
			if field.Index(i).Interface() == item.Interface() { // what lists of values hold can be compared
				return
			}
		}
		field.Set(reflect.Append(field, item))
		return
	}
	switch v := v.(type) {
	case string:
		field.SetString(v)
	case int64:
		field.SetInt(v)
	case schema.Identifier:
		if field.Kind() == reflect.String {
			field.SetString(v.Value)
			return
		}
		field.Set(reflect.ValueOf(v))
	case schema.Address:
		at := field.Addr().Interface().(*schema.Address)
		merge(at, v)
	default: // bool, float64, schema.Date, schema.Time
		field.Set(reflect.ValueOf(v))
	}
}

// merge lays codes and words over an address that other fields have begun.
func merge(at *schema.Address, from schema.Address) {
	for _, pair := range []struct {
		to   *string
		from string
	}{
		{&at.Text, from.Text},
		{&at.Street, from.Street},
		{&at.Commune, from.Commune},
		{&at.Province, from.Province},
		{&at.OldCommune, from.OldCommune},
		{&at.OldDistrict, from.OldDistrict},
		{&at.OldProvince, from.OldProvince},
	} {
		if pair.from != "" {
			*pair.to = pair.from
		}
	}
	if len(from.Candidates) > 0 {
		at.Candidates = from.Candidates
	}
}
