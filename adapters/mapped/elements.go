package mapped

import (
	"strings"

	"github.com/lienthong/lienthong/adapters/strict"
)

// elements finds the repeated elements of a message and the keys around them
// that the mapping does not know. A message without the way to them is an
// element itself: that is what is kept of each.
func (run *run) elements(m strict.Part) (parts []strict.Part, around []string, err error) {
	p := m
	for i, name := range run.sel {
		if p.Kind() != '{' {
			break
		}
		fields, unknown, err := strict.Fields(p, name)
		if err != nil {
			return nil, nil, err
		}
		next, ok := fields[name]
		if !ok && i == 0 {
			break
		}
		if !ok {
			return nil, around, nil // an envelope without a list
		}
		for _, pointer := range unknown {
			if !run.isEnvelope(pointer) {
				around = append(around, pointer)
			}
		}
		p = next
	}
	switch p.Kind() {
	case '[':
		parts, err = strict.Elements(p)
		return parts, around, err
	case '{':
		return []strict.Part{p}, around, nil
	}
	return nil, around, run.nothing(p, p.Pointer != m.Pointer)
}

// isEnvelope reports whether a key around the elements is known.
func (m *Mapping) isEnvelope(pointer string) bool {
	if m.envelope[pointer] {
		return true
	}
	for known := range m.envelope {
		if strings.HasPrefix(pointer, known+"/") {
			return true
		}
	}
	return false
}

// nothing checks a value that holds no elements: where a list is expected, null and "" are empty ones.
func (run *run) nothing(p strict.Part, listed bool) error {
	var text strict.Text
	if _, err := run.dec.Decode(p, &text); err != nil {
		return err
	}
	if listed && text == "" {
		return nil
	}
	return unknownForm()
}
