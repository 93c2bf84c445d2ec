package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"time"

	"github.com/lienthong/lienthong/adapters"
	"github.com/lienthong/lienthong/adapters/all"
	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/gateway/config"
	"github.com/lienthong/lienthong/gateway/portal"
	"github.com/lienthong/lienthong/gateway/portal/dvcqg"
	"github.com/lienthong/lienthong/gateway/portal/ministry"
	eventsink "github.com/lienthong/lienthong/gateway/portal/sink"
	"github.com/lienthong/lienthong/internal/fault"
	"github.com/lienthong/lienthong/schema"
)

// nodeName is unique among the processes that run: host, process and, since
// both repeat in containers, chance. It fits into PostgreSQL's application_name.
func nodeName() string {
	host, err := os.Hostname()
	if err != nil || len(host) > 30 {
		host = "node"
	}
	chance := make([]byte, 4)
	_, _ = rand.Read(chance) // never fails
	return fmt.Sprintf("%s-%d-%x", host, os.Getpid(), chance)
}

// addKeys lets each source use the key of its file or variable. A source
// without one has its keys in the database alone.
func (n *node) addKeys(ctx context.Context, c config.Config, getenv func(string) string) error {
	for _, s := range c.Sources {
		if s.KeyFile == "" && s.KeyEnv == "" {
			continue
		}
		key, err := config.Secret(s.KeyFile, s.KeyEnv, getenv)
		if err != nil {
			return err
		}
		err = n.store.AddKey(ctx, s.Code, key, s.Feeds...)
		var reason *fault.Error
		if errors.As(err, &reason) && reason.Code != fault.Internal && reason.Code != fault.Unavailable {
			return fault.New(reason.Code, "main", "the key of source "+s.Code+" cannot be used: "+reason.Msg)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func newSources(c config.Config) ([]gateway.Source, error) {
	var sources []gateway.Source
	for _, s := range c.Sources {
		spec, err := all.Open(s.Adapter, s.Mapping)
		if err != nil {
			return nil, err
		}
		adapter, err := spec.New(adapters.Config{Province: c.Province})
		if err != nil {
			return nil, err
		}
		sources = append(sources, gateway.Source{Code: s.Code, Spec: spec, Adapter: adapter})
	}
	return sources, nil
}

func newDestinations(c config.Config, o nodeOptions, log *slog.Logger, getenv func(string) string) ([]gateway.Destination, []gateway.Receiver, error) {
	var destinations []gateway.Destination
	var receivers []gateway.Receiver
	for _, d := range c.Destinations {
		destination, err := newDestination(d, o, log, getenv)
		if err != nil {
			return nil, nil, err
		}
		destinations = append(destinations, destination)
		receivers = append(receivers, gateway.ReceiverOf(destination.Spec()))
	}
	return destinations, receivers, nil
}

func newDestination(d config.Destination, o nodeOptions, log *slog.Logger, getenv func(string) string) (gateway.Destination, error) {
	switch d.Kind {
	case config.KindSink:
		return newSink(d, o, log, getenv)
	case config.KindMinistry:
		return newMinistry(d, o, log, getenv)
	}
	var password string
	if d.Lookup != string(gateway.ShowsNothing) { // a bus that nobody can ask logs in by itself
		var err error
		if password, err = config.Secret(d.PasswordFile, d.PasswordEnv, getenv); err != nil {
			return nil, err
		}
	}
	cfg := portalConfig(d, portal.Secret(password), !o.loopback)
	var err error
	if cfg.Rules, err = answerRules(d); err != nil {
		return nil, err
	}
	return dvcqg.New(cfg, dvcqg.Deps{Logger: log})
}

// newSink reads the token when the sink asks for it: it may be another one by then.
func newSink(d config.Destination, o nodeOptions, log *slog.Logger, getenv func(string) string) (gateway.Destination, error) {
	deps := eventsink.Deps{Logger: log}
	if d.TokenFile != "" || d.TokenEnv != "" {
		deps.Token = func() (portal.Secret, error) {
			token, err := config.Secret(d.TokenFile, d.TokenEnv, getenv)
			return portal.Secret(token), err
		}
	}
	var secret string
	if d.SecretFile != "" || d.SecretEnv != "" {
		var err error
		if secret, err = config.Secret(d.SecretFile, d.SecretEnv, getenv); err != nil {
			return nil, err
		}
	}
	return eventsink.New(eventsink.Config{
		Code: d.Code, URL: d.URL, Receives: kindsOf(d.Receives), Purpose: d.Purpose, Secret: portal.Secret(secret),
		Lookup: gateway.LookupMode(d.Lookup), Settle: time.Duration(d.Settle), Timeout: time.Duration(d.Timeout),
		Lanes: d.Lanes, Batch: d.Batch, AllowRemote: !o.loopback,
	}, deps)
}

func newMinistry(d config.Destination, o nodeOptions, log *slog.Logger, getenv func(string) string) (gateway.Destination, error) {
	secret, err := config.Secret(d.Ministry.ClientSecretFile, d.Ministry.ClientSecretEnv, getenv)
	if err != nil {
		return nil, err
	}
	cfg := ministryConfig(d, portal.Secret(secret), !o.loopback)
	if cfg.Rules, err = answerRules(d); err != nil {
		return nil, err
	}
	return ministry.New(cfg, ministry.Deps{Logger: log})
}

func kindsOf(names []string) []schema.Kind {
	kinds := make([]schema.Kind, 0, len(names))
	for _, k := range names {
		kinds = append(kinds, schema.Kind(k))
	}
	return kinds
}

func ministryConfig(d config.Destination, secret portal.Secret, remote bool) ministry.Config {
	m := d.Ministry
	return ministry.Config{
		Code: d.Code, URL: d.URL, TokenPath: m.TokenPath, NumberPath: m.NumberPath, UploadPath: m.UploadPath, CreatePath: m.CreatePath,
		StepsPath: m.StepsPath, StatusPath: m.StatusPath, ClientID: m.ClientID, ClientSecret: secret,
		NumberCode: m.NumberCode, Unit: m.Unit, Reference: m.Reference, FileHosts: m.FileHosts, FileLimit: int64(m.FileLimitMB) << 20,
		UnknownCreate: m.UnknownCreate, Settle: time.Duration(d.Settle), Timeout: time.Duration(d.Timeout), Lanes: d.Lanes,
		Receives: kindsOf(d.Receives), AllowRemote: remote,
	}
}

func portalConfig(d config.Destination, password portal.Secret, remote bool) dvcqg.Config {
	return dvcqg.Config{
		Code: d.Code, URL: d.URL, LoginPath: d.LoginPath, IntegrationPath: d.IntegrationPath, SharePath: d.SharePath,
		DstCode: d.DstCode, DstCodeIn: d.DstCodeIn, Agency: d.Agency, Username: d.Username, Password: password,
		Lookup: gateway.LookupMode(d.Lookup), Settle: time.Duration(d.Settle), Timeout: time.Duration(d.Timeout),
		Lanes: d.Lanes, Batch: d.Batch, Receives: kindsOf(d.Receives), AllowRemote: remote,
		Wire: d.Wire, CreatePath: d.CreatePath, UpdatePath: d.UpdatePath, StepsPath: d.StepsPath, LookupURL: d.LookupURL,
		Born: d.BornNumbers, Chunk: d.Chunk, Household: d.Household, Partial: d.Partial,
	}
}

// breakerOptionsOf says when the breakers of each destination open.
func breakerOptionsOf(c config.Config) map[string]gateway.BreakerOptions {
	each := make(map[string]gateway.BreakerOptions, len(c.Destinations))
	for _, d := range c.Destinations {
		b := d.Breaker
		each[d.Code] = gateway.BreakerOptions{
			OpenFor: time.Duration(b.OpenFor), Window: time.Duration(b.Window), MinCalls: b.MinCalls, SlowCall: time.Duration(b.SlowCall),
			RampCalls: b.RampCalls,
		}
	}
	return each
}

// schedulesOf says when deliveries of each destination are tried again.
func schedulesOf(c config.Config) map[string]gateway.Schedule {
	each := make(map[string]gateway.Schedule, len(c.Destinations))
	for _, d := range c.Destinations {
		each[d.Code] = gateway.Schedule{Cap: time.Duration(d.RetryCap)}
	}
	return each
}

// shapesOf are the limits that destinations are declared with.
func shapesOf(c config.Config) map[string]gateway.Shape {
	shapes := make(map[string]gateway.Shape, len(c.Destinations))
	for _, d := range c.Destinations {
		shapes[d.Code] = d.Shape()
	}
	return shapes
}

// memoryOf is what the node remembers of its database. Without a folder it remembers for as long as it runs.
func memoryOf(c config.Config) *gateway.Memory {
	if c.DataDir == "" {
		return nil
	}
	return gateway.NewMemory(c.DataDir)
}

// specsOf returns what destinations declare about themselves.
func specsOf(destinations []gateway.Destination) []gateway.DestinationSpec {
	specs := make([]gateway.DestinationSpec, len(destinations))
	for i, d := range destinations {
		specs[i] = d.Spec()
	}
	return specs
}

// showsOf returns what the look-ups of destinations show.
func showsOf(destinations []gateway.Destination) map[string]gateway.LookupMode {
	shows := make(map[string]gateway.LookupMode, len(destinations))
	for _, d := range destinations {
		shows[d.Spec().Code] = d.Spec().Shows
	}
	return shows
}
