package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/lienthong/lienthong/cmd/lienthong/nodedb"
	"github.com/lienthong/lienthong/gateway/config"
	"github.com/lienthong/lienthong/internal/fault"
)

// loadConfig reads a configuration; its mistakes are written to standard error, one line for each.
func loadConfig(file string, s *streams) (config.Config, error) {
	c, err := config.Load(file, s.getenv)
	var mistakes config.Mistakes
	if !errors.As(err, &mistakes) {
		return c, err
	}
	for _, m := range mistakes {
		if _, err := fmt.Fprintln(s.err, m); err != nil {
			return c, err
		}
	}
	return c, &fault.Error{Code: fault.Usage, Op: "config", Err: errSilent}
}

// openDatabase opens the database of a configuration, starting a private one where that is asked for.
func openDatabase(ctx context.Context, c config.Config, s *streams) (*nodedb.Database, error) {
	return nodedb.Open(ctx, nodedb.Options{
		URL: c.DatabaseURL, DataDir: c.DataDir, FetchCommand: []string{fetchCommand}, Logger: newLogger(s.err, s.getenv),
	})
}
