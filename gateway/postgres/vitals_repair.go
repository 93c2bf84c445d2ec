package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"

	"github.com/lienthong/lienthong/gateway"
)

// What gauges ask. Nothing here reads a large table: the counters of agreement
// are a row a commune, the rest are counts of partial indexes that end at a limit.
const (
	// Index: agreement_pkey.
	agreedSQL = `
		SELECT destination, sum(looked)::bigint, sum(differing)::bigint
		FROM agreement
		WHERE dimension = 'commune' AND looked > 0
		GROUP BY destination
		ORDER BY destination`
	// Index: look_class_idx.
	driftingSQL = `
		SELECT class, (SELECT count(*) FROM (
		    SELECT FROM look WHERE look.class = c.class AND look.class <> '' AND NOT accepted LIMIT $2) AS counted)
		FROM unnest($1::text[]) AS c (class)`
	// Index: replay_plan_live_idx.
	replayingSQL = `
		SELECT state, count(*)
		FROM replay_plan
		WHERE state IN ('running', 'paused')
		GROUP BY state`
	// From one destination to the next: there may be many marks. Index: delivery_marked_idx.
	lookingSQL = `
		WITH RECURSIVE marked AS (
		    (SELECT destination FROM delivery WHERE look IS NOT NULL ORDER BY destination LIMIT 1)
		    UNION ALL
		    SELECT (SELECT d.destination FROM delivery d WHERE d.look IS NOT NULL AND d.destination > marked.destination ORDER BY d.destination LIMIT 1)
		    FROM marked WHERE marked.destination IS NOT NULL)
		SELECT m.destination, l.look, (SELECT count(*) FROM (
		    SELECT FROM delivery d WHERE d.destination = m.destination AND d.look = l.look LIMIT $2) AS counted)
		FROM marked m
		CROSS JOIN unnest($1::text[]) AS l (look)
		WHERE m.destination IS NOT NULL`
)

// byIndex keeps the planner from reading a table for a class of which it has many
// in mind and finds none: with a limit that looks cheap, and at a million rows took a third of a second.
const byIndex = `SET LOCAL enable_seqscan = off`

// RepairVitals answers the questions behind the gauges of comparing and repairing.
func (s *Store) RepairVitals(ctx context.Context) (gateway.RepairVitals, error) {
	v := gateway.RepairVitals{Drift: map[gateway.DriftClass]int{}, Replays: map[gateway.ReplayState]int{}, Looks: map[gateway.LookKey]int{}}
	var n int
	batch := &pgx.Batch{}
	batch.Queue(agreedSQL).Query(func(rows pgx.Rows) error {
		var l gateway.AgreementLine
		_, err := pgx.ForEachRow(rows, []any{&l.Destination, &l.Looked, &l.Differing}, func() error {
			l.Rate = 1 - float64(l.Differing)/float64(l.Looked)
			v.Agreement = append(v.Agreement, l)
			return nil
		})
		return err
	})
	batch.Queue(driftingSQL, gateway.DriftClasses(), gateway.RepairCountLimit).Query(func(rows pgx.Rows) error {
		var class gateway.DriftClass
		_, err := pgx.ForEachRow(rows, []any{&class, &n}, func() error { v.Drift[class] = n; return nil })
		return err
	})
	batch.Queue(replayingSQL).Query(func(rows pgx.Rows) error {
		var state gateway.ReplayState
		_, err := pgx.ForEachRow(rows, []any{&state, &n}, func() error { v.Replays[state] = n; return nil })
		return err
	})
	batch.Queue(lookingSQL, []gateway.LookReason{gateway.LookRestore, gateway.LookAdopt, gateway.LookCompare}, gateway.RepairCountLimit).
		Query(func(rows pgx.Rows) error {
			var k gateway.LookKey
			_, err := pgx.ForEachRow(rows, []any{&k.Destination, &k.Look, &n}, func() error { v.Looks[k] = n; return nil })
			return err
		})
	err := pgx.BeginTxFunc(ctx, s.pool, pgx.TxOptions{AccessMode: pgx.ReadOnly}, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, byIndex); err != nil {
			return err
		}
		return tx.SendBatch(ctx, batch).Close()
	})
	return v, fail(err, "postgres.RepairVitals")
}
