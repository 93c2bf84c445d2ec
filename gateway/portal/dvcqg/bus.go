package dvcqg

import (
	"cmp"
	"context"
	"net/http"
	"net/url"
	"strings"

	"github.com/lienthong/lienthong/gateway"
)

// How writes are wrapped. Some provinces may call the portal through their own
// bus alone, which takes a bare array, logs in by itself and has no look-up.
const (
	WireEnvelope  = "envelope"  // the portal's own: one address, service and session in the body
	WireNamed     = "named"     // URL/DongBoHoSoMC?MaDinhDanhDV=…&isUpdating=True, as Hà Giang's bus has it
	WireAddresses = "addresses" // one address each to create, to update and for steps
)

// throughBus reports whether writes go through a bus.
func (c Config) throughBus() bool { return c.Wire != WireEnvelope }

// checkWire says what is wrong with how the portal is reached, "" when nothing is.
func (c Config) checkWire() string {
	paths := c.CreatePath != "" || c.UpdatePath != "" || c.StepsPath != ""
	switch {
	case c.Wire != WireEnvelope && c.Wire != WireNamed && c.Wire != WireAddresses:
		return "writes are wrapped as envelope, named or addresses"
	case c.Wire == WireAddresses && (c.CreatePath == "" || c.UpdatePath == "" || c.StepsPath == ""):
		return "a bus of three addresses has a path to create, to update and for steps"
	case c.Wire != WireAddresses && paths:
		return "only a bus of three addresses has a path for each"
	case !c.throughBus() && (c.LookupURL != "" || c.Lookup == gateway.ShowsNothing):
		return "the portal itself is asked where it is written to"
	case c.throughBus() && (c.LookupURL == "") != (c.Lookup == gateway.ShowsNothing):
		return "behind a bus a look-up needs an address of its own, and shows none without it"
	}
	return ""
}

// busAddress is where a bus takes a call.
func (c Config) busAddress(op gateway.Operation, e envelope) string {
	if c.Wire == WireAddresses {
		return below(c.URL, map[gateway.Operation]string{
			gateway.OpCreate: c.CreatePath, gateway.OpUpdate: c.UpdatePath, gateway.OpSteps: c.StepsPath,
		}[op])
	}
	address := below(c.URL, e.Service) + "?MaDinhDanhDV=" + url.QueryEscape(c.Agency)
	if e.IsUpdating != "" {
		address += "&isUpdating=" + e.IsUpdating
	}
	return address
}

func below(base, path string) string {
	return strings.TrimRight(base, "/") + "/" + strings.TrimLeft(path, "/")
}

// viaBus makes one write through a bus. A session that expired there is the
// bus's own: nothing was stored, and there is none of ours to renew.
func (d *Destination) viaBus(ctx context.Context, op gateway.Operation, e envelope, personal hidden) (answer, gateway.Outcome) {
	header := http.Header{"Accept": {"application/json"}, "Content-Type": {"application/json"}}
	a, out := d.post(ctx, op, d.cfg.busAddress(op, e), header, e.Data, personal)
	if out.Kind == gateway.SessionExpired {
		out.Kind, out.Shelf = gateway.Unavailable, gateway.ShelfDestination
	}
	return a, d.named(out)
}

// named puts the destination before a cause.
func (d *Destination) named(out gateway.Outcome) gateway.Outcome {
	if out.Cause != "" {
		out.Cause = d.cfg.Code + "." + out.Cause
	}
	return out
}

// asked is the base of logins and look-ups.
func (c Config) asked() string { return cmp.Or(c.LookupURL, c.URL) }
