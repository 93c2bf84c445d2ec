package gateway_test

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/internal/fault"
	"github.com/lienthong/lienthong/schema"
)

// mishap is what a model portal does with one call instead of answering it well.
type mishap int

const (
	well           mishap = iota
	cutStored             // applied, no answer
	cutLost               // never applied, no answer
	cutLate               // applied when time passes, no answer
	down                  // nothing left
	busy                  // asks to slow down
	loggedOut             // session expired
	mishapsForRand        // number of the above
	hasIt                 // says that the entity exists, whatever is true
)

// content is what a golden body says in these tests.
type content struct {
	Header string           `json:"header"`
	Steps  []schema.StepKey `json:"steps"`
}

// shown is what a model portal stores of one key.
type shown struct {
	headers []string // every stored header in order
	creates int
	steps   []schema.StepKey
}

// modelPortal is a portal in memory. It refuses headers that contain "poison",
// for the whole call, and keeps what tests check afterwards.
type modelPortal struct {
	spec gateway.DestinationSpec

	mu      sync.Mutex
	stored  map[string]*shown
	mishaps []mishap      // of the next calls
	busyFor time.Duration // it asks to wait when it is busy
	late    []func()
	running map[string]bool
	overlap bool // two writes of one key at once
	unknown int
	calls   []gateway.Operation
	sizes   []int
	first   []string // keys as they were created
	onSend  func()
	onLook  func()
	said    string // cause and message of refusals, when not empty
	babble  bool   // answers in a way that no contract knows
	lags    bool   // look-ups show what stood there when a settle passed last
	visible map[string]*shown
	differs string // when not empty, the header that look-ups show of everything
}

func newModelPortal(code string, shows gateway.LookupMode) *modelPortal {
	return &modelPortal{
		spec: gateway.DestinationSpec{
			Code: code, Receives: []schema.Kind{schema.KindDossier}, Batch: 8, Lanes: 4, Shows: shows,
			Settle: time.Minute, Timeout: 5 * time.Second,
		},
		stored: make(map[string]*shown), running: make(map[string]bool),
	}
}

func (p *modelPortal) Spec() gateway.DestinationSpec { return p.spec }

func hash(header string) schema.Hash { return sha256.Sum256([]byte(header)) }

func (p *modelPortal) Plan(w gateway.Wanted, k gateway.Known) ([]gateway.PlannedCall, error) {
	var c content
	if err := json.Unmarshal(w.Body, &c); err != nil {
		return nil, fault.Wrap(err, fault.Internal, "test")
	}
	switch c.Header {
	case "unmapped":
		return nil, &fault.Error{Code: fault.Invalid, Problems: []fault.Problem{{Code: "status.unmapped", Detail: "Không rõ trạng thái."}}}
	case "panic":
		panic("planner")
	case "unstable":
		return []gateway.PlannedCall{{Operation: gateway.OpCreate, Key: w.Key, Payload: [][]byte{[]byte(c.Header)}}}, nil
	}
	var calls []gateway.PlannedCall
	if !k.Exists || k.HeaderHash != hash(c.Header) {
		op := gateway.OpCreate
		if k.Exists {
			op = gateway.OpUpdate
		}
		calls = append(calls, gateway.PlannedCall{Operation: op, Key: w.Key, Payload: [][]byte{[]byte(c.Header)}, HeaderHash: hash(c.Header)})
	}
	var lacking []schema.StepKey
	for _, s := range c.Steps {
		if !slices.Contains(k.Steps, s) {
			lacking = append(lacking, s)
		}
	}
	if len(lacking) > 0 {
		calls = append(calls, gateway.PlannedCall{Operation: gateway.OpSteps, Key: w.Key, Steps: lacking})
	}
	return calls, nil
}

// next takes the mishap of the next call.
func (p *modelPortal) next() mishap {
	if len(p.mishaps) == 0 {
		return well
	}
	m := p.mishaps[0]
	p.mishaps = p.mishaps[1:]
	return m
}

func (p *modelPortal) enter(op gateway.Operation, calls []gateway.PlannedCall) mishap {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.calls, p.sizes = append(p.calls, op), append(p.sizes, len(calls))
	for _, c := range calls {
		p.overlap = p.overlap || p.running[c.Key]
		p.running[c.Key] = true
	}
	return p.next()
}

func (p *modelPortal) Send(_ context.Context, op gateway.Operation, calls []gateway.PlannedCall) []gateway.Outcome {
	m := p.enter(op, calls)
	if p.onSend != nil {
		p.onSend()
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, c := range calls {
		delete(p.running, c.Key)
	}
	all := func(o gateway.Outcome) []gateway.Outcome { return slices.Repeat([]gateway.Outcome{o}, len(calls)) }
	if p.babble {
		return all(gateway.Outcome{Kind: "sorry"})[:len(calls)-1]
	}
	switch m {
	case down:
		return all(gateway.Outcome{Kind: gateway.Unavailable, Whole: true, Shelf: gateway.ShelfDestination, Cause: "refused"})
	case busy:
		return all(gateway.Outcome{Kind: gateway.Throttled, Whole: true, Cause: "busy", RetryAfter: max(p.busyFor, time.Millisecond)})
	case hasIt:
		return all(gateway.Outcome{Kind: gateway.Exists, Whole: true})
	case loggedOut:
		return all(gateway.Outcome{Kind: gateway.SessionExpired, Whole: true, Cause: "session"})
	case cutLost:
		p.unknown += len(calls)
	case cutLate:
		p.unknown += len(calls)
		p.late = append(p.late, func() { p.judge(op, calls) })
	case cutStored:
		p.unknown += len(calls)
		p.judge(op, calls)
	default:
		return p.judge(op, calls)
	}
	return all(gateway.Outcome{Kind: gateway.Unknown, Whole: true, Shelf: gateway.ShelfDestination, Cause: "timeout"})
}

// judge applies a call, or refuses all of it.
func (p *modelPortal) judge(op gateway.Operation, calls []gateway.PlannedCall) []gateway.Outcome {
	refuse := func(kind gateway.OutcomeKind) []gateway.Outcome {
		return slices.Repeat([]gateway.Outcome{{Kind: kind, Whole: true, Cause: cmp.Or(p.said, "said_"+string(kind)), Message: cmp.Or(p.said, "Không hợp lệ.")}}, len(calls))
	}
	for _, c := range calls {
		switch held := p.stored[c.Key]; {
		case p.spec.Idempotent && op != gateway.OpSteps && !strings.Contains(string(c.Payload[0]), "poison"): // an upsert
		case op != gateway.OpSteps && strings.Contains(string(c.Payload[0]), "poison"):
			return refuse(gateway.RefusedData)
		case op == gateway.OpCreate && held != nil:
			return refuse(gateway.Exists)
		case op != gateway.OpCreate && held == nil:
			return refuse(gateway.Absent)
		}
	}
	for _, c := range calls {
		if p.spec.Idempotent {
			p.keep(op, c)
			continue
		}
		if op == gateway.OpCreate {
			p.stored[c.Key] = &shown{creates: 1}
			p.first = append(p.first, c.Key)
		}
		held := p.stored[c.Key]
		if op == gateway.OpSteps {
			held.steps = append(held.steps, c.Steps...)
		} else {
			held.headers = append(held.headers, string(c.Payload[0]))
		}
	}
	return slices.Repeat([]gateway.Outcome{{Kind: gateway.Delivered}}, len(calls))
}

// keep is what a receiver does with one write that keeps the promise of DestinationSpec.Idempotent: repeats
// change nothing, and neither does what is older than what it holds. The payload tells: "v7" is older than "v10".
func (p *modelPortal) keep(op gateway.Operation, c gateway.PlannedCall) {
	held := p.stored[c.Key]
	if held == nil {
		held = &shown{creates: 1}
		p.stored[c.Key] = held
	}
	if op == gateway.OpSteps {
		for _, k := range c.Steps {
			if !slices.Contains(held.steps, k) {
				held.steps = append(held.steps, k)
			}
		}
		return
	}
	fresh := string(c.Payload[0])
	if len(held.headers) == 0 || version(fresh) > version(held.header()) {
		held.headers = append(held.headers, fresh)
	}
}

func version(header string) int {
	n, _ := strconv.Atoi(strings.TrimPrefix(header, "v")) // what is no version is older than all
	return n
}

func (p *modelPortal) Lookup(_ context.Context, key string) (gateway.Known, gateway.Outcome) {
	if p.spec.Shows == gateway.ShowsNothing {
		panic("a look-up where there is none")
	}
	m := p.enter(gateway.OpLookup, nil)
	if p.onLook != nil {
		p.onLook()
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	switch m {
	case well:
	case busy:
		return gateway.Known{}, gateway.Outcome{Kind: gateway.Throttled, RetryAfter: time.Millisecond}
	case down:
		return gateway.Known{}, gateway.Outcome{Kind: gateway.Unavailable, Cause: "refused"}
	default:
		return gateway.Known{}, gateway.Outcome{Kind: gateway.Unknown, Cause: "timeout"}
	}
	held := p.stored[key]
	if p.lags {
		held = p.visible[key]
	}
	if held == nil {
		return gateway.Known{}, gateway.Outcome{Kind: gateway.Absent}
	}
	k := gateway.Known{Exists: true}
	if p.spec.Shows != gateway.ShowsExistence {
		k.HeaderHash = hash(held.header() + p.differs)
	}
	if p.spec.Shows == gateway.ShowsTrail {
		k.Steps, k.TrailSeen = slices.Clone(held.steps), true
	}
	return k, gateway.Outcome{Kind: gateway.Found}
}

func (s *shown) header() string { return s.headers[len(s.headers)-1] }

// pass applies what was late, and then all of it can be seen.
func (p *modelPortal) pass() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, apply := range p.late {
		apply()
	}
	p.late = nil
	p.visible = make(map[string]*shown, len(p.stored))
	for key, s := range p.stored {
		p.visible[key] = &shown{headers: slices.Clone(s.headers), creates: s.creates, steps: slices.Clone(s.steps)}
	}
}

func (p *modelPortal) will(m ...mishap) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.mishaps = append([]mishap(nil), m...)
}

// shows returns a copy of what is stored of a key.
func (p *modelPortal) shows(t testing.TB, key string) shown {
	t.Helper()
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.stored[key] == nil {
		t.Fatalf("the portal has nothing of %s", key)
	}
	s := *p.stored[key]
	return shown{headers: slices.Clone(s.headers), creates: s.creates, steps: slices.Clone(s.steps)}
}

var _ gateway.Destination = (*modelPortal)(nil)
