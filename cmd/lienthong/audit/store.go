package audit

import (
	"context"
	"encoding/hex"
	"time"

	"github.com/jackc/pgx/v5"
)

// store reads what the checker needs of the gateway's tables.
type store struct {
	conn        *pgx.Conn
	destination string
}

type recordKey struct{ source, kind, id string }

type storedRecord struct {
	revision  int64
	revisions []string // submission of each revision, in order
	rows      int
}

// records returns every record with the submissions that made its revisions.
func (s *store) records(ctx context.Context) (map[recordKey]*storedRecord, error) {
	rows, err := s.conn.Query(ctx, `
		SELECT r.source, r.kind, r.local_id, r.revision, r.id::text,
		       ARRAY(SELECT v.submission_id::text FROM record_revision v WHERE v.record_id = r.id ORDER BY v.revision)
		FROM record r`)
	if err != nil {
		return nil, err
	}
	all := map[recordKey]*storedRecord{}
	var (
		k         recordKey
		revision  int64
		id        string
		revisions []string
	)
	_, err = pgx.ForEachRow(rows, []any{&k.source, &k.kind, &k.id, &revision, &id, &revisions}, func() error {
		r, ok := all[k]
		if !ok {
			r = &storedRecord{revision: revision, revisions: append([]string(nil), revisions...)}
			all[k] = r
		}
		r.rows++
		return nil
	})
	return all, err
}

// submissions returns the SHA-256 of every submission's bytes, and how often each id is stored.
func (s *store) submissions(ctx context.Context) (map[string]string, map[string]int, error) {
	rows, err := s.conn.Query(ctx, `SELECT id::text, sha256(raw) FROM submission`)
	if err != nil {
		return nil, nil, err
	}
	sums, times := map[string]string{}, map[string]int{}
	var id string
	var sum []byte
	_, err = pgx.ForEachRow(rows, []any{&id, &sum}, func() error {
		sums[id] = hex.EncodeToString(sum)
		times[id]++
		return nil
	})
	return sums, times, err
}

// doubts counts the calls of unknown outcome, by what the destination calls the thing.
func (s *store) doubts(ctx context.Context) (map[string]int, error) {
	rows, err := s.conn.Query(ctx, `SELECT key, count(*) FROM attempt WHERE destination = $1 AND outcome = 'unknown' GROUP BY key`, s.destination)
	if err != nil {
		return nil, err
	}
	doubts := map[string]int{}
	var key string
	var n int
	_, err = pgx.ForEachRow(rows, []any{&key, &n}, func() error { doubts[key] = n; return nil })
	return doubts, err
}

// storedEntity is one thing as the gateway knows it in the end.
type storedEntity struct {
	revision int64
	body     []byte
}

// entities returns the things of some kinds by what sinks call them: kind/id.
func (s *store) entities(ctx context.Context, kinds []string) (map[string]storedEntity, error) {
	rows, err := s.conn.Query(ctx, `
		SELECT kind || '/' || id, revision, body
		FROM entity
		WHERE kind = ANY ($1) AND revision > 0 AND merged_into IS NULL`, kinds)
	if err != nil {
		return nil, err
	}
	all := map[string]storedEntity{}
	var subject string
	var e storedEntity
	_, err = pgx.ForEachRow(rows, []any{&subject, &e.revision, &e.body}, func() error {
		all[subject] = storedEntity{e.revision, append([]byte(nil), e.body...)}
		return nil
	})
	return all, err
}

// transition is one change of a breaker.
type transition struct {
	at        time.Time
	operation string
	node      string
	to        string
}

func (s *store) transitions(ctx context.Context) ([]transition, error) {
	rows, err := s.conn.Query(ctx, `
		SELECT at, operation, node, to_state
		FROM breaker_transition
		WHERE destination = $1
		ORDER BY at, id`, s.destination)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (t transition, err error) {
		err = row.Scan(&t.at, &t.operation, &t.node, &t.to)
		return t, err
	})
}

// attempt is one call as the gateway wrote it down. What a successor noted for
// a process that was killed is left out: it knows neither start nor end.
type attempt struct {
	started, ended time.Time
	operation      string
	node           string
}

func (s *store) attempts(ctx context.Context) ([]attempt, error) {
	rows, err := s.conn.Query(ctx, `
		SELECT min(started_at), max(ended_at), operation, node
		FROM attempt
		WHERE destination = $1 AND cause <> 'worker.lost'
		GROUP BY id, operation, node`, s.destination)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (a attempt, err error) {
		err = row.Scan(&a.started, &a.ended, &a.operation, &a.node)
		return a, err
	})
}
