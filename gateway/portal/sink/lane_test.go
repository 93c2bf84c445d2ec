package sink

import (
	"context"
	"errors"
	"fmt"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"

	"github.com/lienthong/lienthong/adapters"
	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/gateway/portal/destinationtest"
	"github.com/lienthong/lienthong/gateway/portal/simulator"
	"github.com/lienthong/lienthong/gateway/postgres"
	"github.com/lienthong/lienthong/internal/pgtest"
	"github.com/lienthong/lienthong/schema"
)

// lanes is a gateway from its store to a simulated sink.
type lanes struct {
	*gateway.Lane
	t     *testing.T
	store *postgres.Store
	pool  *pgxpool.Pool
	kill  atomic.Bool // the next worker dies between its call and the record of it
	noted func()      // runs when a call was written down; nil: nothing does
	far   *simulator.Simulator
	spec  gateway.DestinationSpec
}

var errKilled = errors.New("killed")

// mortal is the store of a worker that can be killed.
type mortal struct {
	gateway.LaneStore
	l *lanes
}

func (m mortal) RecordCall(ctx context.Context, lease gateway.LaneLease, call gateway.CallRecord, changes []gateway.DeliveryUpdate) (map[uuid.UUID]bool, error) {
	if call.Attempt != uuid.Nil && m.l.kill.Swap(false) {
		return nil, errKilled
	}
	recorded, err := m.LaneStore.RecordCall(ctx, lease, call, changes)
	if call.Attempt != uuid.Nil && m.l.noted != nil {
		m.l.noted()
	}
	return recorded, err
}

func openLanes(t *testing.T, far simulator.Sink, change func(*Config)) *lanes {
	t.Helper()
	l := &lanes{t: t, pool: pgtest.New(t)}
	var err error
	l.far, err = simulator.New(simulator.Options{Sink: far})
	require.NoError(t, err)
	server := httptest.NewServer(l.far.Handler())
	t.Cleanup(func() { server.Close(); require.NoError(t, l.far.Close()) })
	cfg := config(server.URL)
	cfg.Lanes, cfg.Batch = 1, 16
	if change != nil {
		change(&cfg)
	}
	d := destination(t, cfg, Deps{})
	l.spec = d.Spec()
	l.store = postgres.New(l.pool).WithReceivers(gateway.ReceiverOf(l.spec))
	l.Lane = destinationtest.Lane(t, mortal{l.store, l}, l.store, d, nil)
	return l
}

// patience is short where a call is to end by its timeout. Everywhere else a slow
// machine must not make two calls of one: the timeout covers the marking of
// deliveries in the store too.
func patience(f simulator.Fault) func(*Config) {
	return func(c *Config) {
		if f.Ending == simulator.EndingHang {
			c.Timeout = 500 * time.Millisecond
		}
	}
}

// push ingests a parcel as a source that tells it anew does.
func (l *lanes) push(number int, area float64, address string) {
	l.t.Helper()
	body := &schema.LandParcel{
		Commune: "09190", OldCommune: "09187", Sheet: "12", Number: fmt.Sprint(number), AreaM2: area, Address: schema.Address{Text: address},
	}
	sealed, err := schema.SealBody(body)
	require.NoError(l.t, err)
	r := gateway.PreparedRecord{
		Source: "dat", Kind: body.Kind(), ID: fmt.Sprint("12-", number), Order: adapters.ByArrival, Body: body, Sealed: sealed, Raw: sealed.JSON,
		Keys: body.Keys(),
	}
	id, err := uuid.NewV7()
	require.NoError(l.t, err)
	out, err := l.store.Ingest(l.t.Context(), []gateway.Unit{{Submissions: []gateway.Submission{{
		ID: id, ReceivedAt: time.Now(), Source: "dat", ContentType: "application/json", Raw: sealed.JSON, Adapter: "test", AdapterVersion: 1,
		Records: []gateway.PreparedRecord{r},
	}}}})
	require.NoError(l.t, err)
	require.NoError(l.t, out.Units[0].Err)
}

// drain works until nothing is due; a killed worker's lease ends as time would have it.
func (l *lanes) drain() {
	l.t.Helper()
	for range 60 {
		next, err := l.Drain(l.t.Context(), l.spec.Code, 0)
		if err != nil {
			require.ErrorIs(l.t, err, errKilled)
			_, err = l.pool.Exec(l.t.Context(), `UPDATE lane SET lease_until = now() - interval '1 s'`)
			require.NoError(l.t, err)
			continue
		}
		if !next.Again && next.After <= 0 {
			return
		}
		_, err = l.pool.Exec(l.t.Context(), `UPDATE delivery SET retry_at = retry_at - interval '2 s', cut_at = cut_at - interval '2 s'`)
		require.NoError(l.t, err)
	}
	require.Fail(l.t, "it does not come to rest")
}

func (l *lanes) count(query string, args ...any) (n int) {
	l.t.Helper()
	require.NoError(l.t, l.pool.QueryRow(l.t.Context(), query, args...).Scan(&n))
	return n
}

// exactlyOnce requires that n parcels stand at the sink as we know them, each change with one effect.
func (l *lanes) exactlyOnce(n, effects int) {
	l.t.Helper()
	events, total := l.far.SinkEvents(1000)
	require.Equal(l.t, n, total)
	for _, e := range events {
		require.Equal(l.t, effects, e.Effects)
		require.Equal(l.t, 1, l.count(`SELECT count(*) FROM delivery d JOIN entity e ON e.id = d.entity_id
			WHERE d.key = $1 AND d.state = 'delivered' AND d.acked_rev = e.revision AND lpad(e.revision::text, 20, '0') = $2`, e.Subject, e.Sequence))
	}
}

func TestLane(t *testing.T) {
	t.Parallel()
	t.Run("parcels reach the sink in batches, and changes of them", func(t *testing.T) {
		t.Parallel()
		l := openLanes(t, simulator.Sink{Secret: sampleSecret}, nil)
		for i := range 20 {
			l.push(i, 80, "")
		}
		l.drain()
		l.exactlyOnce(20, 1)
		require.EqualValues(t, 2, l.far.State().Calls[simulator.OpEvent])
		for i := range 20 {
			l.push(i, 90, "")
		}
		l.drain()
		l.exactlyOnce(20, 2)
	})
	for _, fault := range []simulator.Fault{
		{Name: simulator.FaultStoredAnswerLost, Ending: simulator.EndingHang, Count: 2},
		{Name: simulator.FaultStoredAnswerLost, Count: 2},
		{Name: simulator.FaultHTTP502, Count: 2},
		{Name: simulator.FaultTruncatedJSON, Count: 1},
		{Name: simulator.FaultHTMLPage, Count: 1},
		{Name: simulator.FaultThrottle, Count: 1},
		{Name: simulator.FaultSessionExpired, Count: 3},
	} {
		t.Run("exactly once in effect by id: "+string(fault.Name)+" "+string(fault.Ending), func(t *testing.T) {
			t.Parallel()
			l := openLanes(t, simulator.Sink{}, patience(fault))
			fault.On = true
			require.NoError(t, l.far.SetFault(fault))
			for i := range 5 {
				l.push(i, 80, "")
			}
			l.drain()
			l.exactlyOnce(5, 1)
			require.Zero(t, l.far.State().Calls[simulator.OpEventLookup])
		})
	}
	t.Run("a killed worker's call is made again and has one effect", func(t *testing.T) {
		t.Parallel()
		l := openLanes(t, simulator.Sink{}, nil)
		for i := range 5 {
			l.push(i, 80, "")
		}
		l.kill.Store(true)
		l.drain()
		require.Equal(t, 5, l.far.State().Stored.EventRepeats, "all of the call came twice")
		l.exactlyOnce(5, 1)
	})
	t.Run("where ids are forgotten, the look-up keeps a stored create from coming twice", func(t *testing.T) {
		t.Parallel()
		l := openLanes(t, simulator.Sink{Forgetful: true}, func(c *Config) { c.Lookup, c.Settle = gateway.ShowsExistence, time.Second })
		require.NoError(t, l.far.SetFault(simulator.Fault{Name: simulator.FaultStoredAnswerLost, On: true, Count: 1, Ops: []simulator.Op{simulator.OpEvent}}))
		l.push(1, 80, "")
		l.drain()
		require.EqualValues(t, 1, l.far.State().Calls[simulator.OpEventLookup])
		l.exactlyOnce(1, 1)
	})
	t.Run("poison in a batch is found by halving, and the rest goes on", func(t *testing.T) {
		t.Parallel()
		l := openLanes(t, simulator.Sink{Refuse: "số 666 phố Độc"}, nil)
		for i := range 16 {
			address := ""
			if i == 11 {
				address = "số 666 phố Độc"
			}
			l.push(i, 80, address)
		}
		l.drain()
		l.exactlyOnce(15, 1)
		var cause, problem string
		require.NoError(t, l.pool.QueryRow(t.Context(), `SELECT cause, problem FROM delivery WHERE state = 'failed_data' AND shelf = 'source'`).Scan(&cause, &problem))
		require.True(t, strings.HasPrefix(cause, "kho.http.422:"), cause)
		require.NotContains(t, cause+problem, "666")
		l.push(11, 80, "số 1")
		l.drain()
		l.exactlyOnce(16, 1)
	})
	t.Run("a batch over the limit of bytes goes in smaller ones", func(t *testing.T) {
		t.Parallel()
		l := openLanes(t, simulator.Sink{MaxBatch: 3}, func(c *Config) { c.MaxBytes = 5000 })
		for i := range 16 {
			l.push(i, 80, strings.Repeat("dài ", 200))
		}
		l.drain()
		l.exactlyOnce(16, 1)
	})
}
