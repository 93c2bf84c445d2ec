package gateway

import (
	"context"
	"encoding/base64"
	"encoding/binary"
	"time"

	"github.com/google/uuid"

	"github.com/lienthong/lienthong/internal/fault"
	"github.com/lienthong/lienthong/schema"
)

// Cursor is a place in the feed: everything up to Position was read. The epoch
// changes when a database is restored, since positions may then repeat.
type Cursor struct {
	Epoch    int64
	Position int64
}

const cursorVersion = 1

// String returns the opaque form.
func (c Cursor) String() string {
	b := append([]byte{cursorVersion}, binary.AppendVarint(nil, c.Epoch)...)
	return base64.RawURLEncoding.EncodeToString(binary.AppendVarint(b, c.Position))
}

// ParseCursor reads the opaque form; "" is the beginning of whatever epoch is current.
func ParseCursor(s string) (Cursor, error) {
	if s == "" {
		return Cursor{}, nil
	}
	b, err := base64.RawURLEncoding.DecodeString(s)
	if err != nil || len(b) < 3 || b[0] != cursorVersion {
		return Cursor{}, errCursor()
	}
	epoch, n := binary.Varint(b[1:])
	if n <= 0 {
		return Cursor{}, errCursor()
	}
	position, m := binary.Varint(b[1+n:])
	if m <= 0 || 1+n+m != len(b) || position < 0 || epoch < 1 {
		return Cursor{}, errCursor()
	}
	return Cursor{Epoch: epoch, Position: position}, nil
}

func errCursor() error {
	return fault.New(fault.CursorInvalid, "gateway.ParseCursor", "the cursor is not one of ours")
}

// Change is one line of the feed: an entity has a new revision. Data is the
// entity as it stands when the line is read, which may be newer than Revision:
// no copy of a person's data outlives the entity in the feed.
type Change struct {
	Position   int64
	EntityID   uuid.UUID
	Kind       schema.Kind
	Revision   int64 // that the change made
	Type       string
	RecordedAt time.Time
	Data       []byte // canonical JSON; nil where the entity is gone
	DataRev    int64  // revision of Data, >= Revision

	Gone      Gone      // why the entity is gone when the line is read; Type says that it is, whatever the change was
	Successor uuid.UUID // of a merged one
}

// FeedPage is one read of the feed.
type FeedPage struct {
	Items   []Change
	Next    Cursor
	HasMore bool
	Head    int64 // newest position of the whole feed
}

// FeedStore reads the feed.
type FeedStore interface {
	// ReadFeed returns up to limit changes after the cursor, of one kind or ("") of all. A page with room left has
	// looked at all that there is: its Next is the newest position even when nothing of the kind was found.
	// A cursor of an earlier epoch, or one behind which changes were dropped, is a fault with code CursorExpired;
	// the page's Next is then the oldest cursor that is still served.
	ReadFeed(ctx context.Context, kind schema.Kind, after Cursor, limit int) (FeedPage, error)
	// ReadSnapshot returns up to limit live entities after the cursor. A cursor of an earlier epoch, or one whose
	// delta is not held any more, is a fault with code CursorExpired; the page's Delta is then the oldest that is.
	ReadSnapshot(ctx context.Context, after SnapshotCursor, limit int) (SnapshotPage, error)
	// FeedMoved returns a channel that is closed when the feed has moved past a position known now.
	FeedMoved() <-chan struct{}
}

// Feed serves long polls.
type Feed struct{ store FeedStore }

// NewFeed returns a feed over a store.
func NewFeed(store FeedStore) *Feed { return &Feed{store: store} }

// Read returns a page as soon as it has an item, or an empty one after wait.
func (f *Feed) Read(ctx context.Context, kind schema.Kind, after Cursor, limit int, wait time.Duration) (FeedPage, error) {
	deadline := time.NewTimer(wait)
	defer deadline.Stop()
	for {
		moved := f.store.FeedMoved() // before the read, so that no move falls between
		page, err := f.store.ReadFeed(ctx, kind, after, limit)
		if err != nil || len(page.Items) > 0 || wait <= 0 {
			return page, err
		}
		after = page.Next
		select {
		case <-moved:
		case <-deadline.C:
			return page, nil
		case <-ctx.Done():
			return page, nil
		}
	}
}

// ChangeType returns the event type of a change of an entity kind, in words
// that hold for CloudEvents and Standard Webhooks.
func ChangeType(kind schema.Kind, revision int64) string {
	if revision == 1 {
		return "vn." + string(kind) + ".created.v1"
	}
	return "vn." + string(kind) + ".changed.v1"
}
