package httpapi

import (
	"context"
	"net/http"
	"time"
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
}

// pingTime is how long the database may take to say that it is there.
const pingTime = 2 * time.Second

// livez says that the process runs; it asks nobody, since a restart would not bring a database back.
func (a *API) livez(w *response, _ *http.Request, _ *call) error {
	send(w, http.StatusOK, healthMedia, encode(Health{Status: "pass", Version: a.opts.Version}))
	return nil
}

// readyz says whether requests make sense.
func (a *API) readyz(w *response, r *http.Request, c *call) error {
	ctx, cancel := context.WithTimeout(r.Context(), pingTime)
	defer cancel()
	asked := time.Now()
	err := a.opts.Read.Ping(ctx)
	check := HealthCheck{
		ComponentType: "datastore", ObservedValue: time.Since(asked).Milliseconds(), ObservedUnit: "ms", Status: "pass", Time: asked.UTC(),
	}
	status := http.StatusOK
	switch {
	case err != nil:
		status, check.Status = http.StatusServiceUnavailable, "fail"
		a.log.Warn("not ready", "request_id", c.id, "err", err)
	case a.waits.Err() != nil: // stopping: a load balancer should send nobody any more
		status, check.Status = http.StatusServiceUnavailable, "warn"
	}
	send(w, status, healthMedia, encode(Health{
		Status: check.Status, Version: a.opts.Version, Checks: map[string][]HealthCheck{"postgres:connection": {check}},
	}))
	return nil
}
