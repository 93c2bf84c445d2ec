package dvcqg

import (
	"strconv"

	"github.com/lienthong/lienthong/gateway/portal"
	"github.com/lienthong/lienthong/internal/fault"
	"github.com/lienthong/lienthong/schema"
)

// encoder turns one golden dossier into the portal's shapes and collects what
// keeps it from being shown. Problems point into the golden body.
type encoder struct {
	key        string // MaHoSo
	household  string
	procedures Procedures
	portal     *procedures // what the portal said; nil: it cannot be asked
	ask        string      // procedure that the portal is to be asked for first; "": none
	problems   []fault.Problem
}

func (e *encoder) problem(pointer, code, detail, english string) {
	e.problems = append(e.problems, fault.Problem{Pointer: pointer, Code: code, Detail: detail, DetailEN: english})
}

// required returns value and notes a problem when it is empty.
func (e *encoder) required(pointer string, value text) text {
	if value == "" {
		e.problem(pointer, "field.required", "Thiếu thông tin mà Cổng Dịch vụ công quốc gia bắt buộc.",
			"The national portal requires this field.")
	}
	return value
}

// coded looks a canonical word up in a table; a word without a code is a problem.
func coded[K ~string](e *encoder, pointer string, table map[K]string, word K) text {
	code, ok := table[word]
	switch {
	case ok:
		return text(code)
	case word == "":
		return e.required(pointer, "")
	}
	e.unmapped(pointer)
	return ""
}

func (e *encoder) unmapped(pointer string) {
	e.problem(pointer, "code.unmapped", "Giá trị không có mã tương ứng trên Cổng Dịch vụ công quốc gia.",
		"The value has no code on the national portal.")
}

// header encodes everything but the steps.
func (e *encoder) header(d *schema.Dossier) record {
	procedure := e.procedure(d.Procedure)
	r := record{
		MaHoSo:       e.required("/number", text(portal.Clean(e.key))),
		MaTTHC:       text(procedure.Code),
		TenTTHC:      e.required("/procedure/name", text(portal.Clean(procedure.Name))),
		MaLinhVuc:    e.required("/procedure/sector_code", text(portal.Clean(procedure.SectorCode))),
		TenLinhVuc:   e.required("/procedure/sector_name", text(portal.Clean(procedure.SectorName))),
		KenhThucHien: coded(e, "/channel", channels, e.channel(d)),
		SoBienNhan:   text(portal.Clean(d.ReceiptNumber)),
		ThongTinKhac: text(portal.Clean(d.OtherInfo)),
		TrichYeuHoSo: summary(d, procedure.Name),
		ThongTinTra:  text(portal.Clean(d.ReturnInfo)),
		HinhThuc:     coded(e, "/return_method", returnMethods, d.ReturnMethod),
		DonViXuLy:    e.required("/processing_unit", text(portal.Clean(d.ProcessingUnit))),
		GhiChu:       text(portal.Clean(d.Note)),

		NgayTiepNhan:    e.required("/received_at", moment(d.ReceivedAt)),
		NgayNopHoSo:     e.required("/submitted_at", moment(portal.Submitted(d))),
		NgayHenTra:      moment(d.DueAt),
		NgayKetThucXuLy: moment(d.FinishedAt),
		NgayTra:         moment(d.ReturnedAt),
		NgayTuChoi:      moment(d.RefusedAt),
		TrangThaiHoSo:   e.status("/status", d.Status),

		NoiNopHoSo:                  bornAtProvince,
		HoSoCoThanhPhanSoHoa:        bit(d.Digitised),
		TaiKhoanDuocXacThucVoiVNeID: bit(d.VNeID),
		DuocThanhToanTrucTuyen:      coded(e, "/online_payment", payments, d.OnlinePayment),
	}
	if d.BornAtPortal {
		r.NoiNopHoSo = bornAtPortal
	}
	e.applicant(&r, d.Applicant)
	e.lists(&r, d)
	return r
}

// procedure completes names from the catalogue and demands the national code:
// the portal does not know provincial suffixes.
func (e *encoder) procedure(p schema.ProcedureRef) schema.ProcedureRef {
	code, problems := schema.ParseProcedureCode(p.Code)
	switch {
	case p.Code == "":
		e.required("/procedure/code", "")
		return p
	case len(problems) > 0:
		e.unmapped("/procedure/code")
		return p
	}
	p.Code = code.National
	return e.completed(p)
}

// channel: what was born on the portal was submitted online.
func (e *encoder) channel(d *schema.Dossier) schema.Channel {
	if d.Channel == "" && d.BornAtPortal {
		return schema.Online
	}
	return d.Channel
}

// summary is the dossier's own, or the name of its procedure: other systems
// write the word "Dinhkem" there.
func summary(d *schema.Dossier, procedure string) text {
	if s := short(d.Summary, maxSummary); s != "" {
		return s
	}
	return short(procedure, maxSummary)
}

func (e *encoder) status(pointer string, s schema.Status) text {
	code := s.Gen1()
	if code == "" && s != "" {
		e.unmapped(pointer)
		return ""
	}
	return e.required(pointer, text(code))
}

func (e *encoder) applicant(r *record, a schema.Applicant) {
	if a.Kind == schema.HouseholdBusiness {
		r.LoaiDoiTuong = text(e.household)
	} else {
		r.LoaiDoiTuong = coded(e, "/applicant/kind", subjects, a.Kind)
	}
	r.ChuHoSo = text(portal.Clean(a.Name))
	r.MaDoiTuong = text(portal.Clean(a.PortalAccount))
	r.Email = text(portal.Clean(a.Email))
	r.Fax = text(portal.Clean(a.Fax))
	r.SoDienThoai = e.required("/applicant/phone", text(portal.Clean(a.Phone)))
	r.SoGiayToChuHoSo = text(portal.OwnerPaper(a.Identifiers))
	for _, id := range a.Identifiers {
		kind, has := identityTypes[id.Scheme]
		if value := portal.Genuine(id); has && value != "" {
			r.DinhDanhCHS = append(r.DinhDanhCHS, identity{LoaiDinhDanh: text(kind), SoDinhDanh: text(value)})
		}
	}
}

// moment writes an instant as yyyyMMddHHmmss in Vietnamese time.
func moment(t schema.Time) text { return text(t.Gen1()) }

func bit(set bool) text {
	if set {
		return "1"
	}
	return "0"
}

// short cuts a text to n characters.
func short(s string, n int) text {
	s = portal.Clean(s)
	if len(s) <= n {
		return text(s)
	}
	count := 0
	for i := range s {
		if count == n {
			return text(portal.Clean(s[:i]))
		}
		count++
	}
	return text(s)
}

func at(prefix string, i int) string { return prefix + "/" + strconv.Itoa(i) }
