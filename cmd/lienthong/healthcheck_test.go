package main

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lienthong/lienthong/internal/fault"
)

func TestHealthcheck(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/livez":
			w.WriteHeader(http.StatusOK)
		case "/hangs":
			<-r.Context().Done()
		default:
			w.WriteHeader(http.StatusServiceUnavailable)
		}
	}))
	t.Cleanup(server.Close)
	ill := exitCodes[fault.Unavailable]
	for name, c := range map[string]struct {
		args []string
		want int
	}{
		"a process that is alive":     {[]string{server.URL + "/livez"}, 0},
		"one that says it is not":     {[]string{server.URL + "/readyz"}, ill},
		"one that does not answer":    {[]string{server.URL + "/hangs", "--timeout", "20ms"}, ill},
		"nobody at all":               {[]string{"http://127.0.0.1:1/livez"}, ill},
		"an address that is none":     {[]string{"http://a b/"}, exitCodes[fault.Usage]},
		"a scheme that nobody speaks": {[]string{"mailto:operator@example.vn"}, ill},
	} {
		t.Run(name, func(t *testing.T) {
			code, _, errs := call(t, append([]string{"healthcheck"}, c.args...)...)
			require.Equal(t, c.want, code, errs)
		})
	}
}
