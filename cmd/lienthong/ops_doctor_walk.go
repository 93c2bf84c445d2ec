package main

import (
	"context"
	"crypto/tls"
	"errors"
	"log/slog"
	"net"
	"net/url"
	"syscall"
	"time"

	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/gateway/config"
	"github.com/lienthong/lienthong/gateway/postgres"
	"github.com/lienthong/lienthong/internal/fault"
)

// answerTime is how long a walk waits for an answer unless somebody says otherwise.
const answerTime = 20 * time.Second

// walker walks to destinations of a configuration. Each walk builds its own client, so that
// it logs in: a session that a lane still has would hide a login that is refused by now.
type walker struct {
	destinations []config.Destination
	store        *postgres.Store
	options      nodeOptions
	wait         time.Duration // for one answer
	getenv       func(string) string
}

// walk walks to one destination.
func (by walker) walk(ctx context.Context, d config.Destination) (gateway.Walk, error) {
	now := time.Now()
	history, err := by.store.Transitions(ctx, now)
	if err != nil {
		return gateway.Walk{}, err
	}
	rows, err := by.store.Breakers(ctx)
	if err != nil {
		return gateway.Walk{}, err
	}
	built, err := newDestination(d, by.options, slog.New(slog.DiscardHandler), by.getenv)
	if err != nil {
		return gateway.Walk{}, err
	}
	p := pathTo{destination: built, address: askedAt(d), rows: rows, outages: gateway.Outages(history), wait: by.wait}
	w := p.walk(ctx, now)
	w.Calls, err = by.store.LastCalls(ctx, d.Code, now.Add(-time.Hour))
	return w, err
}

// to walks to a destination for who asks over the API. What is wrong with our own files is no mistake of theirs.
func (by walker) to(ctx context.Context, code string) (gateway.Walk, error) {
	const op = "main.walk"
	for _, d := range by.destinations {
		if d.Code == code {
			w, err := by.walk(ctx, d)
			if fault.CodeOf(err) == fault.Usage {
				err = fault.Wrap(err, fault.Internal, op)
			}
			return w, err
		}
	}
	return gateway.Walk{}, fault.New(fault.NotFound, op, "no such destination")
}

// pathTo is the way to one destination.
type pathTo struct {
	destination gateway.Destination
	address     string
	rows        []gateway.BreakerRow
	outages     []gateway.Outage
	wait        time.Duration // for one answer
}

// walk goes from hop to hop and stops asking at the first that is bad. Where
// calls are stopped none is made: what the breaker knows stands instead.
func (p pathTo) walk(ctx context.Context, now time.Time) gateway.Walk {
	code := p.destination.Spec().Code
	w := gateway.Walk{Destination: code, At: now}
	for i, o := range p.outages {
		if o.To == nil && (o.Destination == code || o.Destination == gateway.EveryDestination) {
			w.Outage = &p.outages[i]
		}
	}
	u, err := url.Parse(p.address)
	if err != nil || u.Hostname() == "" {
		w.Hops = append(w.Hops, gateway.HopResult{Hop: gateway.HopName, Status: gateway.HopBad, Cause: "request.invalid", Party: gateway.PartyGateway})
		return w
	}
	w.Host = net.JoinHostPort(u.Hostname(), portOf(u))
	steps := []func(context.Context) gateway.HopResult{
		func(ctx context.Context) gateway.HopResult { return resolveHop(ctx, u.Hostname()) },
		func(ctx context.Context) gateway.HopResult { return dialHop(ctx, w.Host) },
	}
	if u.Scheme == "https" {
		steps = append(steps, func(ctx context.Context) gateway.HopResult { return tlsHop(ctx, w.Host, u.Hostname()) })
	}
	for _, step := range steps {
		dialing, cancel := context.WithTimeout(ctx, min(dialTime, p.wait))
		hop := step(dialing)
		cancel()
		w.Hops = append(w.Hops, hop)
		if hop.Status == gateway.HopBad {
			return w
		}
	}
	w.Hops = append(w.Hops, p.asked(ctx, w.Outage)...)
	w.Hops = append(w.Hops, p.writes(w.Outage))
	return w
}

func portOf(u *url.URL) string {
	if u.Port() != "" {
		return u.Port()
	}
	return map[string]string{"http": "80", "https": "443"}[u.Scheme]
}

// asked asks one question that changes nothing.
func (p pathTo) asked(ctx context.Context, outage *gateway.Outage) []gateway.HopResult {
	_, greets := p.destination.(gateway.Greeter)
	silent := p.destination.Spec().Shows == gateway.ShowsNothing && !greets
	if silent || outage != nil || p.stopped() {
		return []gateway.HopResult{
			{Hop: gateway.HopFront, Status: gateway.HopSkipped}, {Hop: gateway.HopLogin, Status: gateway.HopSkipped}, {Hop: gateway.HopRead, Status: gateway.HopSkipped},
		}
	}
	asking, cancel := context.WithTimeout(ctx, p.wait)
	defer cancel()
	began := time.Now()
	outcome := askAnything(asking, p.destination)
	return gateway.AskedHops(outcome, time.Since(began))
}

// stopped reports whether some breaker holds calls back.
func (p pathTo) stopped() bool {
	code := p.destination.Spec().Code
	for _, row := range p.rows {
		ours := row.Key.Destination == code || row.Key.Destination == gateway.EveryDestination
		if ours && (row.Forced == gateway.BreakerOpen || row.Forced == "" && row.State != gateway.BreakerClosed) {
			return true
		}
	}
	return false
}

// writes says how writes stand, by what breakers know.
func (p pathTo) writes(outage *gateway.Outage) gateway.HopResult {
	hop := gateway.HopResult{Hop: gateway.HopWrite, Status: gateway.HopGood}
	switch {
	case outage != nil && outage.By == "":
		hop.Status, hop.Cause = gateway.HopBad, outage.Cause
		if hop.Party = gateway.Explain(outage.Cause).Party; hop.Party == gateway.PartyNone {
			hop.Party = gateway.PartyDestination
		}
	case outage != nil || p.stopped():
		hop.Status = gateway.HopSkipped
	}
	return hop
}

func resolveHop(ctx context.Context, host string) gateway.HopResult {
	hop := gateway.HopResult{Hop: gateway.HopName, Status: gateway.HopGood}
	if net.ParseIP(host) != nil {
		return hop
	}
	began := time.Now()
	_, err := net.DefaultResolver.LookupHost(ctx, host)
	hop.Took = time.Since(began)
	if err != nil {
		hop.Status, hop.Cause, hop.Party = gateway.HopBad, "dns", gateway.PartyNetwork
	}
	return hop
}

func dialHop(ctx context.Context, address string) gateway.HopResult {
	hop := gateway.HopResult{Hop: gateway.HopConnect, Status: gateway.HopGood}
	began := time.Now()
	conn, err := new(net.Dialer).DialContext(ctx, "tcp", address)
	hop.Took = time.Since(began)
	switch {
	case err == nil:
		_ = conn.Close()
		return hop
	case errors.Is(err, syscall.ECONNREFUSED):
		hop.Cause, hop.Party = "connection.refused", gateway.PartyFront
	default: // nobody answers, or there is no way: a firewall does both
		hop.Cause, hop.Party = "network.unreachable", gateway.PartyNetwork
	}
	hop.Status = gateway.HopBad
	return hop
}

func tlsHop(ctx context.Context, address, host string) gateway.HopResult {
	hop := gateway.HopResult{Hop: gateway.HopTLS, Status: gateway.HopGood}
	began := time.Now()
	conn, err := (&tls.Dialer{Config: &tls.Config{ServerName: host, MinVersion: tls.VersionTLS12}}).DialContext(ctx, "tcp", address)
	hop.Took = time.Since(began)
	if err != nil {
		hop.Status, hop.Cause, hop.Party = gateway.HopBad, "tls", gateway.PartyFront
		return hop
	}
	_ = conn.Close()
	return hop
}
