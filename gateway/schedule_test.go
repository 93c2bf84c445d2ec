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
	states := gateway.SyncStates()
	require.Equal(t, gateway.StateUnknown, gateway.Dispose("new kind", gateway.ShelfNone).State, "nothing is assumed")
	for _, kind := range constants(t, "destination.go", "OutcomeKind") {
		for _, shelf := range constants(t, "destination.go", "Shelf") {
			d := gateway.Dispose(gateway.OutcomeKind(kind), gateway.Shelf(shelf))
			require.True(t, slices.Contains(states, d.State), "%s on %q", kind, shelf)
			require.NotEmpty(t, d.Repeat)
			require.NotEmpty(t, d.Health)
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
	s := gateway.Schedule{Base: time.Second, Cap: time.Minute, RetryAfterCap: time.Hour}
	rapid.Check(t, func(rt *rapid.T) {
		tries := rapid.IntRange(0, 1000).Draw(rt, "tries")
		asked := time.Duration(rapid.Int64Range(0, int64(3*time.Hour)).Draw(rt, "asked"))
		wait := s.Wait(tries, asked)
		require.GreaterOrEqual(rt, wait, min(asked, s.RetryAfterCap))
		require.LessOrEqual(rt, wait, max(s.Cap, min(asked, s.RetryAfterCap)))
		require.Positive(rt, wait)
	})
	var first, later time.Duration
	for range 200 {
		first, later = max(first, s.Wait(1, 0)), max(later, s.Wait(6, 0))
	}
	require.Less(t, first, 3*time.Second)
	require.Greater(t, later, 20*time.Second, "waits grow")
}
