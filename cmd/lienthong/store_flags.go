package main

import (
	"context"
	"errors"

	"github.com/lienthong/lienthong/gateway/config"
	"github.com/lienthong/lienthong/gateway/postgres"
	"github.com/lienthong/lienthong/internal/fault"
)

// storeFlags name the database that a command works on.
type storeFlags struct {
	Config string `help:"Configuration file; names the database." type:"path" placeholder:"FILE"`
	URL    string `help:"Database, instead of that of the configuration." placeholder:"postgres://…" name:"database-url"`
	JSON   bool   `help:"Print as JSON." name:"json"`
}

// open reads the configuration where one is named, and opens its database.
func (f storeFlags) open(ctx context.Context, s *streams, work func(config.Config, *postgres.Store) error) (err error) {
	settings := config.Config{DatabaseURL: s.getenv("LIENTHONG_DATABASE_URL")}
	if f.Config != "" {
		if settings, err = loadConfig(f.Config, s); err != nil {
			return err
		}
	}
	if f.URL != "" {
		settings.DatabaseURL = f.URL
	}
	if settings.DatabaseURL == "" || settings.DatabaseURL == config.Embedded && settings.DataDir == "" {
		return fault.New(fault.Usage, "main", "--config or --database-url is needed")
	}
	db, err := openDatabase(ctx, settings, &streams{in: s.in, out: s.out, err: quiet{}, getenv: s.getenv})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close(ctx)) }()
	pool, err := openPool(ctx, db.URL(), "command")
	if err != nil {
		return err
	}
	defer pool.Close()
	return work(settings, postgres.New(pool))
}
