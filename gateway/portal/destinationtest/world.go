package destinationtest

import (
	"bytes"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/lienthong/lienthong/gateway"
)

// world is a destination, its other side, and what happens on the wire between them.
type world struct {
	gateway.Destination
	t       *testing.T
	subject Subject
	far     Far
	server  *httptest.Server
	log     *logs
	issued  map[int]map[string]string // what the destination gave, by entity
	ended   chan struct{}             // closed at the end: hanging calls end

	mu    sync.Mutex
	wire  map[Class][]spoiler // what happens to the next calls; the last one stays
	seen  map[Class]int
	asked chan struct{} // receives once for each spoilt call
}

// spoiler answers in place of the other side, or spoils its answer.
type spoiler func(w http.ResponseWriter, r *http.Request, far http.Handler)

// logs is a place for a logger to write to.
type logs struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *logs) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *logs) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// shortest is the timeout where a call is to end by it: long enough for what comes before
// that call, a login or a number, on a machine that is slow.
const shortest = time.Second

// open makes a world whose wire is good. Whatever was logged in it is searched for canaries at its end.
func (s Subject) open(t *testing.T, timeout time.Duration) *world {
	t.Helper()
	w := &world{
		t: t, subject: s, far: s.Far(t), log: &logs{}, ended: make(chan struct{}),
		issued: map[int]map[string]string{}, wire: map[Class][]spoiler{}, seen: map[Class]int{}, asked: make(chan struct{}, 100),
	}
	w.server = httptest.NewServer(http.HandlerFunc(w.serve))
	t.Cleanup(func() { close(w.ended); w.server.CloseClientConnections(); w.server.Close() })
	w.Destination = s.New(t, w.server.URL, timeout, slog.New(slog.NewJSONHandler(w.log, &slog.HandlerOptions{Level: slog.LevelDebug})))
	t.Cleanup(w.disconnect)
	t.Cleanup(func() { w.silent("log", w.log.String()) })
	return w
}

// disconnect lets the destination give its idle connections back, where it can.
func (w *world) disconnect() {
	if c, ok := w.Destination.(interface{ Close() }); ok {
		c.Close()
	}
}

func (w *world) serve(rw http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return // the client left
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	class := w.subject.Class(r, body)
	w.mu.Lock()
	w.seen[class]++
	var spoil spoiler
	if list := w.wire[class]; len(list) > 0 {
		spoil = list[0]
		if len(list) > 1 {
			w.wire[class] = list[1:]
		}
	}
	w.mu.Unlock()
	if spoil == nil {
		w.far.Handler.ServeHTTP(rw, r)
		return
	}
	select {
	case w.asked <- struct{}{}:
	default: // a destination that never gives up must not keep the server from its end
	}
	spoil(rw, r, w.far.Handler)
}

// spoil sets what happens to the next calls of a class; nil is nothing. The last stays for all that follow.
func (w *world) spoil(c Class, list ...spoiler) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.wire[c] = list
}

// count returns how many requests of a class arrived.
func (w *world) count(c Class) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.seen[c]
}

// silent requires that a text names nobody.
func (w *world) silent(what, text string) {
	w.t.Helper()
	for _, canary := range w.subject.Canaries {
		if strings.Contains(strings.ToLower(text), strings.ToLower(canary)) {
			w.t.Errorf("%s shows a personal value", what) // which one is not printed
		}
	}
}

// discreet requires that an outcome names nobody.
func (w *world) discreet(outcomes ...gateway.Outcome) {
	w.t.Helper()
	for _, o := range outcomes {
		w.silent("cause", o.Cause)
		w.silent("message", o.Message)
		if o.Err != nil {
			w.silent("error", o.Err.Error())
		}
	}
}

// reset ends a connection so that the client sees it break.
func reset(w http.ResponseWriter) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0)
	}
	_ = conn.Close()
}
