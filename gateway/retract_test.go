package gateway_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/schema"
)

// TestRetractionWhereNobodyCanBeTold is about destinations that no contract gives a way to take something back from.
func TestRetractionWhereNobodyCanBeTold(t *testing.T) {
	t.Parallel()
	for _, shows := range []gateway.LookupMode{gateway.ShowsTrail, gateway.ShowsNothing} {
		t.Run("shows "+string(shows), func(t *testing.T) {
			t.Parallel()
			w := setupWorld(t, shows)
			retract := func(key string, undo bool) {
				done, err := w.store.Retract(t.Context(), gateway.Retraction{
					EntityID: w.ids[key], Kind: schema.KindDossier, Undo: undo, Actor: "hoa", Reason: "nhập nhầm",
				})
				require.NoError(t, err)
				w.revs[key] = done.Revision
			}
			w.want("A", content{Header: "v1"})
			w.settle()
			sent := len(w.portal.calls)

			retract("A", false)
			w.settle()
			state, shelf, cause := w.state("A")
			require.Equal(t, []string{"failed_data", "destination", "retract.unsupported"}, []string{string(state), string(shelf), cause}, "a person is asked")
			require.Len(t, w.portal.calls, sent, "and nothing is sent")

			retract("A", true)
			w.settle()
			state, shelf, _ = w.state("A")
			require.Contains(t, []gateway.SyncState{gateway.StateDelivered, gateway.StateConfirmed}, state)
			require.Empty(t, shelf)
			require.Len(t, w.portal.calls, sent, "it stands there as it did")

			w.want("B", content{Header: "v1"})
			retract("B", false)
			w.settle()
			state, _, _ = w.state("B")
			require.Equal(t, gateway.StateDelivered, state, "what nobody was told needs nothing")
			require.Len(t, w.portal.calls, sent)
		})
	}
}
