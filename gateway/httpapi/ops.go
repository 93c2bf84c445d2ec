package httpapi

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/internal/fault"
	"github.com/lienthong/lienthong/schema"
)

// Ops is what operators see and steer with.
type Ops struct {
	Store interface {
		gateway.HistoryStore
		Writing(ctx context.Context, seen gateway.Mark) (gateway.Writing, error)
		gateway.OrderStore
	}
	Destinations map[string]gateway.Capacity // that the configuration has
	Node         string                      // name of this process
	Walk         WalkTo                      // nil: this process cannot walk to destinations
}

// opsRoutes registers what keys that operate may ask. Orders are plain handlers: see [API.order].
func (a *API) opsRoutes(h huma.API) {
	read := func(id, path, summary string) huma.Operation {
		return huma.Operation{
			OperationID: id, Method: http.MethodGet, Path: path, Tags: []string{"ops"}, Summary: summary, Errors: []int{401, 403, 404, 422, 429, 500, 503},
		}
	}
	register(a, h, read("list-breakers", "/v1/ops/breakers", "How breakers and kill switches stand"), a.opsBreakers)
	register(a, h, read("list-actions", "/v1/ops/actions", "What operators did, newest first"), a.opsActions)
	register(a, h, read("get-morning", "/v1/ops/morning", "What happened overnight, what is due, and what must be done, in one paragraph"), a.opsMorning)
	register(a, h, read("get-dossier-journey", "/v1/ops/journeys/{number}", "Where the time of a dossier went, and everything that happened to it"), a.opsJourney)
	register(a, h, walkOperation(), a.opsWalk)
	for _, o := range orders {
		a.mux.HandleFunc("POST "+o.path, a.plain(a.order(o)))
	}
}

// ops returns the store, or that there is none.
func (a *API) ops() (*Ops, error) {
	if a.opts.Ops == nil {
		return nil, fault.New(fault.NotFound, "httpapi.ops", "nobody operates over this API")
	}
	return a.opts.Ops, nil
}

type breakersAnswer struct {
	Body struct {
		Items []gateway.ToldBreaker `json:"items" nullable:"false"`
	}
}

func (a *API) opsBreakers(ctx context.Context, _ *call, _ *struct{}) (*breakersAnswer, error) {
	o, err := a.ops()
	if err != nil {
		return nil, err
	}
	rows, err := o.Store.Breakers(ctx)
	if err != nil {
		return nil, err
	}
	out := &breakersAnswer{}
	out.Body.Items = gateway.TellBreakers(rows)
	return out, nil
}

type actionsQuery struct {
	Limit int `query:"limit" default:"100" minimum:"1" maximum:"1000" doc:"Most actions"`
}

type actionsAnswer struct {
	Body struct {
		Items []gateway.OperatorAction `json:"items" nullable:"false"`
	}
}

func (a *API) opsActions(ctx context.Context, _ *call, in *actionsQuery) (*actionsAnswer, error) {
	o, err := a.ops()
	if err != nil {
		return nil, err
	}
	all, err := o.Store.OperatorActions(ctx, in.Limit)
	if err != nil {
		return nil, err
	}
	out := &actionsAnswer{}
	out.Body.Items = append([]gateway.OperatorAction{}, all...)
	return out, nil
}

type morningQuery struct {
	Since time.Time `query:"since" doc:"RFC 3339; absent: 18:00 of yesterday by the clock of Việt Nam"`
}

// Morning is a morning with what is said of it.
type Morning struct {
	gateway.Morning
	Text string   `json:"text" doc:"One paragraph, in Vietnamese or, by Accept-Language, in English"`
	Todo []string `json:"todo" nullable:"false" doc:"What a person must do now"`
}

type morningAnswer struct{ Body Morning }

func (a *API) opsMorning(ctx context.Context, c *call, in *morningQuery) (*morningAnswer, error) {
	o, err := a.ops()
	if err != nil {
		return nil, err
	}
	now := time.Now()
	since := in.Since
	if since.IsZero() {
		const evening = 6 * time.Hour // before midnight
		since = gateway.DayBounds(now).Add(-evening)
	}
	history, err := o.Store.Transitions(ctx, since)
	if err != nil {
		return nil, err
	}
	night, err := o.Store.Night(ctx, now)
	if err != nil {
		return nil, err
	}
	writing, err := o.Store.Writing(ctx, gateway.Mark{})
	if err != nil {
		return nil, err
	}
	out := &morningAnswer{Body: Morning{Morning: gateway.MorningOf(since, now, history, night, o.Destinations), Todo: []string{}}}
	out.Body.Morning.Stand(writing, o.Destinations)
	out.Body.Text = out.Body.Line(string(c.lang))
	for _, t := range out.Body.Morning.Todo() {
		out.Body.Todo = append(out.Body.Todo, t.In(string(c.lang)))
	}
	return out, nil
}

type journeyNumber struct {
	Number string `path:"number" doc:"MaHoSo, any of the dossier's numbers; slashes are written %2F"`
}

type toldJourneyAnswer struct{ Body gateway.ToldJourney }

func (a *API) opsJourney(ctx context.Context, c *call, in *journeyNumber) (*toldJourneyAnswer, error) {
	o, err := a.ops()
	if err != nil {
		return nil, err
	}
	number, problems := schema.ParseDossierNumber(in.Number)
	if number.Value == "" || !storable(number.Value) {
		return nil, fault.New(fault.NotFound, "httpapi.opsJourney", "no such dossier")
	}
	_ = problems // a number that is held is found, however odd
	j, err := o.Store.DossierJourney(ctx, number.Value)
	if err != nil {
		return nil, err
	}
	return &toldJourneyAnswer{Body: gateway.TellJourney(j, string(c.lang))}, nil
}
