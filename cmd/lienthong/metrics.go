package main

import (
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"net"
	"net/http"
	"runtime/debug"
	"strconv"
	"strings"
	"time"

	"github.com/exaring/otelpgx"
	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivermigrate"

	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/gateway/config"
	"github.com/lienthong/lienthong/gateway/httpapi"
	"github.com/lienthong/lienthong/gateway/postgres"
	"github.com/lienthong/lienthong/gateway/telemetry"
	"github.com/lienthong/lienthong/internal/fault"
	"github.com/lienthong/lienthong/migrations"
)

const service = "lienthong"

// visible is what makes a process visible: metrics, traces and health checks.
type visible struct {
	observer *telemetry.Observer
	tracing  *telemetry.Tracing // nil: off
	examiner *telemetry.Examiner
	watch    *telemetry.Watch
	apart    string // address of metrics and health beside the API; "": on the API's own
}

// metricsListen names an address of its own for /metrics, /livez and /readyz.
// A process without API shows them nowhere else.
const metricsListen = "LIENTHONG_METRICS_LISTEN"

// observe prepares the traces and the observer that wraps the ports.
func (n *node) observe(ctx context.Context, getenv func(string) string) (err error) {
	n.apart = getenv(metricsListen)
	if telemetry.TracesWanted(getenv) {
		n.tracing, err = telemetry.NewTracing(ctx, telemetry.TracingOptions{Service: service, Version: version(), Node: n.name, Logger: n.log})
		if err != nil {
			return err
		}
	}
	n.observer = telemetry.New(telemetry.Options{Version: version(), Revision: revision(), Tracing: n.tracing, Logger: n.log})
	return nil
}

// watchStore prepares what asks the store: gauges and health checks.
func (n *node) watchStore(store *postgres.Store, c config.Config, destinations []gateway.Destination) error {
	options, err := examinerOptions(store, c)
	if err != nil {
		return err
	}
	n.examiner = telemetry.NewExaminer(options)
	n.watch = n.observer.NewWatch(telemetry.WatchOptions{Store: store, Destinations: specsOf(destinations), Logger: n.log})
	return nil
}

func examinerOptions(store *postgres.Store, c config.Config) (o telemetry.ExaminerOptions, err error) {
	o.Store, o.Site = store, c.SiteName()
	o.Writing = func(ctx context.Context) (gateway.Writing, error) { return store.Writing(ctx, gateway.Mark{}) }
	for _, d := range c.Destinations {
		o.Destinations = append(o.Destinations, d.Code)
	}
	o.Schema, o.RiverSchema, err = newestMigrations()
	return o, err
}

// newestMigrations returns the versions that this program knows, ours and River's.
func newestMigrations() (ours, river int64, err error) {
	names, err := fs.Glob(migrations.Files(), "*.sql")
	if err != nil {
		return 0, 0, fault.Wrap(err, fault.Internal, "main")
	}
	for _, name := range names {
		number, _, _ := strings.Cut(name, "_")
		if v, err := strconv.ParseInt(number, 10, 64); err == nil {
			ours = max(ours, v)
		}
	}
	migrator, err := rivermigrate.New(riverpgxv5.New(nil), nil)
	if err != nil {
		return 0, 0, fault.Wrap(err, fault.Internal, "main")
	}
	for _, m := range migrator.AllVersions() {
		river = max(river, int64(m.Version))
	}
	return ours, river, nil
}

// shown adds metrics, health and traces to the options of the API.
func (v *visible) shown(o httpapi.Options) httpapi.Options {
	o.Examiner, o.Begin = v.examiner, v.observer.Request
	o.Ingestor, o.Committer = v.observer.Ingestor(o.Ingestor), v.observer.Pusher(o.Committer)
	if v.apart == "" {
		o.Metrics = v.observer.Handler()
	}
	return o
}

// queryTracer traces questions to the database, without their parameters; nil while nobody traces.
func (v *visible) queryTracer() pgx.QueryTracer {
	if v.tracing == nil {
		return nil
	}
	return otelpgx.NewTracer(otelpgx.WithTracerProvider(v.tracing.Provider()), otelpgx.WithDisableConnectionDetailsInAttributes())
}

// apartTime bounds reading a request and stopping, where metrics have their own address.
const apartTime = 5 * time.Second

// serveApart serves metrics and health on their own address until ctx ends.
func (v *visible) serveApart(ctx context.Context) error {
	if v.apart == "" {
		<-ctx.Done()
		return nil
	}
	listener, err := net.Listen("tcp", v.apart)
	if err != nil {
		return &fault.Error{Code: fault.Usage, Op: "metrics", Msg: "cannot listen at " + metricsListen, Err: err}
	}
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", v.observer.Handler())
	mux.HandleFunc("GET /livez", func(w http.ResponseWriter, _ *http.Request) {
		answerHealth(w, httpapi.Health{Status: "pass", Version: version()})
	})
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), apartTime/2)
		defer cancel()
		answerHealth(w, httpapi.HealthOf(version(), v.examiner.Examine(ctx)))
	})
	server := &http.Server{Handler: mux, ReadHeaderTimeout: apartTime, ReadTimeout: apartTime, WriteTimeout: 4 * apartTime}
	served := make(chan error, 1)
	go func() { served <- server.Serve(listener) }()
	select {
	case err := <-served:
		return fault.Wrap(err, fault.Unavailable, "metrics")
	case <-ctx.Done():
	}
	stopping, cancel := context.WithTimeout(context.WithoutCancel(ctx), apartTime)
	defer cancel()
	err = errors.Join(server.Shutdown(stopping), server.Close())
	if ended := <-served; !errors.Is(ended, http.ErrServerClosed) {
		err = errors.Join(err, ended)
	}
	return err
}

func answerHealth(w http.ResponseWriter, h httpapi.Health) {
	w.Header().Set("Content-Type", "application/health+json")
	w.Header().Set("Cache-Control", "no-store")
	if h.Status == "fail" {
		w.WriteHeader(http.StatusServiceUnavailable)
	}
	_ = json.NewEncoder(w).Encode(h) // who asked may be gone
}

// revision is what the build was made of, as far as it knows.
func revision() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return ""
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" {
			return s.Value
		}
	}
	return ""
}
