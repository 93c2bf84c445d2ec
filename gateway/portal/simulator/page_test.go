package simulator

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// browse asks for a page as a browser on this machine does.
func (p *portal) browse(path string) said {
	req := httptest.NewRequest(http.MethodGet, path, nil)
	req.RemoteAddr, req.Host = "127.0.0.1:50000", "localhost:9091"
	req.Header.Set("Accept", "text/html,application/xhtml+xml")
	return p.serve(req)
}

// submit sends a form; pairs are names and values.
func (p *portal) submit(path string, pairs ...string) said {
	form := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		form.Add(pairs[i], pairs[i+1])
	}
	req := httptest.NewRequest(http.MethodPost, path, strings.NewReader(form.Encode()))
	req.RemoteAddr, req.Host = "127.0.0.1:50000", "localhost:9091"
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Origin", "http://localhost:9091")
	req.Header.Set("Sec-Fetch-Site", "same-origin")
	return p.serve(req)
}

var pagePaths = []string{"/_sim/", "/_sim/dossiers", "/_sim/dossiers/A-1", "/_sim/born", "/_sim/switches"}

func TestPage(t *testing.T) {
	t.Parallel()
	full := func(t *testing.T) *portal {
		t.Helper()
		p := open(t, Options{AnyBorn: true, Faults: []Fault{{Name: FaultLatency, Delay: time.Microsecond, Share: 0.5}}})
		p.create(record("A-1", "ChuHoSo", `"<script>alert(1)</script>"`), record("A-2"))
		one := progressStep("A-1", "20251103083000", "5")
		p.progress(one, one)
		p.create(record("A-1"))
		p.sendBack("G22-1", "H42-1", "4", "20251104080000")
		return p
	}
	t.Run("every page renders, without a script and without anything from elsewhere", func(t *testing.T) {
		p := full(t)
		script := regexp.MustCompile(`(?i)<script|\son\w+=|style=|javascript:|https?://[^"]*"`)
		for _, path := range pagePaths {
			got := p.browse(path)
			require.Equal(t, http.StatusOK, got.Status, path)
			require.Contains(t, got.Header.Get("Content-Type"), "text/html", path)
			require.Contains(t, got.Header.Get("Content-Security-Policy"), "default-src 'self'", path)
			require.Empty(t, script.FindString(got.Raw), path)
			require.Contains(t, got.Raw, `<html lang="vi">`, path)
			require.True(t, strings.HasSuffix(got.Raw, "</html>"), path)
		}
		style := p.browse("/_sim/style.css")
		require.Equal(t, http.StatusOK, style.Status)
		require.Contains(t, style.Header.Get("Content-Type"), "text/css")
		require.NotContains(t, style.Raw, "url(")
	})
	t.Run("the overview shows what stands", func(t *testing.T) {
		got := full(t).browse("/_sim/").Raw
		for _, want := range []string{
			"<b>2</b><span>Hồ sơ</span>", "1 lặp lại", "<code>latency</code>", "share 0.5 · delay 1µs", "Phiên mở", "không hạn chế",
			"08:00-10:00", `<a href="/_sim/dossiers/A-1">A-1</a>`, "HTTP 200 · mã -3", `<option value="stored_answer_lost">`,
		} {
			require.Contains(t, got, want)
		}
		require.NotContains(t, got, `http-equiv="refresh"`)
		require.Contains(t, full(t).browse("/_sim/?refresh=5").Raw, `<meta http-equiv="refresh" content="5">`)
	})
	t.Run("a dossier shows its trail with repeats and its record, harmlessly", func(t *testing.T) {
		got := full(t).browse("/_sim/dossiers/A-1").Raw
		for _, want := range []string{"5 · Yêu cầu bổ sung giấy tờ", "08:30:00 03/11/2025", "lặp lại", "&lt;script&gt;alert(1)&lt;/script&gt;", "Thủ tục đăng ký khai sinh"} {
			require.Contains(t, got, want)
		}
		require.Equal(t, http.StatusNotFound, full(t).browse("/_sim/dossiers/A-9").Status)
	})
	t.Run("dossiers are found by a part of their number", func(t *testing.T) {
		p := full(t)
		require.Contains(t, p.browse("/_sim/dossiers").Raw, "2 hồ sơ")
		got := p.browse("/_sim/dossiers?q=a-2").Raw
		require.Contains(t, got, `/_sim/dossiers/A-2`)
		require.NotContains(t, got, `/_sim/dossiers/A-1`)
		require.Contains(t, p.browse("/_sim/dossiers?q="+url.QueryEscape(`"><b>`)).Raw, `value="&#34;&gt;&lt;b&gt;"`)
		found, total := p.Dossiers("", 1)
		require.Equal(t, 2, total)
		require.Equal(t, "A-1", found[0].Key, "it was touched last")
	})
	t.Run("programs get JSON from the same addresses", func(t *testing.T) {
		p := full(t)
		for path, want := range map[string]string{
			"/_sim/dossiers": `"total": 2`, "/_sim/dossiers/A-1": `"duplicate": true`, "/_sim/switches": `"lookup": "trail"`, "/_sim/born": `"unit": "H42-1"`,
			"/_sim/calls": `"error_code": "-3"`, "/_sim/faults": `"name": "latency"`, "/_sim/state": `"calls_per_second": 0`,
		} {
			req := httptest.NewRequest(http.MethodGet, path, nil)
			req.RemoteAddr, req.Host = "127.0.0.1:50000", "127.0.0.1:9091"
			got := p.serve(req)
			require.Equal(t, jsonType, got.Header.Get("Content-Type"), path)
			require.Contains(t, got.Raw, want, path)
		}
	})
	t.Run("of the last calls a hundred are remembered, the newest first", func(t *testing.T) {
		p := open(t, Options{})
		for range 120 {
			p.lookUp("A-1")
		}
		calls := p.recent.list()
		require.Len(t, calls, maxRecent)
		for i := 1; i < len(calls); i++ {
			require.Greater(t, calls[i-1].Seq, calls[i].Seq)
		}
	})
}

func TestForms(t *testing.T) {
	t.Parallel()
	back := func(t *testing.T, got said, to string) {
		t.Helper()
		require.Equal(t, http.StatusSeeOther, got.Status, got.Raw)
		require.Equal(t, to, got.Header.Get("Location"))
	}
	t.Run("a fault is switched on with its members, off, and all of them off", func(t *testing.T) {
		p := open(t, Options{})
		back(t, p.submit("/_sim/faults", "action", "on", "name", "stored_answer_lost", "share", "0.25", "delay", "2s", "count", "", "rate", "",
			"ending", "hang", "stored", "", "ops", "dossier", "ops", "progress"), "/_sim/")
		require.Equal(t, []Fault{{Name: FaultStoredAnswerLost, On: true, Share: 0.25, Delay: 2 * time.Second, Ending: EndingHang, Ops: []Op{OpDossier, OpProgress}}}, p.State().Faults)
		back(t, p.submit("/_sim/faults", "action", "on", "name", "hang"), "/_sim/")
		back(t, p.submit("/_sim/faults", "action", "off", "name", "stored_answer_lost"), "/_sim/")
		require.Len(t, p.State().Faults, 1)
		back(t, p.submit("/_sim/faults", "action", "clear"), "/_sim/")
		require.Empty(t, p.State().Faults)
	})
	t.Run("every group of switches can be saved as it is shown", func(t *testing.T) {
		p := open(t, Options{})
		before := p.Switches()
		for _, group := range Knobs() {
			var pairs []string
			for _, k := range group.Knobs {
				pairs = append(pairs, k.Path, k.Value(&before))
			}
			back(t, p.submit("/_sim/switches", pairs...), "/_sim/switches")
		}
		require.Equal(t, flat(t, before), flat(t, p.Switches()))
	})
	t.Run("a switch is turned, and the page shows it", func(t *testing.T) {
		p := open(t, Options{})
		back(t, p.submit("/_sim/switches", "back", "/_sim/", "peak.when", "now"), "/_sim/")
		require.True(t, p.State().Load.Peak)
		require.Contains(t, p.browse("/_sim/").Raw, `<span class="pill warn">Giờ cao điểm`)
		require.Contains(t, p.browse("/_sim/switches").Raw, "<option selected>now</option>")
	})
	t.Run("sessions are expired, a portal-born dossier is announced", func(t *testing.T) {
		p := open(t, Options{})
		back(t, p.submit("/_sim/sessions/expire"), "/_sim/")
		require.Zero(t, p.State().Sessions)
		back(t, p.submit("/_sim/born", "MaHoSo", "", "MaTTHC", "1.001193", "ChuHoSo", "Nguyễn Thị Mẫu"), "/_sim/born")
		found, _ := p.BornDossiers(1)
		require.Contains(t, string(found[0].Record), "Nguyễn Thị Mẫu")
		require.Contains(t, p.browse("/_sim/born").Raw, found[0].Key)
	})
	t.Run("the port is closed and opened", func(t *testing.T) {
		p, client := run(t, Options{AdminAddr: "127.0.0.1:0"})
		client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
		post := func(form url.Values) int {
			resp, err := client.PostForm("http://"+p.AdminAddr()+"/_sim/listener", form)
			require.NoError(t, err)
			defer resp.Body.Close()
			return resp.StatusCode
		}
		require.Equal(t, http.StatusSeeOther, post(url.Values{"up": {"false"}, "for": {""}}))
		require.Eventually(t, func() bool { return !p.State().ListenerUp }, time.Minute, time.Millisecond)
		require.Contains(t, p.browse("/_sim/").Raw, "Cổng đóng")
		require.Equal(t, http.StatusSeeOther, post(url.Values{"up": {"true"}}))
		require.Eventually(t, func() bool { return p.State().ListenerUp }, time.Minute, time.Millisecond)
	})
	t.Run("what is wrong is said on a page, and nothing is switched", func(t *testing.T) {
		p := open(t, Options{})
		for _, c := range [][]string{
			{"/_sim/faults", "action", "on", "name", "hang", "share", "viele"}, {"/_sim/faults", "action", "on", "name", "rung"}, {"/_sim/faults"},
			{"/_sim/switches", "lookup", "alles"}, {"/_sim/switches", "không", "1"}, {"/_sim/switches", "max_batch", "5", "lookup_lag", "2h"},
			{"/_sim/listener", "up", "false", "for", "1s"}, {"/_sim/listener", "for", "lâu"},
		} {
			got := p.submit(c[0], c[1:]...)
			require.Equal(t, http.StatusBadRequest, got.Status, c)
			require.Contains(t, got.Raw, `role="alert"`, c)
		}
		require.Empty(t, p.State().Faults)
		require.Equal(t, flat(t, DefaultSwitches()), flat(t, p.Switches()))
	})
	t.Run("a form leads back to the simulator only", func(t *testing.T) {
		p := open(t, Options{})
		for _, bad := range []string{"https://example.vn/", "//example.vn/_sim/", "/elsewhere"} {
			back(t, p.submit("/_sim/switches", "back", bad, "max_batch", "1"), "/_sim/switches")
		}
	})
}

func TestWhoMayEnter(t *testing.T) {
	t.Parallel()
	send := func(method, addr, host string, header ...string) int {
		p := open(t, Options{})
		req := httptest.NewRequest(method, "/_sim/sessions/expire", nil)
		if method == http.MethodGet {
			req = httptest.NewRequest(method, "/_sim/state", nil)
		}
		req.RemoteAddr, req.Host = addr, host
		for i := 0; i < len(header); i += 2 {
			req.Header.Set(header[i], header[i+1])
		}
		return p.serve(req).Status
	}
	t.Run("a page of another site cannot post", func(t *testing.T) {
		require.Equal(t, http.StatusForbidden, send(http.MethodPost, "127.0.0.1:1", "localhost:9091", "Sec-Fetch-Site", "cross-site"))
		require.Equal(t, http.StatusForbidden, send(http.MethodPost, "127.0.0.1:1", "localhost:9091", "Origin", "https://example.vn"))
		require.Equal(t, http.StatusOK, send(http.MethodPost, "127.0.0.1:1", "localhost:9091"), "a program")
	})
	t.Run("nor can a name from elsewhere that was given this address", func(t *testing.T) {
		for host, want := range map[string]int{
			"example.vn:9091": 403, "example.vn": 403, "192.0.2.1:9091": 403, "": 403, "localhost.example.vn": 403,
			"localhost": 200, "LOCALHOST:9091": 200, "127.0.0.1": 200, "127.0.0.1:9091": 200, "[::1]:9091": 200, "[::1]": 200,
		} {
			require.Equal(t, want, send(http.MethodGet, "127.0.0.1:1", host), host)
		}
	})
	t.Run("nor can anybody on another machine", func(t *testing.T) {
		require.Equal(t, http.StatusForbidden, send(http.MethodGet, "192.0.2.1:1", "localhost:9091"))
	})
}
