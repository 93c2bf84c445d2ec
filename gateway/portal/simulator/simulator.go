package simulator

import (
	"errors"
	"net/http"
	"sync"

	"github.com/lienthong/lienthong/internal/fault"
)

// Simulator is one portal. Create it with [New], serve [Simulator.Handler] or
// call [Simulator.Run], and Close it at the end.
type Simulator struct {
	options  Options
	decoder  decoder
	ledger   *ledger
	sessions *sessions
	faults   *faultSet
	gate     *gate
	late     *lateWrites
	tally    tally
	front    *front
	handler  http.Handler

	closing   chan struct{} // closed by Close: hanging calls end
	closeOnce sync.Once
	closeErr  error
}

// New opens the log and rebuilds what it holds. It starts nothing. It fails
// with a [fault.Error] when an option is wrong ([fault.Usage]), the log cannot be
// opened ([fault.Unavailable]) or is damaged elsewhere than at its end ([fault.Malformed]).
func New(options Options) (*Simulator, error) {
	options, err := options.withDefaults()
	if err != nil {
		return nil, err
	}
	s := &Simulator{
		options:  options,
		decoder:  decoder{dossier: dossierShape(options.Required), step: stepShape(), maxBatch: options.MaxBatch},
		sessions: newSessions(options),
		faults:   newFaultSet(options),
		gate:     newGate(options.Capacity),
		late:     newLateWrites(),
		front:    newFront(options),
		closing:  make(chan struct{}),
	}
	if s.ledger, err = openLedger(options.LogPath, &s.decoder); err != nil {
		return nil, err
	}
	if err := s.start(); err != nil {
		return nil, errors.Join(err, s.ledger.journal.close())
	}
	s.handler = s.routes()
	return s, nil
}

func (s *Simulator) start() error {
	if s.options.LookupLag > s.options.Settle {
		return fault.New(fault.Usage, "simulator.New", "the look-up lag is longer than the declared settle time")
	}
	if err := s.ledger.note(&startLine{head: head{Type: "start"}, Version: formatVersion, Seed: s.options.Seed}); err != nil {
		return err
	}
	for _, f := range s.options.Faults {
		f.On = true
		if err := s.SetFault(f); err != nil {
			return err
		}
	}
	return nil
}

// Handler serves the wire and, to callers on loopback, /_sim/.
func (s *Simulator) Handler() http.Handler { return s.handler }

// SetFault switches a fault on or off and writes that down. Switching on what is on starts it anew.
func (s *Simulator) SetFault(f Fault) error {
	f, err := s.faults.set(f)
	if err != nil {
		return err
	}
	return s.noteFaults(f)
}

func (s *Simulator) noteFaults(switched ...Fault) error {
	for _, f := range switched {
		if err := s.ledger.note(&faultLine{head: head{Type: "fault"}, Name: f.Name, On: f.On, Params: wireOf(f)}); err != nil {
			return err
		}
	}
	return nil
}

// ExpireSessions ends every session and returns how many there were.
func (s *Simulator) ExpireSessions() (int, error) {
	n := s.sessions.endAll()
	entry := &faultLine{head: head{Type: "fault"}, Name: eventSessionsExpire, On: true, Params: map[string]int{"sessions": n}}
	return n, s.ledger.note(entry)
}

// Close ends hanging calls, drops writes that were to be applied late, and
// closes the log. Calls that come later are answered with HTTP 500.
func (s *Simulator) Close() error {
	s.closeOnce.Do(func() {
		close(s.closing)
		s.late.stop()
		s.ledger.mu.Lock()
		defer s.ledger.mu.Unlock()
		s.closeErr = s.ledger.journal.close()
	})
	return s.closeErr
}
