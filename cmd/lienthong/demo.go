package main

import (
	"context"
	"encoding/json"
	"os"

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
	progress := demo.NewProgress(s.err, isTerminal(s.err))
	result, err := demo.Run(ctx, demo.Options{
		Program: program, DataDir: c.DataDir, Dossiers: c.Dossiers, Seed: c.Seed, Lookup: c.Lookup, Resume: c.Resume, Wait: c.Wait, Spread: c.Spread,
		PortalURL: c.PortalURL, PortalLog: c.PortalLog, AllowRemote: c.AllowRemote, FetchCommand: []string{fetchCommand},
		Progress: progress, Logger: newLogger(quiet{}, s.getenv),
	})
	if err != nil {
		return err
	}
	if c.JSON {
		err = json.NewEncoder(s.out).Encode(result)
	} else {
		err = demo.WritePage(s.out, result)
	}
	if err == nil && !result.OK {
		return errViolated
	}
	return err
}

// errViolated is the end of a run whose result the checker does not accept.
var errViolated = fault.New(fault.Invalid, "demo", "the checker found violations")

func (c *demoCmd) check() error {
	switch {
	case c.Dossiers < 1:
		return fault.New(fault.Usage, "demo", "--dossiers must be at least 1")
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
