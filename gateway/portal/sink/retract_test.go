package sink

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/go-json-experiment/json"

	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/gateway/portal/simulator"
	"github.com/lienthong/lienthong/internal/fault"
	"github.com/lienthong/lienthong/schema"
)

// parcel returns the id of the parcel that push made of a number.
func (l *lanes) parcel(number int) (id uuid.UUID) {
	l.t.Helper()
	require.NoError(l.t, l.pool.QueryRow(l.t.Context(), `SELECT id FROM entity WHERE body ->> 'number' = $1`, fmt.Sprint(number)).Scan(&id))
	return id
}

func (l *lanes) retract(number int, change func(*gateway.Retraction)) gateway.Retracted {
	l.t.Helper()
	r := gateway.Retraction{EntityID: l.parcel(number), Kind: schema.KindLandParcel, Actor: "hoa", Reason: "thửa nhập nhầm"}
	if change != nil {
		change(&r)
	}
	done, err := l.store.Retract(l.t.Context(), r)
	require.NoError(l.t, err)
	return done
}

// told returns what the sink holds of a parcel.
func (l *lanes) told(number int) (simulator.SinkEvent, Event) {
	l.t.Helper()
	held, ok := l.far.SinkEvent(gateway.EntityKey(schema.KindLandParcel, l.parcel(number)))
	require.True(l.t, ok)
	var e Event
	require.NoError(l.t, json.Unmarshal(held.Body, &e))
	return held, e
}

// gone requires that the sink was told that a parcel is gone, with so many effects on it in all, and that our books say so.
func (l *lanes) gone(number, effects int, reason gateway.Gone) Event {
	l.t.Helper()
	held, e := l.told(number)
	require.True(l.t, held.Gone)
	require.Equal(l.t, effects, held.Effects)
	require.Equal(l.t, []string{"vn.land_parcel.retracted.v1", string(reason), ""}, []string{e.Type, e.Reason, string(e.Data)})
	require.Equal(l.t, 1, l.count(`SELECT count(*) FROM delivery d JOIN entity e ON e.id = d.entity_id
		WHERE d.key = $1 AND d.state = 'delivered' AND d.acked_rev = e.revision AND e.revision >= $2 AND d.action_id IS NULL`, e.Subject, e.EntityRevision))
	return e
}

func TestRetraction(t *testing.T) {
	t.Parallel()
	t.Run("a withdrawn parcel is told once, after all else, and without its data", func(t *testing.T) {
		t.Parallel()
		l := openLanes(t, simulator.Sink{Secret: sampleSecret}, nil)
		l.push(1, 80, "")
		l.push(2, 80, "")
		l.drain()
		_, before := l.told(1)
		first := l.retract(1, nil)
		require.True(t, first.Changed)
		require.Len(t, first.Due, 1)
		l.drain()
		e := l.gone(1, 2, gateway.GoneWithdrawn)
		require.Greater(t, e.Sequence, before.Sequence)
		require.NotEqual(t, before.ID, e.ID)
		require.Equal(t, gateway.Retracted{Revision: first.Revision}, l.retract(1, nil), "twice has one effect")
		l.push(1, 95, "")
		l.drain()
		l.gone(1, 2, gateway.GoneWithdrawn)
		require.EqualValues(t, 2, l.far.State().Calls[simulator.OpEvent], "new data of what is withdrawn leave for nobody")
		other, _ := l.told(2)
		require.False(t, other.Gone)
		require.Equal(t, 1, l.count(`SELECT count(*) FROM attempt a JOIN operator_action o ON o.id = a.action_id
			WHERE a.operation = 'retract' AND o.action = 'withdraw' AND o.actor = 'hoa' AND o.entity_id = a.entity_id`))

		l.retract(1, func(r *gateway.Retraction) { r.Undo = true })
		l.drain()
		held, again := l.told(1)
		require.False(t, held.Gone)
		require.Equal(t, 3, held.Effects)
		require.Contains(t, string(again.Data), "95", "it stands again as it is by now")
	})
	t.Run("who was never told of a parcel hears nothing of its end", func(t *testing.T) {
		t.Parallel()
		l := openLanes(t, simulator.Sink{}, nil)
		l.push(1, 80, "")
		l.retract(1, nil)
		l.drain()
		require.Zero(t, l.far.State().Calls[simulator.OpEvent])
		require.Equal(t, 1, l.count(`SELECT count(*) FROM delivery WHERE state = 'delivered'`))
	})
	t.Run("of a merged parcel the successor is told", func(t *testing.T) {
		t.Parallel()
		l := openLanes(t, simulator.Sink{}, nil)
		l.push(1, 80, "")
		l.push(2, 80, "")
		l.drain()
		into := l.parcel(2)
		l.retract(1, func(r *gateway.Retraction) { r.Into = into })
		l.drain()
		require.Equal(t, "land_parcel/"+into.String(), l.gone(1, 2, gateway.GoneMerged).Successor)
		_, err := l.store.Retract(t.Context(), gateway.Retraction{EntityID: into, Kind: schema.KindLandParcel, Into: l.parcel(1), Actor: "a", Reason: "b"})
		require.Equal(t, fault.Conflict, fault.CodeOf(err), "no circles")
	})
	t.Run("what one sink may not have any more is told to it alone", func(t *testing.T) {
		t.Parallel()
		l := openLanes(t, simulator.Sink{}, nil)
		l.push(1, 80, "")
		l.drain()
		l.retract(1, func(r *gateway.Retraction) { r.Destination = l.spec.Code })
		l.drain()
		l.gone(1, 2, gateway.GoneWithheld)
		require.Zero(t, l.count(`SELECT count(*) FROM entity WHERE withdrawn_at IS NOT NULL`))
		_, err := l.store.Retract(t.Context(), gateway.Retraction{
			EntityID: l.parcel(1), Kind: schema.KindLandParcel, Destination: "other", Actor: "a", Reason: "b",
		})
		require.Equal(t, fault.NotFound, fault.CodeOf(err))
	})
}

func TestRetractionUnderFaults(t *testing.T) {
	t.Parallel()
	for _, trouble := range []simulator.Fault{
		{Name: simulator.FaultStoredAnswerLost, Ending: simulator.EndingHang, Count: 2},
		{Name: simulator.FaultHTTP502, Count: 2},
		{Name: simulator.FaultThrottle, Count: 1},
		{Name: simulator.FaultAppliedLate, Count: 1},
	} {
		t.Run("exactly once in effect: "+string(trouble.Name), func(t *testing.T) {
			t.Parallel()
			l := openLanes(t, simulator.Sink{}, patience(trouble))
			l.push(1, 80, "")
			l.drain()
			trouble.On = true
			require.NoError(t, l.far.SetFault(trouble))
			l.retract(1, nil)
			l.drain()
			l.gone(1, 2, gateway.GoneWithdrawn)
		})
	}
	t.Run("a killed worker's retraction is made again and has one effect", func(t *testing.T) {
		t.Parallel()
		l := openLanes(t, simulator.Sink{}, nil)
		l.push(1, 80, "")
		l.drain()
		l.retract(1, nil)
		l.kill.Store(true)
		l.drain()
		l.gone(1, 2, gateway.GoneWithdrawn)
		require.Equal(t, 1, l.far.State().Stored.EventRepeats)
	})
	t.Run("what was cut and never heard of again is taken back too", func(t *testing.T) {
		t.Parallel()
		l := openLanes(t, simulator.Sink{}, nil)
		require.NoError(t, l.far.SetFault(simulator.Fault{Name: simulator.FaultStoredAnswerLost, On: true}))
		l.push(1, 80, "")
		once, stop := context.WithCancel(t.Context()) // one call, however slow the machine is
		l.noted = stop
		_, err := l.Drain(once, l.spec.Code, 0)
		require.NoError(t, err)
		require.Equal(t, 1, l.count(`SELECT count(*) FROM delivery WHERE state = 'unknown'`))
		require.EqualValues(t, 1, l.far.State().Calls[simulator.OpEvent])
		l.noted = nil
		require.NoError(t, l.far.SetFault(simulator.Fault{Name: simulator.FaultStoredAnswerLost}))
		// A later call that provably took nothing makes the delivery a queued one, as if it had never been sent.
		_, err = l.pool.Exec(t.Context(), `UPDATE delivery SET state = 'queued', cut_at = NULL, operation = '', sending = NULL`)
		require.NoError(t, err)
		require.Equal(t, 1, l.count(`SELECT count(*) FROM delivery WHERE acked_hash IS NULL`))
		l.retract(1, nil)
		l.drain()
		l.gone(1, 2, gateway.GoneWithdrawn)
	})
	t.Run("where ids are forgotten, the look-up says that it is gone", func(t *testing.T) {
		t.Parallel()
		l := openLanes(t, simulator.Sink{Forgetful: true}, func(c *Config) { c.Lookup, c.Settle = gateway.ShowsExistence, time.Second })
		l.push(1, 80, "")
		l.drain()
		require.NoError(t, l.far.SetFault(simulator.Fault{Name: simulator.FaultStoredAnswerLost, On: true, Count: 1, Ops: []simulator.Op{simulator.OpEvent}}))
		l.retract(1, nil)
		l.drain()
		require.EqualValues(t, 1, l.far.State().Calls[simulator.OpEventLookup])
		l.gone(1, 2, gateway.GoneWithdrawn)
		l.retract(1, func(r *gateway.Retraction) { r.Undo = true })
		l.drain()
		held, _ := l.told(1)
		require.False(t, held.Gone)
	})
}

func TestShownEvidenceNamesNobody(t *testing.T) {
	t.Parallel()
	d := destination(t, config("http://127.0.0.1:1"), Deps{})
	calls, err := d.Plan(wanted(t, 1, 1), gateway.Known{})
	require.NoError(t, err)
	shown := string(gateway.MaskBody(calls[0].Payload[0]))
	for _, canary := range []string{"Y Bhăm Niê", "027192004321"} {
		require.Contains(t, string(calls[0].Payload[0]), canary)
		require.NotContains(t, shown, canary)
	}
	require.Contains(t, shown, "vn.land_parcel.created.v1", "what the event is can be seen")
}
