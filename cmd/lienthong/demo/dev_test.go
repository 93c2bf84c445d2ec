package demo

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"
)

// silent is a progress that nobody follows.
type silent struct{ said []string }

func (s *silent) Say(format string, args ...any) {
	s.said = append(s.said, fmt.Sprintf(format, args...))
}
func (s *silent) Pushed(int, int, int) {}
func (s *silent) Done()                {}

// seen is one push as a gateway gets it.
type seen struct{ ID, Path, Body string }

// gateway takes pushes until it has seen so many, loses the answer to the last and ends the context.
func gateway(t *testing.T, most int, end context.CancelFunc) (api string, pushes *[]seen) {
	t.Helper()
	pushes = &[]seen{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		*pushes = append(*pushes, seen{ID: r.Header.Get("Idempotency-Key"), Path: r.URL.Path, Body: string(body)})
		if len(*pushes) == most {
			end()
			panic(http.ErrAbortHandler)
		}
		results := []map[string]any{}
		for range messagesOf(r, body) {
			results = append(results, map[string]any{"submission_id": "s"})
		}
		_ = json.NewEncoder(w).Encode(map[string]any{"results": results})
	}))
	t.Cleanup(server.Close)
	return server.URL, pushes
}

// messagesOf counts what a push holds.
func messagesOf(r *http.Request, body []byte) int {
	switch {
	case r.URL.Path == "/v1/records":
		return 1
	case r.Header.Get("Content-Type") == "application/x-ndjson":
		return bytes.Count(body, []byte("\n"))
	}
	var all []json.RawMessage
	_ = json.Unmarshal(body, &all)
	return len(all)
}

// begin opens the folder as a start does.
func begin(t *testing.T, dir string) *dev {
	t.Helper()
	f, state, err := openDevFolder(dir)
	require.NoError(t, err)
	d := &dev{DevOptions: DevOptions{Rate: 1e6, Progress: &silent{}}, folder: f, state: state}
	require.NoError(t, d.choose(t.Context()))
	return d
}

func TestTrafficGoesOnWhereItStopped(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	pushed := func(most int) []seen {
		ctx, end := context.WithCancel(t.Context())
		defer end()
		d := begin(t, dir)
		api, pushes := gateway(t, most, end)
		traffic, err := d.newTraffic(api)
		require.NoError(t, err)
		require.NoError(t, traffic.run(ctx))
		return *pushes
	}
	first, second := pushed(8), pushed(5)
	require.Len(t, first, 8)
	require.Len(t, second, 5)
	require.Empty(t, cmp.Diff(first[7], second[0]), "the push without an answer is sent again, to the byte")
	for i, push := range append(first[:7:7], second...) {
		require.Equal(t, fmt.Sprintf(`"dev-1-%06d"`, i+1), push.ID, "none is left out")
	}
}

func TestARefusedPushDoesNotStopTheTraffic(t *testing.T) {
	t.Parallel()
	ctx, end := context.WithCancel(t.Context())
	defer end()
	n := 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if n++; n == 3 {
			end()
		}
		w.WriteHeader(http.StatusUnauthorized)
		_, _ = io.WriteString(w, "{}")
	}))
	t.Cleanup(server.Close)
	d := begin(t, t.TempDir())
	traffic, err := d.newTraffic(server.URL)
	require.NoError(t, err)
	require.NoError(t, traffic.run(ctx))
	require.Equal(t, 3, n)
	require.Contains(t, d.Progress.(*silent).said[0], "refused")
}

func TestChildrenDoNotHearOtherGatewaysVariables(t *testing.T) {
	t.Parallel()
	require.Equal(t, []string{"PATH=/bin", "LIENTHONG_LOG_LEVEL=debug", "MY_KEY=1"}, childEnvironment([]string{
		"PATH=/bin", "LIENTHONG_DATABASE_URL=postgres://elsewhere", "LIENTHONG_LOG_LEVEL=debug", "LIENTHONG_LISTEN=:1", "MY_KEY=1", "LIENTHONG_DATA_DIR=/x",
	}))
}

func TestQuoted(t *testing.T) {
	t.Parallel()
	require.Equal(t, "/tmp/a-b/key", quoted("/tmp/a-b/key"))
	require.Equal(t, `'/tmp/it'\''s here'`, quoted("/tmp/it's here"))
	require.True(t, strings.HasPrefix(quoted("http://h/?a=1&b=2"), "'"))
}
