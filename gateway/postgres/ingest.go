package postgres

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/internal/fault"
	"github.com/lienthong/lienthong/schema"
)

// ingestTries is how often a transaction that lost a race is run.
const ingestTries = 10

// beginIngest keeps plans of whole-table scans from being made. A statement's
// plan is kept after its fifth use; on a new database that is while the tables
// are still so small that an index does not pay, and until the next ANALYZE
// every push would then read them from end to end.
const beginIngest = `BEGIN; SET LOCAL enable_seqscan = off`

// Ingest implements [gateway.IngestStore].
func (s *Store) Ingest(ctx context.Context, units []gateway.Unit) (gateway.IngestOutcome, error) {
	var err error
	for range ingestTries {
		var out gateway.IngestOutcome
		if out, err = s.ingestOnce(ctx, units); err == nil || !again(err) || ctx.Err() != nil {
			return out, fail(err, "postgres.Ingest")
		}
	}
	return gateway.IngestOutcome{}, fail(err, "postgres.Ingest")
}

func (s *Store) ingestOnce(ctx context.Context, units []gateway.Unit) (gateway.IngestOutcome, error) {
	in := s.newIngestion(units)
	err := in.transact(ctx, append(in.judgement(),
		in.writeEntities,    // entities, mentions, changes
		in.writeDeliveries,  // locks deliveries
		in.writeSubmissions, // submissions, reviews
		in.conclude,         // saved answers, journal
	)...)
	return in.outcome(), err
}

// judgement are the stages that decide everything and write what later ones read.
func (in *ingestion) judgement() []func(context.Context) error {
	return []func(context.Context) error{
		in.checkIdempotency, // locks idempotency keys
		in.loadRecords,      // locks records that may change
		in.judge,            // pure
		in.resolveBindings,  // reads
		in.writeRecords,     // locks new records
		in.writeBindings,    // locks bindings
		in.loadEntities,     // locks entities that may change
		in.derive,           // pure but for reading the other claims
	}
}

// ingestion is one run of one transaction.
type ingestion struct {
	store *Store
	tx    pgx.Tx
	now   time.Time

	units    []unitState
	records  map[gateway.RecordKey]*recordState
	changed  []*recordState // accepted, in the order of their first acceptance
	bindings map[bindingKey]uuid.UUID
	fresh    []bindingKey // to be inserted
	entities map[uuid.UUID]*entityState
	due      map[gateway.LaneKey]struct{}
	dirty    []*entityState // what changed, by id
	reviews  []review
	moved    bool
	again    bool // stored messages are judged once more
}

// unitState is a unit and its answer in the making.
type unitState struct {
	gateway.Unit
	skip   bool // replayed, reused or in progress: nothing of it is judged
	answer gateway.Answer
	err    error
}

// recordState is a record as held, then as this transaction leaves it.
type recordState struct {
	key      gateway.RecordKey
	id       uuid.UUID
	entityID uuid.UUID
	exists   bool
	inReview bool
	held     gateway.Held
	origin   gateway.Reading // of held
	advance  bool            // only version or event time move

	newest    *gateway.PreparedRecord // last accepted of this transaction
	from      *gateway.Submission     // that brought it
	revisions []newRevision
	verdicts  []*gateway.RecordResult // of newest, to be told of a contradiction
	mentions  []linkedMention
}

type newRevision struct {
	revision   int64
	hash       schema.Hash
	submission uuid.UUID
}

// review is a question for a human, asked once for each content.
type review struct {
	key        gateway.RecordKey
	hash       schema.Hash
	reason     string
	submission uuid.UUID
}

func (s *Store) newIngestion(units []gateway.Unit) *ingestion {
	in := &ingestion{
		store: s, now: time.Now().UTC().Truncate(time.Microsecond),
		units: make([]unitState, len(units)), records: map[gateway.RecordKey]*recordState{},
		entities: map[uuid.UUID]*entityState{}, bindings: map[bindingKey]uuid.UUID{},
		due: map[gateway.LaneKey]struct{}{},
	}
	for i := range units {
		in.units[i].Unit = units[i]
	}
	return in
}

// transact runs the stages in one transaction.
func (in *ingestion) transact(ctx context.Context, stages ...func(context.Context) error) error {
	return pgx.BeginTxFunc(ctx, in.store.pool, pgx.TxOptions{BeginQuery: beginIngest}, func(tx pgx.Tx) error {
		in.tx = tx
		for _, stage := range stages {
			if err := stage(ctx); err != nil {
				return err
			}
		}
		return nil
	})
}

func (in *ingestion) outcome() gateway.IngestOutcome {
	out := gateway.IngestOutcome{Units: make([]gateway.UnitOutcome, len(in.units)), Moved: in.moved}
	for i, u := range in.units {
		out.Units[i] = gateway.UnitOutcome{Answer: u.answer, Err: u.err}
	}
	for k := range in.due {
		out.Due = append(out.Due, k)
	}
	return out
}

// checkIdempotency answers units whose key was used before and takes the keys
// of the others. The lock is tried, not waited for: an insert of the key would
// wait for the first request to end.
func (in *ingestion) checkIdempotency(ctx context.Context) error {
	var scopes, keys []string
	index := map[[2]string]int{}
	for i := range in.units {
		u := &in.units[i]
		if u.Idempotency.Key == "" {
			continue
		}
		k := [2]string{u.Idempotency.Scope, u.Idempotency.Key}
		if _, twin := index[k]; twin {
			u.skip, u.err = true, fault.New(fault.InProgress, "postgres.Ingest", "a request with this key is being worked on")
			continue
		}
		index[k] = i
		scopes, keys = append(scopes, k[0]), append(keys, k[1])
	}
	if len(keys) == 0 {
		return nil
	}
	// Index: idempotency_pkey.
	rows, err := in.tx.Query(ctx, `
		SELECT k.scope, k.key,
		       pg_try_advisory_xact_lock(hashtextextended(k.scope || E'\x1f' || k.key, 71)) AS free,
		       i.fingerprint, i.answer
		FROM unnest($1::text[], $2::text[]) AS k (scope, key)
		LEFT JOIN idempotency i ON i.scope = k.scope AND i.key = k.key`, scopes, keys)
	if err != nil {
		return err
	}
	var (
		scope, key          string
		free                bool
		fingerprint, answer []byte
	)
	_, err = pgx.ForEachRow(rows, []any{&scope, &key, &free, &fingerprint, &answer}, func() error {
		u := &in.units[index[[2]string{scope, key}]]
		return u.replay(free, fingerprint, answer)
	})
	return err
}
