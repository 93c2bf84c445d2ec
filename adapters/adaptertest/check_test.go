package adaptertest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/lienthong/lienthong/adapters"
	"github.com/lienthong/lienthong/internal/fault"
	"github.com/lienthong/lienthong/schema"
)

// The suite is tested by what it must not let pass: each test breaks one rule
// and expects a failure.

type recorder struct {
	testing.TB
	said []string
}

func (r *recorder) Helper() {}
func (r *recorder) Errorf(format string, v ...any) {
	r.said = append(r.said, fmt.Sprintf(format, v...))
}
func (r *recorder) Error(v ...any)                 { r.said = append(r.said, fmt.Sprint(v...)) }
func (r *recorder) Fatalf(format string, v ...any) { r.Errorf(format, v...) }

var spec = adapters.Spec{Name: "fake", Kinds: []adapters.KindSpec{{Kind: schema.KindPerson}}}

// message is what the fake adapters below get.
const message = `{"hoTen":"Nguyễn Thị Hạnh","so":27192004321,"trong":"{\"xa\":\"Kinh Bắc\"}"}`

// fake yields one person after change has spoilt the outcome.
type fake func(rec *schema.Record, p *fault.Problem) error

func (f fake) Normalize(_ context.Context, raw adapters.Raw) ([]schema.Record, error) {
	if string(raw.Body) != message {
		return nil, fault.New(fault.UnknownForm, "fake", "not the message")
	}
	rec := schema.Record{Kind: schema.KindPerson, ID: "1", Body: &schema.Person{FullName: "Nguyễn Thị Hạnh"}, Raw: raw.Body}
	p := fault.Problem{Pointer: "/hoTen", Code: "name.case", Level: fault.Repaired, Detail: "Đã sửa.", DetailEN: "Put right."}
	if err := f(&rec, &p); err != nil {
		return nil, err
	}
	rec.Problems = append(rec.Problems, p)
	return []schema.Record{rec}, nil
}

func TestTheSuiteSeesEachFault(t *testing.T) {
	for name, f := range map[string]fake{
		"no id": func(rec *schema.Record, _ *fault.Problem) error { rec.ID = ""; return nil },
		"kind not declared": func(rec *schema.Record, _ *fault.Problem) error {
			rec.Body = new(schema.Dossier)
			rec.Kind = schema.KindDossier
			return nil
		},
		"kind not that of the body": func(rec *schema.Record, _ *fault.Problem) error { rec.Body = new(schema.Dossier); return nil },
		"not valid":                 func(rec *schema.Record, _ *fault.Problem) error { rec.Body = new(schema.Person); return nil },
		"not NFC": func(rec *schema.Record, _ *fault.Problem) error {
			rec.Body = &schema.Person{FullName: "Ha\u0323nh"}
			return nil
		},
		"a refusal with a record": func(_ *schema.Record, p *fault.Problem) error { p.Level = fault.Refused; return nil },
		"a problem without words": func(_ *schema.Record, p *fault.Problem) error { p.Detail = ""; return nil },
		"no pointer":              func(_ *schema.Record, p *fault.Problem) error { p.Pointer = "hoTen"; return nil },
		"a pointer to nothing": func(_ *schema.Record, p *fault.Problem) error {
			p.Pointer = "/hoTen/0/x"
			p.Pointer = "/khong/co"
			return nil
		},
		"a value in a problem":              func(_ *schema.Record, p *fault.Problem) error { p.Detail += " Nguyễn Thị Hạnh"; return nil },
		"a number in a problem":             func(_ *schema.Record, p *fault.Problem) error { p.Expected = "27192004321"; return nil },
		"a value of a document inside":      func(_ *schema.Record, p *fault.Problem) error { p.DetailEN += " Kinh Bắc"; return nil },
		"a value in an error":               func(*schema.Record, *fault.Problem) error { return errors.New("no such person: Nguyễn Thị Hạnh") },
		"an error of another code":          func(*schema.Record, *fault.Problem) error { return errors.New("out of order") },
		"invalid without a problem":         func(*schema.Record, *fault.Problem) error { return fault.New(fault.Invalid, "fake", "bad") },
		"raw that does not give the record": func(rec *schema.Record, _ *fault.Problem) error { rec.Raw = []byte("nowhere"); return nil },
		"nothing wrong":                     func(*schema.Record, *fault.Problem) error { return nil },
	} {
		t.Run(name, func(t *testing.T) {
			r := &recorder{}
			raw := adapters.Raw{ContentType: "application/json", Body: []byte(message)}
			o := normalize(r, f, raw)
			checkOutcome(r, spec, o)
			checkPointers(r, raw.Body, o)
			checkSilence(r, raw, o)
			checkReplay(r, f, o)
			if failed := len(r.said) > 0; failed == (name == "nothing wrong") {
				t.Errorf("the suite said %q", r.said)
			}
		})
	}
}

// lax takes any JSON, keys that stand twice and unknown ones included.
type lax struct{}

func (lax) Normalize(_ context.Context, raw adapters.Raw) ([]schema.Record, error) {
	return []schema.Record{{Kind: schema.KindPerson, ID: "1", Body: &schema.Person{FullName: "A"}, Raw: raw.Body}}, nil
}

func TestTheSuiteSeesLaxDecoding(t *testing.T) {
	r := &recorder{}
	c := testCase{raw: adapters.Raw{ContentType: "application/json", Body: []byte(message)}}
	c.checkStrict(r, lax{}, normalize(r, lax{}, c.raw))
	if len(r.said) != 2 {
		t.Errorf("the suite said %q", r.said)
	}
}

func TestValues(t *testing.T) {
	want := []string{"Nguyễn Thị Hạnh", "27192004321", "Kinh Bắc"}
	if got := values([]byte(message)); !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
	got := values([]byte("<a x=\"1\"><b>Kinh Bắc</b>\n<c>2719</c></a>"))
	if !slices.Equal(got, []string{"Kinh Bắc", "2719"}) {
		t.Errorf("%q", got)
	}
}

func TestSplice(t *testing.T) {
	body := []byte(`{"a":"x","b":["y",1,{"c":"z"}]}`)
	for at, want := range []string{`{"a":"\n","b":["y",1,{"c":"z"}]}`, `{"a":"x","b":["\n",1,{"c":"z"}]}`, `{"a":"x","b":["y",1,{"c":"\n"}]}`, string(body)} {
		if got := splice(bytes.Clone(body), at, "\n"); string(got) != want {
			t.Errorf("%d: %s", at, got)
		}
	}
}
