// Package demo does the main job on one machine and proves it: it makes a
// province, pushes it into a gateway over HTTP, lets the portal fail in the
// middle in every way of the field, waits until it is up to date, and asks the
// independent checker.
//
// The parent process holds generator, checker and the private PostgreSQL; the
// gateway and the portal simulator are children of their own, so that killing
// any of them is a real kill. Everything stands in one folder; Resume goes on
// with it.
package demo

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/lienthong/lienthong/cmd/lienthong/audit"
	"github.com/lienthong/lienthong/cmd/lienthong/nodedb"
	"github.com/lienthong/lienthong/cmd/lienthong/world"
	"github.com/lienthong/lienthong/gateway/config"
	"github.com/lienthong/lienthong/internal/fault"
)

// Options of a run.
type Options struct {
	Program      string // path of this program, for the children
	DataDir      string
	Dossiers     int
	Seed         uint64
	Lookup       string // exists, header, trail
	Resume       bool
	Wait         time.Duration // for the portal to be up to date after the last push
	Spread       time.Duration // pushes take at least this long, so that the faults meet work; 0: 14 s
	PortalURL    string        // a simulator that runs elsewhere
	PortalLog    string        // its log
	AllowRemote  bool          // a portal that is not on this machine is allowed
	FetchCommand []string      // arguments with which Program does nothing but fetch PostgreSQL; nil: it must be installed
	Progress     Progress
	Logger       *slog.Logger

	anyRun bool     // resume whatever stands there
	beside []string // kinds of destinations beside the national portal
}

// Progress is told what happens.
type Progress interface {
	Say(format string, args ...any)           // one thing that happened
	Pushed(dossiers, of int, outstanding int) // how far the pushes are, and what waits for the portal
	Done()
}

// Result is what a run came to.
type Result struct {
	OK        bool           `json:"ok"`
	DataDir   string         `json:"data_dir"`
	Seed      uint64         `json:"seed"`
	Took      time.Duration  `json:"took_ns"`
	Incoming  []Incoming     `json:"incoming"`
	Timeline  []Moment       `json:"timeline"`
	PeakBytes int64          `json:"gateway_peak_bytes"` // resident memory of the gateway child; 0: not known on this system
	Report    *audit.Report  `json:"report"`
	States    map[string]int `json:"deliveries"` // by state
}

// Portal times of a demo: short, and printed.
const (
	callTimeout = time.Second
	breakerOpen = 2 * time.Second
	settle      = time.Second
	usualSpread = 14 * time.Second
)

// Run does the whole of it. An error means that the run did not come to its
// end; whether what came of it is right is in the result.
func Run(ctx context.Context, o Options) (_ *Result, err error) {
	began := time.Now()
	if o.Spread == 0 {
		o.Spread = usualSpread
	}
	if o.PortalURL == "" {
		o.beside = []string{config.KindSink} // a ministry's portal takes one dossier a call, and some calls for each
	}
	f, err := openFolder(o)
	if err != nil {
		return nil, err
	}
	lock, err := f.hold()
	if err != nil {
		return nil, err
	}
	defer lock.Release()
	r := &run{Options: o, folder: f, began: began}
	defer func() { err = r.stopped(ctx, err) }()
	o.Progress.Say("data in %s", f.dir)
	o.Progress.Say("portal call %s, breaker open %s, settle %s", callTimeout, breakerOpen, settle)
	db, err := openDatabase(ctx, f, o.FetchCommand, o.Logger)
	if err != nil {
		return nil, err
	}
	defer func() { _ = db.Close(ctx) }()
	r.db, r.databaseURL = db, db.URL()
	if err := db.Cause(ctx, r.whole(ctx)); err != nil {
		return nil, err
	}
	return r.result(ctx)
}

// run is one run of the demo.
type run struct {
	Options
	folder      *folder
	db          *nodedb.Database
	databaseURL string
	began       time.Time
	gateway     *child
	portal      *child
	admin       string
	watch       *watch
	peak        int64
}

// openDatabase starts the private PostgreSQL of a folder.
func openDatabase(ctx context.Context, f *folder, fetch []string, log *slog.Logger) (*nodedb.Database, error) {
	return nodedb.Open(ctx, nodedb.Options{URL: config.Embedded, DataDir: f.dir, FetchCommand: fetch, Logger: log})
}

// whole starts the children, pushes, misbehaves, waits and stops the children.
func (r *run) whole(ctx context.Context) error {
	defer r.stopChildren()
	if err := r.startChildren(ctx); err != nil {
		return err
	}
	if err := errors.Join(r.work(ctx), ctx.Err()); err != nil {
		return err
	}
	r.Progress.Say("up to date; stopping the gateway")
	r.peak = r.gateway.peakMemory()
	return nil
}

// work runs generator, faults and watch side by side; a child that dies ends them.
func (r *run) work(ctx context.Context) error {
	w, err := newWatch(ctx, r.databaseURL, r.began)
	if err != nil {
		return err
	}
	defer w.close()
	r.watch = w
	g, ctx := errgroup.WithContext(ctx)
	ctx, finished := context.WithCancel(ctx)
	g.Go(func() error { return r.gateway.died(ctx, "go on with --resume") })
	if r.portal != nil {
		g.Go(func() error { return r.portal.died(ctx, "go on with --resume") })
	}
	g.Go(func() error { return r.db.Died(ctx) })
	g.Go(func() error { return w.run(ctx) })
	g.Go(func() error {
		defer finished()
		return r.pushAndDrain(ctx)
	})
	if err := g.Wait(); err != nil && !errors.Is(err, context.Canceled) {
		return err
	}
	return nil
}

func (r *run) pushAndDrain(ctx context.Context) error {
	w := world.New(world.Options{Seed: r.Seed, Dossiers: r.Dossiers})
	p, err := newPusher(r, w, r.gateway.told["api"])
	if err != nil {
		return err
	}
	defer p.close()
	healthy := make(chan error, 1)
	misbehaving, behave := context.WithCancel(ctx)
	defer behave()
	go func() { healthy <- r.misbehave(misbehaving, p.left) }()
	if err := p.push(ctx); err != nil {
		behave()
		if late := <-healthy; late != nil && !errors.Is(late, context.Canceled) {
			err = errors.Join(err, late)
		}
		return err
	}
	r.Progress.Say("everything is pushed")
	if err := <-healthy; err != nil {
		return err
	}
	r.Progress.Say("draining")
	return r.drain(ctx)
}

// drain waits until every delivery has come to rest.
func (r *run) drain(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, r.Wait)
	defer cancel()
	for {
		left, err := r.watch.outstanding(ctx)
		if err == nil && left == 0 {
			return nil
		}
		if err == nil {
			r.Progress.Pushed(r.Dossiers, r.Dossiers, left)
		}
		select {
		case <-time.After(200 * time.Millisecond):
		case <-ctx.Done():
			return fault.New(fault.Unavailable, "demo", fmt.Sprintf("%d deliveries were still outstanding %s after the last push", left, r.Wait))
		}
	}
}

// result asks the checker. The children are gone by now; the store still stands.
func (r *run) result(ctx context.Context) (*Result, error) {
	r.Progress.Say("checking")
	report, err := audit.Run(ctx, r.folder.auditOptions(r.databaseURL))
	if err != nil {
		return nil, err
	}
	incoming, err := countIncoming(r.folder.path(worldLog))
	if err != nil {
		return nil, err
	}
	timeline, states, err := r.watch.summary(ctx, r.databaseURL)
	if err != nil {
		return nil, err
	}
	r.Progress.Done()
	return &Result{
		OK: report.OK(), DataDir: r.folder.dir, Seed: r.Seed, Took: time.Since(r.began), Incoming: incoming,
		Timeline: timeline, PeakBytes: r.peak, Report: report, States: states,
	}, nil
}

// Audit checks the run in a folder again. Its database is started for that time.
func Audit(ctx context.Context, dir string, log *slog.Logger) (*audit.Report, error) {
	f, err := openFolder(Options{DataDir: dir, Resume: true, anyRun: true})
	if err != nil {
		return nil, err
	}
	lock, err := f.hold()
	if err != nil {
		return nil, err
	}
	defer lock.Release()
	db, err := openDatabase(ctx, f, nil, log)
	if err != nil {
		return nil, err
	}
	defer func() { _ = db.Close(ctx) }()
	return audit.Run(ctx, f.auditOptions(db.URL()))
}
