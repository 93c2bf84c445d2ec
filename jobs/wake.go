package jobs

import (
	"cmp"
	"context"
	"slices"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"

	"github.com/lienthong/lienthong/gateway"
)

// agenda is when this process wakes which lanes. One loop serves it; whoever
// adds to it never waits.
type agenda struct {
	mu      sync.Mutex
	at      map[laneID]time.Time // wake no later
	held    map[laneID]time.Time // waking earlier is of no use
	rest    map[laneID]time.Time // nor earlier for what waits, unless something new comes or [Runner.Free] is called
	prompt  map[laneID]bool      // tries on time while its breaker is open
	changed chan struct{}
}

func newAgenda() *agenda {
	return &agenda{at: make(map[laneID]time.Time), held: make(map[laneID]time.Time), rest: make(map[laneID]time.Time), prompt: make(map[laneID]bool), changed: make(chan struct{}, 1)}
}

// plan wakes a lane at a time, or earlier if that was planned already.
func (a *agenda) plan(id laneID, at time.Time) {
	a.mu.Lock()
	if until, held := a.held[id]; held && at.Before(until) {
		at = until
	}
	if planned, ok := a.at[id]; !ok || at.Before(planned) {
		a.at[id] = at
	}
	a.mu.Unlock()
	select {
	case a.changed <- struct{}{}:
	default:
	}
}

// hold notes for how long a lane waits for its destination, zero when it does
// not, and for how long nobody needs to look after it.
func (a *agenda) hold(id laneID, wait, rest time.Duration) {
	a.mu.Lock()
	defer a.mu.Unlock()
	delete(a.held, id)
	delete(a.rest, id)
	if wait > 0 {
		now := time.Now()
		a.held[id], a.rest[id] = now.Add(wait), now.Add(rest)
	}
}

// tryOnTime reports whether a lane is among the n of its destination that do, and makes it one while there are fewer.
func (a *agenda) tryOnTime(id laneID, n int) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	others := 0
	for other := range a.prompt {
		if other.destination == id.destination && other != id {
			others++
		}
	}
	if others >= n {
		delete(a.prompt, id)
		return false
	}
	a.prompt[id] = true
	return true
}

// tryNoMore makes room for another lane: this one does not wait for a breaker. One of those that do takes its place.
func (a *agenda) tryNoMore(id laneID) {
	a.mu.Lock()
	if !a.prompt[id] {
		a.mu.Unlock()
		return
	}
	delete(a.prompt, id)
	heir, found := id, false
	for other := range a.held {
		if other.destination == id.destination && other != id {
			heir, found = other, true
			break
		}
	}
	a.mu.Unlock()
	if found {
		a.plan(heir, time.Now())
	}
}

// isHeld reports whether a lane waits for its destination and is not to be looked after.
func (a *agenda) isHeld(id laneID) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return time.Now().Before(a.rest[id])
}

// free forgets that a lane waits for its destination.
func (a *agenda) free(id laneID) {
	a.mu.Lock()
	defer a.mu.Unlock()
	delete(a.held, id)
	delete(a.rest, id)
	delete(a.prompt, id)
}

// ripe takes the lanes whose time has come, and says how long until the next.
func (a *agenda) ripe(now time.Time) (lanes []laneID, wait time.Duration) {
	a.mu.Lock()
	defer a.mu.Unlock()
	wait = time.Hour
	for id, at := range a.at {
		if at.After(now) {
			wait = min(wait, at.Sub(now))
			continue
		}
		lanes = append(lanes, id)
		delete(a.at, id)
	}
	return lanes, wait
}

// Wake implements [gateway.Waker]. It returns at once; lanes whose destination is held are woken when it is not.
func (r *Runner) Wake(_ context.Context, due []gateway.LaneKey) {
	now := time.Now()
	for _, k := range due {
		spec, ok := r.specs[k.Destination]
		if !ok || spec.Lanes < 1 {
			continue
		}
		r.agenda.plan(laneID{destination: k.Destination, lane: k.Slot % spec.Lanes}, now.Add(r.held(k.Destination)))
	}
}

// Free wakes the lanes of a destination whose breaker closed, or that an operator let go, which sleep for
// longer than anybody cares to wait. It returns at once.
func (r *Runner) Free(destination string) {
	for lane := range r.specs[destination].Lanes {
		id := laneID{destination: destination, lane: lane}
		r.agenda.free(id)
		r.agenda.plan(id, time.Now())
	}
}

// wakeLoop wakes what is ripe, at once after a pause, else gathered over an interval.
func (r *Runner) wakeLoop(ctx context.Context) error {
	for {
		lanes, wait := r.agenda.ripe(time.Now())
		if len(lanes) > 0 {
			if err := r.wakeAll(ctx, lanes, false); err != nil && ctx.Err() == nil {
				r.log.WarnContext(ctx, "lanes not woken", "err", err)
				for _, id := range lanes {
					r.agenda.plan(id, time.Now().Add(failedWait))
				}
			}
			if !pause(ctx, wakeInterval, nil) {
				return nil
			}
			continue
		}
		if !pause(ctx, wait, r.agenda.changed) {
			return nil
		}
	}
}

// pause waits for a time or an event; false when ctx ended.
func pause(ctx context.Context, d time.Duration, event <-chan struct{}) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-event:
		return true
	case <-ctx.Done():
		return false
	}
}

// wakeAll inserts the lanes' jobs, or brings forward those that sleep, in one
// transaction: River's notification leaves with its commit, so that a job
// brought forward is seen. A job that runs is left alone: when its run ends the process asks
// whether more came. In a sweep, a running job that lost its worker gets a substitute.
func (r *Runner) wakeAll(ctx context.Context, lanes []laneID, sweep bool) error {
	ctx, cancel := context.WithTimeout(ctx, wakeTimeout)
	defer cancel()
	slices.SortFunc(lanes, func(a, b laneID) int { // one order for all processes: the inserts lock rows
		return cmp.Or(cmp.Compare(a.destination, b.destination), cmp.Compare(a.lane, b.lane))
	})
	params := make([]river.InsertManyParams, len(lanes))
	for i, id := range lanes {
		params[i].Args = LaneArgs{Destination: id.destination, Lane: id.lane}
	}
	return pgx.BeginFunc(ctx, r.pool, func(tx pgx.Tx) error {
		results, err := r.client.InsertManyTx(ctx, tx, params)
		if err != nil {
			return err
		}
		for i, result := range results {
			if !result.UniqueSkippedAsDuplicate {
				continue
			}
			if sleeps(result.Job) {
				if _, err := r.client.JobRetryTx(ctx, tx, result.Job.ID); err != nil {
					return err
				}
			}
			if sweep && result.Job.State == rivertype.JobStateRunning {
				if err := r.substitute(ctx, tx, lanes[i], result.Job); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

// sleeps reports whether a job waits for its time.
func sleeps(job *rivertype.JobRow) bool {
	switch job.State {
	case rivertype.JobStateScheduled, rivertype.JobStateRetryable:
		return true
	case rivertype.JobStateAvailable: // short snoozes are available already, but not before their time
		return job.ScheduledAt.After(time.Now())
	}
	return false
}

// substitute inserts a job beside one whose worker died: River frees a dead
// job only half a minute later. One that has just begun may not hold its lane
// yet, and one that ends no longer; a substitute too many does no harm. The lane's lease keeps them apart if it lives after all.
func (r *Runner) substitute(ctx context.Context, tx pgx.Tx, id laneID, dead *rivertype.JobRow) error {
	if dead.AttemptedAt == nil || time.Since(*dead.AttemptedAt) < abandonedAfter {
		return nil
	}
	idle, err := r.due.LaneIdle(ctx, id.destination, id.lane)
	if err != nil || idle < leaseOver {
		return err
	}
	_, err = r.client.InsertTx(ctx, tx, LaneArgs{Destination: id.destination, Lane: id.lane, InPlaceOf: dead.ID}, nil)
	return err
}
