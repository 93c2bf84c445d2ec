package main

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lienthong/lienthong/cmd/lienthong/world"
	"github.com/lienthong/lienthong/gateway/config"
	"github.com/lienthong/lienthong/gateway/portal/simulator"
)

// startTime is how long a process may take to say that it is there, on a machine that does much else.
const startTime = time.Minute

// process is the built program at work.
type process struct {
	cmd   *exec.Cmd
	first string // its first line on standard output
	out   *bufio.Reader
	errs  *bytes.Buffer
}

// launch starts the built program and waits for its first line. The end of the test stops it.
func launch(t *testing.T, args ...string) *process {
	t.Helper()
	p := launchQuietly(t, args...)
	said := make(chan string, 1)
	go func() {
		line, _ := p.out.ReadString('\n')
		said <- strings.TrimSpace(line)
	}()
	select {
	case p.first = <-said:
	case <-time.After(startTime):
	}
	require.NotEmpty(t, p.first, "lienthong %s did not start", strings.Join(args, " "))
	return p
}

// launchQuietly starts the built program and waits for nothing.
func launchQuietly(t *testing.T, args ...string) *process {
	t.Helper()
	p := &process{cmd: exec.Command(program, args...), errs: &bytes.Buffer{}}
	p.cmd.Stderr = p.errs
	stdout, err := p.cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, p.cmd.Start())
	p.out = bufio.NewReader(stdout)
	t.Cleanup(func() {
		p.end(t, syscall.SIGTERM)
		if t.Failed() {
			t.Logf("lienthong %s said:\n%s", strings.Join(args, " "), p.errs)
		}
	})
	return p
}

// told returns what the first line says of a name: "api http://…".
func (p *process) told(t *testing.T, name string) string {
	t.Helper()
	value, ok := strings.CutPrefix(p.first, name+" ")
	require.True(t, ok, p.first)
	return value
}

// end sends a signal, waits for the end of the process and returns its exit code.
func (p *process) end(t *testing.T, signal syscall.Signal) int {
	t.Helper()
	if p.cmd.ProcessState != nil {
		return p.cmd.ProcessState.ExitCode()
	}
	_ = p.cmd.Process.Signal(signal)
	timer := time.AfterFunc(startTime, func() { _ = p.cmd.Process.Kill() })
	defer timer.Stop()
	_, _ = io.Copy(io.Discard, p.out)
	_ = p.cmd.Wait()
	return p.cmd.ProcessState.ExitCode()
}

// openDir makes a folder that the user who runs a private PostgreSQL may pass through.
func openDir(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "lienthong-test-")
	require.NoError(t, err)
	require.NoError(t, os.Chmod(dir, 0o711))
	t.Cleanup(func() { require.NoError(t, os.RemoveAll(dir)) })
	return dir
}

// ground is what processes share: a configuration file, keys and a portal.
type ground struct {
	dir      string
	file     string
	config   config.Config
	keys     map[string]string // by source
	portal   *simulator.Simulator
	switches string
	log      string // of the portal
}

// prepare writes the configuration of a gateway on a database, beside a simulated portal.
func prepare(t *testing.T, databaseURL string) *ground {
	t.Helper()
	dir := openDir(t)
	g := &ground{dir: dir, file: filepath.Join(dir, "gateway.yaml"), keys: map[string]string{}, log: filepath.Join(dir, "portal.jsonl")}
	var err error
	g.portal, err = simulator.New(simulator.Options{LogPath: g.log, Lookup: simulator.ShowTrail, Settle: time.Second})
	require.NoError(t, err)
	server := httptest.NewServer(g.portal.Handler())
	t.Cleanup(func() {
		server.Close()
		require.NoError(t, g.portal.Close())
	})
	g.switches = server.URL + "/_sim"
	g.config = config.Config{
		Listen: "127.0.0.1:0", DatabaseURL: databaseURL, DataDir: dir, Province: "24",
		Destinations: []config.Destination{{
			Code: "dvcqg", Kind: "dvcqg", URL: server.URL + "/VXPAdapter/RestService/forward", LoginPath: "mapi/login", IntegrationPath: "mapi/g",
			SharePath: "mapi/s", DstCode: "VN:GOV:000.00.00.G22:vpcpdvcprovider", DstCodeIn: "header", Agency: "000.00.00.H05",
			Username: "000.00.00.H05", PasswordFile: g.secret(t, "portal"), Lookup: "trail", Settle: config.Duration(time.Second),
			Timeout: config.Duration(2 * time.Second), Lanes: 4, Batch: 5, Receives: []string{"dossier"}, RetryCap: config.Duration(time.Second),
			Breaker: config.Breaker{OpenFor: config.Duration(time.Second), MinCalls: 3},
		}},
	}
	for source, adapter := range map[string]string{world.OneStop: "onestop", world.Civil: "civil", world.Land: "land", world.Business: "business"} {
		s := config.Source{Code: source, Adapter: adapter, KeyFile: g.secret(t, source)}
		if source == world.OneStop {
			s.Feeds = []string{"all"}
		}
		g.config.Sources = append(g.config.Sources, s)
	}
	g.write(t)
	return g
}

// secret writes a key file and remembers the key.
func (g *ground) secret(t *testing.T, name string) (file string) {
	t.Helper()
	g.keys[name] = "lt_key_of_the_source_" + name
	file = filepath.Join(g.dir, name)
	require.NoError(t, os.WriteFile(file, []byte(g.keys[name]+"\n"), 0o600))
	return file
}

// write writes the configuration as it stands.
func (g *ground) write(t *testing.T) {
	t.Helper()
	text, err := g.config.YAML()
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(g.file, text, 0o600))
}

// push sends one message and returns status and body of the answer.
func (g *ground) push(ctx context.Context, api, id string, m world.Message) (int, []byte, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, api+"/v1/records", bytes.NewReader(m.Body))
	if err != nil {
		return 0, nil, err
	}
	request.Header.Set("Authorization", "Bearer "+g.keys[m.Source])
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Idempotency-Key", fmt.Sprintf("%q", id))
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return 0, nil, err
	}
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(response.Body)
	return response.StatusCode, body, err
}

// toggle uses one of the portal's switches.
func (g *ground) toggle(t *testing.T, path, body string) {
	t.Helper()
	response, err := http.Post(g.switches+path, "application/json", strings.NewReader(body))
	require.NoError(t, err)
	defer func() { _ = response.Body.Close() }()
	require.Less(t, response.StatusCode, 300)
}

func sha(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}
