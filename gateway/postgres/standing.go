package postgres

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/lienthong/lienthong/gateway"
)

// Standing implements [gateway.StandingStore]. The leader is who holds the
// sequencer's advisory lock in this database: a lock of one bigint shows with
// its upper half as classid, its lower as objid and 1 as objsubid.
func (s *Store) Standing(ctx context.Context) (gateway.Standing, error) {
	const op = "postgres.Standing"
	var st gateway.Standing
	var fsync, commit, pages string
	err := s.pool.QueryRow(ctx, `
		SELECT current_setting('server_version_num')::int, current_setting('fsync'), current_setting('synchronous_commit'),
		       current_setting('full_page_writes'), NOT pg_is_in_recovery() AND current_setting('default_transaction_read_only') = 'off',
		       EXISTS (SELECT FROM pg_locks
		               WHERE locktype = 'advisory' AND granted AND objsubid = 1
		                 AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
		                 AND (classid::bigint << 32) + objid::bigint = $1),
		       clock_timestamp()`, int64(sequencerLock)).
		Scan(&st.Version, &fsync, &commit, &pages, &st.Writable, &st.Leader, &st.Clock)
	if err != nil {
		return st, fail(err, op)
	}
	st.Settings = map[string]string{"fsync": fsync, "synchronous_commit": commit, "full_page_writes": pages}
	if st.Schema, err = s.newest(ctx, `SELECT coalesce(max(version_id), 0) FROM goose_db_version WHERE is_applied`); err != nil {
		return st, fail(err, op)
	}
	st.RiverSchema, err = s.newest(ctx, `SELECT coalesce(max(version), 0) FROM river_migration WHERE line = 'main'`)
	return st, fail(err, op)
}

// undefinedTable is the SQLSTATE of a table that is not there.
const undefinedTable = "42P01"

// newest returns 0 where not even the list of migrations exists. Both lists have a few rows.
func (s *Store) newest(ctx context.Context, query string) (version int64, err error) {
	err = s.pool.QueryRow(ctx, query).Scan(&version)
	var pg *pgconn.PgError
	if errors.As(err, &pg) && pg.Code == undefinedTable || errors.Is(err, pgx.ErrNoRows) {
		return 0, nil
	}
	return version, err
}

var _ gateway.StandingStore = (*Store)(nil)
