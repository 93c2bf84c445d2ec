package gateway

import (
	"context"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/lienthong/lienthong/schema"
)

// Times of what can wait.
const (
	otherSite       = 5 * time.Second // after what time a lane asks again whether its site sends
	lookPause       = time.Second     // most time that a lane waits with nothing due before it looks for what is
	observePause    = time.Second
	defaultLookRate = 5.0
	lookBudget      = "/look" // in the name of the bucket; no code of a destination has a slash
)

// Causes of what was compared and not sent.
const (
	causeUnseen  = "shadow.unseen"  // planned; not compared yet, or there is no look-up
	causeSame    = "shadow.same"    // it shows what we would show
	causeDiffers = "shadow.differs" // we would begin with the operation that follows
	causeAdopted = "adopted.same"
	causeAssumed = "adopted.assumed" // no trail is shown: the steps are taken for sent
	causeApart   = "adopted.differs" // what is shown stays until something newer is known
)

// ShadowCauses returns how what stands in shadow compares, without the operation that we would begin with.
func ShadowCauses() []string {
	return []string{causeUnseen, causeSame, causeDiffers, causeAdopted, causeAssumed, causeApart}
}

// causeAhead marks what a destination shows newer than a restored database knows
// it. To send what we have would move the dossier back; its source says the rest again.
const causeAhead = "restore.shown_newer"

// ahead reports whether a destination shows a step that we do not know and that is later than all we know, in the
// week after a restore.
func (r *run) ahead(it *item) bool {
	if it.Restored.IsZero() || r.spec.Shows != ShowsTrail || !it.Known.Exists || it.Wanted.Gone != "" {
		return false
	}
	bare := it.Known
	bare.Steps = nil
	wanted := r.allSteps(it, bare)
	last := ""
	for _, k := range wanted {
		last = max(last, timeOf(k))
	}
	return slices.ContainsFunc(it.Known.Steps, func(k schema.StepKey) bool { return !slices.Contains(wanted, k) && timeOf(k) > last })
}

// allSteps returns what is known of steps, with all that would be sent.
func (r *run) allSteps(it *item, known Known) []schema.StepKey {
	for range 8 { // a plan may end where the next call needs what this one brings
		calls, err := safePlan(r.Destination, it.Wanted, known)
		before := len(known.Steps)
		for _, c := range calls {
			known = afterWrite(known, c)
		}
		if err != nil || len(known.Steps) == before {
			break
		}
	}
	return known.Steps
}

// observable reports whether the writes of a destination wait for looks after a
// restore. What takes repeats without harm has nothing to wait for; one that
// shows nothing and is not like that waits for an operator.
func (r *run) observable() bool { return r.spec.Shows != ShowsNothing || !r.spec.Idempotent }

// observe looks at what a restore left in doubt, and nothing else is done
// meanwhile. It begins when no write of the time before can be applied any more. wait: the lane has to come again.
func (r *run) observe(ctx context.Context) (next Next, wait bool, err error) {
	if !r.observable() {
		_, err := r.store.EndObserving(ctx, r.spec.Code, true)
		if err == nil {
			err = r.writers.Read(ctx)
		}
		return Next{}, err != nil, err
	}
	_, since := r.writers.observing(r.spec.Code)
	if quiet := r.spec.Settle + r.spec.Timeout - since; quiet > 0 {
		return Next{After: min(quiet, otherSite), Held: true}, true, nil
	}
	if r.spec.Shows == ShowsNothing {
		return Next{After: pausedWait, Held: true}, true, nil
	}
	claimed, err := r.store.ClaimMarked(ctx, r.lease, []LookReason{LookRestore}, r.spec.Batch)
	if err != nil {
		return Next{}, true, err
	}
	if len(claimed) == 0 {
		ended, err := r.store.EndObserving(ctx, r.spec.Code, false)
		if err == nil && ended {
			return Next{}, false, r.writers.Read(ctx)
		}
		return Next{After: observePause, Held: true}, true, err
	}
	r.held = 0
	moved, err := r.work(ctx, claimed)
	if err == nil && !moved {
		return Next{After: max(r.held, r.quiet(), observePause), Held: true}, true, nil
	}
	return Next{}, err != nil, err
}

// lookIdle looks at some deliveries that are marked for it, at the rate that such
// looks have, when nothing is due. wait: the lane has nothing to look at now.
func (r *run) lookIdle(ctx context.Context) (next Next, wait bool, err error) {
	looks := r.writers.looks(r.spec.Code)
	if len(looks) == 0 || r.spec.Shows == ShowsNothing {
		return Next{}, true, nil
	}
	claimed, err := r.store.ClaimMarked(ctx, r.lease, looks, r.spec.Batch)
	if err != nil || len(claimed) == 0 {
		return Next{}, true, err
	}
	r.held = 0
	for i := range claimed {
		if i > 0 && !r.room(ctx) {
			return Next{Again: true}, true, nil
		}
		if due, err := r.lookTurn(ctx); err != nil || due > 0 {
			if err == nil { // what has become due meanwhile goes first
				_, err = r.wait(ctx, func(ctx context.Context) error { return sleep(ctx, min(due, lookPause)) })
			}
			return Next{}, err != nil, err
		}
		moved, err := r.work(ctx, claimed[i:i+1])
		if err != nil {
			return Next{}, true, err
		}
		if !moved {
			return Next{After: max(r.held, r.quiet(), lookPause), Held: r.held > 0}, true, nil
		}
	}
	return Next{}, false, nil
}

// lookTurn takes leave for one look-up that can wait, or says how long it has to.
func (r *run) lookTurn(ctx context.Context) (time.Duration, error) {
	if r.looks == nil {
		return 0, nil
	}
	return r.looks.Try(ctx, Limits{Rate: r.lookAt, Burst: max(int(r.lookAt), 1)})
}

// mustRest reports whether a delivery waits for a look that is paused.
func (r *run) mustRest(d Delivery) bool {
	looks := r.writers.looks(r.spec.Code)
	return d.Look == LookAdopt && d.State != StateUnknown && len(looks) > 0 && !slices.Contains(looks, LookAdopt)
}

// rested is no longer due; its mark brings it back.
func (r *run) rested(it *item) DeliveryUpdate { return r.change(it, DeliveryUpdate{}) }

// concluded says what becomes of a delivery that was looked at and is not simply ours to send.
func (r *run) concluded(it *item, found bool) (DeliveryUpdate, bool) {
	switch {
	case it.State == StateRedacted || it.Missing || it.Wanted.Gone != "" && !it.foreign:
		return DeliveryUpdate{}, false
	case it.Look == LookAdopt && found && it.Wanted.Gone == "":
		return r.adopted(it), true
	case it.foreign:
		return r.shadowed(it, true), true
	case it.Look == LookRestore && it.was == StateParked:
		return r.aside(it), true
	}
	return DeliveryUpdate{}, false
}

// shadowed plans what somebody else writes, and sends nothing.
func (r *run) shadowed(it *item, looked bool) DeliveryUpdate {
	calls, c, failed := r.compare(it)
	if failed {
		return c
	}
	look := LookNone
	if !looked && r.spec.Shows != ShowsNothing {
		look = LookCompare
		r.writers.expectLook(r.spec.Code)
	}
	it.State, it.Operation, it.next, it.Doubtful, it.Tries = StateShadow, "", PlannedCall{}, false, 0
	it.Cause = differs(causeSame, causeDiffers, calls)
	if !looked {
		it.Cause = causeUnseen
	}
	return r.change(it, DeliveryUpdate{Settled: true, Look: &look})
}

// affirm reads the rules again when shadows were written. Who gives them another owner goes through the
// shadows right after that: one that was decided under the old rules and stands there only then would stay one.
func (r *run) affirm(ctx context.Context, changes []DeliveryUpdate, recorded map[uuid.UUID]bool) error {
	shadows := slices.DeleteFunc(slices.Clone(changes), func(c DeliveryUpdate) bool {
		return c.Delivery.State != StateShadow || !recorded[c.Delivery.Wanted.EntityID]
	})
	if len(shadows) == 0 || r.writers == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), recordTime) // what was written is looked after, whatever stops the run
	defer cancel()
	if err := r.writers.Read(ctx); err != nil {
		return err
	}
	if r.writers.Generation() == r.generation {
		return nil
	}
	var back []DeliveryUpdate
	for _, c := range shadows {
		d := c.Delivery
		if r.writers.Owner(r.spec.Code, d.Wanted) == OwnerGateway {
			d.State, d.Operation, d.Cause = StateQueued, OpLookup, ""
			back = append(back, DeliveryUpdate{Delivery: d, Was: StateShadow, Again: true, Look: noLook()})
		}
	}
	if len(back) == 0 {
		return nil
	}
	_, err := r.store.RecordCall(ctx, r.lease, CallRecord{}, back)
	return err
}

// adopted takes what is shown for what was sent. What we know and it does not
// show stays unsent until something newer is known: it is put aside, or a shadow.
func (r *run) adopted(it *item) DeliveryUpdate {
	calls, c, failed := r.compare(it)
	if failed {
		return c
	}
	same := causeAdopted
	if !it.Known.TrailSeen {
		same = causeAssumed
	}
	it.State, it.Operation, it.next, it.Doubtful, it.Tries = StateConfirmed, "", PlannedCall{}, false, 0
	it.Cause, it.AckedRev = differs(same, causeApart, calls), it.Wanted.Revision
	switch {
	case it.foreign:
		it.State = StateShadow
	case len(calls) > 0:
		it.State = StateParked
	}
	return r.change(it, DeliveryUpdate{Settled: true, Look: noLook()})
}

// aside keeps what was put aside: a look that a restore asks for is no leave to send it.
func (r *run) aside(it *item) DeliveryUpdate {
	it.State, it.Operation = StateParked, ""
	c := DeliveryUpdate{Settled: true, Look: noLook()}
	if it.Cause == causeAhead {
		c.Shelf = ShelfSource
	}
	return r.change(it, c)
}

// compare plans from what is known; what cannot be planned fails as it does for everybody.
func (r *run) compare(it *item) ([]PlannedCall, DeliveryUpdate, bool) {
	if it.Missing {
		return nil, r.failed(it, StateFailedGateway, ShelfGateway, "delivery.no_entity", ""), true
	}
	if it.Wanted.Gone != "" { // nobody tells us how another writer takes it back
		return nil, DeliveryUpdate{}, false
	}
	calls, err := safePlan(r.Destination, it.Wanted, it.Known)
	if err != nil {
		c := r.unplannable(it, err)
		c.Look = noLook()
		return nil, c, true
	}
	return calls, DeliveryUpdate{}, false
}

func differs(same, other string, calls []PlannedCall) string {
	if len(calls) == 0 {
		return same
	}
	return other + "." + string(calls[0].Operation)
}

// presume adds to what is known the steps that may have been sent and that no
// look-up shows. What was there before we ever wrote somebody else wrote, steps
// and all. After a restore the rule for unknown outcomes holds (see [repeatable])
// for steps from before it: the sources say again what the backup lacked, and it may have been sent.
func (r *run) presume(it *item, known Known) Known {
	restored := !it.Restored.IsZero()
	foreign := it.foreign || it.Look == LookAdopt || it.Attempt == uuid.Nil && !restored
	if !foreign && !restored || it.Wanted.Gone != "" || it.Missing {
		return known
	}
	if foreign && r.spec.Shows == ShowsExistence && it.Attempt == uuid.Nil {
		known.HeaderHash = r.headerOf(it, known)
	}
	for _, k := range r.allSteps(it, known) {
		if foreign || !slices.Contains(repeatable, codeOf(k)) && !after(k, it.Restored) {
			known.Steps = with(known.Steps, []schema.StepKey{k})
		}
	}
	return known
}

// after reports whether a step is of a later time; one that does not tell its time is not.
func after(k schema.StepKey, t time.Time) bool {
	at, err := time.ParseInLocation("20060102150405", timeOf(k), vietnam)
	return err == nil && at.After(t)
}

// headerOf is the header that an entity has when nothing more is to be sent of it.
func (r *run) headerOf(it *item, known Known) schema.Hash {
	calls, err := safePlan(r.Destination, it.Wanted, known)
	for _, c := range calls {
		if err == nil && (c.Operation == OpCreate || c.Operation == OpUpdate) {
			return c.HeaderHash
		}
	}
	return known.HeaderHash
}

func noLook() *LookReason {
	none := LookNone
	return &none
}
