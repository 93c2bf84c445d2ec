package gateway

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/lienthong/lienthong/internal/fault"
)

// FailureGroup is one red line in place of thousands: what fails at one
// destination for one cause, and whose it is.
type FailureGroup struct {
	Destination string
	Shelf       Shelf
	Cause       string // fingerprint; "" where grouped otherwise
	Unit        string // agency that dossier numbers begin with; "" where grouped otherwise
	Count       int
	Waiting     int // of them, those that are tried again without anybody's help
	FirstAt     time.Time
	LastAt      time.Time // when the newest of them began to fail
	Samples     []string  // keys, some of the oldest
	Problem     string    // of the oldest, for people, masked: which field, or what the destination said; "" where grouped otherwise
	Sources     []string  // of the samples; nil where grouped otherwise
}

// Remedy says what to do about the group.
func (g FailureGroup) Remedy() Remedy { return RemedyOf(g.Destination, g.Shelf, g.Cause) }

// Failure is one delivery that fails.
type Failure struct {
	Destination string
	EntityID    uuid.UUID
	Key         string
	Shelf       Shelf
	Cause       string
	State       SyncState
	FailedAt    time.Time
}

// FailureGrouping is what failures are counted by.
type FailureGrouping string

// Groupings.
const (
	ByCause       FailureGrouping = "cause"       // destination, shelf and cause
	ByDestination FailureGrouping = "destination" // destination and shelf
	ByUnit        FailureGrouping = "commune"     // destination, shelf and the agency of the dossier number
)

// FailureQuery asks for groups of failures, or for the failures themselves.
type FailureQuery struct {
	By          FailureGrouping // of groups; "": ByCause
	Shelf       Shelf           // only this; ShelfNone: all
	Destination string          // only this; "": all
	Cause       string          // only this; "": all
	Limit       int             // most groups or failures of a page
	After       FailureCursor   // of failures: the last that was seen
}

// FailureCursor is a place among the failures of one destination, shelf and cause.
type FailureCursor struct {
	FailedAt time.Time `json:"t"`
	EntityID uuid.UUID `json:"e"`
}

// Most groups and failures of an answer.
const (
	MaxFailureGroups = 1000
	FailureSamples   = 5
)

// Check refuses what cannot be asked.
func (q FailureQuery) Check() error {
	const op = "gateway.FailureQuery"
	switch q.By {
	case "", ByCause, ByDestination, ByUnit:
	default:
		return fault.New(fault.Invalid, op, "failures are grouped by cause, destination or commune")
	}
	switch q.Shelf {
	case ShelfNone, ShelfSource, ShelfGateway, ShelfDestination:
	default:
		return fault.New(fault.Invalid, op, "a shelf is source, gateway or destination")
	}
	return nil
}

// FailureStore shows what fails.
type FailureStore interface {
	// FailureGroups counts what fails now, the largest group first.
	FailureGroups(ctx context.Context, q FailureQuery) ([]FailureGroup, error)
	// Failures lists what fails at one destination for one cause on one shelf, the oldest first.
	Failures(ctx context.Context, q FailureQuery) ([]Failure, error)
}
