package mapped

import (
	"bytes"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/lienthong/lienthong/adapters/strict"
)

// node is one value of a message. Scalars are kept as their source wrote them,
// as in [strict.Text].
type node struct {
	kind  byte // '{', '[', 's' for a scalar, 0 for null
	text  string
	names []string // of an object's members
	items []node   // members or elements
}

// grow reads a value that package strict has found sound.
func grow(data []byte) (node, error) {
	dec := jsontext.NewDecoder(bytes.NewBuffer(data[:len(data):len(data)]), jsontext.AllowDuplicateNames(true))
	var n node
	err := n.read(dec)
	return n, err
}

func (n *node) read(dec *jsontext.Decoder) error {
	switch dec.PeekKind() {
	case jsontext.KindBeginObject:
		return n.object(dec)
	case jsontext.KindBeginArray:
		return n.list(dec)
	case jsontext.KindNull:
		return dec.SkipValue()
	}
	token, err := dec.ReadToken()
	n.kind, n.text = 's', token.String()
	return err
}

func (n *node) object(dec *jsontext.Decoder) error {
	n.kind = '{'
	if _, err := dec.ReadToken(); err != nil {
		return err
	}
	for dec.PeekKind() != jsontext.KindEndObject {
		name, err := dec.ReadToken()
		if err != nil {
			return err
		}
		n.names, n.items = append(n.names, name.String()), append(n.items, node{})
		if err := n.items[len(n.items)-1].read(dec); err != nil {
			return err
		}
	}
	_, err := dec.ReadToken()
	return err
}

func (n *node) list(dec *jsontext.Decoder) error {
	n.kind = '['
	if _, err := dec.ReadToken(); err != nil {
		return err
	}
	for dec.PeekKind() != jsontext.KindEndArray {
		n.items = append(n.items, node{})
		if err := n.items[len(n.items)-1].read(dec); err != nil {
			return err
		}
	}
	_, err := dec.ReadToken()
	return err
}

// elements returns n as a list, read as [strict.List] is: also a
// bare object for one element.
func (n *node) elements() []node {
	switch {
	case n == nil:
		return nil
	case n.kind == '[':
		return n.items
	case n.kind == '{':
		return []node{*n}
	}
	return nil
}

// scalar returns the text of n; false for an object or a list.
func (n *node) scalar() (strict.Text, bool) {
	if n == nil || n.kind == 0 {
		return "", true
	}
	return strict.Text(n.text), n.kind == 's'
}
