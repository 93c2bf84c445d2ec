package config_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/gateway/config"
	"github.com/lienthong/lienthong/schema/score"
)

func TestReconcileAndScore(t *testing.T) {
	t.Parallel()
	c, err := config.Parse([]byte(shaped(t, `reconcile: {rate: 5/s, from: "21:30", sample: 6/m, repair: [sent_not_shown]}`,
		`score: {hold: [supplement, result_unreachable], off: [fee_zero]}`)), variables())
	require.NoError(t, err)
	d := c.Destinations[0]
	require.Empty(t, cmp.Diff(gateway.ReconcilePlan{
		Rate: 5, Sample: 0.1, Night: gateway.Window{From: 21*time.Hour + 30*time.Minute, To: 5 * time.Hour},
		Repair: []gateway.DriftClass{gateway.DriftSentNotShown},
	}, d.ReconcilePlan()))
	setting, scored := d.Guard()
	require.True(t, scored)
	require.Equal(t, score.Setting{"supplement": score.Hold, "result_unreachable": score.Hold, "fee_zero": score.Off}, setting)
	written, err := c.YAML()
	require.NoError(t, err)
	again, err := config.Parse(written, variables())
	require.NoError(t, err, string(written))
	require.Empty(t, cmp.Diff(c, again))
}

func TestMistakesOfReconcileAndScore(t *testing.T) {
	t.Parallel()
	for line, what := range map[string]string{
		`reconcile: {rate: fast}`:                            "a rate such as 5/s",
		`reconcile: {from: "22:00"}`:                         "there is no rate that the hours could belong to",
		`reconcile: {rate: 5/s, to: "25:00"}`:                "a time of the day",
		`reconcile: {repair: [foreign]}`:                     "nothing is found that could be repaired",
		`reconcile: {rate: 5/s, repair: [portal_newer]}`:     "portal_newer",
		`reconcile: {rate: 5/s, repair: [foreign, foreign]}`: "given twice",
		`score: {hold: [happiness]}`:                         "neither an indicator nor a rule",
		`score: {hold: [late], warn: [late]}`:                "is under hold already",
	} {
		_, err := config.Parse([]byte(shaped(t, line)), variables())
		require.ErrorContains(t, err, what, line)
	}
}
