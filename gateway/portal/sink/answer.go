package sink

import (
	"net/http"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/gateway/portal"
)

// statuses is how answers to writes are read, before [portal.Statuses]. A
// refusal is believed of statuses that speak of the content; the others of the
// 4xx (401, 403, 404, 405 …) say that address or rights are wrong, which is
// nobody's data: everything waits until that is put right.
func statuses() portal.StatusTable {
	own := portal.StatusTable{
		{From: 200, To: 204, Body: true, Kind: gateway.Delivered},
		{From: 207, To: 207, Kind: gateway.RefusedData, Shelf: gateway.ShelfGateway}, // some were taken: alone, each gets an answer of its own
		{From: 400, To: 400, Kind: gateway.RefusedData, Shelf: gateway.ShelfSource},
		{From: 409, To: 409, Body: true, Kind: gateway.RefusedData, Shelf: gateway.ShelfSource},
		{From: 422, To: 422, Kind: gateway.RefusedData, Shelf: gateway.ShelfSource},
	}
	return append(own, portal.Statuses()...)
}

// unanswered is the outcome of a call that ended without a whole answer.
func (d *Destination) unanswered(err error) gateway.Outcome {
	out := portal.Unanswered(err)
	out.Cause = d.cfg.Code + "." + out.Cause
	return out
}

// judge reads the answer to a write.
func (d *Destination) judge(got portal.Reply, e envelope) gateway.Outcome {
	out := statuses().Of(got.Status).Outcome(got.Status)
	out.HTTPStatus, out.RetryAfter = got.Status, got.RetryAfter
	switch doubt := unlike(got.Body); {
	case out.Kind == gateway.Delivered && doubt != "":
		out.Kind, out.Shelf, out.Cause = gateway.Unknown, gateway.ShelfDestination, doubt
	case out.Kind == gateway.Delivered, got.Status == http.StatusConflict && names(got.Body, e):
		return gateway.Outcome{Kind: gateway.Delivered, HTTPStatus: got.Status}
	case got.Status == http.StatusConflict && got.RetryAfter > 0, // the same call is still being worked on
		got.Status == http.StatusServiceUnavailable && got.RetryAfter > 0:
		out.Kind, out.Shelf = gateway.Throttled, gateway.ShelfDestination
	}
	reason, words := said(got.Body)
	values := personalIn(e.body, words)
	if out.Kind == gateway.RefusedData && reason != "" {
		out.Cause += ":" + portal.Fingerprint(reason, values...)
	}
	out.Cause, out.Message = d.cfg.Code+"."+out.Cause, portal.Mask(words, values...)
	return out
}

// unlike says how the body of a good status is none that a program sends: a
// page for people comes from a proxy or a login in between, and JSON that breaks
// off from a program that did not get to its end. Nothing at all is the usual answer.
func unlike(body []byte) string {
	body = portal.Bare(body)
	switch {
	case len(body) == 0:
		return ""
	case body[0] == '<':
		return portal.BodyMarkup
	case (body[0] == '{' || body[0] == '[') && !jsontext.Value(body).IsValid():
		return portal.BodyTruncated
	}
	return ""
}

// names reports whether a conflict is about the very event that was sent: then it was taken before.
func names(body []byte, e envelope) bool {
	var named struct {
		ID string `json:"id"`
	}
	return len(e.ids) == 1 && json.Unmarshal(body, &named) == nil && strings.EqualFold(named.ID, e.ids[0])
}

// said returns what a refusal says: a reason that is equal for equal refusals,
// and all of it. The members are those of RFC 9457 and what others use in their place.
func said(body []byte) (reason, words string) {
	var p struct {
		Code   jsontext.Value `json:"code"`
		Type   jsontext.Value `json:"type"`
		Title  jsontext.Value `json:"title"`
		Error  jsontext.Value `json:"error"`
		Detail jsontext.Value `json:"detail"`
		Text   jsontext.Value `json:"message"`
	}
	if json.Unmarshal(body, &p) != nil {
		return "", ""
	}
	var all []string
	for _, v := range []jsontext.Value{p.Code, p.Type, p.Title, p.Error, p.Text, p.Detail} {
		var s string
		if v.Kind() != '"' || json.Unmarshal(v, &s) != nil || s == "" || s == "about:blank" {
			continue
		}
		all = append(all, s)
	}
	if len(all) == 0 {
		return "", ""
	}
	return all[0], strings.Join(all, ": ")
}
