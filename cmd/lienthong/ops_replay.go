package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"text/tabwriter"
	"time"

	"github.com/google/uuid"

	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/gateway/config"
	"github.com/lienthong/lienthong/gateway/postgres"
	"github.com/lienthong/lienthong/internal/fault"
	"github.com/lienthong/lienthong/schema"
)

type opsReplayCmd struct {
	Plan   opsReplayPlanCmd   `cmd:"" help:"Plan what is to be sent again, and store the plan. Nothing is sent."`
	Show   opsReplayShowCmd   `cmd:"" help:"Show a plan: count, oldest, causes, samples, what is not eligible and why, how far it has come."`
	List   opsReplayListCmd   `cmd:"" help:"List plans, newest first."`
	Run    opsReplayRunCmd    `cmd:"" help:"Start a plan. The running nodes carry it out at its rate; this command does not wait."`
	Pause  opsReplayPauseCmd  `cmd:"" help:"Let a plan release nothing more for now."`
	Resume opsReplayResumeCmd `cmd:"" help:"Let a paused plan go on."`
	Cancel opsReplayCancelCmd `cmd:"" help:"End a plan. What it made due already goes its way."`
}

type opsReplayPlanCmd struct {
	Cause       string        `help:"Fingerprint, as ops failures shows it." placeholder:"CAUSE"`
	Destination string        `help:"Code of the destination." placeholder:"CODE"`
	Shelf       string        `help:"Only source, gateway or destination." enum:",source,gateway,destination" default:"" placeholder:"SHELF"`
	Commune     string        `help:"Only dossiers whose number begins with the code of this agency or commune." placeholder:"CODE"`
	Since       string        `help:"Failing since this day (2025-11-03) or instant (RFC 3339), or later." placeholder:"WHEN"`
	Until       string        `help:"Failing since before this day or instant." placeholder:"WHEN"`
	From        string        `help:"raw: read the stored messages again first. canonical: as the entities stand. outbound: compare with what was sent." enum:"raw,canonical,outbound" default:"canonical"`
	Rate        float64       `help:"Deliveries a second, over all nodes." default:"5"`
	Expires     time.Duration `help:"How long the plan may be started." default:"24h"`
	opsOrder
}

type opsReplayShowCmd struct {
	ID    string `arg:"" name:"plan" help:"Id of the plan." placeholder:"PLAN"`
	Items bool   `help:"List every item with its outcome."`
	storeFlags
}

type opsReplayListCmd struct {
	Limit int `help:"Most lines." default:"50"`
	storeFlags
}

// opsReplayOrder is an order about a plan.
type opsReplayOrder struct {
	ID string `arg:"" name:"plan" help:"Id of the plan." placeholder:"PLAN"`
	opsOrder
}

type opsReplayRunCmd struct{ opsReplayOrder }

type opsReplayPauseCmd struct{ opsReplayOrder }

type opsReplayResumeCmd struct{ opsReplayOrder }

type opsReplayCancelCmd struct{ opsReplayOrder }

// Run starts a plan.
func (c *opsReplayRunCmd) Run(ctx context.Context, s *streams) error {
	return c.give(ctx, s, gateway.ReplayRun)
}

// Run pauses a plan.
func (c *opsReplayPauseCmd) Run(ctx context.Context, s *streams) error {
	return c.give(ctx, s, gateway.ReplayPause)
}

// Run resumes a plan.
func (c *opsReplayResumeCmd) Run(ctx context.Context, s *streams) error {
	return c.give(ctx, s, gateway.ReplayResume)
}

// Run cancels a plan.
func (c *opsReplayCancelCmd) Run(ctx context.Context, s *streams) error {
	return c.give(ctx, s, gateway.ReplayCancel)
}

func (c *opsReplayOrder) give(ctx context.Context, s *streams, action gateway.ReplayAction) error {
	actor, err := c.who(s)
	if err != nil {
		return err
	}
	id, err := planID(c.ID)
	if err != nil {
		return err
	}
	return c.open(ctx, s, func(_ config.Config, store *postgres.Store) error {
		plan, changed, err := store.OrderReplay(ctx, gateway.ReplayOrder{Plan: id, Action: action, Actor: actor, Reason: c.Reason})
		if err != nil {
			return usage(err)
		}
		if c.JSON {
			return json.NewEncoder(s.out).Encode(struct {
				gateway.PlanView
				Changed bool `json:"changed"`
			}{gateway.ViewOf(plan), changed})
		}
		word := stood
		if changed {
			word = "done; lienthong ops replay show " + plan.ID.String() + " tells how far it is"
		}
		_, err = fmt.Fprintf(s.out, "plan %s is %s: %s\n", plan.ID, plan.State, word)
		return err
	})
}

func planID(text string) (uuid.UUID, error) {
	id, err := uuid.Parse(text)
	if err != nil {
		return id, fault.New(fault.Usage, "ops", "a plan is named by its id, as ops replay list shows it")
	}
	return id, nil
}

// whenFlag reads a day in Việt Nam or an instant.
func whenFlag(name, text string) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	if t, err := time.Parse(time.RFC3339, text); err == nil {
		return t, nil
	}
	t, err := time.ParseInLocation(time.DateOnly, text, schema.VietNam())
	if err != nil {
		return t, fault.New(fault.Usage, "ops", name+" is a day like 2025-11-03 or an instant like 2025-11-03T08:30:00+07:00")
	}
	return t, nil
}

// Run plans.
func (c *opsReplayPlanCmd) Run(ctx context.Context, s *streams) error {
	r := gateway.ReplayRequest{Origin: gateway.ReplayOrigin(c.From), Rate: c.Rate, Expires: c.Expires, Reason: c.Reason}
	r.Selection = gateway.ReplaySelection{Cause: c.Cause, Destination: c.Destination, Shelf: gateway.Shelf(c.Shelf), Unit: c.Commune}
	var err error
	if r.Actor, err = c.who(s); err != nil {
		return err
	}
	if r.Selection.Since, err = whenFlag("--since", c.Since); err != nil {
		return err
	}
	if r.Selection.Until, err = whenFlag("--until", c.Until); err != nil {
		return err
	}
	return c.open(ctx, s, func(_ config.Config, store *postgres.Store) error {
		plan, err := store.PlanReplay(ctx, r)
		if err != nil {
			return usage(err)
		}
		return showPlan(ctx, s, store, plan.ID, c.JSON, false)
	})
}

// Run shows one plan.
func (c *opsReplayShowCmd) Run(ctx context.Context, s *streams) error {
	id, err := planID(c.ID)
	if err != nil {
		return err
	}
	return c.open(ctx, s, func(_ config.Config, store *postgres.Store) error {
		return showPlan(ctx, s, store, id, c.JSON, c.Items)
	})
}

func showPlan(ctx context.Context, s *streams, store *postgres.Store, id uuid.UUID, asJSON, items bool) error {
	d, err := store.ReplayPlan(ctx, id)
	if err != nil {
		return err
	}
	if asJSON && !items {
		return json.NewEncoder(s.out).Encode(gateway.DetailViewOf(d))
	}
	if !asJSON {
		if err := printPlan(s.out, d); err != nil {
			return err
		}
	}
	for after := 0; items; {
		page, err := store.ReplayItems(ctx, id, after, 1000)
		if err != nil || len(page) == 0 {
			return err
		}
		after = page[len(page)-1].Ordinal
		if err := printItems(s.out, page, asJSON); err != nil {
			return err
		}
	}
	return nil
}

func printItems(out io.Writer, page []gateway.ReplayItemLine, asJSON bool) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	for _, it := range page {
		if asJSON {
			if err := json.NewEncoder(out).Encode(gateway.ItemViewOf(it)); err != nil {
				return err
			}
			continue
		}
		if _, err := fmt.Fprintf(w, "  %d\t%s\t%s\t%s\t%s\t%s\n", it.Ordinal, it.Destination, it.Key, it.Outcome, it.Why, it.Compared); err != nil {
			return err
		}
	}
	return w.Flush()
}

func printPlan(out io.Writer, d gateway.ReplayDetail) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	line := func(name string, value any) { _, _ = fmt.Fprintf(w, "%s\t%v\n", name, value) } // Flush returns the error
	line("plan", d.ID)
	line("state", d.State)
	line("from", d.Origin)
	line("made", fmt.Sprintf("%s by %s: %s", onClock(d.CreatedAt), d.Actor, d.Reason))
	line("expires", onClock(d.ExpiresAt))
	line("eligible", fmt.Sprintf("%d of %d, %g a second, about %s", d.Eligible, d.Total, d.Rate,
		time.Duration(float64(d.Eligible)/d.Rate*float64(time.Second)).Round(time.Second)))
	if d.Total == 0 {
		line("nothing fits", "không có hồ sơ nào khớp; nguyên nhân chép nguyên văn từ ops failures / copy the cause as ops failures has it")
	}
	if !d.OldestAt.IsZero() {
		line("oldest", onClock(d.OldestAt))
	}
	for _, c := range []struct {
		name string
		list []gateway.ReplayCount
	}{{"cause", d.Causes}, {"outcome", d.Outcomes}, {"not done", d.NotDone}, {"since then", d.Since}, {"compared", d.Compared}} {
		for _, n := range c.list {
			text := fmt.Sprintf("%d %s", n.Count, n.Name)
			if words, ok := gateway.WhyWords(n.Name); ok && (c.name == "not done" || c.name == "since then") {
				text += ": " + words.VI + " / " + words.EN
			}
			line(c.name, text)
		}
	}
	for _, h := range d.Holds {
		words, _ := gateway.WhyWords(h.Why)
		line("waits", fmt.Sprintf("%s: %s / %s", h.Destination, words.VI, words.EN))
	}
	if d.Site != "" {
		line("carried out by", "site "+d.Site)
	}
	for _, id := range d.HeldBy {
		line("held by", id)
	}
	for _, it := range d.Samples {
		line("sample", it.Destination+" "+it.Key)
	}
	if d.State == gateway.ReplayPlanned && d.Eligible > 0 {
		line("to start it", "lienthong ops replay run "+d.ID.String()+" --reason …")
	}
	return w.Flush()
}

// Run lists plans.
func (c *opsReplayListCmd) Run(ctx context.Context, s *streams) error {
	return c.open(ctx, s, func(_ config.Config, store *postgres.Store) error {
		plans, err := store.ReplayPlans(ctx, gateway.ReplayCursor{}, min(max(c.Limit, 1), 1000))
		if err != nil {
			return err
		}
		if c.JSON {
			views := []gateway.PlanView{}
			for _, p := range plans {
				views = append(views, gateway.ViewOf(p))
			}
			return json.NewEncoder(s.out).Encode(views)
		}
		if len(plans) == 0 {
			return s.nothing("Chưa có kế hoạch phát lại nào.", "There are no replay plans.")
		}
		w := tabwriter.NewWriter(s.out, 0, 0, 2, ' ', 0)
		for _, p := range plans {
			if _, err := fmt.Fprintf(w, "%s\t%s\t%s\t%d of %d\t%s\t%s\t%s\n", p.ID, p.State, p.Origin, p.Eligible, p.Total,
				onClock(p.CreatedAt), p.Actor, p.Reason); err != nil {
				return err
			}
		}
		return w.Flush()
	})
}
