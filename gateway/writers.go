package gateway

import (
	"context"
	"fmt"
	"log/slog"
	"reflect"
	"slices"
	"sync"
	"time"

	"github.com/lienthong/lienthong/internal/fault"
)

// WritersConfig is what [Writers] are made of.
type WritersConfig struct {
	Store   WriterStore
	Site    string                 // name of the site that this node is of
	Node    string                 // name of this process
	Memory  *Memory                // what is remembered outside of the database; nil: nothing beyond this process
	Changed func() <-chan struct{} // closed when an operator said something; nil: only the clock tells
	Logger  *slog.Logger           // nil: slog.Default
}

// Writers is who may write, as this process knows it: which system owns what,
// which site sends, and whether the database is the one that it was. It is
// read when work begins and before each call, at most each second; a call never
// starts on what is two seconds old. A nil one lets everything leave.
type Writers struct {
	store   WriterStore
	site    string
	node    string
	memory  *Memory
	changed func() <-chan struct{}
	log     *slog.Logger

	reading chan struct{} // full while somebody reads: who waits for a long one stops with its context

	mu         sync.Mutex
	at         time.Time // of the last reading, at its start
	now        Writing
	rules      map[string]ownerRules
	mark       Mark
	generation int64
	saidSite   string
}

// Times of writers.
const (
	writersFresh = time.Second      // a reading that is younger is good enough
	writersIdle  = 10 * time.Second // a process without work reads so often
	restoredTime = 10 * time.Minute // for marking what a restore left in doubt: it reads every delivery, once
)

// NewWriters starts nothing and asks nothing.
func NewWriters(c WritersConfig) (*Writers, error) {
	if c.Store == nil || c.Site == "" || c.Node == "" {
		return nil, fmt.Errorf("gateway.NewWriters: a store, a site and a node name are needed")
	}
	w := &Writers{store: c.Store, site: c.Site, node: c.Node, memory: c.Memory, changed: c.Changed, log: c.Logger, reading: make(chan struct{}, 1)}
	if w.log == nil {
		w.log = slog.Default()
	}
	if w.changed == nil {
		w.changed = func() <-chan struct{} { return nil }
	}
	var err error
	w.mark, err = w.memory.recall()
	return w, err
}

// Run reads when it is told of a change, and now and then, until ctx ends.
func (w *Writers) Run(ctx context.Context) error {
	ticker := time.NewTicker(writersIdle)
	defer ticker.Stop()
	changed, told := w.changed(), false
	for {
		if err := w.Read(ctx); err != nil && ctx.Err() == nil {
			w.log.WarnContext(ctx, "who may write was not read", "err", err)
		}
		if !told {
			if err := w.store.HoldSite(ctx, w.site, w.node); err != nil && ctx.Err() == nil {
				w.log.WarnContext(ctx, "site not held", "err", err)
			}
		}
		select {
		case <-ctx.Done():
			return w.memory.keep(w.Proof().Mark, true)
		case <-ticker.C:
			told = false
		case <-changed:
			if sleep(ctx, gathered-w.age()) == nil {
				changed, told = w.changed(), true // before reading, so that none is missed
			}
		}
	}
}

// Refresh reads when the last reading is older than a second.
func (w *Writers) Refresh(ctx context.Context) error {
	if w == nil || w.age() < writersFresh {
		return nil
	}
	if err := w.lock(ctx); err != nil {
		return err
	}
	defer w.unlock()
	if w.age() < writersFresh {
		return nil
	}
	return w.read(ctx)
}

// Read reads now.
func (w *Writers) Read(ctx context.Context) error {
	if err := w.lock(ctx); err != nil {
		return err
	}
	defer w.unlock()
	return w.read(ctx)
}

func (w *Writers) lock(ctx context.Context) error {
	select {
	case w.reading <- struct{}{}:
		return nil
	case <-ctx.Done():
		return fault.Wrap(ctx.Err(), fault.Unavailable, "gateway.Writers")
	}
}

func (w *Writers) unlock() { <-w.reading }

// read takes over what the store says. A database that does not have what this
// node saw is a restored one: that is written down before anything else. The caller holds reading.
func (w *Writers) read(ctx context.Context) error {
	at := time.Now()
	seen := w.Proof().Mark
	now, err := w.writing(ctx, seen)
	if err != nil {
		return err
	}
	if !now.Holds && now.Epoch <= seen.Epoch {
		if err := w.declare(ctx, seen, now.Epoch); err != nil {
			return err
		}
		at = time.Now()
		if now, err = w.writing(ctx, Mark{}); err != nil {
			return err
		}
	}
	if now.Site == "" {
		if err := w.store.HoldSite(ctx, w.site, w.node); err != nil {
			return err
		}
		if now, err = w.writing(ctx, Mark{}); err != nil {
			return err
		}
	}
	w.take(ctx, at, now)
	if err := w.memory.keep(now.Mark, seen.Epoch != now.Epoch); err != nil {
		w.log.WarnContext(ctx, "what was seen of the database is not kept", "err", err)
	}
	return nil
}

// writing asks, and does not wait long for it.
func (w *Writers) writing(ctx context.Context, seen Mark) (Writing, error) {
	ctx, cancel := context.WithTimeout(ctx, writeTimeout)
	defer cancel()
	return w.store.Writing(ctx, seen)
}

// declare says that the database was restored. A lane gives up with its own time; [Writers.Run] does not.
func (w *Writers) declare(ctx context.Context, seen Mark, epoch int64) error {
	w.log.ErrorContext(ctx, "the database was restored: nothing leaves before what was touched is looked at again", "epoch", epoch)
	r := Restoration{Epoch: epoch, Actor: w.node, Reason: "the journal that this node has seen is not in the database"}
	if seen.Sealed > 0 {
		r.Lacks = time.UnixMicro(seen.Sealed)
	}
	ctx, cancel := context.WithTimeout(ctx, restoredTime)
	defer cancel()
	_, err := w.store.DeclareRestored(ctx, r) // not by us: another node was faster
	return err
}

// take makes a reading the present one.
func (w *Writers) take(ctx context.Context, at time.Time, now Writing) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.at.IsZero() || !now.decidesAs(w.now) {
		w.generation++
		rules := make(map[string][]OwnerRule)
		for _, r := range now.Rules {
			rules[r.Destination] = append(rules[r.Destination], r)
		}
		w.rules = make(map[string]ownerRules, len(rules))
		for code, own := range rules {
			w.rules[code] = newOwnerRules(own)
		}
	}
	w.at, w.now, w.mark = at, now, now.Mark
	if now.Site != w.site && w.saidSite != now.Site {
		w.log.WarnContext(ctx, "another site sends: this one does not", "site", w.site, "sends", now.Site)
	}
	w.saidSite = now.Site
}

// decidesAs reports whether two readings let the same leave.
func (w Writing) decidesAs(o Writing) bool {
	return w.Site == o.Site && w.Epoch == o.Epoch && w.Database == o.Database &&
		slices.Equal(w.Observing, o.Observing) && reflect.DeepEqual(w.Rules, o.Rules)
}

func (w *Writers) age() time.Duration {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.at.IsZero() {
		return time.Hour
	}
	return time.Since(w.at)
}

// Sending reports whether this node's site is the one that sends.
func (w *Writers) Sending() bool {
	if w == nil {
		return true
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	return !w.at.IsZero() && w.now.Site == w.site
}

// Proof is what this node believes.
func (w *Writers) Proof() Proof {
	if w == nil {
		return Proof{}
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	return Proof{Site: w.site, Mark: w.mark}
}

// Generation changes with whatever decides what may leave.
func (w *Writers) Generation() int64 {
	if w == nil {
		return 0
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.generation
}

// stillHolds reports whether what was decided under a generation may leave now.
func (w *Writers) stillHolds(generation int64) bool {
	return w == nil || w.age() < staleStart && w.Sending() && w.Generation() == generation
}

// Owner returns who writes an entity to a destination.
func (w *Writers) Owner(destination string, wanted Wanted) Owner {
	if w == nil {
		return OwnerGateway
	}
	w.mu.Lock()
	rules := w.rules[destination]
	w.mu.Unlock()
	return rules.owner(wanted)
}

// observing reports whether writes to a destination wait for looks, and how long ago the restore was found out.
func (w *Writers) observing(destination string) (bool, time.Duration) {
	if w == nil {
		return false, 0
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Contains(w.now.Observing, destination), w.now.RestoredFor + time.Since(w.at)
}

// expectLook notes that this process has just marked a delivery to be looked at.
func (w *Writers) expectLook(destination string) {
	if w == nil {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if !slices.Contains(w.now.Looks, destination) {
		w.now.Looks = append(slices.Clone(w.now.Looks), destination)
	}
}

// looks returns which deliveries of a destination are to be looked at when nothing is due.
func (w *Writers) looks(destination string) []LookReason {
	if w == nil {
		return nil
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	switch {
	case !slices.Contains(w.now.Looks, destination):
		return nil
	case slices.Contains(w.now.Paused, destination):
		return []LookReason{LookRestore, LookCompare}
	}
	return []LookReason{LookRestore, LookCompare, LookAdopt}
}
