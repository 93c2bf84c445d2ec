// Package sink is the destination "a system that takes our records": a data
// store of the province or of a ministry, an integration bus, anything that
// answers HTTP and understands CloudEvents.
//
//	golden entity ──Plan──▶ one event per wanted revision ──Send──▶ POST of one event, or of a batch
//
// An event tells how an entity stands, whole. Its id is made of the
// destination, the entity, its revision and its content, so that the same wish
// has the same id however often it is sent, by whichever node. The other side
// has two rules to keep, and then every fault between us and it is harmless:
//
//   - an id that it has taken is taken, and answered well, without another effect;
//   - of one subject it keeps the event with the highest sequence, also when that one says that the entity is gone.
//
// With that promise ([Config].Lookup "none") a call whose outcome is unknown is
// simply sent again. A system that keeps no ids can be asked first whether it
// has the entity ("exists").
//
// A 2xx answer means that the whole call was taken, unless it is a page for
// people. Errors are judged by their status alone; words of the answer become
// a cause without names and numbers.
package sink

import (
	"log/slog"
	"sync"
	"time"

	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/gateway/portal"
	"github.com/lienthong/lienthong/schema"
)

// Deps are what a [Destination] works with. Everything may be left out.
type Deps struct {
	Logger *slog.Logger
	Now    func() time.Time // for signatures, and to read Retry-After dates; default time.Now
	// Token returns the bearer token. It is asked once at the start, and again when the other side refuses the
	// one in use, so that a token can be changed in its file while the gateway runs. nil: none is sent.
	Token func() (portal.Secret, error)
}

// Destination is one such system. It may be used by many lanes at once.
type Destination struct {
	cfg    Config
	key    []byte // of signatures; nil: none
	log    *slog.Logger
	now    func() time.Time
	client *portal.Client
	source func() (portal.Secret, error)

	mu    sync.Mutex
	token portal.Secret
}

// New returns the destination. Nothing is sent. The error has code usage and
// says which setting is wrong.
func New(cfg Config, deps Deps) (*Destination, error) {
	cfg = cfg.withDefaults()
	key, err := cfg.check()
	if err != nil {
		return nil, err
	}
	d := &Destination{cfg: cfg, key: key, log: deps.Logger, now: deps.Now, source: deps.Token}
	if d.log == nil {
		d.log = slog.New(slog.DiscardHandler)
	}
	if d.now == nil {
		d.now = time.Now
	}
	if d.source != nil {
		if d.token, err = d.source(); err != nil {
			return nil, cfg.wrong("the token cannot be read")
		}
	}
	d.client = portal.NewClient(portal.Options{
		Timeout: cfg.Timeout, Connections: cfg.Lanes + 2, MaxAnswer: maxAnswer, LoopbackOnly: !cfg.AllowRemote, Logger: d.log, Now: deps.Now,
	})
	d.log = d.log.With("destination_id", cfg.Code)
	return d, nil
}

// maxAnswer is far more than any acknowledgement has, in bytes.
const maxAnswer = 1 << 20

// Spec implements [gateway.Destination].
func (d *Destination) Spec() gateway.DestinationSpec {
	return gateway.DestinationSpec{
		Code:       d.cfg.Code,
		Receives:   append([]schema.Kind(nil), d.cfg.Receives...),
		Keys:       gateway.KeyEntity,
		Batch:      d.cfg.Batch,
		Lanes:      d.cfg.Lanes,
		Shows:      d.cfg.Lookup,
		Writes:     writes(),
		Settle:     d.cfg.Settle,
		Timeout:    d.cfg.Timeout,
		Idempotent: d.cfg.Lookup == gateway.ShowsNothing,
	}
}

// writes are the operations of a sink. All are the same POST, told apart for breakers and attempts.
func writes() []gateway.Operation {
	return []gateway.Operation{gateway.OpCreate, gateway.OpUpdate, gateway.OpRetract}
}

// Close gives idle connections back. Calls under way go on.
func (d *Destination) Close() { d.client.Close() }

var _ gateway.Destination = (*Destination)(nil)
