package telemetry_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/gateway/telemetry"
)

// body is a store that stands as it is told.
type body struct {
	vitals
	st     gateway.Standing
	away   error
	asked  int
	ahead  time.Duration // of its clock
	months int
	rows   int
	lag    time.Duration
}

func (b *body) Standing(context.Context) (gateway.Standing, error) {
	b.asked++
	b.st.Clock = time.Now().Add(b.ahead)
	if b.away != nil {
		return gateway.Standing{}, b.away
	}
	return b.st, nil
}

func (b *body) FeedLag(context.Context) (time.Duration, error) { return b.lag, b.err }

func (b *body) Partitions(context.Context) ([]gateway.PartitionStatus, error) {
	return []gateway.PartitionStatus{{Table: "change", MonthsAhead: b.months, DefaultRows: b.rows}}, b.err
}

func healthy() *body {
	return &body{months: 3, st: gateway.Standing{
		Version: 170004, Writable: true, Schema: 7, RiverSchema: 6, Leader: true,
		Settings: map[string]string{"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"},
	}}
}

func examiner(b *body) *telemetry.Examiner {
	return telemetry.NewExaminer(telemetry.ExaminerOptions{Store: b, Destinations: []string{"dvcqg", "lgsp"}, Schema: 7, RiverSchema: 6})
}

func statuses(checks []gateway.Check) map[string]gateway.CheckStatus {
	all := map[string]gateway.CheckStatus{}
	for _, c := range checks {
		all[c.Name] = c.Status
	}
	return all
}

func TestExamine(t *testing.T) {
	t.Parallel()
	pass := map[string]gateway.CheckStatus{
		"postgres:connection": "pass", "postgres:writable": "pass", "migrations:lienthong": "pass", "migrations:river": "pass",
		"sequencer:leader": "pass", "destination:dvcqg:breaker": "pass", "destination:lgsp:breaker": "pass",
	}
	open := func(op gateway.Operation, state, forced gateway.BreakerState) gateway.BreakerRow {
		return gateway.BreakerRow{Key: gateway.BreakerKey{Destination: "dvcqg", Operation: op}, State: state, Forced: forced}
	}
	for name, tc := range map[string]struct {
		change func(b *body)
		name   string
		status gateway.CheckStatus
		output string
	}{
		"all is well":                   {func(*body) {}, "", "", ""},
		"a schema that is behind fails": {func(b *body) { b.st.Schema = 6 }, "migrations:lienthong", "fail", "the program needs version 7: run lienthong migrate up"},
		"a schema that is ahead serves": {func(b *body) { b.st.Schema = 8 }, "migrations:lienthong", "pass", "newer than the program, which knows version 7"},
		"River's schema counts too":     {func(b *body) { b.st.RiverSchema = 5 }, "migrations:river", "fail", "the program needs version 6: run lienthong migrate up"},
		"a missing leader is a warning": {func(b *body) { b.st.Leader = false }, "sequencer:leader", "warn", "no node numbers the feed at this moment; pushes are taken"},
		"a standby takes no pushes":     {func(b *body) { b.st.Writable = false }, "postgres:writable", "fail", "the database is a standby or takes no writes"},
		"an open breaker is a warning": {func(b *body) {
			b.breakers = []gateway.BreakerRow{open("create", "open", ""), open("steps", "half_open", "")}
		}, "destination:dvcqg:breaker", "warn", "create open, steps half_open"},
		"a breaker that is forced open, too": {func(b *body) { b.breakers = []gateway.BreakerRow{open("create", "closed", "open")} }, "destination:dvcqg:breaker", "warn", "create forced_open"},
		"a kill switch": {func(b *body) {
			b.breakers = []gateway.BreakerRow{open(gateway.OpAll, "closed", "open"), open("create", "open", "")}
		}, "destination:dvcqg:breaker", "warn", "create open, paused"},
		"a kill switch that is off":       {func(b *body) { b.breakers = []gateway.BreakerRow{open(gateway.OpAll, "closed", "")} }, "", "", ""},
		"a breaker that is forced closed": {func(b *body) { b.breakers = []gateway.BreakerRow{open("create", "open", "closed")} }, "", "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := healthy()
			tc.change(b)
			checks := examiner(b).Examine(t.Context())
			want := map[string]gateway.CheckStatus{}
			for k, v := range pass {
				want[k] = v
			}
			if tc.name != "" {
				want[tc.name] = tc.status
			}
			require.Equal(t, want, statuses(checks))
			for _, c := range checks {
				if c.Name == tc.name {
					require.Equal(t, tc.output, c.Output)
				}
			}
		})
	}
	t.Run("the kill switch of all is a warning for each", func(t *testing.T) {
		b := healthy()
		b.breakers = []gateway.BreakerRow{{Key: gateway.SwitchKey(gateway.EveryDestination), State: gateway.BreakerClosed, Forced: gateway.BreakerOpen}}
		checks := statuses(examiner(b).Examine(t.Context()))
		require.Equal(t, []gateway.CheckStatus{"warn", "warn"}, []gateway.CheckStatus{checks["destination:dvcqg:breaker"], checks["destination:lgsp:breaker"]})
	})
	t.Run("without a database there is one check, and it names nothing", func(t *testing.T) {
		b := healthy()
		b.away = errors.New("no route to " + canary)
		checks := examiner(b).Examine(t.Context())
		require.Equal(t, map[string]gateway.CheckStatus{"postgres:connection": "fail"}, statuses(checks))
		require.NotContains(t, checks[0].Output, canary)
	})
	t.Run("who asks all the time gets the same answer", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			b := healthy()
			e := examiner(b)
			for range 100 {
				e.Examine(t.Context())
				time.Sleep(5 * time.Millisecond) // of the bubble
			}
			require.Equal(t, 1, b.asked)
			time.Sleep(time.Second)
			e.Examine(t.Context())
			require.Equal(t, 2, b.asked)
		})
	})
}

func TestDiagnose(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		change func(b *body)
		name   string
		status gateway.CheckStatus
	}{
		"an old PostgreSQL":               {func(b *body) { b.st.Version = 130011 }, "postgres:version", "fail"},
		"no fsync":                        {func(b *body) { b.st.Settings["fsync"] = "off" }, "postgres:fsync", "fail"},
		"commits that are not waited":     {func(b *body) { b.st.Settings["synchronous_commit"] = "off" }, "postgres:synchronous_commit", "fail"},
		"commits on a standby":            {func(b *body) { b.st.Settings["synchronous_commit"] = "remote_apply" }, "postgres:synchronous_commit", "pass"},
		"no full pages":                   {func(b *body) { b.st.Settings["full_page_writes"] = "off" }, "postgres:full_page_writes", "fail"},
		"a clock that is a bit off":       {func(b *body) { b.ahead = -10 * time.Second }, "clock:difference", "warn"},
		"a clock that is far off":         {func(b *body) { b.ahead = time.Hour }, "clock:difference", "fail"},
		"a month without a partition":     {func(b *body) { b.months = -1 }, "partitions:change", "fail"},
		"the next one without":            {func(b *body) { b.months = 0 }, "partitions:change", "warn"},
		"rows in no partition":            {func(b *body) { b.rows = 1 }, "partitions:change:default", "warn"},
		"a feed that stands":              {func(b *body) { b.lag = time.Minute }, "feed:lag", "warn"},
		"a question that is not answered": {func(b *body) { b.err = errors.New("away") }, "postgres:query", "fail"},
		"a backlog that is old": {func(b *body) {
			b.backlog = []gateway.Backlog{{Destination: "dvcqg", Oldest: 2 * time.Hour, Counts: map[gateway.SyncState]int{gateway.StateQueued: 1}}}
		}, "destination:dvcqg:backlog", "warn"},
		"a backlog that is young": {func(b *body) {
			b.backlog = []gateway.Backlog{{Destination: "dvcqg", Oldest: time.Minute, Counts: map[gateway.SyncState]int{gateway.StateQueued: 8000}}}
		}, "destination:dvcqg:backlog", "pass"},
		"what waits for a person": {func(b *body) {
			b.backlog = []gateway.Backlog{{Destination: "dvcqg", Counts: map[gateway.SyncState]int{gateway.StateFailedGateway: 1}}}
		}, "destination:dvcqg:parked", "warn"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := healthy()
			require.Equal(t, gateway.CheckPass, gateway.Worst(examiner(b).Diagnose(t.Context(), b).Checks))
			tc.change(b)
			got := statuses(examiner(b).Diagnose(t.Context(), b).Checks)
			require.Equal(t, tc.status, got[tc.name])
			for check, status := range got {
				if check != tc.name {
					require.Equal(t, gateway.CheckPass, status, check)
				}
			}
		})
	}
	t.Run("before the first migration no table is asked for", func(t *testing.T) {
		b := healthy()
		b.st.Schema = 0
		got := statuses(examiner(b).Diagnose(t.Context(), b).Checks)
		require.Equal(t, gateway.CheckFail, got["migrations:lienthong"])
		require.NotContains(t, got, "partitions:change")
		require.Empty(t, b.vitals.asked["backlog"])
	})
}
