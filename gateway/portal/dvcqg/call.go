package dvcqg

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/gateway/portal"
)

// hidden lists what is personal in a call. It is asked for failures only.
type hidden func() []string

// call makes one call of a service within the time of one call. The session is
// renewed once when the portal no longer knows it; that answer proves that
// nothing was stored, so that even a write is made again.
func (d *Destination) call(ctx context.Context, op gateway.Operation, e envelope, personal hidden) (answer, gateway.Outcome) {
	ctx, cancel := context.WithTimeout(ctx, d.cfg.Timeout)
	defer cancel()
	e.Agency = d.cfg.Agency
	if d.cfg.throughBus() && isWrite(op) && op != gateway.OpStatus {
		return d.viaBus(ctx, op, e, personal)
	}
	for again := false; ; again = true {
		token, out := d.session.Get(ctx)
		var a answer
		if token != "" {
			e.Session = token
			a, out = d.post(ctx, op, d.cfg.address(d.cfg.IntegrationPath), d.axis(), e.body(), personal)
		}
		if token != "" && out.Kind == gateway.SessionExpired {
			d.session.Expire(token)
			if !again {
				d.log.Info("portal session expired", "operation", string(op))
				continue
			}
		}
		return a, d.named(out)
	}
}

// axis returns the headers of a call to the portal itself.
func (d *Destination) axis() http.Header {
	header := http.Header{"Accept": {"application/json"}, "Content-Type": {"application/json"}, "Charset": {"utf-8"}}
	if d.cfg.DstCodeIn == DstCodeInHeader {
		header.Set("dstcode", d.cfg.DstCode)
	}
	return header
}

// login asks for a session. It takes nothing from anybody, so that its every
// failure is one to wait for. How long the session lasts is not said.
func (d *Destination) login(ctx context.Context) (string, time.Duration, gateway.Outcome) {
	who := credentials{Username: d.cfg.Username, Password: d.cfg.Password.Reveal()}
	a, out := d.post(ctx, gateway.OpLogin, d.cfg.address(d.cfg.LoginPath), d.axis(), who, func() []string { return []string{who.Username, who.Password} })
	if out.Kind == gateway.Delivered && a.Session != "" {
		return a.Session, 0, gateway.Outcome{}
	}
	if out.Kind == gateway.Delivered {
		out.Cause, out.Shelf, out.Err = "contradiction", gateway.ShelfDestination, errors.New("a login without a session")
	}
	if out.Kind != gateway.Throttled {
		out.Kind = gateway.Unavailable
	}
	out.Cause = "login." + out.Cause
	d.log.Warn("portal login did not succeed", "outcome", string(out.Kind), "cause", out.Cause, "http_status", out.HTTPStatus)
	return "", 0, out
}

// post sends one body and judges what comes back as that of a write. Without a
// whole answer the trace of the connection decides between unavailable and unknown.
func (d *Destination) post(
	ctx context.Context, op gateway.Operation, address string, header http.Header, body any, personal hidden,
) (answer, gateway.Outcome) {
	data, err := json.Marshal(body)
	if err != nil {
		return answer{}, gateway.Outcome{Kind: gateway.Unavailable, Shelf: gateway.ShelfGateway, Cause: "request.invalid", Err: err}
	}
	got, err := d.client.Post(ctx, portal.Request{URL: address, Header: header, Body: data, Read: !isWrite(op)})
	if err != nil {
		return answer{}, portal.Unanswered(err)
	}
	a, out := d.judge(op, got, personal)
	out.HTTPStatus, out.RetryAfter = got.Status, got.RetryAfter
	return a, out
}

// judge reads an answer: the body by the rules where the status lets it speak,
// else the status alone.
func (d *Destination) judge(op gateway.Operation, got portal.Reply, personal hidden) (answer, gateway.Outcome) {
	status := d.statuses.Of(got.Status)
	byStatus := status.Outcome(got.Status)
	if !status.Body {
		return answer{}, byStatus
	}
	good := got.Status < http.StatusMultipleChoices
	a, wrong := read(got.Body)
	rule, ok := d.rules.Match(op, a.Answer)
	switch {
	case good && !ok && wrong != "":
		return a, gateway.Outcome{
			Kind: gateway.Unknown, Shelf: gateway.ShelfDestination, Cause: wrong, Err: errors.New("the body is no answer of the portal"),
		}
	case !ok, !good && a.Code == "":
		return a, byStatus
	case !good && rule.Kind == gateway.Delivered: // an error by status that says success
		rule = portal.Rule{Name: "contradiction", Kind: gateway.Unknown, Shelf: gateway.ShelfDestination}
	}
	return a, rule.Outcome(a.Answer, personal)
}

func isWrite(op gateway.Operation) bool {
	return op == gateway.OpCreate || op == gateway.OpUpdate || op == gateway.OpSteps || op == gateway.OpStatus
}
