package onestop

import (
	"github.com/lienthong/lienthong/adapters/field"
	"github.com/lienthong/lienthong/adapters/strict"
	"github.com/lienthong/lienthong/schema"
)

// results reads the result papers of a dossier with these papers. One that links
// to a paper which was handed in is dropped: a system sends its first input
// paper where the file of the result is missing.
func results(r *field.Reader, key string, list strict.List[resultWire], papers []schema.Paper) []schema.ResultPaper {
	var out []schema.ResultPaper
	for i := range list {
		w, at := &list[i], r.Item(key, i)
		p := schema.ResultPaper{
			ID:        at.Code(w.GiayToID),
			Name:      at.Text("TenGiayTo", w.TenGiayTo),
			Component: at.Code(w.MaThanhPhanHoSo),
			URL:       at.Code(w.DuongDanTepTinKetQua),
			Code:      resultCode(at, "MaGiayToKetQua", w.MaGiayToKetQua),
		}
		if isInput(p, papers) {
			at.Note("DuongDanTepTinKetQua", note(resultIsInput, schema.Warning))
			continue
		}
		scoreResultPaper(at, p)
		out = append(out, p)
	}
	return out
}

func isInput(result schema.ResultPaper, papers []schema.Paper) bool {
	for _, p := range papers {
		if result.URL != "" && result.URL == p.URL {
			return true
		}
	}
	return false
}

// scoreResultPaper warns of a result without code or link. The record is taken: the
// paper may follow, and the state must not wait for it.
func scoreResultPaper(r *field.Reader, result schema.ResultPaper) {
	if result.Code == "" {
		r.Note("MaGiayToKetQua", note(scoreCode, schema.Warning))
	}
	if result.URL == "" {
		r.Note("DuongDanTepTinKetQua", note(scoreLink, schema.Warning))
	}
}

// scores warns of what the portal's indicators will miss of a whole dossier.
func scores(r *field.Reader, d *schema.Dossier) {
	done := d.Status == schema.Completed || d.Status == schema.Returned
	if done && d.Channel == schema.Online && len(d.Results) == 0 {
		r.Note("DanhSachGiayToKetQua", note(scoreResult, schema.Warning))
	}
	if !d.FinishedAt.IsZero() && d.FinishedAt == d.ReceivedAt && d.DueAt.IsZero() {
		r.Note("NgayKetThucXuLy", note(scoreFinish, schema.Warning))
	}
}
