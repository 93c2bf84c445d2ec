package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/gateway/config"
	"github.com/lienthong/lienthong/gateway/postgres"
	"github.com/lienthong/lienthong/internal/fault"
)

type keysCmd struct {
	Create keysCreateCmd `cmd:"" help:"Make a key for a source, or with --feeds for a consumer. It is shown once; only its hash is stored."`
	Allow  keysAllowCmd  `cmd:"" help:"Decide anew which feeds a key reads; every API knows it half a minute later."`
	List   keysListCmd   `cmd:"" help:"List keys by what is kept readable of them, with what they open."`
	Revoke keysRevokeCmd `cmd:"" help:"Revoke a key; every API has forgotten it half a minute later."`
}

type keysCreateCmd struct {
	Name  string   `arg:"" help:"Code of the source that pushes; with --feeds, name of the consumer that reads."`
	Feeds []string `help:"Feeds that the key reads: all, dossiers, people, organisations, parcels, civil-events. Such a key does not push." placeholder:"FEED,…"`
	Push  bool     `help:"With --feeds: the key pushes too, as the source NAME."`
	Ops   bool     `help:"The key opens /v1/ops: it sees what fails and repairs it. It does not push; NAME is the operator's."`
	storeFlags
}

type keysAllowCmd struct {
	Key   string   `arg:"" help:"The key's first characters as keys list shows them, or its id." placeholder:"PREFIX"`
	Feeds []string `help:"Feeds that the key reads from now on; without, none." placeholder:"FEED,…"`
	storeFlags
}

type keysListCmd struct{ storeFlags }

type keysRevokeCmd struct {
	Key string `arg:"" help:"The key's first characters as keys list shows them, or its id." placeholder:"PREFIX"`
	storeFlags
}

// madeKey is a key at the only time that it is shown.
type madeKey struct {
	Source string   `json:"source,omitempty"` // that it pushes as
	Name   string   `json:"name"`
	Push   bool     `json:"push"`
	Feeds  []string `json:"feeds"`
	Ops    bool     `json:"operate,omitempty"`
	Key    string   `json:"key"`
}

// Run prints the key, and nothing else, on standard output.
func (c *keysCreateCmd) Run(ctx context.Context, s *streams) error {
	return c.open(ctx, s, func(settings config.Config, store *postgres.Store) error {
		made := madeKey{Name: c.Name, Push: c.Push || len(c.Feeds) == 0 && !c.Ops, Feeds: append([]string{}, c.Feeds...), Ops: c.Ops}
		if err := c.check(settings, made.Push); err != nil {
			return err
		}
		create := store.CreateConsumerKey
		switch {
		case made.Ops:
			create = store.CreateOperatorKey
		case made.Push:
			create, made.Source = store.CreateKey, c.Name
		}
		var err error
		if made.Key, err = create(ctx, c.Name, c.Feeds...); err != nil {
			return err
		}
		if c.JSON {
			return json.NewEncoder(s.out).Encode(made)
		}
		if _, err := fmt.Fprintln(s.out, made.Key); err != nil {
			return err
		}
		_, err = fmt.Fprintf(s.err, "The key of %s: %s. It is not shown again.\n", c.Name, opens(made.Push, made.Ops, made.Feeds))
		return err
	})
}

// check refuses what is not clear: with a configuration it is known which names are those of sources.
func (c *keysCreateCmd) check(settings config.Config, push bool) error {
	if err := feedsFlag(c.Feeds); err != nil {
		return err
	}
	known := hasSource(settings, c.Name)
	switch {
	case !config.ValidCode(c.Name):
		return fault.New(fault.Usage, "keys", "a name is of lower-case letters and digits, with single - or _ between them")
	case c.Config != "" && push && !known:
		return fault.New(fault.Usage, "keys", "the configuration has no source "+c.Name)
	case c.Ops && c.Push:
		return fault.New(fault.Usage, "keys", "a key that operates does not push: make two")
	case !push && known:
		return fault.New(fault.Usage, "keys", c.Name+" is a source: say --push for a key that pushes too, or give the consumer a name of its own")
	}
	return nil
}

// feedsFlag makes a mistake of the command line of a mistake in names.
func feedsFlag(feeds []string) error {
	var wrong *fault.Error
	if err := gateway.CheckFeeds(feeds); errors.As(err, &wrong) {
		return fault.New(fault.Usage, "keys", "--feeds: "+wrong.Msg)
	}
	return nil
}

// opens says in words what a key is for.
func opens(push, operate bool, feeds []string) string {
	var words []string
	if operate {
		words = append(words, "operates")
	}
	if push {
		words = append(words, "pushes")
	}
	if len(feeds) > 0 {
		words = append(words, "reads "+strings.Join(feeds, ","))
	}
	return strings.Join(words, " and ")
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
	return c.open(ctx, s, func(_ config.Config, store *postgres.Store) error {
		keys, err := store.Keys(ctx)
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
			if _, err := fmt.Fprintf(w, "%s…\t%s\t%s\t%s\t%s\t%s\n", k.Prefix, k.Name, opens(k.Push, k.Operate, k.Feeds), k.CreatedAt.Format(time.RFC3339), state, k.ID); err != nil {
				return err
			}
		}
		return w.Flush()
	})
}

// Run revokes one key.
func (c *keysRevokeCmd) Run(ctx context.Context, s *streams) error {
	return c.open(ctx, s, func(_ config.Config, store *postgres.Store) error {
		k, err := store.RevokeKey(ctx, c.Key)
		if err != nil {
			return err
		}
		if c.JSON {
			return json.NewEncoder(s.out).Encode(k)
		}
		_, err = fmt.Fprintf(s.out, "revoked %s… of %s\n", k.Prefix, k.Name)
		return err
	})
}

// Run decides what one key reads.
func (c *keysAllowCmd) Run(ctx context.Context, s *streams) error {
	return c.open(ctx, s, func(_ config.Config, store *postgres.Store) error {
		if err := feedsFlag(c.Feeds); err != nil {
			return err
		}
		k, err := store.AllowFeeds(ctx, c.Key, c.Feeds...)
		if fault.CodeOf(err) == fault.Invalid {
			return fault.New(fault.Usage, "keys", "the key of a consumer reads at least one feed; revoke it instead")
		}
		if err != nil {
			return err
		}
		if c.JSON {
			return json.NewEncoder(s.out).Encode(k)
		}
		_, err = fmt.Fprintf(s.out, "%s… of %s %s\n", k.Prefix, k.Name, opens(k.Push, k.Operate, k.Feeds))
		return err
	})
}
