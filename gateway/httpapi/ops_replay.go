package httpapi

import (
	"context"
	"net/http"
	"strconv"

	"github.com/go-json-experiment/json"
	"github.com/google/uuid"

	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/internal/fault"
)

type planPath struct {
	ID string `path:"id" doc:"Of the plan"`
}

func (p planPath) parse() (uuid.UUID, error) {
	id, err := uuid.Parse(p.ID)
	if err != nil || len(p.ID) != len(id.String()) {
		return id, fault.New(fault.NotFound, "httpapi.replay", "no such plan")
	}
	return id, nil
}

type planAnswer struct{ Body gateway.PlanDetailView }

func (a *API) replayPlan(ctx context.Context, _ *call, in *planPath) (*planAnswer, error) {
	id, err := in.parse()
	if err != nil {
		return nil, err
	}
	d, err := a.opts.Replays.ReplayPlan(ctx, id)
	if err != nil {
		return nil, err
	}
	return &planAnswer{Body: gateway.DetailViewOf(d)}, nil
}

type plansQuery struct {
	Limit  int    `query:"limit" default:"100" minimum:"1" maximum:"1000"`
	Cursor string `query:"cursor"`
}

type plansAnswer struct{ Body OpsPage[gateway.PlanView] }

func (a *API) replayPlans(ctx context.Context, _ *call, in *plansQuery) (*plansAnswer, error) {
	var before gateway.ReplayCursor
	if err := readCursor(in.Cursor, &before); err != nil {
		return nil, err
	}
	plans, err := a.opts.Replays.ReplayPlans(ctx, before, in.Limit)
	if err != nil {
		return nil, err
	}
	out := &plansAnswer{Body: OpsPage[gateway.PlanView]{Items: make([]gateway.PlanView, 0, len(plans))}}
	for _, p := range plans {
		out.Body.Items = append(out.Body.Items, gateway.ViewOf(p))
	}
	if n := len(plans); n == in.Limit {
		out.Body.HasMore, out.Body.NextCursor = true, cursorText(gateway.ReplayCursor{CreatedAt: plans[n-1].CreatedAt, ID: plans[n-1].ID})
	}
	return out, nil
}

type planItemsQuery struct {
	ID     string `path:"id" doc:"Of the plan"`
	Limit  int    `query:"limit" default:"100" minimum:"1" maximum:"1000"`
	Cursor string `query:"cursor"`
}

type planItemsAnswer struct{ Body OpsPage[gateway.ItemView] }

func (a *API) replayItems(ctx context.Context, _ *call, in *planItemsQuery) (*planItemsAnswer, error) {
	id, err := planPath{ID: in.ID}.parse()
	if err != nil {
		return nil, err
	}
	var after int
	if err := readCursor(in.Cursor, &after); err != nil {
		return nil, err
	}
	items, err := a.opts.Replays.ReplayItems(ctx, id, after, in.Limit)
	if err != nil {
		return nil, err
	}
	out := &planItemsAnswer{Body: OpsPage[gateway.ItemView]{Items: make([]gateway.ItemView, 0, len(items))}}
	for _, it := range items {
		out.Body.Items = append(out.Body.Items, gateway.ItemViewOf(it))
	}
	if n := len(items); n == in.Limit {
		out.Body.HasMore, out.Body.NextCursor = true, cursorText(items[n-1].Ordinal)
	}
	return out, nil
}

// planReplay is POST /v1/ops/replay-plans: a plan is made, and nothing is sent.
func (a *API) planReplay(w *response, r *http.Request, c *call) error {
	var in OpsPlanRequest
	key, err := a.replayOrder(w, r, c, &in)
	if err != nil {
		return err
	}
	request, err := in.request()
	if err != nil {
		return err
	}
	request.Actor, request.Key, request.Hash = c.caller.Name, key.Scope+" "+key.Key, key.Fingerprint
	ctx, cancel := a.commit(r.Context())
	defer cancel()
	plan, err := a.opts.Replays.PlanReplay(ctx, request)
	if err != nil {
		return opsProblem(err)
	}
	d, err := a.opts.Replays.ReplayPlan(ctx, plan.ID)
	if err != nil {
		return err
	}
	w.Header().Set("Location", "/v1/ops/replay-plans/"+plan.ID.String())
	return sendJSON(w, http.StatusCreated, gateway.DetailViewOf(d))
}

// startReplay is POST /v1/ops/replays.
func (a *API) startReplay(w *response, r *http.Request, c *call) error {
	var in OpsStart
	return a.orderReplay(w, r, c, &in, func() gateway.ReplayOrder {
		return gateway.ReplayOrder{Plan: in.Plan, Action: gateway.ReplayRun, Reason: in.Reason}
	})
}

// steer returns the handler of POST /v1/ops/replays/{id}/pause and its like.
func (a *API) steer(action gateway.ReplayAction) operation {
	return func(w *response, r *http.Request, c *call) error {
		id, err := planPath{ID: r.PathValue("id")}.parse()
		if err != nil {
			return err
		}
		var in OpsReason
		return a.orderReplay(w, r, c, &in, func() gateway.ReplayOrder {
			return gateway.ReplayOrder{Plan: id, Action: action, Reason: in.Reason}
		})
	}
}

// obeyedReplay is what is remembered of an order about a plan.
type obeyedReplay struct {
	Changed bool
	Plan    gateway.PlanView
}

// orderReplay obeys, once for its Idempotency-Key: a request that comes late does not undo what was ordered since.
// Asking again for what stands answers alike and changes nothing.
func (a *API) orderReplay(w *response, r *http.Request, c *call, into any, order func() gateway.ReplayOrder) error {
	answer, err := a.onceIn(a.opts.Replays, w, r, c, into, func(ctx context.Context, actor string) (any, error) {
		o := order()
		o.Actor = actor
		plan, changed, err := a.opts.Replays.OrderReplay(ctx, o)
		return obeyedReplay{changed, gateway.ViewOf(plan)}, err
	})
	if err != nil {
		return err
	}
	var obeyed obeyedReplay
	if err := json.Unmarshal(answer, &obeyed); err != nil {
		return fault.Wrap(err, fault.Internal, "httpapi.orderReplay")
	}
	w.Header().Set("Gateway-Changed", strconv.FormatBool(obeyed.Changed))
	return sendJSON(w, http.StatusOK, obeyed.Plan)
}
