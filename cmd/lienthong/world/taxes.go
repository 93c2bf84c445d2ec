package world

import (
	"encoding/base64"
	"fmt"
	"strconv"
)

// landTax is what the tax office asks for a transfer (L6: XML in base64) and,
// for two dossiers of three, the proof that it was paid (L7). Neither moves the
// dossier: a clerk's step does.
func landTax(l *life) {
	notice := fmt.Sprintf("TB-2025-%06d", l.i)
	amount := strconv.Itoa(2_000_000 + l.i%50*100_000)
	document := fmt.Sprintf("<DATA><BODY><ROW_LIST><MA_HSO>%s</MA_HSO><LIST><MA_SO_THUE>%s</MA_SO_THUE><SO_QUYET_DINH>%s</SO_QUYET_DINH>"+
		"<NGAY_QUYET_DINH>%s</NGAY_QUYET_DINH><TEN_TIEUMUC>Thuế TNCN từ chuyển nhượng BĐS</TEN_TIEUMUC><SO_TIEN>%s</SO_TIEN></LIST></ROW_LIST></BODY></DATA>",
		l.rec.MaHoSo, l.owner.pin, notice, l.now.Format("02-01-2006"), amount)
	l.send(Land, "L6", encode(map[string]any{
		"SecurityKey": "***", "Service": "NhanThongBaoThue", "Ngay": gen1(l.now), "IsUpdating": "False",
		"Data": map[string]string{"FileThongBaoThue": base64.StdEncoding.EncodeToString([]byte(document))},
	}))
	if l.i%3 == 0 {
		return
	}
	l.send(Land, "L7", encode(map[string]any{
		"SecurityKey": "***", "Service": "NhanChungTu", "IsUpdating": "False",
		"Data": map[string]any{
			"MaHoSo": l.rec.MaHoSo, "MaSoThue": l.owner.pin, "HoTenNguoiNopTien": l.owner.name, "SoCMTNguoiNopTien": l.owner.pin,
			"DiaChiNguoiNopTien": "Phố 9", "TinhNguoiNopTien": l.w.options.Province, "HuyenNguoiNopTien": "", "XaNguoiNopTien": l.commune.Code,
			"UrlFileChungTu": fmt.Sprintf("https://pay.example/ct/%d", l.i),
			"ThongTinThanhToan": map[string]string{
				"NoiDungThanhToan": "Thuế TNCN", "ThoiGianThanhToan": gen1(l.now), "MaThongBaoThue": notice, "TrangThaiThanhToan": "1", "SoTien": amount,
			},
		},
	}))
}
