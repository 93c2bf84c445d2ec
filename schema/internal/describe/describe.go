// Package describe writes the canonical model down for people and machines: a
// JSON Schema (draft 2020-12) and a page for each kind, made of the Go types of
// package schema, their comments and their constants. Its test compares them
// with docs/schema; run it with -update after the model has changed.
package describe

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strings"

	"github.com/lienthong/lienthong/schema"
)

// BaseURI is where the schemas are named; $id is below it.
const BaseURI = "https://lienthong.example.vn/schema/v1/"

// Document is one JSON Schema in the order in which it is to be read.
type Document struct {
	Dialect     string      `json:"$schema,omitempty"`
	ID          string      `json:"$id,omitempty"`
	Ref         string      `json:"$ref,omitempty"`
	Title       string      `json:"title,omitempty"`
	Description string      `json:"description,omitempty"`
	Type        string      `json:"type,omitempty"`
	Format      string      `json:"format,omitempty"`
	Pattern     string      `json:"pattern,omitempty"`
	Enum        []string    `json:"enum,omitempty"`
	Items       *Document   `json:"items,omitempty"`
	Properties  *Properties `json:"properties,omitempty"`
	Required    []string    `json:"required,omitempty"`
	Closed      *bool       `json:"additionalProperties,omitempty"` // false
	Definitions *Properties `json:"$defs,omitempty"`
}

// Properties are named schemas in order.
type Properties struct {
	Names []string
	By    map[string]*Document
}

// MarshalJSON keeps the order.
func (p *Properties) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, name := range p.Names {
		if i > 0 {
			b.WriteByte(',')
		}
		key, err := json.Marshal(name)
		if err != nil {
			return nil, err
		}
		value, err := json.Marshal(p.By[name])
		if err != nil {
			return nil, err
		}
		b.Write(append(append(key, ':'), value...))
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

func (p *Properties) add(name string, d *Document) {
	if p.By == nil {
		p.By = map[string]*Document{}
	}
	if _, known := p.By[name]; !known {
		p.Names = append(p.Names, name)
	}
	p.By[name] = d
}

// Model describes package schema.
type Model struct{ source *source }

// New reads the Go source of package schema in dir.
func New(dir string) (*Model, error) {
	s, err := read(dir)
	if err != nil {
		return nil, err
	}
	return &Model{source: s}, nil
}

// Schema returns the JSON Schema of the canonical body of a kind.
func (m *Model) Schema(kind schema.Kind) *Document {
	body := reflect.TypeOf(kind.New()).Elem()
	b := builder{model: m, definitions: &Properties{}}
	d := b.object(body)
	d.Dialect, d.ID, d.Title = "https://json-schema.org/draft/2020-12/schema", BaseURI+string(kind), string(kind)
	if len(b.definitions.Names) > 0 {
		d.Definitions = b.definitions
	}
	return d
}

type builder struct {
	model       *Model
	definitions *Properties
}

func (b *builder) object(t reflect.Type) *Document {
	open := false
	d := &Document{Type: "object", Description: b.model.source.types[t.Name()], Properties: &Properties{}, Closed: &open}
	for i := range t.NumField() {
		f := t.Field(i)
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		of := b.of(f.Type)
		if comment := b.model.source.fields[t.Name()][f.Name]; comment != "" {
			of.Description = comment
		}
		d.Properties.add(name, of)
		if !strings.Contains(options, "omit") {
			d.Required = append(d.Required, name)
		}
	}
	return d
}

var (
	dateType = reflect.TypeFor[schema.Date]()
	timeType = reflect.TypeFor[schema.Time]()
)

func (b *builder) of(t reflect.Type) *Document {
	switch {
	case t == dateType:
		return &Document{Type: "string", Pattern: `^\d{4}(-\d{2}(-\d{2})?)?$`}
	case t == timeType:
		return &Document{Type: "string", Format: "date-time"}
	}
	switch t.Kind() {
	case reflect.Pointer:
		return b.of(t.Elem())
	case reflect.Slice:
		return &Document{Type: "array", Items: b.of(t.Elem())}
	case reflect.Struct:
		if _, known := b.definitions.By[t.Name()]; !known {
			b.definitions.add(t.Name(), nil) // holds the place, should a type hold itself
			b.definitions.add(t.Name(), b.object(t))
		}
		return &Document{Ref: "#/$defs/" + t.Name()}
	case reflect.Bool:
		return &Document{Type: "boolean"}
	case reflect.Int, reflect.Int64:
		return &Document{Type: "integer"}
	case reflect.Float64:
		return &Document{Type: "number"}
	}
	d := &Document{Type: "string"}
	for _, v := range b.model.source.values[t.Name()] {
		d.Enum = append(d.Enum, v.text)
	}
	return d
}
