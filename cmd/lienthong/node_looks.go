package main

import (
	"context"

	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/gateway/config"
	"github.com/lienthong/lienthong/schema/score"
)

// plansOf say how destinations are looked at again.
func plansOf(c config.Config) map[string]gateway.ReconcilePlan {
	plans := make(map[string]gateway.ReconcilePlan, len(c.Destinations))
	for _, d := range c.Destinations {
		plans[d.Code] = d.ReconcilePlan()
	}
	return plans
}

// guardsOf say what happens to what would lower the score, for destinations that score.
func guardsOf(c config.Config) map[string]score.Setting {
	guards := map[string]score.Setting{}
	for _, d := range c.Destinations {
		if setting, scored := d.Guard(); scored {
			guards[d.Code] = setting
		}
	}
	return guards
}

// waker is a function that wakes.
type waker func(ctx context.Context, due []gateway.LaneKey)

// Wake implements [gateway.Waker].
func (w waker) Wake(ctx context.Context, due []gateway.LaneKey) { w(ctx, due) }
