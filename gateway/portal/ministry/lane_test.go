package ministry

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"strings"
	"sync/atomic"
	"testing"
	"time"

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

// errKilled stands for the end of the process.
var errKilled = errors.New("killed")

// killable ends the worker after so many calls of the destination, before or
// after what they brought is written down.
type killable struct {
	gateway.LaneStore
	before, after atomic.Int64 // the n-th recorded call from now; 0: never
}

func (k *killable) RecordCall(ctx context.Context, l gateway.LaneLease, call gateway.CallRecord, changes []gateway.DeliveryUpdate) (map[uuid.UUID]bool, error) {
	if call.Attempt == uuid.Nil {
		return k.LaneStore.RecordCall(ctx, l, call, changes)
	}
	if k.before.Load() > 0 && k.before.Add(-1) == 0 {
		return nil, errKilled
	}
	recorded, err := k.LaneStore.RecordCall(ctx, l, call, changes)
	if k.after.Load() > 0 && k.after.Add(-1) == 0 {
		return nil, errKilled
	}
	return recorded, err
}

// engine is a lane in front of a simulated portal, on a database of its own.
type engine struct {
	simulated
	pool *pgxpool.Pool
	kill *killable
	lane *gateway.Lane
	id   uuid.UUID
	rev  int64
}

func start(t *testing.T, o simulator.Options, change func(*Config)) *engine {
	t.Helper()
	e := &engine{pool: pgtest.New(t), id: uuid.New()}
	e.simulated = simulate(t, o, func(c *Config) {
		c.Lanes, c.Settle = 1, time.Minute
		if change != nil {
			change(c)
		}
	})
	store := postgres.New(e.pool)
	e.kill = &killable{LaneStore: store}
	e.lane = destinationtest.Lane(t, e.kill, store, e.Destination, nil)
	return e
}

// want stores a golden revision and makes its delivery due, as ingest does.
func (e *engine) want(t *testing.T, d *schema.Dossier) {
	t.Helper()
	e.rev++
	w := destinationtest.Dossier(t, d)
	sealed, err := schema.SealBody(d)
	require.NoError(t, err)
	_, err = e.pool.Exec(t.Context(), `
		INSERT INTO entity (id, kind, revision, hash, body, created_at, updated_at) VALUES ($1, 'dossier', $2, $3, $4, now(), now())
		ON CONFLICT (id) DO UPDATE SET revision = $2, hash = $3, body = $4`, e.id, e.rev, sealed.Hash[:], string(w.Body))
	require.NoError(t, err)
	_, err = e.pool.Exec(t.Context(), `
		WITH planned AS (
		    INSERT INTO delivery (destination, entity_id, key, slot, state, wanted_rev, due_at, created_at, updated_at)
		    VALUES ('ministry', $1, $2, 0, 'queued', $3, now(), now(), now())
		    ON CONFLICT (destination, entity_id) DO UPDATE SET wanted_rev = $3, state = 'queued')
		INSERT INTO delivery_due (destination, entity_id, slot, rank) VALUES ('ministry', $1, 0, 0) ON CONFLICT DO NOTHING`, e.id, d.Number, e.rev)
	require.NoError(t, err)
}

// settle drains, lets settles pass and leases end, until nothing is due now or later.
func (e *engine) settle(t *testing.T) {
	t.Helper()
	for range 60 {
		next, err := e.lane.Drain(t.Context(), "ministry", 0)
		if err != nil {
			require.ErrorIs(t, err, errKilled)
		}
		_, err = e.pool.Exec(t.Context(), `UPDATE lane SET lease_until = now() - interval '1 s'`)
		require.NoError(t, err)
		_, err = e.pool.Exec(t.Context(), `
			UPDATE delivery SET retry_at = retry_at - interval '2 min', verify_at = verify_at - interval '2 min', cut_at = cut_at - interval '2 min'`)
		require.NoError(t, err)
		var rest bool
		require.NoError(t, e.pool.QueryRow(t.Context(), `
			SELECT NOT EXISTS (SELECT FROM delivery_due) AND NOT EXISTS (SELECT FROM delivery WHERE retry_at IS NOT NULL OR state = 'sending')`).Scan(&rest))
		if rest && !next.Again {
			return
		}
	}
	require.Fail(t, "it does not come to rest")
}

func (e *engine) state(t *testing.T) (state gateway.SyncState, cause string) {
	t.Helper()
	require.NoError(t, e.pool.QueryRow(t.Context(), `SELECT state, cause FROM delivery`).Scan(&state, &cause))
	return state, cause
}

// whole is a dossier that has come to its end, with a request for papers on the way.
func whole(t *testing.T, files string) *schema.Dossier {
	d := birth(t, files)
	d.Status = schema.Completed
	d.Steps = []schema.DossierStep{
		stepAt(t, "20260609083000", schema.Received), stepAt(t, "20260609090000", schema.SupplementRequired),
		stepAt(t, "20260609150000", schema.Completed),
	}
	return d
}

func TestLaneSurvivesAKillAnywhere(t *testing.T) {
	t.Parallel()
	for n := range int64(5) { // number, upload, create, steps, status
		for _, place := range []string{"before", "after"} {
			t.Run(place+" call "+string(rune('1'+n))+" is written down", func(t *testing.T) {
				t.Parallel()
				e := start(t, simulator.Options{Ministry: simulator.Ministry{ExistsShowsID: true}}, nil)
				if place == "before" {
					e.kill.before.Store(n + 1)
				} else {
					e.kill.after.Store(n + 1)
				}
				e.want(t, whole(t, e.files.URL))
				e.settle(t)
				state, _ := e.state(t)
				require.Equal(t, gateway.StateDelivered, state)
				stored := e.portal.State().Stored
				require.Equal(t, 1, stored.Dossiers)
				lost := 0
				if place == "before" && n < 2 {
					lost = 1 // what was issued and not written down stands unused at the portal
				}
				require.Equal(t, 2+lost, stored.Numbers+stored.Uploads)
				permitted := 0
				if place == "before" && n == 3 {
					permitted = 1 // 9 again; never 5
				}
				require.Equal(t, 3+permitted, stored.Steps)
				require.Equal(t, permitted, stored.StepRepeats)
			})
		}
	}
}

func TestLaneThroughFaults(t *testing.T) {
	t.Parallel()
	yes := true
	for name, f := range map[string]simulator.Fault{
		"a token that ended":    {Name: simulator.FaultSessionExpired, Count: 3},
		"502 before it":         {Name: simulator.FaultHTTP502, Count: 4},
		"502 after it":          {Name: simulator.FaultHTTP502, Count: 3, Stored: &yes, Ops: []simulator.Op{simulator.OpNumber, simulator.OpUpload, simulator.OpDossier}},
		"applied, and no word":  {Name: simulator.FaultStoredAnswerLost, Ending: simulator.EndingHang, Count: 1, Ops: []simulator.Op{simulator.OpDossier}},
		"applied late":          {Name: simulator.FaultAppliedLate, Delay: time.Millisecond, Count: 1, Ops: []simulator.Op{simulator.OpDossier}},
		"half of every answer":  {Name: simulator.FaultTruncatedJSON, Count: 3, Ops: []simulator.Op{simulator.OpNumber, simulator.OpUpload, simulator.OpDossier}},
		"a page instead":        {Name: simulator.FaultHTMLPage, Count: 3},
		"too much at once":      {Name: simulator.FaultThrottle, Count: 3},
		"success that is none":  {Name: simulator.FaultLyingSuccess, Count: 1, Ops: []simulator.Op{simulator.OpDossier}},
		"a refusal with an id":  {Name: simulator.FaultDuplicateAnswer, Count: 1},
		"a stranger's refusal":  {Name: simulator.FaultDuplicateAnswer, Count: 1},
		"success, and bad code": {Name: simulator.FaultSuccessTextBadCode, Count: 1, Ops: []simulator.Op{simulator.OpDossier}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			silent := name == "a stranger's refusal" // the one answer that tells no id
			e := start(t, simulator.Options{Ministry: simulator.Ministry{ExistsShowsID: !silent}}, func(c *Config) {
				if f.Ending == simulator.EndingHang {
					c.Timeout = time.Second // which the call is to end by
				}
			})
			f.On = true
			require.NoError(t, e.portal.SetFault(f))
			e.want(t, whole(t, e.files.URL))
			e.settle(t)
			stored := e.portal.State().Stored
			require.Equal(t, 1, stored.Dossiers)
			if silent {
				state, cause := e.state(t)
				require.Equal(t, gateway.StateFailedDestination, state)
				require.Equal(t, "plan.id.unknown", cause)
				return
			}
			state, cause := e.state(t)
			require.Equal(t, gateway.StateDelivered, state, cause)
			fives := 0
			shown, ok := e.portal.Dossier(e.number(t))
			require.True(t, ok)
			for _, s := range shown.Steps {
				if strings.Contains(string(s.Body), `"TrangThai":5`) {
					fives++
				}
			}
			require.LessOrEqual(t, fives, 1, "a second request for papers costs")
		})
	}
}

// A "đã tồn tại" that is lost on the way waits for nobody: the create is made again until its words arrive.
func TestLaneGoesOnAfterALostRefusal(t *testing.T) {
	t.Parallel()
	e := start(t, simulator.Options{Ministry: simulator.Ministry{ExistsShowsID: true}}, nil)
	creates := []simulator.Op{simulator.OpDossier}
	require.NoError(t, e.portal.SetFault(simulator.Fault{Name: simulator.FaultStoredAnswerLost, On: true, Count: 1, Ops: creates}))
	e.want(t, whole(t, e.files.URL))
	e.until(t, gateway.StateUnknown)
	require.NoError(t, e.portal.SetFault(simulator.Fault{Name: simulator.FaultTruncatedJSON, On: true, Ops: creates}))
	e.until(t, gateway.StateFailedDestination)
	_, cause := e.state(t)
	require.Equal(t, "ministry.refusal.unread", cause)
	require.NoError(t, e.portal.SetFault(simulator.Fault{Name: simulator.FaultTruncatedJSON}))
	e.settle(t)
	state, cause := e.state(t)
	require.Equal(t, gateway.StateDelivered, state, cause)
	stored := e.portal.State().Stored
	require.Equal(t, []int{1, 1, 3}, []int{stored.Numbers, stored.Dossiers, stored.Steps})
}

// until drains until the delivery stands so.
func (e *engine) until(t *testing.T, want gateway.SyncState) {
	t.Helper()
	for range 20 {
		_, err := e.lane.Drain(t.Context(), "ministry", 0)
		require.NoError(t, err)
		if state, _ := e.state(t); state == want {
			return
		}
		_, err = e.pool.Exec(t.Context(), `
			UPDATE delivery SET retry_at = retry_at - interval '2 min', verify_at = verify_at - interval '2 min', cut_at = cut_at - interval '2 min'`)
		require.NoError(t, err)
	}
	state, cause := e.state(t)
	require.Fail(t, "it does not come so far", "%s %s", state, cause)
}

func (e *engine) number(t *testing.T) (n string) {
	t.Helper()
	require.NoError(t, e.pool.QueryRow(t.Context(), `SELECT issued ->> 'number' FROM delivery`).Scan(&n))
	return n
}

// simulatedID is what the operator of the simulated portal would tell on the telephone.
func simulatedID(number string) string {
	sum := sha256.Sum256([]byte("idHoSo " + number))
	return hex.EncodeToString(sum[:12])
}

func TestLaneParksACreateThatNobodyKnowsOf(t *testing.T) {
	t.Parallel()
	e := start(t, simulator.Options{}, func(c *Config) { c.UnknownCreate = ParkCreate })
	require.NoError(t, e.portal.SetFault(simulator.Fault{Name: simulator.FaultStoredAnswerLost, On: true, Count: 1, Ops: []simulator.Op{simulator.OpDossier}}))
	e.want(t, whole(t, e.files.URL))
	e.settle(t)
	state, cause := e.state(t)
	require.Equal(t, gateway.StateFailedDestination, state)
	require.Equal(t, "create.unknown", cause)
	require.EqualValues(t, 1, e.portal.State().Calls[simulator.OpDossier])

	t.Run("and goes on when a person has told its id", func(t *testing.T) {
		_, err := e.pool.Exec(t.Context(), `
			WITH told AS (
			    UPDATE delivery SET issued = (issued::jsonb || jsonb_build_object('id', $1::text))::json,
			           acked_hash = decode(repeat('00', 32), 'hex'), state = 'queued', shelf = '', cause = ''
			    RETURNING destination, entity_id, slot)
			INSERT INTO delivery_due (destination, entity_id, slot, rank) SELECT destination, entity_id, slot, 0 FROM told`, simulatedID(e.number(t)))
		require.NoError(t, err)
		e.settle(t)
		state, cause := e.state(t)
		require.Equal(t, gateway.StateDelivered, state, cause)
		require.Equal(t, 3, e.portal.State().Stored.Steps)
		require.Equal(t, 1, e.portal.State().Stored.Dossiers)
	})
}
