package schema_test

import (
	"strings"
	"testing"

	"github.com/lienthong/lienthong/schema"
)

func TestParsePhone(t *testing.T) {
	t.Parallel()
	for _, tc := range []parseTest{
		{"", "", ""},
		{"0912000001", "0912000001", ""},
		{"+84912000001", "0912000001", "r phone.country"},
		{"84912000001", "0912000001", "r phone.country"},
		{"0084912000001", "0912000001", "r phone.country"},
		{"+84 (0)912 000 001", "0912000001", "r phone.separators, r phone.country"},
		{"912000001", "0912000001", "r phone.zero"},
		{"842000001", "0842000001", "r phone.zero"},
		{"0912.000.001", "0912000001", "r phone.separators"},
		{"'0912000001", "0912000001", "r phone.separators"},
		{"０９１２０００００１", "0912000001", "r phone.separators"},
		{"0912000001\u200b", "0912000001", "r phone.separators"},
		{"01650000123", "0350000123", "r phone.migrated"},
		{"1650000123", "0350000123", "r phone.zero, r phone.migrated"},
		{"+841200000123", "0700000123", "r phone.country, r phone.migrated"},
		{"01990000123", "0590000123", "r phone.migrated"},
		{"02403812345", "02043812345", "r phone.migrated"},
		{"03503812345", "02283812345", "r phone.migrated"},
		{"0303812345", "02293812345", "r phone.migrated"},
		{"0350000123", "0350000123", ""},
		{"02223812345", "02223812345", ""},
		{"02438123456", "02438123456", ""},
		{"2223812345", "02223812345", "r phone.zero"},
		{"0912000001 / 0913000002", "0912000001", "w phone.several, r phone.separators"},
		{"0912000001;0913000002", "0912000001", "w phone.several"},
		{"0000000000", "", "w phone.filler"},
		{"0123456789", "", "w phone.filler"},
		{"Không có", "", "w phone.filler"},
		{"0112000001", "", "w phone.invalid"},
		{"091200000", "", "w phone.invalid"},
		{"09120000012", "", "w phone.invalid"},
		{"+33912000001", "", "w phone.invalid"},
		{"anh Ba 0912000001", "", "w phone.invalid"},
		{"125123456", "", "w phone.invalid"},
		{"+", "", "w phone.filler"},
	} {
		got, problems := schema.ParsePhone(tc.in)
		if got != tc.value || codes(problems) != tc.codes {
			t.Errorf("ParsePhone(%q) = %q, [%s]; want %q, [%s]", tc.in, got, codes(problems), tc.value, tc.codes)
		}
	}
}

// Every prefix that was given up, by the plans of the Ministry of Information and
// Communications: mobile numbers in 2018, area codes in 2017.
func TestParsePhoneMigratesEveryPrefix(t *testing.T) {
	t.Parallel()
	for before, after := range map[string]string{
		"0120": "070", "0121": "079", "0122": "077", "0126": "076", "0128": "078",
		"0123": "083", "0124": "084", "0125": "085", "0127": "081", "0129": "082",
		"0162": "032", "0163": "033", "0164": "034", "0165": "035", "0166": "036", "0167": "037", "0168": "038", "0169": "039",
		"0186": "056", "0188": "058", "0199": "059",
		"0240": "0204", "0241": "0222", "0351": "0226", "0350": "0228", "030": "0229",
	} {
		got, problems := schema.ParsePhone(before + "3812345")
		if got != after+"3812345" || codes(problems) != "r phone.migrated" {
			t.Errorf("%s: %q, [%s]", before, got, codes(problems))
		}
		if _, problems := schema.ParsePhone(got); problems != nil {
			t.Errorf("%s: the new number is not final: [%s]", after, codes(problems))
		}
	}
}

func FuzzParsePhone(f *testing.F) {
	for _, s := range []string{"", "+84912000001", "912000001", "01650000123", "0912 000 001/0913", "0303812345", "０９", "+"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got, problems := schema.ParsePhone(s)
		if got == "" {
			if len(problems) == 0 && strings.TrimSpace(s) != "" {
				t.Fatalf("%q vanished without a problem", s)
			}
			return
		}
		if again, more := schema.ParsePhone(got); again != got || len(more) != 0 {
			t.Fatalf("%q → %q → %q", s, got, again)
		}
	})
}
