package portal

import (
	"context"
	"sync"
	"time"

	"github.com/lienthong/lienthong/gateway"
)

// Login asks a destination for a session. lasts is how long it says that the
// session is good; 0: it does not say. With an empty token the outcome says why.
type Login func(context.Context) (token string, lasts time.Duration, failed gateway.Outcome)

// Session keeps one login for all lanes. Whoever finds none logs in while the
// others wait. Who waited for a login that did not succeed shares its outcome:
// a portal that is down sees one login and not one per lane. A login that is refused for who
// logs in is not tried again for a minute: portals lock accounts after a few of those.
type Session struct {
	login Login
	now   func() time.Time
	turn  chan struct{} // holds the right to log in; a channel, so that waiting ends with the context

	mu     sync.Mutex
	token  string
	until  time.Time       // when the session is given up by itself; zero: never
	ended  uint64          // logins that came to an end of their own
	failed gateway.Outcome // of the latest of them, unless it succeeded
	held   time.Time       // until when its refusal is believed
}

// renewEarly is how long before its end a session is not used any more: a call
// that starts with it shall reach the other side with it.
const renewEarly = 30 * time.Second

// refusedFor is how long a refused name or password is believed to be refused.
const refusedFor = time.Minute

// NewSession returns a session without a login. now may be nil.
func NewSession(login Login, now func() time.Time) *Session {
	if now == nil {
		now = time.Now
	}
	s := &Session{login: login, now: now, turn: make(chan struct{}, 1)}
	s.turn <- struct{}{}
	return s
}

// Get returns a session that was good when last heard of, after a login where
// there is none. With "" the outcome says why; nothing left then but a login.
func (s *Session) Get(ctx context.Context) (string, gateway.Outcome) {
	token, _, seen := s.state()
	if token != "" {
		return token, gateway.Outcome{}
	}
	if failed, held := s.refused(); held {
		return "", failed
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
	token, lasts, failed := s.login(ctx)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.token, s.failed, s.until, s.held = token, failed, time.Time{}, time.Time{}
	if token == "" && failed.Shelf == gateway.ShelfGateway {
		s.held = s.now().Add(refusedFor)
	}
	if lasts > 0 { // a session shorter than twice the margin is used for its first half
		s.until = s.now().Add(max(lasts-renewEarly, lasts/2))
	}
	if token != "" || ctx.Err() == nil { // a login that its caller gave up says nothing to others
		s.ended++
	}
	return token, failed
}

func (s *Session) state() (token string, failed gateway.Outcome, ended uint64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.until.IsZero() && !s.now().Before(s.until) {
		s.token, s.until = "", time.Time{}
	}
	return s.token, s.failed, s.ended
}

// refused returns the refusal that is still believed.
func (s *Session) refused() (gateway.Outcome, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.failed, s.token == "" && s.now().Before(s.held)
}

// Expire forgets a session that the portal no longer knows. Of many lanes that
// hear so, the first one forgets it; the others find the new one.
func (s *Session) Expire(token string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.token == token {
		s.token = ""
	}
}
