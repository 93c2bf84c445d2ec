package gateway_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/lienthong/lienthong/gateway"
	goldenfile "github.com/lienthong/lienthong/internal/golden"
	"github.com/lienthong/lienthong/schema"
)

// The page in the repository is the table as it is.
func TestSurvivorshipPage(t *testing.T) {
	var b bytes.Buffer
	b.WriteString("# Which source decides which field\n\nMade from `gateway.FieldRules`; do not edit. After a change: `go test ./gateway -run TestSurvivorshipPage -update`.\n\n" +
		"Several systems speak of one thing. For each field the first of the voices that says something decides. *Change* says what a later word may do:\n" +
		"**anew** replaces, **once** leaves the first word standing, **with ground** needs an extension or a supplement, **adds** only grows.\n")
	var kind schema.Kind
	for _, r := range gateway.FieldRules() {
		if r.Kind != kind {
			kind = r.Kind
			fmt.Fprintf(&b, "\n## %s\n\n| Field | Who decides | Change | Why |\n|---|---|---|---|\n", kind)
		}
		var voices []string
		for _, v := range r.Voices {
			voices = append(voices, string(v))
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s |\n", r.Field, strings.Join(voices, ", then "), r.May, r.Why)
	}
	goldenfile.Compare(t, "../docs/schema/survivorship.md", b.Bytes())
}
