package telemetry_test

import (
	"context"
	"errors"
	"maps"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/gateway/telemetry"
)

// vitals answers what it is told, after a while if so.
type vitals struct {
	mu       sync.Mutex
	err      error
	slow     time.Duration // of the backlog
	backlog  []gateway.Backlog
	breakers []gateway.BreakerRow
	times    map[uuid.UUID]gateway.SourceTime
	asked    map[string]int
	repairs  gateway.RepairVitals
	shadows  []gateway.Shadow
}

func (v *vitals) ask(question string) error {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.asked == nil {
		v.asked = map[string]int{}
	}
	v.asked[question]++
	return v.err
}

func (v *vitals) Backlog(ctx context.Context) ([]gateway.Backlog, error) {
	select {
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-time.After(v.slow):
	}
	return v.backlog, v.ask("backlog")
}

func (v *vitals) OpenReviews(context.Context) (gateway.OpenReviews, error) {
	return gateway.OpenReviews{Count: 3, Oldest: time.Hour}, v.ask("reviews")
}

func (v *vitals) JournalStanding(context.Context) (gateway.JournalStanding, error) {
	return gateway.JournalStanding{Position: 812, Waiting: 4}, nil
}

func (v *vitals) RepairVitals(context.Context) (gateway.RepairVitals, error) {
	return v.repairs, v.ask("repairs")
}

func (v *vitals) Shadows(context.Context) ([]gateway.Shadow, error) {
	return v.shadows, v.ask("shadows")
}

func (v *vitals) FeedLag(context.Context) (time.Duration, error) {
	return 1500 * time.Millisecond, v.ask("feed")
}

func (v *vitals) Partitions(context.Context) ([]gateway.PartitionStatus, error) {
	return []gateway.PartitionStatus{{Table: "change", MonthsAhead: 3, DefaultRows: 2}}, v.ask("partitions")
}

func (v *vitals) SourceTimes(_ context.Context, ids []uuid.UUID) (map[uuid.UUID]gateway.SourceTime, error) {
	return v.times, v.ask("source_times")
}

func (v *vitals) Breakers(context.Context) ([]gateway.BreakerRow, error) {
	return v.breakers, v.ask("breakers")
}

// watching runs a watch in a bubble until the end of the test's body.
func watching(t *testing.T, v *vitals, body func(o *telemetry.Observer)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		o := telemetry.New(telemetry.Options{})
		watch := o.NewWatch(telemetry.WatchOptions{Store: v, Destinations: []gateway.DestinationSpec{{Code: "dvcqg", Shows: gateway.ShowsTrail}}})
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- watch.Run(ctx) }()
		synctest.Wait()
		body(o)
		stop()
		require.NoError(t, <-ended)
	})
}

func TestWatchShowsWhatIsAsked(t *testing.T) {
	t.Parallel()
	v := &vitals{
		backlog: []gateway.Backlog{{
			Destination: "dvcqg", Oldest: 90 * time.Second,
			Counts: map[gateway.SyncState]int{gateway.StateQueued: 5, gateway.StateFailedData: 2, gateway.StateParked: 1},
		}},
		breakers: []gateway.BreakerRow{
			{Key: gateway.BreakerKey{Destination: "dvcqg", Operation: gateway.OpCreate}, State: gateway.BreakerHalfOpen},
			{Key: gateway.BreakerKey{Destination: "dvcqg", Operation: gateway.OpSteps}, State: gateway.BreakerClosed, Forced: gateway.BreakerOpen},
			{Key: gateway.BreakerKey{Destination: "dvcqg", Operation: canary}, State: gateway.BreakerOpen},
			{Key: gateway.SwitchKey("dvcqg"), State: gateway.BreakerClosed, Forced: gateway.BreakerOpen, OpenFor: 40 * time.Second},
		},
		repairs: gateway.RepairVitals{
			Agreement: []gateway.AgreementLine{{Destination: "dvcqg", Looked: 200, Differing: 3, Rate: 0.985}},
			Drift:     map[gateway.DriftClass]int{gateway.DriftForeign: 3},
			Replays:   map[gateway.ReplayState]int{gateway.ReplayPaused: 1},
			Looks:     map[gateway.LookKey]int{{Destination: "dvcqg", Look: gateway.LookAdopt}: 12},
		},
		shadows: []gateway.Shadow{
			{Destination: "dvcqg", Cause: "shadow.differs.create", State: "shadow", Count: 7}, {Destination: "dvcqg", Cause: "shadow.differs.steps", State: "shadow", Count: 2},
			{Destination: "dvcqg", Cause: "adopted.same", State: "shadow", Count: 5}, {Destination: "dvcqg", Cause: "adopted.assumed", State: "confirmed", Count: 9},
			{Destination: "kho", Cause: "shadow.unseen", State: "shadow", Count: 1}, {Destination: "dvcqg", Cause: canary, State: "shadow", Count: 4},
		},
	}
	watching(t, v, func(o *telemetry.Observer) {
		got := series(t, o)
		want := map[string]float64{
			"lienthong_match_review_open":                                          3,
			"lienthong_match_review_oldest_age_seconds":                            3600,
			"lienthong_sync_backlog{destination=dvcqg,state=queued}":               5,
			"lienthong_sync_backlog{destination=dvcqg,state=failed_data}":          2,
			"lienthong_sync_oldest_age_seconds{destination=dvcqg}":                 90,
			"lienthong_lane_parked":                                                3,
			"lienthong_breaker_state{destination=dvcqg,operation=create}":          1,
			"lienthong_breaker_state{destination=dvcqg,operation=steps}":           2,
			"lienthong_breaker_state{destination=dvcqg,operation=update}":          0,
			"lienthong_destination_paused{destination=dvcqg}":                      1,
			"lienthong_feed_lag_seconds{feed=all}":                                 1.5,
			"lienthong_destination_throttled_seconds{destination=dvcqg}":           40,
			"lienthong_agreement_ratio{destination=dvcqg}":                         0.985,
			"lienthong_drift_open{class=foreign}":                                  3,
			"lienthong_drift_open{class=not_sent}":                                 0,
			"lienthong_replay_plans{state=paused}":                                 1,
			"lienthong_replay_plans{state=running}":                                0,
			"lienthong_looks_waiting{destination=dvcqg,reason=adopt}":              12,
			"lienthong_looks_waiting{destination=dvcqg,reason=restore}":            0,
			"lienthong_shadow_deliveries{cause=shadow.differs,destination=dvcqg}":  9,
			"lienthong_shadow_deliveries{cause=adopted.same,destination=dvcqg}":    5,
			"lienthong_shadow_deliveries{cause=adopted.assumed,destination=dvcqg}": 0,
			"lienthong_shadow_deliveries{cause=shadow.same,destination=dvcqg}":     0,
			"lienthong_shadow_deliveries{cause=shadow.unseen,destination=kho}":     1,
			"lienthong_shadow_deliveries{cause=unknown,destination=dvcqg}":         4,
			"lienthong_journal_head_sequence":                                      812,
			"lienthong_journal_unstamped":                                          4,
			"lienthong_partition_default_rows{table=change}":                       2,
			"lienthong_partition_months_ahead{table=change}":                       3,
			"lienthong_sync_backlog{destination=dvcqg,state=unknown}":              0,
			"lienthong_watch_failures_total{question=backlog}":                     0,
			"lienthong_sync_end_to_end_unsampled_total":                            0,
		}
		for k, n := range want {
			require.Contains(t, got, k)
			require.Equal(t, n, got[k], k)
		}
		for k := range got {
			require.NotContains(t, k, canary)
			require.NotContains(t, k, "delivered", "what is done is no backlog")
		}
	})
}

func TestGaugesThatGrowOldAreDropped(t *testing.T) {
	t.Parallel()
	v := &vitals{backlog: []gateway.Backlog{{Destination: "gone", Counts: map[gateway.SyncState]int{gateway.StateQueued: 1}}}}
	watching(t, v, func(o *telemetry.Observer) {
		shown := func() (n int) {
			for k := range series(t, o) {
				if strings.HasPrefix(k, "lienthong_sync_backlog{") || strings.HasPrefix(k, "lienthong_feed_lag") {
					n++
				}
			}
			return n
		}
		require.Equal(t, 2*8+1, shown())
		v.mu.Lock()
		v.backlog = nil // that destination is no longer there
		v.mu.Unlock()
		time.Sleep(15 * time.Second) // of the bubble
		synctest.Wait()
		require.Equal(t, 8+1, shown())

		v.mu.Lock()
		v.err = errors.New("the database is away")
		v.mu.Unlock()
		time.Sleep(59 * time.Second)
		synctest.Wait()
		require.Equal(t, 8+1, shown(), "an answer may be a minute old")
		time.Sleep(2 * time.Second)
		require.Zero(t, shown())
		require.Equal(t, 4.0, series(t, o)["lienthong_watch_failures_total{question=feed}"])

		v.mu.Lock()
		v.err = nil
		v.mu.Unlock()
		time.Sleep(15 * time.Second)
		synctest.Wait()
		require.Equal(t, 8+1, shown())
	})
}

func TestSlowQuestionsAreAskedLessOften(t *testing.T) {
	t.Parallel()
	t.Run("a question has a twentieth of the time", func(t *testing.T) {
		v := &vitals{slow: 2 * time.Second}
		watching(t, v, func(*telemetry.Observer) {
			time.Sleep(5 * time.Minute)
			synctest.Wait()
			require.LessOrEqual(t, v.asked["backlog"], 8)
			require.Greater(t, v.asked["feed"], 15)
		})
	})
	t.Run("one that hangs is given up", func(t *testing.T) {
		v := &vitals{slow: time.Hour}
		watching(t, v, func(o *telemetry.Observer) {
			time.Sleep(10 * time.Second)
			synctest.Wait()
			got := series(t, o)
			require.Equal(t, 1.0, got["lienthong_watch_failures_total{question=backlog}"])
			require.Equal(t, 1.5, got["lienthong_feed_lag_seconds{feed=all}"], "the others are asked all the same")
		})
	})
}

// lanes is a store that records whatever it gets.
type lanes struct{ gateway.LaneStore }

func (lanes) RecordCall(_ context.Context, _ gateway.LaneLease, _ gateway.CallRecord, changes []gateway.DeliveryUpdate) (map[uuid.UUID]bool, error) {
	recorded := map[uuid.UUID]bool{}
	for _, c := range changes {
		recorded[c.Delivery.Wanted.EntityID] = c.Delivery.Cause != "fenced"
	}
	return recorded, nil
}

func TestDeliveriesAreDated(t *testing.T) {
	t.Parallel()
	v := &vitals{times: map[uuid.UUID]gateway.SourceTime{}}
	watching(t, v, func(o *telemetry.Observer) {
		store := o.LaneStore(lanes{})
		now := time.Now()
		outcome := &gateway.Outcome{Kind: gateway.Delivered}
		update := func(age time.Duration, arrived time.Duration, change func(*gateway.DeliveryUpdate)) gateway.DeliveryUpdate {
			u := gateway.DeliveryUpdate{Settled: true, Outcome: outcome, Delivery: gateway.Delivery{
				Wanted: gateway.Wanted{EntityID: uuid.New()}, State: gateway.StateDelivered,
			}}
			if change != nil {
				change(&u)
			}
			v.times[u.Delivery.Wanted.EntityID] = gateway.SourceTime{Happened: now.Add(-age), Arrived: now.Add(arrived)}
			return u
		}
		changes := []gateway.DeliveryUpdate{
			update(10*time.Second, -time.Second, nil),
			update(2*time.Hour, -time.Second, func(u *gateway.DeliveryUpdate) { u.Delivery.State = gateway.StateConfirmed }),
			update(time.Minute, time.Second, nil), // changed again before it was dated
			update(time.Minute, -1, func(u *gateway.DeliveryUpdate) { u.Delivery.VerifyDue = true }),
			update(time.Minute, -1, func(u *gateway.DeliveryUpdate) { u.Outcome = nil }),
			update(time.Minute, -1, func(u *gateway.DeliveryUpdate) { u.Delivery.State = gateway.StateFailedData }),
			update(time.Minute, -1, func(u *gateway.DeliveryUpdate) { u.Settled = false }),
			update(time.Minute, -1, func(u *gateway.DeliveryUpdate) { u.Delivery.Cause = "fenced" }),
		}
		before := maps.Clone(series(t, o))
		_, err := store.RecordCall(t.Context(), gateway.LaneLease{Destination: "dvcqg"}, gateway.CallRecord{}, changes)
		require.NoError(t, err)
		require.Equal(t, before, series(t, o), "nothing is asked on the way of a delivery")
		time.Sleep(15 * time.Second)
		synctest.Wait()
		got := series(t, o)
		require.Equal(t, 2.0, got["lienthong_sync_end_to_end_seconds{destination=dvcqg}"])
		require.Equal(t, 1.0, got["lienthong_sync_end_to_end_unsampled_total"])
	})
}
