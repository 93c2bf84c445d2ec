package main

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lienthong/lienthong/internal/fault"
)

func TestUnitsResolve(t *testing.T) {
	resolve := func(t *testing.T, in string, args ...string) (int, []map[string]any, string) {
		t.Helper()
		var out, errs bytes.Buffer
		code := run(context.Background(), append([]string{"units", "resolve"}, args...), strings.NewReader(in), &out, &errs, os.Getenv)
		var lines []map[string]any
		for line := range strings.Lines(out.String()) {
			var v map[string]any
			require.NoError(t, json.Unmarshal([]byte(line), &v))
			lines = append(lines, v)
		}
		return code, lines, errs.String()
	}
	codes := func(v any) string {
		m := v.(map[string]any)
		district, _ := m["district_code"].(string)
		return m["province_code"].(string) + "/" + district + "/" + m["commune_code"].(string)
	}

	t.Run("an old address gives the old units and the new ones", func(t *testing.T) {
		code, lines, errs := resolve(t, "\ufeffThôn Chè, xã Tri Phương, huyện Tiên Du, Bắc Ninh\r\n\n")
		require.Zero(t, code, errs)
		require.Len(t, lines, 2, "an empty line has its line too")
		require.Equal(t, "27/260/09358", codes(lines[0]["old"]))
		require.Equal(t, "24//09340", codes(lines[0]["new"]))
		require.Equal(t, "Thôn Chè", lines[0]["street"])
		require.Equal(t, "Thôn Chè, xã Tri Phương, huyện Tiên Du, Bắc Ninh", lines[0]["input"])
		require.Equal(t, []any{}, lines[0]["candidates"])
		require.Equal(t, false, lines[0]["ambiguous"])
		require.Greater(t, lines[0]["confidence"], 0.9)
		require.Equal(t, "//", codes(lines[1]["old"]))
	})

	t.Run("a name of many places is ambiguous, and every candidate has the same members", func(t *testing.T) {
		_, lines, _ := resolve(t, "xã Tân Thành\n")
		require.Equal(t, true, lines[0]["ambiguous"])
		require.Equal(t, "//", codes(lines[0]["new"]))
		candidates := lines[0]["candidates"].([]any)
		require.Greater(t, len(candidates), 5)
		for _, c := range candidates {
			require.Len(t, c.(map[string]any)["old"], 6)
			require.Len(t, c.(map[string]any)["new"], 4)
			require.NotEqual(t, "//", codes(c.(map[string]any)["new"]))
		}
	})

	t.Run("the date decides between two lists", func(t *testing.T) {
		file := filepath.Join(t.TempDir(), "addresses.txt")
		require.NoError(t, os.WriteFile(file, []byte("Phường Cửa Nam, Hà Nội\n"), 0o600))
		_, then, _ := resolve(t, "", file, "--as-of", "2024-05-01")
		_, now, _ := resolve(t, "", file, "--as-of", "2025-07-01")
		require.Equal(t, "01/002/00073", codes(then[0]["old"]))
		require.Equal(t, "//", codes(now[0]["old"]))
		require.Equal(t, "01//00082", codes(now[0]["new"]))
	})

	t.Run("what is called wrongly says so", func(t *testing.T) {
		for _, args := range [][]string{{"--as-of", "1.7.2025"}, {filepath.Join(t.TempDir(), "none.txt")}} {
			code, _, errs := resolve(t, "", args...)
			require.Equal(t, exitCodes[fault.Usage], code, errs)
		}
		code, _, errs := resolve(t, strings.Repeat("x", maxLine+1))
		require.Equal(t, exitCodes[fault.TooLarge], code, errs)
	})
}
