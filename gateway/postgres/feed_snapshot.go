package postgres

import (
	"context"
	"slices"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/schema"
)

// ReadSnapshot implements [gateway.FeedStore]. The head of the feed is read
// before the first page: an entity that is changed while its page is still to
// come, or was read already, has its change behind that head. Index:
// entity_live_idx, a range of which is a page whatever the number of entities.
func (s *Store) ReadSnapshot(ctx context.Context, after gateway.SnapshotCursor, limit int) (gateway.SnapshotPage, error) {
	const op = "postgres.ReadSnapshot"
	page := gateway.SnapshotPage{Delta: after.Delta}
	head, err := s.feedHead(ctx)
	if err != nil {
		return page, fail(err, op)
	}
	if after.Delta == (gateway.Cursor{}) {
		page.Delta = head
	}
	reason := strange(page.Delta, head)
	if reason == "" {
		page.Items, err = s.readEntities(ctx, after, limit+1)
		if err != nil {
			return page, fail(err, op)
		}
		held, err := s.held(ctx, page.Delta.Position, head.Position)
		if err != nil {
			return page, fail(err, op)
		}
		if !held {
			page.Items, reason = nil, "changes since the snapshot began were dropped"
		}
	}
	if reason != "" {
		page.Delta, err = s.expired(ctx, head, op, reason)
		return page, err
	}
	if page.HasMore = len(page.Items) > limit; page.HasMore {
		page.Items = page.Items[:limit]
		last := page.Items[limit-1]
		page.Next = gateway.SnapshotCursor{Feed: after.Feed, Delta: page.Delta, Kind: last.Kind, ID: last.EntityID}
	}
	for i := range page.Items {
		page.Items[i].Position = page.Delta.Position
	}
	return page, nil
}

// readEntities reads kind by kind: so a page is a range of the index whatever
// the database knows of the table, which after a first load may be nothing.
func (s *Store) readEntities(ctx context.Context, after gateway.SnapshotCursor, limit int) ([]gateway.Change, error) {
	items, last := []gateway.Change{}, after.ID
	for _, kind := range kindsOf(after.Feed) {
		if kind < after.Kind {
			continue
		}
		if kind > after.Kind {
			last = uuid.Nil // not yet in this kind
		}
		rows, err := s.pool.Query(ctx, snapshotPage, pgx.QueryExecModeCacheDescribe, string(kind), last, limit-len(items))
		if err != nil {
			return nil, err
		}
		items, err = pgx.AppendRows(items, rows, func(row pgx.CollectableRow) (gateway.Change, error) {
			c := gateway.Change{Kind: kind, Type: gateway.SnapshotType(kind)}
			err := row.Scan(raw(&c.EntityID), &c.Revision, &c.RecordedAt, &c.Data)
			c.DataRev = c.Revision
			return c, err
		})
		if err != nil || len(items) == limit {
			return items, err
		}
	}
	return items, nil
}

// kindsOf returns the kinds of entities of a feed, in the order of a snapshot.
func kindsOf(feed schema.Kind) (kinds []schema.Kind) {
	for _, name := range gateway.FeedNames() {
		kind, _ := gateway.FeedKind(name)
		if kind != "" && (feed == "" || feed == kind) {
			kinds = append(kinds, kind)
		}
	}
	slices.Sort(kinds)
	return kinds
}

// An entity of revision 0 is bound to an identifier and nothing is derived of it
// yet. Each page is planned anew, as those of [Store.readChanges] are.
const snapshotPage = `
	SELECT id, revision, updated_at, body
	FROM entity
	WHERE merged_into IS NULL AND withdrawn_at IS NULL AND revision > 0 AND kind = $1 AND id > $2
	ORDER BY kind, id
	LIMIT $3`
