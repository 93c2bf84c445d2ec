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
