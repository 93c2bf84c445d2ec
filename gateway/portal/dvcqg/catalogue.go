package dvcqg

import (
	"cmp"
	"context"
	"errors"
	"strings"
	"sync"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/gateway/portal"
	"github.com/lienthong/lienthong/internal/fault"
	"github.com/lienthong/lienthong/schema"
)

// The portal wants name and sector of a procedure with every dossier. Where
// neither the source nor the table in this program knows them, LayThuTuc does. It is
// asked once a day for each procedure and not for each dossier, as a call of the lane
// (operation catalogue) that prepares the create: with its own breaker, by the
// schedule, within the rate. Plan itself asks nobody.

// How long an answer of the catalogue is kept.
const (
	keepProcedure = 24 * time.Hour
	keepNothing   = time.Hour        // that there is no such procedure
	keepStale     = 10 * time.Minute // an old answer, when the portal gives no new one
)

// procedures is what the portal said of procedures, by national code.
type procedures struct {
	now func() time.Time
	mu  sync.Mutex
	all map[string]procedureEntry
}

type procedureEntry struct {
	ref   schema.ProcedureRef // of no use where found is false
	found bool
	until time.Time
}

func newProcedures(now func() time.Time) *procedures {
	if now == nil {
		now = time.Now
	}
	return &procedures{now: now, all: map[string]procedureEntry{}}
}

// get returns what is kept of a procedure; fresh: nobody needs to be asked.
func (p *procedures) get(code string) (e procedureEntry, fresh bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	e = p.all[code]
	return e, p.now().Before(e.until)
}

func (p *procedures) put(code string, e procedureEntry, keep time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	e.until = p.now().Add(keep)
	p.all[code] = e
}

// asksCatalogue says whether there is somebody to ask.
func (c Config) asksCatalogue() bool { return !c.throughBus() || c.LookupURL != "" }

// completed fills in what the tables know of a procedure, and notes whether the portal is to be asked first.
func (e *encoder) completed(p schema.ProcedureRef) schema.ProcedureRef {
	fill := func(known schema.ProcedureRef) {
		p.Name = cmp.Or(p.Name, known.Name)
		p.SectorCode, p.SectorName = cmp.Or(p.SectorCode, known.SectorCode), cmp.Or(p.SectorName, known.SectorName)
	}
	lacking := func() bool { return p.Name == "" || p.SectorCode == "" || p.SectorName == "" }
	if !lacking() {
		return p
	}
	if known, ok := e.procedures.Procedure(p.Code); ok {
		fill(known)
	}
	if !lacking() || e.portal == nil {
		return p
	}
	entry, fresh := e.portal.get(p.Code)
	if entry.found {
		fill(entry.ref)
	}
	if !fresh {
		e.ask = p.Code
	}
	return p
}

// planCatalogue plans the question that an encoder is left with, where an
// answer could help: a dossier that is held back for other reasons asks nothing.
func (e *encoder) planCatalogue(key string) (gateway.PlannedCall, bool) {
	others := func(p fault.Problem) bool { return !strings.HasPrefix(p.Pointer, "/procedure/") }
	for _, p := range e.problems {
		if others(p) {
			return gateway.PlannedCall{}, false
		}
	}
	payload, err := portal.Marshal(e.ask)
	return gateway.PlannedCall{Operation: gateway.OpCatalogue, Key: key, Payload: [][]byte{payload}}, e.ask != "" && err == nil
}

// readProcedures asks for the procedures of some calls, each once.
func (d *Destination) readProcedures(ctx context.Context, calls []gateway.PlannedCall) []gateway.Outcome {
	ctx, cancel := context.WithTimeout(ctx, d.cfg.Timeout)
	defer cancel()
	outcomes := make([]gateway.Outcome, len(calls))
	asked := map[string]gateway.Outcome{}
	for i := range calls {
		var code string
		if calls[i].Operation != gateway.OpCatalogue || len(calls[i].Payload) != 1 || json.Unmarshal(calls[i].Payload[0], &code) != nil {
			outcomes[i] = d.named(gateway.Outcome{
				Kind: gateway.Unavailable, Shelf: gateway.ShelfGateway, Cause: "request.invalid", Err: errors.New("a planned call of another operation"),
			})
			continue
		}
		out, done := asked[code]
		if !done {
			out = d.readProcedure(ctx, code)
			asked[code] = out
		}
		outcomes[i] = out
	}
	return outcomes
}

// readProcedure asks for one procedure, unless another lane has just done so. An
// old answer stands in for a new one that does not come.
func (d *Destination) readProcedure(ctx context.Context, code string) gateway.Outcome {
	entry, fresh := d.portalSays.get(code)
	if fresh {
		return gateway.Outcome{Kind: gateway.Delivered}
	}
	a, out := d.call(ctx, gateway.OpCatalogue, envelope{Service: serviceProcedure, Procedure: code}, func() []string { return nil })
	var ref schema.ProcedureRef
	found := false
	if out.Kind == gateway.Delivered {
		ref, found = procedureIn(a.Result, code)
	}
	switch {
	case found:
		d.portalSays.put(code, procedureEntry{ref: ref, found: true}, keepProcedure)
	case out.Kind == gateway.Delivered, out.Kind == gateway.Absent:
		d.portalSays.put(code, procedureEntry{}, keepNothing)
	case entry.found:
		d.portalSays.put(code, entry, keepStale)
	default:
		if out.Kind != gateway.Throttled && out.Kind != gateway.SessionExpired {
			out.Kind = gateway.Unavailable // a question takes nothing
		}
		if out.Shelf == gateway.ShelfSource {
			out.Shelf = gateway.ShelfDestination
		}
		return out
	}
	return gateway.Outcome{Kind: gateway.Delivered, HTTPStatus: out.HTTPStatus}
}

// procedureIn reads name and first sector of a procedure out of an answer of LayThuTuc.
func procedureIn(result jsontext.Value, code string) (schema.ProcedureRef, bool) {
	for _, item := range items(result, 0) {
		var w struct {
			Code    text `json:"MATTHC"`
			Name    text `json:"TENTTHC"`
			Sectors list[struct {
				Code text `json:"MALINHVUC"`
				Name text `json:"TENLINHVUC"`
			}] `json:"LINHVUCTHUCHIEN"`
		}
		if item.Kind() != '{' || json.Unmarshal(item, &w, loosely()) != nil {
			continue
		}
		national, problems := schema.ParseProcedureCode(string(w.Code))
		if len(problems) > 0 || national.National != code {
			continue
		}
		ref := schema.ProcedureRef{Code: code, Name: string(w.Name)}
		if len(w.Sectors) > 0 {
			ref.SectorCode, ref.SectorName = string(w.Sectors[0].Code), string(w.Sectors[0].Name)
		}
		return ref, true
	}
	return schema.ProcedureRef{}, false
}
