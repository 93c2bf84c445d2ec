package gateway_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/schema"
)

func TestDeliverable(t *testing.T) {
	whole := schema.Dossier{Number: "H05.31-251103-0007", Procedure: schema.ProcedureRef{Code: "1.001193"}}
	month := 30 * 24 * time.Hour
	dossiers := gateway.Receiver{Code: "dvcqg", Receives: []schema.Kind{schema.KindDossier}}
	tests := []struct {
		name   string
		change func(*schema.Dossier)
		due    time.Time
		ok     bool
	}{
		{"with an appointment", func(d *schema.Dossier) { d.ReceivedAt, d.DueAt = clock(0), clock(8) }, clock(8).Std(), true},
		{"without one: a month from reception", func(d *schema.Dossier) { d.ReceivedAt = clock(0) }, clock(0).Std().Add(month), true},
		{"never received: a month from now", func(*schema.Dossier) {}, noon.Add(month), true},
		{"without a procedure", func(d *schema.Dossier) { d.Procedure.Code = "" }, time.Time{}, false},
		{"without a number", func(d *schema.Dossier) { d.Number = "" }, time.Time{}, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d := whole
			tt.change(&d)
			key, due, ok := dossiers.Deliverable(uuid.New(), &d, noon)
			require.Equal(t, tt.ok, ok)
			require.True(t, tt.due.Equal(due))
			if ok {
				require.Equal(t, d.Number, key)
			}
		})
	}
	t.Run("by number only dossiers", func(t *testing.T) {
		everything := gateway.Receiver{Code: "x", Receives: []schema.Kind{schema.KindDossier, schema.KindPerson}}
		_, _, ok := everything.Deliverable(uuid.New(), &schema.Person{FullName: "Nguyễn Thị Hạnh"}, noon)
		require.False(t, ok)
	})
	t.Run("by entity every kind that is wanted, and nobody is named by it", func(t *testing.T) {
		store := gateway.Receiver{Code: "kho", Receives: []schema.Kind{schema.KindDossier, schema.KindLandParcel}, Keys: gateway.KeyEntity}
		id := uuid.MustParse("0190c3d2-0000-7000-8000-000000000001")
		dated := whole
		dated.DueAt = clock(8)
		key, due, ok := store.Deliverable(id, &dated, noon)
		require.True(t, ok)
		require.Equal(t, "dossier/0190c3d2-0000-7000-8000-000000000001", key)
		require.True(t, due.Equal(clock(8).Std()))
		key, due, ok = store.Deliverable(id, &schema.LandParcel{Sheet: "12"}, noon)
		require.True(t, ok)
		require.Equal(t, "land_parcel/0190c3d2-0000-7000-8000-000000000001", key)
		require.True(t, due.Equal(noon.Add(month)))
		_, _, ok = store.Deliverable(id, &schema.Person{FullName: "Nguyễn Thị Hạnh"}, noon)
		require.False(t, ok, "nobody asked for people")
		_, _, ok = store.Deliverable(id, &schema.Dossier{Number: "H05.31-251103-0007"}, noon)
		require.False(t, ok, "nothing is known of it but its number")
	})
}

func TestRank(t *testing.T) {
	day := noon.Add(24 * time.Hour)
	require.Less(t, gateway.Rank(noon.Add(time.Minute), noon), gateway.Rank(noon.Add(time.Hour), noon), "the nearer deadline goes first")
	require.Less(t, gateway.Rank(day, noon), gateway.Rank(day.Add(time.Minute), noon.Add(-99*time.Hour)), "what is due within a day goes before what has waited")
	require.InDelta(t, float64(day.Unix()), gateway.Rank(day, noon), 0, "and its rank is its deadline")
	require.Less(t, gateway.Rank(day, noon), gateway.Rank(noon, noon), "what has missed its deadline makes way")
	require.Less(t, gateway.Rank(noon, noon), gateway.Rank(day.Add(time.Hour), noon), "but goes before what has time")
	waited := gateway.Rank(noon.Add(50*time.Hour), noon)
	require.Less(t, waited, gateway.Rank(noon.Add(27*time.Hour), noon.Add(time.Hour)), "an hour of waiting makes up for nearly a day")
}

func TestSlotOf(t *testing.T) {
	used := map[int]int{}
	for i := range 20 * gateway.Slots {
		s := gateway.SlotOf(fmt.Sprintf("H05.31-251103-%04d", i))
		require.Equal(t, s, gateway.SlotOf(fmt.Sprintf("H05.31-251103-%04d", i)))
		require.GreaterOrEqual(t, s, 0)
		require.Less(t, s, gateway.Slots)
		used[s]++
	}
	require.Greater(t, len(used), gateway.Slots*9/10, "numbers that differ in their last digits spread over the slots")
}

func TestReceiverWants(t *testing.T) {
	r := gateway.Receiver{Code: "dvcqg", Receives: []schema.Kind{schema.KindDossier}}
	require.True(t, r.Wants(schema.KindDossier))
	require.False(t, r.Wants(schema.KindPerson))
}
