package adaptertest

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/lienthong/lienthong/adapters"
	"github.com/lienthong/lienthong/internal/golden"
)

// golden case file names.
const (
	wantFile     = "want.json"
	provinceFile = "province"
)

// testCase is one golden case.
type testCase struct {
	name     string
	path     string
	archive  *txtar.Archive
	raw      adapters.Raw
	province string
	want     []byte
}

var mediaTypes = map[string]string{
	".json": "application/json", ".xml": "application/xml", ".ndjson": "application/x-ndjson", ".txt": "text/plain", ".csv": "text/csv",
}

func load(t testing.TB, dir string) []testCase {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(dir, "cases", "*.txtar"))
	if err != nil || len(paths) == 0 {
		t.Fatalf("no golden cases in %s", filepath.Join(dir, "cases"))
	}
	cases := make([]testCase, len(paths))
	for i, path := range paths {
		cases[i] = read(t, path)
	}
	return cases
}

func read(t testing.TB, path string) testCase {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	c := testCase{
		name: strings.TrimSuffix(filepath.Base(path), ".txtar"), path: path,
		archive: txtar.Parse(data), province: "24",
	}
	for _, f := range c.archive.Files {
		ext := filepath.Ext(f.Name)
		switch {
		case f.Name == wantFile:
			c.want = f.Data
		case f.Name == provinceFile:
			c.province = string(bytes.TrimSpace(f.Data))
		case f.Name == "in"+ext && mediaTypes[ext] != "":
			c.raw = adapters.Raw{ContentType: mediaTypes[ext], Body: f.Data}
		default:
			t.Fatalf("%s: unexpected file %s", path, f.Name)
		}
	}
	if c.raw.ContentType == "" {
		t.Fatalf("%s: no file in.json or in.xml", path)
	}
	return c
}

// isJSON reports whether the message is one JSON document.
func (c testCase) isJSON() bool { return c.raw.ContentType == "application/json" }

// compare compares want.json with got, or replaces it in the archive under -update.
func (c testCase) compare(t *testing.T, got []byte) {
	t.Helper()
	if !golden.Update() {
		diff(t, c.path, c.want, got)
		return
	}
	files := make([]txtar.File, 0, len(c.archive.Files)+1)
	for _, f := range c.archive.Files {
		if f.Name != wantFile {
			files = append(files, f)
		}
	}
	files = append(files, txtar.File{Name: wantFile, Data: got})
	golden.Write(t, c.path, txtar.Format(&txtar.Archive{Comment: c.archive.Comment, Files: files}))
}
