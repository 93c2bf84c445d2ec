package httpapi

import (
	"context"

	"github.com/lienthong/lienthong/gateway"
)

type repairQuery struct {
	Class       string `query:"class" required:"true" enum:"not_sent,sent_not_shown,shown_differently,portal_newer,foreign"`
	Destination string `query:"destination" doc:"Absent: every one"`
	Commune     string `query:"commune" doc:"Agency code or name of who received it, as the list has it; absent: every one"`
	Limit       int    `query:"limit" default:"100" minimum:"1" maximum:"10000" doc:"Of the order: most dossiers, oldest first"`
}

// OpsRepairPlan is what the order with the same members would be about, as of now.
type OpsRepairPlan struct {
	Class   string      `json:"class"`
	Repair  string      `json:"repair" doc:"What it does"`
	Count   int         `json:"count" doc:"At most limit"`
	Samples []DriftItem `json:"samples" nullable:"false" doc:"The first 20"`
}

type repairPlanAnswer struct{ Body OpsRepairPlan }

// repairSamples is how many dossiers are shown of a repair.
const repairSamples = 20

// repairPlan is GET /v1/ops/drift/repair. It does nothing.
func (a *API) repairPlan(ctx context.Context, c *call, in *repairQuery) (*repairPlanAnswer, error) {
	if !storable(in.Commune) || !storable(in.Destination) {
		return nil, badCursor("commune")
	}
	class := gateway.DriftClass(in.Class)
	q := gateway.DriftQuery{Class: class, Commune: in.Commune, Destination: in.Destination, Limit: min(in.Limit, repairSamples)}
	count, err := a.opts.Owners.Store.CountDrift(ctx, q, in.Limit)
	if err != nil {
		return nil, err
	}
	all, err := a.opts.Owners.Store.Drifts(ctx, q)
	if err != nil {
		return nil, err
	}
	out := &repairPlanAnswer{Body: OpsRepairPlan{Class: in.Class, Repair: c.lang.in(class.Repair()), Count: count, Samples: []DriftItem{}}}
	for i := range all {
		out.Body.Samples = append(out.Body.Samples, driftItem(&all[i], c.lang))
	}
	return out, nil
}
