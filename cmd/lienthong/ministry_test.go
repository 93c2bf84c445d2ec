package main

import (
	"io"
	"log/slog"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/gateway/config"
	"github.com/lienthong/lienthong/gateway/portal/simulator"
)

// TestMinistryFromConfiguration takes a destination of kind ministry from the file to the door of its portal.
func TestMinistryFromConfiguration(t *testing.T) {
	t.Parallel()
	portal, err := simulator.New(simulator.Options{Accounts: map[string]string{"H05": "bi-mat"}})
	require.NoError(t, err)
	server := httptest.NewServer(portal.Handler())
	t.Cleanup(func() { server.Close(); require.NoError(t, portal.Close()) })
	secret := filepath.Join(t.TempDir(), "secret")
	open := func(t *testing.T, word string) gateway.Destination {
		require.NoError(t, os.WriteFile(secret, []byte(word), 0o600))
		c, err := config.Parse([]byte("database_url: embedded\nprovince: \"24\"\ndestinations:\n  - {code: botuphap, kind: ministry, url: '"+server.URL+
			"/ministry', lanes: 3, ministry: {client_id: H05, client_secret_file: "+secret+", number_code: 000.00.07.G15, unit: G15.07, unknown_create: park}}\n"), os.Getenv)
		require.NoError(t, err)
		all, receivers, err := newDestinations(c, nodeOptions{loopback: true}, slog.New(slog.NewTextHandler(io.Discard, nil)), os.Getenv)
		require.NoError(t, err)
		require.Len(t, all, 1)
		require.Equal(t, "botuphap", receivers[0].Code)
		return all[0]
	}
	d := open(t, "bi-mat")
	spec := d.Spec()
	require.Equal(t, gateway.ShowsNothing, spec.Shows)
	require.True(t, spec.OneShot)
	require.Equal(t, []int{3, 1}, []int{spec.Lanes, spec.Batch})
	require.Equal(t, gateway.CheckPass, loginCheck(t.Context(), d).Status)
	require.Zero(t, portal.State().Stored.Numbers, "the doctor takes no number")
	require.Equal(t, gateway.CheckFail, loginCheck(t.Context(), open(t, "sai")).Status)
}
