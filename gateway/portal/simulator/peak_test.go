package simulator

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lienthong/lienthong/internal/fault"
)

func TestPeak(t *testing.T) {
	t.Parallel()
	t.Run("windows are those of the clock of Việt Nam, the end not included", func(t *testing.T) {
		p := Peak{When: PeakClock}.withDefaults()
		for at, want := range map[string]bool{
			"2026-11-02T00:59:59Z": false, "2026-11-02T01:00:00Z": true, "2026-11-02T02:59:59.9Z": true, "2026-11-02T03:00:00Z": false,
			"2026-11-02T14:30:00+07:00": true, "2026-11-02T14:30:00Z": false, "2026-11-02T16:00:00+07:00": false,
		} {
			moment, err := time.Parse(time.RFC3339Nano, at)
			require.NoError(t, err)
			require.Equal(t, want, p.at(moment), at)
		}
		require.False(t, Peak{}.withDefaults().at(time.Date(2026, 11, 2, 9, 0, 0, 0, vietnam)))
		require.True(t, Peak{When: PeakNow}.withDefaults().at(time.Date(2026, 11, 2, 3, 0, 0, 0, vietnam)))
	})
	t.Run("a window is written as two times of one day", func(t *testing.T) {
		var w Window
		require.NoError(t, w.UnmarshalText([]byte("07:05 - 23:59")))
		require.Equal(t, "07:05-23:59", w.String())
		for _, bad := range []string{"", "7-9", "10:00-08:00", "08:00-08:00", "08:00", "08:00-24:00"} {
			require.Equal(t, fault.Usage, fault.CodeOf(w.UnmarshalText([]byte(bad))), bad)
		}
	})
	t.Run("by the clock the capacity is another one inside the window, and the old one after it", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) { // begins at 07:00 in Việt Nam
			p := open(t, Options{Peak: Peak{When: PeakClock, Capacity: Capacity{CallsPerSecond: 1, Over: OverReject}}})
			burst := func() (passed int) {
				for range 5 {
					passed += count(p.lookUp("A-1").Status == http.StatusOK)
				}
				return passed
			}
			require.Equal(t, 5, burst())
			require.False(t, p.State().Load.Peak)
			time.Sleep(time.Hour)
			require.Equal(t, 1, burst())
			require.True(t, p.State().Load.Peak)
			require.Equal(t, 1.0, p.State().Load.Capacity.CallsPerSecond)
			require.Equal(t, uint64(4), p.State().Load.Over)
			time.Sleep(2 * time.Hour)
			require.Equal(t, 5, burst())
		})
	})
	t.Run("on demand it begins and ends at once, and those who wait are let in", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			p := open(t, Options{Faults: []Fault{{Name: FaultLatency, Delay: time.Minute, Ops: []Op{OpLookup}}}})
			turn := func(peak Peak) {
				sw := p.Switches()
				sw.Peak = peak
				require.NoError(t, p.SetSwitches(sw))
			}
			turn(Peak{When: PeakNow, Capacity: Capacity{Concurrent: 1, Over: OverWait}})
			done := make(chan time.Duration, 4)
			begin := time.Now()
			for range 4 {
				go func() { p.lookUp("A-1"); done <- time.Since(begin) }()
			}
			synctest.Wait()
			require.Equal(t, Load{Peak: true, Capacity: Capacity{Concurrent: 1, Over: OverWait, SlowBy: defaultSlowBy}, Inside: 1, Waiting: 3}, p.State().Load)
			time.Sleep(time.Second)
			turn(Peak{When: PeakOff})
			for range 4 {
				require.LessOrEqual(t, <-done, 61*time.Second)
			}
			require.Zero(t, p.State().Load.Inside)
		})
	})
}

func TestOverload(t *testing.T) {
	t.Parallel()
	slow := Capacity{Concurrent: 1, Over: OverSlow, SlowBy: Span(20 * time.Second)}
	busy := []Fault{{Name: FaultLatency, Delay: time.Minute, Ops: []Op{OpLookup}}}
	// occupy takes the only place for a minute.
	occupy := func(p *portal) {
		go p.lookUp("A-0")
		synctest.Wait()
	}
	t.Run("hang never answers and stores nothing", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			p := open(t, Options{Capacity: Capacity{Concurrent: 1, Over: OverHang}, Faults: busy})
			occupy(p)
			ctx, leave := context.WithTimeout(t.Context(), 30*time.Second)
			defer leave()
			body := `{"session":"` + p.session + `","madonvi":"x","service":"DongBoHoSoMC",` + data(record("A-1")) + `}`
			req := httptest.NewRequestWithContext(ctx, http.MethodPost, callPath, strings.NewReader(body))
			req.Header.Set("dstcode", DefaultDestination)
			begin := time.Now()
			require.True(t, p.serve(req).Cut)
			require.Equal(t, 30*time.Second, time.Since(begin))
			require.Zero(t, p.State().Stored.Dossiers)
			answer := last(p.lines("answer"))
			require.Equal(t, "capacity", answer.Fault)
			require.False(t, answer.Answered)
			time.Sleep(time.Minute)
		})
	})
	t.Run("slow handles it late, and not at all when the client has left", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			p := open(t, Options{Capacity: slow, Faults: busy})
			occupy(p)
			begin := time.Now()
			require.Equal(t, textStored, p.create(record("A-1")).Message)
			require.Equal(t, 20*time.Second, time.Since(begin))
			require.Equal(t, "capacity", last(p.lines("answer")).Fault)
			ctx, leave := context.WithTimeout(t.Context(), time.Second)
			defer leave()
			body := `{"session":"` + p.session + `","madonvi":"x","service":"DongBoHoSoMC",` + data(record("A-2")) + `}`
			req := httptest.NewRequestWithContext(ctx, http.MethodPost, callPath, strings.NewReader(body))
			req.Header.Set("dstcode", DefaultDestination)
			require.True(t, p.serve(req).Cut)
			require.Equal(t, 1, p.State().Stored.Dossiers)
			require.Equal(t, "capacity", last(p.lines("answer")).Fault)
			time.Sleep(time.Minute)
			require.Zero(t, p.State().Load.Inside)
		})
	})
	t.Run("what makes no sense is refused", func(t *testing.T) {
		for _, o := range []Options{
			{Capacity: Capacity{Over: "x"}}, {Capacity: Capacity{SlowBy: -1}}, {Peak: Peak{When: "x"}}, {Peak: Peak{Windows: []Window{{2, 1}}}},
			{Peak: Peak{Capacity: Capacity{CallsPerSecond: -1}}}, {Transitions: Transitions{"x": nil}}, {Files: Files{Pull: "x"}},
			{Files: Files{Missing: []string{""}}}, {Wrapper: Wrapper{Create: "x"}}, {CodesByOp: map[Op]CodeStyle{"x": CodesInt}},
			{Faults: []Fault{{Name: FaultHang, Ops: []Op{"x"}}}},
		} {
			_, err := New(o)
			require.Equal(t, fault.Usage, fault.CodeOf(err), "%+v", o)
		}
	})
}
