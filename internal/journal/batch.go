package journal

import (
	"crypto/sha256"
	"fmt"
	"time"
)

// Header is what is said of a batch of lines, signed and chained.
type Header struct {
	Number   int64     `json:"number"` // from 1, without gaps
	First    int64     `json:"first"`  // position of the first line, from 1, without gaps
	Count    int       `json:"count"`  // of lines
	SealedAt time.Time `json:"sealed_at"`
	Root     Hash      `json:"root"`     // Merkle tree hash of the lines
	Previous Hash      `json:"previous"` // of the header before; zeros before the first
	KeyID    string    `json:"key_id"`   // empty: not signed
}

// Last is the position of the last line.
func (h *Header) Last() int64 { return h.First + int64(h.Count) - 1 }

// Bytes are what is hashed and signed.
func (h *Header) Bytes() []byte {
	return fmt.Appendf(nil, "lienthong/journal/batch/v1\n%d\n%d\n%d\n%s\n%s\n%s\n%s\n",
		h.Number, h.First, h.Count, Stamp(h.SealedAt), h.Root, h.Previous, h.KeyID)
}

// Hash is what the next header names.
func (h *Header) Hash() Hash { return sha256.Sum256(h.Bytes()) }

// Batch is a header with its signature.
type Batch struct {
	Header
	Signature []byte `json:"signature,omitempty"`
}

// Standing is where the journal stands.
type Standing struct {
	Batch    int64 // number of the last one, 0: none
	Position int64 // of the last line
	Hash     Hash  // of the last header
	Signed   bool  // the last one is
}

// Seal makes the batch that follows. key may be nil: the batch is chained and not signed.
func (s *Standing) Seal(leaves []Hash, at time.Time, key *Key) Batch {
	b := Batch{Header: Header{
		Number: s.Batch + 1, First: s.Position + 1, Count: len(leaves), SealedAt: at.UTC().Truncate(time.Microsecond),
		Root: Root(leaves), Previous: s.Hash,
	}}
	if key != nil {
		b.KeyID = key.ID()
		b.Signature = key.Sign(b.Bytes())
	}
	*s = Standing{Batch: b.Number, Position: b.Last(), Hash: b.Hash(), Signed: key != nil}
	return b
}
