package world

import "encoding/json"

// record is a dossier as the one-stop system exports it (DongBoHoSoMC).
type record struct {
	MaHoSo, MaTTHC, TenTTHC, MaLinhVuc, TenLinhVuc, KenhThucHien, SoGiayToChuHoSo, ChuHoSo, LoaiDoiTuong, MaDoiTuong,
	ThongTinKhac, Email, Fax, SoDienThoai, TrichYeuHoSo, NgayTiepNhan, NgayHenTra, TrangThaiHoSo, NgayTra, ThongTinTra,
	HinhThuc, NgayKetThucXuLy, DonViXuLy, GhiChu string
	TaiLieuNop                  []paper
	DanhSachLePhi               []fee
	DanhSachTepDinhKemKhac      []struct{}
	DanhSachHoSoBoSung          []struct{}
	DanhSachGiayToKetQua        []result
	NoiNopHoSo                  string
	HoSoCoThanhPhanSoHoa        string
	TaiKhoanDuocXacThucVoiVNeID string
	DuocThanhToanTrucTuyen      string
	NgayTuChoi                  string
	DinhDanhCHS                 []identity
	NgayNopHoSo                 string
	DSKetNoiCSDL                []database
}

type paper struct {
	TepDinhKemId, TenTepDinhKem, IsDeleted, MaThanhPhanHoSo, DuongDanTaiTepTin, DuocSoHoa, DuocTaiSuDung,
	DuocLayTuKhoDMQG, MaKetQuaThayThe string
}

type fee struct{ TenPhiLePhi, MaPhiLePhi, HinhThucThu, Gia, LoaiPhiLePhi string }

type result struct {
	TenGiayTo, MaThanhPhanHoSo, GiayToId, DuongDanTepTinKetQua, MaGiayToKetQua string
}

type identity struct{ LoaiDinhDanh, SoDinhDanh string }

type database struct{ MaCSDL string }

// step is a progress step (CapNhatTienDoHoSoMC).
type step struct {
	MaHoSo, NguoiXuLy, ChucDanh, ThoiDiemXuLy, PhongBanXuLy, NoiDungXuLy, TrangThai, NgayBatDau,
	NgayKetThucTheoQuyDinh string
}

// envelope is how some one-stop systems wrap what others send bare.
type envelope struct {
	Service    string `json:"service"`
	IsUpdating string `json:"isUpdating,omitempty"`
	Data       any    `json:"data"`
}

// encode never fails on the shapes of this package.
func encode(v any) []byte {
	data, err := json.Marshal(v)
	if err != nil {
		panic("world: " + err.Error())
	}
	return data
}
