package dvcqg

import (
	"context"
	"errors"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/gateway/portal"
)

// Send implements [gateway.Destination]. The portal answers a call as a whole,
// whatever it is about: every outcome is the same one and says so.
func (d *Destination) Send(ctx context.Context, op gateway.Operation, calls []gateway.PlannedCall) []gateway.Outcome {
	if len(calls) == 0 {
		return nil
	}
	if op == gateway.OpCatalogue {
		return d.readProcedures(ctx, calls)
	}
	e, data, err := d.envelope(op, calls)
	if err != nil {
		return portal.Whole(gateway.Outcome{
			Kind: gateway.Unavailable, Shelf: gateway.ShelfGateway, Cause: d.cfg.Code + ".request.invalid", Err: err,
		}, len(calls))
	}
	_, out := d.call(ctx, op, e, func() []string { return personalIn(data) })
	if d.cfg.Partial && len(data) > 1 && (out.Kind == gateway.RefusedData || out.Kind == gateway.Exists || out.Kind == gateway.Absent) {
		out.Kind, out.Shelf = gateway.Unknown, gateway.ShelfDestination
	}
	return portal.Whole(out, len(calls))
}

// envelope puts the items of all calls, in order, into one.
func (d *Destination) envelope(op gateway.Operation, calls []gateway.PlannedCall) (envelope, []jsontext.Value, error) {
	e := envelope{Service: serviceDossier}
	switch op {
	case gateway.OpCreate:
		e.IsUpdating = "False"
	case gateway.OpUpdate:
		e.IsUpdating = "True"
	case gateway.OpSteps:
		e.Service = serviceProgress
	case gateway.OpStatus:
		e.Service = serviceReport
	default:
		return e, nil, errors.New("not a writing operation")
	}
	for i := range calls {
		if calls[i].Operation != op {
			return e, nil, errors.New("a planned call of another operation")
		}
		for _, item := range calls[i].Payload {
			e.Data = append(e.Data, jsontext.Value(item))
		}
	}
	switch {
	case len(e.Data) == 0:
		return e, nil, errors.New("nothing to send")
	case op == gateway.OpStatus && len(e.Data) > 1:
		return e, nil, errors.New("states are sent back one by one")
	}
	return e, e.Data, nil
}

// personalIn lists the values of a call's items that must not show in causes and messages.
func personalIn(data []jsontext.Value) []string {
	var values []string
	for _, item := range data {
		var it struct {
			MaHoSo, MaHoSoDonVi, ChuHoSo, SoGiayToChuHoSo, MaDoiTuong, Email, Fax, SoDienThoai, NguoiXuLy text

			DinhDanhCHS list[identity]
		}
		if json.Unmarshal(item, &it, loosely()) != nil {
			continue
		}
		for _, t := range []text{it.MaHoSo, it.MaHoSoDonVi, it.ChuHoSo, it.SoGiayToChuHoSo, it.MaDoiTuong, it.Email, it.Fax, it.SoDienThoai, it.NguoiXuLy} {
			values = append(values, string(t))
		}
		for _, id := range it.DinhDanhCHS {
			values = append(values, string(id.SoDinhDanh))
		}
	}
	return values
}
