package schema_test

import (
	"bytes"
	stdjson "encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lienthong/lienthong/schema"
)

// codes returns the codes of problems, each with its level's first letter.
func codes(problems []schema.Problem) string {
	var out []string
	for _, p := range problems {
		out = append(out, fmt.Sprintf("%c %s", p.Level[0], p.Code))
	}
	return strings.Join(out, ", ")
}

func TestIdentifierMasksItself(t *testing.T) {
	t.Parallel()
	id := schema.Identifier{Scheme: schema.SchemePersonalNumber, Value: "027090001234"}
	holder := struct {
		ID  schema.Identifier
		IDs []schema.Identifier
		P   *schema.Identifier
	}{id, []schema.Identifier{id}, &id}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%20v", "%T%v"} {
		for _, v := range []any{id, &id, holder, []schema.Identifier{id}, map[string]schema.Identifier{"a": id}} {
			if out := fmt.Sprintf(verb, v); strings.Contains(out, "0001234") || strings.Contains(out, "303237") {
				t.Errorf("%s of %T prints the value", verb, v)
			}
		}
	}
	var log bytes.Buffer
	for _, l := range []*slog.Logger{slog.New(slog.NewJSONHandler(&log, nil)), slog.New(slog.NewTextHandler(&log, nil))} {
		l.Info("seen", "id", id, "any", slog.AnyValue(id), slog.Group("g", "id", &id))
	}
	if strings.Contains(log.String(), "0001234") || !strings.Contains(log.String(), "pin:***") {
		t.Error("the log holds the value, or nothing")
	}
	data, err := stdjson.Marshal(id)
	if err != nil || string(data) != `{"scheme":"pin","value":"027090001234"}` {
		t.Errorf("JSON must hold the value: %v", err)
	}
	if (schema.Identifier{}).String() != "none" || id.IsZero() {
		t.Error("zero")
	}
}

func TestParsePersonalNumber(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]struct {
		value, codes string
		number       schema.PersonalNumber
	}{
		"":                       {},
		"027090001234":           {"027090001234", "", schema.PersonalNumber{PlaceCode: "027", Sex: schema.Male, BirthYear: 1990}},
		"027192004321":           {"027192004321", "", schema.PersonalNumber{PlaceCode: "027", Sex: schema.Female, BirthYear: 1992}},
		"027225000077":           {"027225000077", "", schema.PersonalNumber{PlaceCode: "027", Sex: schema.Male, BirthYear: 2025}},
		"036198003344":           {"036198003344", "", schema.PersonalNumber{PlaceCode: "036", Sex: schema.Female, BirthYear: 1998}},
		"037041000123":           {"037041000123", "", schema.PersonalNumber{PlaceCode: "037", Sex: schema.Male, BirthYear: 1941}},
		"027 090 001 234":        {"027090001234", "r identifier.separators", schema.PersonalNumber{PlaceCode: "027", Sex: schema.Male, BirthYear: 1990}},
		"027.090.001.234":        {"027090001234", "r identifier.separators", schema.PersonalNumber{PlaceCode: "027", Sex: schema.Male, BirthYear: 1990}},
		"'027090001234":          {"027090001234", "r identifier.separators", schema.PersonalNumber{PlaceCode: "027", Sex: schema.Male, BirthYear: 1990}},
		"０２７０９０００１２３４":           {"027090001234", "r identifier.separators", schema.PersonalNumber{PlaceCode: "027", Sex: schema.Male, BirthYear: 1990}},
		"\u200b027090001234":     {"027090001234", "r identifier.separators", schema.PersonalNumber{PlaceCode: "027", Sex: schema.Male, BirthYear: 1990}},
		"27090001234":            {"027090001234", "r identifier.zero", schema.PersonalNumber{PlaceCode: "027", Sex: schema.Male, BirthYear: 1990}},
		"27090001234.0":          {"027090001234", "r identifier.separators, r identifier.zero", schema.PersonalNumber{PlaceCode: "027", Sex: schema.Male, BirthYear: 1990}},
		"099090001234":           {"099090001234", "w identifier.place", schema.PersonalNumber{PlaceCode: "099", Sex: schema.Male, BirthYear: 1990}},
		"027525001234":           {"027525001234", "w identifier.century", schema.PersonalNumber{PlaceCode: "027", Sex: schema.Female, BirthYear: 2125}},
		"000000001":              {codes: "w identifier.filler"},
		"000000000000":           {codes: "w identifier.filler"},
		"111111111111":           {codes: "w identifier.filler"},
		"123456789012":           {codes: "w identifier.filler"},
		"000000000001":           {codes: "w identifier.filler"},
		"Không có thông tin":     {codes: "w identifier.filler"},
		"-":                      {codes: "w identifier.filler"},
		"2.7E+10":                {codes: "r identifier.numeric"},
		"2,7091E+10":             {codes: "r identifier.numeric"},
		"125123456":              {codes: "r identifier.length"},
		"27090001234.00":         {"027090001234", "r identifier.separators, r identifier.zero", schema.PersonalNumber{PlaceCode: "027", Sex: schema.Male, BirthYear: 1990}},
		"27090001234,0":          {"027090001234", "r identifier.separators, r identifier.zero", schema.PersonalNumber{PlaceCode: "027", Sex: schema.Male, BirthYear: 1990}},
		"2.7090001234E+10":       {"027090001234", "r identifier.separators, r identifier.zero", schema.PersonalNumber{PlaceCode: "027", Sex: schema.Male, BirthYear: 1990}},
		"2.709000123E+10":        {codes: "r identifier.numeric"},
		"1090001234":             {"001090001234", "w identifier.zeros", schema.PersonalNumber{PlaceCode: "001", Sex: schema.Male, BirthYear: 1990}},
		"2399999015":             {codes: "r identifier.length"}, // a tax code
		"0912000001":             {codes: "r identifier.length"}, // a telephone number
		"99090001234":            {codes: "r identifier.length"},
		"0270900012345":          {codes: "r identifier.length"},
		"02709000123x":           {codes: "r identifier.format"},
		"027090001234/125123456": {codes: "r identifier.format"},
	} {
		id, number, problems := schema.ParsePersonalNumber(in)
		if id.Value != want.value || codes(problems) != want.codes || number != want.number {
			t.Errorf("ParsePersonalNumber(%q) = %q, %+v, [%s]; want %q, %+v, [%s]", in, id.Value, number, codes(problems), want.value, want.number, want.codes)
		}
		if (id.Scheme == schema.SchemePersonalNumber) != (want.value != "") {
			t.Errorf("%q: scheme %q", in, id.Scheme)
		}
	}
	_, _, refused := schema.ParsePersonalNumber("2.7E+10")
	if len(refused) != 1 || !refused[0].IsRefusal() {
		t.Error("a number without its digits must be refused")
	}
}

type parseTest struct{ in, value, codes string }

func runParser(t *testing.T, scheme schema.Scheme, parse func(string) (schema.Identifier, []schema.Problem), tests []parseTest) {
	t.Helper()
	for _, tc := range tests {
		id, problems := parse(tc.in)
		if id.Value != tc.value || codes(problems) != tc.codes {
			t.Errorf("%q gives %q, [%s]; want %q, [%s]", tc.in, id.Value, codes(problems), tc.value, tc.codes)
		}
		if !id.IsZero() && id.Scheme != scheme {
			t.Errorf("%q: scheme %q", tc.in, id.Scheme)
		}
		for _, p := range problems {
			if p.Detail == "" || p.DetailEN == "" || p.Pointer != "" {
				t.Errorf("%q: problem %s needs both texts and no pointer", tc.in, p.Code)
			}
		}
	}
}

func TestParseCMND(t *testing.T) {
	t.Parallel()
	runParser(t, schema.SchemeCMND, schema.ParseCMND, []parseTest{
		{"", "", ""},
		{"125123456", "125123456", ""},
		{"125 123 456", "125123456", "r identifier.separators"},
		{"12512345", "012512345", "r identifier.zero"},
		{"000000001", "", "w identifier.filler"},
		{"123456789", "", "w identifier.filler"},
		{"12345678", "", "w identifier.filler"},
		{"1251234567", "", "r identifier.length"},
		{"B1251234", "", "r identifier.format"},
	})
}

func TestParseCMNDOfTwelveDigits(t *testing.T) {
	t.Parallel()
	id, problems := schema.ParseCMND("027090001234")
	if id != (schema.Identifier{Scheme: schema.SchemePersonalNumber, Value: "027090001234"}) || problems != nil {
		t.Errorf("scheme %q, [%s]", id.Scheme, codes(problems))
	}
}

func TestPersonalNumberCheck(t *testing.T) {
	t.Parallel()
	_, n, _ := schema.ParsePersonalNumber("027090001234")
	date := func(s string) schema.Date {
		d, err := schema.ParseDate(s, schema.DateSlashed)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	for _, tc := range []struct {
		sex   schema.Sex
		birth schema.Date
		want  string
	}{
		{schema.Male, date("03/02/1990"), ""},
		{"", schema.Date{}, ""},
		{schema.Undetermined, date("1990"), ""},
		{schema.Female, date("1990"), "w identifier.sex"},
		{schema.Male, date("03/02/1991"), "w identifier.birth_year"},
		{schema.Female, date("1991"), "w identifier.sex, w identifier.birth_year"},
	} {
		if got := codes(n.Check(tc.sex, tc.birth)); got != tc.want {
			t.Errorf("%s, %s: [%s], want [%s]", tc.sex, tc.birth, got, tc.want)
		}
	}
	if found := (schema.PersonalNumber{}).Check(schema.Female, date("1990")); found != nil {
		t.Error("no number says nothing")
	}
}

func TestParseCertificateSerial(t *testing.T) {
	t.Parallel()
	runParser(t, schema.SchemeCertificate, schema.ParseCertificateSerial, []parseTest{
		{"", "", ""},
		{"CP 123456", "CP 123456", ""},
		{"AA 01234567", "AA 01234567", ""},
		{"CP123456", "CP 123456", "r certificate.text"},
		{"cp-123456", "CP 123456", "r certificate.text"},
		{"CP  123 456", "CP 123456", "r certificate.text"},
		{"CĐ 123456", "CĐ 123456", ""},
		{"Đ 0123456", "Đ 0123456", ""},
		{"CP 12345", "CP 12345", "w certificate.form"},
		{"123456789012345", "123456789012345", "w certificate.form"},
		{"Không có", "", "w identifier.filler"},
		{"000000", "", "w identifier.filler"},
		{strings.Repeat("CP", 40), "", "r certificate.form"},
	})
}

func TestParseRegisterNumber(t *testing.T) {
	t.Parallel()
	for _, tc := range []parseTest{
		{"", "", ""},
		{"CS 01234", "CS 01234", ""},
		{"CH 00012", "CH 00012", ""},
		{"cs01234", "CS 01234", "r certificate.text"},
		{"CS 1234", "CS 01234", "r certificate.text"},
		{"00123 QSDĐ/2003", "00123 QSDĐ/2003", "w certificate.form"},
		{"-", "", "w identifier.filler"},
	} {
		got, problems := schema.ParseRegisterNumber(tc.in)
		if got != tc.value || codes(problems) != tc.codes {
			t.Errorf("%q gives %q, [%s]; want %q, [%s]", tc.in, got, codes(problems), tc.value, tc.codes)
		}
	}
}

func TestParsePassport(t *testing.T) {
	t.Parallel()
	runParser(t, schema.SchemePassport, schema.ParsePassport, []parseTest{
		{"", "", ""},
		{"C1234567", "C1234567", ""},
		{"c 1234567", "C1234567", "r identifier.separators"},
		{"Ｃ１２３４５６７\u200b", "C1234567", "r identifier.separators"},
		{"n/a", "", "w identifier.filler"},
		{"ABCDEF", "", "r identifier.format"},
		{"C12", "", "r identifier.format"},
		{"C1234567Đ", "", "r identifier.format"},
	})
}

func TestParseTaxCode(t *testing.T) {
	t.Parallel()
	runParser(t, schema.SchemeTaxCode, schema.ParseTaxCode, []parseTest{
		{"", "", ""},
		{"0100109106", "0100109106", ""},
		{"2399999015", "2399999015", ""},
		{"2399999022", "2399999022", ""},
		{"2799999034", "2799999034", ""},
		{"2799999041", "2799999041", ""},
		{"2399999054", "2399999054", ""},
		{"2799999115", "2799999115", ""},
		{"2399999016", "2399999016", "w identifier.check_digit"},
		{"2399999015-001", "2399999015-001", ""},
		{"2399999015001", "2399999015-001", ""},
		{"2399999015 - 001", "2399999015-001", "r identifier.separators"},
		{"100109106", "0100109106", "r identifier.zero"},
		{"100109107", "", "r identifier.length"},
		{"100109106001", "0100109106-001", "r identifier.zero"},
		{"037085006789", "037085006789", ""},
		{"37085006789", "037085006789", "r identifier.zero"},
		{"999085006789", "999085006789", "w identifier.place"},
		{"000000000", "", "w identifier.filler"},
		{"2.39E+09", "", "r identifier.numeric"},
		{"23999990155", "", "r identifier.length"},
		{"MST2399999015", "", "r identifier.format"},
	})
}

func TestParseDossierNumber(t *testing.T) {
	t.Parallel()
	runParser(t, schema.SchemeDossier, schema.ParseDossierNumber, []parseTest{
		{"", "", ""},
		{"000.00.19.H26-220310-0001", "000.00.19.H26-220310-0001", ""},
		{"H56.14-240612-0001", "H56.14-240612-0001", ""},
		{"H15.50.05.13-261008-0975", "H15.50.05.13-261008-0975", ""},
		{"H05.16-261008-1500123", "H05.16-261008-1500123", ""},
		{"G09.20-20260609-0092637", "G09.20-20260609-0092637", ""},
		{"H56.14-240612-54321", "H56.14-240612-54321", ""},
		{"H05-261008-0001", "H05-261008-0001", ""},
		{" h56.14-240612-0001\u00a0", "H56.14-240612-0001", ""},
		{"H56.14 - 240612 - 0001", "H56.14-240612-0001", "r dossier.spaces"},
		{"HS/2025/17", "HS/2025/17", "w dossier.form"},
		{"H56.14-240612", "H56.14-240612", "w dossier.form"},
		{"N/A", "", "r dossier.form"},
		{strings.Repeat("9", 101), "", "r dossier.form"},
	})
}

func TestParseIdentity(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		declared     schema.PaperType
		in           string
		scheme       schema.Scheme
		value, codes string
	}{
		{schema.PortalPaper("1"), "027192004321", schema.SchemePersonalNumber, "027192004321", ""},
		{schema.PortalPaper("2"), "125123456", schema.SchemeCMND, "125123456", ""},
		{schema.PortalPaper("2"), "000000001", "", "", "w identifier.filler"},
		{schema.PortalPaper("2"), "027192004321", schema.SchemePersonalNumber, "027192004321", "w identifier.type"},
		{schema.RegistryPaper("4"), "125123456", schema.SchemeCMND, "125123456", "w identifier.type"},
		{schema.RegistryPaper("2"), "C1234567", schema.SchemePassport, "C1234567", ""},
		{schema.RegistryPaper("2"), "12345670", schema.SchemeOther, "12345670", ""},
		{schema.RegistryPaper("1"), "C1234567", schema.SchemePassport, "C1234567", "w identifier.type"},
		{schema.RegistryPaper("5"), "qđ 12345", schema.SchemeOther, "QĐ12345", ""},
		{schema.RegistryPaper("5"), "1234567", schema.SchemeOther, "1234567", ""},
		{schema.RegistryPaper("0"), "", "", "", ""},
		{"", "27090001234", schema.SchemePersonalNumber, "027090001234", "r identifier.zero"},
		{"", "12512345", schema.SchemeCMND, "012512345", "r identifier.zero"},
		{"", "12345", "", "", "r identifier.length"},
		{"", "không có", "", "", "w identifier.filler"},
		{schema.PaperPassport, "2.7E+10", "", "", "r identifier.numeric"},
		{schema.PaperPassport, "027192004321", schema.SchemePersonalNumber, "027192004321", "w identifier.type"},
	} {
		id, problems := schema.ParseIdentity(tc.declared, tc.in)
		if id.Scheme != tc.scheme || id.Value != tc.value || codes(problems) != tc.codes {
			t.Errorf("ParseIdentity(%q, %q) = %q %q, [%s]; want %q %q, [%s]",
				tc.declared, tc.in, id.Scheme, id.Value, codes(problems), tc.scheme, tc.value, tc.codes)
		}
	}
}

func TestParseProcedureCode(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]schema.ProcedureCode{
		"":                              {},
		"1.001193":                      {National: "1.001193"},
		" 1.001193 ":                    {National: "1.001193"},
		"1.001193.000.00.00.H56":        {National: "1.001193", Local: "H56"},
		"2.002621.h56":                  {National: "2.002621", Local: "H56"},
		"1.001193.000.00.00":            {National: "1.001193"},
		"1.00119":                       {},
		"1.001193.H5":                   {},
		"KQ.G15.000031":                 {},
		"1.001193.000.00.00.H56\n1.001": {},
	} {
		got, problems := schema.ParseProcedureCode(in)
		if got != want {
			t.Errorf("ParseProcedureCode(%q) = %+v, want %+v", in, got, want)
		}
		if wantProblem := in != "" && want == (schema.ProcedureCode{}); wantProblem != (codes(problems) == "r procedure.form") {
			t.Errorf("%q: problems [%s]", in, codes(problems))
		}
	}
}

func TestParseResultCode(t *testing.T) {
	t.Parallel()
	for in, want := range map[string][2]string{
		"":                    {"", ""},
		"KQ.G15.000031":       {"KQ.G15.000031", ""},
		"kq.g15.000031":       {"KQ.G15.000031", ""},
		"KQ.G15.000031T":      {"KQ.G15.000031", "r result.tail"},
		"KQ.G15.00031":        {"", "w result.form"},
		"KQ.DVC.KETQUA":       {"", "w result.form"},
		"KQ.G15.000031TT":     {"", "w result.form"},
		"Giấy KQ.G15.000031.": {"", "w result.form"},
	} {
		got, problems := schema.ParseResultCode(in)
		if diff := cmp.Diff(want, [2]string{got, codes(problems)}); diff != "" {
			t.Errorf("%q (-want +got):\n%s", in, diff)
		}
	}
}

func TestParseAgencyCode(t *testing.T) {
	t.Parallel()
	for in, want := range map[string][3]string{ // code, root, 13-character form
		"":                                     {"", "", ""},
		"000.00.00.H05":                        {"H05", "H05", "000.00.00.H05"},
		"H05":                                  {"H05", "H05", "000.00.00.H05"},
		"000.00.16.H05":                        {"H05.16", "H05", "000.00.16.H05"},
		"h05.16":                               {"H05.16", "H05", "000.00.16.H05"},
		"000.05.16.H05":                        {"H05.16.05", "H05", "000.05.16.H05"},
		"003.00.16.H05":                        {"H05.16.00.003", "H05", "003.00.16.H05"},
		"H15.50.05.13":                         {"H15.50.05.13", "H15", ""},
		"G12.A1.7":                             {"G12.A1.7", "G12", ""},
		"H05.1.2.3.4.5.6":                      {"H05.1.2.3.4.5.6", "H05", ""},
		"00.00.16.H05":                         {"", "", ""},
		"H5.16":                                {"", "", ""},
		"H05..16":                              {"", "", ""},
		"H05.16.123456.123456.123456.123456.1": {"", "", ""},
	} {
		got, problems := schema.ParseAgencyCode(in)
		if diff := cmp.Diff(want, [3]string{got.Code, got.Root, got.Legacy()}); diff != "" {
			t.Errorf("%q (-want +got):\n%s", in, diff)
		}
		if wantProblem := in != "" && want[0] == ""; wantProblem != (codes(problems) == "r agency.form") {
			t.Errorf("%q: problems [%s]", in, codes(problems))
		}
	}
}
