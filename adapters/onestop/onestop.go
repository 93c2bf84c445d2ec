// Package onestop reads what provincial one-stop systems (hệ thống thông tin
// giải quyết thủ tục hành chính) already send to the national portal: dossiers
// (DongBoHoSoMC) and progress steps (CapNhatTienDoHoSoMC) of the gen-1 portal
// contract, in its envelope, as bare arrays, or one object alone.
//
// The package has five kinds of files, as every adapter: the spec here, the
// source's own shapes in wire.go, the translation in normalize*.go, tests, and
// golden cases in testdata.
package onestop

import (
	"context"

	"github.com/lienthong/lienthong/adapters"
	"github.com/lienthong/lienthong/adapters/field"
	"github.com/lienthong/lienthong/adapters/strict"
	"github.com/lienthong/lienthong/internal/fault"
	"github.com/lienthong/lienthong/schema"
)

// Spec returns the description of the adapter.
func Spec() adapters.Spec {
	return adapters.Spec{
		Name:    "onestop",
		Version: 1,
		Summary: "Dossiers and progress steps of a one-stop system, in the form of the gen-1 national portal contract.",
		Kinds: []adapters.KindSpec{
			{Kind: schema.KindDossier, Order: adapters.ByEventTime},
			{Kind: schema.KindDossierStep, Order: adapters.ByArrival},
		},
		Forms: []string{
			"DongBoHoSoMC envelope {service, isUpdating, data[]}",
			"CapNhatTienDoHoSoMC envelope {service, data[]}",
			"bare array of dossiers or steps",
			"one dossier or step",
		},
		Example: example,
		New:     New,
	}
}

// New returns the adapter. It needs no configuration.
func New(adapters.Config) (adapters.Adapter, error) {
	return &adapter{dec: strict.New(strict.Options{})}, nil
}

type adapter struct {
	dec *strict.Decoder
}

var _ adapters.Adapter = (*adapter)(nil)

// Normalize implements [adapters.Adapter].
func (a *adapter) Normalize(ctx context.Context, raw adapters.Raw) ([]schema.Record, error) {
	if err := jsonOnly(raw.ContentType); err != nil {
		return nil, err
	}
	var h field.Harvest
	items, service, err := a.open(strict.Message(raw.Body), &h)
	if err != nil {
		return nil, err
	}
	strangers := 0
	for _, item := range items {
		if err := ctx.Err(); err != nil {
			return nil, fault.Wrap(err, fault.Unavailable, "onestop.Normalize")
		}
		switch formOf(item, service) {
		case dossierItem:
			a.dossier(item, &h)
		case stepItem:
			a.step(item, &h)
		default:
			strangers++
			a.stranger(item, &h)
		}
	}
	records, err := h.Result("onestop.Normalize")
	if len(items) > 0 && strangers == len(items) && !worse(err) {
		return nil, unknownForm()
	}
	return records, err
}

// worse reports whether anything but the form is wrong: a key given twice is to be named, not hidden behind the form.
func worse(err error) bool {
	for _, p := range fault.ProblemsOf(err) {
		if p.Code != formUnknown {
			return true
		}
	}
	return false
}

const formUnknown = "form.unknown"

// stranger refuses an item of neither form, after seeing that it is JSON at all.
func (a *adapter) stranger(item strict.Part, h *field.Harvest) {
	var nothing strict.Skip
	if _, err := a.dec.Decode(item, &nothing); err != nil {
		h.Reject(err)
		return
	}
	h.Refuse(item.Pointer, formUnknown)
}

// jsonOnly refuses what says of itself that it is no JSON.
func jsonOnly(contentType string) error {
	switch contentType {
	case "", "application/json", "text/json":
		return nil
	}
	return fault.New(fault.UnsupportedMedia, "onestop.Normalize", "the one-stop forms are JSON")
}

func unknownForm() error {
	return fault.New(fault.UnknownForm, "onestop.Normalize", "neither dossiers nor progress steps of the gen-1 portal contract")
}

const example = `{"session":"","madonvi":"000.00.00.H05","service":"DongBoHoSoMC","isUpdating":"False","data":[{
 "MaHoSo":"H05.31-251103-0007","MaTTHC":"1.001193","TenTTHC":"Thủ tục đăng ký khai sinh",
 "MaLinhVuc":"G15-HT01","TenLinhVuc":"Hộ tịch","KenhThucHien":"2","ChuHoSo":"Nguyễn Thị Hạnh","LoaiDoiTuong":"1",
 "SoDienThoai":"0912345671","TrichYeuHoSo":"Đăng ký khai sinh cho con","NgayTiepNhan":"20251103083000",
 "NgayHenTra":"20251103170000","TrangThaiHoSo":"2","HinhThuc":"0","DonViXuLy":"UBND phường Kinh Bắc",
 "NoiNopHoSo":"1","DinhDanhCHS":[{"LoaiDinhDanh":"1","SoDinhDanh":"027192004321"}],"NgayNopHoSo":"20251103080512"}]}`
