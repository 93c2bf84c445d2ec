package embedded

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestFindBinaries(t *testing.T) {
	t.Parallel()
	nothing := func(string) string { return "" }
	found, err := FindBinaries(t.Context(), os.Getenv, 0)
	if err != nil {
		t.Fatal(err)
	}

	t.Run("PG_BINDIR goes first", func(t *testing.T) {
		t.Parallel()
		got, err := FindBinaries(t.Context(), env("PG_BINDIR", found.Dir), 0)
		if err != nil || got != found {
			t.Errorf("got %+v, %v", got, err)
		}
	})

	t.Run("a PG_BINDIR without a server is a mistake, not a hint", func(t *testing.T) {
		t.Parallel()
		_, err := FindBinaries(t.Context(), env("PG_BINDIR", "/nowhere/bin"), 0)
		if err == nil || !strings.Contains(err.Error(), "/nowhere/bin") {
			t.Errorf("got %v", err)
		}
	})

	t.Run("PATH may hold links to the programs", func(t *testing.T) {
		t.Parallel()
		dir := t.TempDir()
		for _, name := range []string{"initdb", "postgres"} {
			if err := os.Symlink(filepath.Join(found.Dir, name), filepath.Join(dir, name)); err != nil {
				t.Fatal(err)
			}
		}
		got, err := FindBinaries(t.Context(), env("PATH", "relative:"+dir), 0)
		if err != nil || got != found {
			t.Errorf("got %+v, %v", got, err)
		}
	})

	t.Run("a version that nobody has comes with the line that installs it", func(t *testing.T) {
		t.Parallel()
		_, err := FindBinaries(t.Context(), nothing, 99)
		if err == nil || !strings.Contains(err.Error(), installLine(runtime.GOOS, 99)) {
			t.Errorf("got %v", err)
		}
		_, err = FindBinaries(t.Context(), env("PG_BINDIR", found.Dir), 99)
		if err == nil || !strings.Contains(err.Error(), "needs PostgreSQL 99") {
			t.Errorf("got %v", err)
		}
	})
}

func env(key, value string) func(string) string {
	return func(asked string) string {
		if asked == key {
			return value
		}
		return ""
	}
}

func TestUsualFoldersAreNewestFirst(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	for _, dir := range []string{"usr/lib/postgresql/9.6/bin", "usr/lib/postgresql/17/bin", "usr/lib/postgresql/15/bin", "usr/pgsql-16/bin"} {
		if err := os.MkdirAll(filepath.Join(root, dir), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	want := []string{"usr/lib/postgresql/17/bin", "usr/lib/postgresql/15/bin", "usr/lib/postgresql/9.6/bin", "usr/pgsql-16/bin"}
	var got []string
	for _, dir := range usualFolders("linux", root) {
		rel, err := filepath.Rel(root, dir)
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, rel)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
