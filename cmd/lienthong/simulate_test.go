package main

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lienthong/lienthong/gateway/portal/simulator"
	"github.com/lienthong/lienthong/internal/fault"
)

func TestSimulatePortalOptions(t *testing.T) {
	file := filepath.Join(t.TempDir(), "switches.yaml")
	require.NoError(t, os.WriteFile(file, []byte("lookup: exists\nsession_ttl: 5m\nsettle: 90s\nmax_batch: 20\n"+
		"peak: {when: clock}\ntransitions: {9: [4, 7, 10]}\nfaults:\n  - {name: latency, delay: 2s}\n"), 0o600))

	t.Run("without a word it is the portal that every province meets", func(t *testing.T) {
		o, err := (&simulatePortalCmd{Listen: "127.0.0.1:0", Seed: 1}).options()
		require.NoError(t, err)
		require.Equal(t, []any{simulator.ShowHeader, 30 * time.Minute, time.Minute}, []any{o.Lookup, o.SessionTTL, o.Settle})
		require.Empty(t, o.Faults)
	})
	t.Run("the file stands above the defaults, a flag above the file, a single switch above the flag", func(t *testing.T) {
		o, err := (&simulatePortalCmd{Switches: file}).options()
		require.NoError(t, err)
		require.Equal(t, []any{simulator.ShowExists, 5 * time.Minute, 90 * time.Second, 20}, []any{o.Lookup, o.SessionTTL, o.Settle, o.MaxBatch})
		require.Equal(t, simulator.PeakClock, o.Peak.When)
		require.Equal(t, []string{"4", "7", "10"}, o.Transitions["9"])
		ttl := time.Duration(0)
		o, err = (&simulatePortalCmd{
			Switches: file, Lookup: "header", SessionTTL: &ttl, Set: []string{"lookup=trail", "transitions.9=10"}, Fault: []string{"hang:share=0.1"},
		}).options()
		require.NoError(t, err)
		require.Equal(t, []any{simulator.ShowTrail, ttl, []string{"10"}}, []any{o.Lookup, o.SessionTTL, o.Transitions["9"]})
		require.Equal(t, []simulator.Fault{
			{Name: simulator.FaultLatency, On: true, Delay: 2 * time.Second}, {Name: simulator.FaultHang, On: true, Share: 0.1},
		}, o.Faults)
	})
	t.Run("a mistake ends it before anything is opened", func(t *testing.T) {
		wrong := filepath.Join(t.TempDir(), "wrong.yaml")
		require.NoError(t, os.WriteFile(wrong, []byte("lookup: trail\nlook: 1\n"), 0o600))
		log := filepath.Join(t.TempDir(), "portal.jsonl")
		for _, args := range [][]string{
			{"--switches", wrong}, {"--switches", wrong + ".none"}, {"--set", "lookup"}, {"--set", "none=1"}, {"--fault", "rung"},
			{"--fault", "hang:share=2"}, {"--lookup", "alles"}, {"--settle", "1s", "--set", "lookup_lag=2s"},
		} {
			code, _, errs := call(t, append([]string{"simulate", "portal", "--log", log, "--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0"}, args...)...)
			require.Equal(t, exitCodes[fault.Usage], code, "%v: %s", args, errs)
			require.NoFileExists(t, log)
		}
	})
}

func TestSimulatePortal(t *testing.T) {
	t.Run("it says where it is, serves the page, and ends with its context", func(t *testing.T) {
		ctx, stop := context.WithCancel(t.Context())
		defer stop()
		said, out := io.Pipe()
		code := make(chan int, 1)
		go func() {
			var errs bytes.Buffer
			code <- run(ctx, []string{"simulate", "portal", "--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0", "--fault", "lookup_lag:delay=1s"},
				bytes.NewReader(nil), out, &errs, os.Getenv)
			_ = out.Close()
		}()
		addresses := map[string]string{}
		for len(addresses) < 3 {
			line := make([]byte, 512)
			n, err := said.Read(line)
			require.NoError(t, err)
			for one := range strings.Lines(string(line[:n])) {
				if words := strings.Fields(one); len(words) == 2 {
					addresses[words[0]] = words[1]
				}
			}
		}
		require.Regexp(t, `^http://127\.0\.0\.1:\d+/VXPAdapter/RestService/forward$`, addresses["portal"])
		for name, want := range map[string]string{"page": "lookup_lag", "admin": `"lookup": "header"`} {
			response, err := http.Get(addresses[name])
			require.NoError(t, err)
			text, err := io.ReadAll(response.Body)
			require.NoError(t, err)
			_ = response.Body.Close()
			require.Contains(t, string(text), want)
		}
		stop()
		require.Zero(t, <-code)
	})
	t.Run("its help names every switch and every fault", func(t *testing.T) {
		code, out, _ := call(t, "simulate", "portal", "--help")
		require.Zero(t, code)
		for _, group := range simulator.Knobs() {
			for _, k := range group.Knobs {
				if name, _, row := strings.Cut(k.Path, "."); row && (name == "codes_by_op" || name == "transitions") {
					require.Contains(t, out, name+".")
					continue
				}
				require.Contains(t, out, k.Path)
			}
		}
		for _, f := range simulator.FaultNames() {
			require.Contains(t, out, string(f))
		}
	})
}
