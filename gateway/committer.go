package gateway

import (
	"context"

	"github.com/lienthong/lienthong/internal/fault"
)

// GroupLimit is the most single pushes that share one commit.
const GroupLimit = 256

// Committer lets single pushes share a transaction: while one commit runs, the
// pushes that arrive wait together and go in the next. A push that breaks the
// group does not fail its neighbours: each is then committed alone.
type Committer struct {
	ingestor *Ingestor
	queue    chan waiting
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
	return &Committer{ingestor: in, queue: make(chan waiting, GroupLimit)}
}

// Ingest takes one push like [Ingestor.Ingest], in a commit shared with others.
// When ctx ends first the push may be stored all the same, as with any cut line.
func (c *Committer) Ingest(ctx context.Context, p Push) (Answer, error) {
	unit, err := c.ingestor.Prepare(ctx, p)
	if err != nil {
		return Answer{}, err
	}
	done := make(chan committed, 1)
	select {
	case c.queue <- waiting{ctx: ctx, unit: unit, done: done}:
	case <-ctx.Done():
		return Answer{}, ctx.Err()
	}
	select {
	case r := <-done:
		return r.answer, r.err
	case <-ctx.Done():
		return Answer{}, ctx.Err()
	}
}

// Run commits groups until ctx ends, then answers those that still wait as unavailable.
func (c *Committer) Run(ctx context.Context) error {
	for {
		select {
		case <-ctx.Done():
			c.turnAway()
			return nil
		case first := <-c.queue:
			c.commit(ctx, c.gather(first))
		}
	}
}

// gather takes what waits already; it never waits for more.
func (c *Committer) gather(first waiting) []waiting {
	group := []waiting{first}
	for len(group) < GroupLimit {
		select {
		case w := <-c.queue:
			group = append(group, w)
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
	// Once begun, a commit is not torn by a stop of the process: callers wait for it.
	ctx = context.WithoutCancel(ctx)
	answers, errs := c.ingestor.Commit(ctx, units)
	for i, w := range live {
		if len(live) > 1 && errs[i] != nil && alone(errs[i]) {
			a, e := c.ingestor.Commit(ctx, units[i:i+1])
			answers[i], errs[i] = a[0], e[0]
		}
		w.done <- committed{answer: answers[i], err: errs[i]}
	}
}

// alone reports whether a failure of the group may be the fault of one push.
func alone(err error) bool {
	switch fault.CodeOf(err) {
	case fault.Internal, fault.Conflict, fault.Invalid:
		return true
	}
	return false
}

func (c *Committer) turnAway() {
	for {
		select {
		case w := <-c.queue:
			w.done <- committed{err: fault.New(fault.Unavailable, "gateway.Committer", "the gateway is stopping")}
		default:
			return
		}
	}
}
