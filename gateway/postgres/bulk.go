package postgres

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/internal/fault"
	"github.com/lienthong/lienthong/schema"
)

// BeginLoad implements [gateway.LoadStore]. Taking the row over waits for what
// the earlier run has in flight, since each of its transactions shares a lock
// on it: a commit that a killed process had sent is seen or will never be.
// Index: bulk_load_running_key.
func (s *Store) BeginLoad(ctx context.Context, order gateway.LoadOrder) (gateway.Load, error) {
	const op = "postgres.BeginLoad"
	var load gateway.Load
	for range ingestTries {
		err := pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) (err error) {
			load, err = beginLoad(ctx, tx, order)
			return err
		})
		if err == nil || !again(err) { // another process began the same load
			return load, fail(err, op)
		}
	}
	return load, fail(errRace, op)
}

func beginLoad(ctx context.Context, tx pgx.Tx, order gateway.LoadOrder) (gateway.Load, error) {
	load, err := takeOver(ctx, tx, order)
	if !errors.Is(err, pgx.ErrNoRows) {
		return load, err
	}
	if !order.Again {
		load, err = readLoad(ctx, tx, `
			SELECT id, runner, state, position, rejects, tally, started_at
			FROM bulk_load
			WHERE source = $1 AND fingerprint = $2 AND state = 'done'
			ORDER BY started_at DESC
			LIMIT 1`, order.Source, order.Fingerprint[:])
		if !errors.Is(err, pgx.ErrNoRows) {
			return load, err
		}
	}
	id, err := uuid.NewV7()
	if err != nil {
		return load, err
	}
	return readLoad(ctx, tx, `
		INSERT INTO bulk_load (id, source, fingerprint, runner, state, tally, started_at, updated_at)
		VALUES ($3, $1, $2, $3, 'running', '{}', now(), now())
		RETURNING id, runner, state, position, rejects, tally, started_at`, order.Source, order.Fingerprint[:], id)
}

// AbandonLoad ends an interrupted load as it stands, of one order or, with a
// fingerprint of zeros, the oldest of its source: readers of the feed are told
// of what it has loaded. Without one it is a fault with code NotFound.
func (s *Store) AbandonLoad(ctx context.Context, order gateway.LoadOrder) (gateway.Load, error) {
	const op = "postgres.AbandonLoad"
	var load gateway.Load
	err := pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		if order.Fingerprint == (schema.Hash{}) {
			var oldest []byte
			err := tx.QueryRow(ctx, `
				SELECT fingerprint FROM bulk_load WHERE source = $1 AND state = 'running'
				ORDER BY started_at LIMIT 1`, order.Source).Scan(&oldest)
			if err != nil {
				return err
			}
			copy(order.Fingerprint[:], oldest)
		}
		var err error
		load, err = takeOver(ctx, tx, order)
		return err
	})
	if errors.Is(err, pgx.ErrNoRows) {
		return load, fault.New(fault.NotFound, op, "no such load was interrupted")
	}
	if err != nil {
		return load, fail(err, op)
	}
	for _, p := range load.Parts { // stored, though the window that they are of is not
		load.Tally.Add(p.Tally)
	}
	load.Parts = nil
	return s.EndLoad(ctx, load, gateway.LoadAbandoned)
}

// takeOver makes this run the owner of an interrupted load.
func takeOver(ctx context.Context, tx pgx.Tx, order gateway.LoadOrder) (gateway.Load, error) {
	runner, err := uuid.NewV7()
	if err != nil {
		return gateway.Load{}, err
	}
	load, err := readLoad(ctx, tx, `
		UPDATE bulk_load SET runner = $3, updated_at = now()
		WHERE source = $1 AND fingerprint = $2 AND state = 'running'
		RETURNING id, runner, state, position, rejects, tally, started_at`, order.Source, order.Fingerprint[:], runner)
	if err != nil {
		return load, err
	}
	load.Parts, err = readParts(ctx, tx, load.ID)
	return load, err
}

func readLoad(ctx context.Context, tx pgx.Tx, sql string, args ...any) (gateway.Load, error) {
	var load gateway.Load
	var tally []byte
	err := tx.QueryRow(ctx, sql, args...).
		Scan(&load.ID, &load.Runner, &load.State, &load.Position, &load.Rejects, &tally, &load.StartedAt)
	if err != nil {
		return load, err
	}
	return load, json.Unmarshal(tally, &load.Tally)
}

// readParts relies on bulk_load_part_pkey.
func readParts(ctx context.Context, tx pgx.Tx, load uuid.UUID) ([]gateway.LoadedPart, error) {
	rows, err := tx.Query(ctx, `SELECT first, last, messages, tally FROM bulk_load_part WHERE load_id = $1 ORDER BY first, id`, load)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (p gateway.LoadedPart, err error) {
		var tally []byte
		if err = row.Scan(&p.First, &p.Last, &p.Messages, &tally); err == nil {
			err = json.Unmarshal(tally, &p.Tally)
		}
		return p, err
	})
}

// AdvanceLoad implements [gateway.LoadStore].
func (s *Store) AdvanceLoad(ctx context.Context, load gateway.Load) error {
	return fail(pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		tally, err := json.Marshal(load.Tally)
		if err != nil {
			return err
		}
		tag, err := tx.Exec(ctx, `
			UPDATE bulk_load SET position = $3, rejects = $4, tally = $5, updated_at = now()
			WHERE id = $1 AND runner = $2 AND state = 'running'`, load.ID, load.Runner, load.Position, load.Rejects, tally)
		if err == nil && tag.RowsAffected() == 0 {
			err = errTakenOver()
		}
		if err != nil {
			return err
		}
		_, err = tx.Exec(ctx, `DELETE FROM bulk_load_part WHERE load_id = $1 AND last <= $2`, load.ID, load.Position)
		return err
	}), "postgres.AdvanceLoad")
}

func errTakenOver() error {
	return fault.New(fault.Conflict, "postgres.Load", "another run has taken this load over, or has ended it")
}

// EndLoad implements [gateway.LoadStore]. The marks enter the feed like any
// change and get their positions from the sequencer.
func (s *Store) EndLoad(ctx context.Context, load gateway.Load, state gateway.LoadState) (gateway.Load, error) {
	err := pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		var source string
		var ended time.Time
		tally, err := json.Marshal(load.Tally)
		if err != nil {
			return err
		}
		err = tx.QueryRow(ctx, `
			UPDATE bulk_load SET state = $3, tally = $4, ended_at = now(), updated_at = now()
			WHERE id = $1 AND runner = $2 AND state = 'running'
			RETURNING source, ended_at`, load.ID, load.Runner, state, tally).Scan(&source, &ended)
		if errors.Is(err, pgx.ErrNoRows) {
			return errTakenOver()
		}
		if err != nil {
			return err
		}
		for _, kind := range schema.Kinds() {
			mark := gateway.LoadMark{
				Load: load.ID, Source: source, Kind: kind, Created: load.Tally.Created[kind], Changed: load.Tally.Changed[kind],
				StartedAt: load.StartedAt.UTC(), EndedAt: ended.UTC(),
			}
			if mark.Created+mark.Changed == 0 {
				continue
			}
			if err := writeMark(ctx, tx, mark); err != nil {
				return err
			}
		}
		_, err = tx.Exec(ctx, `DELETE FROM bulk_load_part WHERE load_id = $1`, load.ID)
		return err
	})
	if err == nil {
		load.State = state
	}
	return load, fail(err, "postgres.EndLoad")
}

func writeMark(ctx context.Context, tx pgx.Tx, mark gateway.LoadMark) error {
	id, err := uuid.NewV7()
	if err != nil {
		return err
	}
	body, err := json.Marshal(mark)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `
		WITH mark AS (
		    INSERT INTO snapshot_mark (id, load_id, kind, body) VALUES ($1, $2, $3, $4))
		INSERT INTO change_inbox (entity_id, entity_kind, entity_revision, type, recorded_at)
		VALUES ($1, $3, 1, $5, now())`, id, mark.Load, string(mark.Kind), body, gateway.SnapshotLoaded)
	return err
}

var _ gateway.LoadStore = (*Store)(nil)
