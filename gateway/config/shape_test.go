package config_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/gateway/config"
)

// shaped is the good file with more lines about its destination, from line 23 on.
func shaped(t *testing.T, lines ...string) string {
	text := strings.ReplaceAll(good, "KEYS", keyFolder(t))
	for _, line := range lines {
		text += "    " + line + "\n"
	}
	return text
}

func TestShapes(t *testing.T) {
	t.Parallel()
	c, err := config.Parse([]byte(shaped(t, "rate: 300/m", "burst: 7", "breaker: {ramp_calls: 3}", "windows:",
		`  - {kind: peak, days: [mon, fri], from: "07:30", to: "10:00", rate: 0.5/s, lanes: 2}`,
		`  - {kind: maintenance, from: "22:00", to: "05:00"}`,
		`  - {kind: maintenance, days: [sun], from: "00:00", to: "24:00"}`)), variables())
	require.NoError(t, err)
	require.Equal(t, 3, c.Destinations[0].Breaker.RampCalls)
	require.Empty(t, cmp.Diff(gateway.Shape{
		Rate: 5, Burst: 7, Windows: []gateway.Window{
			{Days: []time.Weekday{time.Monday, time.Friday}, From: 7*time.Hour + 30*time.Minute, To: 10 * time.Hour, Rate: 0.5, Lanes: 2},
			{From: 22 * time.Hour, To: 5 * time.Hour, Maintenance: true},
			{Days: []time.Weekday{time.Sunday}, To: 24 * time.Hour, Maintenance: true},
		},
	}, c.Destinations[0].Shape()))
	written, err := c.YAML()
	require.NoError(t, err)
	again, err := config.Parse(written, variables())
	require.NoError(t, err, string(written))
	require.Empty(t, cmp.Diff(c, again))

	plain, err := config.Parse([]byte(shaped(t)), variables())
	require.NoError(t, err)
	require.Empty(t, cmp.Diff(gateway.Shape{}, plain.Destinations[0].Shape()))
}

func TestMistakesOfShapes(t *testing.T) {
	t.Parallel()
	const rate = "a rate such as 5/s or 300/m is expected"
	const clock = `a time of the day such as "07:30" is expected`
	window := func(text string) []string { return []string{"rate: 5/s", "windows:", "  - {" + text + "}"} }
	for name, w := range map[string]struct {
		lines []string
		want  string
	}{
		"a rate without a time":         {[]string{`rate: "5"`}, "23:11: destinations[0].rate: " + rate},
		"a rate that is a number":       {[]string{`rate: 5`}, "23:11: destinations[0].rate: a text, in quotes, is expected"},
		"a rate of nothing":             {[]string{`rate: 0/s`}, "23:11: destinations[0].rate: " + rate},
		"a rate below nothing":          {[]string{`rate: -1/s`}, "23:11: destinations[0].rate: " + rate},
		"a rate that is no number":      {[]string{`rate: NaN/s`}, "23:11: destinations[0].rate: " + rate},
		"a rate beyond all counting":    {[]string{`rate: 1e9/s`}, "23:11: destinations[0].rate: " + rate},
		"a rate a day":                  {[]string{`rate: 5/d`}, "23:11: destinations[0].rate: " + rate},
		"a burst without a rate":        {[]string{"burst: 5"}, "23:12: destinations[0].burst: there is no rate that it could belong to"},
		"a burst that is a flood":       {[]string{"rate: 5/s", "burst: 1001"}, "24:12: destinations[0].burst: a number from 1 to 1000 is expected"},
		"good calls below nothing":      {[]string{"breaker: {ramp_calls: -1}"}, "23:27: destinations[0].breaker.ramp_calls: a number from 0 is expected"},
		"a window of another kind":      {window(`kind: rest, from: "07:30", to: "10:00", lanes: 1`), `25:16: destinations[0].windows[0].kind: "rest" is not known; known: peak, maintenance`},
		"a window without an end":       {window(`kind: maintenance, from: "07:30"`), "25:9: destinations[0].windows[0].to: missing"},
		"an hour that there is not":     {window(`kind: maintenance, from: "24:30", to: "10:00"`), "25:35: destinations[0].windows[0].from: " + clock},
		"a clock of another country":    {window(`kind: maintenance, from: "7:30 PM", to: "10:00"`), "25:35: destinations[0].windows[0].from: " + clock},
		"minutes that there are not":    {window(`kind: maintenance, from: "07:30", to: "10:60"`), "25:48: destinations[0].windows[0].to: " + clock},
		"a day that there is not":       {window(`kind: maintenance, days: [mon, t2], from: "07:30", to: "10:00"`), `25:41: destinations[0].windows[0].days[1]: "t2" is not known; known: sun, mon, tue, wed, thu, fri, sat`},
		"a day twice":                   {window(`kind: maintenance, days: [mon, mon], from: "07:30", to: "10:00"`), "25:41: destinations[0].windows[0].days[1]: given twice"},
		"a maintenance at half speed":   {window(`kind: maintenance, from: "07:30", to: "10:00", rate: 1/s`), "25:9: destinations[0].windows[0]: nothing is sent during a maintenance: rate and lanes are of a peak"},
		"a peak that lowers nothing":    {window(`kind: peak, from: "07:30", to: "10:00"`), "25:9: destinations[0].windows[0]: a peak lowers rate or lanes"},
		"a peak of more lanes":          {window(`kind: peak, from: "07:30", to: "10:00", lanes: 9`), "25:57: destinations[0].windows[0].lanes: a number from 1 to the destination's lanes is expected"},
		"a peak of more calls":          {window(`kind: peak, from: "07:30", to: "10:00", rate: 6/s`), "25:56: destinations[0].windows[0].rate: a peak lowers the rate, which is 5/s"},
		"a peak's rate that is no rate": {window(`kind: peak, from: "07:30", to: "10:00", rate: much`), "25:56: destinations[0].windows[0].rate: " + rate},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Empty(t, cmp.Diff([]string{w.want}, mistakes(t, shaped(t, w.lines...), variables())))
		})
	}
}
