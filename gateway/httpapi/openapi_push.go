package httpapi

import (
	"fmt"
	"net/http"
	"reflect"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/lienthong/lienthong/gateway"
)

// pushOperations describes what plain handlers do; huma knows nothing of them.
func pushOperations(schemas huma.Registry, limits Limits) []*huma.Operation {
	one := &huma.Operation{
		OperationID: "push-record", Method: http.MethodPost, Path: "/v1/records", Tags: []string{"records"}, Security: bearerOnly(),
		Summary: "Push one message",
		Description: "The message is taken in the form that the source's adapter knows. 200 means durable: results[0] holds one verdict for each of its records. " +
			"A message of which nothing could be taken is answered with a problem document and kept under its submission_id. " +
			fmt.Sprintf("At most %d bytes after decompression.", limits.Single),
		Parameters: append(pushHeaders(),
			&huma.Param{Name: dryRunParameter, In: "query", Description: "true: say what the push would do, and keep nothing", Schema: &huma.Schema{Type: huma.TypeBoolean}},
			headerParam(versionHeader, "Version of the record in the source, a positive integer", &huma.Schema{Type: huma.TypeInteger, Format: "int64"}),
			headerParam(timeHeader, "When the source says that this state came to be", &huma.Schema{Type: huma.TypeString, Format: "date-time"}),
		),
		RequestBody: pushBody(singleAccepts, nil),
	}
	one.RequestBody.Content[pushMedia] = &huma.MediaType{Schema: envelopeSchema()}
	many := &huma.Operation{
		OperationID: "push-records", Method: http.MethodPost, Path: "/v1/records:batch", Tags: []string{"records"}, Security: bearerOnly(),
		Summary: "Push a batch of messages",
		Description: "Messages are judged one by one and stored together; a bad one does not keep the others out. results[i] is about message i. " +
			"Content-Digest is advised over bad lines. " +
			fmt.Sprintf("At most %d messages, %d records and %d bytes after decompression.", gateway.MaxMessages, gateway.MaxRecords, limits.Batch),
		Parameters:  pushHeaders(),
		RequestBody: pushBody(jsonMedia, &huma.Schema{Type: huma.TypeArray, Items: &huma.Schema{Description: "A message in a form that the adapter knows"}}),
	}
	many.RequestBody.Content[ndjsonMedia] = &huma.MediaType{Schema: &huma.Schema{Type: huma.TypeString, Description: "One message a line"}}
	many.RequestBody.Content[pushMedia] = &huma.MediaType{Schema: &huma.Schema{Type: huma.TypeArray, Items: envelopeSchema()}}
	for _, op := range []*huma.Operation{one, many} {
		ok := okay(schemas, Answer{})
		ok.Headers = map[string]*huma.Param{
			"Idempotent-Replayed": {Description: "true: the saved answer of an earlier request with the same Idempotency-Key", Schema: text()},
		}
		if op == one {
			rehearsed := schemas.Schema(reflect.TypeFor[RehearsalAnswer](), true, "")
			ok.Content[jsonMedia].Schema = &huma.Schema{OneOf: []*huma.Schema{ok.Content[jsonMedia].Schema, rehearsed}}
		}
		op.Responses = withProblems(schemas, map[string]*huma.Response{"200": ok}, 400, 401, 403, 408, 409, 413, 415, 422, 429, 500, 503)
	}
	return []*huma.Operation{one, many}
}

func headerParam(name, description string, s *huma.Schema) *huma.Param {
	return &huma.Param{Name: name, In: "header", Description: description, Schema: s}
}

func pushHeaders() []*huma.Param {
	length := maxIdempotencyKey
	return []*huma.Param{
		headerParam("Idempotency-Key", "Names this request, quoted; the same key with the same body gets the same answer for 7 days", &huma.Schema{Type: huma.TypeString, MaxLength: &length}),
		headerParam("Content-Encoding", "Compression of the body", &huma.Schema{Type: huma.TypeString, Enum: []any{"gzip", "identity"}}),
		headerParam("Content-Digest", "RFC 9530, sha-256, of the body as sent; checked when present", text()),
		headerParam("Accept-Language", "Of problem texts: vi (default) or en", text()),
	}
}

// pushBody describes bodies that belong to adapters; nil means any form.
func pushBody(media string, s *huma.Schema) *huma.RequestBody {
	b := &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{}}
	for _, m := range strings.Split(media, ", ") {
		own := s
		if own == nil {
			own = &huma.Schema{Description: "A message in a form that the adapter knows"}
		}
		b.Content[m] = &huma.MediaType{Schema: own}
	}
	return b
}

func envelopeSchema() *huma.Schema {
	return &huma.Schema{
		Type: huma.TypeObject, Required: []string{"message"}, AdditionalProperties: false,
		Properties: map[string]*huma.Schema{
			"source_version": {Type: huma.TypeInteger, Format: "int64", Description: "As the header Gateway-Source-Version"},
			"event_time":     {Type: huma.TypeString, Format: "date-time", Description: "As the header Gateway-Event-Time"},
			"message":        {Description: "A message in a form that the adapter knows"},
		},
	}
}

func healthOperations(schemas huma.Registry) []*huma.Operation {
	health := func() *huma.Response {
		r := okay(schemas, Health{})
		r.Content = map[string]*huma.MediaType{healthMedia: r.Content[jsonMedia]}
		return r
	}
	unready := health()
	unready.Description = "Not ready"
	return []*huma.Operation{
		{
			OperationID: "livez", Method: http.MethodGet, Path: "/livez", Tags: []string{"health"}, Summary: "Whether the process runs",
			Responses: map[string]*huma.Response{"200": health()},
		},
		{
			OperationID: "startupz", Method: http.MethodGet, Path: "/startupz", Tags: []string{"health"},
			Summary: "Whether the database has the schema that the program needs", Responses: map[string]*huma.Response{"200": health(), "503": unready},
		},
		{
			OperationID: "readyz", Method: http.MethodGet, Path: "/readyz", Tags: []string{"health"}, Summary: "Whether requests make sense",
			Responses: map[string]*huma.Response{"200": health(), "503": unready},
		},
		{
			OperationID: "openapi", Method: http.MethodGet, Path: "/openapi.json", Tags: []string{"health"}, Summary: "This document",
			Responses: map[string]*huma.Response{"200": {Description: "OK", Content: map[string]*huma.MediaType{
				"application/openapi+json": {Schema: &huma.Schema{Type: huma.TypeObject}},
			}}},
		},
	}
}
