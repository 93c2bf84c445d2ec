package simulator

import (
	"errors"
	"net/http"
	"sync"
	"sync/atomic"
)

// Simulator is one portal. Create it with [New], serve [Simulator.Handler] or
// call [Simulator.Run], and Close it at the end.
type Simulator struct {
	options  Options                  // as they were at the start; what can be switched is read from now()
	turning  sync.Mutex               // held while a switch is turned
	settings atomic.Pointer[settings] // in force
	ledger   *ledger
	sessions *sessions
	faults   *faultSet
	gate     gate
	late     *lateWrites
	files    *puller
	recent   recent
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
	options, err := options.withDefaults("simulator.New")
	if err != nil {
		return nil, err
	}
	for i := range options.Faults {
		options.Faults[i].On = true
	}
	if _, err := checkFaults(&options, nil, options.Faults, 0); err != nil {
		return nil, err
	}
	s := &Simulator{
		options:  options,
		sessions: newSessions(),
		faults:   newFaultSet(options.Seed),
		late:     newLateWrites(),
		front:    newFront(options),
		closing:  make(chan struct{}),
	}
	s.settings.Store(settingsOf(options))
	if s.ledger, err = openLedger(options.LogPath, &s.now().decoder); err != nil {
		return nil, err
	}
	s.files = newPuller(newFetcher(options.Seed).fetch, s.ledger.noteFile)
	s.ledger.stored = s.pull
	if err := s.start(); err != nil {
		return nil, errors.Join(err, s.ledger.journal.close())
	}
	s.handler = s.routes()
	return s, nil
}

func (s *Simulator) start() error {
	entry := &startLine{head: head{Type: "start"}, Version: formatVersion, Seed: s.options.Seed, Switches: s.options.switches()}
	if err := s.ledger.note(entry); err != nil {
		return err
	}
	return s.setFaults(s.options.Faults...)
}

// Handler serves the wire and, to callers on loopback, /_sim/.
func (s *Simulator) Handler() http.Handler { return s.handler }

// ExpireSessions ends every session and returns how many there were.
func (s *Simulator) ExpireSessions() (int, error) {
	n := s.sessions.endAll()
	entry := &faultLine{head: head{Type: "fault"}, Name: eventSessionsExpire, On: true, Params: map[string]int{"sessions": n}}
	return n, s.ledger.note(entry)
}

// pull lets the files of stored records be fetched, where that is switched on.
func (s *Simulator) pull(stored []*effectLine) {
	rules := s.now().Files
	if rules.Pull == PullOff {
		return
	}
	for _, e := range stored {
		s.files.add(pulls(e, rules)...)
	}
}

// Close ends hanging calls, drops writes that were to be applied late and files
// that were to be fetched, and closes the log. Calls that come later are answered with HTTP 500.
func (s *Simulator) Close() error {
	s.closeOnce.Do(func() {
		close(s.closing)
		s.late.stop()
		s.files.stop()
		s.ledger.mu.Lock()
		defer s.ledger.mu.Unlock()
		s.closeErr = s.ledger.journal.close()
	})
	return s.closeErr
}
