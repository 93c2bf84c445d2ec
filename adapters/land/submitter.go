package land

import (
	"strings"

	"github.com/lienthong/lienthong/adapters/field"
	"github.com/lienthong/lienthong/adapters/strict"
	"github.com/lienthong/lienthong/schema"
)

// submitter returns who filed the dossier: an owner, an heir, or somebody they
// sent. An organisation, or a couple in one field, is passed over with a warning:
// neither is a person, and the one-stop system describes the applicant too.
func submitter(r *field.Reader, w *applicant) *schema.Person {
	if organisationName(schema.NFC(string(w.HoTen))) {
		r.Note("HoTen", doubt("applicant.organisation", "Người nộp là tổ chức; không ghi nhận như cá nhân.",
			"The applicant is an organisation and is not taken as a person."))
		return nil
	}
	name, one := personName(r, "HoTen", w.HoTen)
	if !one {
		return nil
	}
	p := &schema.Person{
		FullName:  name,
		Residence: schema.Address{Text: r.Text("DiaChiChiTiet", w.DiaChiChiTiet)},
		Phone:     r.Phone("SoDienThoai", w.SoDienThoai),
		Email:     r.Text("Email", w.Email),
	}
	if id := r.Identity("SoChungMinh", "", w.SoChungMinh); !id.IsZero() {
		p.Identifiers = []schema.Identifier{id}
	}
	if p.FullName == "" && len(p.Identifiers) == 0 {
		return nil
	}
	return p
}

// honorifics stand before names in land papers; with the tone, since Ba and Ông can be names.
var honorifics = []string{"hộ ông ", "hộ bà ", "ông ", "bà "}

// personName returns a name without Ông, Bà, Hộ ông; false when the field names several people.
func personName(r *field.Reader, key string, raw strict.Text) (name string, one bool) {
	name = r.Name(key, raw)
	lower := strings.ToLower(name)
	if strings.Contains(lower, " và ") {
		r.Note(key, doubt("name.several", "Ô họ tên có nhiều người; không ghi nhận như một cá nhân.",
			"The field names several people; none is taken."))
		return "", false
	}
	for _, h := range honorifics {
		if strings.HasPrefix(lower, h) && strings.Contains(lower[len(h):], " ") {
			r.Note(key, schema.Problem{Code: "name.honorific", Level: schema.Repaired,
				Detail: "Đã bỏ danh xưng trước họ tên.", DetailEN: "The honorific before the name was removed."})
			return name[len(h):], true
		}
	}
	return name, true
}
