// Package golden compares what code produced with a file in testdata. Run the
// tests of a package with -update to write the files anew, and review them with
// git diff as one reviews code.
package golden

import (
	"errors"
	"flag"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// update is a flag of every test binary that imports this package.
var update = flag.Bool("update", false, "write golden files instead of comparing with them")

// Update reports whether golden files are to be written.
func Update() bool { return *update }

// Compare fails t when got differs from the file at path, or writes the file under -update.
func Compare(t testing.TB, path string, got []byte) {
	t.Helper()
	if Update() {
		Write(t, path, got)
		return
	}
	want, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		t.Fatalf("%s does not exist; run with -update to write it", path)
	}
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s differs (-file +got):\n%s", path, diff)
	}
}

// Write replaces the file at path, making its folder when needed; an unchanged file is left alone.
func Write(t testing.TB, path string, data []byte) {
	t.Helper()
	if old, err := os.ReadFile(path); err == nil && string(old) == string(data) {
		return
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, data, 0o644); err != nil {
		t.Fatal(err)
	}
}
