// Package postgres is the store: submissions, records, entities, the feed and
// deliveries in PostgreSQL.
//
// A push is one transaction of set-based statements ([Store.Ingest]), which
// takes its locks in one global order: idempotency keys, records, identifier
// bindings, entities, deliveries, each sorted inside its one statement. A
// deadlock or a race that remains is retried whole. The rules themselves are
// pure functions of package gateway.
package postgres

import (
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/lienthong/lienthong/gateway"
)

// Store keeps everything. It is safe for concurrent use and starts nothing.
type Store struct {
	pool      *pgxpool.Pool
	receivers []gateway.Receiver
	window    time.Duration
	closed    func(time.Time) []string
	phases    phases
	moved     broadcast // the feed
	switched  broadcast // a breaker or a kill switch
}

// New returns a store on a migrated database.
func New(pool *pgxpool.Pool) *Store {
	return &Store{pool: pool, window: gateway.RepeatWindow, closed: noneClosed, moved: newBroadcast(), switched: newBroadcast()}
}

// WithReceivers returns the store with the destinations that ingest plans deliveries for.
func (s *Store) WithReceivers(receivers ...gateway.Receiver) *Store {
	s.receivers = receivers
	return s
}

// WithMaintenance returns the store with the destinations that are being
// maintained at a time: what waits for them is shown as held.
func (s *Store) WithMaintenance(closed func(now time.Time) []string) *Store {
	s.closed = closed
	return s
}

// WithDestinations returns the store with what destinations declare: behind
// which breakers something waits for them.
func (s *Store) WithDestinations(specs ...gateway.DestinationSpec) *Store {
	s.phases = phasesOf(specs)
	return s
}

func noneClosed(time.Time) []string { return []string{} }

// WithRepeatWindow returns the store with another window for late repeats.
func (s *Store) WithRepeatWindow(d time.Duration) *Store {
	s.window = d
	return s
}

var (
	_ gateway.IngestStore = (*Store)(nil)
	_ gateway.FeedStore   = (*Store)(nil)
)
