package destinationtest

import (
	"github.com/lienthong/lienthong/gateway"
)

// settle does what a lane does after a spoilt first write: it looks what became
// of one in doubt, or sends again where that does no harm or where nobody can be
// asked. It returns how many effects the destination's contract permits beyond
// the one that is wanted.
func (w *world) settle(i int, first gateway.PlannedCall, doubt, stored bool) (repeats int) {
	w.t.Helper()
	spec, wanted := w.Spec(), w.subject.Wanted(i, 1)
	switch {
	case doubt && !spec.Idempotent && spec.Shows == gateway.ShowsNothing:
		return w.settleBlind(i, first, stored)
	case doubt && !spec.Idempotent:
		shown, o := w.Lookup(w.t.Context(), wanted.Key)
		if want := map[bool]gateway.OutcomeKind{true: gateway.Found, false: gateway.Absent}[stored]; o.Kind != want {
			w.t.Fatalf("the look-up after it says %s, not %s", o.Kind, want)
		}
		for _, c := range w.mustPlan(wanted, shown) {
			if shown.Exists && (c.Operation == gateway.OpCreate || c.Operation == gateway.OpUpdate && spec.Shows == gateway.ShowsExistence) {
				continue // what exists is taken for ours: the lane's rule, not the destination's
			}
			w.are(w.sent(w.t.Context(), []gateway.PlannedCall{c}), gateway.Delivered)
		}
		return 0
	}
	w.bring(wanted, gateway.Known{Issued: w.issued[i]})
	return 0
}

// settleBlind sends the same create again, as docs/adr/0020-ministry-destination.md
// has it: what keeps a second one out is the number, and the answer to it must
// say so. A destination that takes updates then hears the header once more, since
// nobody knows what stands there; a stale one is worse than an equal one.
func (w *world) settleBlind(i int, first gateway.PlannedCall, stored bool) (repeats int) {
	w.t.Helper()
	o := w.sent(w.t.Context(), []gateway.PlannedCall{first})[0]
	if want := map[bool]gateway.OutcomeKind{true: gateway.Exists, false: gateway.Delivered}[stored]; o.Kind != want {
		w.t.Fatalf("the create that is made again is answered with %s, not %s", o.Kind, want)
	}
	w.issue(i, o)
	w.effects(i, 1)
	known := gateway.Known{Exists: true, Issued: w.issued[i]}
	if !stored {
		known.HeaderHash = first.HeaderHash
	} else if updates(w.Spec()) {
		repeats = 1
	}
	w.bring(w.subject.Wanted(i, 1), known)
	return repeats
}
