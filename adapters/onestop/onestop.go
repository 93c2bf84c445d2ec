// Package onestop reads what provincial one-stop systems (hệ thống thông tin
// giải quyết thủ tục hành chính) and their neighbours already send: dossiers,
// progress steps and states, in each form that the systems of a province speak.
//
//   - the gen-1 portal contract: DongBoHoSoMC, CapNhatTienDoHoSoMC and
//     DongBoTrangThaiHoSo, in the envelope, as bare arrays, one object alone, a
//     JSON document inside a string, or rows of a sheet
//   - the gen-2 ministry portal: create, progress and status messages
//   - the English keys of the LGSP of 2017–2019, the flat records of the
//     social-affairs system, look-up rows of the iGate vendor, and promotion
//     notices that the portal itself hands to the province
//
// A form is known by the keys of its items, never by where it came from, so that
// what was kept of a record gives it again. Answers (logins, receipts,
// catalogues, look-ups) carry no facts of a source and are refused.
//
// Files: the spec here, forms in form.go, envelopes in envelope.go and tables.go,
// the sources' own shapes in wire*.go, translations in normalize*.go.
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
		Version: 2,
		Summary: "Dossiers, progress steps and states of one-stop systems, in the forms of the gen-1 national portal, the gen-2 ministry portal and their variants.",
		Kinds: []adapters.KindSpec{
			{Kind: schema.KindDossier, Order: adapters.ByEventTime},
			{Kind: schema.KindDossierStep, Order: adapters.ByArrival},
			{Kind: schema.KindDossierNote, Order: adapters.ByArrival},
		},
		Forms: []string{
			"DongBoHoSoMC envelope {service, isUpdating, data[]}",
			"CapNhatTienDoHoSoMC envelope {service, data[]}",
			"DongBoTrangThaiHoSo envelope {service, type, data{}} of a portal-born dossier",
			"any of the items alone, in a bare array, or as JSON inside the string at data or message",
			"CSV or NDJSON with the flat keys of dossiers or steps",
			"gen-2 ministry portal: create body, CapNhatTienTrinh[], CapNhatTrangThai[]",
			"LGSP 2017–2019: MSyncDocument, MDocumentTraces",
			"social-affairs DongBoDVC: flat dossier with CertificateExtentData",
			"iGate look-up page {content[]}",
			"promotion notice of the portal and its amendment",
		},
		Example: example,
		New:     New,
	}
}

// New returns the adapter. Nothing of the configuration bears on it: applicants
// live in any province.
func New(adapters.Config) (adapters.Adapter, error) {
	return &adapter{dec: strict.New(strict.Options{})}, nil
}

type adapter struct {
	dec *strict.Decoder
}

var _ adapters.Adapter = (*adapter)(nil)

// Normalize implements [adapters.Adapter].
func (a *adapter) Normalize(ctx context.Context, raw adapters.Raw) ([]schema.Record, error) {
	var h field.Harvest
	m, err := a.read(raw, &h)
	if err != nil {
		return nil, err
	}
	strangers := 0
	for _, item := range m.items {
		if err := ctx.Err(); err != nil {
			return nil, fault.Wrap(err, fault.Unavailable, "onestop.Normalize")
		}
		form := formOf(item, m.service)
		switch {
		case m.lines && a.brokenLine(item, &h):
		case form == unknownItem:
			strangers++
			a.stranger(item, &h)
		default:
			a.take(form, item, &h)
		}
	}
	records, err := h.Result("onestop.Normalize")
	if len(m.items) > 0 && strangers == len(m.items) && !worse(err) {
		return nil, unknownForm()
	}
	if len(records) > 0 && len(m.problems) > 0 {
		records[0].Problems = append(records[0].Problems, m.problems...)
	}
	return records, err
}

// take translates one item.
func (a *adapter) take(form itemForm, item strict.Part, h *field.Harvest) {
	switch form {
	case dossierItem:
		a.dossier(item, h)
	case stepItem:
		a.step(item, h)
	case socialItem:
		a.social(item, h)
	case createItem:
		a.create(item, h)
	case ministryStepItem:
		a.ministryStep(item, h)
	case ministryStatusItem:
		a.ministryStatus(item, h)
	case reportItem:
		a.report(item, h)
	case documentItem:
		a.document(item, h)
	case traceItem:
		a.trace(item, h)
	case lookupItem:
		a.lookup(item, h)
	case promotionItem:
		a.promotion(item, h)
	case amendmentItem:
		a.amendment(item, h)
	}
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

// stranger refuses an item of no known form, after seeing that it is JSON at all.
func (a *adapter) stranger(item strict.Part, h *field.Harvest) {
	if err := a.check(item); err != nil {
		h.Reject(err)
		return
	}
	h.Refuse(item.Pointer, formUnknown)
}

// check reads a part for its syntax alone.
func (a *adapter) check(part strict.Part) error {
	var nothing strict.Skip
	_, err := a.dec.Decode(part, &nothing)
	return err
}

func unknownForm() error {
	return fault.New(fault.UnknownForm, "onestop.Normalize", "no dossiers, steps or states in a form that one-stop systems send")
}

const example = `{"session":"","madonvi":"000.00.00.H05","service":"DongBoHoSoMC","isUpdating":"False","data":[{
 "MaHoSo":"H05.31-251103-0007","MaTTHC":"1.001193","TenTTHC":"Thủ tục đăng ký khai sinh",
 "MaLinhVuc":"G15-HT01","TenLinhVuc":"Hộ tịch","KenhThucHien":"2","ChuHoSo":"Nguyễn Thị Hạnh","LoaiDoiTuong":"1",
 "SoDienThoai":"0912345671","TrichYeuHoSo":"Đăng ký khai sinh cho con","NgayTiepNhan":"20251103083000",
 "NgayHenTra":"20251103170000","TrangThaiHoSo":"2","HinhThuc":"0","DonViXuLy":"UBND phường Kinh Bắc",
 "NoiNopHoSo":"1","DinhDanhCHS":[{"LoaiDinhDanh":"1","SoDinhDanh":"027192004321"}],"NgayNopHoSo":"20251103080512"}]}`
