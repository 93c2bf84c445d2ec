package mapped

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/lienthong/lienthong/adapters"
	"github.com/lienthong/lienthong/adapters/field"
	"github.com/lienthong/lienthong/adapters/markup"
	"github.com/lienthong/lienthong/adapters/sheet"
	"github.com/lienthong/lienthong/adapters/strict"
	"github.com/lienthong/lienthong/internal/fault"
	"github.com/lienthong/lienthong/schema"
)

type adapter struct {
	*Mapping
	province string // decides what a commune code means where the message does not
	dec      *strict.Decoder
}

var _ adapters.Adapter = (*adapter)(nil)

// Normalize implements [adapters.Adapter].
func (a *adapter) Normalize(ctx context.Context, raw adapters.Raw) ([]schema.Record, error) {
	run := run{adapter: a, ctx: ctx}
	switch {
	case strict.IsJSON(raw.ContentType):
		m := strict.Message(raw.Body)
		return run.message(m, m.Offset > 0 || len(a.sel) > 0)
	case a.Format == CSV && sheet.Is(raw.ContentType):
		return run.table(raw.Body)
	case a.Format == XML && markup.Is(raw.ContentType):
		message, err := markup.ToJSON(raw.Body)
		if err != nil {
			return nil, err
		}
		return run.message(strict.Message(message), true)
	}
	return nil, fault.New(fault.UnsupportedMedia, "mapped.Normalize", "the mapping is for "+string(a.Format))
}

func unknownForm() error {
	return fault.New(fault.UnknownForm, "mapped.Normalize", "nothing in the message is what the mapping describes")
}

// run is one run over one message.
type run struct {
	*adapter
	ctx context.Context
	field.Harvest
	heard bool // unknown columns of a table are reported with its first row alone
}

// message takes the elements of a JSON message.
func (run *run) message(m strict.Part, keep bool) ([]schema.Record, error) {
	parts, around, err := run.elements(m)
	if err != nil {
		return nil, err
	}
	keep = keep || m.Kind() == '['
	return run.all(parts, around, keep, nil)
}

// table takes the rows of a CSV file.
func (run *run) table(body []byte) ([]schema.Record, error) {
	s, err := sheet.Read(body)
	if err != nil {
		return nil, err
	}
	parts := make([]strict.Part, len(s.Rows))
	for i, row := range s.Rows {
		parts[i] = row.Part()
	}
	return run.all(parts, nil, true, s.Problems)
}

// all takes elements; keep says that each keeps its own bytes, not the whole message.
func (run *run) all(parts []strict.Part, around []string, keep bool, about []schema.Problem) ([]schema.Record, error) {
	strangers := 0
	for _, part := range parts {
		if err := run.ctx.Err(); err != nil {
			return nil, fault.Wrap(err, fault.Unavailable, "mapped.Normalize")
		}
		if !run.take(part, keep) {
			strangers++
			run.Refuse(part.Pointer, "form.unknown")
		}
		run.heard = run.Format == CSV
	}
	if len(parts) > 0 && strangers == len(parts) {
		return nil, unknownForm()
	}
	run.Unknown(around)
	records, err := run.Result("mapped.Normalize")
	err = once(err)
	if len(records) > 0 {
		records[0].Problems = append(records[0].Problems, about...)
	}
	return records, err
}

// take makes the records of one element; false when nothing of it is known.
func (run *run) take(part strict.Part, keep bool) bool {
	var sound strict.Skip
	if _, err := run.dec.Decode(part, &sound); err != nil {
		run.Reject(err)
		return true
	}
	n, err := grow(part.Data)
	if err != nil || n.kind != '{' || !run.shape.knowsAny(&n) {
		return false
	}
	var raw []byte
	if keep {
		raw = part.Data
	}
	var found strays
	if !run.heard {
		run.shape.walk(&n, part.Pointer, &found)
	}
	made := false
	for _, rec := range run.records {
		r := field.At(part.Pointer)
		s := source{node: &n, r: r, province: run.province}
		applies := rec.applies(s)
		if !applies && !r.Refused() {
			continue
		}
		if !made {
			r.Unknown(found.unknown)
		}
		refuseMisspelt(r, part.Pointer, found.misspelt)
		made = true
		if applies {
			run.Take(rec.make(s, raw), r)
		} else {
			run.Take(schema.Record{}, r)
		}
	}
	if !made {
		run.Refuse(part.Pointer, "form.unknown")
	}
	return true
}

// refuseMisspelt notes names that are known in other upper and lower case: what
// they hold would get lost.
func refuseMisspelt(r *field.Reader, base string, pointers []string) {
	for _, pointer := range pointers {
		p, _ := parsePath(strings.TrimPrefix(pointer, base))
		at, key := source{r: r}.at(p)
		at.Note(key, misspelt())
	}
}

// once drops what is said twice: the records of one element read the same fields.
func once(err error) error {
	var f *fault.Error
	if !errors.As(err, &f) {
		return err
	}
	var problems []schema.Problem
	for _, p := range f.Problems {
		if !slices.Contains(problems[max(0, len(problems)-near):], p) {
			problems = append(problems, p)
		}
	}
	f.Problems = problems
	return err
}

// near is how many problems before one are looked through for the same: those of an element stand together.
const near = 32
