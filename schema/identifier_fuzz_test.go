package schema_test

import (
	"testing"

	"github.com/lienthong/lienthong/schema"
)

func FuzzIdentifiers(f *testing.F) {
	for _, s := range []string{"", "027090001234", "27090001234.0", "2.7E+10", "000000001", "C1234567", "2399999015-001", "H56.14-240612-0001",
		"000.00.16.H05", "1.001193.000.00.00.H56", "KQ.G15.000031T", "０２７", "\u200b", "Không có thông tin", "'"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		stable := func(id schema.Identifier, parse func(string) (schema.Identifier, []schema.Problem)) {
			if id.IsZero() {
				return
			}
			again, problems := parse(id.Value)
			if again != id {
				t.Fatalf("%q: %q parses to %q", s, id.Value, again.Value)
			}
			for _, p := range problems {
				if p.Level == schema.Repaired {
					t.Fatalf("%q: a parsed value needs %s again", s, p.Code)
				}
			}
		}
		pin := func(s string) (schema.Identifier, []schema.Problem) {
			id, _, p := schema.ParsePersonalNumber(s)
			return id, p
		}
		for _, parse := range []func(string) (schema.Identifier, []schema.Problem){
			pin, schema.ParseCMND, schema.ParsePassport, schema.ParseTaxCode, schema.ParseDossierNumber, schema.ParseCertificateSerial} {
			id, problems := parse(s)
			if id.IsZero() && len(problems) == 0 && parsesVisible(s) {
				t.Fatalf("%q vanished without a problem", s)
			}
			stable(id, parse)
		}
		schema.ParseIdentity(schema.PaperOther, s)
		schema.ParseIdentity(schema.PaperPassport, s)
		if n, _ := schema.ParseRegisterNumber(s); n != "" {
			if again, _ := schema.ParseRegisterNumber(n); again != n {
				t.Fatalf("%q: %q parses to %q", s, n, again)
			}
		}
		schema.ParseProcedureCode(s)
		schema.ParseResultCode(s)
		if a, _ := schema.ParseAgencyCode(s); a.Legacy() != "" {
			if b, _ := schema.ParseAgencyCode(a.Legacy()); b != a {
				t.Fatalf("%q: %+v by the old form is %+v", s, a, b)
			}
		}
	})
}

// parsesVisible reports whether s holds anything that cleaning keeps.
func parsesVisible(s string) bool {
	return schema.CleanCode(s) != ""
}

func BenchmarkParseIdentity(b *testing.B) {
	for name, s := range map[string]string{"clean": "027090001234", "spaced": "027 090 001 234", "passport": "C1234567"} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				schema.ParseIdentity("", s)
			}
		})
	}
}

func BenchmarkParseDossierNumber(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		schema.ParseDossierNumber("H05.16-261008-1500123")
	}
}
