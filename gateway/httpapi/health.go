package httpapi

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/lienthong/lienthong/gateway"
)

const healthMedia = "application/health+json"

// Health is the state of this process, after the health+json draft.
type Health struct {
	Status  string                   `json:"status" enum:"pass,warn,fail"`
	Version string                   `json:"version,omitempty"`
	Checks  map[string][]HealthCheck `json:"checks,omitempty"`
}

// HealthCheck is the state of one part.
type HealthCheck struct {
	ComponentType string    `json:"componentType"`
	ObservedValue int64     `json:"observedValue"`
	ObservedUnit  string    `json:"observedUnit"`
	Status        string    `json:"status" enum:"pass,warn,fail"`
	Time          time.Time `json:"time"`
	Output        string    `json:"output,omitempty" doc:"What is to be known or done"`
}

// HealthOf puts checks into the form that health checks answer with.
func HealthOf(version string, checks []gateway.Check) Health {
	h := Health{Status: string(gateway.Worst(checks)), Version: version}
	for _, c := range checks {
		if h.Checks == nil {
			h.Checks = make(map[string][]HealthCheck)
		}
		h.Checks[c.Name] = append(h.Checks[c.Name], HealthCheck{
			ComponentType: c.Component, ObservedValue: c.Observed, ObservedUnit: c.Unit, Status: string(c.Status), Time: c.At.UTC(), Output: c.Output,
		})
	}
	return h
}

// pingTime is how long the database may take to say that it is there.
const pingTime = 2 * time.Second

// livez says that the process runs; it asks nobody, since a restart would not bring a database back.
func (a *API) livez(w *response, _ *http.Request, _ *call) error {
	send(w, http.StatusOK, healthMedia, encode(Health{Status: "pass", Version: a.opts.Version}))
	return nil
}

// startupz says whether the database has the schema that this program needs.
func (a *API) startupz(w *response, r *http.Request, c *call) error {
	var checks []gateway.Check
	for _, check := range a.examine(r.Context(), c) {
		if strings.HasPrefix(check.Name, "migrations:") || check.Name == connectionCheck {
			checks = append(checks, check)
		}
	}
	a.sendHealth(w, c, checks, false)
	return nil
}

// readyz says whether requests make sense. What needs a person but does not
// keep requests from being taken, such as an open breaker, is a warning and ready.
func (a *API) readyz(w *response, r *http.Request, c *call) error {
	a.sendHealth(w, c, a.examine(r.Context(), c), a.waits.Err() != nil)
	return nil
}

// sendHealth answers 503 when something fails, and while the process stops: a
// load balancer should send nobody any more.
func (a *API) sendHealth(w *response, c *call, checks []gateway.Check, stopping bool) {
	h, status := HealthOf(a.opts.Version, checks), http.StatusOK
	switch {
	case h.Status == string(gateway.CheckFail):
		status = http.StatusServiceUnavailable
		for _, check := range checks {
			if check.Status == gateway.CheckFail {
				a.log.Warn("not ready", "request_id", c.id, "check", check.Name, "output", check.Output)
			}
		}
	case stopping:
		status, h.Status = http.StatusServiceUnavailable, string(gateway.CheckWarn)
	}
	send(w, status, healthMedia, encode(h))
}

const connectionCheck = "postgres:connection"

// examine asks who knows, else the database whether it answers.
func (a *API) examine(ctx context.Context, c *call) []gateway.Check {
	ctx, cancel := context.WithTimeout(ctx, pingTime)
	defer cancel()
	if a.opts.Examiner != nil {
		return a.opts.Examiner.Examine(ctx)
	}
	check := gateway.Check{Name: connectionCheck, Component: "datastore", Unit: "ms", Status: gateway.CheckPass, At: time.Now()}
	if err := a.opts.Read.Ping(ctx); err != nil {
		check.Status, check.Output = gateway.CheckFail, "the database does not answer"
		a.log.Warn("database not reached", "request_id", c.id, "err", err)
	}
	check.Observed = time.Since(check.At).Milliseconds()
	return []gateway.Check{check}
}
