package destinationtest

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/lienthong/lienthong/gateway"
)

// send plans what brings entities from what is known to a version of theirs, and sends the first calls together.
func (w *world) send(ctx context.Context, version, n int) []gateway.Outcome {
	w.t.Helper()
	calls := make([]gateway.PlannedCall, n)
	for i := range calls {
		calls[i] = w.mustPlan(w.subject.Wanted(i+1, version), gateway.Known{})[0]
	}
	return w.sent(ctx, calls)
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
			for _, c := range w.mustPlan(s.Wanted(1, version), known) {
				w.are(w.sent(t.Context(), []gateway.PlannedCall{c}), gateway.Delivered)
				known = after(known, c)
			}
			w.effects(1, version)
			if len(w.mustPlan(s.Wanted(1, version), known)) > 0 {
				t.Error("something is left to be sent")
			}
		}
	})
	t.Run("carries a whole batch in one request", func(t *testing.T) {
		w := s.open(t, 5*time.Second)
		n := w.Spec().Batch
		w.are(w.send(t.Context(), 1, n), gateway.Delivered)
		if got := w.count(Write); got != 1 {
			t.Errorf("%d requests for one call", got)
		}
		for i := range n {
			w.effects(i+1, 1)
		}
	})
	t.Run("of nothing, or of another operation, sends nothing", func(t *testing.T) {
		w := s.open(t, time.Second)
		if got := w.Send(t.Context(), gateway.OpCreate, nil); len(got) != 0 {
			t.Error("outcomes of nothing")
		}
		calls := w.mustPlan(s.Wanted(1, 1), gateway.Known{})[:1]
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
		kinds := make([]gateway.OutcomeKind, 8)
		for i := range kinds {
			c := w.mustPlan(s.Wanted(i+1, 1), gateway.Known{})[:1]
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
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		w.are(w.send(ctx, 1, 1), gateway.Unavailable)
		if w.count(Write) > 0 {
			t.Error("it was sent all the same")
		}
	})
	t.Run("that is cancelled under way is in doubt, at once", func(t *testing.T) {
		w := s.open(t, time.Minute)
		w.spoil(Write, w.hang)
		ctx, cancel := context.WithCancel(t.Context())
		go func() {
			<-w.asked
			cancel()
		}()
		w.are(w.send(ctx, 1, 1), gateway.Unknown)
	})
	t.Run("to where nobody listens takes nothing", func(t *testing.T) {
		w := s.open(t, 5*time.Second)
		w.server.Close()
		for _, o := range w.send(t.Context(), 1, 2) {
			if o.Kind != gateway.Unavailable || o.Shelf != gateway.ShelfDestination {
				t.Errorf("%s on shelf %q", o.Kind, o.Shelf)
			}
		}
	})
}
