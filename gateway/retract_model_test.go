package gateway_test

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/internal/fault"
	"github.com/lienthong/lienthong/internal/pgtest"
	"github.com/lienthong/lienthong/schema"
)

// modelStore keeps the two rules of a receiver: an id has one effect, and of a key the highest revision stands.
type modelStore struct {
	*modelPortal // its specification
	mu           sync.Mutex
	held         map[string]word
	ids          map[string]int // effects by id
	mishaps      []mishap
	late         []func()
}

// word is one event.
type word struct {
	Revision int64
	Gone     gateway.Gone
	Header   string
}

func (*modelStore) Plan(w gateway.Wanted, k gateway.Known) ([]gateway.PlannedCall, error) {
	e, op := word{Revision: w.Revision, Gone: w.Gone}, gateway.OpRetract
	if w.Gone == "" {
		var c content
		if err := json.Unmarshal(w.Body, &c); err != nil {
			return nil, fault.Wrap(err, fault.Internal, "test")
		}
		if e.Header, op = c.Header, gateway.OpCreate; k.Exists {
			op = gateway.OpUpdate
		}
	} else if w.Body != nil {
		return nil, fault.New(fault.Internal, "test", "what is gone came with its body")
	}
	h := hash(fmt.Sprint(e.Gone, "|", e.Header))
	if k.Exists && k.HeaderHash == h {
		return nil, nil
	}
	payload, err := json.Marshal(e)
	return []gateway.PlannedCall{{Operation: op, Key: w.Key, Payload: [][]byte{payload}, HeaderHash: h}}, err
}

func (p *modelStore) Send(_ context.Context, _ gateway.Operation, calls []gateway.PlannedCall) []gateway.Outcome {
	if during := p.onSend; during != nil {
		p.onSend = nil
		during()
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	m := well
	if len(p.mishaps) > 0 {
		m, p.mishaps = p.mishaps[0], p.mishaps[1:]
	}
	outcome := gateway.Outcome{Kind: gateway.Unknown, Whole: true, Shelf: gateway.ShelfDestination, Cause: "timeout"}
	switch m {
	case down:
		outcome.Kind, outcome.Cause = gateway.Unavailable, "refused"
	case cutLost:
	case cutLate:
		p.late = append(p.late, func() { p.take(calls) })
	case cutStored:
		p.take(calls)
	default:
		p.take(calls)
		outcome = gateway.Outcome{Kind: gateway.Delivered}
	}
	all := make([]gateway.Outcome, len(calls))
	for i := range all {
		all[i] = outcome
	}
	return all
}

func (p *modelStore) take(calls []gateway.PlannedCall) {
	for _, c := range calls {
		var e word
		if json.Unmarshal(c.Payload[0], &e) != nil {
			panic("no event of ours")
		}
		id := c.Key + string(c.Payload[0])
		if before, known := p.held[c.Key]; p.ids[id] == 0 && (!known || e.Revision > before.Revision) {
			p.held[c.Key] = e
			p.ids[id]++
		}
	}
}

// TestRetractionModel withdraws, restores and changes entities in any order with lost answers, late writes and kills in
// between, and holds the receiver against what is wanted: nobody who ever had an entity that is gone still has it. It fails when
// mayHold believes that what was never acknowledged was never told.
func TestRetractionModel(t *testing.T) {
	t.Parallel()
	pool := pgtest.New(t)
	run, failed := 0, false
	rapid.Check(t, func(rt *rapid.T) {
		if run++; run > modelRuns && !failed {
			return
		}
		defer func() { failed = failed || rt.Failed() }()
		w := newWorld(t, pool, fmt.Sprint("store-", run), gateway.ShowsNothing)
		w.portal.spec.Lanes = 1
		w.portal.spec.Writes = []gateway.Operation{gateway.OpCreate, gateway.OpUpdate, gateway.OpRetract}
		far := &modelStore{modelPortal: w.portal, held: map[string]word{}, ids: map[string]int{}}
		w.destination = far
		w.lane = w.newLane("node-a", gateway.BreakerOptions{MinCalls: 1000})
		gone := map[string]bool{}
		keys := rapid.IntRange(0, 2)
		turn := func(key string) {
			if w.revs[key] == 0 {
				return
			}
			done, err := w.store.Retract(context.Background(), gateway.Retraction{
				EntityID: w.ids[key], Kind: schema.KindDossier, Undo: gone[key], Actor: "a", Reason: "b",
			})
			require.NoError(rt, err)
			w.revs[key], gone[key] = done.Revision, !gone[key]
		}
		mishaps := rapid.SliceOfN(rapid.SampledFrom([]mishap{well, down, cutLost, cutLate, cutStored}), 1, 4)
		rt.Repeat(map[string]func(*rapid.T){
			"want": func(rt *rapid.T) {
				key := fmt.Sprintf("%d-%d", run, keys.Draw(rt, "key"))
				w.want(key, content{Header: fmt.Sprint("v", w.revs[key])})
			},
			"withdraw or restore": func(rt *rapid.T) {
				turn(fmt.Sprintf("%d-%d", run, keys.Draw(rt, "key")))
			},
			"withdraw or restore while a call runs": func(rt *rapid.T) {
				key := fmt.Sprintf("%d-%d", run, keys.Draw(rt, "key"))
				w.want(key, content{Header: fmt.Sprint("v", w.revs[key])})
				far.mishaps = mishaps.Draw(rt, "mishaps")
				far.onSend = func() { turn(key) }
				w.drain()
				far.onSend = nil
			},
			"mishaps": func(rt *rapid.T) {
				far.mishaps = mishaps.Draw(rt, "mishaps")
				w.drain()
			},
			"kill": func(rt *rapid.T) {
				if rapid.Bool().Draw(rt, "before the call") {
					w.crash.afterBegin.Store(true)
				} else {
					w.crash.beforeRecord.Store(true)
				}
				w.drain()
			},
			"late writes arrive": func(*rapid.T) {
				for _, f := range far.late {
					f()
				}
				far.late = nil
			},
			"": func(rt *rapid.T) {
				for id, n := range far.ids {
					require.Equal(rt, 1, n, id)
				}
			},
		})
		far.mishaps = nil
		w.crash.afterBegin.Store(false)
		w.crash.beforeRecord.Store(false)
		w.settle()
		for _, f := range far.late {
			f()
		}
		for key, want := range w.wants {
			got, told := far.held[key]
			if gone[key] {
				require.True(rt, !told || got.Gone != "", "%s is withdrawn and still stands there", key)
				continue
			}
			require.Equal(rt, want.Header, got.Header, key)
			require.Empty(rt, got.Gone, key)
		}
	})
}

var _ gateway.Destination = (*modelStore)(nil)
