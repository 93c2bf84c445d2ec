package jobs

import (
	"context"
	"encoding/json"
	"time"

	"github.com/riverqueue/river"
)

// sweepLimit is how many due deliveries a sweep looks at to find their lanes.
const sweepLimit = 1000

// sweepLoop looks for lanes that have work and nobody: the net under killed
// processes and lost wakes. One indexed query per destination, each second or
// two while there is work, else each three: an idle process hears of the work
// that a killed one had by this alone.
func (r *Runner) sweepLoop(ctx context.Context) error {
	for {
		wait := sweepIdle
		for code := range r.specs {
			found, err := r.sweep(ctx, code)
			if err != nil && ctx.Err() == nil {
				r.log.WarnContext(ctx, "lanes not looked for", "destination_id", code, "err", err)
			}
			if found {
				wait = sweepBusy
			}
		}
		if !pause(ctx, wait, nil) {
			return nil
		}
	}
}

// sweep wakes the lanes of one destination that have work.
func (r *Runner) sweep(ctx context.Context, code string) (found bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, wakeTimeout)
	defer cancel()
	slots, err := r.due.DueSlots(ctx, code, r.specs[code].Lanes, sweepLimit)
	if err != nil || len(slots) == 0 {
		return false, err
	}
	if r.held(code) > 0 {
		return false, nil // their own wake is planned
	}
	seen := make(map[laneID]bool)
	var lanes []laneID
	for _, slot := range slots {
		id := laneID{destination: code, lane: slot % r.specs[code].Lanes}
		if !seen[id] && !r.agenda.isHeld(id) {
			seen[id], lanes = true, append(lanes, id)
		}
	}
	if len(lanes) == 0 {
		return false, nil
	}
	return true, r.wakeAll(ctx, lanes, true)
}

// eventLoop follows the ends of runs in this process: a lane that sleeps is
// woken on time, since River itself looks only each few seconds, and one that is
// done is asked once whether work came while it ran.
func (r *Runner) eventLoop(ctx context.Context, events <-chan *river.Event) error {
	for {
		select {
		case <-ctx.Done():
			return nil
		case e, open := <-events:
			if !open {
				return nil
			}
			r.ended(ctx, e)
		}
	}
}

func (r *Runner) ended(ctx context.Context, e *river.Event) {
	var args LaneArgs
	if e.Job.Kind != args.Kind() || json.Unmarshal(e.Job.EncodedArgs, &args) != nil {
		return
	}
	spec, known := r.specs[args.Destination]
	if !known {
		return
	}
	if e.Kind == river.EventKindJobSnoozed {
		r.agenda.plan(args.id(), e.Job.ScheduledAt)
	}
	if r.agenda.isHeld(args.id()) || e.Kind == river.EventKindJobSnoozed && !e.Job.ScheduledAt.After(time.Now()) {
		return
	}
	due, err := r.due.LaneDue(ctx, args.Destination, args.Lane, spec.Lanes)
	if err == nil && due { // else the sweep finds it
		r.agenda.plan(args.id(), time.Now())
	}
}
