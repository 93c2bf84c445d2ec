package civil

import (
	"strings"

	"github.com/lienthong/lienthong/adapters/field"
	"github.com/lienthong/lienthong/adapters/strict"
	"github.com/lienthong/lienthong/schema"
)

// document is what the registry writes of one event. The same keys serve an
// application, the result of a poll, and a record of a book.
type document interface {
	// common returns the part that all documents have.
	common() *entry
	// fill reads the rest; asOf is the day of the lists that its places are of.
	fill(a *adapter, r *field.Reader, e *schema.CivilEvent, asOf schema.Date)
}

func (e *entry) common() *entry { return e }

// newDocument returns an empty document of a type of event.
func newDocument(t schema.CivilEventType) document {
	switch t {
	case schema.Birth:
		return new(birth)
	case schema.Death:
		return new(death)
	case schema.Marriage:
		return new(marriage)
	case schema.Recognition:
		return new(recognition)
	case schema.Guardianship, schema.GuardianshipEnd:
		return new(guardianship)
	case schema.Correction:
		return new(correction)
	case schema.MaritalStatus:
		return new(maritalStatus)
	}
	return new(foreignNote)
}

// event reads a document.
func (a *adapter) event(r *field.Reader, d document, t schema.CivilEventType, stage schema.EventStage, asOf schema.Date) *schema.CivilEvent {
	w := d.common()
	e := &schema.CivilEvent{
		Type: t, Stage: stage,
		RegType:  a.code(r, "loaiDangKy", w.LoaiDangKy),
		Entry:    readEntry(r, w),
		State:    r.Code(w.TinhTrangID),
		Decision: r.Text("quyetDinhSo", w.QuyetDinhSo),
		Signer:   schema.Official{Name: r.Name("nguoiKy", w.NguoiKy), Position: r.Text("chucVuNguoiKy", w.ChucVuNguoiKy)},
		Clerk:    r.Name("nguoiThucHien", w.NguoiThucHien),
		Note:     r.Text("ghiChu", w.GhiChu),
		Foreign:  a.foreign(r, w),
		Copies:   copies(r, w),
	}
	d.fill(a, r, e, asOf)
	return e
}

// readEntry reads where an event stands in the book.
func readEntry(r *field.Reader, w *entry) schema.BookEntry {
	out := schema.BookEntry{
		Book:   r.Text("quyenSo", w.QuyenSo),
		Number: r.Text("so", w.So),
		Page:   r.Text("trangSo", w.TrangSo),
		Date:   r.Date("ngayDangKy", w.NgayDangKy, schema.DateAny),
	}
	if out.Number == "" {
		out.Number = r.Text("soDangKy", w.SoDangKy)
	}
	return out
}

// foreign reads where an event was registered abroad, nil when it was not.
func (a *adapter) foreign(r *field.Reader, w *entry) *schema.ForeignEntry {
	f := schema.ForeignEntry{
		Number:  r.Text("soDangKyNuocNgoai", w.SoDangKyNuocNgoai),
		Date:    r.Date("ngayDangKyNuocNgoai", w.NgayDangKyNuocNgoai, schema.DateAny),
		Agency:  r.Text("cqNuocNgoaiDaDangKy", w.CqNuocNgoaiDaDangKy),
		Country: unbracketed(a.text(r, "qgNuocNgoaiDaDangKy", w.QgNuocNgoaiDaDangKy)),
	}
	if f == (schema.ForeignEntry{}) {
		return nil
	}
	return &f
}

func copies(r *field.Reader, w *entry) int {
	key, raw := "soLuongBanSao", w.SoLuongBanSao
	if raw == "" {
		key, raw = "soBanSao", w.SoBanSao
	}
	n := r.Int(key, raw)
	if n < 0 || n > 10_000 {
		r.Warn(key, "number.invalid")
		return 0
	}
	return int(n)
}

// ask reads who asked for the registration.
func (a *adapter) ask(r *field.Reader, e *schema.CivilEvent, w *requester, asOf schema.Date) {
	e.Requester = a.anyone(r, (*person)(w).as("nyc", "", asOf))
	e.Relation = r.Text("nycQuanHe", w.QuanHe)
}

// margin appends what a note in the margin of a book says, if there is one.
func margin(r *field.Reader, e *schema.CivilEvent, what string, dateKey string, date strict.Text, groundKey string, ground strict.Text) {
	c := schema.EntryChange{
		Field:  what,
		After:  r.Date(dateKey, date, schema.DateAny).String(),
		Ground: r.Text(groundKey, ground),
	}
	if c.After != "" || c.Ground != "" {
		e.Changes = append(e.Changes, c)
	}
}

func (w *birth) fill(a *adapter, r *field.Reader, e *schema.CivilEvent, asOf schema.Date) {
	baby := (*person)(&w.child).as("nks", "", asOf)
	if w.SoDinhDanh != "" {
		baby.pinKey, baby.pin = "soDinhDanh", w.SoDinhDanh
	}
	e.Subject = *a.person(r, baby)
	e.HappenedOn, e.Origin = e.Subject.Birth, e.Subject.Origin
	e.Place = w.place(a, r, asOf)
	e.Mother = a.anyone(r, (*person)(&w.mother).as("me", schema.Female, asOf))
	e.Father = a.anyone(r, (*person)(&w.father).as("cha", schema.Male, asOf))
	a.ask(r, e, &w.requester, asOf)
	e.Parentage = a.code(r, "nksLoaiKhaiSinh", w.NksLoaiKhaiSinh)
	e.Certificate = r.Text("maGCS", w.MaGCS)
	e.CertifiedOn = r.Date("ngayCapGCS", w.NgayCapGCS, schema.DateAny)
	const lost, limited = "nksMatTich", "nksHanCheNangLucHanhVi"
	margin(r, e, "Tuyên bố mất tích", lost+"NgayGhiChuTuyenBo", w.NksMatTichNgayGhiChuTuyenBo, lost+"CanCuTuyenBo", w.NksMatTichCanCuTuyenBo)
	margin(r, e, "Hủy tuyên bố mất tích", lost+"NgayGhiChuHuyTuyenBo", w.NksMatTichNgayGhiChuHuy, lost+"CanCuHuyTuyenBo", w.NksMatTichCanCuHuy)
	margin(r, e, "Tuyên bố hạn chế năng lực hành vi",
		limited+"NgayGhiChuTuyenBo", w.NksHanCheNgayGhiChuTuyenBo, limited+"CanCuTuyenBo", w.NksHanCheCanCuTuyenBo)
	margin(r, e, "Hủy tuyên bố hạn chế năng lực hành vi",
		limited+"NgayGhiChuHuyTuyenBo", w.NksHanCheNgayGhiChuHuyTuyenBo, limited+"NgayCanCuHuyTuyenBo", w.NksHanCheCanCuHuyTuyenBo)
}

// place reads where a child was born: a place; a text with its unit beside it;
// or a place abroad.
func (w *birth) place(a *adapter, r *field.Reader, asOf schema.Date) schema.Address {
	at := w.placeAtHome(a, r, asOf)
	if abroad := r.Text("nksNoiSinhNuocNgoai", w.NksNoiSinhNuocNgoai); abroad != "" && at.IsZero() {
		at.Text = abroad
	}
	return at
}

func (w *birth) placeAtHome(a *adapter, r *field.Reader, asOf schema.Date) schema.Address {
	const key, unitKey = "nksNoiSinh", "nksNoiSinhDVHC"
	text, line := scalar(w.NksNoiSinh)
	unit, unitLine := scalar(w.NksNoiSinhDVHC)
	switch {
	case !line || isUnitCode(text) || unitLine && unit == "":
		return a.place(r, key, w.NksNoiSinh, asOf)
	case unitLine && !isUnitCode(unit):
		return a.oneLine(r, key, strings.Trim(r.Text(key, text)+", "+r.Text(unitKey, unit), ", "), asOf)
	}
	out := a.place(r, unitKey, w.NksNoiSinhDVHC, asOf)
	out.Street = r.Text(key, text)
	return out
}

func (w *death) fill(a *adapter, r *field.Reader, e *schema.CivilEvent, asOf schema.Date) {
	e.Subject = *a.person(r, (*person)(&w.deceased).as("nkt", "", asOf))
	e.HappenedOn = r.Date("nktNgayChet", w.NktNgayChet, schema.DateAny)
	e.Subject.DiedOn = e.HappenedOn
	e.Clock = clock(r, "nktGioPhutChet", w.NktGioPhutChet)
	e.Place = a.place(r, "nktNoiChet", w.NktNoiChet, asOf)
	e.Cause = r.Text("nktNguyenNhanChet", w.NktNguyenNhanChet)
	a.ask(r, e, &w.requester, asOf)
	w.notice(a, r, e)
	const dead = "ViecChet"
	margin(r, e, "Tuyên bố chết", "nktNgayGhiChuTuyenBo"+dead, w.NktNgayGhiChuTuyenBo, "nktCanCuTuyenBo"+dead, w.NktCanCuTuyenBo)
	margin(r, e, "Hủy tuyên bố chết", "nktNgayGhiChuHuyTuyenBo"+dead, w.NktNgayGhiChuHuyTuyenBo, "nktCanCuHuyTuyenBo"+dead, w.NktCanCuHuyTuyenBoViecChe)
}

// notice reads the paper that proves a death: the number on paper before the
// one of the electronic notice.
func (w *death) notice(a *adapter, r *field.Reader, e *schema.CivilEvent) {
	e.CertificateType = a.code(r, "gbtLoai", w.GbtLoai)
	e.Certificate = r.Text("gbtSo", w.GbtSo)
	if e.CertificateType == "" {
		e.CertificateType = a.code(r, "giayBaoTuLoai", w.GiayBaoTuLoai)
	}
	if e.Certificate == "" {
		e.Certificate = r.Text("giayBaoTuSo", w.GiayBaoTuSo)
	}
	if e.Certificate == "" {
		e.Certificate = r.Text("maGBT", w.MaGBT)
	}
	e.CertifiedOn = r.Date("gbtNgay", w.GbtNgay, schema.DateAny)
	if e.CertifiedOn.IsZero() {
		e.CertifiedOn = r.Date("ngayCapGBT", w.NgayCapGBT, schema.DateAny)
	}
	e.CertifiedBy = r.Text("gbtCoQuanCap", w.GbtCoQuanCap)
}

// clock reads the time of day of a death, "05:40" or "5 giờ 40", as hh:mm.
func clock(r *field.Reader, key string, raw strict.Text) string {
	text := r.Text(key, raw)
	if text == "" {
		return ""
	}
	var n, width [4]int
	runs := 0
	for i := 0; i < len(text) && runs < len(n); i++ {
		if c := text[i]; c >= '0' && c <= '9' {
			n[runs], width[runs] = min(n[runs]*10+int(c-'0'), 1000), width[runs]+1
			if i+1 == len(text) || text[i+1] < '0' || text[i+1] > '9' {
				runs++
			}
		}
	}
	if runs == 1 && width[0] == 4 { // "0540"
		n[0], n[1], runs = n[0]/100, n[0]%100, 2
	}
	if runs == 0 || runs > 3 || n[0] > 23 || n[1] > 59 {
		r.Note(key, doubt("clock.invalid", "Giờ không hợp lệ, đã bỏ qua.", "Not a time of day; passed over."))
		return ""
	}
	return string([]byte{digit(n[0] / 10), digit(n[0] % 10), ':', digit(n[1] / 10), digit(n[1] % 10)})
}

func digit(n int) byte { return byte('0' + n) }
