package strict

import (
	"encoding"
	stdjson "encoding/json"
	"reflect"
	"strings"
	"unicode"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// form is how values of a type are read.
type form int

const (
	formOther   form = iota // left to package json
	formText                // Text: any scalar
	formString              //
	formBool                //
	formInt                 // any signed integer
	formFloat               //
	formSkip                // Skip: passed over
	formRaw                 // jsontext.Value, bytes as sent
	formPointer             //
	formStruct              //
	formSlice               //
	formList                // List: a slice, with what the wild sends for one
	formMap                 // string keys
)

// plan is what the decoder knows of a type.
type plan struct {
	form   form
	typ    reflect.Type
	elem   *plan            // of pointer, slice, list and map
	fields map[string]field // of a struct, by key
	folded map[string]bool  // its keys without their case
}

type field struct {
	index []int
	plan  *plan
}

// plan returns the plan of a type, made on first use.
func (d *Decoder) plan(t reflect.Type) *plan {
	if p, ok := d.plans.Load(t); ok {
		return p.(*plan)
	}
	building := map[reflect.Type]*plan{}
	p := build(t, building)
	for t, p := range building { // several goroutines may get here; their plans are equal
		d.plans.LoadOrStore(t, p)
	}
	return p
}

// build makes the plan of t and of all that t is made of; seen closes the circles of recursive types.
func build(t reflect.Type, seen map[reflect.Type]*plan) *plan {
	if p, ok := seen[t]; ok {
		return p
	}
	p := &plan{form: formOf(t), typ: t}
	seen[t] = p
	switch p.form {
	case formPointer, formSlice, formList, formMap:
		p.elem = build(t.Elem(), seen)
	case formStruct:
		p.fields, p.folded = map[string]field{}, map[string]bool{}
		p.collect(t, nil, seen)
	}
	return p
}

// collect adds the fields of struct t, which stands at index within p's type.
func (p *plan) collect(t reflect.Type, index []int, seen map[reflect.Type]*plan) {
	for i := range t.NumField() {
		f := t.Field(i)
		at := append(append([]int(nil), index...), i)
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		switch {
		case f.Anonymous && name == "" && f.Type.Kind() == reflect.Struct:
			p.collect(f.Type, at, seen)
			continue
		case !f.IsExported() || name == "-":
			continue
		case name == "":
			name = f.Name
		}
		p.fields[name] = field{index: at, plan: build(f.Type, seen)}
		p.folded[foldCase(name)] = true
	}
}

// foldCase returns one form for all names that [strings.EqualFold] takes for the same.
func foldCase(name string) string {
	return strings.Map(func(r rune) rune {
		least := r
		for f := unicode.SimpleFold(r); f != r; f = unicode.SimpleFold(f) {
			least = min(least, f)
		}
		return least
	}, name)
}

func formOf(t reflect.Type) form {
	switch t {
	case reflect.TypeFor[Text]():
		return formText
	case reflect.TypeFor[Skip]():
		return formSkip
	case reflect.TypeFor[jsontext.Value]():
		return formRaw
	}
	if ownReader(reflect.PointerTo(t)) {
		return formOther
	}
	switch t.Kind() {
	case reflect.String:
		return formString
	case reflect.Bool:
		return formBool
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return formInt
	case reflect.Float32, reflect.Float64:
		return formFloat
	case reflect.Pointer:
		return formPointer
	case reflect.Struct:
		return formStruct
	case reflect.Slice:
		switch {
		case t.Implements(reflect.TypeFor[list]()):
			return formList
		case t.Elem().Kind() != reflect.Uint8:
			return formSlice
		}
	case reflect.Map:
		if t.Key().Kind() == reflect.String {
			return formMap
		}
	}
	return formOther
}

// ownReader reports whether a type reads JSON by itself.
func ownReader(t reflect.Type) bool {
	return t.Implements(reflect.TypeFor[json.UnmarshalerFrom]()) || t.Implements(reflect.TypeFor[stdjson.Unmarshaler]()) ||
		t.Implements(reflect.TypeFor[encoding.TextUnmarshaler]())
}
