package golden

import (
	"os"
	"path/filepath"
	"testing"
)

// recorder stands in for a test that is expected to fail.
type recorder struct {
	testing.TB
	failed bool
}

func (r *recorder) Helper()               {}
func (r *recorder) Errorf(string, ...any) { r.failed = true }
func (r *recorder) Fatalf(string, ...any) { r.failed = true; panic(r) }

func failed(f func(t testing.TB)) bool {
	r := &recorder{}
	func() {
		defer func() {
			if p := recover(); p != nil && p != any(r) {
				panic(p)
			}
		}()
		f(r)
	}()
	return r.failed
}

func TestCompare(t *testing.T) {
	path := filepath.Join(t.TempDir(), "sub", "case.txt")
	if !failed(func(t testing.TB) { Compare(t, path, []byte("a\n")) }) {
		t.Error("a missing file passed")
	}

	*update = true
	Compare(t, path, []byte("a\n"))
	*update = false
	if written, err := os.ReadFile(path); err != nil || string(written) != "a\n" {
		t.Errorf("-update wrote %q, %v", written, err)
	}

	if failed(func(t testing.TB) { Compare(t, path, []byte("a\n")) }) {
		t.Error("equal content failed")
	}
	if !failed(func(t testing.TB) { Compare(t, path, []byte("b\n")) }) {
		t.Error("other content passed")
	}
}
