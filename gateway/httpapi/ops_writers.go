package httpapi

import (
	"context"
	"net/http"
	"time"

	"github.com/google/uuid"

	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/internal/fault"
)

// Owners is what operators say over the API about who writes, what differs, what is kept back and what is gone.
type Owners struct {
	Store interface {
		gateway.OwnerStore
		gateway.WriterStore
		gateway.DriftStore
		gateway.ScoreStore
		gateway.RetractStore
		gateway.OnceStore
	}
	Shows map[string]gateway.LookupMode // what the look-ups of the configured destinations show
}

// OpsDone says whether an order changed anything.
type OpsDone struct {
	Changed bool `json:"changed" doc:"false: it stood like that already, and nothing was done"`
}

// OpsOwner is an order about who writes.
type OpsOwner struct {
	Agency    string `json:"agency,omitempty" doc:"Only what this agency received"`
	Procedure string `json:"procedure,omitempty" doc:"Only this procedure, national code"`
	From      string `json:"from,omitempty" doc:"Only dossiers received on this day or later, by the calendar of Việt Nam: 2026-07-01"`
	Reason    string `json:"reason" doc:"Why. Kept for good, so without names of citizens"`
}

// OpsOwn makes us the writer.
type OpsOwn struct {
	OpsOwner
	Withdraw bool `json:"withdraw,omitempty" doc:"Take the rule of exactly this scope back instead"`
}

// OpsDisown makes somebody else the writer.
type OpsDisown struct {
	OpsOwner
	To string `json:"to,omitempty" enum:"onestop,ministry" doc:"onestop unless said"`
}

// OpsOwned says what came of an order about who writes.
type OpsOwned struct {
	OpsDone
	Reconsidered int64 `json:"reconsidered" doc:"Shadows that are decided anew; each is looked at before anything is sent"`
	Complete     bool  `json:"complete" doc:"false: there are more; the same order goes on"`
}

// OpsSiteTake moves the lease of who sends.
type OpsSiteTake struct {
	Site   string `json:"site"`
	Reason string `json:"reason"`
}

// OpsRestored says that the database was restored, where no node can know.
type OpsRestored struct {
	Again  bool   `json:"again,omitempty" doc:"Also while what an earlier restore asks for is not looked at"`
	Reason string `json:"reason"`
}

// OpsRepair repairs one class of what differs, or takes note of it.
type OpsRepair struct {
	Class       string `json:"class" enum:"not_sent,sent_not_shown,shown_differently,portal_newer,foreign"`
	Destination string `json:"destination,omitempty"`
	Commune     string `json:"commune,omitempty"`
	Accept      bool   `json:"accept,omitempty" doc:"Send nothing: take note, until either side changes"`
	Limit       int    `json:"limit,omitempty" minimum:"1" maximum:"10000" doc:"Most dossiers, oldest first; 100 unless said"`
	Reason      string `json:"reason"`
}

// orderTime bounds what an order works on in one request; the same order goes on.
const orderTime = 10 * time.Second

// once reads an order and gives it, once for its Idempotency-Key.
func (a *API) once(w *response, r *http.Request, c *call, into any, do func(ctx context.Context, actor string) (any, error)) (answer []byte, err error) {
	return a.onceIn(a.opts.Owners.Store, w, r, c, into, do)
}

func (a *API) onceIn(
	store gateway.OnceStore, w *response, r *http.Request, c *call, into any, do func(ctx context.Context, actor string) (any, error),
) (answer []byte, err error) {
	key, err := a.replayOrder(w, r, c, into)
	if err != nil {
		return nil, err
	}
	ctx, cancel := a.commit(r.Context())
	defer cancel()
	answer, replayed, err := store.Once(ctx, key, func(ctx context.Context) (any, error) { return do(ctx, c.caller.Name) })
	if err != nil {
		return nil, opsProblem(err)
	}
	if replayed {
		w.Header().Set("Idempotent-Replayed", "true")
	}
	return answer, nil
}

// simply is an order whose answer is whether it changed anything.
func (a *API) simply(w *response, r *http.Request, c *call, into any, do func(ctx context.Context, actor string) (bool, error)) error {
	answer, err := a.once(w, r, c, into, func(ctx context.Context, actor string) (any, error) {
		changed, err := do(ctx, actor)
		return OpsDone{Changed: changed}, err
	})
	if err != nil {
		return err
	}
	send(w, http.StatusOK, jsonMedia, answer)
	return nil
}

// destinationOf names the destination of an order; what the configuration does not have is not found.
func (a *API) destinationOf(r *http.Request) (string, error) {
	code := r.PathValue("code")
	if _, known := a.opts.Owners.Shows[code]; !known {
		return "", fault.New(fault.NotFound, "httpapi.ops", "no such destination")
	}
	return code, nil
}

// scope completes an order about owners.
func (o OpsOwner) scope(code, actor string) (gateway.OwnerRule, error) {
	rule := gateway.OwnerRule{Scope: gateway.Scope{Destination: code, Agency: o.Agency, Procedure: o.Procedure}, Actor: actor, Reason: o.Reason}
	if !storable(o.Agency + o.Procedure) {
		return rule, badOrder()
	}
	if o.From != "" {
		day, err := time.Parse(time.DateOnly, o.From)
		if err != nil {
			return rule, badOrder()
		}
		rule.From = gateway.DayInVietnam(day.Date())
	}
	return rule, nil
}

// own is POST /v1/ops/destinations/{code}/own. What stood in shadow is decided anew; repeated it goes on where it was cut.
func (a *API) own(w *response, r *http.Request, c *call) error {
	code, err := a.destinationOf(r)
	if err != nil {
		return err
	}
	var in OpsOwn
	answer, err := a.once(w, r, c, &in, func(ctx context.Context, actor string) (any, error) {
		rule, err := in.scope(code, actor)
		if err != nil {
			return nil, err
		}
		rule.Owner = gateway.OwnerGateway
		changed, err := a.opts.Owners.Store.SetOwner(ctx, gateway.OwnerOrder{OwnerRule: rule, Withdraw: in.Withdraw})
		return OpsDone{Changed: changed}, err
	})
	if err != nil {
		return err
	}
	done, err := doneOf(answer)
	if err != nil {
		return err
	}
	rule, err := in.scope(code, c.caller.Name)
	if err != nil {
		return err
	}
	owned := OpsOwned{OpsDone: done}
	ctx, cancel := a.commit(r.Context())
	defer cancel()
	for next, until := uuid.Nil, time.Now().Add(orderTime); !owned.Complete && time.Now().Before(until); {
		var n int64
		if n, next, err = a.opts.Owners.Store.Reconsider(ctx, rule.Scope, next); err != nil {
			return err
		}
		owned.Reconsidered, owned.Complete = owned.Reconsidered+n, next == uuid.Nil
	}
	return sendJSON(w, http.StatusOK, owned)
}

// disown is POST /v1/ops/destinations/{code}/disown.
func (a *API) disown(w *response, r *http.Request, c *call) error {
	code, err := a.destinationOf(r)
	if err != nil {
		return err
	}
	in := OpsDisown{To: string(gateway.OwnerOneStop)}
	return a.simply(w, r, c, &in, func(ctx context.Context, actor string) (bool, error) {
		rule, err := in.scope(code, actor)
		if err != nil {
			return false, err
		}
		if rule.Owner = gateway.Owner(in.To); rule.Owner == gateway.OwnerGateway {
			return false, badOrder()
		}
		return a.opts.Owners.Store.SetOwner(ctx, gateway.OwnerOrder{OwnerRule: rule})
	})
}

// takeSite is POST /v1/ops/site/take.
func (a *API) takeSite(w *response, r *http.Request, c *call) error {
	var in OpsSiteTake
	return a.simply(w, r, c, &in, func(ctx context.Context, actor string) (bool, error) {
		if in.Site == "" || !storable(in.Site) {
			return false, badOrder()
		}
		return a.opts.Owners.Store.TakeSite(ctx, in.Site, actor, in.Reason)
	})
}

// restored is POST /v1/ops/restored.
func (a *API) restored(w *response, r *http.Request, c *call) error {
	var in OpsRestored
	return a.simply(w, r, c, &in, func(ctx context.Context, actor string) (bool, error) {
		now, err := a.opts.Owners.Store.Writing(ctx, gateway.Mark{})
		if err != nil || len(now.Observing) > 0 && !in.Again {
			return false, err
		}
		return a.opts.Owners.Store.DeclareRestored(ctx, gateway.Restoration{Epoch: now.Epoch, Actor: actor, Reason: in.Reason})
	})
}

// observed is POST /v1/ops/destinations/{code}/observed.
func (a *API) observed(w *response, r *http.Request, c *call) error {
	code, err := a.destinationOf(r)
	if err != nil {
		return err
	}
	var in OpsReason
	return a.simply(w, r, c, &in, func(ctx context.Context, actor string) (bool, error) {
		return a.opts.Owners.Store.ReleaseObserved(ctx, code, actor, in.Reason)
	})
}

// repair is POST /v1/ops/drift/repair.
func (a *API) repair(w *response, r *http.Request, c *call) error {
	in := OpsRepair{Limit: 100}
	answer, err := a.once(w, r, c, &in, func(ctx context.Context, actor string) (any, error) {
		class := gateway.DriftClass(in.Class)
		if vi, _ := class.Repair(); vi == "" || in.Limit < 1 || in.Limit > 10_000 || !storable(in.Commune+in.Destination) {
			return nil, badOrder()
		}
		return a.opts.Owners.Store.RepairDrift(ctx, gateway.DriftOrder{
			Class: class, Destination: in.Destination, Commune: in.Commune, Accept: in.Accept, Actor: actor, Reason: in.Reason, Limit: in.Limit,
		})
	})
	if err != nil {
		return err
	}
	send(w, http.StatusOK, jsonMedia, answer)
	return nil
}
