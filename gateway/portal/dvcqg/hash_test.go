package dvcqg

import (
	"strings"
	"testing"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/stretchr/testify/require"
	"golang.org/x/text/unicode/norm"
	"pgregory.net/rapid"

	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/schema"
)

// mangle writes a JSON value back as careless systems do.
func mangle(t *rapid.T, v any) any {
	switch v := v.(type) {
	case map[string]any:
		out := map[string]any{}
		for name, inner := range v {
			if rapid.IntRange(0, 3).Draw(t, "case") == 0 {
				name = strings.ToUpper(name)
			}
			out[name] = mangle(t, inner)
		}
		if rapid.Bool().Draw(t, "extra member") {
			out["RowVersion"] = "AAAA"
		}
		return out
	case []any:
		if len(v) == 0 && rapid.Bool().Draw(t, "null list") {
			return nil
		}
		out := make([]any, len(v))
		for i := range v {
			out[i] = mangle(t, v[i])
		}
		if len(out) > 1 {
			out = rapid.Permutation(out).Draw(t, "order")
		}
		if rapid.IntRange(0, 4).Draw(t, "list as text") == 0 {
			encoded, _ := json.Marshal(out)
			return string(encoded)
		}
		return out
	case string:
		return mangleText(t, v)
	case float64:
		if rapid.Bool().Draw(t, "number as text") {
			encoded, _ := json.Marshal(v)
			return string(encoded)
		}
	case bool:
		return rapid.SampledFrom([]any{v, map[bool]string{true: "True", false: "False"}[v], map[bool]int{true: 1}[v]}).Draw(t, "bool")
	}
	return v
}

func mangleText(t *rapid.T, s string) any {
	switch {
	case s == "" && rapid.Bool().Draw(t, "null"):
		return nil
	case (s == "True" || s == "False") && rapid.Bool().Draw(t, "boolean"):
		return s == "True"
	case numeral.MatchString(s) && rapid.Bool().Draw(t, "number"):
		digits := strings.TrimLeft(s, "0")
		if digits == "" || digits[0] == '.' {
			digits = "0" + digits
		}
		return jsontext.Value(digits)
	}
	return rapid.SampledFrom([]string{s, norm.NFD.String(s), s + " "}).Draw(t, "composition")
}

func TestHeaderHashSurvivesTheRoundTrip(t *testing.T) {
	t.Parallel()
	trail := config("http://127.0.0.1:1")
	trail.Lookup = gateway.ShowsTrail
	d := destination(t, trail, Deps{})
	for name, dossier := range map[string]*schema.Dossier{"birth": birth(t), "rich": rich(t)} {
		calls := plan(t, dossier, gateway.Known{})
		var plain any
		require.NoError(t, json.Unmarshal(calls[0].Payload[0], &plain))
		rapid.Check(t, func(t *rapid.T) {
			shown, err := json.Marshal([]any{mangle(t, plain)})
			require.NoError(t, err)
			found, foreign := d.mine(shown, sampleKey)
			require.False(t, foreign)
			known := d.shown(found, sampleKey)
			require.True(t, known.Exists)
			require.Equal(t, calls[0].HeaderHash, known.HeaderHash, "%s: %s", name, shown)
		})
	}
}

func TestHeaderHashSeesEveryField(t *testing.T) {
	t.Parallel()
	payload := plan(t, rich(t), gateway.Known{})[0].Payload[0]
	var whole record
	require.NoError(t, json.Unmarshal(payload, &whole))
	base, err := headerHash(whole)
	require.NoError(t, err)
	var members map[string]jsontext.Value
	require.NoError(t, json.Unmarshal(payload, &members))
	for name, value := range members {
		changed := map[string]jsontext.Value{}
		for n, v := range members {
			changed[n] = v
		}
		changed[name] = jsontext.Value(`"khác"`)
		if value.Kind() == '[' {
			changed[name] = jsontext.Value(`[]`)
		}
		encoded, err := json.Marshal(changed)
		require.NoError(t, err)
		var r record
		require.NoError(t, json.Unmarshal(encoded, &r))
		hash, err := headerHash(r)
		require.NoError(t, err)
		require.NotEqual(t, base, hash, name)
	}
	require.Len(t, members, 38)
}

func TestHeaderHashSeesEveryNestedField(t *testing.T) {
	t.Parallel()
	payload := plan(t, rich(t), gateway.Known{})[0].Payload[0]
	hashOf := func(v any) schema.Hash {
		encoded, err := json.Marshal(v)
		require.NoError(t, err)
		var r record
		require.NoError(t, json.Unmarshal(encoded, &r))
		hash, err := headerHash(r)
		require.NoError(t, err)
		return hash
	}
	var whole map[string]any
	require.NoError(t, json.Unmarshal(payload, &whole))
	base := hashOf(whole)
	for list, elements := range whole {
		rows, ok := elements.([]any)
		if !ok {
			continue
		}
		require.NotEmpty(t, rows, list)
		row := rows[0].(map[string]any)
		for name, value := range row {
			switch value.(type) {
			case string:
				row[name] = "khác"
			case float64:
				row[name] = 987
			case bool:
				row[name] = false
			default:
				continue
			}
			require.NotEqual(t, base, hashOf(whole), "%s.%s", list, name)
			row[name] = value
		}
		require.Equal(t, base, hashOf(whole), "put back")
	}
}

func TestCanonicalText(t *testing.T) {
	t.Parallel()
	for in, want := range map[text]text{
		"0912000001": "912000001", "000": "0", "0": "0", "1.001193": "1.001193", "1.000110": "1.00011", "8000.00": "8000", "0.50": "0.5",
		"H05": "H05", " a ": "a", "": "", "00.0": "0", "1e5": "1e5",
	} {
		require.Equal(t, want, canonicalText(in), "%q", in)
	}
}
