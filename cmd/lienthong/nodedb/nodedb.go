// Package nodedb opens the database that a node works on: the one that its
// configuration names, which must be migrated already, or a private PostgreSQL
// in its data folder, which is made, started, migrated and stopped with it.
package nodedb

import (
	"context"
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
	"time"

	"github.com/lienthong/lienthong/gateway/config"
	"github.com/lienthong/lienthong/gateway/embedded"
	"github.com/lienthong/lienthong/internal/fault"
	"github.com/lienthong/lienthong/migrations"
)

// Options say which database.
type Options struct {
	URL          string       // postgres://…, or [config.Embedded]
	DataDir      string       // the private PostgreSQL lives in its folder postgres
	FetchCommand []string     // arguments with which this program does nothing but fetch PostgreSQL; nil: it must be installed
	Logger       *slog.Logger // nil: silent
}

// name of the database in a private PostgreSQL.
const name = "lienthong"

// Database is one that answers and has the schema of this program.
type Database struct {
	url     string
	cluster *embedded.Cluster // nil: somebody else's
}

// Open returns the database, or a fault with code Unavailable that says what
// to do. The context bounds the start of a private PostgreSQL, not its life.
func Open(ctx context.Context, o Options) (*Database, error) {
	if o.URL != config.Embedded {
		return &Database{url: o.URL}, Current(ctx, o.URL)
	}
	options := embedded.Options{DataDir: filepath.Join(o.DataDir, "postgres"), Logger: o.Logger}
	if len(o.FetchCommand) > 0 {
		options.Fetch = &embedded.Fetch{Command: o.FetchCommand}
	}
	cluster, err := embedded.New(options)
	if err != nil {
		return nil, err
	}
	if err := cluster.Start(ctx); err != nil {
		return nil, err
	}
	d := &Database{url: cluster.URL(name), cluster: cluster}
	err = cluster.CreateDatabase(ctx, name)
	if err == nil {
		err = migrations.Up(ctx, d.url, o.Logger)
	}
	if err != nil {
		_ = d.Close(ctx)
		return nil, err
	}
	return d, nil
}

// URL returns the connection string, password included: never log it.
func (d *Database) URL() string { return d.url }

// Died waits until a private PostgreSQL ends without [Database.Close], and
// returns a fault with code Unavailable that says how; nil when the context ends
// first. Every other database may come and go.
func (d *Database) Died(ctx context.Context) error {
	if d.cluster == nil {
		<-ctx.Done()
		return nil
	}
	return d.cluster.Died(ctx)
}

// deathTime is how much later than its clients we may notice that a private PostgreSQL is gone.
const deathTime = time.Second

// Cause returns how a private PostgreSQL ended where that is why something
// failed, and err itself everywhere else: who works on a database that dies may
// fail before its death is noticed.
func (d *Database) Cause(ctx context.Context, err error) error {
	if err == nil || d.cluster == nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, deathTime)
	defer cancel()
	if died := d.cluster.Died(ctx); died != nil {
		return died
	}
	return err
}

// stopTime is how long a private PostgreSQL may take to write its checkpoint; one that is killed recovers at its next start.
const stopTime = 30 * time.Second

// Close stops a private PostgreSQL, also when the context has ended; one that
// another program runs goes on, and so does every other database.
func (d *Database) Close(ctx context.Context) error {
	if d.cluster == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopTime)
	defer cancel()
	return d.cluster.Stop(ctx)
}

// Crash kills a private PostgreSQL in the middle of its work and starts it again at the same address.
func (d *Database) Crash(ctx context.Context) error {
	if d.cluster == nil {
		return fault.New(fault.Usage, "database.Crash", "the database is somebody else's")
	}
	return d.cluster.Crash(ctx)
}

// Current returns nil when a database has every migration that this program knows.
func Current(ctx context.Context, url string) error {
	const op = "database"
	steps, err := migrations.Status(ctx, url)
	if fault.CodeOf(err) == fault.Usage {
		return fault.New(fault.Usage, op, "database_url is not a PostgreSQL connection string")
	}
	if err != nil { // pgx tells about each address in a line of its own
		return fault.New(fault.Unavailable, op, "the database cannot be read: "+strings.Join(strings.Fields(err.Error()), " "))
	}
	var missing []string
	for _, s := range steps {
		if !s.Applied {
			missing = append(missing, s.Name)
		}
	}
	if len(missing) > 0 {
		return fault.New(fault.Unavailable, op, fmt.Sprintf(
			"the database lacks %d of %d migrations, first %s; bring it up to date with: lienthong migrate up", len(missing), len(steps), missing[0]))
	}
	return nil
}
