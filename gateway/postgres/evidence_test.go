package postgres_test

import (
	"bytes"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/gateway/postgres"
	"github.com/lienthong/lienthong/internal/fault"
)

func TestEvidence(t *testing.T) {
	b := setup(t)
	attempt, entity := uuid.New(), uuid.New()
	august, september := time.Date(2026, 8, 31, 23, 30, 0, 0, time.UTC), time.Date(2026, 9, 1, 0, 30, 0, 0, time.UTC)
	secret := bytes.Repeat([]byte("k"), 32)
	vaultOf := func(secret []byte) (*gateway.Vault, *postgres.Evidence) {
		e, err := postgres.NewEvidence(b.store, secret)
		require.NoError(t, err)
		return gateway.NewVault(e), e
	}
	vault, store := vaultOf(secret)
	parts := [][]byte{[]byte(`{"ChuHoSo":"Nguyễn Thị Hạnh"}`), []byte(`{"x":1}`)}
	seal := func(at time.Time) []byte {
		sealed, err := vault.Seal(t.Context(), at, attempt, entity, parts)
		require.NoError(t, err)
		require.NotContains(t, string(sealed), "Hạnh")
		return sealed
	}
	early, late := seal(august), seal(september)

	t.Run("what was sealed opens, by any node with the secret", func(t *testing.T) {
		other, _ := vaultOf(secret)
		for at, sealed := range map[time.Time][]byte{august: early, september: late} {
			plain, err := other.Open(t.Context(), at, attempt, entity, sealed)
			require.NoError(t, err)
			require.Equal(t, bytes.Join(parts, []byte("\n")), plain)
		}
	})
	t.Run("nobody else's, nothing changed, not by another secret", func(t *testing.T) {
		_, err := vault.Open(t.Context(), august, attempt, uuid.New(), early)
		require.Equal(t, fault.Invalid, fault.CodeOf(err))
		changed := bytes.Clone(early)
		changed[len(changed)-1] ^= 1
		_, err = vault.Open(t.Context(), august, attempt, entity, changed)
		require.Equal(t, fault.Invalid, fault.CodeOf(err))
		_, err = vault.Open(t.Context(), august, attempt, entity, []byte{1, 2})
		require.Equal(t, fault.Invalid, fault.CodeOf(err))
		for _, secret := range [][]byte{nil, bytes.Repeat([]byte("x"), 40)} {
			stranger, _ := vaultOf(secret)
			_, err := stranger.Open(t.Context(), august, attempt, entity, early)
			require.Equal(t, fault.Usage, fault.CodeOf(err))
		}
		_, err = postgres.NewEvidence(b.store, []byte("short"))
		require.Equal(t, fault.Usage, fault.CodeOf(err))
	})
	t.Run("a destroyed month is gone, the next one stays", func(t *testing.T) {
		n, err := store.DestroyEvidence(t.Context(), september)
		require.NoError(t, err)
		require.Equal(t, 1, n)
		fresh, _ := vaultOf(secret)
		_, err = fresh.Open(t.Context(), august, attempt, entity, early)
		require.Equal(t, fault.NotFound, fault.CodeOf(err))
		_, err = fresh.Seal(t.Context(), august, attempt, entity, parts)
		require.Equal(t, fault.NotFound, fault.CodeOf(err), "nor is anything sealed in it again")
		_, err = fresh.Open(t.Context(), september, attempt, entity, late)
		require.NoError(t, err)
		_, err = fresh.Open(t.Context(), september.AddDate(0, 5, 0), attempt, entity, late)
		require.NoError(t, err, "the month stands in the evidence")
		strange := bytes.Clone(late)
		strange[2] += 5
		_, err = fresh.Open(t.Context(), september, attempt, entity, strange)
		require.Equal(t, fault.NotFound, fault.CodeOf(err))
		require.Equal(t, 2, b.count(t, `SELECT count(*) FROM evidence_key`), "opening makes no key")
	})
	t.Run("nodes that begin a month at once agree", func(t *testing.T) {
		october := september.AddDate(0, 1, 0)
		var all sync.WaitGroup
		keys := make([][]byte, 8)
		for i := range keys {
			all.Go(func() {
				_, e := vaultOf(secret)
				keys[i], _ = e.EvidenceKey(t.Context(), gateway.MonthOf(october), true)
			})
		}
		all.Wait()
		for _, k := range keys {
			require.Len(t, k, 32)
			require.Equal(t, keys[0], k)
		}
	})
}
