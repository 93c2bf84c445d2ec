package pusher_test

import (
	"bufio"
	"context"
	"errors"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strconv"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lienthong/lienthong/cmd/lienthong/pusher"
	"github.com/lienthong/lienthong/cmd/lienthong/world"
	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/gateway/postgres"
	"github.com/lienthong/lienthong/internal/fault"
	"github.com/lienthong/lienthong/internal/pgtest"
	"github.com/lienthong/lienthong/schema"
)

func TestLoad(t *testing.T) {
	t.Parallel()
	pool := pgtest.New(t)
	all := messages(300)
	file := write(t, "all.ndjson", lines(all))
	o := gateway.LoaderOptions{Source: source(t, world.OneStop, "onestop"), Store: postgres.New(pool).WithReceivers(receivers()), Window: 250, Commits: 2}
	done, err := load(t.Context(), o, quiet{}, file)
	require.NoError(t, err)
	require.Equal(t, gateway.LoadDone, done.State)
	require.EqualValues(t, len(all), done.Position)
	require.EqualValues(t, len(all), done.Tally.Messages)
	got := contents(t, pool)
	require.Len(t, got["submission"], len(all))
	require.Empty(t, got["due"], "a first load is not sent to the portal")
	require.Empty(t, got["part"])
	require.Len(t, got["mark"], 2, "one line of the feed for each kind: dossiers and their people")

	t.Run("the verdicts are those of the same messages pushed one by one", func(t *testing.T) {
		other, _ := pgtest.Another(t)
		in := gateway.NewIngestor(gateway.IngestorOptions{Sources: []gateway.Source{o.Source}, Store: postgres.New(other)})
		var sum gateway.LoadTally
		for _, m := range all {
			answer, err := in.Ingest(t.Context(), gateway.Push{Source: world.OneStop, Messages: []gateway.Message{{ContentType: "application/json", Body: m.Body}}})
			require.NoError(t, err)
			sum.Add(gateway.LoadTally{Summary: answer.Summary})
		}
		require.Equal(t, sum.Summary, done.Tally.Summary)
		want := contents(t, other)
		same(t, want, got, "record", "revision", "mention", "review")
		anyIndex := func(rows []string) (all []string) {
			for _, row := range rows {
				all = append(all, regexp.MustCompile(`"index":[0-9]+,`).ReplaceAllString(row, ""))
			}
			slices.Sort(all)
			return all
		}
		same(t, map[string][]string{"answers": anyIndex(want["submission"])}, map[string][]string{"answers": anyIndex(got["submission"])})
	})

	t.Run("the same file again is not loaded again, unless that is asked for", func(t *testing.T) {
		again, err := load(t.Context(), o, quiet{}, file)
		require.NoError(t, err)
		require.Equal(t, done.ID, again.ID)
		require.Equal(t, done.Tally, again.Tally)
		same(t, got, contents(t, pool))

		print, err := pusher.Fingerprint(t.Context(), pusher.InputOptions{Files: []string{file}})
		require.NoError(t, err)
		in, err := pusher.Open(pusher.InputOptions{Files: []string{file}})
		require.NoError(t, err)
		order := gateway.LoadOrder{Source: world.OneStop, Fingerprint: print, Again: true}
		repeated, err := gateway.NewLoader(o).Run(t.Context(), order, pusher.LoadInput{Input: in}, quiet{})
		require.NoError(t, err)
		require.NotEqual(t, done.ID, repeated.ID)
		require.Zero(t, repeated.Tally.Summary.Accepted)
		require.Empty(t, repeated.Tally.Created)
		same(t, got, contents(t, pool), "record", "revision", "entity", "mention", "review", "mark")
	})
}

// TestLoadKilled kills the loader again and again, wherever it is, and compares with a load that nobody disturbed.
func TestLoadKilled(t *testing.T) {
	t.Parallel()
	file := write(t, "all.ndjson", lines(messages(900)))
	calm := pgtest.New(t)
	_, err := load(t.Context(), gateway.LoaderOptions{
		Source: source(t, world.OneStop, "onestop"), Store: postgres.New(calm), Window: 300, Commits: 3,
	}, quiet{}, file)
	require.NoError(t, err)

	pool, url := pgtest.Another(t)
	program, err := os.Executable()
	require.NoError(t, err)
	kills := 0
	for ; ; kills++ {
		cmd := exec.CommandContext(t.Context(), program, file)
		cmd.Env = append(os.Environ(), "LIENTHONG_TEST_LOAD="+url)
		cmd.Stderr = os.Stderr
		out, err := cmd.StdoutPipe()
		require.NoError(t, err)
		require.NoError(t, cmd.Start())
		killed := false
		scan := bufio.NewScanner(out)
		for n := 0; scan.Scan(); n++ {
			if n == kills%3 && kills < 6 { // some windows further, while the next one is being stored
				require.NoError(t, cmd.Process.Kill())
				killed = true
			}
		}
		err = cmd.Wait()
		if !killed {
			require.NoError(t, err)
			break
		}
	}
	require.Greater(t, kills, 4)
	same(t, contents(t, calm), contents(t, pool))
}

// broken is a store whose process dies in the middle of a window: some parts
// are stored, and of one the answer is lost.
type broken struct {
	gateway.LoadStore
	mu    sync.Mutex
	calls int
	dies  int // with the call of this number; the one before is stored, but not answered
}

var errDied = errors.New("died")

// CommitPart implements gateway.LoadStore.
func (b *broken) CommitPart(ctx context.Context, l gateway.Load, p gateway.LoadPart) (gateway.LoadTally, error) {
	b.mu.Lock()
	defer b.mu.Unlock() // one after the other, so that what is stored does not depend on chance
	if ctx.Err() != nil {
		return gateway.LoadTally{}, ctx.Err()
	}
	b.calls++
	switch b.calls {
	case b.dies:
		return gateway.LoadTally{}, errDied
	case b.dies - 1:
		if _, err := b.LoadStore.CommitPart(ctx, l, p); err != nil {
			return gateway.LoadTally{}, err
		}
		return gateway.LoadTally{}, errDied
	}
	return b.LoadStore.CommitPart(ctx, l, p)
}

func TestLoadContinues(t *testing.T) {
	t.Parallel()
	file := write(t, "all.ndjson", lines(messages(250)))
	calm := pgtest.New(t)
	o := gateway.LoaderOptions{Source: source(t, world.OneStop, "onestop"), Store: postgres.New(calm), Window: 400, Commits: 3}
	_, err := load(t.Context(), o, quiet{}, file)
	require.NoError(t, err)
	want := contents(t, calm)

	for dies := 1; dies <= 7; dies += 2 {
		t.Run("after it died at part "+strconv.Itoa(dies), func(t *testing.T) {
			t.Parallel()
			pool := pgtest.New(t)
			o := o
			o.Store = &broken{LoadStore: postgres.New(pool), dies: dies}
			_, err := load(t.Context(), o, quiet{}, file)
			require.ErrorIs(t, err, errDied)
			o.Store = postgres.New(pool)
			_, err = load(t.Context(), o, quiet{}, file)
			require.NoError(t, err)
			same(t, want, contents(t, pool))
		})
	}

	t.Run("with windows of another size nothing is lost or doubled", func(t *testing.T) {
		t.Parallel()
		pool := pgtest.New(t)
		o := o
		o.Store = &broken{LoadStore: postgres.New(pool), dies: 5}
		_, err := load(t.Context(), o, quiet{}, file)
		require.ErrorIs(t, err, errDied)
		o.Store, o.Window, o.Commits = postgres.New(pool), 130, 2
		done, err := load(t.Context(), o, quiet{}, file)
		require.NoError(t, err)
		got := contents(t, pool)
		same(t, want, got, "submission", "record", "revision", "mention", "review")
		require.EqualValues(t, len(want["submission"]), done.Tally.Messages)
	})
}

func TestLoadIsFenced(t *testing.T) {
	t.Parallel()
	store := postgres.New(pgtest.New(t))
	order := gateway.LoadOrder{Source: world.OneStop, Fingerprint: schema.Hash{1}}
	first, err := store.BeginLoad(t.Context(), order)
	require.NoError(t, err)
	second, err := store.BeginLoad(t.Context(), order)
	require.NoError(t, err)
	require.Equal(t, first.ID, second.ID)

	part := gateway.LoadPart{LoadedPart: gateway.LoadedPart{Last: 1, Messages: []byte{1}}}
	for name, call := range map[string]func(gateway.Load) error{
		"a part":     func(l gateway.Load) error { _, err := store.CommitPart(t.Context(), l, part); return err },
		"a position": func(l gateway.Load) error { l.Position = 1; return store.AdvanceLoad(t.Context(), l) },
		"the end":    func(l gateway.Load) error { _, err := store.EndLoad(t.Context(), l, gateway.LoadDone); return err },
	} {
		require.Equal(t, fault.Conflict, fault.CodeOf(call(first)), "%s of a run that was taken for dead", name)
	}
	_, err = store.CommitPart(t.Context(), second, part)
	require.NoError(t, err)

	t.Run("an abandoned load gives way to a new one", func(t *testing.T) {
		third, err := store.AbandonLoad(t.Context(), order)
		require.NoError(t, err)
		require.Equal(t, gateway.LoadAbandoned, third.State)
		require.Equal(t, first.ID, third.ID)
		_, err = store.AbandonLoad(t.Context(), order)
		require.Equal(t, fault.NotFound, fault.CodeOf(err))
		fresh, err := store.BeginLoad(t.Context(), order)
		require.NoError(t, err)
		require.NotEqual(t, third.ID, fresh.ID)
		require.Empty(t, fresh.Parts)
	})
}

// TestLoadBesideALiveGateway loads what a live gateway is being pushed at the same time.
func TestLoadBesideALiveGateway(t *testing.T) {
	t.Parallel()
	pool := pgtest.New(t)
	store := postgres.New(pool).WithReceivers(receivers())
	src := source(t, world.OneStop, "onestop")
	in := gateway.NewIngestor(gateway.IngestorOptions{Sources: []gateway.Source{src}, Store: store})
	all := messages(400)
	push := func(all []world.Message) error {
		p := gateway.Push{Source: world.OneStop}
		for _, m := range all {
			p.Messages = append(p.Messages, gateway.Message{ContentType: "application/json", Body: m.Body})
		}
		_, err := in.Ingest(t.Context(), p)
		return err
	}
	require.NoError(t, push(all[:300])) // what the portal knows of already
	known := contents(t, pool)
	require.NotEmpty(t, known["due"])

	var live sync.WaitGroup
	pushed := make(chan error, 1)
	live.Go(func() {
		for from := 300; from < len(all); from += 40 {
			if err := push(all[from:min(from+40, len(all))]); err != nil {
				pushed <- err
				return
			}
		}
		pushed <- nil
	})
	done, err := load(t.Context(), gateway.LoaderOptions{Source: src, Store: store, Window: 200, Commits: 2}, quiet{}, write(t, "all.ndjson", lines(all)))
	require.NoError(t, err)
	live.Wait()
	require.NoError(t, <-pushed)
	require.Greater(t, done.Tally.Summary.Unchanged+done.Tally.Summary.Superseded, 250, "what was there is not stored again")

	count := func(query string) (n int) {
		require.NoError(t, pool.QueryRow(t.Context(), query).Scan(&n))
		return n
	}
	require.Zero(t, count(`SELECT count(*) FROM (SELECT FROM record GROUP BY source, kind, local_id HAVING count(*) > 1) AS r`))
	require.Zero(t, count(`SELECT count(*) FROM record r WHERE revision <> (SELECT count(*) FROM record_revision v WHERE v.record_id = r.id)`))
	require.Zero(t, count(`SELECT count(*) FROM entity e WHERE kind = 'dossier' AND NOT EXISTS (SELECT FROM record r WHERE r.entity_id = e.id)`))
	require.Zero(t, count(`SELECT count(*) FROM delivery d JOIN entity e ON e.id = d.entity_id WHERE d.wanted_rev <> e.revision`),
		"what a destination shows or waits for does not fall behind")
	rebuilt(t, pool)
}
