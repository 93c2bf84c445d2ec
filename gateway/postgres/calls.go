package postgres

import (
	"context"
	"time"

	"github.com/lienthong/lienthong/gateway"
)

// lastCallsSQL counts calls, not the deliveries that rode in them. A call that found no login was not answered, whosever fault it is.
const lastCallsSQL = `
	WITH calls AS (
	    SELECT DISTINCT ON (id) id, started_at, cause, http_status,
	           (shelf = 'destination' OR cause LIKE $1 || '.login.%') AND outcome IN ('unknown', 'unavailable', 'throttled', 'session_expired') AS bad
	    FROM attempt
	    WHERE started_at > $2 AND destination = $1 AND cause <> 'worker.lost'
	    ORDER BY id, started_at)
	SELECT count(*) FILTER (WHERE NOT bad), count(*) FILTER (WHERE bad), max(started_at) FILTER (WHERE NOT bad), max(started_at) FILTER (WHERE bad),
	       coalesce((array_agg(cause ORDER BY started_at DESC) FILTER (WHERE bad))[1], ''),
	       coalesce((array_agg(http_status ORDER BY started_at DESC) FILTER (WHERE bad))[1], 0)
	FROM calls`

// LastCalls implements [gateway.CallsStore]. Index: attempt_started_at_idx.
func (s *Store) LastCalls(ctx context.Context, destination string, since time.Time) (gateway.LastCalls, error) {
	var c gateway.LastCalls
	err := s.pool.QueryRow(ctx, lastCallsSQL, destination, since).Scan(&c.Good, &c.Bad, &c.LastGood, &c.LastBad, &c.BadCause, &c.BadStatus)
	return c, fail(err, "postgres.LastCalls")
}

var _ gateway.CallsStore = (*Store)(nil)
