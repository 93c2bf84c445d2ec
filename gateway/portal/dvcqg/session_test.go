package dvcqg

import (
	"bytes"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lienthong/lienthong/gateway"
)

const (
	expired = `{"error_code":-1,"message":"Phiên làm việc không hợp lệ hoặc đã hết hạn"}`
	taken   = `{"error_code":0,"message":"thành công"}`
)

func TestSessionIsRenewedOnce(t *testing.T) {
	t.Parallel()
	t.Run("the call is made again and stands", func(t *testing.T) {
		t.Parallel()
		door := openDoor(t, func(_ int, e envelope, w http.ResponseWriter) {
			if e.Session == "session-1" {
				_, _ = io.WriteString(w, expired)
				return
			}
			_, _ = io.WriteString(w, taken)
		})
		d := destination(t, config(door.URL), Deps{})
		require.Equal(t, gateway.Delivered, send(t, d, create).Kind)
		require.Equal(t, gateway.Delivered, send(t, d, update).Kind)
		logins, calls := door.seen()
		require.Equal(t, 2, logins)
		require.Len(t, calls, 3)
	})
	t.Run("a second expiry is the outcome, and the next call logs in anew", func(t *testing.T) {
		t.Parallel()
		door := openDoor(t, says(200, expired))
		d := destination(t, config(door.URL), Deps{})
		out := send(t, d, create)
		require.Equal(t, gateway.SessionExpired, out.Kind)
		require.Equal(t, "dvcqg.session", out.Cause)
		logins, calls := door.seen()
		require.Equal(t, 2, logins)
		require.Len(t, calls, 2)
		send(t, d, create)
		logins, _ = door.seen()
		require.Equal(t, 4, logins)
	})
}

func TestSessionIsSharedByAllLanes(t *testing.T) {
	t.Parallel()
	const lanes = 16
	var mu sync.Mutex
	waiting := lanes
	all := make(chan struct{})
	door := openDoor(t, func(_ int, e envelope, w http.ResponseWriter) {
		if e.Session != "session-1" {
			_, _ = io.WriteString(w, taken)
			return
		}
		mu.Lock()
		if waiting--; waiting == 0 {
			close(all)
		}
		mu.Unlock()
		<-all // every lane holds the old session when the first one hears that it is gone
		_, _ = io.WriteString(w, expired)
	})
	d := destination(t, config(door.URL), Deps{})
	call := plannedCreate(t, d)
	var lane sync.WaitGroup
	kinds := make([]gateway.OutcomeKind, lanes)
	for i := range lanes {
		lane.Go(func() { kinds[i] = d.Send(t.Context(), create, call)[0].Kind })
	}
	lane.Wait()
	for _, kind := range kinds {
		require.Equal(t, gateway.Delivered, kind)
	}
	logins, _ := door.seen()
	require.Equal(t, 2, logins, "one at first, one after the end of the session")
}

func TestLoginFailures(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		status int
		body   string
		kind   gateway.OutcomeKind
		shelf  gateway.Shelf
		cause  string
	}{
		"refused":           {200, `{"error_code":-1,"message":"Tài khoản 000.00.00.H05 hoặc mật khẩu không đúng"}`, gateway.Unavailable, gateway.ShelfGateway, "dvcqg.login.refused:tài khoản # hoặc mật khẩu không đúng"},
		"no session":        {200, taken, gateway.Unavailable, gateway.ShelfDestination, "dvcqg.login.contradiction"},
		"a page":            {200, `<html>`, gateway.Unavailable, gateway.ShelfDestination, "dvcqg.login.body.markup"},
		"empty":             {200, ``, gateway.Unavailable, gateway.ShelfDestination, "dvcqg.login.body.empty"},
		"bad gateway":       {502, ``, gateway.Unavailable, gateway.ShelfDestination, "dvcqg.login.http.502"},
		"no such path":      {404, ``, gateway.Unavailable, gateway.ShelfGateway, "dvcqg.login.http.404"},
		"throttled":         {429, ``, gateway.Throttled, gateway.ShelfDestination, "dvcqg.login.http.429"},
		"error of a system": {200, `{"error_code":-1,"message":"Lỗi hệ thống"}`, gateway.Unavailable, gateway.ShelfDestination, "dvcqg.login.system"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var log bytes.Buffer
			var calls int
			s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				calls++
				body, _ := io.ReadAll(r.Body)
				if !bytes.Contains(body, []byte("mat-khau-canary")) {
					w.WriteHeader(http.StatusTeapot)
				}
				w.WriteHeader(tc.status)
				_, _ = io.WriteString(w, tc.body)
			}))
			defer s.Close()
			d := destination(t, config(s.URL), Deps{Logger: slog.New(slog.NewJSONHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))})
			out := send(t, d, create)
			require.Equal(t, tc.kind, out.Kind)
			require.Equal(t, tc.shelf, out.Shelf)
			require.Equal(t, tc.cause, out.Cause)
			require.Equal(t, tc.status, out.HTTPStatus)
			require.Equal(t, 1, calls, "nothing is sent without a session, and a failed login is not repeated")
			require.NotContains(t, log.String()+fmt.Sprintf("%+v %v", out, d.cfg), "canary")
		})
	}
}
