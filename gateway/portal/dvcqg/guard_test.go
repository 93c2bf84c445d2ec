package dvcqg

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/gateway/portal/destinationtest"
	"github.com/lienthong/lienthong/gateway/portal/simulator"
	"github.com/lienthong/lienthong/gateway/postgres"
	"github.com/lienthong/lienthong/schema"
	"github.com/lienthong/lienthong/schema/score"
)

// guard makes the lane judge what leaves.
func (e *engine) guard(t *testing.T, setting score.Setting) {
	t.Helper()
	store := postgres.New(e.pool)
	e.lane = destinationtest.Lane(t, store, store, e.Destination, func(c *gateway.LaneConfig) {
		c.Guards = map[string]score.Setting{"dvcqg": setting}
	})
}

// held is where the only delivery stands.
func (e *engine) held(t *testing.T) (state, shelf, cause, problem string, warnings []string) {
	t.Helper()
	require.NoError(t, e.pool.QueryRow(t.Context(), `SELECT state, shelf, cause, problem, warnings FROM delivery`).
		Scan(&state, &shelf, &cause, &problem, &warnings))
	return state, shelf, cause, problem, warnings
}

func TestGuard(t *testing.T) {
	t.Parallel()
	e := start(t, simulator.Options{}, nil)
	e.guard(t, score.Setting{"supplement": score.Hold, "payment": score.Off})
	store := postgres.New(e.pool)
	d := birth(t)
	d.BornAtPortal, d.VNeID, d.Databases = false, false, nil
	d.OnlinePayment = schema.NotPaidOnline
	d.Steps = append(birthSteps(t), schema.DossierStep{Dossier: d.Number, At: destinationtest.When(t, "20251103111500"), Status: schema.SupplementRequired})
	e.want(t, d)
	_, err := e.pool.Exec(t.Context(), `
		INSERT INTO identifier_binding (kind, scheme, value, entity_id, created_at) SELECT 'dossier', $2, $1, entity_id, now() FROM delivery`,
		d.Number, string(schema.SchemeDossier))
	require.NoError(t, err)
	release := gateway.Release{Number: d.Number, Actor: "an.nguyen", Reason: "đã xác nhận với đơn vị"}

	t.Run("what only warns leaves, and says so", func(t *testing.T) {
		e.settle(t)
		state, _, _, _, warnings := e.held(t)
		require.Equal(t, "delivered", state)
		require.Equal(t, []string{"population_unverified"}, warnings, "of the header; the steps hurt nothing")
		_, err := store.ReleaseHeld(t.Context(), release)
		require.Error(t, err, "nothing is held")
	})
	before := e.portal.State().Stored
	t.Run("a second request for papers is held back with the reason, and nothing of it leaves", func(t *testing.T) {
		d.Steps = append(d.Steps, schema.DossierStep{Dossier: d.Number, At: destinationtest.When(t, "20251103141500"), Status: schema.SupplementRequired})
		e.again(t, d)
		e.settle(t)
		state, shelf, cause, problem, _ := e.held(t)
		require.Equal(t, []string{"failed_data", "source", "score.second_supplement"}, []string{state, shelf, cause})
		require.Contains(t, problem, "Yêu cầu bổ sung giấy tờ lần thứ hai")
		require.Equal(t, before, e.portal.State().Stored)
		var lines int
		require.NoError(t, e.pool.QueryRow(t.Context(), `
			SELECT count(*) FROM journal_inbox WHERE lines LIKE '%"decision":"held"%' AND lines LIKE '%score.second_supplement%'`).Scan(&lines))
		require.Equal(t, 1, lines)
	})
	t.Run("it is let go once", func(t *testing.T) {
		due, err := store.ReleaseHeld(t.Context(), release)
		require.NoError(t, err)
		require.Equal(t, []gateway.LaneKey{{Destination: "dvcqg"}}, due)
		again, err := store.ReleaseHeld(t.Context(), release)
		require.NoError(t, err, "it was let go: said twice it is one")
		require.Empty(t, again)
		e.settle(t)
		state, _, _, _, warnings := e.held(t)
		require.Equal(t, "delivered", state)
		require.Equal(t, []string{"second_supplement"}, warnings)
		require.Equal(t, before.Steps+1, e.portal.State().Stored.Steps)

		d.Steps = append(d.Steps, schema.DossierStep{Dossier: d.Number, At: destinationtest.When(t, "20251103151500"), Status: schema.SupplementRequired})
		sealed, err := schema.SealBody(d)
		require.NoError(t, err)
		_, err = e.pool.Exec(t.Context(), `UPDATE entity SET revision = 3, hash = $1, body = $2`, sealed.Hash[:], string(sealed.JSON))
		require.NoError(t, err)
		_, err = e.pool.Exec(t.Context(), `
			WITH moved AS (UPDATE delivery SET state = 'queued', wanted_rev = 3 RETURNING entity_id)
			INSERT INTO delivery_due (destination, entity_id, slot, rank) SELECT 'dvcqg', entity_id, 0, 0 FROM moved`)
		require.NoError(t, err)
		e.settle(t)
		_, _, cause, _, _ := e.held(t)
		require.Equal(t, "score.second_supplement", cause, "what changes after a release is judged again")
	})
}
