package sink

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"

	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/gateway/portal"
)

// Lookup implements [gateway.Destination]: GET URL/KIND/ID. A good status means
// that the entity is there, 404 or 410 that it is not; a page for people means
// neither, since then something in between has answered. Every other answer is
// a failure to wait for.
func (d *Destination) Lookup(ctx context.Context, key string) (gateway.Known, gateway.Outcome) {
	failed := func(out gateway.Outcome) (gateway.Known, gateway.Outcome) {
		if out.Kind != gateway.Throttled {
			out.Kind = gateway.Unavailable
		}
		return gateway.Known{}, out
	}
	kind, id, ok := strings.Cut(key, "/")
	if d.cfg.Lookup == gateway.ShowsNothing || !ok || strings.Trim(kind, "abcdefghijklmnopqrstuvwxyz_") != "" || strings.Trim(id, "0123456789abcdef-") != "" {
		return failed(gateway.Outcome{Shelf: gateway.ShelfGateway, Cause: d.cfg.Code + ".lookup.none", Err: errors.New("there is no look-up of this key")})
	}
	got, err := d.ask(ctx, d.cfg.URL+"/"+kind+"/"+id)
	if err != nil {
		return failed(d.unanswered(err))
	}
	page := unlike(got.Body)
	switch {
	case got.Status >= 200 && got.Status <= 204 && page == "":
		return gateway.Known{Exists: true}, gateway.Outcome{Kind: gateway.Found, HTTPStatus: got.Status}
	case (got.Status == http.StatusNotFound || got.Status == http.StatusGone) && page == "":
		return gateway.Known{}, gateway.Outcome{Kind: gateway.Absent, HTTPStatus: got.Status}
	}
	rule := statuses().Of(got.Status)
	out := gateway.Outcome{
		Kind: rule.Kind, Shelf: gateway.ShelfDestination, HTTPStatus: got.Status, RetryAfter: got.RetryAfter,
		Cause: d.cfg.Code + ".lookup.http." + strconv.Itoa(got.Status), Err: errors.New("the look-up's answer cannot be used"),
	}
	if rule.Shelf == gateway.ShelfGateway && page == "" {
		out.Shelf = gateway.ShelfGateway
	}
	if got.Status == http.StatusServiceUnavailable && got.RetryAfter > 0 {
		out.Kind = gateway.Throttled
	}
	return failed(out)
}

// ask makes one read, and once more with a fresh token where the one in use is refused.
func (d *Destination) ask(ctx context.Context, address string) (portal.Reply, error) {
	ctx, cancel := context.WithTimeout(ctx, d.cfg.Timeout)
	defer cancel()
	for again := false; ; again = true {
		token := d.bearer()
		h := http.Header{}
		d.authorise(h, token)
		got, err := d.client.Post(ctx, portal.Request{Method: http.MethodGet, URL: address, Header: h, Read: true})
		if err == nil && got.Status == http.StatusUnauthorized && !again && d.renew(token) {
			continue
		}
		return got, err
	}
}
