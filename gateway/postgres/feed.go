package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"

	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/internal/fault"
	"github.com/lienthong/lienthong/schema"
)

// ReadFeed implements [gateway.FeedStore]. Indexes: change_pkey for the whole
// feed, change_kind_idx for one kind, entity_pkey for the data, or
// snapshot_mark_pkey where a line speaks of no entity.
func (s *Store) ReadFeed(ctx context.Context, kind schema.Kind, after gateway.Cursor, limit int) (gateway.FeedPage, error) {
	const op = "postgres.ReadFeed"
	var page gateway.FeedPage
	var epoch int64
	err := s.pool.QueryRow(ctx, `SELECT epoch, position FROM feed_head`).Scan(&epoch, &page.Head)
	if err != nil {
		return page, fail(err, op)
	}
	if after.Epoch != 0 && after.Epoch != epoch {
		return page, fault.New(fault.CursorExpired, op, "the cursor is of an earlier epoch of the feed")
	}
	if after.Position > page.Head { // a database was restored without a new epoch: its positions will come again
		return page, fault.New(fault.CursorExpired, op, "the cursor is ahead of the feed")
	}
	page.Next = gateway.Cursor{Epoch: epoch, Position: after.Position}
	// Planned for each page: a plan kept from when the feed was empty would sort all of it.
	query, args := feedAll, []any{pgx.QueryExecModeCacheDescribe, after.Position, limit}
	if kind != "" {
		query, args = feedKind, append(args, string(kind))
	}
	rows, err := s.pool.Query(ctx, query, args...)
	if err != nil {
		return page, fail(err, op)
	}
	page.Items = make([]gateway.Change, 0, min(limit, int(max(page.Head-after.Position, 0))))
	page.Items, err = pgx.AppendRows(page.Items, rows, func(row pgx.CollectableRow) (c gateway.Change, err error) {
		err = row.Scan(&c.Position, raw(&c.EntityID), &c.Kind, &c.Revision, &c.Type, &c.RecordedAt, &c.Data, &c.DataRev)
		return c, err
	})
	if err != nil {
		return page, fail(err, op)
	}
	if n := len(page.Items); n > 0 {
		page.Next.Position = page.Items[n-1].Position
		page.Head = max(page.Head, page.Next.Position)
		page.HasMore = n == limit && page.Next.Position < page.Head
	}
	return page, nil
}

const feedColumns = `
	SELECT c.position, c.entity_id, c.entity_kind, c.entity_revision, c.type, c.recorded_at,
	       coalesce(e.body, m.body), coalesce(e.revision, 0)
	FROM change c
	LEFT JOIN entity e ON e.id = c.entity_id
	LEFT JOIN snapshot_mark m ON m.id = c.entity_id`

const (
	feedAll  = feedColumns + ` WHERE c.position > $1 ORDER BY c.position LIMIT $2`
	feedKind = feedColumns + ` WHERE c.position > $1 AND c.entity_kind = $3 ORDER BY c.position LIMIT $2`
)

// FeedMoved implements [gateway.FeedStore]. It needs a running [Sequencer] in this process.
func (s *Store) FeedMoved() <-chan struct{} { return s.moved.wait() }
