package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"github.com/lienthong/lienthong/cmd/lienthong/audit"
	"github.com/lienthong/lienthong/cmd/lienthong/world"
	"github.com/lienthong/lienthong/internal/pgtest"
)

// TestTwoServeTwoWork pushes a small province through two APIs, kills the API
// that numbers the feed and a worker in the middle of it, and asks the checker.
func TestTwoServeTwoWork(t *testing.T) {
	t.Parallel()
	pool := pgtest.New(t)
	g := prepare(t, pgtest.URL(t))
	first := launch(t, "serve", "--config", g.file)
	require.Eventually(t, func() bool { return leader(t, pool) == first.cmd.Process.Pid }, startTime, 20*time.Millisecond, "the only node leads")
	second := launch(t, "serve", "--config", g.file)
	worker, other := launch(t, "work", "--config", g.file), launch(t, "work", "--config", g.file)
	s := &sources{ground: g, log: filepath.Join(g.dir, "world.jsonl"), apis: []string{first.told(t, "api"), second.told(t, "api")}}
	w := world.New(world.Options{Seed: 11, Dossiers: 120})
	messages := s.describe(t, w)
	third := len(messages) / 3

	s.push(t, messages[:third])
	require.Eventually(t, func() bool { return unnumbered(t, pool) == 0 }, startTime, 20*time.Millisecond)
	require.Equal(t, g.feed(t, s.apis[0]), g.feed(t, s.apis[1]), "both APIs show the same")

	ready := make(chan struct{})
	pushing := errgroup.Group{}
	pushing.Go(func() error { close(ready); return s.pushAll(t.Context(), messages[third:]) })
	<-ready
	require.NoError(t, first.cmd.Process.Kill())
	killed := time.Now()
	require.Eventually(t, func() bool { n := leader(t, pool); return n != 0 && n != first.cmd.Process.Pid }, 20*time.Second, 5*time.Millisecond, "another leads")
	before := head(t, pool)
	require.Eventually(t, func() bool { return head(t, pool) > before }, 20*time.Second, 5*time.Millisecond, "it numbers what comes")
	t.Logf("the feed moved again %s after its leader was killed", time.Since(killed).Round(time.Millisecond))
	require.NoError(t, worker.cmd.Process.Kill())
	require.NoError(t, pushing.Wait())

	s.settle(t, pool)
	items := g.feed(t, s.apis[1])
	require.EqualValues(t, head(t, pool), len(items), "every position is there")
	for i, sequence := range items {
		require.Equal(t, i+1, sequence, "positions are dense")
	}
	require.Zero(t, second.end(t, syscall.SIGTERM), "a node that is told to stop ends well")
	require.Zero(t, other.end(t, syscall.SIGTERM))
	report, err := audit.Run(t.Context(), audit.Options{WorldLog: s.log, PortalLog: g.log, DatabaseURL: g.config.DatabaseURL, Destinations: []audit.Destination{{Code: "dvcqg", Lookup: "trail"}}})
	require.NoError(t, err)
	for _, c := range report.Checks {
		require.Zero(t, c.Violations, "%s: %v", c.ID, c.Examples)
		if c.ID != "I9" { // no breaker has to open
			require.Positive(t, c.Checked, c.ID)
		}
	}
	require.Equal(t, len(messages), report.Messages)
}

// leader returns the process that numbers the feed; 0: none. Processes tell PostgreSQL their names.
func leader(t *testing.T, pool *pgxpool.Pool) int {
	t.Helper()
	var name string
	err := pool.QueryRow(t.Context(), `
		SELECT coalesce(max(a.application_name), '')
		FROM pg_locks l
		JOIN pg_stat_activity a USING (pid)
		WHERE l.locktype = 'advisory' AND l.objid = 7264001 AND l.granted AND a.datname = current_database()`).Scan(&name)
	require.NoError(t, err)
	parts := strings.Split(name, "-")
	if len(parts) < 3 {
		return 0
	}
	pid, err := strconv.Atoi(parts[len(parts)-2])
	require.NoError(t, err, name)
	return pid
}

func head(t *testing.T, pool *pgxpool.Pool) (n int64) {
	t.Helper()
	require.NoError(t, pool.QueryRow(t.Context(), `SELECT position FROM feed_head`).Scan(&n))
	return n
}

func unnumbered(t *testing.T, pool *pgxpool.Pool) (n int) {
	t.Helper()
	require.NoError(t, pool.QueryRow(t.Context(), `SELECT count(*) FROM change_inbox`).Scan(&n))
	return n
}

// sources push to several APIs and write down what they are answered, as the checker wants it.
type sources struct {
	*ground
	apis []string
	log  string
	next atomic.Int64
	mu   sync.Mutex
}

// describe writes down what the portal should show in the end, and returns the messages.
func (s *sources) describe(t *testing.T, w *world.World) (messages []world.Message) {
	t.Helper()
	for block := range w.Blocks() {
		messages = append(messages, block.Messages...)
		for _, truth := range block.Truths {
			shown := audit.Truth(truth)
			require.NoError(t, s.write(audit.WorldLine{Type: "truth", Truth: &shown}))
		}
	}
	return messages
}

func (s *sources) write(l audit.WorldLine) error {
	data, err := json.Marshal(l)
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	file, err := os.OpenFile(s.log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer func() { _ = file.Close() }()
	_, err = file.Write(append(data, '\n'))
	return err
}

func (s *sources) push(t *testing.T, messages []world.Message) {
	t.Helper()
	require.NoError(t, s.pushAll(t.Context(), messages))
}

// pushAll pushes with a few hands, to the APIs in turn.
func (s *sources) pushAll(ctx context.Context, messages []world.Message) error {
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(4)
	for _, m := range messages {
		g.Go(func() error { return s.one(ctx, m) })
	}
	return g.Wait()
}

// one pushes a message until it is answered: where one API is gone, to the other.
func (s *sources) one(ctx context.Context, m world.Message) error {
	number := s.next.Add(1)
	id := fmt.Sprintf("push-%04d", number)
	line := audit.WorldLine{Type: "push", ID: id, Source: m.Source, Messages: []audit.PushedMessage{{Class: string(m.Class), Form: m.Form, SHA256: sha(m.Body)}}}
	if err := s.write(line); err != nil {
		return err
	}
	for try := number; ; try++ {
		status, body, err := s.ground.push(ctx, s.apis[int(try)%len(s.apis)], id, m)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil || status >= 500 || status == http.StatusConflict {
			continue
		}
		var answer struct {
			SubmissionID string `json:"submission_id"`
			Results      []struct {
				SubmissionID string                 `json:"submission_id"`
				Records      []audit.AnsweredRecord `json:"records"`
			} `json:"results"`
		}
		if err := json.Unmarshal(body, &answer); err != nil {
			return err
		}
		answered := audit.Answered{Submission: answer.SubmissionID, Records: []audit.AnsweredRecord{{Verdict: "rejected"}}}
		if status == http.StatusOK {
			answered = audit.Answered{Submission: answer.Results[0].SubmissionID, Records: answer.Results[0].Records}
		} else if answer.SubmissionID == "" {
			return fmt.Errorf("the answer to %s is %d", id, status)
		}
		return s.write(audit.WorldLine{Type: "answer", ID: id, Results: []audit.Answered{answered}})
	}
}

// settle waits until everything is numbered and stands at the portal.
func (s *sources) settle(t *testing.T, pool *pgxpool.Pool) {
	t.Helper()
	require.Eventually(t, func() bool {
		var left int
		require.NoError(t, pool.QueryRow(t.Context(), `
			SELECT (SELECT count(*) FROM delivery WHERE state NOT IN ('delivered', 'confirmed') OR verify_at IS NOT NULL)
			       + (SELECT count(*) FROM delivery_due) + (SELECT count(*) FROM change_inbox)`).Scan(&left))
		return left == 0
	}, 2*time.Minute, 50*time.Millisecond, "everything stands at the portal")
}

// feed reads the whole feed of an API and returns the positions.
func (g *ground) feed(t *testing.T, api string) (positions []int) {
	t.Helper()
	for cursor := ""; ; {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, api+"/v1/feeds/all?limit=1000&cursor="+cursor, nil)
		require.NoError(t, err)
		request.Header.Set("Authorization", "Bearer "+g.keys[world.OneStop])
		response, err := http.DefaultClient.Do(request)
		require.NoError(t, err)
		var page struct {
			Items      []struct{ Sequence string }
			NextCursor string `json:"next_cursor"`
			HasMore    bool   `json:"has_more"`
		}
		err = json.NewDecoder(response.Body).Decode(&page)
		_ = response.Body.Close()
		require.NoError(t, err)
		for _, item := range page.Items {
			n, err := strconv.Atoi(item.Sequence)
			require.NoError(t, err)
			positions = append(positions, n)
		}
		if cursor = page.NextCursor; !page.HasMore {
			return positions
		}
	}
}
