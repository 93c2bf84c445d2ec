package httpapi

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"github.com/google/uuid"

	"github.com/lienthong/lienthong/gateway"
)

// FeedPage is one page of a feed.
type FeedPage struct {
	Items      []Event   `json:"items" nullable:"false" doc:"In the order of sequence"`
	NextCursor string    `json:"next_cursor" doc:"Where to read on; opaque"`
	HasMore    bool      `json:"has_more" doc:"Whether reading on finds something at once"`
	FeedSeq    int64     `json:"feed_seq" doc:"Newest sequence of the whole feed"`
	AsOf       time.Time `json:"as_of"`
	LagS       float64   `json:"lag_s" doc:"Age of the last item in seconds where more wait, else 0"`
}

// Event is one item of a feed: CloudEvents 1.0 in its JSON format. It tells
// that an entity has a new revision, and the entity as it stands when the feed
// is read, which may be newer; or, as vn.snapshot.loaded.v1, that entities of a
// kind were loaded in bulk and are to be taken anew. In a snapshot it tells, as
// vn.….snapshot.v1, how an entity stands. What is gone when the feed is read is a
// vn.….retracted.v1 without data, whatever the change was that the item tells.
type Event struct {
	SpecVersion     string          `json:"specversion" enum:"1.0"`
	ID              uuid.UUID       `json:"id" format:"uuid" doc:"The same whenever and by whichever feed the item is read"`
	Source          string          `json:"source" format:"uri-reference"`
	Type            string          `json:"type" example:"vn.dossier.changed.v1"`
	Subject         string          `json:"subject" doc:"Kind and id of the entity; snapshot and id of the mark where there is none" example:"dossier/0190c3d2-0000-7000-8000-000000000001"`
	Time            time.Time       `json:"time"`
	DataContentType string          `json:"datacontenttype,omitempty" enum:"application/json"`
	Sequence        string          `json:"sequence" doc:"Position in the feed of all entities, 20 digits; in a snapshot that of its delta_cursor"`
	PartitionKey    string          `json:"partitionkey" doc:"Items of one key come in order"`
	EntityID        uuid.UUID       `json:"entityid,omitempty" format:"uuid" doc:"Absent where the item speaks of no single entity"`
	EntityRevision  int64           `json:"entityrevision,omitempty" doc:"That the change made; in a snapshot that of data"`
	DataRevision    int64           `json:"datarevision,omitempty" doc:"Of data, at least entityrevision"`
	RecordedTime    time.Time       `json:"recordedtime" doc:"When the gateway recorded the change"`
	Reason          string          `json:"reason,omitempty" enum:"merged,withdrawn" doc:"Of a retraction"`
	Successor       string          `json:"successor,omitempty" doc:"Subject of the entity that a merged one is by now" example:"person/0190c3d2-0000-7000-8000-000000000002"`
	Data            json.RawMessage `json:"data,omitempty" doc:"The entity in canonical form, absent where the entity is gone; of a mark what was loaded"`
}

// eventID is a UUIDv7 made of what never changes about a position: when it was
// recorded, the epoch and the position itself.
func eventID(epoch, position int64, recorded time.Time) (id uuid.UUID) {
	binary.BigEndian.PutUint64(id[0:8], uint64(recorded.UnixMilli())<<16|0x7000|uint64(epoch)&0x0fff)
	binary.BigEndian.PutUint64(id[8:16], 1<<63|uint64(position)&(1<<62-1))
	return id
}

// appendPage appends a [FeedPage] as JSON. Data is canonical already and goes
// through as it is.
func appendPage(b []byte, page gateway.FeedPage, system string, asOf time.Time, lag float64) []byte {
	b = append(b, `{"items":[`...)
	for i := range page.Items {
		b = comma(b, i)
		c := &page.Items[i]
		b = appendEvent(b, c, eventID(page.Next.Epoch, c.Position, c.RecordedAt), system)
	}
	b = quote(append(b, `],"next_cursor":`...), page.Next.String())
	b = strconv.AppendBool(append(b, `,"has_more":`...), page.HasMore)
	b = strconv.AppendInt(append(b, `,"feed_seq":`...), page.Head, 10)
	b = appendTime(append(b, `,"as_of":`...), asOf)
	b = strconv.AppendFloat(append(b, `,"lag_s":`...), lag, 'f', 3, 64)
	return append(b, "}\n"...)
}

func appendEvent(b []byte, c *gateway.Change, event uuid.UUID, system string) []byte {
	id, subject := c.EntityID.String(), string(c.Kind)
	if c.IsMark() {
		subject = "snapshot"
	}
	b = appendUUID(append(b, `{"specversion":"1.0","id":`...), event)
	b = quote(append(b, `,"source":`...), system)
	b = quote(append(b, `,"type":`...), c.Type)
	b = quote(append(b, `,"subject":`...), subject+"/"+id)
	b = appendTime(append(b, `,"time":`...), c.RecordedAt)
	b = fmt.Appendf(b, `,"sequence":"%020d"`, c.Position)
	b = quote(append(b, `,"partitionkey":`...), id)
	if !c.IsMark() {
		b = quote(append(b, `,"entityid":`...), id)
		b = strconv.AppendInt(append(b, `,"entityrevision":`...), c.Revision, 10)
	}
	b = appendTime(append(b, `,"recordedtime":`...), c.RecordedAt)
	if c.Gone != "" {
		b = quote(append(b, `,"reason":`...), string(c.Gone))
	}
	if c.Successor != uuid.Nil {
		b = quote(append(b, `,"successor":`...), gateway.EntityKey(c.Kind, c.Successor))
	}
	if len(c.Data) > 0 {
		if !c.IsMark() {
			b = strconv.AppendInt(append(b, `,"datarevision":`...), c.DataRev, 10)
		}
		b = append(b, `,"datacontenttype":"application/json","data":`...)
		b = appendData(b, c)
	}
	return append(b, '}')
}

// appendData appends the data of an event; that of a mark with the path by which
// the reader takes the kind anew.
func appendData(b []byte, c *gateway.Change) []byte {
	feed := gateway.FeedOf(c.Kind)
	if !c.IsMark() || feed == "" || c.Data[0] != '{' {
		return append(b, c.Data...)
	}
	b = quote(append(b, `{"snapshot_url":`...), snapshotURL(feed))
	rest := bytes.TrimLeft(c.Data[1:], " \t\r\n")
	if len(rest) > 0 && rest[0] != '}' {
		b = append(b, ',')
	}
	return append(b, rest...)
}

func appendTime(b []byte, t time.Time) []byte {
	return append(t.UTC().AppendFormat(append(b, '"'), time.RFC3339Nano), '"')
}
