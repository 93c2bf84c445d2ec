package civil

import (
	"github.com/go-json-experiment/json/jsontext"

	"github.com/lienthong/lienthong/adapters/strict"
)

// parent is the father or mother of a recognition.
type parent struct {
	HoTen                strict.Text    `json:"cmHoTen"`
	GioiTinh             jsontext.Value `json:"cmGioiTinh"`
	NgaySinh             strict.Text    `json:"cmNgaySinh"`
	NgaySinhBangChu      strict.Text    `json:"cmNgaySinhBangChu"`
	DanToc               jsontext.Value `json:"cmDanToc"`
	DanTocKhac           strict.Text    `json:"cmDanTocKhac"`
	QuocTich             jsontext.Value `json:"cmQuocTich"`
	QuocTichKhac         strict.Text    `json:"cmQuocTichKhac"`
	QueQuan              jsontext.Value `json:"cmQueQuan"`
	LoaiCuTru            jsontext.Value `json:"cmLoaiCuTru"`
	NoiCuTru             jsontext.Value `json:"cmNoiCuTru"`
	CuTruNuocNgoai       strict.Text    `json:"cmCuTruNuocNgoai"`
	LoaiGiayToTuyThan    jsontext.Value `json:"cmLoaiGiayToTuyThan"`
	GiayToKhac           strict.Text    `json:"cmGiayToKhac"`
	SoGiayToTuyThan      strict.Text    `json:"cmSoGiayToTuyThan"`
	SoGiayTo             strict.Text    `json:"cmSoGiayTo"`
	NgayCapGiayToTuyThan strict.Text    `json:"cmNgayCapGiayToTuyThan"`
	NoiCapGiayToTuyThan  jsontext.Value `json:"cmNoiCapGiayToTuyThan"`
	SoDDCN               strict.Text    `json:"cmSoDDCN"`
	XacThucThongTin      strict.Skip    `json:"cmXacThucThongTin"`
	SoDienThoai          strict.Text    `json:"cmSoDienThoai"`
	Email                strict.Text    `json:"cmEmail"`
	QuanHe               strict.Text    `json:"cmQuanHe"`
	SoLanKH              strict.Text    `json:"cmSoLanKH"`
	LoaiTinhTrangHonNhan jsontext.Value `json:"cmLoaiTinhTrangHonNhan"`
	TinhTrangHonNhan     jsontext.Value `json:"cmTinhTrangHonNhan"`
	YeuCauXNTTHN         strict.Skip    `json:"cmYeuCauXNTTHN"`
	NoiXNTTHN            strict.Skip    `json:"cmNoiXNTTHN"`
}

// recognised is the child of a recognition.
type recognised struct {
	HoTen                strict.Text    `json:"ncHoTen"`
	GioiTinh             jsontext.Value `json:"ncGioiTinh"`
	NgaySinh             strict.Text    `json:"ncNgaySinh"`
	NgaySinhBangChu      strict.Text    `json:"ncNgaySinhBangChu"`
	DanToc               jsontext.Value `json:"ncDanToc"`
	DanTocKhac           strict.Text    `json:"ncDanTocKhac"`
	QuocTich             jsontext.Value `json:"ncQuocTich"`
	QuocTichKhac         strict.Text    `json:"ncQuocTichKhac"`
	QueQuan              jsontext.Value `json:"ncQueQuan"`
	LoaiCuTru            jsontext.Value `json:"ncLoaiCuTru"`
	NoiCuTru             jsontext.Value `json:"ncNoiCuTru"`
	CuTruNuocNgoai       strict.Text    `json:"ncCuTruNuocNgoai"`
	LoaiGiayToTuyThan    jsontext.Value `json:"ncLoaiGiayToTuyThan"`
	GiayToKhac           strict.Text    `json:"ncGiayToKhac"`
	SoGiayToTuyThan      strict.Text    `json:"ncSoGiayToTuyThan"`
	SoGiayTo             strict.Text    `json:"ncSoGiayTo"`
	NgayCapGiayToTuyThan strict.Text    `json:"ncNgayCapGiayToTuyThan"`
	NoiCapGiayToTuyThan  jsontext.Value `json:"ncNoiCapGiayToTuyThan"`
	SoDDCN               strict.Text    `json:"ncSoDDCN"`
	XacThucThongTin      strict.Skip    `json:"ncXacThucThongTin"`
	SoDienThoai          strict.Text    `json:"ncSoDienThoai"`
	Email                strict.Text    `json:"ncEmail"`
	QuanHe               strict.Text    `json:"ncQuanHe"`
	SoLanKH              strict.Text    `json:"ncSoLanKH"`
	LoaiTinhTrangHonNhan jsontext.Value `json:"ncLoaiTinhTrangHonNhan"`
	TinhTrangHonNhan     jsontext.Value `json:"ncTinhTrangHonNhan"`
	YeuCauXNTTHN         strict.Skip    `json:"ncYeuCauXNTTHN"`
	NoiXNTTHN            strict.Skip    `json:"ncNoiXNTTHN"`
}

// certified is whose marital status is certified.
type certified struct {
	HoTen                strict.Text    `json:"nxnHoTen"`
	GioiTinh             jsontext.Value `json:"nxnGioiTinh"`
	NgaySinh             strict.Text    `json:"nxnNgaySinh"`
	NgaySinhBangChu      strict.Text    `json:"nxnNgaySinhBangChu"`
	DanToc               jsontext.Value `json:"nxnDanToc"`
	DanTocKhac           strict.Text    `json:"nxnDanTocKhac"`
	QuocTich             jsontext.Value `json:"nxnQuocTich"`
	QuocTichKhac         strict.Text    `json:"nxnQuocTichKhac"`
	QueQuan              jsontext.Value `json:"nxnQueQuan"`
	LoaiCuTru            jsontext.Value `json:"nxnLoaiCuTru"`
	NoiCuTru             jsontext.Value `json:"nxnNoiCuTru"`
	CuTruNuocNgoai       strict.Text    `json:"nxnCuTruNuocNgoai"`
	LoaiGiayToTuyThan    jsontext.Value `json:"nxnLoaiGiayToTuyThan"`
	GiayToKhac           strict.Text    `json:"nxnGiayToKhac"`
	SoGiayToTuyThan      strict.Text    `json:"nxnSoGiayToTuyThan"`
	SoGiayTo             strict.Text    `json:"nxnSoGiayTo"`
	NgayCapGiayToTuyThan strict.Text    `json:"nxnNgayCapGiayToTuyThan"`
	NoiCapGiayToTuyThan  jsontext.Value `json:"nxnNoiCapGiayToTuyThan"`
	SoDDCN               strict.Text    `json:"nxnSoDDCN"`
	XacThucThongTin      strict.Skip    `json:"nxnXacThucThongTin"`
	SoDienThoai          strict.Text    `json:"nxnSoDienThoai"`
	Email                strict.Text    `json:"nxnEmail"`
	QuanHe               strict.Text    `json:"nxnQuanHe"`
	SoLanKH              strict.Text    `json:"nxnSoLanKH"`
	LoaiTinhTrangHonNhan jsontext.Value `json:"nxnLoaiTinhTrangHonNhan"`
	TinhTrangHonNhan     jsontext.Value `json:"nxnTinhTrangHonNhan"`
	YeuCauXNTTHN         strict.Skip    `json:"nxnYeuCauXNTTHN"`
	NoiXNTTHN            strict.Skip    `json:"nxnNoiXNTTHN"`
}

// guardian is a guardian; the prefix is a guess by analogy, no export of that book is public.
type guardian struct {
	HoTen                strict.Text    `json:"nghHoTen"`
	GioiTinh             jsontext.Value `json:"nghGioiTinh"`
	NgaySinh             strict.Text    `json:"nghNgaySinh"`
	NgaySinhBangChu      strict.Text    `json:"nghNgaySinhBangChu"`
	DanToc               jsontext.Value `json:"nghDanToc"`
	DanTocKhac           strict.Text    `json:"nghDanTocKhac"`
	QuocTich             jsontext.Value `json:"nghQuocTich"`
	QuocTichKhac         strict.Text    `json:"nghQuocTichKhac"`
	QueQuan              jsontext.Value `json:"nghQueQuan"`
	LoaiCuTru            jsontext.Value `json:"nghLoaiCuTru"`
	NoiCuTru             jsontext.Value `json:"nghNoiCuTru"`
	CuTruNuocNgoai       strict.Text    `json:"nghCuTruNuocNgoai"`
	LoaiGiayToTuyThan    jsontext.Value `json:"nghLoaiGiayToTuyThan"`
	GiayToKhac           strict.Text    `json:"nghGiayToKhac"`
	SoGiayToTuyThan      strict.Text    `json:"nghSoGiayToTuyThan"`
	SoGiayTo             strict.Text    `json:"nghSoGiayTo"`
	NgayCapGiayToTuyThan strict.Text    `json:"nghNgayCapGiayToTuyThan"`
	NoiCapGiayToTuyThan  jsontext.Value `json:"nghNoiCapGiayToTuyThan"`
	SoDDCN               strict.Text    `json:"nghSoDDCN"`
	XacThucThongTin      strict.Skip    `json:"nghXacThucThongTin"`
	SoDienThoai          strict.Text    `json:"nghSoDienThoai"`
	Email                strict.Text    `json:"nghEmail"`
	QuanHe               strict.Text    `json:"nghQuanHe"`
	SoLanKH              strict.Text    `json:"nghSoLanKH"`
	LoaiTinhTrangHonNhan jsontext.Value `json:"nghLoaiTinhTrangHonNhan"`
	TinhTrangHonNhan     jsontext.Value `json:"nghTinhTrangHonNhan"`
	YeuCauXNTTHN         strict.Skip    `json:"nghYeuCauXNTTHN"`
	NoiXNTTHN            strict.Skip    `json:"nghNoiXNTTHN"`
}

// ward is whom a guardian has charge of; the prefix is a guess too.
type ward struct {
	HoTen                strict.Text    `json:"ndghHoTen"`
	GioiTinh             jsontext.Value `json:"ndghGioiTinh"`
	NgaySinh             strict.Text    `json:"ndghNgaySinh"`
	NgaySinhBangChu      strict.Text    `json:"ndghNgaySinhBangChu"`
	DanToc               jsontext.Value `json:"ndghDanToc"`
	DanTocKhac           strict.Text    `json:"ndghDanTocKhac"`
	QuocTich             jsontext.Value `json:"ndghQuocTich"`
	QuocTichKhac         strict.Text    `json:"ndghQuocTichKhac"`
	QueQuan              jsontext.Value `json:"ndghQueQuan"`
	LoaiCuTru            jsontext.Value `json:"ndghLoaiCuTru"`
	NoiCuTru             jsontext.Value `json:"ndghNoiCuTru"`
	CuTruNuocNgoai       strict.Text    `json:"ndghCuTruNuocNgoai"`
	LoaiGiayToTuyThan    jsontext.Value `json:"ndghLoaiGiayToTuyThan"`
	GiayToKhac           strict.Text    `json:"ndghGiayToKhac"`
	SoGiayToTuyThan      strict.Text    `json:"ndghSoGiayToTuyThan"`
	SoGiayTo             strict.Text    `json:"ndghSoGiayTo"`
	NgayCapGiayToTuyThan strict.Text    `json:"ndghNgayCapGiayToTuyThan"`
	NoiCapGiayToTuyThan  jsontext.Value `json:"ndghNoiCapGiayToTuyThan"`
	SoDDCN               strict.Text    `json:"ndghSoDDCN"`
	XacThucThongTin      strict.Skip    `json:"ndghXacThucThongTin"`
	SoDienThoai          strict.Text    `json:"ndghSoDienThoai"`
	Email                strict.Text    `json:"ndghEmail"`
	QuanHe               strict.Text    `json:"ndghQuanHe"`
	SoLanKH              strict.Text    `json:"ndghSoLanKH"`
	LoaiTinhTrangHonNhan jsontext.Value `json:"ndghLoaiTinhTrangHonNhan"`
	TinhTrangHonNhan     jsontext.Value `json:"ndghTinhTrangHonNhan"`
	YeuCauXNTTHN         strict.Skip    `json:"ndghYeuCauXNTTHN"`
	NoiXNTTHN            strict.Skip    `json:"ndghNoiXNTTHN"`
}

// changed is whose entry is changed or corrected; the prefix is a guess too.
type changed struct {
	HoTen                strict.Text    `json:"ntdHoTen"`
	GioiTinh             jsontext.Value `json:"ntdGioiTinh"`
	NgaySinh             strict.Text    `json:"ntdNgaySinh"`
	NgaySinhBangChu      strict.Text    `json:"ntdNgaySinhBangChu"`
	DanToc               jsontext.Value `json:"ntdDanToc"`
	DanTocKhac           strict.Text    `json:"ntdDanTocKhac"`
	QuocTich             jsontext.Value `json:"ntdQuocTich"`
	QuocTichKhac         strict.Text    `json:"ntdQuocTichKhac"`
	QueQuan              jsontext.Value `json:"ntdQueQuan"`
	LoaiCuTru            jsontext.Value `json:"ntdLoaiCuTru"`
	NoiCuTru             jsontext.Value `json:"ntdNoiCuTru"`
	CuTruNuocNgoai       strict.Text    `json:"ntdCuTruNuocNgoai"`
	LoaiGiayToTuyThan    jsontext.Value `json:"ntdLoaiGiayToTuyThan"`
	GiayToKhac           strict.Text    `json:"ntdGiayToKhac"`
	SoGiayToTuyThan      strict.Text    `json:"ntdSoGiayToTuyThan"`
	SoGiayTo             strict.Text    `json:"ntdSoGiayTo"`
	NgayCapGiayToTuyThan strict.Text    `json:"ntdNgayCapGiayToTuyThan"`
	NoiCapGiayToTuyThan  jsontext.Value `json:"ntdNoiCapGiayToTuyThan"`
	SoDDCN               strict.Text    `json:"ntdSoDDCN"`
	XacThucThongTin      strict.Skip    `json:"ntdXacThucThongTin"`
	SoDienThoai          strict.Text    `json:"ntdSoDienThoai"`
	Email                strict.Text    `json:"ntdEmail"`
	QuanHe               strict.Text    `json:"ntdQuanHe"`
	SoLanKH              strict.Text    `json:"ntdSoLanKH"`
	LoaiTinhTrangHonNhan jsontext.Value `json:"ntdLoaiTinhTrangHonNhan"`
	TinhTrangHonNhan     jsontext.Value `json:"ntdTinhTrangHonNhan"`
	YeuCauXNTTHN         strict.Skip    `json:"ntdYeuCauXNTTHN"`
	NoiXNTTHN            strict.Skip    `json:"ntdNoiXNTTHN"`
}
