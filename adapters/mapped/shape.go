package mapped

import (
	"strconv"
	"strings"

	"github.com/lienthong/lienthong/schema"
)

// shape is what a mapping knows of its source's fields.
type shape struct {
	whole   bool // everything below is known
	used    bool // an expression reads it: everything below is known, unless members say what of it
	indexed bool // a path goes through it by number, which may be the name of a member too
	members map[string]*shape
}

// add makes a path known and returns its shape. The elements of a list have
// the shape of the list, so that numbers in a path are passed over.
func (s *shape) add(p path) *shape {
	for _, name := range p {
		if isIndex(name) {
			s.indexed = true
			continue
		}
		if s.members == nil {
			s.members = map[string]*shape{}
		}
		if s.members[name] == nil {
			s.members[name] = &shape{}
		}
		s = s.members[name]
	}
	return s
}

// strays collects what a message holds beyond the shape.
type strays struct {
	unknown  []string // pointers
	misspelt []string // pointers of names that are known in other upper and lower case
}

const maxStrays = 100

func (s *shape) walk(n *node, pointer string, found *strays) {
	if s.whole || s.used && len(s.members) == 0 {
		return
	}
	switch n.kind {
	case '{':
		for i, name := range n.names {
			s.step(name, &n.items[i], pointer, found)
		}
	case '[':
		for i := range n.items {
			s.walk(&n.items[i], pointer+"/"+strconv.Itoa(i), found)
		}
	}
}

func (s *shape) step(name string, n *node, pointer string, found *strays) {
	below := s.members[name]
	if below == nil && s.indexed && isIndex(name) {
		below = s
	}
	if below != nil {
		if n.kind == '{' || n.kind == '[' {
			below.walk(n, pointer+"/"+escaper.Replace(name), found)
		}
		return
	}
	at := pointer + "/" + escaper.Replace(name)
	if s.knowsOtherwise(name) {
		found.misspelt = append(found.misspelt, at)
	} else if len(found.unknown) < maxStrays {
		found.unknown = append(found.unknown, at)
	}
}

func isIndex(name string) bool { return name != "" && strings.Trim(name, "0123456789") == "" }

// knowsOtherwise reports whether a name differs from a known one in upper and lower case alone.
func (s *shape) knowsOtherwise(name string) bool {
	for known := range s.members {
		if len(known) == len(name) && strings.EqualFold(known, name) {
			return true
		}
	}
	return false
}

// knowsAny reports whether an object has a field that the mapping knows.
func (s *shape) knowsAny(n *node) bool {
	for _, name := range n.names {
		if s.whole || s.members[name] != nil || s.indexed && isIndex(name) || s.knowsOtherwise(name) {
			return true
		}
	}
	return false
}

func misspelt() schema.Problem {
	return schema.Problem{Code: "json.key_case", Level: schema.Refused,
		Detail: "Tên trường sai chữ hoa, chữ thường.", DetailEN: "The key differs from a known one in upper and lower case."}
}
