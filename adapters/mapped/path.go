package mapped

import (
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// path names a field of the source from the repeated element on.
type path []string

// parsePath reads "a.b.0.c", or a JSON pointer (RFC 6901) where names hold a
// dot: "/Mã.Số". "" is the element itself.
func parsePath(text string) (path, bool) {
	if text == "" {
		return nil, true
	}
	if strings.HasPrefix(text, "/") {
		pointer := jsontext.Pointer(text)
		if !pointer.IsValid() {
			return nil, false
		}
		var p path
		for token := range pointer.Tokens() {
			p = append(p, token)
		}
		return p, true
	}
	p := path(strings.Split(text, "."))
	for _, name := range p {
		if strings.TrimSpace(name) == "" {
			return nil, false
		}
	}
	return p, true
}

// pointer returns the path as a JSON pointer.
func (p path) pointer() string {
	var b strings.Builder
	for _, name := range p {
		b.WriteByte('/')
		b.WriteString(escaper.Replace(name))
	}
	return b.String()
}

var escaper = strings.NewReplacer("~", "~0", "/", "~1")

// find returns the value at a path, nil when there is none.
func (n *node) find(p path) *node {
	for _, name := range p {
		if n = n.member(name); n == nil {
			return nil
		}
	}
	return n
}

func (n *node) member(name string) *node {
	switch n.kind {
	case '{':
		for i, known := range n.names {
			if known == name {
				return &n.items[i]
			}
		}
	case '[':
		if i, err := strconv.Atoi(name); err == nil && i >= 0 && i < len(n.items) {
			return &n.items[i]
		}
	}
	return nil
}
