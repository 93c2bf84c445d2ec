package sink

import (
	"crypto/sha256"
	"fmt"
	"slices"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/internal/fault"
	"github.com/lienthong/lienthong/schema"
)

// Plan implements [gateway.Destination]: one event, unless the other side took
// this content already. Create and update differ for our own books alone, the
// event is the same.
func (d *Destination) Plan(wanted gateway.Wanted, known gateway.Known) ([]gateway.PlannedCall, error) {
	const op = "sink.Plan"
	if !slices.Contains(d.cfg.Receives, wanted.Kind) {
		return nil, fault.New(fault.Invalid, op, fmt.Sprintf("this destination receives no %s", wanted.Kind))
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
