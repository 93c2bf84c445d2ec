package postgres

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"golang.org/x/sync/errgroup"
)

// Sequencer gives the feed its dense positions. Every process runs one; the
// one that holds the leader lock moves committed changes from the inbox into
// the feed, in the order of their insertion, which is commit order for any
// one entity since its row is locked meanwhile. Two leaders would do no harm:
// the row of feed_head serialises them.
type Sequencer struct {
	store *Store
	log   *slog.Logger
	nudge chan struct{} // from this process
	told  chan struct{} // from other processes; never passed on, or two that do not lead would tell each other for ever

	sealer *Sealer // of the journal; nil: this process never seals
}

const (
	sequencerLock  = 7_264_001 // session-level advisory lock of the leader
	sequencerBatch = 5000
	sequencerIdle  = time.Second // how often the leader looks without being told, and others try to lead
	notifyGap      = 10 * time.Millisecond
	changeChannel  = "lienthong_change"  // somebody wrote to the inbox
	feedChannel    = "lienthong_feed"    // the feed has moved
	breakerChannel = "lienthong_breaker" // a breaker has changed, or an operator has spoken
)

// NewSequencer returns a sequencer; it works while Run does.
func NewSequencer(s *Store, log *slog.Logger) *Sequencer {
	return &Sequencer{store: s, log: log, nudge: make(chan struct{}, 1), told: make(chan struct{}, 1)}
}

// WithSealer lets the leader seal the journal too.
func (q *Sequencer) WithSealer(l *Sealer) *Sequencer {
	q.sealer = l
	return q
}

// Nudge says that the inbox has gained changes. It never blocks.
func (q *Sequencer) Nudge() { mark(q.nudge) }

// mark leaves a mark in a channel of one, unless there is one already.
func mark(c chan<- struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// Run sequences, or waits to, until ctx ends. A lost connection is replaced.
func (q *Sequencer) Run(ctx context.Context) error {
	var g errgroup.Group
	g.Go(func() error { return q.forever(ctx, q.listen) })
	g.Go(func() error { return q.forever(ctx, q.lead) })
	return g.Wait()
}

// forever repeats work that ends with a lost connection.
func (q *Sequencer) forever(ctx context.Context, work func(context.Context, *pgxpool.Conn) error) error {
	for ctx.Err() == nil {
		err := func() error {
			conn, err := q.store.pool.Acquire(ctx)
			if err != nil {
				return err
			}
			// The connection carries a lock or a LISTEN: it must not go back to the pool.
			defer func() {
				_ = conn.Hijack().Close(context.WithoutCancel(ctx))
			}()
			return work(ctx, conn)
		}()
		if ctx.Err() != nil {
			return nil
		}
		q.log.WarnContext(ctx, "sequencer connection lost", "err", err)
		pause(ctx, sequencerIdle)
	}
	return nil
}

// listen passes on what other processes tell.
func (q *Sequencer) listen(ctx context.Context, conn *pgxpool.Conn) error {
	if _, err := conn.Exec(ctx, "LISTEN "+changeChannel+"; LISTEN "+feedChannel+"; LISTEN "+breakerChannel); err != nil {
		return err
	}
	q.store.moved.signal() // whatever was told while nobody listened
	q.store.switched.signal()
	mark(q.told)
	for {
		n, err := conn.Conn().WaitForNotification(ctx)
		if err != nil {
			return err
		}
		switch n.Channel {
		case feedChannel:
			q.store.moved.signal()
		case breakerChannel:
			q.store.switched.signal()
		default:
			mark(q.told)
		}
	}
}

// lead tries to become the leader, and is it for as long as the connection lives.
func (q *Sequencer) lead(ctx context.Context, conn *pgxpool.Conn) error {
	for {
		var leader bool
		if err := conn.QueryRow(ctx, `SELECT pg_try_advisory_lock($1)`, sequencerLock).Scan(&leader); err != nil {
			return err
		}
		if leader {
			return q.rule(ctx, conn)
		}
		// Not the leader: pass nudges on, one notification for a burst.
		deadline := time.Now().Add(sequencerIdle)
		for time.Now().Before(deadline) && q.nudged(ctx, time.Until(deadline), nil) {
			if _, err := conn.Exec(ctx, `SELECT pg_notify($1, '')`, changeChannel); err != nil {
				return err
			}
			pause(ctx, notifyGap)
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
	}
}

// rule is what the leader does: the feed over its own connection, the journal
// beside it, so that a large batch there keeps no reader of the feed waiting.
func (q *Sequencer) rule(ctx context.Context, conn *pgxpool.Conn) error {
	if q.sealer == nil {
		return q.sequence(ctx, conn)
	}
	ctx, resign := context.WithCancel(ctx)
	sealed := make(chan error, 1)
	go func() { sealed <- q.sealer.Run(ctx) }()
	err := q.sequence(ctx, conn)
	resign()
	return errors.Join(err, <-sealed)
}

// sequence is the leader's loop.
func (q *Sequencer) sequence(ctx context.Context, conn *pgxpool.Conn) error {
	for ctx.Err() == nil {
		n, err := q.Move(ctx, conn.Conn())
		if err != nil {
			return err
		}
		if n > 0 {
			q.store.moved.signal()
			if _, err := conn.Exec(ctx, `SELECT pg_notify($1, '')`, feedChannel); err != nil {
				return err
			}
		}
		if n < sequencerBatch {
			q.nudged(ctx, sequencerIdle, q.told)
		}
	}
	return ctx.Err()
}

// nudged waits for a nudge or what told brings, at most d; it reports whether one came.
func (q *Sequencer) nudged(ctx context.Context, d time.Duration, told <-chan struct{}) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-q.nudge:
		return true
	case <-told:
		return true
	case <-t.C:
	case <-ctx.Done():
	}
	return false
}

func pause(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
	}
}

// Move numbers one batch of the inbox and returns how many changes it moved.
// Indexes: change_inbox_pkey.
func (q *Sequencer) Move(ctx context.Context, conn *pgx.Conn) (int, error) {
	moved := 0
	err := pgx.BeginFunc(ctx, conn, func(tx pgx.Tx) error {
		var head int64
		if err := tx.QueryRow(ctx, `SELECT position FROM feed_head FOR UPDATE`).Scan(&head); err != nil {
			return err
		}
		tag, err := tx.Exec(ctx, `
			WITH moved AS (
			    DELETE FROM change_inbox
			    WHERE seq IN (SELECT seq FROM change_inbox ORDER BY seq LIMIT $2)
			    RETURNING seq, entity_id, entity_kind, entity_revision, type, recorded_at)
			INSERT INTO change (position, recorded_at, entity_id, entity_kind, entity_revision, type)
			SELECT $1 + row_number() OVER (ORDER BY seq), recorded_at, entity_id, entity_kind, entity_revision, type
			FROM moved`, head, sequencerBatch)
		if err != nil {
			return err
		}
		if moved = int(tag.RowsAffected()); moved == 0 {
			return errNothing
		}
		_, err = tx.Exec(ctx, `UPDATE feed_head SET position = position + $1`, moved)
		return err
	})
	if errors.Is(err, errNothing) {
		return 0, nil
	}
	return moved, err
}

// errNothing rolls an empty move back.
var errNothing = errors.New("nothing to move")
