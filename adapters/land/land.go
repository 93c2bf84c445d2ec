// Package land is the adapter for land systems (VBDLIS and ILIS): the dossiers
// that a one-stop system hands to them, and the end of their processing.
//
//	a, err := land.New(adapters.Config{Province: "37"})
//	records, err := a.Normalize(ctx, adapters.Raw{Body: body})
//
// A reception (TiepNhan) yields one land_parcel for each parcel that it names
// and no progress step, since the one-stop system reports the reception
// itself. A closing (KetThucHoSo) yields one dossier_step. Instants of these
// systems are UTC without saying so.
package land

import (
	"context"
	"mime"

	"github.com/lienthong/lienthong/adapters"
	"github.com/lienthong/lienthong/adapters/strict"
	"github.com/lienthong/lienthong/internal/fault"
	"github.com/lienthong/lienthong/schema"
)

// Spec describes the adapter.
func Spec() adapters.Spec {
	return adapters.Spec{
		Name:    "land",
		Version: 1,
		Summary: "Land systems (VBDLIS, ILIS): parcels of the dossiers handed to them and the end of their processing.",
		Kinds: []adapters.KindSpec{
			{Kind: schema.KindLandParcel, Order: adapters.ByEventTime},
			{Kind: schema.KindDossierStep, Order: adapters.ByArrival},
		},
		Forms: []string{
			"TiepNhan of VBDLIS (codes are integers), TiepNhanHoSo of ILIS (codes are strings)",
			"KetThucHoSo: the land system has finished with a dossier",
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
func (a *adapter) Normalize(_ context.Context, raw adapters.Raw) ([]schema.Record, error) {
	if err := jsonOnly(raw.ContentType); err != nil {
		return nil, err
	}
	m := strict.Message(raw.Body)
	switch formOf(m) {
	case formReception:
		return a.reception(m)
	case formClosing:
		return a.closing(m)
	}
	var nothing strict.Skip
	if _, err := a.dec.Decode(m, &nothing); err != nil {
		return nil, err
	}
	return nil, fault.New(fault.UnknownForm, "land.Normalize", "neither TiepNhan nor KetThucHoSo of a land system")
}

type form int

const (
	formUnknown form = iota
	formReception
	formClosing
)

// formOf tells the forms apart by their keys.
func formOf(m strict.Part) form {
	var number, parcels, received, ended, outcome bool
	for key := range strict.Keys(m) {
		switch string(key) {
		case "SoBienNhan":
			number = true
		case "ThongTinThuaDat":
			parcels = true
		case "NgayTiepNhan":
			received = true
		case "NgayKetThuc":
			ended = true
		case "TrangThaiKetThuc":
			outcome = true
		}
	}
	switch {
	case number && parcels && received && !single(m):
		return formReception
	case number && ended && outcome:
		return formClosing
	}
	return formUnknown
}

// single reports whether the message names one bare parcel: TiepNhanHoSoChoMotCua,
// which goes the other way, looks like a reception but for that.
func single(m strict.Part) bool {
	fields, _, err := strict.Fields(m, "ThongTinThuaDat")
	return err == nil && fields["ThongTinThuaDat"].Kind() == '{'
}

// jsonOnly refuses what says of itself that it is no JSON.
func jsonOnly(contentType string) error {
	media, _, err := mime.ParseMediaType(contentType)
	if contentType == "" || err == nil && (media == "application/json" || media == "text/json") {
		return nil
	}
	return fault.New(fault.UnsupportedMedia, "land.Normalize", "the land forms are JSON")
}

const example = `{"LaQuyTrinhCapTinh":true,"TinhId":37,"HuyenId":0,"XaId":14329,"SoBienNhan":"H42.07-251104-0012",
 "MaHoSoMotCua":"H42.07-251104-0012","NguoiTiepNhan":"Hoàng Thu","NgayTiepNhan":"2025-11-04T01:10:00",
 "NgayHenTra":"2025-11-20T10:00:00","DiaChiTaiSan":"Phố 9, phường Hoa Lư",
 "ThongTinNguoiNopDon":{"HoTen":"Đinh Quang Huy","SoChungMinh":"037085006789","DiaChiChiTiet":"Phố 9","SoDienThoai":"0912000003","Email":""},
 "ThongTinQuyTrinh":{"MaQuyTrinh":"CN-QSDD","TenQuyTrinh":"Chuyển nhượng quyền sử dụng đất"},
 "ThongTinThuaDat":[{"SoThuTuThua":"45","SoHieuBanDo":"12","DienTich":"120.5","DiaChiChiTiet":"Phố 9, phường Hoa Lư"}],
 "DanhSachGiayToDinhKem":[]}`
