package dvcqg

import (
	"context"
	"errors"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/gateway/portal"
	"github.com/lienthong/lienthong/schema"
)

// Lookup implements [gateway.Destination]. It is a read: every failure, and
// every answer that cannot be trusted, is unavailable or throttled. "Not found"
// is believed only from an answer that says so; an error taken for it would
// create the dossier twice. A trail that was declared and cannot be read is a
// failure too: taken for an empty one, it would have every step sent again.
func (d *Destination) Lookup(ctx context.Context, key string) (gateway.Known, gateway.Outcome) {
	if d.cfg.Lookup == gateway.ShowsNothing {
		return gateway.Known{}, gateway.Outcome{
			Kind: gateway.Unavailable, Shelf: gateway.ShelfGateway, Cause: d.cfg.Code + ".lookup.none", Err: errors.New("the bus has no look-up"),
		}
	}
	e := envelope{Service: serviceLookup, Key: key}
	a, out := d.call(ctx, gateway.OpLookup, e, func() []string { return []string{key} })
	switch out.Kind {
	case gateway.Delivered:
	case gateway.Absent, gateway.Throttled:
		return gateway.Known{}, out
	default:
		out.Kind = gateway.Unavailable
		if out.Shelf == gateway.ShelfSource { // nobody's data is at fault when a question is refused
			out.Shelf = gateway.ShelfDestination
		}
		return gateway.Known{}, out
	}
	found, foreign := d.mine(a.Result, key)
	failed := func(cause string) (gateway.Known, gateway.Outcome) {
		return gateway.Known{}, gateway.Outcome{
			Kind: gateway.Unavailable, Shelf: gateway.ShelfDestination, Cause: d.cfg.Code + ".lookup." + cause,
			HTTPStatus: out.HTTPStatus, Message: portal.Mask(a.Text, key), Err: errors.New("the look-up's answer cannot be used: " + cause),
		}
	}
	switch {
	case len(found) > 0:
		known := d.shown(found, key)
		if d.cfg.Lookup == gateway.ShowsTrail && !known.TrailSeen {
			return failed("without_trail")
		}
		out.Kind = gateway.Found
		return known, out
	case foreign:
		return failed("other_key")
	case a.Result == nil && !strings.Contains(strings.ToLower(schema.NFC(a.Text)), saysSuccess):
		return failed("without_result")
	}
	out.Kind = gateway.Absent
	return gateway.Known{}, out
}

// mine returns the elements of a result that are about key: those that name it
// and those that name nothing. foreign says that there are others.
func (d *Destination) mine(result jsontext.Value, key string) (found []jsontext.Value, foreign bool) {
	for _, item := range items(result, 0) {
		switch name, ok := keyOf(item); {
		case !ok:
		case name == "" || strings.EqualFold(name, portal.Clean(key)):
			found = append(found, item)
		default:
			foreign = true
		}
	}
	return found, foreign
}

// keyOf returns the MaHoSo of an element; null and empty objects are no elements.
func keyOf(item jsontext.Value) (string, bool) {
	switch item.Kind() {
	case 'n':
		return "", false
	case '{':
	default:
		return scalar(item), true // a list of numbers, where only existence is shown
	}
	var named struct {
		MaHoSo text `json:"MaHoSo"`
	}
	var members map[string]jsontext.Value
	if json.Unmarshal(item, &members, loosely()) != nil || len(members) == 0 {
		return "", false
	}
	if json.Unmarshal(item, &named, loosely()) != nil {
		return "", true
	}
	return string(named.MaHoSo), true
}

// shown reads what this portal is declared to show; what it shows beyond that
// by chance is not relied on.
func (d *Destination) shown(found []jsontext.Value, key string) gateway.Known {
	known := gateway.Known{Exists: true}
	if d.cfg.Lookup == gateway.ShowsExistence {
		return known
	}
	for _, item := range found {
		if hash, ok := shownHeader(item, key); ok {
			known.HeaderHash = hash
			break
		}
	}
	if d.cfg.Lookup == gateway.ShowsTrail {
		known.Steps, known.TrailSeen = shownTrail(found, key)
	}
	return known
}

// shownHeader hashes a stored header through the form in which ours are hashed.
// An element that is only a mark of existence has no header, and no hash.
func shownHeader(item jsontext.Value, key string) (schema.Hash, bool) {
	var r record
	if item.Kind() != '{' || json.Unmarshal(item, &r, loosely()) != nil || r.MaTTHC == "" || r.TrangThaiHoSo == "" {
		return schema.Hash{}, false
	}
	if r.MaHoSo == "" {
		r.MaHoSo = text(portal.Clean(key))
	}
	hash, err := headerHash(r)
	return hash, err == nil
}

// shownTrail reads the steps under DanhSachTienDo. One step that cannot be
// read makes the trail unseen: what it stands for might be sent twice.
func shownTrail(found []jsontext.Value, key string) (steps []schema.StepKey, seen bool) {
	readable := true
	for _, item := range found {
		var r struct {
			DanhSachTienDo jsontext.Value `json:"DanhSachTienDo"`
		}
		if item.Kind() != '{' || json.Unmarshal(item, &r, loosely()) != nil || r.DanhSachTienDo == nil {
			continue
		}
		seen = true
		if r.DanhSachTienDo.Kind() == '"' {
			if _, ok := opened(r.DanhSachTienDo); !ok && scalar(r.DanhSachTienDo) != "" {
				readable = false
			}
		}
		for _, raw := range items(r.DanhSachTienDo, 0) {
			k, ok := shownStep(raw, key)
			if !ok {
				readable = false
				continue
			}
			steps = append(steps, k)
		}
	}
	return steps, seen && readable
}

func shownStep(raw jsontext.Value, key string) (schema.StepKey, bool) {
	var s step
	if raw.Kind() != '{' || json.Unmarshal(raw, &s, loosely()) != nil {
		return "", false
	}
	when, err := schema.ParseTime(string(s.ThoiDiemXuLy), schema.TimeAny, nil)
	status, ok := schema.StatusFromGen1(portal.NormalCode(string(s.TrangThai)))
	if err != nil || when.IsZero() || !ok {
		return "", false
	}
	own := schema.DossierStep{Dossier: key, At: when, Status: status}
	return own.Key(), true
}
