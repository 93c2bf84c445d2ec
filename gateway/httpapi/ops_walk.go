package httpapi

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/internal/fault"
)

// WalkTo walks the way to a destination with real calls that change nothing there.
type WalkTo func(ctx context.Context, destination string) (gateway.Walk, error)

// walkHolds is how long a walk answers whoever asks: many who are worried at once
// are no reason to log in many times.
const walkHolds = 10 * time.Second

// walked is the last walk to one destination.
type walked struct {
	turn  chan struct{} // holds one: who walks, or reads what is below
	walk  gateway.Walk
	ended time.Time
}

// walksTo makes room for the walks to destinations.
func walksTo(o *Ops) map[string]*walked {
	all := map[string]*walked{}
	if o != nil {
		for code := range o.Destinations {
			all[code] = &walked{turn: make(chan struct{}, 1)}
		}
	}
	return all
}

func walkOperation() huma.Operation {
	return huma.Operation{
		OperationID: "walk-to-destination", Method: http.MethodGet, Path: opsPrefix + "destinations/{code}/doctor", Tags: []string{"ops"},
		Summary: "Walk the way to a destination from this node, hop by hop, and say whose fault it is",
		Description: "Makes real calls to the destination: a login and one look-up of what is not there; none where a breaker or an operator stops " +
			"calls. Nothing is written. Takes up to half a minute where nobody answers. A walk of the last 10 seconds is answered again, as at says.",
		Errors: []int{401, 403, 404, 422, 429, 500, 503},
	}
}

type walkPath struct {
	Code string `path:"code" doc:"Of the destination"`
}

// OpsWalk is a walk with what is said of it.
type OpsWalk struct {
	gateway.Walk
	Node    string `json:"node" doc:"That walked: another one may have another way"`
	Verdict string `json:"verdict" doc:"By Accept-Language"`
	Letter  string `json:"letter" doc:"A text for the provider: times and codes, no addresses below the host, no words of the destination"`
}

type walkAnswer struct{ Body OpsWalk }

func (a *API) opsWalk(ctx context.Context, c *call, in *walkPath) (*walkAnswer, error) {
	o, err := a.ops()
	if err != nil {
		return nil, err
	}
	place := a.walks[in.Code]
	if place == nil || o.Walk == nil {
		return nil, fault.New(fault.NotFound, "httpapi.walk", "no such destination")
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(a.waits, cancel)() // a server that stops waits for no answer of others
	walk, err := place.by(ctx, in.Code, o.Walk)
	if err != nil {
		return nil, err
	}
	return &walkAnswer{Body: OpsWalk{Walk: walk, Node: o.Node, Verdict: walk.Verdict().In(string(c.lang)), Letter: walk.Letter().In(string(c.lang))}}, nil
}

// by walks, or returns a walk that somebody else has just made. One that was broken off blames whom it did not reach, and is nobody's.
func (p *walked) by(ctx context.Context, code string, to WalkTo) (gateway.Walk, error) {
	const op = "httpapi.walk"
	select {
	case p.turn <- struct{}{}:
		defer func() { <-p.turn }()
	case <-ctx.Done():
		return gateway.Walk{}, fault.Wrap(ctx.Err(), fault.Unavailable, op)
	}
	if !p.ended.IsZero() && time.Since(p.ended) < walkHolds {
		return p.walk, nil
	}
	walk, err := to(ctx, code)
	if err == nil && ctx.Err() != nil {
		err = fault.Wrap(ctx.Err(), fault.Unavailable, op)
	}
	if err != nil {
		return gateway.Walk{}, err
	}
	p.walk, p.ended = walk, time.Now()
	return walk, nil
}
