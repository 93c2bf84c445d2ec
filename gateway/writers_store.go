package gateway

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/lienthong/lienthong/schema"
)

// Mark is how much of the database a node has seen: a sealed batch of the
// journal, which a restored database has no more, or has another in its place.
// An old mark says less and never anything wrong.
type Mark struct {
	Database uuid.UUID   `json:"database"`
	Epoch    int64       `json:"epoch"`
	Batch    int64       `json:"batch"` // 0: none was sealed
	Root     schema.Hash `json:"root"`
	Sealed   int64       `json:"sealed"` // when, by the database's clock, in microseconds since 1970; 0: not known
}

// Proof is what a call must find true in the very statement that marks its
// deliveries: what a node believes may be a second old. The zero value asks nothing.
type Proof struct {
	Site string
	Mark
}

// Writing is who may write, as the store has it.
type Writing struct {
	Mark                // newest batch of the journal
	Holds   bool        // the mark that was asked about is of this database's past
	Rules   []OwnerRule //
	Site    string      // that sends; "": nobody has taken it
	SeenFor time.Duration

	Restored    bool          // the database was restored once
	RestoredFor time.Duration // since that was found out
	Observing   []string      // destinations to which nothing leaves before all that is marked was looked at
	Looks       []string      // destinations with deliveries to be looked at
	Paused      []string      // destinations whose adoption is paused
}

// Restoration says that a database was found to be a restored one.
type Restoration struct {
	Epoch  int64     // that was seen; another one in the row: somebody was faster
	Lacks  time.Time // sealing of a batch that the database lacks: what it has of later, it got after the restore; zero: not known
	Actor  string    // node or operator
	Reason string
}

// WriterStore keeps who may write.
type WriterStore interface {
	// Writing reads all of it in one transaction, and whether the mark is of this database's past.
	Writing(ctx context.Context, seen Mark) (Writing, error)
	// HoldSite notes that a node of a site is there; a site that nobody has taken becomes its.
	HoldSite(ctx context.Context, site, node string) error
	// DeclareRestored begins a new epoch, of the feed too, and marks for a look whatever may have been
	// touched since the backup: nothing leaves for a destination before that is done. declared is false where somebody was faster.
	DeclareRestored(ctx context.Context, r Restoration) (declared bool, err error)
}

// MarkedStore serves deliveries that are to be looked at, apart from those that are due.
type MarkedStore interface {
	// ClaimMarked returns deliveries of a lane that are marked to be looked at and whose own time has come.
	ClaimMarked(ctx context.Context, lease LaneLease, looks []LookReason, limit int) ([]Delivery, error)
	// EndObserving lets writes to a destination go when nothing is marked any more, and tells every node;
	// unseen gives the marks up, of one that shows nothing and takes repeats without harm.
	EndObserving(ctx context.Context, destination string, unseen bool) (ended bool, err error)
}

// LookReason is why a delivery is to be looked at.
type LookReason string

// Looks.
const (
	LookNone    LookReason = ""
	LookRestore LookReason = "restore" // the database was restored: what it says may be old
	LookAdopt   LookReason = "adopt"   // what is shown is taken as it is
	LookCompare LookReason = "compare" // somebody else writes it
)
