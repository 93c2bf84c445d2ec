package portal

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func quick(o Options) *Client {
	if o.Timeout == 0 {
		o.Timeout = 5 * time.Second
	}
	o.RepeatWithin = time.Millisecond
	return NewClient(o)
}

// rude accepts connections, hands each to serve and closes it.
func rude(t *testing.T, serve func(net.Conn)) string {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			conn, err := ln.Accept()
			if err != nil {
				return
			}
			serve(conn)
			_ = conn.Close()
		}
	}()
	t.Cleanup(func() { _ = ln.Close(); <-done })
	return "http://" + ln.Addr().String()
}

// readRequest reads one whole request off a raw connection.
func readRequest(conn net.Conn) {
	req, err := http.ReadRequest(bufio.NewReader(conn))
	if err == nil {
		_, _ = io.Copy(io.Discard, req.Body)
	}
}

func reset(conn net.Conn) { _ = conn.(*net.TCPConn).SetLinger(0) }

func callError(t *testing.T, err error) *CallError {
	t.Helper()
	var call *CallError
	require.ErrorAs(t, err, &call)
	return call
}

func TestPostTellsWhatMayHaveLeft(t *testing.T) {
	t.Parallel()
	closed := func(t *testing.T) string {
		ln, err := net.Listen("tcp", "127.0.0.1:0")
		require.NoError(t, err)
		defer ln.Close()
		return "http://" + ln.Addr().String()
	}
	for name, tc := range map[string]struct {
		url     func(t *testing.T) string
		timeout time.Duration
		left    bool
		reason  string
	}{
		"a refused connection took nothing": {url: closed, reason: "connection.refused"},
		"a certificate that nobody signed took nothing": {
			url: func(t *testing.T) string {
				s := httptest.NewUnstartedServer(http.NotFoundHandler())
				s.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)
				s.StartTLS()
				t.Cleanup(s.Close)
				return s.URL
			}, reason: "tls",
		},
		"a reset after the request may have taken it": {
			url: func(t *testing.T) string {
				return rude(t, func(c net.Conn) { readRequest(c); reset(c) })
			}, left: true, reason: "connection.reset",
		},
		"a deadline after the request may have taken it": {
			url: func(t *testing.T) string {
				s := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
					_, _ = io.Copy(io.Discard, r.Body)
					<-r.Context().Done()
				}))
				t.Cleanup(s.Close)
				return s.URL
			}, timeout: time.Second, left: true, reason: "timeout",
		},
		"an answer that breaks off may have taken it": {
			url: func(t *testing.T) string {
				return rude(t, func(c net.Conn) {
					readRequest(c)
					_, _ = io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"error_code\":0")
				})
			}, left: true, reason: "answer.connection.reset",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := quick(Options{Timeout: tc.timeout})
			defer c.Close()
			_, err := c.Post(t.Context(), Request{URL: tc.url(t) + "/secret-path", Body: []byte(`{}`)})
			call := callError(t, err)
			require.Equal(t, tc.left, call.Left, "left: %v", call)
			require.Equal(t, tc.reason, call.Reason, "%v", call)
			require.NotContains(t, err.Error(), "secret-path", "errors carry no addresses")
		})
	}
}

func TestPostRepeats(t *testing.T) {
	t.Parallel()
	count := func(t *testing.T, read bool) int {
		var calls atomic.Int32
		url := rude(t, func(c net.Conn) {
			calls.Add(1)
			readRequest(c)
			reset(c)
		})
		c := quick(Options{})
		defer c.Close()
		_, err := c.Post(t.Context(), Request{URL: url, Body: []byte(`{}`), Read: read})
		callError(t, err)
		return int(calls.Load())
	}
	t.Run("never what may have left", func(t *testing.T) {
		t.Parallel()
		require.Equal(t, 1, count(t, false))
	})
	t.Run("a read once", func(t *testing.T) {
		t.Parallel()
		require.Equal(t, 2, count(t, true))
	})
	t.Run("no answer, whatever its status", func(t *testing.T) {
		t.Parallel()
		var calls atomic.Int32
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			calls.Add(1)
			w.Header().Set("Retry-After", "1")
			w.WriteHeader(http.StatusServiceUnavailable)
		}))
		defer s.Close()
		c := quick(Options{})
		defer c.Close()
		got, err := c.Post(t.Context(), Request{URL: s.URL, Body: []byte(`{}`), Read: true})
		require.NoError(t, err)
		require.Equal(t, http.StatusServiceUnavailable, got.Status)
		require.Equal(t, time.Second, got.RetryAfter)
		require.EqualValues(t, 1, calls.Load())
	})
	t.Run("a write that never left, once, with its body", func(t *testing.T) {
		t.Parallel()
		var dials atomic.Int32
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(w, r.Body)
		}))
		defer s.Close()
		c := quick(Options{})
		defer c.Close()
		transport := c.http.HTTPClient.Transport.(*http.Transport)
		dial := transport.DialContext
		transport.DialContext = func(ctx context.Context, network, addr string) (net.Conn, error) {
			if dials.Add(1) == 1 {
				return nil, errors.New("no route today")
			}
			return dial(ctx, network, addr)
		}
		got, err := c.Post(t.Context(), Request{URL: s.URL, Body: []byte(`{"a":1}`)})
		require.NoError(t, err)
		require.Equal(t, `{"a":1}`, string(got.Body))
		require.EqualValues(t, 2, dials.Load())
	})
}

// TestPostIsNotRepeatedBelow: on a connection that was used before, net/http makes
// some calls again by itself when they are cut: a GET, and whatever has an
// Idempotency-Key. A write must not be among them: nobody would write it down.
func TestPostIsNotRepeatedBelow(t *testing.T) {
	t.Parallel()
	for name, request := range map[string]Request{
		"a call with a key of its own":     {Body: []byte(`{}`), Header: http.Header{"Idempotency-Key": {`"a"`}, "X-Idempotency-Key": {"b"}}},
		"a call without a body":            {Method: http.MethodGet},
		"a call with a body and no key":    {Body: []byte(`{}`)},
		"a call without a body, by POST":   {Header: http.Header{"Idempotency-Key": {`"a"`}}},
		"a call with a key that has a GET": {Method: http.MethodGet, Header: http.Header{"Idempotency-Key": {`"a"`}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var calls, connections atomic.Int32
			keys := make(chan string, 9)
			request.URL = rude(t, func(c net.Conn) {
				connections.Add(1)
				in := bufio.NewReader(c)
				for {
					req, err := http.ReadRequest(in)
					if err != nil {
						return
					}
					keys <- req.Header.Get("Idempotency-Key")
					_, _ = io.Copy(io.Discard, req.Body)
					if calls.Add(1) == 2 {
						reset(c)
						return
					}
					_, _ = io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")
				}
			})
			c := quick(Options{})
			defer c.Close()
			_, err := c.Post(t.Context(), request)
			require.NoError(t, err)
			_, err = c.Post(t.Context(), request)
			require.True(t, callError(t, err).Left)
			require.EqualValues(t, 2, calls.Load())
			require.EqualValues(t, 1, connections.Load(), "the second call used the first one's connection")
			require.Equal(t, request.Header.Get("Idempotency-Key"), <-keys, "the key is sent all the same")
		})
	}
}

func TestPostFollowsNoRedirect(t *testing.T) {
	t.Parallel()
	var elsewhere atomic.Bool
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/other" {
			elsewhere.Store(true)
			return
		}
		http.Redirect(w, r, "/other", http.StatusTemporaryRedirect)
	}))
	defer s.Close()
	c := quick(Options{})
	defer c.Close()
	got, err := c.Post(t.Context(), Request{URL: s.URL, Body: []byte(`{}`)})
	require.NoError(t, err)
	require.Equal(t, http.StatusTemporaryRedirect, got.Status)
	require.False(t, elsewhere.Load())
}

func TestPostLimitsTheAnswer(t *testing.T) {
	t.Parallel()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, strings.Repeat("x", 100))
	}))
	defer s.Close()
	c := quick(Options{MaxAnswer: 99})
	defer c.Close()
	_, err := c.Post(t.Context(), Request{URL: s.URL})
	call := callError(t, err)
	require.Equal(t, "answer.too_large", call.Reason)
	require.True(t, call.Left)
}

func TestClientConnectsToThisMachineOnly(t *testing.T) {
	t.Parallel()
	c := quick(Options{LoopbackOnly: true, ConnectTimeout: time.Second})
	defer c.Close()
	_, err := c.Post(t.Context(), Request{URL: "http://192.0.2.1:9"})
	call := callError(t, err)
	require.False(t, call.Left)
	require.Contains(t, call.Error(), "not on this machine")
}

func TestClientLogsNoAddresses(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	c := quick(Options{Logger: slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))})
	defer c.Close()
	_, err := c.Post(t.Context(), Request{URL: "http://127.0.0.1:1/forward?securityCode=canary", Body: []byte("canary")})
	callError(t, err)
	require.Contains(t, log.String(), "retrying request", "the library did log")
	require.NotContains(t, log.String(), "canary")
	require.NotContains(t, log.String(), "forward")
}

func TestReasonOf(t *testing.T) {
	t.Parallel()
	dial := func(err error) error {
		return &url.Error{Op: "Post", URL: "http://x", Err: &net.OpError{Op: "dial", Err: err}}
	}
	for want, err := range map[string]error{
		"dns":                 dial(&net.DNSError{Err: "no such host", IsTimeout: true}),
		"connection.refused":  dial(syscall.ECONNREFUSED),
		"network.unreachable": dial(syscall.ENETUNREACH),
		"connection.reset":    fmt.Errorf("read: %w", syscall.ECONNRESET),
		"timeout":             dial(os.ErrDeadlineExceeded),
		"cancelled":           context.Canceled,
		"connection.failed":   errors.New("something else"),
	} {
		require.Equal(t, want, reasonOf(err))
	}
}

func TestRetryAfter(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 2, 1, 0, 0, 0, time.UTC)
	for header, want := range map[string]time.Duration{
		"":                              0,
		"7":                             7 * time.Second,
		"1800":                          30 * time.Minute, // a maintenance that is announced: ADR 0006
		"86400":                         MaxRetryAfter,
		"-3":                            0,
		"soon":                          0,
		"Mon, 02 Mar 2026 01:00:30 GMT": 30 * time.Second,
		"Mon, 02 Mar 2026 00:00:00 GMT": 0,
		"Mon, 02 Mar 2099 00:00:00 GMT": MaxRetryAfter,
	} {
		h := http.Header{}
		h.Set("Retry-After", header)
		require.Equal(t, want, retryAfter(h, now), header)
	}
}
