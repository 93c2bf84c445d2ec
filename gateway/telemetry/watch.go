package telemetry

import (
	"context"
	"log/slog"
	"time"

	"github.com/google/uuid"

	"github.com/lienthong/lienthong/gateway"
)

// Times of a [Watch].
const (
	watchInterval = 15 * time.Second
	watchTimeout  = 4 * time.Second // of one question: no request of ours holds a snapshot for longer
	watchMaxAge   = time.Minute     // an answer that is older is not shown
	watchShare    = 20              // a question that took t is not asked again for 20 t
)

// WatchStore is what a [Watch] asks.
type WatchStore interface {
	gateway.VitalsStore
	Breakers(ctx context.Context) ([]gateway.BreakerRow, error)
	JournalStanding(ctx context.Context) (gateway.JournalStanding, error)
	RepairVitals(ctx context.Context) (gateway.RepairVitals, error)
	Shadows(ctx context.Context) ([]gateway.Shadow, error)
}

// WatchOptions are the parts of a [Watch].
type WatchOptions struct {
	Store        WatchStore
	Destinations []gateway.DestinationSpec // their breakers are closed until a row says otherwise
	Logger       *slog.Logger              // nil: silent
}

// Watch asks the database for what gauges show, while Run does. Every node
// watches the same database, so that gauges of several are equal, not parts of a sum.
type Watch struct {
	o            *Observer
	store        WatchStore
	destinations []gateway.DestinationSpec
	log          *slog.Logger
	gauges       *gauges
	questions    []*question
}

// question is asked when its time has come.
type question struct {
	name string
	ask  func(ctx context.Context) ([]sample, error)
	next time.Time
}

// NewWatch returns a watch whose gauges the observer shows. An observer has one.
func (o *Observer) NewWatch(w WatchOptions) *Watch {
	watch := &Watch{o: o, store: w.Store, destinations: w.Destinations, log: w.Logger, gauges: newGauges(watchMaxAge, time.Now)}
	if watch.log == nil {
		watch.log = slog.New(slog.DiscardHandler)
	}
	watch.questions = []*question{
		{name: "reviews", ask: watch.reviews}, {name: "backlog", ask: watch.backlog}, {name: "breakers", ask: watch.breakers},
		{name: "feed", ask: watch.feed}, {name: "journal", ask: watch.journal}, {name: "partitions", ask: watch.partitions}, {name: "source_times", ask: watch.sourceTimes},
		{name: "repairs", ask: watch.repairs}, {name: "shadows", ask: watch.shadows},
	}
	o.metrics.registry.MustRegister(watch.gauges)
	for _, q := range watch.questions {
		o.metrics.watchFailures.WithLabelValues(q.name)
	}
	return watch
}

// Run asks at once and then every 15 seconds, until ctx ends.
func (w *Watch) Run(ctx context.Context) error {
	tick := time.NewTicker(watchInterval)
	defer tick.Stop()
	for {
		w.turn(ctx)
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

// turn asks what is due, one after the other: one connection is enough.
func (w *Watch) turn(ctx context.Context) {
	for _, q := range w.questions {
		started := time.Now()
		if started.Before(q.next) {
			continue
		}
		asking, cancel := context.WithTimeout(ctx, watchTimeout)
		samples, err := q.ask(asking)
		cancel()
		if ctx.Err() != nil {
			return
		}
		q.next = started.Add(watchShare * time.Since(started))
		if err != nil {
			w.o.metrics.watchFailures.WithLabelValues(q.name).Inc()
			w.log.WarnContext(ctx, "gauges not renewed", "question", q.name, "err", err)
			continue
		}
		w.gauges.set(q.name, samples)
	}
}

func (w *Watch) reviews(ctx context.Context) ([]sample, error) {
	r, err := w.store.OpenReviews(ctx)
	return []sample{
		{name: "lienthong_match_review_open", value: float64(r.Count)},
		{name: "lienthong_match_review_oldest_age_seconds", value: r.Oldest.Seconds()},
	}, err
}

// backlog shows every state of every destination, also those with nothing in
// them: an alarm cannot tell a series that is missing from one that is 0.
func (w *Watch) backlog(ctx context.Context) ([]sample, error) {
	all, err := w.store.Backlog(ctx)
	if err != nil {
		return nil, err
	}
	byCode := make(map[string]gateway.Backlog)
	for _, d := range w.destinations {
		byCode[d.Code] = gateway.Backlog{Destination: d.Code}
	}
	for _, b := range all {
		byCode[b.Destination] = b
	}
	var samples []sample
	parked := 0
	for code, b := range byCode {
		parked += b.Parked()
		samples = append(samples, sample{"lienthong_sync_oldest_age_seconds", max(b.Oldest, 0).Seconds(), []string{code}})
		for _, state := range openStates() {
			samples = append(samples, sample{"lienthong_sync_backlog", float64(b.Counts[state]), []string{code, string(state)}})
		}
	}
	return append(samples, sample{name: "lienthong_lane_parked", value: float64(parked)}), nil
}

// openStates are the states of a delivery that is not done.
func openStates() []gateway.SyncState {
	return []gateway.SyncState{
		gateway.StateQueued, gateway.StateHeld, gateway.StateSending, gateway.StateUnknown,
		gateway.StateFailedData, gateway.StateFailedDestination, gateway.StateFailedGateway, gateway.StateParked,
	}
}

// breakers shows every breaker that a destination declares to need from the
// start, each with its own operations: an alarm on a series that appears only
// with the first trouble comes too late.
func (w *Watch) breakers(ctx context.Context) ([]sample, error) {
	rows, err := w.store.Breakers(ctx)
	if err != nil {
		return nil, err
	}
	states := make(map[gateway.BreakerKey]float64)
	paused, all := make(map[string]float64), 0.0
	quiet := make(map[string]float64)
	for _, d := range w.destinations {
		paused[d.Code], quiet[d.Code] = 0, 0
		for _, op := range d.Guarded() {
			states[gateway.BreakerKey{Destination: d.Code, Operation: op}] = 0
		}
	}
	for _, row := range rows {
		if wait := row.Throttled(); wait > 0 && row.Key.Destination != gateway.EveryDestination {
			quiet[row.Key.Destination] = wait.Seconds()
		}
		switch {
		case operationLabel(row.Key.Operation) != unknown:
			states[row.Key] = breakerValue(row)
		case row.Paused() && row.Key.Destination == gateway.EveryDestination:
			all = 1
		case row.Paused():
			paused[row.Key.Destination] = 1
		}
	}
	var samples []sample
	for k, v := range states {
		samples = append(samples, sample{"lienthong_breaker_state", v, []string{k.Destination, string(k.Operation)}})
	}
	for code, v := range paused {
		samples = append(samples, sample{"lienthong_destination_paused", max(v, all), []string{code}})
	}
	for code, v := range quiet {
		samples = append(samples, sample{"lienthong_destination_throttled_seconds", v, []string{code}})
	}
	return samples, nil
}

func breakerValue(row gateway.BreakerRow) float64 {
	switch standing(row) {
	case gateway.BreakerOpen:
		return 2
	case gateway.BreakerHalfOpen:
		return 1
	}
	return 0
}

// standing is the state that calls obey.
func standing(row gateway.BreakerRow) gateway.BreakerState {
	if row.Forced != "" {
		return row.Forced
	}
	return row.State
}

func (w *Watch) feed(ctx context.Context) ([]sample, error) {
	lag, err := w.store.FeedLag(ctx)
	return []sample{{"lienthong_feed_lag_seconds", lag.Seconds(), []string{"all"}}}, err
}

func (w *Watch) journal(ctx context.Context) ([]sample, error) {
	st, err := w.store.JournalStanding(ctx)
	return []sample{
		{name: "lienthong_journal_head_sequence", value: float64(st.Position)},
		{name: "lienthong_journal_unstamped", value: float64(st.Waiting)},
	}, err
}

func (w *Watch) partitions(ctx context.Context) ([]sample, error) {
	all, err := w.store.Partitions(ctx)
	var samples []sample
	for _, p := range all {
		samples = append(samples,
			sample{"lienthong_partition_default_rows", float64(p.DefaultRows), []string{p.Table}},
			sample{"lienthong_partition_months_ahead", float64(p.MonthsAhead), []string{p.Table}})
	}
	return samples, err
}

// sourceTimes dates what destinations took since the last turn. What has
// changed again meanwhile cannot be dated any more and is left out.
func (w *Watch) sourceTimes(ctx context.Context) ([]sample, error) {
	waiting, dropped := w.o.settled.take()
	w.o.metrics.settledDropped.Add(float64(dropped))
	if len(waiting) == 0 {
		return nil, nil
	}
	entities := make([]uuid.UUID, len(waiting))
	for i, d := range waiting {
		entities[i] = d.entity
	}
	times, err := w.store.SourceTimes(ctx, entities)
	if err != nil {
		w.o.metrics.settledDropped.Add(float64(len(waiting)))
		return nil, err
	}
	for _, d := range waiting {
		t, known := times[d.entity]
		if !known || t.Arrived.After(d.at) {
			w.o.metrics.settledDropped.Inc()
			continue
		}
		w.o.metrics.endToEnd.WithLabelValues(d.destination).Observe(max(d.at.Sub(t.Happened), 0).Seconds())
	}
	return nil, nil
}
