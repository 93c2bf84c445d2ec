package journal

import (
	"crypto/sha256"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/lienthong/lienthong/internal/fault"
)

// Item is one message of a push: the id that it got, and what it was.
type Item struct {
	ID     uuid.UUID
	SHA256 Hash
}

// leaf hashes an item as a leaf of a receipt's tree.
func (i *Item) leaf() Hash {
	b := make([]byte, 0, 1+len(i.ID)+len(i.SHA256))
	b = append(append(append(b, leafPrefix), i.ID[:]...), i.SHA256[:]...)
	return sha256.Sum256(b)
}

// RootOfItems is the Merkle tree hash of items in their order.
func RootOfItems(items []Item) Hash {
	leaves := make([]Hash, len(items))
	for i := range items {
		leaves[i] = items[i].leaf()
	}
	return Root(leaves)
}

// Receipt says that messages were received: when, which, and who says so. One
// signature is enough for a push of any number of messages.
type Receipt struct {
	Time      time.Time `json:"time"`
	Count     int       `json:"count"`
	Root      Hash      `json:"root"` // Merkle tree hash of the items
	KeyID     string    `json:"key_id"`
	Signature []byte    `json:"signature"`
}

// Bytes are what is signed.
func (r *Receipt) Bytes() []byte {
	return fmt.Appendf(nil, "lienthong/journal/receipt/v1\n%s\n%d\n%s\n%s\n", Stamp(r.Time), r.Count, r.Root, r.KeyID)
}

// NewReceipt signs for messages. Signing is deterministic: the same items and
// time give the same receipt.
func NewReceipt(key *Key, at time.Time, items []Item) Receipt {
	r := Receipt{Time: at.UTC().Truncate(time.Microsecond), Count: len(items), Root: RootOfItems(items), KeyID: key.ID()}
	r.Signature = key.Sign(r.Bytes())
	return r
}

// Verify proves that the receipt is for these messages and signed by a known key.
func (r *Receipt) Verify(items []Item, keys Keys) error {
	const op = "journal.Receipt"
	switch {
	case r.Count != len(items) || r.Root != RootOfItems(items):
		return fault.New(fault.Invalid, op, "the receipt is for other messages")
	case keys[r.KeyID] == nil:
		return fault.New(fault.Invalid, op, "the receipt is signed with a key that is not among the public keys: "+r.KeyID)
	case !keys.Verify(r.KeyID, r.Bytes(), r.Signature):
		return fault.New(fault.Invalid, op, "the signature of the receipt is wrong")
	}
	return nil
}

// Proof shows where a line stands in the journal.
type Proof struct {
	Position int64  `json:"position"`
	Line     string `json:"line"` // empty: redacted, then Leaf speaks for it
	Leaf     Hash   `json:"leaf"`
	Path     []Hash `json:"path"`
	Batch    Batch  `json:"batch"`
}

// Verify proves that the line stands at the position in a batch that is signed by a known key.
func (p *Proof) Verify(keys Keys) error {
	const op = "journal.Proof"
	if p.Line != "" && Leaf(p.Line) != p.Leaf {
		return fault.New(fault.Invalid, op, "the line is not the one of the proof")
	}
	root, fits := RootOf(p.Leaf, int(p.Position-p.Batch.First), p.Batch.Count, p.Path)
	switch {
	case !fits || root != p.Batch.Root:
		return fault.New(fault.Invalid, op, "the line does not stand in the batch")
	case p.Batch.KeyID == "":
		return fault.New(fault.Invalid, op, "the batch is not signed")
	case !keys.Verify(p.Batch.KeyID, p.Batch.Bytes(), p.Batch.Signature):
		return fault.New(fault.Invalid, op, "the signature of the batch is wrong, or its key is not among the public keys: "+p.Batch.KeyID)
	}
	return nil
}
