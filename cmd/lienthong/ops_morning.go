package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"time"

	"github.com/lienthong/lienthong/cmd/lienthong/briefing"
	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/gateway/config"
	"github.com/lienthong/lienthong/gateway/postgres"
	"github.com/lienthong/lienthong/internal/fault"
)

type opsMorningCmd struct {
	Since string `help:"Since when: a time of the day that was last, such as 18:00, by the clock of Việt Nam." default:"18:00" placeholder:"HH:MM"`
	HTML  string `help:"Also write a page for print, with the lists." name:"html" type:"path" placeholder:"FILE"`
	Lang  string `help:"Language: vi or en." enum:"vi,en" default:"vi"`
	storeFlags
}

// morningLine is the morning as JSON, with what the paragraph says.
type morningLine struct {
	gateway.Morning
	Text string   `json:"text"`
	Todo []string `json:"todo"`
}

// Run says in one paragraph what happened overnight.
func (c *opsMorningCmd) Run(ctx context.Context, s *streams) error {
	return c.open(ctx, s, func(settings config.Config, store *postgres.Store) error {
		now := time.Now()
		since, err := sinceClock(c.Since, now)
		if err != nil {
			return err
		}
		m, err := morningAt(ctx, store, capacities(settings, s), since, now)
		if err != nil {
			return err
		}
		writing, err := store.Writing(ctx, gateway.Mark{})
		if err != nil {
			return err
		}
		m.Stand(writing, capacities(settings, s))
		if c.HTML != "" {
			var page bytes.Buffer
			if err := briefing.Write(&page, m, c.Lang); err != nil {
				return err
			}
			if err := os.WriteFile(c.HTML, page.Bytes(), 0o600); err != nil { // it names dossiers
				return fault.Wrap(err, fault.Usage, "ops morning")
			}
		}
		if c.JSON {
			line := morningLine{Morning: m, Text: m.Line(c.Lang), Todo: []string{}}
			for _, t := range m.Todo() {
				line.Todo = append(line.Todo, t.In(c.Lang))
			}
			return json.NewEncoder(s.out).Encode(line)
		}
		_, err = fmt.Fprintln(s.out, m.Line(c.Lang))
		return err
	})
}

// morningAt asks the store.
func morningAt(ctx context.Context, store gateway.HistoryStore, declared map[string]gateway.Capacity, since, now time.Time) (gateway.Morning, error) {
	history, err := store.Transitions(ctx, since)
	if err != nil {
		return gateway.Morning{}, err
	}
	night, err := store.Night(ctx, now)
	if err != nil {
		return gateway.Morning{}, err
	}
	return gateway.MorningOf(since, now, history, night, declared), nil
}

// capacities are what a configuration declares; without secrets a destination is told about as far as the store knows it.
func capacities(c config.Config, s *streams) map[string]gateway.Capacity {
	shapes := shapesOf(c)
	all := make(map[string]gateway.Capacity, len(c.Destinations))
	for _, d := range c.Destinations {
		capacity := gateway.Capacity{Shape: shapes[d.Code], Spec: gateway.DestinationSpec{Code: d.Code, Batch: d.Batch, Timeout: time.Duration(d.Timeout)}}
		if built, err := newDestination(d, nodeOptions{}, slog.New(slog.DiscardHandler), s.getenv); err == nil {
			capacity.Spec = built.Spec()
		}
		all[d.Code] = capacity
	}
	return all
}

// sinceClock returns when the clock of Việt Nam last showed a time.
func sinceClock(text string, now time.Time) (time.Time, error) {
	at, err := time.Parse("15:04", text)
	if err != nil {
		return time.Time{}, fault.New(fault.Usage, "ops morning", "--since is a time of the day, such as 18:00")
	}
	since := gateway.DayBounds(now).Add(time.Duration(at.Hour())*time.Hour + time.Duration(at.Minute())*time.Minute)
	if !since.Before(now) {
		since = since.Add(-24 * time.Hour)
	}
	return since, nil
}

// declaredBy is the same of destinations that are built.
func declaredBy(shapes map[string]gateway.Shape, destinations []gateway.Destination) map[string]gateway.Capacity {
	all := make(map[string]gateway.Capacity, len(destinations))
	for _, spec := range specsOf(destinations) {
		all[spec.Code] = gateway.Capacity{Shape: shapes[spec.Code], Spec: spec}
	}
	return all
}
