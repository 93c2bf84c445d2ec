package gateway

import (
	"context"
	"time"
)

// CheckStatus says how one part stands.
type CheckStatus string

// Check statuses, from best to worst.
const (
	CheckPass CheckStatus = "pass"
	CheckWarn CheckStatus = "warn" // somebody should look; requests make sense all the same
	CheckFail CheckStatus = "fail"
)

// Worse returns the worse of two.
func (s CheckStatus) Worse(than CheckStatus) CheckStatus {
	rank := map[CheckStatus]int{CheckPass: 0, CheckWarn: 1, CheckFail: 2}
	if rank[than] > rank[s] {
		return than
	}
	return s
}

// Check is what was found of one part. It holds nothing of any record.
type Check struct {
	Name      string // "postgres:connection", "destination:dvcqg:breaker"
	Component string // datastore, component, system
	Status    CheckStatus
	Observed  int64
	Unit      string // of Observed: ms, s, rows, months, …
	Output    string // what is to be known or done; "" when all is well
	At        time.Time
}

// Worst returns the worst status of checks, CheckPass for none.
func Worst(checks []Check) CheckStatus {
	worst := CheckPass
	for _, c := range checks {
		worst = worst.Worse(c.Status)
	}
	return worst
}

// Examiner says how the parts of a process stand, in a moment and at little cost.
type Examiner interface {
	Examine(ctx context.Context) []Check
}

// Standing is how the store itself stands.
type Standing struct {
	Version     int               // of PostgreSQL, as it numbers itself: 170004
	Settings    map[string]string // fsync, synchronous_commit, full_page_writes
	Writable    bool              // no standby, not set to read-only
	Schema      int64             // newest migration of ours that is applied; 0: none
	RiverSchema int64             // the same of River
	Leader      bool              // somebody numbers the feed
	Clock       time.Time         // of the database, at the time of asking
}

// StandingStore tells how the store stands.
type StandingStore interface {
	Standing(ctx context.Context) (Standing, error)
	// Breakers reads the rows of all breakers.
	Breakers(ctx context.Context) ([]BreakerRow, error)
}
