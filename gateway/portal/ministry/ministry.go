// Package ministry is the destination "public-service portal of a ministry"
// (gen-2, Cổng DVC Bộ, 2026): a token, one HTTP call per thing, JSON, and HTTP
// codes that mean something.
//
// The way of a dossier through it:
//
//	number   GetNextValue       the portal issues the dossier's number
//	upload   UploadFile         each paper's file, fetched from the paper's URL at that moment
//	create   CreateDossier      the dossier under that number, with the handles of its files; answers idHoSo
//	steps    CapNhatTienTrinh   the steps that it lacks
//	status   CapNhatTrangThai   where the dossier stands, with fees and results
//
// What the portal gives on the way (number, id, handles of files) is kept with
// the delivery as [gateway.Known.Issued], in the same write that ends the call,
// and [Destination.Plan], which is pure, goes on from there: a number that is
// known is never asked for again, a file that is there is not sent again. A dossier
// that cannot be shown as it is takes no number.
//
// The portal has no look-up, and no call that changes a dossier's header or
// papers afterwards. What follows from both is in docs/adr/0020-ministry-destination.md.
package ministry

import (
	"context"
	"log/slog"
	"time"

	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/gateway/portal"
	"github.com/lienthong/lienthong/schema"
)

// Deps are what a [Destination] works with. Everything may be left out.
type Deps struct {
	Logger *slog.Logger
	Now    func() time.Time // for the end of tokens and Retry-After dates; default time.Now
}

// Destination is the portal. It may be used by many lanes at once.
type Destination struct {
	cfg      Config
	log      *slog.Logger
	client   *portal.Client
	files    *portal.Client // fetches papers from the province's own stores
	session  *portal.Session
	rules    portal.Rules
	statuses portal.StatusTable
}

// New returns the destination. Nothing is sent before the first call needs a
// token. The error has code usage and says which setting is wrong.
func New(cfg Config, deps Deps) (*Destination, error) {
	cfg = cfg.withDefaults()
	if err := cfg.check(); err != nil {
		return nil, err
	}
	if deps.Logger == nil {
		deps.Logger = slog.New(slog.DiscardHandler)
	}
	options := portal.Options{
		Timeout: cfg.Timeout, Connections: cfg.Lanes + 2, LoopbackOnly: !cfg.AllowRemote, Logger: deps.Logger, Now: deps.Now,
	}
	files := options
	files.MaxAnswer = cfg.FileLimit
	d := &Destination{
		cfg:      cfg,
		log:      deps.Logger.With("destination_id", cfg.Code),
		client:   portal.NewClient(options),
		files:    portal.NewClient(files),
		rules:    append(append(portal.Rules(nil), cfg.Rules...), answerRules()...),
		statuses: statuses(),
	}
	d.session = portal.NewSession(d.token, deps.Now)
	return d, nil
}

// Spec implements [gateway.Destination]. A call is about one dossier.
func (d *Destination) Spec() gateway.DestinationSpec {
	return gateway.DestinationSpec{
		Code:     d.cfg.Code,
		Receives: append([]schema.Kind(nil), d.cfg.Receives...),
		Batch:    1,
		Lanes:    d.cfg.Lanes,
		Shows:    gateway.ShowsNothing,
		Writes:   []gateway.Operation{gateway.OpNumber, gateway.OpUpload, gateway.OpCreate, gateway.OpSteps, gateway.OpStatus},
		OneShot:  d.cfg.UnknownCreate == ParkCreate,
		Settle:   d.cfg.Settle,
		Timeout:  d.cfg.Timeout,
	}
}

// Lookup implements [gateway.Destination]. There is nothing to ask: the spec says
// so, and nobody calls it.
func (d *Destination) Lookup(context.Context, string) (gateway.Known, gateway.Outcome) {
	return gateway.Known{}, gateway.Outcome{Kind: gateway.Unavailable, Shelf: gateway.ShelfGateway, Cause: d.cfg.Code + ".lookup.none"}
}

// Greet implements [gateway.Greeter]: a token is all that can be asked for.
func (d *Destination) Greet(ctx context.Context) gateway.Outcome {
	ctx, cancel := context.WithTimeout(ctx, d.cfg.Timeout)
	defer cancel()
	_, _, out := d.token(ctx)
	if out.Kind == "" {
		out.Kind = gateway.Delivered
	} else {
		out.Cause = d.cfg.Code + "." + out.Cause
	}
	return out
}

// Close gives idle connections back. Calls under way go on.
func (d *Destination) Close() {
	d.client.Close()
	d.files.Close()
}

var (
	_ gateway.Destination = (*Destination)(nil)
	_ gateway.Greeter     = (*Destination)(nil)
)
