package telemetry

import (
	"context"
	"strings"

	"github.com/lienthong/lienthong/gateway"
)

// repairs shows every class, state and reason from the start: an alarm cannot
// tell a series that is missing from one that is 0.
func (w *Watch) repairs(ctx context.Context) ([]sample, error) {
	v, err := w.store.RepairVitals(ctx)
	if err != nil {
		return nil, err
	}
	var samples []sample
	for _, l := range v.Agreement {
		samples = append(samples, sample{"lienthong_agreement_ratio", l.Rate, []string{l.Destination}})
	}
	for _, class := range gateway.DriftClasses() {
		samples = append(samples, sample{"lienthong_drift_open", float64(v.Drift[class]), []string{string(class)}})
	}
	for _, state := range []gateway.ReplayState{gateway.ReplayRunning, gateway.ReplayPaused} {
		samples = append(samples, sample{"lienthong_replay_plans", float64(v.Replays[state]), []string{string(state)}})
	}
	for _, d := range w.destinations {
		for _, look := range []gateway.LookReason{gateway.LookRestore, gateway.LookAdopt, gateway.LookCompare} {
			samples = append(samples, sample{"lienthong_looks_waiting", float64(v.Looks[gateway.LookKey{Destination: d.Code, Look: look}]), []string{d.Code, string(look)}})
		}
	}
	return samples, nil
}

// shadows shows how what another system writes compares with ours. The counts follow
// every write, so that nothing large is read. What we would begin with is left to
// lienthong ops ownership; a series for each would say less than their sum.
func (w *Watch) shadows(ctx context.Context) ([]sample, error) {
	all, err := w.store.Shadows(ctx)
	if err != nil {
		return nil, err
	}
	counts := map[[2]string]int64{}
	for _, d := range w.destinations {
		for _, cause := range gateway.ShadowCauses() {
			counts[[2]string{d.Code, cause}] = 0
		}
	}
	for _, s := range all {
		if s.State == string(gateway.StateShadow) {
			counts[[2]string{s.Destination, shadowLabel(s.Cause)}] += s.Count
		}
	}
	samples := make([]sample, 0, len(counts))
	for k, n := range counts {
		samples = append(samples, sample{"lienthong_shadow_deliveries", float64(n), []string{k[0], k[1]}})
	}
	return samples, nil
}

// shadowLabel is a cause without its operation.
func shadowLabel(cause string) string {
	for _, known := range gateway.ShadowCauses() {
		if cause == known || strings.HasPrefix(cause, known+".") {
			return known
		}
	}
	return unknown
}
