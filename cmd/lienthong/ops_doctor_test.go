package main

import (
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"

	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/gateway/portal/simulator"
	"github.com/lienthong/lienthong/internal/pgtest"
)

// TestOpsDoctor breaks each hop and asks whose fault it is.
func TestOpsDoctor(t *testing.T) {
	t.Parallel()
	database := pgtest.URL(t)
	p := newPatient(t, database)
	walk := func(t *testing.T, args ...string) (int, toldWalk) {
		t.Helper()
		code, out, errs := call(t, append([]string{"ops", "doctor", "dvcqg", "--config", p.file, "--loopback", "--json", "--wait", "2s"}, args...)...)
		var all []toldWalk
		require.NoError(t, json.Unmarshal([]byte(out), &all), "%s%s", out, errs)
		require.Len(t, all, 1)
		require.NotContains(t, out, "canary", "neither user nor password nor words of others")
		return code, all[0]
	}
	statuses := func(w toldWalk) string {
		var all []string
		for _, h := range w.Hops {
			all = append(all, string(h.Hop)+" "+string(h.Status))
		}
		return strings.Join(all, ", ")
	}
	const good = "dns good, tcp good, front good, login good, read good, write good"

	t.Run("all is well", func(t *testing.T) {
		code, w := walk(t)
		require.Zero(t, code)
		require.Equal(t, good, statuses(w))
		require.Equal(t, "dvcqg: mọi chặng đã kiểm tra đều tốt", w.Verdict)
		require.NotContains(t, w.Letter, "Đề nghị")
	})

	for name, c := range map[string]struct {
		options simulator.Options
		faults  []simulator.FaultName
		ops     []simulator.Op
		around  func(http.ResponseWriter, string) bool // answers itself
		hops    string
		party   gateway.Party
		says    string
	}{
		"an adapter with 503": {
			faults: []simulator.FaultName{simulator.FaultHTTP503},
			hops:   "dns good, tcp good, front bad, login skipped, read skipped, write good", party: gateway.PartyFront, says: "HTTP 503, mã dvcqg.login.http.503",
		},
		"an adapter that does not know the portal": {
			options: simulator.Options{Destination: "VN:GOV:OTHER"},
			hops:    "dns good, tcp good, front bad, login skipped, read skipped, write good", party: gateway.PartyFront, says: "trục liên thông không tìm thấy nơi nhận",
		},
		"a page for people": {
			faults: []simulator.FaultName{simulator.FaultHTMLPage}, ops: []simulator.Op{simulator.OpLookup},
			hops: "dns good, tcp good, front bad, login good, read skipped, write good", party: gateway.PartyFront, says: "không phải câu trả lời của cổng",
		},
		"a login that is refused": {
			options: simulator.Options{Accounts: map[string]string{"somebody": "else"}},
			hops:    "dns good, tcp good, front good, login bad, read skipped, write good", party: gateway.PartyGateway, says: "từ chối đăng nhập",
		},
		"a look-up that is refused": {
			around: func(w http.ResponseWriter, body string) bool {
				if !strings.Contains(body, "TraCuuHoSo") {
					return false
				}
				_, _ = io.WriteString(w, `{"error_code":"7","message":"Đơn vị canary chưa được cấp quyền tra cứu"}`)
				return true
			},
			hops: "dns good, tcp good, front good, login good, read bad, write good", party: gateway.PartyDestination, says: "từ chối lệnh tra cứu",
		},
		"nobody answers": {
			faults: []simulator.FaultName{simulator.FaultHang},
			hops:   "dns good, tcp good, front bad, login skipped, read skipped, write good", party: gateway.PartyDestination, says: "không trả lời trong thời gian cho phép",
		},
	} {
		t.Run(name, func(t *testing.T) {
			if c.options.Lookup == "" {
				c.options.Lookup = simulator.ShowTrail
			}
			portal, err := simulator.New(c.options)
			require.NoError(t, err)
			for _, f := range c.faults {
				require.NoError(t, portal.SetFault(simulator.Fault{Name: f, On: true, Ops: c.ops}))
			}
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				body, _ := io.ReadAll(r.Body)
				if c.around != nil && c.around(w, string(body)) {
					return
				}
				r.Body = io.NopCloser(strings.NewReader(string(body)))
				portal.Handler().ServeHTTP(w, r)
			}))
			defer func() { server.Close(); require.NoError(t, portal.Close()) }()
			p.configure(t, server.URL)
			code, w := walk(t)
			require.Equal(t, 1, code)
			require.Equal(t, c.hops, statuses(w))
			bad, found := w.Fault()
			require.True(t, found)
			require.Equal(t, c.party, bad.Party)
			require.Contains(t, w.Letter, c.says)
			require.Contains(t, w.Verdict, "lỗi ở chặng")
			require.Equal(t, c.party != gateway.PartyGateway, strings.Contains(w.Letter, "Đề nghị quý đơn vị kiểm tra"))
			_, english := walk(t, "--lang", "en")
			require.Contains(t, english.Letter, "FAULT")
		})
	}

	t.Run("a port that is closed", func(t *testing.T) {
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		require.NoError(t, err)
		address := listener.Addr().String()
		require.NoError(t, listener.Close())
		p.configure(t, "http://"+address)
		code, w := walk(t)
		require.Equal(t, 1, code)
		require.Equal(t, "dns good, tcp bad", statuses(w))
		require.Contains(t, w.Letter, "máy chủ từ chối kết nối, mã connection.refused")
		require.Contains(t, w.Letter, address)
	})

	t.Run("a server that speaks no TLS", func(t *testing.T) {
		server := httptest.NewServer(http.NotFoundHandler())
		defer server.Close()
		p.configure(t, "https"+strings.TrimPrefix(server.URL, "http"))
		_, w := walk(t)
		require.Equal(t, "dns good, tcp good, tls bad", statuses(w))
	})

	t.Run("where the breaker stands open no call is made, and its history speaks", func(t *testing.T) {
		calls := 0
		server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { calls++ }))
		defer server.Close()
		p.configure(t, server.URL)
		pool, err := pgxpool.New(t.Context(), database)
		require.NoError(t, err)
		defer pool.Close()
		for _, sql := range []string{
			`INSERT INTO breaker (destination, operation, state, open_until, updated_at) VALUES ('dvcqg', 'create', 'open', now(), now())`,
			`INSERT INTO breaker_transition (id, at, destination, operation, node, from_state, to_state, reason, cause)
			 VALUES (gen_random_uuid(), now() - interval '4 hours', 'dvcqg', 'create', 'n', 'closed', 'open', 'failure_rate', 'dvcqg.http.503')`,
		} {
			_, err = pool.Exec(t.Context(), sql)
			require.NoError(t, err)
		}
		code, w := walk(t)
		require.Equal(t, 1, code)
		require.Zero(t, calls)
		require.Equal(t, "dns good, tcp good, front skipped, login skipped, read skipped, write bad", statuses(w))
		require.Contains(t, w.Letter, "(4 giờ) phải ngừng gửi: HTTP 503")
		require.Contains(t, w.Verdict, "thuộc đơn vị vận hành trục/LGSP")
	})

	t.Run("a node walks too, for a key that operates, and says the same", func(t *testing.T) {
		portal, err := simulator.New(simulator.Options{Lookup: simulator.ShowTrail, Accounts: map[string]string{"somebody": "else"}})
		require.NoError(t, err)
		server := httptest.NewServer(portal.Handler())
		defer func() { server.Close(); require.NoError(t, portal.Close()) }()
		pool, err := pgxpool.New(t.Context(), database)
		require.NoError(t, err)
		defer pool.Close()
		_, err = pool.Exec(t.Context(), `DELETE FROM breaker`)
		require.NoError(t, err)
		_, err = pool.Exec(t.Context(), `DELETE FROM breaker_transition`)
		require.NoError(t, err)
		p.configure(t, server.URL)
		_, told := walk(t)
		file, err := os.OpenFile(p.file, os.O_APPEND|os.O_WRONLY, 0)
		require.NoError(t, err)
		_, err = file.WriteString("listen: 127.0.0.1:0\n")
		require.NoError(t, errors.Join(err, file.Close()))
		code, key, errs := call(t, "keys", "create", "truc-ban", "--ops", "--database-url", database)
		require.Zero(t, code, errs)
		node := launch(t, "serve", "--config", p.file, "--loopback")

		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, node.told(t, "api")+"/v1/ops/destinations/dvcqg/doctor", nil)
		require.NoError(t, err)
		r.Header.Set("Authorization", "Bearer "+strings.TrimSpace(key))
		answer, err := http.DefaultClient.Do(r)
		require.NoError(t, err)
		defer func() { _ = answer.Body.Close() }()
		body, err := io.ReadAll(answer.Body)
		require.NoError(t, err)
		require.Equal(t, http.StatusOK, answer.StatusCode, string(body))
		require.NotContains(t, string(body), "canary")
		var w struct {
			toldWalk
			Node string `json:"node"`
		}
		require.NoError(t, json.Unmarshal(body, &w))
		require.Equal(t, "dns good, tcp good, front good, login bad, read skipped, write good", statuses(w.toldWalk))
		require.Equal(t, statuses(told), statuses(w.toldWalk))
		require.Equal(t, told.Verdict, w.Verdict)
		require.NotEmpty(t, w.Node)
	})

	t.Run("without a configuration nobody knows where to go", func(t *testing.T) {
		code, _, errs := call(t, "ops", "doctor", "--database-url", database)
		require.NotZero(t, code)
		require.Contains(t, errs, "--config is needed")
	})
}
