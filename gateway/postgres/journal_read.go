package postgres

import (
	"cmp"
	"context"
	"math"
	"slices"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/internal/fault"
	"github.com/lienthong/lienthong/internal/journal"
)

// chunkLines is about how many lines are read at a time: no request holds a
// snapshot for long, and memory stays the same however long the journal is.
const chunkLines = 20_000

// sealedBatch is a batch with what is kept beside it.
type sealedBatch struct {
	journal.Batch
	leaves []journal.Hash
}

// FollowJournal calls sink for each sealed batch with its lines, oldest first,
// up to what is sealed now; stray gets lines outside of all batches. What is
// sealed never changes, so that the pieces fit together without one snapshot.
// Indexes: journal_batch_pkey, journal_entry_pkey.
func (s *Store) FollowJournal(ctx context.Context, sink func(*journal.Batch, []journal.Hash, []journal.Stored) error, stray func(*journal.Stored)) error {
	const op = "postgres.FollowJournal"
	var last int64
	if err := s.pool.QueryRow(ctx, `SELECT coalesce(max(number), 0) FROM journal_batch`).Scan(&last); err != nil {
		return fail(err, op)
	}
	var number, position int64
	for number < last {
		batches, err := s.readBatches(ctx, number, last, chunkLines)
		if err != nil {
			return fail(err, op)
		}
		if len(batches) == 0 {
			break
		}
		end := position
		for i := range batches {
			end = max(end, batches[i].Last())
		}
		lines, err := s.readLines(ctx, position, end)
		if err != nil {
			return fail(err, op)
		}
		for i := range batches {
			own := 0
			for own < len(lines) && (lines[own].Position <= batches[i].Last() || i == len(batches)-1) {
				own++
			}
			if err := sink(&batches[i].Batch, batches[i].leaves, lines[:own]); err != nil {
				return err
			}
			lines = lines[own:]
		}
		number, position = batches[len(batches)-1].Number, end
	}
	return s.strayLines(ctx, position, last, stray)
}

// pageLines is about how many lines one page over HTTP holds.
const pageLines = 5000

// JournalPage implements [gateway.JournalPager]. Indexes: journal_batch_pkey, journal_entry_pkey.
func (s *Store) JournalPage(ctx context.Context, after int64) ([]gateway.SealedBatch, error) {
	const op = "postgres.JournalPage"
	batches, err := s.readBatches(ctx, max(after, 0), math.MaxInt64, pageLines)
	if err != nil || len(batches) == 0 {
		return nil, fail(err, op)
	}
	lines, err := s.readLines(ctx, batches[0].First-1, batches[len(batches)-1].Last())
	if err != nil {
		return nil, fail(err, op)
	}
	page := make([]gateway.SealedBatch, len(batches))
	for i := range batches {
		own := 0
		for own < len(lines) && lines[own].Position <= batches[i].Last() {
			own++
		}
		page[i] = gateway.SealedBatch{Batch: batches[i].Batch, Leaves: batches[i].leaves, Lines: lines[:own]}
		lines = lines[own:]
	}
	return page, nil
}

// readBatches reads the next batches, about so many lines of them and at least one.
func (s *Store) readBatches(ctx context.Context, after, last int64, atOnce int) ([]sealedBatch, error) {
	rows, err := s.pool.Query(ctx, `
		SELECT b.number, b.first_position, b.count, b.sealed_at, b.root, b.previous, b.key_id, b.signature, b.leaves
		FROM (SELECT number, sum(count) OVER (ORDER BY number) - count AS before
		      FROM (SELECT number, count FROM journal_batch WHERE number > $1 AND number <= $2 ORDER BY number LIMIT $4) AS next) AS counted
		JOIN journal_batch b ON b.number = counted.number
		WHERE before < $3
		ORDER BY b.number`, after, last, atOnce, atOnce)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, scanBatch)
}

func scanBatch(row pgx.CollectableRow) (b sealedBatch, err error) {
	var root, previous, leaves []byte
	err = row.Scan(&b.Number, &b.First, &b.Count, &b.SealedAt, &root, &previous, &b.KeyID, &b.Signature, &leaves)
	copy(b.Root[:], root)
	copy(b.Previous[:], previous)
	b.leaves, b.SealedAt = journal.Unpack(leaves), b.SealedAt.UTC()
	return b, err
}

func (s *Store) readLines(ctx context.Context, after, last int64) ([]journal.Stored, error) {
	rows, err := s.pool.Query(ctx, `
		SELECT position, recorded_at, id, line
		FROM journal_entry
		WHERE position > $1 AND position <= $2
		ORDER BY position`, pgx.QueryExecModeCacheDescribe, after, last)
	if err != nil {
		return nil, err
	}
	return pgx.AppendRows(make([]journal.Stored, 0, chunkLines), rows, func(row pgx.CollectableRow) (l journal.Stored, err error) {
		err = row.Scan(&l.Position, &l.At, raw(&l.ID), &l.Line)
		return l, err
	})
}

// strayLines finds lines behind the last batch that was there when the reading
// began, unless a batch that was sealed since holds them.
func (s *Store) strayLines(ctx context.Context, position, last int64, stray func(*journal.Stored)) error {
	rows, err := s.pool.Query(ctx, `
		SELECT e.position, e.recorded_at, e.id, e.line
		FROM journal_entry e
		WHERE e.position > $1 AND NOT EXISTS (SELECT FROM journal_batch WHERE number > $2)
		ORDER BY e.position
		LIMIT 1000`, pgx.QueryExecModeCacheDescribe, position, last)
	if err != nil {
		return fail(err, "postgres.FollowJournal")
	}
	var l journal.Stored
	_, err = pgx.ForEachRow(rows, []any{&l.Position, &l.At, raw(&l.ID), &l.Line}, func() error {
		stray(&l)
		return nil
	})
	return fail(err, "postgres.FollowJournal")
}

// VerifyJournal lets a verifier follow the journal to its end. What is sealed
// while it reads is left to the next time.
func (s *Store) VerifyJournal(ctx context.Context, v *journal.Verifier) (journal.Report, error) {
	sink := func(b *journal.Batch, leaves []journal.Hash, lines []journal.Stored) error {
		v.Batch(b, leaves, lines)
		return ctx.Err()
	}
	if err := s.FollowJournal(ctx, sink, v.Stray); err != nil {
		return journal.Report{}, err
	}
	if err := s.announced(ctx, v.Standing().Position, v); err != nil {
		return journal.Report{}, fail(err, "postgres.VerifyJournal")
	}
	return v.Report(), nil
}

// announced gives the verifier what is not sealed yet, and the redactions that
// were sealed since it began: a line that it saw empty may be told of there.
// Indexes: journal_inbox_pkey, journal_entry_pkey.
func (s *Store) announced(ctx context.Context, position int64, v *journal.Verifier) error {
	rows, err := s.pool.Query(ctx, `
		SELECT false, line FROM journal_entry WHERE position > $1 AND line LIKE '{"kind":"redaction",%'
		UNION ALL
		SELECT true, string_to_table(lines, E'\n') FROM journal_inbox`, pgx.QueryExecModeCacheDescribe, position)
	if err != nil {
		return err
	}
	var waits bool
	var line string
	_, err = pgx.ForEachRow(rows, []any{&waits, &line}, func() error {
		if waits {
			v.Waiting(line)
		} else {
			v.Later(line)
		}
		return nil
	})
	return err
}

// JournalProof implements [gateway.JournalReader]. It asks for no order: with one,
// a planner without statistics walks the journal by position instead.
// Indexes: journal_entry_id_idx, journal_batch_first_position_idx.
func (s *Store) JournalProof(ctx context.Context, submission uuid.UUID) (journal.Proof, error) {
	const op = "postgres.JournalProof"
	rows, err := s.pool.Query(ctx, `
		SELECT e.position, coalesce(e.line, ''), b.number, b.first_position, b.count, b.sealed_at, b.root, b.previous, b.key_id, b.signature, b.leaves
		FROM journal_entry e
		CROSS JOIN LATERAL (
		    SELECT number, first_position, count, sealed_at, root, previous, key_id, signature, leaves
		    FROM journal_batch
		    WHERE first_position <= e.position
		    ORDER BY first_position DESC
		    LIMIT 1) AS b
		WHERE e.id = $1`, submission)
	if err != nil {
		return journal.Proof{}, fail(err, op)
	}
	proofs, err := pgx.CollectRows(rows, scanProof)
	if err != nil {
		return journal.Proof{}, fail(err, op)
	}
	if len(proofs) == 0 {
		return journal.Proof{}, fault.New(fault.NotFound, op, "the journal has no line about this submission yet")
	}
	return slices.MinFunc(proofs, func(a, b journal.Proof) int { return cmp.Compare(a.Position, b.Position) }), nil
}

func scanProof(row pgx.CollectableRow) (p journal.Proof, err error) {
	var root, previous, packed []byte
	b := &p.Batch
	err = row.Scan(&p.Position, &p.Line, &b.Number, &b.First, &b.Count, &b.SealedAt, &root, &previous, &b.KeyID, &b.Signature, &packed)
	if err != nil {
		return p, err
	}
	copy(b.Root[:], root)
	copy(b.Previous[:], previous)
	b.SealedAt = b.SealedAt.UTC()
	leaves, at := journal.Unpack(packed), int(p.Position-b.First)
	if at < 0 || at >= len(leaves) {
		return p, fault.New(fault.Internal, "postgres.JournalProof", "the journal's batch does not hold the line")
	}
	p.Leaf, p.Path = leaves[at], journal.Path(leaves, at)
	return p, nil
}

var (
	_ gateway.JournalReader = (*Store)(nil)
	_ gateway.JournalPager  = (*Store)(nil)
)
