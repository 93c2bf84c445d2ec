package postgres_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"

	"github.com/lienthong/lienthong/gateway/postgres"
	"github.com/lienthong/lienthong/internal/fault"
	"github.com/lienthong/lienthong/internal/pgtest"
)

// secret stands for a personal value in a row; it must not come back in an error.
const secret = "027192004321"

// states maps each kind of constraint of pg_constraint to its SQLSTATE and to what callers are told.
var states = map[string]struct {
	state string
	code  fault.Code
	again bool
}{
	"c": {"23514", fault.Invalid, false},
	"f": {"23503", fault.Invalid, false},
	"p": {"23505", fault.Conflict, true},
	"u": {"23505", fault.Conflict, true},
	"x": {"23P01", fault.Conflict, false},
	"n": {"23502", fault.Invalid, false}, // since PostgreSQL 18
}

func TestEveryConstraintIsMapped(t *testing.T) {
	b := setup(t)
	rows, err := b.pool.Query(t.Context(), `
		SELECT c.conname, c.contype::text, r.relname
		FROM pg_constraint c
		JOIN pg_class r ON r.oid = c.conrelid
		WHERE c.connamespace = 'public'::regnamespace AND r.relname NOT LIKE 'river%' AND c.contype <> 't'`)
	require.NoError(t, err)
	seen := 0
	var name, kind, table string
	_, err = pgx.ForEachRow(rows, []any{&name, &kind, &table}, func() error {
		seen++
		known, ok := states[kind]
		require.True(t, ok, "constraint %s of %s is of the new kind %q", name, table, kind)
		raw := &pgconn.PgError{
			Code: known.state, ConstraintName: name, TableName: table, Message: "violates " + secret,
			Detail: "Key (value)=(" + secret + ") already exists.", Where: "COPY record, line 1: " + secret,
		}
		err := postgres.Fail(fmt.Errorf("wrapped: %w", raw), "postgres.Test")
		require.Equal(t, known.code, fault.CodeOf(err), name)
		require.Contains(t, err.Error(), name, "the constraint is part of the interface")
		require.NotContains(t, everything(err), secret)
		require.Equal(t, known.again, postgres.Again(raw), name)
		return nil
	})
	require.NoError(t, err)
	require.Greater(t, seen, 50, "the tables of the store have more constraints than this")
}

// everything returns all that any log could make of an error.
func everything(err error) string {
	out := fmt.Sprintf("%v %+v %#v", err, err, err)
	for ; err != nil; err = errors.Unwrap(err) {
		out += fmt.Sprintf(" %v %#v", err, err)
	}
	return out
}

// TestServerErrors provokes one error of each class that the server can answer with.
func TestServerErrors(t *testing.T) {
	uuidZero := "00000000-0000-0000-0000-000000000000"
	tests := []struct {
		name, state, sql string
		args             []any
		code             fault.Code
	}{
		{"a missing value", "23502", `INSERT INTO mention (record_id, ordinal, role, kind) VALUES ($1, 0, $2, 'person')`, []any{uuidZero, secret}, fault.Invalid},
		{"a check", "23514", `INSERT INTO mention (record_id, ordinal, role, kind, ground) VALUES ($1, 0, 'owner', $2, 'none')`, []any{uuidZero, secret}, fault.Invalid},
		{"a double", "23505", `INSERT INTO identifier_binding (kind, scheme, value, entity_id, created_at) SELECT 'person', 'pin', $2, $1::uuid, now() FROM generate_series(1, 2)`, []any{uuidZero, secret}, fault.Conflict},
		{"text with NUL", "22021", `INSERT INTO identifier_binding (kind, scheme, value, entity_id, created_at) VALUES ('person', 'pin', $2, $1, now())`, []any{uuidZero, secret + "\x00"}, fault.Invalid},
		{"no JSON", "22P02", `INSERT INTO entity (id, kind, revision, hash, body, created_at, updated_at) VALUES ($1, 'person', 1, sha256(''), ($2::text)::json, now(), now())`, []any{uuidZero, "{" + secret}, fault.Invalid},
		{"too long for an index", "54000", `INSERT INTO identifier_binding (kind, scheme, value, entity_id, created_at) SELECT 'person', 'pin', string_agg($2 || sha512(i::text::bytea)::text, ''), $1::uuid, now() FROM generate_series(1, 200) i`, []any{uuidZero, secret}, fault.Internal},
		{"time is over", "57014", `SELECT $1::text, $2::text FROM pg_sleep(10)`, []any{uuidZero, secret}, fault.Unavailable},
		{"a table that is not there", "42P01", `SELECT $1::text, $2::text FROM nowhere`, []any{uuidZero, secret}, fault.Internal},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			b := setup(t)
			tx, err := b.pool.Begin(t.Context())
			require.NoError(t, err)
			defer func() { _ = tx.Rollback(context.Background()) }()
			if tt.state == "57014" {
				_, err = tx.Exec(t.Context(), `SET LOCAL statement_timeout = '1ms'`)
				require.NoError(t, err)
			}
			_, err = tx.Exec(t.Context(), tt.sql, tt.args...)
			var pg *pgconn.PgError
			require.ErrorAs(t, err, &pg)
			require.Equal(t, tt.state, pg.Code)
			err = postgres.Fail(err, "postgres.Test")
			require.Equal(t, tt.code, fault.CodeOf(err))
			require.NotContains(t, everything(err), secret)
		})
	}
}

func TestOtherErrors(t *testing.T) {
	t.Run("nothing stays nothing", func(t *testing.T) { require.NoError(t, postgres.Fail(nil, "op")) })
	t.Run("no row is not found", func(t *testing.T) {
		require.Equal(t, fault.NotFound, fault.CodeOf(postgres.Fail(pgx.ErrNoRows, "op")))
	})
	t.Run("a caller who left is told so", func(t *testing.T) {
		require.ErrorIs(t, postgres.Fail(fmt.Errorf("wrapped: %w", context.Canceled), "op"), context.Canceled)
	})
	t.Run("a fault stays what it is", func(t *testing.T) {
		require.Equal(t, fault.KeyReused, fault.CodeOf(postgres.Fail(fault.New(fault.KeyReused, "a", ""), "op")))
	})
	t.Run("a value that cannot be encoded is our bug and not shown", func(t *testing.T) {
		b := setup(t)
		_, err := b.pool.Exec(t.Context(), `SELECT $1::bigint`, []string{secret})
		require.Error(t, err)
		require.Contains(t, err.Error(), secret, "or this test proves nothing")
		err = postgres.Fail(err, "op")
		require.Equal(t, fault.Internal, fault.CodeOf(err))
		require.NotContains(t, everything(err), secret)
	})
	t.Run("a server that is not there", func(t *testing.T) {
		pool, err := pgxpool.New(t.Context(), "postgres://nobody@127.0.0.1:1/nowhere?sslmode=disable")
		require.NoError(t, err)
		defer pool.Close()
		err = postgres.New(pool).Ping(t.Context())
		require.Equal(t, fault.Unavailable, fault.CodeOf(err))
	})
	t.Run("a connection that is cut in the middle", func(t *testing.T) {
		b := setup(t)
		conn, err := pgx.Connect(t.Context(), pgtest.URL(t))
		require.NoError(t, err)
		defer func() { _ = conn.Close(context.Background()) }()
		_, err = b.pool.Exec(t.Context(), `SELECT pg_terminate_backend($1, 5000)`, int32(conn.PgConn().PID()))
		require.NoError(t, err)
		_, err = conn.Exec(t.Context(), `SELECT 1`)
		require.Error(t, err)
		require.Equal(t, fault.Unavailable, fault.CodeOf(postgres.Fail(err, "op")))
		_, err = conn.Exec(t.Context(), `SELECT 1`)
		require.Equal(t, fault.Unavailable, fault.CodeOf(postgres.Fail(err, "op")), "and afterwards")
	})
}
