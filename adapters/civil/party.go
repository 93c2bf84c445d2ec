package civil

import (
	"cmp"
	"strings"

	"github.com/lienthong/lienthong/adapters/field"
	"github.com/lienthong/lienthong/adapters/strict"
	"github.com/lienthong/lienthong/schema"
)

// party is a person of either document. The documents name the same things
// alike but for the prefix of the role and the numbers of papers.
type party struct {
	prefix      string // nks the child, me, cha, nyc the requester
	name        strict.Text
	sex         strict.Text
	birth       strict.Text
	ethnicity   strict.Text
	ethnicOther strict.Text // *DanTocKhac, *QuocTichKhac: free text beside a list
	nationality strict.Text
	nationOther strict.Text
	home        strict.List[place]
	pinKey      string // of the personal number; no prefix for the child in a result
	pin         strict.Text
	paperKey    string // of the number of a paper, behind the prefix
	paper       strict.Text
	paperType   strict.Text
	phone       strict.Text
	email       strict.Text
	dates       schema.DateFormat
	means       schema.Sex // by the role: a number of the other sex in a parent's field is a slip
}

func (b *birthForm) child() party {
	return party{
		prefix: "nks", name: b.NksHoTen, sex: b.NksGioiTinh, birth: b.NksNgaySinh, dates: schema.DateDotted,
		ethnicity: b.NksDanToc, ethnicOther: b.NksDanTocKhac, nationality: b.NksQuocTich, nationOther: b.NksQuocTichKhac,
		paperKey: "SoGiayToTuyThan", paper: b.NksSoGiayToTuyThan, paperType: b.NksLoaiGiayToTuyThan,
	}
}

func (b *birthForm) mother() party {
	return party{
		prefix: "me", name: b.MeHoTen, birth: b.MeNgaySinh, dates: schema.DateDotted, means: schema.Female,
		ethnicity: b.MeDanToc, ethnicOther: b.MeDanTocKhac, nationality: b.MeQuocTich, nationOther: b.MeQuocTichKhac,
		home: b.MeNoiCuTru, pinKey: "meSoDDCN", pin: b.MeSoDDCN,
		paperKey: "SoGiayToTuyThan", paper: b.MeSoGiayToTuyThan, paperType: b.MeLoaiGiayToTuyThan,
	}
}

func (b *birthForm) father() party {
	return party{
		prefix: "cha", name: b.ChaHoTen, birth: b.ChaNgaySinh, dates: schema.DateDotted, means: schema.Male,
		ethnicity: b.ChaDanToc, ethnicOther: b.ChaDanTocKhac, nationality: b.ChaQuocTich, nationOther: b.ChaQuocTichKhac,
		home: b.ChaNoiCuTru, pinKey: "chaSoDDCN", pin: b.ChaSoDDCN,
		paperKey: "SoGiayToTuyThan", paper: b.ChaSoGiayToTuyThan, paperType: b.ChaLoaiGiayToTuyThan,
	}
}

func (b *birthForm) requester() party {
	return party{
		prefix: "nyc", name: b.NycHoTen, home: b.NycNoiCuTru, phone: b.NycSoDienThoai, email: b.NycEmail,
		pinKey: "nycSoDDCN", pin: b.NycSoDDCN,
		paperKey: "SoGiayToTuyThan", paper: b.NycSoGiayToTuyThan, paperType: b.NycLoaiGiayToTuyThan,
	}
}

func (b *birthResult) child() party {
	return party{
		prefix: "nks", name: b.NksHoTen, sex: b.NksGioiTinh, birth: b.NksNgaySinh, dates: schema.DateSlashed,
		ethnicity: b.NksDanToc, nationality: b.NksQuocTich, pinKey: "soDinhDanh", pin: b.SoDinhDanh,
	}
}

func (b *birthResult) mother() party {
	return party{
		prefix: "me", name: b.MeHoTen, birth: b.MeNgaySinh, dates: schema.DateSlashed, means: schema.Female,
		ethnicity: b.MeDanToc, nationality: b.MeQuocTich, home: b.MeNoiCuTru, paperKey: "SoGiayTo", paper: b.MeSoGiayTo,
	}
}

func (b *birthResult) father() party {
	return party{
		prefix: "cha", name: b.ChaHoTen, birth: b.ChaNgaySinh, dates: schema.DateSlashed, means: schema.Male,
		ethnicity: b.ChaDanToc, nationality: b.ChaQuocTich, home: b.ChaNoiCuTru, paperKey: "SoGiayTo", paper: b.ChaSoGiayTo,
	}
}

func (b *birthResult) requester() party {
	return party{prefix: "nyc", name: b.NycHoTen, paperKey: "SoGiayTo", paper: b.NycSoGiayTo}
}

// person reads a party; asOf is the day of the message.
func (a *adapter) person(r *field.Reader, p party, asOf schema.Date) *schema.Person {
	out := &schema.Person{
		FullName:    r.Name(p.prefix+"HoTen", p.name),
		Birth:       r.Date(p.prefix+"NgaySinh", p.birth, p.dates),
		Sex:         cmp.Or(sex(r, p.prefix+"GioiTinh", p.sex), p.means),
		Ethnicity:   either(r, p.prefix+"DanToc", p.ethnicity, p.ethnicOther),
		Nationality: nation(either(r, p.prefix+"QuocTich", p.nationality, p.nationOther)),
		Identifiers: identifiers(r, p),
		Residence:   a.address(r, p.prefix+"NoiCuTru", p.home, asOf),
		Phone:       r.Phone(p.prefix+"SoDienThoai", p.phone),
		Email:       r.Text(p.prefix+"Email", p.email),
	}
	compare(r, p, out)
	return out
}

// named returns p, or nil when nothing says who it is: the address of nobody is no person.
func named(p *schema.Person) *schema.Person {
	if p.FullName == "" && len(p.Identifiers) == 0 {
		return nil
	}
	return p
}

// sex maps the registry's numbers; some exports write the words.
func sex(r *field.Reader, key string, raw strict.Text) schema.Sex {
	switch s := strings.TrimSpace(string(raw)); schema.Fold(s) {
	case "":
	case "1", "nam":
		return schema.Male
	case "2", "nu":
		return schema.Female
	case "3":
		return schema.Undetermined
	default:
		r.Warn(key, "value.unmapped")
	}
	return ""
}

// either returns the free text of *Khac where it is filled, else the entry of the list.
func either(r *field.Reader, key string, listed, other strict.Text) string {
	if text := r.Text(key+"Khac", other); text != "" {
		return text
	}
	return r.Text(key, listed)
}

// nation drops the English that the application carries behind the Vietnamese
// name, "Việt Nam (Viet Nam)": the result of the same birth has none.
func nation(s string) string {
	if i := strings.LastIndex(s, " ("); i > 0 && strings.HasSuffix(s, ")") {
		return s[:i]
	}
	return s
}

// identifiers reads the personal number and the number of a paper, which often
// repeats it. Two personal numbers that differ say nothing reliable: neither is kept.
func identifiers(r *field.Reader, p party) []schema.Identifier {
	var ids []schema.Identifier
	if p.pin != "" {
		pin, _, found := schema.ParsePersonalNumber(string(p.pin))
		r.Found(p.pinKey, found, schema.Warning)
		if !pin.IsZero() {
			ids = append(ids, pin)
		}
	}
	id := r.Identity(p.prefix+p.paperKey, schema.RegistryPaper(string(p.paperType)), p.paper)
	switch {
	case id.IsZero() || len(ids) == 1 && ids[0] == id:
		return ids
	case len(ids) == 1 && ids[0].Scheme == id.Scheme:
		r.Note(p.pinKey, doubt("identifier.conflict", "Số định danh và số giấy tờ khác nhau; cả hai không được dùng.",
			"The personal number and the number of the paper differ; neither is used."))
		return nil
	}
	return append(ids, id)
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
			key = p.prefix + p.paperKey
		}
		if of.Sex != "" && of.Sex != schema.Undetermined && of.Sex != says.Sex {
			r.Note(key, doubt("identifier.sex", "Số định danh không khớp với giới tính.", "The personal number is of the other sex."))
		}
		if year := of.Birth.Year(); year != 0 && year != says.BirthYear {
			r.Note(key, doubt("identifier.birth_year", "Số định danh không khớp với năm sinh.", "The personal number is of another birth year."))
		}
	}
}

func doubt(code, vi, en string) schema.Problem {
	return schema.Problem{Code: code, Level: schema.Warning, Detail: vi, DetailEN: en}
}
