package gateway_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/schema"
)

// retries lets pass what a schedule of these tests waits at most, which is far less than a settle.
func (w *world) retries() {
	for range 10 {
		w.pass(time.Second)
		w.drain()
		if w.atRest() {
			return
		}
	}
}

func TestLaneOfIdempotentDestination(t *testing.T) {
	t.Parallel()

	for m, name := range map[mishap]string{cutStored: "stored", cutLost: "lost"} {
		t.Run("an unknown outcome is sent again by the schedule, with no look and no settle: "+name, func(t *testing.T) {
			t.Parallel()
			w := setupWorld(t, gateway.ShowsNothing)
			w.want("D-1", content{Header: "v1", Steps: steps("D/1/5")})
			w.portal.will(m, well, m)
			w.retries()
			got := w.portal.shows(t, "D-1")
			require.Equal(t, []string{"v1"}, got.headers)
			require.Equal(t, steps("D/1/5"), got.steps)
			require.Equal(t, []gateway.Operation{gateway.OpCreate, gateway.OpCreate, gateway.OpSteps, gateway.OpSteps}, w.portal.calls)
			w.stands("D-1", gateway.StateDelivered)
			require.Equal(t, 2, w.unknownOutcomes(), "every doubt is written down")
		})
	}

	t.Run("a doubt is seen while it lasts", func(t *testing.T) {
		t.Parallel()
		w := setupWorld(t, gateway.ShowsNothing)
		w.schedule = gateway.Schedule{Base: time.Hour, Cap: time.Hour}
		w.lane = w.newLane("node-b", gateway.BreakerOptions{})
		w.want("D-1", content{Header: "v1"})
		w.portal.will(cutLost)
		w.drain()
		state, shelf, cause := w.state("D-1")
		require.Equal(t, []string{"unknown", "destination", "timeout"}, []string{string(state), string(shelf), cause})
	})

	t.Run("what is newer by then goes instead, and a late old write replaces nothing", func(t *testing.T) {
		t.Parallel()
		w := setupWorld(t, gateway.ShowsNothing)
		w.want("D-1", content{Header: "v1"})
		w.drain()
		w.want("D-1", content{Header: "v2"})
		w.portal.onSend = func() { // wanted while v2 is on its way
			w.portal.onSend = nil
			w.want("D-1", content{Header: "v3"})
		}
		w.portal.will(cutLate)
		w.retries()
		require.Equal(t, []string{"v1", "v3"}, w.portal.shows(t, "D-1").headers)
		w.stands("D-1", gateway.StateDelivered)
		w.settle() // now v2 arrives
		require.Equal(t, []string{"v1", "v3"}, w.portal.shows(t, "D-1").headers)
		require.Len(t, w.portal.calls, 3)
	})

	t.Run("after a cut update the destination is told again, though the source went back to what it took before", func(t *testing.T) {
		t.Parallel()
		w := setupWorld(t, gateway.ShowsNothing)
		w.schedule = gateway.Schedule{Base: time.Hour, Cap: time.Hour}
		w.lane = w.newLane("node-b", gateway.BreakerOptions{})
		w.want("D-1", content{Header: "v1"})
		w.drain()
		w.want("D-1", content{Header: "v2"})
		w.portal.will(cutStored)
		w.drain()
		w.want("D-1", content{Header: "v1"})
		w.pass(2 * time.Hour)
		w.portal.will(down) // the doubt outlives a failure that left none
		w.drain()
		w.pass(2 * time.Hour)
		w.drain()
		require.Equal(t, []gateway.Operation{gateway.OpCreate, gateway.OpUpdate, gateway.OpUpdate, gateway.OpUpdate}, w.portal.calls)
		w.stands("D-1", gateway.StateDelivered)
	})

	t.Run("after a kill the call is made again at once, and only once", func(t *testing.T) {
		t.Parallel()
		for name, kill := range map[string]func(*crashStore){
			"before the call": func(c *crashStore) { c.afterBegin.Store(true) },
			"after the call":  func(c *crashStore) { c.beforeRecord.Store(true) },
		} {
			w := setupWorld(t, gateway.ShowsNothing)
			w.want("D-1", content{Header: "v1"})
			kill(w.crash)
			w.drain()
			w.stands("D-1", gateway.StateDelivered)
			require.Equal(t, []string{"v1"}, w.portal.shows(t, "D-1").headers, name)
			require.True(t, w.atRest(), name)
		}
	})

	t.Run("poison in a batch is found by halving", func(t *testing.T) {
		t.Parallel()
		w := setupWorld(t, gateway.ShowsNothing)
		w.portal.spec.Lanes = 1
		w.lane = w.newLane("node-b", gateway.BreakerOptions{})
		for i := range 8 {
			w.want(fmt.Sprint("D-", i), content{Header: "v1"})
		}
		w.want("D-3", content{Header: "poison"})
		w.drain()
		for i := range 8 {
			want := gateway.StateDelivered
			if i == 3 {
				want = gateway.StateFailedData
			}
			w.stands(fmt.Sprint("D-", i), want)
		}
	})

	t.Run("where a look is possible, doubt asks for none", func(t *testing.T) {
		t.Parallel()
		w := setupWorld(t, gateway.ShowsExistence)
		w.portal.spec.Idempotent = true
		w.lane = w.newLane("node-b", gateway.BreakerOptions{})
		w.want("D-1", content{Header: "v1"})
		w.portal.will(cutStored)
		w.retries()
		require.Equal(t, []gateway.Operation{gateway.OpCreate, gateway.OpCreate}, w.portal.calls)
		w.stands("D-1", gateway.StateDelivered)
	})

	t.Run("a destination without look-ups that says it has the entity gets an update", func(t *testing.T) {
		t.Parallel()
		w := setupWorld(t, gateway.ShowsNothing)
		w.want("D-1", content{Header: "v1"})
		w.portal.will(hasIt)
		w.drain()
		require.Equal(t, []gateway.Operation{gateway.OpCreate, gateway.OpUpdate}, w.portal.calls)
		w.stands("D-1", gateway.StateDelivered)
	})
}

func TestDestinationSpecCheck(t *testing.T) {
	t.Parallel()
	good := gateway.DestinationSpec{
		Code: "kho", Receives: []schema.Kind{schema.KindDossier}, Batch: 1, Lanes: 1, Shows: gateway.ShowsHeader, Timeout: time.Second,
	}
	require.NoError(t, good.Check())
	for name, spoil := range map[string]func(*gateway.DestinationSpec){
		"no code":          func(s *gateway.DestinationSpec) { s.Code = "" },
		"nothing received": func(s *gateway.DestinationSpec) { s.Receives = nil },
		"a kind that is no entity": func(s *gateway.DestinationSpec) {
			s.Receives = []schema.Kind{schema.KindDossierStep}
			s.Keys = gateway.KeyEntity
		},
		"people by number":                          func(s *gateway.DestinationSpec) { s.Receives = []schema.Kind{schema.KindPerson} },
		"keys of another kind":                      func(s *gateway.DestinationSpec) { s.Keys = "name" },
		"no batch":                                  func(s *gateway.DestinationSpec) { s.Batch = 0 },
		"more lanes than slots":                     func(s *gateway.DestinationSpec) { s.Lanes = gateway.Slots + 1 },
		"no timeout":                                func(s *gateway.DestinationSpec) { s.Timeout = 0 },
		"a negative settle":                         func(s *gateway.DestinationSpec) { s.Settle = -1 },
		"look-ups of another kind":                  func(s *gateway.DestinationSpec) { s.Shows = "" },
		"a wait for a person that a look-up spares": func(s *gateway.DestinationSpec) { s.OneShot = true },
		"a wait for a person that a repeat spares": func(s *gateway.DestinationSpec) {
			s.Shows, s.Idempotent, s.OneShot = gateway.ShowsNothing, true, true
		},
	} {
		s := good
		spoil(&s)
		require.Error(t, s.Check(), name)
	}
	idempotent := good
	idempotent.Shows, idempotent.Idempotent = gateway.ShowsNothing, true
	require.NoError(t, idempotent.Check())
	blind := good
	blind.Shows, blind.OneShot = gateway.ShowsNothing, true
	require.NoError(t, blind.Check())
}
