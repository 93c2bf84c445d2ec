package destinationtest

import (
	"bytes"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"github.com/lienthong/lienthong/gateway"
)

// end is entity i once it is gone, as revision.
func (s Subject) end(i, revision int, why gateway.Gone) gateway.Wanted {
	w := s.Wanted(i, revision)
	w.Body, w.Gone = nil, why
	if why == gateway.GoneMerged {
		w.Successor = uuid.MustParse("0190c3d2-0000-7000-8000-0000000000aa")
	}
	return w
}

// retractions holds a destination that can be told of an end against what the lanes rely on.
func (s Subject) retractions(t *testing.T) {
	if !s.open(t, time.Second).Spec().Retracts() {
		t.Skip("it cannot be told; the lanes never ask it to plan one")
	}
	t.Run("is one call without the entity's data, and ends", s.plannedEnd)
	t.Run("takes effect, once, and the entity can stand again", s.lifeAfterEnd)
	t.Run("of unknown outcome has one effect when it is made again", s.repeatedEnd)
	t.Run("shares its call with others", func(t *testing.T) {
		w := s.open(t, 5*time.Second)
		if w.few() < 2 {
			t.Skip("every call is about one entity")
		}
		w.are(w.send(t.Context(), 2), gateway.Delivered)
		one, two := w.mustPlan(s.end(1, 2, gateway.GoneWithdrawn), gateway.Known{Exists: true}), w.mustPlan(s.end(2, 2, gateway.GoneWithheld), gateway.Known{Exists: true})
		w.are(w.sent(t.Context(), []gateway.PlannedCall{one[0], two[0]}), gateway.Delivered)
		for i := range 2 {
			w.gone(i+1, true)
		}
	})
}

func (w *world) gone(i int, want bool) {
	w.t.Helper()
	if w.far.Gone(w.subject.Wanted(i, 1).Key) != want {
		w.t.Fatalf("whether entity %d is gone over there is not %t", i, want)
	}
}

func (s Subject) plannedEnd(t *testing.T) {
	w := s.open(t, 5*time.Second)
	first := w.mustPlan(s.Wanted(1, 1), gateway.Known{})
	hashes := [][]byte{first[0].HeaderHash[:]}
	for _, why := range []gateway.Gone{gateway.GoneMerged, gateway.GoneWithdrawn, gateway.GoneWithheld} {
		calls := w.mustPlan(s.end(1, 2, why), gateway.Known{Exists: true, HeaderHash: first[0].HeaderHash})
		if len(calls) != 1 || calls[0].Operation != gateway.OpRetract || calls[0].Key != s.Wanted(1, 1).Key {
			t.Fatalf("%s is not one retraction under the entity's key", why)
		}
		if !cmp.Equal(calls, w.mustPlan(s.end(1, 2, why), gateway.Known{Exists: true})) {
			t.Errorf("%s is planned differently where what is there is not known", why)
		}
		w.silent("the payload", string(bytes.Join(calls[0].Payload, nil)))
		if slices.ContainsFunc(hashes, func(h []byte) bool { return bytes.Equal(h, calls[0].HeaderHash[:]) }) {
			t.Errorf("%s has a hash that something else has", why)
		}
		hashes = append(hashes, calls[0].HeaderHash[:])
		known := gateway.Known{Exists: true, HeaderHash: calls[0].HeaderHash}
		if left := w.mustPlan(s.end(1, 3, why), known); len(left) > 0 {
			t.Errorf("%s that was taken is planned again", why)
		}
		if again := w.mustPlan(s.Wanted(1, 3), known); len(again) == 0 || again[0].Operation == gateway.OpRetract {
			t.Errorf("what stands again after %s is not sent", why)
		}
	}
}

func (s Subject) lifeAfterEnd(t *testing.T) {
	w := s.open(t, 5*time.Second)
	var known gateway.Known
	for i, wanted := range []gateway.Wanted{s.Wanted(1, 1), s.end(1, 2, gateway.GoneWithdrawn), s.Wanted(1, 3)} {
		for _, c := range w.mustPlan(wanted, known) {
			w.are(w.sent(t.Context(), []gateway.PlannedCall{c}), gateway.Delivered)
			known = after(known, c, gateway.Outcome{})
		}
		w.effects(1, i+1)
		w.gone(1, i == 1)
	}
}

// repeatedEnd makes the same call twice, as the lanes do after an unknown
// outcome: at once where repeats do no harm, else once a look-up has said that nothing is gone.
func (s Subject) repeatedEnd(t *testing.T) {
	w := s.open(t, 5*time.Second)
	spec := w.Spec()
	w.are(w.send(t.Context(), 1), gateway.Delivered)
	calls := w.mustPlan(s.end(1, 2, gateway.GoneWithdrawn), gateway.Known{Exists: true})
	w.spoil(Write, resetAfter, nil)
	w.are(w.sent(t.Context(), calls), gateway.Unknown)
	w.gone(1, true)
	if spec.Idempotent {
		w.are(w.sent(t.Context(), calls), gateway.Delivered)
	} else if _, o := w.Lookup(t.Context(), s.Wanted(1, 1).Key); o.Kind != gateway.Absent {
		t.Fatalf("the look-up of what is gone says %s", o.Kind)
	}
	w.effects(1, 2)
}
