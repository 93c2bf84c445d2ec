package httpapi

import (
	"context"
	"net/http"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/google/uuid"

	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/internal/fault"
)

// OpsPlanRequest is what an operator wants replayed.
type OpsPlanRequest struct {
	Cause       string    `json:"cause,omitempty" doc:"Fingerprint; a cause or a destination is needed"`
	Destination string    `json:"destination,omitempty"`
	Shelf       string    `json:"shelf,omitempty" enum:"source,gateway,destination"`
	Commune     string    `json:"commune,omitempty" doc:"Agency that dossier numbers begin with"`
	Since       time.Time `json:"since,omitzero" doc:"Failing since then or later"`
	Until       time.Time `json:"until,omitzero" doc:"Failing since before then"`
	From        string    `json:"from,omitempty" enum:"raw,canonical,outbound" doc:"canonical unless said"`
	Rate        float64   `json:"rate,omitempty" doc:"Deliveries a second over all nodes; 5 unless said, 1000 at most"`
	ExpiresS    int       `json:"expires_s,omitempty" doc:"Seconds in which it may be started; a day unless said, a week at most"`
	Reason      string    `json:"reason" doc:"Why. Kept for good, so without names of citizens"`
}

func (q OpsPlanRequest) request() (gateway.ReplayRequest, error) {
	r := gateway.ReplayRequest{
		Selection: gateway.ReplaySelection{
			Cause: q.Cause, Destination: q.Destination, Shelf: gateway.Shelf(q.Shelf), Unit: q.Commune, Since: q.Since, Until: q.Until,
		},
		Origin: gateway.ReplayOrigin(q.From), Rate: q.Rate, Expires: time.Duration(q.ExpiresS) * time.Second, Reason: q.Reason,
	}
	if !storable(q.Cause+q.Destination+q.Commune) || q.ExpiresS > int(gateway.MaxReplayTerm/time.Second) {
		return r, badOrder()
	}
	return r, nil
}

// OpsStart starts a plan.
type OpsStart struct {
	Plan   uuid.UUID `json:"plan_id" format:"uuid"`
	Reason string    `json:"reason"`
}

// OpsReason is all that an order about a plan needs.
type OpsReason struct {
	Reason string `json:"reason"`
}

// OpsContacts are contacts to be imported.
type OpsContacts struct {
	Reason   string       `json:"reason"`
	Contacts []OpsContact `json:"contacts" nullable:"false"`
}

// maxOrder bounds the body of an order, in bytes.
const maxOrder = 1 << 20

// order reads the body of an order and its idempotency key, which is required.
func (a *API) replayOrder(w *response, r *http.Request, c *call, into any) (gateway.Idempotency, error) {
	if _, err := mediaOf(r.Header, func(m string) bool { return m == jsonMedia }, jsonMedia); err != nil {
		return gateway.Idempotency{}, err
	}
	key, err := idempotencyOf(r, c.caller.Name)
	if err != nil {
		return key, err
	}
	if key.Key == "" {
		return key, keyMissing()
	}
	b, err := a.intake.read(w, r, maxOrder)
	if err != nil {
		return key, err
	}
	defer b.free()
	key.Fingerprint = fingerprint(r, b.data)
	if err := json.Unmarshal(b.data, into, json.RejectUnknownMembers(true)); err != nil { // its text may quote values
		return key, badOrder()
	}
	return key, nil
}

func badOrder() error {
	return badBody(fault.Malformed, fault.Problem{
		Code: "body.invalid", Detail: "Nội dung không đúng dạng mà thao tác này nhận (xem /openapi.json).", DetailEN: "The body is not what this operation takes (see /openapi.json).",
	})
}

func sendJSON(w http.ResponseWriter, status int, v any) error {
	data, err := json.Marshal(v)
	if err != nil {
		return fault.Wrap(err, fault.Internal, "httpapi.sendJSON")
	}
	send(w, status, jsonMedia, data)
	return nil
}

// importContacts is POST /v1/ops/contacts: all or none.
func (a *API) importContacts(w *response, r *http.Request, c *call) error {
	var in OpsContacts
	answer, err := a.onceIn(a.opts.Replays, w, r, c, &in, func(ctx context.Context, actor string) (any, error) {
		all, err := in.contacts()
		if err != nil {
			return nil, err
		}
		return map[string]int{"imported": len(all)}, a.opts.Replays.ImportContacts(ctx, actor, in.Reason, all)
	})
	if err != nil {
		return err
	}
	send(w, http.StatusOK, jsonMedia, answer)
	return nil
}

func (in OpsContacts) contacts() ([]gateway.Contact, error) {
	all := make([]gateway.Contact, len(in.Contacts))
	for i, o := range in.Contacts {
		all[i] = gateway.Contact{Scope: gateway.ContactScope(o.Scope), Code: o.Code, Name: o.Name, Unit: o.Unit, Phone: o.Phone, Email: o.Email}
		var err error
		if all[i].From, err = time.Parse(time.DateOnly, o.ValidFrom); err == nil && o.ValidTo != "" {
			all[i].To, err = time.Parse(time.DateOnly, o.ValidTo)
		}
		if err != nil {
			return nil, badOrder()
		}
	}
	return all, nil
}

type contactsQuery struct {
	Limit  int    `query:"limit" default:"100" minimum:"1" maximum:"1000"`
	Cursor string `query:"cursor"`
	All    bool   `query:"all" doc:"Past and future ones too"`
}

type contactsAnswer struct{ Body OpsPage[OpsContact] }

func (a *API) contacts(ctx context.Context, _ *call, in *contactsQuery) (*contactsAnswer, error) {
	var after gateway.ContactCursor
	if err := readCursor(in.Cursor, &after); err != nil {
		return nil, err
	}
	day := gateway.Day(time.Now())
	if in.All {
		day = time.Time{}
	}
	all, err := a.opts.Replays.Contacts(ctx, day, after, in.Limit)
	if err != nil {
		return nil, err
	}
	out := &contactsAnswer{Body: OpsPage[OpsContact]{Items: make([]OpsContact, 0, len(all))}}
	for _, one := range all {
		out.Body.Items = append(out.Body.Items, contactOf(one))
	}
	if n := len(all); n == in.Limit {
		out.Body.HasMore, out.Body.NextCursor = true, cursorText(gateway.CursorOf(all[n-1]))
	}
	return out, nil
}
