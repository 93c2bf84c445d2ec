package demo

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"github.com/lienthong/lienthong/internal/fault"
)

// trouble is one time of misbehaviour.
type trouble struct {
	say      string
	path     string         // of the switch
	on, off  map[string]any // bodies; off nil: it ends by itself
	duration time.Duration
}

// troubles are what the portal does in the middle of a run.
var troubles = []trouble{
	{"the portal forgets every session", "/sessions/expire", map[string]any{}, nil, time.Second},
	fault1("stored, then the answer is lost (a third of the calls)", "stored_answer_lost", 1500*time.Millisecond, map[string]any{"share": 0.33}),
	fault1("cut first, applied later (a third of the writes)", "applied_late", 1500*time.Millisecond,
		map[string]any{"share": 0.33, "delay": "600ms", "ops": []string{"dossier", "progress"}}),
	fault1("HTTP 502 with a page of HTML", "http_502_html", 1500*time.Millisecond, nil),
	fault1("calls hang", "hang", 2*time.Second, nil),
	fault1("session expired, again and again (a fifth of the calls)", "session_expired", time.Second, map[string]any{"share": 0.2}),
	{"connections are refused", "/listener", map[string]any{"up": false}, map[string]any{"up": true}, 2500 * time.Millisecond},
}

// breath is the healthy time between two troubles.
const breath = 500 * time.Millisecond

func fault1(say, name string, duration time.Duration, params map[string]any) trouble {
	on := map[string]any{"name": name, "on": true}
	for k, v := range params {
		on[k] = v
	}
	return trouble{say: say, path: "/faults", on: on, off: map[string]any{"name": name, "on": false}, duration: duration}
}

// misbehave runs the troubles one after the other while there is something
// left to push, and leaves the portal healthy.
func (r *run) misbehave(ctx context.Context, left <-chan struct{}) error {
	if r.admin == "" {
		<-left
		return nil // somebody else's simulator misbehaves as its owner wants
	}
	if !rest(ctx, left, r.scaled(2*breath)) {
		return nil
	}
	for _, t := range troubles {
		r.Progress.Say("trouble: %s", t.say)
		if err := r.toggle(ctx, t.path, t.on); err != nil {
			return err
		}
		rest(ctx, nil, r.scaled(t.duration))
		if t.off != nil {
			if err := r.toggle(context.WithoutCancel(ctx), t.path, t.off); err != nil {
				return err
			}
		}
		if !rest(ctx, left, r.scaled(breath)) {
			break
		}
	}
	if ctx.Err() == nil {
		r.Progress.Say("the portal is healthy again")
	}
	return nil
}

// scaled shortens or lengthens a time of the usual run to this one's.
func (r *run) scaled(d time.Duration) time.Duration {
	return time.Duration(float64(d) * r.Spread.Seconds() / usualSpread.Seconds())
}

// rest waits; it reports false when there is no reason to go on.
func rest(ctx context.Context, left <-chan struct{}, d time.Duration) bool {
	select {
	case <-time.After(d):
		return true
	case <-left:
		return false
	case <-ctx.Done():
		return false
	}
}

// toggle talks to the simulator's switches.
func (r *run) toggle(ctx context.Context, path string, body map[string]any) error {
	data, err := json.Marshal(body)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, r.admin+path, bytes.NewReader(data))
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", "application/json")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return fault.Wrap(err, fault.Unavailable, "demo.toggle")
	}
	_ = response.Body.Close()
	if response.StatusCode >= 300 {
		return fault.New(fault.Internal, "demo", fmt.Sprintf("the simulator answered %d to %s", response.StatusCode, path))
	}
	return nil
}
