package pusher_test

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/lienthong/lienthong/cmd/lienthong/pusher"
	"github.com/lienthong/lienthong/internal/fault"
)

// write makes a file and returns its path.
func write(t testing.TB, name, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	require.NoError(t, os.WriteFile(path, []byte(content), 0o600))
	return path
}

func zipped(t testing.TB, parts ...string) string {
	t.Helper()
	var b bytes.Buffer
	for _, part := range parts { // each a member of its own, as cat makes it
		w := gzip.NewWriter(&b)
		_, err := w.Write([]byte(part))
		require.NoError(t, err)
		require.NoError(t, w.Close())
	}
	return b.String()
}

// found is a message without what the tests of reading do not look at.
type found struct {
	Number, Line int64
	Body, Unread string
}

func readAll(t testing.TB, o pusher.InputOptions) (all []found, err error) {
	t.Helper()
	in, err := pusher.Open(o)
	require.NoError(t, err)
	defer func() { require.NoError(t, in.Close()) }()
	for {
		m, err := in.Next(t.Context())
		if errors.Is(err, io.EOF) {
			return all, nil
		}
		if err != nil {
			return all, err
		}
		f := found{Number: m.Number, Line: m.Line, Body: string(m.Body)}
		if m.Unread != nil {
			require.Nil(t, m.Body)
			f.Unread = m.Unread.Code
		}
		all = append(all, f)
	}
}

func TestInput(t *testing.T) {
	t.Parallel()
	big := `{"x":"` + strings.Repeat("a", pusher.MaxMessage) + `"}`
	tests := []struct {
		name, file, content string
		format              pusher.Format
		want                []found
	}{
		{"lines, empty ones passed over, the last without an end", "a.ndjson", "{\"a\":1}\r\n\n  \n[2]\n{\"c\":3}", "", []found{
			{1, 1, `{"a":1}`, ""}, {2, 4, `[2]`, ""}, {3, 5, `{"c":3}`, ""},
		}},
		{"a line that is no JSON is a message all the same", "a.jsonl", "{\"a\":1\n{\"b\":2}\n", "", []found{{1, 1, `{"a":1`, ""}, {2, 2, `{"b":2}`, ""}}},
		{"a line that is too long does not hide the next", "a.ndjson", "{}\n" + big + "\n{\"b\":2}\n", "", []found{
			{1, 1, `{}`, ""}, {2, 2, "", "message.too_large"}, {3, 3, `{"b":2}`, ""},
		}},
		{"a mark of byte order", "a.ndjson", "\xef\xbb\xbf{}\n", "", []found{{1, 1, `{}`, ""}}},
		{"gzip of several members, whatever the name says", "a.ndjson", zipped(t, "{\"a\":1}\n", "{\"b\":2}\n"), "", []found{
			{1, 1, `{"a":1}`, ""}, {2, 2, `{"b":2}`, ""},
		}},
		{"an array of messages over several lines", "a.json", "[\n {\"a\": [1,\n 2]},\n [3],\n {}\n]\n", "", []found{
			{1, 0, "{\"a\": [1,\n 2]}", ""}, {2, 0, `[3]`, ""}, {3, 0, `{}`, ""},
		}},
		{"one message", "a.json", "{\n\"a\":1}\n", "", []found{{1, 0, "{\n\"a\":1}", ""}}},
		{"values after each other, and arrays between them", "a.json", "{\n}{\"b\":2} [{\"c\":3}]", "", []found{
			{1, 0, "{\n}", ""}, {2, 0, `{"b":2}`, ""}, {3, 0, `{"c":3}`, ""},
		}},
		{"an array that is to be one message", "a.json", " [{\"a\":1},{}] ", pusher.Whole, []found{{1, 1, " [{\"a\":1},{}] ", ""}}},
		{"an element that is too large", "a.json", "[{}," + big + ",{}]", "", []found{
			{1, 0, `{}`, ""}, {2, 0, "", "message.too_large"}, {3, 0, `{}`, ""},
		}},
		{"keys that stand twice are for the adapter to refuse", "a.json", "[{\"a\":1,\"a\":2}]", "", []found{{1, 0, `{"a":1,"a":2}`, ""}}},
		{"lines under another name", "a.txt", "{\"a\":1}\n{\"b\":2}\n", "", []found{{1, 1, `{"a":1}`, ""}, {2, 2, `{"b":2}`, ""}}},
		{"lines that are arrays", "a.json", "[{\"a\":1}]\n[{\"b\":2}]\n", "", []found{{1, 1, `[{"a":1}]`, ""}, {2, 2, `[{"b":2}]`, ""}}},
		{"XML by its beginning", "a.dat", "\n<HoSo/>", "", []found{{1, 1, "\n<HoSo/>", ""}}},
		{"nothing", "a.json", " \n", "", nil},
		{"nothing at all", "a.ndjson", "", "", nil},
		{"rows", "a.csv", "Số,Họ tên\n1,\"Nguyễn \"\"A\"\"\nB\"\n,\n2,\n", "", []found{
			{1, 2, `{"Số":"1","Họ tên":"Nguyễn \"A\"\nB"}`, ""}, {2, 5, `{"Số":"2","Họ tên":""}`, ""},
		}},
		{"rows that are cut by semicolons", "a.csv", "a;b,c;d\n1;2,3;4\n", "", []found{{1, 2, `{"a":"1","b,c":"2,3","d":"4"}`, ""}}},
		{"bad rows do not hide good ones", "a.csv", "a,b\n1\n1,\"2\"x\n1,\xff\n1,2\n", "", []found{
			{1, 2, "", "csv.fields"}, {2, 3, "", "csv.syntax"}, {3, 4, "", "csv.encoding"}, {4, 5, `{"a":"1","b":"2"}`, ""},
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := readAll(t, pusher.InputOptions{Files: []string{write(t, tt.file, tt.content)}, Format: tt.format})
			require.NoError(t, err)
			require.Empty(t, cmp.Diff(tt.want, got))
		})
	}

	t.Run("files follow each other, each numbered from 1, and standard input is one of them", func(t *testing.T) {
		t.Parallel()
		o := pusher.InputOptions{Files: []string{write(t, "a.ndjson", "{}\n{}\n"), "-"}, Stdin: strings.NewReader("{\"s\":1}\n{\"s\":2}\n")}
		got, err := readAll(t, o)
		require.NoError(t, err)
		require.Empty(t, cmp.Diff([]found{{1, 1, `{}`, ""}, {2, 2, `{}`, ""}, {1, 1, `{"s":1}`, ""}, {2, 2, `{"s":2}`, ""}}, got))
	})
}

func TestInputThatIsBroken(t *testing.T) {
	t.Parallel()
	cut := zipped(t, strings.Repeat("{\"a\":1}\n", 50))
	for _, tt := range []struct {
		name, file, content string
		code                fault.Code
		before              int
	}{
		{"JSON that stops being JSON", "a.json", `[{"a":1},{"a":2},{"Hạnh"}]`, fault.Malformed, 2},
		{"JSON that is cut off", "a.json", `[{"a":1},{"a":`, fault.Malformed, 1},
		{"gzip that is cut off", "a.ndjson.gz", cut[:len(cut)-6], fault.Malformed, 50},
		{"text without any format", "a.txt", "xin chào\n", fault.Usage, 0},
		{"CSV with a name that stands twice", "a.csv", "a,a\n1,2\n", fault.Usage, 0},
		{"CSV without a name", "a.csv", "a,,b\n1,2,3\n", fault.Usage, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := readAll(t, pusher.InputOptions{Files: []string{write(t, tt.file, tt.content)}})
			require.Equal(t, tt.code, fault.CodeOf(err), "%v", err)
			require.Len(t, got, tt.before)
			require.NotContains(t, err.Error(), "Hạnh")
		})
	}

	for name, files := range map[string][]string{
		"no file": nil, "a file that is not there": {filepath.Join(t.TempDir(), "none")}, "a folder": {t.TempDir()},
	} {
		t.Run(name+" is a usage error before anything is read", func(t *testing.T) {
			t.Parallel()
			_, err := pusher.Open(pusher.InputOptions{Files: files})
			require.Equal(t, fault.Usage, fault.CodeOf(err))
		})
	}
}
