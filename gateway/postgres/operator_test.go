package postgres_test

import (
	"context"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/stretchr/testify/require"

	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/gateway/postgres"
	"github.com/lienthong/lienthong/internal/fault"
)

func TestOrdersAreKept(t *testing.T) {
	b := setup(t)
	create := gateway.BreakerKey{Destination: "dvcqg", Operation: gateway.OpCreate}
	known, err := b.store.WorkedFor(t.Context(), "dvcqg")
	require.NoError(t, err)
	require.False(t, known)
	for _, o := range []gateway.Order{
		{Key: gateway.SwitchKey("dvcqg"), State: gateway.BreakerOpen, Actor: "an.nguyen", Reason: "cổng bảo trì"},
		{Key: gateway.SwitchKey(gateway.EveryDestination), State: gateway.BreakerOpen, Actor: "an.nguyen", Reason: "thử"},
		{Key: gateway.SwitchKey("dvcqg"), Actor: "binh.tran", Reason: "xong"},
		{Key: create, State: gateway.BreakerClosed, Actor: "binh.tran", Reason: "đo sai"},
		{Key: create, State: gateway.BreakerOpen, Actor: "binh.tran", Reason: "lỗi"},
		{Key: create, Actor: "binh.tran", Reason: "hết lỗi"},
	} {
		_, err := b.store.ForceBreaker(t.Context(), o)
		require.NoError(t, err)
	}
	want := []gateway.OperatorAction{
		{Actor: "binh.tran", Action: "release", Destination: "dvcqg", Operation: "create", Reason: "hết lỗi"},
		{Actor: "binh.tran", Action: "force_open", Destination: "dvcqg", Operation: "create", Reason: "lỗi"},
		{Actor: "binh.tran", Action: "force_closed", Destination: "dvcqg", Operation: "create", Reason: "đo sai"},
		{Actor: "binh.tran", Action: "resume", Destination: "dvcqg", Operation: "all", Reason: "xong"},
		{Actor: "an.nguyen", Action: "pause", Destination: "*", Operation: "all", Reason: "thử"},
		{Actor: "an.nguyen", Action: "pause", Destination: "dvcqg", Operation: "all", Reason: "cổng bảo trì"},
	}
	got, err := b.store.OperatorActions(t.Context(), 100)
	require.NoError(t, err)
	require.Empty(t, cmp.Diff(want, got, cmpopts.IgnoreFields(gateway.OperatorAction{}, "At")))
	got, err = b.store.OperatorActions(t.Context(), 2)
	require.NoError(t, err)
	require.Len(t, got, 2)
	known, err = b.store.WorkedFor(t.Context(), "dvcqg")
	require.NoError(t, err)
	require.True(t, known)
}

func TestOrdersThatAreNone(t *testing.T) {
	b := setup(t)
	good := gateway.Order{Key: gateway.SwitchKey("dvcqg"), State: gateway.BreakerOpen, Actor: "an", Reason: "x"}
	for name, spoil := range map[string]func(*gateway.Order){
		"nobody says it":                 func(o *gateway.Order) { o.Actor = " " },
		"nobody knows why":               func(o *gateway.Order) { o.Reason = "" },
		"a reason of two lines":          func(o *gateway.Order) { o.Reason = "a\nb" },
		"a reason that is an essay":      func(o *gateway.Order) { o.Reason = strings.Repeat("à", 501) },
		"text that is none":              func(o *gateway.Order) { o.Actor = "\xff" },
		"a switch that is forced closed": func(o *gateway.Order) { o.State = gateway.BreakerClosed },
		"an operation of all":            func(o *gateway.Order) { o.Key = gateway.BreakerKey{Destination: "*", Operation: gateway.OpCreate} },
		"a state that there is not":      func(o *gateway.Order) { o.State = gateway.BreakerHalfOpen },
	} {
		t.Run(name, func(t *testing.T) {
			o := good
			spoil(&o)
			_, err := b.store.ForceBreaker(t.Context(), o)
			require.Equal(t, fault.Invalid, fault.CodeOf(err))
		})
	}
	rows, err := b.store.Breakers(t.Context())
	require.NoError(t, err)
	require.Empty(t, rows)
	actions, err := b.store.OperatorActions(t.Context(), 10)
	require.NoError(t, err)
	require.Empty(t, actions, "what was not done was not done by anybody")
}

// TestOrdersAreHeard lets one process listen to what another says.
func TestOrdersAreHeard(t *testing.T) {
	b := setup(t)
	listener := postgres.New(b.pool)
	sequencer := postgres.NewSequencer(listener, slog.New(slog.DiscardHandler))
	heard := func(changed <-chan struct{}) {
		t.Helper()
		select {
		case <-changed:
		case <-time.After(20 * time.Second):
			t.Fatal("nothing was heard")
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error)
	changed := listener.BreakersChanged()
	go func() { done <- sequencer.Run(ctx) }()
	heard(changed) // it listens from now on; what was said before may have been missed
	for _, say := range []func() error{
		func() error {
			_, err := b.store.ForceBreaker(t.Context(), gateway.Order{Key: gateway.SwitchKey("dvcqg"), State: gateway.BreakerOpen, Actor: "an", Reason: "x"})
			return err
		},
		func() error {
			_, _, err := b.store.MoveBreaker(t.Context(), gateway.BreakerMove{
				Key: gateway.BreakerKey{Destination: "dvcqg", Operation: gateway.OpCreate}, From: []gateway.BreakerState{gateway.BreakerClosed}, To: gateway.BreakerOpen, Node: "b",
			})
			return err
		},
	} {
		changed = listener.BreakersChanged()
		require.NoError(t, say())
		heard(changed)
	}
	cancel()
	require.NoError(t, <-done)
}
