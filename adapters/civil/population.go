package civil

import (
	"cmp"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/lienthong/lienthong/adapters/field"
	"github.com/lienthong/lienthong/adapters/markup"
	"github.com/lienthong/lienthong/adapters/strict"
	"github.com/lienthong/lienthong/schema"
)

// answer is what the population database (CSDLQG về dân cư) answers: a SOAP
// document inside a string.
type answer struct {
	ErrorCode strict.Text `json:"error_code"`
	Message   strict.Text `json:"message"`
}

// citizen is one person of the answer. Family, religion and blood group are
// known keys that nothing here may use: they stay in the raw message.
type citizen struct {
	SoDinhDanh        strict.Text             `json:"SoDinhDanh"`
	SoCMND            strict.Text             `json:"SoCMND"`
	HoVaTen           jsontext.Value          `json:"HoVaTen"`
	GioiTinh          strict.Text             `json:"GioiTinh"`
	DanToc            strict.Text             `json:"DanToc"`
	TonGiao           strict.Skip             `json:"TonGiao"`
	TinhTrangHonNhan  strict.Text             `json:"TinhTrangHonNhan"`
	NhomMau           strict.Skip             `json:"NhomMau"`
	NgayThangNamSinh  jsontext.Value          `json:"NgayThangNamSinh"`
	NoiDangKyKhaiSinh strict.Skip             `json:"NoiDangKyKhaiSinh"` // of the registration, not of the birth
	QueQuan           strict.List[registered] `json:"QueQuan"`
	ThuongTru         strict.List[registered] `json:"ThuongTru"`
	NoiOHienTai       strict.List[registered] `json:"NoiOHienTai"`
	QuocTich          strict.Text             `json:"QuocTich"`
	Cha               strict.Skip             `json:"Cha"`
	Me                strict.Skip             `json:"Me"`
	VoChong           strict.Skip             `json:"VoChong"`
	NguoiDaiDien      strict.Skip             `json:"NguoiDaiDien"`
	ChuHo             strict.Skip             `json:"ChuHo"`
	SoSoHoKhau        strict.Skip             `json:"SoSoHoKhau"`
}

// registered is a place of the population database.
type registered struct {
	MaTinhThanh strict.Text `json:"MaTinhThanh"`
	MaQuanHuyen strict.Text `json:"MaQuanHuyen"`
	MaPhuongXa  strict.Text `json:"MaPhuongXa"`
	ChiTiet     strict.Text `json:"ChiTiet"`
	QuocGia     strict.Text `json:"QuocGia"`
}

type fullName struct {
	Ho     strict.Text `json:"Ho"`
	ChuDem strict.Text `json:"ChuDem"`
	Ten    strict.Text `json:"Ten"`
}

type birthDay struct {
	Nam          strict.Text `json:"Nam"` // the year, all that is known of many older people
	NgayThangNam strict.Text `json:"NgayThangNam"`
}

// population turns an answer into persons. An answer without a document, or
// with one that holds nobody, carries no facts.
func (a *adapter) population(m strict.Part) ([]schema.Record, error) {
	var w answer
	unknown, err := a.dec.Decode(m, &w)
	if err != nil {
		return nil, err
	}
	if !strings.HasPrefix(strings.TrimSpace(string(w.Message)), "<") {
		return nil, errUnknown()
	}
	whole, err := markup.ToJSON([]byte(w.Message))
	if err != nil {
		return nil, under("/message", err)
	}
	found, err := find(strict.Part{Data: whole, Pointer: "/message"}, "CongDan", 0)
	if err != nil {
		return nil, err
	}
	if len(found) == 0 {
		return nil, errUnknown()
	}
	var h field.Harvest
	h.Unknown(unknown)
	for _, part := range found {
		a.citizen(&h, part)
	}
	return h.Result("civil.population")
}

func (a *adapter) citizen(h *field.Harvest, part strict.Part) {
	var w citizen
	unknown, err := a.dec.Decode(part, &w)
	if err != nil {
		h.Reject(err)
		return
	}
	r := field.At(part.Pointer)
	r.Unknown(unknown)
	pin, says, found := schema.ParsePersonalNumber(string(w.SoDinhDanh))
	r.Found("SoDinhDanh", found, schema.Refused)
	r.Require("SoDinhDanh", pin.Value)
	p := &schema.Person{
		FullName:      a.citizenName(r, w.HoVaTen),
		Birth:         a.citizenBirth(r, w.NgayThangNamSinh),
		Sex:           citizenSex(r, w.GioiTinh, says.Sex),
		Ethnicity:     a.groupOf(r, "DanToc", r.Text("DanToc", w.DanToc)),
		Nationality:   nationOf(r.Text("QuocTich", w.QuocTich)),
		MaritalStatus: citizenStatus(r, w.TinhTrangHonNhan),
		Identifiers:   []schema.Identifier{pin},
		Origin:        citizenPlace(r, "QueQuan", w.QueQuan),
	}
	if old := r.Identity("SoCMND", schema.PaperCMND, w.SoCMND); !old.IsZero() && old != pin {
		p.Identifiers = append(p.Identifiers, old)
	}
	if p.Residence = citizenPlace(r, "ThuongTru", w.ThuongTru); !p.Residence.IsZero() {
		p.ResidenceType = schema.Permanent
	} else if p.Residence = citizenPlace(r, "NoiOHienTai", w.NoiOHienTai); !p.Residence.IsZero() {
		p.ResidenceType = schema.Present
	}
	compare(r, party{person: new(person), pinKey: "SoDinhDanh", pin: w.SoDinhDanh}, p)
	r.Require("HoVaTen", p.FullName)
	h.Take(schema.Record{Kind: p.Kind(), ID: pin.Value, Body: p}, r)
}

// citizenName joins the parts of a name; some answers have it whole.
func (a *adapter) citizenName(r *field.Reader, raw jsontext.Value) string {
	if whole, ok := scalar(raw); ok {
		return r.Name("HoVaTen", whole)
	}
	var w fullName
	if !a.nested(r, "HoVaTen", raw, &w) {
		return ""
	}
	return r.Name("HoVaTen", strict.Text(strings.Join(strings.Fields(string(w.Ho+" "+w.ChuDem+" "+w.Ten)), " ")))
}

// citizenBirth reads a day, or the year alone.
func (a *adapter) citizenBirth(r *field.Reader, raw jsontext.Value) schema.Date {
	if whole, ok := scalar(raw); ok {
		return r.Date("NgayThangNamSinh", whole, schema.DateAny)
	}
	var w birthDay
	if !a.nested(r, "NgayThangNamSinh", raw, &w) {
		return schema.Date{}
	}
	in := r.Under("NgayThangNamSinh")
	if day := in.Date("NgayThangNam", w.NgayThangNam, schema.DateAny); !day.IsZero() {
		return day
	}
	return in.Date("Nam", w.Nam, schema.DateAny)
}

// citizenSex reads words, and numbers as far as all lists agree: 2 is female
// wherever it occurs; 1 is male but in a list of 0 and 1 that the personal number gives away; 0 means two things.
func citizenSex(r *field.Reader, raw strict.Text, says schema.Sex) schema.Sex {
	switch s := schema.Fold(strings.TrimSpace(string(raw))); {
	case s == "":
		return ""
	case s == "nam", s == "1" && says != schema.Female:
		return schema.Male
	case s == "nu", s == "2":
		return schema.Female
	}
	r.Warn("GioiTinh", "value.unmapped")
	return ""
}

// citizenStatus keeps words; the numbers of the list are not published.
func citizenStatus(r *field.Reader, raw strict.Text) string {
	text := r.Text("TinhTrangHonNhan", raw)
	if text != "" && strings.Trim(text, "0123456789") == "" {
		r.Warn("TinhTrangHonNhan", "value.unmapped")
		return ""
	}
	return text
}

// nationOf returns the name of a nationality that is a code for one's own.
func nationOf(s string) string {
	switch s {
	case "VN", "VNM", "704":
		return "Việt Nam"
	}
	return unbracketed(s)
}

// citizenPlace reads a place. Only one with a district says of which list its codes are.
func citizenPlace(r *field.Reader, key string, list strict.List[registered]) schema.Address {
	if len(list) == 0 {
		return schema.Address{}
	}
	w, at := &list[0], r.Under(key)
	var asOf schema.Date
	if hasCode(w.MaQuanHuyen) {
		asOf = lastOldDay
	}
	out := unitIn(at, "MaPhuongXa", w.MaPhuongXa, at.Code(w.MaTinhThanh), asOf)
	out.Street = at.Text("ChiTiet", w.ChiTiet)
	if abroad := nationOf(at.Text("QuocGia", w.QuocGia)); abroad != "Việt Nam" && out.Commune == "" && out.OldCommune == "" {
		out.Text = cmp.Or(out.Text, abroad)
	}
	return out
}
