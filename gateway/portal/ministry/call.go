package ministry

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/gateway/portal"
	"github.com/lienthong/lienthong/schema"
)

// hidden lists what is personal in a call. It is asked for failures only.
type hidden func() []string

// message is one call but for its token.
type message struct {
	path        string // with its query
	contentType string
	body        []byte // nil: a GET
}

// call makes one call with a token. The token is renewed once when the portal
// no longer knows it; a 401 proves that nothing was taken, so that even a write
// is made again.
func (d *Destination) call(ctx context.Context, op gateway.Operation, m message, personal hidden) (answer, gateway.Outcome) {
	for again := false; ; again = true {
		token, out := d.session.Get(ctx)
		if token == "" {
			return answer{}, out
		}
		a, out := d.send(ctx, op, m, token, personal)
		if out.Kind == gateway.SessionExpired {
			d.session.Expire(token)
			if !again {
				d.log.Info("portal token expired", "operation", string(op))
				continue
			}
		}
		return a, out
	}
}

// token asks for a token (GetToken). It takes nothing from anybody, so that its
// every failure is one to wait for.
func (d *Destination) token(ctx context.Context) (string, time.Duration, gateway.Outcome) {
	who := map[string]string{"client_id": d.cfg.ClientID, "client_secret": d.cfg.ClientSecret.Reveal()}
	body, err := json.Marshal(who, json.Deterministic(true))
	if err != nil {
		return "", 0, gateway.Outcome{Kind: gateway.Unavailable, Shelf: gateway.ShelfGateway, Cause: "login.request.invalid", Err: err}
	}
	a, out := d.send(ctx, gateway.OpLogin, message{path: d.cfg.TokenPath, contentType: jsonType, body: body}, "",
		func() []string { return []string{d.cfg.ClientID, d.cfg.ClientSecret.Reveal()} })
	token, lasts := tokenOf(a)
	if (out.Kind == gateway.Delivered || out.Cause == portal.BodyForeign) && plausibleToken(token) {
		return token, lasts, gateway.Outcome{}
	}
	switch out.Kind {
	case gateway.Delivered:
		out.Cause, out.Shelf, out.Err = "contradiction", gateway.ShelfDestination, errors.New("a login without a token")
	case gateway.SessionExpired, gateway.RefusedData: // our credentials
		out.Shelf = gateway.ShelfGateway
	}
	if out.Kind != gateway.Throttled {
		out.Kind = gateway.Unavailable
	}
	out.Cause = "login." + out.Cause
	d.log.Warn("portal login did not succeed", "outcome", string(out.Kind), "cause", out.Cause, "http_status", out.HTTPStatus)
	return "", 0, out
}

// maxToken bounds a token; those that are signed documents are long.
const maxToken = 8 << 10

func plausibleToken(token string) bool {
	return len(token) <= maxToken && plausible(token[:min(len(token), maxHandle)])
}

const jsonType = "application/json"

// send makes one call and judges what comes back. Without a whole answer the
// trace of the connection decides between unavailable and unknown.
func (d *Destination) send(ctx context.Context, op gateway.Operation, m message, token string, personal hidden) (answer, gateway.Outcome) {
	header := http.Header{"Accept": {jsonType}}
	if m.contentType != "" {
		header.Set("Content-Type", m.contentType)
	}
	if token != "" {
		header.Set("Authorization", "Bearer "+token)
	}
	request := portal.Request{URL: d.cfg.address(m.path), Header: header, Body: m.body, Read: op == gateway.OpLogin}
	if m.body == nil {
		request.Method = http.MethodGet
	}
	got, err := d.client.Post(ctx, request)
	if err != nil {
		out := portal.Unanswered(err)
		if out.HTTPStatus == http.StatusBadRequest {
			out = unread(out.HTTPStatus, err)
		}
		return answer{}, out
	}
	a, out := d.judge(op, got, personal)
	out.HTTPStatus, out.RetryAfter = got.Status, got.RetryAfter
	return a, out
}

// judge reads an answer: the body by the rules where the status lets it speak,
// else the status alone. What is no answer of the portal is shown to people,
// masked and cut.
func (d *Destination) judge(op gateway.Operation, got portal.Reply, personal hidden) (answer, gateway.Outcome) {
	status := d.statuses.Of(got.Status)
	a, wrong := read(got.Body)
	byStatus := status.Outcome(got.Status)
	good := got.Status < http.StatusMultipleChoices
	if a.Text != "" && !(good && a.Formed) {
		byStatus.Message = portal.Mask(a.Text, personal()...)
	}
	switch {
	case good && (wrong != "" || !a.Formed):
		byStatus.Cause = wrong
		if wrong == "" {
			byStatus.Cause = portal.BodyForeign
		}
		byStatus.Err = errors.New("the body is no answer of the portal")
		return a, byStatus
	case got.Status == http.StatusBadRequest && (wrong == portal.BodyEmpty || wrong == portal.BodyTruncated):
		return a, unread(got.Status, errors.New("a refusal whose words were lost"))
	case !status.Body, !a.Formed:
		return a, byStatus
	}
	if !good && a.Code == "" {
		a.Code = strconv.Itoa(got.Status)
	}
	rule, ok := d.rules.Match(op, a.Answer)
	switch {
	case !ok:
		return a, byStatus
	case !good && rule.Kind == gateway.Delivered: // an error by status that says success
		rule = portal.Rule{Name: "contradiction", Kind: gateway.Unknown, Shelf: gateway.ShelfDestination}
	}
	return a, rule.Outcome(a.Answer, personal)
}

// refusalUnread is the cause of a refusal whose words were lost on the way.
const refusalUnread = "refusal.unread"

// unread is a 400 without its words, which may have been those of "exists" as
// well as those of bad data. The status alone says that this call changed
// nothing, and so it is made again, by schedule, until its words arrive.
func unread(status int, err error) gateway.Outcome {
	return gateway.Outcome{Kind: gateway.RefusedData, Shelf: gateway.ShelfDestination, Cause: refusalUnread, HTTPStatus: status, Err: err}
}

// onlyOnce makes a doubt of a refusal that nobody could read where the call
// carries a request for papers: one that stands there twice costs the province,
// and the portal is known to contradict itself.
func onlyOnce(out gateway.Outcome, steps []schema.StepKey) gateway.Outcome {
	requests := func(k schema.StepKey) bool { return strings.HasSuffix(string(k), "/5") }
	if out.Cause == refusalUnread && slices.ContainsFunc(steps, requests) {
		out.Kind = gateway.Unknown
	}
	return out
}
