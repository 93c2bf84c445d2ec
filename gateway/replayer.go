package gateway

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/lienthong/lienthong/internal/fault"
)

// ReplayItem names a delivery of a plan.
type ReplayItem struct {
	Destination string
	EntityID    uuid.UUID
}

// ReplayTurn is leave to make one step of one plan.
type ReplayTurn struct {
	Plan   uuid.UUID
	Origin ReplayOrigin
	State  ReplayState
	Allow  int // items that may be released now, by its rate
}

// ReplayRelease is an item whose turn has come.
type ReplayRelease struct {
	ReplayItem
	Skip     string // why not; "": it is made due unless the store knows better
	Compared string // of origin outbound
}

// ReplayStore is what carrying out plans needs of the store. One step of a plan
// is made at a time over all nodes; who makes it holds its lease, and one that
// lost it releases nothing.
type ReplayStore interface {
	// TakeReplayTurn leases the live plan that waits longest; ok is false where none does.
	TakeReplayTurn(ctx context.Context, holder uuid.UUID, length time.Duration) (turn ReplayTurn, ok bool, err error)
	// SettleReplay writes down what became of released items.
	SettleReplay(ctx context.Context, plan uuid.UUID) error
	// NextReplayItems returns the next items whose turn it is, of destinations that have not too many unanswered.
	NextReplayItems(ctx context.Context, plan uuid.UUID, limit int) ([]ReplayItem, error)
	// ReleaseReplay makes those due again that are still eligible, and writes down why others are not.
	ReleaseReplay(ctx context.Context, holder, plan uuid.UUID, items []ReplayRelease) ([]LaneKey, error)
	// EndReplayTurn gives the lease back until pause is over, and ends a plan of which nothing is left to do.
	EndReplayTurn(ctx context.Context, holder, plan uuid.UUID, pause time.Duration) error
}

// ReplaySources gives what a replay reads before it makes anything due.
type ReplaySources interface {
	// MessagesOf returns the stored messages of the current records of entities.
	MessagesOf(ctx context.Context, entities []uuid.UUID) ([]StoredMessage, error)
	// DeliveriesOf returns deliveries as a lane would claim them, in the order of the items; Missing where there is none.
	DeliveriesOf(ctx context.Context, items []ReplayItem) ([]Delivery, error)
	// LastWrites returns the last write that left for each delivery, in the order of the items; the nil attempt where there was none.
	LastWrites(ctx context.Context, items []ReplayItem) ([]AttemptKey, error)
}

// ReplayerConfig is what a replayer is made of.
type ReplayerConfig struct {
	Store        ReplayStore
	Reads        ReplaySources
	Again        *Renormaliser // of origin raw
	Sources      []Source      // that are read again
	Outbound     OutboundReader
	Destinations []Destination
	Writers      *Writers // which site sends; nil: ours
	Waker        Waker
	Logger       *slog.Logger // nil: slog.Default
}

// Replayer carries out replay plans in small steps, on every node that works.
// Whatever ends it between two steps, another goes on where it was.
type Replayer struct {
	c            ReplayerConfig
	sources      map[string]Source
	destinations map[string]Destination
	log          *slog.Logger
}

// Times of replays.
const (
	replayLease = 20 * time.Second       // of one step; a step is far shorter
	replayPause = 250 * time.Millisecond // between steps of one plan
	replayFull  = time.Second            // where nothing may be released: all is, or every destination has enough to answer
	replayIdle  = 3 * time.Second        // between looks for a plan
	replayBatch = 100                    // most items of a step that reads or compares first
)

// NewReplayer returns a replayer. It starts nothing.
func NewReplayer(c ReplayerConfig) *Replayer {
	r := &Replayer{c: c, sources: make(map[string]Source), destinations: make(map[string]Destination), log: c.Logger}
	if r.log == nil {
		r.log = slog.Default()
	}
	for _, s := range c.Sources {
		r.sources[s.Code] = s
	}
	for _, d := range c.Destinations {
		r.destinations[d.Spec().Code] = d
	}
	return r
}

// Run makes steps until the context ends.
func (r *Replayer) Run(ctx context.Context) error {
	for {
		found, err := r.Step(ctx)
		if err != nil && ctx.Err() == nil {
			r.log.WarnContext(ctx, "replay step failed", "err", err)
		}
		wait := replayIdle
		if found && err == nil {
			wait = replayPause
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(wait):
		}
	}
}

// Step makes one step of the plan that waits longest, and reports whether there
// was one. A node of a site that does not send makes none: its adapters and its
// destinations may be other ones, and its lanes would not be woken.
func (r *Replayer) Step(ctx context.Context) (bool, error) {
	if !r.c.Writers.Sending() { // as heard last: an idle node asks nothing for it
		return false, nil
	}
	holder := uuid.New()
	turn, ok, err := r.c.Store.TakeReplayTurn(ctx, holder, replayLease)
	if err != nil || !ok {
		return false, err
	}
	ctx, cancel := context.WithTimeout(ctx, replayLease)
	defer cancel()
	if err := r.c.Writers.Refresh(ctx); err != nil {
		return true, err
	}
	if !r.c.Writers.Sending() {
		return false, r.c.Store.EndReplayTurn(ctx, holder, turn.Plan, 0)
	}
	pause := replayPause
	if turn.State != ReplayRunning {
		pause = replayIdle
	}
	err = r.c.Store.SettleReplay(ctx, turn.Plan)
	if err == nil && turn.State == ReplayRunning && turn.Allow > 0 {
		var some bool
		if some, err = r.advance(ctx, holder, turn); !some {
			pause = replayFull
		}
	}
	if err != nil {
		return true, err // the lease runs out; somebody tries again
	}
	return true, r.c.Store.EndReplayTurn(ctx, holder, turn.Plan, pause)
}

// advance releases what may be released; false: there was nothing.
func (r *Replayer) advance(ctx context.Context, holder uuid.UUID, turn ReplayTurn) (bool, error) {
	limit := turn.Allow
	if turn.Origin != FromCanonical {
		limit = min(limit, replayBatch)
	}
	items, err := r.c.Store.NextReplayItems(ctx, turn.Plan, limit)
	if err != nil || len(items) == 0 {
		return false, err
	}
	releases := make([]ReplayRelease, len(items))
	for i, it := range items {
		releases[i].ReplayItem = it
		if r.c.Destinations != nil && r.destinations[it.Destination] == nil {
			releases[i].Skip = WhyUnserved
		}
	}
	switch turn.Origin {
	case FromRaw:
		err = r.readAll(ctx, items, releases)
	case FromOutbound:
		err = r.compare(ctx, releases)
	}
	if err != nil {
		return false, err
	}
	due, err := r.c.Store.ReleaseReplay(ctx, holder, turn.Plan, releases)
	if err == nil && len(due) > 0 && r.c.Waker != nil {
		r.c.Waker.Wake(ctx, due)
	}
	return true, err
}

// readAll reads again what the items are about. One that the store does not take must not stop its plan for ever: then
// they are read one by one, and it is left alone.
func (r *Replayer) readAll(ctx context.Context, items []ReplayItem, releases []ReplayRelease) error {
	if r.c.Again == nil {
		return fault.New(fault.Internal, "gateway.Replayer", "no renormaliser")
	}
	err := r.readAgain(ctx, items)
	if !stubborn(ctx, err) {
		return err
	}
	for i := range items {
		switch err := r.readAgain(ctx, items[i:i+1]); {
		case stubborn(ctx, err):
			r.log.WarnContext(ctx, "not read again", "entity_id", items[i].EntityID, "err", err)
			releases[i].Skip = WhyUnread
		case err != nil:
			return err
		}
	}
	return nil
}

// stubborn reports whether an error may come again however often one tries. A conflict is one: the store has tried again by itself.
func stubborn(ctx context.Context, err error) bool {
	if err == nil || ctx.Err() != nil {
		return false
	}
	code := fault.CodeOf(err)
	return code != fault.Unavailable && code != fault.Throttled
}

// readAgain lets the present adapters read the messages of what the items are
// about. Doing it twice changes nothing. Messages of sources that the node does not have stay as they are.
func (r *Replayer) readAgain(ctx context.Context, items []ReplayItem) error {
	entities := make([]uuid.UUID, len(items))
	for i, it := range items {
		entities[i] = it.EntityID
	}
	messages, err := r.c.Reads.MessagesOf(ctx, entities)
	if err != nil {
		return err
	}
	bySource := make(map[string][]StoredMessage)
	for _, m := range messages {
		bySource[m.Source] = append(bySource[m.Source], m)
	}
	for code, own := range bySource {
		source, known := r.sources[code]
		if !known {
			continue
		}
		if err := r.c.Again.Messages(ctx, source, own); err != nil {
			return err
		}
	}
	return nil
}

// compare holds what would be sent now against what was sent last. What is sent
// is planned all the same: the destination may have taken the old bytes.
func (r *Replayer) compare(ctx context.Context, releases []ReplayRelease) error {
	items := make([]ReplayItem, len(releases))
	for i := range releases {
		items[i] = releases[i].ReplayItem
	}
	standing, err := r.c.Reads.DeliveriesOf(ctx, items)
	if err != nil {
		return err
	}
	last, err := r.c.Reads.LastWrites(ctx, items)
	if err != nil {
		return err
	}
	for i := range releases {
		if err := r.compareOne(ctx, &releases[i], standing[i], last[i]); err != nil {
			return err
		}
	}
	return nil
}

func (r *Replayer) compareOne(ctx context.Context, it *ReplayRelease, d Delivery, last AttemptKey) error {
	if last.Attempt == uuid.Nil || d.Missing {
		it.Compared = "nothing"
		return nil
	}
	sent, err := r.c.Outbound.Outbound(ctx, last)
	switch {
	case errors.Is(err, ErrDestroyed):
		it.Compared = "destroyed"
		return nil
	case errors.Is(err, ErrNotKept), fault.CodeOf(err) == fault.NotFound:
		it.Compared = "not_kept"
		return nil
	case fault.CodeOf(err) == fault.Invalid:
		it.Skip = WhyUnreadable
		return nil
	case err != nil:
		return err
	}
	destination, known := r.destinations[it.Destination]
	if !known || d.Wanted.Gone != "" {
		it.Compared = "unplannable"
		return nil
	}
	calls, err := safePlan(destination, d.Wanted, d.Known)
	switch {
	case err != nil:
		it.Compared = "unplannable"
	case len(calls) == 0:
		it.Compared = "nothing"
	case sameParts(calls[0].Payload, sent.Parts):
		it.Compared = "same"
	default:
		it.Compared = "differs"
	}
	return nil
}

func sameParts(a, b [][]byte) bool { return slices.EqualFunc(a, b, bytes.Equal) }
