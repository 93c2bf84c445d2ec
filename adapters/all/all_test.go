package all

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/lienthong/lienthong/adapters"
)

func TestEveryAdapterOpens(t *testing.T) {
	r := Registry()
	for _, name := range r.Names() {
		spec, err := r.Get(name)
		if err != nil || spec.Name != name {
			t.Fatalf("%s: %v", name, err)
		}
		if a, err := spec.New(adapters.Config{Province: "24"}); err != nil || a == nil {
			t.Errorf("%s does not open: %v", name, err)
		}
	}
	if _, err := r.Get("nobody"); err == nil {
		t.Error("an adapter of no name is found")
	}
}

const mapping = "../mapped/testdata/lltp/mapping.yaml"

func TestOpen(t *testing.T) {
	if spec, err := Open("mapped", mapping); err != nil || spec.Name != "lltp" {
		t.Errorf("the mapping opens as %q, %v", spec.Name, err)
	}
	if spec, err := Open("civil", ""); err != nil || spec.Name != "civil" {
		t.Errorf("civil opens as %q, %v", spec.Name, err)
	}
	text, err := os.ReadFile(mapping)
	if err != nil {
		t.Fatal(err)
	}
	twin := filepath.Join(t.TempDir(), "civil.yaml")
	if err := os.WriteFile(twin, []byte(strings.Replace(string(text), "name: lltp", "name: civil", 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, args := range map[string][2]string{
		"no mapping": {"mapped", ""}, "a mapping for another": {"civil", mapping}, "a mapping with a name that is taken": {"mapped", twin},
		"an unknown adapter": {"nobody", ""}, "no file": {"mapped", twin + ".none"},
	} {
		if _, err := Open(args[0], args[1]); err == nil {
			t.Errorf("%s: opens", name)
		}
	}
	if names := Names(); !slices.Contains(names, "mapped") || !slices.IsSorted(names) {
		t.Errorf("names: %v", names)
	}
}
