package catalogue_test

import (
	"regexp"
	"slices"
	"testing"

	"github.com/lienthong/lienthong/schema"
	"github.com/lienthong/lienthong/schema/catalogue"
)

func TestProcedures(t *testing.T) {
	t.Parallel()
	all := catalogue.Procedures("")
	if len(all) != 2642 {
		t.Errorf("%d procedures, the catalogue has 2,642", len(all))
	}
	withResults := 0
	form := regexp.MustCompile(`^KQ\.[A-Z]\d{2}\.\d{6}$`)
	for _, p := range all {
		code, problems := schema.ParseProcedureCode(p.Code)
		if code.National != p.Code || problems != nil || p.Name == "" || p.Field == "" || len(p.Levels) == 0 {
			t.Errorf("%s: incomplete or not a national code", p.Code)
		}
		if _, did := schema.CleanText(p.Name); did != nil {
			t.Errorf("%s: name needs %v", p.Code, did)
		}
		for _, l := range p.Levels {
			if !slices.Contains([]catalogue.Level{catalogue.LevelMinistry, catalogue.LevelProvince, catalogue.LevelCommune, catalogue.LevelOther}, l) {
				t.Errorf("%s: level %q", p.Code, l)
			}
		}
		for _, r := range p.Results {
			if !form.MatchString(r) {
				t.Errorf("%s: result code %q", p.Code, r)
			}
		}
		if p.Results != nil {
			withResults++
		}
		if same, ok := catalogue.ProcedureByCode(p.Code); !ok || same.Name != p.Name {
			t.Errorf("%s is not found", p.Code)
		}
	}
	if withResults != 2475 {
		t.Errorf("%d procedures with results, want 2,475", withResults)
	}
}

func TestProcedureByCode(t *testing.T) {
	t.Parallel()
	p, ok := catalogue.ProcedureByCode("1.001193")
	if !ok || p.Field != "Hộ tịch" || !slices.Equal(p.Results, []string{"KQ.G15.000031"}) || !slices.Equal(p.Levels, []catalogue.Level{catalogue.LevelCommune}) {
		t.Errorf("birth registration is %+v, %v", p, ok)
	}
	for _, code := range []string{"", "1.001193.H56", "9.999999"} {
		if _, ok := catalogue.ProcedureByCode(code); ok {
			t.Errorf("%q is no code", code)
		}
	}
	if n := len(catalogue.Procedures("Hộ tịch")); n != 41 {
		t.Errorf("%d procedures of civil registry, want 41", n)
	}
	if catalogue.Procedures("Hộ tịch khác") != nil || len(catalogue.Fields()) != 140 {
		t.Errorf("%d fields, want 140", len(catalogue.Fields()))
	}
}

func TestDossierStatuses(t *testing.T) {
	t.Parallel()
	all := catalogue.DossierStatuses()
	if len(all) != 10 {
		t.Fatalf("%d statuses", len(all))
	}
	labels := map[string]bool{}
	for i, s := range all {
		if s.Code != i+1 || s.Label == "" || labels[s.Label] {
			t.Errorf("status %d: %+v", i+1, s)
		}
		labels[s.Label] = true
	}
	if all[4].Label != "Yêu cầu bổ sung giấy tờ" || all[4].Status != schema.SupplementRequired || catalogue.StatusLabel("other") != "" {
		t.Error("status 5 asks for papers; an unknown status has no label")
	}
}

func TestEthnicGroupByName(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"Kinh":          "01",
		"KINH":          "01",
		"Dao (Dao Đỏ)":  "09",
		"H'Mông":        "08",
		"H’mông":        "08",
		"Mông":          "08",
		"Hmông":         "08",
		"Ê Đê":          "12",
		"Khơ me":        "05",
		"Thổ":           "24", // the group itself, though Tày is called so too
		"Tà-ôi":         "31",
		"Mường":         "06",
		"Xá Khao":       "", // two groups are called so
		"Mương":         "",
		"Người Sao Hỏa": "",
		"":              "",
		"(không rõ)":    "",
	} {
		g, ok := catalogue.EthnicGroupByName(name)
		if g.Code != want || ok != (want != "") {
			t.Errorf("%q is %q, want %q", name, g.Code, want)
		}
	}
	if n := len(catalogue.EthnicGroups()); n != 56 {
		t.Errorf("%d groups", n)
	}
	for _, g := range catalogue.EthnicGroups() {
		if same, ok := catalogue.EthnicGroupByCode(g.Code); !ok || same.Name != g.Name {
			t.Errorf("%s is not found by code", g.Code)
		}
		if same, ok := catalogue.EthnicGroupByName(g.Name); !ok || same.Code != g.Code {
			t.Errorf("%s is not found by name", g.Code)
		}
	}
	if _, ok := catalogue.EthnicGroupByCode("98"); ok {
		t.Error("98 is no group")
	}
}

func TestEnterpriseTypeByLabel(t *testing.T) {
	t.Parallel()
	for label, want := range map[string]string{
		"Công ty TNHH hai thành viên trở lên":                "",
		"Công ty trách nhiệm hữu hạn hai thành viên trở lên": "TNHH2TV",
		"CÔNG TY TNHH MTV": "TNHH1TV",
		"Công ty cổ phần":  "CTCP",
		"Hộ kinh doanh":    "HKD",
		"VPĐD":             "VPDD",
		"Câu lạc bộ":       "",
		"":                 "",
	} {
		got, ok := catalogue.EnterpriseTypeByLabel(label)
		if got.Code != want || ok != (want != "") {
			t.Errorf("%q is %q, want %q", label, got.Code, want)
		}
	}
	if n := len(catalogue.EnterpriseTypes()); n != 15 {
		t.Errorf("%d types", n)
	}
}

func TestIndustries(t *testing.T) {
	t.Parallel()
	all := catalogue.Industries()
	if len(all) != 495 {
		t.Errorf("%d classes, the decision has 495", len(all))
	}
	for _, v := range all {
		if same, ok := catalogue.IndustryByCode(v.Code); !ok || same != v || len(v.Code) != 4 || v.Name == "" {
			t.Errorf("class %q", v.Code)
		}
	}
	if _, ok := catalogue.IndustryByCode("0000"); ok {
		t.Error("0000 is no class")
	}
}

func TestNameParts(t *testing.T) {
	t.Parallel()
	for _, part := range []catalogue.Part{catalogue.Family, catalogue.Middle, catalogue.Given} {
		for _, sex := range []schema.Sex{"", schema.Male, schema.Female} {
			list := catalogue.NameParts(part, sex, "")
			if len(list) < 60 {
				t.Errorf("%s %s: only %d", part, sex, len(list))
			}
			for _, n := range list {
				if clean, did := schema.PersonName(n.Text); clean != n.Text || did != nil || n.Weight <= 0 || n.Sex != "" && sex != "" && n.Sex != sex {
					t.Errorf("%+v", n)
				}
			}
		}
	}
	has := func(list []catalogue.NamePart, text string) bool {
		return slices.ContainsFunc(list, func(n catalogue.NamePart) bool { return n.Text == text })
	}
	if has(catalogue.NameParts(catalogue.Middle, schema.Female, ""), "Văn") || has(catalogue.NameParts(catalogue.Middle, schema.Male, ""), "Thị") {
		t.Error("Văn is for men, Thị for women")
	}
	if !has(catalogue.NameParts(catalogue.Family, "", "08"), "Giàng") || has(catalogue.NameParts(catalogue.Family, "", ""), "Giàng") {
		t.Error("Giàng is a Hmông family name")
	}
}

func TestPickName(t *testing.T) {
	t.Parallel()
	parts := []catalogue.NamePart{{Text: "a", Weight: 1}, {Text: "b", Weight: 3}}
	for point, want := range map[float64]string{0: "a", 0.24: "a", 0.26: "b", 0.99: "b", 1: "b"} {
		if got := catalogue.PickName(parts, point).Text; got != want {
			t.Errorf("at %v: %s, want %s", point, got, want)
		}
	}
}

func BenchmarkProcedureByCode(b *testing.B) {
	catalogue.ProcedureByCode("1.001193")
	b.ReportAllocs()
	for b.Loop() {
		catalogue.ProcedureByCode("1.001193")
	}
}
