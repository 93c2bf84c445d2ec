package schema_test

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"os"
	"strings"
	"testing"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/unicode/norm"

	"github.com/lienthong/lienthong/internal/fault"
	"github.com/lienthong/lienthong/schema"
)

// encoder writes text in a legacy encoding by the full list of its letters in
// testdata, apart from the tables of the package.
type encoder map[rune][]byte

func loadEncoder(t testing.TB, name string) encoder {
	t.Helper()
	data, err := os.ReadFile("testdata/encodings/" + name + ".tsv")
	if err != nil {
		t.Fatal(err)
	}
	e := encoder{}
	for line := range strings.Lines(string(data)) {
		code, letter, _ := strings.Cut(strings.TrimRight(line, "\n"), "\t")
		b, err := hex.DecodeString(code)
		if err != nil {
			t.Fatal(err)
		}
		r, _ := utf8.DecodeRuneInString(letter)
		e[r] = b
	}
	return e
}

func (e encoder) encode(s string) []byte {
	var out []byte
	for _, r := range s {
		switch b, ok := e[r]; {
		case ok:
			out = append(out, b...)
		case r < utf8.RuneSelf, strings.ContainsRune("íìÍÌ", r) && len(e['á']) == 2: // VNI has í and ì where Latin-1 has them
			out = append(out, byte(r))
		default: // TCVN3 has no capitals with tones: the font shows the small letter as one
			out = append(out, e[unicode.ToLower(r)]...)
		}
	}
	return out
}

// windows1258 writes base letters and loose tones, as the system's converter does.
func windows1258(s string) []byte {
	var out []byte
	for _, r := range s {
		var base, tone []rune
		for _, d := range norm.NFD.String(string(r)) {
			if strings.ContainsRune("\u0300\u0301\u0303\u0309\u0323", d) {
				tone = append(tone, d)
			} else {
				base = append(base, d)
			}
		}
		for _, c := range append([]rune(norm.NFC.String(string(base))), tone...) {
			b, _ := charmap.Windows1258.EncodeRune(c)
			out = append(out, b)
		}
	}
	return out
}

// asLatin1 and asWindows1252 read bytes as a careless program does.
func asLatin1(b []byte) string {
	s, _ := charmap.ISO8859_1.NewDecoder().Bytes(b)
	return string(s)
}

func asWindows1252(b []byte) string { // with the five open bytes as browsers read them
	var out []rune
	for _, c := range b {
		r := charmap.Windows1252.DecodeByte(c)
		if r == utf8.RuneError {
			r = rune(c)
		}
		out = append(out, r)
	}
	return string(out)
}

func TestCleanTextRepairsLegacy(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		in, want string
		did      []string
	}{
		"TCVN3":                              {"NguyÔn V¨n H¶i", "Nguyễn Văn Hải", []string{"text.tcvn3"}},
		"TCVN3 of letters of Latin-1 only":   {"TrÇn ThÞ Hång", "Trần Thị Hồng", []string{"text.tcvn3"}},
		"TCVN3 of one word":                  {"Lª", "Lê", []string{"text.tcvn3"}},
		"TCVN3 with a word valid in both":    {"NguyÔn TiÕn Dòng", "Nguyễn Tiến Dũng", []string{"text.tcvn3"}},
		"TCVN3 with foreign words":           {"C«ng ty TNHH ABC Technology ViÖt Nam", "Công ty TNHH ABC Technology Việt Nam", []string{"text.tcvn3"}},
		"TCVN3 in a font of capitals":        {"NGUYÔN V¡N H¶I", "NGUYỄN VĂN HẢI", []string{"text.tcvn3"}},
		"TCVN3 capitals, a short word":       {"TRÇN THÞ Hµ", "TRẦN THỊ HÀ", []string{"text.tcvn3"}},
		"TCVN3 names do not shout":           {"Lª Hµ", "Lê Hà", []string{"text.tcvn3"}},
		"TCVN3, an abbreviation is no font":  {"HTX H¶i Hµ", "HTX Hải Hà", []string{"text.tcvn3"}},
		"TCVN3, ư as a soft hyphen":          {"H\u00adng Yªn", "Hưng Yên", []string{"text.tcvn3"}},
		"TCVN3, the soft hyphen lost":        {"NguyÔn V¨n Trêng", "Nguyễn Văn Trường", []string{"text.tcvn3"}},
		"TCVN3, it might be lost elsewhere":  {"NguyÔn V¨n Ngêi", "NguyÔn V¨n Ngêi", []string{"text.legacy"}},
		"TCVN3, lost twice, once unseen":     {"Ca V¨n Trêng", "Ca V¨n Trêng", []string{"text.legacy"}},
		"TCVN3, an abbreviation or Thư":      {"NguyÔn V¨n Th", "NguyÔn V¨n Th", []string{"text.legacy"}},
		"TCVN3 and space":                    {" NguyÔn  V¨n H¶i ", "Nguyễn Văn Hải", []string{"text.tcvn3", "text.space"}},
		"TCVN3 square metres":                {"150 m² ®Êt ë", "150 m² đất ở", []string{"text.tcvn3"}},
		"VNI":                                {"Nguyeãn Vaên Haûi", "Nguyễn Văn Hải", []string{"text.vni"}},
		"VNI capitals":                       {"NGUYEÃN VAÊN HAÛI", "NGUYỄN VĂN HẢI", []string{"text.vni"}},
		"VNI with a word valid in both":      {"Traàn Quoác Hoà", "Trần Quốc Hồ", []string{"text.vni"}},
		"VNI street":                         {"Ñöôøng Ñieän Bieân Phuû", "Đường Điện Biên Phủ", []string{"text.vni"}},
		"VISCII as Windows-1252":             {asWindows1252([]byte("Nguy\xADn Th\xB8 H\xB0ng")), "Nguyễn Thị Hồng", []string{"text.viscii"}},
		"Windows-1258 as Latin-1":            {"NguyêÞn Vãn HaÒi", "Nguyễn Văn Hải", []string{"text.windows1258"}},
		"Windows-1258 in Unicode":            {"Nguyê\u0303n Thi\u0323", "Nguyễn Thị", []string{"text.windows1258"}},
		"decomposition is another thing":     {norm.NFD.String("Nguyễn Thị"), "Nguyễn Thị", []string{"text.nfc"}},
		"UTF-8 twice":                        {"Nguyá»…n VÄƒn Háº£i", "Nguyễn Văn Hải", []string{"text.utf8_twice"}},
		"UTF-8 twice, short":                 {"VÄƒn", "Văn", []string{"text.utf8_twice"}},
		"UTF-8 thrice":                       {asWindows1252([]byte(asWindows1252([]byte("Nguyễn Thị")))), "Nguyễn Thị", []string{"text.utf8_twice"}},
		"UTF-8 twice, decomposed":            {asLatin1([]byte(norm.NFD.String("Hoàng Thị"))), "Hoàng Thị", []string{"text.utf8_twice", "text.nfc"}},
		"UTF-8 twice, no-break space":        {"HÃ\u00a0 Ná»™i", "Hà Nội", []string{"text.utf8_twice"}},
		"UTF-8 twice, it became a space":     {"HÃ  Ná»™i", "Hà Nội", []string{"text.utf8_twice"}},
		"UTF-8 twice, the spaces folded":     {"HÃ Ná»™i", "Hà Nội", []string{"text.utf8_twice"}},
		"UTF-8 twice, a space inside a word": {"HoÃ n Kiáº¿m", "Hoàn Kiếm", []string{"text.utf8_twice"}},
		"UTF-8 twice beside good text":       {"Bắc Ninh – Nguyá»…n", "Bắc Ninh – Nguyễn", []string{"text.utf8_twice"}},
		"raw TCVN3 in a string":              {"Nguy\xD4n V\xA8n H\xB6i", "Nguyễn Văn Hải", []string{"text.tcvn3"}},
		"TCVN3 beside good text is flagged":  {"Nguyễn V¨n H¶i", "Nguyễn V¨n H¶i", []string{"text.legacy"}},
		"two encodings explain it":           {"Thö", "Thö", []string{"text.legacy"}},
		"TCVN3 Hà, VISCII Hộ":                {"Hµ", "Hµ", []string{"text.legacy"}},
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

func TestCleanTextLeavesOtherTextAlone(t *testing.T) {
	t.Parallel()
	for _, s := range []string{
		"Dòng", "Hoà", "Hoàng", "Xã Krông Nô", "Lý Thèng", "Quý, Quí, Quà, Quê", "Hồ Thị Kỷ",
		"Công ty «Hòa Bình»", "150 m²", "36,5°", "½ ngày", "5 µm", "© Công ty", "Vina®", "Groß", "Müller & Söhne", "Björn Åberg",
		"Muñoz Peña", "Señor José", "André, Thérèse, Zoë", "Côte d’Ivoire", "São Paulo", "Łódź", "Škoda Žižkov", "Œuvre", "Ÿ",
		"XÃ“Bình Minh”", "TNHH MTV", "HTX Hà", "TTYT Lý Xá", "UBND Mê Hà", "Niê Kdăm", "Привет", "Nº 5", "Ma¹", "Bö",
	} {
		got, did := schema.CleanText(s)
		if got != s && !(cmp.Equal(did, []string{"text.legacy"})) {
			t.Errorf("CleanText(%q) = %q %v", s, got, did)
		}
	}
}

const decree = "Ủy ban nhân dân xã Hải Hậu, tỉnh Ninh Bình\n" +
	"Ông Nguyễn Văn Hải, sinh năm 1985, thường trú tại thôn Đông, được cấp giấy chứng nhận quyền sử dụng đất.\n" +
	"Bà Trần Thị Hường; người vợ; đã nộp đủ hồ sơ đăng ký biến động ở bộ phận một cửa.\n"

func TestDecodeBytes(t *testing.T) {
	t.Parallel()
	tcvn3, vni, viscii := loadEncoder(t, "tcvn3"), loadEncoder(t, "vni"), loadEncoder(t, "viscii")
	lower := strings.ReplaceAll(strings.ReplaceAll(decree, "Ủ", "ủ"), "Ô", "ô") // TCVN3 has no Ủ
	for name, tc := range map[string]struct {
		in         []byte
		want, code string
	}{
		"UTF-8":                 {[]byte(decree), decree, ""},
		"a byte order mark":     {[]byte("\ufeff" + decree), decree, ""},
		"UTF-16 LE":             {utf16Bytes(decree, binary.LittleEndian, true), decree, "text.utf16"},
		"UTF-16 BE":             {utf16Bytes(decree, binary.BigEndian, true), decree, "text.utf16"},
		"UTF-16 LE, no mark":    {utf16Bytes(decree, binary.LittleEndian, false), decree, "text.utf16"},
		"UTF-16 BE, no mark":    {utf16Bytes(decree, binary.BigEndian, false), decree, "text.utf16"},
		"UTF-16, a pair":        {utf16Bytes("Lê 𠀀", binary.LittleEndian, true), "Lê 𠀀", "text.utf16"},
		"TCVN3":                 {tcvn3.encode(lower), lower, "text.tcvn3"},
		"TCVN3 in capitals":     {tcvn3.encode("họ tên,địa chỉ\nNGUYỄN VĂN HẢI,XÃ Ý YÊN\n"), "họ tên,địa chỉ\nNGUYỄN VĂN HẢI,XÃ Ý YÊN\n", "text.tcvn3"},
		"VNI":                   {vni.encode(decree), decree, "text.vni"},
		"VISCII":                {viscii.encode(decree), decree, "text.viscii"},
		"Windows-1258":          {windows1258(decree), decree, "text.windows1258"},
		"Windows-1252":          {[]byte("X\xe3 H\xf2a B\xecnh\nC\xf4ng ty\n"), "Xã Hòa Bình\nCông ty\n", "text.windows1252"},
		"TCVN3, a foreign name": {tcvn3.encode(strings.Repeat(lower, 2) + "Krông"), strings.Repeat(lower, 2) + "Krông", "text.tcvn3"},
		"more than a sample": {tcvn3.encode(strings.Repeat("plain ascii line\n", 8000) + strings.Repeat(lower, 300)),
			strings.Repeat("plain ascii line\n", 8000) + strings.Repeat(lower, 300), "text.tcvn3"},
		"nothing": {nil, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, problems, err := schema.DecodeBytes(tc.in)
			if err != nil || got != tc.want {
				t.Fatalf("got %.80q, %v", got, err)
			}
			want := ""
			if tc.code != "" {
				want = "r " + tc.code
			}
			if codes(problems) != want {
				t.Errorf("problems %s, want %s", codes(problems), want)
			}
		})
	}
}

func TestDecodeBytesRefuses(t *testing.T) {
	t.Parallel()
	for name, in := range map[string][]byte{
		"French":              []byte("\xe9l\xe8ve fran\xe7ais, d\xe9j\xe0 vu, ch\xe2teau"),
		"Russian":             []byte("\xcf\xf0\xe8\xe2\xe5\xf2, \xec\xe8\xf0"),
		"binary":              {0x89, 'P', 'N', 'G', 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 0x0D, 0xFF, 0xFE},
		"cut UTF-8":           []byte(decree)[:len(decree)-40][1:],
		"two readings":        []byte("Th\xf6"),
		"odd UTF-16":          append(utf16Bytes("Lê", binary.LittleEndian, true), 'x'),
		"half a pair":         {0xFF, 0xFE, 0x00, 0xD8, 'a', 0},
		"half a pair, at end": {0xFF, 0xFE, 0x00, 0xD8},
		"ư lost for all":      bytes.ReplaceAll(loadEncoder(t, "tcvn3").encode("người vợ của ông trường, ma văn trường"), []byte{0xAD}, nil),
	} {
		got, _, err := schema.DecodeBytes(in)
		var f *fault.Error
		if !errors.As(err, &f) || f.Code != fault.Malformed || got != "" {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
}

func utf16Bytes(s string, order binary.AppendByteOrder, mark bool) []byte {
	var out []byte
	if mark {
		out = order.AppendUint16(out, 0xFEFF)
	}
	for _, u := range utf16.Encode([]rune(s)) {
		out = order.AppendUint16(out, u)
	}
	return out
}
