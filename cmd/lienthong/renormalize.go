package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/internal/fault"
	"github.com/lienthong/lienthong/schema"
)

// renormalizeCmd reads stored messages again with the present adapter.
type renormalizeCmd struct {
	Adapter string `help:"Read again what this adapter has read." required:"" placeholder:"NAME"`
	Config  string `help:"Configuration; its sources of the adapter are meant." required:"" type:"path" placeholder:"FILE"`
	Since   string `help:"Only what was stored since this day (2025-11-03) or instant (RFC 3339)." placeholder:"WHEN"`
	DryRun  bool   `help:"Show the difference and keep nothing."`
	Values  bool   `help:"Show old and new values, which may be personal; without it only their places."`
	JSON    bool   `help:"Print JSON lines." name:"json"`
}

// maxPlaces bounds how many differing places of one record are listed.
const maxPlaces = 50

// renormalizedLine is one changed record, as it is printed.
type renormalizedLine struct {
	Source   string          `json:"source"`
	Kind     schema.Kind     `json:"kind"`
	RecordID string          `json:"record_id"`
	Change   string          `json:"change"` // new, changed
	Places   []string        `json:"places,omitempty"`
	Old      json.RawMessage `json:"old,omitempty"`
	New      json.RawMessage `json:"new,omitempty"`
}

// Run reads again, source by source, and ends with the counts.
func (c *renormalizeCmd) Run(ctx context.Context, s *streams) (err error) {
	settings, err := loadConfig(c.Config, s)
	if err != nil {
		return err
	}
	since, err := c.since()
	if err != nil {
		return err
	}
	sources, err := newSources(settings)
	if err != nil {
		return err
	}
	db, err := openDatabase(ctx, settings, s)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close(ctx)) }()
	pool, err := openPool(ctx, db.URL(), "renormalize "+nodeName())
	if err != nil {
		return err
	}
	defer pool.Close()
	// Lanes are woken by the dispatcher and the feed by the sequencer of the running nodes.
	again := gateway.NewRenormaliser(bulkStore(pool, settings), nil)
	found := false
	for _, source := range sources {
		if source.Spec.Name != c.Adapter {
			continue
		}
		found = true
		tally, err := again.Run(ctx, gateway.RenormaliseOrder{Source: source, Since: since, Dry: c.DryRun}, func(change gateway.RecordChange) { c.show(s, change) })
		if err != nil {
			return err
		}
		if err := c.total(s, source.Code, tally); err != nil {
			return err
		}
	}
	if !found {
		return fault.New(fault.Usage, "renormalize", "the configuration has no source with the adapter "+c.Adapter)
	}
	return nil
}

func (c *renormalizeCmd) since() (time.Time, error) {
	if c.Since == "" {
		return time.Time{}, nil
	}
	if t, err := time.Parse(time.RFC3339, c.Since); err == nil {
		return t, nil
	}
	t, err := time.ParseInLocation(time.DateOnly, c.Since, schema.VietNam())
	if err != nil {
		return t, fault.New(fault.Usage, "renormalize", "--since is a day like 2025-11-03 or an instant like 2025-11-03T08:30:00+07:00")
	}
	return t, nil
}

func (c *renormalizeCmd) show(s *streams, change gateway.RecordChange) {
	line := renormalizedLine{Source: change.Source, Kind: change.Kind, RecordID: change.RecordID.String(), Change: "changed"}
	if change.Old == nil {
		line.Change = "new"
	} else if places, err := schema.Differences(change.Old, change.New, maxPlaces); err == nil {
		line.Places = places
	}
	if c.Values {
		line.Old, line.New = change.Old, change.New
	}
	if c.JSON {
		_ = json.NewEncoder(s.out).Encode(line)
		return
	}
	_, _ = fmt.Fprintln(s.out, line.Change, line.Source, line.Kind, line.RecordID, line.Places)
	if c.Values {
		_, _ = fmt.Fprintf(s.out, "  - %s\n  + %s\n", line.Old, line.New)
	}
}

func (c *renormalizeCmd) total(s *streams, source string, t gateway.RenormaliseTally) error {
	if c.JSON {
		return json.NewEncoder(s.out).Encode(struct {
			Source string                   `json:"source"`
			DryRun bool                     `json:"dry_run"`
			Total  gateway.RenormaliseTally `json:"total"`
		}{source, c.DryRun, t})
	}
	done := "done"
	if c.DryRun {
		done = "nothing was kept (--dry-run)"
	}
	_, err := fmt.Fprintf(s.out, "%s: %d stored messages read: %d records changed, %d new, %d the same, %d left to newer ones, %d messages refused; %s\n",
		source, t.Read, t.Changed, t.New, t.Same, t.Older, t.Refused, done)
	return err
}
