package main

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lienthong/lienthong/cmd/lienthong/demo"
	"github.com/lienthong/lienthong/internal/fault"
)

var (
	chaosTime  = flag.Duration("chaos", 0, "play every trouble in a run of its own, and -chaos-seeds mixtures for so long each")
	chaosSeeds = flag.Int("chaos-seeds", 10, "how many mixtures -chaos plays")
)

// wreak runs the built program under chaos and returns what the checker said.
// The data stays beside the log of a failed test, for its seed to be looked at.
func wreak(t *testing.T, more ...string) *demo.ChaosResult {
	t.Helper()
	data := filepath.Join(openDir(t), "data")
	cmd := exec.Command(program, append([]string{"demo", "--chaos", "--json", "--data-dir", data}, more...)...)
	var out, said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &said
	err := cmd.Run()
	if err != nil {
		t.Logf("lienthong %s: %v\n%s", strings.Join(cmd.Args[1:], " "), err, said.String())
	}
	var result demo.ChaosResult
	require.NoError(t, json.Unmarshal(out.Bytes(), &result), said.String())
	requireAgreed(t, result.Result)
	require.NoError(t, err)
	require.Equal(t, []int{0, 0, 0, 0}, []int{result.Lost, result.Duplicated, result.Disordered, result.Barred})
	require.Zero(t, result.Falls, "a gateway ended though nobody killed it:\n%s", fallsSaid(t, data))
	return &result
}

// fallsSaid returns the lines with which gateways ended, of all logs below a folder.
func fallsSaid(t *testing.T, data string) string {
	t.Helper()
	var said strings.Builder
	require.NoError(t, filepath.WalkDir(data, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || !strings.HasPrefix(entry.Name(), "gateway-") {
			return err
		}
		text, err := os.ReadFile(path)
		for line := range strings.Lines(string(text)) {
			if !strings.HasPrefix(line, "{") && !strings.HasPrefix(line, "time=") {
				said.WriteString(line)
			}
		}
		return err
	}))
	return said.String()
}

// TestChaos is the short form: a matrix in which every trouble comes alone, in
// two runs, and one mixture. With -chaos=2m it is the long form.
func TestChaos(t *testing.T) {
	if *chaosTime > 0 {
		longChaos(t)
		return
	}
	troubles := demo.Hazards()
	half := len(troubles) / 2
	t.Run("each alone: answers", func(t *testing.T) {
		t.Parallel()
		result := matrix(t, troubles[:half])
		require.NotEmpty(t, result.Hits)
		require.Positive(t, result.Report.UnknownOutcomes, "the troubles leave doubt")
	})
	t.Run("each alone: the portal, the line and the processes", func(t *testing.T) {
		t.Parallel()
		result := matrix(t, troubles[half:])
		for _, n := range []int{result.Cuts, result.Kills, result.Crashes, result.Terminated} {
			require.Positive(t, n)
		}
	})
	t.Run("a mixture", func(t *testing.T) {
		t.Parallel()
		result := wreak(t, "--duration", "8s", "--seed", "3")
		require.Greater(t, result.Report.Attempts, result.Report.Effects, "the troubles cost attempts")
		require.NotEmpty(t, result.Hits)
		require.Positive(t, result.P95)
		require.Contains(t, result.Line(), "0 lost, 0 duplicated, 0 out of order")
	})
}

// matrix plays troubles one after the other in one run.
func matrix(t *testing.T, troubles []string) *demo.ChaosResult {
	t.Helper()
	args := []string{"--alone", "--dossiers", "100", "--duration", fmt.Sprint(time.Duration(len(troubles))*demo.AloneTime + time.Second)}
	for _, one := range troubles {
		args = append(args, "--hazard", one)
	}
	result := wreak(t, args...)
	for _, one := range troubles {
		require.Positive(t, result.Hazards[one], one)
	}
	return result
}

func longChaos(t *testing.T) {
	for _, one := range demo.Hazards() {
		t.Run("alone: "+one, func(t *testing.T) {
			result := wreak(t, "--hazard", one, "--duration", "12s")
			require.Positive(t, result.Hazards[one])
		})
	}
	for _, lookup := range []string{"header", "exists"} {
		t.Run("a mixture at a portal that shows "+lookup, func(t *testing.T) {
			wreak(t, "--lookup", lookup, "--duration", chaosTime.String())
		})
	}
	for seed := 1; seed <= *chaosSeeds; seed++ {
		t.Run(fmt.Sprintf("mixture %d", seed), func(t *testing.T) {
			t.Log(wreak(t, "--seed", strconv.Itoa(seed), "--duration", chaosTime.String()).Line())
		})
	}
}

func TestChaosUsage(t *testing.T) {
	for name, args := range map[string][]string{
		"a trouble that does not exist":   {"--chaos", "--hazard", "boredom"},
		"a duration of nothing":           {"--chaos", "--duration", "0s"},
		"a run to go on with":             {"--chaos", "--resume"},
		"troubles outside of a chaos run": {"--alone"},
	} {
		t.Run(name, func(t *testing.T) {
			code, _, errs := call(t, append(append([]string{"demo"}, args...), "--data-dir", t.TempDir())...)
			require.Equal(t, exitCodes[fault.Usage], code, errs)
		})
	}
}
