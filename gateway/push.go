package gateway

import (
	"log/slog"
	"time"

	"github.com/google/uuid"

	"github.com/lienthong/lienthong/adapters"
	"github.com/lienthong/lienthong/internal/fault"
	"github.com/lienthong/lienthong/schema"
)

// Limits of one push.
const (
	MaxMessages = 1000
	MaxRecords  = 5000
)

// Push is one request of one source: its messages are judged together and one
// answer is given.
type Push struct {
	Source      string
	Idempotency Idempotency
	Messages    []Message
}

// LogValue shows source and count.
func (p Push) LogValue() slog.Value {
	return slog.GroupValue(slog.String("source", p.Source), slog.Int("messages", len(p.Messages)))
}

// Idempotency identifies a repeated request. Without a key nothing is remembered.
type Idempotency struct {
	Scope       string // client, method and path
	Key         string
	Fingerprint schema.Hash // of the decompressed body
}

// Message is one message as received.
type Message struct {
	ContentType   string
	Body          []byte
	SourceVersion int64     // as the sender told beside the message; 0: not
	EventTime     time.Time // as the sender told beside the message; zero: not
}

// Answer is what a push is answered. Results[i] answers message i.
type Answer struct {
	Results  []MessageResult `json:"results"`
	Summary  Summary         `json:"summary"`
	Receipt  *Receipt        `json:"receipt,omitempty"` // nil: the gateway signs none
	Replayed bool            `json:"-"`                 // the saved answer of an earlier request with the same key
}

// Summary counts records by verdict.
type Summary struct {
	Accepted    int `json:"accepted"`
	Unchanged   int `json:"unchanged"`
	Superseded  int `json:"superseded"`
	Rejected    int `json:"rejected"`
	NeedsReview int `json:"needs_review"`
}

// Add counts one verdict.
func (s *Summary) Add(v Verdict) {
	switch v {
	case Accepted:
		s.Accepted++
	case Unchanged:
		s.Unchanged++
	case Superseded:
		s.Superseded++
	case Rejected:
		s.Rejected++
	case NeedsReview:
		s.NeedsReview++
	}
}

// MessageResult answers one message.
type MessageResult struct {
	Index        int             `json:"index"`
	SubmissionID uuid.UUID       `json:"submission_id"`
	Code         fault.Code      `json:"code,omitempty"` // set when the message as a whole was refused
	Records      []RecordResult  `json:"records"`
	Errors       []fault.Problem `json:"errors,omitempty"` // of the message as a whole
}

// RecordResult is the verdict on one record of a message.
type RecordResult struct {
	Kind     schema.Kind     `json:"kind,omitempty"` // empty where a rejected record did not get that far
	ID       string          `json:"id,omitempty"`
	Verdict  Verdict         `json:"verdict"`
	Revision int64           `json:"revision,omitempty"`  // ours, of the record as held now
	EntityID *uuid.UUID      `json:"entity_id,omitempty"` //
	Errors   []fault.Problem `json:"errors,omitempty"`    // refusals, warnings and repairs
}

// Unit is a push after its adapter: what the store judges and keeps in one transaction.
type Unit struct {
	Idempotency Idempotency
	Submissions []Submission
	Receipt     *Receipt // what is handed out once the unit is stored; nil: none
	Trace       string   // W3C traceparent of the request that brought it; "" while nobody traces
}

// records returns how many records of the unit are to be judged.
func (u *Unit) records() int {
	n := 0
	for i := range u.Submissions {
		n += len(u.Submissions[i].Records)
	}
	return n
}

// Submission is one message with the records that its adapter made of it.
type Submission struct {
	ID             uuid.UUID
	ReceivedAt     time.Time
	Source         string
	ContentType    string
	Raw            []byte
	SHA256         schema.Hash // of Raw; zero: the store computes it
	Adapter        string
	AdapterVersion int
	Code           fault.Code       // the message as a whole was refused
	Errors         []fault.Problem  // of the message as a whole
	Rejected       []RecordResult   // records that the adapter refused
	Records        []PreparedRecord // records to judge
}

// PreparedRecord is a record ready for the store.
type PreparedRecord struct {
	Source    string
	Kind      schema.Kind
	ID        string
	Order     adapters.Order
	Version   int64
	EventTime time.Time
	Body      schema.Body
	Sealed    schema.Sealed
	Raw       []byte
	Keys      []schema.Identifier
	Mentions  []schema.Mention
	Problems  []fault.Problem
}

// RecordKey identifies a record in the store.
type RecordKey struct {
	Source string
	Kind   schema.Kind
	ID     string
}

// Key returns the record's key.
func (r *PreparedRecord) Key() RecordKey { return RecordKey{Source: r.Source, Kind: r.Kind, ID: r.ID} }
