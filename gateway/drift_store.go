package gateway

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/lienthong/lienthong/schema"
)

// LookStore is what reconciliation needs of the store.
type LookStore interface {
	// ToLook returns deliveries at rest, the oldest look first; with what an earlier look left.
	ToLook(ctx context.Context, q LookQuery) ([]LookCandidate, error)
	// SentBefore returns what left for a delivery in earlier calls.
	SentBefore(ctx context.Context, destination string, entity uuid.UUID) (SentBefore, error)
	// RecordLook writes what a look showed, unless somebody touched the delivery since it was read: then
	// nothing is written, and false is returned. Who has lost the lease writes nothing: [ErrLaneLost].
	RecordLook(ctx context.Context, lease LaneLease, look Look) (bool, error)
	// RepairDrift makes what differs due again, to be looked up and planned from what is shown by then.
	RepairDrift(ctx context.Context, o DriftOrder) (DriftDone, error)
}

// LookQuery asks for what to look at next.
type LookQuery struct {
	Destination string
	Sample      bool          // any, by chance
	Resting     bool          // what has been closed for long; else what is open, closed lately or touched
	Before      time.Time     // last looked at before then; what was touched since counts as never looked at
	Settle      time.Duration // nothing that was touched within this time: it may not be shown yet
	Limit       int
}

// LookCandidate is a delivery to look at.
type LookCandidate struct {
	Delivery
	Before LookBefore
}

// Look is one look of reconciliation.
type Look struct {
	Delivery   Delivery // as it was read; its attempt, state and revision are the fence
	Comparable bool     // false: the look is noted, and nothing is said about agreement
	Void       bool     // no look can say anything about it any more, and what an earlier one said is forgotten
	Shown      Known
	Difference Difference
	Places     Places
	Resting    bool
}

// Places are by what agreement is told apart; empty: not known.
type Places struct {
	Commune   string // who received it: code of the agency, else name of the unit
	Agency    string // who decides it, likewise
	Procedure string // national code
}

// restingAfter is how long a dossier has been closed when it is looked at behind the others.
const restingAfter = 60 * 24 * time.Hour

// placesOf returns where a body belongs, and since when it has been closed; zero: it is open.
func placesOf(body schema.Body) (p Places, closed time.Time) {
	d, ok := body.(*schema.Dossier)
	if !ok {
		return p, closed
	}
	p = PlacesOf(d)
	if d.Status.Final() {
		closed = d.LastTime().Std()
		if n := len(d.Steps); n > 0 && d.Steps[n-1].At.Std().After(closed) {
			closed = d.Steps[n-1].At.Std()
		}
	}
	return p, closed
}

// PlacesOf returns where a dossier belongs. Its number is opaque and tells
// nothing: reception no longer follows territory.
func PlacesOf(d *schema.Dossier) Places {
	p := Places{Commune: d.ReceivingAgency, Agency: d.DecidingAgency, Procedure: d.Procedure.Code}
	if p.Commune == "" {
		p.Commune = d.ProcessingUnit
	}
	if p.Agency == "" {
		p.Agency = d.ProcessingUnit
	}
	return p
}

// DriftQuery asks for what differs, oldest first.
type DriftQuery struct {
	Class       DriftClass // "": every one
	Commune     string     // "": every one
	Destination string     // "": every one
	Limit       int
	After       DriftCursor
}

// DriftCursor is where a page ended; the zero value is the beginning.
type DriftCursor struct {
	FoundAt  time.Time
	EntityID uuid.UUID
}

// Drift is one entity that a destination shows otherwise than we hold it.
type Drift struct {
	Destination string     `json:"destination"`
	EntityID    uuid.UUID  `json:"entity_id"`
	Key         string     `json:"key"`
	Class       DriftClass `json:"class"`
	FoundAt     time.Time  `json:"found_at"`
	LookedAt    time.Time  `json:"looked_at"`
	Commune     string     `json:"commune,omitempty"`
	Agency      string     `json:"agency,omitempty"`
	Procedure   string     `json:"procedure,omitempty"`
	Difference
}

// AgreementLine is how far a destination and we agree.
type AgreementLine struct {
	Destination string     `json:"destination"`
	Code        string     `json:"code"` // of the commune, agency or procedure; "": not known
	Looked      int64      `json:"looked"`
	Differing   int64      `json:"differing"`
	Rate        float64    `json:"rate"`                  // 1: what was looked at agrees
	OldestLook  *time.Time `json:"oldest_look,omitempty"` // of what was looked at
}

// Dimensions are by what agreement is counted.
func Dimensions() []string { return []string{"commune", "agency", "procedure"} }

// DriftOrder is a repair that an operator ordered, or the gateway itself.
type DriftOrder struct {
	Class       DriftClass
	Destination string // "": every one
	Commune     string // "": every one
	Entity      uuid.UUID
	Accept      bool   // take note instead: not listed again until either side changes
	Actor       string // "": the gateway itself, of one entity
	Reason      string
	Limit       int
}

// WhySince is why a difference is not repaired that was found before the last delivery: the next look tells whether it is still there.
const WhySince = "sent_since"

// DriftDone says what a repair did.
type DriftDone struct {
	Done     int            `json:"done"`
	Left     map[string]int `json:"left,omitempty"` // what was not eligible, by why
	Due      []LaneKey      `json:"-"`
	ActionID uuid.UUID      `json:"action_id,omitzero"`
}

// DriftStore is drift as operators see it.
type DriftStore interface {
	// Drifts lists what differs and nobody has accepted.
	Drifts(ctx context.Context, q DriftQuery) ([]Drift, error)
	// CountDrift counts it by class, up to limit each.
	CountDrift(ctx context.Context, q DriftQuery, limit int) (int, error)
	// Agreement returns the lines of a dimension.
	Agreement(ctx context.Context, dimension string) ([]AgreementLine, error)
	RepairDrift(ctx context.Context, o DriftOrder) (DriftDone, error)
}
