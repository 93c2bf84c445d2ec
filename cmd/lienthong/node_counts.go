package main

import (
	"context"
	"time"
)

// countsInterval is how often a node looks after counts. It costs two transactions.
const countsInterval = 10 * time.Second

// keepCounts keeps in step what operators' lists add up, on any node: two do no harm.
// Counts of deliveries are right without it, and grow; those of the score would be made when somebody asks.
func (n *node) keepCounts(ctx context.Context) error {
	tick := time.NewTicker(countsInterval)
	defer tick.Stop()
	for {
		began := time.Now()
		err := n.store.FoldCounts(ctx)
		for more := err == nil; more && time.Since(began) < countsInterval; { // a first count takes minutes
			more, err = n.store.FollowScore(ctx, false)
		}
		if err != nil && ctx.Err() == nil {
			n.log.WarnContext(ctx, "counts of lists are behind", "err", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}
