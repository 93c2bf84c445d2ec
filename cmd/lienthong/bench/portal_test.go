package bench_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lienthong/lienthong/gateway/portal/simulator"
)

// portal is the simulator behind a door that can be shut, and that keeps what went through it.
type portal struct {
	*simulator.Simulator
	url  string
	log  string
	shut atomic.Bool // every call is answered with 503

	mu     sync.Mutex
	keep   bool
	writes [][]byte // bodies of calls that change something, while keep is set
}

// openPortal starts a portal; it ends with the benchmark.
func openPortal(b *testing.B, o simulator.Options) *portal {
	b.Helper()
	p := &portal{log: filepath.Join(b.TempDir(), "portal.jsonl")}
	o.LogPath, o.Lookup, o.Settle = p.log, simulator.ShowTrail, time.Second
	var err error
	p.Simulator, err = simulator.New(o)
	require.NoError(b, err)
	inside := p.Handler()
	front := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if p.shut.Load() {
			http.Error(w, "<html>503 Service Unavailable</html>", http.StatusServiceUnavailable)
			return
		}
		p.note(r)
		inside.ServeHTTP(w, r)
	}))
	p.url = front.URL
	b.Cleanup(func() {
		front.Close()
		require.NoError(b, p.Close())
	})
	return p
}

// note keeps a body that changes something.
func (p *portal) note(r *http.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.keep {
		return
	}
	body, err := io.ReadAll(r.Body)
	r.Body = io.NopCloser(bytes.NewReader(body))
	if err == nil && (isCreate(body) || isStep(body)) {
		p.writes = append(p.writes, body)
	}
}

func isCreate(body []byte) bool { return bytes.Contains(body, []byte(`"DongBoHoSoMC"`)) }
func isStep(body []byte) bool   { return bytes.Contains(body, []byte(`"CapNhatTienDoHoSoMC"`)) }

// record begins to keep what changes something.
func (p *portal) record() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.keep = true
}

// recorded ends that and returns it: creates and updates apart from steps.
func (p *portal) recorded() (dossiers, steps [][]byte) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, body := range p.writes {
		if isCreate(body) {
			dossiers = append(dossiers, body)
		} else {
			steps = append(steps, body)
		}
	}
	p.keep, p.writes = false, nil
	return dossiers, steps
}

// effects returns when each dossier got what, oldest first.
func (p *portal) effects(b *testing.B) (all []effect) {
	b.Helper()
	file, err := os.Open(p.log)
	require.NoError(b, err)
	defer func() { _ = file.Close() }()
	for lines := bufio.NewReaderSize(file, 1<<20); ; {
		text, err := lines.ReadBytes('\n')
		if err == io.EOF {
			return all
		}
		require.NoError(b, err)
		if !bytes.HasPrefix(text, []byte(`{"type":"effect"`)) {
			continue
		}
		var e effect
		require.NoError(b, json.Unmarshal(text, &e))
		all = append(all, e)
	}
}

// effect is a line of the portal's log.
type effect struct {
	At   time.Time
	Kind string
	Key  string
	Call uint64
}
