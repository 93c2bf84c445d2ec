package httpapi

import (
	"context"
	"net/http"

	"github.com/google/uuid"

	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/internal/fault"
	"github.com/lienthong/lienthong/schema"
)

// OpsRetract says that an entity does not stand any more, or stands again.
type OpsRetract struct {
	Destination string `json:"destination,omitempty" doc:"Only this one may not have it, or may have it again; else everybody"`
	Reason      string `json:"reason" doc:"Why. Kept for good, so without names of citizens"`
}

// OpsRetracted says what came of it.
type OpsRetracted struct {
	OpsDone
	Action   string `json:"action" doc:"withdraw, withhold or restore"`
	Revision int64  `json:"revision" doc:"Of the entity; a new one where changed is true"`
}

func retracts(undo bool) func(*API) operation {
	return func(a *API) operation { return a.retract(undo) }
}

// retract returns the handler of POST /v1/ops/entities/{kind}/{id}/withdraw, or restore.
func (a *API) retract(undo bool) operation {
	return func(w *response, r *http.Request, c *call) error {
		kind := schema.Kind(r.PathValue("kind"))
		id, err := uuid.Parse(r.PathValue("id"))
		if err != nil || len(r.PathValue("id")) != len(id.String()) || !kind.Valid() || kind.Entity() != kind {
			return fault.New(fault.NotFound, "httpapi.retract", "no such entity")
		}
		var in OpsRetract
		answer, err := a.once(w, r, c, &in, func(ctx context.Context, actor string) (any, error) {
			if !storable(in.Destination) {
				return nil, badOrder()
			}
			order := gateway.Retraction{EntityID: id, Kind: kind, Destination: in.Destination, Undo: undo, Actor: actor, Reason: in.Reason}
			done, err := a.opts.Owners.Store.Retract(ctx, order)
			return OpsRetracted{OpsDone: OpsDone{Changed: done.Changed}, Action: order.Action(), Revision: done.Revision}, err
		})
		if err != nil {
			return err
		}
		send(w, http.StatusOK, jsonMedia, answer)
		return nil
	}
}
