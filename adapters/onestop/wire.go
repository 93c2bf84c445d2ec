package onestop

import (
	"github.com/lienthong/lienthong/adapters/field"
	"github.com/lienthong/lienthong/adapters/strict"
)

// dossierWire is a dossier as the portal contract has it (DongBoHoSoMC). All
// values are strings there; systems send numbers and null as well.
type dossierWire struct {
	MaHoSo          strict.Text `json:"MaHoSo"`
	MaTTHC          strict.Text `json:"MaTTHC"`
	TenTTHC         strict.Text `json:"TenTTHC"`
	MaLinhVuc       strict.Text `json:"MaLinhVuc"`
	TenLinhVuc      strict.Text `json:"TenLinhVuc"`
	KenhThucHien    strict.Text `json:"KenhThucHien"` // 1 direct, 2 online, 3 postal
	SoBienNhan      strict.Text `json:"SoBienNhan"`
	SoGiayToChuHoSo strict.Text `json:"SoGiayToChuHoSo"`
	ChuHoSo         strict.Text `json:"ChuHoSo"`
	LoaiDoiTuong    strict.Text `json:"LoaiDoiTuong"` // 1 citizen, 2 enterprise, 3 agency, 4 other
	MaDoiTuong      strict.Text `json:"MaDoiTuong"`   // TechID of the portal account
	ThongTinKhac    strict.Text `json:"ThongTinKhac"`
	Email           strict.Text `json:"Email"`
	Fax             strict.Text `json:"Fax"`
	SoDienThoai     strict.Text `json:"SoDienThoai"`
	TrichYeuHoSo    strict.Text `json:"TrichYeuHoSo"` // the literal "Dinhkem" where there is none
	NgayTiepNhan    strict.Text `json:"NgayTiepNhan"`
	NgayHenTra      strict.Text `json:"NgayHenTra"`
	TrangThaiHoSo   strict.Text `json:"TrangThaiHoSo"`
	NgayTra         strict.Text `json:"NgayTra"`
	ThongTinTra     strict.Text `json:"ThongTinTra"`
	HinhThuc        strict.Text `json:"HinhThuc"` // 0 counter, 1 post
	NgayKetThucXuLy strict.Text `json:"NgayKetThucXuLy"`
	DonViXuLy       strict.Text `json:"DonViXuLy"` // a name, not a code
	GhiChu          strict.Text `json:"GhiChu"`

	TaiLieuNop             strict.List[paperWire]      `json:"TaiLieuNop"`
	DanhSachLePhi          strict.List[feeWire]        `json:"DanhSachLePhi"`
	DanhSachTepDinhKemKhac strict.List[otherPaperWire] `json:"DanhSachTepDinhKemKhac"`
	DanhSachHoSoBoSung     strict.List[supplementWire] `json:"DanhSachHoSoBoSung"`
	DanhSachGiayToKetQua   strict.List[resultWire]     `json:"DanhSachGiayToKetQua"`

	NoiNopHoSo                  strict.Text `json:"NoiNopHoSo"` // 1 portal, 2 ministry or province
	HoSoCoThanhPhanSoHoa        strict.Text `json:"HoSoCoThanhPhanSoHoa"`
	TaiKhoanDuocXacThucVoiVNeID strict.Text `json:"TaiKhoanDuocXacThucVoiVNeID"`
	DuocThanhToanTrucTuyen      strict.Text `json:"DuocThanhToanTrucTuyen"`
	NgayTuChoi                  strict.Text `json:"NgayTuChoi"`
	NgayNopHoSo                 strict.Text `json:"NgayNopHoSo"`

	DinhDanhCHS  strict.List[identityWire] `json:"DinhDanhCHS"`
	DSKetNoiCSDL strict.List[databaseWire] `json:"DSKetNoiCSDL"`
	MaHoSoKhac   strict.Text               `json:"MaHoSoKhac"` // the number under which a system re-sent the dossier
}

type paperWire struct {
	TepDinhKemID      strict.Text `json:"TepDinhKemId"`
	TenTepDinhKem     strict.Text `json:"TenTepDinhKem"`
	IsDeleted         strict.Text `json:"IsDeleted"` // "True", "False"
	MaThanhPhanHoSo   strict.Text `json:"MaThanhPhanHoSo"`
	DuongDanTaiTepTin strict.Text `json:"DuongDanTaiTepTin"`
	DuocSoHoa         strict.Text `json:"DuocSoHoa"`
	DuocTaiSuDung     strict.Text `json:"DuocTaiSuDung"` // 0 no, 1 from a component, 2 from a result
	DuocLayTuKhoDMQG  strict.Text `json:"DuocLayTuKhoDMQG"`
	MaKetQuaThayThe   strict.Text `json:"MaKetQuaThayThe"`
}

type feeWire struct {
	TenPhiLePhi  strict.Text `json:"TenPhiLePhi"`
	MaPhiLePhi   strict.Text `json:"MaPhiLePhi"`
	HinhThucThu  strict.Text `json:"HinhThucThu"`
	Gia          strict.Text `json:"Gia"` // đồng; "không" and "50.000" occur
	LoaiPhiLePhi strict.Text `json:"LoaiPhiLePhi"`
}

type otherPaperWire struct {
	TenGiayTo  strict.Text `json:"TenGiayTo"`
	SoLuong    strict.Text `json:"SoLuong"`
	LoaiGiayTo strict.Text `json:"LoaiGiayTo"`
}

type supplementWire struct {
	HoSoBoSungID         strict.Text            `json:"HoSoBoSungId"`
	NguoiYeuCauBoSung    strict.Text            `json:"NguoiYeuCauBoSung"`
	NoiDungBoSung        strict.Text            `json:"NoiDungBoSung"`
	NgayBoSung           strict.Text            `json:"NgayBoSung"`
	NguoiTiepNhanBoSung  strict.Text            `json:"NguoiTiepNhanBoSung"`
	ThongTinTiepNhan     strict.Text            `json:"ThongTinTiepNhan"`
	NgayTiepNhanBoSung   strict.Text            `json:"NgayTiepNhanBoSung"`
	TrangThaiBoSung      strict.Text            `json:"TrangThaiBoSung"`
	DanhSachGiayToBoSung strict.List[paperWire] `json:"DanhSachGiayToBoSung"`
	DanhSachLePhiBoSung  strict.List[feeWire]   `json:"DanhSachLePhiBoSung"`
	NgayHenTraTruoc      strict.Text            `json:"NgayHenTraTruoc"`
	NgayHenTraMoi        strict.Text            `json:"NgayHenTraMoi"`
}

type resultWire struct {
	TenGiayTo            strict.Text `json:"TenGiayTo"`
	MaThanhPhanHoSo      strict.Text `json:"MaThanhPhanHoSo"`
	GiayToID             strict.Text `json:"GiayToId"`
	DuongDanTepTinKetQua strict.Text `json:"DuongDanTepTinKetQua"`
	MaGiayToKetQua       strict.Text `json:"MaGiayToKetQua"`
}

type identityWire struct {
	LoaiDinhDanh strict.Text `json:"LoaiDinhDanh"` // 1 personal number, 2 CMND
	SoDinhDanh   strict.Text `json:"SoDinhDanh"`
}

type databaseWire struct {
	MaCSDL strict.Text `json:"MaCSDL"`
}

// stepWire is a progress step (CapNhatTienDoHoSoMC).
type stepWire struct {
	MaHoSo                 strict.Text `json:"MaHoSo"`
	NguoiXuLy              strict.Text `json:"NguoiXuLy"`
	ChucDanh               strict.Text `json:"ChucDanh"`
	ThoiDiemXuLy           strict.Text `json:"ThoiDiemXuLy"`
	PhongBanXuLy           strict.Text `json:"PhongBanXuLy"`
	NoiDungXuLy            strict.Text `json:"NoiDungXuLy"`
	TrangThai              strict.Text `json:"TrangThai"`
	NgayBatDau             strict.Text `json:"NgayBatDau"`
	NgayKetThucTheoQuyDinh strict.Text `json:"NgayKetThucTheoQuyDinh"`
}

// The services of the envelope.
const (
	serviceDossiers = "DongBoHoSoMC"
	serviceSteps    = "CapNhatTienDoHoSoMC"
)

type itemForm int

const (
	unknownItem itemForm = iota
	dossierItem
	stepItem
)

// open takes the envelope off a message and returns its items and the service
// that it names, "" without an envelope. The caller's session and agency are
// read past and kept nowhere.
func (a *adapter) open(message strict.Part, h *field.Harvest) (items []strict.Part, service string, err error) {
	switch message.Kind() {
	case '[':
		items, err = strict.Elements(message)
		return items, "", err
	case '{':
		for key := range strict.Keys(message) {
			if k := string(key); k == "service" || k == "data" {
				return a.envelope(message, h)
			}
		}
		return []strict.Part{message}, "", nil
	}
	var nothing strict.Skip
	if _, err := a.dec.Decode(message, &nothing); err != nil {
		return nil, "", err
	}
	return nil, "", unknownForm()
}

func (a *adapter) envelope(message strict.Part, h *field.Harvest) (items []strict.Part, service string, err error) {
	members, unknown, err := strict.Fields(message, "session", "madonvi", "service", "isUpdating", "data")
	if err != nil {
		return nil, "", err
	}
	h.Unknown(unknown)
	var read [4]strict.Text
	for i, key := range []string{"service", "isUpdating", "session", "madonvi"} {
		if member, sent := members[key]; sent {
			if _, err := a.dec.Decode(member, &read[i]); err != nil {
				return nil, "", err
			}
		}
	}
	service = string(read[0])
	data, sent := members["data"]
	if !sent || service != "" && service != serviceDossiers && service != serviceSteps {
		return nil, "", unknownForm()
	}
	if data.Kind() == '{' {
		return []strict.Part{data}, service, nil
	}
	items, err = strict.Elements(data)
	return items, service, err
}

// formOf tells what an item is by its own keys, and by the service where they do not say.
func formOf(item strict.Part, service string) itemForm {
	var at, status, dossier bool
	for key := range strict.Keys(item) {
		switch string(key) {
		case "ThoiDiemXuLy":
			at = true
		case "TrangThai":
			status = true
		case "MaTTHC", "TrangThaiHoSo":
			dossier = true
		}
	}
	switch {
	case dossier:
		return dossierItem
	case at && status:
		return stepItem
	case service == serviceDossiers:
		return dossierItem
	case service == serviceSteps:
		return stepItem
	}
	return unknownItem
}
