package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/lienthong/lienthong/cmd/lienthong/pusher"
	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/gateway/config"
	"github.com/lienthong/lienthong/gateway/postgres"
	"github.com/lienthong/lienthong/internal/fault"
	"github.com/lienthong/lienthong/schema"
)

// loaded is the result of a bulk load, as it is printed.
type loaded struct {
	pusher.Counts
	Load    string                `json:"load"`
	State   gateway.LoadState     `json:"state"`
	Before  bool                  `json:"before"` // it was done before; nothing was loaded now
	Created map[schema.Kind]int64 `json:"entities_created"`
	Changed map[schema.Kind]int64 `json:"entities_changed"`
	Seconds float64               `json:"seconds"` // of this run
}

// bulk loads files straight into the database.
func (c *pushCmd) bulk(ctx context.Context, s *streams, input pusher.InputOptions, progress pusher.Progress) (err error) {
	if c.Config == "" || c.Source == "" {
		return fault.New(fault.Usage, "push", "--bulk needs --config and --source")
	}
	if c.State != "" || c.Restart {
		return fault.New(fault.Usage, "push", "--state and --restart are for a running API; a bulk load keeps its place in the database (--abandon, --again)")
	}
	settings, err := loadConfig(c.Config, s)
	if err != nil {
		return err
	}
	source, err := sourceOf(settings, c.Source)
	if err != nil {
		return err
	}
	order := gateway.LoadOrder{Source: c.Source, Again: c.Again}
	if len(c.Files) > 0 {
		if order.Fingerprint, err = pusher.Fingerprint(ctx, input); err != nil {
			return err
		}
	}
	db, err := openDatabase(ctx, settings, s)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close(ctx)) }()
	pool, err := openPool(ctx, db.URL(), "bulk "+nodeName())
	if err != nil {
		return err
	}
	defer pool.Close()
	began := time.Now()
	load, before, err := c.run(ctx, bulkStore(pool, settings), source, order, input, progress)
	progress.Done()
	if err != nil {
		return err
	}
	result := loaded{
		Counts: countsOf(load.Tally), Load: load.ID.String(), State: load.State, Before: before,
		Created: load.Tally.Created, Changed: load.Tally.Changed, Seconds: time.Since(began).Seconds(),
	}
	if err := c.printLoad(s.out, result); err != nil {
		return err
	}
	return c.verdict(result.Rejected)
}

// bulkStore knows the destinations so that what they show already is kept up to date.
func bulkStore(pool *pgxpool.Pool, settings config.Config) *postgres.Store {
	var receivers []gateway.Receiver
	for _, d := range settings.Destinations {
		r := gateway.Receiver{Code: d.Code, Receives: kindsOf(d.Receives)}
		if d.Kind == config.KindSink {
			r.Keys = gateway.KeyEntity
		}
		receivers = append(receivers, r)
	}
	return postgres.New(pool).WithReceivers(receivers...)
}

func sourceOf(settings config.Config, code string) (gateway.Source, error) {
	sources, err := newSources(settings)
	if err != nil {
		return gateway.Source{}, err
	}
	for _, s := range sources {
		if s.Code == code {
			return s, nil
		}
	}
	return gateway.Source{}, fault.New(fault.Usage, "push", "the configuration has no source "+code)
}

// outage is how long a load that makes no headway waits for its database to come back.
const outage = 5 * time.Minute

// run loads until the end. A database that goes away and comes back is no end:
// the load goes on as after any other interruption.
func (c *pushCmd) run(
	ctx context.Context, store *postgres.Store, source gateway.Source, order gateway.LoadOrder, input pusher.InputOptions, progress pusher.Progress,
) (load gateway.Load, before bool, err error) {
	if c.Abandon {
		load, err = store.AbandonLoad(ctx, order)
		return load, false, err
	}
	moved, position := time.Now(), int64(-1)
	for {
		report := &loadReport{c: c, progress: progress, began: false}
		load, err = c.once(ctx, store, source, order, input, report)
		if ctx.Err() != nil {
			return load, false, fault.New(fault.Unavailable, "push", fmt.Sprintf("stopped after %d messages; the same command goes on from there", load.Position))
		}
		if err == nil || fault.CodeOf(err) != fault.Unavailable {
			return load, err == nil && !report.began, err
		}
		if load.Position != position {
			moved, position = time.Now(), load.Position
		}
		if time.Since(moved) > outage {
			return load, false, err
		}
		order.Again = order.Again && !report.began // what was begun is gone on with
		progress.Say("the database is away; trying again")
		select {
		case <-time.After(time.Second):
		case <-ctx.Done():
		}
	}
}

func (c *pushCmd) once(
	ctx context.Context, store *postgres.Store, source gateway.Source, order gateway.LoadOrder, input pusher.InputOptions, report *loadReport,
) (gateway.Load, error) {
	in, err := pusher.Open(input)
	if err != nil {
		return gateway.Load{}, err
	}
	defer func() { _ = in.Close() }()
	report.in = in
	loader := gateway.NewLoader(gateway.LoaderOptions{Source: source, Store: store})
	load, err := loader.Run(ctx, order, pusher.LoadInput{Input: in}, report)
	if report.rejects != nil {
		if closed := report.rejects.Close(); err == nil {
			err = closed
		}
	}
	return load, err
}

// loadReport tells a person, and the rejects file, what becomes of a load.
type loadReport struct {
	c        *pushCmd
	in       *pusher.Input
	rejects  *pusher.Rejects
	progress pusher.Progress
	began    bool
}

// Begin implements [gateway.LoadReport].
func (r *loadReport) Begin(load gateway.Load) (err error) {
	r.began = true
	if load.Position > 0 || len(load.Parts) > 0 {
		r.progress.Say("going on after %d messages", load.Position)
	}
	r.rejects, err = pusher.OpenRejects(r.c.Rejects, load.Rejects)
	return err
}

// Rejected implements [gateway.LoadReport].
func (r *loadReport) Rejected(m gateway.LoadMessage, refused []gateway.RecordResult) error {
	for _, record := range refused {
		line := pusher.Reject{File: m.File, Position: m.Number, Line: m.Line, Code: "rejected"}
		told := false
		for _, p := range record.Errors {
			if !p.IsRefusal() {
				continue
			}
			told = true
			line.Pointer, line.Code, line.Detail = p.Pointer, p.Code, p.Detail
			if r.c.Language == "en" && p.DetailEN != "" {
				line.Detail = p.DetailEN
			}
			if err := r.rejects.Add(line); err != nil {
				return err
			}
		}
		if told {
			continue
		}
		if err := r.rejects.Add(line); err != nil {
			return err
		}
	}
	return nil
}

// Advanced implements [gateway.LoadReport].
func (r *loadReport) Advanced(load gateway.Load) (int64, error) {
	size, taken := r.in.Size()
	r.progress.Step(countsOf(load.Tally), taken, size)
	return r.rejects.Flush()
}

var _ gateway.LoadReport = (*loadReport)(nil)

func countsOf(t gateway.LoadTally) pusher.Counts {
	return pusher.Counts{
		Messages: t.Messages, Accepted: int64(t.Summary.Accepted), Unchanged: int64(t.Summary.Unchanged),
		Superseded: int64(t.Summary.Superseded), NeedsReview: int64(t.Summary.NeedsReview), Rejected: int64(t.Summary.Rejected),
	}
}

func (c *pushCmd) printLoad(w io.Writer, r loaded) error {
	if c.JSON {
		return json.NewEncoder(w).Encode(r)
	}
	said := fmt.Sprintf("%d messages loaded in %s", r.Messages, seconds(r.Seconds))
	switch {
	case r.Before:
		said = fmt.Sprintf("%d messages were loaded before; nothing to do (--again loads them once more)", r.Messages)
	case r.State == gateway.LoadAbandoned:
		said = fmt.Sprintf("the load is ended as it stands, after %d messages", r.Messages)
	}
	if _, err := fmt.Fprintf(w, "%s\n%s", said, countsText(r.Counts, c.Rejects)); err != nil {
		return err
	}
	for _, kind := range schema.Kinds() {
		if n := r.Created[kind] + r.Changed[kind]; n > 0 {
			if _, err := fmt.Fprintf(w, "%12d %s new, %d changes of those that were there\n", r.Created[kind], kind, r.Changed[kind]); err != nil {
				return err
			}
		}
	}
	return nil
}
