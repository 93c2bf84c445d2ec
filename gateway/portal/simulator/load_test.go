package simulator

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
)

func TestConcurrency(t *testing.T) {
	t.Parallel()
	t.Run("of many creates of one dossier exactly one is stored", func(t *testing.T) {
		p := open(t, Options{})
		var wg sync.WaitGroup
		said := make([]string, 16)
		for i := range said {
			wg.Go(func() { said[i] = p.create(record("A-1"), record(fmt.Sprintf("B-%d", i))).Message })
		}
		wg.Wait()
		stored := 0
		for _, text := range said {
			if text == textStored {
				stored++
			} else {
				require.Equal(t, "Hồ sơ A-1 đã tồn tại", text)
			}
		}
		require.Equal(t, 1, stored)
		require.Equal(t, 2, p.State().Stored.Dossiers, "a refused batch leaves nothing")
	})
	t.Run("the log of everything at once replays to the same state", func(t *testing.T) {
		p := open(t, Options{Faults: []Fault{{Name: FaultLyingSuccess, Share: 0.2}, {Name: FaultTruncatedJSON, Share: 0.2}}})
		var wg sync.WaitGroup
		for worker := range 8 {
			wg.Go(func() {
				for i := range 20 {
					key := fmt.Sprintf("A-%d", (worker*20+i)%30)
					p.create(record(key))
					p.update(record(key, "TrangThaiHoSo", `"4"`))
					p.progress(progressStep(key, "20251103083000", "2"))
					p.lookUp(key)
					p.State()
				}
			})
		}
		wg.Wait()
		require.NoError(t, p.Close())
		again, err := New(Options{LogPath: p.options.LogPath})
		require.NoError(t, err)
		defer func() { require.NoError(t, again.Close()) }()
		require.Equal(t, p.State().Stored, again.State().Stored)
		require.NotZero(t, again.State().Stored.Dossiers)
		for i := range 30 {
			want, _ := p.Dossier(fmt.Sprintf("A-%d", i))
			got, _ := again.Dossier(fmt.Sprintf("A-%d", i))
			require.Equal(t, want, got)
		}
	})
}

func TestCapacity(t *testing.T) {
	t.Parallel()
	// lookups sends n at once and returns how many were let in and how long all took.
	lookups := func(p *portal, n int) (passed int, took time.Duration) {
		begin := time.Now()
		var wg sync.WaitGroup
		var mu sync.Mutex
		for range n {
			wg.Go(func() {
				got := p.lookUp("A-1")
				mu.Lock()
				defer mu.Unlock()
				if got.Status == http.StatusOK {
					passed++
				}
			})
		}
		wg.Wait()
		return passed, time.Since(begin)
	}
	slow := []Fault{{Name: FaultLatency, Delay: time.Second, Ops: []Op{OpLookup}}}
	for name, c := range map[string]struct {
		options Options
		passed  int
		took    time.Duration
	}{
		"too many a second wait their turn": {Options{Capacity: Capacity{CallsPerSecond: 10}}, 20, 2 * time.Second},
		"too many a second are turned away": {Options{Capacity: Capacity{CallsPerSecond: 10, Over: OverReject}}, 0, 0},
		"too many at once wait":             {Options{Capacity: Capacity{Concurrent: 4}, Faults: slow}, 20, 5 * time.Second},
		"too many at once are turned away":  {Options{Capacity: Capacity{Concurrent: 4, Over: OverReject}, Faults: slow}, 4, time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := open(t, c.options) // the login has taken the first place
				passed, took := lookups(p, 20)
				require.Equal(t, c.passed, passed)
				require.Equal(t, c.took, took)
				turnedAway := 0
				for _, answer := range p.lines("answer") {
					turnedAway += count(answer.Fault == "capacity" && answer.Status == http.StatusServiceUnavailable)
				}
				require.Equal(t, 20-c.passed, turnedAway)
			})
		})
	}
	t.Run("a client that leaves while it waits gives its place back", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			p := open(t, Options{Capacity: Capacity{Concurrent: 1}, Faults: slow})
			done := make(chan said)
			go func() { done <- p.lookUp("A-1") }()
			synctest.Wait()
			ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
			defer cancel()
			req := httptest.NewRequestWithContext(ctx, http.MethodPost, loginPath, strings.NewReader(`{"username":"a","password":"b"}`))
			req.Header.Set("dstcode", DefaultDestination)
			require.True(t, p.serve(req).Cut)
			require.Equal(t, http.StatusOK, (<-done).Status)
			require.NotEmpty(t, p.login().Session)
		})
	})
}

func BenchmarkCall(b *testing.B) {
	for _, size := range []int{1, 20} {
		b.Run(fmt.Sprintf("records=%d", size), func(b *testing.B) {
			p := open(b, Options{})
			server := httptest.NewServer(p.Handler())
			defer server.Close()
			client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 16}}
			defer client.CloseIdleConnections()
			var n counter
			b.SetParallelism(8)
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					records := make([]string, size)
					for i := range records {
						records[i] = record(fmt.Sprintf("A-%d", n.next()))
					}
					resp, err := client.Post(server.URL+"/api/SynsTTHCC/DongBoHoSoMC?MaDinhDanhDV=x", "application/json",
						strings.NewReader("["+strings.Join(records, ",")+"]"))
					if err != nil {
						b.Error(err)
						return
					}
					_ = resp.Body.Close()
				}
			})
		})
	}
}

type counter struct {
	mu sync.Mutex
	n  int
}

func (c *counter) next() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.n++
	return c.n
}
