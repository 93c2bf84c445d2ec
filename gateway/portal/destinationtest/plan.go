package destinationtest

import (
	"bytes"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/internal/fault"
	"github.com/lienthong/lienthong/schema"
)

// mustPlan plans, and fails the test where that is not possible.
func (w *world) mustPlan(wanted gateway.Wanted, known gateway.Known) []gateway.PlannedCall {
	w.t.Helper()
	calls, err := w.Plan(wanted, known)
	if err != nil {
		w.t.Fatalf("not planned: %v", err)
	}
	return calls
}

// after is what is known once a call was taken.
func after(known gateway.Known, c gateway.PlannedCall, o gateway.Outcome) gateway.Known {
	issued := maps.Clone(known.Issued)
	if len(o.Issued) > 0 {
		if issued == nil {
			issued = map[string]string{}
		}
		maps.Copy(issued, o.Issued)
	}
	known.Issued = issued
	switch {
	case c.Operation.Prepares():
	case c.Operation == gateway.OpSteps || c.Operation == gateway.OpStatus:
		known.Steps = append(slices.Clone(known.Steps), c.Steps...)
	default:
		known.Exists, known.HeaderHash, known.TrailSeen = true, c.HeaderHash, false
	}
	return known
}

// goesOn requires that a plan is what was left of the one before it. Where
// something was issued meanwhile it may go on where that one had to end.
func (w *world) goesOn(left, rest []gateway.PlannedCall, issued bool) {
	w.t.Helper()
	if issued && len(rest) > len(left) {
		rest = rest[:len(left)]
	}
	if !cmp.Equal(left, rest, cmpopts.EquateEmpty()) {
		w.t.Fatal("after a call that was taken something else than the rest is planned") // what differs is personal
	}
}

func (s Subject) plan(t *testing.T) {
	t.Run("is the same for the same, and leaves what it is given as it was", func(t *testing.T) {
		w := s.open(t, 5*time.Second)
		wanted := s.Wanted(1, 1)
		before := bytes.Clone(wanted.Body)
		known := w.prepared(1)
		one, two := w.mustPlan(wanted, known), w.mustPlan(s.Wanted(1, 1), known)
		if d := cmp.Diff(one, two); d != "" {
			t.Error("two plans of one wish differ") // the difference is personal
		}
		if !bytes.Equal(before, wanted.Body) {
			t.Error("the plan changed the body that it was given")
		}
		for _, c := range one {
			for i := range c.Payload {
				clear(c.Payload[i])
			}
		}
		if !bytes.Equal(before, wanted.Body) || len(two) == 0 || !cmp.Equal(two, w.mustPlan(wanted, known)) {
			t.Error("who changes a payload changes other plans")
		}
	})
	t.Run("gets shorter with each call that was taken, and ends", func(t *testing.T) {
		w := s.open(t, 5*time.Second)
		known := w.prepared(1)
		calls := w.mustPlan(s.Wanted(1, 1), known)
		if len(calls) == 0 || calls[0].Operation != gateway.OpCreate {
			t.Fatal("what is not there is not created")
		}
		known = w.bring(s.Wanted(1, 1), known)
		changed := w.mustPlan(s.Wanted(1, 2), known)
		if len(changed) == 0 || changed[0].Operation == gateway.OpCreate {
			t.Error("a change of what is there is no update")
		}
	})
	t.Run("sends a header that is there and not known as an update", func(t *testing.T) {
		w := s.open(t, 5*time.Second)
		if !updates(w.Spec()) {
			w.inTheWay()
			return
		}
		calls := w.mustPlan(s.Wanted(1, 1), gateway.Known{Exists: true})
		if len(calls) == 0 || calls[0].Operation != gateway.OpUpdate {
			t.Error("it is not updated")
		}
	})
	t.Run("is about its own entity, and carries what it is to carry", func(t *testing.T) {
		w := s.open(t, 5*time.Second)
		var carried []byte
		one, two := w.mustPlan(s.Wanted(1, 1), w.prepared(1)), w.mustPlan(s.Wanted(2, 1), w.prepared(2))
		for _, c := range one {
			if c.Key != s.Wanted(1, 1).Key || len(c.Payload) == 0 {
				t.Error("a call has another key, or nothing to carry")
			}
			carried = append(carried, bytes.Join(c.Payload, nil)...)
		}
		if one[0].HeaderHash == two[0].HeaderHash {
			t.Error("two entities have one hash")
		}
		for i, canary := range s.Canaries {
			if !bytes.Contains(carried, []byte(canary)) {
				t.Errorf("canary %d is nowhere in the payload: the suite would not notice it elsewhere", i)
			}
		}
	})
	t.Run("refuses what cannot be shown without naming anybody", s.refusedPlan)
}

// inTheWay requires of a destination without updates that what stands there already is never created a second
// time: either nothing is left, or what it holds stands in the way of a plan.
func (w *world) inTheWay() {
	w.t.Helper()
	calls, err := w.Plan(w.subject.Wanted(1, 1), gateway.Known{Exists: true})
	switch {
	case err != nil && fault.CodeOf(err) != fault.Conflict:
		w.t.Errorf("a fault with code %s", fault.CodeOf(err))
	case slices.ContainsFunc(calls, func(c gateway.PlannedCall) bool { return c.Operation == gateway.OpCreate || c.Operation.Prepares() }):
		w.t.Error("it is created again")
	}
}

func (s Subject) refusedPlan(t *testing.T) {
	w := s.open(t, 5*time.Second)
	foreign := s.Wanted(1, 1)
	foreign.Kind = schema.KindDossierStep // never a kind of entity
	if _, err := w.Plan(foreign, gateway.Known{}); fault.CodeOf(err) != fault.Invalid {
		t.Error("a kind that it does not receive is no fault with code invalid")
	} else {
		w.silent("error", err.Error())
	}
	broken := s.Wanted(1, 1)
	broken.Body = broken.Body[:len(broken.Body)-1]
	if _, err := w.Plan(broken, gateway.Known{}); err == nil || fault.CodeOf(err) == fault.Invalid {
		t.Error("a body that breaks off is our bug, not the source's data")
	} else {
		w.silent("error", err.Error())
	}
}
