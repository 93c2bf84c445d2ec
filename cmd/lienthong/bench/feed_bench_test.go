package bench_test

import (
	"bytes"
	"context"
	"log/slog"
	"net/http"
	"net/url"
	"testing"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"

	"github.com/lienthong/lienthong/cmd/lienthong/world"
	"github.com/lienthong/lienthong/gateway/postgres"
)

// BenchmarkFeed reads the whole feed in pages of 1,000 and measures against one SELECT of the same rows.
func BenchmarkFeed(b *testing.B) {
	p := durable(b)
	s := serve(b, p, forgetful)
	empty(b, p)
	s.push(b, newDossiers(16_000))
	items := number(b, p)
	run(b, p, `ANALYZE`)
	var feed, limit cost
	for b.Loop() {
		feed = feed.plus(measure(func() { require.Equal(b, items, s.readFeed(b)) }))
		limit = limit.plus(measure(func() { require.Equal(b, items, selectFeed(b, p)) }))
	}
	report(b, "items", items, feed, limit)
}

// number gives everything in the inbox its position.
func number(b *testing.B, p *pgxpool.Pool) (items int) {
	b.Helper()
	conn, err := p.Acquire(context.Background())
	require.NoError(b, err)
	defer conn.Release()
	q := postgres.NewSequencer(postgres.New(p), slog.New(slog.DiscardHandler))
	for {
		n, err := q.Move(context.Background(), conn.Conn())
		require.NoError(b, err)
		if items += n; n == 0 {
			return items
		}
	}
}

// readFeed reads the pages to the end and counts their items.
func (s server) readFeed(b *testing.B) (items int) {
	b.Helper()
	cursor := ""
	var buffer bytes.Buffer
	for {
		request, err := http.NewRequest(http.MethodGet, s.url+"/v1/feeds/all?limit=1000&cursor="+url.QueryEscape(cursor), nil)
		require.NoError(b, err)
		request.Header.Set("Authorization", "Bearer "+key(world.OneStop))
		body, err := s.do(request, &buffer)
		require.NoError(b, err)
		// A whole decode would measure this client.
		n := bytes.Count(body, []byte(`"specversion"`))
		if n == 0 {
			return items
		}
		items += n
		_, rest, found := bytes.Cut(body[bytes.LastIndex(body, []byte(`"next_cursor":"`)):], []byte(`:"`))
		require.True(b, found)
		next, _, _ := bytes.Cut(rest, []byte(`"`))
		cursor = string(next)
	}
}

// selectFeed reads the rows of the feed with one statement.
func selectFeed(b *testing.B, p *pgxpool.Pool) (items int) {
	b.Helper()
	rows, err := p.Query(context.Background(), `
		SELECT c.position, c.entity_id, c.entity_kind, c.entity_revision, c.type, c.recorded_at, e.body, e.revision
		FROM change c
		JOIN entity e ON e.id = c.entity_id
		ORDER BY c.position`)
	require.NoError(b, err)
	defer rows.Close()
	for rows.Next() {
		items++
		_ = rows.RawValues()
	}
	require.NoError(b, rows.Err())
	return items
}
