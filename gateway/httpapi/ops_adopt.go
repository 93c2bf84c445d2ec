package httpapi

import (
	"context"
	"net/http"
	"slices"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/internal/fault"
)

// OpsAdopt takes what a destination shows for what was sent.
type OpsAdopt struct {
	Commune   string `json:"commune,omitempty" doc:"Only what this agency received"`
	Procedure string `json:"procedure,omitempty" doc:"Only this procedure, national code"`
	All       bool   `json:"all,omitempty" doc:"Everything that the destination has a delivery of; else a commune, a procedure or both"`
	Reason    string `json:"reason"`
}

// OpsAdopted is an adoption, and whether the order began it.
type OpsAdopted struct {
	OpsDone
	Adoption gateway.Adoption `json:"adoption" doc:"complete is false where more is to be looked through: the same order goes on"`
}

// adopt is POST /v1/ops/destinations/{code}/adoptions. Repeated it goes on where it was cut.
func (a *API) adopt(w *response, r *http.Request, c *call) error {
	code, err := a.destinationOf(r)
	if err != nil {
		return err
	}
	if a.opts.Owners.Shows[code] == gateway.ShowsNothing {
		return fault.New(fault.Conflict, "httpapi.adopt", "the destination shows nothing: there is nothing to adopt")
	}
	var in OpsAdopt
	answer, err := a.once(w, r, c, &in, func(ctx context.Context, actor string) (any, error) {
		if in.All == (in.Commune != "" || in.Procedure != "") || !storable(in.Commune+in.Procedure) {
			return nil, badOrder()
		}
		order := gateway.Adoption{Destination: code, Agency: in.Commune, Procedure: in.Procedure}
		present, begins, err := a.opts.Owners.Store.BeginAdoption(ctx, order, actor, in.Reason)
		return OpsAdopted{OpsDone{begins}, present}, err
	})
	if err != nil {
		return err
	}
	var out OpsAdopted
	if err := json.Unmarshal(answer, &out); err != nil {
		return fault.Wrap(err, fault.Internal, "httpapi.adopt")
	}
	ctx, cancel := a.commit(r.Context())
	defer cancel()
	for done, until := false, time.Now().Add(orderTime); !done && time.Now().Before(until); {
		if done, err = a.opts.Owners.Store.ChooseAdopted(ctx, out.Adoption.ID); err != nil {
			return err
		}
	}
	all, err := a.opts.Owners.Store.Adoptions(ctx, 100)
	if err != nil {
		return err
	}
	if i := slices.IndexFunc(all, func(o gateway.Adoption) bool { return o.ID == out.Adoption.ID }); i >= 0 {
		out.Adoption = all[i]
	}
	return sendJSON(w, http.StatusOK, out)
}

// steerAdoption returns the handler of POST /v1/ops/destinations/{code}/adoptions/pause and its like.
func (a *API) steerAdoption(action string) operation {
	return func(w *response, r *http.Request, c *call) error {
		code, err := a.destinationOf(r)
		if err != nil {
			return err
		}
		var in OpsReason
		return a.simply(w, r, c, &in, func(ctx context.Context, actor string) (bool, error) {
			return a.opts.Owners.Store.SteerAdoption(ctx, code, "adopt_"+action, actor, in.Reason)
		})
	}
}

func doneOf(answer []byte) (done OpsDone, err error) {
	if err := json.Unmarshal(answer, &done); err != nil {
		return done, fault.Wrap(err, fault.Internal, "httpapi.ops")
	}
	return done, nil
}

type adoptionsQuery struct {
	Limit int `query:"limit" default:"20" minimum:"1" maximum:"1000" doc:"Most adoptions"`
}

type adoptionsAnswer struct {
	Body struct {
		Items []gateway.Adoption `json:"items" nullable:"false"`
	}
}

func (a *API) adoptions(ctx context.Context, _ *call, in *adoptionsQuery) (*adoptionsAnswer, error) {
	all, err := a.opts.Owners.Store.Adoptions(ctx, in.Limit)
	if err != nil {
		return nil, err
	}
	out := &adoptionsAnswer{}
	out.Body.Items = append([]gateway.Adoption{}, all...)
	return out, nil
}

// OpsRule says who writes what is in a scope.
type OpsRule struct {
	Destination string    `json:"destination"`
	Agency      string    `json:"agency,omitempty"`
	Procedure   string    `json:"procedure,omitempty"`
	From        string    `json:"from,omitempty" doc:"First day of reception"`
	Owner       string    `json:"owner" doc:"gateway, onestop or ministry"`
	Actor       string    `json:"actor"`
	Reason      string    `json:"reason"`
	UpdatedAt   time.Time `json:"updated_at"`
}

type rulesAnswer struct {
	Body struct {
		Items   []OpsRule        `json:"items" nullable:"false"`
		Shadows []gateway.Shadow `json:"shadows" nullable:"false" doc:"How what we do not send, or took over, compares with what is shown"`
	}
}

func (a *API) ownership(ctx context.Context, _ *call, _ *struct{}) (*rulesAnswer, error) {
	now, err := a.opts.Owners.Store.Writing(ctx, gateway.Mark{})
	if err != nil {
		return nil, err
	}
	shadows, err := a.opts.Owners.Store.Shadows(ctx)
	if err != nil {
		return nil, err
	}
	out := &rulesAnswer{}
	out.Body.Items, out.Body.Shadows = []OpsRule{}, append([]gateway.Shadow{}, shadows...)
	for _, r := range now.Rules {
		rule := OpsRule{Destination: r.Destination, Agency: r.Agency, Procedure: r.Procedure, Owner: string(r.Owner), Actor: r.Actor, Reason: r.Reason, UpdatedAt: r.UpdatedAt.UTC()}
		if !r.From.IsZero() {
			rule.From = r.From.Format(time.DateOnly)
		}
		out.Body.Items = append(out.Body.Items, rule)
	}
	return out, nil
}

// OpsSite is which site sends, and whether the database is a restored one.
type OpsSite struct {
	Site      string   `json:"site" doc:"Empty: none has sent yet"`
	SeenAgoS  int      `json:"seen_ago_s" doc:"Since a node of it was seen"`
	Epoch     int64    `json:"epoch"`
	RestoredS int      `json:"restored_ago_s,omitempty" doc:"Since a restore was found out"`
	Observing []string `json:"observing" nullable:"false" doc:"Destinations to which nothing leaves before what was touched was looked at"`
}

type siteAnswer struct{ Body OpsSite }

func (a *API) site(ctx context.Context, _ *call, _ *struct{}) (*siteAnswer, error) {
	now, err := a.opts.Owners.Store.Writing(ctx, gateway.Mark{})
	if err != nil {
		return nil, err
	}
	return &siteAnswer{Body: OpsSite{
		Site: now.Site, SeenAgoS: int(now.SeenFor.Seconds()), Epoch: now.Epoch, RestoredS: int(now.RestoredFor.Seconds()), Observing: append([]string{}, now.Observing...),
	}}, nil
}

// owning answers 404 where the process has no such store.
func owning[I, O any](a *API, do func(context.Context, *call, *I) (*O, error)) func(context.Context, *call, *I) (*O, error) {
	return func(ctx context.Context, c *call, in *I) (*O, error) {
		if a.opts.Owners == nil {
			return nil, noOps()
		}
		return do(ctx, c, in)
	}
}
