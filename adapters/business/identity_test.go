package business

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lienthong/lienthong/schema"
	"github.com/lienthong/lienthong/schema/catalogue"
)

// The words know every legal form of the catalogue, in full and abbreviated.
func TestTypeWordsKnowTheCatalogue(t *testing.T) {
	t.Parallel()
	units := map[string]schema.OrganisationType{
		"CN": schema.OrgBranch, "VPDD": schema.OrgRepresentativeOffice, "DDKD": schema.OrgBusinessLocation,
	}
	for _, form := range catalogue.EnterpriseTypes() {
		want := schema.OrganisationType(form.Kind)
		if form.Kind == "dependent_unit" {
			want = units[form.Code]
		}
		for _, name := range append([]string{form.Name}, form.Abbrev...) {
			require.Equal(t, want, typeInWords(name), "%s: %s", form.Code, name)
		}
	}
}

func TestTypeOf(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		form, name, code string
		want             schema.OrganisationType
	}{
		{"Công ty cổ phần", "CHI NHÁNH CÔNG TY CỔ PHẦN MẪU", "2399999015", schema.OrgEnterprise}, // the form is the register's, a name is anybody's
		{"", "CHI NHÁNH CÔNG TY CỔ PHẦN MẪU", "2399999015", schema.OrgBranch},                    // of a foreign trader: it has a code of its own
		{"Công ty cổ phần", "CÔNG TY CỔ PHẦN MẪU", "2399999015-001", schema.OrgBranch},
		{"Công ty cổ phần", "VPĐD CÔNG TY CỔ PHẦN MẪU", "2399999015-001", schema.OrgRepresentativeOffice},
		{"Địa điểm kinh doanh", "CỬA HÀNG SỐ 1", "2399999015-001", schema.OrgBusinessLocation},
		{"", "TRƯỜNG MẦM NON MẪU", "2399999015", schema.OrgEnterprise}, // the register has nothing else
		{"", "CNC MẪU", "2399999015", schema.OrgEnterprise},            // no "CN"
	} {
		words := typeInWords(c.form)
		if words == "" {
			words = typeInWords(c.name)
		}
		require.Equal(t, c.want, typeOf(words, c.name, c.code), "%s / %s", c.form, c.name)
	}
}
