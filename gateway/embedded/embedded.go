// Package embedded launches a private PostgreSQL for demonstrations, development
// and tests, so that nobody has to set up a database server first.
//
// A [Cluster] is one server process over one data folder. New starts nothing;
// Start finds the server's binaries, prepares the cluster on first use and
// returns when it answers; Stop shuts it down. The server listens on a socket in
// a private folder (or on a loopback port) and asks for a generated password;
// nothing is ever trusted. It never outlives the program that started it for
// long: on Linux the kernel stops it, elsewhere the next Start adopts it.
//
//	cluster, err := embedded.New(embedded.Options{DataDir: "data"})
//	err = cluster.Start(ctx)
//	defer cluster.Stop(ctx)
//	err = cluster.CreateDatabase(ctx, "lienthong")
//	pool, err := pgxpool.New(ctx, cluster.URL("lienthong"))
//
// PostgreSQL refuses to run as root, so a program that runs as root gives its
// children to the user postgres, else nobody.
package embedded

import (
	"context"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"sync"

	"github.com/jackc/pgx/v5"

	"github.com/lienthong/lienthong/internal/fault"
)

// superuser is the name of the cluster's one role.
const superuser = "lienthong"

// Options describe a [Cluster]. Only DataDir is required.
type Options struct {
	DataDir  string            // folder of the cluster and of its state file; made when missing
	Logger   *slog.Logger      // nil: silent
	Settings map[string]string // server settings that go over the defaults, e.g. "max_connections": "50"

	// Volatile trades durability for speed: no fsync anywhere, small files. For tests; a crash of
	// the machine may destroy the cluster. The zero value runs with fsync and synchronous_commit on.
	Volatile bool

	// TCP listens on a free loopback port instead of a socket in a private folder.
	TCP bool

	// CopyFrom is the DataDir of another cluster, stopped and of the same PostgreSQL version, whose
	// content is copied on first use instead of making an empty cluster (a tenth of the time).
	CopyFrom string

	// Getenv looks up PG_BINDIR and PATH; nil means os.Getenv.
	Getenv func(string) string

	// Fetch allows to download the server's binaries when none are installed; nil forbids it.
	Fetch *Fetch
}

// Cluster is a private PostgreSQL server. Its methods may be called from several goroutines.
type Cluster struct {
	opts    Options
	log     *slog.Logger
	account account

	mu    sync.Mutex // one Start or Stop at a time; guards what follows
	bin   Binaries
	state state
	lock  *fileLock // held while the server is ours
	// homeLock is held on a cluster folder below the variable temp folder: systemd-tmpfiles, which
	// removes what is old there, passes over folders that are locked.
	homeLock *fileLock
	process  *process // our child; nil when the server was adopted
	adopted  int      // process id of an orphan that we took over; 0 otherwise
	logBegin int64    // where in its log the run of our child begins
	running  bool

	keepAddress bool // while a crashed server is started again: its clients know the old address
}

// New checks the options and finds out as whom the server would run. It starts nothing and touches no file.
func New(opts Options) (*Cluster, error) {
	if opts.DataDir == "" {
		return nil, fault.New(fault.Usage, "embedded.New", "the data folder is not set")
	}
	dir, err := filepath.Abs(opts.DataDir)
	if err != nil {
		return nil, fault.Wrap(err, fault.Internal, "embedded.New")
	}
	opts.DataDir = dir
	if opts.Getenv == nil {
		opts.Getenv = os.Getenv
	}
	who, err := serverAccount()
	if err != nil {
		return nil, err
	}
	log := opts.Logger
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	return &Cluster{opts: opts, log: log, account: who}, nil
}

// URL returns the connection string of a database of the running cluster, password included: never
// log it. It is empty before Start and after Stop.
func (c *Cluster) URL(database string) string {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.running {
		return ""
	}
	return c.state.url(database)
}

// url puts the address of the server into a connection string that pgx and libpq understand.
func (s state) url(database string) string {
	query := url.Values{"sslmode": {"disable"}}
	address := url.URL{Scheme: "postgres", User: url.UserPassword(superuser, s.Password), Path: "/" + database}
	if s.Socket == "" {
		address.Host = "127.0.0.1:" + strconv.Itoa(s.Port)
	} else {
		query.Set("host", s.Socket)
		query.Set("port", strconv.Itoa(s.Port))
	}
	address.RawQuery = query.Encode()
	return address.String()
}

// CreateDatabase makes a database unless there is one of that name.
func (c *Cluster) CreateDatabase(ctx context.Context, name string) error {
	const op = "embedded.CreateDatabase"
	address := c.URL("postgres")
	if address == "" {
		return fault.New(fault.Unavailable, op, "the cluster is not running")
	}
	conn, err := pgx.Connect(ctx, address)
	if err != nil {
		return fault.Wrap(err, fault.Unavailable, op)
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	var exists bool
	err = conn.QueryRow(ctx, `SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)`, name).Scan(&exists)
	if err != nil || exists {
		return fault.Wrap(err, fault.Internal, op)
	}
	_, err = conn.Exec(ctx, "CREATE DATABASE "+pgx.Identifier{name}.Sanitize())
	if hasSQLState(err, "42P04", "23505") { // somebody else was faster
		return nil
	}
	return fault.Wrap(err, fault.Internal, op)
}
