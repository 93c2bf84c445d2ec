package world

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/lienthong/lienthong/schema"
)

// civilBirth is the registration of a birth: the application to the registry
// when the dossier is received (H1), the entry when it is done (H3).
func civilBirth(l *life) {
	child := l.w.people.born(l.r, l.received.AddDate(0, 0, -4), l.w.people.sex(l.r))
	father := l.w.people.adult(l.r, schema.Male)
	address := map[string]string{"maTinh": l.w.options.Province, "maHuyen": "", "maXa": l.commune.Code, "dcChiTiet": "Số 5"}
	data := map[string]any{
		"maGCS": fmt.Sprintf("GCS-2025-%06d", l.i), "loaiDangKy": "1", "noiDangKy": l.commune.Code,
		"nksHoTen": strings.ToUpper(child.name), "nksGioiTinh": child.sexCode(), "nksNgaySinh": child.birth.Format("02.01.2006"),
		"nksNoiSinh": address, "nksQueQuan": address, "nksDanToc": "Kinh", "nksQuocTich": "Việt Nam (Viet Nam)",
		"nksLoaiKhaiSinh": "1", "meHoTen": strings.ToUpper(l.owner.name), "meNgaySinh": l.owner.birth.Format("02.01.2006"),
		"meDanToc": "Kinh", "meQuocTich": "Việt Nam (Viet Nam)", "meLoaiCuTru": "1", "meNoiCuTru": address,
		"meLoaiGiayToTuyThan": "4", "meSoGiayToTuyThan": l.owner.pin, "meSoDDCN": l.owner.pin,
		"chaHoTen": strings.ToUpper(father.name), "chaNgaySinh": father.birth.Format("2006"), "chaDanToc": "Kinh",
		"nycHoTen": strings.ToUpper(father.name), "nycQuanHe": "Cha", "nycSoDienThoai": l.rec.SoDienThoai,
	}
	class := Good
	if l.r.IntN(25) == 0 { // the clerk types the mother's number into the father's field
		data["chaSoDDCN"], class = l.owner.pin, Doubtful
	}
	linked := fmt.Sprintf("LT-%s-%06d", l.received.Format("060102"), l.i)
	l.messages = append(l.messages, Message{Source: Civil, Class: class, Form: "H1", at: l.received, Body: encode(map[string]any{
		"maDonVi": l.commune.Code, "module": "LTKS", "maHoSoLT": linked, "maHoSoMCDT": l.rec.MaHoSo,
		"ngayTiepNhan": l.received.Format("02/01/2006 15:04:05"), "data": string(encode(data)),
		"fileDinhKem": []any{map[string]any{"id": 1, "loaiGiayTo": 1, "tenGiayTo": "Giấy chứng sinh", "tenTepDinhKem": "gcs.pdf", "huyGiayTo": 0, "duLieuTepDinhKem": "JVBERi0xLjcK"}},
	})})
	l.foreignEnd("Hoàn thành đăng ký")
	l.send(Civil, "H3", encode(map[string]any{"status": 1, "statusDescription": "", "value": []any{map[string]any{
		"maDonVi": l.commune.Code, "maTinh": "58", "module": "LTKS", "maHoSoLT": linked, "maHoSoMCDT": l.rec.MaHoSo, "errors": nil,
		"trangThai": "4", "thoiGianThucHien": l.now.Format("02/01/2006 15:04:05"), "ghiChu": "",
		"ketQuaXuLy": map[string]any{
			"soDinhDanh": child.pin, "ngayDangKy": l.now.Format("02/01/2006"), "ndkksMaTinh": l.w.options.Province, "ndkksMaHuyen": "",
			"ndkksMaXa": l.commune.Code, "nksHoTen": strings.ToUpper(child.name), "nksGioiTinh": child.sexNumber(),
			"nksNgaySinh": child.birth.Format("02/01/2006"), "nksDanToc": "Kinh", "nksQuocTich": "Việt Nam", "nksNoiSinh": address,
			"meHoTen": strings.ToUpper(l.owner.name), "meSoGiayTo": l.owner.pin, "chaHoTen": strings.ToUpper(father.name),
			"chaSoGiayTo": father.pin, "nycHoTen": strings.ToUpper(father.name), "nycQuanHe": "Cha", "giayKhaiSinh": "JVBERi0x",
			"soDangKy": strconv.Itoa(l.i + 1), "quyenSo": "02/2025", "trangSo": strconv.Itoa(l.i/2 + 1),
		},
		"nguoiXuLy": "Lê Thị Cúc", "chucDanh": "Công chức TP-HT", "phongBanXuLy": l.rec.DonViXuLy, "noiDungXuLy": "", "hanBoSungHoSo": nil,
	}}}))
}

// landTransfer is a dossier at the land office: reception there (L1), its tax and its end (L5), in UTC without saying so.
func landTransfer(l *life) {
	const utc = "2006-01-02T15:04:05"
	commune, _ := strconv.Atoi(l.commune.Code) // a number column loses the zero
	province, _ := strconv.Atoi(l.w.options.Province)
	place := "Phố 9, " + l.commune.FullName()
	l.messages = append(l.messages, Message{Source: Land, Class: Good, Form: "L1", at: l.received, Body: encode(map[string]any{
		"LaQuyTrinhCapTinh": true, "TinhId": province, "HuyenId": 0, "XaId": commune, "SoBienNhan": l.rec.MaHoSo,
		"MaHoSoMotCua": l.rec.MaHoSo, "NguoiTiepNhan": "Hoàng Thu", "NgayTiepNhan": l.received.UTC().Format(utc),
		"NgayHenTra": l.received.Add(l.service.term).UTC().Format(utc), "DiaChiTaiSan": place,
		"ThongTinNguoiNopDon": map[string]any{"HoTen": l.owner.name, "SoChungMinh": l.owner.pin, "DiaChiChiTiet": "Phố 9", "SoDienThoai": l.rec.SoDienThoai, "Email": ""},
		"ThongTinQuyTrinh":    map[string]any{"MaQuyTrinh": "CN-QSDD", "TenQuyTrinh": "Chuyển nhượng quyền sử dụng đất"},
		"ThongTinThuaDat": []any{map[string]any{
			"SoThuTuThua": strconv.Itoa(l.i%900 + 1), "SoHieuBanDo": strconv.Itoa(l.i/900 + 1), "DienTich": "120.5", "DiaChiChiTiet": place,
		}},
		"DanhSachGiayToDinhKem": []any{map[string]any{"TenGiayTo": "Hợp đồng công chứng", "SoBanChinh": 1, "SoBanSao": 0, "TapTin": map[string]string{"name": "hd.pdf", "data": "JVBERi0x"}}},
	})})
	landTax(l)
	l.foreignEnd("")
	l.send(Land, "L5", encode(map[string]any{
		"SoBienNhan": l.rec.MaHoSo, "NgayKetThuc": l.now.UTC().Format(utc), "MaCanBoXuLy": "cb.tn01", "TrangThaiKetThuc": 0, "GhiChu": "",
		"DanhSachGiayToKetQua": []any{map[string]any{
			"TenGiayTo": fmt.Sprintf("GCN AA %08d", l.i), "KieuFile": "pdf", "LinkFile": fmt.Sprintf("http://land.example/g/%d", l.i), "SoBanSao": 0, "SoBanChinh": 1,
		}},
	}))
}

// enterprise is an entry of the business register (B1); the dossier's end stays with the one-stop system.
func enterprise(l *life) {
	tax := taxCode(l.i)
	registered := l.received.AddDate(-5, 0, 0)
	commune, _ := strconv.Atoi(l.commune.Code)
	province, _ := strconv.Atoi(l.w.options.Province)
	l.send(Business, "B1", encode(map[string]any{"GetEntCert": []any{map[string]any{
		"MaNoiBo": strconv.Itoa(770000 + l.i), "MaSoDoanhNghiep": tax, "SoGCNDKKD": "", "MaLoaiHinhDN": "2N",
		"LoaiHinhDN": "Công ty TNHH hai thành viên trở lên", "TenTiengViet": fmt.Sprintf("CÔNG TY TNHH MẪU SỐ %d", l.i),
		"TenNuocNgoai": "", "TenVietTat": "", "NgayDangKyLanDau": registered.Format("2006-01-02T00:00:00"),
		"NgayDangKyThayDoi": l.now.Format("2006-01-02T00:00:00"), "SoLanDangKyThayDoi": 1 + l.i%4,
		"TinhTrangPhapLy": []any{map[string]any{"TinhTrangPhapLy": "Đang hoạt động", "MaTinhTrangPhapLy": "1", "NgayBatDauTamNgung": nil, "NgayKetThucTamNgung": nil, "LyDoTamNgung": nil}},
		"DaiDienPhapLuat": []any{map[string]any{"ThongTinCaNhan": []any{map[string]any{
			"HoVaTen": strings.ToUpper(l.owner.name), "LoaiGiayToChungThuc": "Thẻ căn cước công dân", "MaLoaiGiayToChungThuc": "CCCD",
			"SoGiayChungThuc": l.owner.pin, "NgayCap": "2021-07-01T00:00:00", "NoiCap": "Cục CS QLHC về TTXH", "QuocTich": "Việt Nam", "MaQuocTich": "VN",
		}}}},
		"DiaChiTruSo": []any{map[string]any{"DiaChi": []any{map[string]any{
			"QuocGia": "Việt Nam", "MaQuocGia": "VN", "TenTinhThanh": "", "MaTinhThanh": province, "TenQuanHuyen": "", "MaQuanHuyen": 0,
			"TenPhuongXa": l.commune.FullName(), "MaPhuongXa": commune, "DiaChi": "Lô 5", "SoNha": "",
		}}}},
		"NganhNgheKinhDoanh": []any{map[string]any{"MaNganh": "2592", "TenNganh": "Gia công cơ khí; xử lý và tráng phủ kim loại", "LaNganhChinh": 1}},
	}}}))
	l.foreign = nil
	l.step("9", "Đã cấp đăng ký doanh nghiệp")
	l.rec.TrangThaiHoSo, l.rec.NgayKetThucXuLy = "9", gen1(l.now)
	l.flush()
	l.tell(true)
}

// foreignEnd is the end of processing as the register reports it; the one-stop system does not.
func (l *life) foreignEnd(text string) {
	l.foreign = append(l.foreign, l.newStep("9", text))
}

// taxCode returns an invented tax code with a right check digit.
func taxCode(i int) string {
	for n := 23_000_000 + i*13; ; n++ {
		digits := fmt.Sprintf("%08d0", n)
		weights := [...]int{31, 29, 23, 19, 17, 13, 7, 5, 3}
		sum := 0
		for k, w := range weights {
			sum += int(digits[k]-'0') * w
		}
		if rest := sum % 11; rest != 0 {
			return digits + strconv.Itoa(10-rest)
		}
	}
}

const day = 24 * time.Hour
