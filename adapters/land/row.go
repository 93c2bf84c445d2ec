package land

import (
	"slices"
	"strings"
	"time"

	"github.com/lienthong/lienthong/adapters/field"
	"github.com/lienthong/lienthong/adapters/strict"
	"github.com/lienthong/lienthong/schema"
)

// row takes one row of the land database.
func (run *run) row(m message) {
	var w row
	unknown, ok := run.decode(m, &w)
	if !ok {
		return
	}
	r := m.reader()
	r.Unknown(unknown)
	run.parcelOf(m, r, []line{{w: &w, r: r, at: m.part.Pointer}})
}

// joined takes the lines that one parcel has in a joined table.
func (run *run) joined(m message) {
	var w joinedRows
	unknown, ok := run.decode(m, &w)
	if !ok {
		return
	}
	r := m.reader()
	r.Unknown(unknown)
	if len(w.Rows) == 0 {
		run.Refuse(r.Pointer("DC_THUADAT"), "field.required")
		return
	}
	lines := make([]line, len(w.Rows))
	for i := range w.Rows {
		at := r.Item("DC_THUADAT", i)
		lines[i] = line{w: &w.Rows[i], r: at, at: at.Pointer("")}
	}
	run.parcelOf(m, r, lines)
}

// line is one row of a parcel, with its reader and its pointer.
type line struct {
	w  *row
	r  *field.Reader
	at string
}

// parcelOf makes a parcel of its lines: what is the same in all from the first,
// uses and owners from each.
func (run *run) parcelOf(m message, root *field.Reader, lines []line) {
	w, r := lines[0].w, lines[0].r
	l := run.plot(r, w)
	l.Certificate = run.certificate(lines[0])
	var uses []schema.LandUse
	var owners []schema.Owner
	for i, n := range lines {
		if !samePlot(w, n.w) {
			n.r.Note("", schema.Problem{Code: "row.other_parcel", Level: schema.Refused,
				Detail: "Các dòng không cùng một thửa đất.", DetailEN: "The lines are not of one parcel."})
		}
		if !repeatsUse(lines[:i], n.w) {
			uses = append(uses, run.uses(n.r, n.at, n.w.MucDich)...)
			uses = append(uses, flatUses(n.r, n.w)...)
		}
		if !repeatsOwner(lines[:i], n.w) {
			owners = append(owners, run.owners(n)...)
		}
		if n.w.SoPhatHanh != w.SoPhatHanh {
			n.r.Note("SOPHATHANH", severalCertificates())
		}
	}
	slices.SortStableFunc(uses, mainFirst)
	l.Uses, l.Owners = uses, owners
	updated, err := schema.ParseTime(string(w.ThoiDiemCapNhat), schema.TimeAny, time.UTC)
	r.Fail("THOIDIEMCAPNHAT", err, schema.Warning)
	id := l.RegisterID
	if id == "" {
		id = plotID(l)
	}
	run.parcel(id, updated, m, root, l, r)
}

// plot reads what describes the parcel itself.
func (run *run) plot(r *field.Reader, w *row) *schema.LandParcel {
	place := run.rowPlace(r, w)
	l := &schema.LandParcel{
		Commune:     place.Commune,
		OldCommune:  place.OldCommune,
		Sheet:       plotNumber(r, "SOHIEUTOBANDO", w.SoHieuToBanDo),
		Number:      plotNumber(r, "SOTHUTUTHUA", w.SoThuTuThua),
		OldSheet:    plotNumber(r, "SOHIEUTOBANDOCU", w.SoHieuToBanDoCu),
		OldNumber:   plotNumber(r, "SOTHUTUTHUACU", w.SoThuTuThuaCu),
		Geohash:     geohash(r, "GEOHASH12", w.Geohash12),
		RegisterID:  r.Code(w.ThuaDatID),
		AreaM2:      areaValue(r, "DIENTICH", w.DienTich),
		LegalAreaM2: areaValue(r, "DIENTICHPHAPLY", w.DienTichPhapLy),
		Address:     place,
		Disputed:    r.Flag("DANGTRANHCHAP", w.DangTranhChap),
		State:       r.Text("TRANGTHAI", w.TrangThai),
	}
	l.Address.Text = r.Text("DIACHITHUADAT", w.DiaChiThuaDat)
	r.Require("SOHIEUTOBANDO", l.Sheet)
	r.Require("SOTHUTUTHUA", l.Number)
	if l.Commune == "" && l.OldCommune == "" {
		r.Require("XAID", "")
	}
	if strings.Trim(l.RegisterID, "0") == "" {
		l.RegisterID = ""
	}
	return l
}

// plotID is the id of a record whose source gives its parcels none.
func plotID(l *schema.LandParcel) string {
	commune := l.OldCommune
	if commune == "" {
		commune = l.Commune
	}
	return commune + "|" + l.Sheet + "|" + l.Number
}

func samePlot(a, b *row) bool {
	return a.ThuaDatID == b.ThuaDatID && a.XaID == b.XaID && a.XaIDCu == b.XaIDCu &&
		a.SoHieuToBanDo == b.SoHieuToBanDo && a.SoThuTuThua == b.SoThuTuThua
}

// repeatsUse reports whether an earlier line has the same use: a join repeats it for each owner.
func repeatsUse(before []line, w *row) bool {
	for _, b := range before {
		if b.w.KyHieu == w.KyHieu && string(b.w.DienTichMucDich) == string(w.DienTichMucDich) &&
			b.w.ThoiHanSuDung == w.ThoiHanSuDung && string(b.w.MucDich) == string(w.MucDich) {
			return true
		}
	}
	return false
}

// repeatsOwner is the same for owners.
func repeatsOwner(before []line, w *row) bool {
	for _, b := range before {
		if b.w.HoTen == w.HoTen && b.w.SoGiayTo == w.SoGiayTo && b.w.TenToChuc == w.TenToChuc &&
			b.w.MaDoanhNghiep == w.MaDoanhNghiep && string(b.w.Chu) == string(w.Chu) {
			return true
		}
	}
	return false
}

const geohashLetters = "0123456789bcdefghjkmnpqrstuvwxyz"

// geohash returns a parcel's geohash of 12 characters; anything else is no key and is dropped.
func geohash(r *field.Reader, key string, raw strict.Text) string {
	s := strings.ToLower(r.Code(raw))
	if s == "" {
		return ""
	}
	if len(s) != 12 || strings.Trim(s, geohashLetters) != "" {
		r.Note(key, doubt("geohash.invalid", "Mã định danh thửa đất không phải GeoHash 12 ký tự; đã bỏ qua.",
			"Not a geohash of 12 characters; dropped."))
		return ""
	}
	return s
}
