package business

import (
	"strings"

	"github.com/lienthong/lienthong/adapters/field"
	"github.com/lienthong/lienthong/adapters/strict"
	"github.com/lienthong/lienthong/schema"
)

// coded is where an organisation's code stands.
type coded struct {
	key         string
	raw         strict.Text
	household   bool        // the register of household businesses
	certificate strict.Text // number of a household's certificate
}

// identify sets type, identifiers, certificate and parent of o by its code and
// its words, and returns the id of the record. Without a code that is its own
// the organisation is refused.
func identify(r *field.Reader, o *schema.Organisation, c coded) string {
	words := typeInWords(o.LegalForm)
	if words == "" {
		words = typeInWords(o.LegalName)
	}
	if isCounter(r.Code(c.raw)) && (words == "" || words == schema.OrgBusinessLocation) {
		refuseLocation(r, c.key)
		return ""
	}
	code := r.TaxCode(c.key, c.raw)
	r.Require(c.key, code.Value)
	o.Type = typeOf(words, o.LegalName, code.Value)
	if c.household {
		o.Type = schema.OrgHouseholdBusiness
	}
	if o.Type == schema.OrgBusinessLocation && len(code.Value) == 10 {
		refuseLocation(r, c.key)
		return ""
	}
	if parent, ok := parentOf(code.Value); ok {
		o.Parent = parent
	}
	if o.Certificate == code.Value {
		o.Certificate = ""
	}
	o.Identifiers = []schema.Identifier{code}
	if number := r.Code(c.certificate); number != "" && number != code.Value {
		o.Certificate = number
		o.Identifiers = append(o.Identifiers, schema.Identifier{Scheme: schema.SchemeHousehold, Value: number})
	}
	return code.Value
}

// parentOf returns the ten digits of the enterprise that a code of a dependent unit begins with.
func parentOf(code string) (string, bool) {
	if len(code) == len("2399999015-001") {
		return code[:10], true
	}
	return "", false
}

// isCounter reports whether a code is the number of a business location: five
// digits that count within its enterprise and name nobody outside it.
func isCounter(code string) bool { return len(code) == 5 && strings.Trim(code, "0123456789") == "" }

// refuseLocation refuses a business location that has no tax code of its own:
// its five digits stand in thousands of enterprises, and under the enterprise's
// code it would pass for the enterprise itself.
func refuseLocation(r *field.Reader, key string) {
	r.Note(key, schema.Problem{Code: "location.code", Level: schema.Refused,
		Detail:   "Đây không phải mã số thuế riêng 13 số của địa điểm; số thứ tự 5 số hoặc mã của doanh nghiệp không xác định được địa điểm.",
		DetailEN: "A business location without a tax code of its own: neither its counter nor the enterprise's code tells which it is.",
		Expected: "10-3"})
}

// typeOf goes by the register's words, those of the legal form before those of the name. A code of
// 13 digits is one of a dependent unit whatever the form says: sources repeat
// the form of the enterprise there.
func typeOf(words schema.OrganisationType, name, code string) schema.OrganisationType {
	_, dependent := parentOf(code)
	switch {
	case dependent && !isDependent(words):
		if t := typeInWords(name); isDependent(t) {
			return t
		}
		return schema.OrgBranch
	case words != "":
		return words
	}
	return schema.OrgEnterprise
}

func isDependent(t schema.OrganisationType) bool {
	return t == schema.OrgBranch || t == schema.OrgRepresentativeOffice || t == schema.OrgBusinessLocation
}

// typeInWords returns the type whose words a form or a name begins with, "" for none.
func typeInWords(s string) schema.OrganisationType {
	folded := schema.Fold(s)
	for _, w := range typeWords {
		if rest, ok := strings.CutPrefix(folded, w.word); ok && (rest == "" || rest[0] == ' ' || rest[0] == '-' || rest[0] == ',') {
			return w.is
		}
	}
	return ""
}

// typeWords are the words that forms and names begin with, without diacritics
// (Law on Enterprises 2020, Law on Cooperatives 2023, Decree 168/2025/NĐ-CP, and
// the abbreviations in use).
var typeWords = []struct {
	word string
	is   schema.OrganisationType
}{
	{"cong ty", schema.OrgEnterprise}, {"doanh nghiep", schema.OrgEnterprise}, {"tong cong ty", schema.OrgEnterprise},
	{"tap doan", schema.OrgEnterprise}, {"ngan hang", schema.OrgEnterprise}, {"cty", schema.OrgEnterprise}, {"ct tnhh", schema.OrgEnterprise},
	{"dntn", schema.OrgEnterprise}, {"ctcp", schema.OrgEnterprise}, {"cthd", schema.OrgEnterprise}, {"jsc", schema.OrgEnterprise},
	{"dnnn", schema.OrgEnterprise}, {"dnxh", schema.OrgEnterprise}, {"fdi", schema.OrgEnterprise}, {"dn fdi", schema.OrgEnterprise},
	{"chi nhanh", schema.OrgBranch}, {"cn", schema.OrgBranch},
	{"van phong dai dien", schema.OrgRepresentativeOffice}, {"vpdd", schema.OrgRepresentativeOffice},
	{"dia diem kinh doanh", schema.OrgBusinessLocation}, {"ddkd", schema.OrgBusinessLocation},
	{"ho kinh doanh", schema.OrgHouseholdBusiness}, {"ho kd", schema.OrgHouseholdBusiness}, {"hkd", schema.OrgHouseholdBusiness},
	{"hop tac xa", schema.OrgCooperative}, {"htx", schema.OrgCooperative}, {"to hop tac", schema.OrgCooperative}, {"tht", schema.OrgCooperative},
	{"lien hiep hop tac xa", schema.OrgCooperative}, {"lien hiep htx", schema.OrgCooperative}, {"lhhtx", schema.OrgCooperative},
	{"quy tin dung nhan dan", schema.OrgCooperative},
}
