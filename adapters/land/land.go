// Package land is the adapter for land systems: what a one-stop system and
// VBDLIS or ILIS tell each other of a dossier, the tax notices and payments
// that belong to it, and rows of the land database.
//
//	a, err := land.New(adapters.Config{Province: "37"})
//	records, err := a.Normalize(ctx, adapters.Raw{Body: body})
//
// These systems push bare bodies: the operation stands in the path that we do
// not see, so forms are told apart by their keys (forms.go). A reception yields
// a land_parcel for each parcel that it names; what moves a dossier yields a
// dossier_step; what has no time of its own, notices and payments yield a
// dossier_note. Rows of the land database and of cadastral layers yield a
// land_parcel with owners, uses and certificate.
//
// Instants of these systems are UTC without saying so. A land system that ends
// a dossier ends its processing, never its return.
package land

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
		Name:    "land",
		Version: 2,
		Summary: "Land systems (VBDLIS, ILIS): parcels, the progress of dossiers handed to them, tax notices and payments, rows of the land database.",
		Kinds: []adapters.KindSpec{
			{Kind: schema.KindLandParcel, Order: adapters.ByEventTime},
			{Kind: schema.KindDossierStep, Order: adapters.ByArrival},
			{Kind: schema.KindDossierNote, Order: adapters.ByArrival},
		},
		Forms: []string{
			"TiepNhan of VBDLIS (codes are integers), TiepNhanHoSo of ILIS (codes are strings)",
			"TiepNhanHoSoChoMotCua: the land system has received a dossier for the one-stop system",
			"ChuyenHoSo, YeuCauBoSungHoSo, NhanBoSungHoSo, KetThucHoSo: progress in the land system",
			"GuiKetQuaThue in both shapes: the tax result with its notices",
			"BoSungHoSo, CapNhatTrangThaiHoSo, phanhoihososaiketqua: what the one-stop system answers",
			"YeuCauCapNhatHoSo and the notices of a wrong procedure and of a tax return, which look alike",
			"tax notices in a FileThongBaoThue (base64 of XML), proofs of payment",
			"rows of the land database (DC_THUADAT), nested or joined and flat, as JSON or CSV",
			"rows of a cadastral layer (SoHieuToBanDo, SoThuTuThua, KyHieuMucDichSuDung), as JSON or CSV",
			"arrays of any of these",
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
	province string // decides what a commune code means where the message does not
	dec      *strict.Decoder
}

var _ adapters.Adapter = (*adapter)(nil)

// Normalize implements [adapters.Adapter].
func (a *adapter) Normalize(ctx context.Context, raw adapters.Raw) ([]schema.Record, error) {
	if sheet.Is(raw.ContentType) {
		return a.table(ctx, raw.Body)
	}
	if !strict.IsJSON(raw.ContentType) {
		return nil, fault.New(fault.UnsupportedMedia, "land.Normalize", "the land forms are JSON or CSV")
	}
	m := strict.Message(raw.Body)
	if m.Kind() == '[' {
		return a.list(ctx, m)
	}
	run := run{adapter: a}
	if run.take(message{part: m}) {
		return run.Result("land.Normalize")
	}
	var nothing strict.Skip
	if _, err := a.dec.Decode(m, &nothing); err != nil {
		return nil, err
	}
	return nil, unknownForm()
}

// list reads an array of messages or rows, each a record of its own bytes.
func (a *adapter) list(ctx context.Context, m strict.Part) ([]schema.Record, error) {
	run := run{adapter: a}
	strange, err := run.Each(ctx, "land.Normalize", a.dec, m, func(item strict.Part) bool {
		return run.take(message{part: item, raw: item.Data})
	})
	switch {
	case err != nil:
		return nil, err
	case strange:
		return nil, unknownForm()
	}
	return run.Result("land.Normalize")
}

func unknownForm() error {
	return fault.New(fault.UnknownForm, "land.Normalize", "no message of a land system that is known here")
}

// run is one run over one message: what comes of it, and the parcels already seen.
type run struct {
	*adapter
	field.Harvest
	parcels map[string]bool
	heard   bool // unknown columns of a table are reported with its first line alone
}

// message is one message, or an element of an array of them.
type message struct {
	part strict.Part
	raw  []byte // of the records made from it; nil for the whole
}

// reader returns a reader of the message's own object.
func (m message) reader() *field.Reader { return field.At(m.part.Pointer) }

// decode reads the message; what cannot be read is rejected.
func (run *run) decode(m message, into any) (unknown []string, ok bool) {
	unknown, err := run.dec.Decode(m.part, into)
	if err != nil {
		run.Reject(err)
		return nil, false
	}
	if run.heard {
		unknown = nil
	}
	return unknown, true
}

// step takes a progress step.
func (run *run) step(m message, r *field.Reader, s *schema.DossierStep) {
	run.Take(schema.Record{Kind: s.Kind(), ID: s.ID(), EventTime: s.At, Body: s, Raw: m.raw}, r)
}

// note takes a dossier note.
func (run *run) note(m message, r *field.Reader, n *schema.DossierNote) {
	run.Take(schema.Record{Kind: n.Kind(), ID: n.ID(), EventTime: n.At, Body: n, Raw: m.raw}, r)
}

// parcel takes a parcel, unless the message named it before.
func (run *run) parcel(id string, at schema.Time, m message, r *field.Reader, l *schema.LandParcel, duplicateAt *field.Reader) {
	if run.parcels[id] && !r.Refused() {
		duplicateAt.Note("", schema.Problem{Code: "record.duplicate", Level: schema.Refused,
			Detail: "Thửa đất này đã có trong cùng thông điệp.", DetailEN: "The same message names this parcel before."})
	}
	if run.parcels == nil {
		run.parcels = map[string]bool{}
	}
	run.parcels[id] = true
	run.Take(schema.Record{Kind: l.Kind(), ID: id, EventTime: at, Body: l, Raw: m.raw}, r)
}

const example = `{"LaQuyTrinhCapTinh":true,"TinhId":37,"HuyenId":0,"XaId":14329,"SoBienNhan":"H42.07-251104-0012",
 "MaHoSoMotCua":"H42.07-251104-0012","NguoiTiepNhan":"Hoàng Thu","NgayTiepNhan":"2025-11-04T01:10:00",
 "NgayHenTra":"2025-11-20T10:00:00","DiaChiTaiSan":"Phố 9, phường Hoa Lư",
 "ThongTinNguoiNopDon":{"HoTen":"Đinh Quang Huy","SoChungMinh":"037085006789","DiaChiChiTiet":"Phố 9","SoDienThoai":"0912000003","Email":""},
 "ThongTinQuyTrinh":{"MaQuyTrinh":"CN-QSDD","TenQuyTrinh":"Chuyển nhượng quyền sử dụng đất"},
 "ThongTinThuaDat":[{"SoThuTuThua":"45","SoHieuBanDo":"12","DienTich":"120.5","DiaChiChiTiet":"Phố 9, phường Hoa Lư"}],
 "DanhSachGiayToDinhKem":[]}`
