package dvcqg

import (
	"strconv"

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
		MaHoSo:       e.required("/number", text(clean(e.key))),
		MaTTHC:       text(procedure.Code),
		TenTTHC:      e.required("/procedure/name", text(clean(procedure.Name))),
		MaLinhVuc:    e.required("/procedure/sector_code", text(clean(procedure.SectorCode))),
		TenLinhVuc:   e.required("/procedure/sector_name", text(clean(procedure.SectorName))),
		KenhThucHien: coded(e, "/channel", channels, e.channel(d)),
		SoBienNhan:   text(clean(d.ReceiptNumber)),
		ThongTinKhac: text(clean(d.OtherInfo)),
		TrichYeuHoSo: summary(d, procedure.Name),
		ThongTinTra:  text(clean(d.ReturnInfo)),
		HinhThuc:     coded(e, "/return_method", returnMethods, d.ReturnMethod),
		DonViXuLy:    e.required("/processing_unit", text(clean(d.ProcessingUnit))),
		GhiChu:       text(clean(d.Note)),

		NgayTiepNhan:    e.required("/received_at", moment(d.ReceivedAt)),
		NgayNopHoSo:     e.required("/submitted_at", moment(submission(d))),
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

// submission: at the counter a dossier is submitted by being received. Nowhere
// else does one moment stand for the other.
func submission(d *schema.Dossier) schema.Time {
	if d.SubmittedAt.IsZero() && !d.BornAtPortal && (d.Channel == schema.Direct || d.Channel == "") {
		return d.ReceivedAt
	}
	return d.SubmittedAt
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
	r.ChuHoSo = text(clean(a.Name))
	r.MaDoiTuong = text(clean(a.PortalAccount))
	r.Email = text(clean(a.Email))
	r.Fax = text(clean(a.Fax))
	r.SoDienThoai = e.required("/applicant/phone", text(clean(a.Phone)))
	for _, scheme := range ownerPapers {
		if r.SoGiayToChuHoSo = real(a.Identifiers, scheme); r.SoGiayToChuHoSo != "" {
			break
		}
	}
	for _, id := range a.Identifiers {
		kind, has := identityTypes[id.Scheme]
		if value := genuine(id); has && value != "" {
			r.DinhDanhCHS = append(r.DinhDanhCHS, identity{LoaiDinhDanh: text(kind), SoDinhDanh: value})
		}
	}
}

// real returns the first genuine identifier of a scheme.
func real(ids []schema.Identifier, scheme schema.Scheme) text {
	for _, id := range ids {
		if id.Scheme == scheme {
			if value := genuine(id); value != "" {
				return value
			}
		}
	}
	return ""
}

// genuine returns the value of an identifier, "" for fillers and for numbers
// that are not whole. 000000001 never leaves as somebody's identity.
func genuine(id schema.Identifier) text {
	value := clean(id.Value)
	switch id.Scheme {
	case schema.SchemePersonalNumber:
		parsed, _, _ := schema.ParsePersonalNumber(value)
		return text(parsed.Value)
	case schema.SchemeCMND:
		parsed, _ := schema.ParseCMND(value)
		return text(parsed.Value)
	}
	if schema.IsFiller(value) {
		return ""
	}
	return text(value)
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
	s = clean(s)
	if len(s) <= n {
		return text(s)
	}
	count := 0
	for i := range s {
		if count == n {
			return text(clean(s[:i]))
		}
		count++
	}
	return text(s)
}

func at(prefix string, i int) string { return prefix + "/" + strconv.Itoa(i) }
