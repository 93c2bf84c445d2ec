package main

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"text/tabwriter"

	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/gateway/config"
	"github.com/lienthong/lienthong/gateway/postgres"
	"github.com/lienthong/lienthong/internal/fault"
)

type opsAdoptCmd struct {
	Destination string `help:"Code of the destination." required:"" placeholder:"CODE"`
	Commune     string `help:"Only what this agency received; code as dossiers have it." placeholder:"CODE"`
	Procedure   string `help:"Only this procedure; national code." placeholder:"CODE"`
	All         bool   `help:"Everything that the destination has a delivery of."`
	Pause       bool   `help:"Pause the one that is under way."`
	Resume      bool   `help:"Let it go on."`
	Cancel      bool   `help:"End it; what was not looked at is sent as usual."`
	opsOrder
}

type opsAdoptionsCmd struct {
	Limit int `help:"Most lines." default:"20"`
	storeFlags
}

// Run begins an adoption, or goes on with one that was cut, or steers it.
func (c *opsAdoptCmd) Run(ctx context.Context, s *streams) error {
	actor, err := c.who(s)
	if err != nil {
		return err
	}
	var steer string
	for word, given := range map[string]bool{"adopt_pause": c.Pause, "adopt_resume": c.Resume, "adopt_cancel": c.Cancel} {
		switch {
		case given && steer != "":
			return fault.New(fault.Usage, "ops", "one of --pause, --resume and --cancel")
		case given:
			steer = word
		}
	}
	narrow := c.Commune != "" || c.Procedure != ""
	if steer == "" && narrow == c.All || steer != "" && (narrow || c.All) {
		return fault.New(fault.Usage, "ops", "--commune, --procedure or both, or --all; or one of --pause, --resume and --cancel alone")
	}
	return c.open(ctx, s, func(settings config.Config, store *postgres.Store) error {
		if err := c.known(ctx, settings, store, c.Destination); err != nil {
			return err
		}
		if steer != "" {
			changed, err := store.SteerAdoption(ctx, c.Destination, steer, actor, c.Reason)
			if err != nil {
				return asUsage(err)
			}
			return c.said(s, steer+" "+c.Destination, "every node obeys within two seconds", changed)
		}
		note, err := adoptable(settings, c.Destination)
		if err != nil {
			return err
		}
		return c.begin(ctx, s, store, actor, note)
	})
}

// adoptable says what a destination shows, and so what is adopted.
func adoptable(settings config.Config, code string) (string, error) {
	i := slices.IndexFunc(settings.Destinations, func(d config.Destination) bool { return d.Code == code })
	if i < 0 {
		return "", fault.New(fault.Usage, "ops", "--config is needed: it says what a look-up of the destination shows")
	}
	d := settings.Destinations[i]
	switch gateway.LookupMode(d.Lookup) {
	case gateway.ShowsTrail:
		return "header and steps are taken as they are shown", nil
	case gateway.ShowsHeader:
		return "the header is taken as it is shown; no steps are shown, so that all that we know of by now are taken for sent", nil
	case gateway.ShowsExistence:
		return "only that there is something is shown: header and steps as we know them by now are taken for sent", nil
	}
	return "", fault.New(fault.Usage, "ops", code+" shows nothing: there is nothing to adopt. Say who writes with ops disown and ops own --from")
}

func (c *opsAdoptCmd) begin(ctx context.Context, s *streams, store *postgres.Store, actor, note string) error {
	a, begun, err := store.BeginAdoption(ctx, gateway.Adoption{Destination: c.Destination, Agency: c.Commune, Procedure: c.Procedure}, actor, c.Reason)
	if err != nil {
		return asUsage(err)
	}
	for done := false; !done; {
		if done, err = store.ChooseAdopted(ctx, a.ID); err != nil {
			return err
		}
	}
	all, err := store.Adoptions(ctx, 100)
	if err != nil {
		return err
	}
	if i := slices.IndexFunc(all, func(o gateway.Adoption) bool { return o.ID == a.ID }); i >= 0 {
		a = all[i]
	}
	if c.JSON {
		return json.NewEncoder(s.out).Encode(struct {
			gateway.Adoption
			Changed bool `json:"changed"`
		}{a, begun})
	}
	before := ""
	if !begun {
		before = "; it was under way since " + onClock(a.BeganAt) + ", one adoption, not two"
	}
	_, err = fmt.Fprintf(s.out, "%d deliveries to %s are looked at, at the rate of look_rate, and nothing is written for them: %s%s\n", a.Chosen, a.Destination, note, before)
	return err
}

// Run lists adoptions, newest first.
func (c *opsAdoptionsCmd) Run(ctx context.Context, s *streams) error {
	return c.open(ctx, s, func(_ config.Config, store *postgres.Store) error {
		all, err := store.Adoptions(ctx, min(max(c.Limit, 1), 1000))
		if err != nil {
			return err
		}
		if c.JSON {
			return json.NewEncoder(s.out).Encode(all)
		}
		if len(all) == 0 {
			return s.nothing("Chưa nhận bàn giao lần nào.", "Nothing was ever adopted.")
		}
		w := tabwriter.NewWriter(s.out, 0, 0, 2, ' ', 0)
		for _, a := range all {
			stands := "under way"
			switch {
			case a.EndedAt != nil:
				stands = "ended " + onClock(*a.EndedAt)
			case a.Paused:
				stands = "PAUSED"
			case !a.Complete:
				stands = "cut: run the same command again"
			}
			if _, err := fmt.Fprintf(w, "%s\t%s\tcommune %s\tprocedure %s\t%d of %d left\t%s\n", onClock(a.BeganAt),
				a.Destination, orAny(a.Agency), orAny(a.Procedure), a.Left, a.Chosen, stands); err != nil {
				return err
			}
		}
		return w.Flush()
	})
}
