package civil

import (
	"time"

	"github.com/go-json-experiment/json/jsontext"

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
	if !isBirth(w.Module) {
		return nil, errUnknown()
	}
	var b birthForm
	inner, err := a.dec.Decode(document(w.Data), &b)
	if err != nil {
		return nil, err
	}
	r := field.At("")
	r.Unknown(unknown)
	r.Unknown(inner)
	received := r.Time("ngayTiepNhan", w.NgayTiepNhan, schema.TimeSlashed)
	e := a.applied(r.Under("data"), &b, received.Date())
	e.Dossier = r.Dossier("maHoSoMCDT", w.MaHoSoMCDT)
	e.LinkedCase = r.Text("maHoSoLT", w.MaHoSoLT)
	e.Authority = a.authority(r, "maDonVi", w.MaDonVi, "", received.Date())
	r.Require("maHoSoMCDT", e.Dossier)
	var h field.Harvest
	h.Take(schema.Record{
		Kind: e.Kind(), ID: "application|" + moduleBirth + "|" + e.Dossier, EventTime: received, Body: e,
	}, r)
	return h.Result("civil.push")
}

// document returns the document inside the string at /data.
func document(data jsontext.Value) strict.Part {
	if data.Kind() == '"' {
		if text, err := jsontext.AppendUnquote(nil, data); err == nil {
			data = text
		}
	}
	return strict.Part{Data: data, Pointer: "/data"}
}

// applied reads the document of an application.
func (a *adapter) applied(r *field.Reader, b *birthForm, asOf schema.Date) *schema.CivilEvent {
	child := a.person(r, b.child(), asOf)
	e := &schema.CivilEvent{
		Type: schema.Birth, Stage: schema.Applied,
		RegType:     r.Text("loaiDangKy", b.LoaiDangKy),
		HappenedOn:  child.Birth,
		Place:       a.birthPlace(r, b, asOf),
		Subject:     *child,
		Origin:      a.address(r, "nksQueQuan", b.NksQueQuan, asOf),
		Mother:      named(a.person(r, b.mother(), asOf)),
		Father:      named(a.person(r, b.father(), asOf)),
		Requester:   named(a.person(r, b.requester(), asOf)),
		Relation:    r.Text("nycQuanHe", b.NycQuanHe),
		Certificate: r.Text("maGCS", b.MaGCS),
		CertifiedOn: r.Date("ngayCapGCS", b.NgayCapGCS, schema.DateDotted),
	}
	r.Require("nksHoTen", e.Subject.FullName)
	return e
}

func (a *adapter) birthPlace(r *field.Reader, b *birthForm, asOf schema.Date) schema.Address {
	at := a.address(r, "nksNoiSinh", b.NksNoiSinh, asOf)
	if abroad := r.Text("nksNoiSinhNuocNgoai", b.NksNoiSinhNuocNgoai); abroad != "" && at.IsZero() {
		at.Text = abroad
	}
	return at
}

// poll turns the items of an answer into steps and registered events.
func (a *adapter) poll(m strict.Part) ([]schema.Record, error) {
	fields, unknown, err := strict.Fields(m, "status", "statusDescription", "value")
	if err != nil {
		return nil, err
	}
	items, err := a.items(fields["value"])
	if err != nil {
		return nil, err
	}
	var h field.Harvest
	for _, key := range []string{"status", "statusDescription"} { // not used, but to be well-formed
		if part, ok := fields[key]; ok {
			var nothing strict.Skip
			_, err := a.dec.Decode(part, &nothing)
			h.Reject(err)
		}
	}
	strangers := 0
	for _, part := range items {
		if !a.item(&h, part, part.Data) {
			strangers++
		}
	}
	h.Unknown(unknown)
	records, err := h.Result("civil.poll")
	if strangers > 0 && strangers == len(items) && !strict.Broken(err) {
		return nil, errUnknown()
	}
	return records, err
}

// items cuts a value into its items; null and "" are none, a bare object is one.
func (a *adapter) items(value strict.Part) ([]strict.Part, error) {
	if value.Kind() == '[' {
		return strict.Elements(value)
	}
	var one strict.List[strict.Skip]
	if _, err := a.dec.Decode(value, &one); err != nil || len(one) == 0 {
		return nil, err
	}
	return []strict.Part{value}, nil
}

// single turns one bare item into its records.
func (a *adapter) single(m strict.Part) ([]schema.Record, error) {
	var h field.Harvest
	if !a.item(&h, m, nil) {
		return nil, errUnknown()
	}
	return h.Result("civil.item")
}

// item reads one item of an answer; raw is what its records keep of the
// message, nil for all of it. It returns false for an item of another module.
func (a *adapter) item(h *field.Harvest, part strict.Part, raw []byte) bool {
	var w item
	unknown, err := a.dec.Decode(part, &w)
	if err != nil {
		h.Reject(err)
		return true
	}
	if !isBirth(w.Module) {
		h.Refuse(part.Pointer+"/module", "form.unknown")
		return false
	}
	r := field.At(part.Pointer)
	r.Unknown(unknown)
	number := r.Dossier("maHoSoMCDT", w.MaHoSoMCDT)
	at := r.Time("thoiGianThucHien", w.ThoiGianThucHien, schema.TimeSlashed)
	r.Require("maHoSoMCDT", number)
	r.Require("thoiGianThucHien", at.String())
	keyed := !r.Refused()
	s := a.step(r, &w)
	s.Dossier, s.At = number, at
	h.Take(schema.Record{Kind: s.Kind(), ID: s.ID(), EventTime: at, Body: s, Raw: raw}, r)
	if result := entry(w.KetQuaXuLy); result != nil && keyed {
		r := field.At(part.Pointer)
		e := a.registered(r, &w, result, at.Date())
		e.Dossier = number
		h.Take(schema.Record{Kind: e.Kind(), ID: "result|" + moduleBirth + "|" + number, EventTime: at, Body: e, Raw: raw}, r)
	}
	return true
}

// entry returns the entry that an item brings, nil for null, "" and {}.
func entry(results strict.List[birthResult]) *birthResult {
	if len(results) == 0 {
		return nil
	}
	b := &results[0]
	if b.NksHoTen == "" && b.SoDangKy == "" && b.SoDinhDanh == "" {
		return nil
	}
	return b
}

// statuses maps what the registry calls trangThai; "7" and others never come
// from it with a dossier that it knows.
var statuses = map[string]schema.Status{
	"1": schema.InProgress, // waiting for reception at the registry: received at our counter before
	"2": schema.SupplementRequired,
	"3": schema.InProgress,
	"4": schema.Completed,
	"5": schema.Returned,
	"6": schema.Rejected,
}

func (a *adapter) step(r *field.Reader, w *item) *schema.DossierStep {
	status, known := statuses[r.Code(w.TrangThai)]
	if !known {
		r.Note("trangThai", schema.Problem{Code: "status.unmapped", Level: schema.Refused, Expected: "1–6",
			Detail: "Trạng thái của hệ thống hộ tịch chưa có quy đổi.", DetailEN: "A state of the registry that maps to none here."})
	}
	s := &schema.DossierStep{
		Status:   status,
		Officer:  r.Name("nguoiXuLy", w.NguoiXuLy),
		Position: r.Text("chucDanh", w.ChucDanh),
		Unit:     r.Text("phongBanXuLy", w.PhongBanXuLy),
		Text:     r.Text("noiDungXuLy", w.NoiDungXuLy),
	}
	if note := r.Text("ghiChu", w.GhiChu); s.Text == "" {
		s.Text = note
	}
	if until := r.Date("hanBoSungHoSo", w.HanBoSungHoSo, schema.DateSlashed); until.Precision() == schema.FullDate {
		s.DueAt = until.Start().Add(24*time.Hour - time.Second) // the citizen has that whole day
	}
	if result := entry(w.KetQuaXuLy); result != nil && result.MaGiayToKetQua != "" {
		code, found := schema.ParseResultCode(string(result.MaGiayToKetQua))
		r.Under("ketQuaXuLy").Found("maGiayToKetQua", found, schema.Warning)
		if code != "" {
			s.Results = []schema.ResultPaper{{Code: code}}
		}
	}
	return s
}

// registered reads the entry in the book.
func (a *adapter) registered(r *field.Reader, w *item, b *birthResult, asOf schema.Date) *schema.CivilEvent {
	in := r.Under("ketQuaXuLy")
	child := a.person(in, b.child(), asOf)
	e := &schema.CivilEvent{
		Type: schema.Birth, Stage: schema.Registered,
		LinkedCase: r.Text("maHoSoLT", w.MaHoSoLT),
		Authority:  a.registrar(r, w, b, asOf),
		Entry: schema.BookEntry{
			Book:   in.Text("quyenSo", b.QuyenSo),
			Number: in.Text("soDangKy", b.SoDangKy),
			Page:   in.Text("trangSo", b.TrangSo),
			Date:   in.Date("ngayDangKy", b.NgayDangKy, schema.DateSlashed),
		},
		HappenedOn: child.Birth,
		Place:      a.address(in, "nksNoiSinh", b.NksNoiSinh, asOf),
		Subject:    *child,
		Origin:     a.address(in, "nksQueQuan", b.NksQueQuan, asOf),
		Mother:     named(a.person(in, b.mother(), asOf)),
		Father:     named(a.person(in, b.father(), asOf)),
		Requester:  named(a.person(in, b.requester(), asOf)),
		Relation:   in.Text("nycQuanHe", b.NycQuanHe),
	}
	in.Require("nksHoTen", e.Subject.FullName)
	return e
}

// registrar is the commune that keeps the book: the one that the entry names,
// else the unit that the dossier was sent to.
func (a *adapter) registrar(r *field.Reader, w *item, b *birthResult, asOf schema.Date) string {
	if !hasCode(b.NdkksMaXa) {
		return a.authority(r, "maDonVi", w.MaDonVi, "", asOf)
	}
	if hasCode(b.NdkksMaHuyen) {
		asOf = lastOldDay
	}
	return a.authority(r.Under("ketQuaXuLy"), "ndkksMaXa", b.NdkksMaXa, r.Code(b.NdkksMaTinh), asOf)
}
