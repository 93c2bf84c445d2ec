package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"text/tabwriter"

	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/gateway/config"
	"github.com/lienthong/lienthong/gateway/postgres"
	"github.com/lienthong/lienthong/internal/fault"
	"github.com/lienthong/lienthong/schema"
)

type opsJourneyCmd struct {
	Dossier string `arg:"" help:"Number of the dossier (MaHoSo), any of its numbers."`
	Lang    string `help:"Language of the line on top: vi or en." enum:"vi,en" default:"vi"`
	storeFlags
}

// Run prints where the time went, then every event.
func (c *opsJourneyCmd) Run(ctx context.Context, s *streams) error {
	return c.open(ctx, s, func(settings config.Config, store *postgres.Store) error {
		// Who may not read the destinations' secrets sees as queued what waits behind an open breaker.
		if destinations, _, err := newDestinations(settings, nodeOptions{}, slog.New(slog.DiscardHandler), s.getenv); err == nil {
			store.WithDestinations(specsOf(destinations)...)
		}
		number, _ := schema.ParseDossierNumber(c.Dossier)
		j, err := store.DossierJourney(ctx, number.Value)
		if err != nil {
			return noDossier(err)
		}
		if c.JSON {
			return json.NewEncoder(s.out).Encode(gateway.TellJourney(j, c.Lang))
		}
		for _, line := range j.Blame() {
			if _, err := fmt.Fprintln(s.out, line.In(c.Lang)); err != nil {
				return err
			}
		}
		w := tabwriter.NewWriter(s.out, 0, 0, 2, ' ', 0)
		for _, e := range folded(gateway.TellJourney(j, c.Lang).Events) {
			if _, err := fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", onClock(e.At), e.What, e.Place(), detailOf(e), e.By); err != nil {
				return err
			}
		}
		return w.Flush()
	})
}

// noDossier says why there is nothing under a number.
func noDossier(err error) error {
	if fault.CodeOf(err) == fault.NotFound {
		return fault.New(fault.NotFound, "ops", "no source pushed a dossier with that number; a push that was refused leaves none")
	}
	return err
}
