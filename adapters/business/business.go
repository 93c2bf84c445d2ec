// Package business is the adapter for business registration: what the
// provincial wrapper of the national enterprise register answers about one
// enterprise code.
//
//	a, err := business.New(adapters.Config{Province: "24"})
//	records, err := a.Normalize(ctx, adapters.Raw{Body: body})
//
// An answer yields one organisation, or none when the register does not know
// the code. The register's count of changes is the version; a suspension
// changes the content without raising it.
package business

import (
	"context"
	"mime"

	"github.com/lienthong/lienthong/adapters"
	"github.com/lienthong/lienthong/adapters/field"
	"github.com/lienthong/lienthong/adapters/strict"
	"github.com/lienthong/lienthong/internal/fault"
	"github.com/lienthong/lienthong/schema"
)

// Spec describes the adapter.
func Spec() adapters.Spec {
	return adapters.Spec{
		Name:    "business",
		Version: 1,
		Summary: "Business registration: enterprises as the national register answers by their code.",
		Kinds: []adapters.KindSpec{
			{Kind: schema.KindOrganisation, Order: adapters.ByVersionThenArrival},
		},
		Forms: []string{
			"chiTietDoanhNghiep: {GetEntCert: [enterprise]}, null or [] for an unknown code",
			"one enterprise of such an answer alone",
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
	case formAnswer:
		return a.enterprises(m)
	case formItem:
		var h field.Harvest
		a.enterprise(m, nil, &h)
		return h.Result("business.Normalize")
	}
	var nothing strict.Skip
	if _, err := a.dec.Decode(m, &nothing); err != nil {
		return nil, err
	}
	return nil, fault.New(fault.UnknownForm, "business.Normalize", "no answer of chiTietDoanhNghiep")
}

type form int

const (
	formUnknown form = iota
	formAnswer
	formItem
)

// formOf tells the forms apart by their keys.
func formOf(m strict.Part) form {
	var code, name bool
	for key := range strict.Keys(m) {
		switch string(key) {
		case "GetEntCert":
			return formAnswer
		case "MaSoDoanhNghiep":
			code = true
		case "TenTiengViet":
			name = true
		}
	}
	if code && name {
		return formItem
	}
	return formUnknown
}

// jsonOnly refuses what says of itself that it is no JSON.
func jsonOnly(contentType string) error {
	media, _, err := mime.ParseMediaType(contentType)
	if contentType == "" || err == nil && (media == "application/json" || media == "text/json") {
		return nil
	}
	return fault.New(fault.UnsupportedMedia, "business.Normalize", "the business forms are JSON")
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
