package ministry

import "github.com/lienthong/lienthong/schema"

// Date forms of the contract, local and without an offset. A third one,
// yyyyMMddHHmmss, is for NgaySinh and NgayCapDinhDanh of the submitter; a dossier
// does not know the latter of its applicant, and it stays empty.
const (
	headerTime = "2006-01-02 15:04:05"     // NgayNop, NgayTiepNhan
	stepTime   = "2006-01-02T15:04:05.000" // progress
)

// written returns an instant in one of the forms, "" when there is none.
func written(t schema.Time, form string) string {
	if t.IsZero() {
		return ""
	}
	return t.Std().Format(form) // Std is Vietnamese time
}

// record is the body of CreateDossier ("NoiHoSo").
type record struct {
	MaHoSo               string            `json:"MaHoSo"` // issued by the portal beforehand
	MaTTHC               string            `json:"MaTTHC"`
	MaDichVuCong         string            `json:"MaDichVuCong"`
	ChuHoSo              string            `json:"ChuHoSo"`
	LoaiDoiTuong         int               `json:"LoaiDoiTuong"`
	MaDonViTiepNhan      string            `json:"MaDonViTiepNhan"`
	NgayNop              string            `json:"NgayNop"`
	NgayTiepNhan         string            `json:"NgayTiepNhan"`
	EformThongTinChiTiet map[string]string `json:"EformThongTinChiTiet"` // free; holds our own number
	ThanhPhanHoSo        []component       `json:"ThanhPhanHoSo"`
	ThongTinNguoiNop     submitter         `json:"ThongTinNguoiNop"`
}

// component is one paper that the procedure asks for, with its files.
type component struct {
	MaThanhPhanHoSo  string `json:"MaThanhPhanHoSo"`
	TenThanhPhanHoSo string `json:"TenThanhPhanHoSo"`
	SoLuong          int    `json:"SoLuong"`
	LoaiBan          int    `json:"LoaiBan"`
	GiayToDinhKem    []file `json:"GiayToDinhKem"`
}

type file struct {
	IDGiayTo   string `json:"IdGiayTo"`
	MaKetQua   string `json:"MaKetQua"`
	TenGiayTo  string `json:"TenGiayTo"`
	HashTepTin string `json:"HashTepTin"`
}

type submitter struct {
	LoaiDoiTuong    int    `json:"LoaiDoiTuong"`
	IDDoiTuong      string `json:"IdDoiTuong"` // the ministry portal's own; we never learn it
	ThongTinChiTiet person `json:"ThongTinChiTiet"`
}

type person struct {
	TenNguoiNop        string `json:"TenNguoiNop"`
	SoDinhDanh         string `json:"SoDinhDanh"`
	NgayCapDinhDanh    string `json:"NgayCapDinhDanh"`
	NgaySinh           string `json:"NgaySinh"`
	SoDienThoai        string `json:"SoDienThoai"`
	Email              string `json:"Email"`
	Fax                string `json:"Fax"`
	MaTinh             string `json:"MaTinh"`
	MaHuyen            string `json:"MaHuyen"` // no districts since 01/07/2025
	MaXa               string `json:"MaXa"`
	DiaChiChiTiet      string `json:"DiaChiChiTiet"`
	TenChuHs           string `json:"TenChuHs"`
	SoDinhDanhChuHs    string `json:"SoDinhDanhChuHs"`
	MaTinhChuHs        string `json:"MaTinhChuHs"`
	MaXaChuHs          string `json:"MaXaChuHs"`
	DiaChiChiTietChuHs string `json:"DiaChiChiTietChuHs"`
}

// step is one element of CapNhatTienTrinh.
type step struct {
	IDHoSo                 string `json:"IDHoSo"` // spelled so here
	MaHoSo                 string `json:"MaHoSo"`
	NguoiXuLy              string `json:"NguoiXuLy"`
	ThoiDiemXuLy           string `json:"ThoiDiemXuLy"`
	PhongBanXuLy           string `json:"PhongBanXuLy"`
	NoiDungXuLy            string `json:"NoiDungXuLy"`
	TrangThai              int    `json:"TrangThai"`
	NgayBatDau             string `json:"NgayBatDau"`
	NgayKetThucTheoQuyDinh string `json:"NgayKetThucTheoQuyDinh"`
}

// state is one element of CapNhatTrangThai. The two lists go with 5, 6 and 9 only.
type state struct {
	IDHoSo               string   `json:"IdHoSo"` // spelled so here
	MaHoSo               string   `json:"MaHoSo"`
	TrangThai            int      `json:"TrangThai"`
	NoiDungYKien         string   `json:"NoiDungYKien"`
	PhongBanXuLy         string   `json:"PhongBanXuLy"`
	NoiDungXuLy          string   `json:"NoiDungXuLy"`
	DanhSachLePhi        []fee    `json:"DanhSachLePhi,omitempty"`
	DanhSachGiayToKetQua []result `json:"DanhSachGiayToKetQua,omitempty"`
}

type fee struct {
	TenPhiLePhi  string `json:"TenPhiLePhi"`
	MaPhiLePhi   string `json:"MaPhiLePhi"`
	HinhThucThu  string `json:"HinhThucThu"` // 1 at reception, 2 at supplement, 4 at return
	Gia          string `json:"Gia"`         // đồng, digits only
	LoaiPhiLePhi string `json:"LoaiPhiLePhi"`
}

// result is a result paper; the shape is that of the gen-1 contract.
type result struct {
	TenGiayTo            string `json:"TenGiayTo"`
	MaThanhPhanHoSo      string `json:"MaThanhPhanHoSo"`
	GiayToID             string `json:"GiayToId"`
	DuongDanTepTinKetQua string `json:"DuongDanTepTinKetQua"`
	MaGiayToKetQua       string `json:"MaGiayToKetQua"`
}

// attachment is the payload of an upload as it is planned: what to fetch, not the bytes.
type attachment struct {
	URL  string `json:"url"`
	Name string `json:"name"`
}
