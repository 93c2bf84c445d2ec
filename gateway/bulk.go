package gateway

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/lienthong/lienthong/internal/fault"
	"github.com/lienthong/lienthong/schema"
)

// SnapshotLoaded is the event type of a feed line that speaks of no single
// entity: entities of its kind were loaded in bulk and are not in the feed one
// by one, so that a reader has to take them all anew (docs/adr/0013-bulk-load.md).
const SnapshotLoaded = "vn.snapshot.loaded.v1"

// IsMark reports whether the line speaks of no single entity: EntityID is then
// the id of the mark, Kind says which entities to take anew, Data is a [LoadMark].
func (c *Change) IsMark() bool { return c.Type == SnapshotLoaded }

// LoadOrder names a load: the same files of the same source are the same load,
// whichever process works on it.
type LoadOrder struct {
	Source      string
	Fingerprint schema.Hash // of the files' bytes and of how they are read
	Again       bool        // load once more what was loaded to its end before
}

// LoadState says how a load stands.
type LoadState string

// Load states.
const (
	LoadRunning   LoadState = "running" // or interrupted: the next run goes on with it
	LoadDone      LoadState = "done"
	LoadAbandoned LoadState = "abandoned" // ended by its operator as it stood
)

// Load is how far a load has come.
type Load struct {
	ID        uuid.UUID
	Runner    uuid.UUID // of this run; another run has another one, and only the last may write
	State     LoadState
	Position  int64        // every message before it is stored
	Parts     []LoadedPart // what is stored beyond
	Rejects   int64        // bytes of the report of rejects that go with Position
	Tally     LoadTally    // up to Position
	StartedAt time.Time
}

// LoadPart is what goes into one transaction: messages of one window, in
// order, that share no record, identifier or natural key with any other part of it.
type LoadPart struct {
	LoadedPart
	Submissions []Submission
}

// LoadedPart says which messages are stored together. Bit i of Messages, the
// lowest of each byte first, is message First+i; Last is one past the last.
type LoadedPart struct {
	First, Last int64
	Messages    []byte
	Tally       LoadTally
}

// Holds reports whether a message is in the part.
func (p *LoadedPart) Holds(message int64) bool {
	if message < p.First || message >= p.Last {
		return false
	}
	i := message - p.First
	return p.Messages[i/8]&(1<<(i%8)) != 0
}

func (p *LoadedPart) hold(message int64) {
	i := message - p.First
	p.Messages[i/8] |= 1 << (i % 8)
}

// LoadTally is what a load has counted.
type LoadTally struct {
	Messages int64                 `json:"messages"`
	Summary  Summary               `json:"summary"`
	Created  map[schema.Kind]int64 `json:"created"` // entities
	Changed  map[schema.Kind]int64 `json:"changed"` // entities that were there, each time that they changed
}

// Add counts what another tally has counted.
func (t *LoadTally) Add(o LoadTally) {
	t.Messages += o.Messages
	t.Summary.Accepted += o.Summary.Accepted
	t.Summary.Unchanged += o.Summary.Unchanged
	t.Summary.Superseded += o.Summary.Superseded
	t.Summary.Rejected += o.Summary.Rejected
	t.Summary.NeedsReview += o.Summary.NeedsReview
	t.Created = addCounts(t.Created, o.Created)
	t.Changed = addCounts(t.Changed, o.Changed)
}

func addCounts(to, from map[schema.Kind]int64) map[schema.Kind]int64 {
	if to == nil && len(from) > 0 {
		to = map[schema.Kind]int64{}
	}
	for k, n := range from {
		to[k] += n
	}
	return to
}

// LoadMark is the data of a feed line of type [SnapshotLoaded].
type LoadMark struct {
	Load      uuid.UUID   `json:"load"`
	Source    string      `json:"source"`
	Kind      schema.Kind `json:"kind"`
	Created   int64       `json:"created"` // entities of the kind that the load made
	Changed   int64       `json:"changed"` // how often it changed one that was there
	StartedAt time.Time   `json:"started_at"`
	EndedAt   time.Time   `json:"ended_at"`
}

// LoadStore keeps loads. Whoever called BeginLoad last owns the load: the
// other methods fail with code Conflict for every earlier run.
type LoadStore interface {
	// BeginLoad goes on with the interrupted load of the order, after waiting for what its earlier run has in
	// flight; returns the one that was done before; or starts a new one.
	BeginLoad(ctx context.Context, order LoadOrder) (Load, error)
	// CommitPart stores a part in one transaction, by the rules of every push but without a line of the feed for
	// each entity and without new deliveries. Of part.Tally only Messages is read.
	CommitPart(ctx context.Context, load Load, part LoadPart) (LoadTally, error)
	// AdvanceLoad stores that every message before load.Position is stored, with Rejects and Tally.
	AdvanceLoad(ctx context.Context, load Load) error
	// EndLoad ends the load in a state and gives the feed a mark for each kind of entity that its Tally counts.
	EndLoad(ctx context.Context, load Load, state LoadState) (Load, error)
}

// LoadInput yields messages in their order, each time from the first; io.EOF ends it.
type LoadInput interface {
	Next(ctx context.Context) (LoadMessage, error)
}

// LoadMessage is one message of a load.
type LoadMessage struct {
	Message
	File   string
	Number int64          // in its file, from 1
	Line   int64          // of its file, from 1; 0: not known
	Unread *fault.Problem // why there is no message here although there should be one
}

// LoadReport is told what becomes of a load, in the order of the messages.
type LoadReport interface {
	// Begin is called once, with the load as it stands.
	Begin(load Load) error
	// Rejected tells the refusals of a message that is about to be counted.
	Rejected(m LoadMessage, refused []RecordResult) error
	// Advanced is called when everything before load.Position is stored, and returns the bytes of the report of
	// rejects, which will be load.Rejects: a run that takes over cuts the report to what is stored.
	Advanced(load Load) (rejects int64, err error)
}
