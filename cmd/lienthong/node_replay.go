package main

import (
	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/gateway/config"
)

// newReplayer builds what carries out replay plans, on nodes that work.
func (n *node) newReplayer(
	c config.Config, o nodeOptions, sources []gateway.Source, destinations []gateway.Destination, getenv func(string) string,
) error {
	if !o.work {
		return nil
	}
	evidence, err := newEvidence(c, n.store, getenv)
	if err != nil {
		return err
	}
	n.replayer = gateway.NewReplayer(gateway.ReplayerConfig{
		Store: n.store, Reads: n.store, Again: gateway.NewRenormaliser(n.store, nil), Sources: sources, Outbound: evidence,
		Destinations: destinations, Writers: n.writers, Waker: n.runner, Logger: n.log,
	})
	return nil
}
