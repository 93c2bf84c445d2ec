package demo

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/lienthong/lienthong/cmd/lienthong/demo/netfault"
)

// hazard is one thing that goes wrong.
type hazard struct {
	name        string
	least, most time.Duration
	needsTrail  bool   // what it does can be found by a look at the trail alone
	shares      string // switch that others use too; empty: its own
	begin       func(ctx context.Context, x *chaos, e episode) (end func(context.Context) error, err error)
}

func (h hazard) slot() string {
	if h.shares != "" {
		return h.shares
	}
	return h.name
}

// hazards returns everything that can go wrong, by where it does.
func hazards() []hazard {
	var all []hazard
	for _, group := range [][]hazard{answerHazards(), portalHazards(), lineHazards(), processHazards()} {
		all = append(all, group...)
	}
	return all
}

// Shares of calls that a hazard hits, and how long it lasts.
const (
	some  = 0.25
	short = 800 * time.Millisecond
	long  = 3 * time.Second

	longerThanLease = 4 * time.Second // a call's timeout and what is kept to write it down
)

type params = map[string]any

// answerHazards are faults of the simulator that shape an answer.
func answerHazards() []hazard {
	writes := []string{"dossier", "progress", "state", "event"}
	// A success that is none in everything that can be seen is a lie; only who looks finds it.
	seen, looks := []string{"national", "ministry"}, []string{"national"}
	return []hazard{
		portalFault("hang", "hang", params{"share": some}),
		portalFault("html 200", "html_page", params{"share": some}),
		portalFault("html 200, applied", "html_page", params{"share": some, "stored": true}),
		portalFault("html 502", "http_502_html", params{"share": some}),
		portalFault("applied, then 502", "http_502_html", params{"share": some, "stored": true}),
		portalFault("http 503", "http_503", params{"share": some}),
		portalFault("throttled", "throttle", params{"share": some, "delay": "300ms"}),
		portalFault("empty body", "empty_body", params{"share": some, "of": seen}),
		portalFault("empty body, applied", "empty_body", params{"share": some, "stored": true}),
		portalFault("truncated JSON, applied", "truncated_json", params{"share": some}),
		portalFault("truncated JSON", "truncated_json", params{"share": some, "stored": false}),
		portalFault("applied, answer reset", "stored_answer_lost", params{"share": some}),
		portalFault("applied, then a timeout", "stored_answer_lost", params{"share": some, "ending": "hang"}),
		portalFault("applied, answer after the timeout", "stored_answer_lost", params{"share": some, "ending": "slow", "delay": "1500ms"}),
		portalFault("applied late", "applied_late", params{"share": some, "delay": "1s", "ops": writes}),
		portalFault("duplicate answer", "duplicate_answer", params{"share": some}),
		portalFault("success with a bad code, applied", "success_text_bad_code", params{"share": some, "ops": writes}),
		portalFault("success with a bad code", "success_text_bad_code", params{"share": some, "ops": writes, "stored": false}),
		portalFault("good code, bad text, applied", "code_ok_bad_text", params{"share": some, "ops": writes}),
		portalFault("good code, bad text", "code_ok_bad_text", params{"share": some, "ops": writes, "of": looks, "stored": false}),
		needing(portalFault("lying success", "lying_success", params{"share": 0.01, "of": looks})),
	}
}

// portalHazards are moods of the whole portal.
func portalHazards() []hazard {
	peak := func(when string) params { return params{"peak": params{"when": when}} }
	return []hazard{
		portalFault("latency", "latency", params{"share": some, "delay": "700ms"}),
		portalFault("latency beyond the timeout", "latency", params{"share": some, "delay": "5s"}),
		portalFault("look-up lag", "lookup_lag", params{"delay": "700ms"}),
		needing(portalFault("order enforcing", "order_enforcing", nil)),
		portalFault("sessions end", "session_expired", params{"share": some}),
		switched("all sessions are forgotten", "/sessions/expire", params{}, nil),
		switched("peak", "/switches", peak("now"), peak("off")),
	}
}

func needing(h hazard) hazard {
	h.needsTrail = true
	return h
}

// portalFault is a fault of the simulator, with a name that says how it is used.
func portalFault(say, name string, more params) hazard {
	on := params{"name": name, "on": true}
	for k, v := range more {
		on[k] = v
	}
	h := switched(say, "/faults", on, params{"name": name, "on": false})
	h.shares = name
	return h
}

// switched turns something on at the simulator and, unless off is nil, off again.
func switched(say, path string, on, off params) hazard {
	return hazard{name: say, least: short, most: long, begin: func(ctx context.Context, x *chaos, _ episode) (func(context.Context) error, error) {
		if err := x.toggle(ctx, path, on); err != nil || off == nil {
			return nil, err
		}
		return func(ctx context.Context) error { return x.toggle(ctx, path, off) }, nil
	}}
}

// lineHazards are what happens between gateway and portal.
func lineHazards() []hazard {
	var all []hazard
	for _, f := range []netfault.Fault{
		{Kind: netfault.Latency, Share: some, Delay: 400 * time.Millisecond}, {Kind: netfault.Bandwidth, Bytes: 40_000},
		{Kind: netfault.SlowClose, Delay: time.Second}, {Kind: netfault.Reset, Share: some}, {Kind: netfault.Cut, Share: some},
		{Kind: netfault.Stall, Share: some, Delay: 4 * time.Second}, {Kind: netfault.ResetRequest, Share: some}, {Kind: netfault.Refuse},
	} {
		all = append(all, hazard{
			name: "line: " + string(f.Kind), least: short, most: long,
			begin: func(_ context.Context, x *chaos, _ episode) (func(context.Context) error, error) {
				x.proxy.Set(f)
				return func(context.Context) error { return x.proxy.Clear(f.Kind) }, nil
			},
		})
	}
	return all
}

// processHazards are what happens to gateways and database. Each comes in one moment; its length is a pause.
func processHazards() []hazard {
	at := func(say string, do func(context.Context, *chaos, episode) error) hazard {
		return hazard{name: say, least: short, most: short, begin: func(ctx context.Context, x *chaos, e episode) (func(context.Context) error, error) {
			return nil, do(ctx, x, e)
		}}
	}
	return []hazard{
		// Longer than a lease, so that its lanes are taken while it sleeps in the middle of their calls.
		{name: "a gateway is frozen", least: longerThanLease, most: 2 * longerThanLease, begin: func(_ context.Context, x *chaos, e episode) (func(context.Context) error, error) {
			goOn := x.gateways[e.draw.IntN(len(x.gateways))].freeze()
			return func(context.Context) error { goOn(); return nil }, nil
		}},
		at("a gateway is killed", func(_ context.Context, x *chaos, e episode) error {
			x.killSome(e, 1)
			return nil
		}),
		at("every gateway is killed", func(_ context.Context, x *chaos, e episode) error {
			x.killSome(e, len(x.gateways))
			return nil
		}),
		at("database connections are ended", func(ctx context.Context, x *chaos, e episode) error {
			return x.terminate(ctx, "true", 1+e.draw.IntN(8))
		}),
		at("listening connections are ended", func(ctx context.Context, x *chaos, _ episode) error {
			return x.terminate(ctx, "query ILIKE 'listen%'", 100)
		}),
		at("the database crashes", func(ctx context.Context, x *chaos, _ episode) error {
			if err := x.db.Crash(ctx); err != nil {
				return err
			}
			x.tally.add(&x.tally.Crashes, 1)
			return nil
		}),
	}
}

// killSome kills n gateways and lets each rest for a while of its own.
func (x *chaos) killSome(e episode, n int) {
	for _, i := range e.draw.Perm(len(x.gateways))[:n] {
		if x.gateways[i].kill(time.Duration(e.draw.Int64N(int64(2 * time.Second)))) {
			x.tally.add(&x.tally.Kills, 1)
		}
	}
}

// terminate ends at most limit connections of the gateways that a condition
// names, any of them. A database that is just away has none.
func (x *chaos) terminate(ctx context.Context, which string, limit int) error {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	conn, err := pgx.Connect(ctx, x.databaseURL)
	if err != nil {
		return awayOr(err)
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	var n int
	err = conn.QueryRow(ctx, `
		SELECT count(*) FILTER (WHERE pg_terminate_backend(pid))
		FROM (SELECT pid FROM pg_stat_activity
		      WHERE datname = current_database() AND application_name LIKE 'lienthong %' AND `+which+`
		      ORDER BY random()
		      LIMIT $1) AS victim`, limit).Scan(&n)
	if err == nil {
		x.tally.add(&x.tally.Terminated, n)
	}
	return awayOr(err)
}

// awayOr returns what the database itself said was wrong. That it is away,
// starting or going, is what a chaos run wants of it.
func awayOr(err error) error {
	var said *pgconn.PgError
	if errors.As(err, &said) && !strings.HasPrefix(said.Code, "57P") { // operator intervention
		return err
	}
	return nil
}
