package gateway_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/lienthong/lienthong/gateway"
)

// constants returns the values of the constants of a type that a file declares.
func constants(t *testing.T, file, typ string) []string {
	t.Helper()
	f, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
	require.NoError(t, err)
	var values []string
	ast.Inspect(f, func(n ast.Node) bool {
		v, is := n.(*ast.ValueSpec)
		if !is {
			return true
		}
		if id, named := v.Type.(*ast.Ident); named && id.Name == typ {
			s, err := strconv.Unquote(v.Values[0].(*ast.BasicLit).Value)
			require.NoError(t, err)
			values = append(values, s)
		}
		return true
	})
	require.NotEmpty(t, values)
	return values
}

func TestDisposeKnowsEveryOutcome(t *testing.T) {
	t.Parallel()
	unknown := gateway.Dispose(gateway.Unknown, gateway.ShelfNone)
	states, classes := gateway.SyncStates(), constants(t, "schedule.go", "RetryClass")
	require.Equal(t, gateway.StateUnknown, gateway.Dispose("new kind", gateway.ShelfNone).State, "nothing is assumed")
	for _, kind := range constants(t, "destination.go", "OutcomeKind") {
		for _, shelf := range constants(t, "destination.go", "Shelf") {
			d := gateway.Dispose(gateway.OutcomeKind(kind), gateway.Shelf(shelf))
			require.True(t, slices.Contains(states, d.State), "%s on %q", kind, shelf)
			require.NotEmpty(t, d.Repeat)
			require.NotEmpty(t, d.Health)
			waits := d.Repeat == gateway.RepeatSchedule || d.Repeat == gateway.RepeatSettled
			require.True(t, !waits || slices.Contains(classes, string(d.Class)), "%s on %q waits by no schedule", kind, shelf)
			require.Equal(t, d.Shelf == gateway.ShelfNone, d.Origin == gateway.OriginNone, "%s: somebody is at fault or nobody", kind)
			require.Equal(t, string(d.Shelf), string(d.Origin))
			if kind != string(gateway.Unknown) {
				require.NotEqual(t, unknown.State, d.State, "%s is not in the table", kind)
			}
		}
	}
}

func TestSyncStatesAreComplete(t *testing.T) {
	t.Parallel()
	var listed []string
	for _, s := range gateway.SyncStates() {
		listed = append(listed, string(s))
	}
	require.ElementsMatch(t, constants(t, "lane_state.go", "SyncState"), listed)
}

func TestScheduleWait(t *testing.T) {
	t.Parallel()
	for _, class := range constants(t, "schedule.go", "RetryClass") {
		class := gateway.RetryClass(class)
		s := gateway.Schedule{Base: time.Second, Cap: time.Minute, RetryAfterCap: time.Hour}
		rapid.Check(t, func(rt *rapid.T) {
			tries := rapid.IntRange(0, 1000).Draw(rt, "tries")
			asked := time.Duration(rapid.Int64Range(0, int64(3*time.Hour)).Draw(rt, "asked"))
			wait := s.Wait(class, tries, asked)
			require.GreaterOrEqual(rt, wait, min(asked, s.RetryAfterCap))
			require.LessOrEqual(rt, wait, max(s.Cap, min(asked, s.RetryAfterCap)+s.Base))
			require.Positive(rt, wait)
		})
		var first, later time.Duration
		for range 200 {
			first, later = max(first, s.Wait(class, 1, 0)), max(later, s.Wait(class, 6, 0))
		}
		require.Less(t, first, 3*time.Second)
		require.Greater(t, later, 20*time.Second, "waits grow")
	}
}

// The longest of many waits of each class, after one failure and after very many.
func TestScheduleOfEachClass(t *testing.T) {
	t.Parallel()
	longest := func(s gateway.Schedule, class gateway.RetryClass, tries int) (most time.Duration) {
		for range 500 {
			most = max(most, s.Wait(class, tries, 0))
		}
		return most
	}
	for class, want := range map[gateway.RetryClass]struct{ first, last time.Duration }{
		gateway.RetryUnavailable:   {2250 * time.Millisecond, 10 * time.Minute},
		gateway.RetryThrottled:     {4500 * time.Millisecond, 5 * time.Minute},
		gateway.RetryUnknown:       {2250 * time.Millisecond, 10 * time.Minute},
		gateway.RetrySession:       {2250 * time.Millisecond, time.Minute},
		gateway.RetryContradiction: {11250 * time.Millisecond, 10 * time.Minute},
		gateway.RetryRefused:       {33750 * time.Millisecond, 10 * time.Minute},
	} {
		first, last := longest(gateway.Schedule{}, class, 1), longest(gateway.Schedule{}, class, 60)
		require.LessOrEqual(t, first, want.first, class)
		require.Greater(t, first, want.first*8/10, class)
		require.LessOrEqual(t, last, want.last, class)
		require.Greater(t, last, want.last*8/10, class)
		require.LessOrEqual(t, longest(gateway.Schedule{Cap: 2 * time.Second}, class, 60), 2*time.Second, class)
	}
	require.Greater(t, longest(gateway.Schedule{Cap: time.Hour}, gateway.RetryUnavailable, 60), 45*time.Minute)
	t.Run("who was asked to wait comes at a moment of his own", func(t *testing.T) {
		t.Parallel()
		moments := map[time.Duration]bool{}
		for range 50 {
			moments[gateway.Schedule{}.Wait(gateway.RetryThrottled, 1, time.Minute)] = true
		}
		require.Greater(t, len(moments), 40)
	})
}
