package ministry

import (
	"bytes"
	"context"
	"errors"
	"net/url"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/lienthong/lienthong/gateway"
)

// Send implements [gateway.Destination]. A call of the contract is about one
// dossier; where several are handed over they go one after the other, within
// the time of one call each.
func (d *Destination) Send(ctx context.Context, op gateway.Operation, calls []gateway.PlannedCall) []gateway.Outcome {
	outcomes := make([]gateway.Outcome, len(calls))
	for i := range calls {
		outcomes[i] = d.one(ctx, op, &calls[i])
		if cause := outcomes[i].Cause; cause != "" {
			outcomes[i].Cause = d.cfg.Code + "." + cause
		}
	}
	return outcomes
}

func (d *Destination) one(ctx context.Context, op gateway.Operation, call *gateway.PlannedCall) gateway.Outcome {
	ctx, cancel := context.WithTimeout(ctx, d.cfg.Timeout)
	defer cancel()
	if call.Operation != op {
		return ours("request.invalid", errors.New("a planned call of another operation"))
	}
	personal := func() []string { return append(personalIn(call.Payload), call.Key) }
	switch {
	case op == gateway.OpNumber:
		return d.number(ctx, personal)
	case len(call.Payload) == 0:
		return ours("request.invalid", errors.New("nothing to send"))
	case op == gateway.OpUpload:
		return d.upload(ctx, call.Payload[0], personal)
	case op == gateway.OpCreate:
		return d.create(ctx, call.Payload[0], personal)
	case op == gateway.OpSteps, op == gateway.OpStatus:
		path := d.cfg.StepsPath
		if op == gateway.OpStatus {
			path = d.cfg.StatusPath
		}
		list := append(append([]byte{'['}, bytes.Join(call.Payload, []byte{','})...), ']')
		_, out := d.call(ctx, op, message{path: path, contentType: jsonType, body: list}, personal)
		return onlyOnce(out, call.Steps)
	}
	return ours("request.invalid", errors.New("not an operation of this portal"))
}

// ours is what our own side could not do; nothing left.
func ours(cause string, err error) gateway.Outcome {
	return gateway.Outcome{Kind: gateway.Unavailable, Shelf: gateway.ShelfGateway, Cause: cause, Err: err}
}

// number asks for a dossier's number (GetNextValue). A number whose answer is
// lost stays unused at the portal; the next call brings another.
func (d *Destination) number(ctx context.Context, personal hidden) gateway.Outcome {
	separator := "?"
	if strings.Contains(d.cfg.NumberPath, "?") {
		separator = "&"
	}
	a, out := d.call(ctx, gateway.OpNumber, message{path: d.cfg.NumberPath + separator + "code=" + url.QueryEscape(d.cfg.NumberCode)}, personal)
	if out.Kind != gateway.Delivered {
		return out
	}
	value := scalar(a.whole, "value")
	if value == "" {
		value = scalar(a.whole, "data", "value")
	}
	if !plausible(value) {
		return withoutWhatWasAsked(out, "number.missing")
	}
	out.Issued = map[string]string{numberName: value}
	return out
}

// create hands a dossier in ("NoiHoSo"). What counts is idHoSo: without it
// nothing else can be sent for the dossier.
func (d *Destination) create(ctx context.Context, payload []byte, personal hidden) gateway.Outcome {
	a, out := d.call(ctx, gateway.OpCreate, message{path: d.cfg.CreatePath, contentType: jsonType, body: payload}, personal)
	id := scalar(a.whole, "data", "idHoSo")
	known := plausible(id) && sameNumber(a, payload)
	if known && out.Kind != gateway.RefusedData {
		out.Issued = map[string]string{idName: id}
	}
	if out.Kind == gateway.Delivered && !known {
		return withoutWhatWasAsked(out, "create.without_id")
	}
	return out
}

// sameNumber reports whether an answer is about the dossier that was sent, as far as it says.
func sameNumber(a answer, payload []byte) bool {
	told := scalar(a.whole, "data", "maHoSo")
	return told == "" || strings.EqualFold(told, scalar(payload, "MaHoSo"))
}

// withoutWhatWasAsked is a success that lacks the one thing that it was about.
func withoutWhatWasAsked(out gateway.Outcome, cause string) gateway.Outcome {
	out.Kind, out.Shelf, out.Cause = gateway.Unknown, gateway.ShelfDestination, cause
	out.Err = errors.New("the answer says success and does not hold what was asked for")
	return out
}

// personalMembers hold what must not show in causes and messages.
const personalMembers = " MaHoSo IDHoSo ChuHoSo TenNguoiNop SoDinhDanh SoDienThoai Email Fax DiaChiChiTiet TenChuHs SoDinhDanhChuHs " +
	"DiaChiChiTietChuHs NguoiXuLy url name "

// personalIn lists the values of those members anywhere in a call.
func personalIn(payload [][]byte) (values []string) {
	for _, item := range payload {
		dec := jsontext.NewDecoder(bytes.NewReader(item))
		for {
			token, err := dec.ReadToken()
			if err != nil {
				break
			}
			if kind, n := dec.StackIndex(dec.StackDepth()); kind != '{' || n%2 == 0 || token.Kind() != '"' {
				continue // not a name: names are the odd ones
			}
			if name := token.String(); strings.Contains(personalMembers, " "+name+" ") && dec.PeekKind() == '"' {
				var value string
				if json.UnmarshalDecode(dec, &value) == nil {
					values = append(values, value)
				}
			}
		}
	}
	return values
}
