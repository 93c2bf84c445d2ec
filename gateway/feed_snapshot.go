package gateway

import (
	"context"
	"encoding/base64"
	"encoding/binary"

	"github.com/google/uuid"

	"github.com/lienthong/lienthong/schema"
)

// SnapshotCursor is a place among the live entities of a feed, which a snapshot
// pages through in the order of kind and id. It carries where the feed stood
// before the first page was read: what has changed since is read from there, so
// that a snapshot and what follows it lose nothing, though its pages are read at
// different times. The zero value, but for Feed, is the beginning.
type SnapshotCursor struct {
	Feed  schema.Kind // the kind that the feed is about; "" for all
	Delta Cursor      // of the feed; zero before the first page
	Kind  schema.Kind // of the last entity that was read
	ID    uuid.UUID   // its id
}

const snapshotVersion = 2 // never that of a feed's cursor: one is not taken for the other

// String returns the opaque form.
func (c SnapshotCursor) String() string {
	b := binary.AppendVarint([]byte{snapshotVersion}, c.Delta.Epoch)
	b = binary.AppendVarint(b, c.Delta.Position)
	for _, kind := range []schema.Kind{c.Feed, c.Kind} {
		b = append(append(b, byte(len(kind))), kind...)
	}
	return base64.RawURLEncoding.EncodeToString(append(b, c.ID[:]...))
}

// ParseSnapshotCursor reads the opaque form of a cursor of a feed's snapshot; ""
// is the beginning. Whatever else is not one is a fault with code CursorInvalid.
func ParseSnapshotCursor(s string, feed schema.Kind) (SnapshotCursor, error) {
	if s == "" {
		return SnapshotCursor{Feed: feed}, nil
	}
	c, ok := parseSnapshot(s)
	entity := c.Kind.Valid() && c.Kind.Entity() == c.Kind && (feed == "" || feed == c.Kind)
	if !ok || c.Feed != feed || !entity || c.Delta.Epoch < 1 || c.Delta.Position < 0 || c.String() != s {
		return SnapshotCursor{}, errCursor()
	}
	return c, nil
}

func parseSnapshot(s string) (c SnapshotCursor, ok bool) {
	b, err := base64.RawURLEncoding.DecodeString(s)
	if err != nil || len(b) == 0 || b[0] != snapshotVersion {
		return c, false
	}
	b = b[1:]
	for _, n := range []*int64{&c.Delta.Epoch, &c.Delta.Position} {
		v, length := binary.Varint(b)
		if length <= 0 {
			return c, false
		}
		*n, b = v, b[length:]
	}
	for _, kind := range []*schema.Kind{&c.Feed, &c.Kind} {
		if len(b) == 0 || len(b) <= int(b[0]) {
			return c, false
		}
		*kind, b = schema.Kind(b[1:1+b[0]]), b[1+b[0]:]
	}
	return c, len(b) == len(c.ID) && copy(c.ID[:], b) == len(c.ID)
}

// SnapshotPage is one page of a snapshot: entities as they stand when the page is read.
type SnapshotPage struct {
	Items   []Change       // Revision and DataRev are that of Data; Position is that of Delta
	Delta   Cursor         // where the feed goes on, the same on every page
	Next    SnapshotCursor // meaningful where HasMore
	HasMore bool
}

// Snapshot returns a page of up to limit live entities. Its failures are those of [FeedStore].
func (f *Feed) Snapshot(ctx context.Context, after SnapshotCursor, limit int) (SnapshotPage, error) {
	return f.store.ReadSnapshot(ctx, after, limit)
}

// SnapshotType returns the event type of an entity in a snapshot.
func SnapshotType(kind schema.Kind) string { return "vn." + string(kind) + ".snapshot.v1" }
