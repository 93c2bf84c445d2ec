package business

import (
	"strings"

	"github.com/lienthong/lienthong/adapters/field"
	"github.com/lienthong/lienthong/adapters/strict"
	"github.com/lienthong/lienthong/schema"
)

// enterprises turns an answer into organisations; the register answers with one or none.
func (a *adapter) enterprises(m strict.Part) ([]schema.Record, error) {
	fields, unknown, err := strict.Fields(m, "GetEntCert")
	if err != nil {
		return nil, err
	}
	items, err := a.items(fields["GetEntCert"])
	if err != nil {
		return nil, err
	}
	var h field.Harvest
	for _, item := range items {
		a.enterprise(item, item.Data, &h)
	}
	h.Unknown(unknown)
	return h.Result("business.Normalize")
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

// enterprise reads one item; raw is what its record keeps of the message, nil for all of it.
func (a *adapter) enterprise(item strict.Part, raw []byte, h *field.Harvest) {
	var w certificate
	unknown, err := a.dec.Decode(item, &w)
	if err != nil {
		h.Reject(err)
		return
	}
	r := field.At(item.Pointer)
	code := r.TaxCode("MaSoDoanhNghiep", w.MaSoDoanhNghiep)
	o := &schema.Organisation{
		Type:            schema.OrgEnterprise,
		LegalName:       r.Text("TenTiengViet", w.TenTiengViet),
		ForeignName:     r.Text("TenNuocNgoai", w.TenNuocNgoai),
		ShortName:       r.Text("TenVietTat", w.TenVietTat),
		Identifiers:     []schema.Identifier{code},
		LegalForm:       r.Text("LoaiHinhDN", w.LoaiHinhDN),
		LegalFormCode:   r.Text("MaLoaiHinhDN", w.MaLoaiHinhDN),
		RegisteredOn:    r.Date("NgayDangKyLanDau", w.NgayDangKyLanDau, schema.DateISO),
		ChangedOn:       r.Date("NgayDangKyThayDoi", w.NgayDangKyThayDoi, schema.DateISO),
		ChangeCount:     changes(r, w.SoLanDangKyThayDoi),
		Status:          status(r, w.TinhTrangPhapLy),
		Representatives: representatives(r, w.DaiDienPhapLuat),
		HeadOffice:      a.headOffice(r, w.DiaChiTruSo),
		Activities:      activities(r, w.NganhNgheKinhDoanh),
	}
	r.Require("MaSoDoanhNghiep", code.Value)
	r.Require("TenTiengViet", o.LegalName)
	r.Unknown(unknown)
	h.Take(schema.Record{
		Kind: o.Kind(), ID: code.Value, Version: o.ChangeCount, EventTime: lastChange(o), Body: o, Raw: raw,
	}, r)
}

// changes reads the count of changes, which orders the revisions: a guess would
// let an old answer pass for a new one.
func changes(r *field.Reader, raw strict.Text) int64 {
	n, ok := raw.Int()
	switch {
	case strings.TrimSpace(string(raw)) == "":
		r.Refuse("SoLanDangKyThayDoi", "field.required")
	case !ok || n < 0:
		r.Refuse("SoLanDangKyThayDoi", "value.invalid")
	}
	return n
}

// lastChange is the day of the last change that was registered, else of the first registration.
func lastChange(o *schema.Organisation) schema.Time {
	if o.ChangedOn.IsZero() {
		return o.RegisteredOn.Start()
	}
	return o.ChangedOn.Start()
}

// status takes the one legal status. Where the register sends several, nothing
// says which holds: the first is taken with a warning.
func status(r *field.Reader, list strict.List[legalStatus]) schema.LegalStatus {
	if len(list) == 0 {
		return schema.LegalStatus{}
	}
	w, at := &list[0], r.Item("TinhTrangPhapLy", 0)
	if len(list) > 1 {
		r.Note("TinhTrangPhapLy", doubt("status.several", "Có nhiều tình trạng pháp lý; chỉ lấy mục đầu tiên.",
			"There are several legal statuses; the first is taken."))
	}
	return schema.LegalStatus{
		Label:  at.Text("TinhTrangPhapLy", w.TinhTrangPhapLy),
		Code:   at.Text("MaTinhTrangPhapLy", w.MaTinhTrangPhapLy),
		From:   at.Date("NgayBatDauTamNgung", w.NgayBatDauTamNgung, schema.DateISO),
		Until:  at.Date("NgayKetThucTamNgung", w.NgayKetThucTamNgung, schema.DateISO),
		Reason: at.Text("LyDoTamNgung", w.LyDoTamNgung),
	}
}

func representatives(r *field.Reader, list strict.List[representation]) []schema.Person {
	var people []schema.Person
	for i, group := range list {
		outer := r.Item("DaiDienPhapLuat", i)
		for j := range group.ThongTinCaNhan {
			w, at := &group.ThongTinCaNhan[j], outer.Item("ThongTinCaNhan", j)
			p := schema.Person{
				FullName:    at.Name("HoVaTen", w.HoVaTen),
				Nationality: at.Text("QuocTich", w.QuocTich),
			}
			if id := at.Identity("SoGiayChungThuc", paperType(w.LoaiGiayToChungThuc), w.SoGiayChungThuc); !id.IsZero() {
				p.Identifiers = []schema.Identifier{id}
			}
			if p.FullName != "" || len(p.Identifiers) > 0 {
				people = append(people, p)
			}
		}
	}
	return people
}

// paperType goes by the label: the register's codes of papers are not public.
func paperType(label strict.Text) schema.PaperType {
	folded := schema.Fold(string(label))
	switch {
	case strings.Contains(folded, "can cuoc"), strings.Contains(folded, "dinh danh"):
		return schema.PaperPersonalNumber
	case strings.Contains(folded, "chung minh"), folded == "cmnd":
		return schema.PaperCMND
	case strings.Contains(folded, "ho chieu"):
		return schema.PaperPassport
	}
	return ""
}

func activities(r *field.Reader, list strict.List[activity]) []schema.Activity {
	var out []schema.Activity
	for i := range list {
		w, at := &list[i], r.Item("NganhNgheKinhDoanh", i)
		act := schema.Activity{
			Code: at.Text("MaNganh", w.MaNganh),
			Name: at.Text("TenNganh", w.TenNganh),
			Main: at.Flag("LaNganhChinh", w.LaNganhChinh),
		}
		if act.Code == "" {
			at.Warn("MaNganh", "field.required")
			continue
		}
		out = append(out, act)
	}
	return out
}

func doubt(code, vi, en string) schema.Problem {
	return schema.Problem{Code: code, Level: schema.Warning, Detail: vi, DetailEN: en}
}
