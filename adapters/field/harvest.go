package field

import (
	"context"

	"github.com/lienthong/lienthong/adapters/strict"
	"github.com/lienthong/lienthong/internal/fault"
	"github.com/lienthong/lienthong/schema"
)

// Harvest collects what one message yields.
type Harvest struct {
	records  []schema.Record
	problems []schema.Problem
	code     fault.Code // of the problems: Invalid, or Malformed when nothing but bad bytes was met
	broken   error
	stray    []schema.Problem // about the message around the records
}

// Take adds a record with the problems that its reader noted, or only the
// problems when one of them is a refusal. What the body's own Validate refuses
// is refused at the place of the reader's object.
func (h *Harvest) Take(rec schema.Record, r *Reader) {
	if !r.Refused() {
		for _, p := range rec.Body.Validate() {
			r.Note("", p)
		}
	}
	if r.Refused() {
		h.problems = append(h.problems, r.Problems()...)
		h.code = fault.Invalid
		return
	}
	rec.Problems = r.Problems()
	h.records = append(h.records, rec)
}

// Reject adds the error of reading one part of the message. Broken syntax
// condemns the whole message: no record of it is to be trusted.
func (h *Harvest) Reject(err error) {
	if err == nil {
		return
	}
	if strict.Broken(err) && h.broken == nil {
		h.broken = err
	}
	if h.code == "" {
		h.code = fault.CodeOf(err)
	}
	h.problems = append(h.problems, fault.ProblemsOf(err)...)
}

// Refuse adds a problem with a part of the message that became no record.
func (h *Harvest) Refuse(pointer, code string) {
	p := problem(code, schema.Refused)
	p.Pointer = pointer
	h.problems = append(h.problems, p)
	h.code = fault.Invalid
}

// Each hands every element of an array to take, which reports whether it knows
// the element's form. Of the others the sound ones are refused, unless all are
// strange: then the form of the whole message is. Errors: the array's own, and
// Unavailable when ctx ends.
func (h *Harvest) Each(ctx context.Context, op string, dec *strict.Decoder, array strict.Part, take func(strict.Part) bool) (strange bool, err error) {
	items, err := strict.Elements(array)
	if err != nil {
		return false, err
	}
	strangers := 0
	for _, item := range items {
		if err := ctx.Err(); err != nil {
			return false, fault.Wrap(err, fault.Unavailable, op)
		}
		if take(item) {
			continue
		}
		var nothing strict.Skip
		if _, err := dec.Decode(item, &nothing); err != nil {
			h.Reject(err)
			continue
		}
		strangers++
		h.Refuse(item.Pointer, "form.unknown")
	}
	return len(items) > 0 && strangers == len(items), nil
}

// Unknown warns, with the first record, of unknown keys around the records.
func (h *Harvest) Unknown(pointers []string) {
	r := At("")
	r.Unknown(pointers)
	h.stray = append(h.stray, r.Problems()...)
}

// Result returns the good records and an error with the problems of the
// others: a *fault.Error of code Invalid, or Malformed.
func (h *Harvest) Result(op string) ([]schema.Record, error) {
	if h.broken != nil {
		return nil, h.broken
	}
	if len(h.stray) > 0 && len(h.records) > 0 {
		first := &h.records[0]
		first.Problems = append(first.Problems, h.stray...)
	}
	if len(h.problems) == 0 {
		return h.records, nil
	}
	if len(h.records) > 0 {
		h.code = fault.Invalid // the message as such was readable
	}
	return h.records, &fault.Error{Code: h.code, Op: op, Problems: h.problems}
}
