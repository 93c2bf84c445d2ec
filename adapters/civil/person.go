package civil

import (
	"cmp"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/lienthong/lienthong/adapters/field"
	"github.com/lienthong/lienthong/adapters/strict"
	"github.com/lienthong/lienthong/schema"
)

// party is a person of a document in a role.
type party struct {
	*person
	prefix string      // of the role's keys
	pinKey string      // of the personal number; results have the child's without a prefix
	pin    strict.Text //
	means  schema.Sex  // by the role: a number of the other sex in a parent's field is a slip
	asOf   schema.Date // day of the lists that the places are of
}

// as returns the party of a person.
func (p *person) as(prefix string, means schema.Sex, asOf schema.Date) party {
	return party{person: p, prefix: prefix, pinKey: prefix + "SoDDCN", pin: p.SoDDCN, means: means, asOf: asOf}
}

// text, date, words and place read a field of the party by the name behind the
// prefix; most are empty, and an empty one costs no key.
func (p party) text(r *field.Reader, name string, raw strict.Text) string {
	if raw == "" {
		return ""
	}
	return r.Text(p.prefix+name, raw)
}

func (p party) date(r *field.Reader, name string, raw strict.Text) schema.Date {
	if raw == "" {
		return schema.Date{}
	}
	return r.Date(p.prefix+name, raw, schema.DateAny)
}

func (p party) words(a *adapter, r *field.Reader, name string, raw jsontext.Value) string {
	if len(raw) == 0 {
		return ""
	}
	return a.text(r, p.prefix+name, raw)
}

func (p party) place(a *adapter, r *field.Reader, name string, raw jsontext.Value) schema.Address {
	if len(raw) == 0 {
		return schema.Address{}
	}
	return a.place(r, p.prefix+name, raw, p.asOf)
}

// person reads a party.
func (a *adapter) person(r *field.Reader, p party) *schema.Person {
	out := &schema.Person{
		FullName:    r.Name(p.prefix+"HoTen", p.HoTen),
		Birth:       p.date(r, "NgaySinh", p.NgaySinh),
		BirthWords:  p.text(r, "NgaySinhBangChu", p.NgaySinhBangChu),
		Sex:         cmp.Or(a.sex(r, p), p.means),
		Ethnicity:   a.ethnicity(r, p),
		Nationality: a.nationality(r, p),
		Origin:      p.place(a, r, "QueQuan", p.QueQuan),
		Residence:   a.residence(r, p),
		Email:       p.text(r, "Email", p.Email),
	}
	if p.SoDienThoai != "" {
		out.Phone = r.Phone(p.prefix+"SoDienThoai", p.SoDienThoai)
	}
	out.ResidenceType = a.residenceType(r, p, out.Residence)
	out.MaritalStatus = a.maritalStatus(r, p)
	a.papers(r, p, out)
	compare(r, p, out)
	return out
}

// anyone returns a party as a person, nil when nothing says who it is: the
// address of nobody is no person.
func (a *adapter) anyone(r *field.Reader, p party) *schema.Person {
	if p.HoTen == "" && p.pin == "" && p.SoGiayTo == "" && p.SoGiayToTuyThan == "" {
		return nil
	}
	out := a.person(r, p)
	if out.FullName == "" && len(out.Identifiers) == 0 {
		return nil
	}
	return out
}

func (a *adapter) residence(r *field.Reader, p party) schema.Address {
	at := p.place(a, r, "NoiCuTru", p.NoiCuTru)
	if abroad := p.text(r, "CuTruNuocNgoai", p.CuTruNuocNgoai); at.IsZero() {
		at.Text = abroad
	}
	return at
}

// residenceType reads loaiCuTru. It says nothing where no place is given.
func (a *adapter) residenceType(r *field.Reader, p party, at schema.Address) schema.ResidenceType {
	if at.IsZero() || len(p.LoaiCuTru) == 0 {
		return ""
	}
	key := p.prefix + "LoaiCuTru"
	switch c := a.choose(r, key, p.LoaiCuTru); schema.Fold(strings.TrimSpace(string(c.code))) {
	case "", "0":
	case "1", "thuong tru":
		return schema.Permanent
	case "2", "tam tru":
		return schema.Temporary
	default:
		r.Warn(key, "value.unmapped")
	}
	return ""
}

// maritalStatus is kept in words; the codes of LoaiTinhTrangHonNhan are not published.
func (a *adapter) maritalStatus(r *field.Reader, p party) string {
	if text := p.words(a, r, "TinhTrangHonNhan", p.TinhTrangHonNhan); text != "" {
		return text
	}
	text := p.words(a, r, "LoaiTinhTrangHonNhan", p.LoaiTinhTrangHonNhan)
	if strings.Trim(text, "0123456789") != "" {
		return text
	}
	if strings.Trim(text, "0") != "" {
		r.Warn(p.prefix+"LoaiTinhTrangHonNhan", "value.unmapped")
	}
	return ""
}

// count reads which marriage it is for a spouse.
func count(r *field.Reader, key string, raw strict.Text) int {
	n := r.Int(key, raw)
	if n < 0 || n > 99 {
		r.Warn(key, "number.invalid")
		return 0
	}
	return int(n)
}

// sex maps the registry's numbers; some exports write the words.
func (a *adapter) sex(r *field.Reader, p party) schema.Sex {
	if len(p.GioiTinh) == 0 {
		return ""
	}
	key := p.prefix + "GioiTinh"
	c := a.choose(r, key, p.GioiTinh)
	for _, text := range [...]strict.Text{c.code, c.name} {
		switch schema.Fold(strings.TrimSpace(string(text))) {
		case "1", "nam":
			return schema.Male
		case "2", "nu":
			return schema.Female
		case "3", "chua xac dinh", "khong xac dinh":
			return schema.Undetermined
		}
	}
	if strings.TrimSpace(string(c.code)) != "" {
		r.Warn(key, "value.unmapped")
	}
	return ""
}

// nationality drops the English that the registry writes behind the Vietnamese
// name, "Việt Nam (Viet Nam)": the result of the same birth has none.
func (a *adapter) nationality(r *field.Reader, p party) string {
	if other := p.text(r, "QuocTichKhac", p.QuocTichKhac); other != "" {
		return unbracketed(other)
	}
	return unbracketed(p.words(a, r, "QuocTich", p.QuocTich))
}

func unbracketed(s string) string {
	if i := strings.LastIndex(s, " ("); i > 0 && strings.HasSuffix(s, ")") {
		return s[:i]
	}
	return s
}

// papers reads the personal number and the number of a paper, which often
// repeats it. Two personal numbers that differ say nothing reliable: neither is
// an identifier. A paper of which more than the number is told is kept beside.
func (a *adapter) papers(r *field.Reader, p party, out *schema.Person) {
	var ids []schema.Identifier
	if p.pin != "" {
		pin, _, found := schema.ParsePersonalNumber(string(p.pin))
		r.Found(p.pinKey, found, schema.Warning)
		if !pin.IsZero() {
			ids = append(ids, pin)
		}
	}
	var kind choice
	if len(p.LoaiGiayToTuyThan) > 0 {
		kind = a.choose(r, p.prefix+"LoaiGiayToTuyThan", p.LoaiGiayToTuyThan)
	}
	key, number := p.paper()
	id := r.Identity(key, schema.RegistryPaper(string(kind.code)), number)
	a.keepPaper(r, p, kind, id, out)
	switch {
	case id.IsZero() || len(ids) == 1 && ids[0] == id:
	case len(ids) == 1 && ids[0].Scheme == id.Scheme:
		r.Note(p.pinKey, doubt("identifier.conflict", "Số định danh và số giấy tờ khác nhau; cả hai không được dùng.",
			"The personal number and the number of the paper differ; neither is used."))
		return
	default:
		ids = append(ids, id)
	}
	out.Identifiers = ids
}

// paper returns the number of a paper and its key.
func (p party) paper() (key string, number strict.Text) {
	if p.SoGiayToTuyThan == "" && p.SoGiayTo != "" {
		return p.prefix + "SoGiayTo", p.SoGiayTo
	}
	return p.prefix + "SoGiayToTuyThan", p.SoGiayToTuyThan
}

// paperNames are the registry's numbers of papers; 8 is another one, in words at giayToKhac.
var paperNames = [...]string{
	1: "cmnd", 2: "passport", 3: "residence_card", 4: "cccd", 5: "military", 6: "military_officer", 7: "police",
}

// keepPaper adds the paper that proved the identity when its issue or its own kind is told.
func (a *adapter) keepPaper(r *field.Reader, p party, kind choice, id schema.Identifier, out *schema.Person) {
	d := schema.IdentityDocument{
		Type:     p.text(r, "GiayToKhac", p.GiayToKhac),
		Number:   id.Value,
		IssuedOn: p.date(r, "NgayCapGiayToTuyThan", p.NgayCapGiayToTuyThan),
		IssuedBy: p.words(a, r, "NoiCapGiayToTuyThan", p.NoiCapGiayToTuyThan),
	}
	if d.Type == "" && d.IssuedOn.IsZero() && d.IssuedBy == "" {
		return
	}
	if n, err := strconv.Atoi(strings.TrimSpace(string(kind.code))); err == nil && n > 0 && n < len(paperNames) {
		d.Type = paperNames[n]
	}
	if d != (schema.IdentityDocument{}) {
		out.Documents = append(out.Documents, d)
	}
}

// compare checks what a personal number says by itself against the rest. The
// number stays: which of the two is the slip is for the matching to weigh.
func compare(r *field.Reader, p party, of *schema.Person) {
	for _, id := range of.Identifiers {
		if id.Scheme != schema.SchemePersonalNumber {
			continue
		}
		_, says, _ := schema.ParsePersonalNumber(id.Value)
		key := p.pinKey
		if p.pin == "" {
			key, _ = p.paper()
		}
		r.Found(key, says.Check(of.Sex, of.Birth), schema.Warning)
	}
}

func doubt(code, vi, en string) schema.Problem {
	return schema.Problem{Code: code, Level: schema.Warning, Detail: vi, DetailEN: en}
}
