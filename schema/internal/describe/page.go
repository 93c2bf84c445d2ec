package describe

import (
	"fmt"
	"reflect"
	"strings"

	"github.com/lienthong/lienthong/schema"
)

// Page returns the page of a kind, in Markdown.
func (m *Model) Page(kind schema.Kind) []byte {
	var b strings.Builder
	body := reflect.TypeOf(kind.New()).Elem()
	fmt.Fprintf(&b, "# %s\n\n%s\n\n", kind, m.source.types[body.Name()])
	if kind.Entity() == kind {
		fmt.Fprintf(&b, "A kind of entity: which source decides which field is in [survivorship](survivorship.md#%s).\n", kind)
	} else {
		fmt.Fprintf(&b, "Records of this kind belong to a [%s](%s.md).\n", kind.Entity(), kind.Entity())
	}
	fmt.Fprintf(&b, "\nJSON Schema: [%s.schema.json](%s.schema.json). Fields without a value are left out; the ones marked • are always there.\n", kind, kind)
	seen := map[reflect.Type]bool{}
	m.table(&b, body, seen)
	return []byte(b.String())
}

// table writes the fields of a struct, then those of the structs in it that have not been shown.
func (m *Model) table(b *strings.Builder, t reflect.Type, seen map[reflect.Type]bool) {
	seen[t] = true
	fmt.Fprintf(b, "\n## %s\n\n", t.Name())
	if doc := m.source.types[t.Name()]; doc != "" && len(seen) > 1 {
		fmt.Fprintf(b, "%s\n\n", doc)
	}
	b.WriteString("| Field | Type | Meaning |\n|---|---|---|\n")
	var inner []reflect.Type
	for i := range t.NumField() {
		f := t.Field(i)
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		mark := ""
		if !strings.Contains(options, "omit") {
			mark = " •"
		}
		words, of := m.words(f.Type)
		if of != nil && !seen[of] {
			seen[of] = true
			inner = append(inner, of)
		}
		fmt.Fprintf(b, "| `%s`%s | %s | %s |\n", name, mark, words, strings.ReplaceAll(m.source.fields[t.Name()][f.Name], "|", `\|`))
	}
	for _, of := range inner {
		m.table(b, of, seen)
	}
}

// words says what a field holds, and which struct.
func (m *Model) words(t reflect.Type) (string, reflect.Type) {
	switch {
	case t == dateType:
		return "date: a year, a month or a day", nil
	case t == timeType:
		return "instant", nil
	}
	switch t.Kind() {
	case reflect.Pointer:
		return m.words(t.Elem())
	case reflect.Slice:
		words, of := m.words(t.Elem())
		return "list of " + words, of
	case reflect.Struct:
		return "[" + t.Name() + "](#" + strings.ToLower(t.Name()) + ")", t
	case reflect.Bool:
		return "yes or no", nil
	case reflect.Int, reflect.Int64, reflect.Float64:
		return "number", nil
	}
	var values []string
	for _, v := range m.source.values[t.Name()] {
		values = append(values, "`"+v.text+"`")
	}
	if len(values) == 0 {
		return "text", nil
	}
	return strings.Join(values, ", "), nil
}
