package simulator

import (
	"io"
	"math"
	"net"
	"net/http"
	"strconv"
	"time"
)

// maxBody is the largest body that is read, in bytes.
const maxBody = 64 << 20

// routes builds the paths of the security server (both names) and the
// simulator's own. The doors of a provincial bus can be moved while it runs, so they are looked up first.
func (s *Simulator) routes() http.Handler {
	mux := http.NewServeMux()
	for _, adapter := range []string{"VXPAdapter", "XrdAdapter"} {
		base := "POST /" + adapter + "/RestService/forward/mapi/"
		mux.HandleFunc(base+"login", s.handle(member(func(d *decoder, body []byte) *call { return d.login(body) })))
		for _, group := range []string{"g", "s"} {
			mux.HandleFunc(base+group, s.handle(member(func(d *decoder, body []byte) *call { return d.service(body) })))
		}
	}
	mux.HandleFunc("POST /sink/events", s.handle(sinkCall))
	mux.HandleFunc("GET /sink/events/{kind}/{id}", s.handle(sinkCall))
	s.adminRoutes(mux)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		d, ok := s.now().doors[r.URL.Path]
		switch {
		case !ok:
			mux.ServeHTTP(w, r)
		case r.Method != d.method:
			w.Header().Set("Allow", d.method)
			http.Error(w, http.StatusText(http.StatusMethodNotAllowed), http.StatusMethodNotAllowed)
		default:
			s.handle(d.decode)(w, r)
		}
	})
}

// member marks calls that do not name the portal; clients send dstcode as a header or in the query.
func member(decode func(*decoder, []byte) *call) func(*settings, *http.Request, []byte) *call {
	return func(rules *settings, r *http.Request, body []byte) *call {
		c := decode(&rules.decoder, body)
		code := r.Header.Get("dstcode")
		if code == "" {
			code = r.URL.Query().Get("dstcode")
		}
		c.stray = code != rules.Destination && rules.Destination != anyDestination
		return c
	}
}

// handle is the way of every call: read, write down its arrival, let the faults
// decide, do the work, end the connection in the way that was decided.
func (s *Simulator) handle(decode func(*settings, *http.Request, []byte) *call) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		arrived := time.Now()
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
		if err != nil {
			http.Error(w, "unreadable body", http.StatusBadRequest) // the client is gone, or far too talkative
			return
		}
		rules := s.now()
		c := decode(rules, r, body)
		c.rules, c.arrived = rules, arrived
		s.tally.begin(c.op)
		defer s.tally.end()
		if err := s.ledger.arrive(c); err != nil {
			http.Error(w, "the log cannot be written", http.StatusInternalServerError)
			return
		}
		rep := s.decide(r, c)
		s.recent.add(c, rep)
		s.end(w, r, c, rep)
	}
}

// decide returns the reply; its line is in the log, save that of a slow one.
func (s *Simulator) decide(r *http.Request, c *call) reply {
	p := s.faults.plan(c)
	if err := s.noteFaults(p.usedUp...); err != nil {
		return broken()
	}
	if p.skips() {
		return s.noted(c, s.shape(c, p, outcome{code: codeOK}))
	}
	limit := c.rules.capacityAt(c.arrived)
	switch s.gate.enter(r.Context(), s.closing, limit) {
	case rejected:
		return s.noted(c, reply{status: http.StatusServiceUnavailable, contentType: "text/plain", fault: limitedByCapacity, retryAfter: time.Second})
	case hung:
		return s.noted(c, reply{ending: endHang, fault: limitedByCapacity})
	case gone:
		return s.noted(c, reply{ending: endCut, fault: limitedByCapacity})
	case slowed:
		p.slowBy = time.Duration(limit.SlowBy)
	case admitted:
	}
	defer func() { s.gate.leave(s.capacity()) }()
	if !pause(r.Context(), s.closing, p.latency+p.slowBy) {
		cause := FaultLatency
		if p.slowBy > 0 {
			cause = limitedByCapacity
		}
		return s.noted(c, reply{ending: endCut, fault: cause})
	}
	return s.business(c, p)
}

// noted writes the answer line of a reply that stores nothing.
func (s *Simulator) noted(c *call, rep reply) reply {
	if rep.ending == endSlow {
		return rep
	}
	if err := s.ledger.note(rep.line(c)); err != nil {
		return broken()
	}
	return rep
}

func broken() reply {
	return reply{status: http.StatusInternalServerError, contentType: "text/plain", body: []byte("the log cannot be written")}
}

// end carries a reply out.
func (s *Simulator) end(w http.ResponseWriter, r *http.Request, c *call, rep reply) {
	switch rep.ending {
	case endHang:
		select {
		case <-r.Context().Done():
		case <-s.closing:
		}
		cut(w)
		return
	case endCut:
		cut(w)
		return
	case endSlow:
		rep.ending = endSend
		if !pause(r.Context(), s.closing, rep.delay) {
			rep.ending = endCut
		}
		if s.ledger.note(rep.line(c)) != nil || rep.ending == endCut {
			cut(w)
			return
		}
	case endSend:
	}
	h := w.Header()
	h.Set("Content-Type", rep.contentType)
	h.Set("Content-Length", strconv.Itoa(len(rep.body)))
	if rep.retryAfter > 0 {
		h.Set("Retry-After", strconv.Itoa(int(math.Ceil(rep.retryAfter.Seconds()))))
	}
	w.WriteHeader(rep.status)
	_, _ = w.Write(rep.body) // a client that left is not the portal's business
}

// cut resets the connection, so that the client sees it break and not end.
func cut(w http.ResponseWriter) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler) // no connection of our own: net/http ends it
	}
	reset(conn)
}

func reset(conn net.Conn) {
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0) // RST instead of FIN; if it fails, FIN is bad enough
	}
	_ = conn.Close()
}
