package destinationtest

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/lienthong/lienthong/gateway"
)

// spoiling is one way to spoil a write, and what the destination may make of it.
type spoiling struct {
	name   string
	spoil  func(w *world) spoiler
	kinds  []gateway.OutcomeKind
	stored bool          // it took effect over there
	after  time.Duration // asked for with Retry-After
	short  bool          // the call is to end by its timeout
}

const asked = 7 * time.Second

func (s Subject) spoilings() []spoiling {
	always := func(f spoiler) func(*world) spoiler { return func(*world) spoiler { return f } }
	doubt := []gateway.OutcomeKind{gateway.Unknown}
	return []spoiling{
		{name: "reset before it was handled", spoil: always(resetBefore), kinds: doubt},
		{name: "reset after it was handled", spoil: always(resetAfter), kinds: doubt, stored: true},
		{name: "reset within the answer", spoil: always(resetWithin), kinds: doubt, stored: true},
		{name: "answered with JSON that breaks off", spoil: always(brokenJSON), kinds: doubt, stored: true},
		{name: "never answered", spoil: func(w *world) spoiler { return w.hang }, kinds: doubt, short: true},
		{name: "handled and never answered", spoil: func(w *world) spoiler { return w.handleThenHang }, kinds: doubt, stored: true, short: true},
		{name: "answered with a good page for people", spoil: always(says(200, "text/html; charset=utf-8", page)), kinds: doubt},
		{name: "answered with a proxy's error page", spoil: always(says(502, "text/html", page)), kinds: doubt},
		{name: "answered 500", spoil: always(says(500, "text/plain", "oops")), kinds: doubt},
		{name: "redirected", spoil: always(says(302, "text/plain", "", "Location", "/elsewhere")), kinds: doubt},
		{name: "answered with nothing", spoil: always(says(200, "application/json", "")), kinds: []gateway.OutcomeKind{s.Empty}},
		{name: "throttled", spoil: always(says(429, "text/plain", "", "Retry-After", "7")), kinds: []gateway.OutcomeKind{gateway.Throttled}, after: asked},
		{name: "unavailable", spoil: always(says(503, "text/plain", "")), kinds: []gateway.OutcomeKind{gateway.Unavailable}},
		{
			name: "unavailable for a while", spoil: always(says(503, "text/plain", "", "Retry-After", "7")),
			kinds: []gateway.OutcomeKind{gateway.Unavailable, gateway.Throttled}, after: asked,
		},
	}
}

func (s Subject) spoilt(t *testing.T) {
	for _, sp := range s.spoilings() {
		t.Run(sp.name, func(t *testing.T) {
			t.Parallel()
			s.one(t, sp)
		})
	}
	if s.Expire != nil {
		t.Run("whose login expired is made once more with a new one", s.expiredOnce)
		t.Run("whose login expires whatever we do is given up", s.expiredForGood)
	}
	t.Run("refused for its data in words that quote them", s.refused)
}

func (s Subject) expiredOnce(t *testing.T) {
	t.Parallel()
	w := s.open(t, 5*time.Second)
	w.spoil(Write, func(rw http.ResponseWriter, _ *http.Request, _ http.Handler) { s.Expire(rw) }, pass)
	w.are(w.send(t.Context(), 1), gateway.Delivered)
	w.effects(1, 1)
	if got := w.count(Write); got != 2 {
		t.Errorf("%d requests, not one that was refused and one that was taken", got)
	}
}

func (s Subject) expiredForGood(t *testing.T) {
	t.Parallel()
	w := s.open(t, 5*time.Second)
	w.spoil(Write, func(rw http.ResponseWriter, _ *http.Request, _ http.Handler) { s.Expire(rw) })
	if kind := w.send(t.Context(), 1)[0].Kind; kind != gateway.SessionExpired && kind != gateway.Unavailable {
		t.Errorf("outcome %s", kind)
	}
	if got := w.count(Write); got > 2 {
		t.Errorf("%d requests", got)
	}
}

// one spoils one write and then ends the doubt as a lane would.
func (s Subject) one(t *testing.T, sp spoiling) {
	timeout := 5 * time.Second
	if sp.short {
		timeout = shortest
	}
	w := s.open(t, timeout)
	first := w.creates(w.few())
	w.spoil(Write, sp.spoil(w))
	outcomes := w.sent(t.Context(), first)
	for _, o := range outcomes {
		if !slices.Contains(sp.kinds, o.Kind) {
			t.Fatalf("outcome %s (cause %s), not %v", o.Kind, o.Cause, sp.kinds)
		}
		if o.Kind != gateway.Delivered && o.Shelf != gateway.ShelfDestination {
			t.Errorf("it is the destination's fault, not that of %q", o.Shelf)
		}
		if o.RetryAfter != sp.after {
			t.Errorf("it is to wait %v, not %v", o.RetryAfter, sp.after)
		}
	}
	if got := w.count(Write); got != 1 {
		t.Fatalf("the write left %d times", got)
	}
	if outcomes[0].Kind == gateway.Delivered {
		return
	}
	w.spoil(Write)
	for i, c := range first {
		repeats := w.settle(i+1, c, outcomes[i].Kind == gateway.Unknown, sp.stored)
		w.effects(i+1, 1+repeats)
	}
}

func (s Subject) refused(t *testing.T) {
	t.Parallel()
	var causes []string
	for i := 1; i <= 2; i++ {
		w := s.open(t, 5*time.Second)
		words := "sai dữ liệu: " + strings.Join(s.Canaries, ", ") + ", " + s.Wanted(i, 1).Key
		w.spoil(Write, func(rw http.ResponseWriter, _ *http.Request, _ http.Handler) { s.Refuse(rw, words) })
		first := w.mustPlan(s.Wanted(i, 1), w.prepared(i))[:1]
		o := w.sent(t.Context(), first)[0]
		if o.Kind != gateway.RefusedData || o.Shelf != gateway.ShelfSource {
			t.Fatalf("outcome %s on shelf %q (cause %s)", o.Kind, o.Shelf, o.Cause)
		}
		if !strings.Contains(o.Message, "sai dữ liệu") {
			t.Error("the words that help are gone too")
		}
		if got := w.count(Write); got != 1 {
			t.Errorf("a refusal was repeated: %d requests", got)
		}
		causes = append(causes, o.Cause)
		w.effects(i, 0)
	}
	if causes[0] != causes[1] {
		t.Error("one reason has two causes")
	}
}
