package main

import (
	"context"
	"encoding/json"
	"fmt"
	"text/tabwriter"

	"github.com/jackc/pgx/v5"

	"github.com/lienthong/lienthong/internal/fault"
	"github.com/lienthong/lienthong/migrations"
)

// Run applies what is missing.
func (c *migrateUpCmd) Run(ctx context.Context, s *streams) error {
	if err := c.check(); err != nil {
		return err
	}
	return migrations.Up(ctx, c.URL, newLogger(s.err, s.getenv))
}

func (d database) check() error {
	if _, err := pgx.ParseConfig(d.URL); err != nil {
		return fault.New(fault.Usage, "migrate", "--database-url is not a PostgreSQL connection string")
	}
	return nil
}

// Run lists the migrations.
func (c *migrateStatusCmd) Run(ctx context.Context, s *streams) error {
	if err := c.check(); err != nil {
		return err
	}
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
