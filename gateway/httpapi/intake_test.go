package httpapi

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/lienthong/lienthong/internal/fault"
)

// TestIntake reads bodies of every length and way of sending against a limit.
func TestIntake(t *testing.T) {
	t.Parallel()
	const limit = 300_000
	in := newIntake(Limits{BodyMemory: 1 << 20}.withDefaults())
	rapid.Check(t, func(t *rapid.T) {
		size := rapid.OneOf(rapid.IntRange(0, 2*limit), rapid.IntRange(limit-2, limit+2), rapid.IntRange(firstGrab-2, firstGrab+2)).Draw(t, "size")
		want := bytes.Repeat([]byte("ab"), size/2+1)[:size]
		sent, zip := want, rapid.Bool().Draw(t, "gzip")
		if zip {
			var b bytes.Buffer
			z := gzip.NewWriter(&b)
			_, _ = z.Write(want)
			_ = z.Close()
			sent = b.Bytes()
		}
		var body io.Reader = bytes.NewReader(sent)
		if rapid.Bool().Draw(t, "chunked") {
			body = io.MultiReader(body)
		}
		r := httptest.NewRequest(http.MethodPost, "/", body)
		if zip {
			r.Header.Set("Content-Encoding", "gzip")
		}
		got, err := in.read(newResponse(httptest.NewRecorder(), in.limits.Progress), r, limit)
		switch {
		case size > limit:
			if fault.CodeOf(err) != fault.TooLarge {
				t.Fatalf("%d bytes: %v", size, err)
			}
		case err != nil:
			t.Fatal(err)
		case !bytes.Equal(got.data, want):
			t.Fatal("what was read is not what was sent")
		default:
			got.free()
		}
		if held := in.held.Load(); held != 0 {
			t.Fatalf("%d bytes are still held", held)
		}
	})
}

func TestIntakeSharesMemory(t *testing.T) {
	t.Parallel()
	in := newIntake(Limits{BodyMemory: 1000}.withDefaults())
	read := func() (*body, error) {
		r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(strings.Repeat("x", 400)))
		return in.read(newResponse(httptest.NewRecorder(), in.limits.Progress), r, 1<<20)
	}
	one, err := read()
	require.NoError(t, err)
	_, err = read()
	require.NoError(t, err)
	_, err = read()
	require.Equal(t, fault.Unavailable, fault.CodeOf(err))
	one.free()
	_, err = read()
	require.NoError(t, err)
}
