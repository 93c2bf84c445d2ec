package telemetry

import (
	"context"

	"github.com/lienthong/lienthong/gateway"
)

// repairs shows every class, state and reason from the start: an alarm cannot
// tell a series that is missing from one that is 0. How many stand in shadow is
// not among them: no index counts them, and lienthong ops ownership does.
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
