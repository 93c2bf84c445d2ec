package gateway_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lienthong/lienthong/adapters"
	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/schema"
)

func TestTraceID(t *testing.T) {
	t.Parallel()
	const id = "0af7651916cd43dd8448eb211c80319c"
	for header, want := range map[string]string{
		"00-" + id + "-b7ad6b7169203331-01":       id,
		"00-" + id + "-b7ad6b7169203331-00":       id,
		"cc-" + id + "-b7ad6b7169203331-01-later": id, // a version to come may say more
		"":                                       "",
		id:                                       "",
		"ff-" + id + "-b7ad6b7169203331-01":      "",
		"00-" + id + "-b7ad6b7169203331-01-more": "",
		"00-" + id + "-b7ad6b7169203331":         "",
		"00-" + id + "-0000000000000000-01":      "",
		"00-00000000000000000000000000000000-b7ad6b7169203331-01": "",
		"00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01": "",
		"00-Nguyen Thi Hanh 079190000123 xx-b7ad6b7169203331-01":  "",
		"00-" + id + "0-b7ad6b7169203331-01":                      "",
		" 00-" + id + "-b7ad6b7169203331-01":                      "",
		"0-" + id + "-b7ad6b7169203331-01":                        "",
		"00-" + id + "-b7ad6b7169203331-1":                        "",
	} {
		got, ok := gateway.TraceID(header)
		require.Equal(t, want, got, "%q", header)
		require.Equal(t, want != "", ok)
	}
}

func TestCorrelationTravelsWithTheUnit(t *testing.T) {
	t.Parallel()
	require.Zero(t, gateway.CorrelationOf(context.Background()))
	in := gateway.NewIngestor(gateway.IngestorOptions{Sources: []gateway.Source{{Code: "s", Adapter: silent{}}}})
	ctx := gateway.WithCorrelation(t.Context(), gateway.Correlation{RequestID: "r", Trace: "t"})
	unit, err := in.Prepare(ctx, gateway.Push{Source: "s"})
	require.NoError(t, err)
	require.Equal(t, "t", unit.Trace)
	require.Equal(t, "r", gateway.CorrelationOf(ctx).RequestID)
}

type silent struct{}

func (silent) Normalize(context.Context, adapters.Raw) ([]schema.Record, error) { return nil, nil }

func TestWorst(t *testing.T) {
	t.Parallel()
	check := func(statuses ...gateway.CheckStatus) (all []gateway.Check) {
		for _, s := range statuses {
			all = append(all, gateway.Check{Status: s})
		}
		return all
	}
	require.Equal(t, gateway.CheckPass, gateway.Worst(nil))
	require.Equal(t, gateway.CheckWarn, gateway.Worst(check("pass", "warn", "pass")))
	require.Equal(t, gateway.CheckFail, gateway.Worst(check("warn", "fail", "warn")))
}
