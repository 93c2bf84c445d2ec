// Package dvcqg is the destination "national public-service portal, first
// generation" (Cổng Dịch vụ công Quốc gia, service DongBoHoSoMC): remote calls
// over one URL, a session in the body, HTTP 200 whatever happened, and a
// Vietnamese sentence that decides.
//
// The way of a dossier through it:
//
//	golden dossier ──encode──▶ record + steps ──Plan──▶ create or update, then the missing steps
//	                                                     │
//	                    outcome ◀──rules── answer ◀── one POST per call
//
// [Destination.Plan] is pure. What cannot be shown as it is comes back as a
// fault with problems: a state without a portal code is held back and never
// flattened into another, nothing mandatory is made up, an identity number
// least of all. [Destination.Send] never repeats what may have left, but for
// one case: an answer "session expired" proves that nothing was stored, so
// that the call is made once more after one new login.
// [Destination.Lookup] reads what the portal shows into the same canonical form
// from which the hash of a header is taken, so that equal headers have equal
// hashes whatever the portal made of numbers and nulls.
package dvcqg

import (
	"log/slog"
	"time"

	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/gateway/portal"
	"github.com/lienthong/lienthong/schema"
	"github.com/lienthong/lienthong/schema/catalogue"
)

// Deps are what a [Destination] works with. Everything may be left out.
type Deps struct {
	Logger     *slog.Logger
	Now        func() time.Time // to read Retry-After dates; default time.Now
	Procedures Procedures       // names of procedures that sources do not send; default schema/catalogue
}

// Procedures knows the national catalogue of procedures. It answers from memory.
type Procedures interface {
	// Procedure returns name and sector of a national code, as far as known.
	Procedure(code string) (schema.ProcedureRef, bool)
}

// builtin is the catalogue that is compiled in. It knows sectors by name only.
type builtin struct{}

func (builtin) Procedure(code string) (schema.ProcedureRef, bool) {
	p, ok := catalogue.ProcedureByCode(code)
	return schema.ProcedureRef{Code: p.Code, Name: p.Name, SectorName: p.Field}, ok
}

// Destination is the portal. It may be used by many lanes at once.
type Destination struct {
	cfg        Config
	log        *slog.Logger
	client     *portal.Client
	session    *portal.Session
	procedures Procedures
	portalSays *procedures
	rules      portal.Rules
	statuses   portal.StatusTable
}

// New returns the destination. Nothing is sent before the first call needs a
// session. The error has code usage and says which setting is wrong.
func New(cfg Config, deps Deps) (*Destination, error) {
	cfg = cfg.withDefaults()
	if err := cfg.check(); err != nil {
		return nil, err
	}
	if deps.Logger == nil {
		deps.Logger = slog.New(slog.DiscardHandler)
	}
	if deps.Procedures == nil {
		deps.Procedures = builtin{}
	}
	d := &Destination{
		cfg: cfg,
		log: deps.Logger.With("destination_id", cfg.Code),
		client: portal.NewClient(portal.Options{
			Timeout:      cfg.Timeout,
			Connections:  cfg.Lanes + 2,
			LoopbackOnly: !cfg.AllowRemote,
			Logger:       deps.Logger,
			Now:          deps.Now,
		}),
		procedures: deps.Procedures,
		portalSays: newProcedures(deps.Now),
		rules:      append(append(portal.Rules(nil), cfg.Rules...), answerRules()...),
		statuses:   portal.Statuses(),
	}
	d.session = portal.NewSession(d.login, deps.Now)
	return d, nil
}

// Spec implements [gateway.Destination].
func (d *Destination) Spec() gateway.DestinationSpec {
	writes := []gateway.Operation{gateway.OpCreate, gateway.OpUpdate, gateway.OpSteps}
	if d.cfg.asksCatalogue() {
		writes = append([]gateway.Operation{gateway.OpCatalogue}, writes...)
	}
	if d.cfg.reports() {
		writes = append(writes, gateway.OpStatus)
	}
	return gateway.DestinationSpec{
		Writes:   writes,
		Single:   []gateway.Operation{gateway.OpStatus},
		Code:     d.cfg.Code,
		Receives: append([]schema.Kind(nil), d.cfg.Receives...),
		Batch:    d.cfg.Batch,
		Lanes:    d.cfg.Lanes,
		Shows:    d.cfg.Lookup,
		Settle:   d.cfg.Settle,
		Timeout:  d.cfg.Timeout,
	}
}

// Close gives idle connections back. Calls under way go on.
func (d *Destination) Close() { d.client.Close() }

var _ gateway.Destination = (*Destination)(nil)
