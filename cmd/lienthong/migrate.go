package main

import (
	"context"
	"encoding/json"
	"fmt"
	"text/tabwriter"

	"github.com/lienthong/lienthong/migrations"
)

// Run applies what is missing.
func (c *migrateUpCmd) Run(ctx context.Context, s *streams) error {
	return migrations.Up(ctx, c.URL, newLogger(s.err, s.getenv))
}

// Run lists the migrations.
func (c *migrateStatusCmd) Run(ctx context.Context, s *streams) error {
	steps, err := migrations.Status(ctx, c.URL)
	if err != nil {
		return err
	}
	if c.JSON {
		return json.NewEncoder(s.out).Encode(steps)
	}
	w := tabwriter.NewWriter(s.out, 0, 0, 2, ' ', 0)
	for _, step := range steps {
		state := "missing"
		if step.Applied {
			state = "applied"
		}
		if _, err := fmt.Fprintf(w, "%s\t%s\n", state, step.Name); err != nil {
			return err
		}
	}
	return w.Flush()
}
