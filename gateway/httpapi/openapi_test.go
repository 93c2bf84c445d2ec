package httpapi_test

import (
	"encoding/json"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lienthong/lienthong/internal/golden"
)

func TestOpenAPIDocument(t *testing.T) {
	t.Parallel()
	b := setup(t)
	w := b.do(t, request{method: http.MethodGet, path: "/openapi.json", key: "none"})
	require.Equal(t, 200, w.Code)
	require.Equal(t, "application/openapi+json", w.Header().Get("Content-Type"))
	golden.Compare(t, "testdata/openapi.json", w.Body.Bytes())

	var doc struct {
		OpenAPI    string
		Paths      map[string]map[string]struct{ Security []any }
		Components struct{ Schemas map[string]any }
	}
	require.NoError(t, json.Unmarshal(w.Body.Bytes(), &doc))
	require.True(t, strings.HasPrefix(doc.OpenAPI, "3.1."))

	t.Run("what needs a key says so, and the rest works without", func(t *testing.T) {
		for path, methods := range doc.Paths {
			for method, op := range methods {
				public := len(op.Security) == 0
				url := regexp.MustCompile(`\{\w+\}`).ReplaceAllString(path, "x")
				code := setup(t).do(t, request{method: strings.ToUpper(method), path: url, key: "none"}).Code
				require.Equal(t, public, code != http.StatusUnauthorized, "%s %s", method, path)
			}
		}
	})

	t.Run("every reference leads somewhere", func(t *testing.T) {
		for _, ref := range regexp.MustCompile(`"#/components/schemas/(\w+)"`).FindAllStringSubmatch(w.Body.String(), -1) {
			require.Contains(t, doc.Components.Schemas, ref[1])
		}
	})

	t.Run("huma's own pages are off", func(t *testing.T) {
		for _, path := range []string{"/docs", "/schemas/Problem.json", "/openapi.yaml", "/openapi-3.0.json"} {
			require.Equal(t, 404, problem(t, b.do(t, get(path))).Status)
		}
	})
}
