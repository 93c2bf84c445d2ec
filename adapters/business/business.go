// Package business is the adapter for business registration: what the national
// enterprise register tells of enterprises, branches, cooperatives and household
// businesses, by every door that a province has to it.
//
//	a, err := business.New(adapters.Config{Province: "24"})
//	records, err := a.Normalize(ctx, adapters.Raw{Body: body})
//
// An organisation is told by its tax code. The register's count of changes is
// the version; a suspension changes the content without raising it, so equal
// versions go by arrival. Labels of legal forms and states are data: the
// register's own codes are not public.
//
// An answer to an unknown code ("GetEntCert": null, [], "Data": null, "d": [])
// is an answer and no bad data: it yields no record and no error.
//
// The doors tell more or less of the same organisation, so each has records of
// its own: id "2399999015" is what the provincial wrapper said, "ngsp/…" the
// national service, "search/…" the public search, "row/…" an exported sheet.
// What a poorer door leaves out never erases what a fuller one told; the entity
// is put together of all of them by its tax code.
package business

import (
	"context"

	"github.com/lienthong/lienthong/adapters"
	"github.com/lienthong/lienthong/adapters/field"
	"github.com/lienthong/lienthong/adapters/sheet"
	"github.com/lienthong/lienthong/adapters/strict"
	"github.com/lienthong/lienthong/internal/fault"
	"github.com/lienthong/lienthong/schema"
)

// Spec describes the adapter.
func Spec() adapters.Spec {
	return adapters.Spec{
		Name:    "business",
		Version: 2,
		Summary: "Business registration: enterprises, branches, cooperatives and household businesses as the national register tells them.",
		Kinds: []adapters.KindSpec{
			{Kind: schema.KindOrganisation, Order: adapters.ByVersionThenArrival},
		},
		Forms: []string{
			"chiTietDoanhNghiep of the provincial wrapper: {GetEntCert: [enterprise]}; null or [] for an unknown code gives no record and no error",
			"chiTietHoKinhDoanh of the provincial wrapper: {HHCert: [household business]}, likewise",
			"chiTietDoanhNghiep of the national service (NGSP): {Data: {MainInformation, HOAdress, Representatives}}, one representative or many",
			"rows of the public search: {d: [row]}",
			"flat rows in the wrapper's words, one organisation each, with VonDieuLe, DienThoai, Email and Website where known",
			"one item or row of any of these alone, arrays of them, and rows as CSV",
		},
		Example: example,
		New:     New,
	}
}

// New returns an adapter.
func New(cfg adapters.Config) (adapters.Adapter, error) {
	return &adapter{province: cfg.Province, dec: strict.New(strict.Options{})}, nil
}

type adapter struct {
	province string // whose communes the codes of the public search may be of
	dec      *strict.Decoder
}

var _ adapters.Adapter = (*adapter)(nil)

// Normalize implements [adapters.Adapter].
func (a *adapter) Normalize(ctx context.Context, raw adapters.Raw) ([]schema.Record, error) {
	if sheet.Is(raw.ContentType) {
		return a.table(ctx, raw.Body)
	}
	if !strict.IsJSON(raw.ContentType) {
		return nil, fault.New(fault.UnsupportedMedia, "business.Normalize", "the business forms are JSON or CSV")
	}
	m := strict.Message(raw.Body)
	if m.Kind() == '[' {
		return a.list(ctx, m)
	}
	run := run{adapter: a}
	if run.take(message{part: m}) {
		return run.Result("business.Normalize")
	}
	var nothing strict.Skip
	if _, err := a.dec.Decode(m, &nothing); err != nil {
		return nil, err
	}
	return nil, unknownForm()
}

// list reads an array of items or rows, each a record of its own bytes.
func (a *adapter) list(ctx context.Context, m strict.Part) ([]schema.Record, error) {
	run := run{adapter: a}
	strange, err := run.Each(ctx, "business.Normalize", a.dec, m, func(item strict.Part) bool {
		return run.take(message{part: item, raw: item.Data})
	})
	switch {
	case err != nil:
		return nil, err
	case strange:
		return nil, unknownForm()
	}
	return run.Result("business.Normalize")
}

func unknownForm() error {
	return fault.New(fault.UnknownForm, "business.Normalize", "no answer or row of the enterprise register that is known here")
}

// run is one run over one message: what comes of it, and the records already seen.
type run struct {
	*adapter
	field.Harvest
	seen  map[string]bool
	heard bool // unknown columns of a table are reported with its first line alone
}

// message is one message, or an item of one.
type message struct {
	part strict.Part
	raw  []byte // of the records made from it; nil for the whole
}

// decode reads the message; what cannot be read is rejected.
func (run *run) decode(m message, into any) (*field.Reader, bool) {
	unknown, err := run.dec.Decode(m.part, into)
	if err != nil {
		run.Reject(err)
		return nil, false
	}
	r := field.At(m.part.Pointer)
	if !run.heard {
		r.Unknown(unknown)
	}
	return r, true
}

// keep takes an organisation, unless the message told it before: which of the
// two is right nothing would say.
func (run *run) keep(m message, r *field.Reader, id string, o *schema.Organisation) {
	if run.seen[id] && !r.Refused() {
		r.Note("", schema.Problem{Code: "record.duplicate", Level: schema.Refused,
			Detail: "Tổ chức này đã có trong cùng thông điệp.", DetailEN: "The same message names this organisation before."})
	}
	if run.seen == nil {
		run.seen = map[string]bool{}
	}
	run.seen[id] = true
	mendPointers(r.Problems(), m.part)
	run.Take(schema.Record{Kind: o.Kind(), ID: id, Version: o.ChangeCount, EventTime: lastChange(o), Body: o, Raw: m.raw}, r)
}

// lastChange is the day of the last change that was registered, else of the first registration.
func lastChange(o *schema.Organisation) schema.Time {
	if o.ChangedOn.IsZero() {
		return o.RegisteredOn.Start()
	}
	return o.ChangedOn.Start()
}

func doubt(code, vi, en string) schema.Problem {
	return schema.Problem{Code: code, Level: schema.Warning, Detail: vi, DetailEN: en}
}

const example = `{"GetEntCert":[{"MaNoiBo":"770001","MaSoDoanhNghiep":"2399999015","SoGCNDKKD":"","MaLoaiHinhDN":"2N",
 "LoaiHinhDN":"Công ty TNHH hai thành viên trở lên","TenTiengViet":"CÔNG TY TNHH CƠ KHÍ SÔNG CẦU MẪU",
 "TenNuocNgoai":"SONG CAU SAMPLE MECHANICAL CO., LTD","TenVietTat":"SCM","NgayDangKyLanDau":"2019-03-12T00:00:00",
 "NgayDangKyThayDoi":"2025-08-20T00:00:00","SoLanDangKyThayDoi":3,
 "TinhTrangPhapLy":[{"TinhTrangPhapLy":"Đang hoạt động","MaTinhTrangPhapLy":"1","NgayBatDauTamNgung":null,"NgayKetThucTamNgung":null,"LyDoTamNgung":null}],
 "DaiDienPhapLuat":[{"ThongTinCaNhan":[{"HoVaTen":"NGÔ ĐỨC THẮNG","LoaiGiayToChungThuc":"Thẻ căn cước công dân","MaLoaiGiayToChungThuc":"CCCD",
  "SoGiayChungThuc":"027079001234","NgayCap":"2021-07-01T00:00:00","NoiCap":"Cục CS QLHC về TTXH","QuocTich":"Việt Nam","MaQuocTich":"VN"}]}],
 "DiaChiTruSo":[{"DiaChi":[{"QuocGia":"Việt Nam","MaQuocGia":"VN","TenTinhThanh":"Tỉnh Bắc Ninh","MaTinhThanh":24,"TenQuanHuyen":"","MaQuanHuyen":0,
  "TenPhuongXa":"Phường Võ Cường","MaPhuongXa":9190,"DiaChi":"Lô 5 KCN","SoNha":""}]}],
 "NganhNgheKinhDoanh":[{"MaNganh":"2592","TenNganh":"Gia công cơ khí; xử lý và tráng phủ kim loại","LaNganhChinh":1},
  {"MaNganh":"4659","TenNganh":"Bán buôn máy móc, thiết bị và phụ tùng máy khác","LaNganhChinh":0}]}]}`
