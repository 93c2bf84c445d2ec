package destinationtest

import (
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/lienthong/lienthong/gateway"
)

// maxCalls bounds what brings one entity to its state.
const maxCalls = 20

// updates reports whether a destination takes a header a second time.
func updates(spec gateway.DestinationSpec) bool {
	return len(spec.Writes) == 0 || slices.Contains(spec.Writes, gateway.OpUpdate)
}

// few is two, or one where every call is about one entity.
func (w *world) few() int { return min(w.Spec().Batch, 2) }

// issue keeps what a call brought for an entity, as lanes keep it with the delivery.
func (w *world) issue(i int, o gateway.Outcome) {
	if len(o.Issued) == 0 {
		return
	}
	kept := maps.Clone(w.issued[i])
	if kept == nil {
		kept = map[string]string{}
	}
	maps.Copy(kept, o.Issued)
	w.issued[i] = kept
}

// prepared is what is known of entity i before its first write: what the
// destination has issued for it. Whatever must be asked for is asked for, once.
func (w *world) prepared(i int) gateway.Known {
	w.t.Helper()
	for range maxCalls {
		known := gateway.Known{Issued: w.issued[i]}
		c := w.mustPlan(w.subject.Wanted(i, 1), known)[0]
		if !c.Operation.Prepares() {
			return known
		}
		o := w.sent(w.t.Context(), []gateway.PlannedCall{c})
		w.are(o, gateway.Delivered)
		w.issue(i, o[0])
	}
	w.t.Fatal("it never comes to a write")
	return gateway.Known{}
}

// bring makes one call after the other until nothing is left, as a lane does,
// and returns what is known then. Each plan must go on with what the one before
// it had planned; where something was issued it may go further.
func (w *world) bring(wanted gateway.Wanted, known gateway.Known) gateway.Known {
	w.t.Helper()
	calls := w.mustPlan(wanted, known)
	for range maxCalls {
		if len(calls) == 0 {
			return known
		}
		c := calls[0]
		o := w.sent(w.t.Context(), []gateway.PlannedCall{c})
		w.are(o, gateway.Delivered)
		known = after(known, c, o[0])
		rest := w.mustPlan(wanted, known)
		w.goesOn(calls[1:], rest, len(o[0].Issued) > 0)
		calls = rest
	}
	w.t.Fatal("it never ends")
	return known
}

// preparations holds calls that fetch what a write uses against what the lanes rely on.
func (s Subject) preparations(t *testing.T) {
	if !s.open(t, time.Second).mustPlan(s.Wanted(1, 1), gateway.Known{})[0].Operation.Prepares() {
		t.Skip("nothing is issued before the first write")
	}
	t.Run("happens once for an entity, and names nobody", func(t *testing.T) {
		w := s.open(t, 5*time.Second)
		w.prepared(1)
		asked := w.count(Prepare)
		if asked == 0 {
			t.Fatal("nothing was asked for")
		}
		for _, value := range w.issued[1] {
			w.silent("what was issued", value)
		}
		w.bring(s.Wanted(1, 1), w.prepared(1))
		if got := w.count(Prepare); got != asked {
			t.Errorf("%d requests, and %d before anything was written", got, asked)
		}
	})
	for _, sp := range s.spoilings() {
		t.Run(sp.name+" leaves no doubt about the entity", func(t *testing.T) {
			t.Parallel()
			s.preparationSpoilt(t, sp)
		})
	}
}

// preparationSpoilt spoils the first such call; it is made again, and the entity has one effect.
func (s Subject) preparationSpoilt(t *testing.T, sp spoiling) {
	timeout := 5 * time.Second
	if sp.short {
		timeout = shortest
	}
	w := s.open(t, timeout)
	w.spoil(Prepare, sp.spoil(w))
	c := w.mustPlan(s.Wanted(1, 1), gateway.Known{})[0]
	o := w.sent(t.Context(), []gateway.PlannedCall{c})[0]
	if !slices.Contains(sp.kinds, o.Kind) || len(o.Issued) > 0 {
		t.Fatalf("outcome %s (cause %s) with %d things issued", o.Kind, o.Cause, len(o.Issued))
	}
	if got := w.count(Prepare); got != 1 {
		t.Fatalf("it left %d times", got)
	}
	w.spoil(Prepare)
	w.effects(1, 0)
	w.bring(s.Wanted(1, 1), w.prepared(1))
	w.effects(1, 1)
}
