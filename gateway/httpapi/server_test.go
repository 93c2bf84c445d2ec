package httpapi_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/lienthong/lienthong/gateway/httpapi"
	"github.com/lienthong/lienthong/internal/fault"
	"github.com/lienthong/lienthong/schema"
)

// pipes is a listener whose connections live in memory, so that deadlines run on the clock of a synctest bubble.
type pipes struct {
	conns chan net.Conn
	done  chan struct{}
}

func newPipes() *pipes { return &pipes{conns: make(chan net.Conn), done: make(chan struct{})} }

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.conns:
		return c, nil
	case <-p.done:
		return nil, net.ErrClosed
	}
}

func (p *pipes) Close() error {
	select {
	case <-p.done:
	default:
		close(p.done)
	}
	return nil
}

func (p *pipes) Addr() net.Addr { return &net.TCPAddr{} }

func (p *pipes) dial() net.Conn {
	client, server := net.Pipe()
	p.conns <- server
	return client
}

// serve runs a server over pipes; stop ends it and returns what Run did.
func (b bundle) serve(t testing.TB) (p *pipes, stop func() error) {
	t.Helper()
	p = newPipes()
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- httpapi.NewServer(b.api, httpapi.ServerOptions{}).Run(ctx, p) }()
	return p, func() error {
		cancel()
		return <-ended
	}
}

func head(method, path string, length int, more ...string) string {
	h := fmt.Sprintf("%s %s HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\nContent-Length: %d\r\n", method, path, goodKey, length)
	return h + strings.Join(append(more, "\r\n"), "\r\n")
}

func read(t testing.TB, c net.Conn) (*http.Response, string) {
	t.Helper()
	w, err := http.ReadResponse(bufio.NewReader(c), nil)
	require.NoError(t, err)
	body, err := io.ReadAll(w.Body)
	require.NoError(t, err)
	return w, string(body)
}

func TestSlowLines(t *testing.T) {
	t.Parallel()

	t.Run("a body that keeps coming may take its time", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			b := setup(t)
			p, stop := b.serve(t)
			c := p.dial()
			body := `{"so":"1","ten":"` + strings.Repeat("x", 20<<10) + `"}`
			_, err := c.Write([]byte(head("POST", "/v1/records", len(body))))
			require.NoError(t, err)
			began := time.Now()
			for i := 0; i < len(body); i += 1500 {
				time.Sleep(50 * time.Second)
				_, err := c.Write([]byte(body[i:min(len(body), i+1500)]))
				require.NoError(t, err)
			}
			w, answer := read(t, c)
			require.Equal(t, 200, w.StatusCode, answer)
			require.Greater(t, time.Since(began), 10*time.Minute)
			require.NoError(t, c.Close())
			require.NoError(t, stop())
		})
	})

	for name, step := range map[string]int{"nothing": 0, "a trickle": 10} {
		t.Run("a body of which "+name+" comes is given up after a minute", func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				b := setup(t)
				p, stop := b.serve(t)
				c := p.dial()
				_, err := c.Write([]byte(head("POST", "/v1/records", 5000) + "{"))
				require.NoError(t, err)
				began := time.Now()
				trickle := make(chan struct{})
				go func() {
					defer close(trickle)
					for {
						time.Sleep(20 * time.Second)
						if _, err := c.Write([]byte(strings.Repeat(" ", step))); err != nil || step == 0 {
							return
						}
					}
				}()
				w, body := read(t, c)
				require.Equal(t, http.StatusRequestTimeout, w.StatusCode, body)
				require.Equal(t, time.Minute, time.Since(began))
				require.True(t, w.Close)
				require.NoError(t, c.Close())
				<-trickle
				require.NoError(t, stop())
				require.Empty(t, b.store.submissions)
			})
		})
	}

	t.Run("a body that nobody reads does not keep its connection", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			p, stop := setup(t).serve(t)
			c := p.dial()
			_, err := c.Write([]byte(head("POST", "/v1/records", 5000, "Content-Type: text/html")))
			require.NoError(t, err)
			began := time.Now()
			w, _ := read(t, c)
			require.Equal(t, 415, w.StatusCode)
			_, err = c.Read(make([]byte, 1))
			require.ErrorIs(t, err, io.EOF)
			require.LessOrEqual(t, time.Since(began), time.Minute)
			require.NoError(t, c.Close())
			require.NoError(t, stop())
		})
	})

	t.Run("a stranger's body has ten seconds", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			b := setup(t)
			p, stop := b.serve(t)
			c := p.dial()
			_, err := c.Write([]byte("POST /v1/records HTTP/1.1\r\nHost: x\r\nContent-Length: 5000\r\n\r\n{"))
			require.NoError(t, err)
			began := time.Now()
			w, _ := read(t, c)
			require.Equal(t, 401, w.StatusCode)
			require.Equal(t, 10*time.Second, time.Since(began))
			require.Nil(t, b.store.refusals[0].SHA256)
			require.NoError(t, c.Close())
			require.NoError(t, stop())
		})
	})

	t.Run("a reader who stands still is given up", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			b := setup(t)
			for range 200 {
				b.feed.add(schema.KindDossier, 1, `{"x":"`+strings.Repeat("x", 1000)+`"}`)
			}
			p, stop := b.serve(t)
			c := p.dial()
			_, err := c.Write([]byte(head("GET", "/v1/feeds/all?limit=1000", 0)))
			require.NoError(t, err)
			_, err = c.Read(make([]byte, 100))
			require.NoError(t, err)
			time.Sleep(2 * time.Minute)
			_, err = io.ReadAll(c)
			require.NoError(t, err, "the server has closed")
			require.NoError(t, c.Close())
			require.NoError(t, stop())
		})
	})

	t.Run("a connection that rested longer than a deadline is as good as new", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			p, stop := setup(t).serve(t)
			c := p.dial()
			for range 3 {
				_, err := c.Write([]byte(head("POST", "/v1/records", len(good)) + good))
				require.NoError(t, err)
				w, body := read(t, c)
				require.Equal(t, 200, w.StatusCode, body)
				time.Sleep(90 * time.Second)
			}
			require.NoError(t, c.Close())
			require.NoError(t, stop())
		})
	})
}

func TestServerStops(t *testing.T) {
	t.Parallel()

	t.Run("long polls end with a page and a push with its answer", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			b := setup(t)
			p, stop := b.serve(t)
			poll, push := p.dial(), p.dial()
			_, err := poll.Write([]byte(head("GET", "/v1/feeds/all?wait=30", 0)))
			require.NoError(t, err)
			_, err = push.Write([]byte(head("POST", "/v1/records", len(good)) + good[:5]))
			require.NoError(t, err)
			synctest.Wait()
			began := time.Now()
			stopped := make(chan error, 1)
			go func() { stopped <- stop() }()
			w, body := read(t, poll)
			require.Equal(t, 200, w.StatusCode)
			require.Contains(t, body, `"items":[]`)
			require.Zero(t, time.Since(began))
			time.Sleep(5 * time.Second)
			_, err = push.Write([]byte(good[5:]))
			require.NoError(t, err)
			w, _ = read(t, push)
			require.Equal(t, 200, w.StatusCode)
			require.NoError(t, <-stopped)
			require.NoError(t, poll.Close())
			require.NoError(t, push.Close())
		})
	})

	t.Run("who does not come to an end is cut off", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			p, stop := setup(t).serve(t)
			c := p.dial()
			_, err := c.Write([]byte(head("POST", "/v1/records", 100) + "{"))
			require.NoError(t, err)
			synctest.Wait()
			began := time.Now()
			require.Equal(t, fault.Unavailable, fault.CodeOf(stop()))
			require.Equal(t, 40*time.Second, time.Since(began))
			require.NoError(t, c.Close())
		})
	})

	t.Run("a listener that breaks is an error", func(t *testing.T) {
		t.Parallel()
		p := newPipes()
		require.NoError(t, p.Close())
		require.Equal(t, fault.Unavailable, fault.CodeOf(httpapi.NewServer(setup(t).api, httpapi.ServerOptions{}).Run(t.Context(), p)))
	})
}

// TestServerOverTCP is the one that needs a port: a real client, keep-alive, no goroutine left.
func TestServerOverTCP(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	b := setup(t)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- httpapi.NewServer(b.api, httpapi.ServerOptions{}).Run(ctx, l) }()
	client := &http.Client{Transport: &http.Transport{}}
	for _, chunked := range []bool{false, true, false} {
		var body io.Reader = strings.NewReader(good)
		if chunked {
			body = io.MultiReader(body) // hides its length
		}
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://"+l.Addr().String()+"/v1/records", body)
		require.NoError(t, err)
		r.Header.Set("Authorization", "Bearer "+goodKey)
		w, err := client.Do(r)
		require.NoError(t, err)
		text, err := io.ReadAll(w.Body)
		require.NoError(t, err)
		require.NoError(t, w.Body.Close())
		require.Equal(t, 200, w.StatusCode, string(text))
	}
	client.CloseIdleConnections()
	cancel()
	require.NoError(t, <-ended)
}
