package gateway

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/lienthong/lienthong/internal/fault"
)

// ReadStore answers questions about what was pushed.
type ReadStore interface {
	// Record returns the current revision; fault.NotFound when there is none.
	Record(ctx context.Context, key RecordKey) (StoredRecord, error)
	// Journey returns the way of a record so far, oldest event first.
	Journey(ctx context.Context, key RecordKey) (Journey, error)
	// Submission returns what was answered to one message of a source.
	Submission(ctx context.Context, source string, id uuid.UUID) (StoredSubmission, error)
	// Ping says whether the store answers.
	Ping(ctx context.Context) error
}

// AccessStore knows the keys of sources and consumers.
type AccessStore interface {
	// CallerOf returns who holds an API key; fault.Unauthorized for an unknown one.
	CallerOf(ctx context.Context, key string) (Caller, error)
	// NoteRefusal keeps that somebody without a valid key knocked.
	NoteRefusal(ctx context.Context, r Refusal) error
}

// Refusal is what is kept of a caller without a valid key: nothing of its body.
type Refusal struct {
	RemoteAddr string
	KeyPrefix  string // at most 8 characters
	Length     int64
	SHA256     []byte // nil when the body was not read
	Reason     fault.Code
}

// StoredRecord is the current revision of a record.
type StoredRecord struct {
	RecordKey
	EntityID      uuid.UUID
	Revision      int64
	SourceVersion int64      // 0: none
	EventTime     *time.Time // nil: not told
	SubmissionID  uuid.UUID
	FirstAt       time.Time
	UpdatedAt     time.Time
	InReview      bool
	Body          []byte // canonical JSON
}

// StoredSubmission is one message as received, without its bytes.
type StoredSubmission struct {
	ID             uuid.UUID
	Source         string
	ReceivedAt     time.Time
	ContentType    string
	Adapter        string
	AdapterVersion int
	SHA256         []byte
	Length         int64
	Code           fault.Code
	Result         MessageResult
}

// Journey is the way of one record.
type Journey struct {
	Record StoredRecord
	Events []JourneyEvent
}

// JourneyEvent is one thing that happened to a record or its entity.
type JourneyEvent struct {
	At          time.Time
	What        string // "revision", "attempt", "delivery", "warning": what leaves or left hurts the score
	Destination string // "" for revisions
	Detail      string
	Shelf       Shelf  // of a delivery that failed: whose it is
	Cause       string // of a delivery that failed: fingerprint
	Problem     string // of a delivery that failed: what is missing or what the destination said, for people, without values

	Until      *time.Time  // of an attempt: its end
	Operation  Operation   // of an attempt
	Outcome    OutcomeKind // of an attempt
	HTTPStatus int         // of an attempt; 0: no answer
	Source     string      // of a revision: who sent it
	Happened   *time.Time  // of the newest revision of a record: when its source says that it happened
	By         string      // who did it: node or operator
}

// Ended returns when an attempt ended, else when the event was.
func (e JourneyEvent) Ended() time.Time {
	if e.Until != nil {
		return *e.Until
	}
	return e.At
}
