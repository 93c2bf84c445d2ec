package mapped

import (
	"reflect"
	"strings"

	"github.com/lienthong/lienthong/schema"
)

// applies reports whether the element yields this record. A condition that
// cannot be worked out refuses it, with its reason.
func (rec *record) applies(s source) bool {
	if rec.when == nil {
		return true
	}
	result, err := rec.when.run(s.node)
	yes, ok := result.(bool)
	if err == nil && ok {
		return yes
	}
	v := value{required: true}
	if len(rec.when.paths) > 0 {
		v.from = rec.when.paths[0]
	}
	r, key := s.at(v.from)
	v.fail(r, key, "mapping.expression", "Không xét được điều kiện của ánh xạ với dữ liệu này.", "The mapping's condition cannot be worked out for this data.")
	return false
}

// make builds a record; what is wrong with it is noted by the reader.
func (rec *record) make(s source, raw []byte) schema.Record {
	body := rec.kind.New()
	rec.fields.fill(reflect.ValueOf(body).Elem(), s)
	out := schema.Record{Kind: rec.kind, Body: body, Raw: raw}
	out.ID, out.EventTime = ownID(body), ownTime(body)
	if rec.id != nil {
		out.ID = ""
		rec.id.get(s, func(v any) { put(reflect.ValueOf(&out.ID).Elem(), v) })
	}
	if rec.at != nil {
		out.EventTime = schema.Time{}
		rec.at.get(s, func(v any) { put(reflect.ValueOf(&out.EventTime).Elem(), v) })
	}
	if rec.version != nil {
		rec.version.get(s, func(v any) { put(reflect.ValueOf(&out.Version).Elem(), v) })
	}
	rec.validate(body, s)
	if out.ID == "" && !s.r.Refused() {
		var from path
		if rec.id != nil {
			from = rec.id.from
		}
		r, key := s.at(from)
		r.Require(key, "")
	}
	return out
}

// validate refuses what the body itself refuses, at the field of the source that should have given it.
func (rec *record) validate(body schema.Body, s source) {
	if s.r.Refused() {
		return
	}
	for _, p := range body.Validate() {
		name := strings.ReplaceAll(strings.TrimPrefix(p.Pointer, "/"), "/", ".")
		p.Expected = name
		r, key := s.at(rec.fields.origin(name))
		r.Note(key, p)
	}
}

// origin returns the field of the source that fills a canonical field; nil when none does.
func (b *block) origin(name string) path {
	for i := range b.assignments {
		if a := &b.assignments[i]; a.name == name && len(a.values) > 0 {
			return a.values[0].from
		}
	}
	return nil
}

// ownID and ownTime are what the bodies of dossiers say of themselves.
func ownID(body schema.Body) string {
	switch b := body.(type) {
	case *schema.Dossier:
		return b.Number
	case *schema.DossierStep:
		return b.ID()
	case *schema.DossierNote:
		return b.ID()
	}
	return ""
}

func ownTime(body schema.Body) schema.Time {
	switch b := body.(type) {
	case *schema.Dossier:
		return b.LastTime()
	case *schema.DossierStep:
		return b.At
	case *schema.DossierNote:
		return b.At
	}
	return schema.Time{}
}
