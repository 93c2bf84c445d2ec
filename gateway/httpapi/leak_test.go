package httpapi_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lienthong/lienthong/gateway/httpapi"
	"github.com/lienthong/lienthong/internal/fault"
)

// canary stands for a personal value; it is valid in paths, headers and JSON.
const canary = "079190000123"

// TestNothingComesBack sends the canary in every place a caller can write to,
// in every way that is refused, and looks for it in answers and logs.
func TestNothingComesBack(t *testing.T) {
	t.Parallel()
	bodies := []string{
		`{"so":"` + canary + `"}`, `{"so":"` + canary + `","ten":{"x":"` + canary + `"}}`, `{"ten":"` + canary + `"}`, `{"so":` + canary, `"` + canary + `"`,
		`{"so":"` + canary + `","so":"` + canary + `"}`, `{"SO":"` + canary + `"}`, `{"hong":true,"ten":"` + canary + `"}`, canary, `<a>` + canary + `</a>`,
		`{"message":{"so":"` + canary + `"},"event_time":"` + canary + `"}`, `{"message":{"so":"` + canary + `"},"source_version":"` + canary + `x"}`,
		"{\"so\":\"" + canary + "\xff\"}", `{"so":"` + canary + `\u0000"}`, `{"so":"` + canary + strings.Repeat("0", 600) + `","ten":"x"}`,
	}
	var calls []request
	for _, body := range bodies {
		for _, media := range []string{"application/json", "application/vnd.lienthong.push+json", "application/xml", "text/html"} {
			calls = append(calls, request{path: "/v1/records", body: body, headers: []string{"Content-Type", media}})
			calls = append(calls, request{path: "/v1/records", body: body, key: "none", headers: []string{"Content-Type", media}})
		}
		for _, media := range []string{"application/json", "application/vnd.lienthong.push+json", "application/x-ndjson"} {
			calls = append(calls, request{path: "/v1/records:batch", body: "[" + body + "]]", headers: []string{"Content-Type", media}})
			calls = append(calls, request{path: "/v1/records:batch", body: body + "\n{", headers: []string{"Content-Type", media}})
		}
	}
	for _, name := range []string{
		"Idempotency-Key", "Content-Digest", "Content-Encoding", "Content-Type", "Gateway-Source-Version", "Gateway-Event-Time", "Authorization", "Accept-Language", "Accept",
	} {
		for _, value := range []string{canary + " ,;", `"` + canary, "Bearer " + canary + canary} {
			calls = append(calls, request{path: "/v1/records", body: `{"so":"1"}`, headers: []string{name, value}})
		}
	}
	for _, path := range []string{
		"/" + canary, "/v1/records/onestop/organisation/" + canary, "/v1/records/" + canary + "/x/y", "/v1/records/onestop/" + canary + "/y", "/v1/submissions/" + canary,
		"/v1/feeds/" + canary, "/v1/feeds/all?cursor=" + canary, "/v1/feeds/all?limit=" + canary, "/v1/feeds/all?wait=-" + canary, "/v1/feeds/all?types=" + canary,
		"/v1/feeds/all?" + canary + "=1", "/v1/feeds/all?limit=1&limit=" + canary, "/v1/feeds/all?limit=%25" + canary + ";x", "/v1/" + canary + "//" + canary, "/v1/records:batch/" + canary,
		"/v1/records/onestop/organisation/" + canary + "/a/b/journey", "/v1/feeds/" + canary + "/snapshot", "/v1/feeds/all/snapshot?cursor=" + canary,
		"/v1/feeds/all/snapshot?limit=" + canary,
	} {
		calls = append(calls, request{method: http.MethodGet, path: path}, request{method: http.MethodDelete, path: path}, request{method: http.MethodGet, path: path, key: canary + canary})
	}
	for _, lang := range []string{"vi", "en"} {
		b := setup(t)
		refusals := 0
		for i, q := range calls {
			if i%20 == 0 { // strangers are throttled after a while
				b = setup(t)
			}
			q.headers = append([]string{"Accept-Language", lang}, q.headers...)
			w := b.do(t, q)
			if w.Code >= 400 || strings.Contains(w.Body.String(), `"summary":{"accepted":0,`) {
				refusals++
			}
			require.NotContains(t, w.Body.String(), canary, "%s %s %s %v", q.method, q.path, q.body, q.headers)
			require.NotContains(t, fmt.Sprint(w.Header()), canary)
			require.NotContains(t, b.log.String(), canary)
			for _, r := range b.store.refusals {
				require.NotContains(t, r.KeyPrefix, canary)
			}
		}
		require.Equal(t, len(calls), refusals, "every one of these calls is to be refused")
	}
}

func TestPanicsDoNotSpeak(t *testing.T) {
	t.Parallel()
	b := setup(t, func(o *httpapi.Options) { o.Read = panicking{o.Read.(*store)} })
	w := b.do(t, get("/v1/records/onestop/organisation/1"))
	require.Equal(t, fault.Internal, problem(t, w).Code)
	require.NotContains(t, w.Body.String()+b.log.String(), canary)
	require.Contains(t, b.log.String(), "handler panicked")
}
