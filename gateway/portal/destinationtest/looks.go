package destinationtest

import (
	"context"
	"testing"
	"time"

	"github.com/lienthong/lienthong/gateway"
)

func (s Subject) looks(t *testing.T) {
	if s.open(t, time.Second).Spec().Shows == gateway.ShowsNothing {
		t.Run("that does not exist asks nobody", func(t *testing.T) {
			w := s.open(t, time.Second)
			_, o := w.Lookup(t.Context(), s.Wanted(1, 1).Key)
			if o.Kind == gateway.Found || o.Kind == gateway.Absent || w.count(Look) > 0 {
				t.Errorf("outcome %s after %d requests", o.Kind, w.count(Look))
			}
		})
		return
	}
	t.Run("finds what was sent, and nothing else", s.found)
	for name, spoil := range map[string]spoiler{
		"a good page for people": says(200, "text/html", page), "a bad one": says(404, "text/html", page), "502": says(502, "text/html", page),
		"500": says(500, "text/plain", ""), "a reset": resetBefore, "a broken answer": resetWithin, "429": says(429, "text/plain", "", "Retry-After", "7"),
	} {
		t.Run("answered with "+name+" says neither that there is nor that there is none", func(t *testing.T) {
			t.Parallel()
			w := s.open(t, 5*time.Second)
			w.are(w.send(t.Context(), 1), gateway.Delivered)
			w.spoil(Look, spoil)
			w.unsure(t.Context())
		})
	}
	t.Run("that is never answered ends", func(t *testing.T) {
		t.Parallel()
		w := s.open(t, shortest)
		w.spoil(Look, w.hang)
		w.unsure(t.Context())
	})
	t.Run("whose context has ended asks nothing", func(t *testing.T) {
		t.Parallel()
		w := s.open(t, 5*time.Second)
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		w.unsure(ctx)
		if w.count(Look) > 0 {
			t.Error("it was sent all the same")
		}
	})
}

// unsure requires that a look-up says that it does not know.
func (w *world) unsure(ctx context.Context) {
	w.t.Helper()
	known, o := w.Lookup(ctx, w.subject.Wanted(1, 1).Key)
	if o.Kind != gateway.Unavailable && o.Kind != gateway.Throttled {
		w.t.Errorf("outcome %s", o.Kind)
	}
	if known.Exists || len(known.Steps) > 0 || o.Cause == "" {
		w.t.Error("something is known, or there is no cause")
	}
	w.discreet(o)
}

func (s Subject) found(t *testing.T) {
	w := s.open(t, 5*time.Second)
	known, o := w.Lookup(t.Context(), s.Wanted(1, 1).Key)
	if o.Kind != gateway.Absent || known.Exists {
		t.Fatalf("nothing was sent, and the look-up says %s", o.Kind)
	}
	w.discreet(o)
	for _, c := range w.mustPlan(s.Wanted(1, 1), gateway.Known{}) {
		w.are(w.sent(t.Context(), []gateway.PlannedCall{c}), gateway.Delivered)
	}
	known, o = w.Lookup(t.Context(), s.Wanted(1, 1).Key)
	if o.Kind != gateway.Found || !known.Exists {
		t.Fatalf("it was taken, and the look-up says %s", o.Kind)
	}
	if _, other := w.Lookup(t.Context(), s.Wanted(2, 1).Key); other.Kind != gateway.Absent {
		t.Errorf("of another entity it says %s", other.Kind)
	}
	rest := w.mustPlan(s.Wanted(1, 1), known)
	switch w.Spec().Shows {
	case gateway.ShowsTrail:
		if len(rest) > 0 {
			t.Error("what is shown is not what was sent")
		}
	case gateway.ShowsHeader:
		if len(rest) > 0 && rest[0].Operation != gateway.OpSteps {
			t.Error("the header that is shown is not the one that was sent")
		}
	default:
		if len(rest) == 0 || rest[0].Operation != gateway.OpUpdate {
			t.Error("that something is there was taken for the content that is wanted")
		}
	}
}
