package httpapi

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"github.com/lienthong/lienthong/internal/fault"
)

// apiVersion is of the interface, not of the program: it changes with the document.
const apiVersion = "1.0.0"

// publicRoutes need no key. Everything else does.
var publicRoutes = map[string]struct{}{"GET /livez": {}, "GET /startupz": {}, "GET /readyz": {}, "GET /metrics": {}, "GET /openapi.json": {}}

// routes registers every operation and writes the OpenAPI document.
func (a *API) routes() error {
	h := humago.New(a.mux, a.humaConfig())
	h.UseMiddleware(a.strictQuery)
	a.mux.HandleFunc("POST /v1/records", a.plain(a.pushOne))
	a.mux.HandleFunc("POST /v1/records:batch", a.plain(a.pushMany))
	a.mux.HandleFunc("GET /v1/records/{source}/{kind}/{rest...}", a.slashedID)
	a.mux.HandleFunc("GET /livez", a.plain(a.livez))
	a.mux.HandleFunc("GET /startupz", a.plain(a.startupz))
	a.mux.HandleFunc("GET /readyz", a.plain(a.readyz))
	if a.opts.Metrics != nil {
		a.mux.Handle("GET /metrics", a.opts.Metrics)
	}
	a.mux.HandleFunc("GET /openapi.json", func(w http.ResponseWriter, _ *http.Request) {
		send(w, http.StatusOK, "application/openapi+json", a.document)
	})
	register(a, h, recordOperation(), a.record)
	register(a, h, journeyOperation(), a.journey)
	register(a, h, submissionOperation(), a.submission)
	register(a, h, receiptOperation(), a.receipt)
	register(a, h, feedOperation(h.OpenAPI().Components.Schemas), a.feed)
	register(a, h, snapshotOperation(h.OpenAPI().Components.Schemas), a.snapshot)
	a.opsRoutes(h)
	a.replayRoutes(h)
	a.writerRoutes(h)
	a.journalRoutes(h)
	register(a, h, driftOperation(), a.drift)
	register(a, h, agreementOperation(), a.agreement)
	return a.describe(h.OpenAPI())
}

// humaConfig turns off what huma would add: its docs page (from a CDN), its
// schema links, and its own copies of the document.
func (a *API) humaConfig() huma.Config {
	config := huma.DefaultConfig("Liên Thông", apiVersion)
	config.CreateHooks = nil // the $schema links
	config.DocsPath, config.SchemasPath, config.OpenAPIPath = "", "", ""
	config.AllowAdditionalPropertiesByDefault = true // answers may grow
	config.Formats = map[string]huma.Format{jsonMedia: huma.DefaultJSONFormat, "json": huma.DefaultJSONFormat}
	config.Transformers = []huma.Transformer{humaProblems}
	return config
}

// register adds a read to huma, with our problems in place of its errors.
func register[I, O any](a *API, h huma.API, op huma.Operation, do func(context.Context, *call, *I) (*O, error)) {
	op.Responses = withProblems(h.OpenAPI().Components.Schemas, op.Responses, op.Errors...)
	op.Errors = nil
	op.Security = bearerOnly()
	huma.Register(h, op, func(ctx context.Context, in *I) (*O, error) {
		c := callOf(ctx)
		out, err := do(ctx, c, in)
		if err != nil {
			p := problemOf(c, err)
			a.logFailure(c, p, err)
			return nil, p
		}
		return out, nil
	})
}

// humaProblems replaces the errors that huma makes by itself, which repeat the rejected values.
func humaProblems(ctx huma.Context, _ string, v any) (any, error) {
	e, is := v.(*huma.ErrorModel)
	if !is {
		return v, nil
	}
	var err error = fault.New(fault.Internal, "httpapi.huma", "an answer could not be made")
	if e.Status == http.StatusUnprocessableEntity {
		err = badParameters(ctx.Operation(), e.Errors)
	}
	p := problemOf(callOf(ctx.Context()), err)
	p.Status = e.Status // huma sends its own
	for name, values := range p.header {
		for _, value := range values {
			ctx.SetHeader(name, value)
		}
	}
	return p, nil
}
