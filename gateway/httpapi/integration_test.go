package httpapi_test

import (
	"context"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lienthong/lienthong/adapters"
	"github.com/lienthong/lienthong/adapters/strict"
	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/gateway/httpapi"
	"github.com/lienthong/lienthong/gateway/postgres"
	"github.com/lienthong/lienthong/internal/fault"
	"github.com/lienthong/lienthong/internal/journal"
	"github.com/lienthong/lienthong/internal/pgtest"
	"github.com/lienthong/lienthong/schema"
)

// whole is the API over the real store, with committer, sequencer and sealer at work.
func whole(t *testing.T) (b bundle, sources postgresKeys) {
	t.Helper()
	db := postgres.New(pgtest.New(t))
	ctx, cancel := context.WithCancel(t.Context())
	quiet := slog.New(slog.DiscardHandler)
	key, err := journal.GenerateKey()
	require.NoError(t, err)
	earlier, err := journal.GenerateKey()
	require.NoError(t, err)
	trusted := earlier.Keys()
	maps.Copy(trusted, key.Keys())
	sequencer := postgres.NewSequencer(db, quiet).WithSealer(postgres.NewSealer(db, key, quiet))
	spec := adapters.Spec{Name: "toy", Version: 1, Kinds: []adapters.KindSpec{{Kind: schema.KindOrganisation, Order: adapters.ByArrival}}}
	toy := adapter{dec: strict.New(strict.Options{})}
	in := gateway.NewIngestor(gateway.IngestorOptions{
		Sources: []gateway.Source{{Code: "onestop", Spec: spec, Adapter: toy}, {Code: "land", Spec: spec, Adapter: toy}}, Store: db, Feed: sequencer, Key: key,
	})
	committer := gateway.NewCommitter(in)
	var running sync.WaitGroup
	for _, run := range []func(context.Context) error{committer.Run, sequencer.Run} {
		running.Go(func() { _ = run(ctx) })
	}
	t.Cleanup(func() { cancel(); running.Wait() })
	api, err := httpapi.New(httpapi.Options{Ingestor: in, Committer: committer, Feed: gateway.NewFeed(db), Read: db, Access: db, Journal: db, Sealed: db, Key: key, Trusted: trusted,
		Ops: &httpapi.Ops{Store: db, Destinations: map[string]gateway.Capacity{"dvcqg": {}}}})
	require.NoError(t, err)
	for _, source := range []string{"onestop", "land"} {
		key, err := db.CreateKey(t.Context(), source, gateway.EveryFeed)
		require.NoError(t, err)
		sources = append(sources, key)
	}
	return bundle{api: api, key: key, db: db}, sources
}

type postgresKeys []string

func TestWithPostgres(t *testing.T) {
	t.Parallel()
	b, keys := whole(t)
	onestop, land := keys[0], keys[1]
	push := func(body string, headers ...string) request {
		return request{path: "/v1/records", key: onestop, body: body, headers: headers}
	}

	t.Run("a push is stored, repeated, and replayed under its key", func(t *testing.T) {
		first := b.do(t, push(good, "Idempotency-Key", `"one"`))
		a := answer(t, first)
		require.Equal(t, gateway.Accepted, a.Results[0].Records[0].Verdict)
		require.Equal(t, gateway.Unchanged, answer(t, b.do(t, push(good))).Results[0].Records[0].Verdict)
		again := b.do(t, push(good, "Idempotency-Key", `"one"`))
		require.Equal(t, "true", again.Header().Get("Idempotent-Replayed"))
		require.Equal(t, a, answer(t, again))
		require.Equal(t, fault.KeyReused, problem(t, b.do(t, push(other, "Idempotency-Key", `"one"`))).Code)

		r := decode[httpapi.Record](t, b.do(t, request{method: "GET", path: "/v1/records/onestop/organisation/A%2F1", key: onestop}).Body.Bytes())
		require.Equal(t, *a.Results[0].Records[0].EntityID, r.EntityID)
		require.Contains(t, string(r.Body), "Công ty Một")
		require.Equal(t, 404, b.do(t, request{method: "GET", path: "/v1/records/onestop/organisation/A%2F1", key: land}).Code)
		j := decode[httpapi.Journey](t, b.do(t, request{method: "GET", path: "/v1/records/onestop/organisation/A/1/journey", key: onestop}).Body.Bytes())
		require.NotEmpty(t, j.Events)
	})

	t.Run("a refused push is found by its submission id, by its source alone", func(t *testing.T) {
		for _, q := range []request{push(`{"so":"9"}`), {path: "/v1/records:batch", key: onestop, body: `[{"so":`}} {
			p := problem(t, b.do(t, q))
			s := decode[httpapi.Submission](t, b.do(t, request{method: "GET", path: "/v1/submissions/" + p.SubmissionID, key: onestop}).Body.Bytes())
			require.Equal(t, p.Code, s.Code)
			require.Equal(t, int64(len(q.body)), s.Length)
			require.Equal(t, 404, b.do(t, request{method: "GET", path: "/v1/submissions/" + p.SubmissionID, key: land}).Code)
		}
	})

	t.Run("pushes at once share commits, and the feed shows every entity once", func(t *testing.T) {
		start := page(t, b.do(t, request{method: "GET", path: "/v1/feeds/all?wait=10", key: land})).NextCursor
		var all sync.WaitGroup
		for i := range 40 {
			all.Go(func() {
				w := b.do(t, push(fmt.Sprintf(`{"so":"P-%d","ten":"Công ty %d","mst":"03000000%02d"}`, i, i, i)))
				if w.Code != http.StatusOK {
					t.Errorf("push %d: %s", i, w.Body)
				}
			})
		}
		all.Wait()
		lines := ""
		for i := range 60 {
			lines += fmt.Sprintf("{\"so\":\"L-%d\",\"ten\":\"Hộ %d\",\"mst\":\"04000000%02d\"}\n", i, i, i)
		}
		a := answer(t, b.do(t, request{path: "/v1/records:batch", key: onestop, body: lines, headers: []string{"Content-Type", "application/x-ndjson"}}))
		require.Equal(t, 60, a.Summary.Accepted)

		ids, entities, last, cursor := map[string]bool{}, map[string]bool{}, "", start
		for until := time.Now().Add(20 * time.Second); len(entities) < 100 && time.Now().Before(until); {
			p := page(t, b.do(t, request{method: "GET", path: "/v1/feeds/organisations?limit=30&wait=1&cursor=" + cursor, key: land}))
			for _, e := range p.Items {
				require.Greater(t, e.Sequence, last)
				require.False(t, ids[e.ID.String()])
				ids[e.ID.String()], entities[e.PartitionKey], last = true, true, e.Sequence
			}
			cursor = p.NextCursor
		}
		require.Len(t, entities, 100)
	})

	t.Run("a dry run says what a push would do", func(t *testing.T) {
		dry := func(query, body string) *httptest.ResponseRecorder {
			return b.do(t, request{path: "/v1/records?" + query, key: onestop, body: body})
		}
		fresh := `{"so":"D-1","ten":"Công ty Khô","mst":"0500000001"}`
		for range 2 {
			w := dry("dry_run=true", fresh)
			require.Equal(t, 200, w.Code, w.Body.String())
			r := decode[httpapi.RehearsalAnswer](t, w.Body.Bytes())
			require.True(t, r.DryRun)
			require.Equal(t, 1, r.Summary.Accepted)
			require.Equal(t, "D-1", r.WouldStore[0].ID)
			require.Equal(t, "Công ty Khô", r.WouldStore[0].Body["legal_name"])
			require.Nil(t, r.WouldStore[0].EntityID)
			require.NotContains(t, w.Body.String(), "submission_id")
		}
		require.Equal(t, 1, decode[httpapi.RehearsalAnswer](t, dry("dry_run=true", `{"so":"9"}`).Body.Bytes()).Summary.Rejected, "a refusal is an answer too")
		require.Equal(t, gateway.Accepted, answer(t, dry("dry_run=false", fresh)).Results[0].Records[0].Verdict)
		for _, query := range []string{"dry_run=1", "dry_run", "Dry_run=true", "dry_run=true&dry_run=true", "dry_run=true&x=1"} {
			require.Equal(t, 422, dry(query, fresh).Code, query)
		}
		require.Equal(t, 422, b.do(t, request{path: "/v1/records:batch?dry_run=true", key: onestop, body: "[" + fresh + "]"}).Code)
	})

	t.Run("a snapshot shows every entity that the feed has told of, and the feed goes on from it", func(t *testing.T) {
		var all []string
		for cursor := ""; ; {
			p := snapshotPage(t, b.do(t, request{method: "GET", path: "/v1/feeds/organisations/snapshot?limit=40&cursor=" + cursor, key: land}))
			for _, e := range p.Items {
				all = append(all, e.PartitionKey)
			}
			if cursor = p.NextCursor; !p.HasMore {
				page(t, b.do(t, request{method: "GET", path: "/v1/feeds/organisations?cursor=" + p.DeltaCursor, key: land}))
				break
			}
		}
		require.Greater(t, len(all), 100)
		require.True(t, slices.IsSorted(all), "by id")
		for _, e := range page(t, b.do(t, request{method: "GET", path: "/v1/feeds/organisations?limit=1000", key: land})).Items {
			require.Contains(t, all, e.PartitionKey, "what the feed has told of so far")
		}
	})

	t.Run("a stranger leaves a note", func(t *testing.T) {
		require.Equal(t, 401, b.do(t, request{path: "/v1/records", key: "lt_unknown_key_0123456789", body: good}).Code)
		require.Equal(t, 200, b.do(t, request{method: "GET", path: "/readyz", key: "none"}).Code)
	})
}
