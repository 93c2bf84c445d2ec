package gateway_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/lienthong/lienthong/gateway"
)

// hanoiTime reads a time of the clock on the wall there; 2 November 2026 is a Monday.
func hanoiTime(t testing.TB, text string) time.Time {
	at, err := time.Parse("2006-01-02 15:04:05 -0700", text+" +0700")
	require.NoError(t, err)
	return at.In(time.FixedZone("elsewhere", -5*3600)) // the zone of the process says nothing
}

func TestShape(t *testing.T) {
	t.Parallel()
	s := gateway.Shape{
		Rate: 5, Windows: []gateway.Window{
			{Days: []time.Weekday{1, 2, 3, 4, 5}, From: 7*time.Hour + 30*time.Minute, To: 10 * time.Hour, Rate: 2, Lanes: 4},
			{From: 9 * time.Hour, To: 9*time.Hour + 30*time.Minute, Rate: 3, Lanes: 2},
			{Days: []time.Weekday{6}, From: 22 * time.Hour, To: 5 * time.Hour, Maintenance: true},
			{Days: []time.Weekday{0}, From: 4 * time.Hour, To: 6 * time.Hour, Maintenance: true},
		},
	}
	cases := map[string]gateway.Limits{
		"2026-11-02 07:29:59": {Rate: 5, Burst: 5},
		"2026-11-02 07:30:00": {Rate: 2, Burst: 2, Lanes: 4},
		"2026-11-02 09:10:00": {Rate: 2, Burst: 2, Lanes: 2}, // of both peaks the stricter word
		"2026-11-02 10:00:00": {Rate: 5, Burst: 5},
		"2026-11-07 08:00:00": {Rate: 5, Burst: 5}, // Saturday
		"2026-11-07 21:59:49": {Rate: 5, Burst: 5},
		"2026-11-07 21:59:51": {Rate: 5, Burst: 5, Closed: 7*time.Hour + 9*time.Second}, // a call of 10 s would reach into it
		"2026-11-07 22:00:00": {Rate: 5, Burst: 5, Closed: 7 * time.Hour},
		"2026-11-08 03:00:00": {Rate: 5, Burst: 5, Closed: 2 * time.Hour}, // Saturday's night
		"2026-11-08 04:30:00": {Rate: 5, Burst: 5, Closed: 90 * time.Minute},
		"2026-11-08 06:00:00": {Rate: 5, Burst: 5},
		"2026-11-08 22:30:00": {Rate: 5, Burst: 5}, // Sunday's evening is nobody's
	}
	for at, want := range cases {
		require.Equal(t, want, s.At(hanoiTime(t, at), 10*time.Second), at)
	}
	require.Equal(t, []string{"a"}, gateway.Maintained(map[string]gateway.Shape{"b": {}, "a": s}, hanoiTime(t, "2026-11-07 23:00:00")))
	require.Empty(t, gateway.Maintained(map[string]gateway.Shape{"a": s}, hanoiTime(t, "2026-11-07 21:59:59")), "what is shown is the window itself")

	t.Run("a whole day, and every day", func(t *testing.T) {
		t.Parallel()
		all := gateway.Shape{Windows: []gateway.Window{{Maintenance: true}}}
		require.Equal(t, 13*time.Hour, all.At(hanoiTime(t, "2026-11-04 11:00:00"), 0).Closed)
		require.Equal(t, 24*time.Hour, all.At(hanoiTime(t, "2026-11-04 00:00:00"), 0).Closed)
	})

	t.Run("no limits without a shape", func(t *testing.T) {
		t.Parallel()
		require.Equal(t, gateway.Limits{Burst: 1}, gateway.Shape{}.At(time.Now(), time.Second))
	})
}

// TestShapeMinuteByMinute holds windows against a plain reading of their words.
func TestShapeMinuteByMinute(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		minute := rapid.Map(rapid.IntRange(0, 24*60-1), func(m int) time.Duration { return time.Duration(m) * time.Minute })
		w := gateway.Window{
			Days: rapid.SliceOfNDistinct(rapid.Map(rapid.IntRange(0, 6), func(d int) time.Weekday { return time.Weekday(d) }), 1, 7,
				func(d time.Weekday) time.Weekday { return d }).Draw(t, "days"),
			From: minute.Draw(t, "from"), To: minute.Draw(t, "to"), Maintenance: true,
		}
		inside := make(map[int]bool) // minutes of the week, Sunday first
		length := int((w.To - w.From).Minutes())
		if length <= 0 {
			length += 24 * 60
		}
		for _, d := range w.Days {
			for m := range length {
				inside[(int(d)*24*60+int(w.From.Minutes())+m)%(7*24*60)] = true
			}
		}
		sunday := time.Date(2026, 10, 31, 17, 0, 0, 0, time.UTC) // midnight in Hà Nội
		for _, m := range rapid.SliceOfN(rapid.IntRange(0, 7*24*60-1), 20, 20).Draw(t, "minutes") {
			closed := gateway.Shape{Windows: []gateway.Window{w}}.At(sunday.Add(time.Duration(m)*time.Minute), 0).Closed
			if inside[m] != (closed > 0) {
				t.Fatalf("minute %d: inside %v, closed for %v", m, inside[m], closed)
			}
		}
	})
}
