package land

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lienthong/lienthong/adapters/field"
	"github.com/lienthong/lienthong/adapters/strict"
	"github.com/lienthong/lienthong/schema"
)

func TestNamedOwners(t *testing.T) {
	t.Parallel()
	for text, want := range map[strict.Text]string{
		"":                            "",
		"Đinh Quang Huy":              "Đinh Quang Huy",
		"Ông Đinh Quang Huy":          "Đinh Quang Huy",
		"BÀ BÙI THỊ LAN":              "Bùi Thị Lan",
		"Bùi Thị Bà":                  "Bùi Thị Bà",
		"TRẦN VĂN VÀ":                 "Trần Văn Và",
		"Ông A Mẫu và bà B Mẫu":       "A Mẫu | B Mẫu spouse",
		"bà B Mẫu, ông A Mẫu":         "B Mẫu | A Mẫu spouse",
		"A Mẫu và vợ là B Mẫu":        "A Mẫu | B Mẫu spouse",
		"A Mẫu, chồng: B Mẫu":         "A Mẫu | B Mẫu spouse",
		"A Mẫu và B Mẫu":              "A Mẫu | B Mẫu co_owner",
		"A Mẫu; B Mẫu; C Mẫu":         "A Mẫu | B Mẫu | C Mẫu co_owner",
		"A Mẫu - B Mẫu":               "A Mẫu | B Mẫu co_owner",
		"Hộ ông A Mẫu và bà B Mẫu":    "A Mẫu | B Mẫu household",
		"Hộ gia đình ông: A Mẫu":      "A Mẫu household",
		"A Mẫu (1/2), B Mẫu (1/2)":    "A Mẫu 1/2 | B Mẫu 1/2 co_owner",
		"ông A Mẫu (đã chết)":         "A Mẫu",
		"Công ty TNHH A và B":         "org Công ty TNHH A và B",
		"Hộ kinh doanh Quang Huy":     "org Hộ kinh doanh Quang Huy",
		"Trường Mầm non Hoa Sen":      "org Trường Mầm non Hoa Sen",
		"Trương Mầm Mẫu":              "Trương Mầm Mẫu",
		"ông A Mẫu và Công ty TNHH B": "A Mẫu | org Công ty TNHH B co_owner",
		"Chưa rõ 12":                  "",
		"Không có thông tin":          "",
		"và":                          "",
		"ông":                         "",
		"A Mẫu và":                    "A Mẫu và",
		"Bà (":                        "",
	} {
		r := field.At("")
		var got []string
		owners := namedOwners(r, "TenChu", text, "", "")
		for _, o := range owners {
			name := ""
			if o.Organisation != nil {
				name = "org " + o.Organisation.Name
			} else {
				name = o.Person.FullName
			}
			got = append(got, strings.TrimSpace(name+" "+o.Share))
		}
		all := strings.Join(got, " | ")
		if len(owners) > 0 && owners[0].Group != "" {
			all += " " + string(owners[0].Group)
		}
		require.Equal(t, want, all, "owners of %q", text)
		require.False(t, r.Refused(), "a parcel does not fail over its owners: %q", text)
	}
}

func TestNumbersOfOwners(t *testing.T) {
	t.Parallel()
	for papers, want := range map[strict.Text][]int{
		"":                           {0, 0},
		"037085006789; 035193001111": {1, 1},
		"037085006789":               {0, 0},
		"037085006789/035193001111":  {1, 1},
		"1;2;3":                      {0, 0},
	} {
		r := field.At("")
		owners := namedOwners(r, "HOTEN", "Ông A Mẫu và bà B Mẫu", "SOGIAYTO", papers)
		require.Len(t, owners, 2)
		for i, n := range want {
			require.Len(t, owners[i].Person.Identifiers, n, "owner %d with %d bytes of numbers", i, len(papers))
		}
	}
	r := field.At("")
	owners := namedOwners(r, "HOTEN", "A Mẫu", "SOGIAYTO", "125123456;037085006789")
	require.Len(t, owners[0].Person.Identifiers, 2, "one person with an old and a new card")
	require.Equal(t, schema.SchemeCMND, owners[0].Person.Identifiers[0].Scheme)
}

func TestPlotNumber(t *testing.T) {
	t.Parallel()
	for text, want := range map[strict.Text]string{
		"45": "45", "045": "45", "45.0": "45", "0": "0", "000": "0", "47a": "47a", "012-3": "012-3", " 12 ": "12", "299(3)": "299(3)",
	} {
		require.Equal(t, want, plotNumber(field.At(""), "SoThuTuThua", text))
	}
}
