package simulator

import (
	"bufio"
	"context"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// victimLog names the log of a simulator that runs in a process of its own, to be killed.
const victimLog = "SIMULATOR_TEST_VICTIM_LOG"

// runVictim serves until the process dies.
func runVictim(path string) int {
	sim, err := New(Options{LogPath: path, Addr: "127.0.0.1:0"})
	if err == nil {
		err = sim.Listen()
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	fmt.Println(sim.Addr())
	if err := sim.Run(context.Background()); err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
	return 1
}

func TestKill(t *testing.T) {
	t.Parallel()
	t.Run("a killed simulator has everything that it answered, and batches whole", func(t *testing.T) {
		path := t.TempDir() + "/portal.jsonl"
		victim := exec.Command(os.Args[0])
		victim.Env = append(os.Environ(), victimLog+"="+path)
		out, err := victim.StdoutPipe()
		require.NoError(t, err)
		require.NoError(t, victim.Start())
		addr, err := bufio.NewReader(out).ReadString('\n')
		require.NoError(t, err)

		answered := hammer(t, "http://"+strings.TrimSpace(addr), victim.Process.Kill)
		require.Error(t, victim.Wait())
		p := reopen(t, path)
		require.NotEmpty(t, answered)
		for _, key := range answered {
			for _, half := range []string{"a", "b"} {
				_, ok := p.Dossier(key + half)
				require.True(t, ok, "answered and lost: %s", key+half)
			}
		}
		require.Zero(t, p.State().Stored.Dossiers%2)
	})
}

// hammer sends batches of two from several clients, calls kill in the middle
// of it, and returns the keys that were answered as stored.
func hammer(t *testing.T, url string, kill func() error) []string {
	t.Helper()
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 4}, Timeout: 10 * time.Second}
	defer client.CloseIdleConnections()
	var (
		mu       sync.Mutex
		answered []string
		wg       sync.WaitGroup
		n        atomic.Int64
	)
	killOnce := sync.OnceValue(kill)
	for range 4 {
		wg.Go(func() {
			for {
				key := fmt.Sprintf("K-%d", n.Add(1))
				resp, err := client.Post(url+"/api/SynsTTHCC/DongBoHoSoMC?MaDinhDanhDV=x", "application/json",
					strings.NewReader("["+record(key+"a")+","+record(key+"b")+"]"))
				if err != nil {
					return
				}
				_ = resp.Body.Close()
				mu.Lock()
				answered = append(answered, key)
				enough := len(answered) >= 200
				mu.Unlock()
				if enough {
					_ = killOnce() // its error is looked at below
				}
			}
		})
	}
	wg.Wait()
	require.NoError(t, killOnce())
	return answered
}
