package gateway

import (
	"context"
	"time"

	"github.com/google/uuid"
)

// OwnerOrder says from now on who writes what is in a scope.
type OwnerOrder struct {
	OwnerRule
	Withdraw bool // the rule is taken back instead: the less specific ones hold again
}

// About says of what scope an order speaks, and whose it becomes: what stands in the list of actions when the rule is long gone.
func (o OwnerOrder) About() string {
	if o.Withdraw {
		return o.about("no rule")
	}
	return o.about(string(o.Owner))
}

// About says of what scope an adoption is.
func (a Adoption) About() string {
	return Scope{Agency: a.Agency, Procedure: a.Procedure}.about("adoption")
}

// Action names what an order does.
func (o OwnerOrder) Action() string {
	if o.Withdraw || o.Owner == OwnerGateway {
		return "own"
	}
	return "disown"
}

// Adoption takes what a destination shows of our deliveries for what was sent.
type Adoption struct {
	ID          uuid.UUID `json:"id"`
	Destination string    `json:"destination"`
	Agency      string    `json:"agency,omitempty"`
	Procedure   string    `json:"procedure,omitempty"`
	Chosen      int64     `json:"chosen"`   // deliveries that were marked for it
	Left        int64     `json:"left"`     // that have not been looked at
	Complete    bool      `json:"complete"` // every delivery was looked through for the scope
	Paused      bool      `json:"paused"`
	BeganAt     time.Time `json:"began_at"`

	EndedAt *time.Time `json:"ended_at,omitempty"`
}

// Shadow counts how what we would have sent compares with what is shown.
type Shadow struct {
	Destination string `json:"destination"`
	Cause       string `json:"cause"` // shadow.same, shadow.differs.create, adopted.assumed, …
	State       string `json:"state"`
	Count       int64  `json:"count"`
}

// OwnerStore is what operators' commands about who writes need of the store.
type OwnerStore interface {
	// SetOwner writes or withdraws a rule and tells every node; changed is false where it says so already.
	SetOwner(ctx context.Context, o OwnerOrder) (changed bool, err error)
	// Reconsider makes shadows of a scope due again, so that each is decided anew after a look, and returns how
	// many there were after a cursor and where to go on; uuid.Nil: it is done.
	Reconsider(ctx context.Context, s Scope, after uuid.UUID) (n int64, next uuid.UUID, err error)
	// BeginAdoption begins one, or returns the present one of the same scope: begun is false then. Conflict: another one is under way.
	BeginAdoption(ctx context.Context, a Adoption, actor, reason string) (present Adoption, begun bool, err error)
	// ChooseAdopted marks some more of the deliveries of an adoption; true: all are.
	ChooseAdopted(ctx context.Context, id uuid.UUID) (complete bool, err error)
	// SteerAdoption pauses, resumes or cancels the present adoption of a destination; changed is false where it stands like that.
	SteerAdoption(ctx context.Context, destination, action, actor, reason string) (changed bool, err error)
	// Adoptions returns the last ones, newest first.
	Adoptions(ctx context.Context, limit int) ([]Adoption, error)
	// Shadows counts what stands in shadow or was adopted.
	Shadows(ctx context.Context) ([]Shadow, error)
	// TakeSite makes a site the one that sends; changed is false where it does already.
	TakeSite(ctx context.Context, site, actor, reason string) (changed bool, err error)
	// ReleaseObserved lets writes to a destination go without the looks that a restore asks for; changed is false
	// where they go already. NotFound: they never waited.
	ReleaseObserved(ctx context.Context, destination, actor, reason string) (changed bool, err error)
}
