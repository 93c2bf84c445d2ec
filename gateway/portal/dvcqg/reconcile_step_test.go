package dvcqg

import (
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/gateway/portal/simulator"
	"github.com/lienthong/lienthong/gateway/postgres"
	"github.com/lienthong/lienthong/schema"
)

func (e *engine) lookups() int { return int(e.portal.State().Calls[simulator.OpLookup]) }

func TestStepsOfReconciliation(t *testing.T) {
	t.Parallel()
	e := start(t, simulator.Options{}, nil)
	all := manyDossiers(t, 8)
	for _, d := range all[:7] {
		e.want(t, d)
	}
	e.settle(t)
	_, err := e.pool.Exec(t.Context(), `UPDATE delivery SET updated_at = updated_at - interval '1 day'`)
	require.NoError(t, err)

	t.Run("nothing is looked at while a delivery is due", func(t *testing.T) {
		e.want(t, all[7])
		next, err := e.reconciler(t, gateway.ReconcilePlan{}).Step(t.Context(), "dvcqg")
		require.NoError(t, err)
		require.Equal(t, time.Second, next.After)
		require.Zero(t, e.lookups())
		e.settle(t)
	})
	t.Run("but what another system writes and nobody compared yet is in nobody's way", func(t *testing.T) {
		_, err := e.pool.Exec(t.Context(), `UPDATE delivery SET look = 'compare' WHERE key = $1`, all[7].Number)
		require.NoError(t, err)
		c, before := e.reconciler(t, gateway.ReconcilePlan{Rate: 0.01}), e.lookups()
		_, err = c.Step(t.Context(), "dvcqg")
		require.NoError(t, err)
		require.Equal(t, before+1, e.lookups())
		_, err = e.pool.Exec(t.Context(), `UPDATE delivery SET look = NULL, looked_at = NULL`)
		require.NoError(t, err)
	})
	t.Run("nothing is looked at while another node does", func(t *testing.T) {
		store := postgres.New(e.pool)
		other := gateway.LaneLease{Destination: "dvcqg", Lane: gateway.Slots, Lanes: 1, Holder: uuid.New(), Node: "b"}
		taken, _, err := store.TakeLane(t.Context(), other, time.Minute, 0)
		require.NoError(t, err)
		require.True(t, taken)
		next, err := e.reconciler(t, gateway.ReconcilePlan{}).Step(t.Context(), "dvcqg")
		require.NoError(t, err)
		require.Equal(t, 15*time.Second, next.After)
		require.Equal(t, 1, e.lookups())
		_, err = store.LeaveLane(t.Context(), other)
		require.NoError(t, err)
	})
	t.Run("one look at a time as the rate says", func(t *testing.T) {
		c := e.reconciler(t, gateway.ReconcilePlan{Rate: 0.01})
		next, err := c.Step(t.Context(), "dvcqg")
		require.NoError(t, err)
		require.InDelta(t, 100, next.After.Seconds(), 30)
		require.Equal(t, 2, e.lookups())
		next, err = c.Step(t.Context(), "dvcqg")
		require.NoError(t, err)
		require.InDelta(t, 100, next.After.Seconds(), 30)
		require.Equal(t, 2, e.lookups())
	})
	t.Run("another node goes on where one stopped", func(t *testing.T) {
		c := e.reconciler(t, gateway.ReconcilePlan{})
		for range 3 {
			_, err := c.Step(t.Context(), "dvcqg")
			require.NoError(t, err)
		}
		require.Equal(t, 8, e.lookups(), "each once; the one that was sent just now may not be shown yet")
	})
	t.Run("a look that fails is in nobody's way", func(t *testing.T) {
		_, err := e.pool.Exec(t.Context(), `UPDATE delivery SET looked_at = NULL`)
		require.NoError(t, err)
		require.NoError(t, e.portal.SetFault(simulator.Fault{Name: simulator.FaultTruncatedJSON, On: true, Ops: []simulator.Op{simulator.OpLookup}, Count: 1}))
		c, before := e.reconciler(t, gateway.ReconcilePlan{}), e.lookups()
		next, err := c.Step(t.Context(), "dvcqg")
		require.NoError(t, err)
		require.Equal(t, time.Second, next.After)
		_, err = c.Step(t.Context(), "dvcqg")
		require.NoError(t, err)
		require.Equal(t, before+7, e.lookups(), "the one that failed, and the six others")
	})
	t.Run("a class that is marked idempotent is repaired by itself, another is not", func(t *testing.T) {
		e.stranger(t, all[1], true, "", "")
		e.stranger(t, all[2], false, "20251104160000", "completed")
		e.cycle(t, e.reconciler(t, gateway.ReconcilePlan{Repair: []gateway.DriftClass{gateway.DriftSentNotShown}}))
		require.Equal(t, map[string]gateway.DriftClass{all[1].Number: gateway.DriftForeign, all[2].Number: gateway.DriftPortalNewer}, e.drifts(t))
		var due int
		require.NoError(t, e.pool.QueryRow(t.Context(), `SELECT count(*) FROM delivery_due`).Scan(&due))
		require.Zero(t, due)

		c := e.reconciler(t, gateway.ReconcilePlan{Repair: []gateway.DriftClass{gateway.DriftForeign}})
		_, err := e.pool.Exec(t.Context(), `UPDATE delivery SET looked_at = NULL`)
		require.NoError(t, err)
		for range 3 {
			_, err := c.Step(t.Context(), "dvcqg")
			require.NoError(t, err)
			e.settle(t)
		}
		e.cycle(t, c)
		require.Equal(t, map[string]gateway.DriftClass{all[2].Number: gateway.DriftPortalNewer}, e.drifts(t))
		stored, ok := e.portal.Dossier(all[1].Number)
		require.True(t, ok)
		require.Equal(t, 2, stored.Updates, "the stranger's, and ours over it")
	})
	t.Run("what was withdrawn differs no more", func(t *testing.T) {
		store := postgres.New(e.pool)
		differing := func() (n int64) {
			lines, err := store.Agreement(t.Context(), "procedure")
			require.NoError(t, err)
			for _, l := range lines {
				n += l.Differing
			}
			return n
		}
		require.Equal(t, int64(1), differing())
		var id uuid.UUID
		require.NoError(t, e.pool.QueryRow(t.Context(), `SELECT entity_id FROM delivery WHERE key = $1`, all[2].Number).Scan(&id))
		_, err := store.Retract(t.Context(), gateway.Retraction{EntityID: id, Kind: schema.KindDossier, Actor: "an", Reason: "thử"})
		require.NoError(t, err)
		e.settle(t)
		e.cycle(t, e.reconciler(t, gateway.ReconcilePlan{}))
		require.Empty(t, e.drifts(t), "nobody could repair it")
		require.Zero(t, differing())
		var told int
		require.NoError(t, e.pool.QueryRow(t.Context(), `
			SELECT count(*) FROM journal_inbox WHERE lines LIKE '%"was":"portal_newer"}%' AND lines LIKE '%' || $1 || '%'`, id.String()).Scan(&told))
		require.Equal(t, 1, told)
	})
}
