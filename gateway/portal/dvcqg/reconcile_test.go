package dvcqg

import (
	"fmt"
	"log/slog"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/gateway/portal/destinationtest"
	"github.com/lienthong/lienthong/gateway/portal/simulator"
	"github.com/lienthong/lienthong/gateway/postgres"
	"github.com/lienthong/lienthong/schema"
)

// reconciler looks at everything as fast as it can, all day.
func (e *engine) reconciler(t *testing.T, plan gateway.ReconcilePlan) *gateway.Reconciler {
	t.Helper()
	store := postgres.New(e.pool)
	if plan.Rate == 0 {
		plan.Rate = 100_000
	}
	c, err := gateway.NewReconciler(gateway.ReconcilerConfig{
		Lane: e.lane, Store: store, Due: store, Logger: slog.New(slog.DiscardHandler), Plans: map[string]gateway.ReconcilePlan{"dvcqg": plan},
	})
	require.NoError(t, err)
	return c
}

// cycle looks at everything that is at rest once.
func (e *engine) cycle(t *testing.T, c *gateway.Reconciler) {
	t.Helper()
	_, err := e.pool.Exec(t.Context(), `
		UPDATE delivery SET updated_at = updated_at - interval '1 day', looked_at = looked_at - interval '1 day'`)
	require.NoError(t, err)
	for range 1000 {
		next, err := c.Step(t.Context(), "dvcqg")
		require.NoError(t, err)
		if next.After >= time.Minute {
			return
		}
		require.Zero(t, next.After, "nobody else works here")
	}
	require.Fail(t, "the cycle does not end")
}

// drifts returns what is listed, by number.
func (e *engine) drifts(t *testing.T) map[string]gateway.DriftClass {
	t.Helper()
	all, err := postgres.New(e.pool).Drifts(t.Context(), gateway.DriftQuery{Limit: 1000})
	require.NoError(t, err)
	found := make(map[string]gateway.DriftClass, len(all))
	for _, d := range all {
		found[d.Key] = d.Class
	}
	require.Len(t, found, len(all))
	return found
}

// stranger writes to the portal past us: a header, or one step.
func (e *engine) stranger(t *testing.T, d *schema.Dossier, header bool, at string, status schema.Status) {
	t.Helper()
	theirs := *d
	known := e.look(t, d.Number)
	require.True(t, known.Exists)
	if header {
		theirs.Note = "Hệ thống của Bộ ghi"
	} else {
		theirs.Steps = append(slices.Clone(d.Steps), schema.DossierStep{Dossier: d.Number, At: destinationtest.When(t, at), Status: status})
	}
	delivered(t, e.bring(t, &theirs, known), 1)
}

// manyDossiers have a trail of three steps, one of them a request for papers; every fourth has none yet.
func manyDossiers(t *testing.T, n int) []*schema.Dossier {
	t.Helper()
	all := make([]*schema.Dossier, n)
	for i := range all {
		d := birth(t)
		d.BornAtPortal, d.Number = false, fmt.Sprintf("H05.31-251103-%04d", i)
		if i%4 > 0 {
			d.Steps = birthSteps(t)
			d.Steps = append(d.Steps, schema.DossierStep{At: destinationtest.When(t, "20251103113000"), Status: schema.SupplementRequired})
			for j := range d.Steps {
				d.Steps[j].Dossier = d.Number
			}
		}
		all[i] = d
	}
	return all
}

// again stores a second revision of a dossier and makes its delivery due, as ingest does.
func (e *engine) again(t *testing.T, d *schema.Dossier) {
	t.Helper()
	sealed, err := schema.SealBody(d)
	require.NoError(t, err)
	_, err = e.pool.Exec(t.Context(), `
		WITH moved AS (
		    UPDATE delivery SET state = 'queued', wanted_rev = 2 WHERE key = $1 RETURNING entity_id),
		written AS (
		    UPDATE entity SET revision = 2, hash = $2, body = $3 FROM moved WHERE id = entity_id)
		INSERT INTO delivery_due (destination, entity_id, slot, rank) SELECT 'dvcqg', entity_id, 0, 0 FROM moved`,
		d.Number, sealed.Hash[:], string(sealed.JSON))
	require.NoError(t, err)
}

// lie makes the portal take everything of one in a hundred dossiers and store
// nothing: creates, updates and steps.
func (e *engine) lie(t *testing.T, all []*schema.Dossier, extra int) (lied []string) {
	t.Helper()
	require.NoError(t, e.portal.SetFault(simulator.Fault{Name: simulator.FaultLyingSuccess, On: true}))
	for i := range extra {
		d := all[(i*101+50)%(len(all)-extra)]
		switch i % 3 {
		case 0:
			d.Note = "lần hai"
			e.again(t, d)
		case 1:
			d.Steps = append(d.Steps, schema.DossierStep{Dossier: d.Number, At: destinationtest.When(t, "20251103123000"), Status: schema.SupplementRequired})
			e.again(t, d)
		case 2:
			d = all[len(all)-1-i]
			d.Steps = nil
			e.want(t, d)
		}
		lied = append(lied, d.Number)
	}
	e.settle(t)
	require.NoError(t, e.portal.SetFault(simulator.Fault{Name: simulator.FaultLyingSuccess}))
	return lied
}

// TestReconcile is the promise of the drift list: a portal that lied about one dossier
// of a hundred or so, and a stranger who wrote to as many.
func TestReconcile(t *testing.T) {
	t.Parallel()
	const n, share = 400, 6
	e := start(t, simulator.Options{}, func(c *Config) { c.Lanes = 4 })
	all := manyDossiers(t, n)
	for _, d := range all[:n-share] {
		e.want(t, d)
	}
	e.settle(t)
	want := map[string]gateway.DriftClass{}
	for _, number := range e.lie(t, all, share) {
		want[number] = gateway.DriftSentNotShown
	}
	require.Len(t, want, share)
	all = slices.DeleteFunc(all, func(d *schema.Dossier) bool {
		_, stored := e.portal.Dossier(d.Number)
		return !stored && want[d.Number] == ""
	})
	for i, strange := 1, 0; strange < share; i += 37 {
		d := all[i]
		if want[d.Number] != "" {
			continue
		}
		switch strange++; strange % 3 {
		case 0:
			e.stranger(t, d, true, "", "")
			want[d.Number] = gateway.DriftForeign
		case 1:
			e.stranger(t, d, false, "20251104160000", schema.Completed)
			want[d.Number] = gateway.DriftPortalNewer
		case 2:
			e.stranger(t, d, false, "20251103090000", schema.InProgress)
			want[d.Number] = gateway.DriftForeign
		}
	}

	c := e.reconciler(t, gateway.ReconcilePlan{})
	e.cycle(t, c)
	require.Empty(t, cmp.Diff(want, e.drifts(t)), "every planted difference in its class, none invented")
	store := postgres.New(e.pool)
	lines, err := store.Agreement(t.Context(), "procedure")
	require.NoError(t, err)
	require.Len(t, lines, 1)
	require.Equal(t, []int64{int64(len(all)), int64(len(want))}, []int64{lines[0].Looked, lines[0].Differing})

	t.Run("a second cycle finds the same and counts nothing twice", func(t *testing.T) {
		e.cycle(t, c)
		require.Empty(t, cmp.Diff(want, e.drifts(t)))
		again, err := store.Agreement(t.Context(), "procedure")
		require.NoError(t, err)
		require.Equal(t, lines[0].Differing, again[0].Differing)
	})
	t.Run("a repair sends what lacks, once, and nothing where the portal is ahead", func(t *testing.T) {
		for range 2 { // two who order the same
			for _, class := range []gateway.DriftClass{gateway.DriftSentNotShown, gateway.DriftForeign} {
				_, err := store.RepairDrift(t.Context(), gateway.DriftOrder{Class: class, Actor: "an.nguyen", Reason: "đối soát", Limit: n})
				require.NoError(t, err)
			}
		}
		_, err := store.RepairDrift(t.Context(), gateway.DriftOrder{Class: gateway.DriftPortalNewer, Actor: "an.nguyen", Reason: "đối soát", Limit: n})
		require.Error(t, err)
		e.settle(t)
		for _, d := range all {
			stored, ok := e.portal.Dossier(d.Number)
			require.True(t, ok)
			require.GreaterOrEqual(t, len(stored.Steps), len(d.Steps))
			for _, s := range stored.Steps {
				require.False(t, s.Duplicate, d.Number)
			}
		}
		e.cycle(t, c)
		for number, class := range e.drifts(t) { // headers are ours again; foreign steps cannot be taken back
			require.Equal(t, want[number], class)
			require.NotEqual(t, gateway.DriftSentNotShown, class)
		}
		require.Len(t, e.drifts(t), 4)
	})
	t.Run("what is accepted is not listed until either side changes", func(t *testing.T) {
		for _, class := range []gateway.DriftClass{gateway.DriftForeign, gateway.DriftPortalNewer} {
			done, err := store.RepairDrift(t.Context(), gateway.DriftOrder{Class: class, Accept: true, Actor: "an.nguyen", Reason: "đã hỏi nguồn", Limit: n})
			require.NoError(t, err)
			require.Equal(t, 2, done.Done)
		}
		e.cycle(t, c)
		require.Empty(t, e.drifts(t))
		for number, class := range want {
			if class == gateway.DriftPortalNewer {
				i := slices.IndexFunc(all, func(d *schema.Dossier) bool { return d.Number == number })
				e.stranger(t, all[i], false, "20251105080000", schema.Returned)
			}
		}
		e.cycle(t, c)
		require.Len(t, e.drifts(t), 2)
	})
}
