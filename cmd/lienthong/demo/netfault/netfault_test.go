package netfault_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/lienthong/lienthong/cmd/lienthong/demo/netfault"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// size is that of bodies: several pieces, so that a cut has a middle.
const size = 300_000

// far is a server behind a proxy.
type far struct {
	proxy   *netfault.Proxy
	handled atomic.Int64 // requests that were read whole
	client  *http.Client
}

func setup(t *testing.T) *far {
	t.Helper()
	f := &far{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return
		}
		f.handled.Add(1)
		_, _ = w.Write(body)
	}))
	var err error
	f.proxy, err = netfault.Listen("127.0.0.1:0", strings.TrimPrefix(server.URL, "http://"), 1)
	require.NoError(t, err)
	f.client = &http.Client{Transport: &http.Transport{}}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- f.proxy.Run(ctx) }()
	t.Cleanup(func() {
		f.client.CloseIdleConnections()
		cancel()
		require.NoError(t, <-ended)
		server.Close()
	})
	return f
}

// ask sends a body and reads it back.
func (f *far) ask(ctx context.Context, n int) (int, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+f.proxy.Addr(), bytes.NewReader(make([]byte, n)))
	if err != nil {
		return 0, err
	}
	response, err := f.client.Do(request)
	if err != nil {
		return 0, err
	}
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(response.Body)
	return len(body), err
}

func (f *far) works(t *testing.T) {
	t.Helper()
	n, err := f.ask(t.Context(), size)
	require.NoError(t, err)
	require.Equal(t, size, n)
}

func TestProxy(t *testing.T) {
	t.Run("what passes is unchanged", func(t *testing.T) {
		f := setup(t)
		f.works(t)
		require.Zero(t, f.proxy.Cuts())
	})

	for _, kind := range []netfault.Kind{netfault.Reset, netfault.Cut, netfault.Stall} {
		t.Run(string(kind)+" comes after the request was read", func(t *testing.T) {
			f := setup(t)
			f.proxy.Set(netfault.Fault{Kind: kind, Delay: 20 * time.Millisecond})
			_, err := f.ask(t.Context(), size)
			require.Error(t, err)
			require.EqualValues(t, 1, f.handled.Load())
			require.Positive(t, f.proxy.Cuts())
			require.NoError(t, f.proxy.Clear(kind))
			f.works(t)
		})
	}

	t.Run("reset_request leaves the server with half of it", func(t *testing.T) {
		f := setup(t)
		f.proxy.Set(netfault.Fault{Kind: netfault.ResetRequest})
		_, err := f.ask(t.Context(), size)
		require.Error(t, err)
		require.Zero(t, f.handled.Load())
	})

	t.Run("refuse closes the port, resets what stands, and opens the same port again", func(t *testing.T) {
		f := setup(t)
		f.works(t)
		for range 3 {
			f.proxy.Set(netfault.Fault{Kind: netfault.Refuse})
			f.client.CloseIdleConnections() // else the reset of a standing one is what is seen
			_, err := f.ask(t.Context(), size)
			require.ErrorIs(t, err, syscall.ECONNREFUSED)
			require.NoError(t, f.proxy.Clear(netfault.Refuse))
			f.works(t)
		}
	})

	t.Run("latency and bandwidth take their time", func(t *testing.T) {
		for _, fault := range []netfault.Fault{
			{Kind: netfault.Latency, Delay: 30 * time.Millisecond}, {Kind: netfault.Bandwidth, Bytes: 20 * size},
		} {
			f := setup(t)
			f.proxy.Set(fault)
			began := time.Now()
			f.works(t)
			require.Greater(t, time.Since(began), 40*time.Millisecond, fault.Kind)
		}
	})

	t.Run("slow_close ends an answer of unknown length late", func(t *testing.T) {
		f := setup(t)
		f.proxy.Set(netfault.Fault{Kind: netfault.SlowClose, Delay: 60 * time.Millisecond})
		f.client.Transport.(*http.Transport).DisableKeepAlives = true
		f.works(t)
	})

	t.Run("what a client sent before it left is dropped", func(t *testing.T) {
		f := setup(t)
		f.proxy.Set(netfault.Fault{Kind: netfault.Latency, Delay: time.Minute})
		ctx, cancel := context.WithTimeout(t.Context(), 30*time.Millisecond)
		defer cancel()
		_, err := f.ask(ctx, 10)
		require.True(t, errors.Is(err, context.DeadlineExceeded), err)
		require.NoError(t, f.proxy.Clear(netfault.Latency))
		f.works(t) // over a connection of its own
		require.EqualValues(t, 1, f.handled.Load())
	})
}
