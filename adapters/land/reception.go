package land

import (
	"time"

	"github.com/lienthong/lienthong/adapters/field"
	"github.com/lienthong/lienthong/adapters/strict"
	"github.com/lienthong/lienthong/schema"
)

// reception turns each parcel that a reception names into a record. On its way
// to the land system it brings no step, since the one-stop system reports its
// own reception; where the land system receives for the one-stop system, nobody
// else knows of it.
func (run *run) reception(m message, noLevel bool) {
	var w reception
	unknown, ok := run.decode(m, &w)
	if !ok {
		return
	}
	shared := run.head(m.reader(), &w)
	if shared.reader.Refused() {
		run.refuse(shared.reader)
		return
	}
	if noLevel && single(m.part) {
		run.received(m, &w, shared)
	}
	for i := range w.ThongTinThuaDat {
		l, at, r := run.receivedParcel(m, &w, i)
		if unknown != nil && !r.Refused() {
			r.Unknown(unknown)
			unknown = nil
		}
		run.parcel(l.Dossier+"|"+l.Sheet+"|"+l.Number, shared.received, m, r, l, at)
	}
	run.Unknown(unknown)
}

// refuse reports what the reader of a part found that kept all records of it out.
func (run *run) refuse(r *field.Reader) { run.Take(schema.Record{Body: new(schema.LandParcel)}, r) }

// single reports whether the message names one bare parcel.
func single(m strict.Part) bool {
	fields, _, err := strict.Fields(m, "ThongTinThuaDat")
	return err == nil && fields["ThongTinThuaDat"].Kind() == '{'
}

// head is what all parcels of a reception share.
type head struct {
	dossier  string
	received schema.Time
	place    schema.Address
	reader   *field.Reader
}

func (run *run) head(r *field.Reader, w *reception) head {
	h := head{
		dossier:  r.Dossier("SoBienNhan", w.SoBienNhan),
		received: instant(r, "NgayTiepNhan", w.NgayTiepNhan),
		place:    run.receptionPlace(r, w),
		reader:   r,
	}
	r.Require("SoBienNhan", h.dossier)
	if h.place.Commune == "" && h.place.OldCommune == "" {
		r.Require("XaId", "")
	}
	return h
}

// receivedParcel reads one parcel. Its reader starts at the message, since half
// of the parcel stands there.
func (run *run) receivedParcel(m message, w *reception, i int) (*schema.LandParcel, *field.Reader, *field.Reader) {
	r := m.reader()
	at, p, shared := r.Item("ThongTinThuaDat", i), &w.ThongTinThuaDat[i], run.head(r, w)
	l := &schema.LandParcel{
		Commune:    shared.place.Commune,
		OldCommune: shared.place.OldCommune,
		Sheet:      plotNumber(at, "SoHieuBanDo", p.SoHieuBanDo),
		Number:     plotNumber(at, "SoThuTuThua", p.SoThuTuThua),
		AreaM2:     area(at, "DienTich", p.DienTich),
		Address:    shared.place,
		Dossier:    shared.dossier,
		Applicant:  submitter(r.Under("ThongTinNguoiNopDon"), &w.ThongTinNguoiNopDon),
	}
	if l.Address.Text = at.Text("DiaChiChiTiet", p.DiaChiChiTiet); l.Address.Text == "" {
		l.Address.Text = r.Text("DiaChiTaiSan", w.DiaChiTaiSan)
	}
	at.Require("SoHieuBanDo", l.Sheet)
	at.Require("SoThuTuThua", l.Number)
	return l, at, r
}

// received is the step of a dossier that the land system has received for the one-stop system.
func (run *run) received(m message, w *reception, shared head) {
	r := m.reader()
	s := &schema.DossierStep{
		Dossier: shared.dossier,
		At:      shared.received,
		Status:  schema.Received,
		Officer: r.Text("NguoiTiepNhan", w.NguoiTiepNhan),
		DueAt:   optionalInstant(r, "NgayHenTra", w.NgayHenTra),
	}
	r.Require("NgayTiepNhan", s.At.String())
	if other, found := schema.ParseDossierNumber(string(w.MaHoSoMotCua)); other.Value != "" && other.Value != s.Dossier {
		s.OtherNumbers = []string{other.Value}
		r.Found("MaHoSoMotCua", found, schema.Warning)
	}
	run.step(m, r, s)
}

// instant returns an instant of these systems, which write UTC without saying so.
func instant(r *field.Reader, key string, raw strict.Text) schema.Time {
	return r.TimeIn(key, raw, schema.TimeISO, time.UTC)
}

// optionalInstant is instant for what nothing hangs on: an unreadable one is dropped with a warning.
func optionalInstant(r *field.Reader, key string, raw strict.Text) schema.Time {
	t, err := schema.ParseTime(string(raw), schema.TimeISO, time.UTC)
	r.Fail(key, err, schema.Warning)
	return t
}
