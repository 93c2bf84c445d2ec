package gateway

import (
	"bytes"
	"slices"
	"sync"

	"github.com/lienthong/lienthong/internal/fault"
	"github.com/lienthong/lienthong/schema"
)

// MemoBytes is about how much memory an [Ingestor] spends on recognising
// messages that come again, unless it is told otherwise.
const MemoBytes = 64 << 20

// memo remembers what an adapter made of each of the last messages, so that
// the same bytes are not worked through again: an old system repeats a whole
// batch when its line broke before the answer. Adapters are pure, so nobody can
// tell the difference; the verdict is always the store's. Messages are told
// apart by SHA-256. What is remembered is shared and never changed.
//
// There are two generations: when the young one has reached half of the limit,
// the old one is forgotten and the young one becomes it. Being asked for keeps
// nothing alive, so that a large batch that comes again does not push itself out.
type memo struct {
	limit int // bytes, about; 0: nothing is remembered

	mu         sync.Mutex
	young, old map[memoKey]*normalised
	weight     int // of young
}

// memoKey is everything that a prepared message depends on.
type memoKey struct {
	source, contentType string
	body                schema.Hash
	version, eventTime  int64 // told beside the message
}

// normalised is what an adapter made of a message. Raw of a record is nil
// where it is the whole message: the sender's buffer is not kept.
type normalised struct {
	code     fault.Code
	errors   []fault.Problem
	rejected []RecordResult
	records  []PreparedRecord
}

func newMemo(limit int) *memo { return &memo{limit: max(limit, 0), young: map[memoKey]*normalised{}} }

func (m *memo) get(k memoKey) (*normalised, bool) {
	if m == nil {
		return nil, false
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if n, ok := m.young[k]; ok {
		return n, true
	}
	n, ok := m.old[k]
	return n, ok
}

func (m *memo) put(k memoKey, n *normalised) {
	if m == nil || 2*n.size() > m.limit {
		return
	}
	n.own()
	m.mu.Lock()
	defer m.mu.Unlock()
	if _, twice := m.young[k]; twice {
		return
	}
	if m.weight += n.size(); 2*m.weight > m.limit {
		m.old, m.young, m.weight = m.young, map[memoKey]*normalised{}, n.size()
	}
	m.young[k] = n
}

// own parts what is remembered from the sender's buffer.
func (n *normalised) own() {
	for i := range n.records {
		n.records[i].Raw = bytes.Clone(n.records[i].Raw)
	}
}

// size estimates the memory in bytes: a decoded body takes about twice its canonical form.
func (n *normalised) size() int {
	const entry, record, problem = 256, 640, 192
	size := entry + problem*len(n.errors)
	for i := range n.records {
		r := &n.records[i]
		size += record + 3*len(r.Sealed.JSON) + len(r.Raw) + problem*len(r.Problems)
	}
	for i := range n.rejected {
		size += record + problem*len(n.rejected[i].Errors)
	}
	return size
}

// fill gives a submission what was made of its message.
func (n *normalised) fill(sub *Submission) {
	sub.Code, sub.Errors, sub.Rejected = n.code, n.errors, n.rejected
	sub.Records = slices.Clone(n.records)
	for i := range sub.Records {
		if sub.Records[i].Raw == nil {
			sub.Records[i].Raw = sub.Raw
		}
	}
}
