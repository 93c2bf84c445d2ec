package demo

import (
	"context"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// Moment is one line of the time line.
type Moment struct {
	At      time.Duration `json:"at_ns"` // since the start of the run
	Backlog int           `json:"backlog"`
	Event   string        `json:"event,omitempty"` // a breaker that changed
}

// watch looks at the backlog while the demo runs.
type watch struct {
	pool    *pgxpool.Pool
	began   time.Time
	samples []Moment
	last    atomic.Int64
}

const sampleEvery = 500 * time.Millisecond

func newWatch(ctx context.Context, url string, began time.Time) (*watch, error) {
	pool, err := pgxpool.New(ctx, url)
	if err != nil {
		return nil, err
	}
	return &watch{pool: pool, began: began}, nil
}

func (w *watch) close() { w.pool.Close() }

// run samples until the context ends.
func (w *watch) run(ctx context.Context) error {
	tick := time.NewTicker(sampleEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
			n, err := w.outstanding(ctx)
			if err != nil {
				continue // the drain will say so if it lasts
			}
			w.samples = append(w.samples, Moment{At: time.Since(w.began), Backlog: n})
		}
	}
}

// latest returns the newest sample.
func (w *watch) latest() int { return int(w.last.Load()) }

// outstanding counts deliveries that have not come to rest, and changes that
// are not numbered yet. What was refused after a doubt keeps the doubt for later, and rests.
func (w *watch) outstanding(ctx context.Context) (n int, err error) {
	err = w.pool.QueryRow(ctx, `
		SELECT (SELECT count(*) FROM delivery
		        WHERE state IN ('queued', 'held', 'sending', 'unknown', 'failed_destination') OR state = 'delivered' AND verify_at IS NOT NULL)
		       + (SELECT count(*) FROM change_inbox)`).Scan(&n)
	if err == nil {
		w.last.Store(int64(n))
	}
	return n, err
}

// summary joins the samples with what the breakers did, and counts deliveries by state.
func (w *watch) summary(ctx context.Context, url string) ([]Moment, map[string]int, error) {
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return nil, nil, err
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	rows, err := conn.Query(ctx, `
		SELECT at, 'breaker of ' || operation || CASE WHEN destination = $2 THEN '' ELSE ' of ' || destination END || ': ' || from_state || ' → ' || to_state || CASE WHEN reason = '' THEN '' ELSE ' (' || reason || ')' END
		FROM breaker_transition
		WHERE at >= $1
		ORDER BY at`, w.began, portalCode)
	if err != nil {
		return nil, nil, err
	}
	var (
		at     time.Time
		event  string
		events []Moment
	)
	if _, err := pgx.ForEachRow(rows, []any{&at, &event}, func() error {
		events = append(events, Moment{At: at.Sub(w.began), Event: event})
		return nil
	}); err != nil {
		return nil, nil, err
	}
	states := map[string]int{}
	rows, err = conn.Query(ctx, `SELECT state, count(*) FROM delivery GROUP BY state`)
	if err != nil {
		return nil, nil, err
	}
	var state string
	var n int
	_, err = pgx.ForEachRow(rows, []any{&state, &n}, func() error { states[state] = n; return nil })
	return merge(w.samples, events), states, err
}

// merge orders samples and events by time; an event shows the backlog before it.
func merge(samples, events []Moment) []Moment {
	var out []Moment
	backlog := 0
	for len(samples)+len(events) > 0 {
		if len(events) == 0 || len(samples) > 0 && samples[0].At <= events[0].At {
			backlog = samples[0].Backlog
			out, samples = append(out, samples[0]), samples[1:]
			continue
		}
		events[0].Backlog = backlog
		out, events = append(out, events[0]), events[1:]
	}
	return out
}
