package telemetry

import (
	"context"
	"fmt"
	"time"

	"github.com/lienthong/lienthong/gateway"
)

// Diagnosis is everything that the database tells about a node, for a person who looks for what is wrong.
type Diagnosis struct {
	Checks     []gateway.Check
	Standing   gateway.Standing
	Backlog    []gateway.Backlog
	Breakers   []gateway.BreakerRow
	Partitions []gateway.PartitionStatus
}

// What a diagnosis warns of.
const (
	oldestPostgres = 140000
	clockWarn      = 2 * time.Second
	clockFail      = 5 * time.Minute // longer than any deadline or lease forgives
	backlogWarn    = time.Hour
	feedWarn       = 10 * time.Second
	reviewWarn     = 7 * 24 * time.Hour
)

// Diagnose does what [Examiner.Examine] does and asks for more: settings of the
// database, the difference of its clock, partitions, backlog, feed and reviews.
func (e *Examiner) Diagnose(ctx context.Context, vitals gateway.VitalsStore) Diagnosis {
	var d Diagnosis
	asked := time.Now()
	d.Standing, d.Checks = e.examine(ctx)
	if d.Standing.Clock.IsZero() {
		return d
	}
	d.Checks = append(d.Checks, versionCheck(d.Standing, asked))
	d.Checks = append(d.Checks, settingChecks(d.Standing, asked)...)
	d.Checks = append(d.Checks, clockCheck(asked, time.Now(), d.Standing.Clock))
	if d.Standing.Schema < e.o.Schema {
		return d // the tables that follow may not be there
	}
	for _, ask := range []func(context.Context, gateway.VitalsStore, *Diagnosis) ([]gateway.Check, error){
		diagnosePartitions, e.diagnoseBacklog, diagnoseFeed, diagnoseReviews,
	} {
		checks, err := ask(ctx, vitals, &d)
		if err != nil {
			checks = []gateway.Check{{Name: "postgres:query", Component: datastore, Status: gateway.CheckFail, Output: "a question was not answered", At: asked}}
		}
		d.Checks = append(d.Checks, checks...)
	}
	d.Breakers, _ = e.o.Store.Breakers(ctx) // its failure shows above
	return d
}

func versionCheck(st gateway.Standing, at time.Time) gateway.Check {
	c := gateway.Check{Name: "postgres:version", Component: datastore, Status: gateway.CheckPass, Observed: int64(st.Version), Unit: "server_version_num", At: at}
	if st.Version < oldestPostgres {
		c.Status, c.Output = gateway.CheckFail, "PostgreSQL 14 or newer is needed"
	}
	return c
}

// settingChecks hold the promise that an answered push survives a crash: with
// one of these off it may not.
func settingChecks(st gateway.Standing, at time.Time) []gateway.Check {
	var checks []gateway.Check
	for _, name := range []string{"fsync", "full_page_writes", "synchronous_commit"} {
		c := gateway.Check{Name: "postgres:" + name, Component: datastore, Status: gateway.CheckPass, At: at, Output: st.Settings[name]}
		if st.Settings[name] == "off" {
			c.Status, c.Output = gateway.CheckFail, "off: a crash may lose pushes that were answered"
		}
		checks = append(checks, c)
	}
	return checks
}

// clockCheck compares with the middle of the time that asking took.
func clockCheck(asked, answered, there time.Time) gateway.Check {
	here := asked.Add(answered.Sub(asked) / 2)
	difference := there.Sub(here)
	c := gateway.Check{Name: "clock:difference", Component: system, Status: gateway.CheckPass, Observed: difference.Milliseconds(), Unit: "ms", At: asked}
	switch d := difference.Abs() - answered.Sub(asked)/2; {
	case d > clockFail:
		c.Status, c.Output = gateway.CheckFail, "the clocks of this machine and of the database are minutes apart: set up NTP"
	case d > clockWarn:
		c.Status, c.Output = gateway.CheckWarn, "the clocks of this machine and of the database differ: set up NTP"
	}
	return c
}

func diagnosePartitions(ctx context.Context, vitals gateway.VitalsStore, d *Diagnosis) (checks []gateway.Check, err error) {
	now := time.Now()
	if d.Partitions, err = vitals.Partitions(ctx); err != nil {
		return nil, err
	}
	for _, p := range d.Partitions {
		ahead := gateway.Check{Name: "partitions:" + p.Table, Component: datastore, Status: gateway.CheckPass, Observed: int64(p.MonthsAhead), Unit: "months ahead", At: now}
		switch {
		case p.MonthsAhead < 0:
			ahead.Status, ahead.Output = gateway.CheckFail, "not even this month has a partition: run lienthong migrate up"
		case p.MonthsAhead < 1:
			ahead.Status, ahead.Output = gateway.CheckWarn, "the next month has no partition yet: run lienthong migrate up"
		}
		rest := gateway.Check{Name: "partitions:" + p.Table + ":default", Component: datastore, Status: gateway.CheckPass, Observed: int64(p.DefaultRows), Unit: "rows", At: now}
		if p.DefaultRows > 0 {
			rest.Status, rest.Output = gateway.CheckWarn, "rows found no partition of their month: run lienthong migrate up"
		}
		checks = append(checks, ahead, rest)
	}
	return checks, nil
}

func (e *Examiner) diagnoseBacklog(ctx context.Context, vitals gateway.VitalsStore, d *Diagnosis) (checks []gateway.Check, err error) {
	now := time.Now()
	if d.Backlog, err = vitals.Backlog(ctx); err != nil {
		return nil, err
	}
	for _, code := range e.o.Destinations {
		b := gateway.Backlog{Destination: code}
		for _, have := range d.Backlog {
			if have.Destination == code {
				b = have
			}
		}
		c := gateway.Check{Name: "destination:" + code + ":backlog", Component: component, Status: gateway.CheckPass, Observed: int64(b.Waiting()), Unit: "deliveries", At: now}
		if b.Oldest > backlogWarn {
			c.Status, c.Output = gateway.CheckWarn, fmt.Sprintf("the oldest has waited for %s", b.Oldest.Round(time.Minute))
		}
		p := gateway.Check{Name: "destination:" + code + ":parked", Component: component, Status: gateway.CheckPass, Observed: int64(b.Parked()), Unit: "deliveries", At: now}
		if b.Parked() > 0 {
			p.Status, p.Output = gateway.CheckWarn, "they wait for a person or for new data"
		}
		checks = append(checks, c, p)
	}
	return checks, nil
}

func diagnoseFeed(ctx context.Context, vitals gateway.VitalsStore, _ *Diagnosis) ([]gateway.Check, error) {
	lag, err := vitals.FeedLag(ctx)
	c := gateway.Check{Name: "feed:lag", Component: component, Status: gateway.CheckPass, Observed: lag.Milliseconds(), Unit: "ms", At: time.Now()}
	if lag > feedWarn {
		c.Status, c.Output = gateway.CheckWarn, "committed changes wait for their position: does a node serve?"
	}
	return []gateway.Check{c}, err
}

func diagnoseReviews(ctx context.Context, vitals gateway.VitalsStore, _ *Diagnosis) ([]gateway.Check, error) {
	r, err := vitals.OpenReviews(ctx)
	c := gateway.Check{Name: "reviews:open", Component: component, Status: gateway.CheckPass, Observed: int64(r.Count), Unit: "questions", At: time.Now()}
	if r.Oldest > reviewWarn {
		c.Status, c.Output = gateway.CheckWarn, "the oldest question has waited for more than a week"
	}
	return []gateway.Check{c}, err
}
