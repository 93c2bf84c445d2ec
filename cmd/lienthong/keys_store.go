package main

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/lienthong/lienthong/internal/fault"
)

// storedKey is what is known of a key after its making.
type storedKey struct {
	ID        uuid.UUID  `json:"id"`
	Source    string     `json:"source"`
	Prefix    string     `json:"prefix"` // its first characters
	CreatedAt time.Time  `json:"created_at"`
	RevokedAt *time.Time `json:"revoked_at,omitempty"`
}

const keyColumns = `id, source, prefix, created_at, revoked_at`

// listKeys returns every key, in the order of their making. The table has a few rows per source.
func listKeys(ctx context.Context, pool *pgxpool.Pool) ([]storedKey, error) {
	rows, err := pool.Query(ctx, `SELECT `+keyColumns+` FROM api_key ORDER BY created_at, id`)
	if err != nil {
		return nil, fault.Wrap(err, fault.Unavailable, "keys.list")
	}
	keys, err := pgx.CollectRows(rows, pgx.RowToStructByName[storedKey])
	return keys, fault.Wrap(err, fault.Unavailable, "keys.list")
}

// revokeKey ends one live key, named by its prefix or id. NotFound where there
// is none, Conflict where several begin so: keys made elsewhere may.
func revokeKey(ctx context.Context, pool *pgxpool.Pool, name string) (storedKey, error) {
	const op = "keys.revoke"
	var revoked []storedKey
	err := pgx.BeginFunc(ctx, pool, func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, `
			UPDATE api_key
			SET revoked_at = now()
			WHERE revoked_at IS NULL AND (prefix = $1 OR id::text = $1)
			RETURNING `+keyColumns, name)
		if err != nil {
			return err
		}
		if revoked, err = pgx.CollectRows(rows, pgx.RowToStructByName[storedKey]); err != nil {
			return err
		}
		switch len(revoked) {
		case 0:
			return fault.New(fault.NotFound, op, "no live key begins so")
		case 1:
			return nil
		}
		return fault.New(fault.Conflict, op, fmt.Sprintf("%d live keys begin so; name one by its id, as keys list shows it", len(revoked)))
	})
	if err != nil {
		return storedKey{}, fault.Wrap(err, fault.Unavailable, op)
	}
	return revoked[0], nil
}
