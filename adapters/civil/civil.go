// Package civil is the adapter for the civil registry (hộ tịch): what goes to
// and comes from the shared registry of the Ministry of Justice, what the
// software of linked public services (DVCLT) sends and is told, the books that
// a registry exports, and answers of the population database.
//
//	a, err := civil.New(adapters.Config{Province: "24"})
//	records, err := a.Normalize(ctx, adapters.Raw{Body: body})
//
// An application becomes a civil_event of stage applied. Each polled item
// becomes a dossier_step, and a civil_event of stage registered beside it when
// the item brings the entry in the book; a record of a book is such an event
// too. All events of one birth that tell the one-stop number, or its place in the
// book, share a natural key, so that they meet in one entity. A citizen of the population database becomes a person.
//
// The files: civil.go and form.go tell messages apart, wire*.go has their
// shapes, push.go, poll.go, linked.go, book.go and population.go one form of
// message each, event*.go the documents that they carry, and person.go,
// place.go, ethnicity.go and choice.go what documents are made of.
package civil

import (
	"context"
	"mime"
	"strings"

	"github.com/lienthong/lienthong/adapters"
	"github.com/lienthong/lienthong/adapters/sheet"
	"github.com/lienthong/lienthong/adapters/strict"
	"github.com/lienthong/lienthong/internal/fault"
	"github.com/lienthong/lienthong/schema"
)

// Spec describes the adapter.
func Spec() adapters.Spec {
	return adapters.Spec{
		Name:    "civil",
		Version: 2,
		Summary: "Civil registry (hộ tịch): applications, results, linked services, books of the registry, population look-ups.",
		Kinds: []adapters.KindSpec{
			{Kind: schema.KindCivilEvent, Order: adapters.ByEventTime},
			{Kind: schema.KindDossierStep, Order: adapters.ByArrival},
			{Kind: schema.KindDossierNote, Order: adapters.ByArrival},
			{Kind: schema.KindPerson, Order: adapters.ByArrival},
		},
		Forms: []string{
			"NhanDKHT, modules LTKS, LTKT, LTKH: application for the registration of a birth, death or marriage",
			"LayKetQua, modules LTKS, LTKT, LTKH: answer to a poll, or a single item of one",
			"DVCLT: list of dossiers, a dossier with its XML document (KS, KT), status of a dossier",
			"Books KHAISINH, KHAITU, KETHON, NHANCHAMECON, GIAMHO, CHAMDUTGIAMHO, THAYDOICAICHINH, XACNHANHONNHAN, GHICHU…: " +
				"one record or a list as JSON, or CSV; the book by a field \"book\" or by its columns",
			"Population database: answer to a look-up, SOAP XML inside JSON",
		},
		Example: example,
		New:     New,
	}
}

// New returns an adapter.
func New(cfg adapters.Config) (adapters.Adapter, error) {
	return &adapter{province: cfg.Province, dec: strict.New(strict.Options{}), groups: newGroups()}, nil
}

type adapter struct {
	province string // decides what a commune code means where the message does not
	dec      *strict.Decoder
	groups   groups
}

var _ adapters.Adapter = (*adapter)(nil)

// Normalize implements [adapters.Adapter].
func (a *adapter) Normalize(_ context.Context, raw adapters.Raw) ([]schema.Record, error) {
	m := strict.Message(raw.Body)
	if sheet.Is(raw.ContentType) && m.Kind() != '{' { // a row kept of a sheet is an object
		return a.sheet(raw.Body)
	}
	if err := jsonOnly(raw.ContentType); err != nil {
		return nil, err
	}
	if m.Kind() == '[' {
		return a.books(m)
	}
	switch formOf(m) {
	case formPush:
		return a.push(m)
	case formPoll:
		return a.poll(m)
	case formItem:
		return a.single(m, a.item)
	case formStatus:
		return a.single(m, a.linkedStatus)
	case formLinked:
		return a.linked(m)
	case formLinkedDossier:
		return a.single(m, a.linkedDossier)
	case formBook:
		return a.single(m, a.book)
	case formPopulation:
		return a.population(m)
	}
	return nil, a.unknown(m)
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
	return fault.New(fault.UnknownForm, "civil.Normalize", "no message of the civil registry that is known here")
}

// jsonOnly refuses what says of itself that it is neither JSON nor a table.
func jsonOnly(contentType string) error {
	media, _, err := mime.ParseMediaType(contentType)
	if contentType == "" || err == nil && (media == "application/json" || media == "text/json" || sheet.Is(contentType)) {
		return nil
	}
	return fault.New(fault.UnsupportedMedia, "civil.Normalize", "the civil registry forms are JSON or CSV")
}

// modules are the registry's names of events in messages about dossiers; DVCLT drops the LT.
var modules = map[string]schema.CivilEventType{
	"KS": schema.Birth, "KT": schema.Death, "KH": schema.Marriage,
}

// moduleOf returns the module by its short name, with its event; "" for an unknown one.
func moduleOf(raw strict.Text) (string, schema.CivilEventType) {
	name := strings.ToUpper(strings.TrimSpace(string(raw)))
	name = strings.TrimPrefix(name, "LT")
	if t, ok := modules[name]; ok {
		return name, t
	}
	return "", ""
}

const example = `{"maDonVi":"09187","module":"LTKS","maHoSoLT":"LT-251103-000981","maHoSoMCDT":"H05.31-251103-0007","ngayTiepNhan":"03/11/2025 08:30:00",
 "data":"{\"maGCS\":\"GCS-2025-004411\",\"ngayCapGCS\":\"01.11.2025\",\"loaiDangKy\":\"1\",\"noiDangKy\":\"09187\",\"nksHoTen\":\"PHẠM GIA BẢO\",\"nksGioiTinh\":\"1\",\"nksNgaySinh\":\"30.10.2025\",\"nksNoiSinh\":{\"maTinh\":\"24\",\"maHuyen\":\"\",\"maXa\":\"09190\",\"dcChiTiet\":\"Bệnh viện Sản nhi\"},\"nksDanToc\":\"Kinh\",\"meHoTen\":\"NGUYỄN THỊ HẠNH\",\"meNgaySinh\":\"14.06.1992\",\"meSoDDCN\":\"027192004321\",\"chaHoTen\":\"PHẠM VĂN NAM\",\"chaNgaySinh\":\"1990\",\"nycHoTen\":\"PHẠM VĂN NAM\",\"nycQuanHe\":\"Cha\",\"nycSoDienThoai\":\"0912000002\"}",
 "fileDinhKem":[]}`
