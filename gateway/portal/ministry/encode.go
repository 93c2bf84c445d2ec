package ministry

import (
	"strconv"

	"github.com/lienthong/lienthong/gateway/portal"
	"github.com/lienthong/lienthong/internal/fault"
	"github.com/lienthong/lienthong/schema"
)

// encoder turns one golden dossier into the portal's shapes and collects what
// keeps it from being shown. Problems point into the golden body.
type encoder struct {
	cfg      Config
	key      string // our own number
	given    issued
	problems []fault.Problem
}

func (e *encoder) problem(pointer, code, detail, english string) {
	e.problems = append(e.problems, fault.Problem{Pointer: pointer, Code: code, Detail: detail, DetailEN: english})
}

func (e *encoder) required(pointer, value string) string {
	if value == "" {
		e.problem(pointer, "field.required", "Thiếu thông tin mà Cổng Dịch vụ công của Bộ bắt buộc.", "The ministry's portal requires this field.")
	}
	return value
}

func (e *encoder) unmapped(pointer string) {
	e.problem(pointer, "code.unmapped", "Giá trị không có mã tương ứng trên Cổng Dịch vụ công của Bộ.",
		"The value has no code on the ministry's portal.")
}

// record encodes the dossier as it is created. Handles of files are those that
// are known by now.
func (e *encoder) record(d *schema.Dossier) record {
	procedure, kind := e.procedure(d.Procedure), e.kind(d.Applicant.Kind)
	r := record{
		MaHoSo:           e.given.number(),
		MaTTHC:           procedure,
		MaDichVuCong:     procedure,
		ChuHoSo:          e.required("/applicant/name", portal.Clean(d.Applicant.Name)),
		LoaiDoiTuong:     kind,
		MaDonViTiepNhan:  e.cfg.Unit,
		NgayNop:          e.required("/submitted_at", written(portal.Submitted(d), headerTime)),
		NgayTiepNhan:     e.required("/received_at", written(d.ReceivedAt, headerTime)),
		ThanhPhanHoSo:    e.components(d.Papers),
		ThongTinNguoiNop: submitter{LoaiDoiTuong: kind, ThongTinChiTiet: owner(d.Applicant)},
	}
	r.EformThongTinChiTiet = map[string]string{}
	if e.cfg.Reference != NoReference {
		r.EformThongTinChiTiet[e.cfg.Reference] = portal.Clean(e.key)
	}
	return r
}

// procedure demands the national code: the portal does not know provincial suffixes.
func (e *encoder) procedure(p schema.ProcedureRef) string {
	if e.required("/procedure/code", p.Code) == "" {
		return ""
	}
	parsed, problems := schema.ParseProcedureCode(p.Code)
	if len(problems) > 0 {
		e.unmapped("/procedure/code")
	}
	return parsed.National
}

func (e *encoder) kind(k schema.SubjectKind) int {
	n, ok := subjects[k]
	switch {
	case k == "":
		e.required("/applicant/kind", "")
	case !ok:
		e.unmapped("/applicant/kind")
	}
	return n
}

// birthday writes a whole date in the third form of the contract; of a year alone no day is made up.
func birthday(d schema.Date) string {
	if d.Precision() != schema.FullDate {
		return ""
	}
	return d.Format(schema.DateCompact) + "000000"
}

// owner is the applicant in both of its places: a dossier does not tell who
// handed it in for somebody else.
func owner(a schema.Applicant) person {
	address := portal.Clean(a.Address.Street)
	if address == "" {
		address = portal.Clean(a.Address.Text)
	}
	name, number := portal.Clean(a.Name), portal.OwnerPaper(a.Identifiers)
	return person{
		TenNguoiNop: name, SoDinhDanh: number, NgaySinh: birthday(a.Birth),
		SoDienThoai: portal.Clean(a.Phone), Email: portal.Clean(a.Email), Fax: portal.Clean(a.Fax),
		MaTinh: a.Address.Province, MaXa: a.Address.Commune, DiaChiChiTiet: address,
		TenChuHs: name, SoDinhDanhChuHs: number,
		MaTinhChuHs: a.Address.Province, MaXaChuHs: a.Address.Commune, DiaChiChiTietChuHs: address,
	}
}

// components groups the papers by what they were handed in as. A paper whose
// file cannot be fetched holds the dossier back: without it the portal would
// show a dossier that lacks papers.
func (e *encoder) components(papers []schema.Paper) []component {
	all := []component{}
	at := map[string]int{}
	for i, p := range papers {
		if p.Deleted {
			continue
		}
		if wrong := e.cfg.fetchable(p.URL); wrong != "" {
			e.problem("/papers/"+strconv.Itoa(i)+"/url", wrong, paperWords[wrong][0], paperWords[wrong][1])
		}
		name, id := portal.Clean(p.Name), portal.Clean(p.Component)
		n, known := at[id]
		if !known || id == "" {
			n = len(all)
			all = append(all, component{MaThanhPhanHoSo: id, TenThanhPhanHoSo: name, LoaiBan: electronic})
			at[id] = n
		}
		handle := e.given.file(p.URL)
		all[n].SoLuong++
		all[n].GiayToDinhKem = append(all[n].GiayToDinhKem,
			file{IDGiayTo: handle.id, HashTepTin: handle.hash, MaKetQua: portal.Clean(p.ReplacingCode), TenGiayTo: name})
	}
	return all
}

// paperWords says, in Vietnamese and in English, why a file cannot be fetched.
var paperWords = map[string][2]string{
	"paper.no_file":          {"Giấy tờ không có đường dẫn tải tệp.", "The paper has no URL to fetch its file from."},
	"paper.url_invalid":      {"Đường dẫn tải tệp không hợp lệ.", "The URL of the paper's file is not valid."},
	"paper.host_not_allowed": {"Máy chủ lưu tệp chưa được cho phép (file_hosts).", "The file's host is not among file_hosts."},
}
