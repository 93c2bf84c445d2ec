package httpapi

import (
	"context"
	"net/http"
	"reflect"

	"github.com/danielgtaylor/huma/v2"

	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/internal/fault"
)

// replayRoutes registers the paths of operators.
func (a *API) replayRoutes(h huma.API) {
	read := func(id, path, summary string) huma.Operation {
		return huma.Operation{OperationID: id, Method: http.MethodGet, Path: opsPrefix + path, Tags: []string{"ops"}, Summary: summary,
			Errors: []int{401, 403, 404, 422, 429, 500, 503}}
	}
	register(a, h, read("list-failures", "failures", "What fails, as causes"), operating(a, a.failures))
	register(a, h, read("list-failure-items", "failures/items", "What fails for one cause, the oldest first"), operating(a, a.failureItems))
	register(a, h, read("list-replay-plans", "replay-plans", "Replay plans, newest first"), operating(a, a.replayPlans))
	register(a, h, read("get-replay-plan", "replay-plans/{id}", "One plan, and how far it has come"), operating(a, a.replayPlan))
	register(a, h, read("list-replay-items", "replay-plans/{id}/items", "The deliveries of a plan with their outcomes"), operating(a, a.replayItems))
	register(a, h, read("list-contacts", "contacts", "Who answers today, for what"), operating(a, a.contacts))
	for pattern, op := range map[string]operation{
		"replay-plans": a.planReplay, "replays": a.startReplay, "contacts": a.importContacts,
		"replays/{id}/pause": a.steer(gateway.ReplayPause), "replays/{id}/resume": a.steer(gateway.ReplayResume), "replays/{id}/cancel": a.steer(gateway.ReplayCancel),
	} {
		a.mux.HandleFunc("POST "+opsPrefix+pattern, a.plain(func(w *response, r *http.Request, c *call) error {
			if a.opts.Replays == nil {
				return noOps()
			}
			return op(w, r, c)
		}))
	}
}

// operating answers 404 where the process has nothing to operate.
func operating[I, O any](a *API, do func(context.Context, *call, *I) (*O, error)) func(context.Context, *call, *I) (*O, error) {
	return func(ctx context.Context, c *call, in *I) (*O, error) {
		if a.opts.Replays == nil {
			return nil, noOps()
		}
		return do(ctx, c, in)
	}
}

func noOps() error { return fault.New(fault.NotFound, "httpapi.ops", "this process does not operate") }

// opsOrders describes what plain handlers do.
func opsOrders(schemas huma.Registry) []*huma.Operation {
	var all []*huma.Operation
	length := maxIdempotencyKey
	for _, o := range []struct {
		id, path, summary, status string
		in, out                   any
	}{
		{"plan-replay", "replay-plans", "Plan what is to be sent again; nothing is sent", "201", OpsPlanRequest{}, gateway.PlanDetailView{}},
		{"start-replay", "replays", "Start a plan; the running nodes carry it out", "200", OpsStart{}, gateway.PlanView{}},
		{"pause-replay", "replays/{id}/pause", "Let a plan release nothing more for now", "200", OpsReason{}, gateway.PlanView{}},
		{"resume-replay", "replays/{id}/resume", "Let a paused plan go on", "200", OpsReason{}, gateway.PlanView{}},
		{"cancel-replay", "replays/{id}/cancel", "End a plan; what it made due already goes its way", "200", OpsReason{}, gateway.PlanView{}},
		{"import-contacts", "contacts", "Add or replace contacts, all or none", "200", OpsContacts{}, map[string]int{}},
	} {
		ok := okay(schemas, o.out)
		op := &huma.Operation{
			OperationID: o.id, Method: http.MethodPost, Path: opsPrefix + o.path, Tags: []string{"ops"}, Summary: o.summary, Security: bearerOnly(),
			Parameters: []*huma.Param{{Name: "Idempotency-Key", In: "header", Required: true, Description: "Names this order, quoted",
				Schema: &huma.Schema{Type: huma.TypeString, MaxLength: &length}}},
			RequestBody: &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{
				jsonMedia: {Schema: schemas.Schema(reflect.TypeOf(o.in), true, "")},
			}},
			Responses: withProblems(schemas, map[string]*huma.Response{o.status: ok}, 400, 401, 403, 404, 408, 409, 413, 415, 422, 429, 500, 503),
		}
		if _, steers := o.in.(OpsReason); steers {
			op.Parameters = append(op.Parameters, &huma.Param{Name: "id", In: "path", Required: true, Description: "Of the plan", Schema: text()})
		}
		all = append(all, op)
	}
	return all
}
