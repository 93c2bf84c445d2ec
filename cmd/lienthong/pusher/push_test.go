package pusher_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"

	"github.com/lienthong/lienthong/cmd/lienthong/pusher"
	"github.com/lienthong/lienthong/cmd/lienthong/world"
	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/gateway/httpapi"
	"github.com/lienthong/lienthong/gateway/postgres"
	"github.com/lienthong/lienthong/internal/fault"
	"github.com/lienthong/lienthong/internal/pgtest"
)

// rig is the real API over a real store, behind a line that can be bad.
type rig struct {
	pool *pgxpool.Pool
	url  string
	key  string
	line *line
}

// line is what stands between a pusher and the API.
type line struct {
	calls atomic.Int64
	// before decides on the n-th call, from 1: an answer in place of the API's, or nil to go on.
	before func(n int64, r *http.Request) *http.Response
	// after may lose the answer of the n-th call.
	after func(n int64) error
}

// RoundTrip implements http.RoundTripper.
func (l *line) RoundTrip(r *http.Request) (*http.Response, error) {
	n := l.calls.Add(1)
	if l.before != nil {
		if answer := l.before(n, r); answer != nil {
			return answer, nil
		}
	}
	answer, err := http.DefaultTransport.RoundTrip(r)
	if err == nil && l.after != nil {
		if err := l.after(n); err != nil {
			_ = answer.Body.Close()
			return nil, err
		}
	}
	return answer, err
}

func says(status int, header http.Header, body string) *http.Response {
	if header == nil {
		header = http.Header{}
	}
	return &http.Response{StatusCode: status, Header: header, Body: io.NopCloser(strings.NewReader(body))}
}

func setup(t *testing.T) *rig {
	t.Helper()
	pool, _ := pgtest.Another(t) // not New: two rigs of one test are two gateways
	store := postgres.New(pool)
	in := gateway.NewIngestor(gateway.IngestorOptions{
		Sources: []gateway.Source{source(t, world.OneStop, "onestop")}, Store: store, Logger: slog.New(slog.DiscardHandler),
	})
	committer := gateway.NewCommitter(in)
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() { _ = committer.Run(ctx) })
	t.Cleanup(func() { cancel(); running.Wait() })
	api, err := httpapi.New(httpapi.Options{Ingestor: in, Committer: committer, Feed: gateway.NewFeed(store), Read: store, Access: store})
	require.NoError(t, err)
	server := httptest.NewServer(api)
	t.Cleanup(server.Close)
	key, err := store.CreateKey(t.Context(), world.OneStop)
	require.NoError(t, err)
	return &rig{pool: pool, url: server.URL, key: key, line: &line{}}
}

func (r *rig) options(files ...string) pusher.Options {
	return pusher.Options{
		URL: r.url, Key: r.key, Input: pusher.InputOptions{Files: files}, HTTP: &http.Client{Transport: r.line}, Patience: time.Minute,
		Pause: time.Millisecond,
	}
}

func (r *rig) count(t *testing.T, query string) (n int64) {
	t.Helper()
	require.NoError(t, r.pool.QueryRow(t.Context(), query).Scan(&n))
	return n
}

// messages are those of a small world's one-stop system, bad ones among them, a line each.
func messages(dossiers int) []world.Message {
	var all []world.Message
	for block := range world.New(world.Options{Seed: 7, Dossiers: dossiers}).Blocks() {
		for _, m := range block.Messages {
			if m.Source == world.OneStop {
				m.Body = bytes.ReplaceAll(m.Body, []byte("\n"), []byte(" "))
				all = append(all, m)
			}
		}
	}
	return all
}

func lines(all []world.Message) string {
	var b strings.Builder
	for _, m := range all {
		b.Write(m.Body)
		b.WriteByte('\n')
	}
	return b.String()
}

func rejected(t *testing.T, path string) (all []pusher.Reject) {
	t.Helper()
	data, err := os.ReadFile(path)
	require.NoError(t, err)
	for line := range strings.Lines(string(data)) {
		var r pusher.Reject
		require.NoError(t, json.Unmarshal([]byte(line), &r))
		all = append(all, r)
	}
	return all
}

func TestPush(t *testing.T) {
	t.Parallel()
	r := setup(t)
	all := messages(300)
	o := r.options(write(t, "all.ndjson.gz", zipped(t, lines(all))))
	o.Rejects = filepath.Join(t.TempDir(), "rejects.ndjson")
	first, err := pusher.Push(t.Context(), o)
	require.NoError(t, err)
	require.EqualValues(t, len(all), first.Messages)
	require.Equal(t, int64(len(all)), r.count(t, `SELECT count(*) FROM submission`), "each message is kept once, refused ones too")
	require.Equal(t, first.Accepted, r.count(t, `SELECT count(*) FROM record_revision`))

	t.Run("what is rejected is named by its place", func(t *testing.T) {
		bad := map[int64]bool{}
		for i, m := range all {
			if m.Class == world.Bad {
				bad[int64(i+1)] = true
			}
		}
		named := map[int64]bool{}
		for _, reject := range rejected(t, o.Rejects) {
			named[reject.Position] = true
			require.Equal(t, reject.Position, reject.Line)
			require.NotEmpty(t, reject.Code)
			require.NotEmpty(t, reject.SubmissionID)
			require.NotContains(t, reject.Detail, "H05.99", "never the value")
		}
		require.Empty(t, cmp.Diff(bad, named))
		require.EqualValues(t, len(bad), first.Rejected)
	})

	t.Run("no state is left", func(t *testing.T) {
		left, err := filepath.Glob(filepath.Join(filepath.Dir(o.Input.Files[0]), "*"))
		require.NoError(t, err)
		require.Equal(t, o.Input.Files, left)
	})

	t.Run("the same file again is looked at again, and nothing of it is new", func(t *testing.T) {
		again, err := pusher.Push(t.Context(), o)
		require.NoError(t, err)
		require.Zero(t, again.Replayed)
		require.Zero(t, again.Accepted)
		require.Equal(t, first.Rejected, again.Rejected)
		require.Equal(t, first.Accepted+first.Superseded+first.Unchanged+first.NeedsReview, again.Superseded+again.Unchanged+again.NeedsReview)
	})
}

// TestPushOverABadLine loses answers, is turned away in every way that passes, and is stopped at every third call.
func TestPushOverABadLine(t *testing.T) {
	t.Parallel()
	good, bad := setup(t), setup(t)
	all := messages(600)
	file := write(t, "all.ndjson", lines(all))
	o := good.options(file)
	o.Rejects = filepath.Join(t.TempDir(), "rejects")
	want, err := pusher.Push(t.Context(), o)
	require.NoError(t, err)

	var stop context.CancelFunc
	bad.line.before = func(n int64, r *http.Request) *http.Response {
		switch n % 7 {
		case 1:
			return says(http.StatusServiceUnavailable, http.Header{"Retry-After": {"0"}}, "busy")
		case 3:
			return says(http.StatusTooManyRequests, http.Header{"Retry-After": {"0"}}, "{}")
		case 5:
			return says(http.StatusConflict, nil, "{}")
		}
		return nil
	}
	bad.line.after = func(n int64) error {
		switch n % 7 {
		case 2:
			return io.ErrUnexpectedEOF
		case 6:
			stop()
		}
		return nil
	}
	p := bad.options(file)
	p.Rejects = filepath.Join(t.TempDir(), "rejects")
	p.State = filepath.Join(t.TempDir(), "state.json")
	var got pusher.Result
	runs := 0
	for ; runs < 60; runs++ {
		ctx, cancel := context.WithCancel(t.Context())
		stop = cancel
		got, err = pusher.Push(ctx, p)
		cancel()
		if err == nil {
			break
		}
		require.Equal(t, fault.Unavailable, fault.CodeOf(err), "%v", err)
	}
	require.NoError(t, err)
	require.Greater(t, runs, 1)
	require.True(t, got.Resumed)
	require.Equal(t, want.Counts, got.Counts)
	require.Equal(t, int64(len(all)), bad.count(t, `SELECT count(*) FROM submission`), "nothing twice, nothing lost")
	for _, query := range []string{`SELECT count(*) FROM record`, `SELECT count(*) FROM record_revision`, `SELECT count(*) FROM entity`} {
		require.Equal(t, good.count(t, query), bad.count(t, query), query)
	}
	strip := cmp.Transformer("place", func(r pusher.Reject) [3]any { return [3]any{r.Position, r.Pointer, r.Code} })
	require.Empty(t, cmp.Diff(rejected(t, o.Rejects), rejected(t, p.Rejects), strip))
}

func TestPushStops(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		answer *http.Response
		code   fault.Code
	}{
		{"a key that is none", says(401, nil, `{"code":"unauthorized","title":"Chưa xác thực"}`), fault.Unauthorized},
		{"a key of another operation", says(403, nil, `{"code":"forbidden"}`), fault.Forbidden},
		{"a URL that is not the API's", says(404, nil, `<html>`), fault.Usage},
		{"a page of somebody in between", says(400, nil, `<html>`), fault.Invalid},
		{"a way elsewhere", says(302, http.Header{"Location": {"http://192.0.2.1/"}}, ``), fault.Invalid},
		{"an answer that is none", says(200, nil, `<html>`), fault.Internal},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			calls := 0
			o := pusher.Options{URL: "http://127.0.0.1:1", Key: "k", Input: pusher.InputOptions{Files: []string{write(t, "a.ndjson", "{}\n{}\n")}}}
			o.HTTP = &http.Client{
				CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
				Transport: transport(func(*http.Request) (*http.Response, error) {
					calls++
					return tt.answer, nil
				}),
			}
			_, err := pusher.Push(t.Context(), o)
			require.Equal(t, tt.code, fault.CodeOf(err), "%v", err)
			require.Equal(t, 1, calls, "what repeating would not mend is not repeated")
		})
	}
}

type transport func(*http.Request) (*http.Response, error)

// RoundTrip implements http.RoundTripper.
func (t transport) RoundTrip(r *http.Request) (*http.Response, error) { return t(r) }

func TestPushState(t *testing.T) {
	t.Parallel()
	// The second batch never gets through.
	start := func(t *testing.T) pusher.Options {
		t.Helper()
		calls := 0
		o := pusher.Options{URL: "http://127.0.0.1:1", Key: "k", Patience: time.Nanosecond, Pause: time.Nanosecond}
		o.Input.Files = []string{write(t, "a.ndjson", strings.Repeat("{}\n", 700))}
		o.HTTP = &http.Client{Transport: transport(func(*http.Request) (*http.Response, error) {
			if calls++; calls > 1 {
				return nil, errors.New("no line")
			}
			return says(200, nil, `{"results":[`+strings.Repeat(`{"records":[{"verdict":"accepted"}]},`, 499)+`{"records":[]}]}`), nil
		})}
		got, err := pusher.Push(t.Context(), o)
		require.Equal(t, fault.Unavailable, fault.CodeOf(err))
		require.EqualValues(t, 500, got.Messages)
		require.EqualValues(t, 499, got.Accepted)
		return o
	}
	t.Run("another file under the name is not taken for this one", func(t *testing.T) {
		t.Parallel()
		o := start(t)
		require.NoError(t, os.WriteFile(o.Input.Files[0], []byte(strings.Repeat("[]\n", 700)), 0o600))
		_, err := pusher.Push(t.Context(), o)
		require.ErrorContains(t, err, "--restart")
		require.NoError(t, os.WriteFile(o.Input.Files[0], []byte(strings.Repeat("{}\n", 300)), 0o600))
		_, err = pusher.Push(t.Context(), o)
		require.ErrorContains(t, err, "--restart")
	})
	t.Run("nor is another gateway or source", func(t *testing.T) {
		t.Parallel()
		o := start(t)
		other := o
		other.URL = "http://127.0.0.1:2"
		_, err := pusher.Push(t.Context(), other)
		require.ErrorContains(t, err, "--restart")
		other = o
		other.Key = "l"
		_, err = pusher.Push(t.Context(), other)
		require.ErrorContains(t, err, "--restart")
	})
	t.Run("it holds no key and nothing of a message", func(t *testing.T) {
		t.Parallel()
		o := start(t)
		data, err := os.ReadFile(o.Input.Files[0] + ".push.json")
		require.NoError(t, err)
		require.NotContains(t, string(data), `"k"`)
		require.Contains(t, string(data), `"messages": 500`)
	})
	t.Run("restart begins anew", func(t *testing.T) {
		t.Parallel()
		o := start(t)
		o.Restart = true
		got, err := pusher.Push(t.Context(), o)
		require.Error(t, err)
		require.Zero(t, got.Messages)
		require.False(t, got.Resumed)
	})
}
