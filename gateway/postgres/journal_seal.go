package postgres

import (
	"context"
	"log/slog"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/internal/fault"
	"github.com/lienthong/lienthong/internal/journal"
)

// Sealer numbers the lines of the journal and seals them in batches. It works
// in the process that leads the [Sequencer]. What is committed late is in a
// later batch; two sealers would do no harm, since the row of journal_head
// serialises them.
type Sealer struct {
	store *Store
	key   *journal.Key // nil: batches are chained and not signed
	log   *slog.Logger
}

const (
	sealEvery = 500 * time.Millisecond // with the time to seal one batch it stays below a second
	sealLines = 5000                   // about so many in a batch; the lines of one transaction stay together
	sealRows  = 1000                   // of the inbox
)

// NewSealer returns a sealer.
func NewSealer(s *Store, key *journal.Key, log *slog.Logger) *Sealer {
	return &Sealer{store: s, key: key, log: log}
}

// JournalStanding says how far the journal is sealed, and what waits. Indexes: journal_inbox_pkey, journal_batch_pkey.
func (s *Store) JournalStanding(ctx context.Context) (st gateway.JournalStanding, err error) {
	var since float64
	err = s.pool.QueryRow(ctx, `
		SELECT h.position, h.signed, (SELECT coalesce(sum(count), 0) FROM journal_inbox),
		       extract(epoch FROM clock_timestamp() - coalesce((SELECT sealed_at FROM journal_batch WHERE number = h.batch), h.began_at))::float8
		FROM journal_head h`).Scan(&st.Position, &st.Signed, &st.Waiting, &since)
	st.Since = max(seconds(since), 0)
	return st, fail(err, "postgres.JournalStanding")
}

// Run seals until ctx ends, and once more then: what was acknowledged before a stop is sealed.
func (l *Sealer) Run(ctx context.Context) error {
	tick := time.NewTicker(sealEvery)
	defer tick.Stop()
	said := "" // what goes wrong twice a second is said once
	for {
		select {
		case <-ctx.Done():
			last, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
			defer cancel()
			return l.all(last)
		case <-tick.C:
		}
		err := l.all(ctx)
		switch {
		case err == nil:
			said = ""
		case ctx.Err() == nil && err.Error() != said:
			said = err.Error()
			l.log.WarnContext(ctx, "the journal could not be sealed", "err", err)
		}
	}
}

// all seals what there is. Most of the time there is nothing, and one cheap look says so.
func (l *Sealer) all(ctx context.Context) error {
	for {
		n, err := l.Seal(ctx)
		if err != nil || n == 0 {
			return err
		}
	}
}

// Seal seals one batch and returns how many lines are in it.
// Indexes: journal_inbox_pkey.
func (l *Sealer) Seal(ctx context.Context) (lines int, err error) {
	const op = "postgres.Seal"
	var waiting bool
	if err := l.store.pool.QueryRow(ctx, `SELECT EXISTS (SELECT FROM journal_inbox)`).Scan(&waiting); err != nil || !waiting {
		return 0, fail(err, op)
	}
	err = pgx.BeginFunc(ctx, l.store.pool, func(tx pgx.Tx) error {
		lines = 0
		s, err := lockStanding(ctx, tx)
		if err != nil {
			return err
		}
		if s.Signed && l.key == nil {
			return errUnsigned()
		}
		taken, err := takeLines(ctx, tx)
		if err != nil || len(taken) == 0 {
			return err
		}
		lines = len(taken)
		return l.write(ctx, tx, s, taken)
	})
	if err != nil {
		return 0, fail(err, op)
	}
	return lines, nil
}

// errUnsigned refuses to go on unsigned where signing was begun: a scar in the chain
// would stay for ever, while what waits is sealed as soon as a node with a key leads.
func errUnsigned() error {
	return fault.New(fault.Usage, "postgres.Seal", "the journal was signed so far, and this node has no journal_key_file: nothing is sealed")
}

func lockStanding(ctx context.Context, tx pgx.Tx) (s journal.Standing, err error) {
	var hash []byte
	err = tx.QueryRow(ctx, `SELECT batch, position, hash, signed FROM journal_head FOR UPDATE`).
		Scan(&s.Batch, &s.Position, &hash, &s.Signed)
	copy(s.Hash[:], hash)
	return s, err
}

// takeLines takes what is committed, oldest first, out of the inbox.
func takeLines(ctx context.Context, tx pgx.Tx) (lines []string, err error) {
	found, err := tx.Query(ctx, `
		WITH taken AS (
		    DELETE FROM journal_inbox
		    WHERE seq IN (
		        SELECT seq FROM (
		            SELECT seq, sum(count) OVER (ORDER BY seq) - count AS before
		            FROM (SELECT seq, count FROM journal_inbox ORDER BY seq LIMIT $2) AS first) AS counted
		        WHERE before < $1)
		    RETURNING seq, lines)
		SELECT lines FROM taken ORDER BY seq`, sealLines, sealRows)
	if err != nil {
		return nil, err
	}
	var own string
	_, err = pgx.ForEachRow(found, []any{&own}, func() error {
		lines = append(lines, strings.Split(own, lineFeed)...)
		return nil
	})
	return lines, err
}

func (l *Sealer) write(ctx context.Context, tx pgx.Tx, s journal.Standing, lines []string) error {
	now := time.Now()
	leaves := make([]journal.Hash, len(lines))
	rows := newCopy(4, len(lines), 600)
	for i, line := range lines {
		leaves[i] = journal.Leaf(line)
		head, err := journal.ParseHead(line)
		if err != nil { // never written by us; it must not keep the others out
			head.At = now
		}
		rows.row()
		rows.int64(s.Position + 1 + int64(i))
		rows.time(head.At)
		rows.uuid(head.ID)
		rows.text(line)
	}
	if err := rows.send(ctx, tx, "journal_entry", "position, recorded_at, id, line"); err != nil {
		return err
	}
	b := s.Seal(leaves, now, l.key)
	signature := b.Signature
	if signature == nil {
		signature = []byte{}
	}
	_, err := tx.Exec(ctx, `
		WITH sealed AS (
		    INSERT INTO journal_batch (number, first_position, count, sealed_at, root, previous, key_id, signature, leaves)
		    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9))
		UPDATE journal_head SET batch = $1, position = $10, hash = $11, signed = $12`,
		b.Number, b.First, b.Count, b.SealedAt, b.Root[:], b.Previous[:], b.KeyID, signature, journal.Pack(leaves),
		s.Position, s.Hash[:], s.Signed)
	return err
}
