package postgres

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/internal/fault"
)

// Key is what is known of an API key after its making.
type Key struct {
	ID        uuid.UUID  `json:"id"`
	Source    string     `json:"source,omitempty" db:"-"`  // that it pushes as; "" for a consumer's
	Name      string     `json:"name" db:"source"`         // of the source or consumer
	Push      bool       `json:"push" db:"may_push"`       // whether it pushes as the source Name
	Feeds     []string   `json:"feeds"`                    // that it reads
	Operate   bool       `json:"operate" db:"may_operate"` // whether it opens /v1/ops
	Prefix    string     `json:"prefix"`                   // its first characters
	CreatedAt time.Time  `json:"created_at"`
	RevokedAt *time.Time `json:"revoked_at,omitempty"`
}

const keyColumns = `id, source, may_push, may_operate, feeds, prefix, created_at, revoked_at`

// Keys returns every key, in the order of their making. The table has a few rows per source.
func (s *Store) Keys(ctx context.Context) ([]Key, error) {
	const op = "postgres.Keys"
	rows, err := s.pool.Query(ctx, `SELECT `+keyColumns+` FROM api_key ORDER BY created_at, id`)
	if err != nil {
		return nil, fail(err, op)
	}
	keys, err := pgx.CollectRows(rows, toKey)
	return keys, fail(err, op)
}

func toKey(row pgx.CollectableRow) (Key, error) {
	k, err := pgx.RowToStructByName[Key](row)
	k.Source = gateway.Caller{Name: k.Name, Push: k.Push}.Source()
	return k, err
}

// RevokeKey ends one live key, named by its prefix or id. NotFound where there
// is none, Conflict where several begin so: keys made elsewhere may.
func (s *Store) RevokeKey(ctx context.Context, name string) (Key, error) {
	return s.changeKey(ctx, "postgres.RevokeKey", "key_revoke", `
		UPDATE api_key
		SET revoked_at = now()
		WHERE revoked_at IS NULL AND (prefix = $1 OR id::text = $1)
		RETURNING `+keyColumns, name)
}

// AllowFeeds decides anew which feeds one live key reads; it is named, and the
// failures are, as for [Store.RevokeKey]. A consumer's key is left at least one.
func (s *Store) AllowFeeds(ctx context.Context, name string, feeds ...string) (Key, error) {
	if err := gateway.CheckFeeds(feeds); err != nil {
		return Key{}, err
	}
	return s.changeKey(ctx, "postgres.AllowFeeds", "key_allow", `
		UPDATE api_key
		SET feeds = $2
		WHERE revoked_at IS NULL AND (prefix = $1 OR id::text = $1)
		RETURNING `+keyColumns, name, append([]string{}, feeds...))
}

// changeKey runs a statement that has to change one key, and notes the action in the journal.
func (s *Store) changeKey(ctx context.Context, op, action, sql string, args ...any) (key Key, err error) {
	err = pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, sql, args...)
		if err != nil {
			return err
		}
		changed, err := pgx.CollectRows(rows, toKey)
		if err != nil {
			return err
		}
		switch len(changed) {
		case 0:
			return fault.New(fault.NotFound, op, "no live key begins so")
		case 1:
			key = changed[0]
			return note(ctx, tx, keyLine(action, key.ID, key.Name, key.Feeds))
		}
		return fault.New(fault.Conflict, op, fmt.Sprintf("%d live keys begin so; name one by its id, as keys list shows it", len(changed)))
	})
	return key, fail(err, op)
}
