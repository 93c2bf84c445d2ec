package gateway_test

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/internal/fault"
)

// rereading is a plan from raw of which some entities are not read again.
type rereading struct {
	gateway.ReplayStore
	gateway.ReplaySources
	items  []gateway.ReplayItem
	faults map[uuid.UUID]fault.Code

	released []gateway.ReplayRelease
}

func (r *rereading) TakeReplayTurn(context.Context, uuid.UUID, time.Duration) (gateway.ReplayTurn, bool, error) {
	return gateway.ReplayTurn{Plan: uuid.New(), Origin: gateway.FromRaw, State: gateway.ReplayRunning, Allow: 10}, true, nil
}

func (r *rereading) SettleReplay(context.Context, uuid.UUID) error { return nil }

func (r *rereading) NextReplayItems(context.Context, uuid.UUID, int) ([]gateway.ReplayItem, error) {
	return r.items, nil
}

func (r *rereading) ReleaseReplay(_ context.Context, _, _ uuid.UUID, items []gateway.ReplayRelease) ([]gateway.LaneKey, error) {
	r.released = items
	return nil, nil
}

func (r *rereading) EndReplayTurn(context.Context, uuid.UUID, uuid.UUID, time.Duration) error {
	return nil
}

func (r *rereading) MessagesOf(_ context.Context, entities []uuid.UUID) ([]gateway.StoredMessage, error) {
	for _, id := range entities {
		if code := r.faults[id]; code != "" {
			return nil, fault.New(code, "test", "not this one")
		}
	}
	return nil, nil
}

func TestReplayFromRawPassesOverWhatIsNotReadAgain(t *testing.T) {
	t.Parallel()
	good, bad := uuid.New(), uuid.New()
	step := func(code fault.Code) (*rereading, error) {
		r := &rereading{
			items:  []gateway.ReplayItem{{Destination: "model", EntityID: good}, {Destination: "model", EntityID: bad}},
			faults: map[uuid.UUID]fault.Code{bad: code},
		}
		_, err := gateway.NewReplayer(gateway.ReplayerConfig{
			Store: r, Reads: r, Again: gateway.NewRenormaliser(nil, nil), Logger: slog.New(slog.DiscardHandler),
		}).Step(t.Context())
		return r, err
	}
	for _, code := range []fault.Code{fault.Internal, fault.Invalid, fault.Conflict} {
		r, err := step(code)
		require.NoError(t, err, "a plan that fails at every step stands still for ever")
		require.Equal(t, []gateway.ReplayRelease{
			{ReplayItem: gateway.ReplayItem{Destination: "model", EntityID: good}},
			{ReplayItem: gateway.ReplayItem{Destination: "model", EntityID: bad}, Skip: gateway.WhyUnread},
		}, r.released)
	}
	words, ok := gateway.WhyWords(gateway.WhyUnread)
	require.True(t, ok)
	require.NotEmpty(t, words.VI)

	r, err := step(fault.Unavailable)
	require.Error(t, err, "what is away comes back: it is tried again")
	require.Empty(t, r.released)
}

func TestReplayRatesAreNumbers(t *testing.T) {
	t.Parallel()
	nan := 0.0
	nan /= nan
	for _, rate := range []float64{nan, -1, gateway.MaxReplayRate + 1} {
		r := gateway.ReplayRequest{Selection: gateway.ReplaySelection{Cause: "x"}, Rate: rate}
		require.Equal(t, fault.Invalid, fault.CodeOf(r.Check()))
	}
}
