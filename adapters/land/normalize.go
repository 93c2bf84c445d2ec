package land

import (
	"net/url"
	"strings"
	"time"

	"github.com/lienthong/lienthong/adapters/field"
	"github.com/lienthong/lienthong/adapters/strict"
	"github.com/lienthong/lienthong/internal/fault"
	"github.com/lienthong/lienthong/schema"
)

// reception turns each parcel that a reception names into a record.
func (a *adapter) reception(m strict.Part) ([]schema.Record, error) {
	var w reception
	unknown, err := a.dec.Decode(m, &w)
	if err != nil {
		return nil, err
	}
	var h field.Harvest
	if head := field.At(""); a.head(head, &w).refused {
		return nil, &fault.Error{Code: fault.Invalid, Op: "land.reception", Problems: head.Problems()}
	}
	seen := make(map[string]bool, len(w.ThongTinThuaDat))
	for i := range w.ThongTinThuaDat {
		rec, r := a.parcel(&w, i)
		if seen[rec.ID] && !r.Refused() {
			r.Item("ThongTinThuaDat", i).Note("", schema.Problem{Code: "record.duplicate", Level: schema.Refused,
				Detail: "Thửa đất này đã có trong cùng thông điệp.", DetailEN: "The same message names this parcel before."})
		}
		seen[rec.ID] = true
		h.Take(rec, r)
	}
	h.Unknown(unknown)
	return h.Result("land.reception")
}

// head is what all parcels of a reception share.
type head struct {
	dossier  string
	received schema.Time
	place    schema.Address
	refused  bool
}

func (a *adapter) head(r *field.Reader, w *reception) head {
	h := head{
		dossier:  r.Dossier("SoBienNhan", w.SoBienNhan),
		received: r.TimeIn("NgayTiepNhan", w.NgayTiepNhan, schema.TimeISO, time.UTC),
	}
	h.place = a.place(r, w)
	r.Require("SoBienNhan", h.dossier)
	if h.place.Commune == "" && h.place.OldCommune == "" {
		r.Require("XaId", "")
	}
	h.refused = r.Refused()
	return h
}

// parcel reads one parcel. Its reader starts at the message, since half of the
// parcel stands there.
func (a *adapter) parcel(w *reception, i int) (schema.Record, *field.Reader) {
	r := field.At("")
	at, p, shared := r.Item("ThongTinThuaDat", i), &w.ThongTinThuaDat[i], a.head(r, w)
	l := &schema.LandParcel{
		Commune:    shared.place.Commune,
		OldCommune: shared.place.OldCommune,
		Sheet:      at.Text("SoHieuBanDo", p.SoHieuBanDo),
		Number:     at.Text("SoThuTuThua", p.SoThuTuThua),
		AreaM2:     area(at, "DienTich", p.DienTich),
		Address:    shared.place,
		Dossier:    shared.dossier,
		Applicant:  submitter(r.Under("ThongTinNguoiNopDon"), &w.ThongTinNguoiNopDon),
	}
	if l.Address.Text = at.Text("DiaChiChiTiet", p.DiaChiChiTiet); l.Address.Text == "" {
		l.Address.Text = r.Text("DiaChiTaiSan", w.DiaChiTaiSan)
	}
	at.Require("SoHieuBanDo", l.Sheet)
	at.Require("SoThuTuThua", l.Number)
	id := l.Dossier + "|" + l.Sheet + "|" + l.Number
	return schema.Record{Kind: l.Kind(), ID: id, EventTime: shared.received, Body: l}, r
}

// closing turns the end of processing into a step of the dossier.
func (a *adapter) closing(m strict.Part) ([]schema.Record, error) {
	var w closing
	unknown, err := a.dec.Decode(m, &w)
	if err != nil {
		return nil, err
	}
	r := field.At("")
	s := &schema.DossierStep{
		Dossier: r.Dossier("SoBienNhan", w.SoBienNhan),
		At:      r.TimeIn("NgayKetThuc", w.NgayKetThuc, schema.TimeISO, time.UTC),
		Status:  outcome(r, w.TrangThaiKetThuc),
		Officer: r.Text("MaCanBoXuLy", w.MaCanBoXuLy), // the land system sends the account, no name
		Text:    r.Text("GhiChu", w.GhiChu),
		Results: papers(r, w.DanhSachGiayToKetQua),
	}
	r.Require("SoBienNhan", s.Dossier)
	r.Require("NgayKetThuc", s.At.String())
	r.Unknown(unknown)
	var h field.Harvest
	h.Take(schema.Record{Kind: s.Kind(), ID: s.ID(), EventTime: s.At, Body: s}, r)
	return h.Result("land.closing")
}

// outcome maps TrangThaiKetThuc: 0 has a result. Any other number says that the
// dossier went back without one; whether it was refused or stopped is not said,
// and stopped is the weaker claim.
func outcome(r *field.Reader, raw strict.Text) schema.Status {
	n, ok := raw.Int()
	switch {
	case r.Code(raw) == "":
		r.Refuse("TrangThaiKetThuc", "field.required")
		return ""
	case !ok:
		r.Note("TrangThaiKetThuc", schema.Problem{Code: "status.unmapped", Level: schema.Refused, Expected: "0, 1, …",
			Detail: "Trạng thái kết thúc không phải là số.", DetailEN: "The outcome is no number."})
		return ""
	case n == 0:
		return schema.Completed
	}
	r.Note("TrangThaiKetThuc", doubt("status.inferred", "Kết thúc không có kết quả được hiểu là dừng xử lý.",
		"An end without a result is taken as stopped."))
	return schema.Stopped
}

// papers lists the results; no code of a kind of result is invented for them.
func papers(r *field.Reader, list strict.List[resultPaper]) []schema.ResultPaper {
	var out []schema.ResultPaper
	for i := range list {
		at := r.Item("DanhSachGiayToKetQua", i)
		p := schema.ResultPaper{
			Name: at.Text("TenGiayTo", list[i].TenGiayTo),
			URL:  link(at, "LinkFile", list[i].LinkFile),
		}
		if p.Name != "" || p.URL != "" {
			out = append(out, p)
		}
	}
	return out
}

// link returns an address from which the portal can fetch a file, its path escaped; "" for anything else.
func link(r *field.Reader, key string, raw strict.Text) string {
	s := strings.TrimSpace(string(raw)) // no repair: the file bears the name that its server wrote
	if s == "" {
		return ""
	}
	u, err := url.Parse(s)
	if err == nil && u.Host != "" && (u.Scheme == "http" || u.Scheme == "https") {
		if s = u.String(); schema.NFC(s) == s { // letters of a query stay as they are: only NFC is stored
			return s
		}
	}
	r.Note(key, doubt("url.invalid", "Đường dẫn tệp không hợp lệ; đã bỏ qua.", "Not a link to a file; dropped."))
	return ""
}

func doubt(code, vi, en string) schema.Problem {
	return schema.Problem{Code: code, Level: schema.Warning, Detail: vi, DetailEN: en}
}
