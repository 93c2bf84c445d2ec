package portal

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lienthong/lienthong/gateway"
)

func TestSessionThatIsNewStaysWhenTheOldOneExpires(t *testing.T) {
	t.Parallel()
	var logins int
	s := NewSession(func(context.Context) (string, time.Duration, gateway.Outcome) {
		logins++
		return fmt.Sprint("session-", logins), 0, gateway.Outcome{}
	}, nil)
	first, _ := s.Get(t.Context())
	s.Expire(first)
	second, _ := s.Get(t.Context())
	s.Expire(first) // a slower lane hears it too
	third, _ := s.Get(t.Context())
	require.Equal(t, []string{"session-1", "session-2", "session-2"}, []string{first, second, third})
}

func TestSessionSharesAFailedLogin(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var attempts int
		s := NewSession(func(context.Context) (string, time.Duration, gateway.Outcome) {
			attempts++
			time.Sleep(time.Second) // of the bubble: everybody else is waiting by then
			if attempts > 1 {
				return "good", 0, gateway.Outcome{}
			}
			return "", 0, gateway.Outcome{Kind: gateway.Throttled, Cause: "login.http.429"}
		}, nil)
		var lanes sync.WaitGroup
		for range 8 {
			lanes.Go(func() {
				token, failed := s.Get(t.Context())
				require.Empty(t, token)
				require.Equal(t, gateway.Throttled, failed.Kind)
			})
		}
		lanes.Wait()
		require.Equal(t, 1, attempts)
		token, _ := s.Get(t.Context())
		require.Equal(t, "good", token, "who comes later tries again")
	})
}

func TestSessionOfACallerThatLeft(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var attempts int
		s := NewSession(func(ctx context.Context) (string, time.Duration, gateway.Outcome) {
			if attempts++; attempts == 1 {
				<-ctx.Done()
				return "", 0, gateway.Outcome{Kind: gateway.Unavailable, Cause: "login.cancelled"}
			}
			return "good", 0, gateway.Outcome{}
		}, nil)
		leaving, leave := context.WithCancel(t.Context())
		short, end := context.WithTimeout(t.Context(), time.Second)
		defer end()
		var lanes sync.WaitGroup
		lanes.Go(func() {
			token, failed := s.Get(leaving)
			require.Empty(t, token)
			require.Equal(t, gateway.Unavailable, failed.Kind)
		})
		synctest.Wait()
		lanes.Go(func() {
			token, failed := s.Get(short)
			require.Empty(t, token)
			require.Equal(t, "login.timeout", failed.Cause, "waiting ends with its own context")
		})
		lanes.Go(func() {
			token, _ := s.Get(t.Context())
			require.Equal(t, "good", token, "a login that somebody gave up says nothing to others")
		})
		time.Sleep(2 * time.Second)
		leave()
		lanes.Wait()
	})
}

func TestSessionIsGivenUpBeforeItEnds(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		lasts, good time.Duration
	}{
		"an hour, less the margin":      {time.Hour, time.Hour - renewEarly},
		"shorter than twice the margin": {20 * time.Second, 10 * time.Second},
		"not said":                      {0, 365 * 24 * time.Hour},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var logins int
			now := time.Unix(1_800_000_000, 0)
			s := NewSession(func(context.Context) (string, time.Duration, gateway.Outcome) {
				logins++
				return fmt.Sprint("session-", logins), tc.lasts, gateway.Outcome{}
			}, func() time.Time { return now })
			_, _ = s.Get(t.Context())
			now = now.Add(tc.good - time.Second)
			token, _ := s.Get(t.Context())
			require.Equal(t, "session-1", token)
			if tc.lasts == 0 {
				return
			}
			now = now.Add(time.Second)
			token, _ = s.Get(t.Context())
			require.Equal(t, "session-2", token)
		})
	}
}

// Portals lock accounts after a few wrong passwords, so that nobody tries a refused one again and again.
func TestSessionBelievesARefusedLoginForAMinute(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var attempts int
		refused := gateway.Outcome{Kind: gateway.Unavailable, Shelf: gateway.ShelfGateway, Cause: "login.refused"}
		s := NewSession(func(context.Context) (string, time.Duration, gateway.Outcome) {
			if attempts++; attempts <= 2 {
				return "", 0, refused
			}
			return "good", 0, gateway.Outcome{}
		}, nil)
		for range 120 { // one a second
			token, failed := s.Get(t.Context())
			require.Empty(t, token)
			require.Equal(t, refused, failed)
			time.Sleep(time.Second)
		}
		require.Equal(t, 2, attempts)
		token, _ := s.Get(t.Context())
		require.Equal(t, "good", token)
		s.Expire(token)
		token, _ = s.Get(t.Context())
		require.Equal(t, "good", token, "an earlier refusal says nothing of a session that ended")
		require.Equal(t, 4, attempts)
	})
}
