// Package telemetry makes the gateway visible: metrics, logs, traces and checks.
//
//	o := telemetry.New(telemetry.Options{Version: version, Tracing: tracing})
//	store := o.IngestStore(postgresStore)   // counts verdicts, a span per commit
//	mux.Handle("/metrics", o.Handler())
//	err := o.NewWatch(postgresStore, …).Run(ctx)
//
// Nothing in the gateway knows that it is watched: an [Observer] wraps the
// ports that records and deliveries pass through, each with one method more to
// do and no lock held meanwhile. What must be asked of the database is asked by
// one goroutine, the [Watch], every 15 seconds, never by a scrape; answers that
// have grown old are not shown.
//
// No label, log line or span holds a person, a dossier or text of a source:
// labels are codes of the configuration or words of a closed list, [Handler]
// lets no value into the log whose type it does not know, and of a record's id
// it shows a keyed hash.
//
// Of the names that are agreed on, these wait for the parts that will fill
// them, and are not registered before: lienthong_match_decisions_total,
// lienthong_webhook_attempts_total, lienthong_agreement_ratio,
// lienthong_drift_open, lienthong_journal_head_sequence,
// lienthong_journal_unstamped, lienthong_cert_expiry_seconds, and the
// instruments of OpenTelemetry and River (http.server.*, db.client.*, river.*).
package telemetry

import (
	"log/slog"

	"github.com/prometheus/client_golang/prometheus"
	"go.opentelemetry.io/otel/trace"
)

// Options are the parts of an [Observer]. The zero value counts and does not trace.
type Options struct {
	Version  string       // of the program
	Revision string       // of its source; "" when the build does not know
	Tracing  *Tracing     // nil: none
	Logger   *slog.Logger // nil: silent; gets a line per record and per call at level debug
}

// Observer counts and traces what passes through the ports that it wraps. It
// is safe for concurrent use and starts nothing.
type Observer struct {
	metrics *metrics
	tracer  trace.Tracer
	links   *links // nil: nobody traces
	settled *settled
	log     *slog.Logger
}

// New returns an observer with a registry of its own.
func New(o Options) *Observer {
	ob := &Observer{metrics: newMetrics(o), settled: new(settled), log: o.Logger, tracer: o.Tracing.tracer()}
	if o.Tracing.on() {
		ob.links = newLinks()
	}
	if ob.log == nil {
		ob.log = slog.New(slog.DiscardHandler)
	}
	return ob
}

// Registry returns what a scrape shows, for collectors of others.
func (o *Observer) Registry() *prometheus.Registry { return o.metrics.registry }
