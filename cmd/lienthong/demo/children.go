package demo

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"strings"

	"github.com/lienthong/lienthong/gateway/config"
)

// anyPort lets the system choose.
const anyPort = "127.0.0.1:0"

// portalOptions are the arguments of a simulated portal.
type portalOptions struct {
	listen, admin string
	log           string // file that is log and storage in one
	lookup        string
	seed          uint64
	set           []string // switches, as for --set
}

func startPortal(ctx context.Context, program string, f *folder, o portalOptions) (*child, error) {
	args := []string{
		"simulate", "portal", "--with-parent", "--listen", o.listen, "--admin", o.admin, "--log", o.log,
		"--lookup", o.lookup, "--settle", f.settle.String(), "--session-ttl", "30m", "--seed", fmt.Sprint(o.seed),
	}
	for _, one := range o.set {
		args = append(args, "--set", one)
	}
	return startChild(ctx, "portal", program, f.path("portal.log"), []string{"portal", "admin"}, args...)
}

// startGateway writes the configuration of this start, since ports differ each time, and starts with it.
func startGateway(ctx context.Context, program string, f *folder, settings config.Config, remote bool) (*child, error) {
	return startNamed(ctx, "gateway", program, f, settings, remote)
}

// startNamed starts one of several gateways; configuration and log bear its name.
func startNamed(ctx context.Context, name, program string, f *folder, settings config.Config, remote bool) (*child, error) {
	file := f.path(name + ".yaml")
	text, err := settings.YAML()
	if err != nil {
		return nil, err
	}
	text = append([]byte("# Written at each start.\n"), text...)
	if err := os.WriteFile(file, text, 0o600); err != nil {
		return nil, err
	}
	args := []string{"serve", "--work", "--with-parent", "--config", file}
	if !remote {
		args = append(args, "--loopback")
	}
	return startChild(ctx, name, program, f.path(name+".log"), []string{"api"}, args...)
}

// startChildren starts the portal, unless one runs elsewhere, and the gateway.
func (r *run) startChildren(ctx context.Context) (err error) {
	portalURL := r.PortalURL
	if portalURL == "" {
		r.portal, err = startPortal(ctx, r.Program, r.folder, portalOptions{
			listen: anyPort, admin: anyPort, log: r.folder.run.PortalLog, lookup: r.folder.run.Lookup, seed: r.Seed,
		})
		if err != nil {
			return err
		}
		portalURL, r.admin = r.portal.told["portal"], strings.TrimSuffix(r.portal.told["admin"], "/state")
	}
	settings := r.folder.settings(portalURL)
	settings.DatabaseURL = r.databaseURL
	settings.Destinations = append(settings.Destinations, r.folder.beside(baseOf(portalURL), "")...)
	if r.gateway, err = startGateway(ctx, r.Program, r.folder, settings, r.AllowRemote); err != nil {
		return err
	}
	return r.notePIDs()
}

// notePIDs writes down who is who, for those who want to kill one of them.
func (r *run) notePIDs() error {
	pids := map[string]int{"parent": os.Getpid(), "gateway": r.gateway.cmd.Process.Pid}
	if r.portal != nil {
		pids["portal"] = r.portal.cmd.Process.Pid
	}
	data, err := json.Marshal(pids)
	if err != nil {
		return err
	}
	return os.WriteFile(r.folder.path(pidFile), data, 0o600)
}

func (r *run) stopChildren() {
	r.gateway.stop()
	r.portal.stop()
}
