package httpapi_test

import (
	"crypto/sha256"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/lienthong/lienthong/gateway/httpapi"
	"github.com/lienthong/lienthong/internal/journal"
)

// kept is an answer as who verifies it reads it.
type kept struct {
	Receipt *journal.Receipt `json:"receipt"`
	Results []struct {
		SubmissionID uuid.UUID    `json:"submission_id"`
		SHA256       journal.Hash `json:"sha256"`
	} `json:"results"`
	Journal *journal.Proof `json:"journal"`
}

func keptOf(t *testing.T, text []byte) (k kept) {
	t.Helper()
	require.NoError(t, json.Unmarshal(text, &k))
	require.NotNil(t, k.Receipt)
	return k
}

func TestReceipts(t *testing.T) {
	t.Parallel()
	b, keys := whole(t)
	push := func(path, body string, headers ...string) request {
		return request{path: path, key: keys[0], body: body, headers: headers}
	}
	receipt := func(id, key string) request {
		return request{method: http.MethodGet, path: "/v1/submissions/" + id + "/receipt", key: key}
	}

	t.Run("a push gets one, later the same again with its place in the journal", func(t *testing.T) {
		text := b.do(t, push("/v1/records", good)).Body.Bytes()
		told := decode[httpapi.Answer](t, text)
		require.NotNil(t, told.Receipt)
		answer := keptOf(t, text)
		item := journal.Item{ID: *told.Receipt.SubmissionID, SHA256: sha256.Sum256([]byte(good))}
		require.NoError(t, answer.Receipt.Verify([]journal.Item{item}, b.key.Keys()))

		var later kept
		require.Eventually(t, func() bool {
			w := b.do(t, receipt(item.ID.String(), keys[0]))
			later = kept{}
			return w.Code == http.StatusOK && json.Unmarshal(w.Body.Bytes(), &later) == nil && later.Journal != nil
		}, 20*time.Second, 20*time.Millisecond)
		require.Equal(t, answer.Receipt, later.Receipt)
		require.NoError(t, later.Journal.Verify(b.key.Keys()))
		require.Contains(t, later.Journal.Line, item.ID.String())
		require.Contains(t, later.Journal.Line, item.SHA256.String())
	})

	t.Run("a batch gets one for all", func(t *testing.T) {
		answer := keptOf(t, b.do(t, push("/v1/records:batch", "["+good+","+other+"]")).Body.Bytes())
		require.Equal(t, 2, answer.Receipt.Count)
		items := make([]journal.Item, 2)
		for i, r := range answer.Results {
			items[i] = journal.Item{ID: r.SubmissionID, SHA256: r.SHA256}
		}
		require.Equal(t, journal.Hash(sha256.Sum256([]byte(other))), items[1].SHA256)
		require.NoError(t, answer.Receipt.Verify(items, b.key.Keys()))
		items[0], items[1] = items[1], items[0]
		require.Error(t, answer.Receipt.Verify(items, b.key.Keys()))
	})

	t.Run("a repeat under its key gets the same", func(t *testing.T) {
		first := b.do(t, push("/v1/records", good, "Idempotency-Key", `"r"`)).Body.String()
		again := b.do(t, push("/v1/records", good, "Idempotency-Key", `"r"`))
		require.Equal(t, "true", again.Header().Get("Idempotent-Replayed"))
		require.Equal(t, keptOf(t, []byte(first)).Receipt, keptOf(t, again.Body.Bytes()).Receipt)
	})

	t.Run("what would be pushed gets none", func(t *testing.T) {
		require.NotContains(t, b.do(t, push("/v1/records?dry_run=true", good)).Body.String(), "receipt")
	})

	t.Run("another source's is not found", func(t *testing.T) {
		id := answer(t, b.do(t, push("/v1/records", good))).Results[0].SubmissionID.String()
		require.Equal(t, http.StatusNotFound, b.do(t, receipt(id, keys[1])).Code)
		require.Equal(t, http.StatusNotFound, b.do(t, receipt(uuid.NewString(), keys[0])).Code)
	})
}

func TestNoReceiptWithoutAKey(t *testing.T) {
	t.Parallel()
	b := setup(t)
	w := b.do(t, request{path: "/v1/records", body: good})
	require.NotContains(t, w.Body.String(), "receipt")
	id := answer(t, w).Results[0].SubmissionID.String()
	missing := b.do(t, request{method: http.MethodGet, path: "/v1/submissions/" + id + "/receipt"})
	require.Equal(t, http.StatusNotFound, missing.Code)
	require.False(t, strings.Contains(missing.Body.String(), id))
}
