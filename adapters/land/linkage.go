package land

import (
	"encoding/base64"
	"strings"

	"github.com/lienthong/lienthong/adapters/field"
	"github.com/lienthong/lienthong/adapters/markup"
	"github.com/lienthong/lienthong/adapters/strict"
	"github.com/lienthong/lienthong/internal/fault"
	"github.com/lienthong/lienthong/schema"
)

// linked reads an envelope of the land-tax linkage; false when it holds neither notices nor a payment.
func (run *run) linked(m message) bool {
	fields, _, err := strict.Fields(m.part, "Data")
	if err != nil {
		run.Reject(err)
		return true
	}
	switch has := marksOf(fields["Data"]); {
	case has&hasFile != 0:
		run.linkedNotice(m)
	case has&hasPayment != 0:
		run.payment(m)
	default:
		return false
	}
	return true
}

// linkedNotice reads the notices of a document. Pointers into the document go on
// behind the field that holds it.
func (run *run) linkedNotice(m message) {
	var w linkedNotice
	unknown, ok := run.decode(m, &w)
	if !ok {
		return
	}
	at := documentIn(m.reader()).Pointer("")
	document, err := openDocument(at, string(w.Data.FileThongBaoThue))
	if err != nil {
		run.Reject(err)
		return
	}
	var doc noticeDocument
	more, err := run.dec.Decode(strict.Part{Data: document, Pointer: at}, &doc)
	if err != nil {
		run.Reject(inside(err))
		return
	}
	unknown = append(unknown, more...)
	rows := doc.Data.Body.Rows
	if len(rows) == 0 {
		run.Refuse(rowIn(m.reader(), 0).Pointer(""), "field.required")
	}
	for i := range rows {
		list, dossier := rowNotices(m, &rows[i], i)
		if len(list) == 0 {
			run.Refuse(rowIn(m.reader(), i).Pointer("LIST"), "field.required")
			continue
		}
		sent := sentAt(list[0].reader, w.Ngay)
		if !list[0].reader.Refused() {
			list[0].reader.Unknown(unknown)
			unknown = nil
		}
		run.owed(m, schema.DossierNote{Dossier: dossier}, sent, list)
	}
	run.Unknown(unknown)
}

func documentIn(r *field.Reader) *field.Reader { return r.Under("Data").Under("FileThongBaoThue") }

func rowIn(r *field.Reader, i int) *field.Reader {
	return documentIn(r).Under("DATA").Under("BODY").Item("ROW_LIST", i)
}

// sentAt is when the envelope was sent, for the order of events alone.
func sentAt(r *field.Reader, raw strict.Text) schema.Time {
	return r.OptionalTime("Ngay", raw, schema.TimeCompact)
}

// rowNotices reads the notices of one dossier.
func rowNotices(m message, w *noticeRow, i int) (list byNotice, dossier string) {
	for k := range w.List {
		item := &w.List[k]
		g := list.of(item.SoQuyetDinh, m)
		row := rowIn(g.reader, i)
		if len(g.owed) == 0 {
			dossier = row.Dossier("MA_HSO", w.MaHoSo)
			row.Require("MA_HSO", dossier)
		}
		g.owed = append(g.owed, linkedItem(row.Item("LIST", k), item))
	}
	return list, dossier
}

// openDocument returns the JSON of a document that stands as base64 of XML in a field.
func openDocument(at, encoded string) ([]byte, error) {
	text := strings.Join(strings.Fields(encoded), "")
	if text == "" {
		return nil, unreadable(at, "field.required", "Thiếu thông tin bắt buộc.", "A mandatory field is missing.")
	}
	document, err := base64.RawStdEncoding.DecodeString(strings.TrimRight(text, "="))
	if err != nil {
		return nil, unreadable(at, "file.base64", "Tệp thông báo thuế không phải base64.", "The file of the notice is not base64.")
	}
	message, err := markup.ToJSON(document)
	if err != nil {
		problems := fault.ProblemsOf(err)
		for i := range problems {
			problems[i].Pointer = at
		}
		return nil, inside(&fault.Error{Code: fault.Invalid, Op: "land.openDocument", Problems: problems})
	}
	return message, nil
}

// inside says of an error with a document inside a message that it is about the
// content: the message itself was readable.
func inside(err error) error {
	return &fault.Error{Code: fault.Invalid, Op: "land.notice", Problems: fault.ProblemsOf(err)}
}

func unreadable(at, code, vi, en string) error {
	return &fault.Error{Code: fault.Invalid, Op: "land.notice", Problems: []fault.Problem{
		{Pointer: at, Code: code, Level: schema.Refused, Detail: vi, DetailEN: en}}}
}

func linkedItem(r *field.Reader, w *noticeItem) schema.Obligation {
	o := schema.Obligation{
		Notice:   r.Text("SO_QUYET_DINH", w.SoQuyetDinh),
		Name:     r.Text("TEN_TIEUMUC", w.TenTieuMuc),
		Amount:   r.Amount("SO_TIEN", w.SoTien),
		IssuedOn: r.Date("NGAY_QUYET_DINH", w.NgayQuyetDinh, schema.DateDashed),
	}
	r.Require("SO_QUYET_DINH", o.Notice)
	return o
}

// payment reads a proof of payment. Only what the platform calls paid is paid.
func (run *run) payment(m message) {
	var w payment
	unknown, ok := run.decode(m, &w)
	if !ok {
		return
	}
	r := m.reader()
	data := r.Under("Data")
	paid, about := &w.Data.ThongTinThanhToan, data.Under("ThongTinThanhToan")
	n := &schema.DossierNote{Dossier: data.Dossier("MaHoSo", w.Data.MaHoSo)}
	o := schema.Obligation{
		Notice: about.Text("MaThongBaoThue", paid.MaThongBaoThue),
		Name:   about.Text("NoiDungThanhToan", paid.NoiDungThanhToan),
		Paid:   strings.TrimSpace(string(paid.TrangThaiThanhToan)) == "1",
	}
	if o.Paid {
		o.PaidAmount = about.Amount("SoTien", paid.SoTien)
		o.PaidAt = about.OptionalTime("ThoiGianThanhToan", paid.ThoiGianThanhToan, schema.TimeCompact)
		o.PaidBy = partyName(data, "HoTenNguoiNopTien", w.Data.HoTenNguoiNopTien)
		o.ReceiptURL = link(data, "UrlFileChungTu", w.Data.URLFileChungTu)
	} else {
		about.Note("TrangThaiThanhToan", doubt("payment.unpaid", "Chứng từ không xác nhận đã nộp tiền; không ghi nhận thanh toán.",
			"The proof does not say that it was paid; no payment is recorded."))
	}
	n.Topic, n.At, n.Obligations = "payment/"+o.Notice, o.PaidAt, []schema.Obligation{o}
	data.Require("MaHoSo", n.Dossier)
	about.Require("MaThongBaoThue", o.Notice)
	r.Unknown(unknown)
	run.note(m, r, n)
}
