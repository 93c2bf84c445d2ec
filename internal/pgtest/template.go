package pgtest

import (
	"context"
	"crypto/sha256"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivermigrate"

	"github.com/lienthong/lienthong/gateway/embedded"
	"github.com/lienthong/lienthong/migrations"
)

const (
	templateName = "pristine" // the migrated database that nobody writes to
	stockSize    = 2          // clones of it that every prepared folder holds
	layout       = "1"        // of a prepared folder; change it when this file makes something else
)

// stock returns the names of the clones in a prepared folder.
func stock() []string {
	names := make([]string, stockSize)
	for i := range names {
		names[i] = fmt.Sprintf("stock_%d", i+1)
	}
	return names
}

// prepare returns the folder of a stopped cluster that holds the migrated template and its clones.
// The first test binary makes it, about two seconds; all others copy it, a tenth of a second. It
// is made anew when PostgreSQL, a migration or the month (because of the partitions) changes.
func prepare(ctx context.Context, root string) (string, error) {
	key, err := fingerprint(ctx, time.Now())
	if err != nil {
		return "", err
	}
	dir := filepath.Join(root, "prepared-"+key)
	held, err := lock(dir + ".lock")
	if err != nil {
		return "", err
	}
	defer func() { _ = held.Close() }()
	if _, err := os.Stat(dir); err == nil {
		now := time.Now()
		return dir, os.Chtimes(dir, now, now) // in use: not to be swept
	}
	r, err := newRun(root) // should this program die in the middle, nothing stays
	if err != nil {
		return "", err
	}
	defer r.close()
	if err := build(ctx, r.dir); err != nil {
		return "", fmt.Errorf("preparing the test database: %w", err)
	}
	return dir, os.Rename(r.dir, dir)
}

// build makes the cluster of a prepared folder and stops it.
func build(ctx context.Context, dir string) error {
	cluster, err := launch(ctx, dir, "")
	if err != nil {
		return err
	}
	err = fill(ctx, cluster)
	if stop := cluster.Stop(ctx); err == nil {
		err = stop
	}
	return err
}

func fill(ctx context.Context, cluster *embedded.Cluster) error {
	if err := cluster.CreateDatabase(ctx, templateName); err != nil {
		return err
	}
	if err := migrations.Up(ctx, cluster.URL(templateName), nil); err != nil {
		return err
	}
	conn, err := pgx.Connect(ctx, cluster.URL("postgres"))
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close(ctx) }()
	for _, name := range stock() {
		_, err := conn.Exec(ctx, `CREATE DATABASE `+quote(name)+` TEMPLATE `+quote(templateName))
		if err != nil {
			return err
		}
	}
	return nil
}

// fingerprint names everything that a prepared folder depends on.
func fingerprint(ctx context.Context, now time.Time) (string, error) {
	binaries, err := embedded.FindBinaries(ctx, os.Getenv, 0)
	if err != nil {
		return "", err
	}
	sum := sha256.New()
	_, _ = fmt.Fprintln(sum, layout, binaries.Dir, binaries.Version, now.UTC().Format("2006-01"))
	files := migrations.Files()
	names, err := fs.Glob(files, "*.sql")
	if err != nil {
		return "", err
	}
	for _, name := range names {
		text, err := fs.ReadFile(files, name)
		if err != nil {
			return "", err
		}
		_, _ = fmt.Fprintln(sum, name, len(text))
		_, _ = sum.Write(text)
	}
	river, err := rivermigrate.New(riverpgxv5.New(nil), nil)
	if err != nil {
		return "", err
	}
	for _, step := range river.AllVersions() {
		_, _ = fmt.Fprintln(sum, step.Version, step.SQLUp)
	}
	return strings.ToLower(fmt.Sprintf("%x", sum.Sum(nil)[:8])), nil
}
