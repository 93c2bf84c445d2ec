package pgtest

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/lienthong/lienthong/gateway/embedded"
)

// once is the one server of this test binary. It is global because a test binary has no other place
// for what all its tests share, unless every package had to write a TestMain.
var once = sync.OnceValues(start)

// server is a running cluster with its stock of databases.
type server struct {
	run     *run // kept, so that its files stay open
	cluster *embedded.Cluster
	seed    *seed // what a clean database holds

	mu     sync.Mutex
	leased map[testing.TB]string // connection string of the database of each running test
	free   []string              // names of clean databases
	made   int                   // databases made, for their names
}

// current returns the server of this test binary.
func current(t testing.TB) *server {
	t.Helper()
	s, err := once()
	if err != nil {
		t.Fatalf("pgtest: %v", err)
	}
	return s
}

// start brings up the server of this test binary from the prepared folder.
func start() (*server, error) {
	ctx := context.Background()
	root, err := workFolder()
	if err != nil {
		return nil, err
	}
	sweep(root)
	prepared, err := prepare(ctx, root)
	if err != nil {
		return nil, err
	}
	folder, err := newRun(root)
	if err != nil {
		return nil, err
	}
	cluster, err := launch(ctx, folder.dir, prepared)
	if err != nil {
		return nil, err
	}
	s := &server{run: folder, cluster: cluster, leased: map[testing.TB]string{}, free: stock()}
	s.seed, err = readSeed(ctx, cluster.URL(templateName))
	return s, err
}

// launch starts a cluster that is as fast as it can be and lasts as long as this program.
func launch(ctx context.Context, dir, copyFrom string) (*embedded.Cluster, error) {
	cluster, err := embedded.New(embedded.Options{
		DataDir: dir, CopyFrom: copyFrom, Volatile: true,
		// Plans must not change in the middle of a test because statistics were gathered by chance.
		Settings: map[string]string{"autovacuum": "off"},
	})
	if err != nil {
		return nil, err
	}
	return cluster, cluster.Start(ctx)
}

// lease returns the database that belongs to t, the same one for every call.
func (s *server) lease(t testing.TB) (string, error) {
	s.mu.Lock()
	url, ok := s.leased[t]
	s.mu.Unlock()
	if ok {
		return url, nil
	}
	url, err := s.take(t)
	if err != nil {
		return "", err
	}
	s.mu.Lock()
	s.leased[t] = url
	s.mu.Unlock()
	t.Cleanup(func() {
		s.mu.Lock()
		delete(s.leased, t)
		s.mu.Unlock()
	})
	return url, nil
}

// take hands out a clean database until t ends.
func (s *server) take(t testing.TB) (string, error) {
	name, ok := s.fromStock()
	if !ok {
		name = s.nextName()
		if err := s.exec(`CREATE DATABASE ` + quote(name) + ` TEMPLATE ` + quote(templateName)); err != nil {
			return "", err
		}
	}
	url := s.cluster.URL(name)
	t.Cleanup(func() { s.giveBack(t, name) })
	return url, nil
}

// create makes an empty database and drops it when t ends.
func (s *server) create(t testing.TB) (string, error) {
	name := s.nextName()
	if err := s.exec(`CREATE DATABASE ` + quote(name) + ` TEMPLATE template0`); err != nil {
		return "", err
	}
	t.Cleanup(func() {
		if err := s.drop(name); err != nil {
			t.Error(err)
		}
	})
	return s.cluster.URL(name), nil
}

// giveBack cleans a database and returns it to the stock; one whose schema the test changed is
// dropped. A database that cannot be cleaned is the test's failure and never used again.
func (s *server) giveBack(t testing.TB, name string) {
	same, err := s.seed.restore(context.Background(), s.cluster.URL(name))
	switch {
	case err != nil:
		t.Errorf("pgtest: cleaning the database after the test: %v", err)
	case !same:
		if err := s.drop(name); err != nil {
			t.Error(err)
		}
	default:
		s.mu.Lock()
		s.free = append(s.free, name)
		s.mu.Unlock()
	}
}

func (s *server) fromStock() (string, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.free) == 0 {
		return "", false
	}
	name := s.free[len(s.free)-1]
	s.free = s.free[:len(s.free)-1]
	return name, true
}

func (s *server) nextName() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.made++
	return fmt.Sprintf("extra_%03d", s.made)
}

func (s *server) drop(name string) error {
	return s.exec(`DROP DATABASE ` + quote(name) + ` WITH (FORCE)`)
}

// exec runs one statement outside all test databases.
func (s *server) exec(sql string) error {
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, s.cluster.URL("postgres"))
	if err != nil {
		return fmt.Errorf("pgtest: %w", err)
	}
	defer func() { _ = conn.Close(ctx) }()
	if _, err := conn.Exec(ctx, sql); err != nil {
		return fmt.Errorf("pgtest: %s: %w", strings.Fields(sql)[0], err)
	}
	return nil
}

func quote(name string) string { return pgx.Identifier{name}.Sanitize() }
