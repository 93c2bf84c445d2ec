package httpapi

import (
	"context"
	"net/http"
	"net/url"

	"github.com/google/uuid"

	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/internal/fault"
)

// dryRunParameter asks for a rehearsal of a single push.
const dryRunParameter = "dry_run"

// dryRun reads the query of a single push: nothing, or dry_run=true or false.
// Whatever else stands there must not be taken for a push.
func dryRun(r *http.Request) (bool, error) {
	if r.URL.RawQuery == "" {
		return false, nil
	}
	query, err := url.ParseQuery(r.URL.RawQuery)
	values := query[dryRunParameter]
	switch {
	case err != nil || len(query) != 1 || len(values) == 0:
		return false, badQuery("", fault.Problem{
			Code: "query.unknown", Detail: "Có tham số không được hỗ trợ; tên tham số phân biệt chữ hoa, chữ thường.",
			DetailEN: "There is a parameter that is not known; names are case-sensitive.", Expected: dryRunParameter,
		})
	case len(values) == 1 && values[0] == "true":
		return true, nil
	case len(values) == 1 && values[0] == "false":
		return false, nil
	}
	return false, badQuery(dryRunParameter, fault.Problem{
		Code: "query.invalid", Detail: "Giá trị của tham số không hợp lệ.", DetailEN: "The value of the parameter is not valid.", Expected: "true or false",
	})
}

// rehearse answers what a push of the message would do. A refusal is an answer
// here, not a problem: nothing was asked to be kept.
func (a *API) rehearse(ctx context.Context, w *response, c *call, m gateway.Message, root string) error {
	r, err := a.opts.Ingestor.Rehearse(ctx, gateway.Push{Source: c.source, Messages: []gateway.Message{m}})
	if err != nil {
		return err
	}
	b := appendAnswer(nil, r.Answer, c.lang, root)
	b = append(b[:len(b)-len("}\n")], `,"dry_run":true,"would_store":[`...)
	for i := range r.Records {
		b = appendRehearsed(comma(b, i), &r.Records[i])
	}
	w.Header().Set("Content-Language", string(c.lang))
	send(w, http.StatusOK, jsonMedia, append(b, "]}\n"...))
	return nil
}

// appendRehearsed appends one member of would_store.
func appendRehearsed(b []byte, r *gateway.RehearsedRecord) []byte {
	b = quote(append(b, `{"kind":`...), string(r.Kind))
	b = quote(append(b, `,"id":`...), r.ID)
	b = quote(append(b, `,"verdict":`...), string(r.Verdict))
	b = appendEntity(b, r.EntityID)
	b = append(append(b, `,"body":`...), r.Body...)
	b = append(b, `,"mentions":[`...)
	for i, m := range r.Mentions {
		b = quote(append(comma(b, i), `{"role":`...), m.Role)
		b = quote(append(b, `,"kind":`...), string(m.Kind))
		b = quote(append(b, `,"ground":`...), m.Ground)
		b = append(appendEntity(b, m.EntityID), '}')
	}
	return append(b, "]}"...)
}

// appendEntity appends the entity that is held, none where it would be new.
func appendEntity(b []byte, id uuid.UUID) []byte {
	if id == uuid.Nil {
		return b
	}
	return appendUUID(append(b, `,"entity_id":`...), id)
}

// RehearsalAnswer is what a push with dry_run=true is answered.
type RehearsalAnswer struct {
	Answer
	DryRun     bool             `json:"dry_run" enum:"true"`
	WouldStore []RehearsedEntry `json:"would_store" nullable:"false" doc:"The records that were judged, in the order of results"`
}

// RehearsedEntry is a record as it would be stored.
type RehearsedEntry struct {
	Kind     string             `json:"kind"`
	ID       string             `json:"id"`
	Verdict  gateway.Verdict    `json:"verdict" enum:"accepted,unchanged,superseded,rejected,needs_review"`
	EntityID *uuid.UUID         `json:"entity_id,omitempty" format:"uuid" doc:"Absent where the entity would be new"`
	Body     map[string]any     `json:"body" doc:"Canonical form"`
	Mentions []RehearsedMention `json:"mentions" nullable:"false"`
}

// RehearsedMention is a person or organisation that the record names.
type RehearsedMention struct {
	Role     string     `json:"role" example:"mother"`
	Kind     string     `json:"kind" enum:"person,organisation"`
	Ground   string     `json:"ground" doc:"Why it would be linked, or why not"`
	EntityID *uuid.UUID `json:"entity_id,omitempty" format:"uuid"`
}
