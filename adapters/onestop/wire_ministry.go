package onestop

import "github.com/lienthong/lienthong/adapters/strict"

// ministryID is the portal's own key of a dossier, which its steps spell in three ways.
type ministryID struct {
	IDHoSo  strict.Text `json:"IDHoSo"` // progress
	IDHoSo2 strict.Text `json:"IdHoSo"` // status
	IDHoSo3 strict.Text `json:"idHoSo"` // replies
}

func (w *ministryID) text() strict.Text {
	for _, t := range []strict.Text{w.IDHoSo, w.IDHoSo2, w.IDHoSo3} {
		if t != "" {
			return t
		}
	}
	return ""
}

// createWire is a dossier that is handed in at a gen-2 ministry portal (NoiHoSo).
type createWire struct {
	ministryID
	MaHoSo               strict.Text                `json:"MaHoSo"` // issued by the portal beforehand
	MaTTHC               strict.Text                `json:"MaTTHC"`
	MaDichVuCong         strict.Text                `json:"MaDichVuCong"`
	ChuHoSo              strict.Text                `json:"ChuHoSo"`
	LoaiDoiTuong         strict.Text                `json:"LoaiDoiTuong"` // 0 citizen, 1 enterprise, 2 household business
	MaDonViTiepNhan      strict.Text                `json:"MaDonViTiepNhan"`
	NgayNop              strict.Text                `json:"NgayNop"` // yyyy-MM-dd HH:mm:ss
	NgayTiepNhan         strict.Text                `json:"NgayTiepNhan"`
	EformThongTinChiTiet strict.Skip                `json:"EformThongTinChiTiet"` // the procedure's own form, of any shape
	ThanhPhanHoSo        strict.List[componentWire] `json:"ThanhPhanHoSo"`
	ThongTinNguoiNop     submitterWire              `json:"ThongTinNguoiNop"`
}

// componentWire is one paper that the procedure asks for, with the files that were handed in for it.
type componentWire struct {
	MaThanhPhanHoSo  strict.Text           `json:"MaThanhPhanHoSo"`
	TenThanhPhanHoSo strict.Text           `json:"TenThanhPhanHoSo"`
	SoLuong          strict.Skip           `json:"SoLuong"`
	LoaiBan          strict.Skip           `json:"LoaiBan"` // 0 original, 1 copy, 2 electronic
	GiayToDinhKem    strict.List[fileWire] `json:"GiayToDinhKem"`
}

type fileWire struct {
	IDGiayTo   strict.Text `json:"IdGiayTo"`
	MaKetQua   strict.Text `json:"MaKetQua"` // KQ.DVC.THONGTIN, .GIAYTOBOSUNG, .KETQUA, or a code of the catalogue
	TenGiayTo  strict.Text `json:"TenGiayTo"`
	HashTepTin strict.Text `json:"HashTepTin"`
}

type submitterWire struct {
	LoaiDoiTuong    strict.Text `json:"LoaiDoiTuong"`
	IDDoiTuong      strict.Skip `json:"IdDoiTuong"` // of the ministry portal; not the national account that MaDoiTuong names
	ThongTinChiTiet personWire  `json:"ThongTinChiTiet"`
}

// personWire is who handed in, and for whom. The dates, yyyyMMddHHmmss, are
// passed over: an applicant of the canonical model has no place for them.
type personWire struct {
	TenNguoiNop        strict.Text `json:"TenNguoiNop"`
	SoDinhDanh         strict.Text `json:"SoDinhDanh"`
	NgayCapDinhDanh    strict.Skip `json:"NgayCapDinhDanh"`
	NgaySinh           strict.Text `json:"NgaySinh"`
	SoDienThoai        strict.Text `json:"SoDienThoai"`
	Email              strict.Text `json:"Email"`
	Fax                strict.Text `json:"Fax"`
	MaTinh             strict.Text `json:"MaTinh"`
	MaHuyen            strict.Text `json:"MaHuyen"`
	MaXa               strict.Text `json:"MaXa"`
	DiaChiChiTiet      strict.Text `json:"DiaChiChiTiet"`
	TenChuHs           strict.Text `json:"TenChuHs"`
	SoDinhDanhChuHs    strict.Text `json:"SoDinhDanhChuHs"`
	MaTinhChuHs        strict.Text `json:"MaTinhChuHs"`
	MaXaChuHs          strict.Text `json:"MaXaChuHs"`
	DiaChiChiTietChuHs strict.Text `json:"DiaChiChiTietChuHs"`
}

// ministryStepWire is a gen-2 progress step (CapNhatTienTrinh); times are
// yyyy-MM-ddTHH:mm:ss.fff without an offset.
type ministryStepWire struct {
	ministryID
	stepWire
}

// ministryStatusWire is a gen-2 state (CapNhatTrangThai). It tells no time.
// The two lists come with states 5, 6 and 9 only.
type ministryStatusWire struct {
	ministryID
	MaHoSo               strict.Text             `json:"MaHoSo"`
	TrangThai            strict.Text             `json:"TrangThai"`
	NoiDungYKien         strict.Text             `json:"NoiDungYKien"`
	PhongBanXuLy         strict.Text             `json:"PhongBanXuLy"`
	NoiDungXuLy          strict.Text             `json:"NoiDungXuLy"`
	DanhSachLePhi        strict.List[feeWire]    `json:"DanhSachLePhi"`
	DanhSachGiayToKetQua strict.List[resultWire] `json:"DanhSachGiayToKetQua"`
}
