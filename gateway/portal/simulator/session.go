package simulator

import (
	"crypto/rand"
	"fmt"
	"sync"
	"time"
)

// sessions are kept in memory only: a portal that restarts forgets them.
type sessions struct {
	mu   sync.Mutex
	open map[string]*session
}

type session struct {
	account string
	opened  time.Time
	calls   int
}

func newSessions() *sessions { return &sessions{open: map[string]*session{}} }

// login opens a session, or returns "" for a wrong account.
func (s *sessions) login(o *Options, username, password string) string {
	if len(o.Accounts) > 0 {
		if known, ok := o.Accounts[username]; !ok || known != password {
			return ""
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	now := time.Now()
	for id, old := range s.open {
		if old.expired(o, now) || (o.SingleSession && old.account == username) {
			delete(s.open, id)
		}
	}
	id := newSessionID()
	s.open[id] = &session{account: username, opened: now}
	return id
}

// use counts a call on a session and says whether it is still good.
func (s *sessions) use(o *Options, id string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	found := s.open[id]
	if found == nil {
		return false
	}
	if found.expired(o, time.Now()) {
		delete(s.open, id)
		return false
	}
	found.calls++
	return true
}

func (s *session) expired(o *Options, now time.Time) bool {
	return (o.SessionTTL > 0 && now.Sub(s.opened) >= o.SessionTTL) || (o.SessionCalls > 0 && s.calls >= o.SessionCalls)
}

func (s *sessions) end(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.open, id)
}

// endAll forgets every session and returns how many there were.
func (s *sessions) endAll() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := len(s.open)
	clear(s.open)
	return n
}

func (s *sessions) count(o *Options) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	n, now := 0, time.Now()
	for _, one := range s.open {
		if !one.expired(o, now) {
			n++
		}
	}
	return n
}

func newSessionID() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails, says its documentation
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}
