package schema_test

import (
	"encoding/binary"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
	"pgregory.net/rapid"

	"github.com/lienthong/lienthong/schema"
	"github.com/lienthong/lienthong/schema/catalogue"
	"github.com/lienthong/lienthong/schema/units"
)

// No name of a unit, a procedure, a trade, a group or a person's part, in any case or placement, is touched.
func TestCleanTextChangesNoCorrectName(t *testing.T) {
	t.Parallel()
	seen := 0
	check := func(s string) {
		for _, v := range []string{s, strings.ToUpper(s), strings.ToLower(s), schema.UnifyTones(s)} {
			if got, did := schema.CleanText(v); got != v || did != nil {
				t.Errorf("CleanText(%q) = %q %v", v, got, did)
			}
			seen++
		}
	}
	for _, p := range units.Provinces() {
		check(p.Name)
		check(p.FullName())
		for _, c := range units.Communes(p.Code) {
			check(c.Name)
			check(c.FullName())
		}
	}
	for code := range 97 {
		for _, c := range units.OldCommunes(twoDigits(code)) {
			check(c.Name)
		}
	}
	for _, p := range catalogue.Procedures("") {
		check(p.Name)
	}
	for _, f := range catalogue.Fields() {
		check(f)
		for _, p := range catalogue.Procedures(f) {
			check(p.Name)
		}
	}
	for _, i := range catalogue.Industries() {
		check(i.Name)
	}
	for _, g := range catalogue.EthnicGroups() {
		check(g.Name)
	}
	for _, part := range []catalogue.Part{catalogue.Family, catalogue.Middle, catalogue.Given} {
		for _, n := range catalogue.NameParts(part, "", "") {
			check(n.Text)
		}
	}
	if seen < 60000 {
		t.Errorf("only %d texts were checked", seen)
	}
}

func twoDigits(n int) string { return string([]byte{byte('0' + n/10), byte('0' + n%10)}) }

// A damage is a way in which registers spoil a name.
type damage struct {
	name, code string
	do         func(string) string
}

func damages(t *testing.T) []damage {
	tcvn3, vni, viscii := loadEncoder(t, "tcvn3"), loadEncoder(t, "vni"), loadEncoder(t, "viscii")
	return []damage{
		{"TCVN3", "text.tcvn3", func(s string) string { return asWindows1252(tcvn3.encode(s)) }},
		{"VNI", "text.vni", func(s string) string { return asWindows1252(vni.encode(s)) }},
		{"VISCII Latin-1", "text.viscii", func(s string) string { return asLatin1(viscii.encode(s)) }},
		{"VISCII Windows-1252", "text.viscii", func(s string) string { return asWindows1252(viscii.encode(s)) }},
		{"Windows-1258", "text.windows1258", func(s string) string { return asWindows1252(windows1258(s)) }},
		{"UTF-8 twice, Latin-1", "text.utf8_twice", func(s string) string { return asLatin1([]byte(s)) }},
		{"UTF-8 twice", "text.utf8_twice", func(s string) string { return asWindows1252([]byte(s)) }},
		{"NFD", "text.nfc", norm.NFD.String},
	}
}

type nameParts struct{ family, middle, given []catalogue.NamePart }

func allNameParts() nameParts {
	return nameParts{
		catalogue.NameParts(catalogue.Family, "", ""), catalogue.NameParts(catalogue.Middle, "", ""),
		catalogue.NameParts(catalogue.Given, "", ""),
	}
}

// A name that is encoded, damaged and cleaned is what it was, or left as it is;
// it never becomes another one.
func TestRepairIsIdentity(t *testing.T) {
	t.Parallel()
	parts := allNameParts()
	for _, d := range damages(t) {
		t.Run(d.name, func(t *testing.T) {
			t.Parallel()
			rapid.Check(t, func(t *rapid.T) {
				s := rapid.SampledFrom(parts.family).Draw(t, "family").Text + " " + rapid.SampledFrom(parts.middle).Draw(t, "middle").Text +
					" " + rapid.SampledFrom(parts.given).Draw(t, "given").Text
				if rapid.Bool().Draw(t, "upper") {
					s = strings.ToUpper(s)
				}
				bad := d.do(s)
				if !d.applies(s, bad) || strings.HasPrefix(d.name, "VISCII") && len(differ(s, bad)) < 3 {
					return // a word or two of VISCII may read as TCVN3, which is far more usual
				}
				got, did := schema.CleanText(bad)
				if slices.Contains(did, "text.legacy") || got == strings.ReplaceAll(bad, "Ð", "Đ") {
					return
				}
				if !d.same(got, s) || did[0] != d.code && did[0] != "text.eth" {
					t.Fatalf("%q as %q became %q, %v", s, bad, got, did)
				}
			})
		})
	}
}

// Names drawn by their frequency are repaired, at least 96 of 100; no other name comes of them.
func TestRepairRate(t *testing.T) {
	t.Parallel()
	parts := allNameParts()
	for _, d := range damages(t) {
		t.Run(d.name, func(t *testing.T) {
			t.Parallel()
			random := rand.New(rand.NewPCG(1, 2))
			tried, repaired, wrong := 0, 0, 0
			for range 4000 {
				s := catalogue.PickName(parts.family, random.Float64()).Text + " " + catalogue.PickName(parts.middle, random.Float64()).Text +
					" " + catalogue.PickName(parts.given, random.Float64()).Text
				if random.IntN(2) == 0 {
					s = strings.ToUpper(s)
				}
				bad := d.do(s)
				if bad == s || !vietnamese(s) {
					continue
				}
				tried++
				switch got, did := schema.CleanText(bad); {
				case d.same(got, s):
					repaired++
				case slices.Contains(did, d.code) || slices.Contains(did, "text.tcvn3"):
					wrong++
				}
			}
			if repaired*100 < tried*96 || wrong > 0 {
				t.Errorf("of %d names %d were repaired and %d became others", tried, repaired, wrong)
			}
		})
	}
}

// applies reports whether damage shows: what is spelled as Vietnamese still, nobody can tell from it.
func (damage) applies(s, bad string) bool {
	return bad != s && vietnamese(s) && !vietnamese(strings.ReplaceAll(bad, "Ð", "Đ"))
}

// same reports whether a name came back; TCVN3 has no capitals with tones.
func (d damage) same(got, s string) bool {
	return got == s || d.name == "TCVN3" && strings.EqualFold(got, s)
}

// differ returns the words that damage changed.
func differ(s, bad string) []string {
	var out []string
	for i, w := range strings.Fields(s) {
		if f := strings.Fields(bad); i < len(f) && f[i] != w {
			out = append(out, w)
		}
	}
	return out
}

// vietnamese reports whether every word is a syllable: what Băši is written
// with, the encodings have not.
func vietnamese(s string) bool {
	for _, w := range strings.Fields(s) {
		if !schema.IsSyllable(w) {
			return false
		}
	}
	return true
}

func FuzzDecodeBytes(f *testing.F) {
	for _, name := range []string{"tcvn3", "vni", "viscii"} {
		f.Add(loadEncoder(f, name).encode("Nguyễn Văn Hải, xã Yên Mô"))
	}
	f.Add(windows1258("Nguyễn Văn Hải"))
	f.Add(utf16Bytes("Nguyễn", binary.LittleEndian, true))
	f.Add(utf16Bytes("Nguyen", binary.BigEndian, false))
	f.Add([]byte("\xef\xbb\xbfa"))
	f.Fuzz(func(t *testing.T, b []byte) {
		text, problems, err := schema.DecodeBytes(b)
		if err != nil {
			if text != "" || len(problems) != 0 {
				t.Fatal("an error comes alone")
			}
			return
		}
		if !utf8.ValidString(text) {
			t.Fatalf("%q became %q", b, text)
		}
		if len(problems) == 0 && text != strings.TrimPrefix(string(b), "\ufeff") {
			t.Fatalf("%q changed to %q without a word", b, text)
		}
	})
}

func BenchmarkCleanTextByForm(b *testing.B) {
	for name, s := range map[string]string{
		"clean":     "Nguyễn Thị Thanh Hạnh, Tổ dân phố Đông Hoà, Phường Từ Sơn",
		"latin":     "Lê Hoàng Tuân, xã Hòa Bình",
		"ascii":     "H05.16-261008-1500123 Quoc lo 1A",
		"tcvn3":     "NguyÔn V¨n H¶i",
		"vni":       "Nguyeãn Vaên Haûi",
		"twice":     "Nguyá»…n VÄƒn Háº£i",
		"nfd":       norm.NFD.String("Nguyễn Văn Hải"),
		"two space": "Nguyễn  Văn Hải",
	} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(s)))
			b.ReportAllocs()
			for b.Loop() {
				schema.CleanText(s)
			}
		})
	}
}

func BenchmarkDecodeBytes(b *testing.B) {
	data := loadEncoder(b, "tcvn3").encode(strings.Repeat(strings.ToLower(decree), 200))
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		if _, _, err := schema.DecodeBytes(data); err != nil {
			b.Fatal(err)
		}
	}
}
