package gateway_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/lienthong/lienthong/adapters"
	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/internal/fault"
	"github.com/lienthong/lienthong/schema"
)

// acting is an adapter that does what a test says.
type acting func(ctx context.Context, raw adapters.Raw) ([]schema.Record, error)

func (a acting) Normalize(ctx context.Context, raw adapters.Raw) ([]schema.Record, error) {
	return a(ctx, raw)
}

var _ adapters.Adapter = acting(nil)

// ingestorOf returns an ingestor with one source, "motcua".
func ingestorOf(a acting, store gateway.IngestStore) *gateway.Ingestor {
	spec := adapters.Spec{Name: "acting", Version: 3, Kinds: []adapters.KindSpec{{Kind: schema.KindDossierStep, Order: adapters.ByVersion}}}
	return gateway.NewIngestor(gateway.IngestorOptions{
		Sources: []gateway.Source{{Code: "motcua", Spec: spec, Adapter: a}}, Store: store, Now: func() time.Time { return noon },
	})
}

// prepareOne lets an adapter work on one message.
func prepareOne(t *testing.T, m gateway.Message, a acting) gateway.Submission {
	t.Helper()
	unit, err := ingestorOf(a, nil).Prepare(t.Context(), gateway.Push{Source: "motcua", Messages: []gateway.Message{m}})
	require.NoError(t, err)
	require.Len(t, unit.Submissions, 1)
	return unit.Submissions[0]
}

func stepRecord(change func(*schema.Record)) schema.Record {
	s := &schema.DossierStep{Dossier: "H05.31-251103-0007", At: clock(0), Status: schema.Received}
	r := schema.Record{Kind: schema.KindDossierStep, ID: s.ID(), Body: s}
	if change != nil {
		change(&r)
	}
	return r
}

func invalid(pointers ...string) error {
	e := fault.New(fault.Invalid, "acting", "bad")
	for _, p := range pointers {
		e.Problems = append(e.Problems, fault.Problem{Pointer: p, Code: "date.invalid"})
	}
	return e
}

func TestPrepareWhenTheAdapterFails(t *testing.T) {
	failed := []string{"adapter.failed"}
	tests := []struct {
		name    string
		adapter acting
		code    fault.Code
		good    int
		codes   [][]string // of the problems of each rejected record
	}{
		{"it does not", func(context.Context, adapters.Raw) ([]schema.Record, error) {
			return []schema.Record{stepRecord(nil)}, nil
		}, "", 1, nil},
		{"some are bad, the good ones stay", func(context.Context, adapters.Raw) ([]schema.Record, error) {
			return []schema.Record{stepRecord(nil)}, invalid("/data/0/at", "/data/2/at", "/data/0/status")
		}, "", 1, [][]string{{"date.invalid", "date.invalid"}, {"date.invalid"}}},
		{"all are bad", func(context.Context, adapters.Raw) ([]schema.Record, error) {
			return nil, invalid("/at")
		}, fault.Invalid, 0, [][]string{{"date.invalid"}}},
		{"it does not say what is bad", func(context.Context, adapters.Raw) ([]schema.Record, error) {
			return nil, invalid()
		}, fault.Invalid, 0, [][]string{nil}},
		{"malformed bytes; what came beside is not trusted", func(context.Context, adapters.Raw) ([]schema.Record, error) {
			return []schema.Record{stepRecord(nil)}, &fault.Error{Code: fault.Malformed, Problems: []fault.Problem{{Code: "json.syntax"}}}
		}, fault.Malformed, 0, [][]string{{"json.syntax"}}},
		{"a form that it does not know", func(context.Context, adapters.Raw) ([]schema.Record, error) {
			return nil, fault.New(fault.UnknownForm, "acting", "")
		}, fault.UnknownForm, 0, [][]string{nil}},
		{"a type that it does not take", func(context.Context, adapters.Raw) ([]schema.Record, error) {
			return nil, fault.New(fault.UnsupportedMedia, "acting", "")
		}, fault.UnsupportedMedia, 0, [][]string{nil}},
		{"an error that is no fault", func(context.Context, adapters.Raw) ([]schema.Record, error) {
			return []schema.Record{stepRecord(nil)}, errors.New("Nguyễn Thị Hạnh")
		}, fault.Internal, 0, [][]string{failed}},
		{"a panic", func(context.Context, adapters.Raw) ([]schema.Record, error) {
			panic("Nguyễn Thị Hạnh")
		}, fault.Internal, 0, [][]string{failed}},
		{"a record without a body", func(context.Context, adapters.Raw) ([]schema.Record, error) {
			return []schema.Record{stepRecord(nil), {Kind: schema.KindDossier, ID: "1"}}, nil
		}, fault.Internal, 0, [][]string{failed}},
		{"a body without content", func(context.Context, adapters.Raw) ([]schema.Record, error) {
			return []schema.Record{{Kind: schema.KindDossier, ID: "1", Body: (*schema.Dossier)(nil)}}, nil
		}, fault.Internal, 0, [][]string{failed}},
		{"a body of another kind", func(context.Context, adapters.Raw) ([]schema.Record, error) {
			return []schema.Record{stepRecord(func(r *schema.Record) { r.Kind = schema.KindDossier })}, nil
		}, fault.Internal, 0, [][]string{failed}},
		{"text that is not UTF-8", func(context.Context, adapters.Raw) ([]schema.Record, error) {
			return []schema.Record{stepRecord(func(r *schema.Record) { r.Body.(*schema.DossierStep).Text = "\xff" })}, nil
		}, fault.Internal, 0, [][]string{failed}},
		{"a body that breaks its own rules", func(context.Context, adapters.Raw) ([]schema.Record, error) {
			return []schema.Record{stepRecord(nil), stepRecord(func(r *schema.Record) { r.Body.(*schema.DossierStep).Status = "" })}, nil
		}, "", 1, [][]string{{"field.required"}}},
		{"an id that cannot be stored", func(context.Context, adapters.Raw) ([]schema.Record, error) {
			bad := func(id string) schema.Record { return stepRecord(func(r *schema.Record) { r.ID = id }) }
			return []schema.Record{bad(""), bad(strings.Repeat("x", 513)), bad("a\x00b"), bad("a\xffb"), bad(strings.Repeat("x", 512))}, nil
		}, "", 1, [][]string{{"record.id"}, {"record.id"}, {"record.id"}, {"record.id"}}},
		{"keys that cannot be stored", func(context.Context, adapters.Raw) ([]schema.Record, error) {
			bad := func(number string) schema.Record {
				return stepRecord(func(r *schema.Record) { r.Body.(*schema.DossierStep).Dossier = number })
			}
			return []schema.Record{bad(strings.Repeat("x", 1025)), bad("a\x00b"), bad(strings.Repeat("x", 1024))}, nil
		}, "", 1, [][]string{{"record.key"}, {"record.key"}}},
		{"a mention that cannot be stored, and too many", func(context.Context, adapters.Raw) ([]schema.Record, error) {
			parcel := func(owners ...schema.Owner) schema.Record {
				return schema.Record{Kind: schema.KindLandParcel, ID: "1", Body: &schema.LandParcel{Commune: "09163", Sheet: "1", Number: "2", Owners: owners}}
			}
			crowd := make([]schema.Owner, 1001)
			for i := range crowd {
				crowd[i].Person = &schema.Person{FullName: "Nguyễn Thị Hạnh"}
			}
			return []schema.Record{parcel(schema.Owner{Person: &schema.Person{Identifiers: pin("")}}), parcel(crowd...), parcel(crowd[1:]...)}, nil
		}, "", 1, [][]string{{"record.key"}, {"record.mentions"}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			sub := prepareOne(t, gateway.Message{Body: []byte("{}")}, tt.adapter)
			require.Equal(t, tt.code, sub.Code)
			require.Len(t, sub.Records, tt.good)
			var codes [][]string
			for _, r := range sub.Rejected {
				require.Equal(t, gateway.Rejected, r.Verdict)
				require.Equal(t, strings.ToValidUTF8(r.ID, ""), r.ID)
				require.LessOrEqual(t, len(r.ID), 512)
				var of []string
				for _, p := range r.Errors {
					of = append(of, p.Code)
					require.NotContains(t, p.Detail+p.DetailEN, "Hạnh")
				}
				codes = append(codes, of)
			}
			require.Empty(t, cmp.Diff(tt.codes, codes))
			require.Equal(t, "{}", string(sub.Raw), "the message is kept whatever happens")
		})
	}

	t.Run("a caller who goes away ends it", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		in := ingestorOf(func(ctx context.Context, _ adapters.Raw) ([]schema.Record, error) {
			cancel()
			return nil, ctx.Err()
		}, nil)
		_, err := in.Prepare(ctx, gateway.Push{Source: "motcua", Messages: make([]gateway.Message, 1)})
		require.ErrorIs(t, err, context.Canceled)
	})
}

// A year mistyped must not make every later word look old.
func TestPrepareHeedsTheClock(t *testing.T) {
	later := noon.Add(48 * time.Hour)
	dossier := func(change func(*schema.Dossier)) schema.Record {
		d := &schema.Dossier{Number: "H05.31-251103-0007", Procedure: schema.ProcedureRef{Code: "1.001193"}, Status: schema.Received, ReceivedAt: clock(0), DueAt: schema.TimeOf(later)}
		change(d)
		return schema.Record{Kind: d.Kind(), ID: d.Number, EventTime: d.LastTime(), Body: d}
	}
	for name, tt := range map[string]struct {
		record   schema.Record
		rejected bool
		code     string
	}{
		"a due time lies ahead":          {dossier(func(*schema.Dossier) {}), false, ""},
		"received in a year to come":     {dossier(func(d *schema.Dossier) { d.ReceivedAt = schema.TimeOf(later) }), true, "time.future"},
		"a clock that runs hours ahead":  {dossier(func(d *schema.Dossier) { d.ReceivedAt = schema.TimeOf(noon.Add(20 * time.Hour)) }), false, ""},
		"a step of a year to come":       {stepRecord(func(r *schema.Record) { r.Body.(*schema.DossierStep).At = schema.TimeOf(later) }), true, "time.future"},
		"an order of its own lies ahead": {stepRecord(func(r *schema.Record) { r.EventTime = schema.TimeOf(later) }), false, "time.future"},
	} {
		t.Run(name, func(t *testing.T) {
			sub := prepareOne(t, gateway.Message{Body: []byte("{}")}, func(context.Context, adapters.Raw) ([]schema.Record, error) { return []schema.Record{tt.record}, nil })
			var found []fault.Problem
			if tt.rejected {
				require.Empty(t, sub.Records)
				require.Equal(t, fault.Invalid, sub.Code)
				found = sub.Rejected[0].Errors
			} else {
				require.Empty(t, sub.Rejected)
				found = sub.Records[0].Problems
				require.False(t, sub.Records[0].EventTime.After(noon.Add(gateway.ClockTolerance)))
			}
			if tt.code == "" {
				require.Empty(t, found)
			} else {
				require.Equal(t, tt.code, found[0].Code)
			}
		})
	}
}

// A register that answers "not found" is understood, and told so.
func TestPrepareExplainsSilence(t *testing.T) {
	sub := prepareOne(t, gateway.Message{Body: []byte("{}")}, func(context.Context, adapters.Raw) ([]schema.Record, error) { return nil, nil })
	require.Empty(t, sub.Code)
	require.Empty(t, sub.Rejected)
	require.Len(t, sub.Errors, 1)
	require.Equal(t, "message.no_records", sub.Errors[0].Code)
	require.False(t, sub.Errors[0].IsRefusal())
}

func TestPrepareGroupsProblemsByElement(t *testing.T) {
	for pointer, want := range map[string]string{
		"": "", "/": "", "/at": "", "/data": "", "/data/at": "", "/0": "/0", "/0/at": "/0", "/data/12": "/data/12", "/data/12/x/3/y": "/data/12",
		"/value/0/ketQuaXuLy/ten": "/value/0", "/a~1b/7": "/a~1b/7", "/7x/at": "", "//3/at": "//3",
	} {
		sub := prepareOne(t, gateway.Message{}, func(context.Context, adapters.Raw) ([]schema.Record, error) {
			return nil, invalid(want, pointer, "/elsewhere/99")
		})
		require.Len(t, sub.Rejected, 2, "%q belongs to %q", pointer, want)
		require.Len(t, sub.Rejected[0].Errors, 2, "%q belongs to %q", pointer, want)
	}
}

func TestPrepareDatesRecords(t *testing.T) {
	dated := func(context.Context, adapters.Raw) ([]schema.Record, error) {
		return []schema.Record{stepRecord(func(r *schema.Record) { r.Version, r.EventTime, r.Raw = 4, clock(1), []byte("part") })}, nil
	}
	t.Run("by what is in the message", func(t *testing.T) {
		r := prepareOne(t, gateway.Message{Body: []byte("whole")}, dated).Records[0]
		require.EqualValues(t, 4, r.Version)
		require.True(t, clock(1).Std().Equal(r.EventTime))
		require.Equal(t, "part", string(r.Raw))
		require.Equal(t, adapters.ByVersion, r.Order)
		require.Equal(t, gateway.RecordKey{Source: "motcua", Kind: schema.KindDossierStep, ID: r.ID}, r.Key())
	})
	t.Run("by what the sender tells beside it, to the microsecond", func(t *testing.T) {
		r := prepareOne(t, gateway.Message{SourceVersion: 9, EventTime: noon.Add(1234)}, dated).Records[0]
		require.EqualValues(t, 9, r.Version)
		require.Equal(t, noon.Add(time.Microsecond), r.EventTime)
	})
	t.Run("an undated record of the whole message", func(t *testing.T) {
		r := prepareOne(t, gateway.Message{Body: []byte("whole")}, func(context.Context, adapters.Raw) ([]schema.Record, error) {
			return []schema.Record{stepRecord(nil)}, nil
		}).Records[0]
		require.True(t, r.EventTime.IsZero())
		require.Zero(t, r.Version)
		require.Equal(t, "whole", string(r.Raw))
	})
}
