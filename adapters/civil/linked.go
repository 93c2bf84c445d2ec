package civil

import (
	"bytes"
	"errors"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/lienthong/lienthong/adapters/field"
	"github.com/lienthong/lienthong/adapters/markup"
	"github.com/lienthong/lienthong/adapters/strict"
	"github.com/lienthong/lienthong/internal/fault"
	"github.com/lienthong/lienthong/schema"
)

// linked reads what DVCLT answers: {"data": …} with a list of dossiers, or with one.
func (a *adapter) linked(m strict.Part) ([]schema.Record, error) {
	fields, unknown, err := strict.Fields(m, "data")
	if err != nil {
		return nil, err
	}
	data := fields["data"]
	var h field.Harvest
	h.Unknown(unknown)
	switch {
	case data.Kind() == '[':
		rows, err := strict.Elements(data)
		if err != nil {
			return nil, err
		}
		return each(&h, rows, a.linkedDossier, "civil.linked")
	case data.Kind() == '{' && formOf(data) == formLinkedDossier:
		return each(&h, []strict.Part{data}, a.linkedDossier, "civil.linked")
	}
	return nil, a.unknown(m)
}

// linkedDossier reads one dossier of DVCLT. With its document it is an
// application; a row of a list says only that the dossier is there.
func (a *adapter) linkedDossier(h *field.Harvest, part strict.Part, raw []byte) bool {
	if part.Kind() != '{' || formOf(part) != formLinkedDossier && formOf(part) != formUnknown {
		return a.stranger(h, part)
	}
	var w linkedDossier
	unknown, err := a.dec.Decode(part, &w)
	if err != nil {
		h.Reject(err)
		return true
	}
	module, event := moduleOf(w.Module)
	if module == "" {
		h.Refuse(part.Pointer+"/module", "form.unknown")
		return false
	}
	r := field.At(part.Pointer)
	r.Unknown(unknown)
	number := linkedNumber(r, "maHoSo", w.MaHoSo)
	received := r.Time("ngayTiepNhan", w.NgayTiepNhan, schema.TimeSlashed)
	r.Require("maHoSo", number)
	if w.Data == "" {
		n := &schema.DossierNote{Dossier: number, Topic: "linked/" + module, At: received}
		h.Take(schema.Record{Kind: n.Kind(), ID: n.ID(), EventTime: received, Body: n, Raw: raw}, r)
		return true
	}
	d, err := a.linkedDocument(r, w.Data, event)
	if err != nil {
		h.Reject(err)
		return true
	}
	in := r.Under("data")
	e := a.event(in, d, event, schema.Applied, received.Date())
	e.LinkedCase = number // DVCLT knows its own number alone; the application of the one-stop system tells both
	e.Authority = a.registersAt(r, "maDonVi", w.MaDonVi, d, received.Date()).now
	requireName(in, event, e)
	h.Take(schema.Record{Kind: e.Kind(), ID: "linked|" + module + "|" + number, EventTime: received, Body: e, Raw: raw}, r)
	return true
}

// linkedDocument reads the XML inside a string; the document is its element
// hoTich, whatever stands around it.
func (a *adapter) linkedDocument(r *field.Reader, xml strict.Text, t schema.CivilEventType) (document, error) {
	at := r.Pointer("data")
	whole, err := markup.ToJSON([]byte(xml))
	if err != nil {
		return nil, under(at, err)
	}
	found, err := find(strict.Part{Data: whole, Pointer: at}, "hoTich", 0)
	if err != nil {
		return nil, err
	}
	if len(found) != 1 {
		return nil, &fault.Error{Code: fault.Invalid, Op: "civil.linked", Problems: []fault.Problem{{Pointer: at, Code: "document.missing", Level: schema.Refused,
			Detail: "Không có phần hoTich trong tài liệu.", DetailEN: "The document has no part hoTich."}}}
	}
	d := newDocument(t)
	unknown, err := a.dec.Decode(found[0], d)
	r.Unknown(unknown)
	return d, err
}

// linkedStatus reads a status that DVCLT is told: a step of the dossier, known
// by the numbers of both systems, and the entry when the status brings it.
func (a *adapter) linkedStatus(h *field.Harvest, part strict.Part, raw []byte) bool {
	var w linkedStatus
	unknown, err := a.dec.Decode(part, &w)
	if err != nil {
		h.Reject(err)
		return true
	}
	r := field.At(part.Pointer)
	r.Unknown(unknown)
	number, linked := r.Dossier("maHoSo", w.MaHoSo), linkedNumber(r, "soHoSoLT", w.SoHoSoLT)
	at := r.Time("thoiGianThucHien", w.ThoiGianThucHien, schema.TimeSlashed)
	r.Require("maHoSo", number)
	r.Require("thoiGianThucHien", at.String())
	keyed := !r.Refused()
	module, event := a.eventOf(w.KetQuaXuLy, w.MaTTHC)
	result, bad := a.result(r, w.KetQuaXuLy, event)
	s := a.step(r, &item{
		TrangThai: w.TrangThai, NguoiXuLy: w.NguoiXuLy, ChucDanh: w.ChucDanh, PhongBanXuLy: w.PhongBanXuLy,
		NoiDungXuLy: w.NoiDungXuLy, GhiChu: w.GhiChu, HanBoSungHoSo: w.HanBoSungHoSo,
	}, result)
	if len(s.Results) > 0 && !named(result) {
		s.Results[0].Name = "" // the code says it; the procedure was seen to be wrong
	}
	s.Dossier, s.At = number, at
	if linked != "" && linked != number {
		s.OtherNumbers = []string{linked}
	}
	s.StartedAt = r.OptionalTime("ngayBatDau", w.NgayBatDau, schema.TimeSlashed)
	if due := r.OptionalTime("ngayKetThucTheoQuyDinh", w.NgayKetThucTheoQuyDinh, schema.TimeSlashed); !due.IsZero() {
		s.DueAt = due
	}
	s.NewDueAt = r.OptionalTime("ngayHenTraMoi", w.NgayHenTraMoi, schema.TimeSlashed)
	h.Take(schema.Record{Kind: s.Kind(), ID: s.ID(), EventTime: at, Body: s, Raw: raw}, r)
	h.Reject(bad)
	if result == nil || !keyed || !named(result) {
		return true
	}
	r = field.At(part.Pointer)
	e := a.event(r.Under("ketQuaXuLy"), result, event, schema.Registered, at.Date())
	e.Dossier, e.LinkedCase = number, linked
	where := a.registrar(r, "", result, at.Date())
	e.Authority, e.OldAuthority = where.now, where.old
	h.Take(schema.Record{Kind: e.Kind(), ID: "linked_result|" + module + "|" + number, EventTime: at, Body: e, Raw: raw}, r)
	return true
}

// named reports whether a result says whose it is: DVCLT is often told the
// number in the book alone.
func named(d document) bool {
	switch w := d.(type) {
	case *birth:
		return w.child.HoTen != ""
	case *death:
		return w.deceased.HoTen != ""
	}
	return false
}

// linkedServices are the procedures of linked services by their event.
var linkedServices = map[strict.Text]string{
	"1.006714": "KS", "2.000986": "KS", "2.001023": "KS", "2.002621": "KS",
	"1.011733": "KT", "2.002622": "KT",
}

// eventOf tells the event of a status: by the keys of its result, since
// senders were seen to mix up the procedures, else by the procedure. What
// neither tells is read as a birth, of which the parts that every result has are used.
func (a *adapter) eventOf(result jsontext.Value, procedure strict.Text) (module string, event schema.CivilEventType) {
	for key := range strict.Keys(inside("", result)) {
		switch {
		case bytes.HasPrefix(key, []byte("nks")):
			return "KS", schema.Birth
		case bytes.HasPrefix(key, []byte("nkt")):
			return "KT", schema.Death
		}
	}
	if linkedServices[procedure] == "KT" {
		return "KT", schema.Death
	}
	return "KS", schema.Birth
}

// maxNesting bounds the search for an element; envelopes have four levels.
const maxNesting = 8

// find returns the members of a name at whatever depth, a list as its elements.
func find(p strict.Part, name string, depth int) ([]strict.Part, error) {
	if p.Kind() != '{' || depth > maxNesting {
		return nil, nil
	}
	var names []string
	for key := range strict.Keys(p) {
		names = append(names, string(key))
	}
	fields, _, err := strict.Fields(p, names...)
	if err != nil {
		return nil, err
	}
	if hit, ok := fields[name]; ok {
		if hit.Kind() == '[' {
			return strict.Elements(hit)
		}
		return []strict.Part{hit}, nil
	}
	for _, n := range names {
		if found, err := find(fields[n], name, depth+1); err != nil || len(found) > 0 {
			return found, err
		}
	}
	return nil, nil
}

// under returns the error of a document inside a string with the place of that string.
func under(pointer string, err error) error {
	var f *fault.Error
	if !errors.As(err, &f) {
		return err
	}
	out := *f
	out.Problems = make([]fault.Problem, len(f.Problems))
	for i, p := range f.Problems {
		p.Pointer = pointer + p.Pointer
		out.Problems[i] = p
	}
	return &out
}

// linkedNumber reads a number of DVCLT, which has a form of its own.
func linkedNumber(r *field.Reader, key string, raw strict.Text) string {
	return strings.ToUpper(r.Text(key, raw))
}
