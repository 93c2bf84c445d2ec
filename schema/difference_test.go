package schema_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lienthong/lienthong/schema"
)

func TestDifferences(t *testing.T) {
	for name, tt := range map[string]struct {
		a, b string
		want []string
	}{
		"equal":                {`{"a":1,"b":[1,{"c":2}]}`, `{"b":[1,{"c":2}],"a":1}`, nil},
		"a value":              {`{"a":1}`, `{"a":2}`, []string{"/a"}},
		"only in one":          {`{"a":1}`, `{"b":{"c":1}}`, []string{"/a", "/b"}},
		"deep":                 {`{"a":[{"b":1},{"b":2}]}`, `{"a":[{"b":1},{"b":3},{"b":4}]}`, []string{"/a/1/b", "/a/2"}},
		"another type":         {`{"a":{"b":1}}`, `{"a":[1]}`, []string{"/a"}},
		"names to be escaped":  {`{"a/b":{"~":1}}`, `{"a/b":{"~":2}}`, []string{"/a~1b/~0"}},
		"nothing there before": {``, `{"a":1}`, []string{""}},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := schema.Differences([]byte(tt.a), []byte(tt.b), 10)
			if d := cmp.Diff(tt.want, got); d != "" || err != nil {
				t.Error(err, d)
			}
		})
	}
	if got, err := schema.Differences([]byte(`{"a":1,"b":1}`), []byte(`{}`), 1); err != nil || len(got) != 1 {
		t.Error(got, err)
	}
	if _, err := schema.Differences([]byte(`{`), []byte(`{}`), 1); err == nil {
		t.Error("broken JSON has differences")
	}
}
