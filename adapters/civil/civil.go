// Package civil is the adapter for the civil registry (hộ tịch) of the
// Ministry of Justice: births that a one-stop system sends for registration,
// and what the registry answers when it is polled.
//
//	a, err := civil.New(adapters.Config{Province: "24"})
//	records, err := a.Normalize(ctx, adapters.Raw{Body: body})
//
// An application becomes a civil_event of stage applied. Each polled item
// becomes a dossier_step, and a civil_event of stage registered beside it when
// the item brings the entry in the book. Both events of one birth share their
// natural key, so that they meet in one entity.
package civil

import (
	"context"
	"mime"
	"strings"

	"github.com/lienthong/lienthong/adapters"
	"github.com/lienthong/lienthong/adapters/strict"
	"github.com/lienthong/lienthong/internal/fault"
	"github.com/lienthong/lienthong/schema"
)

// Spec describes the adapter.
func Spec() adapters.Spec {
	return adapters.Spec{
		Name:    "civil",
		Version: 1,
		Summary: "Civil registry (hộ tịch): births sent for registration and the results of polling them.",
		Kinds: []adapters.KindSpec{
			{Kind: schema.KindCivilEvent, Order: adapters.ByEventTime},
			{Kind: schema.KindDossierStep, Order: adapters.ByArrival},
		},
		Forms: []string{
			"NhanDKHT, module LTKS: application for the registration of a birth",
			"LayKetQua, module LTKS: answer to a poll, or a single item of one",
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

// moduleBirth is the only module of the registry that this version knows.
const moduleBirth = "LTKS"

// Normalize implements [adapters.Adapter].
func (a *adapter) Normalize(_ context.Context, raw adapters.Raw) ([]schema.Record, error) {
	if err := jsonOnly(raw.ContentType); err != nil {
		return nil, err
	}
	m := strict.Message(raw.Body)
	switch formOf(m) {
	case formPush:
		return a.push(m)
	case formPoll:
		return a.poll(m)
	case formItem:
		return a.single(m)
	}
	return nil, a.unknown(m)
}

type form int

const (
	formUnknown form = iota
	formPush
	formPoll
	formItem
)

// formOf tells the forms apart by their keys. The status messages of the
// linked-service software have trangThai too, but neither module nor maHoSoMCDT.
func formOf(m strict.Part) form {
	var module, dossier, received, data, value, status, done bool
	for key := range strict.Keys(m) {
		switch string(key) {
		case "module":
			module = true
		case "maHoSoMCDT":
			dossier = true
		case "ngayTiepNhan":
			received = true
		case "data":
			data = true
		case "value":
			value = true
		case "trangThai":
			status = true
		case "thoiGianThucHien":
			done = true
		}
	}
	switch {
	case module && dossier && received && data:
		return formPush
	case value && !module && !data:
		return formPoll
	case module && dossier && status && done:
		return formItem
	}
	return formUnknown
}

// unknown is the error of a message of no known form, or of one that is no JSON at all.
func (a *adapter) unknown(m strict.Part) error {
	var nothing strict.Skip
	if _, err := a.dec.Decode(m, &nothing); err != nil {
		return err
	}
	return errUnknown()
}

func errUnknown() error {
	return fault.New(fault.UnknownForm, "civil.Normalize", "neither an application nor a result of a birth registration")
}

func isBirth(module strict.Text) bool {
	return strings.EqualFold(strings.TrimSpace(string(module)), moduleBirth)
}

// jsonOnly refuses what says of itself that it is no JSON.
func jsonOnly(contentType string) error {
	media, _, err := mime.ParseMediaType(contentType)
	if contentType == "" || err == nil && (media == "application/json" || media == "text/json") {
		return nil
	}
	return fault.New(fault.UnsupportedMedia, "civil.Normalize", "the civil registry forms are JSON")
}

const example = `{"maDonVi":"09187","module":"LTKS","maHoSoLT":"LT-251103-000981","maHoSoMCDT":"H05.31-251103-0007","ngayTiepNhan":"03/11/2025 08:30:00",
 "data":"{\"maGCS\":\"GCS-2025-004411\",\"ngayCapGCS\":\"01.11.2025\",\"loaiDangKy\":\"1\",\"noiDangKy\":\"09187\",\"nksHoTen\":\"PHẠM GIA BẢO\",\"nksGioiTinh\":\"1\",\"nksNgaySinh\":\"30.10.2025\",\"nksNoiSinh\":{\"maTinh\":\"24\",\"maHuyen\":\"\",\"maXa\":\"09190\",\"dcChiTiet\":\"Bệnh viện Sản nhi\"},\"nksDanToc\":\"Kinh\",\"meHoTen\":\"NGUYỄN THỊ HẠNH\",\"meNgaySinh\":\"14.06.1992\",\"meSoDDCN\":\"027192004321\",\"chaHoTen\":\"PHẠM VĂN NAM\",\"chaNgaySinh\":\"1990\",\"nycHoTen\":\"PHẠM VĂN NAM\",\"nycQuanHe\":\"Cha\",\"nycSoDienThoai\":\"0912000002\"}",
 "fileDinhKem":[]}`
