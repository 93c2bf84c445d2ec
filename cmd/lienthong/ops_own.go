package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"text/tabwriter"
	"time"

	"github.com/google/uuid"

	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/gateway/config"
	"github.com/lienthong/lienthong/gateway/postgres"
	"github.com/lienthong/lienthong/internal/fault"
)

// opsScope is what an order about owners speaks of.
type opsScope struct {
	Destination string `arg:"" help:"Code of the destination."`
	Agency      string `help:"Only what this agency received; code as dossiers have it." placeholder:"CODE"`
	Procedure   string `help:"Only this procedure; national code." placeholder:"CODE"`
	From        string `help:"Only dossiers received on this day or later, by the calendar of Việt Nam." placeholder:"2026-07-01"`
	opsOrder
}

type opsOwnCmd struct {
	opsScope
	Withdraw bool `help:"Take the rule of exactly this scope back instead: less specific ones hold again, and without any we send."`
}

type opsDisownCmd struct {
	opsScope
	To string `help:"Who writes instead: onestop or ministry." enum:"onestop,ministry" default:"onestop"`
}

type opsOwnershipCmd struct{ storeFlags }

// Run makes us the writer.
func (c *opsOwnCmd) Run(ctx context.Context, s *streams) error {
	return c.order(ctx, s, gateway.OwnerOrder{OwnerRule: gateway.OwnerRule{Owner: gateway.OwnerGateway}, Withdraw: c.Withdraw})
}

// Run makes somebody else the writer.
func (c *opsDisownCmd) Run(ctx context.Context, s *streams) error {
	return c.order(ctx, s, gateway.OwnerOrder{OwnerRule: gateway.OwnerRule{Owner: gateway.Owner(c.To)}})
}

// scope reads the flags.
func (c *opsScope) scope() (gateway.Scope, error) {
	s := gateway.Scope{Destination: c.Destination, Agency: c.Agency, Procedure: c.Procedure}
	if c.From == "" {
		return s, nil
	}
	day, err := time.Parse(time.DateOnly, c.From)
	if err != nil {
		return s, fault.New(fault.Usage, "ops", "--from is a day such as 2026-07-01")
	}
	s.From = gateway.DayInVietnam(day.Date())
	return s, nil
}

// ownedLine is what became of an order, as it is printed.
type ownedLine struct {
	Action       string `json:"action"`
	Destination  string `json:"destination"`
	Changed      bool   `json:"changed"`      // false: the rule said so already
	Reconsidered int64  `json:"reconsidered"` // shadows that are decided anew
}

func (c *opsScope) order(ctx context.Context, s *streams, o gateway.OwnerOrder) error {
	var err error
	if o.Scope, err = c.scope(); err != nil {
		return err
	}
	o.Reason = c.Reason
	if o.Actor, err = c.who(s); err != nil {
		return err
	}
	return c.open(ctx, s, func(settings config.Config, store *postgres.Store) error {
		if err := c.known(ctx, settings, store, o.Destination); err != nil {
			return err
		}
		changed, err := store.SetOwner(ctx, o)
		if err != nil {
			return asUsage(err)
		}
		line := ownedLine{Action: o.Action(), Destination: o.Destination, Changed: changed}
		for next := uuid.Nil; o.Action() == "own"; {
			n, after, err := store.Reconsider(ctx, o.Scope, next)
			if err != nil {
				return err
			}
			line.Reconsidered += n
			if next = after; next == uuid.Nil {
				break
			}
		}
		if c.JSON {
			return json.NewEncoder(s.out).Encode(line)
		}
		word := "somebody else writes that: no node starts a write for it from two seconds on"
		if line.Action == "own" {
			word = fmt.Sprintf("%d shadows are decided anew; each is looked at before anything is sent", line.Reconsidered)
		}
		if !changed {
			word = stood + "; " + word
		}
		_, err = fmt.Fprintf(s.out, "%s %s: %s\n", line.Action, line.Destination, word)
		return err
	})
}

// asUsage turns what an operator spelt wrong into a usage error.
func asUsage(err error) error {
	var wrong *fault.Error
	if errors.As(err, &wrong) && wrong.Code == fault.Invalid {
		return fault.New(fault.Usage, "ops", wrong.Msg)
	}
	return err
}

// ruleLine is a rule as it is printed.
type ruleLine struct {
	Destination string `json:"destination"`
	Agency      string `json:"agency,omitempty"`
	Procedure   string `json:"procedure,omitempty"`
	From        string `json:"from,omitempty"`
	Owner       string `json:"owner"`
	Actor       string `json:"actor"`
	Reason      string `json:"reason"`
	At          string `json:"at"`
}

func lineOfRule(r gateway.OwnerRule) ruleLine {
	l := ruleLine{Destination: r.Destination, Agency: r.Agency, Procedure: r.Procedure, Owner: string(r.Owner),
		Actor: r.Actor, Reason: r.Reason, At: r.UpdatedAt.Format(time.RFC3339)}
	if !r.From.IsZero() {
		l.From = r.From.Format(time.DateOnly)
	}
	return l
}

// ownershipPage is all of it, as it is printed.
type ownershipPage struct {
	Rules   []ruleLine       `json:"rules"`
	Shadows []gateway.Shadow `json:"shadows"`
}

// Run lists the rules, and how what we do not send compares with what is shown.
func (c *opsOwnershipCmd) Run(ctx context.Context, s *streams) error {
	return c.open(ctx, s, func(_ config.Config, store *postgres.Store) error {
		now, err := store.Writing(ctx, gateway.Mark{})
		if err != nil {
			return err
		}
		page := ownershipPage{Rules: []ruleLine{}}
		for _, r := range now.Rules {
			page.Rules = append(page.Rules, lineOfRule(r))
		}
		if page.Shadows, err = store.Shadows(ctx); err != nil {
			return err
		}
		if c.JSON {
			return json.NewEncoder(s.out).Encode(page)
		}
		if len(page.Rules) == 0 && len(page.Shadows) == 0 {
			return s.nothing("Không có quy tắc nào: Liên Thông ghi tất cả.", "There are no rules: we write everything.")
		}
		w := tabwriter.NewWriter(s.out, 0, 0, 2, ' ', 0)
		for _, r := range page.Rules {
			_, err = fmt.Fprintf(w, "%s\tagency %s\tprocedure %s\tfrom %s\t%s\t%s\t%s: %s\n",
				r.Destination, orAny(r.Agency), orAny(r.Procedure), orAny(r.From), r.Owner, onClockText(r.At), r.Actor, r.Reason)
			if err != nil {
				return err
			}
		}
		for _, shadow := range page.Shadows {
			if _, err := fmt.Fprintf(w, "%s\t%s\t%s\t%d\n", shadow.Destination, shadow.State, shadow.Cause, shadow.Count); err != nil {
				return err
			}
		}
		return w.Flush()
	})
}

func orAny(s string) string {
	if s == "" {
		return "any"
	}
	return s
}
