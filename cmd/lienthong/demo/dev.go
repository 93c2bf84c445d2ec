package demo

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"golang.org/x/sync/errgroup"

	"github.com/lienthong/lienthong/cmd/lienthong/nodedb"
	"github.com/lienthong/lienthong/gateway/config"
	"github.com/lienthong/lienthong/internal/fault"
)

// DevOptions say which world is kept alive.
type DevOptions struct {
	Program      string // path of this program, for the children
	DataDir      string
	Settings     *config.Config // of a gateway of one's own; nil: the demo's
	Listen       string         // address of the API; empty: that of the settings
	PortalURL    string         // a portal that runs elsewhere, for every destination
	AllowRemote  bool           // a portal that is not on this machine is allowed
	Rate         float64        // generated messages a second; 0: none
	Quiet        bool           // say nothing while all goes well
	FetchCommand []string       // arguments with which Program does nothing but fetch PostgreSQL
	Out          io.Writer      // gets the page that says where everything is
	Progress     Progress
	Logger       *slog.Logger
}

// dev is one start of a world.
type dev struct {
	DevOptions
	folder   *folder
	state    devState
	settings config.Config
	gateway  *child
	portal   *child // nil: it runs elsewhere
	db       *nodedb.Database
	url      string // of the database
}

// Dev keeps a world alive until ctx ends: database, simulated portal, gateway
// with workers, and a trickle of pushes. The next start in the same folder goes
// on where this one stopped, however it did. At the end the trickle stops first,
// then the gateway with what it has in flight, the portal, and the database.
func Dev(ctx context.Context, o DevOptions) error {
	d := &dev{DevOptions: o}
	var err error
	if d.folder, d.state, err = openDevFolder(o.DataDir); err != nil {
		return err
	}
	err = d.run(ctx)
	if ctx.Err() != nil && (err == nil || errors.Is(err, context.Canceled)) {
		d.Progress.Say("stopped; the same command goes on")
		return nil
	}
	return err
}

func (d *dev) run(ctx context.Context) (err error) {
	d.Progress.Say("data in %s", d.folder.dir)
	if err := d.choose(ctx); err != nil {
		return err
	}
	db, err := nodedb.Open(ctx, nodedb.Options{
		URL: d.settings.DatabaseURL, DataDir: d.folder.dir, FetchCommand: d.FetchCommand, Logger: d.Logger,
	})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close(ctx)) }()
	d.db, d.url = db, db.URL()
	free, err := d.lock(ctx)
	if err != nil {
		return err
	}
	defer free()
	defer d.stop()
	if err := d.start(ctx); err != nil {
		return err
	}
	if err := d.writePage(); err != nil {
		return err
	}
	return db.Cause(ctx, d.live(ctx))
}

// devLock is the advisory lock of whoever keeps a world alive.
const devLock = 7_264_100

// lock keeps a second start out of the folder: it would write to the same portal's log.
func (d *dev) lock(ctx context.Context) (free func(), err error) {
	conn, err := pgx.Connect(ctx, d.url)
	if err != nil {
		return nil, fault.Wrap(err, fault.Unavailable, "dev.lock")
	}
	var got bool
	err = conn.QueryRow(ctx, `SELECT pg_try_advisory_lock($1)`, devLock).Scan(&got)
	if err == nil && got {
		return func() { _ = conn.Close(context.WithoutCancel(ctx)) }, nil
	}
	_ = conn.Close(context.WithoutCancel(ctx))
	if err != nil {
		return nil, fault.Wrap(err, fault.Unavailable, "dev.lock")
	}
	return nil, fault.New(fault.Conflict, "dev", "another lienthong dev runs on this database; stop it, or choose another --data-dir")
}

// start starts the portal, unless one runs elsewhere, and the gateway.
func (d *dev) start(ctx context.Context) (err error) {
	if err := d.startPortal(ctx); err != nil {
		return err
	}
	d.settings.DatabaseURL = d.url
	if err := awaitFree(ctx, d.settings.Listen); err != nil {
		return err
	}
	d.gateway, err = startGateway(ctx, d.Program, d.folder, d.settings, d.AllowRemote)
	return err
}

// handover is how long the gateway of a start that was killed may hold its port.
const handover = 5 * time.Second

// awaitFree waits until an address can be listened on.
func awaitFree(ctx context.Context, address string) error {
	ctx, cancel := context.WithTimeout(ctx, handover)
	defer cancel()
	for {
		listener, err := net.Listen("tcp", address)
		if err == nil {
			return listener.Close()
		}
		select {
		case <-time.After(100 * time.Millisecond):
		case <-ctx.Done():
			return fault.New(fault.Usage, "dev", "the API cannot listen on "+address+"; choose another address with --listen")
		}
	}
}

// stop ends the gateway, which finishes what it has begun, and then its portal.
func (d *dev) stop() {
	if d.gateway != nil {
		d.Progress.Say("stopping: pushes, then calls in flight, then the database")
	}
	d.gateway.stop()
	d.portal.stop()
}

// live pushes and watches until the context ends or a child does.
func (d *dev) live(ctx context.Context) error {
	w, err := newWatch(ctx, d.url, time.Now())
	if err != nil {
		return err
	}
	defer w.close()
	t, err := d.newTraffic(d.apiURL())
	if err != nil {
		return err
	}
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { return d.gateway.died(ctx, "see "+d.folder.path("gateway.log")) })
	if d.portal != nil {
		g.Go(func() error { return d.portal.died(ctx, "see "+d.folder.path("portal.log")) })
	}
	g.Go(func() error { return d.db.Died(ctx) })
	if d.Rate > 0 {
		g.Go(func() error { return t.run(ctx) })
	}
	if !d.Quiet {
		g.Go(func() error { return d.report(ctx, t, w) })
	}
	return g.Wait()
}

// reportEvery is how often the state is told, when it is another one.
const reportEvery = 10 * time.Second

func (d *dev) report(ctx context.Context, t *traffic, w *watch) error {
	tick := time.NewTicker(reportEvery)
	defer tick.Stop()
	var told [2]int
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		waiting, err := w.outstanding(ctx)
		now := [2]int{int(t.pushed.Load()), waiting}
		if err != nil || now == told {
			continue
		}
		told = now
		d.Progress.Say("%d generated messages pushed, %d changes wait for the portal", now[0], now[1])
	}
}

// apiURL is where the gateway is reached from this machine.
func (d *dev) apiURL() string {
	api := d.gateway.told["api"]
	host, port, err := net.SplitHostPort(strings.TrimPrefix(api, "http://"))
	if ip := net.ParseIP(host); err == nil && ip != nil && ip.IsUnspecified() {
		return "http://" + net.JoinHostPort("127.0.0.1", port)
	}
	return api
}
