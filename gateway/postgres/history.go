package postgres

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/lienthong/lienthong/gateway"
)

// longestOutage is how far back the beginning of an outage is looked for.
const longestOutage = 60 * 24 * time.Hour

// Transitions implements [gateway.HistoryStore]. Of each breaker it goes back to
// the last time before since at which it stood closed, so that an outage that was on
// by then has its beginning. Index: breaker_transition_at_idx.
func (s *Store) Transitions(ctx context.Context, since time.Time) ([]gateway.Transition, error) {
	const op = "postgres.Transitions"
	rows, err := s.pool.Query(ctx, transitionsSQL, since, since.Add(-longestOutage))
	if err != nil {
		return nil, fail(err, op)
	}
	all, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (t gateway.Transition, err error) {
		err = row.Scan(&t.Key.Destination, &t.Key.Operation, &t.At, &t.To, &t.Who, &t.Reason, &t.Cause)
		return t, err
	})
	return all, fail(err, op)
}

const transitionsSQL = `
	SELECT t.destination, t.operation, t.at, t.to_state, t.node, t.reason, t.cause
	FROM breaker b
	CROSS JOIN LATERAL (
	    SELECT coalesce((SELECT at FROM breaker_transition
	                     WHERE destination = b.destination AND operation = b.operation AND at < $1 AND at >= $2
	                       AND to_state IN ('closed', 'forced_closed')
	                     ORDER BY at DESC LIMIT 1), $2) AS from_at) AS began
	CROSS JOIN LATERAL (
	    SELECT id, destination, operation, at, to_state, node, reason, cause
	    FROM breaker_transition
	    WHERE destination = b.destination AND operation = b.operation AND at > began.from_at
	    OFFSET 0) AS t -- each breaker by the index, however few there are
	ORDER BY t.at, t.id`

// DossierID returns the entity of a dossier's number. Index: identifier_binding_pkey.
func (s *Store) DossierID(ctx context.Context, number string) (id uuid.UUID, err error) {
	err = s.pool.QueryRow(ctx, `
		SELECT entity_id FROM identifier_binding
		WHERE kind = 'dossier' AND scheme = 'dossier' AND value = $1`, number).Scan(raw(&id))
	return id, fail(err, "postgres.DossierID")
}

// DossierJourney implements [gateway.HistoryStore]. Indexes: identifier_binding_pkey, record_entity_idx,
// those of [Store.Journey], operator_action_at_idx.
func (s *Store) DossierJourney(ctx context.Context, number string) (gateway.DossierJourney, error) {
	const op = "postgres.DossierJourney"
	j := gateway.DossierJourney{Number: number, At: time.Now()}
	var err error
	if j.EntityID, err = s.DossierID(ctx, number); err != nil {
		return j, err
	}
	rows, err := s.pool.Query(ctx, dossierSQL, j.EntityID, s.closed(j.At), s.phases.destinations, s.phases.operations, s.phases.after)
	if err != nil {
		return j, fail(err, op)
	}
	if j.Events, err = pgx.CollectRows(rows, pgx.RowToStructByPos[gateway.JourneyEvent]); err != nil {
		return j, fail(err, op)
	}
	return j, fail(s.beside(ctx, &j), op)
}

// beside adds what happened to the dossier's destinations meanwhile.
func (s *Store) beside(ctx context.Context, j *gateway.DossierJourney) error {
	since := j.At
	destinations := []string{gateway.EveryDestination}
	for _, e := range j.Events {
		if e.At.Before(since) {
			since = e.At
		}
		if e.What == "delivery" {
			destinations = append(destinations, e.Destination)
		}
	}
	history, err := s.Transitions(ctx, since)
	if err != nil {
		return err
	}
	history = slices.DeleteFunc(history, func(t gateway.Transition) bool { return !slices.Contains(destinations, t.Key.Destination) })
	j.Outages = gateway.Outages(history)
	for _, t := range history {
		j.Events = append(j.Events, gateway.JourneyEvent{At: t.At, What: "breaker", Destination: t.Key.Destination,
			Operation: t.Key.Operation, Detail: t.To + ": " + t.Reason, Cause: t.Cause, By: t.Who})
	}
	actions, err := s.actionsSince(ctx, since, destinations, j.EntityID)
	if err != nil {
		return err
	}
	j.Events = append(j.Events, actions...)
	slices.SortStableFunc(j.Events, func(a, b gateway.JourneyEvent) int { return cmp.Or(a.At.Compare(b.At)) })
	return nil
}

func (s *Store) actionsSince(ctx context.Context, since time.Time, destinations []string, entity uuid.UUID) ([]gateway.JourneyEvent, error) {
	rows, err := s.pool.Query(ctx, `
		SELECT at, actor, action, destination, operation, reason
		FROM operator_action
		WHERE at >= $1 AND (entity_id = $3 OR entity_id IS NULL AND destination = ANY ($2) AND action <> 'contacts_import')
		ORDER BY at
		LIMIT 1000`, since, destinations, entity)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (gateway.JourneyEvent, error) {
		e := gateway.JourneyEvent{What: "action"}
		var action, reason string
		err := row.Scan(&e.At, &e.By, &action, &e.Destination, &e.Operation, &reason)
		e.Detail = action + ": " + reason
		return e, err
	})
}
