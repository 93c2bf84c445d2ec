package postgres

import (
	"context"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/schema"
)

// ReadFeed implements [gateway.FeedStore]. Indexes: change_pkey for the whole
// feed, change_kind_idx for one kind, entity_pkey for the data, or
// snapshot_mark_pkey where a line speaks of no entity.
func (s *Store) ReadFeed(ctx context.Context, kind schema.Kind, after gateway.Cursor, limit int) (gateway.FeedPage, error) {
	const op = "postgres.ReadFeed"
	head, err := s.feedHead(ctx) // before the page: what is numbered up to here is seen by it
	if err != nil {
		return gateway.FeedPage{}, fail(err, op)
	}
	page := gateway.FeedPage{Head: head.Position, Next: gateway.Cursor{Epoch: head.Epoch, Position: after.Position}}
	if reason := strange(after, head); reason != "" {
		page.Next, err = s.expired(ctx, head, op, reason)
		return page, err
	}
	items, err := s.readChanges(ctx, kind, after.Position, head.Position, limit)
	if err != nil {
		return page, fail(err, op)
	}
	full := len(items) == limit
	page.Items, err = s.unbroken(ctx, kind, after.Position, head.Position, items)
	if err != nil {
		return page, fail(err, op)
	}
	if page.Items == nil {
		page.Next, err = s.expired(ctx, head, op, "changes behind the cursor were dropped")
		return page, err
	}
	cut := len(page.Items) < len(items)
	if n := len(page.Items); n > 0 {
		page.Next.Position = page.Items[n-1].Position
	}
	page.Head = max(page.Head, page.Next.Position)
	if !full && !cut { // nothing of the kind lies between: a quiet feed keeps up with what retention drops
		page.Next.Position = max(page.Next.Position, head.Position)
	}
	page.HasMore = (full || cut) && page.Next.Position < page.Head
	return page, nil
}

// readChanges reads what follows a position. Each page is planned anew: a plan
// kept from when the feed was empty would sort all of it.
func (s *Store) readChanges(ctx context.Context, kind schema.Kind, after, head int64, limit int) ([]gateway.Change, error) {
	query, args := feedAll, []any{pgx.QueryExecModeCacheDescribe, after, limit}
	if kind != "" {
		query, args = feedKind, append(args, string(kind))
	}
	rows, err := s.pool.Query(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	items := make([]gateway.Change, 0, min(limit, int(max(head-after, 0))))
	return pgx.AppendRows(items, rows, func(row pgx.CollectableRow) (c gateway.Change, err error) {
		var withdrawn bool
		var into *uuid.UUID
		err = row.Scan(&c.Position, raw(&c.EntityID), &c.Kind, &c.Revision, &c.Type, &c.RecordedAt, &c.Data, &c.DataRev, &into, &withdrawn)
		switch {
		case into != nil:
			c.Gone, c.Successor = gateway.GoneMerged, *into
		case withdrawn:
			c.Gone = gateway.GoneWithdrawn
		}
		if c.Gone != "" {
			c.Type = gateway.RetractType(c.Kind)
		}
		return c, err
	})
}

const feedColumns = `
	SELECT c.position, c.entity_id, c.entity_kind, c.entity_revision, c.type, c.recorded_at,
	       CASE WHEN e.merged_into IS NULL AND e.withdrawn_at IS NULL THEN coalesce(e.body, m.body) END, coalesce(e.revision, 0),
	       e.merged_into, e.withdrawn_at IS NOT NULL
	FROM change c
	LEFT JOIN entity e ON e.id = c.entity_id
	LEFT JOIN snapshot_mark m ON m.id = c.entity_id`

const (
	feedAll  = feedColumns + ` WHERE c.position > $1 ORDER BY c.position LIMIT $2`
	feedKind = feedColumns + ` WHERE c.position > $1 AND c.entity_kind = $3 ORDER BY c.position LIMIT $2`
)

// FeedMoved implements [gateway.FeedStore]. It needs a running [Sequencer] in this process.
func (s *Store) FeedMoved() <-chan struct{} { return s.moved.wait() }
