package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/lienthong/lienthong/gateway"
)

// Writing implements [gateway.WriterStore]: two statements in one implicit
// transaction. Indexes: journal_batch_pkey, delivery_marked_idx; the other tables have a few rows.
func (s *Store) Writing(ctx context.Context, seen gateway.Mark) (gateway.Writing, error) {
	const op = "postgres.Writing"
	var w gateway.Writing
	var root []byte
	var restored, site float64
	batch := &pgx.Batch{}
	batch.Queue(`
		SELECT e.database, e.number, h.batch, b.root, coalesce(extract(epoch FROM b.sealed_at) * 1000000, 0)::bigint,
		       ($1::bigint = 0 OR e.database = $2)
		           AND ($3::bigint = 0 OR EXISTS (SELECT FROM journal_batch WHERE number = $3 AND root = $4)),
		       e.restored_at IS NOT NULL, coalesce(extract(epoch FROM clock_timestamp() - e.restored_at), 0)::float8,
		       l.site, extract(epoch FROM clock_timestamp() - l.seen_at)::float8,
		       ARRAY(SELECT destination FROM observation WHERE ended_at IS NULL ORDER BY destination),
		       ARRAY(WITH RECURSIVE marked AS ( -- from one destination to the next: there may be many marks
		                 (SELECT destination FROM delivery WHERE look IS NOT NULL ORDER BY destination LIMIT 1)
		                 UNION ALL
		                 SELECT (SELECT d.destination FROM delivery d
		                         WHERE d.look IS NOT NULL AND d.destination > marked.destination ORDER BY d.destination LIMIT 1)
		                 FROM marked WHERE marked.destination IS NOT NULL)
		             SELECT destination FROM marked WHERE destination IS NOT NULL),
		       ARRAY(SELECT destination FROM adoption WHERE paused AND ended_at IS NULL)
		FROM epoch e, site_lease l, journal_head h
		LEFT JOIN journal_batch b ON b.number = h.batch`, seen.Epoch, seen.Database, seen.Batch, seen.Root[:]).
		QueryRow(func(row pgx.Row) error {
			return row.Scan(&w.Database, &w.Epoch, &w.Batch, &root, &w.Sealed, &w.Holds, &w.Restored, &restored, &w.Site, &site,
				&w.Observing, &w.Looks, &w.Paused)
		})
	batch.Queue(`
		SELECT destination, agency, procedure, CASE WHEN isfinite(from_date) THEN from_date END, owner, actor, reason, updated_at
		FROM ownership
		ORDER BY destination, procedure, agency, from_date`).Query(func(rows pgx.Rows) (err error) {
		w.Rules, err = pgx.CollectRows(rows, scanRule)
		return err
	})
	err := s.handle(ctx).SendBatch(ctx, batch).Close()
	copy(w.Root[:], root)
	w.RestoredFor, w.SeenFor = seconds(restored), seconds(site)
	return w, fail(err, op)
}

func scanRule(row pgx.CollectableRow) (r gateway.OwnerRule, err error) {
	var from *time.Time
	err = row.Scan(&r.Destination, &r.Agency, &r.Procedure, &from, &r.Owner, &r.Actor, &r.Reason, &r.UpdatedAt)
	if from != nil {
		r.From = gateway.DayInVietnam(from.Date())
	}
	return r, err
}

// HoldSite implements [gateway.WriterStore]. The row is not moved from another name.
func (s *Store) HoldSite(ctx context.Context, site, node string) error {
	_, err := s.pool.Exec(ctx, `
		UPDATE site_lease
		SET site = $1, node = $2, seen_at = clock_timestamp(),
		    taken_at = CASE WHEN site = '' THEN clock_timestamp() ELSE taken_at END
		WHERE site = $1 OR site = ''`, site, node)
	return fail(err, "postgres.HoldSite")
}

// DeclareRestored implements [gateway.WriterStore]. The epoch is the time when
// it began, so that a second restore from the same backup begins another one. It
// reads all of delivery, once. Lock order: epoch, feed_head, deliveries by id.
func (s *Store) DeclareRestored(ctx context.Context, r gateway.Restoration) (declared bool, err error) {
	const op = "postgres.DeclareRestored"
	if err := checkWords(op, r.Actor, r.Reason); err != nil {
		return false, err
	}
	err = s.within(ctx, func(tx pgx.Tx) error {
		var number int64
		err := tx.QueryRow(ctx, `SELECT number FROM epoch FOR UPDATE`).Scan(&number)
		if err != nil || number != r.Epoch {
			return err // somebody was faster
		}
		if _, err := tx.Exec(ctx, `
			UPDATE epoch
			SET number = greatest(number + 1, (SELECT epoch + 1 FROM feed_head), extract(epoch FROM clock_timestamp())::bigint),
			    restored_at = clock_timestamp(), lacks = coalesce($1, clock_timestamp()), reason = $2,
			    since = coalesce((SELECT max(sealed_at) FROM journal_batch WHERE $1::timestamptz IS NULL OR sealed_at < $1), now())`,
			zeroTime(r.Lacks), r.Reason); err != nil {
			return err
		}
		for _, statement := range []string{`
			UPDATE feed_head SET epoch = (SELECT number FROM epoch)`, `
			INSERT INTO observation (destination, began_at)
			WITH RECURSIVE ` + knownDestinations + `
			SELECT destination, clock_timestamp() FROM known WHERE destination IS NOT NULL
			ON CONFLICT (destination) DO UPDATE SET began_at = EXCLUDED.began_at, ended_at = NULL`, `
			UPDATE delivery d SET look = 'restore'
			FROM (SELECT destination, entity_id FROM delivery
			      WHERE look IS DISTINCT FROM 'adopt' -- nothing leaves for that before a look either, and its look says more
			        AND (state IN ('queued', 'held', 'sending', 'unknown')
			             OR state <> 'redacted' AND updated_at >= (SELECT since - interval '10 minutes' FROM epoch))
			      ORDER BY destination, entity_id
			      FOR UPDATE) AS touched
			WHERE d.destination = touched.destination AND d.entity_id = touched.entity_id`} {
			if _, err := tx.Exec(ctx, statement); err != nil {
				return err
			}
		}
		declared = true
		return told(ctx, tx, operatorAction{actor: r.Actor, action: "restored", reason: r.Reason})
	})
	return declared && err == nil, fail(err, op)
}

// told keeps what somebody did about who writes, and says to every node that something changed.
func told(ctx context.Context, tx pgx.Tx, a operatorAction) error {
	if _, err := act(ctx, tx, a); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, `SELECT pg_notify($1, '')`, breakerChannel)
	return err
}

var _ gateway.WriterStore = (*Store)(nil)
