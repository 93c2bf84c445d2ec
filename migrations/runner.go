package migrations

import (
	"context"
	"database/sql"
	"errors"
	"io/fs"
	"log/slog"
	"path"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivermigrate"

	"github.com/lienthong/lienthong/internal/fault"
)

// LockKey is the key of the session-level advisory lock around all migrations; the letters of "lienthon".
const LockKey = 0x6c69656e74686f6e

const monthsAhead = 3

// Runner applies migrations. The zero value works on the embedded files.
type Runner struct {
	Files  fs.FS            // nil: [Files]
	Logger *slog.Logger     // nil: silent
	Now    func() time.Time // nil: time.Now; decides which partitions are made
	Poll   time.Duration    // how often a waiter asks for the lock; zero: 200 ms
}

func (r Runner) withDefaults() Runner {
	if r.Files == nil {
		r.Files = Files()
	}
	if r.Logger == nil {
		r.Logger = slog.New(slog.DiscardHandler)
	}
	if r.Now == nil {
		r.Now = time.Now
	}
	if r.Poll == 0 {
		r.Poll = 200 * time.Millisecond
	}
	return r
}

// Up applies what the database lacks: our files, then River's, then partitions for this month and
// the next three. It stops at the first step that fails and can be called again. The connection
// string must lead to PostgreSQL itself, not to a pooler in transaction mode.
func (r Runner) Up(ctx context.Context, connString string) error {
	r = r.withDefaults()
	return r.locked(ctx, connString, func(s *session) error {
		if err := s.gooseUp(ctx, r.Logger); err != nil {
			return err
		}
		if err := s.riverUp(ctx, r.Logger); err != nil {
			return err
		}
		made, err := EnsurePartitions(ctx, s.pool, r.Now(), monthsAhead)
		if len(made) > 0 {
			r.Logger.Info("partitions made", "partitions", made)
		}
		return err
	})
}

// Down removes everything that Up made, with all data in it. Tests alone have a use for it.
func (r Runner) Down(ctx context.Context, connString string) error {
	const op = "migrations.Down"
	r = r.withDefaults()
	return r.locked(ctx, connString, func(s *session) error {
		_, err := s.river.Migrate(ctx, rivermigrate.DirectionDown, &rivermigrate.MigrateOpts{TargetVersion: -1})
		if err != nil {
			return fault.Wrap(err, fault.Internal, op)
		}
		_, err = s.goose.DownTo(ctx, 0)
		return fault.Wrap(err, fault.Internal, op)
	})
}

// Status lists all steps, ours first. It takes no lock and changes nothing.
func (r Runner) Status(ctx context.Context, connString string) ([]Step, error) {
	const op = "migrations.Status"
	r = r.withDefaults()
	s, err := r.open(ctx, connString)
	if err != nil {
		return nil, err
	}
	defer s.close()
	ours, err := s.gooseStatus(ctx)
	if err != nil {
		return nil, fault.Wrap(err, fault.Unavailable, op)
	}
	theirs, err := s.riverStatus(ctx)
	return append(ours, theirs...), fault.Wrap(err, fault.Unavailable, op)
}

// locked runs work while this program alone holds the migration lock. The lock is asked for again
// and again rather than waited for: a waiter inside the database would hold a snapshot, and CREATE
// INDEX CONCURRENTLY, which is what the holder may be doing, waits for all snapshots.
func (r Runner) locked(ctx context.Context, connString string, work func(*session) error) error {
	const op = "migrations.lock"
	conn, err := pgx.Connect(ctx, connString)
	if err != nil {
		return fault.Wrap(err, fault.Unavailable, op)
	}
	// Ending the session gives the lock back, also when the context has ended.
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	for {
		var got bool
		if err := conn.QueryRow(ctx, `SELECT pg_try_advisory_lock($1)`, int64(LockKey)).Scan(&got); err != nil {
			return fault.Wrap(err, fault.Unavailable, op)
		}
		if got {
			break
		}
		timer := time.NewTimer(r.Poll)
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return &fault.Error{Code: fault.Unavailable, Op: op, Err: context.Cause(ctx), Msg: "another program is migrating"}
		}
	}
	s, err := r.open(ctx, connString)
	if err != nil {
		return err
	}
	defer s.close()
	return work(s)
}

// session holds what one run needs to talk to the database.
type session struct {
	pool  *pgxpool.Pool
	db    *sql.DB
	goose *goose.Provider
	river *rivermigrate.Migrator[pgx.Tx]
}

func (r Runner) open(ctx context.Context, connString string) (*session, error) {
	const op = "migrations.open"
	config, err := pgxpool.ParseConfig(connString)
	if err != nil {
		return nil, fault.New(fault.Usage, op, "the connection string cannot be read") // the cause may quote the password
	}
	config.MaxConns = 4
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, fault.Wrap(err, fault.Unavailable, op)
	}
	s := &session{pool: pool, db: stdlib.OpenDBFromPool(pool)}
	s.goose, err = goose.NewProvider(goose.DialectPostgres, s.db, r.Files,
		goose.WithDisableGlobalRegistry(true), goose.WithSlog(r.Logger))
	if err == nil {
		s.river, err = rivermigrate.New(riverpgxv5.New(pool), &rivermigrate.Config{Logger: r.Logger})
	}
	if err != nil {
		s.close()
		return nil, fault.Wrap(err, fault.Internal, op)
	}
	return s, nil
}

func (s *session) close() {
	_ = s.db.Close()
	s.pool.Close()
}

// Steps run beside the writers of the version before, so that one of them may
// lose its locks to those; it is rolled back whole and tried again.
const (
	stepTries = 20
	stepPause = 250 * time.Millisecond
)

func (s *session) gooseUp(ctx context.Context, log *slog.Logger) error {
	for try := 1; ; try++ {
		results, err := s.goose.Up(ctx)
		var partial *goose.PartialError
		if errors.As(err, &partial) {
			results = partial.Applied
		}
		for _, done := range results {
			log.Info("migrated", "line", "lienthong", "version", done.Source.Version,
				"name", path.Base(done.Source.Path), "duration_ms", done.Duration.Milliseconds())
		}
		if err == nil || try == stepTries || !lostLocks(err) {
			return fault.Wrap(err, fault.Internal, "migrations.goose")
		}
		log.Warn("a migration lost its locks to writers and is tried again", "try", try)
		timer := time.NewTimer(stepPause)
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return fault.Wrap(ctx.Err(), fault.Unavailable, "migrations.goose")
		}
	}
}

// lostLocks reports a deadlock or a lock that was not to be had in time.
func lostLocks(err error) bool {
	var pg *pgconn.PgError
	return errors.As(err, &pg) && (pg.Code == "40P01" || pg.Code == "55P03")
}

func (s *session) riverUp(ctx context.Context, log *slog.Logger) error {
	result, err := s.river.Migrate(ctx, rivermigrate.DirectionUp, nil)
	if err != nil {
		return fault.Wrap(err, fault.Internal, "migrations.river")
	}
	for _, done := range result.Versions {
		log.Info("migrated", "line", "river", "version", done.Version,
			"name", done.Name, "duration_ms", done.Duration.Milliseconds())
	}
	return nil
}

func (s *session) gooseStatus(ctx context.Context) ([]Step, error) {
	list, err := s.goose.Status(ctx)
	if err != nil {
		return nil, err
	}
	steps := make([]Step, len(list))
	for i, m := range list {
		steps[i] = Step{
			Line: "lienthong", Version: m.Source.Version, Name: path.Base(m.Source.Path),
			Applied: m.State == goose.StateApplied, AppliedAt: m.AppliedAt,
		}
	}
	return steps, nil
}

func (s *session) riverStatus(ctx context.Context) ([]Step, error) {
	applied, err := s.river.ExistingVersions(ctx)
	if err != nil {
		return nil, err
	}
	var steps []Step
	for _, m := range s.river.AllVersions() {
		has := slices.ContainsFunc(applied, func(a rivermigrate.Migration) bool { return a.Version == m.Version })
		steps = append(steps, Step{Line: "river", Version: int64(m.Version), Name: m.Name, Applied: has})
	}
	return steps, nil
}
