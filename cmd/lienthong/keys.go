package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"text/tabwriter"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/lienthong/lienthong/gateway/config"
	"github.com/lienthong/lienthong/gateway/postgres"
	"github.com/lienthong/lienthong/internal/fault"
)

type keysCmd struct {
	Create keysCreateCmd `cmd:"" help:"Make a key for a source. It is shown once; only its hash is stored."`
	List   keysListCmd   `cmd:"" help:"List keys by what is kept readable of them."`
	Revoke keysRevokeCmd `cmd:"" help:"Revoke a key; every API has forgotten it half a minute later."`
}

// keysFlags name the database whose keys are meant.
type keysFlags struct {
	Config string `help:"Configuration file; names the database." type:"path" placeholder:"FILE"`
	URL    string `help:"Database, instead of that of the configuration." placeholder:"postgres://…" name:"database-url"`
	JSON   bool   `help:"Print as JSON." name:"json"`
}

type keysCreateCmd struct {
	Source string `arg:"" help:"Code of the source."`
	keysFlags
}

type keysListCmd struct{ keysFlags }

type keysRevokeCmd struct {
	Key string `arg:"" help:"The key's first characters as keys list shows them, or its id." placeholder:"PREFIX"`
	keysFlags
}

// Run prints the key, and nothing else, on standard output.
func (c *keysCreateCmd) Run(ctx context.Context, s *streams) error {
	return c.open(ctx, s, func(settings config.Config, pool *pgxpool.Pool) error {
		if c.Config != "" && !hasSource(settings, c.Source) {
			return fault.New(fault.Usage, "keys", "the configuration has no source "+c.Source)
		}
		key, err := postgres.New(pool).CreateKey(ctx, c.Source)
		if err != nil {
			return err
		}
		if c.JSON {
			return json.NewEncoder(s.out).Encode(map[string]string{"source": c.Source, "key": key})
		}
		if _, err := fmt.Fprintln(s.out, key); err != nil {
			return err
		}
		_, err = fmt.Fprintf(s.err, "The key of %s. It is not shown again.\n", c.Source)
		return err
	})
}

func hasSource(c config.Config, code string) bool {
	for _, s := range c.Sources {
		if s.Code == code {
			return true
		}
	}
	return false
}

// Run lists the keys, newest last.
func (c *keysListCmd) Run(ctx context.Context, s *streams) error {
	return c.open(ctx, s, func(_ config.Config, pool *pgxpool.Pool) error {
		keys, err := listKeys(ctx, pool)
		if err != nil {
			return err
		}
		if c.JSON {
			return json.NewEncoder(s.out).Encode(keys)
		}
		w := tabwriter.NewWriter(s.out, 0, 0, 2, ' ', 0)
		for _, k := range keys {
			state := "live"
			if k.RevokedAt != nil {
				state = "revoked " + k.RevokedAt.Format(time.RFC3339)
			}
			if _, err := fmt.Fprintf(w, "%s…\t%s\t%s\t%s\t%s\n", k.Prefix, k.Source, k.CreatedAt.Format(time.RFC3339), state, k.ID); err != nil {
				return err
			}
		}
		return w.Flush()
	})
}

// Run revokes one key.
func (c *keysRevokeCmd) Run(ctx context.Context, s *streams) error {
	return c.open(ctx, s, func(_ config.Config, pool *pgxpool.Pool) error {
		k, err := revokeKey(ctx, pool, c.Key)
		if err != nil {
			return err
		}
		if c.JSON {
			return json.NewEncoder(s.out).Encode(k)
		}
		_, err = fmt.Fprintf(s.out, "revoked %s… of %s\n", k.Prefix, k.Source)
		return err
	})
}

// open reads the configuration where one is named, and opens its database.
func (f keysFlags) open(ctx context.Context, s *streams, work func(config.Config, *pgxpool.Pool) error) (err error) {
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
		return fault.New(fault.Usage, "keys", "--config or --database-url is needed")
	}
	db, err := openDatabase(ctx, settings, &streams{in: s.in, out: s.out, err: quiet{}, getenv: s.getenv})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close(ctx)) }()
	pool, err := openPool(ctx, db.URL(), "keys")
	if err != nil {
		return err
	}
	defer pool.Close()
	return work(settings, pool)
}
