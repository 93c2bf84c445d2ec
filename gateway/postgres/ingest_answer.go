package postgres

import (
	"bytes"
	"encoding/json"
	"fmt"

	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/internal/fault"
)

// replay settles a unit by what is known of its key.
func (u *unitState) replay(free bool, fingerprint, answer []byte) error {
	const op = "postgres.Ingest"
	switch {
	case fingerprint != nil && bytes.Equal(fingerprint, u.Idempotency.Fingerprint[:]):
		if err := json.Unmarshal(answer, &u.answer); err != nil {
			return fmt.Errorf("reading a saved answer: %w", err)
		}
		u.skip, u.answer.Replayed = true, true
	case fingerprint != nil:
		u.skip, u.err = true, fault.New(fault.KeyReused, op, "the idempotency key was used for another request")
	case !free:
		u.skip, u.err = true, fault.New(fault.InProgress, op, "a request with this key is being worked on")
	}
	return nil
}

// start lays out the answers of a unit before its records are judged.
func (u *unitState) start() {
	u.answer.Receipt = u.Receipt
	u.answer.Results = make([]gateway.MessageResult, len(u.Submissions))
	for i := range u.Submissions {
		sub := &u.Submissions[i]
		u.answer.Results[i] = gateway.MessageResult{
			Index: i, SubmissionID: sub.ID, Code: sub.Code, Errors: sub.Errors,
			Records: make([]gateway.RecordResult, 0, len(sub.Records)+len(sub.Rejected)),
		}
	}
}

// finish adds what the adapter refused and counts.
func (u *unitState) finish() {
	for i := range u.answer.Results {
		r := &u.answer.Results[i]
		r.Records = append(r.Records, u.Submissions[i].Rejected...)
		for _, rec := range r.Records {
			u.answer.Summary.Add(rec.Verdict)
		}
	}
}
