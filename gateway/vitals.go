package gateway

import (
	"context"
	"time"

	"github.com/google/uuid"
)

// VitalsStore answers the questions behind the gauges that operators watch.
// Each costs one cheap query: what is asked grows with what is left to do, not
// with what is stored.
type VitalsStore interface {
	// Backlog counts what destinations do not show yet, by destination.
	Backlog(ctx context.Context) ([]Backlog, error)
	// OpenReviews counts the questions that wait for a human.
	OpenReviews(ctx context.Context) (OpenReviews, error)
	// FeedLag returns for how long the oldest committed change has waited for its position; zero when none does.
	FeedLag(ctx context.Context) (time.Duration, error)
	// Partitions says how far ahead the tables by month are prepared.
	Partitions(ctx context.Context) ([]PartitionStatus, error)
	// SourceTimes returns, of entities, when their sources say that the newest of what we hold happened.
	SourceTimes(ctx context.Context, entities []uuid.UUID) (map[uuid.UUID]SourceTime, error)
}

// Backlog is what one destination does not show yet. States that are done are not in it.
type Backlog struct {
	Destination string
	Counts      map[SyncState]int
	Oldest      time.Duration // since the newest data of the delivery that waits longest; those that wait for a person do not count
}

// Parked returns how many deliveries wait for a person or for new data.
func (b Backlog) Parked() int { return SyncStatus{Counts: b.Counts}.Parked() }

// Waiting returns how many are still to be sent or settled without anybody's help.
func (b Backlog) Waiting() int { return SyncStatus{Counts: b.Counts}.Backlog() }

// OpenReviews counts the questions that wait for a human.
type OpenReviews struct {
	Count  int
	Oldest time.Duration // zero: none
}

// JournalStanding is where the journal stands.
type JournalStanding struct {
	Position int64         // of the last sealed line
	Signed   bool          // the last batch is
	Waiting  int64         // lines that are not sealed yet
	Since    time.Duration // since the last batch, or since the journal began
}

// PartitionStatus is one table that is partitioned by month.
type PartitionStatus struct {
	Table       string
	MonthsAhead int // prepared after the current month; negative: not even that one
	DefaultRows int // in the DEFAULT partition, counted up to PartitionCountLimit
}

// PartitionCountLimit is where counting of misplaced rows ends: it is an alarm, not a statistic.
const PartitionCountLimit = 10_000

// SourceTime dates the newest of what we hold of an entity.
type SourceTime struct {
	Happened time.Time // by the source's own word, else when it arrived
	Arrived  time.Time // of the last record that changed
}
