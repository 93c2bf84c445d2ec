package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/lienthong/lienthong/cmd/lienthong/world"
	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/gateway/config"
	"github.com/lienthong/lienthong/gateway/portal/simulator"
	"github.com/lienthong/lienthong/internal/fault"
	"github.com/lienthong/lienthong/internal/pgtest"
)

// rig is a whole gateway in this process, beside a portal.
type rig struct {
	node   *node
	api    string
	portal *simulator.Simulator
	keys   map[string]string
	pushes int
}

func startRig(t *testing.T) *rig {
	t.Helper()
	return startRigWith(t, func(*config.Config, string) {})
}

// startRigWith lets the configuration be changed once the address of the other side is known.
func startRigWith(t *testing.T, change func(c *config.Config, address string)) *rig {
	t.Helper()
	dir := t.TempDir()
	portal, err := simulator.New(simulator.Options{Lookup: simulator.ShowTrail, Settle: time.Second})
	require.NoError(t, err)
	server := httptest.NewServer(portal.Handler())
	t.Cleanup(func() {
		server.Close()
		require.NoError(t, portal.Close())
	})
	r := &rig{portal: portal, keys: map[string]string{}}
	c := config.Config{DatabaseURL: pgtest.URL(t), Province: "24", Destinations: []config.Destination{{
		Code: "dvcqg", Kind: "dvcqg", URL: server.URL + "/VXPAdapter/RestService/forward", Agency: "000.00.00.H05",
		Username: "000.00.00.H05", PasswordEnv: "PORTAL", Lookup: "trail", Settle: config.Duration(time.Second),
		Timeout: config.Duration(5 * time.Second), Lanes: 4, Batch: 20, Receives: []string{"dossier"},
	}}}
	adapter := map[string]string{world.OneStop: "onestop", world.Civil: "civil", world.Land: "land", world.Business: "business"}
	for source, name := range adapter {
		r.keys[source] = "lt_key_of_the_source_" + source
		file := filepath.Join(dir, source)
		require.NoError(t, os.WriteFile(file, []byte(r.keys[source]), 0o600))
		c.Sources = append(c.Sources, config.Source{Code: source, Adapter: name, KeyFile: file})
	}
	change(&c, server.URL)
	secret := func(name string) string { return map[string]string{"PORTAL": "secret"}[name] }
	r.node, err = newNode(t.Context(), c, nodeOptions{work: true, loopback: true}, slog.New(slog.DiscardHandler), secret)
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
	return r
}

// push sends one message alone with a fresh idempotency key and returns its verdicts.
func (r *rig) push(t *testing.T, m world.Message) []gateway.Verdict {
	t.Helper()
	r.pushes++
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, r.api+"/v1/records", bytes.NewReader(m.Body))
	require.NoError(t, err)
	request.Header.Set("Authorization", "Bearer "+r.keys[m.Source])
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Idempotency-Key", fmt.Sprintf("%q", fmt.Sprint("push-", r.pushes)))
	response, err := http.DefaultClient.Do(request)
	require.NoError(t, err)
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	if response.StatusCode != http.StatusOK {
		require.Contains(t, []int{http.StatusBadRequest, http.StatusUnprocessableEntity}, response.StatusCode, string(body))
		return []gateway.Verdict{gateway.Rejected}
	}
	var answer gateway.Answer
	require.NoError(t, json.Unmarshal(body, &answer))
	var verdicts []gateway.Verdict
	for _, rec := range answer.Results[0].Records {
		verdicts = append(verdicts, rec.Verdict)
	}
	return verdicts
}

// settled waits until everything is numbered and stands at the portal.
func (r *rig) settled(t *testing.T) (head int64) {
	t.Helper()
	require.EventuallyWithT(t, func(c *assert.CollectT) {
		var left int
		err := r.node.pool.QueryRow(t.Context(), `
			SELECT (SELECT count(*) FROM delivery WHERE state NOT IN ('delivered', 'confirmed'))
			       + (SELECT count(*) FROM delivery_due) + (SELECT count(*) FROM change_inbox),
			       (SELECT position FROM feed_head)`).Scan(&left, &head)
		require.NoError(c, err)
		require.Zero(c, left)
	}, time.Minute, 50*time.Millisecond)
	return head
}

func TestSecondIdenticalPush(t *testing.T) {
	t.Parallel()
	r := startRig(t)
	var messages []world.Message
	for block := range world.New(world.Options{Seed: 5, Dossiers: 60}).Blocks() {
		messages = append(messages, block.Messages...)
	}
	first := make([][]gateway.Verdict, len(messages))
	for i, m := range messages {
		first[i] = r.push(t, m)
	}
	head, calls := r.settled(t), r.portal.State().Calls
	reviews := r.reviews(t)

	for i, m := range messages {
		for j, verdict := range r.push(t, m) {
			switch before := first[i][j]; before {
			case gateway.Rejected, gateway.NeedsReview:
				require.Equal(t, before, verdict, "%s %s is judged as before", m.Form, m.Class)
			default:
				require.Contains(t, []gateway.Verdict{gateway.Unchanged, gateway.Superseded}, verdict, "%s was %s", m.Form, before)
			}
		}
	}
	require.Equal(t, head, r.settled(t), "the feed has no new change")
	require.Equal(t, calls, r.portal.State().Calls, "the portal has seen no call")
	require.Equal(t, reviews, r.reviews(t), "no question is asked twice")
	t.Run("what was sent is kept as evidence", func(t *testing.T) { r.checkEvidence(t) })
}

// checkEvidence shows the calls for one dossier, masked and not, and holds them against their hashes.
func (r *rig) checkEvidence(t *testing.T) {
	var number, name, url string
	require.NoError(t, r.node.pool.QueryRow(t.Context(), `
		SELECT body->>'number', body->'applicant'->>'name' FROM entity
		WHERE kind = 'dossier' AND id IN (SELECT entity_id FROM attempt WHERE outcome = 'delivered' AND operation = 'create') LIMIT 1`).Scan(&number, &name))
	url = r.node.pool.Config().ConnString()
	show := func(flags ...string) string {
		code, out, errs := call(t, append([]string{"evidence", "show", number, "--database-url", url, "--json"}, flags...)...)
		require.Zero(t, code, errs)
		return out
	}
	require.NotContains(t, show(), name)
	require.Contains(t, show(), number)
	revealed := show("--reveal")
	require.Contains(t, revealed, name)
	var line sentLine
	require.NoError(t, json.Unmarshal([]byte(strings.SplitN(revealed, "\n", 2)[0]), &line))
	var parts []json.RawMessage
	require.NoError(t, json.Unmarshal(line.Body, &parts))
	h := sha256.New()
	for _, p := range parts {
		h.Write(p)
	}
	require.Equal(t, line.SHA256, hex.EncodeToString(h.Sum(nil)))
	require.NotEmpty(t, line.Run)
	require.NotEmpty(t, line.Node)
	require.False(t, line.EndedAt.Before(line.At))
	require.Nil(t, line.Action, "the data caused it")
	r.checkWithdrawal(t, number, url)

	code, _, _ := call(t, "evidence", "show", "H05.1-000000-0000", "--database-url", url)
	require.Equal(t, exitCodes[fault.NotFound], code)
	code, out, _ := call(t, "evidence", "destroy", "--before", "2020-01", "--database-url", url)
	require.Zero(t, code)
	require.Contains(t, out, "--yes")
	code, out, _ = call(t, "evidence", "destroy", "--before", "2020-01", "--yes", "--database-url", url)
	require.Zero(t, code)
	require.Contains(t, out, "0 months")
	code, out, _ = call(t, "evidence", "drop", "--before", "2020-01", "--yes", "--database-url", url, "--json")
	require.Zero(t, code)
	require.JSONEq(t, `{"keys":0,"tables":[],"rows":0}`, out)
	for _, month := range []string{"2020", time.Now().Format("2006-01")} {
		for _, command := range []string{"destroy", "drop"} {
			code, _, _ = call(t, "evidence", command, "--before", month, "--yes", "--database-url", url)
			require.Equal(t, exitCodes[fault.Usage], code)
		}
	}
}

// checkWithdrawal withdraws a dossier, which the portal cannot be told, and takes it back.
func (r *rig) checkWithdrawal(t *testing.T, number, url string) {
	var id string
	require.NoError(t, r.node.pool.QueryRow(t.Context(), `SELECT id::text FROM entity WHERE kind = 'dossier' AND body ->> 'number' = $1`, number).Scan(&id))
	ops := func(want fault.Code, args ...string) string {
		code, out, errs := call(t, append(append([]string{"ops"}, args...), "--reason", "hồ sơ thử", "--actor", "an", "--database-url", url)...)
		if want == "" {
			require.Zero(t, code, errs)
		} else {
			require.Equal(t, exitCodes[want], code)
		}
		return out
	}
	state := func() (cause string) {
		require.NoError(t, r.node.pool.QueryRow(t.Context(), `SELECT state || ' ' || cause FROM delivery WHERE entity_id = $1`, id).Scan(&cause))
		return cause
	}
	require.Contains(t, ops("", "withdraw", "dossier/"+id), "done as revision")
	require.Contains(t, ops("", "withdraw", "dossier/"+id), "nothing to do")
	require.Eventually(t, func() bool { return state() == "failed_data retract.unsupported" }, startTime, 20*time.Millisecond)
	require.Contains(t, ops("", "restore", "dossier/"+id), "done as revision")
	require.Eventually(t, func() bool {
		return strings.HasPrefix(state(), "delivered ") || strings.HasPrefix(state(), "confirmed ")
	}, startTime, 20*time.Millisecond)
	ops(fault.Usage, "withdraw", "ho so/1")
	ops(fault.NotFound, "withdraw", "dossier/0190c3d2-0000-7000-8000-000000000001")
	ops(fault.NotFound, "withdraw", "dossier/"+id, "--destination", "kho")
	code, out, _ := call(t, "evidence", "show", "dossier/"+id, "--database-url", url)
	require.Zero(t, code)
	require.Contains(t, out, "attempt ")
}

func (r *rig) reviews(t *testing.T) (n int) {
	t.Helper()
	require.NoError(t, r.node.pool.QueryRow(t.Context(), `SELECT count(*) FROM review`).Scan(&n))
	return n
}
