package simulator

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
)

// papers are the members of a record that point to files.
func papers(paper, result string) []string {
	return []string{
		"TaiLieuNop", `[{"TepDinhKemId":"1","DuongDanTaiTepTin":""},{"DuongDanTaiTepTin":"` + paper + `"}]`,
		"DanhSachGiayToKetQua", `[{"TenGiayTo":"Giấy","DuongDanTepTinKetQua":"` + result + `"}]`,
	}
}

func marks(p *portal, key string) map[string]FileOutcome {
	d, _ := p.Dossier(key)
	out := map[string]FileOutcome{}
	for _, f := range d.Files {
		out[f.Pointer] = f.Outcome
	}
	return out
}

func TestFiles(t *testing.T) {
	t.Parallel()
	const paper, result = "/TaiLieuNop/1/DuongDanTaiTepTin", "/DanhSachGiayToKetQua/0/DuongDanTepTinKetQua"
	t.Run("nothing is pulled by default", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			p := open(t, Options{})
			p.create(record("A-1", papers("http://files.example.vn/1", "")...))
			time.Sleep(time.Hour)
			require.Empty(t, p.lines("file"))
		})
	})
	t.Run("in pretence they are pulled after a while, the first of several addresses, and the dossier is marked", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			p := open(t, Options{Files: Files{Pull: PullFake, After: Span(5 * time.Second), Missing: []string{"/hong/"}}})
			p.create(record("A-1", papers("http://files.example.vn/hong/1##http://files.example.vn/2", "http://files.example.vn/kq")...))
			require.Equal(t, 2, p.State().PendingFiles)
			time.Sleep(5*time.Second - time.Nanosecond)
			require.Empty(t, marks(p, "A-1"))
			time.Sleep(time.Nanosecond)
			synctest.Wait()
			require.Equal(t, map[string]FileOutcome{paper: FileUnreachable, result: FileFetched}, marks(p, "A-1"))
			d, _ := p.Dossier("A-1")
			require.True(t, d.Unreachable())
			require.Equal(t, Totals{Dossiers: 1, FilesFetched: 1, FilesUnreachable: 1}, p.State().Stored)
			require.Zero(t, p.State().PendingFiles)
			found, _ := p.Dossiers("", 1)
			require.True(t, found[0].Unreachable)

			p.update(record("A-1", papers("http://files.example.vn/2", "http://files.example.vn/kq")...))
			require.Empty(t, marks(p, "A-1"), "the new record is looked at anew")
			time.Sleep(time.Minute)
			require.Equal(t, map[string]FileOutcome{paper: FileFetched, result: FileFetched}, marks(p, "A-1"))

			require.NoError(t, p.Close())
			again := reopen(t, p.options.LogPath)
			require.Equal(t, p.State().Stored, again.State().Stored)
			require.Equal(t, marks(p, "A-1"), marks(again, "A-1"))
		})
	})
	t.Run("a share of them is picked by seed and address", func(t *testing.T) {
		missing := func(seed uint64) (n int, which string) {
			f := newFetcher(seed)
			for i := range 400 {
				outcome, _ := f.fetch(t.Context(), pull{url: fmt.Sprintf("http://files.example.vn/%d", i), rules: Files{Pull: PullFake, Share: 0.25}})
				n += count(outcome == FileUnreachable)
				which += string(outcome[0])
			}
			return n, which
		}
		n, one := missing(1)
		require.InDelta(t, 100, n, 35)
		_, again := missing(1)
		require.Equal(t, one, again)
		_, other := missing(2)
		require.NotEqual(t, one, other)
	})
	t.Run("a mark of a record that was replaced meanwhile is not put on the new one", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			p := open(t, Options{Files: Files{Pull: PullFake, Share: 1}})
			p.create(record("A-1", papers("http://files.example.vn/1", "")...))
			p.update(record("A-1"))
			time.Sleep(time.Minute)
			require.Len(t, p.lines("file"), 1)
			require.Empty(t, marks(p, "A-1"))
		})
	})
	t.Run("Close drops what waits", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			p := open(t, Options{Files: Files{Pull: PullFake}})
			for i := range 20 {
				p.create(record(fmt.Sprintf("A-%d", i), papers("http://files.example.vn/1", "")...))
			}
			require.NoError(t, p.Close())
			require.Zero(t, p.State().PendingFiles)
			require.Empty(t, p.lines("file"))
		})
	})
}

func TestFetchOnLoopback(t *testing.T) {
	t.Parallel()
	var hits atomic.Int64
	files := http.NewServeMux()
	files.HandleFunc("/f/", func(w http.ResponseWriter, _ *http.Request) {
		hits.Add(1)
		_, _ = w.Write([]byte("%PDF-"))
	})
	files.HandleFunc("/away", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "http://192.0.2.1/f/1", http.StatusFound)
	})
	files.HandleFunc("/on", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/f/2", http.StatusFound) })
	server := httptest.NewServer(files)
	t.Cleanup(server.Close)
	port := strings.TrimPrefix(server.URL, "http://127.0.0.1")
	f := newFetcher(1)
	for name, c := range map[string]struct {
		url     string
		outcome FileOutcome
		status  int
	}{
		"a file on this machine":           {server.URL + "/f/1", FileFetched, 200},
		"by the name of this machine":      {"http://LocalHost" + port + "/f/1", FileFetched, 200},
		"after a redirect on this machine": {server.URL + "/on", FileFetched, 200},
		"a file that is not there":         {server.URL + "/x", FileUnreachable, 404},
		"a redirect to another machine":    {server.URL + "/away", FileUnreachable, 0},
		"another machine":                  {"http://192.0.2.1/f/1", FileSkipped, 0},
		"a name that only a server knows":  {"http://files.example.vn/f/1", FileSkipped, 0},
		"a name that looks like ours":      {"http://localhost.example.vn/f/1", FileSkipped, 0},
		"another kind of address":          {"file:///etc/passwd", FileSkipped, 0},
		"no address at all":                {"http://[::1", FileUnreachable, 0},
		"a port on which nobody listens":   {"http://127.0.0.1:1/f/1", FileUnreachable, 0},
	} {
		t.Run(name, func(t *testing.T) {
			outcome, status := f.fetch(t.Context(), pull{url: c.url, rules: Files{Pull: PullLoopback}.withDefaults()})
			require.Equal(t, c.outcome, outcome)
			require.Equal(t, c.status, status)
		})
	}
	require.Positive(t, hits.Load())
	t.Run("whatever is dialled, another machine is not reached", func(t *testing.T) {
		for _, address := range []string{"192.0.2.1:80", "[2001:db8::1]:80"} {
			_, err := loopbackTransport().DialContext(t.Context(), "tcp", address)
			require.ErrorIs(t, err, errNotHere)
		}
		_, err := newFetcher(1).client.Do(&http.Request{Method: http.MethodGet, URL: &url.URL{Scheme: "http", Host: "192.0.2.1"}, Header: http.Header{}})
		require.ErrorIs(t, err, errNotHere)
	})
	t.Run("a stored record is pulled from this machine", func(t *testing.T) {
		p := open(t, Options{Files: Files{Pull: PullLoopback, After: 1}})
		p.create(record("A-1", papers(server.URL+"/f/9", "http://192.0.2.1/kq")...))
		require.Eventually(t, func() bool { return len(marks(p, "A-1")) == 2 }, time.Minute, time.Millisecond)
		require.Equal(t, Totals{Dossiers: 1, FilesFetched: 1, FilesSkipped: 1}, p.State().Stored)
	})
}
