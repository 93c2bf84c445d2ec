package httpapi_test

import (
	"context"
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/gateway/httpapi"
)

// differences are three of the class sent_not_shown.
type differences struct{ gateway.DriftStore }

func (differences) Drifts(_ context.Context, q gateway.DriftQuery) ([]gateway.Drift, error) {
	var page []gateway.Drift
	for i := range 3 {
		d := gateway.Drift{
			Destination: "dvcqg", EntityID: uuid.MustParse(fmt.Sprintf("0190c3d2-0000-7000-8000-00000000000%d", i)), Key: fmt.Sprintf("H05.31-251103-000%d", i),
			FoundAt: time.Unix(int64(1000+i), 0).UTC(), Class: gateway.DriftSentNotShown, Difference: gateway.Difference{Absent: true},
		}
		if d.FoundAt.After(q.After.FoundAt) && (q.Class == "" || q.Class == d.Class) && len(page) < q.Limit {
			page = append(page, d)
		}
	}
	return page, nil
}

func (differences) Agreement(_ context.Context, dimension string) ([]gateway.AgreementLine, error) {
	return []gateway.AgreementLine{{Destination: "dvcqg", Code: dimension, Looked: 10, Differing: 1, Rate: 0.9}}, nil
}

func TestDriftAndAgreement(t *testing.T) {
	t.Parallel()
	b := setup(t, func(o *httpapi.Options) { o.Drift = differences{} })
	require.Equal(t, "key.does_not_operate", problem(t, b.do(t, get("/v1/ops/drift"))).Errors[0].Code, "a source is no operator")
	b.store.keys[otherKey] = gateway.Caller{Name: "ops", Ops: true}
	ask := func(path string, into any) {
		t.Helper()
		w := b.do(t, as(otherKey, get(path)))
		require.Equal(t, 200, w.Code, w.Body.String())
		require.NoError(t, json.Unmarshal(w.Body.Bytes(), into))
	}

	t.Run("pages, oldest first", func(t *testing.T) {
		var first, second httpapi.DriftPage
		ask("/v1/ops/drift?limit=2", &first)
		require.True(t, first.HasMore)
		require.Len(t, first.Items, 2)
		require.NotEmpty(t, first.Items[0].Repair)
		ask("/v1/ops/drift?limit=2&cursor="+first.NextCursor, &second)
		require.Len(t, second.Items, 1)
		require.False(t, second.HasMore)
		require.Equal(t, "H05.31-251103-0002", second.Items[0].Key)
	})
	t.Run("a class", func(t *testing.T) {
		var none httpapi.DriftPage
		ask("/v1/ops/drift?class=foreign", &none)
		require.Empty(t, none.Items)
	})
	t.Run("agreement", func(t *testing.T) {
		var page httpapi.AgreementPage
		ask("/v1/ops/agreement?by=procedure", &page)
		require.Equal(t, []httpapi.AgreementItem{{Destination: "dvcqg", Code: "procedure", Looked: 10, Differing: 1, Rate: 0.9}}, page.Items)
	})
	for _, path := range []string{"/v1/ops/drift?class=weather", "/v1/ops/drift?cursor=x", "/v1/ops/drift?limit=0", "/v1/ops/agreement?by=weather"} {
		require.Equal(t, 422, b.do(t, as(otherKey, get(path))).Code, path)
	}
	require.Equal(t, 403, b.do(t, as(otherKey, request{path: "/v1/records", body: good})).Code, "an operator does not push")
}
