package bench_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"

	"github.com/lienthong/lienthong/gateway/embedded"
	"github.com/lienthong/lienthong/migrations"
)

// clients is how many connections work at a time, to the gateway and to the database alike.
const clients = 4

// durable returns a pool on a migrated database of a server that runs as in
// production: fsync, synchronous_commit and full_page_writes are on.
func durable(b *testing.B) *pgxpool.Pool {
	b.Helper()
	dir, err := os.MkdirTemp("", "lienthong-bench-")
	require.NoError(b, err)
	b.Cleanup(func() { _ = os.RemoveAll(dir) })
	require.NoError(b, os.Chmod(dir, 0o711)) // the user who runs a private PostgreSQL passes through it
	cluster, err := embedded.New(embedded.Options{
		DataDir: filepath.Join(dir, "data"), Settings: map[string]string{"shared_buffers": "1GB", "max_wal_size": "4GB"},
	})
	require.NoError(b, err)
	ctx := context.Background()
	require.NoError(b, cluster.Start(ctx))
	b.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		require.NoError(b, cluster.Stop(ctx))
	})
	const name = "bench"
	require.NoError(b, cluster.CreateDatabase(ctx, name))
	require.NoError(b, migrations.Up(ctx, cluster.URL(name), nil))
	return pool(b, cluster.URL(name))
}

// pool opens as many connections as there are clients.
func pool(b *testing.B, url string) *pgxpool.Pool {
	b.Helper()
	config, err := pgxpool.ParseConfig(url)
	require.NoError(b, err)
	config.MinConns, config.MaxConns = clients, clients
	p, err := pgxpool.NewWithConfig(context.Background(), config)
	require.NoError(b, err)
	b.Cleanup(p.Close)
	var fsync, commit string
	require.NoError(b, p.QueryRow(context.Background(), `SELECT current_setting('fsync'), current_setting('synchronous_commit')`).Scan(&fsync, &commit))
	require.Equal(b, "on on", fsync+" "+commit)
	return p
}

// empty removes all rows and lets the server settle, so that each measurement starts alike.
func empty(b *testing.B, p *pgxpool.Pool) {
	b.Helper()
	run(b, p, `TRUNCATE record, record_revision, entity, identifier_binding, mention, review, change_inbox, change, delivery,
	           delivery_due, submission, idempotency, journal_inbox, journal_entry, journal_batch, delivery_count`)
	run(b, p, `UPDATE feed_head SET position = 0`)
	run(b, p, `UPDATE journal_head SET batch = 0, position = 0, signed = false`)
	run(b, p, `CHECKPOINT`)
}

func run(b testing.TB, p *pgxpool.Pool, sql string) {
	b.Helper()
	_, err := p.Exec(context.Background(), sql)
	require.NoError(b, err)
}
