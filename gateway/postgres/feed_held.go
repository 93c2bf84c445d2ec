package postgres

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"

	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/internal/fault"
	"github.com/lienthong/lienthong/schema"
)

// Positions are dense, so a position that is missing below the head was dropped
// by retention, which takes whole months. Its edge is not quite a number: what
// was written around midnight may have got its positions in another order than
// its times. Only so many positions above the lowest one can be missing.
const heldEdge = 10_000

// feedHead returns the newest position with its epoch.
func (s *Store) feedHead(ctx context.Context) (head gateway.Cursor, err error) {
	err = s.pool.QueryRow(ctx, `SELECT epoch, position FROM feed_head`).Scan(&head.Epoch, &head.Position)
	return head, err
}

// strange says why a cursor is not one of the feed as it is, "" when it is.
func strange(c, head gateway.Cursor) string {
	switch {
	case c.Epoch != 0 && c.Epoch != head.Epoch:
		return "the cursor is of an earlier epoch of the feed"
	case c.Position > head.Position: // a database was restored without a new epoch: its positions will come again
		return "the cursor is ahead of the feed"
	}
	return ""
}

// unbroken returns the items up to the first change between them that is
// missing; nil when one right behind the position is. It looks after the items
// were read: what is held now was held then.
func (s *Store) unbroken(ctx context.Context, kind schema.Kind, after, head int64, items []gateway.Change) ([]gateway.Change, error) {
	if kind != "" {
		held, err := s.held(ctx, after, head)
		if err != nil || !held {
			return nil, err
		}
		return items, nil
	}
	for i := range items {
		if items[i].Position != after+int64(i)+1 {
			items = items[:i]
			break
		}
	}
	if len(items) == 0 && after < head {
		return nil, nil
	}
	return items, nil
}

// held reports whether every change from behind a position to the head is held.
// Indexes: change_pkey of each partition, of which it reads at most heldEdge positions.
func (s *Store) held(ctx context.Context, after, head int64) (bool, error) {
	if after >= head {
		return true, nil
	}
	lowest, err := s.lowest(ctx)
	if err != nil || lowest == 0 || lowest > after+1 {
		return false, err
	}
	edge := min(lowest+heldEdge, head)
	if after >= edge {
		return true, nil
	}
	var found int64
	err = s.pool.QueryRow(ctx, `
		SELECT count(*)
		FROM change
		WHERE position > $1 AND position <= $2`, pgx.QueryExecModeCacheDescribe, after, edge).Scan(&found)
	return found == edge-after, err
}

// lowest returns the lowest position that is held, 0 when none is. Index: change_pkey of each partition.
func (s *Store) lowest(ctx context.Context) (position int64, err error) {
	err = s.pool.QueryRow(ctx, `SELECT position FROM change ORDER BY position LIMIT 1`, pgx.QueryExecModeCacheDescribe).Scan(&position)
	if errors.Is(err, pgx.ErrNoRows) {
		return 0, nil
	}
	return position, err
}

// expired returns the fault of a cursor that is not served, and the oldest one
// that is: that from which on nothing is missing.
func (s *Store) expired(ctx context.Context, head gateway.Cursor, op, reason string) (gateway.Cursor, error) {
	oldest := head
	lowest, err := s.lowest(ctx)
	if err != nil {
		return oldest, fail(err, op)
	}
	if lowest > 0 {
		err = s.pool.QueryRow(ctx, `
			SELECT coalesce(max(position), $1)
			FROM (SELECT position, lag(position) OVER (ORDER BY position) AS before
			      FROM change
			      WHERE position BETWEEN $1 AND $2
			      ORDER BY position) AS edge
			WHERE before < position - 1`, pgx.QueryExecModeCacheDescribe, lowest, lowest+heldEdge).Scan(&lowest)
		if err != nil {
			return oldest, fail(err, op)
		}
		oldest.Position = lowest - 1
	}
	return oldest, fault.New(fault.CursorExpired, op, reason)
}
