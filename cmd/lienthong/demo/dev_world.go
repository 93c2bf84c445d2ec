package demo

import (
	"context"
	"net"
	"net/url"
	"strings"
	"time"

	"github.com/lienthong/lienthong/gateway/config"
	"github.com/lienthong/lienthong/gateway/portal"
)

// portalPath is where the simulator answers.
const portalPath = "/VXPAdapter/RestService/forward"

// choose decides the gateway's settings but for what is known only once the others run.
func (d *dev) choose(ctx context.Context) error {
	if d.Settings == nil {
		if err := d.folder.makeJournalKey(); err != nil {
			return err
		}
		d.settings = d.folder.settings("")
		for _, s := range append(d.settings.Sources, config.Source{Code: "portal"}) {
			if err := d.folder.makeKey(s.Code); err != nil {
				return err
			}
		}
		if d.PortalURL != "" {
			d.settings.Destinations[0] = patient(d.settings.Destinations[0])
		}
	} else {
		d.settings = *d.Settings
		if err := d.keysFor(d.settings.Sources); err != nil {
			return err
		}
	}
	if d.Listen != "" {
		d.settings.Listen = d.Listen
	}
	d.settings.DataDir = d.folder.dir
	if d.PortalURL != "" {
		for i := range d.settings.Destinations {
			if d.settings.Destinations[i].Kind == config.KindPortal {
				d.settings.Destinations[i].URL = d.PortalURL
			}
		}
	}
	return ctx.Err()
}

// keysFor gives a key of the folder to each source that has none of its own.
func (d *dev) keysFor(sources []config.Source) error {
	for i, s := range sources {
		if s.KeyFile != "" || s.KeyEnv != "" {
			continue
		}
		if err := d.folder.makeKey(s.Code); err != nil {
			return err
		}
		sources[i].KeyFile = d.folder.path("keys/" + s.Code)
	}
	return nil
}

// patient returns a destination as a portal that is not ours needs it: with the usual times.
func patient(d config.Destination) config.Destination {
	d.Lookup, d.Settle, d.Timeout = "header", config.Duration(time.Minute), config.Duration(10*time.Second)
	d.RetryCap, d.Breaker = 0, config.Breaker{}
	return d
}

// startPortal starts the simulator for the demo's own gateway, or for the first
// destination on this machine that nobody listens for.
func (d *dev) startPortal(ctx context.Context) (err error) {
	o := portalOptions{log: d.folder.run.PortalLog, lookup: d.folder.run.Lookup, seed: d.state.Seed}
	target := -1
	switch {
	case d.PortalURL != "":
	case d.Settings == nil:
		target, o.listen, o.admin = 0, orAny(d.state.Portal), orAny(d.state.Admin)
	default:
		for i, destination := range d.settings.Destinations {
			if destination.Kind != config.KindPortal {
				continue
			}
			if address := vacant(ctx, destination.URL); address != "" && target < 0 {
				target, o.listen, o.admin, o.lookup = i, address, anyPort, destination.Lookup
			}
		}
	}
	if target < 0 {
		return nil
	}
	if d.portal, err = startPortal(ctx, d.Program, d.folder, o); err != nil {
		return err
	}
	d.settings.Destinations[target].URL = d.portal.told["portal"]
	d.state.Portal, d.state.Admin = hostOf(d.portal.told["portal"]), hostOf(d.portal.told["admin"])
	return d.folder.save(d.state)
}

// orAny returns the address if it can be listened on now, else one that the system chooses.
func orAny(address string) string {
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return anyPort
	}
	_ = listener.Close()
	return address
}

// vacant returns host and port of a portal on this machine that nobody listens for, else "".
func vacant(ctx context.Context, address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Port() == "" || strings.TrimRight(u.Path, "/") != portalPath || u.Scheme != "http" || portal.CheckLoopback(address) != nil {
		return ""
	}
	dialer := net.Dialer{Timeout: time.Second}
	conn, err := dialer.DialContext(ctx, "tcp", u.Host)
	if err == nil {
		_ = conn.Close()
		return ""
	}
	return u.Host
}

func hostOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return u.Host
}
