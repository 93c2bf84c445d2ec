package main

import (
	"context"
	"fmt"
	"io/fs"
	"net/http"
	"sync/atomic"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"github.com/lienthong/lienthong/cmd/lienthong/world"
	"github.com/lienthong/lienthong/internal/fault"
	"github.com/lienthong/lienthong/internal/pgtest"
	"github.com/lienthong/lienthong/migrations"
)

// TestPushesDuringAnUpgrade migrates below a node that answers pushes. The node
// is of this version, since none is tagged before it; what comes after it is a
// migration of the kind that an upgrade brings.
func TestPushesDuringAnUpgrade(t *testing.T) {
	t.Parallel()
	url := pgtest.Empty(t)
	g := prepare(t, url)

	code, _, errs := call(t, "serve", "--config", g.file)
	require.Equal(t, exitCodes[fault.Unavailable], code)
	require.Regexp(t, `^lienthong: [^\n]*lienthong migrate up\n$`, errs, "one line says what is missing")
	code, _, _ = call(t, "work", "--config", g.file)
	require.Equal(t, exitCodes[fault.Unavailable], code)

	require.NoError(t, migrations.Up(t.Context(), url, nil))
	p := launch(t, "serve", "--work", "--config", g.file)
	var messages []world.Message
	for block := range world.New(world.Options{Seed: 2, Dossiers: 400}).Blocks() {
		messages = append(messages, block.Messages...)
	}
	var pushed atomic.Int64
	pushing, upgraded := context.WithCancel(t.Context())
	defer upgraded()
	var sources errgroup.Group
	for hand := range 3 {
		sources.Go(func() error {
			for i := hand; pushing.Err() == nil && i < len(messages); i += 3 {
				status, body, err := g.push(t.Context(), p.told(t, "api"), fmt.Sprint("push-", i), messages[i])
				if err != nil {
					return err
				}
				if status != http.StatusOK && messages[i].Class != world.Bad {
					return fmt.Errorf("a push was answered %d: %s", status, body)
				}
				pushed.Add(1)
			}
			return nil
		})
	}
	during := func(what string, migrate func() error) {
		t.Helper()
		before := pushed.Load()
		require.NoError(t, migrate(), what)
		require.Eventually(t, func() bool { return pushed.Load() > before+20 }, startTime, 1e6, "pushes go on after %s", what)
	}
	during("nothing to do", func() error { return migrations.Up(t.Context(), url, nil) })
	during("nothing to do again", func() error { return migrations.Up(t.Context(), url, nil) })
	during("new columns and an index", func() error { return migrations.Runner{Files: next(t)}.Up(t.Context(), url) })
	upgraded()
	require.NoError(t, sources.Wait())
	t.Logf("%d pushes were answered meanwhile", pushed.Load())

	steps, err := migrations.Runner{Files: next(t)}.Status(t.Context(), url)
	require.NoError(t, err)
	for _, s := range steps {
		require.True(t, s.Applied, s.Name)
	}
	launch(t, "serve", "--config", g.file) // the version before starts on the schema of the version after
}

// next returns our migrations and those of a version to come.
func next(t *testing.T) fs.FS {
	t.Helper()
	files := fstest.MapFS{}
	names, err := fs.Glob(migrations.Files(), "*.sql")
	require.NoError(t, err)
	for _, name := range names {
		data, err := fs.ReadFile(migrations.Files(), name)
		require.NoError(t, err)
		files[name] = &fstest.MapFile{Data: data}
	}
	files["90001_add_notes.sql"] = &fstest.MapFile{Data: []byte(`-- +goose Up
SET lock_timeout = '5s';
ALTER TABLE submission ADD COLUMN note text;
ALTER TABLE record ADD COLUMN note text;
ALTER TABLE entity ADD COLUMN note text;
ALTER TABLE delivery ADD COLUMN note text;

-- +goose Down
ALTER TABLE delivery DROP COLUMN note;
ALTER TABLE entity DROP COLUMN note;
ALTER TABLE record DROP COLUMN note;
ALTER TABLE submission DROP COLUMN note;
`)}
	files["90002_index_notes.sql"] = &fstest.MapFile{Data: []byte(`-- +goose NO TRANSACTION
-- +goose Up
CREATE INDEX CONCURRENTLY record_note_idx ON record (note) WHERE note IS NOT NULL;

-- +goose Down
DROP INDEX CONCURRENTLY record_note_idx;
`)}
	return files
}
