package civil

import (
	"github.com/go-json-experiment/json/jsontext"

	"github.com/lienthong/lienthong/adapters/strict"
)

// entry is what every document has in common: the place in the book, who
// signed, what was handed out. An application fills little of it.
type entry struct {
	Book          strict.Skip    `json:"book"` // read before: it says which document this is
	So            strict.Text    `json:"so"`
	SoDangKy      strict.Text    `json:"soDangKy"` // the same in results
	QuyenSo       strict.Text    `json:"quyenSo"`
	TrangSo       strict.Text    `json:"trangSo"`
	NgayDangKy    strict.Text    `json:"ngayDangKy"`
	LoaiDangKy    jsontext.Value `json:"loaiDangKy"`
	NoiDangKy     jsontext.Value `json:"noiDangKy"`
	NoiCap        jsontext.Value `json:"noiCap"` // the same in the book of marital status
	QuyetDinhSo   strict.Text    `json:"quyetDinhSo"`
	NguoiKy       strict.Text    `json:"nguoiKy"`
	ChucVuNguoiKy strict.Text    `json:"chucVuNguoiKy"`
	NguoiThucHien strict.Text    `json:"nguoiThucHien"`
	GhiChu        strict.Text    `json:"ghiChu"`
	TinhTrangID   strict.Text    `json:"TinhTrangID"`
	SoLuongBanSao strict.Text    `json:"soLuongBanSao"`
	SoBanSao      strict.Text    `json:"soBanSao"`

	SoDangKyNuocNgoai   strict.Text    `json:"soDangKyNuocNgoai"`
	NgayDangKyNuocNgoai strict.Text    `json:"ngayDangKyNuocNgoai"`
	CqNuocNgoaiDaDangKy strict.Text    `json:"cqNuocNgoaiDaDangKy"`
	QgNuocNgoaiDaDangKy jsontext.Value `json:"qgNuocNgoaiDaDangKy"`

	MaGiayToKetQua strict.Text `json:"maGiayToKetQua"` // code of the result paper
}

// birth is the document of a birth: module LTKS, KS, book KHAISINH.
type birth struct {
	entry
	child
	mother
	father
	requester

	MaGCS               strict.Text    `json:"maGCS"` // birth notice
	NgayCapGCS          strict.Text    `json:"ngayCapGCS"`
	NksNoiSinh          jsontext.Value `json:"nksNoiSinh"`
	NksNoiSinhDVHC      jsontext.Value `json:"nksNoiSinhDVHC"` // its unit, where NksNoiSinh is a text
	NksNoiSinhNuocNgoai strict.Text    `json:"nksNoiSinhNuocNgoai"`
	NksLoaiKhaiSinh     jsontext.Value `json:"nksLoaiKhaiSinh"`

	SoDinhDanh   strict.Text    `json:"soDinhDanh"` // of the child, in results
	NdkksMaTinh  strict.Text    `json:"ndkksMaTinh"`
	NdkksMaHuyen strict.Text    `json:"ndkksMaHuyen"`
	NdkksMaXa    strict.Text    `json:"ndkksMaXa"`
	GiayKhaiSinh jsontext.Value `json:"giayKhaiSinh"` // base64 PDF

	// Notes in the margin of the book: declared missing, of limited capacity. The last key is misspelt at its source.
	NksMatTich                    strict.Text `json:"nksMatTich"`
	NksMatTichNgayGhiChuTuyenBo   strict.Text `json:"nksMatTichNgayGhiChuTuyenBo"`
	NksMatTichCanCuTuyenBo        strict.Text `json:"nksMatTichCanCuTuyenBo"`
	NksMatTichNgayGhiChuHuy       strict.Text `json:"nksMatTichNgayGhiChuHuyTuyenBo"`
	NksMatTichCanCuHuy            strict.Text `json:"nksMatTichCanCuHuyTuyenBo"`
	NksHanChe                     strict.Text `json:"nksHanCheNangLucHanhVi"`
	NksHanCheNgayGhiChuTuyenBo    strict.Text `json:"nksHanCheNangLucHanhViNgayGhiChuTuyenBo"`
	NksHanCheCanCuTuyenBo         strict.Text `json:"nksHanCheNangLucHanhViCanCuTuyenBo"`
	NksHanCheNgayGhiChuHuyTuyenBo strict.Text `json:"nksHanCheNangLucHanhViNgayGhiChuHuyTuyenBo"`
	NksHanCheCanCuHuyTuyenBo      strict.Text `json:"nksHanCheNangLucHanhViNgayCanCuHuyTuyenBo"`
}

// death is the document of a death: module LTKT, KT, book KHAITU.
type death struct {
	entry
	deceased
	requester

	MaGBT                 strict.Text    `json:"maGBT"` // electronic death notice
	NgayCapGBT            strict.Text    `json:"ngayCapGBT"`
	NktNgayChet           strict.Text    `json:"nktNgayChet"`
	NktNgayChetGhiBangChu strict.Text    `json:"nktNgayChetGhiBangChu"`
	NktGioPhutChet        strict.Text    `json:"nktGioPhutChet"` // 05:40
	NktNoiChet            jsontext.Value `json:"nktNoiChet"`
	NktNguyenNhanChet     strict.Text    `json:"nktNguyenNhanChet"`
	GbtLoai               jsontext.Value `json:"gbtLoai"` // 1 notice of death … 7 witness
	GbtSo                 strict.Text    `json:"gbtSo"`
	GbtNgay               strict.Text    `json:"gbtNgay"`
	GbtCoQuanCap          strict.Text    `json:"gbtCoQuanCap"`
	GiayBaoTuLoai         jsontext.Value `json:"giayBaoTuLoai"` // gbtLoai, gbtSo in results
	GiayBaoTuSo           strict.Text    `json:"giayBaoTuSo"`
	GiayKhaiTu            jsontext.Value `json:"giayKhaiTu"` // base64 PDF

	// Notes in the margin: declared dead by a court.
	NktTinhTrangTuyenBo       strict.Text `json:"nktTinhTrangTuyenBoViecChet"`
	NktNgayGhiChuTuyenBo      strict.Text `json:"nktNgayGhiChuTuyenBoViecChet"`
	NktCanCuTuyenBo           strict.Text `json:"nktCanCuTuyenBoViecChet"`
	NktNgayGhiChuHuyTuyenBo   strict.Text `json:"nktNgayGhiChuHuyTuyenBoViecChet"`
	NktCanCuHuyTuyenBoViecChe strict.Text `json:"nktCanCuHuyTuyenBoViecChet"`
}

// marriage is the document of a marriage: module LTKH, book KETHON.
type marriage struct {
	entry
	husband
	wife
	requester

	NgayXacLap      strict.Text `json:"ngayXacLapQuanHeHonNhan"`
	ChongAnh        strict.Skip `json:"chongAnh"` // photos of e-forms
	VoAnh           strict.Skip `json:"voAnh"`
	TinhTrangKetHon strict.Text `json:"tinhTrangKetHon"`

	// Notes in the margin: annulled, recognised.
	HuyNgayGhiChu      strict.Text `json:"huyKetHonNgayGhiChu"`
	HuyCanCu           strict.Text `json:"huyKetHonCanCu"`
	CongNhanNgayGhiChu strict.Text `json:"congNhanKetHonNgayGhiChu"`
	CongNhanCanCu      strict.Text `json:"congNhanKetHonCanCu"`
}

// recognition is an entry of the book NHANCHAMECON.
type recognition struct {
	entry
	parent
	recognised
	requester

	LoaiXacNhan        jsontext.Value `json:"loaiXacNhan"` // 1 father→child, 2 mother→child, 3 child→father, 4 child→mother
	NycQHNguoiDuocNhan strict.Text    `json:"nycQHNguoiDuocNhan"`
	NycQHNguoiNhan     strict.Text    `json:"nycQHNguoiNhan"`
}

// guardianship is an entry of the books GIAMHO and CHAMDUTGIAMHO.
type guardianship struct {
	entry
	guardian
	ward
	requester

	LyDo         strict.Text `json:"lyDo"`
	NgayChamDut  strict.Text `json:"ngayChamDut"`
	LyDoChamDut  strict.Text `json:"lyDoChamDut"`
	NgayHieuLuc  strict.Text `json:"ngayHieuLuc"`
	LoaiGiamHo   strict.Skip `json:"loaiGiamHo"`
	PhamViGiamHo strict.Skip `json:"phamViGiamHo"`
}

// correction is an entry of the book THAYDOICAICHINH.
type correction struct {
	entry
	changed
	child
	requester

	LoaiThayDoi  jsontext.Value `json:"loaiThayDoi"`
	NoiDungTruoc strict.Text    `json:"noiDungTruoc"`
	NoiDungSau   strict.Text    `json:"noiDungSau"`
	CanCu        strict.Text    `json:"canCu"`
}

// maritalStatus is an entry of the book XACNHANHONNHAN.
type maritalStatus struct {
	entry
	certified
	requester

	NxnThoiGianCuTruTai  jsontext.Value `json:"nxnThoiGianCuTruTai"`
	NxnThoiGianCuTruTu   strict.Text    `json:"nxnThoiGianCuTruTu"`
	NxnThoiGianCuTruDen  strict.Text    `json:"nxnThoiGianCuTruDen"`
	NxnLoaiMucDichSuDung jsontext.Value `json:"nxnLoaiMucDichSuDung"` // 1 to 5
	NxnMucDichSuDung     strict.Text    `json:"nxnMucDichSuDung"`
}

// foreignNote is an entry of the books of notes (GHICHU…): what was registered
// abroad and is entered here.
type foreignNote struct {
	entry
	child
	deceased
	husband
	wife
	requester

	NksNoiSinh        jsontext.Value `json:"nksNoiSinh"`
	NktNgayChet       strict.Text    `json:"nktNgayChet"`
	NktNoiChet        jsontext.Value `json:"nktNoiChet"`
	NktNguyenNhanChet strict.Text    `json:"nktNguyenNhanChet"`
	NgayXacLap        strict.Text    `json:"ngayXacLapQuanHeHonNhan"`
	LoaiSuKien        jsontext.Value `json:"loaiSuKien"` // of the book GHICHU, which has all kinds
}
