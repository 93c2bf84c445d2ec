package land

import (
	"github.com/lienthong/lienthong/adapters/field"
	"github.com/lienthong/lienthong/adapters/strict"
	"github.com/lienthong/lienthong/schema"
)

// taxResult asks the citizen to pay: a step, and a note for each notice. A
// result without a notice asks for nothing; it may free from the tax.
func (run *run) taxResult(m message) {
	var w taxResult
	unknown, ok := run.decode(m, &w)
	if !ok {
		return
	}
	r := m.reader()
	s := &schema.DossierStep{
		Dossier: r.Dossier("SoBienNhan", w.SoBienNhan),
		At:      instant(r, "NgayCoKetQuaThue", w.NgayCoKetQuaThue),
		Status:  schema.PaymentRequired,
		Unit:    r.Text("NguoiXuLy", w.NguoiXuLy), // a tax office, sometimes an official
		Text:    r.Text("GhiChu", w.GhiChu),
	}
	if len(w.DanhSachThongBaoThue) == 0 && !r.Refused() {
		r.Note("DanhSachThongBaoThue", doubt("notice.none", "Kết quả thuế không kèm thông báo; không ghi nhận yêu cầu nộp tiền.",
			"The tax result has no notice; no payment is asked for."))
		run.told(m, r, &schema.DossierNote{Dossier: s.Dossier, Topic: topic("tax_result", s.At.Gen1(), s.Text),
			At: s.At, Unit: s.Unit, Text: s.Text}, unknown)
		return
	}
	run.timed(m, r, s, "NgayCoKetQuaThue", unknown)
	if r.Refused() {
		return
	}
	shared := schema.DossierNote{Dossier: s.Dossier, At: s.At, Unit: s.Unit}
	var list byNotice
	for i := range w.DanhSachThongBaoThue {
		n := &w.DanhSachThongBaoThue[i]
		g := list.of(n.SoThongBaoThue, m)
		g.owed = append(g.owed, noticeOf(g.reader.Item("DanhSachThongBaoThue", i), n))
	}
	run.owed(m, shared, schema.Time{}, list)
}

func noticeOf(r *field.Reader, w *taxNotice) schema.Obligation {
	o := schema.Obligation{
		Notice: r.Text("SoThongBaoThue", w.SoThongBaoThue),
		Name:   r.Text("LoaiThue", w.LoaiThue),
		Debtor: partyName(r, "HoTenChu", w.HoTenChu),
		URL:    link(r, "DuongDanThongBaoThue", w.DuongDanThongBaoThue),
	}
	if o.Debtor == "" {
		o.Debtor = partyName(r, "HoVaChu", w.HoVaChu)
	}
	if o.URL == "" {
		o.URL = link(r, "DuongDanTBT", w.DuongDanTBT)
	}
	r.Require("SoThongBaoThue", o.Notice)
	return o
}

// partyName returns the name of whoever owes or pays: a person, several, or an organisation.
func partyName(r *field.Reader, key string, raw strict.Text) string {
	text := r.Text(key, raw)
	if text == "" || organisationName(text) {
		return text
	}
	return r.Name(key, strict.Text(text))
}

// byNotice are the obligations of one dossier by the notice that asks for them:
// one notice may ask for several sums.
type byNotice []*notice

type notice struct {
	number strict.Text
	owed   []schema.Obligation
	reader *field.Reader // of the whole message
}

// of returns the group of a number as the source writes it; what has none is alone.
func (list *byNotice) of(number strict.Text, m message) *notice {
	for _, n := range *list {
		if number != "" && n.number == number {
			return n
		}
	}
	n := &notice{number: number, reader: m.reader()}
	*list = append(*list, n)
	return n
}

// owed takes a note for each notice.
func (run *run) owed(m message, shared schema.DossierNote, sent schema.Time, list byNotice) {
	for _, g := range list {
		n := shared
		n.Topic, n.Obligations = "notice/"+g.owed[0].Notice, g.owed
		at := n.At
		if at.IsZero() {
			at = sent
		}
		run.Take(schema.Record{Kind: n.Kind(), ID: n.ID(), EventTime: at, Body: &n, Raw: m.raw}, g.reader)
	}
}
