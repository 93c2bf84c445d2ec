package main

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lienthong/lienthong/internal/pgtest"
)

// A server compiles statements unless it is told not to; ours are never worth it.
func TestNoStatementIsCompiled(t *testing.T) {
	t.Parallel()
	pool, err := openPool(t.Context(), pgtest.URL(t)+"&options=-c%20jit%3Don", "test")
	require.NoError(t, err)
	defer pool.Close()
	var jit, reset string
	require.NoError(t, pool.QueryRow(t.Context(), `SELECT setting, reset_val FROM pg_settings WHERE name = 'jit'`).Scan(&jit, &reset))
	require.Equal(t, []string{"off", "on"}, []string{jit, reset})
}
