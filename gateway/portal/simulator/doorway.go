package simulator

import (
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/lienthong/lienthong/internal/fault"
)

// doorway is one served port; it can be closed and opened again.
type doorway struct {
	handler http.Handler
	wrap    func(net.Listener) net.Listener
	server  *http.Server
	done    chan error
	busy    sync.RWMutex // read-locked by calls in flight, so that close can wait for them
}

func (d *doorway) open(ln net.Listener) {
	if d.wrap != nil {
		ln = d.wrap(ln)
	}
	serve := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		d.busy.RLock()
		defer d.busy.RUnlock()
		d.handler.ServeHTTP(w, r)
	})
	d.server = &http.Server{Handler: serve, ReadHeaderTimeout: time.Minute, ErrorLog: log.New(io.Discard, "", 0)}
	d.done = make(chan error, 1)
	go func(server *http.Server, done chan<- error) { done <- server.Serve(ln) }(d.server, d.done)
}

// close ends the port and every connection on it, and waits for the calls.
func (d *doorway) close() error {
	if d.server == nil {
		return nil
	}
	err := d.server.Close()
	if serveErr := <-d.done; !errors.Is(serveErr, http.ErrServerClosed) {
		err = errors.Join(err, serveErr)
	}
	d.server = nil
	d.busy.Lock() // their contexts ended with their connections
	defer d.busy.Unlock()
	return fault.Wrap(err, fault.Internal, "simulator.Run")
}

// refusing resets fresh connections while the fault refuse is on. Only with an
// admin address: on a shared port nobody could switch it off again.
func (s *Simulator) refusing(ln net.Listener) net.Listener {
	if s.options.AdminAddr == "" {
		return ln
	}
	return &refusingListener{Listener: ln, sim: s}
}

var _ net.Listener = (*refusingListener)(nil)

type refusingListener struct {
	net.Listener
	sim *Simulator
}

// Accept returns the next connection that is not refused.
func (l *refusingListener) Accept() (net.Conn, error) {
	for {
		conn, err := l.Listener.Accept()
		if err != nil {
			return nil, err
		}
		refused, usedUp := l.sim.faults.connection()
		if err := l.sim.noteFaults(usedUp...); err != nil {
			return nil, errors.Join(err, conn.Close())
		}
		if !refused {
			return conn, nil
		}
		reset(conn)
	}
}
