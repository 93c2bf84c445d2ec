package portal

import (
	"context"
	"math/rand/v2"
	"net/http"
	"time"
)

// repeatable is the whole retry policy inside one call: one repeat, at once, of
// what provably never left or of a read that got no answer. An answer is never
// repeated, whatever its status; the delivery's schedule decides about it.
func repeatable(ctx context.Context, _ *http.Response, err error) (bool, error) {
	if err == nil || ctx.Err() != nil {
		return false, nil
	}
	a := attemptOf(ctx)
	return a != nil && (a.read || !a.mayHaveLeft(err)), nil
}

// jitter spreads the repeats of many lanes that lost one portal together. An
// answer's Retry-After plays no part: answers are not repeated.
func jitter(least, most time.Duration, _ int, _ *http.Response) time.Duration {
	if most <= least {
		return least
	}
	return least + rand.N(most-least)
}
