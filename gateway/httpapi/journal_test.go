package httpapi_test

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lienthong/lienthong/gateway/httpapi"
	"github.com/lienthong/lienthong/internal/journal"
)

// TestJournal lets an outsider take the journal over HTTP alone, and verify it.
func TestJournal(t *testing.T) {
	t.Parallel()
	b, sources := whole(t)
	operator, err := b.db.CreateOperatorKey(t.Context(), "thanh-tra")
	require.NoError(t, err)
	ask := func(path string) *httptest.ResponseRecorder {
		return b.do(t, request{method: http.MethodGet, path: path, key: operator})
	}
	var pushed httpapi.Answer
	for i := range 5 {
		pushed = decode[httpapi.Answer](t, b.do(t, request{path: "/v1/records", key: sources[0],
			body: strings.Replace(good, "H05.31-251103-0001", fmt.Sprintf("H05.31-251103-100%d", i), 1)}).Body.Bytes())
	}
	id := pushed.Receipt.SubmissionID.String()
	require.Eventually(t, func() bool { return ask("/v1/journal/proof?entry="+id).Code == 200 }, 20*time.Second, 20*time.Millisecond)

	keys := bodyOf[struct{ Items []httpapi.JournalKey }](t, ask("/v1/journal/keys"), 200).Items
	require.Len(t, keys, 2, "the present one, and one of before")
	require.NotEqual(t, keys[0].Signs, keys[1].Signs)
	present := keys[slices.IndexFunc(keys, func(k httpapi.JournalKey) bool { return k.Signs })]
	require.Equal(t, b.key.ID(), present.KeyID)
	trust, err := journal.ParseKeys([]byte(present.PublicKey))
	require.NoError(t, err)

	t.Run("a proof holds by the public key", func(t *testing.T) {
		proof := decode[journal.Proof](t, ask("/v1/journal/proof?entry="+id).Body.Bytes())
		require.NoError(t, proof.Verify(trust))
		require.Contains(t, proof.Line, id)
		require.Equal(t, 404, problem(t, ask("/v1/journal/proof?entry=0190c3d2-0000-7000-8000-000000000001")).Status)
		require.Equal(t, 422, problem(t, ask("/v1/journal/proof?entry=x")).Status)
	})

	t.Run("the pages are one file that verifies, and one that was changed does not", func(t *testing.T) {
		var file bytes.Buffer
		pages := 0
		for path := "/v1/journal/entries"; path != ""; pages++ {
			w := ask(path)
			require.Equal(t, 200, w.Code, w.Body.String())
			require.Equal(t, "application/jsonl", w.Header().Get("Content-Type"))
			file.Write(w.Body.Bytes())
			path, _, _ = strings.Cut(strings.TrimPrefix(w.Header().Get("Link"), "<"), ">")
		}
		require.GreaterOrEqual(t, pages, 2)
		v := journal.NewVerifier(trust)
		require.NoError(t, journal.VerifyFile(bytes.NewReader(file.Bytes()), v))
		report := v.Report()
		require.True(t, report.OK, report.Findings)
		require.GreaterOrEqual(t, report.Lines, int64(5))
		require.NotZero(t, report.Signed)

		changed := journal.NewVerifier(trust)
		require.NoError(t, journal.VerifyFile(strings.NewReader(strings.Replace(file.String(), `\"accepted\"`, `\"rejected\"`, 1)), changed))
		require.False(t, changed.Report().OK)
	})

	t.Run("a source reads its receipts, not the journal", func(t *testing.T) {
		for _, path := range []string{"/v1/journal/entries", "/v1/journal/keys", "/v1/journal/proof?entry=" + id} {
			require.Equal(t, "key.does_not_operate", problem(t, b.do(t, request{method: http.MethodGet, path: path, key: sources[0]})).Errors[0].Code)
		}
	})
}
