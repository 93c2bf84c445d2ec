package gateway

import (
	"context"
	"sync"
	"time"
)

// Bucket is a token bucket: it fills at a rate up to a burst, and a call takes
// one token. Taking more than there is leaves a debt: the calls are promised,
// but only from the time on at which the tokens will be there. So nobody asks
// twice, and two who wait get different times.
type Bucket struct {
	Tokens float64 // negative: promised to somebody who waits
	At     time.Time
}

// Take takes n tokens at a time and returns the bucket afterwards and how long
// to wait before the calls may start. A clock that was set back brings no tokens.
func (b Bucket) Take(now time.Time, rate float64, burst, n int) (Bucket, time.Duration) {
	fresh := max(now.Sub(b.At).Seconds(), 0) * rate
	left := min(b.Tokens+fresh, float64(burst)) - float64(n)
	wait := time.Duration(max(-left/rate, 0) * float64(time.Second))
	return Bucket{Tokens: left, At: now}, wait
}

// BudgetGrant asks for leave for calls to one destination.
type BudgetGrant struct {
	Destination string
	Rate        float64 // calls a second, as declared for this moment; more than zero
	Burst       int     // at least 1
	Calls       int     // from 1 to Burst
}

// BudgetStore keeps the one bucket of each destination that all nodes take from.
type BudgetStore interface {
	// TakeBudget takes the calls out of the bucket, as [Bucket.Take] does by the store's clock, and returns
	// how long to wait before they may start.
	TakeBudget(ctx context.Context, g BudgetGrant) (wait time.Duration, err error)
}

// Times of a budget.
const (
	grantTime = 200 * time.Millisecond // what a grant is worth: a node asks five times a second, however many calls it makes
	grantLife = time.Second            // a grant that nobody used by then is void, so that it cannot be spent at a later peak
	grantWait = 2 * time.Second        // most time of asking
)

// Budget is the part of a destination's rate that this process was granted.
type Budget struct {
	store       BudgetStore
	destination string
	turn        chan struct{} // holds one mark while somebody asks or waits: one at a time

	mu    sync.Mutex
	left  int       // calls of the grant
	from  time.Time // when they may start
	until time.Time // and when they are void
}

// NewBudget returns an empty budget.
func NewBudget(store BudgetStore, destination string) *Budget {
	return &Budget{store: store, destination: destination, turn: make(chan struct{}, 1)}
}

// Take waits until one more call may start within the limits. Without a rate
// it returns at once. When ctx ends first, what was granted stays for the next.
func (b *Budget) Take(ctx context.Context, l Limits) error {
	if l.Rate <= 0 {
		return nil
	}
	select {
	case b.turn <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { <-b.turn }()
	wait, err := b.due(ctx, l)
	if err == nil {
		err = sleep(ctx, wait)
	}
	if err == nil {
		b.spend(-1)
	}
	return err
}

// sleep waits, unless ctx ends first.
func sleep(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return nil
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Try takes leave for one call that may start now, or says when to ask again. It never waits for anybody.
func (b *Budget) Try(ctx context.Context, l Limits) (time.Duration, error) {
	if l.Rate <= 0 {
		return 0, nil
	}
	select {
	case b.turn <- struct{}{}:
	default:
		return grantTime, nil
	}
	defer func() { <-b.turn }()
	wait, err := b.due(ctx, l)
	if err == nil && wait <= 0 {
		b.spend(-1)
	}
	return max(wait, 0), err
}

// Return gives back leave that was not used.
func (b *Budget) Return(l Limits) {
	if l.Rate > 0 {
		b.spend(1)
	}
}

func (b *Budget) spend(n int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.left += n
}

// due returns how long until the next call may start, of a grant that is there or of a new one.
func (b *Budget) due(ctx context.Context, l Limits) (time.Duration, error) {
	if wait, granted := b.granted(time.Now()); granted {
		return wait, nil
	}
	return b.ask(ctx, l)
}

// granted returns how long until the next call of a grant that is not used up.
func (b *Budget) granted(now time.Time) (time.Duration, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.from.Sub(now), b.left > 0 && now.Before(b.until)
}

// ask takes a new grant and returns how long until its first call. It is not
// cut off with the caller: the tokens would be lost.
func (b *Budget) ask(ctx context.Context, l Limits) (time.Duration, error) {
	asking, cancel := context.WithTimeout(context.WithoutCancel(ctx), grantWait)
	defer cancel()
	calls := min(max(int(l.Rate*grantTime.Seconds()), 1), l.Burst)
	wait, err := b.store.TakeBudget(asking, BudgetGrant{Destination: b.destination, Rate: l.Rate, Burst: l.Burst, Calls: calls})
	if err != nil {
		return 0, err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.left, b.from = calls, time.Now().Add(wait)
	b.until = b.from.Add(grantLife)
	return wait, nil
}
