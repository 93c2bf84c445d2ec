package postgres_test

import (
	"crypto/sha256"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/internal/fault"
)

func TestKeys(t *testing.T) {
	const elsewhere = "a-key-that-was-made-elsewhere"

	t.Run("a created key opens its source, and is not kept itself", func(t *testing.T) {
		b := setup(t)
		key, err := b.store.CreateKey(t.Context(), "motcua")
		require.NoError(t, err)
		require.Regexp(t, `^lt_[a-z2-7]{32}$`, key)
		source, err := b.store.SourceOf(t.Context(), key)
		require.NoError(t, err)
		require.Equal(t, "motcua", source)
		require.Equal(t, 0, b.count(t, `SELECT count(*) FROM api_key k WHERE k::text LIKE '%' || $1 || '%'`, key))
	})

	t.Run("each is another", func(t *testing.T) {
		b := setup(t)
		first, err := b.store.CreateKey(t.Context(), "motcua")
		require.NoError(t, err)
		second, err := b.store.CreateKey(t.Context(), "motcua")
		require.NoError(t, err)
		require.NotEqual(t, first, second)
	})

	t.Run("a key from elsewhere may be added, twice too", func(t *testing.T) {
		b := setup(t)
		for range 2 {
			require.NoError(t, b.store.AddKey(t.Context(), "hotich", elsewhere))
		}
		source, err := b.store.SourceOf(t.Context(), elsewhere)
		require.NoError(t, err)
		require.Equal(t, "hotich", source)
	})

	t.Run("but not for two sources", func(t *testing.T) {
		b := setup(t)
		require.NoError(t, b.store.AddKey(t.Context(), "hotich", elsewhere))
		require.Equal(t, fault.Conflict, fault.CodeOf(b.store.AddKey(t.Context(), "datdai", elsewhere)))
		source, err := b.store.SourceOf(t.Context(), elsewhere)
		require.NoError(t, err)
		require.Equal(t, "hotich", source)
	})

	t.Run("keys that are too short or cannot be typed are refused", func(t *testing.T) {
		b := setup(t)
		for _, key := range []string{"", strings.Repeat("x", 23), strings.Repeat("x", 30) + " ", strings.Repeat("ế", 30), strings.Repeat("x", 30) + "\x00"} {
			require.Equal(t, fault.Invalid, fault.CodeOf(b.store.AddKey(t.Context(), "hotich", key)))
		}
	})

	t.Run("an unknown key opens nothing", func(t *testing.T) {
		b := setup(t)
		for _, key := range []string{"", elsewhere, "\x00"} {
			_, err := b.store.SourceOf(t.Context(), key)
			require.Equal(t, fault.Unauthorized, fault.CodeOf(err))
		}
	})

	t.Run("a revoked key opens nothing and does not come back", func(t *testing.T) {
		b := setup(t)
		require.NoError(t, b.store.AddKey(t.Context(), "hotich", elsewhere))
		_, err := b.pool.Exec(t.Context(), `UPDATE api_key SET revoked_at = now()`)
		require.NoError(t, err)
		_, err = b.store.SourceOf(t.Context(), elsewhere)
		require.Equal(t, fault.Unauthorized, fault.CodeOf(err))
		require.Equal(t, fault.Conflict, fault.CodeOf(b.store.AddKey(t.Context(), "hotich", elsewhere)))
	})
}

func TestRefusals(t *testing.T) {
	b := setup(t)
	sum := sha256.Sum256([]byte("{}"))
	require.NoError(t, b.store.NoteRefusal(t.Context(), gateway.Refusal{
		RemoteAddr: "10.24.1.7", KeyPrefix: "lt_abcde", Length: 2, SHA256: sum[:], Reason: fault.Unauthorized,
	}))
	require.NoError(t, b.store.NoteRefusal(t.Context(), gateway.Refusal{RemoteAddr: "10.24.1.7", Reason: fault.Unauthorized}))
	require.Equal(t, 2, b.count(t, `SELECT count(*) FROM refusal WHERE remote_addr = '10.24.1.7' AND reason = 'unauthorized' AND refused_at > now() - interval '1 minute'`))
	require.Equal(t, 1, b.count(t, `SELECT count(*) FROM refusal WHERE sha256 = $1 AND length = 2 AND key_prefix = 'lt_abcde'`, sum[:]))
	require.Equal(t, 1, b.count(t, `SELECT count(*) FROM refusal WHERE sha256 IS NULL`))
}
