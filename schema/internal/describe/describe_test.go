package describe_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/require"

	"github.com/lienthong/lienthong/internal/golden"
	"github.com/lienthong/lienthong/schema"
	"github.com/lienthong/lienthong/schema/internal/describe"
)

const docs = "../../../docs/schema/"

func model(t *testing.T) *describe.Model {
	t.Helper()
	m, err := describe.New("../..")
	require.NoError(t, err)
	return m
}

// The documents in the repository are those of the model as it is.
func TestDocuments(t *testing.T) {
	m := model(t)
	var index bytes.Buffer
	index.WriteString("# The canonical model\n\nMade from package `schema`; do not edit. After a change of the model: `go test ./schema/internal/describe -update`.\n\n")
	for _, kind := range schema.Kinds() {
		data, err := json.MarshalIndent(m.Schema(kind), "", "  ")
		require.NoError(t, err)
		golden.Compare(t, docs+string(kind)+".schema.json", append(data, '\n'))
		golden.Compare(t, docs+string(kind)+".md", m.Page(kind))
		fmt.Fprintf(&index, "* [%s](%s.md), [schema](%s.schema.json)\n", kind, kind, kind)
	}
	index.WriteString("* [Which source decides which field](survivorship.md)\n")
	golden.Compare(t, docs+"README.md", index.Bytes())
}

// What the adapters make of every golden case is valid, and what is not the model is refused.
func TestSchemasAreValidAndHoldForGoldenCases(t *testing.T) {
	m := model(t)
	compiler := jsonschema.NewCompiler()
	compiled := map[string]*jsonschema.Schema{}
	for _, kind := range schema.Kinds() {
		data, err := json.Marshal(m.Schema(kind))
		require.NoError(t, err)
		document, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
		require.NoError(t, err)
		require.NoError(t, compiler.AddResource(describe.BaseURI+string(kind), document))
		compiled[string(kind)], err = compiler.Compile(describe.BaseURI + string(kind))
		require.NoError(t, err)
	}
	cases, err := filepath.Glob("../../../adapters/*/testdata/cases/*.txtar")
	require.NoError(t, err)
	checked := map[string]int{}
	for _, path := range cases {
		archive, err := txtar.ParseFile(path)
		require.NoError(t, err)
		for _, f := range archive.Files {
			if f.Name != "want.json" {
				continue
			}
			var want struct {
				Records []struct {
					Kind string
					Body json.RawMessage
				}
			}
			require.NoError(t, json.Unmarshal(f.Data, &want))
			for _, r := range want.Records {
				body, err := jsonschema.UnmarshalJSON(bytes.NewReader(r.Body))
				require.NoError(t, err)
				require.NoError(t, compiled[r.Kind].Validate(body), path)
				checked[r.Kind]++
			}
		}
	}
	for _, kind := range []schema.Kind{schema.KindDossier, schema.KindDossierStep, schema.KindCivilEvent, schema.KindLandParcel, schema.KindOrganisation} {
		require.Positive(t, checked[string(kind)], kind)
	}
	for name, body := range map[string]string{"an unknown field": `{"legal_name":"x","identifiers":[],"change_count":0,"x":1}`, "a missing one": `{"legal_name":"x"}`, "a wrong type": `{"legal_name":1,"identifiers":[],"change_count":0}`} {
		wrong, err := jsonschema.UnmarshalJSON(bytes.NewReader([]byte(body)))
		require.NoError(t, err)
		require.Error(t, compiled["organisation"].Validate(wrong), name)
	}
}
