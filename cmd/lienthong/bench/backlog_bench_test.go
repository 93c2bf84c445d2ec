package bench_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"github.com/lienthong/lienthong/gateway/config"
	"github.com/lienthong/lienthong/gateway/portal/simulator"
)

var (
	backlogDossiers = flag.Int("backlog.dossiers", 20_000, "dossiers that wait when the outage of BenchmarkBacklog ends")
	backlogWindow   = flag.Duration("backlog.window", 3*time.Minute, "how long BenchmarkBacklog counts transactions, twice; in a short one it is luck how many tries of an open breaker fall")
)

// connections is how many calls reach the portal at once: as many as the gateway has lanes.
const connections = 16

// BenchmarkBacklog lets dossiers wait through an outage. It counts the
// database's transactions while nothing is to be done, and while all wait for an
// open breaker; then it lets the portal come back and measures how fast they
// arrive, from the first that does, the ramp after the outage included. The limit is
// the portal itself: a bare client that sends it the same calls, as they were, over
// as many connections. A portal that declares no capacity is as fast as this machine.
func BenchmarkBacklog(b *testing.B) {
	for _, o := range []outage{
		{batch: 50, capacity: 20}, {batch: 1, capacity: 100}, {batch: 50}, {batch: 1},
	} {
		b.Run(o.String(), func(b *testing.B) {
			var gateway, limit cost
			n := 0
			for b.Loop() {
				g, l, dossiers := o.play(b)
				gateway, limit, n = gateway.plus(g), limit.plus(l), dossiers
			}
			report(b, "dossiers", n, gateway, limit)
		})
	}
}

// outage is one kind of backlog.
type outage struct {
	batch    int
	capacity float64 // calls a second that the portal takes; 0: what it can
}

func (o outage) String() string {
	if o.capacity == 0 {
		return fmt.Sprintf("batch=%d/portal=unlimited", o.batch)
	}
	return fmt.Sprintf("batch=%d/portal=%.0f_calls_a_second", o.batch, o.capacity)
}

// dossiers is how many wait: as many as asked for, and as the portal takes in two minutes.
func (o outage) dossiers() int {
	if o.capacity == 0 {
		return *backlogDossiers
	}
	return min(*backlogDossiers, int(120*o.capacity)*o.batch)
}

func (o outage) play(b *testing.B) (gateway, limit cost, dossiers int) {
	b.Helper()
	portal := simulator.Options{Capacity: simulator.Capacity{CallsPerSecond: o.capacity, Over: simulator.OverWait}}
	p := openPortal(b, portal)
	s := openSite(b, p, func(d *config.Destination) { d.Batch = o.batch })
	all := newDossiers(o.dossiers() + batchSize)
	first, rest := all.split(batchSize)
	s.push(b, first)
	s.waitDelivered(b, first.messages(), 5*time.Minute)
	idle := s.transactionsPerMinute(b, *backlogWindow)

	p.shut.Store(true)
	s.push(b, rest)
	s.waitOpen(b)
	pause(oneMoreTry)
	waiting := s.transactionsPerMinute(b, *backlogWindow)

	before := len(p.effects(b))
	p.record()
	p.shut.Store(false)
	gateway = measure(func() { s.waitDelivered(b, all.messages(), time.Hour) })
	arrived := p.effects(b)[before:]
	gateway.clock = arrived[len(arrived)-1].At.Sub(arrived[0].At)

	headers, steps := p.recorded()
	bare := openPortal(b, portal)
	limit = measure(func() {
		bare.send(b, headers)
		bare.send(b, steps)
	})
	require.Len(b, bare.effects(b), len(arrived), "the bare client has the same effects")
	b.ReportMetric(idle, "idle_tx/min")
	b.ReportMetric(waiting-idle, "waiting_tx/min_more")
	b.ReportMetric(float64(len(headers)+len(steps)), "calls")
	return gateway, limit, rest.messages()
}

// oneMoreTry is how long the lanes of what came last take to find out that it waits too.
const oneMoreTry = 40 * time.Second

var session = regexp.MustCompile(`"session":"[^"]*"`)

// send makes recorded calls with a session of its own.
func (p *portal) send(b *testing.B, bodies [][]byte) {
	b.Helper()
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: connections}}
	defer client.CloseIdleConnections()
	answer, err := p.call(client, "mapi/login", []byte(`{"username":"000.00.00.H05","password":"x"}`))
	require.NoError(b, err)
	var login struct{ Session string }
	require.NoError(b, json.Unmarshal(answer, &login))
	var g errgroup.Group
	for c := range connections {
		g.Go(func() error {
			for i := c; i < len(bodies); i += connections {
				body := session.ReplaceAll(bodies[i], []byte(`"session":"`+login.Session+`"`))
				if _, err := p.call(client, "mapi/g", body); err != nil {
					return err
				}
			}
			return nil
		})
	}
	require.NoError(b, g.Wait())
}

func (p *portal) call(client *http.Client, path string, body []byte) ([]byte, error) {
	request, err := http.NewRequest(http.MethodPost, p.url+"/VXPAdapter/RestService/forward/"+path, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("dstcode", simulator.DefaultDestination)
	response, err := client.Do(request)
	if err != nil {
		return nil, err
	}
	defer func() { _ = response.Body.Close() }()
	answer, err := io.ReadAll(response.Body)
	if err == nil && !strings.Contains(string(answer), `"error_code":0`) {
		err = fmt.Errorf("the portal answered %s", answer)
	}
	return answer, err
}
