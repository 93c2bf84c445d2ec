// Package httpapi is the HTTP edge of the gateway: sources push records,
// integrators read feeds, everybody can ask what became of what they sent.
//
//	api, err := httpapi.New(httpapi.Options{Ingestor: in, Committer: c, Feed: f, Read: store, Access: store})
//	err = httpapi.NewServer(api, httpapi.ServerOptions{}).Run(ctx, listener)
//
// Reads go through huma, which also writes the OpenAPI document. The two push
// operations are plain handlers on the same mux, since huma halves their
// throughput and wants to decode bodies that belong to adapters; their part of
// the document is written by hand in openapi_push.go.
//
// A request passes [API.ServeHTTP]: it gets an id, deadlines that only progress
// renews, a route, a source (by its key, see gate) and then its handler. A
// handler returns an error; one table (problems) makes an RFC 9457 problem
// document of it, in Vietnamese or English. A problem names places and rules.
// It never repeats a value that the caller sent.
//
// The package knows the ports of package gateway and no store.
package httpapi
