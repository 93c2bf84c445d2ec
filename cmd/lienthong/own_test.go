package main

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"github.com/lienthong/lienthong/cmd/lienthong/audit"
	"github.com/lienthong/lienthong/cmd/lienthong/world"
	"github.com/lienthong/lienthong/gateway/config"
	"github.com/lienthong/lienthong/internal/fault"
	"github.com/lienthong/lienthong/internal/pgtest"
)

var (
	shadowDossiers = flag.Int("shadow-dossiers", 200, "how many dossiers another system writes; the long form has 10000")
	adoptDossiers  = flag.Int("adopt-dossiers", 200, "how many dossiers are adopted; the long form has 100000")
)

// good returns messages about so many dossiers of the one-stop system.
func good(dossiers int) (messages []world.Message) {
	for block := range world.New(world.Options{Seed: 5, Dossiers: dossiers}).Blocks() {
		for _, m := range block.Messages {
			if m.Class == world.Good && m.Source == world.OneStop {
				messages = append(messages, m)
			}
		}
	}
	return messages
}

// ops runs an operator's command on the ground's configuration.
func (g *ground) ops(t *testing.T, args ...string) string {
	t.Helper()
	code, out, errs := call(t, append(append([]string{"ops"}, args...), "--config", g.file)...)
	require.Zero(t, code, errs)
	return out
}

// writes counts what the portal stored.
func (g *ground) writes(t *testing.T, pool *pgxpool.Pool) (n int) {
	t.Helper()
	require.NoError(t, pool.QueryRow(t.Context(), `SELECT count(*) FROM attempt WHERE operation <> 'lookup'`).Scan(&n))
	return n
}

// count counts deliveries.
func count(t *testing.T, pool *pgxpool.Pool, where string) (n int) {
	t.Helper()
	require.NoError(t, pool.QueryRow(t.Context(), `SELECT count(*) FROM delivery WHERE `+where).Scan(&n))
	return n
}

// pushAll pushes messages with a few hands.
func (g *ground) pushAll(t *testing.T, api, prefix string, messages []world.Message) {
	t.Helper()
	group, ctx := errgroup.WithContext(t.Context())
	group.SetLimit(8)
	for i, m := range messages {
		group.Go(func() error {
			status, body, err := g.push(ctx, api, fmt.Sprint(prefix, i), m)
			if err == nil && status != 200 {
				err = fmt.Errorf("%d: %s", status, body)
			}
			return err
		})
	}
	require.NoError(t, group.Wait())
}

// pushFile pushes messages of the one-stop system many at a time, as lienthong push does.
func (g *ground) pushFile(t *testing.T, api string, messages []world.Message) {
	t.Helper()
	var lines bytes.Buffer
	for _, m := range messages {
		require.NoError(t, json.Compact(&lines, m.Body))
		lines.WriteByte('\n')
	}
	file := filepath.Join(g.dir, "messages.ndjson")
	require.NoError(t, os.WriteFile(file, lines.Bytes(), 0o600))
	key := filepath.Join(g.dir, "onestop.key")
	require.NoError(t, os.WriteFile(key, []byte(g.keys[world.OneStop]), 0o600))
	code, out, errs := call(t, "push", file, "--url", api, "--key-file", key, "--json")
	require.Zero(t, code, "%s%s", out, errs)
}

// TestShadowOfEverything lets another system write: not one write leaves.
func TestShadowOfEverything(t *testing.T) {
	t.Parallel()
	pool, dsn := pgtest.Another(t)
	g := prepare(t, dsn)
	g.config.Destinations[0].LookRate = "1000/s"
	g.write(t)
	require.Contains(t, g.ops(t, "disown", "dvcqg", "--reason", "một cửa đang ghi", "--actor", "an"), "somebody else writes that")
	n := g.run(t)
	g.pushAll(t, n.api, "shadow-", good(*shadowDossiers))
	require.Eventually(t, func() bool { return count(t, pool, `state <> 'shadow' OR look IS NOT NULL`) == 0 }, 20*time.Minute, 50*time.Millisecond)
	require.GreaterOrEqual(t, count(t, pool, `state = 'shadow' AND cause = 'shadow.differs.create'`), *shadowDossiers/2)
	_, total := g.portal.Dossiers("", 1)
	require.Zero(t, total, "nothing was written")
	require.Zero(t, g.writes(t, pool))

	var page ownershipPage
	require.NoError(t, json.Unmarshal([]byte(g.ops(t, "ownership", "--json")), &page))
	require.Equal(t, "onestop", page.Rules[0].Owner)
	require.Positive(t, page.Shadows[0].Count)
	require.Contains(t, g.ops(t, "ownership"), "một cửa đang ghi")
	require.Contains(t, g.ops(t, "actions"), "disown")
}

// TestAdoptEverything takes what a portal holds over into a store that knows nothing of it.
func TestAdoptEverything(t *testing.T) {
	t.Parallel()
	pool, dsn := pgtest.Another(t)
	g := prepare(t, dsn)
	g.config.Destinations[0].LookRate, g.config.Destinations[0].Lanes, g.config.Destinations[0].Batch = "10000/s", 16, 50
	g.write(t)
	messages := good(*adoptDossiers + *adoptDossiers/20 + 20) // some three in a hundred have no good message before the last ones
	later := len(messages) - len(messages)/100 - 50
	n := g.run(t)
	g.pushFile(t, n.api, messages[:later])
	at := func() bool { return count(t, pool, `state NOT IN ('delivered', 'confirmed')`) == 0 }
	require.Eventually(t, at, 20*time.Minute, time.Second)
	stored, adopted := g.writes(t, pool), count(t, pool, `true`)
	require.GreaterOrEqual(t, adopted, *adoptDossiers)

	// As if another system had written all of it: the store forgets what it sent.
	g.ops(t, "pause", "dvcqg", "--reason", "thử", "--actor", "an")
	_, err := pool.Exec(t.Context(), `
		UPDATE delivery SET acked_hash = NULL, acked_steps = '{}', acked_rev = 0, attempt_id = NULL, state = 'queued', operation = '';
		INSERT INTO delivery_due SELECT destination, entity_id, slot, 0 FROM delivery`)
	require.NoError(t, err)
	require.Contains(t, g.ops(t, "adopt", "--destination", "dvcqg", "--all", "--reason", "nhận bàn giao", "--actor", "an"), "as they are shown")
	g.ops(t, "adopt", "--destination", "dvcqg", "--all", "--reason", "chạy lại", "--actor", "an") // once more: it goes on, or there is nothing left
	g.ops(t, "resume", "dvcqg", "--reason", "thử", "--actor", "an")
	require.Eventually(t, func() bool { return count(t, pool, `look IS NOT NULL`) == 0 && at() }, 20*time.Minute, time.Second)
	require.Equal(t, stored, g.writes(t, pool), "not one write")
	require.Equal(t, adopted, count(t, pool, `cause LIKE 'adopted.%'`))
	require.Contains(t, g.ops(t, "adoptions"), "ended")

	g.pushAll(t, n.api, "after-", messages[later:])
	require.Eventually(t, at, 20*time.Minute, 50*time.Millisecond)
	require.Greater(t, g.writes(t, pool), stored, "what is newer is sent")
	require.Zero(t, repeated(t, g), "no step twice")
}

// repeated counts steps that the portal stored twice.
func repeated(t *testing.T, g *ground) (n int) {
	t.Helper()
	all, total := g.portal.Dossiers("", 1_000_000)
	require.Len(t, all, total)
	for _, d := range all {
		shown, ok := g.portal.Dossier(d.Key)
		require.True(t, ok)
		for _, step := range shown.Steps {
			if step.Duplicate {
				n++
			}
		}
	}
	return n
}

// TestTwoSites starts a second site on purpose.
func TestTwoSites(t *testing.T) {
	t.Parallel()
	pool, dsn := pgtest.Another(t)
	g := prepare(t, dsn)
	first := g.run(t)
	require.Eventually(t, first.writers.Sending, startTime, 10*time.Millisecond)
	g.config.Site = "du-phong"
	g.write(t)
	second := g.run(t)
	messages := good(60)
	g.pushAll(t, second.api, "site-", messages[:len(messages)/2])
	settled := func() bool { return count(t, pool, `state NOT IN ('delivered', 'confirmed')`) == 0 }
	require.Eventually(t, settled, startTime, 20*time.Millisecond, "what the second site takes the first one sends")
	senders := func(since time.Time) (names []string) {
		rows, err := pool.Query(t.Context(), `SELECT DISTINCT node FROM attempt WHERE started_at > $1`, since)
		require.NoError(t, err)
		names, err = pgx.CollectRows(rows, pgx.RowTo[string])
		require.NoError(t, err)
		return names
	}
	require.Equal(t, []string{first.name}, senders(time.Time{}))
	require.False(t, second.writers.Sending())
	var said []string
	for _, check := range second.examiner.Examine(t.Context()) {
		said = append(said, check.Output)
	}
	require.Contains(t, strings.Join(said, "\n"), "site default sends")

	g.ops(t, "site", "take", "--reason", "mất điện", "--actor", "an")
	require.Contains(t, g.ops(t, "site", "show"), "site du-phong sends")
	require.Eventually(t, func() bool { return second.writers.Sending() && !first.writers.Sending() }, startTime, 10*time.Millisecond)
	taken := time.Now()
	g.pushAll(t, first.api, "taken-", messages[len(messages)/2:])
	require.Eventually(t, settled, startTime, 20*time.Millisecond)
	require.Equal(t, []string{second.name}, senders(taken))
}

// TestRestoreUnderLoad swaps the database of running processes for a backup of it.
func TestRestoreUnderLoad(t *testing.T) {
	t.Parallel()
	_, dsn := pgtest.Another(t)
	g := prepare(t, dsn)
	api := launch(t, "serve", "--config", g.file).told(t, "api")
	launch(t, "work", "--config", g.file)
	first := &sources{ground: g, log: filepath.Join(g.dir, "first.jsonl"), apis: []string{api}}
	w := world.Options{Seed: 17, Dossiers: 120}
	messages := first.describe(t, world.New(w))
	third := len(messages) / 3
	first.push(t, messages[:third])
	promised := first.submissions(t)
	pushing := errgroup.Group{}
	pushing.Go(func() error { return first.pushAll(t.Context(), messages[third:2*third]) })
	backup := dump(t, dsn, g.dir)
	require.NoError(t, pushing.Wait())
	first.settle(t, open(t, dsn)) // all of that stands at the portal; the backup knows some of it
	pushing.Go(func() error { return first.pushAll(t.Context(), messages[2*third:]) })
	const earlier = 6 * time.Hour
	brought := swap(t, dsn, backup, earlier)
	require.NoError(t, pushing.Wait())

	pool := open(t, dsn)
	var restored bool
	require.Eventually(t, func() bool { // found out, and over, with nobody's help
		err := pool.QueryRow(t.Context(), `
			SELECT restored_at IS NOT NULL AND NOT EXISTS (SELECT FROM observation WHERE ended_at IS NULL) FROM epoch`).Scan(&restored)
		return err == nil && restored
	}, 2*time.Minute, 50*time.Millisecond)

	again := &sources{ground: g, log: filepath.Join(g.dir, "again.jsonl"), apis: []string{api}}
	again.next.Store(1_000_000) // the sources say again what they were promised; keys of their own
	again.push(t, again.describe(t, world.New(w)))
	again.settle(t, pool)
	report, err := audit.Run(t.Context(), audit.Options{WorldLog: again.log, PortalLog: g.log, DatabaseURL: dsn, Destinations: []audit.Destination{{Code: "dvcqg", Lookup: "trail"}}})
	require.NoError(t, err)
	var kept int
	require.NoError(t, pool.QueryRow(t.Context(), `SELECT count(*) FROM submission WHERE id = ANY ($1::uuid[])`, promised).Scan(&kept))
	require.Equal(t, len(promised), kept, "what was acknowledged before the backup is there")
	for _, c := range report.Checks {
		switch c.ID {
		case "I1": // knows one life of the store: what the first one acknowledged is asked for above
		case "I6": // of the calls that the backup lacked it has no entries
		default:
			require.Zero(t, c.Violations, "%s: %v", c.ID, c.Examples)
		}
	}
	require.Equal(t, len(messages), report.Messages)
	require.Zero(t, repeated(t, g))
	_, err = pool.Exec(t.Context(), `UPDATE journal_batch SET sealed_at = sealed_at + $1 WHERE number <= $2`, earlier, brought) // as it was signed
	require.NoError(t, err)
	code, said, errs := call(t, "journal", "verify", "--config", g.file)
	require.Zero(t, code, "what is left of the journal, and what followed, is one chain: %s %s", said, errs)
}

// submissions returns the ids that were acknowledged so far.
func (s *sources) submissions(t *testing.T) (ids []string) {
	t.Helper()
	text, err := os.ReadFile(s.log)
	require.NoError(t, err)
	for line := range strings.Lines(string(text)) {
		var l audit.WorldLine
		require.NoError(t, json.Unmarshal([]byte(line), &l))
		for _, r := range l.Results {
			ids = append(ids, r.Submission)
		}
	}
	require.NotEmpty(t, ids)
	return ids
}

// open opens a pool that the test closes.
func open(t *testing.T, dsn string) *pgxpool.Pool {
	t.Helper()
	pool, err := pgxpool.New(context.Background(), dsn)
	require.NoError(t, err)
	t.Cleanup(pool.Close)
	return pool
}

// postgresTool runs a program of the server's own version.
func postgresTool(t *testing.T, dsn, name string, args ...string) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), dsn)
	require.NoError(t, err)
	defer func() { _ = conn.Close(context.Background()) }()
	var folder string
	require.NoError(t, conn.QueryRow(t.Context(), `SELECT setting FROM pg_config WHERE name = 'BINDIR'`).Scan(&folder))
	said, err := exec.CommandContext(t.Context(), filepath.Join(folder, name), args...).CombinedOutput()
	require.NoError(t, err, string(said))
}

func dump(t *testing.T, dsn, folder string) (file string) {
	t.Helper()
	file = filepath.Join(folder, "backup")
	postgresTool(t, dsn, "pg_dump", "--format=custom", "--file="+file, "--dbname="+dsn)
	return file
}

// swap restores a backup beside the database and puts it in its place, as if
// it had been taken so much earlier.
func swap(t *testing.T, dsn, backup string, earlier time.Duration) (batch int64) {
	t.Helper()
	beside, err := url.Parse(dsn)
	require.NoError(t, err)
	name := strings.TrimPrefix(beside.Path, "/")
	beside.Path += "_restored"
	admin, err := pgx.Connect(t.Context(), pgtest.URL(t))
	require.NoError(t, err)
	defer func() { _ = admin.Close(context.Background()) }()
	run := func(sql string, names ...string) {
		t.Helper()
		quoted := make([]any, len(names))
		for i, n := range names {
			quoted[i] = pgx.Identifier{n}.Sanitize()
		}
		_, err := admin.Exec(t.Context(), fmt.Sprintf(sql, quoted...))
		require.NoError(t, err)
	}
	run(`CREATE DATABASE %s TEMPLATE template0`, name+"_restored")
	postgresTool(t, pgtest.URL(t), "pg_restore", "--dbname="+beside.String(), backup)
	batch = age(t, beside.String(), earlier)
	run(`DROP DATABASE %s WITH (FORCE)`, name)
	run(`ALTER DATABASE %s RENAME TO %s`, name+"_restored", name)
	return batch
}

// age moves every time that a database holds back, but those in the lines of the journal, and
// returns its last batch.
func age(t *testing.T, dsn string, by time.Duration) (batch int64) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), dsn)
	require.NoError(t, err)
	defer func() { _ = conn.Close(context.Background()) }()
	rows, err := conn.Query(t.Context(), `
		SELECT format('UPDATE %I SET %s', c.relname,
		              string_agg(format('%1$I = %1$I - %2$L::interval', a.attname, $1::interval), ', '))
		FROM pg_class c
		JOIN pg_attribute a ON a.attrelid = c.oid AND a.atttypid = 'timestamptz'::regtype AND a.attnum > 0 AND a.attgenerated = ''
		WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relname <> 'journal_entry'
		GROUP BY c.relname`, by)
	require.NoError(t, err)
	updates, err := pgx.CollectRows(rows, pgx.RowTo[string])
	require.NoError(t, err)
	require.Greater(t, len(updates), 20)
	for _, update := range updates {
		_, err := conn.Exec(t.Context(), update)
		require.NoError(t, err, update)
	}
	require.NoError(t, conn.QueryRow(t.Context(), `SELECT batch FROM journal_head`).Scan(&batch))
	return batch
}

func TestOwnershipUsage(t *testing.T) {
	t.Parallel()
	pgtest.New(t)
	g := prepare(t, pgtest.URL(t))
	g.config.Destinations = append(g.config.Destinations, config.Destination{
		Code: "blind", Kind: "dvcqg", URL: g.config.Destinations[0].URL, Wire: "named", Lookup: "none", Agency: "000.00.00.H05",
		Settle: config.Duration(time.Second), Timeout: config.Duration(time.Second), Lanes: 1, Batch: 1, Receives: []string{"dossier"},
		LoginPath: "mapi/login", IntegrationPath: "mapi/g", SharePath: "mapi/s", DstCode: "VN:GOV:000.00.00.G22:vpcpdvcprovider", DstCodeIn: "header",
	})
	for name, args := range map[string][]string{
		"a destination that shows nothing":  {"adopt", "--destination", "blind", "--all", "--reason", "x", "--actor", "an"},
		"neither a scope nor all":           {"adopt", "--destination", "dvcqg", "--reason", "x", "--actor", "an"},
		"two orders at once":                {"adopt", "--destination", "dvcqg", "--pause", "--cancel", "--reason", "x", "--actor", "an"},
		"a day that is none":                {"own", "dvcqg", "--from", "gestern", "--reason", "x", "--actor", "an"},
		"a destination that does not exist": {"disown", "dvcqq", "--reason", "x", "--actor", "an"},
		"a reason of two lines":             {"restored", "--reason", "x\ny", "--actor", "an"},
		"a writer that nobody has heard of": {"disown", "dvcqg", "--to", "me", "--reason", "x", "--actor", "an"},
		"somebody who does not say why":     {"site", "take"},
		"an adoption that is not under way": {"adopt", "--destination", "dvcqg", "--pause", "--reason", "x", "--actor", "an"},
		"a rule that was never made":        {"own", "dvcqg", "--withdraw", "--reason", "x", "--actor", "an"},
		"looks that nothing waits for":      {"observed", "dvcqg", "--reason", "x", "--actor", "an"},
	} {
		t.Run(name, func(t *testing.T) {
			code, _, errs := call(t, append(append([]string{"ops"}, args...), "--config", g.file)...)
			require.Contains(t, []int{exitCodes[fault.Usage], exitCodes[fault.NotFound]}, code, errs)
		})
	}
}
