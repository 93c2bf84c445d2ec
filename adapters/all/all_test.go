package all

import (
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
