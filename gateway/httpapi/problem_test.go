package httpapi

import (
	"net/http"
	"testing"

	"github.com/danielgtaylor/huma/v2"
	"github.com/stretchr/testify/require"

	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/internal/fault"
)

func TestEveryCodeHasAProblem(t *testing.T) {
	t.Parallel()
	codes := append(fault.Codes(), methodNotAllowed, requestTimeout)
	require.Len(t, problems, len(codes), "the table has codes that are not known")
	details := map[string]fault.Code{}
	for _, code := range codes {
		rule, listed := problems[code]
		require.True(t, listed, code)
		require.NotEmpty(t, http.StatusText(rule.status), code)
		require.GreaterOrEqual(t, rule.status, 400, code)
		for _, text := range []string{rule.vi.title, rule.vi.detail, rule.en.title, rule.en.detail} {
			require.NotEmpty(t, text, code)
			require.Empty(t, details[text], "%s says the same as another", code)
			details[text] = code
		}
		require.Equal(t, rule.status >= 500 || code == fault.Conflict, rule.origin == byGateway, code)
		if code != requestTimeout {
			require.Equal(t, gateway.Retryable(fault.New(code, "", "")), rule.retryable, "%s: the edge and the core disagree", code)
			require.Equal(t, rule.retryable, rule.after > 0, code)
		}
	}
}

func TestProblemLanguages(t *testing.T) {
	t.Parallel()
	err := fault.New(fault.Unauthorized, "x", "y")
	require.Equal(t, "Chưa xác thực", problemOf(&call{lang: vietnamese}, err).Title)
	p := problemOf(&call{lang: english}, err)
	require.Equal(t, "Not authenticated", p.Title)
	require.Equal(t, "en", p.header.Get("Content-Language"))
}

func TestLanguageOf(t *testing.T) {
	t.Parallel()
	for header, want := range map[string]language{
		"": vietnamese, "vi": vietnamese, "en": english, "en-US": english, "EN-gb;q=0.8, vi;q=0.3": english, "en;q=0.5, vi": vietnamese,
		"fr, en;q=0.5": english, "fr": vietnamese, "*": vietnamese, "en;q=0": vietnamese, "en;q=x": vietnamese, "en;q=NaN": vietnamese,
		",,;": vietnamese, "fr-CH, fr;q=0.9, en;q=0.8, de;q=0.7, *;q=0.5": english, "english": vietnamese,
	} {
		require.Equal(t, want, languageOf(header), header)
	}
}

func TestParseIdempotencyKey(t *testing.T) {
	t.Parallel()
	long := string(make([]byte, 0, 256))
	for range 255 {
		long += "k"
	}
	for header, want := range map[string]string{
		`"a b"`: "a b", `"a\"b\\c"`: `a"b\c`, `8e03978e-40d5-43dd-bc93-6894a57f9324`: `8e03978e-40d5-43dd-bc93-6894a57f9324`, `:a/b=@`: ":a/b=@",
		" \"x\"\t": "x", long: long, `"` + long + `"`: long,
	} {
		got, ok := parseIdempotencyKey(header)
		require.True(t, ok, header)
		require.Equal(t, want, got)
	}
	for _, header := range []string{"", `""`, `"`, `"a`, `a"`, `"a"b`, `"a";p=1`, `a b`, `a,b`, `a;b`, `"\x"`, `"\`, "\"\x01\"", "a\x7f", "đ", `"đ"`, long + "k", `"` + long + `k"`} {
		_, ok := parseIdempotencyKey(header)
		require.False(t, ok, header)
	}
}

func TestParseDigest(t *testing.T) {
	t.Parallel()
	const sum = "X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE="
	for header, known := range map[string]bool{
		"": false, "sha-256=:" + sum + ":": true, "sha-512=:AAAA:, sha-256=:" + sum + ":": true, "sha-256=:" + sum + ":;q=1": true, "unixsum=30637": false,
	} {
		got, ok := parseDigest(header)
		require.True(t, ok, header)
		require.Equal(t, known, got != nil, header)
	}
	for _, header := range []string{"sha-256", "sha-256=" + sum, "sha-256=:" + sum, "sha-256=:AAAA:", "sha-256=:%%:", "sha-256=:" + sum + ":x", ","} {
		_, ok := parseDigest(header)
		require.False(t, ok, header)
	}
}

// FuzzHeaders feeds what callers write to everything that reads it.
func FuzzHeaders(f *testing.F) {
	for _, seed := range []string{
		"", "en;q=0.5, vi", `"a\"b"`, "8e03978e-40d5", "sha-256=:AAAA:", "application/json; charset=utf-8", "Bearer abcdefghijkl", "2026-01-31T08:00:00+07:00", "42", "gzip",
		"/v1/records/a/b/c/d/journey", "limit=5&wait=1",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if l := languageOf(s); l != vietnamese && l != english {
			t.Error("a language that answers are not written in")
		}
		if key, ok := parseIdempotencyKey(s); ok {
			if len(key) == 0 || len(key) > maxIdempotencyKey {
				t.Error("a key outside its limits")
			}
			for _, r := range key {
				if r < ' ' || r > '~' {
					t.Error("a key that is not printable")
				}
			}
		}
		if sum, ok := parseDigest(s); ok && sum != nil && len(sum) != 32 {
			t.Error("a digest of another length")
		}
		h := http.Header{}
		for _, name := range []string{"Authorization", "Content-Type", "Content-Encoding", versionHeader, timeHeader} {
			h.Set(name, s)
		}
		if key, ok := bearerKey(h); ok && (key == "" || len(prefix(key)) > prefixLength || len(prefix(key)) > len(key)/3) {
			t.Error("a prefix that shows too much")
		}
		if media, err := mediaOf(h, singleTakes, singleAccepts); err == nil && !singleTakes(media) {
			t.Error("a media type that is not taken")
		}
		if a, err := ageOf(h); err == nil && a.version <= 0 {
			t.Error("a version that is not positive")
		}
		_, _ = zippedBody(h)
		_ = checkQuery(s, new(huma.Operation))
		if path, ok := oneSegmentID(s); ok {
			if again, ok := oneSegmentID(path); !ok || again != path {
				t.Error("a path that changes when it is read again")
			}
		}
	})
}
