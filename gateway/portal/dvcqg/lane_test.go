package dvcqg

import (
	"fmt"
	"testing"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"

	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/gateway/portal/destinationtest"
	"github.com/lienthong/lienthong/gateway/portal/simulator"
	"github.com/lienthong/lienthong/gateway/postgres"
	"github.com/lienthong/lienthong/internal/pgtest"
	"github.com/lienthong/lienthong/schema"
)

// engine is a lane in front of a simulated portal, on a database of its own.
type engine struct {
	simulated
	pool *pgxpool.Pool
	lane *gateway.Lane
}

func start(t *testing.T, o simulator.Options, change func(*Config)) *engine {
	t.Helper()
	e := &engine{pool: pgtest.New(t)}
	e.simulated = simulate(t, o, func(c *Config) {
		c.Lanes, c.Lookup = 1, gateway.ShowsTrail
		if change != nil {
			change(c)
		}
	})
	store := postgres.New(e.pool)
	e.lane = destinationtest.Lane(t, store, store, e.Destination, nil)
	return e
}

// want stores a golden dossier and makes its delivery due, as ingest does.
func (e *engine) want(t *testing.T, d *schema.Dossier) {
	t.Helper()
	sealed, err := schema.SealBody(d)
	require.NoError(t, err)
	id := uuid.New()
	_, err = e.pool.Exec(t.Context(), `
		INSERT INTO entity (id, kind, revision, hash, body, created_at, updated_at) VALUES ($1, 'dossier', 1, $2, $3, now(), now())`,
		id, sealed.Hash[:], string(sealed.JSON))
	require.NoError(t, err)
	_, err = e.pool.Exec(t.Context(), `
		WITH planned AS (
		    INSERT INTO delivery (destination, entity_id, key, slot, state, wanted_rev, due_at, created_at, updated_at)
		    VALUES ('dvcqg', $1, $2, 0, 'queued', 1, now(), now(), now()))
		INSERT INTO delivery_due (destination, entity_id, slot, rank) VALUES ('dvcqg', $1, 0, 0)`, id, d.Number)
	require.NoError(t, err)
}

// settle drains and lets settles pass until nothing is due now or later, and returns the states of all deliveries.
func (e *engine) settle(t *testing.T) (states []gateway.SyncState) {
	t.Helper()
	for range 60 {
		next, err := e.lane.Drain(t.Context(), "dvcqg", 0)
		require.NoError(t, err)
		_, err = e.pool.Exec(t.Context(), `
			UPDATE delivery SET retry_at = retry_at - interval '2 min', verify_at = verify_at - interval '2 min', cut_at = cut_at - interval '2 min'`)
		require.NoError(t, err)
		var rest bool
		require.NoError(t, e.pool.QueryRow(t.Context(), `
			SELECT NOT EXISTS (SELECT FROM delivery_due)
			   AND NOT EXISTS (SELECT FROM delivery WHERE retry_at IS NOT NULL OR verify_at IS NOT NULL OR state = 'sending')`).Scan(&rest))
		if rest && !next.Again {
			require.NoError(t, e.pool.QueryRow(t.Context(), `SELECT array_agg(state ORDER BY key) FROM delivery`).Scan(&states))
			return states
		}
	}
	require.Fail(t, "it does not come to rest")
	return nil
}

func TestLane(t *testing.T) {
	t.Parallel()
	t.Run("asks for a procedure that nobody knows, once, and sends a long trail whole", func(t *testing.T) {
		t.Parallel()
		e := start(t, simulator.Options{Faults: []simulator.Fault{{Name: simulator.FaultHTTP503, Ops: []simulator.Op{simulator.OpCatalogue}, Count: 1}}}, nil)
		for n := range 3 {
			d := unnamed(t, "1.004873")
			d.Number = fmt.Sprintf("H05.31-251103-%04d", n)
			for i := range 13 {
				s := birthSteps(t)[1]
				s.Dossier, s.At = d.Number, destinationtest.When(t, fmt.Sprintf("202511031015%02d", i))
				d.Steps = append(d.Steps, s)
			}
			e.want(t, d)
		}
		require.Equal(t, []gateway.SyncState{gateway.StateDelivered, gateway.StateDelivered, gateway.StateDelivered}, e.settle(t))
		require.Equal(t, simulator.Totals{Dossiers: 3, Steps: 39}, e.portal.State().Stored)
		require.EqualValues(t, 2, e.portal.State().Calls[simulator.OpCatalogue], "the one that failed, and one more")
	})
	t.Run("sends states of a portal-born dossier back through lost answers", func(t *testing.T) {
		t.Parallel()
		e := start(t, simulator.Options{AnyBorn: true, Faults: []simulator.Fault{
			{Name: simulator.FaultStoredAnswerLost, Ops: []simulator.Op{simulator.OpStatus}, Count: 1},
		}}, nil)
		d := twoNumbers(t)
		d.Steps = append(d.Steps, schema.DossierStep{Dossier: sampleKey, At: destinationtest.When(t, "20251103110000"), Status: schema.SupplementRequired})
		e.want(t, d)
		require.Equal(t, []gateway.SyncState{gateway.StateDelivered}, e.settle(t))
		require.Equal(t, simulator.Totals{Born: 1, Statuses: 3}, e.portal.State().Stored)
		require.Zero(t, e.portal.State().Calls[simulator.OpLookup])
	})
	t.Run("goes through a bus that has no look-up, and a create whose answer is lost is stored once", func(t *testing.T) {
		t.Parallel()
		e := start(t, simulator.Options{Faults: []simulator.Fault{
			{Name: simulator.FaultStoredAnswerLost, Ops: []simulator.Op{simulator.OpDossier}, Count: 1},
		}}, buses()[WireNamed])
		d := birth(t)
		d.Steps = birthSteps(t)
		e.want(t, d)
		require.Equal(t, []gateway.SyncState{gateway.StateDelivered}, e.settle(t))
		stored := e.portal.State().Stored
		require.Equal(t, []int{1, 2, 0}, []int{stored.Dossiers, stored.Steps, stored.StepRepeats})
	})
}
