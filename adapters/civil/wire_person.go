package civil

import (
	"github.com/go-json-experiment/json/jsontext"

	"github.com/lienthong/lienthong/adapters/strict"
)

// person is what a document of the registry says of one person. The keys are
// the same for everybody but for a prefix that tells the role, so that each
// role below converts to it. Values that are a code, a name or an e-form's
// object of both are read by [adapter.choose], places by [adapter.place].
type person struct {
	HoTen                strict.Text
	GioiTinh             jsontext.Value // 1 male, 2 female, 3 undetermined
	NgaySinh             strict.Text    // dd.MM.yyyy, dd/MM/yyyy in results, often a year alone
	NgaySinhBangChu      strict.Text
	DanToc               jsontext.Value // by name
	DanTocKhac           strict.Text    // free text beside the list
	QuocTich             jsontext.Value // by name, "Việt Nam (Viet Nam)"
	QuocTichKhac         strict.Text
	QueQuan              jsontext.Value
	LoaiCuTru            jsontext.Value // 0 none, 1 permanent, 2 temporary
	NoiCuTru             jsontext.Value
	CuTruNuocNgoai       strict.Text
	LoaiGiayToTuyThan    jsontext.Value // 0 none, 1 CMND … 8 other
	GiayToKhac           strict.Text    // what other paper it is
	SoGiayToTuyThan      strict.Text
	SoGiayTo             strict.Text // the same in results
	NgayCapGiayToTuyThan strict.Text
	NoiCapGiayToTuyThan  jsontext.Value
	SoDDCN               strict.Text // personal number
	XacThucThongTin      strict.Skip
	SoDienThoai          strict.Text
	Email                strict.Text
	QuanHe               strict.Text // of a requester
	SoLanKH              strict.Text // which marriage it is
	LoaiTinhTrangHonNhan jsontext.Value
	TinhTrangHonNhan     jsontext.Value
	YeuCauXNTTHN         strict.Skip
	NoiXNTTHN            strict.Skip
}

// child is the child of a birth.
type child struct {
	HoTen                strict.Text    `json:"nksHoTen"`
	GioiTinh             jsontext.Value `json:"nksGioiTinh"`
	NgaySinh             strict.Text    `json:"nksNgaySinh"`
	NgaySinhBangChu      strict.Text    `json:"nksNgaySinhBangChu"`
	DanToc               jsontext.Value `json:"nksDanToc"`
	DanTocKhac           strict.Text    `json:"nksDanTocKhac"`
	QuocTich             jsontext.Value `json:"nksQuocTich"`
	QuocTichKhac         strict.Text    `json:"nksQuocTichKhac"`
	QueQuan              jsontext.Value `json:"nksQueQuan"`
	LoaiCuTru            jsontext.Value `json:"nksLoaiCuTru"`
	NoiCuTru             jsontext.Value `json:"nksNoiCuTru"`
	CuTruNuocNgoai       strict.Text    `json:"nksCuTruNuocNgoai"`
	LoaiGiayToTuyThan    jsontext.Value `json:"nksLoaiGiayToTuyThan"`
	GiayToKhac           strict.Text    `json:"nksGiayToKhac"`
	SoGiayToTuyThan      strict.Text    `json:"nksSoGiayToTuyThan"`
	SoGiayTo             strict.Text    `json:"nksSoGiayTo"`
	NgayCapGiayToTuyThan strict.Text    `json:"nksNgayCapGiayToTuyThan"`
	NoiCapGiayToTuyThan  jsontext.Value `json:"nksNoiCapGiayToTuyThan"`
	SoDDCN               strict.Text    `json:"nksSoDDCN"`
	XacThucThongTin      strict.Skip    `json:"nksXacThucThongTin"`
	SoDienThoai          strict.Text    `json:"nksSoDienThoai"`
	Email                strict.Text    `json:"nksEmail"`
	QuanHe               strict.Text    `json:"nksQuanHe"`
	SoLanKH              strict.Text    `json:"nksSoLanKH"`
	LoaiTinhTrangHonNhan jsontext.Value `json:"nksLoaiTinhTrangHonNhan"`
	TinhTrangHonNhan     jsontext.Value `json:"nksTinhTrangHonNhan"`
	YeuCauXNTTHN         strict.Skip    `json:"nksYeuCauXNTTHN"`
	NoiXNTTHN            strict.Skip    `json:"nksNoiXNTTHN"`
}

// mother is the mother of a child.
type mother struct {
	HoTen                strict.Text    `json:"meHoTen"`
	GioiTinh             jsontext.Value `json:"meGioiTinh"`
	NgaySinh             strict.Text    `json:"meNgaySinh"`
	NgaySinhBangChu      strict.Text    `json:"meNgaySinhBangChu"`
	DanToc               jsontext.Value `json:"meDanToc"`
	DanTocKhac           strict.Text    `json:"meDanTocKhac"`
	QuocTich             jsontext.Value `json:"meQuocTich"`
	QuocTichKhac         strict.Text    `json:"meQuocTichKhac"`
	QueQuan              jsontext.Value `json:"meQueQuan"`
	LoaiCuTru            jsontext.Value `json:"meLoaiCuTru"`
	NoiCuTru             jsontext.Value `json:"meNoiCuTru"`
	CuTruNuocNgoai       strict.Text    `json:"meCuTruNuocNgoai"`
	LoaiGiayToTuyThan    jsontext.Value `json:"meLoaiGiayToTuyThan"`
	GiayToKhac           strict.Text    `json:"meGiayToKhac"`
	SoGiayToTuyThan      strict.Text    `json:"meSoGiayToTuyThan"`
	SoGiayTo             strict.Text    `json:"meSoGiayTo"`
	NgayCapGiayToTuyThan strict.Text    `json:"meNgayCapGiayToTuyThan"`
	NoiCapGiayToTuyThan  jsontext.Value `json:"meNoiCapGiayToTuyThan"`
	SoDDCN               strict.Text    `json:"meSoDDCN"`
	XacThucThongTin      strict.Skip    `json:"meXacThucThongTin"`
	SoDienThoai          strict.Text    `json:"meSoDienThoai"`
	Email                strict.Text    `json:"meEmail"`
	QuanHe               strict.Text    `json:"meQuanHe"`
	SoLanKH              strict.Text    `json:"meSoLanKH"`
	LoaiTinhTrangHonNhan jsontext.Value `json:"meLoaiTinhTrangHonNhan"`
	TinhTrangHonNhan     jsontext.Value `json:"meTinhTrangHonNhan"`
	YeuCauXNTTHN         strict.Skip    `json:"meYeuCauXNTTHN"`
	NoiXNTTHN            strict.Skip    `json:"meNoiXNTTHN"`
}

// father is the father of a child.
type father struct {
	HoTen                strict.Text    `json:"chaHoTen"`
	GioiTinh             jsontext.Value `json:"chaGioiTinh"`
	NgaySinh             strict.Text    `json:"chaNgaySinh"`
	NgaySinhBangChu      strict.Text    `json:"chaNgaySinhBangChu"`
	DanToc               jsontext.Value `json:"chaDanToc"`
	DanTocKhac           strict.Text    `json:"chaDanTocKhac"`
	QuocTich             jsontext.Value `json:"chaQuocTich"`
	QuocTichKhac         strict.Text    `json:"chaQuocTichKhac"`
	QueQuan              jsontext.Value `json:"chaQueQuan"`
	LoaiCuTru            jsontext.Value `json:"chaLoaiCuTru"`
	NoiCuTru             jsontext.Value `json:"chaNoiCuTru"`
	CuTruNuocNgoai       strict.Text    `json:"chaCuTruNuocNgoai"`
	LoaiGiayToTuyThan    jsontext.Value `json:"chaLoaiGiayToTuyThan"`
	GiayToKhac           strict.Text    `json:"chaGiayToKhac"`
	SoGiayToTuyThan      strict.Text    `json:"chaSoGiayToTuyThan"`
	SoGiayTo             strict.Text    `json:"chaSoGiayTo"`
	NgayCapGiayToTuyThan strict.Text    `json:"chaNgayCapGiayToTuyThan"`
	NoiCapGiayToTuyThan  jsontext.Value `json:"chaNoiCapGiayToTuyThan"`
	SoDDCN               strict.Text    `json:"chaSoDDCN"`
	XacThucThongTin      strict.Skip    `json:"chaXacThucThongTin"`
	SoDienThoai          strict.Text    `json:"chaSoDienThoai"`
	Email                strict.Text    `json:"chaEmail"`
	QuanHe               strict.Text    `json:"chaQuanHe"`
	SoLanKH              strict.Text    `json:"chaSoLanKH"`
	LoaiTinhTrangHonNhan jsontext.Value `json:"chaLoaiTinhTrangHonNhan"`
	TinhTrangHonNhan     jsontext.Value `json:"chaTinhTrangHonNhan"`
	YeuCauXNTTHN         strict.Skip    `json:"chaYeuCauXNTTHN"`
	NoiXNTTHN            strict.Skip    `json:"chaNoiXNTTHN"`
}

// requester is who asks for a registration.
type requester struct {
	HoTen                strict.Text    `json:"nycHoTen"`
	GioiTinh             jsontext.Value `json:"nycGioiTinh"`
	NgaySinh             strict.Text    `json:"nycNgaySinh"`
	NgaySinhBangChu      strict.Text    `json:"nycNgaySinhBangChu"`
	DanToc               jsontext.Value `json:"nycDanToc"`
	DanTocKhac           strict.Text    `json:"nycDanTocKhac"`
	QuocTich             jsontext.Value `json:"nycQuocTich"`
	QuocTichKhac         strict.Text    `json:"nycQuocTichKhac"`
	QueQuan              jsontext.Value `json:"nycQueQuan"`
	LoaiCuTru            jsontext.Value `json:"nycLoaiCuTru"`
	NoiCuTru             jsontext.Value `json:"nycNoiCuTru"`
	CuTruNuocNgoai       strict.Text    `json:"nycCuTruNuocNgoai"`
	LoaiGiayToTuyThan    jsontext.Value `json:"nycLoaiGiayToTuyThan"`
	GiayToKhac           strict.Text    `json:"nycGiayToKhac"`
	SoGiayToTuyThan      strict.Text    `json:"nycSoGiayToTuyThan"`
	SoGiayTo             strict.Text    `json:"nycSoGiayTo"`
	NgayCapGiayToTuyThan strict.Text    `json:"nycNgayCapGiayToTuyThan"`
	NoiCapGiayToTuyThan  jsontext.Value `json:"nycNoiCapGiayToTuyThan"`
	SoDDCN               strict.Text    `json:"nycSoDDCN"`
	XacThucThongTin      strict.Skip    `json:"nycXacThucThongTin"`
	SoDienThoai          strict.Text    `json:"nycSoDienThoai"`
	Email                strict.Text    `json:"nycEmail"`
	QuanHe               strict.Text    `json:"nycQuanHe"`
	SoLanKH              strict.Text    `json:"nycSoLanKH"`
	LoaiTinhTrangHonNhan jsontext.Value `json:"nycLoaiTinhTrangHonNhan"`
	TinhTrangHonNhan     jsontext.Value `json:"nycTinhTrangHonNhan"`
	YeuCauXNTTHN         strict.Skip    `json:"nycYeuCauXNTTHN"`
	NoiXNTTHN            strict.Skip    `json:"nycNoiXNTTHN"`
}

// deceased is who died.
type deceased struct {
	HoTen                strict.Text    `json:"nktHoTen"`
	GioiTinh             jsontext.Value `json:"nktGioiTinh"`
	NgaySinh             strict.Text    `json:"nktNgaySinh"`
	NgaySinhBangChu      strict.Text    `json:"nktNgaySinhBangChu"`
	DanToc               jsontext.Value `json:"nktDanToc"`
	DanTocKhac           strict.Text    `json:"nktDanTocKhac"`
	QuocTich             jsontext.Value `json:"nktQuocTich"`
	QuocTichKhac         strict.Text    `json:"nktQuocTichKhac"`
	QueQuan              jsontext.Value `json:"nktQueQuan"`
	LoaiCuTru            jsontext.Value `json:"nktLoaiCuTru"`
	NoiCuTru             jsontext.Value `json:"nktNoiCuTru"`
	CuTruNuocNgoai       strict.Text    `json:"nktCuTruNuocNgoai"`
	LoaiGiayToTuyThan    jsontext.Value `json:"nktLoaiGiayToTuyThan"`
	GiayToKhac           strict.Text    `json:"nktGiayToKhac"`
	SoGiayToTuyThan      strict.Text    `json:"nktSoGiayToTuyThan"`
	SoGiayTo             strict.Text    `json:"nktSoGiayTo"`
	NgayCapGiayToTuyThan strict.Text    `json:"nktNgayCapGiayToTuyThan"`
	NoiCapGiayToTuyThan  jsontext.Value `json:"nktNoiCapGiayToTuyThan"`
	SoDDCN               strict.Text    `json:"nktSoDDCN"`
	XacThucThongTin      strict.Skip    `json:"nktXacThucThongTin"`
	SoDienThoai          strict.Text    `json:"nktSoDienThoai"`
	Email                strict.Text    `json:"nktEmail"`
	QuanHe               strict.Text    `json:"nktQuanHe"`
	SoLanKH              strict.Text    `json:"nktSoLanKH"`
	LoaiTinhTrangHonNhan jsontext.Value `json:"nktLoaiTinhTrangHonNhan"`
	TinhTrangHonNhan     jsontext.Value `json:"nktTinhTrangHonNhan"`
	YeuCauXNTTHN         strict.Skip    `json:"nktYeuCauXNTTHN"`
	NoiXNTTHN            strict.Skip    `json:"nktNoiXNTTHN"`
}

// husband is the husband of a marriage.
type husband struct {
	HoTen                strict.Text    `json:"chongHoTen"`
	GioiTinh             jsontext.Value `json:"chongGioiTinh"`
	NgaySinh             strict.Text    `json:"chongNgaySinh"`
	NgaySinhBangChu      strict.Text    `json:"chongNgaySinhBangChu"`
	DanToc               jsontext.Value `json:"chongDanToc"`
	DanTocKhac           strict.Text    `json:"chongDanTocKhac"`
	QuocTich             jsontext.Value `json:"chongQuocTich"`
	QuocTichKhac         strict.Text    `json:"chongQuocTichKhac"`
	QueQuan              jsontext.Value `json:"chongQueQuan"`
	LoaiCuTru            jsontext.Value `json:"chongLoaiCuTru"`
	NoiCuTru             jsontext.Value `json:"chongNoiCuTru"`
	CuTruNuocNgoai       strict.Text    `json:"chongCuTruNuocNgoai"`
	LoaiGiayToTuyThan    jsontext.Value `json:"chongLoaiGiayToTuyThan"`
	GiayToKhac           strict.Text    `json:"chongGiayToKhac"`
	SoGiayToTuyThan      strict.Text    `json:"chongSoGiayToTuyThan"`
	SoGiayTo             strict.Text    `json:"chongSoGiayTo"`
	NgayCapGiayToTuyThan strict.Text    `json:"chongNgayCapGiayToTuyThan"`
	NoiCapGiayToTuyThan  jsontext.Value `json:"chongNoiCapGiayToTuyThan"`
	SoDDCN               strict.Text    `json:"chongSoDDCN"`
	XacThucThongTin      strict.Skip    `json:"chongXacThucThongTin"`
	SoDienThoai          strict.Text    `json:"chongSoDienThoai"`
	Email                strict.Text    `json:"chongEmail"`
	QuanHe               strict.Text    `json:"chongQuanHe"`
	SoLanKH              strict.Text    `json:"chongSoLanKH"`
	LoaiTinhTrangHonNhan jsontext.Value `json:"chongLoaiTinhTrangHonNhan"`
	TinhTrangHonNhan     jsontext.Value `json:"chongTinhTrangHonNhan"`
	YeuCauXNTTHN         strict.Skip    `json:"chongYeuCauXNTTHN"`
	NoiXNTTHN            strict.Skip    `json:"chongNoiXNTTHN"`
}

// wife is the wife of a marriage.
type wife struct {
	HoTen                strict.Text    `json:"voHoTen"`
	GioiTinh             jsontext.Value `json:"voGioiTinh"`
	NgaySinh             strict.Text    `json:"voNgaySinh"`
	NgaySinhBangChu      strict.Text    `json:"voNgaySinhBangChu"`
	DanToc               jsontext.Value `json:"voDanToc"`
	DanTocKhac           strict.Text    `json:"voDanTocKhac"`
	QuocTich             jsontext.Value `json:"voQuocTich"`
	QuocTichKhac         strict.Text    `json:"voQuocTichKhac"`
	QueQuan              jsontext.Value `json:"voQueQuan"`
	LoaiCuTru            jsontext.Value `json:"voLoaiCuTru"`
	NoiCuTru             jsontext.Value `json:"voNoiCuTru"`
	CuTruNuocNgoai       strict.Text    `json:"voCuTruNuocNgoai"`
	LoaiGiayToTuyThan    jsontext.Value `json:"voLoaiGiayToTuyThan"`
	GiayToKhac           strict.Text    `json:"voGiayToKhac"`
	SoGiayToTuyThan      strict.Text    `json:"voSoGiayToTuyThan"`
	SoGiayTo             strict.Text    `json:"voSoGiayTo"`
	NgayCapGiayToTuyThan strict.Text    `json:"voNgayCapGiayToTuyThan"`
	NoiCapGiayToTuyThan  jsontext.Value `json:"voNoiCapGiayToTuyThan"`
	SoDDCN               strict.Text    `json:"voSoDDCN"`
	XacThucThongTin      strict.Skip    `json:"voXacThucThongTin"`
	SoDienThoai          strict.Text    `json:"voSoDienThoai"`
	Email                strict.Text    `json:"voEmail"`
	QuanHe               strict.Text    `json:"voQuanHe"`
	SoLanKH              strict.Text    `json:"voSoLanKH"`
	LoaiTinhTrangHonNhan jsontext.Value `json:"voLoaiTinhTrangHonNhan"`
	TinhTrangHonNhan     jsontext.Value `json:"voTinhTrangHonNhan"`
	YeuCauXNTTHN         strict.Skip    `json:"voYeuCauXNTTHN"`
	NoiXNTTHN            strict.Skip    `json:"voNoiXNTTHN"`
}
