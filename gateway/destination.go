package gateway

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/lienthong/lienthong/internal/fault"
	"github.com/lienthong/lienthong/schema"
)

// Destination is one system that shows our entities, such as the national
// portal. Plan is pure; Send and Lookup are one call each and never repeat
// what may have left.
type Destination interface {
	Spec() DestinationSpec
	// Plan says which calls bring the destination from what it is known to show to what is wanted, in order.
	// An empty plan means that it shows it already. A fault with code Invalid means that the entity cannot be
	// shown as it is (unmapped state, missing field): it is held back with the problems as cause. One with code
	// Conflict means that what the destination holds stands in the way, until a person has cleared it up.
	// A plan may end where the next call needs something that the destination has yet to issue.
	Plan(wanted Wanted, known Known) ([]PlannedCall, error)
	// Send makes one call of one operation with one planned call of each delivery, and returns one outcome for
	// each, in order. A destination that answers for the whole batch repeats its outcome and sets Outcome.Whole.
	Send(ctx context.Context, operation Operation, calls []PlannedCall) []Outcome
	// Lookup asks what the destination shows of a key now. The outcome is Found, Absent or a failure. It is
	// not called where the specification says that a look-up shows nothing.
	Lookup(ctx context.Context, key string) (Known, Outcome)
}

// Greeter is a destination that can be asked whether it lets us in, without a
// look-up. The outcome is Delivered or a failure; nothing changes over there.
type Greeter interface {
	Greet(ctx context.Context) Outcome
}

// DestinationSpec is what a destination declares about itself.
type DestinationSpec struct {
	Code     string        // "dvcqg"
	Receives []schema.Kind // kinds of entities that it shows
	Keys     KeyScheme     // what it calls them
	Batch    int           // most deliveries a call
	Lanes    int           // most lanes that work on it; live concurrency starts at 2 below that ceiling
	Shows    LookupMode    // what a look-up shows
	Writes   []Operation   // that it knows, in the order in which a delivery goes through them; none: create, update, steps
	Single   []Operation   // operations of which a call is about one delivery, whatever Batch says
	OneShot  bool          // with ShowsNothing: it may store a repeated create twice, so that one of unknown outcome waits for a person
	Settle   time.Duration // how late a write may still be applied or become visible; of no account where Idempotent
	Timeout  time.Duration // of one call, from its start to the last byte of the answer

	// Idempotent promises that a write does no harm when it comes again, in the same or in other company, and
	// that an older one which comes late does not replace a newer one. After an unknown outcome nothing is
	// looked up then, and nothing waits for Settle: what is wanted by now is sent, by the schedule.
	Idempotent bool
}

// Check returns what the lanes cannot work with, as a fault with code Usage.
func (s DestinationSpec) Check() error {
	wrong := func(what string) error { return fault.New(fault.Usage, "gateway.DestinationSpec", s.Code+": "+what) }
	switch {
	case s.Code == "" || len(s.Receives) == 0:
		return wrong("a destination has a code and receives something")
	case s.Batch < 1 || s.Lanes < 1 || s.Lanes > Slots:
		return wrong(fmt.Sprintf("batch and lanes must be positive, lanes at most %d", Slots))
	case s.Timeout <= 0 || s.Settle < 0:
		return wrong("a timeout is positive, settle not negative")
	case !slices.Contains([]LookupMode{ShowsNothing, ShowsExistence, ShowsHeader, ShowsTrail}, s.Shows):
		return wrong("a look-up shows none, exists, header or trail")
	case s.OneShot && (s.Shows != ShowsNothing || s.Idempotent):
		return wrong("a person is waited for only where neither a look-up nor a repeat ends a doubt")
	case s.Keys != KeyNumber && s.Keys != KeyEntity:
		return wrong("an unknown scheme of keys")
	case s.Keys == KeyNumber && slices.ContainsFunc(s.Receives, func(k schema.Kind) bool { return k != schema.KindDossier }):
		return wrong("only dossiers are called by their number")
	}
	for _, k := range s.Receives {
		if !k.Valid() || k.Entity() != k {
			return wrong("it receives what is no kind of entity")
		}
	}
	return nil
}

// KeyScheme is what a destination calls an entity: the key of its deliveries, by which slots are shared out and
// look-ups ask.
type KeyScheme string

// Key schemes.
const (
	KeyNumber KeyScheme = ""       // a dossier's number, MaHoSo
	KeyEntity KeyScheme = "entity" // kind and our id, "land_parcel/0190c3d2-…": says nothing about anybody
)

// LookupMode is what a destination's look-up shows.
type LookupMode string

// Look-up modes.
const (
	ShowsNothing   LookupMode = "none"   // there is none: Lookup is never called
	ShowsExistence LookupMode = "exists" // only that there is something
	ShowsHeader    LookupMode = "header" // the stored dossier
	ShowsTrail     LookupMode = "trail"  // the dossier and its steps
)

// Operation is one kind of call; each has its own breaker.
type Operation string

// Operations.
const (
	OpLogin  Operation = "login"
	OpCreate Operation = "create"
	OpUpdate Operation = "update"
	OpSteps  Operation = "steps"
	OpLookup Operation = "lookup"

	// The following are known to some destinations only.

	OpNumber Operation = "number" // the destination issues the number of an entity
	OpUpload Operation = "upload" // one file that a later create names
	OpStatus Operation = "status" // where the entity stands, in a call of its own

	OpCatalogue Operation = "catalogue" // a table of the destination that a later create needs a line of

	// OpRetract says that an entity is gone. A destination that lists it in its Writes plans it for what is
	// [Wanted].Gone; no other is asked to plan such an entity.
	OpRetract Operation = "retract"
)

// Operations returns every operation that some destination has.
func Operations() []Operation {
	return []Operation{OpLogin, OpCreate, OpUpdate, OpSteps, OpLookup, OpNumber, OpUpload, OpStatus, OpCatalogue, OpRetract}
}

// Wanted is what a destination should show.
type Wanted struct {
	EntityID uuid.UUID
	Kind     schema.Kind
	Key      string // what the destination calls the entity; for dossiers MaHoSo
	Revision int64
	Body     []byte // golden, canonical JSON; nil where Gone

	Gone      Gone      // it is to be shown no more
	Successor uuid.UUID // of what was merged
}

// Known is what a destination shows as far as we know: what it acknowledged
// or what a look-up showed, whichever is newer.
type Known struct {
	Exists     bool             // it has the entity, or took word that it is gone
	HeaderHash schema.Hash      // of the header as PlannedCall.HeaderHash counts it, or of the retraction; zero: not known
	Steps      []schema.StepKey // steps that it has; in look-up modes without a trail only those that it acknowledged
	TrailSeen  bool             // Steps comes from a look-up that shows the trail

	// Issued is what the destination gave for the entity and wants to hear again: numbers, ids, handles of files,
	// by names of the destination's own. It is kept with the delivery whatever else becomes of it.
	Issued map[string]string
}

// PlannedCall is one write for one delivery.
type PlannedCall struct {
	Operation  Operation
	Key        string           // of the delivery
	Payload    [][]byte         // the elements of the call's data, JSON: one header, or the steps in order
	HeaderHash schema.Hash      // create, update and retract: what Known.HeaderHash will be afterwards
	Steps      []schema.StepKey // steps and status: what Known.Steps gains
}

// OutcomeKind says what became of one delivery in one call.
type OutcomeKind string

// Outcome kinds. Only Unknown leaves doubt about what the destination holds.
const (
	Delivered      OutcomeKind = "delivered"       // the destination took it
	Unknown        OutcomeKind = "unknown"         // bytes left, no trustworthy answer
	RefusedData    OutcomeKind = "refused"         // a data fault; never repeated blindly
	Exists         OutcomeKind = "exists"          // a create for what is there already
	Absent         OutcomeKind = "absent"          // an update for, or a look-up of, what is not there
	Unavailable    OutcomeKind = "unavailable"     // it provably took nothing
	Throttled      OutcomeKind = "throttled"       // it took nothing and asks to slow down
	SessionExpired OutcomeKind = "session_expired" // it took nothing; log in again
	Found          OutcomeKind = "found"           // look-up only
)

// Shelf says to whom a failure belongs.
type Shelf string

// Shelves.
const (
	ShelfNone        Shelf = ""
	ShelfSource      Shelf = "source"      // its data
	ShelfGateway     Shelf = "gateway"     // our bug
	ShelfDestination Shelf = "destination" // it is down, slow or wrong
)

// Outcome is what became of one delivery in one call.
type Outcome struct {
	Kind       OutcomeKind
	Whole      bool          // the answer was for the whole call; with more than one delivery a refusal says little about each
	Shelf      Shelf         //
	Cause      string        // fingerprint: equal for failures with one reason, without keys, numbers or names
	Message    string        // the destination's own words, masked
	HTTPStatus int           // 0: no answer
	RetryAfter time.Duration // asked for by the destination; 0: not
	Err        error         // for the log

	Issued map[string]string // what it gave in this call, whatever the kind; see Known.Issued
}

// Waker tells the workers of destinations, after a commit, that deliveries are
// due. It may lose a call: the deliveries are the truth, and a dispatcher looks for them.
type Waker interface {
	Wake(ctx context.Context, due []LaneKey)
}

// LaneKey names one slot of one destination whose lane has work.
type LaneKey struct {
	Destination string
	Slot        int
}

// Slots is the number of slots of a destination; lane = slot mod lanes.
const Slots = 1024
