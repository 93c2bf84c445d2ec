package land

import (
	"github.com/go-json-experiment/json/jsontext"

	"github.com/lienthong/lienthong/adapters/strict"
)

// row is a row of the land database: DC_THUADAT with what belongs to it, either
// nested (MUCDICH, GIAYCHUNGNHAN, CHU) or joined to it as columns, one line for
// each use and owner. Fields of type jsontext.Value are a number or a text, or
// nested or a text.
type row struct {
	ThuaDatID       strict.Text    `json:"THUADATID"`
	KvhcID          strict.Skip    `json:"KVHCID"`
	XaID            strict.Text    `json:"XAID"`
	XaIDCu          strict.Text    `json:"XAID_CU"` // the commune until 30/06/2025, in which the sheet was numbered
	SoHieuToBanDo   strict.Text    `json:"SOHIEUTOBANDO"`
	SoThuTuThua     strict.Text    `json:"SOTHUTUTHUA"`
	SoHieuToBanDoCu strict.Text    `json:"SOHIEUTOBANDOCU"`
	SoThuTuThuaCu   strict.Text    `json:"SOTHUTUTHUACU"`
	DienTich        jsontext.Value `json:"DIENTICH"`
	DienTichPhapLy  jsontext.Value `json:"DIENTICHPHAPLY"`
	DiaChiThuaDat   strict.Text    `json:"DIACHITHUADAT"`
	DangTranhChap   strict.Text    `json:"DANGTRANHCHAP"`
	TrangThai       strict.Text    `json:"TRANGTHAI"`
	ThoiDiemCapNhat strict.Text    `json:"THOIDIEMCAPNHAT"`
	Geohash12       strict.Text    `json:"GEOHASH12"`
	MucDich         jsontext.Value `json:"MUCDICH"`       // list of use, or "ODT+CLN"
	GiayChungNhan   jsontext.Value `json:"GIAYCHUNGNHAN"` // certificate, or its serial
	Chu             jsontext.Value `json:"CHU"`           // list of party, or names

	unread

	// joined columns of DC_MUCDICHSUDUNGDAT
	KyHieu          strict.Text    `json:"KYHIEU"`
	DienTichMucDich jsontext.Value `json:"DIENTICHMUCDICH"`
	SuDungChung     strict.Text    `json:"SUDUNGCHUNG"`
	LaMucDichChinh  strict.Text    `json:"LAMUCDICHCHINH"`
	ThoiHanSuDung   strict.Text    `json:"THOIHANSUDUNG"`
	DenNgay         strict.Text    `json:"DENNGAY"`
	NguonGoc        strict.Text    `json:"NGUONGOCSDTH"`

	// joined columns of DC_GIAYCHUNGNHAN
	SoPhatHanh strict.Text `json:"SOPHATHANH"`
	SoVaoSo    strict.Text `json:"SOVAOSO"`
	NgayCap    strict.Text `json:"NGAYCAP"` // of the certificate: a join has one column of this name

	// joined columns of DC_CANHAN and DC_TOCHUC
	HoTen         strict.Text `json:"HOTEN"`
	NgaySinh      strict.Text `json:"NGAYSINH"`
	NamSinh       strict.Text `json:"NAMSINH"`
	GioiTinh      strict.Text `json:"GIOITINH"`
	SoGiayTo      strict.Text `json:"SOGIAYTO"`
	DiaChi        strict.Text `json:"DIACHI"`
	SoDienThoai   strict.Text `json:"SODIENTHOAI"`
	Email         strict.Text `json:"EMAIL"`
	MaSoThue      strict.Text `json:"MASOTHUE"`
	MaDinhDanh    strict.Text `json:"MADINHDANH"`
	TenToChuc     strict.Text `json:"TENTOCHUC"`
	MaDoanhNghiep strict.Text `json:"MADOANHNGHIEP"`
	TyLe          strict.Text `json:"TYLESOHUU"`
}

// unread are columns of these tables that no canonical field holds: keys of
// other tables and lists whose numbers are not public, and geometry.
type unread struct {
	TaiLieuDoDacID     strict.Skip `json:"TAILIEUDODACID"`
	LaDoiTuongChiemDat strict.Skip `json:"LADOITUONGCHIEMDAT"`
	ThuaGocID          strict.Skip `json:"THUAGOCID"`
	LoaiThuaDat        strict.Skip `json:"LOAITHUADAT"`
	DoanDuongID        strict.Skip `json:"DOANDUONGID"`
	KhuVucID           strict.Skip `json:"KHUVUCID"`
	ThoiDiemKhoiTao    strict.Skip `json:"THOIDIEMKHOITAO"`
	Geometry           strict.Skip `json:"GEOMETRY"`
	UID                strict.Skip `json:"uId"`
	MucDichSuDungID    strict.Skip `json:"MUCDICHSUDUNGID"`
	LoaiThoiHan        strict.Skip `json:"LOAITHOIHANSUDUNG"`
	TuNgay             strict.Skip `json:"TUNGAY"`
	HinhThucSuDungID   strict.Skip `json:"HINHTHUCSUDUNGID"`
	GiayChungNhanID    strict.Skip `json:"GIAYCHUNGNHANID"`
	MaVach             strict.Skip `json:"MAVACH"`
	NguoiID            strict.Skip `json:"NGUOIID"`
	TrangThaiXuLy      strict.Skip `json:"TRANGTHAIXULY"`
	TrangThaiPL        strict.Skip `json:"TRANGTHAIPL"`
	MaXa               strict.Skip `json:"MAXA"`
	GhiChu             strict.Skip `json:"GHICHU"`
	SoHuuChungID       strict.Skip `json:"SOHUUCHUNGID"`
	ToChucID           strict.Skip `json:"TOCHUCID"`
	NonVTC             strict.Skip `json:"NONVTC"`
	LoaiDoiTuongID     strict.Skip `json:"LOAIDOITUONGID"`
	NoiCap             strict.Skip `json:"NOICAP"`
	QuocTichID         strict.Skip `json:"QUOCTICHID"`
	DanTocID           strict.Skip `json:"DANTOCID"`
	ConSong            strict.Skip `json:"CONSONG"`
	SoQuyetDinh        strict.Skip `json:"SOQUYETDINH"`
	LoaiToChuc         strict.Skip `json:"LOAITOCHUC"`
}

// use is one purpose of a parcel.
type use struct {
	KyHieu         strict.Text    `json:"KYHIEU"`
	DienTich       jsontext.Value `json:"DIENTICH"`
	SuDungChung    strict.Text    `json:"SUDUNGCHUNG"`
	LaMucDichChinh strict.Text    `json:"LAMUCDICHCHINH"`
	ThoiHanSuDung  strict.Text    `json:"THOIHANSUDUNG"`
	DenNgay        strict.Text    `json:"DENNGAY"`
	NguonGoc       strict.Text    `json:"NGUONGOCSDTH"`
	LoaiThoiHan    strict.Skip    `json:"LOAITHOIHANSUDUNG"`
	TuNgay         strict.Skip    `json:"TUNGAY"`
	MucDichID      strict.Skip    `json:"MUCDICHSUDUNGID"`
	HinhThucID     strict.Skip    `json:"HINHTHUCSUDUNGID"`
}

// certificate is a row of DC_GIAYCHUNGNHAN.
type certificate struct {
	SoPhatHanh strict.Text `json:"SOPHATHANH"`
	SoVaoSo    strict.Text `json:"SOVAOSO"`
	NgayCap    strict.Text `json:"NGAYCAP"`
	MaVach     strict.Skip `json:"MAVACH"`
	ID         strict.Skip `json:"GIAYCHUNGNHANID"`
	XuLy       strict.Skip `json:"TRANGTHAIXULY"`
	PhapLy     strict.Skip `json:"TRANGTHAIPL"`
	GhiChu     strict.Skip `json:"GHICHU"`
}

// party is an owner: DC_NGUOI with DC_CANHAN or DC_TOCHUC.
type party struct {
	HoTen         strict.Text `json:"HOTEN"`
	NgaySinh      strict.Text `json:"NGAYSINH"`
	NamSinh       strict.Text `json:"NAMSINH"`
	GioiTinh      strict.Text `json:"GIOITINH"`
	SoGiayTo      strict.Text `json:"SOGIAYTO"`
	NgayCap       strict.Text `json:"NGAYCAP"` // of the identity paper
	NoiCap        strict.Text `json:"NOICAP"`
	DiaChi        strict.Text `json:"DIACHI"`
	SoDienThoai   strict.Text `json:"SODIENTHOAI"`
	Email         strict.Text `json:"EMAIL"`
	MaSoThue      strict.Text `json:"MASOTHUE"`
	MaDinhDanh    strict.Text `json:"MADINHDANH"`
	TenToChuc     strict.Text `json:"TENTOCHUC"`
	MaDoanhNghiep strict.Text `json:"MADOANHNGHIEP"`
	TyLe          strict.Text `json:"TYLESOHUU"` // "1/2"
	LoaiDoiTuong  strict.Skip `json:"LOAIDOITUONGID"`
	QuocTich      strict.Skip `json:"QUOCTICHID"`
	DanToc        strict.Skip `json:"DANTOCID"`
	ConSong       strict.Skip `json:"CONSONG"`
	SoQuyetDinh   strict.Skip `json:"SOQUYETDINH"`
	LoaiToChuc    strict.Skip `json:"LOAITOCHUC"`
}

// joinedRows are the lines that one parcel has in a joined table.
type joinedRows struct {
	Rows strict.List[row] `json:"DC_THUADAT"`
}

// layerRow is a feature of a public parcel layer.
type layerRow struct {
	ObjectID            strict.Text    `json:"OBJECTID"`
	MaXa                strict.Text    `json:"MaXa"`
	SoThuTuThua         strict.Text    `json:"SoThuTuThua"`
	SoHieuToBanDo       strict.Text    `json:"SoHieuToBanDo"`
	DiaChi              strict.Text    `json:"DiaChi"`
	DienTich            jsontext.Value `json:"DienTich"`
	KyHieuMucDichSuDung strict.Text    `json:"KyHieuMucDichSuDung"`
	TenChu              strict.Text    `json:"TenChu"`
}
