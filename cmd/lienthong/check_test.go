package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lienthong/lienthong/gateway/config"
	"github.com/lienthong/lienthong/internal/fault"
)

func TestCheck(t *testing.T) {
	t.Parallel()
	g := prepare(t, "postgres://gateway:hunter2@db.example.vn/lienthong")

	t.Run("prints the effective configuration without passwords", func(t *testing.T) {
		code, out, errs := call(t, "check", g.file)
		require.Zero(t, code, errs)
		require.Contains(t, out, "database_url: postgres://gateway:xxxxx@db.example.vn/lienthong")
		require.Contains(t, out, "dstcode_in: header")
		again, err := config.Parse([]byte(out), os.Getenv)
		require.NoError(t, err)
		require.Equal(t, g.config.Masked(), again)
	})

	t.Run("prints it as JSON", func(t *testing.T) {
		code, out, errs := call(t, "check", "--json", g.file)
		require.Zero(t, code, errs)
		var answer struct {
			OK     bool
			Config struct {
				Province     string
				Destinations []struct{ Lanes int }
			}
			Mistakes []config.Mistake
		}
		require.NoError(t, json.Unmarshal([]byte(out), &answer))
		require.True(t, answer.OK)
		require.Equal(t, "24", answer.Config.Province)
		require.Equal(t, 4, answer.Config.Destinations[0].Lanes)
		require.NotContains(t, out, "hunter2")
	})

	bad := filepath.Join(g.dir, "bad.yaml")
	text, err := os.ReadFile(g.file)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(bad, []byte(strings.NewReplacer("lanes: 4", "lanes: 0", "adapter: civil", "adapter: civic").Replace(string(text))), 0o600))

	t.Run("prints a line for each mistake, and nothing else", func(t *testing.T) {
		code, out, errs := call(t, "check", bad)
		require.Equal(t, exitCodes[fault.Usage], code)
		require.Empty(t, out)
		lines := strings.Split(strings.TrimSpace(errs), "\n")
		require.Len(t, lines, 2)
		require.Contains(t, lines[0], `"civic" is not known`)
		require.Regexp(t, `^`+bad+`:\d+:12: destinations\[0\].lanes: a number from 1 to 1024 is expected$`, lines[1])
	})

	t.Run("prints mistakes as JSON", func(t *testing.T) {
		code, out, errs := call(t, "check", "--json", bad)
		require.Equal(t, exitCodes[fault.Usage], code)
		require.Empty(t, errs)
		var answer checked
		require.NoError(t, json.Unmarshal([]byte(out), &answer))
		require.False(t, answer.OK)
		require.Len(t, answer.Mistakes, 2)
		require.Equal(t, "destinations[0].lanes", answer.Mistakes[1].Where)
	})

	t.Run("serve says the same of the same file", func(t *testing.T) {
		_, _, want := call(t, "check", bad)
		code, _, errs := call(t, "serve", "--config", bad)
		require.Equal(t, exitCodes[fault.Usage], code)
		require.Equal(t, want, errs)
	})
}

// A lane refuses a call that does not fit into its run; the configuration says so first.
func TestLongestTimeoutFitsIntoALane(t *testing.T) {
	t.Parallel()
	g := prepare(t, "postgres:///unused")
	for i := range 25 {
		text := strings.Replace(string(must(os.ReadFile(g.file))), "timeout: 2s", "timeout: "+config.Duration(int64(i+1)*1e9).String(), 1)
		c, err := config.Parse([]byte(text), os.Getenv)
		if err != nil {
			require.Greater(t, i+1, 10, "a usual timeout is taken")
			continue
		}
		n, err := newNode(t.Context(), c, nodeOptions{work: true, noAPI: true}, newLogger(quiet{}, os.Getenv), os.Getenv)
		require.NoError(t, err, "%d s", i+1)
		n.pool.Close()
	}
}

func must(data []byte, err error) []byte {
	if err != nil {
		panic(err)
	}
	return data
}
