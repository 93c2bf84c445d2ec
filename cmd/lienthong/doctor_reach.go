package main

import (
	"context"
	"fmt"
	"net"
	"net/url"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/lienthong/lienthong/gateway"
)

// Limits of asking a destination.
const (
	dialTime = 5 * time.Second
	askTime  = 20 * time.Second
)

// strangerKey is a well-formed key that nobody gives out: the look-up of it
// logs in and changes nothing.
func strangerKey(spec gateway.DestinationSpec) string {
	if spec.Keys == gateway.KeyEntity {
		return gateway.EntityKey(spec.Receives[0], uuid.Nil)
	}
	return "000.00.00.H00-000000-0000"
}

// reachChecks connect to a destination, then log in and look up what it does
// not have. Where a breaker stands open nothing is tried: only probes may call then.
func reachChecks(ctx context.Context, d gateway.Destination, address string, rows []gateway.BreakerRow) []gateway.Check {
	code := d.Spec().Code
	for _, row := range rows {
		ours := row.Key.Destination == code || row.Key.Destination == gateway.EveryDestination
		if ours && (row.Forced == gateway.BreakerOpen || row.Forced == "" && row.State != gateway.BreakerClosed) {
			return []gateway.Check{{
				Name: "destination:" + code + ":login", Component: "component", Status: gateway.CheckWarn, Output: "not tried: its breaker is open", At: time.Now(),
			}}
		}
	}
	tcp := dialCheck(ctx, "destination:"+code+":tcp", address)
	_, greets := d.(gateway.Greeter)
	if tcp.Status == gateway.CheckFail || d.Spec().Shows == gateway.ShowsNothing && !greets { // then nothing can be asked
		return []gateway.Check{tcp}
	}
	return []gateway.Check{tcp, loginCheck(ctx, d)}
}

// askAnything logs in, and looks up what is not there where there is a look-up.
func askAnything(ctx context.Context, d gateway.Destination) gateway.Outcome {
	if g, ok := d.(gateway.Greeter); ok && d.Spec().Shows == gateway.ShowsNothing {
		return g.Greet(ctx)
	}
	_, outcome := d.Lookup(ctx, strangerKey(d.Spec()))
	return outcome
}

func dialCheck(ctx context.Context, name, address string) gateway.Check {
	check := gateway.Check{Name: name, Component: "system", Status: gateway.CheckPass, Unit: "ms", At: time.Now()}
	u, err := url.Parse(address)
	if err != nil {
		check.Status, check.Output = gateway.CheckFail, "the URL cannot be read"
		return check
	}
	port := u.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[u.Scheme]
	}
	dialing, cancel := context.WithTimeout(ctx, dialTime)
	defer cancel()
	conn, err := new(net.Dialer).DialContext(dialing, "tcp", net.JoinHostPort(u.Hostname(), port))
	check.Observed = time.Since(check.At).Milliseconds()
	if err != nil {
		check.Status, check.Output = gateway.CheckFail, "nobody answers at its address"
		return check
	}
	_ = conn.Close()
	return check
}

func loginCheck(ctx context.Context, d gateway.Destination) gateway.Check {
	check := gateway.Check{Name: "destination:" + d.Spec().Code + ":login", Component: "component", Status: gateway.CheckPass, Unit: "ms", At: time.Now()}
	asking, cancel := context.WithTimeout(ctx, askTime)
	defer cancel()
	outcome := askAnything(asking, d)
	check.Observed = time.Since(check.At).Milliseconds()
	switch {
	case outcome.Kind == gateway.Found || outcome.Kind == gateway.Absent || outcome.Kind == gateway.Delivered:
		return check
	case outcome.Shelf == gateway.ShelfGateway:
		check.Status, check.Output = gateway.CheckFail, "it refuses us: see url, paths, agency, username, password or token"
	case strings.Contains(outcome.Cause, "login"):
		check.Status, check.Output = gateway.CheckFail, "no login"
	default:
		check.Status, check.Output = gateway.CheckWarn, "it answers, but not to a look-up"
	}
	check.Output += fmt.Sprintf(" (%s, HTTP %d)", outcome.Kind, outcome.HTTPStatus)
	return check
}
