package world

import (
	"cmp"
	"slices"
)

// truth is what the portal should show once everything has arrived. It is
// written from the life itself, not from the gateway's rules.
func (l *life) truth() Truth {
	all := append(slices.Clone(l.steps), l.foreign...)
	slices.SortStableFunc(all, func(a, b step) int { return cmp.Compare(a.ThoiDiemXuLy, b.ThoiDiemXuLy) })
	last := all[len(all)-1].TrangThai
	t := Truth{Number: l.rec.MaHoSo, Header: map[string]string{
		"MaHoSo": l.rec.MaHoSo, "MaTTHC": l.rec.MaTTHC, "TenTTHC": l.rec.TenTTHC, "KenhThucHien": l.rec.KenhThucHien,
		"ChuHoSo": l.rec.ChuHoSo, "SoGiayToChuHoSo": l.rec.SoGiayToChuHoSo, "LoaiDoiTuong": l.rec.LoaiDoiTuong,
		"SoDienThoai": l.rec.SoDienThoai, "TrichYeuHoSo": l.rec.TrichYeuHoSo, "NgayTiepNhan": l.rec.NgayTiepNhan,
		"NgayHenTra": l.rec.NgayHenTra, "NgayNopHoSo": l.rec.NgayNopHoSo, "DonViXuLy": l.rec.DonViXuLy,
		"HinhThuc": l.rec.HinhThuc, "NoiNopHoSo": l.rec.NoiNopHoSo, "TrangThaiHoSo": last,
		"NgayKetThucXuLy": firstTime(all, "9"), "NgayTra": firstTime(all, "10"), "NgayTuChoi": firstTime(all, "3"),
	}}
	for _, s := range all {
		t.Steps = append(t.Steps, s.ThoiDiemXuLy+"/"+s.TrangThai)
		t.Order = append(t.Order, s.TrangThai)
	}
	return t
}

func firstTime(steps []step, status string) string {
	for _, s := range steps {
		if s.TrangThai == status {
			return s.ThoiDiemXuLy
		}
	}
	return ""
}
