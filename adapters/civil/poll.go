package civil

import (
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/lienthong/lienthong/adapters/field"
	"github.com/lienthong/lienthong/adapters/strict"
	"github.com/lienthong/lienthong/internal/fault"
	"github.com/lienthong/lienthong/schema"
)

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
	h.Unknown(unknown)
	return each(&h, items, a.item, "civil.poll")
}

// reading reads one part of a message; raw is what its records keep of the
// message, nil for all of it. It returns false for a part of no known kind.
type reading func(h *field.Harvest, part strict.Part, raw []byte) bool

// each reads the parts of a list. A list of strangers alone is of no known form.
func each(h *field.Harvest, parts []strict.Part, read reading, op string) ([]schema.Record, error) {
	strangers := 0
	for _, part := range parts {
		raw := part.Data
		if formOf(part) == formUnknown { // its place in the list says what it is: by itself it would be a stranger
			raw = nil
		}
		if !read(h, part, raw) {
			strangers++
		}
	}
	records, err := h.Result(op)
	if strangers > 0 && strangers == len(parts) && !strict.Broken(err) {
		return nil, errUnknown()
	}
	return records, err
}

// stranger refuses a part of no known kind; one that is no JSON says so instead.
func (a *adapter) stranger(h *field.Harvest, part strict.Part) bool {
	var nothing strict.Skip
	if _, err := a.dec.Decode(part, &nothing); err != nil {
		h.Reject(err)
		return true
	}
	h.Refuse(part.Pointer, "form.unknown")
	return false
}

// single reads a message that is one part.
func (a *adapter) single(m strict.Part, read reading) ([]schema.Record, error) {
	var h field.Harvest
	if !read(&h, m, nil) {
		return nil, errUnknown()
	}
	return h.Result("civil.single")
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

// item reads one item of an answer.
func (a *adapter) item(h *field.Harvest, part strict.Part, raw []byte) bool {
	var w item
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
	number := r.Dossier("maHoSoMCDT", w.MaHoSoMCDT)
	at := r.Time("thoiGianThucHien", w.ThoiGianThucHien, schema.TimeSlashed)
	r.Require("maHoSoMCDT", number)
	r.Require("thoiGianThucHien", at.String())
	keyed := !r.Refused()
	result, bad := a.result(r, w.KetQuaXuLy, event)
	s := a.step(r, &w, result)
	s.Dossier, s.At = number, at
	h.Take(schema.Record{Kind: s.Kind(), ID: s.ID(), EventTime: at, Body: s, Raw: raw}, r)
	h.Reject(bad)
	if result == nil || !keyed {
		return true
	}
	r = field.At(part.Pointer)
	in := r.Under("ketQuaXuLy")
	e := a.event(in, result, event, schema.Registered, at.Date())
	e.Dossier, e.LinkedCase = number, linkedNumber(r, "maHoSoLT", w.MaHoSoLT)
	where := a.registrar(r, w.MaDonVi, result, at.Date())
	e.Authority, e.OldAuthority = where.now, where.old
	requireName(in, event, e)
	h.Take(schema.Record{Kind: e.Kind(), ID: "result|LT" + module + "|" + number, EventTime: at, Body: e, Raw: raw}, r)
	return true
}

// result reads the entry that an item brings: nil for null, "" and {}. What is
// wrong with its shape keeps the event out, not the step.
func (a *adapter) result(r *field.Reader, raw jsontext.Value, t schema.CivilEventType) (document, error) {
	part := inside(r.Pointer("ketQuaXuLy"), raw)
	if part.Kind() != '{' {
		if text, ok := scalar(raw); ok && text == "" {
			return nil, nil
		}
	}
	d := newDocument(t)
	unknown, err := a.dec.Decode(part, d)
	if err != nil {
		return nil, innerSyntax(part.Pointer, err)
	}
	r.Unknown(unknown)
	if !tells(d) {
		return nil, nil
	}
	return d, nil
}

// innerSyntax keeps what is no JSON inside a string from condemning the message
// around it, which read well.
func innerSyntax(pointer string, err error) error {
	if !strict.Broken(err) {
		return err
	}
	return &fault.Error{Code: fault.Invalid, Op: "civil.result", Problems: []fault.Problem{{
		Pointer: pointer, Code: "document.syntax", Level: schema.Refused,
		Detail: "Tài liệu bên trong chuỗi không đúng cú pháp JSON.", DetailEN: "The document inside the string is not well-formed JSON.",
	}}}
}

// tells reports whether a document says anything of an event.
func tells(d document) bool {
	switch w := d.(type) {
	case *birth:
		return w.child.HoTen != "" || w.SoDangKy != "" || w.SoDinhDanh != ""
	case *death:
		return w.deceased.HoTen != "" || w.SoDangKy != ""
	case *marriage:
		return w.husband.HoTen != "" || w.wife.HoTen != "" || w.SoDangKy != ""
	}
	return true
}

// statuses maps what the registry calls trangThai. Only DVCLT is told 7; both
// are told the others. Anything else means that the registry does not know the dossier.
var statuses = map[string]schema.Status{
	"1": schema.InProgress, // waiting for reception at the registry: received at our counter before
	"2": schema.SupplementRequired,
	"3": schema.InProgress,
	"4": schema.Completed,
	"5": schema.Returned,
	"6": schema.Rejected,
	"7": schema.InProgress, // sent to the registry
}

func statusOf(r *field.Reader, raw strict.Text) schema.Status {
	status, known := statuses[r.Code(raw)]
	if !known {
		r.Note("trangThai", schema.Problem{Code: "status.unmapped", Level: schema.Refused, Expected: "1–7",
			Detail: "Trạng thái của hệ thống hộ tịch chưa có quy đổi.", DetailEN: "A state of the registry that maps to none here."})
	}
	return status
}

func (a *adapter) step(r *field.Reader, w *item, result document) *schema.DossierStep {
	s := &schema.DossierStep{
		Status:   statusOf(r, w.TrangThai),
		Officer:  r.Name("nguoiXuLy", w.NguoiXuLy),
		Position: r.Text("chucDanh", w.ChucDanh),
		Unit:     r.Text("phongBanXuLy", w.PhongBanXuLy),
		Text:     r.Text("noiDungXuLy", w.NoiDungXuLy),
		DueAt:    endOfDay(r, "hanBoSungHoSo", w.HanBoSungHoSo),
	}
	if note := r.Text("ghiChu", w.GhiChu); s.Text == "" {
		s.Text = note
	}
	if paper, ok := resultPaper(r.Under("ketQuaXuLy"), result); ok {
		s.Results = []schema.ResultPaper{paper}
	}
	return s
}

// endOfDay reads the day until whose end the citizen has time.
func endOfDay(r *field.Reader, key string, raw strict.Text) schema.Time {
	until := r.Date(key, raw, schema.DateSlashed)
	if until.Precision() != schema.FullDate {
		return schema.Time{}
	}
	return until.Start().Add(24*time.Hour - time.Second)
}

// resultPaper returns the paper that a result brings: its code, its file, or both.
// The file itself stays in the raw message.
func resultPaper(r *field.Reader, d document) (schema.ResultPaper, bool) {
	if d == nil {
		return schema.ResultPaper{}, false
	}
	var paper schema.ResultPaper
	file := false
	switch w := d.(type) {
	case *birth:
		paper.Name, file = "Giấy khai sinh", present(w.GiayKhaiSinh)
	case *death:
		paper.Name, file = "Trích lục khai tử", present(w.GiayKhaiTu)
	case *marriage:
		paper.Name = "Giấy chứng nhận kết hôn"
	}
	code, found := schema.ParseResultCode(string(d.common().MaGiayToKetQua))
	r.Found("maGiayToKetQua", found, schema.Warning)
	paper.Code = code
	return paper, file || code != ""
}

// registrar is the commune that keeps the book: the one that the entry names,
// else the unit that the dossier was sent to.
func (a *adapter) registrar(r *field.Reader, unit strict.Text, d document, asOf schema.Date) authority {
	in := r.Under("ketQuaXuLy")
	if w, ok := d.(*birth); ok && hasCode(w.NdkksMaXa) {
		if hasCode(w.NdkksMaHuyen) {
			asOf = lastOldDay
		}
		return a.authority(in, "ndkksMaXa", w.NdkksMaXa, r.Code(w.NdkksMaTinh), asOf)
	}
	if code := a.choose(in, "noiDangKy", d.common().NoiDangKy).code; hasCode(code) {
		return a.authority(in, "noiDangKy", code, "", asOf)
	}
	return a.authority(r, "maDonVi", unit, "", asOf)
}
