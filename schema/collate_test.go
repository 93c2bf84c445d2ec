package schema_test

import (
	"bytes"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/unicode/norm"
	"pgregory.net/rapid"

	"github.com/lienthong/lienthong/schema"
)

// Lists in the order of a Vietnamese dictionary and of a class register.
var (
	words = []string{
		"", "1", "2", "10", "a", "A", "à", "ả", "ã", "á", "ạ", "ai", "an", "ă", "ằ", "ẳ", "ẵ", "ắ", "ặ", "ăn", "â", "ầ", "ẩ", "ẫ", "ấ", "ậ", "ân",
		"ba", "bá", "ca", "cha", "da", "dương", "đa", "Đa", "đào", "đương", "e", "ê", "ghế", "hoa", "hòa", "hoàn", "i", "mà", "mã", "má", "mạ",
		"nga", "nghĩ", "nghỉ ngơi", "nhà", "o", "ô", "ơ", "quà", "thi", "thì", "thị", "trà", "u", "ư", "vân", "y", "ý",
	}
	names = []string{
		"Nguyễn Văn An", "Trần Văn An", "Lê Thị Ánh", "Phạm Văn Ân", "Nguyễn Thị Bình", "Nguyễn Văn Bình", "Trần Bình",
		"Đinh Văn Dũng", "Đỗ Anh Dũng", "Bùi Văn Dương", "Lê Văn Đạt", "Lê Văn Đức", "Hà", "Bùi Thị Hà", "Vũ Thị Hà", "Bùi Thị Hạnh",
		"Lê Văn Hòa", "Nguyễn Thị Hoa Lan", "Ngô Văn Ơn", "Trần Văn Tú", "Lê Thị Tư", "Nguyễn Văn Xuân", "Lê Thị Yến",
	}
)

func TestOrder(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		list    []string
		compare func(a, b string) int
	}{
		"words": {words, schema.Compare},
		"names": {names, schema.CompareNames},
		"keys": {words, func(a, b string) int {
			c := schema.NewCollator()
			return bytes.Compare(c.Key(a), c.Key(b))
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := slices.Clone(tc.list)
			slices.Reverse(got)
			slices.SortFunc(got, tc.compare)
			if diff := cmp.Diff(tc.list, got); diff != "" {
				t.Errorf("order (-want +got):\n%s", diff)
			}
			for i := 1; i < len(tc.list); i++ {
				if tc.compare(tc.list[i-1], tc.list[i]) >= 0 || tc.compare(tc.list[i], tc.list[i-1]) <= 0 {
					t.Errorf("%q and %q", tc.list[i-1], tc.list[i])
				}
			}
		})
	}
}

func TestOrderDisregardsSpelling(t *testing.T) {
	t.Parallel()
	for _, pair := range [][2]string{{"Hoà", "Hòa"}, {norm.NFD.String("Nguyễn"), "Nguyễn"}, {"Thuý Hoà", "Thúy Hòa"}} {
		if schema.Compare(pair[0], pair[1]) != 0 || schema.CompareNames(pair[0], pair[1]) != 0 {
			t.Errorf("%q and %q differ", pair[0], pair[1])
		}
	}
}

func TestOrderIsAnOrder(t *testing.T) {
	t.Parallel()
	word := rapid.SampledFrom(append(slices.Clone(words), names...))
	rapid.Check(t, func(t *rapid.T) {
		a, b, c := word.Draw(t, "a"), word.Draw(t, "b"), word.Draw(t, "c")
		if schema.CompareNames(a, b) != -schema.CompareNames(b, a) || schema.CompareNames(a, a) != 0 {
			t.Fatalf("%q and %q", a, b)
		}
		if schema.CompareNames(a, b) < 0 && schema.CompareNames(b, c) < 0 && schema.CompareNames(a, c) >= 0 {
			t.Fatalf("%q, %q, %q", a, b, c)
		}
	})
}

func TestSearchKey(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"": "", "Đỗ Đức Đạt": "do duc dat", "  HOÀ   Bình ": "hoa binh", "Ea H’Leo - 2": "ea h leo 2", "…": "",
		norm.NFD.String("Nguyễn Thị"): "nguyen thi", "H05.16-261008-0001": "h05 16 261008 0001",
	} {
		if got := schema.SearchKey(in); got != want {
			t.Errorf("SearchKey(%q) = %q, want %q", in, got, want)
		}
		if again := schema.SearchKey(want); again != want {
			t.Errorf("SearchKey(%q) is not stable: %q", want, again)
		}
	}
}

func TestSearchRank(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		query, text string
		want        int
	}{
		{"duc", "Đỗ Văn Đức", schema.SearchFold},
		{"đức", "Đỗ Văn Đức", schema.SearchExact},
		{"ĐỨC", "đỗ văn đức", schema.SearchExact},
		{"dức", "Đỗ Văn Đức", schema.SearchFold},
		{"Đ", "Dũng", schema.SearchFold},
		{"d", "Đạt", schema.SearchFold},
		{"hoà", "Xã Hòa Bình", schema.SearchExact},
		{"duc do", "Đỗ Văn Đức", schema.SearchFold},
		{"ngu", "Nguyễn", schema.SearchExact},
		{"uyen", "Nguyễn", schema.SearchNone},
		{"van van", "Đỗ Văn Đức", schema.SearchNone},
		{"", "Đỗ", schema.SearchNone},
		{"…", "Đỗ", schema.SearchNone},
	} {
		if got := schema.SearchRank(tc.query, tc.text); got != tc.want {
			t.Errorf("SearchRank(%q, %q) = %d, want %d", tc.query, tc.text, got, tc.want)
		}
	}
}

func BenchmarkCompareNames(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		schema.CompareNames("Nguyễn Thị Thanh Hạnh", "Trần Thị Thanh Hạnh")
	}
}
