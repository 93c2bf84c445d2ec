package civil

import (
	"github.com/lienthong/lienthong/adapters/field"
	"github.com/lienthong/lienthong/adapters/strict"
	"github.com/lienthong/lienthong/schema"
)

// push turns an application into a civil event.
func (a *adapter) push(m strict.Part) ([]schema.Record, error) {
	var w push
	unknown, err := a.dec.Decode(m, &w)
	if err != nil {
		return nil, err
	}
	module, event := moduleOf(w.Module)
	if module == "" {
		return nil, errUnknown()
	}
	d := newDocument(event)
	inner, err := a.dec.Decode(inside("/data", w.Data), d)
	if err != nil {
		return nil, err
	}
	r := field.At("")
	r.Unknown(unknown)
	r.Unknown(inner)
	received := r.Time("ngayTiepNhan", w.NgayTiepNhan, schema.TimeSlashed)
	e := a.event(r.Under("data"), d, event, schema.Applied, received.Date())
	e.Dossier = r.Dossier("maHoSoMCDT", w.MaHoSoMCDT)
	e.LinkedCase = linkedNumber(r, "maHoSoLT", w.MaHoSoLT)
	at := a.registersAt(r, "maDonVi", w.MaDonVi, d, received.Date())
	e.Authority = at.now
	r.Require("maHoSoMCDT", e.Dossier)
	requireName(r.Under("data"), event, e)
	var h field.Harvest
	h.Take(schema.Record{
		Kind: e.Kind(), ID: "application|LT" + module + "|" + e.Dossier, EventTime: received, Body: e,
	}, r)
	return h.Result("civil.push")
}

// registersAt is the commune that an application goes to: the unit of the
// message, else the one that its document names.
func (a *adapter) registersAt(r *field.Reader, key string, unit strict.Text, d document, asOf schema.Date) authority {
	if hasCode(unit) {
		return a.authority(r, key, unit, "", asOf)
	}
	in := r.Under("data")
	return a.authority(in, "noiDangKy", a.choose(in, "noiDangKy", d.common().NoiDangKy).code, "", asOf)
}

// nameKeys are the keys of the name without which an event is about nobody.
var nameKeys = map[schema.CivilEventType]string{
	schema.Birth: "nksHoTen", schema.Death: "nktHoTen", schema.Marriage: "chongHoTen", schema.Recognition: "ncHoTen",
	schema.Guardianship: "ndghHoTen", schema.GuardianshipEnd: "ndghHoTen", schema.Correction: "ntdHoTen",
	schema.MaritalStatus: "nxnHoTen", schema.ForeignNote: "chongHoTen",
}

// requireName refuses an event about nobody.
func requireName(r *field.Reader, t schema.CivilEventType, e *schema.CivilEvent) {
	r.Require(nameKeys[t], e.Subject.FullName)
}
