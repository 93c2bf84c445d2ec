package main

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/gateway/config"
	"github.com/lienthong/lienthong/gateway/postgres"
	"github.com/lienthong/lienthong/internal/fault"
)

type opsSiteCmd struct {
	Show opsSiteShowCmd `cmd:"" help:"Say which site sends, and whether the database is a restored one."`
	Take opsSiteTakeCmd `cmd:"" help:"Make the site of the configuration, or --site, the one that sends. Every other one stops within two seconds, as far as it has this database."`
}

type opsSiteShowCmd struct{ storeFlags }

type opsSiteTakeCmd struct {
	Site string `help:"Name of the site; default that of the configuration." placeholder:"NAME"`
	opsOrder
}

type opsRestoredCmd struct {
	Again bool `help:"Also while what an earlier restore asks for is not looked at: the database was restored once more."`
	opsOrder
}

type opsObservedCmd struct {
	Destination string `arg:"" help:"Code of the destination."`
	opsOrder
}

// sitePage is who sends, as it is printed.
type sitePage struct {
	Site        string   `json:"site"`
	SeenForS    int      `json:"seen_ago_s"`
	Epoch       int64    `json:"epoch"`
	RestoredAgo int      `json:"restored_s_ago,omitempty"`
	Observing   []string `json:"observing"` // nothing leaves for these before all was looked at
}

// Run says which site sends.
func (c *opsSiteShowCmd) Run(ctx context.Context, s *streams) error {
	return c.open(ctx, s, func(_ config.Config, store *postgres.Store) error {
		now, err := store.Writing(ctx, gateway.Mark{})
		if err != nil {
			return err
		}
		page := sitePage{Site: now.Site, SeenForS: int(now.SeenFor.Seconds()), Epoch: now.Epoch, RestoredAgo: int(now.RestoredFor.Seconds()), Observing: now.Observing}
		if c.JSON {
			return json.NewEncoder(s.out).Encode(page)
		}
		if _, err := fmt.Fprintf(s.out, "site %s sends; seen %v ago; epoch %d\n", cmp.Or(page.Site, "(none yet)"), now.SeenFor.Round(time.Second), page.Epoch); err != nil {
			return err
		}
		if now.Restored {
			_, err = fmt.Fprintf(s.out, "found to be restored %v ago; waiting for looks: %s\n", now.RestoredFor.Round(time.Second), cmp.Or(strings.Join(now.Observing, ", "), "none"))
		}
		return err
	})
}

// Run moves the lease.
func (c *opsSiteTakeCmd) Run(ctx context.Context, s *streams) error {
	return c.do(ctx, s, func(settings config.Config, store *postgres.Store, actor string) (string, bool, error) {
		site := c.Site
		if site == "" && c.Config != "" {
			site = settings.SiteName()
		}
		if site == "" {
			return "", false, fault.New(fault.Usage, "ops", "--site or --config is needed")
		}
		changed, err := store.TakeSite(ctx, site, actor, c.Reason)
		return "site " + site + " sends from now on", changed, err
	})
}

// Run says that the database was restored, where no node remembers enough to find out.
func (c *opsRestoredCmd) Run(ctx context.Context, s *streams) error {
	return c.do(ctx, s, func(_ config.Config, store *postgres.Store, actor string) (string, bool, error) {
		const done = "nothing leaves before what may have been touched was looked at"
		now, err := store.Writing(ctx, gateway.Mark{})
		if err != nil || len(now.Observing) > 0 && !c.Again {
			return done, false, err // a second epoch would begin the looks anew and end every cursor again
		}
		declared, err := store.DeclareRestored(ctx, gateway.Restoration{Epoch: now.Epoch, Actor: actor, Reason: c.Reason})
		return done, declared, err
	})
}

// Run lets writes go without the looks that a restore asks for.
func (c *opsObservedCmd) Run(ctx context.Context, s *streams) error {
	return c.do(ctx, s, func(_ config.Config, store *postgres.Store, actor string) (string, bool, error) {
		changed, err := store.ReleaseObserved(ctx, c.Destination, actor, c.Reason)
		return "writes to " + c.Destination + " go on", changed, err
	})
}

// do gives an order and says what came of it.
func (c *opsOrder) do(ctx context.Context, s *streams, work func(config.Config, *postgres.Store, string) (string, bool, error)) error {
	actor, err := c.who(s)
	if err != nil {
		return err
	}
	return c.open(ctx, s, func(settings config.Config, store *postgres.Store) error {
		done, changed, err := work(settings, store, actor)
		if err != nil {
			return asUsage(err)
		}
		return c.said(s, "", done, changed)
	})
}

// said is what came of an order, and whether it was this one that did it.
func (c *opsOrder) said(s *streams, about, done string, changed bool) error {
	if c.JSON {
		return json.NewEncoder(s.out).Encode(map[string]any{"done": strings.TrimPrefix(about+": "+done, ": "), "changed": changed})
	}
	if !changed {
		done = stood + "; " + done
	}
	_, err := fmt.Fprintln(s.out, strings.TrimPrefix(about+": "+done, ": "))
	return err
}
