package postgres

import (
	"context"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/internal/fault"
	"github.com/lienthong/lienthong/schema"
)

// ReleaseHeld implements [gateway.ScoreStore]. It lets the revision of a dossier go that the score guard keeps back, at
// every destination that does, and says which lanes have work. A newer revision is judged again. Without an
// error and a lane it was let go before: two who order it at once cause one effect. Conflict: nobody held it back.
// Indexes: identifier_binding_pkey, delivery_pkey, delivery_due_pkey.
func (s *Store) ReleaseHeld(ctx context.Context, r gateway.Release) ([]gateway.LaneKey, error) {
	const op = "postgres.ReleaseHeld"
	if err := checkWords(op, r.Actor, r.Reason); err != nil {
		return nil, err
	}
	var due []gateway.LaneKey
	err := s.within(ctx, func(tx pgx.Tx) error {
		var entity uuid.UUID
		err := tx.QueryRow(ctx, `SELECT entity_id FROM identifier_binding WHERE kind = $1 AND scheme = $2 AND value = $3`,
			string(schema.KindDossier), string(schema.SchemeDossier), r.Number).Scan(raw(&entity))
		if err != nil {
			return err
		}
		id := uuid.New()
		if due, err = releaseHeld(ctx, tx, entity, r.Destination, id); err != nil {
			return err
		}
		if len(due) == 0 {
			return releasedBefore(ctx, tx, entity, r.Destination)
		}
		_, err = act(ctx, tx, operatorAction{id: id, actor: r.Actor, action: "score_release", destination: r.Destination, reason: r.Reason, entity: &entity})
		return err
	})
	return due, fail(err, op)
}

// releasedBefore says whether somebody let the present revision go already. Index: delivery_pkey.
func releasedBefore(ctx context.Context, tx pgx.Tx, entity uuid.UUID, destination string) error {
	var before bool
	err := tx.QueryRow(ctx, `
		WITH RECURSIVE `+knownDestinations+`
		SELECT EXISTS (SELECT FROM known JOIN delivery d ON d.destination = known.destination AND d.entity_id = $1
		               WHERE ($2 = '' OR d.destination = $2) AND d.released_rev > 0 AND d.released_rev >= d.wanted_rev)`,
		entity, destination).Scan(&before)
	if err == nil && !before {
		err = &fault.Error{Code: fault.Conflict, Op: "postgres.ReleaseHeld", Msg: "no destination holds the dossier back for the sake of the score", Problems: []fault.Problem{{
			Code: "score.not_held", Detail: "Không nơi nhận nào giữ lại hồ sơ này vì điểm.", DetailEN: "No destination holds the dossier back for the sake of the score.",
		}}}
	}
	return err
}

// releaseHeld frees what is held back of one entity.
func releaseHeld(ctx context.Context, tx pgx.Tx, entity uuid.UUID, destination string, action uuid.UUID) ([]gateway.LaneKey, error) {
	rows, err := tx.Query(ctx, `
		WITH RECURSIVE `+knownDestinations+`,
		freed AS (
		    UPDATE delivery d
		    SET state = 'queued', shelf = '', cause = '', problem = '', tries = 0, retry_at = NULL,
		        released_rev = greatest(d.wanted_rev, (SELECT e.revision FROM entity e WHERE e.id = $1)), action_id = $3, updated_at = now()
		    FROM known
		    WHERE d.destination = known.destination AND d.entity_id = $1 AND ($2 = '' OR d.destination = $2)
		      AND d.state = 'failed_data' AND starts_with(d.cause, 'score.')
		    RETURNING d.destination, d.entity_id, d.slot, d.due_at)
		INSERT INTO delivery_due (destination, entity_id, slot, rank)
		SELECT destination, entity_id, slot, `+rankSQL+`
		FROM freed
		CROSS JOIN (SELECT now() AS since) AS entry
		ON CONFLICT (destination, entity_id) DO UPDATE SET rank = EXCLUDED.rank
		RETURNING destination, slot`, entity, destination, action)
	return laneKeys(rows, err)
}

var _ gateway.ScoreStore = (*Store)(nil)
