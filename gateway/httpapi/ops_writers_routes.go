package httpapi

import (
	"net/http"
	"reflect"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/lienthong/lienthong/gateway"
)

// writerOrder is one order about who writes, or what differs.
type writerOrder struct {
	id, path, summary string
	in, out           any
	do                func(*API) operation
}

func plainly(do func(*API, *response, *http.Request, *call) error) func(*API) operation {
	return func(a *API) operation {
		return func(w *response, r *http.Request, c *call) error { return do(a, w, r, c) }
	}
}

func steered(action string) func(*API) operation {
	return func(a *API) operation { return a.steerAdoption(action) }
}

func writerOrders() []writerOrder {
	const adoptions = "destinations/{code}/adoptions"
	return []writerOrder{
		{"own-destination", "destinations/{code}/own", "Say that we write something; what stood in shadow is looked at, and what differs is sent", OpsOwn{}, OpsOwned{}, plainly((*API).own)},
		{"disown-destination", "destinations/{code}/disown", "Say that another system writes it: we plan and compare, and send nothing from two seconds on", OpsDisown{}, OpsDone{}, plainly((*API).disown)},
		{"adopt-destination", adoptions, "Take what a destination shows for what was sent, without one write", OpsAdopt{}, OpsAdopted{}, plainly((*API).adopt)},
		{"pause-adoption", adoptions + "/pause", "Pause the adoption that is under way", OpsReason{}, OpsDone{}, steered("pause")},
		{"resume-adoption", adoptions + "/resume", "Let a paused adoption go on", OpsReason{}, OpsDone{}, steered("resume")},
		{"cancel-adoption", adoptions + "/cancel", "End an adoption; what was not looked at is sent as usual", OpsReason{}, OpsDone{}, steered("cancel")},
		{"let-observed", "destinations/{code}/observed", "Let writes go without the looks that a restore asks for", OpsReason{}, OpsDone{}, plainly((*API).observed)},
		{"take-site", "site/take", "Make a site the one that sends", OpsSiteTake{}, OpsDone{}, plainly((*API).takeSite)},
		{"declare-restored", "restored", "Say that the database was restored from a backup, where no node can know", OpsRestored{}, OpsDone{}, plainly((*API).restored)},
		{"release-dossier", "dossiers/{number}/release", "Let the present revision of a dossier go that is kept back for the sake of the score", OpsRelease{}, OpsReleased{}, plainly((*API).release)},
		{"withdraw-entity", "entities/{kind}/{id}/withdraw", "Say that an entity does not stand any more, to feeds and destinations; of one destination alone, that it may not have it", OpsRetract{}, OpsRetracted{}, retracts(false)},
		{"restore-entity", "entities/{kind}/{id}/restore", "Take a withdrawal back", OpsRetract{}, OpsRetracted{}, retracts(true)},
		{"repair-drift", "drift/repair", "Repair one class of what differs, or take note of it; nothing is sent beside the lanes", OpsRepair{}, gateway.DriftDone{}, plainly((*API).repair)},
	}
}

// writerRoutes registers what operators ask and say about who writes.
func (a *API) writerRoutes(h huma.API) {
	read := func(id, path, summary string) huma.Operation {
		return huma.Operation{OperationID: id, Method: http.MethodGet, Path: opsPrefix + path, Tags: []string{"ops"}, Summary: summary,
			Errors: []int{401, 403, 404, 422, 429, 500, 503}}
	}
	register(a, h, read("list-ownership", "ownership", "Who writes what, and how what we do not send compares with what is shown"), owning(a, a.ownership))
	register(a, h, read("list-adoptions", "adoptions", "Adoptions, newest first"), owning(a, a.adoptions))
	register(a, h, read("preview-drift-repair", "drift/repair", "What the repair of one class would do: how many, which first"), owning(a, a.repairPlan))
	register(a, h, read("get-score", "score", "The portal's indicators, computed from our own data per commune"), owning(a, a.score))
	register(a, h, read("list-score-rules", "score/rules", "What hurts which indicator, and what happens to a dossier that does unless the configuration says otherwise"), owning(a, a.scoreRules))
	register(a, h, read("get-site", "site", "Which site sends, and whether the database is a restored one"), owning(a, a.site))
	for _, o := range writerOrders() {
		do := o.do(a)
		a.mux.HandleFunc("POST "+opsPrefix+o.path, a.plain(func(w *response, r *http.Request, c *call) error {
			if a.opts.Owners == nil {
				return noOps()
			}
			return do(w, r, c)
		}))
	}
}

// writerOperations describes the orders, which huma knows nothing of.
func writerOperations(schemas huma.Registry) []*huma.Operation {
	var all []*huma.Operation
	length := maxIdempotencyKey
	for _, o := range writerOrders() {
		op := &huma.Operation{
			OperationID: o.id, Method: http.MethodPost, Path: opsPrefix + o.path, Tags: []string{"ops"}, Summary: o.summary, Security: bearerOnly(),
			Description: "The key's name is who did it. What stands like that already is not written again: changed is false then.",
			Parameters: []*huma.Param{{Name: "Idempotency-Key", In: "header", Required: true,
				Description: "Names this order, quoted; repeated with it, it has no second effect for 7 days", Schema: &huma.Schema{Type: huma.TypeString, MaxLength: &length}}},
			RequestBody: &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{
				jsonMedia: {Schema: schemas.Schema(reflect.TypeOf(o.in), true, "")},
			}},
			Responses: withProblems(schemas, map[string]*huma.Response{"200": okay(schemas, o.out)}, 400, 401, 403, 404, 408, 409, 413, 415, 422, 429, 500, 503),
		}
		for _, p := range []struct{ name, doc string }{
			{"code", "Of the destination"},
			{"number", "MaHoSo, any of the dossier's numbers; slashes are written %2F"},
			{"kind", "Of the entity, such as land_parcel"}, {"id", "Of the entity"},
		} {
			if strings.Contains(o.path, "{"+p.name+"}") {
				op.Parameters = append(op.Parameters, &huma.Param{Name: p.name, In: "path", Required: true, Description: p.doc, Schema: text()})
			}
		}
		all = append(all, op)
	}
	return all
}
