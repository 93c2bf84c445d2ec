package telemetry_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"

	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/gateway/telemetry"
)

// declaring is a destination that does nothing but declare.
type declaring struct {
	gateway.Destination
	spec gateway.DestinationSpec
}

func (d declaring) Spec() gateway.DestinationSpec { return d.spec }

// TestSeriesOfEveryDeclaredOperation holds the series of a quiet process against what its destinations declare.
func TestSeriesOfEveryDeclaredOperation(t *testing.T) {
	t.Parallel()
	specs := map[string]struct {
		spec       gateway.DestinationSpec
		operations string // in the order of names
	}{
		"portal": {gateway.DestinationSpec{Shows: gateway.ShowsTrail}, "create lookup steps update"},
		"ministry": {gateway.DestinationSpec{Shows: gateway.ShowsNothing, Writes: []gateway.Operation{
			gateway.OpNumber, gateway.OpUpload, gateway.OpCreate, gateway.OpSteps, gateway.OpStatus,
		}}, "create number status steps upload"},
		"store": {gateway.DestinationSpec{Shows: gateway.ShowsNothing, Writes: []gateway.Operation{
			gateway.OpCreate, gateway.OpUpdate, gateway.OpRetract,
		}}, "create retract update"},
	}
	synctest.Test(t, func(t *testing.T) {
		o := telemetry.New(telemetry.Options{})
		var declared []gateway.DestinationSpec
		var all []gateway.Destination
		for code, c := range specs {
			c.spec.Code = code
			declared, all = append(declared, c.spec), append(all, declaring{spec: c.spec})
		}
		o.Destinations(all)
		watch := o.NewWatch(telemetry.WatchOptions{Store: &vitals{breakers: []gateway.BreakerRow{
			{Key: gateway.BreakerKey{Destination: "store", Operation: gateway.OpRetract}, State: gateway.BreakerOpen},
		}}, Destinations: declared})
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- watch.Run(ctx) }()
		synctest.Wait()
		got := series(t, o)
		for code, c := range specs {
			require.Equal(t, c.operations, operationsOf(got, "lienthong_breaker_state{destination="+code+","), code)
			require.Equal(t, c.operations, operationsOf(got, "lienthong_sync_duration_seconds{destination="+code+","), code)
		}
		require.EqualValues(t, 2, got["lienthong_breaker_state{destination=store,operation=retract}"], "a row says otherwise")
		stop()
		require.NoError(t, <-ended)
	})
}

// operationsOf returns the operations of the series with a prefix, in the order of their names.
func operationsOf(got map[string]float64, prefix string) string {
	var all []string
	for name := range got {
		if rest, ok := strings.CutPrefix(name, prefix+"operation="); ok {
			all = append(all, strings.TrimSuffix(rest, "}"))
		}
	}
	slices.Sort(all)
	return strings.Join(all, " ")
}
