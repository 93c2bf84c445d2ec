package telemetry

import (
	"net/http"
	"runtime"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// metrics are the instruments of one process.
type metrics struct {
	registry *prometheus.Registry

	ingested       *prometheus.CounterVec // source, type, verdict
	ingestTime     prometheus.Histogram
	adapterErrors  *prometheus.CounterVec   // adapter, class
	attempts       *prometheus.CounterVec   // destination, outcome, http_class
	callTime       *prometheus.HistogramVec // destination, operation
	endToEnd       *prometheus.HistogramVec // destination
	transitions    *prometheus.CounterVec   // destination, to
	watchFailures  *prometheus.CounterVec   // question
	settledDropped prometheus.Counter
}

// Buckets in seconds. The ends of a delivery's way lie between a second and a
// month: a first load tells of events that are years old.
var (
	ingestBuckets   = []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30}
	callBuckets     = []float64{.01, .025, .05, .1, .25, .5, 1, 2, 3, 5, 8, 10, 15}
	endToEndBuckets = []float64{1, 5, 15, 60, 300, 900, 3600, 4 * 3600, 12 * 3600, 86400, 3 * 86400, 7 * 86400, 30 * 86400}
)

func newMetrics(o Options) *metrics {
	counter := func(name, help string, labels ...string) *prometheus.CounterVec {
		return prometheus.NewCounterVec(prometheus.CounterOpts{Name: name, Help: help}, labels)
	}
	histogram := func(name, help string, buckets []float64, labels ...string) *prometheus.HistogramVec {
		return prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: name, Help: help, Buckets: buckets}, labels)
	}
	m := &metrics{
		registry: prometheus.NewRegistry(),
		ingested: counter("lienthong_ingest_records_total", "Records judged, by verdict.", "source", "type", "verdict"),
		ingestTime: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "lienthong_ingest_duration_seconds", Buckets: ingestBuckets,
			Help: "From a push that has arrived whole to its durable answer, adapter included.",
		}),
		adapterErrors: counter("lienthong_adapter_errors_total", "Messages refused as a whole, by fault code, and records refused by an adapter (class invalid).", "adapter", "class"),
		attempts:      counter("lienthong_sync_attempts_total", "Deliveries that rode in a call to a destination, by what became of them; look-ups are found or absent.", "destination", "outcome", "http_class"),
		callTime:      histogram("lienthong_sync_duration_seconds", "Calls to a destination, from their start to the last byte of the answer.", callBuckets, "destination", "operation"),
		endToEnd:      histogram("lienthong_sync_end_to_end_seconds", "From what the source says to be the time of its newest event, else its arrival, until the destination took or showed it.", endToEndBuckets, "destination"),
		transitions:   counter("lienthong_breaker_transitions_total", "Moves of breakers that this process made.", "destination", "to"),
		watchFailures: counter("lienthong_watch_failures_total", "Questions behind gauges that the database did not answer in time.", "question"),
		settledDropped: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "lienthong_sync_end_to_end_unsampled_total", Help: "Deliveries that were not dated for lienthong_sync_end_to_end_seconds because too many were done at once or they had changed again.",
		}),
	}
	build := prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: "lienthong_build_info", Help: "Always 1; what runs is in the labels."}, []string{"version", "revision", "go_version"})
	build.WithLabelValues(o.Version, o.Revision, runtime.Version()).Set(1)
	m.registry.MustRegister(
		m.ingested, m.ingestTime, m.adapterErrors, m.attempts, m.callTime, m.endToEnd, m.transitions, m.watchFailures, m.settledDropped, build,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
	)
	return m
}

// Limits of a scrape: whoever asks more often than that is no Prometheus.
const (
	scrapesAtOnce = 4
	scrapeTime    = 10 * time.Second
)

// Handler serves the metrics. It asks the database nothing.
func (o *Observer) Handler() http.Handler {
	return promhttp.HandlerFor(o.metrics.registry, promhttp.HandlerOpts{
		ErrorHandling: promhttp.ContinueOnError, MaxRequestsInFlight: scrapesAtOnce, Timeout: scrapeTime,
	})
}
