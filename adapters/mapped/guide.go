package mapped

import (
	"reflect"
	"slices"
	"strings"

	"github.com/lienthong/lienthong/schema"
)

// FieldInfo is one canonical field that a mapping can fill.
type FieldInfo struct {
	Name string   // as a mapping writes it; fields of a list's elements stand behind "[]": "results[].name"
	Ways []string // of reading, the usual one first; of a text the usual one alone
	Few  []string // its values, where it has few
}

// Fields returns the canonical fields of a kind in the order of the model.
func Fields(kind schema.Kind) []FieldInfo {
	body := kind.New()
	if body == nil {
		return nil
	}
	return fieldsOf(kind, reflect.TypeOf(body).Elem(), "", "")
}

// fieldsOf goes down the structs; none of them holds itself. path is what a
// mapping writes below the nearest list, shown what people read.
func fieldsOf(kind schema.Kind, typ reflect.Type, path, shown string) []FieldInfo {
	var all []FieldInfo
	for i := range typ.NumField() {
		f := typ.Field(i)
		t := target{name: path + jsonName(f), typ: f.Type}
		name, of := shown+jsonName(f), plain(item(f.Type))
		nested := of.Kind() == reflect.Struct && !isLeaf(of)
		if of == placeTypes[0] || !nested {
			ways := waysFor(item(f.Type))
			usual := usualWay(kind, t)
			if item(f.Type) == stringType {
				ways = nil // any that reads a text
			}
			ways = slices.DeleteFunc(ways, func(w string) bool { return w == usual })
			info := FieldInfo{Name: name, Ways: append([]string{usual}, ways...), Few: choices[of]}
			if f.Type.Kind() == reflect.Slice {
				info.Name += "[]"
			}
			all = append(all, info)
		}
		switch {
		case nested && f.Type.Kind() == reflect.Slice:
			if !strings.HasPrefix(name, "steps") { // golden bodies only
				all = append(all, fieldsOf(kind, of, "", name+"[].")...)
			}
		case nested:
			all = append(all, fieldsOf(kind, of, t.name+".", name+".")...)
		}
	}
	return all
}

// WayInfo is one way of reading a value.
type WayInfo struct {
	Name    string
	Note    string
	Formats []string // of its argument in brackets, none when it takes none
}

// Ways returns the values of "as".
func Ways() []WayInfo {
	var all []WayInfo
	for _, w := range ways {
		all = append(all, WayInfo{Name: w.name, Note: w.note, Formats: w.takes})
	}
	return all
}

// Functions returns the names of the functions that expressions may call.
func Functions() []string {
	names := slices.Clone(builtins)
	for name := range functions() {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}
