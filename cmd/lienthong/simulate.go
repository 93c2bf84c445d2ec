package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/lienthong/lienthong/gateway/portal/simulator"
)

// Run is the portal until the context ends.
func (c *simulatePortalCmd) Run(ctx context.Context, s *streams) error {
	ctx, cancel := untilClosed(ctx, c.WithParent, s.in)
	defer cancel()
	portal, err := simulator.New(simulator.Options{
		Addr: c.Listen, AdminAddr: c.Admin, LogPath: c.Log, Lookup: simulator.LookupMode(c.Lookup),
		Settle: c.Settle, SessionTTL: c.SessionTTL, Seed: c.Seed,
	})
	if err != nil {
		return err
	}
	defer func() { _ = portal.Close() }()
	if err := portal.Listen(); err != nil {
		return err
	}
	_, err = fmt.Fprintf(s.out, "portal  http://%s/VXPAdapter/RestService/forward\nadmin   http://%s/_sim/state\n", portal.Addr(), portal.AdminAddr())
	if err != nil {
		return err
	}
	if err := portal.Run(ctx); err != nil && !errors.Is(err, context.Canceled) {
		return err
	}
	return nil
}
