package jobs

import (
	"context"
	"math/rand/v2"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"

	"github.com/lienthong/lienthong/gateway"
)

// LaneArgs names one lane. There is at most one job for each that is not over.
type LaneArgs struct {
	Destination string `json:"destination"`
	Lane        int    `json:"lane"`
	InPlaceOf   int64  `json:"in_place_of,omitempty"` // id of a job whose worker died and that River still counts as running
}

// Kind implements [river.JobArgs].
func (LaneArgs) Kind() string { return "lane" }

// InsertOpts makes the job unique while it is not over. Completed must not
// count: it would keep the lane from being woken for as long as River keeps the row.
func (a LaneArgs) InsertOpts() river.InsertOpts {
	return river.InsertOpts{
		Queue: a.Destination,
		UniqueOpts: river.UniqueOpts{ByArgs: true, ByState: []rivertype.JobState{
			rivertype.JobStateAvailable, rivertype.JobStatePending, rivertype.JobStateRunning,
			rivertype.JobStateScheduled, rivertype.JobStateRetryable,
		}},
	}
}

// laneID is a lane as this process keeps track of it.
type laneID struct {
	destination string
	lane        int
}

func (a LaneArgs) id() laneID { return laneID{destination: a.Destination, lane: a.Lane} }

// laneWorker is thin: one call into the gateway, and what River is to do next.
type laneWorker struct {
	river.WorkerDefaults[LaneArgs]
	runner *Runner
}

// failedWait is how long a lane rests when the store failed it.
const failedWait = time.Second

// Work implements [river.Worker]. It never returns an error but a snooze.
func (w *laneWorker) Work(ctx context.Context, job *river.Job[LaneArgs]) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	over := make(chan struct{})
	defer close(over)
	go func() { // ends with Work
		select {
		case <-w.runner.stop:
			cancel()
		case <-over:
		}
	}()
	next, err := w.runner.lanes.Drain(ctx, job.Args.Destination, job.Args.Lane)
	if err != nil {
		next = gateway.Next{After: failedWait + rand.N(failedWait)}
		if ctx.Err() != nil {
			next = gateway.Next{Again: true}
		} else {
			w.runner.log.WarnContext(ctx, "lane failed", "destination_id", job.Args.Destination, "lane", job.Args.Lane, "err", err)
		}
	}
	return w.runner.after(job.Args, next)
}

// rest is how long a lane sleeps that is woken when its breaker closes. One of a
// destination's lanes tries on time, as canary; that the others do, each
// time, would be most of what an outage costs.
func (r *Runner) rest(id laneID, wait time.Duration) time.Duration {
	if r.agenda.tryOnTime(id, onTime) {
		return wait
	}
	return max(wait, min(restTimes*wait, longestRest))
}

const (
	onTime      = 1
	restTimes   = 10
	longestRest = 5 * time.Minute
)

// after notes when the lane runs again and says it to River.
func (r *Runner) after(args LaneArgs, next gateway.Next) error {
	wait := next.After
	var held time.Duration
	if next.Held { // not all lanes at the same moment
		wait += rand.N(wait/8 + time.Millisecond)
		held = wait
	}
	if next.Told {
		wait = r.rest(args.id(), wait)
	} else {
		r.agenda.tryNoMore(args.id())
	}
	r.agenda.hold(args.id(), held, wait)
	switch {
	case args.InPlaceOf != 0: // the lane's own job will be rescued; this one leaves no twin behind
		if next.Again || wait > 0 {
			r.agenda.plan(args.id(), time.Now().Add(wait))
		}
		return nil
	case next.Again:
		return river.JobSnooze(0)
	case wait > 0:
		return river.JobSnooze(wait)
	}
	return nil
}
