package sink

import (
	"cmp"
	"log/slog"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/gateway/portal"
	"github.com/lienthong/lienthong/internal/fault"
	"github.com/lienthong/lienthong/schema"
)

// Config is one connection. Code, URL and Receives are required.
type Config struct {
	Code     string // of the destination, "kho-dulieu"
	URL      string // where events are posted; a look-up asks URL/KIND/ID
	System   string // the CloudEvents source, a URI reference; default "/systems/lienthong"
	Receives []schema.Kind
	Purpose  string // code of the purpose for which people are sent; required where Receives has them, told in each event

	// Secret signs each call as Standard Webhooks v1 does, "whsec_" and 24 to 64 bytes in base64; empty: no signature.
	Secret portal.Secret

	Lookup   gateway.LookupMode // none (default): it keeps ids, a repeat does no harm; exists: it is asked first
	Settle   time.Duration      // default 60 s; of account where it is asked
	Timeout  time.Duration      // of one call; default 10 s
	Lanes    int                // default 8
	Batch    int                // events a call; default 50
	MaxBytes int                // of a body; default 4 MiB. A batch above it goes in smaller ones

	AllowRemote bool // without it the system must be on this machine
}

func (c Config) withDefaults() Config {
	if c.System == "" {
		c.System = "/systems/lienthong"
	}
	if c.Lookup == "" {
		c.Lookup = gateway.ShowsNothing
	}
	c.Settle, c.Timeout = cmp.Or(c.Settle, portal.DefaultSettle), cmp.Or(c.Timeout, portal.DefaultTimeout)
	c.Lanes = cmp.Or(c.Lanes, portal.DefaultLanes)
	if c.Batch == 0 {
		c.Batch = 50
	}
	if c.MaxBytes == 0 {
		c.MaxBytes = 4 << 20
	}
	c.URL = strings.TrimRight(c.URL, "/")
	return c
}

var purposePattern = regexp.MustCompile(`^[a-z0-9]+(?:[._-][a-z0-9]+)*$`)

// check returns the key of signatures, nil where there is none.
func (c Config) check() ([]byte, error) {
	u, ok := portal.ParseAddress(c.URL)
	switch {
	case c.Code == "":
		return nil, c.wrong("code is missing")
	case !ok:
		return nil, c.wrong("url is no http or https URL")
	case u.User != nil || u.RawQuery != "" || u.Fragment != "":
		return nil, c.wrong("url holds more than an address")
	case c.Lookup != gateway.ShowsNothing && c.Lookup != gateway.ShowsExistence:
		return nil, c.wrong("a look-up shows none or exists")
	case c.Settle < 0 || c.Timeout < 0 || c.Lanes < 0 || c.Lanes > gateway.Slots || c.Batch < 0 || c.MaxBytes < 0:
		return nil, c.wrong("a limit or duration is out of range")
	case len(c.Receives) == 0:
		return nil, c.wrong("receives is missing")
	case c.Purpose != "" && !purposePattern.MatchString(c.Purpose):
		return nil, c.wrong("a purpose is a code of lower-case letters and digits")
	case c.Purpose == "" && slices.Contains(c.Receives, schema.KindPerson):
		return nil, c.wrong("people are sent for a stated purpose only")
	}
	for i, k := range c.Receives {
		if !k.Valid() || k.Entity() != k || slices.Contains(c.Receives[:i], k) {
			return nil, c.wrong("receives names kinds of entities, each once")
		}
	}
	if !c.AllowRemote {
		if err := portal.CheckLoopback(c.URL); err != nil {
			return nil, err
		}
	}
	if c.Secret == "" {
		return nil, nil
	}
	return ParseSecret(c.Secret)
}

func (c Config) wrong(what string) error { return fault.New(fault.Usage, "sink.New", what) }

// LogValue shows the code alone.
func (c Config) LogValue() slog.Value { return slog.StringValue("destination " + c.Code) }
