package civil

import (
	"bytes"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/lienthong/lienthong/adapters/field"
	"github.com/lienthong/lienthong/adapters/strict"
	"github.com/lienthong/lienthong/internal/fault"
	"github.com/lienthong/lienthong/schema"
)

// choice is an entry of a list as a source sends it: a code, a name, or both in
// an object. Of a bare scalar nobody knows which it is; it stands in both.
type choice struct{ code, name strict.Text }

// choose reads a choice.
func (a *adapter) choose(r *field.Reader, key string, raw jsontext.Value) choice {
	if text, ok := scalar(raw); ok {
		return choice{code: text, name: text}
	}
	var w entryOfList
	if !a.nested(r, key, raw, &w) {
		return choice{}
	}
	c := choice{code: w.Code, name: w.Name}
	if c.code == "" {
		c.code = w.MaDiaBan
	}
	if c.name == "" {
		c.name = w.Ten
	}
	if c.name == "" {
		c.name = c.code
	}
	return c
}

// text reads a choice of which only the words matter.
func (a *adapter) text(r *field.Reader, key string, raw jsontext.Value) string {
	return r.Text(key, a.choose(r, key, raw).name)
}

// code reads a choice of which only the code matters; "0" is what the registry writes for none.
func (a *adapter) code(r *field.Reader, key string, raw jsontext.Value) string {
	if code := r.Code(a.choose(r, key, raw).code); code != "0" {
		return code
	}
	return ""
}

// scalar returns what a value other than an object or list says; nothing for null and a missing one.
func scalar(raw jsontext.Value) (strict.Text, bool) {
	if len(raw) == 0 {
		return "", true
	}
	switch raw[0] {
	case 'n':
		return "", true
	case '{', '[':
		return "", false
	case '"':
		if bytes.IndexByte(raw, '\\') < 0 {
			return strict.Text(raw[1 : len(raw)-1]), true
		}
		text, err := jsontext.AppendUnquote(nil, raw)
		return strict.Text(text), err == nil
	}
	return strict.Text(raw), true
}

// nested decodes a value that stands at key, with problems and unknown keys at
// their own places. It returns false when the value is not fit to be used.
func (a *adapter) nested(r *field.Reader, key string, raw jsontext.Value, into any) bool {
	at := r.Pointer(key)
	unknown, err := a.dec.Decode(strict.Part{Data: raw, Pointer: at}, into)
	r.Unknown(unknown)
	if err == nil {
		return true
	}
	inner := r.Under(key)
	for _, p := range fault.ProblemsOf(err) {
		p.Level = schema.Refused
		inner.Note(strings.TrimPrefix(strings.TrimPrefix(p.Pointer, at), "/"), p)
	}
	return false
}

// inside returns the document inside a string, or the bare one, and where it stands.
func inside(pointer string, raw jsontext.Value) strict.Part {
	if raw.Kind() == '"' {
		if text, err := jsontext.AppendUnquote(nil, raw); err == nil {
			raw = text
		}
	}
	return strict.Part{Data: raw, Pointer: pointer}
}

// present reports whether a value that is a file or nothing is a file.
func present(raw jsontext.Value) bool { return len(raw) > 2 && raw[0] == '"' }
