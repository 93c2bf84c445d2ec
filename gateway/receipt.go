package gateway

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/lienthong/lienthong/internal/journal"
	"github.com/lienthong/lienthong/schema"
)

// Receipt is what a sender can show later: that we had these messages, and when
// (docs/adr/0025-journal.md).
type Receipt struct {
	journal.Receipt
	SHA256 []schema.Hash `json:"sha256"` // of each message, in the order of the results
}

// JournalReader finds what the journal says about a message.
type JournalReader interface {
	// JournalProof returns where the line of a submission stands; fault.NotFound while it is not sealed.
	JournalProof(ctx context.Context, submission uuid.UUID) (journal.Proof, error)
}

// SealedBatch is a batch of the journal with what is kept beside its header.
type SealedBatch struct {
	journal.Batch
	Leaves []journal.Hash
	Lines  []journal.Stored
}

// JournalPager hands the journal out, to be verified elsewhere.
type JournalPager interface {
	JournalReader
	// JournalPage returns the next batches after a number, oldest first; none: there are no more yet.
	JournalPage(ctx context.Context, after int64) ([]SealedBatch, error)
}

// sign gives a unit its receipt, to be handed out when it is stored. It is made
// before the transaction, by the goroutine of the caller: under its locks one
// signature would wait for the other. Of two messages with one idempotency key
// the first one's receipt is saved with its answer.
func (in *Ingestor) sign(unit *Unit) {
	if in.key == nil || len(unit.Submissions) == 0 {
		return
	}
	r := &Receipt{SHA256: make([]schema.Hash, len(unit.Submissions))}
	items := make([]journal.Item, len(unit.Submissions))
	for i := range unit.Submissions {
		sub := &unit.Submissions[i]
		items[i], r.SHA256[i] = journal.Item{ID: sub.ID, SHA256: journal.Hash(sub.SHA256)}, sub.SHA256
	}
	r.Receipt = journal.NewReceipt(in.key, TimeOfID(unit.Submissions[0].ID), items)
	unit.Receipt = r
}

// ReceiptOf makes the receipt of one message that is stored: for a message that
// came alone it is the one that was handed out, while the key is the same.
func ReceiptOf(key *journal.Key, sub StoredSubmission) Receipt {
	item := journal.Item{ID: sub.ID}
	copy(item.SHA256[:], sub.SHA256)
	return Receipt{Receipt: journal.NewReceipt(key, TimeOfID(sub.ID), []journal.Item{item}), SHA256: []schema.Hash{schema.Hash(item.SHA256)}}
}

// TimeOfID is the time in a UUIDv7, in milliseconds. A submission gets its id
// when it is received, so that the time of a receipt needs no place of its own.
func TimeOfID(id uuid.UUID) time.Time {
	ms := int64(id[0])<<40 | int64(id[1])<<32 | int64(id[2])<<24 | int64(id[3])<<16 | int64(id[4])<<8 | int64(id[5])
	return time.UnixMilli(ms).UTC()
}
