package world

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"golang.org/x/text/unicode/norm"

	"github.com/lienthong/lienthong/schema/units"
)

// life is one dossier while its messages are written.
type life struct {
	w        *World
	r        *rand.Rand
	i        int
	commune  units.Unit
	service  service
	owner    person
	rec      record
	steps    []step // told by the one-stop system
	sent     int    // of them
	foreign  []step // told by a register
	messages []Message
	received time.Time
	now      time.Time
}

// dossier writes the messages of one dossier and its truth, and those of its twin where it has one.
func (w *World) dossier(i int) ([]Message, []Truth) {
	r := w.random(i)
	at := r.IntN(len(w.communes))
	l := &life{w: w, r: r, i: i, commune: w.communes[at], service: services[r.IntN(len(services))]}
	l.owner = w.people.adult(r, l.service.applicant(w.people.sex(r)))
	l.received = firstDay.AddDate(0, 0, i/5000).Add(7*time.Hour + 30*time.Minute + time.Duration(r.IntN(8*3600))*time.Second)
	l.now = l.received
	l.open(w.number(i, at, l.received))
	l.live()
	l.misbehave()
	truths := []Truth{l.truth()}
	if w.options.Poison > 0 && i%w.options.Poison == w.options.Poison/2 {
		truths = append(truths, l.poison())
	}
	return l.messages, truths
}

// open writes the first record and the step of reception.
func (l *life) open(number string) {
	submitted := l.received.Add(-time.Duration(l.r.IntN(7200)) * time.Second)
	phone := fmt.Sprintf("09%08d", l.r.IntN(100_000_000))
	online := l.r.IntN(100) < 60
	l.rec = record{
		MaHoSo: number, MaTTHC: l.service.code, TenTTHC: l.service.name(), MaLinhVuc: l.service.sector, TenLinhVuc: l.service.sectorName,
		KenhThucHien: pick(online, "2", "1"), SoGiayToChuHoSo: l.owner.pin, ChuHoSo: l.owner.name, LoaiDoiTuong: "1",
		SoDienThoai: phone, TrichYeuHoSo: l.service.name() + " " + number, NgayTiepNhan: gen1(l.received),
		NgayHenTra: gen1(l.received.Add(l.service.term)), TrangThaiHoSo: "2", HinhThuc: pick(online, "1", "0"),
		DonViXuLy: "UBND " + strings.ToLower(l.commune.FullName()[:1]) + l.commune.FullName()[1:],
		TaiLieuNop: []paper{{
			TepDinhKemId: fmt.Sprint(80000 + l.i), TenTepDinhKem: "to-khai.pdf", IsDeleted: "False",
			DuongDanTaiTepTin: fmt.Sprintf("%s/f/%d", l.w.options.Files, 80000+l.i), DuocSoHoa: "1", DuocTaiSuDung: "0", DuocLayTuKhoDMQG: "0",
		}},
		DanhSachLePhi: []fee{{TenPhiLePhi: "Lệ phí", MaPhiLePhi: "1", HinhThucThu: "1", Gia: "8000", LoaiPhiLePhi: "1"}},
		NoiNopHoSo:    pick(online, "1", "2"), HoSoCoThanhPhanSoHoa: "1", TaiKhoanDuocXacThucVoiVNeID: pick(online, "1", "0"),
		DuocThanhToanTrucTuyen: pick(online, "1", "0"), DinhDanhCHS: []identity{{"1", l.owner.pin}}, NgayNopHoSo: gen1(submitted),
		DSKetNoiCSDL: []database{{"1"}},
	}
	l.tell(false)
	l.step("2", "Tiếp nhận hồ sơ")
}

// live goes on until the dossier rests: most are finished, some wait, some end badly.
func (l *life) live() {
	switch chance := l.r.IntN(100); {
	case chance < 4:
		l.pass()
		l.step("3", "Hồ sơ không đủ điều kiện")
		l.rec.NgayTuChoi = gen1(l.now)
		l.flush()
		return
	case chance < 8:
		l.flush()
		return // waits at reception
	}
	l.pass()
	l.step("4", "Chuyển chuyên môn xử lý")
	switch chance := l.r.IntN(100); {
	case chance < 12:
		l.detour("5", "Đề nghị bổ sung giấy tờ")
	case chance < 20:
		l.detour("6", "Đề nghị thực hiện nghĩa vụ tài chính")
	case chance < 23:
		l.pass()
		l.step("7", "Công dân rút hồ sơ")
		l.flush()
		return
	case chance < 35:
		l.flush()
		return // still being processed
	}
	l.flush()
	l.finish()
}

// detour is a supplement or a payment, after which processing goes on.
func (l *life) detour(status, text string) {
	l.pass()
	l.step(status, text)
	l.pass()
	l.step("4", "Tiếp tục xử lý")
}

// finish ends the processing, by the register itself where there is one, and mostly returns the result.
func (l *life) finish() {
	l.pass()
	if l.service.register != nil && l.r.IntN(2) == 0 {
		l.service.register(l)
	} else {
		l.step("9", "Đã xử lý xong")
		l.rec.TrangThaiHoSo, l.rec.NgayKetThucXuLy = "9", gen1(l.now)
		l.rec.DanhSachGiayToKetQua = []result{{
			TenGiayTo: "Kết quả", GiayToId: fmt.Sprintf("kq-%d", l.i),
			DuongDanTepTinKetQua: fmt.Sprintf("https://files.example.vn/kq/%d", l.i), MaGiayToKetQua: l.service.result,
		}}
		l.flush()
		l.tell(true)
	}
	if l.r.IntN(100) < 30 {
		return
	}
	l.pass()
	l.step("10", "Đã trả kết quả")
	l.flush()
	if l.rec.TrangThaiHoSo == "9" && l.r.IntN(2) == 0 {
		l.rec.TrangThaiHoSo, l.rec.NgayTra = "10", gen1(l.now)
		l.tell(true)
	}
}

// pass lets time go by.
func (l *life) pass() { l.now = l.now.Add(time.Duration(600+l.r.IntN(6*3600)) * time.Second) }

// step notes a step; flush sends those noted.
func (l *life) step(status, text string) {
	l.steps = append(l.steps, l.newStep(status, text))
}

func (l *life) newStep(status, text string) step {
	return step{
		MaHoSo: l.rec.MaHoSo, NguoiXuLy: "Trần Văn Bình", ChucDanh: "Công chức", ThoiDiemXuLy: gen1(l.now),
		PhongBanXuLy: l.rec.DonViXuLy, NoiDungXuLy: text, TrangThai: status,
	}
}

// flush sends the steps that were not sent yet, in one message or one by one.
func (l *life) flush() {
	unsent := l.steps[l.sent:]
	if len(unsent) == 0 {
		return
	}
	if l.r.IntN(2) == 0 {
		l.send(OneStop, "P6", wrapped(l.r, "CapNhatTienDoHoSoMC", "", unsent))
	} else {
		for _, s := range unsent {
			l.send(OneStop, "P6", wrapped(l.r, "CapNhatTienDoHoSoMC", "", []step{s}))
		}
	}
	l.sent = len(l.steps)
}

// tell sends the record as it stands; some one-stop systems write names in
// capitals, in decomposed letters, and phone numbers with a country code.
func (l *life) tell(updating bool) {
	rec := l.rec
	switch l.r.IntN(10) {
	case 0:
		rec.ChuHoSo = strings.ToUpper(rec.ChuHoSo)
	case 1:
		rec.ChuHoSo = norm.NFD.String(rec.ChuHoSo)
	case 2:
		rec.SoDienThoai = "+84" + rec.SoDienThoai[1:]
	}
	l.send(OneStop, "P3", wrapped(l.r, "DongBoHoSoMC", pick(updating, "True", "False"), []record{rec}))
}

// wrapped puts data into the envelope or leaves it bare.
func wrapped(r *rand.Rand, service, updating string, data any) []byte {
	if r.IntN(2) == 0 {
		return encode(data)
	}
	return encode(envelope{Service: service, IsUpdating: updating, Data: data})
}

func (l *life) send(source, form string, body []byte) {
	l.messages = append(l.messages, Message{Source: source, Class: Good, Form: form, Body: body, at: l.now})
}

func pick(yes bool, a, b string) string {
	if yes {
		return a
	}
	return b
}
