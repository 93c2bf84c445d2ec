package field

import (
	"errors"
	"strconv"
	"strings"

	"github.com/lienthong/lienthong/internal/fault"
	"github.com/lienthong/lienthong/schema"
)

// Reader reads the fields of one object and notes problems with them. Readers
// of nested objects, made by [Reader.Under] and [Reader.Item], note theirs in
// the same list. A Reader belongs to one goroutine.
type Reader struct {
	root     *Reader // nil for the root itself
	parent   *Reader
	pointer  string // of the root
	key      string // of a nested object in its parent
	index    int    // in the list of that key, -1 when it is no list
	problems []schema.Problem
	refused  bool
}

// At returns a reader of the object at a pointer of the message.
func At(pointer string) *Reader { return &Reader{pointer: pointer} }

// Under returns a reader of the object at key.
func (r *Reader) Under(key string) *Reader {
	return &Reader{root: r.top(), parent: r, key: key, index: -1}
}

// Item returns a reader of element i of the list at key.
func (r *Reader) Item(key string, i int) *Reader {
	return &Reader{root: r.top(), parent: r, key: key, index: i}
}

func (r *Reader) top() *Reader {
	if r.root == nil {
		return r
	}
	return r.root
}

// Pointer returns the pointer of a field, of the object itself for "". It is
// put together only when there is something to report.
func (r *Reader) Pointer(key string) string {
	base := r.pointer
	if r.parent != nil {
		base = r.parent.Pointer(r.key)
		if r.index >= 0 {
			base += "/" + strconv.Itoa(r.index)
		}
	}
	if key == "" {
		return base
	}
	return base + "/" + escaper.Replace(key)
}

var escaper = strings.NewReplacer("~", "~0", "/", "~1")

// Note records a problem with a field; its Pointer is set here.
func (r *Reader) Note(key string, p schema.Problem) {
	p.Pointer = r.Pointer(key)
	top := r.top()
	top.problems = append(top.problems, p)
	top.refused = top.refused || p.IsRefusal()
}

// Refuse notes that a field keeps the record out.
func (r *Reader) Refuse(key, code string) { r.Note(key, problem(code, schema.Refused)) }

// Warn notes that a field is doubtful.
func (r *Reader) Warn(key, code string) { r.Note(key, problem(code, schema.Warning)) }

// Repaired notes that a field was changed.
func (r *Reader) Repaired(key, code string) { r.Note(key, problem(code, schema.Repaired)) }

// Fail notes the error of a parser of package schema at the given level, and does nothing for nil.
func (r *Reader) Fail(key string, err error, level fault.Level) {
	if err == nil {
		return
	}
	p := problem("value.invalid", level)
	errors.As(err, &p)
	p.Level = level
	r.Note(key, p)
}

// Found notes what a parser of package schema found in a field. Its refusals
// count as worst: a dossier does not fail over a number that its clerk mistyped.
func (r *Reader) Found(key string, problems []schema.Problem, worst fault.Level) {
	for _, p := range problems {
		if p.IsRefusal() {
			p.Level = worst
		}
		r.Note(key, p)
	}
}

// Require refuses the record when a field that it cannot do without is empty,
// unless the field has been refused for what it holds.
func (r *Reader) Require(key, value string) {
	if value != "" {
		return
	}
	at := r.Pointer(key)
	for _, p := range r.Problems() {
		if p.Pointer == at && p.IsRefusal() {
			return
		}
	}
	r.Refuse(key, "field.required")
}

// Unknown warns of keys that the adapter does not know, by their pointers:
// what a source begins to send must not get lost unseen.
func (r *Reader) Unknown(pointers []string) {
	top := r.top()
	for _, at := range pointers {
		p := problem("field.unknown", schema.Warning)
		p.Pointer = at
		top.problems = append(top.problems, p)
	}
}

// Problems returns what was noted so far, in order.
func (r *Reader) Problems() []schema.Problem { return r.top().problems }

// Refused reports whether a problem keeps the record out.
func (r *Reader) Refused() bool { return r.top().refused }
