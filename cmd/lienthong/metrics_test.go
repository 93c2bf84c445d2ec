package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	collector "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	trace "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/proto"

	"github.com/lienthong/lienthong/cmd/lienthong/world"
	"github.com/lienthong/lienthong/gateway/config"
	"github.com/lienthong/lienthong/gateway/portal/simulator"
	"github.com/lienthong/lienthong/internal/pgtest"
)

// sink takes what several goroutines write.
type sink struct {
	mu  sync.Mutex
	out bytes.Buffer
}

func (s *sink) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.out.Write(p)
}

func (s *sink) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.out.String()
}

// startSeen is startRig with a log at level debug and an environment.
func startSeen(t *testing.T, env map[string]string) (*rig, *sink) {
	t.Helper()
	portal, err := simulator.New(simulator.Options{Lookup: simulator.ShowTrail, Settle: time.Second})
	require.NoError(t, err)
	server := httptest.NewServer(portal.Handler())
	t.Cleanup(func() {
		server.Close()
		require.NoError(t, portal.Close())
	})
	r, log := &rig{portal: portal, keys: map[string]string{world.OneStop: "lt_key_of_the_source_canary"}}, new(sink)
	file := filepath.Join(t.TempDir(), "key")
	require.NoError(t, os.WriteFile(file, []byte(r.keys[world.OneStop]), 0o600))
	c := config.Config{DatabaseURL: pgtest.URL(t), Province: "24", Destinations: []config.Destination{{
		Code: "dvcqg", Kind: "dvcqg", URL: server.URL + "/VXPAdapter/RestService/forward", Agency: "000.00.00.H05",
		Username: "000.00.00.H05", PasswordEnv: "PORTAL", Lookup: "trail", Settle: config.Duration(time.Second),
		Timeout: config.Duration(5 * time.Second), Lanes: 4, Batch: 20, Receives: []string{"dossier"},
	}}, Sources: []config.Source{{Code: world.OneStop, Adapter: "onestop", KeyFile: file}}}
	getenv := func(name string) string {
		return map[string]string{"PORTAL": "mat-khau-canary", "LIENTHONG_LOG_LEVEL": "debug"}[name] + env[name]
	}
	r.node, err = newNode(t.Context(), c, nodeOptions{work: true, loopback: true}, newLogger(log, getenv), getenv)
	require.NoError(t, err)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	r.api = "http://" + listener.Addr().String()
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- r.node.run(ctx, listener) }()
	t.Cleanup(func() {
		stop()
		require.NoError(t, <-ended)
		r.node.pool.Close()
	})
	return r, log
}

var dossierNumber = regexp.MustCompile(`^[0-9A-Z.]+-\d{6}-\d+$`)

// personal returns the texts of messages that a log has no business with:
// whatever has a blank in it, long numbers, and numbers of dossiers.
func personal(t *testing.T, messages []world.Message) map[string]bool {
	t.Helper()
	found := map[string]bool{}
	var walk func(x any)
	walk = func(x any) {
		switch x := x.(type) {
		case map[string]any:
			for _, v := range x {
				walk(v)
			}
		case []any:
			for _, v := range x {
				walk(v)
			}
		case string:
			if len(x) > 8 && (dossierNumber.MatchString(x) || strings.Contains(x, " ") || strings.Trim(x, "0123456789") == "" && len(x) < 14) {
				found[x] = true
			}
		}
	}
	for _, m := range messages {
		var body any
		require.NoError(t, json.Unmarshal(m.Body, &body))
		walk(body)
	}
	return found
}

// dossiers are messages of the one-stop system.
func dossiers(t *testing.T, n int) (messages []world.Message) {
	t.Helper()
	for block := range world.New(world.Options{Seed: 11, Dossiers: n}).Blocks() {
		for _, m := range block.Messages {
			if m.Source == world.OneStop && json.Valid(m.Body) {
				messages = append(messages, m)
			}
		}
	}
	require.NotEmpty(t, messages)
	return messages
}

func fetch(t *testing.T, url string) (int, string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	require.NoError(t, err)
	response, err := http.DefaultClient.Do(request)
	require.NoError(t, err)
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	return response.StatusCode, string(body)
}

// TestNothingPersonalIsSeen pushes dossiers through the whole gateway and
// looks for whatever is in them in metrics, health checks and the log.
func TestNothingPersonalIsSeen(t *testing.T) {
	t.Parallel()
	r, log := startSeen(t, nil)
	messages := dossiers(t, 30)
	for _, m := range messages {
		r.push(t, m)
	}
	r.settled(t)
	status, metrics := fetch(t, r.api+"/metrics")
	require.Equal(t, 200, status)
	_, health := fetch(t, r.api+"/readyz")
	require.Contains(t, health, `"destination:dvcqg:breaker"`)
	require.Contains(t, health, `"migrations:lienthong"`)
	require.NotContains(t, health, `"fail"`)

	for _, name := range []string{
		`lienthong_ingest_records_total{source="motcua",type="dossier",verdict="accepted"}`, `lienthong_ingest_duration_seconds_count`,
		`lienthong_sync_attempts_total{destination="dvcqg",http_class="2xx",outcome="delivered"}`,
		`lienthong_sync_duration_seconds_count{destination="dvcqg",operation="create"}`,
		`lienthong_sync_backlog{destination="dvcqg",state="queued"}`, `lienthong_breaker_state{destination="dvcqg",operation="update"} 0`,
		`lienthong_feed_lag_seconds{feed="all"}`, `lienthong_partition_default_rows{table="change"} 0`, `lienthong_build_info{`,
	} {
		require.True(t, strings.Contains(metrics, name), name)
	}
	for _, line := range []string{`"msg":"record judged"`, `"record_ref":"`, `"msg":"destination called"`, `"service":"lienthong"`, `"node":"`} {
		require.True(t, strings.Contains(log.String(), line), line)
	}
	values := personal(t, messages)
	require.Greater(t, len(values), 100)
	values["canary"] = true
	for value := range values {
		for where, text := range map[string]string{"metrics": metrics, "health": health, "log": log.String()} {
			if strings.Contains(text, value) {
				t.Errorf("a value of a dossier, %d bytes long, is in the %s", len(value), where)
			}
		}
	}
}

// TestTraceOfADelivery follows one dossier from the push to the portal, at a collector.
func TestTraceOfADelivery(t *testing.T) { // not parallel: the address of the collector is a variable of the process
	var mu sync.Mutex
	spans := map[string][]*trace.Span{}
	var raw bytes.Buffer
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		var got collector.ExportTraceServiceRequest
		if err != nil || proto.Unmarshal(body, &got) != nil {
			t.Error("not an export")
		}
		mu.Lock()
		defer mu.Unlock()
		raw.Write(body)
		for _, resource := range got.ResourceSpans {
			for _, scope := range resource.ScopeSpans {
				for _, span := range scope.Spans {
					spans[span.Name] = append(spans[span.Name], span)
				}
			}
		}
	}))
	t.Cleanup(server.Close)
	t.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", server.URL)
	var messages []world.Message
	t.Run("a gateway that traces", func(t *testing.T) { // its end sends the last spans
		r, _ := startSeen(t, map[string]string{"OTEL_EXPORTER_OTLP_ENDPOINT": server.URL})
		messages = dossiers(t, 3)
		for _, m := range messages {
			r.push(t, m)
		}
		r.settled(t)
	})
	mu.Lock()
	defer mu.Unlock()
	require.NotEmpty(t, spans["POST /v1/records"])
	require.NotEmpty(t, spans["commit"])
	require.NotEmpty(t, spans["portal create"])
	byID := map[string]*trace.Span{}
	for _, all := range spans {
		for _, s := range all {
			byID[string(s.SpanId)] = s
		}
	}
	require.Equal(t, "POST /v1/records", byID[string(spans["commit"][0].ParentSpanId)].GetName())
	require.Equal(t, "lane", byID[string(spans["portal create"][0].ParentSpanId)].GetName())
	linked := 0
	for _, lane := range spans["lane"] {
		for _, l := range lane.Links {
			if byID[string(l.SpanId)].GetName() == "commit" {
				linked++
			}
		}
	}
	require.NotZero(t, linked, "a lane shows which commits it delivers")
	for value := range personal(t, messages) {
		require.False(t, bytes.Contains(raw.Bytes(), []byte(value)), "a value of a dossier, %d bytes long, is in a span", len(value))
	}
}

func TestMetricsApart(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	address := listener.Addr().String()
	require.NoError(t, listener.Close())
	r, _ := startSeen(t, map[string]string{metricsListen: address})
	require.EventuallyWithT(t, func(c *assert.CollectT) {
		response, err := http.Get("http://" + address + "/metrics")
		if assert.NoError(c, err) {
			assert.NoError(c, response.Body.Close())
			assert.Equal(c, 200, response.StatusCode)
		}
	}, 10*time.Second, 20*time.Millisecond)
	status, body := fetch(t, "http://"+address+"/readyz")
	require.Equal(t, 200, status, body)
	status, _ = fetch(t, "http://"+address+"/livez")
	require.Equal(t, 200, status)
	status, _ = fetch(t, r.api+"/metrics")
	require.Equal(t, 404, status, "what has an address of its own is not on the API's")
}

func TestNewestMigrations(t *testing.T) {
	t.Parallel()
	ours, river, err := newestMigrations()
	require.NoError(t, err)
	require.GreaterOrEqual(t, ours, int64(7))
	require.GreaterOrEqual(t, river, int64(6))
}

func TestLoggerOfAProgram(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	newLogger(&out, func(string) string { return "" }).Info("số 079190000123", "config", config.Config{DatabaseURL: "postgres://u:mat-khau@h/d"}, slog.String("x", "y"))
	require.NotContains(t, out.String(), "079190000123")
	require.NotContains(t, out.String(), "mat-khau")
	require.Contains(t, out.String(), `"service":"lienthong"`)
	require.Contains(t, out.String(), `"x":"y"`)
}
