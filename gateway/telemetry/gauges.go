package telemetry

import (
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// gauges shows the answers of the [Watch] until they grow old: a gauge that
// nobody renews would say for ever that all is well. Each question has its own
// answer, replaced as a whole, so that what is gone is not shown either.
type gauges struct {
	descs  map[string]*prometheus.Desc
	maxAge time.Duration
	now    func() time.Time

	mu      sync.Mutex
	answers map[string]answer
}

type answer struct {
	at      time.Time
	samples []sample
}

// sample is one time series of one answer.
type sample struct {
	name   string
	value  float64
	labels []string
}

// The gauges and what their labels are.
var gaugeTable = []struct {
	name, help string
	labels     []string
}{
	{"lienthong_match_review_open", "Questions that wait for a human.", nil},
	{"lienthong_match_review_oldest_age_seconds", "How long the oldest open question has waited; 0: none.", nil},
	{"lienthong_sync_backlog", "Deliveries that their destination does not show yet, by state.", []string{"destination", "state"}},
	{"lienthong_sync_oldest_age_seconds", "Age of the oldest data that a destination does not show and that waits for nobody; 0: none.", []string{"destination"}},
	{"lienthong_lane_parked", "Deliveries put aside from their lanes until a person decides or new data come.", nil},
	{"lienthong_breaker_state", "0 closed, 1 half-open, 2 open; what an operator forces counts.", []string{"destination", "operation"}},
	{"lienthong_destination_paused", "1 while an operator's kill switch stops every call, that of all destinations included.", []string{"destination"}},
	{"lienthong_destination_throttled_seconds", "For how long a destination asked everybody to be quiet, from now; 0: it does not.", []string{"destination"}},
	{"lienthong_agreement_ratio", "Share of what was looked at that a destination shows as we hold it; absent: nothing was looked at.", []string{"destination"}},
	{"lienthong_drift_open", "What destinations show otherwise than we hold it and nobody took note of, by class, counted up to 10000.", []string{"class"}},
	{"lienthong_replay_plans", "Replay plans under way.", []string{"state"}},
	{"lienthong_looks_waiting", "Deliveries marked to be looked at, after a restore (restore), for an adoption (adopt) or because another system writes them (compare), counted up to 10000 each.", []string{"destination", "reason"}},
	{"lienthong_shadow_deliveries", "Deliveries that another system writes and we compare only, by how that compares: the cause without the operation that we would begin with.", []string{"destination", "cause"}},
	{"lienthong_feed_lag_seconds", "For how long the oldest committed change has waited for its position; 0: none does.", []string{"feed"}},
	{"lienthong_journal_head_sequence", "Position of the newest sealed line of the journal.", nil},
	{"lienthong_journal_unstamped", "Lines of the journal that are not sealed yet; more than a few seconds' worth is an alarm.", nil},
	{"lienthong_partition_default_rows", "Rows that found no partition of their month, counted up to 10000; more than 0 is an alarm.", []string{"table"}},
	{"lienthong_partition_months_ahead", "Months prepared after the current one; less than 1 is an alarm.", []string{"table"}},
}

func newGauges(maxAge time.Duration, now func() time.Time) *gauges {
	g := &gauges{descs: make(map[string]*prometheus.Desc), maxAge: maxAge, now: now, answers: make(map[string]answer)}
	for _, row := range gaugeTable {
		g.descs[row.name] = prometheus.NewDesc(row.name, row.help, row.labels, nil)
	}
	return g
}

// set replaces the answer to a question.
func (g *gauges) set(question string, samples []sample) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.answers[question] = answer{at: g.now(), samples: samples}
}

// Describe implements [prometheus.Collector].
func (g *gauges) Describe(out chan<- *prometheus.Desc) {
	for _, d := range g.descs {
		out <- d
	}
}

// Collect implements [prometheus.Collector].
func (g *gauges) Collect(out chan<- prometheus.Metric) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, a := range g.answers {
		if g.now().Sub(a.at) > g.maxAge {
			continue
		}
		for _, s := range a.samples {
			out <- prometheus.MustNewConstMetric(g.descs[s.name], prometheus.GaugeValue, s.value, s.labels...)
		}
	}
}

var _ prometheus.Collector = (*gauges)(nil)
