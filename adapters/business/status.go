package business

import (
	"github.com/lienthong/lienthong/adapters/field"
	"github.com/lienthong/lienthong/adapters/strict"
	"github.com/lienthong/lienthong/schema"
)

// firstStatus takes the one legal status. Where the register sends several,
// nothing says which holds: the first is taken with a warning.
func firstStatus(r *field.Reader, list strict.List[legalStatus]) schema.LegalStatus {
	if len(list) == 0 {
		return schema.LegalStatus{}
	}
	if len(list) > 1 {
		r.Note("TinhTrangPhapLy", doubt("status.several", "Có nhiều tình trạng pháp lý; chỉ lấy mục đầu tiên.",
			"There are several legal statuses; the first is taken."))
	}
	return statusOf(r.Item("TinhTrangPhapLy", 0), &list[0], schema.DateISO)
}

// statusOf reads a legal status in the register's own words, with the period of a suspension.
func statusOf(at *field.Reader, w *legalStatus, format schema.DateFormat) schema.LegalStatus {
	s := schema.LegalStatus{
		Label:  at.Text("TinhTrangPhapLy", w.TinhTrangPhapLy),
		Code:   at.Text("MaTinhTrangPhapLy", w.MaTinhTrangPhapLy),
		From:   at.Date("NgayBatDauTamNgung", w.NgayBatDauTamNgung, format),
		Until:  at.Date("NgayKetThucTamNgung", w.NgayKetThucTamNgung, format),
		Reason: at.Text("LyDoTamNgung", w.LyDoTamNgung),
	}
	if !s.From.IsZero() && !s.Until.IsZero() && s.Until.Compare(s.From) < 0 {
		at.Note("NgayKetThucTamNgung", doubt("status.period", "Ngày kết thúc trước ngày bắt đầu tạm ngừng.", "The period ends before it begins."))
	}
	return s
}

// labelOrCode puts a status of one field where it belongs: the public search
// writes numbers whose meaning is not public, or words.
func labelOrCode(text string) schema.LegalStatus {
	for _, c := range text {
		if c < '0' || c > '9' {
			return schema.LegalStatus{Label: text}
		}
	}
	return schema.LegalStatus{Code: text}
}
