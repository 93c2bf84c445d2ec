package gateway

import (
	"context"
	"errors"
	"time"

	"github.com/lienthong/lienthong/internal/fault"
)

// GroupLimit is the most single pushes that share one commit.
const GroupLimit = 256

// commitTime is how long one shared commit may take: a database that hangs
// must not hold those who wait, or the end of the process, for ever.
const commitTime = 30 * time.Second

// Committer lets single pushes share a transaction: while one commit runs, the
// pushes that arrive wait together and go in the next. A push that breaks the
// group does not fail its neighbours: each is then committed alone.
type Committer struct {
	ingestor *Ingestor
	queue    chan waiting
	stopped  chan struct{} // closed when Run has ended
}

type waiting struct {
	ctx  context.Context
	unit Unit
	done chan<- committed
}

type committed struct {
	answer Answer
	err    error
}

// NewCommitter returns a committer; it works while Run does.
func NewCommitter(in *Ingestor) *Committer {
	return &Committer{ingestor: in, queue: make(chan waiting, GroupLimit), stopped: make(chan struct{})}
}

// Ingest takes one push like [Ingestor.Ingest], in a commit shared with others.
// When ctx ends first the push may be stored all the same, as with any cut line.
func (c *Committer) Ingest(ctx context.Context, p Push) (Answer, error) {
	unit, err := c.ingestor.Prepare(ctx, p)
	if err != nil {
		return Answer{}, err
	}
	c.ingestor.sign(&unit)
	done := make(chan committed, 1)
	select {
	case c.queue <- waiting{ctx: ctx, unit: unit, done: done}:
	case <-c.stopped:
		return Answer{}, errStopped()
	case <-ctx.Done():
		return Answer{}, ctx.Err()
	}
	select {
	case r := <-done:
		return r.answer, r.err
	case <-c.stopped:
	case <-ctx.Done():
		return Answer{}, ctx.Err()
	}
	select {
	case r := <-done: // the last group
		return r.answer, r.err
	default:
		return Answer{}, errStopped() // it came when nobody took from the queue any more
	}
}

func errStopped() error {
	return fault.New(fault.Unavailable, "gateway.Committer", "the gateway is stopping")
}

// Run commits groups until ctx ends, then answers those that still wait as
// unavailable. It runs once.
func (c *Committer) Run(ctx context.Context) error {
	defer close(c.stopped)
	for ctx.Err() == nil {
		select {
		case <-ctx.Done():
		case first := <-c.queue:
			c.commit(ctx, c.gather(first))
		}
	}
	return nil
}

// gather takes what waits already, up to the size of the largest batch; it never waits for more.
func (c *Committer) gather(first waiting) []waiting {
	group, records := []waiting{first}, first.unit.records()
	for len(group) < GroupLimit && records < MaxRecords {
		select {
		case w := <-c.queue:
			group, records = append(group, w), records+w.unit.records()
		default:
			return group
		}
	}
	return group
}

func (c *Committer) commit(ctx context.Context, group []waiting) {
	units := make([]Unit, 0, len(group))
	live := group[:0]
	for _, w := range group {
		if w.ctx.Err() != nil { // the caller is gone and was promised nothing
			w.done <- committed{err: w.ctx.Err()}
			continue
		}
		live, units = append(live, w), append(units, w.unit)
	}
	if len(live) == 0 {
		return
	}
	answers, errs := c.together(ctx, units)
	for i, w := range live {
		if len(live) > 1 && errs[i] != nil && alone(errs[i]) {
			a, e := c.together(ctx, units[i:i+1])
			answers[i], errs[i] = a[0], e[0]
		}
		w.done <- committed{answer: answers[i], err: errs[i]}
	}
}

// together is one commit. Once begun it is not torn by a stop of the process: callers wait for it.
func (c *Committer) together(ctx context.Context, units []Unit) ([]Answer, []error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), commitTime)
	defer cancel()
	return c.ingestor.Commit(ctx, units)
}

// alone reports whether a failure of the group may be the fault of one push.
func alone(err error) bool {
	if errors.Is(err, context.DeadlineExceeded) {
		return false
	}
	switch fault.CodeOf(err) {
	case fault.Internal, fault.Conflict, fault.Invalid:
		return true
	}
	return false
}
