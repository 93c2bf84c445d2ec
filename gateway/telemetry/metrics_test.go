package telemetry_test

import (
	"context"
	"errors"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/gateway/telemetry"
	"github.com/lienthong/lienthong/internal/fault"
	"github.com/lienthong/lienthong/schema"
)

// stored answers every commit with what it is told.
type stored struct {
	out gateway.IngestOutcome
	err error
}

func (s *stored) Ingest(context.Context, []gateway.Unit) (gateway.IngestOutcome, error) {
	return s.out, s.err
}

func TestVerdictsAreCounted(t *testing.T) {
	t.Parallel()
	o, store := telemetry.New(telemetry.Options{}), new(stored)
	watched := o.IngestStore(store)
	verdict := func(k schema.Kind, v gateway.Verdict) gateway.RecordResult {
		return gateway.RecordResult{Kind: k, ID: canary, Verdict: v}
	}
	var units []gateway.Unit
	add := func(u gateway.Unit, out gateway.UnitOutcome) {
		units, store.out.Units = append(units, u), append(store.out.Units, out)
	}
	add(pushed(t, gateway.Submission{Source: "onestop", Adapter: "onestop"},
		verdict(schema.KindDossier, gateway.Accepted), verdict(schema.KindDossier, gateway.Accepted), verdict(schema.KindDossierStep, gateway.Unchanged)))
	add(pushed(t, gateway.Submission{Source: "onestop", Adapter: "onestop", Rejected: make([]gateway.RecordResult, 2)},
		verdict(schema.KindDossier, gateway.Rejected), verdict("", gateway.Rejected), verdict(schema.KindDossier, gateway.NeedsReview)))
	add(pushed(t, gateway.Submission{Source: "hotich", Adapter: "civil", Code: fault.Malformed}, verdict("", gateway.Rejected)))
	add(pushed(t, gateway.Submission{Source: "hotich", Adapter: "civil"}, gateway.RecordResult{Kind: name, Verdict: canary}))
	u, replayed := pushed(t, gateway.Submission{Source: "onestop", Adapter: "onestop"}, verdict(schema.KindDossier, gateway.Accepted))
	replayed.Answer.Replayed = true
	add(u, replayed)
	u, _ = pushed(t, gateway.Submission{Source: "onestop", Adapter: "onestop", Code: fault.Malformed})
	add(u, gateway.UnitOutcome{Err: fault.New(fault.KeyReused, "x", "y")})

	_, err := watched.Ingest(t.Context(), units)
	require.NoError(t, err)
	store.err = errors.New("away")
	_, err = watched.Ingest(t.Context(), units)
	require.ErrorIs(t, err, store.err)

	got := series(t, o)
	for name := range got {
		require.NotContains(t, name, canary)
		require.NotContains(t, name, "Canary")
	}
	want := map[string]float64{
		"lienthong_ingest_records_total{source=onestop,type=dossier,verdict=accepted}":       2,
		"lienthong_ingest_records_total{source=onestop,type=dossier_step,verdict=unchanged}": 1,
		"lienthong_ingest_records_total{source=onestop,type=dossier,verdict=rejected}":       1,
		"lienthong_ingest_records_total{source=onestop,type=dossier,verdict=needs_review}":   1,
		"lienthong_ingest_records_total{source=onestop,type=unknown,verdict=rejected}":       1,
		"lienthong_ingest_records_total{source=hotich,type=unknown,verdict=rejected}":        1,
		"lienthong_ingest_records_total{source=hotich,type=unknown,verdict=unknown}":         1,
		"lienthong_adapter_errors_total{adapter=civil,class=malformed}":                      1,
		"lienthong_adapter_errors_total{adapter=onestop,class=invalid}":                      2,
	}
	for k, v := range want {
		require.Equal(t, v, got[k], k)
	}
	for k := range got {
		if _, expected := want[k]; !expected {
			require.NotRegexp(t, "^lienthong_(ingest_records|adapter_errors)", k)
		}
	}
}

// taking is a pusher that answers.
type taking struct{ refused int }

func (*taking) Ingest(context.Context, gateway.Push) (gateway.Answer, error) {
	return gateway.Answer{Summary: gateway.Summary{Accepted: 1}}, nil
}

func (p *taking) Rehearse(context.Context, gateway.Push) (gateway.Rehearsal, error) {
	return gateway.Rehearsal{}, nil
}

func (p *taking) Refuse(context.Context, string, string, []byte, error) (uuid.UUID, error) {
	p.refused++
	return uuid.Nil, nil
}

func TestPushesAreTimed(t *testing.T) {
	t.Parallel()
	o, next := telemetry.New(telemetry.Options{}), new(taking)
	in := o.Ingestor(next)
	for range 3 {
		answer, err := in.Ingest(t.Context(), gateway.Push{})
		require.NoError(t, err)
		require.Equal(t, 1, answer.Summary.Accepted)
	}
	_, err := in.Refuse(t.Context(), "", "", nil, nil)
	require.NoError(t, err)
	require.Equal(t, 1, next.refused)
	require.Equal(t, 3.0, series(t, o)["lienthong_ingest_duration_seconds"])
}

// answering is a destination that answers with what it is told.
type answering struct {
	gateway.Destination
	outcomes []gateway.Outcome
}

func (answering) Spec() gateway.DestinationSpec { return gateway.DestinationSpec{Code: "dvcqg"} }
func (p *answering) Send(context.Context, gateway.Operation, []gateway.PlannedCall) []gateway.Outcome {
	return p.outcomes
}
func (p *answering) Lookup(context.Context, string) (gateway.Known, gateway.Outcome) {
	return gateway.Known{Exists: true}, gateway.Outcome{Kind: gateway.Found, HTTPStatus: 200}
}

func TestCallsAreCounted(t *testing.T) {
	t.Parallel()
	o := telemetry.New(telemetry.Options{})
	next := &answering{outcomes: []gateway.Outcome{
		{Kind: gateway.Delivered, HTTPStatus: 200}, {Kind: gateway.Delivered, HTTPStatus: 200},
		{Kind: gateway.RefusedData, HTTPStatus: 200, Message: name, Cause: canary}, {Kind: gateway.Unavailable}, {Kind: "nonsense " + canary, HTTPStatus: 502},
	}}
	watched := o.Destinations([]gateway.Destination{next})
	require.Len(t, watched, 1)
	require.Equal(t, next.outcomes, watched[0].Send(t.Context(), gateway.OpCreate, make([]gateway.PlannedCall, 5)))
	known, outcome := watched[0].Lookup(t.Context(), canary)
	require.True(t, known.Exists)
	require.Equal(t, gateway.Found, outcome.Kind)
	got := series(t, o)
	for k, v := range map[string]float64{
		"lienthong_sync_attempts_total{destination=dvcqg,http_class=2xx,outcome=delivered}":    2,
		"lienthong_sync_attempts_total{destination=dvcqg,http_class=2xx,outcome=refused}":      1,
		"lienthong_sync_attempts_total{destination=dvcqg,http_class=none,outcome=unavailable}": 1,
		"lienthong_sync_attempts_total{destination=dvcqg,http_class=5xx,outcome=unknown}":      1,
		"lienthong_sync_attempts_total{destination=dvcqg,http_class=2xx,outcome=found}":        1,
		"lienthong_sync_duration_seconds{destination=dvcqg,operation=create}":                  1,
		"lienthong_sync_duration_seconds{destination=dvcqg,operation=lookup}":                  1,
	} {
		require.Equal(t, v, got[k], k)
	}
}

// rows is a store of one breaker, without its rules.
type rows struct {
	gateway.BreakerStore
	row     gateway.BreakerRow
	granted bool
}

func (r *rows) Breakers(context.Context) ([]gateway.BreakerRow, error) {
	return []gateway.BreakerRow{r.row}, nil
}
func (r *rows) MoveBreaker(context.Context, gateway.BreakerMove) (gateway.BreakerRow, bool, error) {
	return r.row, r.granted, nil
}
func (r *rows) TakeProbe(context.Context, gateway.BreakerKey, string, time.Duration) (gateway.BreakerRow, bool, error) {
	return r.row, r.granted, nil
}
func (r *rows) ForceBreaker(context.Context, gateway.Order) (gateway.BreakerRow, error) {
	return r.row, nil
}

func TestBreakerMovesAreCounted(t *testing.T) {
	t.Parallel()
	o := telemetry.New(telemetry.Options{})
	key := gateway.BreakerKey{Destination: "dvcqg", Operation: gateway.OpCreate}
	next := &rows{row: gateway.BreakerRow{Key: key, State: gateway.BreakerOpen}}
	s := o.BreakerStore(next)
	move := func(granted bool, to gateway.BreakerState) {
		next.granted, next.row.State = granted, to
		_, _, err := s.MoveBreaker(t.Context(), gateway.BreakerMove{})
		require.NoError(t, err)
	}
	probe := func(granted bool, to gateway.BreakerState) {
		next.granted, next.row.State = granted, to
		_, _, err := s.TakeProbe(t.Context(), key, "node", time.Second)
		require.NoError(t, err)
	}
	move(true, gateway.BreakerOpen)
	move(false, gateway.BreakerOpen) // somebody else had opened it
	probe(true, gateway.BreakerHalfOpen)
	probe(true, gateway.BreakerHalfOpen) // the prober before was lost; the state is the same
	move(true, gateway.BreakerOpen)
	next.row.State = gateway.BreakerClosed // by another node
	_, err := s.Breakers(t.Context())
	require.NoError(t, err)
	move(true, gateway.BreakerOpen)
	probe(true, gateway.BreakerHalfOpen)
	move(true, gateway.BreakerClosed)
	next.row.Forced = gateway.BreakerOpen
	_, err = s.ForceBreaker(t.Context(), gateway.Order{Key: key, State: gateway.BreakerOpen, Actor: "an.nguyen", Reason: "x"})
	require.NoError(t, err)

	got := series(t, o)
	for to, n := range map[string]float64{"open": 3, "half_open": 2, "closed": 1, "forced_open": 1} {
		require.Equal(t, n, got["lienthong_breaker_transitions_total{destination=dvcqg,to="+to+"}"], to)
	}
}

func TestHandlerAnswersWithoutTheDatabase(t *testing.T) {
	t.Parallel()
	o := telemetry.New(telemetry.Options{Version: "1.2.3", Revision: "abc"})
	w := httptest.NewRecorder()
	o.Handler().ServeHTTP(w, httptest.NewRequest("GET", "/metrics", nil))
	require.Equal(t, 200, w.Code)
	require.Contains(t, w.Body.String(), `lienthong_build_info{go_version="go`)
	require.Contains(t, w.Body.String(), `revision="abc",version="1.2.3"} 1`)
	require.Contains(t, w.Body.String(), "go_goroutines")
}
