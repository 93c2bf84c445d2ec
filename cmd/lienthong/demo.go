package main

import (
	"context"
	"encoding/json"
	"io"
	"os"
	"time"

	"github.com/lienthong/lienthong/cmd/lienthong/audit"
	"github.com/lienthong/lienthong/cmd/lienthong/demo"
	"github.com/lienthong/lienthong/gateway/embedded"
	"github.com/lienthong/lienthong/gateway/portal"
	"github.com/lienthong/lienthong/internal/fault"
)

// Run does the main job; it fails when the checker does not agree.
func (c *demoCmd) Run(ctx context.Context, s *streams) error {
	program, err := os.Executable()
	if err != nil {
		return err
	}
	if err := c.check(); err != nil {
		return err
	}
	options := demo.Options{
		Program: program, DataDir: c.DataDir, Dossiers: c.Dossiers, Seed: c.Seed, Lookup: c.Lookup, Resume: c.Resume, Wait: c.Wait, Spread: c.Spread,
		PortalURL: c.PortalURL, PortalLog: c.PortalLog, AllowRemote: c.AllowRemote, FetchCommand: []string{fetchCommand},
		Progress: demo.NewProgress(s.err, isTerminal(s.err)), Logger: newLogger(quiet{}, s.getenv),
	}
	if options.Dossiers == untold {
		options.Dossiers = 0
	}
	if c.Chaos {
		return c.chaos(ctx, s, options)
	}
	if options.Dossiers == 0 {
		options.Dossiers = usualDossiers
	}
	result, err := demo.Run(ctx, options)
	if err != nil {
		return err
	}
	return shown(s, c.JSON, result, result.OK, demo.WritePage)
}

// usualDossiers is how many a demo has unless it is told.
const (
	usualDossiers = 2000
	untold        = -1 // the flag's default
)

// chaos runs the demo in which everything fails that can.
func (c *demoCmd) chaos(ctx context.Context, s *streams, options demo.Options) error {
	result, err := demo.RunChaos(ctx, options, demo.ChaosOptions{Duration: c.Duration, Only: c.Hazard, Alone: c.Alone})
	if err != nil {
		return err
	}
	return shown(s, c.JSON, result, result.OK, demo.WriteChaosPage)
}

// shown prints a result and fails when the checker does not accept it.
func shown[T any](s *streams, asJSON bool, result T, ok bool, page func(io.Writer, T) error) (err error) {
	if asJSON {
		err = json.NewEncoder(s.out).Encode(result)
	} else {
		err = page(s.out, result)
	}
	if err == nil && !ok {
		return errViolated
	}
	return err
}

// errViolated is the end of a run whose result the checker does not accept.
var errViolated = fault.New(fault.Invalid, "demo", "the checker found violations")

func (c *demoCmd) check() error {
	switch {
	case c.Dossiers == 0 || c.Dossiers < untold:
		return fault.New(fault.Usage, "demo", "--dossiers must be at least 1")
	case !c.Chaos && (len(c.Hazard) > 0 || c.Alone):
		return fault.New(fault.Usage, "demo", "--hazard and --alone go with --chaos")
	case c.Chaos && (c.Resume || c.PortalURL != ""):
		return fault.New(fault.Usage, "demo", "--chaos has its own portal and begins anew")
	case c.Chaos && c.Duration < time.Second:
		return fault.New(fault.Usage, "demo", "--duration must be at least 1s")
	case (c.PortalURL == "") != (c.PortalLog == ""):
		return fault.New(fault.Usage, "demo", "--portal-url and --portal-log go together")
	case c.PortalURL != "" && !c.AllowRemote:
		return portal.CheckLoopback(c.PortalURL)
	}
	return nil
}

// Run checks a finished demo again. Its database is started for the time of the check.
func (c *auditCmd) Run(ctx context.Context, s *streams) error {
	report, err := demo.Audit(ctx, c.DataDir, newLogger(quiet{}, s.getenv))
	if err != nil {
		return err
	}
	if c.JSON {
		err = json.NewEncoder(s.out).Encode(report)
	} else {
		err = audit.Write(s.out, report)
	}
	if err == nil && !report.OK() {
		return errViolated
	}
	return err
}

// fetchCommand is what the program is called with to obtain PostgreSQL's binaries without privileges.
const fetchCommand = "fetch-postgres"

type fetchCmd struct{}

// Run is the child of the launcher.
func (*fetchCmd) Run(ctx context.Context, s *streams) error { return embedded.FetchChild(ctx, s.in) }

// quiet takes log lines that nobody asked for.
type quiet struct{}

// Write implements io.Writer.
func (quiet) Write(p []byte) (int, error) { return len(p), nil }
