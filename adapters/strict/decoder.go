package strict

import (
	"bytes"
	"errors"
	"io"
	"reflect"
	"strings"
	"sync"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/lienthong/lienthong/internal/fault"
)

// MaxDepth is how deep objects and arrays may nest, counted from the message.
const MaxDepth = 32

// maxReports is how many problems, and how many unknown keys, of one part are
// listed: enough to mend the sender, too few to fill the memory with.
const maxReports = 100

// Options of a [Decoder].
type Options struct {
	RefuseUnknown bool // a key that no field has is a problem json.unknown_key instead of a report
}

// Decoder decodes parts of messages into structs. It learns the shape of a
// type when it first meets it; keep one and use it from any goroutine.
type Decoder struct {
	opts  Options
	plans sync.Map  // reflect.Type → *plan
	pool  sync.Pool // *walk
}

// New returns a decoder.
func New(opts Options) *Decoder {
	d := &Decoder{opts: opts}
	d.pool.New = func() any { return &walk{dec: new(jsontext.Decoder)} }
	return d
}

// Decode reads part into the struct, list or value that into points to and
// returns the pointers of keys that no field has, at most 100 of them.
//
// Fields are found by their json tag, or their name, letter for letter. Fields
// of type jsontext.Value get the bytes of the value and alias the message.
// Types with their own UnmarshalJSONFrom, UnmarshalJSON or UnmarshalText are
// left to it. The error is a *fault.Error with Problems, code fault.Malformed
// when the bytes are at fault and fault.Invalid when the content is; then what
// into holds is incomplete.
func (d *Decoder) Decode(part Part, into any) (unknown []string, err error) {
	v := reflect.ValueOf(into)
	if v.Kind() != reflect.Pointer || v.IsNil() {
		return nil, fault.New(fault.Internal, "strict.Decode", "the target is no pointer")
	}
	w := d.pool.Get().(*walk)
	defer d.release(w)
	w.begin(part, d.opts)
	if stop := w.value(v.Elem(), d.plan(v.Type().Elem())); stop != nil {
		w.syntax(part, stop)
	} else if _, end := w.dec.ReadToken(); !errors.Is(end, io.EOF) {
		w.problems = append(w.problems, problem(part.Pointer, codeTrailing)) // over the bound too: Broken looks for it
	}
	return w.unknown, fail("strict.Decode", w.problems)
}

// Unmarshal decodes a whole message for callers without use for what is unknown.
func (d *Decoder) Unmarshal(body []byte, into any) error {
	_, err := d.Decode(Message(body), into)
	return err
}

func (d *Decoder) release(w *walk) {
	w.part, w.unknown, w.problems = Part{}, nil, nil
	w.buf = bytes.Buffer{}
	d.pool.Put(w)
}

// walk is one run over one part.
type walk struct {
	dec      *jsontext.Decoder
	buf      bytes.Buffer // hands the part to dec without copying
	opts     Options
	part     Part
	depth    int // of the part in its message
	unknown  []string
	problems []fault.Problem
}

func (w *walk) begin(part Part, opts Options) {
	w.part, w.opts, w.depth = part, opts, strings.Count(part.Pointer, "/")
	w.buf = *bytes.NewBuffer(part.Data[:len(part.Data):len(part.Data)])
	w.dec.Reset(&w.buf)
}

// here is the pointer of what was read last.
func (w *walk) here() string { return w.part.Pointer + string(w.dec.StackPointer()) }

func (w *walk) refuse(pointer, code string) {
	if len(w.problems) < maxReports {
		w.problems = append(w.problems, problem(pointer, code))
	}
}

// skip passes over a value that nobody reads, with the checks that reading would have made.
func (w *walk) skip() ([]byte, error) {
	raw, err := w.dec.ReadValue()
	if err != nil {
		return nil, err
	}
	if deepest(raw)+w.depth+w.dec.StackDepth() > MaxDepth {
		w.refuse(w.here(), codeTooDeep)
	}
	if bytes.Contains(raw, escapedNUL) && holdsNUL(raw) {
		w.refuse(w.here(), codeNUL)
	}
	return raw, nil
}

// syntax turns the error that ended the reading into a problem. A duplicate key
// or bad encoding is reported as such only where the part is well-formed apart
// from it: else its end is not to be trusted, nor are its neighbours.
func (w *walk) syntax(part Part, stop error) {
	at, code := part.Pointer, codeSyntax
	var syn *jsontext.SyntacticError
	var sem *json.SemanticError
	switch {
	case len(bytes.TrimSpace(part.Data)) == 0:
		code = codeEmpty
	case errors.As(stop, &syn):
		at += string(syn.JSONPointer)
		sound := jsontext.Value(part.Data).IsValid(jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
		switch {
		case sound && errors.Is(stop, jsontext.ErrDuplicateName):
			code = codeDuplicate
		case sound:
			code = codeUTF8
		}
	case errors.As(stop, &sem):
		at, code = at+string(sem.JSONPointer), codeKind
	}
	p := problem(at, code)
	if code == codeSyntax && syn != nil {
		p = atByte(p, part.Offset+int(syn.ByteOffset))
	}
	w.problems = append(w.problems, p)
}
