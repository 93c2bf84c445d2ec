package httpapi

import (
	"bytes"
	"encoding/json"
	"net/http"
	"reflect"
	"slices"
	"strconv"

	"github.com/danielgtaylor/huma/v2"

	"github.com/lienthong/lienthong/internal/fault"
)

const keyScheme = "apiKey"

func bearerOnly() []map[string][]string { return []map[string][]string{{keyScheme: {}}} }

func recordOperation() huma.Operation {
	return huma.Operation{
		OperationID: "get-record", Method: http.MethodGet, Path: "/v1/records/{source}/{kind}/{id}", Tags: []string{"records"},
		Summary: "The current revision of a record", Errors: []int{401, 403, 404, 422, 429, 500, 503},
	}
}

func journeyOperation() huma.Operation {
	return huma.Operation{
		OperationID: "get-record-journey", Method: http.MethodGet, Path: "/v1/records/{source}/{kind}/{id}/journey", Tags: []string{"records"},
		Summary: "What happened to a record and its entity so far", Errors: []int{401, 403, 404, 422, 429, 500, 503},
	}
}

func submissionOperation() huma.Operation {
	return huma.Operation{
		OperationID: "get-submission", Method: http.MethodGet, Path: "/v1/submissions/{id}", Tags: []string{"records"},
		Summary: "What was answered to one message", Errors: []int{401, 403, 404, 422, 429, 500, 503},
	}
}

func receiptOperation() huma.Operation {
	return huma.Operation{
		OperationID: "get-submission-receipt", Method: http.MethodGet, Path: "/v1/submissions/{id}/receipt", Tags: []string{"records"},
		Summary: "A signed receipt for one message, with its place in the journal",
		Description: "The place is there a second after the push: until then journal is absent. What the answer proves, anybody can check who " +
			"has the public key: lienthong journal receipt FILE. 404 also where the gateway has no key to sign with.",
		Errors: []int{401, 403, 404, 422, 429, 500, 503},
	}
}

// feedOperation describes the page by hand, since it is written by hand.
func feedOperation(schemas huma.Registry) huma.Operation {
	return huma.Operation{
		OperationID: "read-feed", Method: http.MethodGet, Path: "/v1/feeds/{feed}", Tags: []string{"feeds"},
		Summary: "Changes of entities, in order, as a long poll",
		Description: "At least once, and in order per partitionkey. The cursor of an empty page may be further on than the one that was " +
			"asked with: keep it too. A cursor from before the feed was numbered anew, or behind which changes are not held any more, " +
			"is answered 410 with snapshot_url and resume_cursor.",
		Errors:    []int{400, 401, 403, 404, 410, 422, 429, 500, 503},
		Responses: map[string]*huma.Response{"200": okay(schemas, FeedPage{})},
	}
}

// snapshotOperation describes the page by hand too.
func snapshotOperation(schemas huma.Registry) huma.Operation {
	return huma.Operation{
		OperationID: "read-feed-snapshot", Method: http.MethodGet, Path: "/v1/feeds/{feed}/snapshot", Tags: []string{"feeds"},
		Summary: "All entities as they stand, page by page",
		Description: "Take the pages to the last one, then read the feed from delta_cursor on: together they miss nothing, and what " +
			"changed meanwhile may come twice. A snapshot that was begun before the feed was numbered anew, or whose delta is not " +
			"held any more, is answered 410: begin again without a cursor.",
		Errors:    []int{400, 401, 403, 404, 410, 422, 429, 500, 503},
		Responses: map[string]*huma.Response{"200": okay(schemas, SnapshotPage{})},
	}
}

// okay describes a JSON answer of the type of v.
func okay(schemas huma.Registry, v any) *huma.Response {
	return &huma.Response{Description: "OK", Content: map[string]*huma.MediaType{
		jsonMedia: {Schema: schemas.Schema(reflect.TypeOf(v), true, "")},
	}}
}

// withProblems adds problem documents to the answers of an operation.
func withProblems(schemas huma.Registry, responses map[string]*huma.Response, statuses ...int) map[string]*huma.Response {
	if responses == nil {
		responses = map[string]*huma.Response{}
	}
	problem := map[string]*huma.MediaType{problemMedia: {Schema: schemas.Schema(reflect.TypeFor[Problem](), true, "")}}
	for _, status := range statuses {
		r := &huma.Response{Description: http.StatusText(status), Content: problem, Headers: map[string]*huma.Param{
			"Gateway-Error-Origin": {Description: "Whose fault it is", Schema: text()},
		}}
		if status == http.StatusTooManyRequests || status == http.StatusServiceUnavailable || status == http.StatusConflict {
			r.Headers["Retry-After"] = &huma.Param{Description: "Seconds", Schema: &huma.Schema{Type: huma.TypeInteger}}
		}
		responses[strconv.Itoa(status)] = r
	}
	return responses
}

func text() *huma.Schema { return &huma.Schema{Type: huma.TypeString} }

// describe completes the document and keeps it as bytes.
func (a *API) describe(doc *huma.OpenAPI) error {
	schemas := doc.Components.Schemas
	delete(schemas.Map(), "ErrorModel") // huma's own, which nobody gets to see
	delete(schemas.Map(), "ErrorDetail")
	doc.Info.Description = "Push records of specialised systems, see what became of them, and read the changes of entities. " +
		"Errors are RFC 9457 problem documents, in Vietnamese or, by Accept-Language, in English. " +
		"Every answer has a Gateway-Request-Id."
	doc.Components.SecuritySchemes = map[string]*huma.SecurityScheme{
		keyScheme: {Type: "http", Scheme: "bearer", Description: "The API key of a source or a consumer, made by the operators; it says what it opens"},
	}
	for _, op := range slices.Concat(pushOperations(schemas, a.opts.Limits), orderOperations(schemas), opsOrders(schemas), writerOperations(schemas), healthOperations(schemas)) {
		doc.AddOperation(op)
	}
	raw, err := json.Marshal(doc)
	if err != nil {
		return fault.Wrap(err, fault.Internal, "httpapi.describe")
	}
	var indented bytes.Buffer
	if err := json.Indent(&indented, raw, "", "  "); err != nil {
		return fault.Wrap(err, fault.Internal, "httpapi.describe")
	}
	a.document = append(indented.Bytes(), '\n')
	return nil
}
