package main

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"

	"github.com/lienthong/lienthong/cmd/lienthong/audit"
	"github.com/lienthong/lienthong/cmd/lienthong/world"
	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/gateway/config"
	"github.com/lienthong/lienthong/internal/pgtest"
)

// replayDossiers is how many dossiers fail in TestReplayByPlans. The figure is 4000:
//
//	go test ./cmd/lienthong -run TestReplayByPlans -replay-dossiers 4000 -timeout 30m
var replayDossiers = flag.Int("replay-dossiers", 400, "dossiers that fail in TestReplayByPlans")

// The planted causes, by the last digit of a dossier's number modulo three.
const (
	plantedSource      = iota // the portal lacks a line of a table
	plantedGateway            // our certificate is not let in
	plantedDestination        // it is down
)

var numberIn = regexp.MustCompile(`H05\.\d+-\d{6}-\d{3}(\d)`)

// front stands before a portal and fails what belongs to a cause that is planted.
type front struct {
	portal  http.Handler
	planted [3]atomic.Bool
}

func (f *front) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	m := numberIn.FindSubmatch(body)
	if m == nil || !f.planted[(m[1][0]-'0')%3].Load() {
		f.portal.ServeHTTP(w, r)
		return
	}
	switch (m[1][0] - '0') % 3 {
	case plantedSource:
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, `{"error_code":"-1","message":"Mã lĩnh vực chưa được khai báo trên Cổng"}`)
	case plantedGateway:
		w.WriteHeader(http.StatusForbidden)
	default:
		w.WriteHeader(http.StatusServiceUnavailable)
	}
}

// TestReplayByPlans lets dossiers fail for three planted causes, shows them as
// three, and sends each again by a plan: started twice, by two operators at
// once, carried out by two processes of which one is killed in the middle.
func TestReplayByPlans(t *testing.T) {
	t.Parallel()
	pool := pgtest.New(t)
	g := prepare(t, pgtest.URL(t))
	f := &front{portal: g.portal.Handler()}
	server := httptest.NewServer(f)
	t.Cleanup(server.Close)
	d := &g.config.Destinations[0]
	d.URL, d.Batch, d.RetryCap, d.Breaker = server.URL+"/VXPAdapter/RestService/forward", 1, 0, config.Breaker{MinCalls: 1_000_000}
	g.write(t)
	for i := range f.planted {
		f.planted[i].Store(true)
	}
	a, b := launch(t, "serve", "--work", "--config", g.file), launch(t, "serve", "--work", "--config", g.file)
	s := &sources{ground: g, log: filepath.Join(g.dir, "world.jsonl"), apis: []string{a.told(t, "api"), b.told(t, "api")}}
	s.push(t, s.describe(t, world.New(world.Options{Seed: 21, Dossiers: *replayDossiers})))
	stuck(t, pool)
	importContacts(t, g)

	groups := failuresOf(t, g)
	require.Len(t, groups, 3, "three causes, however many dossiers")
	for i, want := range []struct {
		shelf gateway.Shelf
		cause string
		from  string
	}{{gateway.ShelfSource, "refused:mã lĩnh vực", "raw"}, {gateway.ShelfGateway, "http.403", "canonical"}, {gateway.ShelfDestination, "http.503", "canonical"}} {
		group := groups[want.shelf]
		require.Contains(t, group.Cause, want.cause)
		require.Equal(t, want.from, group.ReplayFrom)
		var count int
		var first, last time.Time
		require.NoError(t, pool.QueryRow(t.Context(), `
			SELECT count(*), min(failed_at), max(failed_at) FROM delivery WHERE right(key, 1)::int % 3 = $1`, i).Scan(&count, &first, &last))
		require.Positive(t, count)
		require.Equal(t, count, group.Count)
		require.WithinDuration(t, first, group.FirstAt, time.Microsecond)
		require.WithinDuration(t, last, group.LastAt, time.Microsecond)
		for _, key := range group.Samples {
			require.EqualValues(t, i, (key[len(key)-1]-'0')%3)
		}
	}
	require.Equal(t, "Trần Thị Bình", groups[gateway.ShelfDestination].Contacts[0].Name)

	for i, from := range []string{"raw", "outbound", "canonical"} {
		shelf := []gateway.Shelf{gateway.ShelfSource, gateway.ShelfGateway, gateway.ShelfDestination}[i]
		one, two := planOf(t, g, groups[shelf].Cause, from), planOf(t, g, groups[shelf].Cause, from)
		f.planted[i].Store(false)
		var clicks sync.WaitGroup
		for range 2 {
			for _, plan := range []string{one, two} {
				clicks.Go(func() { opsOf(t, g, "replay", "run", plan, "--reason", "da khai bao", "--actor", "an.nguyen") })
			}
		}
		clicks.Wait()
		if i == 0 {
			require.Eventually(t, func() bool { return outcomes(t, pool)["released"]+outcomes(t, pool)["delivered"] > 0 }, startTime, 5*time.Millisecond)
			b.end(t, syscall.SIGKILL)
			b = launch(t, "serve", "--work", "--config", g.file)
		}
		require.Eventually(t, func() bool { return live(t, pool) == 0 }, 4*time.Minute, 50*time.Millisecond, "%v", outcomes(t, pool))
	}
	require.Equal(t, map[string]int{"delivered": outcomes(t, pool)["delivered"], "skipped": outcomes(t, pool)["delivered"]}, outcomes(t, pool),
		"each has one effect under one plan, and the other plan names that one")
	require.Empty(t, failuresOf(t, g))
	s.settle(t, pool)
	var unmarked int
	require.NoError(t, pool.QueryRow(t.Context(), `
		SELECT count(*) FROM replay_item i
		WHERE outcome = 'delivered' AND NOT EXISTS (
		    SELECT FROM attempt a JOIN replay_plan p ON p.action_id = a.action_id WHERE a.entity_id = i.entity_id AND p.id = i.plan_id)`).Scan(&unmarked))
	require.Zero(t, unmarked, "attempts bear the action that caused them")
	require.Zero(t, a.end(t, syscall.SIGTERM))
	require.Zero(t, b.end(t, syscall.SIGTERM))
	report, err := audit.Run(t.Context(), audit.Options{WorldLog: s.log, PortalLog: g.log, DatabaseURL: g.config.DatabaseURL, Destinations: []audit.Destination{{Code: "dvcqg", Lookup: "trail"}}})
	require.NoError(t, err)
	for _, c := range report.Checks {
		require.Zero(t, c.Violations, "%s: %v", c.ID, c.Examples)
		if c.ID != "I9" { // no breaker has to open
			require.Positive(t, c.Checked, c.ID)
		}
	}
	require.Zero(t, report.PermittedRepeats)
}

// stuck waits until everything has failed, and puts off what would try again by
// itself, as a long night does.
func stuck(t *testing.T, pool *pgxpool.Pool) {
	t.Helper()
	require.Eventually(t, func() bool {
		_, err := pool.Exec(t.Context(), `UPDATE delivery SET retry_at = now() + interval '1 hour' WHERE retry_at < now() + interval '50 minutes' AND state = 'queued'`)
		require.NoError(t, err)
		var moving int
		require.NoError(t, pool.QueryRow(t.Context(), `
			SELECT (SELECT count(*) FROM delivery_due) + count(*) FROM delivery
			WHERE shelf = '' OR state IN ('sending', 'unknown') OR state = 'queued' AND retry_at < now() + interval '30 minutes'`).Scan(&moving))
		return moving == 0
	}, 3*time.Minute, 50*time.Millisecond)
}

func opsOf(t *testing.T, g *ground, args ...string) string {
	t.Helper()
	code, out, errs := call(t, append(append([]string{"ops"}, args...), "--config", g.file)...)
	if code != 0 {
		t.Errorf("ops %s: %s", strings.Join(args, " "), errs)
	}
	return out
}

func failuresOf(t *testing.T, g *ground) map[gateway.Shelf]failureLine {
	t.Helper()
	var lines []failureLine
	require.NoError(t, json.Unmarshal([]byte(opsOf(t, g, "failures", "--json")), &lines))
	groups := map[gateway.Shelf]failureLine{}
	for _, l := range lines {
		groups[l.Shelf] = l
	}
	require.Len(t, groups, len(lines))
	return groups
}

func planOf(t *testing.T, g *ground, cause, from string) string {
	t.Helper()
	out := opsOf(t, g, "replay", "plan", "--destination", "dvcqg", "--cause", cause, "--from", from, "--rate", "200", "--reason", "da sua", "--actor", "binh", "--json")
	var plan gateway.PlanDetailView
	require.NoError(t, json.Unmarshal([]byte(out), &plan))
	require.Equal(t, plan.Total, plan.Eligible, out)
	require.Equal(t, map[string]int{cause: plan.Eligible}, plan.Causes)
	require.NotEmpty(t, plan.Samples)
	return plan.ID.String()
}

func outcomes(t *testing.T, pool *pgxpool.Pool) map[string]int {
	t.Helper()
	rows, err := pool.Query(t.Context(), `SELECT outcome, count(*) FROM replay_item GROUP BY 1`)
	require.NoError(t, err)
	defer rows.Close()
	all := map[string]int{}
	for rows.Next() {
		var name string
		var n int
		require.NoError(t, rows.Scan(&name, &n))
		all[name] = n
	}
	return all
}

func live(t *testing.T, pool *pgxpool.Pool) (n int) {
	t.Helper()
	require.NoError(t, pool.QueryRow(t.Context(), `SELECT count(*) FROM replay_plan WHERE state IN ('running', 'paused')`).Scan(&n))
	return n
}

func importContacts(t *testing.T, g *ground) {
	t.Helper()
	file := filepath.Join(g.dir, "contacts.csv")
	today := gateway.Day(time.Now())
	lines := fmt.Sprintf("scope,code,name,unit,phone,email,valid_from,valid_to\n"+
		"destination,dvcqg,Nguyễn Văn An,VPCP,0900000001,,2020-01-01,%s\n"+
		"destination,dvcqg,Trần Thị Bình,VPCP,,binh@example.vn,%s,\n",
		today.AddDate(0, 0, -1).Format(time.DateOnly), today.Format(time.DateOnly))
	require.NoError(t, os.WriteFile(file, []byte(lines), 0o600))
	require.Contains(t, opsOf(t, g, "contacts", "import", file, "--reason", "danh ba moi", "--actor", "an"), "2 contacts")
	require.NotContains(t, opsOf(t, g, "contacts", "list"), "Nguyễn Văn An", "who answered until yesterday")
}
