package land

import "github.com/lienthong/lienthong/adapters/strict"

// taxResult is GuiKetQuaThue: the land system has the notices of the tax office.
type taxResult struct {
	SoBienNhan           strict.Text            `json:"SoBienNhan"`
	NguoiXuLy            strict.Text            `json:"NguoiXuLy"`
	NgayCoKetQuaThue     strict.Text            `json:"NgayCoKetQuaThue"`
	GhiChu               strict.Text            `json:"GhiChu"`
	DanhSachThongBaoThue strict.List[taxNotice] `json:"DanhSachThongBaoThue"`
}

// taxNotice has two names for the debtor and for the link: those of VBDLIS and those of ILIS.
type taxNotice struct {
	HoTenChu             strict.Text `json:"HoTenChu"`
	HoVaChu              strict.Text `json:"HoVaChu"` // ILIS
	LoaiThue             strict.Text `json:"LoaiThue"`
	SoThongBaoThue       strict.Text `json:"SoThongBaoThue"`
	DuongDanThongBaoThue strict.Text `json:"DuongDanThongBaoThue"`
	DuongDanTBT          strict.Text `json:"DuongDanTBT"` // ILIS
}

// linkedNotice is the land-tax linkage's notice: base64 of an XML document.
type linkedNotice struct {
	SecurityKey strict.Skip `json:"SecurityKey"` // a secret: never read
	Service     strict.Text `json:"Service"`
	Ngay        strict.Text `json:"Ngay"` // yyyyMMddHHmmss, of the sending
	IsUpdating  strict.Text `json:"IsUpdating"`
	Data        struct {
		FileThongBaoThue strict.Text `json:"FileThongBaoThue"`
	} `json:"Data"`
}

// noticeDocument is the document inside. Dates are dd-MM-yyyy.
type noticeDocument struct {
	Data struct {
		Header strict.Skip `json:"HEADER"`
		Body   struct {
			Rows strict.List[noticeRow] `json:"ROW_LIST"`
		} `json:"BODY"`
	} `json:"DATA"`
}

type noticeRow struct {
	MaHoSo strict.Text             `json:"MA_HSO"`
	List   strict.List[noticeItem] `json:"LIST"`
}

type noticeItem struct {
	MaSoThue      strict.Skip `json:"MA_SO_THUE"` // of the debtor; an obligation has no place for it
	SoQuyetDinh   strict.Text `json:"SO_QUYET_DINH"`
	NgayQuyetDinh strict.Text `json:"NGAY_QUYET_DINH"`
	TenTieuMuc    strict.Text `json:"TEN_TIEUMUC"`
	SoTien        strict.Text `json:"SO_TIEN"`
}

// payment is the linkage's proof of payment.
type payment struct {
	SecurityKey strict.Skip `json:"SecurityKey"` // a secret: never read
	Service     strict.Text `json:"Service"`
	Ngay        strict.Text `json:"Ngay"`
	IsUpdating  strict.Text `json:"IsUpdating"`
	Data        struct {
		MaHoSo             strict.Text `json:"MaHoSo"`
		MaSoThue           strict.Skip `json:"MaSoThue"`
		HoTenNguoiNopTien  strict.Text `json:"HoTenNguoiNopTien"`
		SoCMTNguoiNopTien  strict.Skip `json:"SoCMTNguoiNopTien"`
		DiaChiNguoiNopTien strict.Skip `json:"DiaChiNguoiNopTien"`
		TinhNguoiNopTien   strict.Skip `json:"TinhNguoiNopTien"`
		HuyenNguoiNopTien  strict.Skip `json:"HuyenNguoiNopTien"`
		XaNguoiNopTien     strict.Skip `json:"XaNguoiNopTien"`
		URLFileChungTu     strict.Text `json:"UrlFileChungTu"`
		ThongTinThanhToan  struct {
			NoiDungThanhToan   strict.Text `json:"NoiDungThanhToan"`
			ThoiGianThanhToan  strict.Text `json:"ThoiGianThanhToan"` // yyyyMMddHHmmss
			MaThongBaoThue     strict.Text `json:"MaThongBaoThue"`
			TrangThaiThanhToan strict.Text `json:"TrangThaiThanhToan"` // 1 paid
			SoTien             strict.Text `json:"SoTien"`
		} `json:"ThongTinThanhToan"`
	} `json:"Data"`
}
