package httpapi

import (
	"context"
	"encoding/base64"
	"encoding/hex"
	"time"

	"github.com/google/uuid"

	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/internal/fault"
	"github.com/lienthong/lienthong/internal/journal"
)

// Receipt is what a sender keeps: that these messages were received, and when,
// signed with ed25519 (docs/adr/0025-journal.md has the signed text).
type Receipt struct {
	SubmissionID *uuid.UUID `json:"submission_id,omitempty" format:"uuid" doc:"Of a receipt for one message; else the results have them"`
	SHA256       string     `json:"sha256,omitempty" doc:"Of the message as received, hexadecimal, in a receipt for one message"`
	Count        int        `json:"count" doc:"Of messages"`
	Root         string     `json:"root" doc:"Merkle tree hash of the messages' ids and SHA-256, hexadecimal"`
	Time         time.Time  `json:"time" doc:"Of the reception"`
	KeyID        string     `json:"key_id" doc:"First 16 hexadecimal digits of the SHA-256 of the public key"`
	Signature    string     `json:"signature" doc:"ed25519, base64"`
}

// appendReceipt appends a [Receipt] as JSON.
func appendReceipt(b []byte, r *gateway.Receipt, results []gateway.MessageResult) []byte {
	b = append(b, '{')
	if r.Count == 1 && len(results) == 1 && len(r.SHA256) == 1 {
		b = appendUUID(append(b, `"submission_id":`...), results[0].SubmissionID)
		b = append(hex.AppendEncode(append(b, `,"sha256":"`...), r.SHA256[0][:]), `",`...)
	}
	b = append(append(b, `"count":`...), itoa(r.Count)...)
	b = hex.AppendEncode(append(b, `,"root":"`...), r.Root[:])
	b = append(append(b, `","time":"`...), journal.Stamp(r.Time)...)
	b = append(append(b, `","key_id":"`...), r.KeyID...)
	b = base64.StdEncoding.AppendEncode(append(b, `","signature":"`...), r.Signature)
	return append(b, `"}`...)
}

// SubmissionReceipt is the receipt of one message, and where the journal has it.
type SubmissionReceipt struct {
	Receipt Receipt       `json:"receipt"`
	Journal *JournalProof `json:"journal,omitempty" doc:"Absent while the line is not sealed, about a second, and for messages of a bulk load"`
}

// JournalProof shows that a line stands in the journal: hashing the leaf along
// the path gives the root of the batch, whose header is signed.
type JournalProof struct {
	Position int64        `json:"position"`
	Line     string       `json:"line,omitempty" doc:"As it was hashed; absent when it was redacted"`
	Leaf     string       `json:"leaf" doc:"SHA-256 of a zero byte and the line, hexadecimal"`
	Path     []string     `json:"path" nullable:"false" doc:"Audit path of RFC 6962, hexadecimal, from the leaf up"`
	Batch    JournalBatch `json:"batch"`
}

// JournalBatch is the header of a batch.
type JournalBatch struct {
	Number    int64     `json:"number"`
	First     int64     `json:"first" doc:"Position of its first line"`
	Count     int       `json:"count" doc:"Of lines"`
	SealedAt  time.Time `json:"sealed_at"`
	Root      string    `json:"root"`
	Previous  string    `json:"previous" doc:"Hash of the header before it"`
	KeyID     string    `json:"key_id" doc:"Empty: not signed"`
	Signature string    `json:"signature,omitempty" doc:"ed25519, base64"`
}

type receiptAnswer struct{ Body SubmissionReceipt }

func (a *API) receipt(ctx context.Context, c *call, in *submissionPath) (*receiptAnswer, error) {
	sub, err := a.stored(ctx, c, in)
	if err != nil {
		return nil, err
	}
	if a.opts.Key == nil {
		return nil, fault.New(fault.NotFound, "httpapi.receipt", "this gateway signs no receipts")
	}
	out := &receiptAnswer{}
	r := gateway.ReceiptOf(a.opts.Key, sub)
	out.Body.Receipt = Receipt{
		SubmissionID: &sub.ID, SHA256: r.SHA256[0].String(), Count: r.Count, Root: r.Root.String(), Time: r.Time,
		KeyID: r.KeyID, Signature: base64.StdEncoding.EncodeToString(r.Signature),
	}
	if a.opts.Journal == nil {
		return out, nil
	}
	proof, err := a.opts.Journal.JournalProof(ctx, sub.ID)
	switch {
	case err == nil:
		out.Body.Journal = proofOf(&proof)
	case fault.CodeOf(err) != fault.NotFound:
		return nil, err
	}
	return out, nil
}

func proofOf(p *journal.Proof) *JournalProof {
	b := &p.Batch
	out := &JournalProof{
		Position: p.Position, Line: p.Line, Leaf: p.Leaf.String(), Path: make([]string, len(p.Path)),
		Batch: JournalBatch{
			Number: b.Number, First: b.First, Count: b.Count, SealedAt: b.SealedAt, Root: b.Root.String(), Previous: b.Previous.String(),
			KeyID: b.KeyID, Signature: base64.StdEncoding.EncodeToString(b.Signature),
		},
	}
	for i := range p.Path {
		out.Path[i] = p.Path[i].String()
	}
	return out
}
