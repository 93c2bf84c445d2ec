package main

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"github.com/lienthong/lienthong/adapters/all"
	"github.com/lienthong/lienthong/internal/fault"
)

const (
	lltpMapping = "../../adapters/mapped/testdata/lltp/mapping.yaml"
	lltpSample  = "../../adapters/mapped/testdata/lltp/sample.json"
)

// jsonLines decodes what a command prints.
func jsonLines(t *testing.T, out string) (lines []map[string]any) {
	t.Helper()
	for line := range strings.Lines(out) {
		var v map[string]any
		require.NoError(t, json.Unmarshal([]byte(line), &v), line)
		lines = append(lines, v)
	}
	return lines
}

func TestAdaptersList(t *testing.T) {
	code, out, errs := call(t, "adapters", "list", "--json")
	require.Zero(t, code, errs)
	var listed []listedAdapter
	require.NoError(t, json.Unmarshal([]byte(out), &listed))
	require.Len(t, listed, len(all.Names()))
	for i, name := range all.Names() {
		require.Equal(t, name, listed[i].Name)
		require.NotEmpty(t, listed[i].Summary)
		require.NotEmpty(t, listed[i].Forms)
	}
	code, table, _ := call(t, "adapters", "list")
	require.Zero(t, code)
	for _, a := range listed {
		require.Contains(t, table, a.Name)
		for _, form := range a.Forms {
			require.Contains(t, table, form)
		}
		for _, k := range a.Kinds {
			require.Contains(t, table, k.Kind)
		}
	}
}

func TestAdaptersDoc(t *testing.T) {
	code, page, errs := call(t, "adapters", "doc", "mapped", "--mapping", lltpMapping)
	require.Zero(t, code, errs)
	require.Contains(t, page, "# Adapter lltp")
	require.Contains(t, page, "It gives: 1 dossier, 1 dossier_step.")
	code, _, errs = call(t, "adapters", "doc", "nobody")
	require.Equal(t, exitCodes[fault.NotFound], code)
	require.Contains(t, errs, "civil")
}

func TestAdaptersNormalize(t *testing.T) {
	dir := t.TempDir()
	file := func(name, text string) string {
		path := filepath.Join(dir, name)
		require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
		return path
	}
	civil := all.Registry()["civil"].Example

	t.Run("prints what would be stored", func(t *testing.T) {
		code, out, errs := call(t, "adapters", "normalize", file("civil.json", civil), "--adapter", "civil")
		require.Zero(t, code, errs)
		lines := jsonLines(t, out)
		require.Len(t, lines, 1)
		require.Equal(t, "civil_event", lines[0]["kind"])
		require.NotEmpty(t, lines[0]["id"])
		require.Equal(t, "birth", lines[0]["body"].(map[string]any)["type"])
		require.NotEmpty(t, lines[0]["problems"])
	})

	t.Run("what is refused comes last, with its place, and the code is 3", func(t *testing.T) {
		code, out, errs := call(t, "adapters", "normalize", lltpSample, "--adapter", "mapped", "--mapping", lltpMapping)
		require.Equal(t, exitCodes[fault.Invalid], code)
		require.Empty(t, strings.TrimSpace(errs))
		lines := jsonLines(t, out)
		require.Len(t, lines, 7)
		require.Equal(t, "2025-11-04T09:30:00+07:00", lines[0]["event_time"])
		require.Equal(t, "name.case", lines[5]["noted"].(map[string]any)["code"])
		refused := lines[6]["refused"].(map[string]any)
		require.Equal(t, "/value/2/trangThai", refused["pointer"])
		require.Equal(t, "status.unmapped", refused["code"])
	})

	t.Run("reads a message a line", func(t *testing.T) {
		one := strings.ReplaceAll(civil, "\n", "")
		code, out, _ := call(t, "adapters", "normalize", file("civil.ndjson", one+"\n\n{\"x\":1}\n"+one+"\n"), "--adapter", "civil")
		require.Equal(t, exitCodes[fault.UnknownForm], code)
		lines := jsonLines(t, out)
		require.Len(t, lines, 3)
		require.Equal(t, []any{1.0, 3.0, 4.0}, []any{lines[0]["message"], lines[1]["message"], lines[2]["message"]})
		require.Equal(t, "form.unknown", lines[1]["refused"].(map[string]any)["code"])
	})

	t.Run("reads standard input", func(t *testing.T) {
		var out, errs bytes.Buffer
		code := run(context.Background(), []string{"adapters", "normalize", "-", "--adapter", "civil"}, strings.NewReader(civil), &out, &errs, os.Getenv)
		require.Zero(t, code, errs.String())
		require.Len(t, jsonLines(t, out.String()), 1)
	})

	t.Run("what is called wrongly says so", func(t *testing.T) {
		message := file("message.json", civil)
		for want, args := range map[string][]string{
			"needs a mapping":   {message, "--adapter", "mapped"},
			"belongs to":        {message, "--adapter", "civil", "--mapping", lltpMapping},
			"province":          {message, "--adapter", "civil", "--province", "99"},
			"no such file":      {filepath.Join(dir, "none.json"), "--adapter", "civil"},
			"known: business":   {message, "--adapter", "nobody"},
			"bad.yaml:1:1: nam": {message, "--adapter", "mapped", "--mapping", file("bad.yaml", "nam: x\n")},
		} {
			code, _, errs := call(t, append([]string{"adapters", "normalize"}, args...)...)
			require.NotZero(t, code)
			require.Contains(t, errs, want)
		}
	})
}

func TestAdaptersTest(t *testing.T) {
	t.Run("problems stand beside the result where there is room", func(t *testing.T) {
		code, wide, _ := call(t, "adapters", "test", lltpMapping, lltpSample, "--width", "140")
		require.Equal(t, exitCodes[fault.Invalid], code)
		require.Regexp(t, `"number": "H05.15-251104-0031", +│ +Name capitalised.`, wide)
		for line := range strings.Lines(wide) {
			require.LessOrEqual(t, utf8.RuneCountInString(strings.TrimRight(line, "\n")), 140)
		}
		_, narrow, _ := call(t, "adapters", "test", lltpMapping, lltpSample)
		require.NotContains(t, narrow, "│")
		require.Contains(t, narrow, "  ! repaired  /value/0/hoTen  name.case\n")
		for _, text := range []string{wide, narrow} {
			require.Contains(t, text, "refused  /value/2/trangThai  status.unmapped")
			require.Contains(t, text, "5 records, 1 refusal\n")
		}
	})

	t.Run("as JSON", func(t *testing.T) {
		code, out, _ := call(t, "adapters", "test", lltpMapping, lltpSample, "--json")
		require.Equal(t, exitCodes[fault.Invalid], code)
		var result trial
		require.NoError(t, json.Unmarshal([]byte(out), &result))
		require.False(t, result.OK)
		require.Len(t, result.Records, 5)
		require.Len(t, result.Refused, 1)
	})

	t.Run("a message in another format is refused", func(t *testing.T) {
		sheet := filepath.Join(t.TempDir(), "x.csv")
		require.NoError(t, os.WriteFile(sheet, []byte("a,b\n1,2\n"), 0o600))
		code, out, _ := call(t, "adapters", "test", lltpMapping, sheet)
		require.Equal(t, exitCodes[fault.UnsupportedMedia], code)
		require.Contains(t, out, "the mapping is for json")
	})
}

func TestAdaptersNew(t *testing.T) {
	t.Chdir(t.TempDir())
	sample := filepath.Join("sample.csv")
	require.NoError(t, os.WriteFile(sample, []byte("Mã hồ sơ;Trạng thái;Thời điểm\nH05.15-251104-0031;2;04/11/2025 09:30:00\n"), 0o600))

	code, out, errs := call(t, "adapters", "new", "so-tu-phap", "--sample", sample)
	require.Zero(t, code, errs)
	require.Contains(t, out, "mapping.yaml")
	code, out, errs = call(t, "adapters", "test", "mapping.yaml", sample)
	require.Zero(t, code, "%s%s", out, errs)
	require.Contains(t, out, "1. dossier_step H05.15-251104-0031/20251104093000/4")

	code, _, errs = call(t, "adapters", "new", "so-tu-phap")
	require.Equal(t, exitCodes[fault.Usage], code)
	require.Contains(t, errs, "there already")
	for _, name := range []string{"civil", "mapped", "Tư pháp", "-"} {
		code, _, _ = call(t, "adapters", "new", "--out", "other.yaml", "--", name)
		require.Equal(t, exitCodes[fault.Usage], code, name)
		require.NoFileExists(t, "other.yaml")
	}
	for _, format := range []string{"json", "xml", "csv"} {
		code, out, errs = call(t, "adapters", "new", "moi", "--format", format, "--out", "-")
		require.Zero(t, code, errs)
		require.Contains(t, out, "format: "+format)
	}
}
