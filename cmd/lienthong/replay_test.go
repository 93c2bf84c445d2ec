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

// replayDossiers is how many dossiers fail at least in TestReplayByPlans. The figure is 4000:
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

	mu      sync.Mutex
	refused map[string][]time.Time // when, by number
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
	f.mu.Lock()
	f.refused[string(m[0])] = append(f.refused[string(m[0])], time.Now())
	f.mu.Unlock()
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

// failedOf returns how many dossiers of a cause were refused, and when the first
// and the last of them began to fail, as the portal's side saw it. What is refused for its
// data fails anew with each push; the others fail from their first refusal on.
func (f *front) failedOf(cause int) (count int, first, last time.Time) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for number, times := range f.refused {
		if int(number[len(number)-1]-'0')%3 != cause {
			continue
		}
		at := times[0]
		if cause == plantedSource {
			at = times[len(times)-1]
		}
		if count++; first.IsZero() || at.Before(first) {
			first = at
		}
		if at.After(last) {
			last = at
		}
	}
	return count, first, last
}

// badNight is a portal at which three causes are planted, and two processes.
type badNight struct {
	*sources
	front *front
	pool  *pgxpool.Pool
	nodes [2]*process
}

// plant lets dossiers be delivered as far as their first messages tell, plants the causes, and lets the rest fail.
func plant(t *testing.T, dossiers int) *badNight {
	t.Helper()
	n := &badNight{pool: pgtest.New(t)}
	g := prepare(t, pgtest.URL(t))
	n.front = &front{portal: g.portal.Handler(), refused: make(map[string][]time.Time)}
	server := httptest.NewServer(n.front)
	t.Cleanup(server.Close)
	d := &g.config.Destinations[0]
	d.URL, d.Batch, d.RetryCap, d.Breaker = server.URL+"/VXPAdapter/RestService/forward", 1, 0, config.Breaker{MinCalls: 1_000_000}
	g.write(t)
	for i := range n.nodes {
		n.nodes[i] = launch(t, "serve", "--work", "--config", g.file)
	}
	n.sources = &sources{ground: g, log: filepath.Join(g.dir, "world.jsonl"), apis: []string{n.nodes[0].told(t, "api"), n.nodes[1].told(t, "api")}}
	var early, late []world.Message
	for i, m := range n.describe(t, world.New(world.Options{Seed: 21, Dossiers: dossiers})) {
		if i%2000 < 800 { // about the time of 500 dossiers
			early = append(early, m)
		} else {
			late = append(late, m)
		}
	}
	n.push(t, early)
	n.settle(t, n.pool)
	for i := range n.front.planted {
		n.front.planted[i].Store(true)
	}
	n.push(t, late)
	stuck(t, n.pool)
	return n
}

// TestReplayByPlans lets dossiers fail for three planted causes, many of them
// after they were created and asked for papers, shows them as three, and sends each again by the plan of its remedy: started twice, by two operators at
// once, carried out by two processes of which one is killed in the middle, or both.
func TestReplayByPlans(t *testing.T) {
	t.Parallel()
	n := plant(t, *replayDossiers*5/4)
	importContacts(t, n.ground)
	groups := failuresOf(t, n.ground)
	n.areThree(t, groups)
	require.Equal(t, "Trần Thị Bình", groups[gateway.ShelfDestination].Contacts[0].Name)
	require.Contains(t, groups[gateway.ShelfSource].Sources, world.OneStop)
	require.Equal(t, "Lê Văn Cường", groups[gateway.ShelfSource].Contacts[0].Name, "who answers for the system that sent them")
	var asked int
	require.NoError(t, n.pool.QueryRow(t.Context(), `
		SELECT count(*) FROM delivery WHERE shelf <> '' AND EXISTS (SELECT FROM unnest(acked_steps) AS k WHERE k LIKE '%/5')`).Scan(&asked))
	require.Positive(t, asked, "a step 5 was sent before, and must not be again")
	t.Logf("%d dossiers fail, of which %d have sent their step 5", len(n.front.refused), asked)

	began := time.Now()
	n.killedOne(t, groups[gateway.ShelfSource])
	t.Logf("source: %v", time.Since(began))
	began = time.Now()
	n.killedBoth(t, groups[gateway.ShelfGateway])
	t.Logf("gateway: %v", time.Since(began))
	began = time.Now()
	n.sharedOut(t, groups[gateway.ShelfDestination])
	t.Logf("destination: %v", time.Since(began))

	all := outcomes(t, n.pool)
	require.Equal(t, len(n.front.refused), all["delivered"]+all["released"], "each has one effect under one plan; a few were released by one that was cancelled then")
	require.Less(t, all["released"], 20)
	require.Zero(t, all["failed"]+all["waiting"])
	require.Empty(t, failuresOf(t, n.ground))
	n.settle(t, n.pool)
	n.proven(t)
}

// areThree holds what is shown against what the portal's side knows.
func (n *badNight) areThree(t *testing.T, groups map[gateway.Shelf]failureLine) {
	t.Helper()
	require.Len(t, groups, 3, "three causes, however many dossiers")
	require.GreaterOrEqual(t, len(n.front.refused), *replayDossiers)
	for i, want := range []struct {
		shelf gateway.Shelf
		cause string
		from  string
	}{{gateway.ShelfSource, "refused:mã lĩnh vực", "raw"}, {gateway.ShelfGateway, "http.403", "canonical"}, {gateway.ShelfDestination, "http.503", "canonical"}} {
		group := groups[want.shelf]
		require.Contains(t, group.Cause, want.cause)
		require.Equal(t, want.from, group.ReplayFrom)
		require.NotEmpty(t, group.What)
		count, first, last := n.front.failedOf(i)
		require.Equal(t, count, group.Count)
		require.WithinDuration(t, first, group.FirstAt, 5*time.Second, want.cause)
		require.WithinDuration(t, last, group.LastAt, 5*time.Second, want.cause)
		for _, key := range group.Samples {
			require.EqualValues(t, i, (key[len(key)-1]-'0')%3)
		}
	}
}

// clicked starts plans, each twice at once.
func (n *badNight) clicked(t *testing.T, plans ...string) {
	t.Helper()
	var clicks sync.WaitGroup
	for range 2 {
		for _, plan := range plans {
			clicks.Go(func() { opsOf(t, n.ground, "replay", "run", plan, "--reason", "da khai bao", "--actor", "an.nguyen") })
		}
	}
	clicks.Wait()
}

// under waits until a plan is under way and far from its end.
func (n *badNight) under(t *testing.T, before int) {
	t.Helper()
	require.Eventually(t, func() bool { return outcomes(t, n.pool)["released"] > 0 || outcomes(t, n.pool)["delivered"] > before }, startTime, 5*time.Millisecond)
}

// over waits until no plan is under way, and finds nothing left of its cause.
func (n *badNight) over(t *testing.T, cause string, plans ...string) {
	t.Helper()
	require.Eventually(t, func() bool { return live(t, n.pool) == 0 }, 8*time.Minute, 50*time.Millisecond, "%v", outcomes(t, n.pool))
	for _, plan := range plans {
		out := opsOf(t, n.ground, "replay", "run", plan, "--reason", "bam lai", "--actor", "binh")
		require.Contains(t, out, "is done: "+stood, "a plan that is done does nothing again")
	}
	again := planned(t, n.ground, "--cause", cause)
	require.Zero(t, again.Total, "nothing fails for it any more")
}

// killedOne sends again what the source's data were refused for, beside a second plan, and kills one process in the middle.
func (n *badNight) killedOne(t *testing.T, group failureLine) {
	t.Helper()
	one, two := planOf(t, n.ground, group.Cause, group.ReplayFrom), planOf(t, n.ground, group.Cause, group.ReplayFrom)
	n.front.planted[plantedSource].Store(false)
	n.clicked(t, one, two)
	n.under(t, 0)
	n.nodes[1].end(t, syscall.SIGKILL)
	n.nodes[1] = launch(t, "serve", "--work", "--config", n.file)
	n.over(t, group.Cause, one, two)
}

// killedBoth compares some with what was sent, sends the rest as its remedy says, and kills both processes in the middle.
func (n *badNight) killedBoth(t *testing.T, group failureLine) {
	t.Helper()
	commune, _, _ := strings.Cut(group.Samples[0], "-")
	n.front.planted[plantedGateway].Store(false)
	compared := planned(t, n.ground, "--cause", group.Cause, "--from", "outbound", "--commune", commune)
	require.Positive(t, compared.Eligible)
	n.clicked(t, compared.ID.String())
	require.Eventually(t, func() bool { return live(t, n.pool) == 0 }, 4*time.Minute, 50*time.Millisecond)
	one, two := planOf(t, n.ground, group.Cause, group.ReplayFrom), planOf(t, n.ground, group.Cause, group.ReplayFrom)
	before := outcomes(t, n.pool)["delivered"]
	n.clicked(t, one, two)
	n.under(t, before)
	for _, node := range n.nodes {
		node.end(t, syscall.SIGKILL)
	}
	for i := range n.nodes {
		n.nodes[i] = launch(t, "serve", "--work", "--config", n.file)
	}
	n.clicked(t, one, two) // and again after the restart
	n.over(t, group.Cause, one, two)
}

// sharedOut lets plans meet: what one of them holds the others name, before and after they are started.
func (n *badNight) sharedOut(t *testing.T, group failureLine) {
	t.Helper()
	slow := planned(t, n.ground, "--cause", group.Cause, "--rate", "0.5").ID.String()
	two := planOf(t, n.ground, group.Cause, group.ReplayFrom)
	n.front.planted[plantedDestination].Store(false)
	n.clicked(t, slow)
	waits := opsOf(t, n.ground, "replay", "show", two)
	require.Regexp(t, `(?m)^held by +`+slow+`$`, waits)
	require.Contains(t, waits, "another plan holds it")
	three := planned(t, n.ground, "--cause", group.Cause)
	require.Zero(t, three.Eligible)
	require.Equal(t, map[string]int{gateway.WhyHeld: three.Total}, three.NotDone)
	require.Equal(t, slow, three.HeldBy[0].String())
	n.clicked(t, three.ID.String())
	n.clicked(t, slow)
	opsOf(t, n.ground, "replay", "cancel", slow, "--reason", "cham qua", "--actor", "binh")
	n.clicked(t, two)
	n.over(t, group.Cause, two, three.ID.String())
}

// proven stops the processes and asks the checker.
func (n *badNight) proven(t *testing.T) {
	t.Helper()
	var unmarked, moved int
	require.NoError(t, n.pool.QueryRow(t.Context(), `
		SELECT count(*) FROM replay_item i
		WHERE outcome = 'delivered' AND NOT EXISTS (
		    SELECT FROM attempt a JOIN replay_plan p ON p.action_id = a.action_id WHERE a.entity_id = i.entity_id AND p.id = i.plan_id)`).Scan(&unmarked))
	require.Zero(t, unmarked, "attempts bear the action that caused them")
	require.NoError(t, n.pool.QueryRow(t.Context(), `
		SELECT count(*) FROM (SELECT entity_id FROM replay_item WHERE outcome = 'delivered' GROUP BY entity_id HAVING count(*) > 1) twice`).Scan(&moved))
	require.Zero(t, moved, "no dossier was delivered by two plans")
	for _, node := range n.nodes {
		require.Zero(t, node.end(t, syscall.SIGTERM))
	}
	report, err := audit.Run(t.Context(), audit.Options{WorldLog: n.log, PortalLog: n.ground.log, DatabaseURL: n.config.DatabaseURL, Destinations: []audit.Destination{{Code: "dvcqg", Lookup: "trail"}}})
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
			WHERE shelf = '' AND state NOT IN ('delivered', 'confirmed') OR state IN ('sending', 'unknown') OR state = 'queued' AND retry_at < now() + interval '30 minutes'`).Scan(&moving))
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

// planOf plans all that fails for a cause.
func planOf(t *testing.T, g *ground, cause, from string) string {
	t.Helper()
	plan := planned(t, g, "--cause", cause, "--from", from)
	require.Equal(t, plan.Total, plan.Eligible, "%v", plan.NotDone)
	require.Equal(t, map[string]int{cause: plan.Eligible}, plan.Causes)
	require.NotEmpty(t, plan.Samples)
	return plan.ID.String()
}

func planned(t *testing.T, g *ground, args ...string) (plan gateway.PlanDetailView) {
	t.Helper()
	out := opsOf(t, g, append([]string{"replay", "plan", "--destination", "dvcqg", "--rate", "200", "--reason", "da sua", "--actor", "binh", "--json"}, args...)...)
	require.NoError(t, json.Unmarshal([]byte(out), &plan))
	return plan
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
		"destination,dvcqg,Trần Thị Bình,VPCP,,binh@example.vn,%[2]s,\n"+
		"source,%[3]s,Lê Văn Cường,Một cửa,0900000003,,%[2]s,\n",
		today.AddDate(0, 0, -1).Format(time.DateOnly), today.Format(time.DateOnly), world.OneStop)
	require.NoError(t, os.WriteFile(file, []byte(lines), 0o600))
	require.Contains(t, opsOf(t, g, "contacts", "import", file, "--reason", "danh ba moi", "--actor", "an"), "3 contacts")
	require.NotContains(t, opsOf(t, g, "contacts", "list"), "Nguyễn Văn An", "who answered until yesterday")
}
