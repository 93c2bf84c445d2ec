package mapped

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lienthong/lienthong/adapters/field"
	"github.com/lienthong/lienthong/adapters/strict"
	"github.com/lienthong/lienthong/schema"
)

// calculate runs an expression over an element.
func calculate(t *testing.T, text, element string) (any, error) {
	t.Helper()
	e, wrong := compileExpression(text)
	require.Empty(t, wrong, text)
	n, err := grow([]byte(element))
	require.NoError(t, err)
	return e.run(&n)
}

func TestExpressionsSeeTexts(t *testing.T) {
	t.Parallel()
	const element = `{"n":27190004321000000001,"z":0.10,"yes":true,"nil":null,"s":"x","o":{"a":{"b":"deep"}},"l":[{"k":"1","v":"a"},{"k":"2","v":"b"},{"v":"c"}],
		"Họ tên":"Nguyễn","a.b":"dot","trim":"own"}`
	for text, want := range map[string]any{
		`n`: "27190004321000000001", `z`: "0.10", `yes`: "true", `nil_`: "", `$env["nil"]`: "", `missing`: "", `missing.below.it`: "",
		`o.a.b`: "deep", `o["a"].b`: "deep", `l[1].v`: "b", `l[7].v`: "", `$env["Họ tên"] + "!"`: "Nguyễn!", `$env["a.b"]`: "dot",
		`$env["trim"]`: "own", `trim(" x ")`: "x",
		`join(map(filter(l, .k != nil && .k > "1"), .v))`: "b", `find(l, .k == "1").v`: "a", `count(l, .v != "")`: 3, `len(l)`: 3,
		`any(l, .k == "2") ? "có" : "không"`: "có", `fold($env["Họ tên"])`: "nguyen", `coalesce(missing, s, n)`: "x", `int(z[2:]) + 1`: 11,
		`replace(s, "x", "yy")`: "yy", `s matches "^x$"`: true, `split("a-b", "-")[1]`: "b", `s == "x" and yes == "true"`: true,
	} {
		got, err := calculate(t, text, element)
		require.NoError(t, err, text)
		require.Equal(t, want, got, text)
	}
}

// What does not fit the data is a failure of that one run.
func TestExpressionsFail(t *testing.T) {
	t.Parallel()
	long, list := strings.Repeat("x", maxInput+1), strings.Repeat("1,", maxList)+"1"
	for text, element := range map[string]string{
		`int(s)`:                      `{"s":"x"}`,
		`s + l`:                       `{"s":"x","l":[1]}`,
		`o + "x"`:                     `{"o":{}}`,
		`fold(l)`:                     `{"l":[1]}`,
		`join(l)`:                     `{"l":[{}]}`,
		`long + "x"`:                  `{"long":"` + long + `"}`,
		`len(l)`:                      `{"l":[` + list + `]}`,
		`replace(s, "x", s + s)`:      `{"s":"` + strings.Repeat("x", 2000) + `"}`,
		`join(map(l, s), s)`:          `{"s":"` + strings.Repeat("x", 10000) + `","l":[1,2,3,4,5,6,7,8,9]}`,
		`replace(s, "", "x")`:         `{"s":"x"}`,
		`l[5 - 1 + 3]`:                `{"l":[1]}`,
		`join()`:                      `{}`,
		`replace("a", "b")`:           `{}`,
		`string(l) + (l ? "a" : "b")`: `{"l":"no"}`,
	} {
		_, err := calculate(t, text, element)
		require.Error(t, err, text)
	}
}

// What could tell the time, or is without bound or order, is no function here.
func TestNoSuchFunctions(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"now", "date", "duration", "timezone", "repeat", "reduce", "keys", "values", "toPairs", "groupBy", "fromJSON", "toJSON", "env", "print"} {
		_, wrong := compileExpression(name + `(a, b)`)
		require.NotEmpty(t, wrong, name)
	}
	for _, name := range builtins {
		require.NotContains(t, []string{"now", "date", "duration", "timezone", "repeat", "reduce", "keys", "values", "toPairs", "groupBy", "sortBy", "uniq"}, name)
	}
}

// Every field of the model can be filled: a new type of value needs a way of reading.
func TestEveryFieldHasAWay(t *testing.T) {
	t.Parallel()
	for _, kind := range schema.Kinds() {
		fields := Fields(kind)
		require.NotEmpty(t, fields, kind)
		for _, f := range fields {
			require.NotEmpty(t, f.Ways[0], "%s of a %s", f.Name, kind)
		}
	}
}

// Every named text of the model has its values here.
func TestEveryChoiceIsListed(t *testing.T) {
	t.Parallel()
	seen := map[reflect.Type]bool{}
	var look func(typ reflect.Type)
	look = func(typ reflect.Type) {
		typ = plain(item(typ))
		switch {
		case seen[typ] || isLeaf(typ):
			return
		case typ.Kind() == reflect.Struct:
			seen[typ] = true
			for i := range typ.NumField() {
				look(typ.Field(i).Type)
			}
		case typ.Kind() == reflect.String && typ != stringType:
			require.NotEmpty(t, choices[typ], "the values of %s", typ)
			require.False(t, slices.Contains(choices[typ], ""))
		}
	}
	for _, kind := range schema.Kinds() {
		look(reflect.TypeOf(kind.New()))
	}
	require.Greater(t, len(seen), 15, "the structs of the model were looked at")
}

func TestDecimal(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]any{"120.5": 120.5, "120,5": 120.5, "1.204,5": 1204.5, " 7 ": 7.0, "-1": -1.0, "": nil, "1e5": nil, "NaN": nil, "Inf": nil, "0x1": nil, "1_0": nil, "1,2,3": nil} {
		require.Equal(t, want, decimal(newCell(text)), text)
	}
}

func newCell(text string) cell { return cell{r: field.At(""), key: "x", raw: strict.Text(text)} }
