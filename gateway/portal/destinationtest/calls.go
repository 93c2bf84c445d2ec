package destinationtest

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/lienthong/lienthong/gateway"
)

// creates plans the first write of entities of which nothing is there.
func (w *world) creates(n int) []gateway.PlannedCall {
	w.t.Helper()
	calls := make([]gateway.PlannedCall, n)
	for i := range calls {
		calls[i] = w.mustPlan(w.subject.Wanted(i+1, 1), w.prepared(i+1))[0]
	}
	return calls
}

// send sends the first writes of n entities together.
func (w *world) send(ctx context.Context, n int) []gateway.Outcome {
	w.t.Helper()
	return w.sent(ctx, w.creates(n))
}

func (w *world) sent(ctx context.Context, calls []gateway.PlannedCall) []gateway.Outcome {
	w.t.Helper()
	outcomes := w.Send(ctx, calls[0].Operation, calls)
	if len(outcomes) != len(calls) {
		w.t.Fatalf("%d calls have %d outcomes", len(calls), len(outcomes))
	}
	for _, o := range outcomes {
		if !o.Kind.Valid() || o.Kind == gateway.Found {
			w.t.Errorf("%q is no outcome of a write", o.Kind)
		}
		if failed := o.Kind != gateway.Delivered && o.Kind != gateway.Exists && o.Kind != gateway.Absent; failed && (o.Cause == "" || o.Err == nil) {
			w.t.Errorf("an outcome %s has no cause, or nothing for the log", o.Kind)
		}
	}
	w.discreet(outcomes...)
	return outcomes
}

// are requires one kind of all outcomes.
func (w *world) are(outcomes []gateway.Outcome, kind gateway.OutcomeKind) {
	w.t.Helper()
	for _, o := range outcomes {
		if o.Kind != kind {
			w.t.Fatalf("outcome %s (cause %s), not %s", o.Kind, o.Cause, kind)
		}
	}
}

// effects requires how often an entity was changed over there.
func (w *world) effects(i, want int) {
	w.t.Helper()
	if got := w.far.Effects(w.subject.Wanted(i, 1).Key); got != want {
		w.t.Fatalf("entity %d has %d effects over there, not %d", i, got, want)
	}
}

func (s Subject) calls(t *testing.T) {
	t.Run("brings an entity to its state, and a change of it", func(t *testing.T) {
		w := s.open(t, 5*time.Second)
		var known gateway.Known
		for version := 1; version <= 2; version++ {
			known = w.bring(s.Wanted(1, version), known)
			w.effects(1, version)
		}
	})
	t.Run("carries a whole batch in one request", func(t *testing.T) {
		w := s.open(t, 5*time.Second)
		n := w.Spec().Batch
		w.are(w.send(t.Context(), n), gateway.Delivered)
		if got := w.count(Write); got != 1 {
			t.Errorf("%d requests for one call", got)
		}
		for i := range n {
			w.effects(i+1, 1)
		}
	})
	t.Run("of nothing, or of another operation, sends nothing", func(t *testing.T) {
		w := s.open(t, 5*time.Second)
		if got := w.Send(t.Context(), gateway.OpCreate, nil); len(got) != 0 {
			t.Error("outcomes of nothing")
		}
		calls := w.creates(1)
		for _, o := range w.Send(t.Context(), gateway.OpLookup, calls) {
			if o.Kind != gateway.Unavailable || o.Shelf != gateway.ShelfGateway {
				t.Error("a write that is none is our bug, and nothing was taken")
			}
		}
		if w.count(Write) > 0 {
			t.Error("something was sent")
		}
	})
	t.Run("may be made by many lanes at once", func(t *testing.T) {
		w := s.open(t, 5*time.Second)
		var lanes sync.WaitGroup
		kinds, first := make([]gateway.OutcomeKind, 8), w.creates(8)
		for i := range kinds {
			c := first[i : i+1]
			lanes.Go(func() { kinds[i] = w.Send(t.Context(), c[0].Operation, c)[0].Kind })
		}
		lanes.Wait()
		for i, kind := range kinds {
			if kind != gateway.Delivered {
				t.Errorf("lane %d: %s", i, kind)
			}
			w.effects(i+1, 1)
		}
	})
	t.Run("whose context has ended takes nothing with it", func(t *testing.T) {
		w := s.open(t, 5*time.Second)
		first := w.creates(1)
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		w.are(w.sent(ctx, first), gateway.Unavailable)
		if w.count(Write) > 0 {
			t.Error("it was sent all the same")
		}
	})
	t.Run("that is cancelled under way is in doubt, at once", func(t *testing.T) {
		w := s.open(t, time.Minute)
		first := w.creates(1)
		w.spoil(Write, w.hang)
		ctx, cancel := context.WithCancel(t.Context())
		go func() {
			<-w.asked
			cancel()
		}()
		w.are(w.sent(ctx, first), gateway.Unknown)
	})
	t.Run("to where nobody listens takes nothing", func(t *testing.T) {
		w := s.open(t, 5*time.Second)
		first := w.creates(w.few())
		w.server.Close()
		w.disconnect() // what leaves over a connection that was kept is in doubt, rightly
		for _, o := range w.sent(t.Context(), first) {
			if o.Kind != gateway.Unavailable || o.Shelf != gateway.ShelfDestination {
				t.Errorf("%s on shelf %q", o.Kind, o.Shelf)
			}
		}
	})
}
