package schema_test

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/unicode/norm"

	"github.com/lienthong/lienthong/schema"
)

func TestCleanText(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		in, want string
		did      []string
	}{
		"empty":                             {"", "", nil},
		"tidy ASCII is left alone":          {"To 4, thon Dong", "To 4, thon Dong", nil},
		"tidy Vietnamese is left alone":     {"Nguyễn Thị Hạnh", "Nguyễn Thị Hạnh", nil},
		"decomposed letters are composed":   {norm.NFD.String("Nguyễn Thị Hạnh"), "Nguyễn Thị Hạnh", []string{"text.nfc"}},
		"eth becomes đ":                     {"Ðỗ Văn ðức", "Đỗ Văn đức", []string{"text.eth"}},
		"white space is folded and trimmed": {" Phố\u00a04,\t\r\n phường  Hoa Lư ", "Phố 4, phường Hoa Lư", []string{"text.space"}},
		"ideographic space is space":        {"Lê\u3000Văn", "Lê Văn", []string{"text.space"}},
		"zero width and BOM vanish":         {"\ufeffLê\u200b Văn\u200d", "Lê Văn", []string{"text.invisible"}},
		"controls vanish":                   {"Lê\x00 Văn", "Lê Văn", []string{"text.invisible"}},
		"soft hyphen vanishes from Unicode": {"đăng\u00ad ký", "đăng ký", []string{"text.invisible"}},

		"a square metre is no TCVN3":           {"150 m² đất", "150 m² đất", nil},
		"what is not UTF-8 is replaced":        {"Lê\xff", "Lê\ufffd", []string{"text.encoding"}},
		"space only":                           {" \u00a0 ", "", []string{"text.space"}},
		"all at once, codes in a fixed order":  {" Ðo\u0302\u200b ", "Đô", []string{"text.nfc", "text.eth", "text.space", "text.invisible"}},
		"an invisible may keep a mark from it": {"e\u200b\u0302", "ê", []string{"text.invisible"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, did := schema.CleanText(tc.in)
			if got != tc.want {
				t.Errorf("CleanText(%q) = %q, want %q", tc.in, got, tc.want)
			}
			if diff := cmp.Diff(tc.did, did); diff != "" {
				t.Errorf("codes (-want +got):\n%s", diff)
			}
		})
	}
}

func TestCleanCode(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"": "", "H05.16": "H05.16", " A\u00a0 1\u200b ": "A 1", norm.NFD.String("Đơn"): "Đơn", "Ð1": "Đ1", "a\xff": "a\ufffd",
		"NguyÔn V¨n H¶i": "NguyÔn V¨n H¶i", "Ná»™i": "Ná»™i", // what it means is not for us to say
	} {
		if got := schema.CleanCode(in); got != want {
			t.Errorf("CleanCode(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestFold(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"":                "",
		"abc 12":          "abc 12",
		"Nguyễn Thị Hạnh": "nguyen thi hanh",
		"ĐỖ ĐỨC":          "do duc",
		"Ðức":             "duc",
		norm.NFD.String("Đặng Ngọc Phước"): "dang ngoc phuoc",
		"Hoà Bình": "hoa binh",
		"Hòa Bình": "hoa binh",
		"ăâêôơư ẰẨỆỖỢỮ ỳỷỹỵý": "aaeoou aaeoou yyyyy",
		"Ea H’Leo": "ea h’leo",
		"Привет":   "привет",
		"a\xffb":   "a\ufffdb",
		"Công ty TNHH São Paulo, Çankaya, Łódź!": "cong ty tnhh sao paulo, cankaya, łodz!",
	} {
		if got := schema.Fold(in); got != want {
			t.Errorf("Fold(%q) = %q, want %q", in, got, want)
		}
	}
	if got := schema.FoldKey("Ea H’Leo - 2"); got != "eahleo2" {
		t.Errorf("FoldKey = %q", got)
	}
}

// The tables against their source: every Vietnamese letter folds to what its decomposition begins with.
func TestFoldAgreesWithUnicode(t *testing.T) {
	t.Parallel()
	for r := rune(0xC0); r < 0x1F00; r++ {
		d := []rune(norm.NFD.String(string(r)))
		if len(d) < 2 || d[0] >= 0x80 || !strings.ContainsRune("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ", d[0]) {
			continue
		}
		if got, want := schema.Fold(string(r)), strings.ToLower(string(d[0])); got != want {
			t.Errorf("Fold(%q) = %q, want %q", r, got, want)
		}
	}
}

func TestUnifyTones(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"Hoà Bình":      "Hòa Bình",
		"Hòa Bình":      "Hòa Bình",
		"HOÀ BÌNH":      "HÒA BÌNH",
		"khoẻ":          "khỏe",
		"Thuỷ":          "Thủy",
		"Thuý":          "Thúy",
		"quý":           "quý",
		"qúy":           "quý",
		"Quỳnh":         "Quỳnh",
		"hoàn":          "hoàn",
		"hòan":          "hoàn",
		"tóan":          "toán",
		"ngòai":         "ngoài",
		"hùynh":         "huỳnh",
		"Huỳnh":         "Huỳnh",
		"nguýên":        "nguyến",
		"Nguyễn":        "Nguyễn",
		"Khuya":         "Khuya",
		"Lý, Lí":        "Lý, Lí",
		"loè, xoè":      "lòe, xòe",
		"Hoà":           "Hòa",
		"oà":            "òa",
		"quá, quà":      "quá, quà",
		"xoắn":          "xoắn",
		"Hoa, Hoan":     "Hoa, Hoan",
		"plain":         "plain",
		"Đức Hoà, Thuỵ": "Đức Hòa, Thụy",
	} {
		got := schema.UnifyTones(in)
		if got != want {
			t.Errorf("UnifyTones(%q) = %q, want %q", in, got, want)
		}
		if again := schema.UnifyTones(got); again != got {
			t.Errorf("UnifyTones(%q) is not stable: %q", got, again)
		}
	}
}

func TestMask(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"":                       "",
		"Nguyễn Thị Hạnh":        "N*** T*** H***",
		"Đỗ":                     "Đ***",
		"027090001234":           "***34",
		"12/3":                   "***",
		"(xóm 4)":                "*** ***",
		"027090001234 Lê":        "***34 L***",
		"mẫu-27090001234-thử-ơi": "***",
	} {
		if got := schema.Mask(in); got != want {
			t.Errorf("Mask(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestIsFiller(t *testing.T) {
	t.Parallel()
	for _, s := range []string{"Không có thông tin", "KHÔNG CÓ THÔNG TIN.", "N/A", "-", ".", "null", " không ", "Dinhkem", "x", "chưa rõ", "KHONG CO THONG TIN", norm.NFD.String("Không có")} {
		if !schema.IsFiller(s) {
			t.Errorf("%q is a filler", s)
		}
	}
	for _, s := range []string{"", "  ", "Nguyễn Văn Không", "Khổng", "Na", "027090001234", "0"} {
		if schema.IsFiller(s) {
			t.Errorf("%q is no filler", s)
		}
	}
}

func TestPersonName(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		in, want string
		did      []string
	}{
		"capitals are cased":          {"NGUYỄN THỊ HẠNH", "Nguyễn Thị Hạnh", []string{"name.case"}},
		"small letters are cased":     {"nguyễn thị hạnh", "Nguyễn Thị Hạnh", []string{"name.case"}},
		"mixed case is kept":          {"Nguyễn thị Hạnh", "Nguyễn thị Hạnh", nil},
		"tones stay where they are":   {"TRẦN THỊ HOÀ", "Trần Thị Hoà", []string{"name.case"}},
		"decomposed capitals":         {norm.NFD.String("ĐỖ VĂN ĐỨC"), "Đỗ Văn Đức", []string{"text.nfc", "name.case"}},
		"ethnic names":                {"H'RIN NIÊ", "H'Rin Niê", []string{"name.case"}},
		"hyphens":                     {"Y-BHIM KSƠR", "Y-Bhim Ksơr", []string{"name.case"}},
		"typographic apostrophe":      {"H’RIN", "H’Rin", []string{"name.case"}},
		"spaces":                      {"  Lê   Văn A ", "Lê Văn A", []string{"text.space"}},
		"a filler is no name":         {"Không có thông tin", "", []string{"name.filler"}},
		"nothing":                     {"", "", nil},
		"one capital letter is kept":  {"Y", "Y", nil},
		"a number is left as it is":   {"1234", "1234", nil},
		"TCVN3 has no capital Á":      {"NguyÔn ¸nh TuyÕt", "Nguyễn Ánh Tuyết", []string{"text.tcvn3"}},
		"TCVN3 in a font of capitals": {"NGUYÔN THÞ ¸NH", "Nguyễn Thị Ánh", []string{"text.tcvn3", "name.case"}},
		"eth in capitals":             {"ÐỖ ANH", "Đỗ Anh", []string{"text.eth", "name.case"}},
		"digits begin no capital":     {"1ST MAI", "1st Mai", []string{"name.case"}},
		"already cased one-word name": {"Hạnh", "Hạnh", nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, did := schema.PersonName(tc.in)
			if got != tc.want {
				t.Errorf("PersonName(%q) = %q, want %q", tc.in, got, tc.want)
			}
			if diff := cmp.Diff(tc.did, did); diff != "" {
				t.Errorf("codes (-want +got):\n%s", diff)
			}
		})
	}
}

func FuzzCleanText(f *testing.F) {
	for _, s := range []string{"", " Nguyễn\u00a0Văn A", "H\u00adng", "\ufeffÐ", norm.NFD.String("Hoà"), "a\xffb", "e\u200b\u0302",
		"NguyÔn V¨n H¶i", "Nguyeãn Vaên Haûi", "Nguyá»…n VÄƒn", "NguyêÞn Vãn HaÒi", "HÃ  Ná»™i", "Nguy\u00adn Th¸ H°ng", "Nguyê\u0303n", "Trêng V¨n Ngêi"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got, did := schema.CleanText(s)
		if !utf8.ValidString(got) || !norm.NFC.IsNormalString(got) {
			t.Fatalf("%q: %q is not NFC", s, got)
		}
		flagged := slices.Contains(did, schema.TextLegacy)
		if got != s && len(did) == 0 || got == s && len(did) > 0 && !(flagged && len(did) == 1) {
			t.Fatalf("%q → %q, but codes are %v", s, got, did)
		}
		if code := schema.CleanCode(s); schema.CleanCode(code) != code || !norm.NFC.IsNormalString(code) {
			t.Fatalf("%q: as a code %q", s, code)
		}
		if again, more := schema.CleanText(got); again != got {
			t.Fatalf("not stable: %q → %q → %q %v %v", s, got, again, did, more)
		}
		schema.Fold(s)
		if u := schema.UnifyTones(got); schema.Fold(u) != schema.Fold(got) {
			t.Fatalf("%q: tones changed letters: %q", got, u)
		}
		schema.PersonName(s)
		schema.Mask(s)
	})
}

func BenchmarkFold(b *testing.B) {
	s := "Nguyễn Thị Thanh Hạnh, Tổ dân phố Đông Hoà, Phường Từ Sơn"
	b.SetBytes(int64(len(s)))
	b.ReportAllocs()
	for b.Loop() {
		schema.Fold(s)
	}
}

func BenchmarkCleanText(b *testing.B) {
	s := "Nguyễn Thị Thanh Hạnh, Tổ dân phố Đông Hoà, Phường Từ Sơn"
	b.SetBytes(int64(len(s)))
	b.ReportAllocs()
	for b.Loop() {
		schema.CleanText(s)
	}
}
