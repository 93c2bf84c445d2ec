package onestop

import (
	"bytes"
	"slices"
	"strings"

	"github.com/lienthong/lienthong/adapters/field"
	"github.com/lienthong/lienthong/adapters/strict"
	"github.com/lienthong/lienthong/schema"
)

// message is one message taken out of its envelopes.
type message struct {
	items    []strict.Part
	service  string           // that the envelope names, "" without one
	lines    bool             // every item is a document of its own
	problems []schema.Problem // about the bytes as a whole
}

// maxWraps is how many envelopes and strings may stand around the items: a
// provincial bus puts the national message as a string into its own (two), a
// pull answer has one more.
const maxWraps = 4

// open takes envelopes off a message.
func (a *adapter) open(part strict.Part, h *field.Harvest, wraps int) (message, error) {
	if wraps > maxWraps {
		return message{}, unknownForm()
	}
	switch part.Kind() {
	case '[':
		items, err := strict.Elements(part)
		return message{items: items}, err
	case '"':
		if wraps > 0 {
			return a.unwrap(part, h, wraps)
		}
	case '{':
		for key := range strict.Keys(part) {
			switch string(key) {
			case "service", "data", "content", "message", "result":
				return a.envelope(part, h, wraps)
			}
		}
		return message{items: []strict.Part{part}}, nil
	}
	if err := a.check(part); err != nil {
		return message{}, err
	}
	return message{}, unknownForm()
}

// unwrap opens a JSON document inside a string. Its pointers go on from that of the string.
func (a *adapter) unwrap(part strict.Part, h *field.Harvest, wraps int) (message, error) {
	var text strict.Text
	if _, err := a.dec.Decode(part, &text); err != nil {
		return message{}, err
	}
	inner := strict.Message([]byte(text))
	inner.Pointer = part.Pointer
	if k := inner.Kind(); k != '{' && k != '[' {
		return message{}, unknownForm()
	}
	return a.open(inner, h, wraps+1)
}

// The members of the envelopes: of the portal, of the buses around it, of a page of rows.
var (
	scalars = []string{"service", "session", "madonvi", "isUpdating", "type", "error_code"}
	bearers = []string{"data", "content", "result", "message"} // in this order
	paging  = []string{"pageable", "totalPages", "totalElements", "numberOfElements", "first", "last", "size", "number", "sort", "empty"}
	rest    = slices.Concat(bearers, paging)
	members = slices.Concat(scalars, rest)
)

// envelope takes one envelope off. The caller's session and agency are read
// past and kept nowhere.
func (a *adapter) envelope(part strict.Part, h *field.Harvest, wraps int) (message, error) {
	found, unknown, err := strict.Fields(part, members...)
	if err != nil {
		return message{}, err
	}
	if len(unknown) > 0 && formOf(part, "") != unknownItem {
		return message{items: []strict.Part{part}}, nil // an item with a key that only looks like an envelope's
	}
	h.Unknown(unknown)
	service := ""
	for _, key := range scalars {
		var text strict.Text
		if member, sent := found[key]; sent {
			if _, err := a.dec.Decode(member, &text); err != nil {
				return message{}, err
			}
		}
		if key == "service" {
			service = strings.TrimSpace(string(text))
		}
	}
	inner, bears := bearer(found)
	for _, key := range rest {
		if member, sent := found[key]; sent && (!bears || member.Pointer != inner.Pointer) {
			if err := a.check(member); err != nil {
				return message{}, err
			}
		}
	}
	if !bears {
		return message{}, unknownForm()
	}
	m, err := a.open(inner, h, wraps+1)
	if m.service == "" {
		m.service = service
	}
	if err == nil && !m.taken() {
		err = unknownForm()
	}
	return m, err
}

// bearer returns the member that holds the items. A list at result is an
// answer of the portal: what it shows is its own view, not a source's word.
func bearer(found map[string]strict.Part) (strict.Part, bool) {
	for _, key := range bearers {
		member, sent := found[key]
		if !sent {
			continue
		}
		switch k := member.Kind(); {
		case k == '"' && (key == "data" || key == "message") && holdsDocument(member.Data):
			return member, true
		case k == '{' && key != "message":
			return member, true
		case key == "data" && k != '"', key == "content" && k == '[':
			return member, true
		}
	}
	return strict.Part{}, false
}

// holdsDocument reports whether a quoted string begins like an object or an array.
func holdsDocument(quoted []byte) bool {
	inner := bytes.TrimLeft(bytes.TrimLeft(quoted, " \t\r\n")[1:], " ")
	return len(inner) > 0 && (inner[0] == '{' || inner[0] == '[')
}

// taken reports whether the service is one of those that carry facts. The
// portal's name for amendments of promotion notices is not published; they
// are known by their own keys.
func (m message) taken() bool {
	switch m.service {
	case "", serviceDossiers, serviceSteps, serviceReport:
		return true
	}
	for _, item := range m.items {
		if formOf(item, "") != amendmentItem {
			return false
		}
	}
	return len(m.items) > 0
}
