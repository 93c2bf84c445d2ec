package main

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lienthong/lienthong/gateway"
)

func TestFoldedJourney(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)
	breaker := func(minute int, op gateway.Operation, detail string) gateway.ToldEvent {
		return gateway.ToldEvent{At: at.Add(time.Duration(minute) * time.Minute), What: "breaker", Destination: "dvcqg", Operation: op, Detail: detail}
	}
	attempt := gateway.ToldEvent{At: at.Add(4 * time.Minute), What: "attempt", Destination: "dvcqg", Detail: "lookup unavailable"}
	said := []string{}
	for _, e := range folded([]gateway.ToldEvent{
		breaker(1, "create", "open: failure_rate"),
		breaker(2, "create", "half_open: probe"), breaker(3, "create", "open: probe_failed"),
		attempt,
		breaker(5, "create", "half_open: probe"), breaker(5, "lookup", "half_open: probe"), breaker(6, "create", "open: probe_failed"),
		breaker(7, "create", "half_open: probe"), breaker(8, "create", "closed: probe_succeeded"),
	}) {
		said = append(said, e.At.Format("04 ")+string(e.Operation)+" "+e.Detail)
	}
	require.Equal(t, []string{
		"01 create open: failure_rate", "04  lookup unavailable", "05 lookup half_open: probe",
		"06 create open: probe_failed (2 ×)", "07 create half_open: probe", "08 create closed: probe_succeeded",
	}, said)
}
