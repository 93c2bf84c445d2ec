package sink

import (
	"crypto/sha256"
	"fmt"
	"slices"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/google/uuid"

	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/internal/fault"
	"github.com/lienthong/lienthong/schema"
)

// Plan implements [gateway.Destination]: one event, unless the other side took
// this content already. Create and update differ for our own books alone, the
// event is the same. What is gone is told in one event without data.
func (d *Destination) Plan(wanted gateway.Wanted, known gateway.Known) ([]gateway.PlannedCall, error) {
	const op = "sink.Plan"
	if !slices.Contains(d.cfg.Receives, wanted.Kind) {
		return nil, fault.New(fault.Invalid, op, fmt.Sprintf("this destination receives no %s", wanted.Kind))
	}
	if wanted.Gone != "" {
		return d.planGone(wanted, known)
	}
	data := jsontext.Value(wanted.Body).Clone()
	if err := data.Compact(); err != nil || data.Kind() != '{' {
		return nil, fault.New(fault.Internal, op, "the golden body is no JSON object") // the library's error quotes it
	}
	hash := contentHash(wanted, data)
	if known.Exists && known.HeaderHash == hash {
		return nil, nil
	}
	payload, err := json.Marshal(d.event(wanted, hash, data))
	if err != nil {
		return nil, fault.New(fault.Internal, op, "the event cannot be written")
	}
	call := gateway.PlannedCall{Operation: gateway.OpCreate, Key: wanted.Key, Payload: [][]byte{payload}, HeaderHash: hash}
	if known.Exists {
		call.Operation = gateway.OpUpdate
	}
	return []gateway.PlannedCall{call}, nil
}

// contentHash is what two wishes with the same effect have in common. The
// revision is no part of it: a body that was rebuilt alike is not sent again.
func contentHash(wanted gateway.Wanted, data []byte) schema.Hash {
	h := sha256.New()
	for _, part := range [][]byte{[]byte(wanted.Kind), {0}, wanted.EntityID[:], {0}, data} {
		_, _ = h.Write(part) // never fails
	}
	return schema.Hash(h.Sum(nil))
}

// planGone plans the word that an entity is gone. It has no data: whoever may
// not have an entity does not get it once more with the request to forget it.
func (d *Destination) planGone(wanted gateway.Wanted, known gateway.Known) ([]gateway.PlannedCall, error) {
	hash := goneHash(wanted)
	if !known.Exists && d.cfg.Lookup == gateway.ShowsExistence || known.Exists && known.HeaderHash == hash {
		return nil, nil
	}
	e := d.event(wanted, hash, nil)
	e.Type, e.DataContentType, e.Reason = gateway.RetractType(wanted.Kind), "", string(wanted.Gone)
	if wanted.Successor != uuid.Nil {
		e.Successor = gateway.EntityKey(wanted.Kind, wanted.Successor)
	}
	payload, err := json.Marshal(e)
	if err != nil {
		return nil, fault.New(fault.Internal, "sink.Plan", "the event cannot be written")
	}
	return []gateway.PlannedCall{{Operation: gateway.OpRetract, Key: wanted.Key, Payload: [][]byte{payload}, HeaderHash: hash}}, nil
}

// goneHash is what two retractions with the same effect have in common. No entity has the hash of one.
func goneHash(wanted gateway.Wanted) schema.Hash {
	h := sha256.New()
	for _, part := range [][]byte{[]byte("gone"), {0}, wanted.EntityID[:], {0}, []byte(wanted.Gone), {0}, wanted.Successor[:]} {
		_, _ = h.Write(part) // never fails
	}
	return schema.Hash(h.Sum(nil))
}
