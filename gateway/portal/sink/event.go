package sink

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/google/uuid"

	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/schema"
)

// Event is what the other side is told: CloudEvents 1.0 in its JSON format,
// with the attributes that items of our feeds have. It has no time: equal
// wishes give equal bytes.
type Event struct {
	SpecVersion     string         `json:"specversion"` // "1.0"
	ID              uuid.UUID      `json:"id"`
	Source          string         `json:"source"`
	Type            string         `json:"type"`    // vn.land_parcel.changed.v1; what the receiver does not have yet may come as changed
	Subject         string         `json:"subject"` // land_parcel/0190c3d2-…
	DataContentType string         `json:"datacontenttype,omitempty"`
	Sequence        string         `json:"sequence"` // of the subject: the revision, 20 digits; the highest stands
	PartitionKey    string         `json:"partitionkey"`
	EntityID        uuid.UUID      `json:"entityid"`
	EntityRevision  int64          `json:"entityrevision"`
	PurposeCode     string         `json:"purposecode,omitempty"`
	Reason          string         `json:"reason,omitempty"`    // of a retraction: merged, withdrawn, withheld
	Successor       string         `json:"successor,omitempty"` // subject of the entity that a merged one is by now
	Data            jsontext.Value `json:"data,omitempty"`      // the entity in canonical form; a retraction has none
}

func (d *Destination) event(w gateway.Wanted, hash schema.Hash, data jsontext.Value) Event {
	return Event{
		SpecVersion: "1.0", ID: d.eventID(w, hash), Source: d.cfg.System,
		Type: gateway.ChangeType(w.Kind, w.Revision), Subject: gateway.EntityKey(w.Kind, w.EntityID),
		DataContentType: "application/json", Sequence: fmt.Sprintf("%020d", w.Revision),
		PartitionKey: w.EntityID.String(), EntityID: w.EntityID, EntityRevision: w.Revision,
		PurposeCode: d.cfg.Purpose, Data: data,
	}
}

// namespace sets ids of events apart from other ids that are made of a hash.
var namespace = uuid.MustParse("2f0c6d3e-5a55-4e0b-9a1c-6c1f7a6f5b10")

// eventID is a UUIDv8 (RFC 9562, 5.8): a hash of destination, entity, revision
// and content. Without the revision a change back to earlier content would look
// like a repeat; without the content a revision that is given again after a
// restore of the database would.
func (d *Destination) eventID(w gateway.Wanted, hash schema.Hash) uuid.UUID {
	var revision [8]byte
	binary.BigEndian.PutUint64(revision[:], uint64(w.Revision))
	name := append([]byte(d.cfg.Code), 0)
	name = append(append(append(name, w.EntityID[:]...), revision[:]...), hash[:]...)
	return uuid.NewHash(sha256.New(), namespace, name, 8)
}
