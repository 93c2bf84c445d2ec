package archtest_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/lienthong/lienthong/internal/archtest"
)

// The program as it stands.
func TestImportsPointInward(t *testing.T) {
	t.Parallel()
	touchFolders(t)
	packages := list(t)
	for _, p := range packages {
		for _, sentence := range archtest.Violations(p) {
			t.Error(sentence)
		}
	}
}

// touchFolders reads every folder of the module. "go test" repeats an old result while no file that
// the test itself opened has changed; what its child "go list" reads does not count.
func touchFolders(t *testing.T) {
	t.Helper()
	err := filepath.WalkDir("../..", func(path string, entry fs.DirEntry, err error) error {
		if err == nil && entry.IsDir() && len(entry.Name()) > 2 && strings.HasPrefix(entry.Name(), ".") {
			return filepath.SkipDir
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// list asks the go tool for every package of the module. Packages that do not compile are read too.
func list(t *testing.T) []archtest.Package {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", "list", "-e", "-json=Name,ImportPath,Imports", archtest.Module+"/...")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v: %s", err, stderr.String())
	}
	var packages []archtest.Package
	for decoder := json.NewDecoder(bytes.NewReader(out)); ; {
		var p archtest.Package
		err := decoder.Decode(&p)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		packages = append(packages, p)
	}
	// A listing that lost its way would make the test pass.
	seen := map[string]bool{}
	for _, p := range packages {
		seen[strings.TrimPrefix(p.ImportPath, archtest.Module+"/")] = true
	}
	for _, must := range []string{"internal/fault", "internal/archtest", "internal/pgtest", "gateway/embedded", "migrations"} {
		if !seen[must] {
			t.Fatalf("go list does not show %s", must)
		}
	}
	return packages
}

// The rules themselves, fed with arrows that nobody should draw and with those that everybody may.
func TestViolations(t *testing.T) {
	t.Parallel()
	const pgx, river = "github.com/jackc/pgx/v5", "github.com/riverqueue/river"
	cases := []struct {
		from, to string
		says     string // part of the sentence; empty: allowed
	}{
		{"schema", "adapters", "schema ← adapters"},
		{"schema", "internal/fault", ""},
		{"schema", "strings", ""},
		{"schema", "net/http", "no I/O"},
		{"schema", "os", "no I/O"},
		{"adapters/civil", "schema", ""},
		{"adapters/all", "adapters/civil", ""},
		{"adapters/civil", "gateway", "Imports point one way"},
		{"gateway", "adapters", ""},
		{"gateway", "gateway/postgres", "joined to it in cmd/lienthong"},
		{"gateway", "jobs", "Imports point one way"},
		{"gateway", pgx, "Only gateway/postgres speaks SQL"},
		{"gateway/httpapi", "gateway", ""},
		{"gateway/httpapi", "schema", ""},
		{"gateway/httpapi", "gateway/postgres", "do not know each other"},
		{"gateway/console", "gateway/config", "do not know each other"},
		{"gateway/httpapi", pgx + "/pgxpool", "pgx belongs to"},
		{"gateway/postgres", pgx + "/pgxpool", ""},
		{"gateway/postgres", river, "River belongs to"},
		{"gateway/postgres", "migrations", "Imports point one way"},
		{"gateway/embedded", pgx, ""},
		{"gateway/portal/dvcqg", "gateway/portal", ""},
		{"gateway/portal", "gateway/portal/dvcqg", ""},
		{"gateway/portal/simulator", "gateway", "The simulator stands for"},
		{"gateway/portal/simulator", "schema", "The simulator stands for"},
		{"gateway/portal/simulator", "gateway/portal", "The simulator stands for"},
		{"gateway/portal/simulator", "internal/fault", ""},
		{"gateway/portal/simulator/script", "gateway/portal/simulator", ""},
		{"jobs", river, ""},
		{"jobs", "gateway", ""},
		{"jobs", "migrations", ""},
		{"jobs", "cmd/lienthong/wire", "Imports point one way"},
		{"migrations", river + "/rivermigrate", ""},
		{"migrations", "gateway", "Imports point one way"},
		{"cmd/lienthong", river, ""},
		{"cmd/lienthong", "gateway/postgres", ""},
		{"cmd/lienthong", "cmd/lienthong/audit", ""},
		{"cmd/lienthong", "internal/pgtest", "is for tests"},
		{"cmd/lienthong/audit", pgx, ""},
		{"cmd/lienthong/audit", "encoding/json", ""},
		{"cmd/lienthong/audit", "internal/fault", ""},
		{"cmd/lienthong/audit", "gateway", "must not believe"},
		{"cmd/lienthong/audit", "schema", "must not believe"},
		{"cmd/lienthong/audit", "jobs", "must not believe"},
		{"cmd/lienthong/audit", "adapters", "must not believe"},
		{"cmd/lienthong/audit", "github.com/google/uuid", "The audit is independent"},
		{"cmd/lienthong/auditor", "gateway", ""},
		{"internal/fault", "schema", "circle"},
		{"internal/fault", "internal/golden", "circle"},
		{"internal/golden", "schema", "Imports point one way"},
		{"internal/golden", "internal/fault", ""},
		{"internal/pgtest", "gateway/embedded", ""},
		{"internal/pgtest", river, ""},
		{"util", "strings", "belongs to no part of the design"},
	}
	for _, c := range cases {
		t.Run(c.from+" to "+c.to, func(t *testing.T) {
			t.Parallel()
			to := c.to
			if top, _, _ := strings.Cut(to, "/"); isPart(top) {
				to = archtest.Module + "/" + to
			}
			got := archtest.Violations(archtest.Package{ImportPath: archtest.Module + "/" + c.from, Imports: []string{to}})
			switch {
			case c.says == "" && len(got) > 0:
				t.Errorf("this arrow is allowed, but: %s", got)
			case c.says == "":
			case len(got) != 1 || !strings.Contains(got[0], c.says):
				t.Errorf("want one sentence with %q, got %q", c.says, got)
			case !strings.HasPrefix(got[0], c.from+" "):
				t.Errorf("the sentence should begin with the package: %s", got[0])
			}
		})
	}
}

func TestGeneratorsBelowSchemaMayReadFiles(t *testing.T) {
	t.Parallel()
	p := archtest.Package{Name: "main", ImportPath: archtest.Module + "/schema/units/build", Imports: []string{"os"}}
	if got := archtest.Violations(p); len(got) > 0 {
		t.Errorf("got %q", got)
	}
	p.Name = "units"
	if got := archtest.Violations(p); len(got) != 1 {
		t.Errorf("a part of the model that reads files: got %q", got)
	}
}

func TestPackagesOfOthersAreTheirs(t *testing.T) {
	t.Parallel()
	p := archtest.Package{ImportPath: "github.com/jackc/pgx/v5", Imports: []string{"net", archtest.Module + "/schema"}}
	if got := archtest.Violations(p); len(got) > 0 {
		t.Errorf("got %q", got)
	}
}

func isPart(name string) bool {
	switch name {
	case "schema", "adapters", "gateway", "jobs", "cmd", "migrations", "internal":
		return true
	}
	return false
}
