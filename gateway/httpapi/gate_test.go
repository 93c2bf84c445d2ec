package httpapi_test

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/gateway/httpapi"
	"github.com/lienthong/lienthong/internal/fault"
)

func TestStrangersAreRefusedAndNoted(t *testing.T) {
	t.Parallel()
	const stranger = "lt_stranger_0123456789abcdef"
	sum := sha256.Sum256([]byte(good))
	for _, tt := range []struct {
		name   string
		header []string
		prefix string
	}{
		{"no key", nil, ""},
		{"an unknown key", []string{"Authorization", "Bearer " + stranger}, "lt_stran"},
		{"a short key shows little", []string{"Authorization", "Bearer abcdefghi"}, "abc"},
		{"another scheme", []string{"Authorization", "Basic " + stranger}, ""},
		{"no scheme", []string{"Authorization", goodKey}, ""},
		{"an empty key", []string{"Authorization", "Bearer  "}, ""},
		{"two keys", []string{"Authorization", "Bearer " + goodKey, "Authorization", "Bearer " + goodKey}, ""},
		{"a key with a space", []string{"Authorization", "Bearer " + goodKey + " x"}, ""},
		{"a key that is no text", []string{"Authorization", "Bearer lt_\xff\xfe0123456789abcdef0123"}, ""},
		{"a very long key", []string{"Authorization", "Bearer " + strings.Repeat("k", 600)}, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			b := setup(t)
			w := b.do(t, request{path: "/v1/records", body: good, key: "none", headers: tt.header})
			require.Equal(t, fault.Unauthorized, problem(t, w).Code)
			require.Equal(t, http.StatusUnauthorized, w.Code)
			require.Equal(t, `Bearer realm="lienthong"`, w.Header().Get("WWW-Authenticate"))
			require.Equal(t, []gateway.Refusal{{
				RemoteAddr: "192.0.2.1", KeyPrefix: tt.prefix, Length: int64(len(good)), SHA256: sum[:], Reason: fault.Unauthorized,
			}}, b.store.refusals)
			require.Empty(t, b.store.submissions)
			require.NotContains(t, b.log.String(), stranger)
		})
	}

	t.Run("a body over the limit has a length and no hash", func(t *testing.T) {
		t.Parallel()
		b := setup(t, func(o *httpapi.Options) { o.Limits.Single = 10 })
		b.do(t, request{path: "/v1/records", body: good, key: "none"})
		require.Equal(t, int64(len(good)), b.store.refusals[0].Length)
		require.Nil(t, b.store.refusals[0].SHA256)
	})

	t.Run("who asks before sending is not asked to send", func(t *testing.T) {
		t.Parallel()
		b := setup(t)
		b.do(t, request{path: "/v1/records", body: good, key: "none", headers: []string{"Expect", "100-continue"}})
		require.Nil(t, b.store.refusals[0].SHA256)
	})

	t.Run("every operation wants a key, and reads have no body to hash", func(t *testing.T) {
		t.Parallel()
		b := setup(t)
		for _, path := range []string{"/v1/records/onestop/organisation/1", "/v1/records/onestop/organisation/1/journey", "/v1/submissions/1", "/v1/feeds/all", "/v1/records/a/b/c/d"} {
			w := b.do(t, request{method: http.MethodGet, path: path, key: "none"})
			require.Equal(t, http.StatusUnauthorized, w.Code, path)
		}
		require.Len(t, b.store.refusals, 5)
		require.Equal(t, gateway.Refusal{RemoteAddr: "192.0.2.1", Reason: fault.Unauthorized}, b.store.refusals[0])
	})

	t.Run("a note that fails changes nothing for the stranger", func(t *testing.T) {
		t.Parallel()
		b := setup(t)
		b.store.noteErr = errors.New("full")
		require.Equal(t, http.StatusUnauthorized, b.do(t, request{path: "/v1/records", key: "none"}).Code)
		require.Contains(t, b.log.String(), "a refusal was not noted")
	})

	t.Run("a store that is away is no reason to say that a key is wrong", func(t *testing.T) {
		t.Parallel()
		b := setup(t)
		b.store.accessErr = fault.New(fault.Unavailable, "x", "y")
		require.Equal(t, http.StatusServiceUnavailable, b.do(t, request{path: "/v1/records", body: good}).Code)
		require.Empty(t, b.store.refusals)
	})

	t.Run("behind a proxy its word counts when it was configured", func(t *testing.T) {
		t.Parallel()
		b := setup(t, func(o *httpapi.Options) {
			o.ClientAddr = func(r *http.Request) string { return r.Header.Get("X-Real-Ip") }
		})
		b.do(t, request{path: "/v1/records", key: "none", headers: []string{"X-Real-Ip", "10.1.2.3"}})
		require.Equal(t, "10.1.2.3", b.store.refusals[0].RemoteAddr)
	})
}

func TestKnocksAreLimited(t *testing.T) {
	t.Parallel()

	t.Run("an address gets ten refusals, then one a second", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			b := setup(t)
			knock := func() int {
				return b.do(t, request{path: "/v1/records", body: good, key: fmt.Sprintf("lt_guess_%020d", b.store.asked)}).Code
			}
			for range 10 {
				require.Equal(t, 401, knock())
			}
			asked := b.store.asked
			w := b.do(t, request{path: "/v1/records", body: good, key: "none"})
			require.Equal(t, fault.Throttled, problem(t, w).Code)
			require.Equal(t, "1", w.Header().Get("Retry-After"))
			require.Equal(t, 429, knock())
			require.Equal(t, asked, b.store.asked, "a throttled address asks nothing of the store")
			require.Len(t, b.store.refusals, 10)
			time.Sleep(time.Second)
			require.Equal(t, 401, knock())
			require.Equal(t, 429, knock())
			time.Sleep(time.Hour)
			for range 10 {
				require.Equal(t, 401, knock())
			}
			require.Equal(t, 429, knock())
		})
	})

	t.Run("who is known passes all the same", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			b := setup(t)
			answer(t, b.do(t, request{path: "/v1/records", body: good}))
			for range 11 {
				b.do(t, request{path: "/v1/records", key: "none"})
			}
			require.Equal(t, 429, b.do(t, request{path: "/v1/records", key: "none"}).Code)
			answer(t, b.do(t, request{path: "/v1/records", body: good}))
			time.Sleep(10 * time.Millisecond)
			require.Equal(t, 429, b.do(t, request{path: "/v1/records", body: good, key: otherKey}).Code, "a good key that was not seen lately waits too")
		})
	})

	t.Run("another address is not meant", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			b := setup(t)
			from := func(addr string) int {
				r := request{path: "/v1/records", key: "none"}.build(t)
				r.RemoteAddr = addr
				w := newRecorder()
				b.api.ServeHTTP(w, r)
				return w.Code
			}
			for i := range 10 {
				require.Equal(t, 401, from(fmt.Sprintf("[2001:db8::%d]:1", i)))
			}
			require.Equal(t, 429, from("[2001:db8::ffff]:9"), "one subscriber has a whole /64")
			require.Equal(t, 401, from("[2001:db8:1::1]:9"))
			require.Equal(t, 401, from("192.0.2.9:9"))
		})
	})

	t.Run("memory is bounded", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			b := setup(t)
			last := 0
			for i := range 4096 + 30 {
				r := request{path: "/v1/records", key: "none"}.build(t)
				r.RemoteAddr = fmt.Sprintf("10.%d.%d.%d:1", i>>16, i>>8&255, i&255)
				w := newRecorder()
				b.api.ServeHTTP(w, r)
				last = w.Code
			}
			require.Equal(t, 429, last, "addresses beyond the table share one bucket")
			time.Sleep(time.Minute)
			r := request{path: "/v1/records", key: "none"}.build(t)
			r.RemoteAddr = "10.200.0.1:1"
			w := newRecorder()
			b.api.ServeHTTP(w, r)
			require.Equal(t, 401, w.Code)
		})
	})
}

func TestKeysAreRemembered(t *testing.T) {
	t.Parallel()

	t.Run("a key is asked about once in its time, and a revoked one ends with it", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			b := setup(t)
			for range 5 {
				answer(t, b.do(t, request{path: "/v1/records", body: good}))
			}
			require.Equal(t, 1, b.store.asked)
			delete(b.store.keys, goodKey)
			time.Sleep(29 * time.Second)
			answer(t, b.do(t, request{path: "/v1/records", body: good}))
			time.Sleep(2 * time.Second)
			require.Equal(t, 401, b.do(t, request{path: "/v1/records", body: good}).Code)
			require.Equal(t, 401, b.do(t, request{path: "/v1/records", body: good}).Code)
			require.Equal(t, 3, b.store.asked)
		})
	})

	t.Run("many callers ask one question", func(t *testing.T) {
		t.Parallel()
		b := setup(t)
		var all sync.WaitGroup
		for i := range 20 {
			all.Go(func() {
				b.do(t, request{path: "/v1/records", body: fmt.Sprintf(`{"so":"%d","ten":"x"}`, i)})
			})
		}
		all.Wait()
		require.Len(t, b.store.records, 20)
		require.LessOrEqual(t, b.store.asked, 20)
	})
}
