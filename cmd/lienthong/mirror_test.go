package main

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"

	"github.com/lienthong/lienthong/cmd/lienthong/world"
	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/internal/pgtest"
)

// running is a node of this process, with its API.
type running struct {
	*node
	api string
}

func (g *ground) run(t *testing.T) running {
	t.Helper()
	n, err := newNode(t.Context(), g.config, nodeOptions{work: true, loopback: true}, slog.New(slog.DiscardHandler), func(string) string { return "" })
	require.NoError(t, err)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- n.run(ctx, listener) }()
	t.Cleanup(func() {
		stop()
		require.NoError(t, <-ended)
		n.pool.Close()
	})
	return running{node: n, api: "http://" + listener.Addr().String()}
}

// stands waits until a node sees a breaker as wanted.
func (r running) stands(t *testing.T, key gateway.BreakerKey, what string, wanted func(gateway.BreakerView) bool) {
	t.Helper()
	require.Eventually(t, func() bool {
		for _, v := range r.breakers.View() {
			if v.Key == key && wanted(v) {
				return true
			}
		}
		return false
	}, startTime, 20*time.Millisecond, what)
}

func TestBreakersAreShared(t *testing.T) {
	t.Parallel()
	pool := pgtest.New(t)
	g := prepare(t, pgtest.URL(t))
	a, b := g.run(t), g.run(t)
	create := gateway.BreakerKey{Destination: "dvcqg", Operation: gateway.OpCreate}
	var dossiers []world.Message
	for block := range world.New(world.Options{Seed: 3, Dossiers: 60}).Blocks() {
		for _, m := range block.Messages {
			if m.Form == "P3" && m.Class == world.Good {
				dossiers = append(dossiers, m)
			}
		}
	}
	pushed := 0
	push := func(n int) {
		for _, m := range dossiers[pushed : pushed+n] {
			pushed++
			status, body, err := g.push(t.Context(), b.api, fmt.Sprint("push-", pushed), m)
			require.NoError(t, err)
			require.Equal(t, 200, status, string(body))
		}
	}
	require.Greater(t, len(dossiers), 40)

	t.Run("forced open on one, no other sends", func(t *testing.T) {
		require.NoError(t, a.breakers.Force(t.Context(), gateway.Order{Key: create, State: gateway.BreakerOpen, Actor: "an.nguyen", Reason: "maintenance"}))
		b.stands(t, create, "the other has heard", func(v gateway.BreakerView) bool { return v.Forced == gateway.BreakerOpen })
		push(5)
		require.Eventually(t, func() bool { return snoozed(t, pool) > 0 }, startTime, 20*time.Millisecond, "a lane comes and goes again")
		require.Zero(t, created(t, pool))
		require.NoError(t, b.breakers.Force(t.Context(), gateway.Order{Key: create, Actor: "an.nguyen", Reason: "over"}))
		a.stands(t, create, "and back", func(v gateway.BreakerView) bool { return v.Forced == "" })
		require.Eventually(t, func() bool { return created(t, pool) > 0 }, startTime, 20*time.Millisecond)
	})

	t.Run("tripped on one, open on the other", func(t *testing.T) {
		g.toggle(t, "/faults", `{"name":"http_502_html","on":true}`)
		push(30)
		open := func(v gateway.BreakerView) bool { return v.State != gateway.BreakerClosed }
		for _, n := range []running{a, b} {
			n.stands(t, create, "open", open)
		}
		g.toggle(t, "/faults", `{"name":"http_502_html","on":false}`)
		closed := func(v gateway.BreakerView) bool { return v.State == gateway.BreakerClosed }
		for _, n := range []running{a, b} {
			n.stands(t, create, "closed again", closed)
		}
		(&sources{ground: g}).settle(t, pool)
	})
}

// created counts the dossiers that the portal took.
func created(t *testing.T, pool *pgxpool.Pool) (n int) {
	t.Helper()
	require.NoError(t, pool.QueryRow(t.Context(), `SELECT count(*) FROM delivery WHERE state IN ('delivered', 'confirmed')`).Scan(&n))
	return n
}

// snoozed counts the lanes that wait for the portal.
func snoozed(t *testing.T, pool *pgxpool.Pool) (n int) {
	t.Helper()
	require.NoError(t, pool.QueryRow(t.Context(), `SELECT count(*) FROM river_job WHERE kind = 'lane' AND state <> 'running' AND scheduled_at > now()`).Scan(&n))
	return n
}
