package dvcqg

import (
	"context"
	"sync"

	"github.com/lienthong/lienthong/gateway"
)

// session keeps one login for all lanes. Whoever finds none logs in while the
// others wait. Who waited for a login that did not succeed shares its outcome:
// a portal that is down sees one login and not one per lane.
type session struct {
	login func(context.Context) (string, gateway.Outcome)
	turn  chan struct{} // holds the right to log in; a channel, so that waiting ends with the context

	mu     sync.Mutex
	token  string
	ended  uint64          // logins that came to an end of their own
	failed gateway.Outcome // of the latest of them, unless it succeeded
}

func newSession(login func(context.Context) (string, gateway.Outcome)) *session {
	s := &session{login: login, turn: make(chan struct{}, 1)}
	s.turn <- struct{}{}
	return s
}

// get returns a session that was good when last heard of, after a login where
// there is none. With "" the outcome says why; nothing left then but a login.
func (s *session) get(ctx context.Context) (string, gateway.Outcome) {
	token, _, seen := s.state()
	if token != "" {
		return token, gateway.Outcome{}
	}
	select {
	case <-s.turn:
		defer func() { s.turn <- struct{}{} }()
	case <-ctx.Done():
		return "", gateway.Outcome{
			Kind: gateway.Unavailable, Shelf: gateway.ShelfDestination, Cause: "login.timeout", Err: context.Cause(ctx),
		}
	}
	token, failed, ended := s.state()
	if token != "" || ended != seen {
		return token, failed
	}
	token, failed = s.login(ctx)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.token, s.failed = token, failed
	if token != "" || ctx.Err() == nil { // a login that its caller gave up says nothing to others
		s.ended++
	}
	return token, failed
}

func (s *session) state() (token string, failed gateway.Outcome, ended uint64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.token, s.failed, s.ended
}

// expire forgets a session that the portal no longer knows. Of many lanes that
// hear so, the first one forgets it; the others find the new one.
func (s *session) expire(token string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.token == token {
		s.token = ""
	}
}
