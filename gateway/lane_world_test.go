package gateway_test

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"

	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/gateway/postgres"
	"github.com/lienthong/lienthong/internal/fault"
	"github.com/lienthong/lienthong/internal/pgtest"
	"github.com/lienthong/lienthong/schema"
)

// world is one database, one model portal and the lane between them.
type world struct {
	t           testing.TB
	pool        *pgxpool.Pool
	store       *postgres.Store
	crash       *crashStore
	portal      *modelPortal
	destination gateway.Destination // what lanes see; nil: the portal itself
	lane        *gateway.Lane
	ids         map[string]uuid.UUID
	revs        map[string]int64
	wants       map[string]content

	schedule gateway.Schedule // of lanes that are made from now on
}

// errKilled stands for the end of the process.
var errKilled = errors.New("killed")

// crashStore ends the worker at a chosen place: before or after a call of the store takes effect.
type crashStore struct {
	gateway.LaneStore
	afterBegin, beforeRecord, afterRecord, beforeLeave atomic.Bool

	away, answerLost atomic.Bool // the database is away for one record of a call, or takes it and does not live to say so
}

// errAway is what the store says of a database that is away for a moment.
func errAway() error { return fault.New(fault.Unavailable, "test", "away") }

func (c *crashStore) BeginCall(ctx context.Context, l gateway.LaneLease, d time.Duration, call gateway.BeginCall) (map[uuid.UUID]bool, error) {
	marked, err := c.LaneStore.BeginCall(ctx, l, d, call)
	if err == nil && len(call.Deliveries) > 0 && c.afterBegin.Swap(false) {
		return nil, errKilled
	}
	return marked, err
}

func (c *crashStore) RecordCall(ctx context.Context, l gateway.LaneLease, call gateway.CallRecord, changes []gateway.DeliveryUpdate) (map[uuid.UUID]bool, error) {
	made := call.Attempt != uuid.Nil
	if made && c.beforeRecord.Swap(false) {
		return nil, errKilled
	}
	if c.away.Swap(false) {
		return nil, errAway()
	}
	recorded, err := c.LaneStore.RecordCall(ctx, l, call, changes)
	if err == nil && c.answerLost.Swap(false) {
		return nil, errAway()
	}
	if made && err == nil && c.afterRecord.Swap(false) {
		return nil, errKilled
	}
	return recorded, err
}

func (c *crashStore) LeaveLane(ctx context.Context, l gateway.LaneLease) (time.Duration, error) {
	if c.beforeLeave.Swap(false) {
		return 0, errKilled
	}
	return c.LaneStore.LeaveLane(ctx, l)
}

func newWorld(t testing.TB, pool *pgxpool.Pool, code string, shows gateway.LookupMode) *world {
	w := &world{
		t: t, pool: pool, store: postgres.New(pool), portal: newModelPortal(code, shows),
		ids: make(map[string]uuid.UUID), revs: make(map[string]int64), wants: make(map[string]content),
		schedule: gateway.Schedule{Base: time.Millisecond, Cap: time.Millisecond, RetryAfterCap: time.Millisecond},
	}
	w.portal.spec.Idempotent = shows == gateway.ShowsNothing // as a sink is; setupBlind has the other way
	w.crash = &crashStore{LaneStore: w.store}
	w.lane = w.newLane("node-a", gateway.BreakerOptions{MinCalls: 1000})
	return w
}

func setupWorld(t testing.TB, shows gateway.LookupMode) *world {
	return newWorld(t, pgtest.New(t), "model", shows)
}

// newLane returns a worker of its own, with its own breakers.
func (w *world) newLane(node string, options gateway.BreakerOptions) *gateway.Lane {
	if w.destination != nil {
		return w.laneOf(w.destination, node, options)
	}
	return w.laneOf(w.portal, node, options)
}

// laneOf is newLane for another destination under the code of the world's.
func (w *world) laneOf(d gateway.Destination, node string, options gateway.BreakerOptions) *gateway.Lane {
	quiet, destinations := slog.New(slog.DiscardHandler), []gateway.Destination{d}
	breakers, err := gateway.NewBreakers(gateway.BreakersConfig{
		Store: w.store, Destinations: destinations, Node: node, Options: options, Logger: quiet,
	})
	require.NoError(w.t, err)
	lane, err := gateway.NewLane(gateway.LaneConfig{
		Store: w.crash, Breakers: breakers, Destinations: destinations, Node: node,
		Schedule: w.schedule, Logger: quiet,
	})
	require.NoError(w.t, err)
	return lane
}

// want stores a new golden revision and tells the destination as ingest does.
func (w *world) want(key string, c content) {
	w.t.Helper()
	ctx := context.Background()
	id, known := w.ids[key]
	if !known {
		id = uuid.New()
		w.ids[key] = id
	}
	w.revs[key]++
	w.wants[key] = c
	body, err := json.Marshal(c)
	require.NoError(w.t, err)
	h := hash(string(body))
	_, err = w.pool.Exec(ctx, `
		INSERT INTO entity (id, kind, revision, hash, body, created_at, updated_at) VALUES ($1, 'dossier', $2, $3, $4, now(), now())
		ON CONFLICT (id) DO UPDATE SET revision = $2, hash = $3, body = $4, updated_at = now()`, id, w.revs[key], h[:], string(body))
	require.NoError(w.t, err)
	_, err = w.pool.Exec(ctx, `
		WITH planned AS (
		    INSERT INTO delivery AS d (destination, entity_id, key, slot, state, wanted_rev, due_at, created_at, updated_at)
		    VALUES ($1, $2, $3, $4, 'queued', $5, now() + interval '30 days', now(), now())
		    ON CONFLICT (destination, entity_id) DO UPDATE
		    SET wanted_rev = EXCLUDED.wanted_rev,
		        state = CASE WHEN d.state IN ('delivered', 'confirmed', 'failed_data', 'failed_gateway', 'parked', 'shadow') THEN 'queued' ELSE d.state END,
		        shelf = CASE WHEN d.state IN ('failed_data', 'failed_gateway', 'parked') THEN '' ELSE d.shelf END,
		        retry_at = CASE WHEN d.state IN ('failed_data', 'failed_gateway', 'parked') THEN NULL ELSE d.retry_at END
		    RETURNING d.*)
		INSERT INTO delivery_due (destination, entity_id, slot, rank)
		SELECT destination, entity_id, slot, 0 FROM planned WHERE state = 'queued' AND retry_at IS NULL
		ON CONFLICT DO NOTHING`, w.portal.spec.Code, id, key, gateway.SlotOf(key), w.revs[key])
	require.NoError(w.t, err)
}

// drain works on every lane until each has nothing due now.
func (w *world) drain() {
	w.t.Helper()
	for i := range w.portal.spec.Lanes {
		for range 100 {
			next, err := w.lane.Drain(context.Background(), w.portal.spec.Code, i)
			if err != nil {
				require.True(w.t, ends(err), err)
				if errors.Is(err, errKilled) {
					w.expire()
				}
				continue
			}
			if next.Again || next.After > 0 && next.After < 10*time.Millisecond {
				w.pass(next.After)
				continue
			}
			break
		}
	}
}

// ends reports whether a worker may end so: killed, put out of its lane, without a database.
func ends(err error) bool {
	return errors.Is(err, errKilled) || errors.Is(err, gateway.ErrLaneLost) || fault.CodeOf(err) == fault.Unavailable
}

// expire ends every lease, as time does for that of a killed worker.
func (w *world) expire() {
	_, err := w.pool.Exec(context.Background(), `UPDATE lane SET lease_until = now() - interval '1 s' WHERE destination = $1`, w.portal.spec.Code)
	require.NoError(w.t, err)
}

// pass lets time go by for the deliveries; what the portal applies late, it applies when a settle has passed.
func (w *world) pass(d time.Duration) {
	_, err := w.pool.Exec(context.Background(), `
		UPDATE delivery SET retry_at = retry_at - $2::interval, verify_at = verify_at - $2::interval, cut_at = cut_at - $2::interval
		WHERE destination = $1`, w.portal.spec.Code, d)
	require.NoError(w.t, err)
	if d >= w.portal.spec.Settle {
		w.portal.pass()
	}
}

// settle lets settles pass and drains until everything is at rest.
func (w *world) settle() {
	w.t.Helper()
	for range 12 {
		w.drain()
		if w.atRest() {
			return
		}
		w.pass(w.portal.spec.Settle + time.Second)
	}
	w.drain()
}

// atRest reports whether no delivery wants anything, now or later.
func (w *world) atRest() bool {
	var rest bool
	err := w.pool.QueryRow(context.Background(), `
		SELECT NOT EXISTS (SELECT FROM delivery_due WHERE destination = $1)
		   AND NOT EXISTS (SELECT FROM delivery WHERE destination = $1 AND (retry_at IS NOT NULL OR verify_at IS NOT NULL OR state = 'sending'))`,
		w.portal.spec.Code).Scan(&rest)
	require.NoError(w.t, err)
	return rest
}

// state returns where a delivery stands.
func (w *world) state(key string) (state gateway.SyncState, shelf gateway.Shelf, cause string) {
	w.t.Helper()
	err := w.pool.QueryRow(context.Background(), `SELECT state, shelf, cause FROM delivery WHERE destination = $1 AND entity_id = $2`,
		w.portal.spec.Code, w.ids[key]).Scan(&state, &shelf, &cause)
	require.NoError(w.t, err)
	return state, shelf, cause
}

func steps(keys ...schema.StepKey) []schema.StepKey { return keys }
