package postgres_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/lienthong/lienthong/adapters"
	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/schema"
)

// TestRankIsTheStores compares the rank that SQL computes with the rule.
func TestRankIsTheStores(t *testing.T) {
	b := setup(t)
	for i := range 20 {
		b.push(t, dossier(t, i, func(d *schema.Dossier) { d.DueAt = d.ReceivedAt.Add(time.Duration(i*i) * 7777 * time.Second) }))
	}
	b.push(t, dossier(t, 20, func(d *schema.Dossier) { d.DueAt = schema.Time{} }))
	rows, err := b.pool.Query(t.Context(), `SELECT q.rank, d.due_at, d.created_at FROM delivery_due q JOIN delivery d USING (destination, entity_id)`)
	require.NoError(t, err)
	var rank float64
	var due, since time.Time
	n := 0
	_, err = pgx.ForEachRow(rows, []any{&rank, &due, &since}, func() error {
		n++
		require.InDelta(t, gateway.Rank(due, since), rank, 1e-5) // the last bits of a sum of 4e10
		return nil
	})
	require.NoError(t, err)
	require.Equal(t, 21, n)
}

func TestDeadlineOfADelivery(t *testing.T) {
	received := at(t, "20251103083000")
	b := setup(t)
	record := dossier(t, 1, func(d *schema.Dossier) { d.DueAt = schema.Time{} })
	b.push(t, record)
	rank := func() (rank float64) {
		require.NoError(t, b.pool.QueryRow(t.Context(), `SELECT rank FROM delivery_due`).Scan(&rank))
		return rank
	}
	undated := rank()

	t.Run("one that comes nearer moves up what is due", func(t *testing.T) {
		b.push(t, dossier(t, 1, func(d *schema.Dossier) { d.DueAt = received.Add(8 * time.Hour) }))
		require.Less(t, rank(), undated-float64(20*24*3600))
	})
	t.Run("one that moves away does not push back what has waited", func(t *testing.T) {
		before := rank()
		b.push(t, dossier(t, 1, func(d *schema.Dossier) {
			d.DueAt, d.Supplements = received.Add(90*24*time.Hour), []schema.Supplement{{Request: "bản vẽ", RequestedAt: received}}
		}))
		require.Equal(t, before, rank())
		require.Equal(t, 1, b.count(t, `SELECT count(*) FROM delivery WHERE due_at = $1 AND wanted_rev = 3`, received.Add(90*24*time.Hour).Std()))
	})
}

// TestNewRevisionOfADelivery gives a delivery in each state a new revision.
func TestNewRevisionOfADelivery(t *testing.T) {
	type row struct {
		State, Shelf, Cause string
		Tries               int
		Wanted              int64
		Waits               bool // has a next attempt of its own
		Due                 bool
	}
	const wait = "now() + interval '1 hour'"
	tests := []struct {
		name  string
		set   string // of the delivery before
		due   bool   // before
		after row
	}{
		{"queued and due", "state = 'queued'", true, row{State: "queued", Due: true}},
		{"queued, waiting for its own attempt", "state = 'queued', shelf = 'destination', cause = 'http.503', tries = 2, retry_at = " + wait, false,
			row{State: "queued", Shelf: "destination", Cause: "http.503", Tries: 2, Waits: true}},
		{"held", "state = 'held'", false, row{State: "held"}},
		{"sending", "state = 'sending', attempt_id = gen_random_uuid(), operation = 'create'", true, row{State: "sending", Due: true}},
		{"unknown", "state = 'unknown', cut_at = now(), shelf = 'destination', cause = 'timeout', tries = 1, retry_at = " + wait, false,
			row{State: "unknown", Shelf: "destination", Cause: "timeout", Tries: 1, Waits: true}},
		{"delivered", "state = 'delivered', acked_rev = 1", false, row{State: "queued", Due: true}},
		{"delivered, to be looked at once more", "state = 'delivered', acked_rev = 1, verify_at = " + wait, false, row{State: "queued", Due: true}},
		{"confirmed", "state = 'confirmed', acked_rev = 1", false, row{State: "queued", Due: true}},
		{"failed_data", "state = 'failed_data', shelf = 'source', cause = 'field', tries = 3", false, row{State: "queued", Due: true}},
		{"failed_gateway", "state = 'failed_gateway', shelf = 'gateway', cause = 'bug', tries = 3, retry_at = " + wait, false, row{State: "queued", Due: true}},
		{"failed_destination", "state = 'failed_destination', shelf = 'destination', cause = 'quota', tries = 3, retry_at = " + wait, false,
			row{State: "failed_destination", Shelf: "destination", Cause: "quota", Tries: 3, Waits: true}},
		{"parked", "state = 'parked', shelf = 'source', cause = 'field', tries = 3", false, row{State: "queued", Due: true}},
		{"shadow", "state = 'shadow', cause = 'shadow.same'", false, row{State: "queued", Due: true}},
		{"redacted", "state = 'redacted'", false, row{State: "redacted"}},
	}
	states := map[string]bool{}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			b := setup(t)
			b.push(t, dossier(t, 1, nil))
			_, err := b.pool.Exec(t.Context(), `UPDATE delivery SET `+tt.set)
			require.NoError(t, err)
			if !tt.due {
				_, err = b.pool.Exec(t.Context(), `DELETE FROM delivery_due`)
				require.NoError(t, err)
			}
			var before string
			require.NoError(t, b.pool.QueryRow(t.Context(), `SELECT state FROM delivery`).Scan(&before))
			states[before] = true

			out, err := b.store.Ingest(t.Context(), []gateway.Unit{unit(t, dossier(t, 1, func(d *schema.Dossier) { d.Note = "bổ sung" }))})
			require.NoError(t, err)
			rows, err := b.pool.Query(t.Context(), `
				SELECT state, shelf, cause, tries, wanted_rev AS wanted, retry_at IS NOT NULL AS waits,
				       EXISTS (SELECT FROM delivery_due q WHERE q.entity_id = d.entity_id AND q.slot = d.slot) AS due
				FROM delivery d`)
			require.NoError(t, err)
			got, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[row])
			require.NoError(t, err)
			tt.after.Wanted = 2 // in every state: what comes later has to know what is wanted
			require.Equal(t, tt.after, got)
			woken := len(out.Due) > 0
			require.Equal(t, tt.after.Due && !tt.due, woken, "a lane is woken for what has become due")
		})
	}
	for _, s := range gateway.SyncStates() {
		require.True(t, states[string(s)], "nothing is said of a delivery that is %s", s)
	}
}

func TestDeliveriesOfSeveralDestinations(t *testing.T) {
	b := setup(t)
	b.store.WithReceivers(
		gateway.Receiver{Code: "dvcqg", Receives: []schema.Kind{schema.KindDossier}},
		gateway.Receiver{Code: "lgsp", Receives: []schema.Kind{schema.KindDossier, schema.KindPerson}},
		gateway.Receiver{Code: "people", Receives: []schema.Kind{schema.KindPerson}},
		gateway.Receiver{Code: "parcels", Receives: []schema.Kind{schema.KindLandParcel}},
		gateway.Receiver{Code: "store", Receives: []schema.Kind{schema.KindDossier, schema.KindLandParcel}, Keys: gateway.KeyEntity},
	)
	parcel := prepared(t, "dat", adapters.ByArrival, &schema.LandParcel{Commune: "09190", OldCommune: "09187", Sheet: "12", Number: "345"}, "12-345")
	out, err := b.store.Ingest(t.Context(), []gateway.Unit{unit(t, dossier(t, 1, nil), parcel)})
	require.NoError(t, err)
	slot := gateway.SlotOf(number(1))
	require.Subset(t, out.Due, []gateway.LaneKey{{Destination: "dvcqg", Slot: slot}, {Destination: "lgsp", Slot: slot}})
	require.Equal(t, 2, b.count(t, `SELECT count(*) FROM delivery WHERE key = $1 AND slot = $2`, number(1), slot), fmt.Sprint("slot ", slot))
	require.Equal(t, 2, b.count(t, `SELECT count(*) FROM delivery d JOIN entity e ON e.id = d.entity_id
		WHERE d.destination = 'store' AND d.key = e.kind || '/' || e.id AND e.kind IN ('dossier', 'land_parcel')`), "by entity, whatever its kind")
	require.Equal(t, 4, b.count(t, `SELECT count(*) FROM delivery`), "a parcel has no number to be called by")
}
