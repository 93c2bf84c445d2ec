package bench_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"
)

// written are the tables that ingest writes, with the columns that it fills
// and the moment of its transaction, in the order in which it writes them.
var written = []struct{ table, columns, moment string }{
	{"record", "id, source, kind, local_id, entity_id, revision, hash, source_version, event_time, adapter_version, submission_id, first_at, updated_at, body, raw", "first_at"},
	{"record_revision", "record_id, revision, hash, arrived_at, submission_id", "arrived_at"},
	{"identifier_binding", "kind, scheme, value, entity_id, created_at", "created_at"},
	{"entity", "id, kind, revision, hash, body, created_at, updated_at", "created_at"},
	{"mention", "record_id, ordinal, role, kind, entity_id, ground", "(SELECT first_at FROM record WHERE id = record_id)"},
	{"change_inbox", "entity_id, entity_kind, entity_revision, type, recorded_at", "recorded_at"},
	{"delivery", "destination, entity_id, key, slot, state, wanted_rev, due_at, created_at, updated_at", "created_at"},
	{"delivery_due", "destination, entity_id, slot, rank", "(SELECT created_at FROM delivery d WHERE d.destination = t.destination AND d.entity_id = t.entity_id)"},
	{"submission", "id, received_at, source, content_type, adapter, adapter_version, sha256, raw, code, result", "received_at"},
	{"review", "id, source, kind, local_id, hash, reason, submission_id, opened_at", "opened_at"},
}

// part is what one transaction writes to one table.
type part struct {
	table   pgx.Identifier
	columns []string
	rows    [][]any
}

// capture reads back what the gateway has stored of the named tables (none:
// all), transaction by transaction, decoded and ready to be written again.
func capture(b *testing.B, p *pgxpool.Pool, only ...string) [][]part {
	b.Helper()
	byMoment := map[time.Time][]part{}
	for _, w := range written {
		if len(only) > 0 && !slices.Contains(only, w.table) {
			continue
		}
		rows, err := p.Query(context.Background(), `SELECT `+w.moment+` AS moment, `+w.columns+` FROM `+w.table+` t ORDER BY t.tableoid, t.ctid`)
		require.NoError(b, err)
		columns := names(rows)
		for rows.Next() {
			values, err := rows.Values()
			require.NoError(b, err)
			for i, f := range rows.FieldDescriptions() {
				if f.DataTypeOID == 114 { // json: as its text, not decoded
					values[i] = slices.Clone(rows.RawValues()[i])
				}
			}
			moment := values[0].(time.Time)
			parts := byMoment[moment]
			if n := len(parts); n == 0 || parts[n-1].table[0] != w.table {
				parts = append(parts, part{table: pgx.Identifier{w.table}, columns: columns})
			}
			last := &parts[len(parts)-1]
			last.rows = append(last.rows, values[1:])
			byMoment[moment] = parts
		}
		require.NoError(b, rows.Err())
	}
	var transactions [][]part
	for _, parts := range byMoment {
		transactions = append(transactions, parts)
	}
	return transactions
}

func names(rows pgx.Rows) (columns []string) {
	for _, f := range rows.FieldDescriptions()[1:] {
		columns = append(columns, f.Name)
	}
	return columns
}

// insert writes transactions by COPY over as many connections as there are clients.
func insert(b *testing.B, p *pgxpool.Pool, transactions [][]part) {
	b.Helper()
	together(b, p, len(transactions), func(ctx context.Context, conn *pgx.Conn, i int) error {
		return pgx.BeginFunc(ctx, conn, func(tx pgx.Tx) error {
			for _, w := range transactions[i] {
				if _, err := tx.CopyFrom(ctx, w.table, w.columns, pgx.CopyFromRows(w.rows)); err != nil {
					return err
				}
			}
			return nil
		})
	})
}

// together spreads n pieces of work over the connections.
func together(b *testing.B, p *pgxpool.Pool, n int, do func(context.Context, *pgx.Conn, int) error) {
	b.Helper()
	work := make(chan int, n)
	for i := range n {
		work <- i
	}
	close(work)
	var g errgroup.Group
	for range clients {
		g.Go(func() error {
			return p.AcquireFunc(context.Background(), func(c *pgxpool.Conn) error {
				for i := range work {
					if err := do(context.Background(), c.Conn(), i); err != nil {
						return err
					}
				}
				return nil
			})
		})
	}
	require.NoError(b, g.Wait())
}

// identities are the keys and hashes of a batch of records.
type identities struct {
	sources, kinds, ids []string
	hashes              [][]byte
}

// known reads what is held of all records, in batches.
func known(b *testing.B, p *pgxpool.Pool) []identities {
	b.Helper()
	rows, err := p.Query(context.Background(), `SELECT source, kind, local_id, hash FROM record ORDER BY ctid`)
	require.NoError(b, err)
	var batches []identities
	var source, kind, id string
	var hash []byte
	_, err = pgx.ForEachRow(rows, []any{&source, &kind, &id, &hash}, func() error {
		if n := len(batches); n == 0 || len(batches[n-1].ids) == batchSize {
			batches = append(batches, identities{})
		}
		last := &batches[len(batches)-1]
		last.sources, last.kinds = append(last.sources, source), append(last.kinds, kind)
		last.ids, last.hashes = append(last.ids, id), append(last.hashes, slices.Clone(hash))
		return nil
	})
	require.NoError(b, err)
	return batches
}

// probe asks for the records of each batch by key and hash, and nothing more.
func probe(b *testing.B, p *pgxpool.Pool, batches []identities) {
	b.Helper()
	together(b, p, len(batches), func(ctx context.Context, conn *pgx.Conn, i int) error {
		k := &batches[i]
		rows, err := conn.Query(ctx, `
			SELECT r.id
			FROM unnest($1::text[], $2::text[], $3::text[], $4::bytea[]) AS k (source, kind, local_id, hash)
			JOIN record r ON r.source = k.source AND r.kind = k.kind AND r.local_id = k.local_id
			WHERE r.hash = k.hash`, k.sources, k.kinds, k.ids, k.hashes)
		if err != nil {
			return err
		}
		found, err := pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
		if err == nil && len(found) != len(k.ids) {
			err = errStatus("too few records")
		}
		return err
	})
}
