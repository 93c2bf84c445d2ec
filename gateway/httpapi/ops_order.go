package httpapi

import (
	"net/http"
	"slices"

	"github.com/danielgtaylor/huma/v2"

	"github.com/lienthong/lienthong/adapters/strict"
	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/internal/fault"
)

// orderKind is one order that may be given over HTTP.
type orderKind struct {
	id, path, summary string
	state             gateway.BreakerState
	breaker           bool // of one operation; else the kill switch
}

// The action is a path of its own: the mux knows no suffix behind a wildcard.
var orders = []orderKind{
	{"pause-destination", "/v1/ops/destinations/{code}/pause", "Stop every call to a destination, on all nodes within two seconds; * is every one", gateway.BreakerOpen, false},
	{"resume-destination", "/v1/ops/destinations/{code}/resume", "Let a paused destination go on", "", false},
	{"force-breaker-open", "/v1/ops/destinations/{code}/breakers/{operation}/open", "No call of one operation", gateway.BreakerOpen, true},
	{"force-breaker-closed", "/v1/ops/destinations/{code}/breakers/{operation}/close", "Every call of one operation, whatever happens", gateway.BreakerClosed, true},
	{"probe-breaker", "/v1/ops/destinations/{code}/breakers/{operation}/probe", "Leave a breaker to itself; one that is open is probed at once", "", true},
}

// longestOrder is far more than a reason of a few sentences takes.
const longestOrder = 16 << 10

// orderBody is what an order says.
type orderBody struct {
	Reason strict.Text `json:"reason"`
}

// Ordered is the answer to an order.
type Ordered struct {
	Changed bool                `json:"changed" doc:"false: it stood like that already, and nothing was written"`
	Breaker gateway.ToldBreaker `json:"breaker" doc:"As it stands now"`
}

// order gives an order in the name of the key, for the reason in the body.
func (a *API) order(kind orderKind) operation {
	return func(w *response, r *http.Request, c *call) error {
		o, err := a.ops()
		if err != nil {
			return err
		}
		key, err := kind.key(r, o)
		if err != nil {
			return err
		}
		in, err := a.receive(w, r, c, func(m string) bool { return m == jsonMedia }, jsonMedia, longestOrder)
		if err != nil {
			return err
		}
		defer in.body.free()
		if in.key.Key == "" {
			return keyMissing()
		}
		in.key.Scope = "ops/" + c.caller.Name + " " + r.Method + " " + r.URL.Path
		var body orderBody
		if _, err := a.decoder.Decode(strict.Message(in.body.data), &body); err != nil {
			return err
		}
		ctx, cancel := a.commit(r.Context())
		defer cancel()
		done, err := o.Store.Obey(ctx, gateway.Order{Key: key, State: kind.state, Actor: c.caller.Name, Reason: body.Reason.String()}, in.key)
		if fault.CodeOf(err) == fault.Invalid {
			return badReason(err)
		}
		if err != nil {
			return err
		}
		if done.Replayed {
			w.Header().Set("Idempotent-Replayed", "true")
		}
		send(w, http.StatusOK, jsonMedia, encode(Ordered{Changed: done.Changed, Breaker: gateway.TellBreaker(done.Row)}))
		return nil
	}
}

// badReason says what of an order the store did not take: the name of a key is good.
func badReason(err error) error {
	return &fault.Error{Code: fault.Invalid, Op: "httpapi.order", Err: err, Problems: []fault.Problem{{
		Pointer: "/reason", Code: "reason.invalid", Detail: "Cần lý do trên một dòng, không quá vài câu, không nêu tên công dân.",
		DetailEN: "A reason of one line is needed, not longer than a few sentences, without names of citizens.", Expected: "1 to 500 characters",
	}}}
}

// key names what the order is about; what the configuration does not have is not found.
func (k orderKind) key(r *http.Request, o *Ops) (gateway.BreakerKey, error) {
	code := r.PathValue("code")
	_, known := o.Destinations[code]
	if !known && (k.breaker || code != gateway.EveryDestination) {
		return gateway.BreakerKey{}, fault.New(fault.NotFound, "httpapi.order", "no such destination")
	}
	if !k.breaker {
		return gateway.SwitchKey(code), nil
	}
	op := gateway.Operation(r.PathValue("operation"))
	if !slices.Contains(gateway.Operations(), op) {
		return gateway.BreakerKey{}, fault.New(fault.NotFound, "httpapi.order", "no such operation")
	}
	return gateway.BreakerKey{Destination: code, Operation: op}, nil
}

// orderOperations describes the orders, which huma knows nothing of.
func orderOperations(schemas huma.Registry) []*huma.Operation {
	length, one, longest := maxIdempotencyKey, 1, 500
	var all []*huma.Operation
	for _, o := range orders {
		op := &huma.Operation{
			OperationID: o.id, Method: http.MethodPost, Path: o.path, Tags: []string{"ops"}, Summary: o.summary, Security: bearerOnly(),
			Description: "The key's name is who did it. What stands like that already is not written again: changed is false then.",
			Parameters: []*huma.Param{
				{Name: "code", In: "path", Required: true, Schema: text()},
				headerParam("Idempotency-Key", "Names this order, quoted; repeated with it, it has no second effect for 7 days", &huma.Schema{Type: huma.TypeString, MaxLength: &length}),
			},
			RequestBody: &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{jsonMedia: {Schema: &huma.Schema{
				Type: huma.TypeObject, Required: []string{"reason"}, AdditionalProperties: false,
				Properties: map[string]*huma.Schema{"reason": {Type: huma.TypeString, MinLength: &one, MaxLength: &longest, Description: "Why; kept for good, so without names of citizens"}},
			}}}},
			Responses: withProblems(schemas, map[string]*huma.Response{"200": okay(schemas, Ordered{})}, 400, 401, 403, 404, 408, 409, 413, 415, 422, 429, 500, 503),
		}
		op.Parameters[1].Required = true
		if o.breaker {
			op.Parameters = append(op.Parameters, &huma.Param{Name: "operation", In: "path", Required: true, Schema: text()})
		}
		all = append(all, op)
	}
	return all
}
