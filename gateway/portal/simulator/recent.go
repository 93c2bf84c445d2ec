package simulator

import (
	"slices"
	"sync"
	"time"
)

// maxRecent is how many calls are remembered for people to look at.
const maxRecent = 100

// Call is one call as people look at it.
type Call struct {
	Seq      uint64    `json:"seq"` // of its line in the log
	Arrived  time.Time `json:"arrived"`
	Took     Span      `json:"took"` // until it was decided, before a slow answer's delay
	Op       Op        `json:"op"`
	Service  string    `json:"service"`
	Items    int       `json:"items"`
	Key      string    `json:"key"` // the first, "" without one
	Status   int       `json:"status"`
	Code     string    `json:"error_code"`
	Fault    FaultName `json:"fault"`
	Answered bool      `json:"answered"`
}

// recent is a ring of the last calls. The zero value is ready.
type recent struct {
	mu    sync.Mutex
	calls []Call
	next  int
}

func (r *recent) add(c *call, rep reply) {
	said := rep.line(c)
	one := Call{
		Seq: c.seq, Arrived: c.arrived, Took: Span(time.Since(c.arrived).Round(time.Microsecond)), Op: c.op, Service: c.service, Items: len(c.items),
		Status: said.Status, Code: said.ErrorCode, Fault: said.Fault, Answered: said.Answered,
	}
	if keys := c.keys(); len(keys) > 0 {
		one.Key = keys[0]
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.calls) < maxRecent {
		r.calls = append(r.calls, one)
		return
	}
	r.calls[r.next] = one
	r.next = (r.next + 1) % maxRecent
}

// list returns the calls, the newest first.
func (r *recent) list() []Call {
	r.mu.Lock()
	defer r.mu.Unlock()
	all := append(slices.Clone(r.calls[r.next:]), r.calls[:r.next]...)
	slices.Reverse(all)
	return all
}
