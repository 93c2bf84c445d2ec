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
		caller, err := b.store.CallerOf(t.Context(), key)
		require.NoError(t, err)
		require.Equal(t, gateway.Caller{Name: "motcua", Push: true, Feeds: []string{}}, caller)
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
		caller, err := b.store.CallerOf(t.Context(), elsewhere)
		require.NoError(t, err)
		require.Equal(t, "hotich", caller.Name)
	})

	t.Run("but not for two sources", func(t *testing.T) {
		b := setup(t)
		require.NoError(t, b.store.AddKey(t.Context(), "hotich", elsewhere))
		require.Equal(t, fault.Conflict, fault.CodeOf(b.store.AddKey(t.Context(), "datdai", elsewhere)))
		caller, err := b.store.CallerOf(t.Context(), elsewhere)
		require.NoError(t, err)
		require.Equal(t, "hotich", caller.Name)
	})

	t.Run("the last word on what a key from elsewhere reads counts", func(t *testing.T) {
		b := setup(t)
		for _, feeds := range [][]string{{"people", "dossiers"}, {"parcels"}, {}} {
			require.NoError(t, b.store.AddKey(t.Context(), "hotich", elsewhere, feeds...))
			caller, err := b.store.CallerOf(t.Context(), elsewhere)
			require.NoError(t, err)
			require.Equal(t, gateway.Caller{Name: "hotich", Push: true, Feeds: feeds}, caller)
		}
	})

	t.Run("a consumer's key reads its feeds and does not push", func(t *testing.T) {
		b := setup(t)
		key, err := b.store.CreateConsumerKey(t.Context(), "kho-du-lieu", "dossiers", "organisations")
		require.NoError(t, err)
		caller, err := b.store.CallerOf(t.Context(), key)
		require.NoError(t, err)
		require.Equal(t, gateway.Caller{Name: "kho-du-lieu", Feeds: []string{"dossiers", "organisations"}}, caller)
		require.Equal(t, fault.Conflict, fault.CodeOf(b.store.AddKey(t.Context(), "kho-du-lieu", key)), "and does not become a source's")
	})

	t.Run("a consumer without feeds, and feeds that there are not, are refused", func(t *testing.T) {
		b := setup(t)
		_, err := b.store.CreateConsumerKey(t.Context(), "kho-du-lieu")
		require.Equal(t, fault.Invalid, fault.CodeOf(err))
		_, err = b.store.CreateConsumerKey(t.Context(), "kho-du-lieu", "secrets")
		require.Equal(t, fault.Invalid, fault.CodeOf(err))
		_, err = b.store.CreateKey(t.Context(), "motcua", "people", "people")
		require.Equal(t, fault.Invalid, fault.CodeOf(err))
	})

	t.Run("the database knows the feeds that the program does", func(t *testing.T) {
		b := setup(t)
		_, err := b.store.CreateConsumerKey(t.Context(), "kho-du-lieu", gateway.FeedNames()...)
		require.NoError(t, err)
	})

	t.Run("a key of the program of before keeps pushing and reads no feed", func(t *testing.T) {
		b := setup(t)
		sum := sha256.Sum256([]byte(elsewhere))
		_, err := b.pool.Exec(t.Context(), `INSERT INTO api_key (id, source, prefix, hash) VALUES (gen_random_uuid(), 'hotich', 'a-key-th', $1)`, sum[:])
		require.NoError(t, err)
		caller, err := b.store.CallerOf(t.Context(), elsewhere)
		require.NoError(t, err)
		require.Equal(t, gateway.Caller{Name: "hotich", Push: true, Feeds: []string{}}, caller)
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
			_, err := b.store.CallerOf(t.Context(), key)
			require.Equal(t, fault.Unauthorized, fault.CodeOf(err))
		}
	})

	t.Run("a revoked key opens nothing and does not come back", func(t *testing.T) {
		b := setup(t)
		require.NoError(t, b.store.AddKey(t.Context(), "hotich", elsewhere))
		_, err := b.pool.Exec(t.Context(), `UPDATE api_key SET revoked_at = now()`)
		require.NoError(t, err)
		_, err = b.store.CallerOf(t.Context(), elsewhere)
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

func TestKeysAreListedAndChanged(t *testing.T) {
	b := setup(t)
	source, err := b.store.CreateKey(t.Context(), "motcua")
	require.NoError(t, err)
	_, err = b.store.CreateConsumerKey(t.Context(), "kho-du-lieu", "dossiers")
	require.NoError(t, err)
	keys, err := b.store.Keys(t.Context())
	require.NoError(t, err)
	require.Len(t, keys, 2)
	require.Equal(t, []any{"motcua", "motcua", true, []string{}, source[:8]}, []any{keys[0].Name, keys[0].Source, keys[0].Push, keys[0].Feeds, keys[0].Prefix})
	require.Equal(t, []any{"kho-du-lieu", "", false, []string{"dossiers"}}, []any{keys[1].Name, keys[1].Source, keys[1].Push, keys[1].Feeds})

	t.Run("what a key reads is decided anew", func(t *testing.T) {
		key, err := b.store.AllowFeeds(t.Context(), source[:8], "people")
		require.NoError(t, err)
		require.Equal(t, []string{"people"}, key.Feeds)
		caller, err := b.store.CallerOf(t.Context(), source)
		require.NoError(t, err)
		require.True(t, caller.Reads("people"))
		_, err = b.store.AllowFeeds(t.Context(), source[:8])
		require.NoError(t, err)
		_, err = b.store.AllowFeeds(t.Context(), source[:8], "secrets")
		require.Equal(t, fault.Invalid, fault.CodeOf(err))
		_, err = b.store.AllowFeeds(t.Context(), keys[1].ID.String())
		require.Equal(t, fault.Invalid, fault.CodeOf(err), "a consumer's key without feeds opens nothing")
		_, err = b.store.AllowFeeds(t.Context(), "lt_none!", "people")
		require.Equal(t, fault.NotFound, fault.CodeOf(err))
	})

	t.Run("one is revoked once, by its beginning or its id", func(t *testing.T) {
		key, err := b.store.RevokeKey(t.Context(), keys[1].ID.String())
		require.NoError(t, err)
		require.NotNil(t, key.RevokedAt)
		_, err = b.store.RevokeKey(t.Context(), keys[1].Prefix)
		require.Equal(t, fault.NotFound, fault.CodeOf(err))
		_, err = b.store.AllowFeeds(t.Context(), keys[1].Prefix, "people")
		require.Equal(t, fault.NotFound, fault.CodeOf(err))
	})

	t.Run("a beginning of several names none", func(t *testing.T) {
		for _, key := range []string{"lt_alike_0123456789abcdef", "lt_alike_0123456789abcdeg"} {
			require.NoError(t, b.store.AddKey(t.Context(), "datdai", key))
		}
		_, err := b.store.RevokeKey(t.Context(), "lt_alike")
		require.Equal(t, fault.Conflict, fault.CodeOf(err))
		require.Equal(t, 3, b.count(t, `SELECT count(*) FROM api_key WHERE revoked_at IS NULL`))
	})
}
