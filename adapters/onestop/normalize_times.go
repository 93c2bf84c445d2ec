package onestop

import (
	"github.com/lienthong/lienthong/adapters/field"
	"github.com/lienthong/lienthong/adapters/strict"
	"github.com/lienthong/lienthong/internal/fault"
	"github.com/lienthong/lienthong/schema"
)

// instant reads a time that counts, in the format of its form; another that can
// be read is taken with a word, since sheets rewrite times. An unreadable one
// keeps the record out.
func instant(r *field.Reader, key string, raw strict.Text, format schema.TimeFormat) schema.Time {
	return clock(r, key, raw, format, schema.Refused)
}

// optional is instant for a time that nothing hangs on: an unreadable one is dropped with a warning.
func optional(r *field.Reader, key string, raw strict.Text, format schema.TimeFormat) schema.Time {
	return clock(r, key, raw, format, schema.Warning)
}

func clock(r *field.Reader, key string, raw strict.Text, format schema.TimeFormat, worst fault.Level) schema.Time {
	if raw == "" {
		return schema.Time{}
	}
	t, err := schema.ParseTime(string(raw), format, nil)
	if err == nil {
		return t
	}
	if t, other := schema.ParseTime(string(raw), schema.TimeAny, nil); other == nil {
		r.Note(key, note(timeFormat, schema.Repaired))
		return t
	}
	r.Fail(key, err, worst)
	return schema.Time{}
}

// times reads the instants by which the portal counts and the clock runs.
func times(r *field.Reader, d *schema.Dossier, w *dossierWire, format schema.TimeFormat) {
	d.SubmittedAt = instant(r, "NgayNopHoSo", w.NgayNopHoSo, format) // some systems copy the reception; it stays as said
	d.ReceivedAt = instant(r, "NgayTiepNhan", w.NgayTiepNhan, format)
	d.DueAt = instant(r, "NgayHenTra", w.NgayHenTra, format)
	d.FinishedAt = instant(r, "NgayKetThucXuLy", w.NgayKetThucXuLy, format)
	d.ReturnedAt = instant(r, "NgayTra", w.NgayTra, format)
	d.RefusedAt = instant(r, "NgayTuChoi", w.NgayTuChoi, format)
}

// needReception warns of a dossier that the portal will not count.
func needReception(r *field.Reader, key string, d *schema.Dossier) {
	if d.ReceivedAt.IsZero() && !r.Refused() {
		r.Warn(key, "dossier.reception_missing")
	}
}
