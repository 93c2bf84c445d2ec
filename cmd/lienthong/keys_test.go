package main

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lienthong/lienthong/adapters/all"
	"github.com/lienthong/lienthong/cmd/lienthong/world"
	"github.com/lienthong/lienthong/gateway/postgres"
	"github.com/lienthong/lienthong/internal/fault"
	"github.com/lienthong/lienthong/internal/pgtest"
)

func TestKeys(t *testing.T) {
	t.Parallel()
	g := prepare(t, pgtest.URL(t))
	for i := range g.config.Sources {
		g.config.Sources[i].KeyFile, g.config.Sources[i].Feeds = "", nil // keys in the database alone
	}
	g.write(t)
	p := launch(t, "serve", "--config", g.file)
	m := world.Message{Source: world.Civil, Body: []byte(all.Registry()["civil"].Example)}
	push := func(key string) int {
		g.keys[world.Civil] = key
		status, _, err := g.push(t.Context(), p.told(t, "api"), key, m)
		require.NoError(t, err)
		return status
	}
	code, out, errs := call(t, "keys", "create", world.Civil, "--config", g.file)
	require.Zero(t, code, errs)
	key := strings.TrimSpace(out)
	require.Regexp(t, `^lt_[a-z2-7]{32}$`, key)

	t.Run("a new key is good at once", func(t *testing.T) {
		require.Equal(t, http.StatusOK, push(key))
	})

	t.Run("a key that nobody made is not", func(t *testing.T) {
		require.Equal(t, http.StatusUnauthorized, push("lt_nobody_made_this_key_ever"))
	})

	t.Run("it is never shown again", func(t *testing.T) {
		code, out, errs := call(t, "keys", "list", "--config", g.file)
		require.Zero(t, code, errs)
		require.Contains(t, out, key[:8]+"…  "+world.Civil+"  pushes")
		require.Contains(t, out, "live")
		require.NotContains(t, out, key)
	})

	t.Run("a revoked key is listed, and not revoked twice", func(t *testing.T) {
		code, out, errs := call(t, "keys", "revoke", key[:8], "--config", g.file)
		require.Zero(t, code, errs)
		require.Contains(t, out, "revoked "+key[:8])
		code, _, _ = call(t, "keys", "revoke", key[:8], "--config", g.file)
		require.Equal(t, exitCodes[fault.NotFound], code)
		var keys []postgres.Key
		_, out, _ = call(t, "keys", "list", "--json", "--config", g.file)
		require.NoError(t, json.Unmarshal([]byte(out), &keys))
		require.Len(t, keys, 1)
		require.NotNil(t, keys[0].RevokedAt)
		other := launch(t, "serve", "--config", g.file) // it has nothing in mind
		status, _, err := g.push(t.Context(), other.told(t, "api"), "x", world.Message{Source: world.Civil, Body: m.Body})
		require.NoError(t, err)
		require.Equal(t, http.StatusUnauthorized, status)
	})

	t.Run("a beginning that several keys share names none of them", func(t *testing.T) {
		files := prepare(t, g.config.DatabaseURL) // its keys are alike
		launch(t, "serve", "--config", files.file)
		code, _, errs := call(t, "keys", "revoke", "lt_key_o", "--database-url", g.config.DatabaseURL)
		require.Equal(t, exitCodes[fault.Conflict], code)
		require.Contains(t, errs, "4 live keys begin so")
		var keys []postgres.Key
		_, out, _ := call(t, "keys", "list", "--json", "--database-url", g.config.DatabaseURL)
		require.NoError(t, json.Unmarshal([]byte(out), &keys))
		code, _, errs = call(t, "keys", "revoke", keys[len(keys)-1].ID.String(), "--database-url", g.config.DatabaseURL)
		require.Zero(t, code, errs)
		code, _, errs = call(t, "serve", "--config", files.file)
		require.Equal(t, exitCodes[fault.Conflict], code)
		require.Contains(t, errs, "the key of source "+keys[len(keys)-1].Name+" cannot be used")
	})

	t.Run("an unknown source has no key", func(t *testing.T) {
		code, _, errs := call(t, "keys", "create", "thue", "--config", g.file)
		require.Equal(t, exitCodes[fault.Usage], code)
		require.Contains(t, errs, "no source thue")
	})

	t.Run("a consumer's key reads its feeds, and what it reads can be decided anew", func(t *testing.T) {
		api := p.told(t, "api")
		code, out, errs := call(t, "keys", "create", "kho-du-lieu", "--feeds", "dossiers,organisations", "--json", "--config", g.file)
		require.Zero(t, code, errs)
		var made madeKey
		require.NoError(t, json.Unmarshal([]byte(out), &made))
		require.Equal(t, madeKey{Name: "kho-du-lieu", Feeds: []string{"dossiers", "organisations"}, Key: made.Key}, made)
		require.Equal(t, http.StatusForbidden, push(made.Key))
		require.Equal(t, http.StatusOK, status(t, api+"/v1/feeds/dossiers/snapshot", made.Key))
		require.Equal(t, http.StatusForbidden, status(t, api+"/v1/feeds/people", made.Key))

		code, out, errs = call(t, "keys", "allow", made.Key[:8], "--feeds", "people", "--config", g.file)
		require.Zero(t, code, errs)
		require.Equal(t, made.Key[:8]+"… of kho-du-lieu reads people\n", out)
		other := launch(t, "serve", "--config", g.file) // it has nothing in mind
		require.Equal(t, http.StatusOK, status(t, other.told(t, "api")+"/v1/feeds/people", made.Key))
		code, _, errs = call(t, "keys", "allow", made.Key[:8], "--config", g.file)
		require.Equal(t, exitCodes[fault.Usage], code, errs)
	})

	t.Run("a source that reads feeds too says so", func(t *testing.T) {
		code, _, errs := call(t, "keys", "create", world.Civil, "--feeds", "people", "--config", g.file)
		require.Equal(t, exitCodes[fault.Usage], code)
		require.Contains(t, errs, "say --push")
		code, out, errs := call(t, "keys", "create", world.Civil, "--feeds", "people", "--push", "--config", g.file)
		require.Zero(t, code, errs)
		require.Contains(t, errs, "pushes and reads people")
		require.Equal(t, http.StatusOK, push(strings.TrimSpace(out)))
	})

	t.Run("feeds that there are not are refused", func(t *testing.T) {
		code, _, errs := call(t, "keys", "create", "kho-du-lieu", "--feeds", "secrets", "--config", g.file)
		require.Equal(t, exitCodes[fault.Usage], code)
		require.Contains(t, errs, "there are all, dossiers")
	})

	t.Run("without a database there are no keys", func(t *testing.T) {
		code, _, errs := call(t, "keys", "list")
		require.Equal(t, exitCodes[fault.Usage], code, errs)
	})
}

// status reads with a key and returns how that was answered.
func status(t *testing.T, url, key string) int {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	require.NoError(t, err)
	request.Header.Set("Authorization", "Bearer "+key)
	response, err := http.DefaultClient.Do(request)
	require.NoError(t, err)
	require.NoError(t, response.Body.Close())
	return response.StatusCode
}
