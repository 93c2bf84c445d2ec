package demo

import (
	"context"
	"errors"
	"math/rand/v2"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/lienthong/lienthong/cmd/lienthong/demo/netfault"
	"github.com/lienthong/lienthong/cmd/lienthong/nodedb"
	"github.com/lienthong/lienthong/cmd/lienthong/world"
	"github.com/lienthong/lienthong/gateway/config"
	"github.com/lienthong/lienthong/gateway/portal/simulator"
)

// ChaosOptions of a run in which everything fails that can, all the time.
type ChaosOptions struct {
	Duration time.Duration // of the mixture; draining comes after it
	Only     []string      // hazards to use; empty: all that the look-up mode bears
	Alone    bool          // one after the other instead of several at once
}

// Times and sizes of a chaos run.
const (
	chaosSettle   = 2 * time.Second // more than the demo's: a machine under chaos is slow itself
	chaosGateways = 2
	chaosRate     = 12 // dossiers a second, unless their number is given
	chaosPoison   = 60 // one dossier in so many has a twin that the portal refuses, with the whole batch
)

// chaos is one such run: two gateways, a proxy before the portal, a database that crashes.
type chaos struct {
	*run
	ChaosOptions
	db       *nodedb.Database
	proxy    *netfault.Proxy
	papers   *files
	gateways []*member
	tally    Tally
}

// RunChaos pushes a world at a steady pace while a schedule drawn from the seed
// lets portal, line, processes and database fail. Then everything is healthy
// again, what is left is brought to the portal, and the checker is asked. An
// error means that the run did not come to its end.
func RunChaos(ctx context.Context, o Options, c ChaosOptions) (*ChaosResult, error) {
	hazards, err := chooseHazards(c.Only, o.Lookup)
	if err != nil {
		return nil, err
	}
	if o.Dossiers == 0 {
		o.Dossiers = max(int(chaosRate*c.Duration.Seconds()), 50)
	}
	o.Spread = c.Duration
	o.beside = []string{config.KindMinistry, config.KindSink}
	f, err := openFolder(o)
	if err != nil {
		return nil, err
	}
	f.settle = chaosSettle
	o.Progress.Say("data in %s", f.dir)
	began := time.Now()
	db, err := openDatabase(ctx, f, o.FetchCommand, o.Logger)
	if err != nil {
		return nil, err
	}
	defer func() { _ = db.Close(ctx) }()
	x := &chaos{run: &run{Options: o, folder: f, databaseURL: db.URL(), began: began}, ChaosOptions: c, db: db}
	x.tally.Hazards = map[string]int{}
	schedule := plan(rand.New(rand.NewPCG(o.Seed, 0)), hazards, c.Duration, c.Alone)
	if err := x.whole(ctx, schedule); err != nil {
		return nil, err
	}
	return x.result(ctx)
}

// whole starts what takes part, lets it run, and stops it in order: gateways, portal, line.
func (x *chaos) whole(ctx context.Context, schedule []episode) error {
	line, cut := context.WithCancel(context.WithoutCancel(ctx))
	var lines errgroup.Group
	defer func() { _ = lines.Wait() }()
	defer cut()
	defer func() { x.portal.stop() }()
	if err := x.startPortal(ctx); err != nil {
		return err
	}
	lines.Go(func() error { return x.proxy.Run(line) })
	lines.Go(func() error { return x.papers.run(line) })
	living, end := context.WithCancel(ctx)
	var members errgroup.Group
	defer func() { _ = members.Wait() }()
	defer end()
	if err := x.startGateways(ctx); err != nil {
		x.stopGateways()
		return err
	}
	for _, m := range x.gateways {
		members.Go(func() error { m.keep(living); return nil })
	}
	return x.work(ctx, schedule)
}

// startPortal starts simulator and proxy. Its table of transitions lets a coalesced
// change of status pass, and nothing leave a final status: what order_enforcing then
// refuses would be behind the source's own order.
func (x *chaos) startPortal(ctx context.Context) (err error) {
	required := append(simulator.RequiredDossierFields(), "NgayHenTra")
	settings := append(besideSwitches(), "required="+strings.Join(required, ","))
	for _, from := range []string{"1", "2", "4", "5", "6"} {
		settings = append(settings, "transitions."+from+"=2,3,4,5,6,7,8,9,10")
	}
	x.portal, err = startPortal(ctx, x.Program, x.folder, portalOptions{
		listen: anyPort, admin: anyPort, log: x.folder.run.PortalLog, lookup: x.folder.run.Lookup, seed: x.Seed, set: settings,
	})
	if err != nil {
		return err
	}
	x.admin = strings.TrimSuffix(x.portal.told["admin"], "/state")
	address, _, _ := strings.Cut(strings.TrimPrefix(x.portal.told["portal"], "http://"), "/")
	if x.papers, err = listenFiles(); err != nil {
		return err
	}
	x.proxy, err = netfault.Listen(anyPort, address, x.Seed)
	return err
}

// portalURL is the portal as the gateways reach it.
func (x *chaos) portalURL() string {
	_, path, _ := strings.Cut(strings.TrimPrefix(x.portal.told["portal"], "http://"), "/")
	return "http://" + x.proxy.Addr() + "/" + path
}

// work runs generator, mixture and watch side by side.
func (x *chaos) work(ctx context.Context, schedule []episode) error {
	w, err := newWatch(ctx, x.databaseURL, x.began)
	if err != nil {
		return err
	}
	defer w.close()
	x.watch = w
	g, ctx := errgroup.WithContext(ctx)
	ctx, finished := context.WithCancel(ctx)
	g.Go(func() error { return x.portal.died(ctx, "this is a fault of the simulator") })
	g.Go(func() error { return w.run(ctx) })
	g.Go(func() error {
		defer finished()
		return x.pushAndDrain(ctx, schedule)
	})
	if err := g.Wait(); err != nil && !errors.Is(err, context.Canceled) {
		return err
	}
	return nil
}

func (x *chaos) pushAndDrain(ctx context.Context, schedule []episode) error {
	var apis []string
	for _, m := range x.gateways {
		apis = append(apis, m.api)
	}
	p, err := newPusher(x.run, world.New(world.Options{Seed: x.Seed, Dossiers: x.Dossiers, Poison: chaosPoison, Files: x.papers.address}), apis...)
	if err != nil {
		return err
	}
	defer p.close()
	p.catchUp = true
	g, both := errgroup.WithContext(ctx)
	g.Go(func() error { return p.push(both) })
	g.Go(func() error { return x.misbehave(both, schedule) })
	if err := g.Wait(); err != nil {
		return err
	}
	x.Progress.Say("everything is pushed and healthy; draining")
	if err := x.drain(ctx); err != nil {
		return err
	}
	if err := x.repair(ctx); err != nil {
		return err
	}
	x.Progress.Say("looking again at what no answer can prove")
	return x.drain(ctx)
}
