package onestop

import (
	"strings"

	"github.com/lienthong/lienthong/adapters/field"
	"github.com/lienthong/lienthong/adapters/strict"
	"github.com/lienthong/lienthong/schema"
	"github.com/lienthong/lienthong/schema/units"
)

func applicant(r *field.Reader, w *dossierWire) schema.Applicant {
	a := schema.Applicant{
		Kind:          coded(r, "LoaiDoiTuong", w.LoaiDoiTuong, subjectKinds),
		PortalAccount: r.Code(w.MaDoiTuong),
		Phone:         r.Phone("SoDienThoai", w.SoDienThoai),
		Fax:           r.Phone("Fax", w.Fax),
		Email:         email(r, "Email", w.Email),
	}
	a.Name = ownerName(r, "ChuHoSo", a.Kind, w.ChuHoSo)
	var ids identifierSet
	for i, d := range w.DinhDanhCHS {
		item := r.Item("DinhDanhCHS", i)
		ids.add(item, "SoDinhDanh", item.Identity("SoDinhDanh", schema.PortalPaper(string(d.LoaiDinhDanh)), d.SoDinhDanh))
	}
	ids.add(r, "SoGiayToChuHoSo", ownerNumber(r, "SoGiayToChuHoSo", a.Kind, w.SoGiayToChuHoSo))
	a.Identifiers = ids.list()
	return a
}

func isPerson(kind schema.SubjectKind) bool { return kind == schema.Citizen || kind == "" }

func ownerName(r *field.Reader, key string, kind schema.SubjectKind, raw strict.Text) string {
	if isPerson(kind) {
		return r.Name(key, raw)
	}
	return r.Text(key, raw)
}

func email(r *field.Reader, key string, raw strict.Text) string {
	e := r.Text(key, raw)
	if e != "" && !strings.Contains(e, "@") {
		r.Warn(key, "email.invalid")
	}
	return e
}

// ownerNumber reads the number of an owner: a tax code of an organisation, or
// the paper of a person, also of the one who signed for an organisation.
func ownerNumber(r *field.Reader, key string, kind schema.SubjectKind, raw strict.Text) schema.Identifier {
	if !isPerson(kind) && taxLike(strings.TrimSpace(string(raw))) {
		return r.TaxCode(key, raw)
	}
	return r.Identity(key, "", raw)
}

// taxLike tells an organisation's tax code, 10 digits or 10-3, from the paper of
// the person who signed for it. Nine digits are a tax code that lost its zero
// where the check digit then fits.
func taxLike(s string) bool {
	if len(s) == 9 {
		id, _ := schema.ParseTaxCode(s)
		return !id.IsZero()
	}
	head, tail, branch := strings.Cut(s, "-")
	return len(head) == 10 && (!branch || len(tail) == 3) || len(s) == 13 && !branch
}

// identifierSet collects numbers of one owner, each once.
type identifierSet struct {
	strong, weak []schema.Identifier
}

// A person has one number of each strong scheme: a second one is somebody
// else's, and the first stays.
func (s *identifierSet) add(r *field.Reader, key string, id schema.Identifier) {
	list := &s.weak
	if id.Scheme.Strong() {
		list = &s.strong
	}
	for _, have := range *list {
		if have == id {
			return
		}
		if have.Scheme == id.Scheme && id.Scheme.Strong() {
			r.Note(key, schema.Problem{Code: "identifier.conflict", Level: schema.Warning,
				Detail:   "Chủ hồ sơ đã có một số khác cùng loại; số này không được dùng.",
				DetailEN: "The owner has another number of this kind already; this one is not used."})
			return
		}
	}
	if !id.IsZero() {
		*list = append(*list, id)
	}
}

// list returns the numbers, strong ones first.
func (s *identifierSet) list() []schema.Identifier { return append(s.strong, s.weak...) }

// The days on both sides of the change of code lists on 01/07/2025.
var (
	lastOldDay, _  = schema.NewDate(2025, 6, 30)
	firstNewDay, _ = schema.NewDate(2025, 7, 1)
)

// placeCodes are the codes of a place with the key of the commune, where
// problems are noted.
type placeCodes struct {
	key                         string
	province, district, commune strict.Text
}

// address reads a place with codes. A district tells that the codes are of the
// list until 30/06/2025, whatever the date; else the day of submission does.
func address(r *field.Reader, c placeCodes, street string, submitted schema.Time) schema.Address {
	asOf := firstNewDay
	if strings.Trim(r.Code(c.district), "0") != "" || !submitted.IsZero() && submitted.Date().Compare(lastOldDay) <= 0 {
		asOf = lastOldDay
	}
	code := units.ResolveCode(r.Code(c.commune), r.Code(c.province), asOf)
	r.Found(c.key, code.Problems, schema.Warning)
	out := code.Address()
	out.Street = street
	if out.Commune == "" && out.OldCommune == "" && len(out.Candidates) == 0 {
		provinceAlone(&out, r.Code(c.province), asOf)
	}
	return out
}

func provinceAlone(out *schema.Address, code string, asOf schema.Date) {
	if len(code) == 1 {
		code = "0" + code
	}
	if u, ok := units.Province(code); ok && asOf == firstNewDay {
		out.Province = u.Code
	} else if u, ok := units.OldProvince(code); ok && asOf == lastOldDay {
		since, _ := units.ProvinceSince(u.Code)
		out.Province, out.OldProvince = since.Code, u.Code
	}
}
