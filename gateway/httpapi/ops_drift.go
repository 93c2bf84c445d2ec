package httpapi

import (
	"context"
	"encoding/base64"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/internal/fault"
)

func driftOperation() huma.Operation {
	return huma.Operation{
		OperationID: "list-drift", Method: http.MethodGet, Path: "/v1/ops/drift", Tags: []string{"ops"},
		Summary: "What destinations show otherwise than we hold it, oldest first", Errors: []int{401, 403, 422, 429, 500, 503},
	}
}

func agreementOperation() huma.Operation {
	return huma.Operation{
		OperationID: "list-agreement", Method: http.MethodGet, Path: "/v1/ops/agreement", Tags: []string{"ops"},
		Summary: "How far destinations and we agree", Errors: []int{401, 403, 422, 429, 500, 503},
	}
}

type driftQuery struct {
	Class       string `query:"class" enum:"not_sent,sent_not_shown,shown_differently,portal_newer,foreign" doc:"Absent: every class"`
	Commune     string `query:"commune" doc:"Agency code or name of who received it, as the list has it; absent: every one"`
	Destination string `query:"destination" doc:"Absent: every one" example:"dvcqg"`
	Limit       int    `query:"limit" default:"100" minimum:"1" maximum:"1000" doc:"Most items of a page"`
	Cursor      string `query:"cursor" doc:"next_cursor of the page before"`
}

// DriftPage is a page of what differs.
type DriftPage struct {
	Items      []DriftItem `json:"items" nullable:"false"`
	NextCursor string      `json:"next_cursor,omitempty" doc:"Absent on the last page"`
	HasMore    bool        `json:"has_more"`
}

// DriftItem is one entity that a destination shows otherwise than we hold it.
type DriftItem struct {
	Destination string    `json:"destination"`
	EntityID    uuid.UUID `json:"entity_id" format:"uuid"`
	Key         string    `json:"key" doc:"What the destination calls it; the number of a dossier"`
	Class       string    `json:"class"`
	FoundAt     time.Time `json:"found_at" doc:"Since when it has stood in this class"`
	LookedAt    time.Time `json:"looked_at"`
	Commune     string    `json:"commune,omitempty"`
	Agency      string    `json:"agency,omitempty"`
	Procedure   string    `json:"procedure,omitempty"`
	Absent      bool      `json:"absent,omitempty" doc:"Nothing at all is shown"`
	Header      bool      `json:"header,omitempty" doc:"The header differs"`
	Lacks       []string  `json:"lacks,omitempty" doc:"Steps of ours that are not shown: number, time, status"`
	Extra       []string  `json:"extra,omitempty" doc:"Steps that are shown and not ours"`
	Repair      string    `json:"repair" doc:"What its repair does"`
}

type driftAnswer struct{ Body DriftPage }

func (a *API) drift(ctx context.Context, c *call, in *driftQuery) (*driftAnswer, error) {
	if !storable(in.Commune) || !storable(in.Destination) {
		return nil, badCursor("commune")
	}
	q := gateway.DriftQuery{Class: gateway.DriftClass(in.Class), Commune: in.Commune, Destination: in.Destination, Limit: in.Limit + 1}
	var ok bool
	if q.After, ok = parseDriftCursor(in.Cursor); !ok {
		return nil, badCursor("cursor")
	}
	out := &driftAnswer{Body: DriftPage{Items: []DriftItem{}}}
	if a.opts.Drift == nil {
		return out, nil
	}
	all, err := a.opts.Drift.Drifts(ctx, q)
	if err != nil {
		return nil, err
	}
	if out.Body.HasMore = len(all) > in.Limit; out.Body.HasMore {
		all = all[:in.Limit]
		last := all[len(all)-1]
		out.Body.NextCursor = driftCursor(gateway.DriftCursor{FoundAt: last.FoundAt, EntityID: last.EntityID})
	}
	for i := range all {
		out.Body.Items = append(out.Body.Items, driftItem(&all[i], c.lang))
	}
	return out, nil
}

func driftItem(d *gateway.Drift, lang language) DriftItem {
	item := DriftItem{
		Destination: d.Destination, EntityID: d.EntityID, Key: d.Key, Class: string(d.Class), FoundAt: d.FoundAt, LookedAt: d.LookedAt,
		Commune: d.Commune, Agency: d.Agency, Procedure: d.Procedure, Absent: d.Absent, Header: d.Header, Repair: lang.in(d.Class.Repair()),
	}
	for _, k := range d.Lacks {
		item.Lacks = append(item.Lacks, string(k))
	}
	for _, k := range d.Extra {
		item.Extra = append(item.Extra, string(k))
	}
	return item
}

func badCursor(parameter string) error {
	return badQuery(parameter, fault.Problem{
		Code: "query.invalid", Detail: "Giá trị của tham số không hợp lệ.", DetailEN: "The value of the parameter is not valid.",
	})
}

// driftCursor is opaque to callers.
func driftCursor(c gateway.DriftCursor) string {
	return base64.RawURLEncoding.EncodeToString([]byte("1 " + c.FoundAt.Format(time.RFC3339Nano) + " " + c.EntityID.String()))
}

func parseDriftCursor(text string) (c gateway.DriftCursor, ok bool) {
	if text == "" {
		return c, true
	}
	plain, err := base64.RawURLEncoding.DecodeString(text)
	parts := strings.Split(string(plain), " ")
	if err != nil || len(parts) != 3 || parts[0] != "1" {
		return c, false
	}
	var wrong error
	c.FoundAt, err = time.Parse(time.RFC3339Nano, parts[1])
	c.EntityID, wrong = uuid.Parse(parts[2])
	return c, err == nil && wrong == nil
}

type agreementQuery struct {
	By string `query:"by" default:"commune" enum:"commune,agency,procedure" doc:"By what agreement is told apart"`
}

// AgreementPage is how far destinations and we agree.
type AgreementPage struct {
	Items []AgreementItem `json:"items" nullable:"false"`
}

// AgreementItem is one commune, agency or procedure at one destination.
type AgreementItem struct {
	Destination string     `json:"destination"`
	Code        string     `json:"code" doc:"Empty: the dossiers do not say"`
	Looked      int64      `json:"looked" doc:"Dossiers that were looked at, once each"`
	Differing   int64      `json:"differing"`
	Rate        float64    `json:"rate" doc:"1: all that was looked at agrees"`
	OldestLook  *time.Time `json:"oldest_look,omitempty"`
}

type agreementAnswer struct{ Body AgreementPage }

func (a *API) agreement(ctx context.Context, _ *call, in *agreementQuery) (*agreementAnswer, error) {
	out := &agreementAnswer{Body: AgreementPage{Items: []AgreementItem{}}}
	if a.opts.Drift == nil {
		return out, nil
	}
	lines, err := a.opts.Drift.Agreement(ctx, in.By)
	if err != nil {
		return nil, err
	}
	for _, l := range lines {
		out.Body.Items = append(out.Body.Items, AgreementItem(l))
	}
	return out, nil
}
