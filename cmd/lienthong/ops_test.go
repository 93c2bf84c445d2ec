package main

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lienthong/lienthong/cmd/lienthong/world"
	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/internal/fault"
	"github.com/lienthong/lienthong/internal/pgtest"
)

// TestOps operates two nodes that bring the portal up to date.
func TestOps(t *testing.T) {
	t.Parallel()
	pool := pgtest.New(t)
	g := prepare(t, pgtest.URL(t))
	a, b := g.run(t), g.run(t)
	ops := func(args ...string) string {
		t.Helper()
		code, out, errs := call(t, append(append([]string{"ops"}, args...), "--config", g.file)...)
		require.Zero(t, code, errs)
		return out
	}
	var dossiers []world.Message
	for block := range world.New(world.Options{Seed: 7, Dossiers: 60}).Blocks() {
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
			status, body, err := g.push(t.Context(), a.api, fmt.Sprint("ops-", pushed), m)
			require.NoError(t, err)
			require.Equal(t, 200, status, string(body))
		}
	}
	attempts := func() (n int) {
		require.NoError(t, pool.QueryRow(t.Context(), `SELECT count(*) FROM attempt`).Scan(&n))
		return n
	}

	waiting := func() (n int) {
		require.NoError(t, pool.QueryRow(t.Context(), `SELECT count(*) FROM delivery_due`).Scan(&n))
		return n
	}

	t.Run("a pause stops both nodes within two seconds, a resume lets them go on", func(t *testing.T) {
		push(20)
		require.Eventually(t, func() bool { return attempts() > 0 }, startTime, 5*time.Millisecond)
		require.Contains(t, ops("pause", "dvcqg", "--reason", "cổng bảo trì", "--actor", "an.nguyen"), "dvcqg is paused")
		for _, n := range []running{a, b} {
			require.Eventually(t, func() bool { return n.breakers.Paused("dvcqg") }, startTime, 5*time.Millisecond)
		}
		push(20)
		var late int
		require.Eventually(t, func() bool { // until what would leave had left
			var over bool
			require.NoError(t, pool.QueryRow(t.Context(), `
				SELECT clock_timestamp() > updated_at + interval '4 s', (SELECT count(*) FROM attempt WHERE started_at > b.updated_at + interval '2 s')
				FROM breaker b WHERE operation = 'all'`).Scan(&over, &late))
			return over
		}, startTime, 50*time.Millisecond)
		require.Zero(t, late)
		require.Positive(t, waiting())
		out := ops("breakers")
		require.Regexp(t, `(?m)^dvcqg +all +PAUSED +\S+ +an.nguyen: cổng bảo trì$`, out)
		require.Contains(t, ops("resume", "dvcqg", "--reason", "xong", "--actor", "binh.tran"), "dvcqg is resumed")
		require.Eventually(t, func() bool { return waiting() == 0 }, startTime, 20*time.Millisecond)
		require.NotContains(t, ops("breakers"), "PAUSED")
	})

	t.Run("all are paused as one", func(t *testing.T) {
		ops("pause", "--all", "--reason", "mất điện", "--actor", "an.nguyen")
		require.Eventually(t, func() bool { return a.breakers.Paused("dvcqg") && b.breakers.Paused("dvcqg") }, startTime, 5*time.Millisecond)
		require.Regexp(t, `still paused: \*, \S+, an.nguyen: mất điện`, ops("resume", "dvcqg", "--reason", "nhầm", "--actor", "an.nguyen"))
		require.True(t, a.breakers.Paused("dvcqg"), "the switch of all is another one")
		require.NotContains(t, ops("resume", "--all", "--reason", "có điện", "--actor", "an.nguyen"), "still paused")
		require.Eventually(t, func() bool { return !a.breakers.Paused("dvcqg") && !b.breakers.Paused("dvcqg") }, startTime, 5*time.Millisecond)
	})

	t.Run("a breaker is forced with a reason and left to itself", func(t *testing.T) {
		create := gateway.BreakerKey{Destination: "dvcqg", Operation: gateway.OpCreate}
		out := ops("breaker", "dvcqg", "create", "open", "--reason", "trả sai", "--actor", "an.nguyen", "--json")
		var standing breakerStanding
		require.NoError(t, json.Unmarshal([]byte(out), &standing))
		require.Equal(t, []string{"create", "open", "an.nguyen", "trả sai"}, []string{standing.Operation, standing.Forced, standing.By, standing.For})
		b.stands(t, create, "heard", func(v gateway.BreakerView) bool { return v.Forced == gateway.BreakerOpen })
		require.Regexp(t, `(?m)^dvcqg +create +forced open +\S+ +an.nguyen: trả sai$`, ops("breakers"))
		ops("breaker", "dvcqg", "create", "closed", "--reason", "đo sai", "--actor", "an.nguyen")
		b.stands(t, create, "heard", func(v gateway.BreakerView) bool { return v.Forced == gateway.BreakerClosed })
		ops("breaker", "dvcqg", "create", "auto", "--reason", "xong", "--actor", "an.nguyen")
		b.stands(t, create, "heard", func(v gateway.BreakerView) bool { return v.Forced == "" })
		require.Contains(t, ops("breaker", "dvcqg", "create", "probe", "--reason", "cổng đã sửa", "--actor", "an.nguyen"), "left to itself; where it stands open")
	})

	t.Run("everything is on record", func(t *testing.T) {
		var actions []gateway.OperatorAction
		require.NoError(t, json.Unmarshal([]byte(ops("actions", "--json")), &actions))
		var told []string
		for _, x := range actions {
			told = append(told, strings.Join([]string{x.Actor, x.Action, x.Destination, string(x.Operation), x.Reason}, " "))
		}
		require.Equal(t, []string{
			"an.nguyen release dvcqg create xong", "an.nguyen force_closed dvcqg create đo sai", "an.nguyen force_open dvcqg create trả sai",
			"an.nguyen resume * all có điện", "an.nguyen pause * all mất điện",
			"binh.tran resume dvcqg all xong", "an.nguyen pause dvcqg all cổng bảo trì",
		}, told)
		require.Regexp(t, `(?m)^\S+ +binh.tran +resume +dvcqg +all +xong$`, ops("actions"))
		require.Len(t, strings.Split(strings.TrimSpace(ops("actions", "--limit", "3")), "\n"), 3)
	})

	t.Run("what is not clear is refused, and nothing is on record", func(t *testing.T) {
		for name, c := range map[string]struct {
			args []string
			code fault.Code
			says string
		}{
			"an unknown destination":        {[]string{"pause", "dvcgq", "--reason", "x", "--actor", "an", "--config", g.file}, fault.Usage, "no destination dvcgq; it has dvcqg"},
			"unknown to the database, too":  {[]string{"pause", "dvcgq", "--reason", "x", "--actor", "an", "--database-url", g.config.DatabaseURL}, fault.NotFound, "nothing was ever sent"},
			"no destination":                {[]string{"pause", "--reason", "x", "--actor", "an", "--config", g.file}, fault.Usage, "a destination or --all"},
			"both":                          {[]string{"pause", "dvcqg", "--all", "--reason", "x", "--actor", "an", "--config", g.file}, fault.Usage, "either a destination or --all"},
			"no reason":                     {[]string{"pause", "dvcqg", "--actor", "an", "--config", g.file}, fault.Usage, "--reason"},
			"a reason of nothing":           {[]string{"pause", "dvcqg", "--reason", " ", "--actor", "an", "--config", g.file}, fault.Usage, "a reason is missing"},
			"an operation that there isn't": {[]string{"breaker", "dvcqg", "delete", "open", "--reason", "x", "--actor", "an", "--config", g.file}, fault.Usage, "delete"},
			"a state that there isn't":      {[]string{"breaker", "dvcqg", "create", "ajar", "--reason", "x", "--actor", "an", "--config", g.file}, fault.Usage, "ajar"},
			"no database":                   {[]string{"breakers"}, fault.Usage, "--config or --database-url"},
		} {
			t.Run(name, func(t *testing.T) {
				code, _, errs := call(t, append([]string{"ops"}, c.args...)...)
				require.Equal(t, exitCodes[c.code], code, errs)
				require.Contains(t, errs, c.says)
			})
		}
		require.Len(t, strings.Split(strings.TrimSpace(ops("actions")), "\n"), 7)
		require.Contains(t, ops("pause", "dvcqg", "--reason", "x", "--actor", "an", "--database-url", g.config.DatabaseURL), "paused", "once it is known there")
		ops("resume", "dvcqg", "--reason", "x", "--actor", "an")
	})

	t.Run("and what was pushed is at the portal in the end", func(t *testing.T) {
		(&sources{ground: g}).settle(t, pool)
	})
}
