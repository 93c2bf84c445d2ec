package demo

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"
)

// episode is one hazard at work for some time.
type episode struct {
	hazard
	at, length time.Duration // since the mixture began
	draw       *rand.Rand    // its own chance
}

// AloneTime is how long a hazard that comes alone has, with the quiet after it.
const AloneTime = aloneFor + quietGap

// Spans of a schedule.
const (
	quietBegin = 400 * time.Millisecond
	aloneFor   = 500 * time.Millisecond  // of a hazard that comes alone
	quietGap   = 100 * time.Millisecond  // between those
	leastGap   = 200 * time.Millisecond  // between the beginnings of those that mix
	moreGap    = 1600 * time.Millisecond // at most added to it
)

// plan draws the whole schedule: every hazard once in an order of its own, then
// every hazard again, as long as the time lasts. The same seed makes the same
// schedule. Two that use the same switch never overlap.
func plan(r *rand.Rand, hazards []hazard, total time.Duration, alone bool) []episode {
	var all []episode
	busy := map[string]time.Duration{}
	at := quietBegin
	for len(hazards) > 0 {
		for _, i := range r.Perm(len(hazards)) {
			h := hazards[i]
			length := aloneFor
			if !alone {
				length = h.least + time.Duration(r.Int64N(int64(h.most-h.least)+1))
			}
			begin := max(at, busy[h.slot()])
			if begin+length > total {
				return all
			}
			all = append(all, episode{hazard: h, at: begin, length: length, draw: rand.New(rand.NewPCG(r.Uint64(), r.Uint64()))})
			busy[h.slot()] = begin + length + quietGap
			if alone {
				at = begin + length + quietGap
			} else {
				at = begin + leastGap + time.Duration(r.Int64N(int64(moreGap)))
			}
		}
	}
	return all
}

// misbehave plays a schedule and leaves everything healthy.
func (x *chaos) misbehave(ctx context.Context, schedule []episode) error {
	x.Progress.Say("%d times of trouble in %s", len(schedule), x.Duration)
	g, ctx := errgroup.WithContext(ctx)
	began := time.Now()
	for _, e := range schedule {
		g.Go(func() error {
			if !pauseFor(ctx, time.Until(began.Add(e.at))) {
				return nil
			}
			return x.play(ctx, e)
		})
	}
	if err := g.Wait(); err != nil {
		return err
	}
	pauseFor(ctx, time.Until(began.Add(x.Duration)))
	return nil
}

// play lets one hazard work for its time. It is ended whatever happens meanwhile.
func (x *chaos) play(ctx context.Context, e episode) error {
	x.Progress.Say("trouble: %s, %s", e.name, e.length.Round(10*time.Millisecond))
	end, err := e.begin(ctx, x, e)
	if err != nil {
		return fmt.Errorf("%s: %w", e.name, err)
	}
	x.tally.count(e.name)
	if end == nil {
		return nil
	}
	pauseFor(ctx, e.length)
	if err := end(context.WithoutCancel(ctx)); err != nil {
		return fmt.Errorf("end of %s: %w", e.name, err)
	}
	return nil
}

// Hazards returns the names of everything that can go wrong.
func Hazards() []string {
	var names []string
	for _, h := range hazards() {
		names = append(names, h.name)
	}
	return names
}

// chooseHazards returns those asked for, or all that the look-up mode bears.
func chooseHazards(only []string, lookup string) ([]hazard, error) {
	var chosen []hazard
	for _, h := range hazards() {
		if len(only) == 0 && (lookup == "trail" || !h.needsTrail) || slices.Contains(only, h.name) {
			chosen = append(chosen, h)
		}
	}
	names := Hazards()
	for _, name := range only {
		if !slices.Contains(names, name) {
			return nil, usage(fmt.Sprintf("there is no hazard %q; there are %s", name, strings.Join(names, ", ")))
		}
	}
	return chosen, nil
}
