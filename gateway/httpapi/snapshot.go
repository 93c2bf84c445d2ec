package httpapi

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/internal/fault"
)

// snapshotQuery is a read of one page of a snapshot.
type snapshotQuery struct {
	Feed   string `path:"feed" doc:"all, dossiers, people, organisations, parcels or civil-events" example:"dossiers"`
	Cursor string `query:"cursor" doc:"next_cursor of the previous page; absent: the snapshot begins"`
	Limit  int    `query:"limit" default:"100" minimum:"1" maximum:"1000" doc:"Most items of a page"`
}

// SnapshotPage is one page of a snapshot.
type SnapshotPage struct {
	Items       []Event   `json:"items" nullable:"false" doc:"Each entity once, as it stands when its page is read"`
	NextCursor  string    `json:"next_cursor,omitempty" doc:"Of the next page; opaque; absent on the last one"`
	HasMore     bool      `json:"has_more"`
	DeltaCursor string    `json:"delta_cursor" doc:"Of the feed, from which it is read after the last page; the same on every page"`
	AsOf        time.Time `json:"as_of"`
}

type snapshotAnswer struct {
	ContentType string `header:"Content-Type" hidden:"true"`
	AsOf        string `header:"Gateway-As-Of" doc:"When the page was read"`
	Delta       string `header:"Gateway-Snapshot-Cursor" doc:"As delta_cursor"`
	Body        func(huma.Context)
}

func (a *API) snapshot(ctx context.Context, c *call, in *snapshotQuery) (*snapshotAnswer, error) {
	kind, err := readable(c, in.Feed)
	if err != nil {
		return nil, err
	}
	cursor, err := gateway.ParseSnapshotCursor(in.Cursor, kind)
	if err != nil {
		return nil, err
	}
	page, err := a.opts.Feed.Snapshot(ctx, cursor, in.Limit)
	if fault.CodeOf(err) == fault.CursorExpired {
		return nil, &failure{cause: err, feed: in.Feed, oldest: page.Delta}
	}
	if err != nil {
		return nil, err
	}
	read := time.Now()
	body := appendSnapshot(make([]byte, 0, sizeOf(page.Items)), page, a.opts.System, read)
	return &snapshotAnswer{
		ContentType: jsonMedia, AsOf: read.UTC().Format(time.RFC3339), Delta: page.Delta.String(), Body: whole(body),
	}, nil
}

// appendSnapshot appends a [SnapshotPage] as JSON.
func appendSnapshot(b []byte, page gateway.SnapshotPage, system string, asOf time.Time) []byte {
	b = append(b, `{"items":[`...)
	for i := range page.Items {
		c := &page.Items[i]
		b = appendEvent(comma(b, i), c, snapshotID(c.EntityID, c.Revision), system)
	}
	b = append(b, ']')
	if page.HasMore {
		b = quote(append(b, `,"next_cursor":`...), page.Next.String())
	}
	b = strconv.AppendBool(append(b, `,"has_more":`...), page.HasMore)
	b = quote(append(b, `,"delta_cursor":`...), page.Delta.String())
	b = appendTime(append(b, `,"as_of":`...), asOf)
	return append(b, "}\n"...)
}

// snapshotID is a UUIDv7 made of what never changes about a revision of an
// entity: the time in the entity's own id, and a hash of both. So an entity that
// two snapshots show alike has the same id in both, and no line of the feed has it.
func snapshotID(entity uuid.UUID, revision int64) (id uuid.UUID) {
	sum := sha256.Sum256(binary.BigEndian.AppendUint64(entity[:], uint64(revision)))
	copy(id[:6], entity[:6])
	copy(id[6:], sum[:])
	id[6], id[8] = id[6]&0x0f|0x70, id[8]&0x3f|0x80
	return id
}
