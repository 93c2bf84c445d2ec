package main

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/gateway/config"
	"github.com/lienthong/lienthong/gateway/postgres"
	"github.com/lienthong/lienthong/internal/fault"
)

type opsDoctorCmd struct {
	Destination string        `arg:"" optional:"" help:"Code of the destination; without, each one."`
	Lang        string        `help:"Language: vi or en." enum:"vi,en" default:"vi"`
	Wait        time.Duration `help:"Give up on an answer after this long." default:"20s"`
	Loopback    bool          `help:"Refuse destinations that are not on this machine." hidden:""`
	storeFlags
}

// toldWalk is a walk as JSON, with its texts.
type toldWalk struct {
	gateway.Walk
	Verdict string `json:"verdict"`
	Letter  string `json:"letter"`
}

// Run walks, and ends with 1 when some hop is bad.
func (c *opsDoctorCmd) Run(ctx context.Context, s *streams) error {
	return c.open(ctx, s, func(settings config.Config, store *postgres.Store) error {
		walks, err := c.walks(ctx, settings, store, s)
		if err != nil {
			return err
		}
		sick := false
		all := []toldWalk{}
		for _, w := range walks {
			_, bad := w.Fault()
			sick = sick || bad
			all = append(all, toldWalk{w, w.Verdict().In(c.Lang), w.Letter().In(c.Lang)})
		}
		if c.JSON {
			if err := json.NewEncoder(s.out).Encode(all); err != nil {
				return err
			}
		}
		for _, w := range all {
			if c.JSON {
				break
			}
			if _, err := fmt.Fprintf(s.out, "%s\n\n%s\n\n", w.Verdict, w.Letter); err != nil {
				return err
			}
		}
		if sick {
			return errSick
		}
		return nil
	})
}

func (c *opsDoctorCmd) walks(ctx context.Context, settings config.Config, store *postgres.Store, s *streams) ([]gateway.Walk, error) {
	if len(settings.Destinations) == 0 {
		return nil, fault.New(fault.Usage, "ops doctor", "--config is needed: it says where destinations are")
	}
	by := walker{destinations: settings.Destinations, store: store, options: nodeOptions{loopback: c.Loopback}, wait: c.Wait, getenv: s.getenv}
	var walks []gateway.Walk
	for _, d := range settings.Destinations {
		if c.Destination != "" && d.Code != c.Destination {
			continue
		}
		w, err := by.walk(ctx, d)
		if err != nil {
			return nil, err
		}
		walks = append(walks, w)
	}
	if len(walks) == 0 {
		return nil, fault.New(fault.Usage, "ops doctor", "the configuration has no destination "+c.Destination)
	}
	return walks, nil
}

// askedAt is where reads go: behind a bus they have an address of their own.
func askedAt(d config.Destination) string {
	if d.LookupURL != "" {
		return d.LookupURL
	}
	return d.URL
}
