package postgres_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lienthong/lienthong/gateway"
)

func TestForgetAnswers(t *testing.T) {
	b := setup(t)
	for i, key := range []string{"old", "new"} {
		u := unit(t, dossier(t, i, nil))
		u.Idempotency = gateway.Idempotency{Scope: "motcua POST /v1/records", Key: key}
		_, err := b.store.Ingest(t.Context(), []gateway.Unit{u})
		require.NoError(t, err)
	}
	_, err := b.pool.Exec(t.Context(), `UPDATE idempotency SET created_at = created_at - interval '8 days' WHERE key = 'old'`)
	require.NoError(t, err)

	n, err := b.store.ForgetAnswers(t.Context(), time.Now().Add(-7*24*time.Hour))
	require.NoError(t, err)
	require.Equal(t, 1, n)
	require.Equal(t, 1, b.count(t, `SELECT count(*) FROM idempotency WHERE key = 'new'`))
}
