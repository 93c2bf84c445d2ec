package simulator

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lienthong/lienthong/internal/fault"
)

// run serves a portal on listeners of its own until the test ends.
func run(t *testing.T, o Options) (p *portal, client *http.Client) {
	t.Helper()
	o.Addr = "127.0.0.1:0"
	p = open(t, o)
	require.NoError(t, p.Listen())
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- p.Run(ctx) }()
	client = &http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: 10 * time.Second}
	t.Cleanup(func() {
		stop()
		require.NoError(t, <-ended)
	})
	require.Eventually(t, func() bool { return p.State().ListenerUp }, time.Minute, time.Millisecond)
	return p, client
}

func admin(t *testing.T, client *http.Client, method, url, body string) (int, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	require.NoError(t, err)
	resp, err := client.Do(req)
	require.NoError(t, err)
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	return resp.StatusCode, string(text)
}

func TestListener(t *testing.T) {
	t.Parallel()
	t.Run("down refuses connections, up opens the same port", func(t *testing.T) {
		p, client := run(t, Options{})
		url := "http://" + p.Addr()
		_, err := p.createOver(t.Context(), client, url, "A-1")
		require.NoError(t, err)
		require.NoError(t, p.Down(t.Context(), 0))
		_, err = p.createOver(t.Context(), client, url, "A-2")
		require.ErrorIs(t, err, syscall.ECONNREFUSED)
		require.NoError(t, p.Up(t.Context()))
		_, err = p.createOver(t.Context(), client, url, "A-2")
		require.NoError(t, err)
		switches := p.lines("fault")
		require.Equal(t, []bool{true, false}, []bool{switches[0].On, switches[1].On})
		require.Equal(t, "listener_down", switches[0].Name)
	})
	t.Run("down for a while comes back by itself, also when asked over the port that goes", func(t *testing.T) {
		p, client := run(t, Options{})
		url := "http://" + p.Addr()
		status, text := admin(t, client, http.MethodPost, url+"/_sim/listener", `{"up":false,"for":"20ms"}`)
		require.Equal(t, http.StatusOK, status, text)
		require.Eventually(t, func() bool { return len(p.lines("fault")) == 2 && p.State().ListenerUp }, time.Minute, time.Millisecond)
		_, err := p.createOver(t.Context(), client, url, "A-1")
		require.NoError(t, err)
	})
	t.Run("down cuts calls in flight", func(t *testing.T) {
		p, client := run(t, Options{Faults: []Fault{{Name: FaultHang, Ops: []Op{OpDossier}}}})
		ended := make(chan error, 1)
		go func() {
			_, err := p.createOver(context.Background(), client, "http://"+p.Addr(), "A-1")
			ended <- err
		}()
		require.Eventually(t, func() bool { return p.State().InFlight == 1 }, time.Minute, time.Millisecond)
		require.NoError(t, p.Down(t.Context(), 0))
		require.Error(t, <-ended)
		require.Zero(t, p.State().InFlight)
	})
	t.Run("with an admin address, refuse resets before a byte is read, and can be lifted", func(t *testing.T) {
		p, client := run(t, Options{AdminAddr: "127.0.0.1:0"})
		adminURL := "http://" + p.AdminAddr()
		status, text := admin(t, client, http.MethodPost, adminURL+"/_sim/faults", `{"name":"refuse","on":true}`)
		require.Equal(t, http.StatusOK, status, text)
		before := p.State().Calls[OpDossier]
		_, err := p.createOver(t.Context(), client, "http://"+p.Addr(), "A-1")
		require.Error(t, err)
		require.Equal(t, before, p.State().Calls[OpDossier], "no call was read")
		admin(t, client, http.MethodPost, adminURL+"/_sim/faults", `{"name":"refuse","on":false}`)
		_, err = p.createOver(t.Context(), client, "http://"+p.Addr(), "A-1")
		require.NoError(t, err)
	})
	t.Run("what cannot work is refused", func(t *testing.T) {
		p, client := run(t, Options{})
		status, _ := admin(t, client, http.MethodPost, "http://"+p.Addr()+"/_sim/listener", `{"up":false}`)
		require.Equal(t, http.StatusBadRequest, status, "nobody could open it again")
		require.Equal(t, fault.Usage, fault.CodeOf(p.Run(t.Context())), "it runs already")
		handlerOnly := open(t, Options{})
		require.Equal(t, fault.Usage, fault.CodeOf(handlerOnly.Run(t.Context())))
		require.Equal(t, fault.Usage, fault.CodeOf(handlerOnly.Down(t.Context(), 0)))
		public := open(t, Options{Addr: "127.0.0.1:0", AdminAddr: "0.0.0.0:0"})
		require.Equal(t, fault.Usage, fault.CodeOf(public.Listen()))
		require.NoError(t, public.front.ln.Close())
	})
}

func TestAdmin(t *testing.T) {
	t.Parallel()
	t.Run("faults, state, sessions and dossiers over loopback", func(t *testing.T) {
		p := open(t, Options{})
		url, client := dial(t, p)
		p.create(record("A-1"))
		p.progress(progressStep("A-1", "20251103083000", "2"))
		status, text := admin(t, client, http.MethodPost, url+"/_sim/faults",
			`[{"name":"latency","on":true,"delay":"1.5s","share":0.01},{"name":"throttle","on":true,"rate":5,"ops":["lookup"]}]`)
		require.Equal(t, http.StatusOK, status, text)
		_, text = admin(t, client, http.MethodGet, url+"/_sim/state", "")
		for _, want := range []string{`"dossiers": 1`, `"steps": 1`, `"sessions": 1`, `"delay": "1.5s"`, `"name": "throttle"`, `"progress": 1`} {
			require.Contains(t, text, want)
		}
		_, text = admin(t, client, http.MethodGet, url+"/_sim/dossiers/A-1", "")
		require.Contains(t, text, `"MaHoSo": "A-1"`)
		require.Contains(t, text, `"ThoiDiemXuLy": "20251103083000"`)
		_, text = admin(t, client, http.MethodPost, url+"/_sim/sessions/expire", "")
		require.Contains(t, text, `"expired": 1`)
	})
	t.Run("what it cannot read or find it says", func(t *testing.T) {
		p := open(t, Options{})
		url, client := dial(t, p)
		for _, body := range []string{"", "{", `{"name":"rung","on":true}`, `{"name":"hang","on":true,"delay":"lâu"}`, `{"name":"hang","bật":true}`} {
			status, _ := admin(t, client, http.MethodPost, url+"/_sim/faults", body)
			require.Equal(t, http.StatusBadRequest, status, body)
		}
		status, _ := admin(t, client, http.MethodGet, url+"/_sim/dossiers/A-1", "")
		require.Equal(t, http.StatusNotFound, status)
		status, _ = admin(t, client, http.MethodPost, url+"/_sim/listener", `{"up":false,"for":"1s"}`)
		require.Equal(t, http.StatusBadRequest, status, "httptest owns this listener")
	})
	t.Run("a caller from elsewhere is turned away", func(t *testing.T) {
		p := open(t, Options{})
		for addr, want := range map[string]int{"192.0.2.1:1234": 403, "pipe": 403, "127.0.0.1:1": 200, "[::1]:1": 200, "[::ffff:127.0.0.1]:1": 200} {
			req := httptest.NewRequest(http.MethodGet, "/_sim/state", nil)
			req.RemoteAddr, req.Host = addr, "localhost:9091"
			require.Equal(t, want, p.serve(req).Status, addr)
		}
	})
}
