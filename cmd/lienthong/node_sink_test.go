package main

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lienthong/lienthong/cmd/lienthong/world"
	"github.com/lienthong/lienthong/gateway/config"
	"github.com/lienthong/lienthong/gateway/portal/simulator"
)

// TestSinkBesidePortal pushes a made-up province to a gateway with two
// destinations: each gets what it receives, and nobody's person record goes anywhere.
func TestSinkBesidePortal(t *testing.T) {
	t.Parallel()
	r := startRigWith(t, func(c *config.Config, address string) {
		c.Destinations = append(c.Destinations, config.Destination{
			Code: "kho", Kind: config.KindSink, URL: address + "/sink/events", Lookup: "none", Settle: config.Duration(time.Second),
			Timeout: config.Duration(5 * time.Second), Lanes: 4, Batch: 20, Receives: []string{"dossier", "land_parcel", "civil_event", "organisation"},
			Breaker: config.Breaker{MinCalls: 1000}, // lost answers are repeated here, not waited out
		})
	})
	require.NoError(t, r.portal.SetFault(simulator.Fault{
		Name: simulator.FaultStoredAnswerLost, On: true, Count: 4, Ops: []simulator.Op{simulator.OpEvent},
	}))
	for block := range world.New(world.Options{Seed: 5, Dossiers: 30}).Blocks() {
		for _, m := range block.Messages {
			r.push(t, m)
		}
	}
	r.settled(t)
	var wanted int
	require.NoError(t, r.node.pool.QueryRow(t.Context(), `
		SELECT count(*) FROM delivery d JOIN entity e ON e.id = d.entity_id
		WHERE d.destination = 'kho' AND d.acked_rev = e.revision`).Scan(&wanted))
	events, total := r.portal.SinkEvents(1000)
	require.Positive(t, total)
	require.Equal(t, wanted, total, "every entity that it receives stands there")
	for _, e := range events {
		require.Regexp(t, `^(dossier|land_parcel|civil_event|organisation)/`, e.Subject)
		var revision int64
		require.NoError(t, r.node.pool.QueryRow(t.Context(), `SELECT revision FROM entity WHERE kind || '/' || id = $1`, e.Subject).Scan(&revision))
		require.LessOrEqual(t, int64(e.Effects), revision, "a revision has one effect at most")
	}
	require.Positive(t, r.portal.State().Stored.EventRepeats, "answers were lost, and the events came again")
	var dossiers int
	require.NoError(t, r.node.pool.QueryRow(t.Context(), `SELECT count(*) FROM delivery WHERE destination = 'dvcqg'`).Scan(&dossiers))
	require.Equal(t, dossiers, r.portal.State().Stored.Dossiers)
}
