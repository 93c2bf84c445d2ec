package sheet_test

import (
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"

	"github.com/lienthong/lienthong/adapters/sheet"
	"github.com/lienthong/lienthong/internal/fault"
)

func TestRead(t *testing.T) {
	for name, tt := range map[string]struct {
		in   string
		want []string
		code string
	}{
		"commas":                       {"a,b\n1,2\n", []string{`{"a":"1","b":"2"}`}, ""},
		"semicolons, a mark, CRLF":     {"\uFEFFa;b\r\n1;x,y\r\n", []string{`{"a":"1","b":"x,y"}`}, ""},
		"tabulators":                   {"a\tb\n1\t2", []string{`{"a":"1","b":"2"}`}, ""},
		"quotes, breaks and lost ends": {"a,b,c\n\"x \"\"y\"\"\nz\",2\n", []string{`{"a":"x \"y\"\nz","b":"2"}`}, ""},
		"empty rows and columns":       {"a,,b,,\n,,,,\n1,,2,,\n", []string{`{"a":"1","b":"2"}`}, ""},
		"a spreadsheet names it":       {"sep=;\r\na;b\r\n1;2,5\r\n", []string{`{"a":"1","b":"2,5"}`}, ""},
		"a header alone":               {"a,b\n", nil, ""},
		"nothing":                      {"", nil, "csv.syntax"},
		"no names":                     {",,\n1,2,3\n", nil, "csv.header"},
		"a name twice":                 {"a,a\n1,2\n", nil, "csv.header_twice"},
		"too many cells":               {"a,b\n1,2,3\n", nil, "csv.row"},
		"an open quote":                {"a,b\n\"1,2\n", nil, "csv.syntax"},
		"a quote in the first cell":    {"a,b\n1\"2,3\n", nil, "csv.syntax"},
		"no UTF-8":                     {"a,b\n\xff\xfe\xfa,2\n", nil, "text.encoding"},
	} {
		t.Run(name, func(t *testing.T) {
			s, err := sheet.Read([]byte(tt.in))
			if tt.code != "" {
				if p := fault.ProblemsOf(err); len(p) != 1 || p[0].Code != tt.code || fault.CodeOf(err) != fault.Malformed {
					t.Errorf("%v, want %s", err, tt.code)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			var rows []string
			for i, r := range s.Rows {
				rows = append(rows, string(r.Object))
				if want := "/" + string(rune('0'+i)); r.Part().Pointer != want {
					t.Errorf("row %d stands at %s", i, r.Part().Pointer)
				}
			}
			if d := cmp.Diff(tt.want, rows); d != "" {
				t.Error(d)
			}
		})
	}
}

// Spreadsheets save "Unicode text" as UTF-16.
func TestReadUTF16(t *testing.T) {
	bytes := []byte{0xFF, 0xFE}
	for _, u := range utf16.Encode([]rune("tên\tsố\nHạnh\t7\n")) {
		bytes = append(bytes, byte(u), byte(u>>8))
	}
	s, err := sheet.Read(bytes)
	if err != nil || len(s.Rows) != 1 || string(s.Rows[0].Object) != `{"tên":"Hạnh","số":"7"}` || len(s.Problems) != 1 {
		t.Error(s, err)
	}
}

func FuzzRead(f *testing.F) {
	for _, s := range []string{"a,b\n1,2\n", "a;b\n\"x\n", "\uFEFFa\tb\n1\t2", strings.Repeat("a,", 50) + "\n"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		s, err := sheet.Read(body)
		if (s == nil) == (err == nil) {
			t.Fatal("neither a sheet nor an error, or both")
		}
		if err != nil && fault.CodeOf(err) != fault.Malformed {
			t.Error(err)
		}
	})
}
