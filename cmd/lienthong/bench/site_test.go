package bench_test

import (
	"bufio"
	"context"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"

	"github.com/lienthong/lienthong/cmd/lienthong/world"
	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/gateway/config"
)

// site is the built program at work, on a PostgreSQL that keeps what it was
// told, beside a portal.
type site struct {
	server
	db      *pgxpool.Pool
	beside  *pgx.Conn // on another database: what it asks is not counted
	portal  *portal
	process *exec.Cmd
	dir     string
}

// program builds the program once.
var program = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "lienthong-bench-")
	if err != nil {
		return "", err
	}
	file := filepath.Join(dir, "lienthong")
	said, err := exec.Command("go", "build", "-o", file, "github.com/lienthong/lienthong/cmd/lienthong").CombinedOutput()
	if err != nil {
		_, _ = os.Stderr.Write(said)
	}
	return file, err
})

// openSite starts a gateway that delivers to a portal; edit may change how.
func openSite(b *testing.B, p *portal, edit func(*config.Destination)) *site {
	b.Helper()
	s := &site{db: durable(b), portal: p, dir: b.TempDir()}
	other := s.db.Config().ConnConfig.Copy()
	other.Database = "postgres"
	var err error
	s.beside, err = pgx.ConnectConfig(b.Context(), other)
	require.NoError(b, err)
	b.Cleanup(func() { _ = s.beside.Close(context.Background()) })
	file := filepath.Join(s.dir, "gateway.yaml")
	settings := s.settings(b)
	edit(&settings.Destinations[0])
	text, err := settings.YAML()
	require.NoError(b, err)
	require.NoError(b, os.WriteFile(file, text, 0o600))
	s.start(b, file)
	return s
}

// settings are those of a province with one portal; whatever they leave out is the default.
func (s *site) settings(b *testing.B) config.Config {
	b.Helper()
	c := config.Config{
		Listen: "127.0.0.1:0", DatabaseURL: s.db.Config().ConnString(), DataDir: s.dir, Province: "24",
		Destinations: []config.Destination{{
			Code: "dvcqg", Kind: "dvcqg", URL: s.portal.url + "/VXPAdapter/RestService/forward", LoginPath: "mapi/login", IntegrationPath: "mapi/g",
			SharePath: "mapi/s", DstCode: "VN:GOV:000.00.00.G22:vpcpdvcprovider", DstCodeIn: "header", Agency: "000.00.00.H05",
			Username: "000.00.00.H05", PasswordFile: s.secret(b, "portal"), Lookup: "trail", Settle: config.Duration(time.Second),
			Timeout: config.Duration(10 * time.Second), Lanes: connections, Receives: []string{"dossier"},
		}},
	}
	for source, adapter := range map[string]string{world.OneStop: "onestop", world.Civil: "civil", world.Land: "land", world.Business: "business"} {
		c.Sources = append(c.Sources, config.Source{Code: source, Adapter: adapter, KeyFile: s.secret(b, source)})
	}
	return c
}

func (s *site) secret(b *testing.B, name string) (file string) {
	b.Helper()
	file = filepath.Join(s.dir, name)
	require.NoError(b, os.WriteFile(file, []byte(key(name)+"\n"), 0o600))
	return file
}

// start starts the program; it ends with the benchmark.
func (s *site) start(b *testing.B, file string) {
	b.Helper()
	built, err := program()
	require.NoError(b, err)
	log, err := os.Create(filepath.Join(s.dir, "gateway.log"))
	require.NoError(b, err)
	s.process = exec.Command(built, "serve", "--work", "--config", file)
	s.process.Stderr = log
	stdout, err := s.process.StdoutPipe()
	require.NoError(b, err)
	require.NoError(b, s.process.Start())
	transport := &http.Transport{MaxIdleConnsPerHost: 256, DisableCompression: true}
	b.Cleanup(func() {
		transport.CloseIdleConnections()
		_ = s.process.Process.Signal(syscall.SIGTERM)
		_, _ = io.Copy(io.Discard, stdout)
		require.NoError(b, s.process.Wait())
		require.NoError(b, log.Close())
	})
	line, err := bufio.NewReader(stdout).ReadString('\n')
	require.NoError(b, err)
	url, ok := strings.CutPrefix(strings.TrimSpace(line), "api ")
	require.True(b, ok, line)
	s.server = server{url: url, client: &http.Client{Transport: transport, Timeout: time.Minute}}
}

// waitDelivered waits until n dossiers are where they belong and nothing else is on its way.
func (s *site) waitDelivered(b *testing.B, n int, most time.Duration) {
	b.Helper()
	s.wait(b, most, "everything delivered", func() bool {
		var delivered, others int
		err := s.db.QueryRow(b.Context(), `
			SELECT count(*) FILTER (WHERE state = 'delivered'), count(*) FILTER (WHERE state <> 'delivered') FROM delivery`).
			Scan(&delivered, &others)
		require.NoError(b, err)
		return delivered >= n && others == 0
	})
}

// waitSettled waits until nothing is on its way: what is left was refused for its data.
func (s *site) waitSettled(b *testing.B, most time.Duration) {
	b.Helper()
	s.wait(b, most, "a quiet end", func() bool {
		var open int
		require.NoError(b, s.db.QueryRow(b.Context(), `
			SELECT (SELECT count(*) FROM delivery_due) + (SELECT count(*) FROM delivery WHERE state IN ('sending', 'unknown') OR retry_at IS NOT NULL)`).
			Scan(&open))
		return open == 0
	})
}

// rank gives what is due the place that its deadline has, as ingest does.
func (s *site) rank(b *testing.B) {
	b.Helper()
	rows, err := s.db.Query(b.Context(), `SELECT q.entity_id, d.due_at FROM delivery_due q JOIN delivery d USING (destination, entity_id)`)
	require.NoError(b, err)
	var ids []uuid.UUID
	var ranks []float64
	for now := time.Now(); rows.Next(); {
		var id uuid.UUID
		var due time.Time
		require.NoError(b, rows.Scan(&id, &due))
		ids, ranks = append(ids, id), append(ranks, gateway.Rank(due, now))
	}
	require.NoError(b, rows.Err())
	_, err = s.db.Exec(b.Context(), `
		UPDATE delivery_due q SET rank = w.rank
		FROM unnest($1::uuid[], $2::float8[]) AS w (entity_id, rank)
		WHERE q.entity_id = w.entity_id`, ids, ranks)
	require.NoError(b, err)
}

// waitOpen waits for an open breaker.
func (s *site) waitOpen(b *testing.B) {
	b.Helper()
	s.wait(b, time.Minute, "an open breaker", func() bool {
		var open bool
		require.NoError(b, s.db.QueryRow(b.Context(), `SELECT EXISTS (SELECT FROM breaker WHERE state = 'open')`).Scan(&open))
		return open
	})
}

func (s *site) wait(b *testing.B, most time.Duration, what string, done func() bool) {
	b.Helper()
	tick := time.NewTicker(200 * time.Millisecond)
	defer tick.Stop()
	for late := time.After(most); !done(); {
		select {
		case <-tick.C:
		case <-late:
			require.Fail(b, "waited in vain for "+what)
		}
	}
}

// transactionsPerMinute watches the gateway's database for a time.
func (s *site) transactionsPerMinute(b *testing.B, window time.Duration) float64 {
	b.Helper()
	count := func() (n float64) {
		require.NoError(b, s.beside.QueryRow(b.Context(), `
			SELECT xact_commit + xact_rollback FROM pg_stat_database WHERE datname = 'bench'`).Scan(&n))
		return n
	}
	pause(flushed) // what was done before
	before, began := count(), time.Now()
	pause(window)
	return (count() - before) / time.Since(began).Minutes()
}

// flushed is how long a connection of the database may keep its counts to itself.
const flushed = 12 * time.Second

func pause(d time.Duration) { <-time.After(d) }
