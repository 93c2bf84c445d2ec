package mapped

import (
	"reflect"
	"strconv"

	"github.com/lienthong/lienthong/adapters/field"
	"github.com/lienthong/lienthong/adapters/strict"
	"github.com/lienthong/lienthong/schema"
)

// source is an element of a message with the reader that stands at it.
type source struct {
	*node
	r        *field.Reader
	province string
}

// at returns the reader and the key of a field.
func (s source) at(p path) (*field.Reader, string) {
	if len(p) == 0 {
		return s.r, ""
	}
	r := s.r
	for _, name := range p[:len(p)-1] {
		r = r.Under(name)
	}
	return r, p[len(p)-1]
}

// get reads the value and hands over what it gives, more than once for a list.
func (v *value) get(s source, take func(any)) {
	r, key := s.at(v.from)
	found := false
	read := func(r *field.Reader, key string, raw strict.Text) {
		before := len(r.Problems())
		got := v.translate(cell{r: r, key: key, raw: raw, must: v.required, province: s.province})
		if got != nil && !reflect.ValueOf(got).IsZero() {
			found = true
			take(got)
		} else if isNought(got) && raw != "" && len(r.Problems()) == before {
			found = true // 0 and false are what the source says
		}
	}
	switch {
	case v.constant != nil:
		read(r, key, strict.Text(*v.constant))
	case v.program != nil:
		v.calculate(s, r, key, read)
	default:
		v.pick(s.find(v.from), r, key, read)
	}
	if v.required && !found {
		r.Require(key, "")
	}
}

// isNought reports whether a value is the number 0 or false.
func isNought(v any) bool {
	switch v := v.(type) {
	case int64:
		return v == 0
	case float64:
		return v == 0
	case bool:
		return !v
	}
	return false
}

// pick reads a field of the source, or each element of a list where the target is one.
func (v *value) pick(n *node, r *field.Reader, key string, read func(*field.Reader, string, strict.Text)) {
	if n != nil && n.kind == '[' && v.several {
		for i := range n.items {
			v.pick(&n.items[i], r.Under(key), strconv.Itoa(i), read)
		}
		return
	}
	raw, ok := n.scalar()
	if !ok {
		v.fail(r, key, "value.invalid", "Giá trị không hợp lệ.", "The value is not valid.")
		return
	}
	read(r, key, raw)
}

func (v *value) calculate(s source, r *field.Reader, key string, read func(*field.Reader, string, strict.Text)) {
	result, err := v.program.run(s.node)
	list, several := result.([]any)
	if !several || !v.several {
		list = []any{result}
	}
	for _, one := range list {
		text, ok := asText(one)
		if err != nil || !ok {
			v.fail(r, key, "mapping.expression", "Biểu thức ánh xạ không tính được với dữ liệu này.",
				"The mapping's expression cannot be worked out for this data.")
			return
		}
		read(r, key, strict.Text(text))
	}
}

func (v *value) fail(r *field.Reader, key, code, vi, en string) {
	level := schema.Warning
	if v.required {
		level = schema.Refused
	}
	r.Note(key, schema.Problem{Code: code, Level: level, Detail: vi, DetailEN: en})
}

// translate looks a value up in the table and reads it.
func (v *value) translate(c cell) any {
	if v.table == nil && v.rest == nil || c.raw == "" {
		return v.read(c)
	}
	key := tableKey(string(c.raw))
	to, ok := v.table[key]
	switch {
	case ok:
		c.raw = strict.Text(to)
	case key == "":
		return nil
	case v.rest != nil:
		c.raw = strict.Text(*v.rest)
	default:
		v.fail(c.r, c.key, v.unmapped, "Mã không có trong bảng ánh xạ.", "The code is not in the mapping's table.")
		return nil
	}
	return v.read(c)
}

// fill sets the fields of a body, or of one element of its lists.
func (b *block) fill(body reflect.Value, s source) {
	for i := range b.assignments {
		a := &b.assignments[i]
		if a.fields != nil {
			a.list(body, s)
			continue
		}
		for _, v := range a.values {
			v.get(s, func(got any) { assign(body, a.target, got) })
		}
	}
}

// list makes an element of the target for each element of the source's list.
func (a *assignment) list(body reflect.Value, s source) {
	n := s.find(a.each)
	r, key := s.at(a.each)
	for i := range n.elements() {
		made := reflect.New(a.typ.Elem()).Elem()
		element := source{node: &n.elements()[i], r: r.Under(key), province: s.province}
		if n.kind == '[' {
			element.r = r.Item(key, i)
		}
		a.fields.fill(made, element)
		if !made.IsZero() {
			field := a.in(body)
			field.Set(reflect.Append(field, made))
		}
	}
}
